/* SPDX-License-Identifier: Apache-2.0 */
/* endian.h - loads and stores of integers at any address, in a stated byte order. */
#ifndef DSEG_BASE_ENDIAN_H
#define DSEG_BASE_ENDIAN_H

#include <stdint.h>
#include <string.h>

static inline uint16_t dseg_load_le16(const uint8_t *p) {
  return (uint16_t)(p[0] | (unsigned)p[1] << 8);
}
static inline uint32_t dseg_load_le32(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static inline uint64_t dseg_load_le64(const uint8_t *p) {
  return (uint64_t)dseg_load_le32(p) | (uint64_t)dseg_load_le32(p + 4) << 32;
}
static inline uint16_t dseg_load_be16(const uint8_t *p) {
  return (uint16_t)((unsigned)p[0] << 8 | p[1]);
}
static inline uint32_t dseg_load_be32(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}
static inline uint64_t dseg_load_be64(const uint8_t *p) {
  return (uint64_t)dseg_load_be32(p) << 32 | (uint64_t)dseg_load_be32(p + 4);
}
static inline void dseg_store_le16(uint8_t *p, uint16_t v) {
  p[0] = (uint8_t)v;
  p[1] = (uint8_t)(v >> 8);
}
static inline void dseg_store_le32(uint8_t *p, uint32_t v) {
  dseg_store_le16(p, (uint16_t)v);
  dseg_store_le16(p + 2, (uint16_t)(v >> 16));
}
static inline void dseg_store_le64(uint8_t *p, uint64_t v) {
  dseg_store_le32(p, (uint32_t)v);
  dseg_store_le32(p + 4, (uint32_t)(v >> 32));
}

#endif
