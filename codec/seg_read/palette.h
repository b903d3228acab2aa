/* SPDX-License-Identifier: Apache-2.0 */
/* palette.h - the colours of a label map whose pixels are PALETTE COLOR. */
#ifndef DSEG_SEG_READ_PALETTE_H
#define DSEG_SEG_READ_PALETTE_H

#include "dicom/elements.h"

/* Gives each segment that has no colour the palette's at its number. Palettes that are segmented, or contradict
 * themselves, give none: colours are not worth an error. DSEG_ERROR_FORMAT only where elements are malformed. */
dseg_status dseg_read_palette(const dseg_elements *elements, dseg_description *description, dseg_error *error);

#endif
