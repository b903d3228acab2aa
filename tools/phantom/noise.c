/* SPDX-License-Identifier: Apache-2.0 */
/* noise.c - numbers that look random and follow from a seed and a place. */
#include "phantom/phantom.h"

static uint32_t mix(uint32_t value) {
  value ^= value >> 15;
  value *= 0x2C1B3C6DU;
  value ^= value >> 12;
  value *= 0x297A2D39U;
  value ^= value >> 15;
  return value;
}

uint32_t phantom_hash(uint32_t seed, int32_t x, int32_t y, int32_t z) {
  uint32_t value = mix(seed + 0x9E3779B9U);
  value = mix(value ^ (uint32_t)x);
  value = mix(value + 0x85EBCA6BU + (uint32_t)y);
  return mix(value ^ ((uint32_t)z * 0xC2B2AE35U));
}

double phantom_random(uint32_t seed, int32_t x, int32_t y, int32_t z) {
  return (double)phantom_hash(seed, x, y, z) / 2147483648.0 - 1.0;
}

static double smooth_step(double t) {
  return t * t * (3.0 - 2.0 * t);
}

static double between(double a, double b, double t) {
  return a + (b - a) * t;
}

/* The lattice of the coarse part has a node at each COARSE-th of the fine one. */
#define COARSE 4

static int32_t floor_div(int32_t value) {
  return value >= 0 ? value / COARSE : -((COARSE - 1 - value) / COARSE);
}

double phantom_noise(uint32_t seed, int32_t x, int32_t y, int32_t z) {
  const int32_t at[3] = {floor_div(x), floor_div(y), floor_div(z)};
  const double t[3] = {smooth_step((double)(x - COARSE * at[0]) / COARSE),
                       smooth_step((double)(y - COARSE * at[1]) / COARSE),
                       smooth_step((double)(z - COARSE * at[2]) / COARSE)};
  double corner[2][2];
  for (int j = 0; j < 2; j++) {
    for (int k = 0; k < 2; k++) {
      corner[j][k] = between(phantom_random(seed, at[0], at[1] + j, at[2] + k),
                             phantom_random(seed, at[0] + 1, at[1] + j, at[2] + k), t[0]);
    }
  }
  const double coarse =
      between(between(corner[0][0], corner[1][0], t[1]), between(corner[0][1], corner[1][1], t[1]), t[2]);
  return 0.75 * coarse + 0.25 * phantom_random(seed + 1, x, y, z);
}
