/* SPDX-License-Identifier: Apache-2.0 */
/* vector.h - vectors of three coordinates, in millimetres or as directions. */
#ifndef DSEG_MODEL_VECTOR_H
#define DSEG_MODEL_VECTOR_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

static inline double dseg_dot(const double a[3], const double b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline double dseg_length(const double a[3]) {
  return sqrt(dseg_dot(a, a));
}

static inline void dseg_cross(const double a[3], const double b[3], double result[3]) {
  result[0] = a[1] * b[2] - a[2] * b[1];
  result[1] = a[2] * b[0] - a[0] * b[2];
  result[2] = a[0] * b[1] - a[1] * b[0];
}

/* into + factor * a */
static inline void dseg_add_scaled(double into[3], double factor, const double a[3]) {
  for (int i = 0; i < 3; i++) {
    into[i] += factor * a[i];
  }
}

static inline bool dseg_all_finite(const double *values, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (!isfinite(values[i])) {
      return false;
    }
  }
  return true;
}

#endif
