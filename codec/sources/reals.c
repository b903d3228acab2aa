/* SPDX-License-Identifier: Apache-2.0 */
/* reals.c - fractions as floats or doubles: see reals.h. */
#include "sources/reals.h"

#include <string.h>

void dseg_reals_copy(const dseg_reals *to, const dseg_reals *from, size_t first, size_t count) {
  const size_t bytes = from->bits / 8;
  if (to->bits == from->bits) {
    memcpy(to->values, (const uint8_t *)from->values + first * bytes, count * bytes);
    return;
  }
  const float *floats = from->values;
  const double *doubles = from->values;
  for (size_t i = 0; i < count; i++) {
    if (to->bits == 64) {
      ((double *)to->values)[i] = (double)floats[first + i];
    } else {
      ((float *)to->values)[i] = (float)doubles[first + i];
    }
  }
}

/* From the last one on: what is written lies behind what is still to be read. */
void dseg_reals_widen(const dseg_reals *values, size_t count, uint32_t maximum) {
  const uint8_t *stored = values->values;
  for (size_t i = count; i-- > 0;) {
    const uint8_t value = stored[i];
    if (values->bits == 64) {
      ((double *)values->values)[i] = (double)value / (double)maximum;
    } else {
      ((float *)values->values)[i] = (float)value / (float)maximum;
    }
  }
}
