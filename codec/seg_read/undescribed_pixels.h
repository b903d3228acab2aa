/* SPDX-License-Identifier: Apache-2.0 */
/* undescribed_pixels.h - finds pixel values of label frames that no item of Segment Sequence describes. */
#ifndef DSEG_SEG_READ_UNDESCRIBED_PIXELS_H
#define DSEG_SEG_READ_UNDESCRIBED_PIXELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/number_set.h"

/* True when the value of each of count pixels of bits (8, 16, 32; native endian) is described; else *place is the first
 * that is not. */
bool dseg_pixels_are_described(const void *pixels, unsigned bits, size_t count, const dseg_number_set *described,
                               size_t *place);

#endif
