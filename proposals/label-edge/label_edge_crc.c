/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_crc.c - CRC-32C: by instructions of x86 (SSE 4.2, if the processor has it) and ARM (if compiled for it),
 * else by tables. */
#include "label_edge_crc.h"

#include <string.h>

#define POLYNOMIAL UINT32_C(0x82f63b78) /* 1EDC6F41H with its bits reflected */

void label_edge_make_crc_tables(le_crc_tables *tables) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (unsigned k = 0; k < 8; k++) {
      crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
    }
    tables->of[0][byte] = crc;
  }
  for (uint32_t byte = 0; byte < 256; byte++) {
    for (unsigned k = 1; k < 8; k++) {
      const uint32_t crc = tables->of[k - 1][byte];
      tables->of[k][byte] = crc >> 8 ^ tables->of[0][crc & 255];
    }
  }
}

uint32_t label_edge_crc_by_tables(const le_crc_tables *tables, const uint8_t *bytes, size_t size) {
  const uint32_t(*of)[256] = tables->of;
  uint32_t crc = UINT32_MAX;
  for (; size >= 8; size -= 8, bytes += 8) {
    const uint32_t low =
        crc ^ ((uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24);
    crc = of[7][low & 255] ^ of[6][low >> 8 & 255] ^ of[5][low >> 16 & 255] ^ of[4][low >> 24] ^ of[3][bytes[4]] ^
          of[2][bytes[5]] ^ of[1][bytes[6]] ^ of[0][bytes[7]];
  }
  for (; size > 0; size--) {
    crc = crc >> 8 ^ of[0][(crc ^ *bytes++) & 255];
  }
  return ~crc;
}

#if defined(__GNUC__) && defined(__x86_64__)
static int has_instruction(void) {
  return __builtin_cpu_supports("sse4.2");
}
#define TARGET __attribute__((target("sse4.2")))
#define ADD_64(crc, value) (uint32_t) __builtin_ia32_crc32di((crc), (value))
#define ADD_8(crc, value) __builtin_ia32_crc32qi((crc), (value))
#elif defined(__GNUC__) && defined(__ARM_FEATURE_CRC32) && defined(__aarch64__) && !defined(__ARM_BIG_ENDIAN)
#include <arm_acle.h>
static int has_instruction(void) {
  return 1;
}
#define TARGET
#define ADD_64(crc, value) __crc32cd((crc), (value))
#define ADD_8(crc, value) __crc32cb((crc), (value))
#endif

#ifdef TARGET
TARGET static uint32_t crc_by_instruction(const uint8_t *bytes, size_t size) {
  uint32_t crc = UINT32_MAX;
  for (; size >= 8; size -= 8, bytes += 8) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    crc = ADD_64(crc, value);
  }
  for (; size > 0; size--) {
    crc = ADD_8(crc, *bytes++);
  }
  return ~crc;
}
#endif

uint32_t label_edge_crc(const le_crc_tables *tables, const uint8_t *bytes, size_t size) {
#ifdef TARGET
  if (has_instruction()) {
    return crc_by_instruction(bytes, size);
  }
#endif
  return label_edge_crc_by_tables(tables, bytes, size);
}
