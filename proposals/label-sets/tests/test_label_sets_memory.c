/* SPDX-License-Identifier: Apache-2.0 */
/* test_label_sets_memory.c - every allocation of writing, reading and validating fails once: the call fails with a
 * message, or nothing is lost. And lists that need more than the caller's limit are refused before they get it. */
#include "out_of_memory/failing_memory.h"
#include "volume.h"

static const written_as plain = {"label-sets", "rle", NULL, 0};
static const written_as as_volume = {"label-sets", "explicit-le", &(const dseg_option_value){"volume", 1}, 1};

static void make(volume *made) {
  volume_make(made, 2, 10, 2, 3);
  volume_add_columns(made, 0, 1, 6);
  volume_add_columns(made, 1, 4, 9);
  volume_add_columns(made, 2, 5, 7);
}

static dseg_status read_all(const volume *of, const dseg_buffer *bytes, dseg_error *error) {
  uint8_t masks[40];
  uint16_t labels[40];
  dseg_source *source = NULL;
  const dseg_label_request request = {
      .struct_size = sizeof request, .plane_count = 2, .bits = 16, .overlap = DSEG_OVERLAP_LAST, .threads = 1};
  dseg_status status = dseg_open_memory((dseg_view){bytes->data, bytes->size}, "written", NULL, &source, error);
  for (size_t i = 0; status == DSEG_OK && i < of->segments; i++) {
    status = dseg_source_read_mask(source, i, 0, 2, masks, sizeof masks, 1, error);
    if (status == DSEG_OK) {
      assert_memory_equal(masks, volume_mask(of, i, 0), sizeof masks);
    }
  }
  if (status == DSEG_OK) {
    status = dseg_source_read_labels(source, &request, labels, sizeof labels, NULL, error);
  }
  dseg_source_close(source);
  return status;
}

static dseg_status validate(const dseg_buffer *bytes, dseg_error *error) {
  const dseg_validate_options options = {.struct_size = sizeof options, .threads = 1};
  dseg_validation result;
  const dseg_status status = dseg_validate_memory((dseg_view){bytes->data, bytes->size}, &options, &result, error);
  if (status == DSEG_OK) {
    assert_int_equal(result.errors, 0);
  }
  return status;
}

/* The steps, each with all of its allocations failing in turn. */
static dseg_status run(int step, const volume *of, const written_as *as, const dseg_buffer *written,
                       dseg_error *error) {
  dseg_buffer bytes = {0};
  const dseg_status status = step == 0   ? volume_try(of, as, &bytes, error)
                             : step == 1 ? read_all(of, written, error)
                                         : validate(written, error);
  if (step == 0 && status == DSEG_OK) {
    assert_int_equal(bytes.size, written->size);
  }
  dseg_buffer_free(&bytes);
  return status;
}

static void every_allocation_fails_once(void **unused) {
  const written_as *const forms[] = {&plain, &as_volume};
  (void)unused;
  volume made;
  make(&made);
  for (size_t i = 0; i < 2; i++) {
    dseg_buffer written = {0};
    volume_write(&made, forms[i], &written);
    for (int step = 0; step < 3; step++) {
      memory = (failing_memory){.calls = 0};
      assert_int_equal(run(step, &made, forms[i], &written, NULL), DSEG_OK);
      const size_t calls = memory.calls;
      for (size_t failing = 1; failing <= calls; failing++) {
        dseg_error error = {0};
        memory = (failing_memory){.failing = failing};
        const dseg_status status = run(step, &made, forms[i], &written, &error);
        memory = (failing_memory){.calls = 0};
        if (status != DSEG_OK) {
          assert_int_equal(status, DSEG_ERROR_MEMORY);
          assert_true(error.message[0] != '\0');
        }
      }
    }
    dseg_buffer_free(&written);
  }
  volume_free(&made);
}

static void describe_value(dseg_data_set *set, uint16_t number) {
  dseg_data_set_copy_item(set, 0x00620002, 1);
  assert_true(dseg_data_set_enter_item(set, 0x00620002, dseg_data_set_count_items(set, 0x00620002) - 1));
  dseg_data_set_put_u16(set, 0x00620004, "US", &number, 1);
  dseg_data_set_end_item(set);
}

/* 80 segments more, each of the same 4000 values. */
static void add_lists(dseg_data_set *set) {
  enum { LISTS = 80, VALUES = 4000 };
  static uint16_t values[VALUES];
  const uint32_t block = dseg_data_set_find_creator(set, 0x0021, "DSEG LABEL SETS");
  for (size_t i = 0; i < VALUES; i++) {
    values[i] = (uint16_t)(1000 + i);
    describe_value(set, values[i]);
  }
  for (size_t i = 0; i < LISTS; i++) {
    const uint16_t number = (uint16_t)(100 + i);
    describe_value(set, number);
    dseg_data_set_begin_item(set, block | 1);
    const uint32_t own = dseg_data_set_put_creator(set, 0x0021, "DSEG LABEL SETS");
    dseg_data_set_put_u16(set, own | 2, "OW", values, VALUES);
    dseg_data_set_put_u16(set, 0x00620004, "US", &number, 1);
    dseg_data_set_end_item(set);
  }
}

/* Reading turns 2 bytes of a list into 4. */
static void lists_are_bounded_by_the_memory_limit(void **unused) {
  const written_as wide = {"label-sets", "explicit-le", &(const dseg_option_value){"bits", 16}, 1};
  const dseg_file_encoding encoding = {.transfer_syntax_uid = "1.2.840.10008.1.2.1",
                                       .implementation_class_uid = "1.2.3.4",
                                       .implementation_version_name = "TEST"};
  (void)unused;
  volume made;
  dseg_buffer written = {0}, bytes = {0};
  make(&made);
  volume_write(&made, &wide, &written);
  dseg_data_set *set = volume_data_set(&written);
  add_lists(set);
  assert_int_equal(dseg_data_set_write_file(set, &encoding, &bytes, NULL, NULL), DSEG_OK);
  dseg_data_set_destroy(set);
  for (int enough = 0; enough < 2; enough++) {
    const dseg_open_options options = {.struct_size = sizeof options, .memory_limit = enough ? 1 << 23 : 1800000};
    dseg_source *source = NULL;
    dseg_error error = {0};
    const dseg_view view = {bytes.data, bytes.size};
    assert_int_equal(dseg_open_memory(view, "lists", &options, &source, &error), enough ? DSEG_OK : DSEG_ERROR_LIMIT);
    assert_true(enough || strstr(error.message, "values of overlapping segments exceed the memory limit") != NULL);
    dseg_source_close(source);
  }
  dseg_buffer_free(&written);
  dseg_buffer_free(&bytes);
  volume_free(&made);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_fails_once),
                                     cmocka_unit_test(lists_are_bounded_by_the_memory_limit)};
  return cmocka_run_group_tests(tests, register_all, NULL);
}
