/* SPDX-License-Identifier: Apache-2.0 */
/* image.h - a grey image to draw below segments: one frame of 8 or 16 bits, with its place in the patient. */
#ifndef DSEG_TOOLS_PREVIEW_IMAGE_H
#define DSEG_TOOLS_PREVIEW_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "dseg/dseg.h"

#define PREVIEW_IMPLICIT_VR "1.2.840.10008.1.2" /* the transfer syntax, PS3.5 A.1 */

typedef struct preview_image {
  uint16_t rows, columns, bits_allocated, bits_stored;
  bool is_signed, is_inverted;
  double position[3], orientation[6], spacing[2]; /* mm and cosines, as the attributes have them (PS3.3 C.7.6.2) */
  double normal[3];
  double slope, intercept;
  uint8_t *pixels; /* bits_allocated each, native byte order; owned */
} preview_image;

/* Takes an image from a data set in a transfer syntax. DSEG_ERROR_UNSUPPORTED: it has no pixels, or others, or no place
 * of its own. To be given to preview_image_free when it succeeds. */
dseg_status preview_image_read(const dseg_data_set *set, const char *syntax, preview_image *to, dseg_error *error);
void preview_image_free(preview_image *image);

/* The value of a pixel, rescaled (PS3.3 C.11.1), and negative where less is brighter. */
float preview_image_value(const preview_image *from, size_t pixel);

#endif
