/* SPDX-License-Identifier: Apache-2.0 */
/* test_dicom_damaged.c - DICOM segmentations cut, changed, and with fewer pixels than they say. */
#include <stdlib.h>

#include "dicom_source_fixture.h"

static void test_more_frames_than_pixels(void **state) {
  (void)state;
  const seg_form form = binary_form();
  put_seg_head(&file, &form);
  put_value(&file, 0x7FE00010, "OB", "\1\1\1\1\1\1\1\1", 8);
  fails_with(DSEG_ERROR_FORMAT, "(7FE0,0010)");
}

/* Cut at any byte, an object is refused when it is opened. */
static void test_truncation_at_every_byte(void **state) {
  (void)state;
  for (int i = 0; i < 2; i++) {
    seg_form form = binary_form();
    form.undefined_lengths = i == 1;
    build_seg(&file, &form);
    for (size_t size = 0; size < file.bytes.size; size++) {
      /* A copy of exactly that size, so that a sanitizer sees what is read behind it. */
      uint8_t *bytes = malloc(size + 1);
      dseg_source *source = NULL;
      assert_non_null(bytes);
      memcpy(bytes + 1, file.bytes.data, size);
      assert_int_not_equal(dseg_open_memory((dseg_view){bytes + 1, size}, "cut", NULL, &source, NULL), DSEG_OK);
      assert_null(source);
      free(bytes);
    }
  }
}

/* With any byte changed, an object is refused or read; nothing else happens. */
static void test_any_byte_changed(void **state) {
  (void)state;
  static const uint8_t changes[] = {0x00, 0xFF, 0x01, 0x80};
  uint8_t *labels = malloc((size_t)1 << 22);
  assert_non_null(labels);
  for (int undefined = 0; undefined < 2; undefined++) {
    seg_form form = label_form(LITTLE);
    form.undefined_lengths = undefined == 1;
    build_seg(&file, &form);
    for (size_t i = 132; i < file.bytes.size * sizeof changes; i++) {
      uint8_t *byte = &file.bytes.data[i / sizeof changes];
      const uint8_t before = *byte;
      *byte ^= changes[i % sizeof changes];
      dseg_source *source = open_with(NULL);
      if (source != NULL) {
        const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
        const size_t size = geometry->plane_count * geometry->rows * geometry->columns;
        const dseg_label_request request = {
            .struct_size = sizeof(dseg_label_request), .plane_count = geometry->plane_count, .bits = 8, .threads = 1};
        if (size <= (size_t)1 << 22) {
          (void)dseg_source_read_labels(source, &request, labels, size, NULL, NULL);
        }
      }
      dseg_source_close(source);
      *byte = before;
    }
  }
  free(labels);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_more_frames_than_pixels),
      cmocka_unit_test(test_truncation_at_every_byte),
      cmocka_unit_test(test_any_byte_changed),
  };
  return cmocka_run_group_tests(tests, NULL, free_file);
}
