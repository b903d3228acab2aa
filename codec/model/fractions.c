/* SPDX-License-Identifier: Apache-2.0 */
/* fractions.c - planes of stored fractions, 8 bits each. */
#include "model/fractions.h"

#include <math.h>

#include "model/bit_planes.h"
#include "model/label_planes.h"

/* Pixels whose fractions are compared at once; the bits that result are painted like those of BINARY. */
#define FRACTIONS_AT_ONCE ((size_t)4096)

uint32_t dseg_stored_threshold(double share, uint32_t maximum) {
  const double stored = ceil(share * maximum - 1e-9); /* 0.55 of 100 is 55, though the product is a little more */
  return stored > 1 ? (uint32_t)stored : 1;
}

dseg_status dseg_paint_fractions(const dseg_label_plane *plane, uint32_t segment, const uint8_t *fractions,
                                 size_t count, dseg_error *error) {
  if (plane->fraction_threshold == 0 || plane->fraction_threshold > UINT8_MAX) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "threshold %u of stored fractions is not in 1..255",
                     (unsigned)plane->fraction_threshold);
  }
  const dseg_label_paint paint = dseg_segment_paint(segment, plane);
  for (size_t start = 0; start < count; start += FRACTIONS_AT_ONCE) {
    const size_t part = count - start < FRACTIONS_AT_ONCE ? count - start : FRACTIONS_AT_ONCE;
    uint8_t inside[FRACTIONS_AT_ONCE / 8];
    if (dseg_bits_pack_at_least(fractions + start, (uint8_t)plane->fraction_threshold, part, inside)) {
      uint8_t *out = (uint8_t *)plane->out + start * (plane->bits / 8);
      dseg_bits_paint(inside, 0, part, out, plane->bits, &paint);
    }
  }
  return DSEG_OK;
}
