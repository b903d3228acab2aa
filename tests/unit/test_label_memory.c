/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for label maps: zeros, all of it usable, whatever the size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/source.h"

static void test_zeros_that_can_be_written(void **state) {
  (void)state;
  /* Around what is plain memory, what is mapped, and the size of a large page. */
  static const size_t sizes[] = {
      0, 1, 4095, ((size_t)8 << 20) - 1, (size_t)8 << 20, ((size_t)8 << 20) + 1, 9999999, (size_t)10 << 20, 12345678};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    uint8_t *labels = dseg_labels_alloc(sizes[i]);
    assert_non_null(labels);
    assert_int_equal((uintptr_t)labels % sizeof(uint32_t), 0);
    uint8_t any = 0;
    for (size_t at = 0; at < sizes[i]; at++) {
      any |= labels[at];
    }
    assert_int_equal(any, 0);
    memset(labels, 0xA5, sizes[i]);
    dseg_labels_free(labels, sizes[i]);
  }
}

static void test_freed_memory_comes_back_as_zeros(void **state) {
  (void)state;
  const size_t size = (size_t)16 << 20;
  for (int round = 0; round < 3; round++) {
    uint8_t *labels = dseg_labels_alloc(size);
    assert_non_null(labels);
    assert_int_equal(labels[0] | labels[size / 2] | labels[size - 1], 0);
    memset(labels, 1, size);
    dseg_labels_free(labels, size);
  }
}

static void test_too_much(void **state) {
  (void)state;
  /* volatile: the compiler would warn of a size that no object can have. */
  volatile size_t size = SIZE_MAX - 5;
  assert_null(dseg_labels_alloc(size));
  dseg_labels_free(NULL, size);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_zeros_that_can_be_written),
      cmocka_unit_test(test_freed_memory_comes_back_as_zeros),
      cmocka_unit_test(test_too_much),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
