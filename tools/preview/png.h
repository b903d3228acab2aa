/* SPDX-License-Identifier: Apache-2.0 */
/* png.h - writes PNG images (ISO/IEC 15948). */
#ifndef DSEG_TOOLS_PREVIEW_PNG_H
#define DSEG_TOOLS_PREVIEW_PNG_H

#include "dseg/io.h"

/* An RGB image, 3 bytes a pixel. DSEG_ERROR_UNSUPPORTED in builds without libpng. */
dseg_status preview_write_png(const dseg_output *output, uint32_t width, uint32_t height, const uint8_t *rgb,
                              dseg_error *error);

#endif
