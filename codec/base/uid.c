/* SPDX-License-Identifier: Apache-2.0 */
/* uid.c - unique identifiers: random or derived from a seed, as UUIDs under 2.25 (PS3.5 B.2, RFC 9562). */
#include "base/uid.h"

#include <stdbool.h>
#include <string.h>

#include "base/endian.h"
#include "base/os/system.h"
#include "dseg/plugin.h"
#include "dseg/sha256.h"
#include "dseg/version.h"

const char *dseg_implementation_class_uid(void) {
  return DSEG_PRIVATE_UID("1");
}

/* SH: at most 16 characters. */
const char *dseg_implementation_version_name(void) {
  return "DSEG_" DSEG_VERSION_STRING;
}

void dseg_uid_from_uuid(const uint8_t uuid[16], char uid[DSEG_UID_SIZE]) {
  uint8_t number[16];
  memcpy(number, uuid, sizeof number);
  char digits[40];
  size_t count = 0;
  bool more = true;
  while (more) { /* long division by ten, the last digit first; 2^128 has 39 digits */
    unsigned remainder = 0;
    more = false;
    for (size_t i = 0; i < sizeof number; i++) {
      const unsigned dividend = remainder << 8 | number[i];
      number[i] = (uint8_t)(dividend / 10);
      remainder = dividend % 10;
      more = more || number[i] != 0;
    }
    digits[count++] = (char)('0' + remainder);
  }
  size_t length = 0;
  memcpy(uid, "2.25.", 5);
  length = 5;
  while (count > 0) {
    uid[length++] = digits[--count];
  }
  uid[length] = '\0';
}

static dseg_status random_bytes(uint8_t bytes[16], dseg_error *error) {
  const int number = dseg_os_random(bytes, 16);
  return number == 0 ? DSEG_OK
                     : dseg_fail(error, DSEG_ERROR_INPUT, "no random bytes for a unique identifier: %s",
                                 dseg_os_error_text(number));
}

static void seeded_bytes(const dseg_uid_source *source, uint8_t bytes[16]) {
  const char *purpose = source->purpose != NULL ? source->purpose : "";
  uint8_t counter[8];
  dseg_store_le64(counter, source->counter);
  dseg_sha256 hash;
  uint8_t digest[32];
  dseg_sha256_start(&hash);
  dseg_sha256_add(&hash, source->seed, strlen(source->seed) + 1);
  dseg_sha256_add(&hash, purpose, strlen(purpose) + 1);
  dseg_sha256_add(&hash, counter, sizeof counter);
  dseg_sha256_finish(&hash, digest);
  memcpy(bytes, digest, 16);
}

dseg_status dseg_uid_make(dseg_uid_source *source, char uid[DSEG_UID_SIZE], dseg_error *error) {
  uint8_t uuid[16] = {0};
  unsigned version = 4; /* random */
  if (source->seed != NULL) {
    seeded_bytes(source, uuid);
    version = 8; /* of the maker's own construction */
  } else {
    DSEG_TRY(random_bytes(uuid, error));
  }
  source->counter++;
  uuid[6] = (uint8_t)((uuid[6] & 0x0F) | version << 4);
  uuid[8] = (uint8_t)((uuid[8] & 0x3F) | 0x80);
  dseg_uid_from_uuid(uuid, uid);
  return DSEG_OK;
}
