/* SPDX-License-Identifier: Apache-2.0 */
/* uid.c - unique identifiers that follow from a hash, as UUIDs of version 8 (RFC 9562) below 2.25 (PS3.5 B.2). */
#include "cli/uid.h"

#include <stdbool.h>
#include <string.h>

void cli_uid_from_digest(const uint8_t digest[DSEG_SHA256_SIZE], char uid[65]) {
  uint8_t number[16]; /* the most significant byte first */
  char digits[40];
  size_t count = 0;
  memcpy(number, digest, sizeof number);
  number[6] = (uint8_t)((number[6] & 0x0FU) | 0x80U);
  number[8] = (uint8_t)((number[8] & 0x3FU) | 0x80U);
  for (bool more = true; more && count < sizeof digits;) {
    unsigned rest = 0;
    more = false;
    for (size_t i = 0; i < sizeof number; i++) {
      const unsigned part = rest * 256U + number[i];
      number[i] = (uint8_t)(part / 10U);
      rest = part % 10U;
      more = more || number[i] != 0;
    }
    digits[count++] = (char)('0' + rest);
  }
  memcpy(uid, "2.25.", 5);
  for (size_t i = 0; i < count; i++) {
    uid[5 + i] = digits[count - 1 - i];
  }
  uid[5 + count] = '\0';
}

void cli_uid_from_text(const char *text, char uid[65]) {
  uint8_t digest[DSEG_SHA256_SIZE];
  dseg_sha256 hash;
  dseg_sha256_start(&hash);
  dseg_sha256_add(&hash, text, strlen(text));
  dseg_sha256_finish(&hash, digest);
  cli_uid_from_digest(digest, uid);
}
