/* SPDX-License-Identifier: Apache-2.0 */
/* tags.h - tags of elements that several files know. */
#ifndef DSEG_DICOM_TAGS_H
#define DSEG_DICOM_TAGS_H

#include <stdint.h>

#define DSEG_TAG(group, element) ((uint32_t)(group) << 16 | (uint32_t)(element))

#define DSEG_TAG_ITEM DSEG_TAG(0xFFFE, 0xE000)
#define DSEG_TAG_ITEM_END DSEG_TAG(0xFFFE, 0xE00D)
#define DSEG_TAG_SEQUENCE_END DSEG_TAG(0xFFFE, 0xE0DD)
#define DSEG_TAG_PIXEL_DATA DSEG_TAG(0x7FE0, 0x0010)
#define DSEG_TAG_PER_FRAME DSEG_TAG(0x5200, 0x9230)

#endif
