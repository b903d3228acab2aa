/* SPDX-License-Identifier: Apache-2.0 */
/* inflate_guard.h - follows the elements of a data set while it is inflated (PS3.5 A.5: Explicit VR Little Endian), so
 * that inflating stops where more comes than its elements declare. Starts as zeros. */
#ifndef DSEG_DICOM_INFLATE_GUARD_H
#define DSEG_DICOM_INFLATE_GUARD_H

#include <stdbool.h>

#include "dseg/buffer.h"

typedef struct dseg_inflate_guard {
  bool off;           /* an element that is not followed: the limit of the caller holds alone */
  bool after_pixels;  /* Pixel Data (7FE0,0010) was passed */
  unsigned depth;     /* of sequences and items of undefined length */
  uint64_t value;     /* bytes left of the current value */
  uint8_t header[12]; /* of the next element, as far as it came */
  size_t header_size;
  uint32_t tag;       /* whose value is passed */
  uint8_t number[16]; /* its first bytes */
  size_t number_size;
  uint64_t padding;                              /* zeros behind the last element, which some writers leave */
  uint64_t rows, columns, bits, samples, frames; /* 0: not there yet */
} dseg_inflate_guard;

/* Takes the next bytes. DSEG_ERROR_FORMAT when Pixel Data is much larger than its frames, or bytes behind it are no
 * element. What else is wrong is left to who reads the data set. */
dseg_status dseg_inflate_guard_take(dseg_inflate_guard *guard, dseg_view bytes, dseg_error *error);

#endif
