/* SPDX-License-Identifier: Apache-2.0 */
/* test_uid.c - SHA-256 against the vectors of FIPS 180-4, and UIDs made from UUIDs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/uid.h"
#include "dseg/sha256.h"

static void digest_of(const char *text, size_t repeats, char hex[65]) {
  dseg_sha256 hash;
  uint8_t digest[32];
  dseg_sha256_start(&hash);
  for (size_t i = 0; i < repeats; i++) {
    dseg_sha256_add(&hash, text, strlen(text));
  }
  dseg_sha256_finish(&hash, digest);
  for (size_t i = 0; i < 32; i++) {
    snprintf(hex + 2 * i, 3, "%02x", digest[i]);
  }
}

static void sha256_vectors(void **state) {
  (void)state;
  char hex[65];
  digest_of("", 1, hex);
  assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  digest_of("abc", 1, hex);
  assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, hex);
  assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  digest_of("aaaaaaaaaa", 100000, hex);
  assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Bytes in pieces of any size hash as one by one. */
static void sha256_of_pieces(void **state) {
  (void)state;
  uint8_t bytes[300];
  for (size_t i = 0; i < sizeof bytes; i++) {
    bytes[i] = (uint8_t)(i * i + 7);
  }
  for (size_t size = 0; size <= sizeof bytes; size++) {
    dseg_sha256 whole;
    dseg_sha256 single;
    uint8_t a[32];
    uint8_t b[32];
    dseg_sha256_start(&whole);
    dseg_sha256_start(&single);
    const size_t first = size * 37 % (size + 1);
    dseg_sha256_add(&whole, bytes, first);
    dseg_sha256_add(&whole, bytes + first, size - first);
    for (size_t i = 0; i < size; i++) {
      dseg_sha256_add(&single, bytes + i, 1);
    }
    dseg_sha256_finish(&whole, a);
    dseg_sha256_finish(&single, b);
    assert_memory_equal(a, b, sizeof a);
  }
}

static void uuids_as_decimal_numbers(void **state) {
  (void)state;
  char uid[DSEG_UID_SIZE];
  const uint8_t zero[16] = {0};
  dseg_uid_from_uuid(zero, uid);
  assert_string_equal(uid, "2.25.0");
  uint8_t ones[16];
  memset(ones, 0xFF, sizeof ones);
  dseg_uid_from_uuid(ones, uid);
  assert_string_equal(uid, "2.25.340282366920938463463374607431768211455");
  /* The example of ISO/IEC 9834-8: f81d4fae-7dec-11d0-a765-00a0c91e6bf6. */
  const uint8_t example[16] = {0xf8, 0x1d, 0x4f, 0xae, 0x7d, 0xec, 0x11, 0xd0,
                               0xa7, 0x65, 0x00, 0xa0, 0xc9, 0x1e, 0x6b, 0xf6};
  dseg_uid_from_uuid(example, uid);
  assert_string_equal(uid, "2.25.329800735698586629295641978511506172918");
}

static void seeds_repeat_and_differ(void **state) {
  (void)state;
  char a[DSEG_UID_SIZE], b[DSEG_UID_SIZE], c[DSEG_UID_SIZE], d[DSEG_UID_SIZE];
  dseg_uid_source first = {.seed = "seed", .purpose = "binary"}, again = first;
  dseg_uid_source other_seed = {.seed = "seeds", .purpose = "binary"}, other_purpose = {.seed = "seed"};
  assert_int_equal(dseg_uid_make(&first, a, NULL), DSEG_OK);
  assert_int_equal(dseg_uid_make(&again, b, NULL), DSEG_OK);
  assert_string_equal(a, b);
  assert_int_equal(dseg_uid_make(&first, b, NULL), DSEG_OK);
  assert_int_equal(dseg_uid_make(&other_seed, c, NULL), DSEG_OK);
  assert_int_equal(dseg_uid_make(&other_purpose, d, NULL), DSEG_OK);
  assert_string_not_equal(a, b);
  assert_string_not_equal(a, c);
  assert_string_not_equal(a, d);
}

static void random_ones_are_valid_and_differ(void **state) {
  (void)state;
  dseg_uid_source source = {.seed = NULL};
  char last[DSEG_UID_SIZE] = "", uid[DSEG_UID_SIZE];
  for (int i = 0; i < 100; i++) {
    assert_int_equal(dseg_uid_make(&source, uid, NULL), DSEG_OK);
    assert_string_not_equal(uid, last);
    assert_int_equal(strncmp(uid, "2.25.", 5), 0);
    assert_int_equal(strspn(uid + 5, "0123456789"), strlen(uid + 5));
    assert_int_not_equal(uid[5], '0');
    assert_true(strlen(uid) <= 44);
    memcpy(last, uid, sizeof last);
  }
}

static void fixed_names_fit_their_vr(void **state) {
  (void)state;
  assert_true(strlen(dseg_implementation_class_uid()) <= 64);
  assert_true(strlen(dseg_implementation_version_name()) <= 16);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sha256_vectors),
      cmocka_unit_test(sha256_of_pieces),
      cmocka_unit_test(uuids_as_decimal_numbers),
      cmocka_unit_test(seeds_repeat_and_differ),
      cmocka_unit_test(random_ones_are_valid_and_differ),
      cmocka_unit_test(fixed_names_fit_their_vr),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
