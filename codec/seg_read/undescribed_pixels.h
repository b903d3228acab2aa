/* SPDX-License-Identifier: Apache-2.0 */
/* undescribed_pixels.h - finds pixel values of label frames that no item of Segment Sequence describes. */
#ifndef DSEG_SEG_READ_UNDESCRIBED_PIXELS_H
#define DSEG_SEG_READ_UNDESCRIBED_PIXELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DSEG_PIXEL_VALUES ((size_t)65536)

/* True when described[value] is not 0 for the value of each of count pixels of bits (8, 16; native endian); else
 * *place is the first that fails. */
bool dseg_pixels_are_described(const void *pixels, unsigned bits, size_t count,
                               const uint8_t described[DSEG_PIXEL_VALUES], size_t *place);

#endif
