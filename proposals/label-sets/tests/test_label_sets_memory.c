/* SPDX-License-Identifier: Apache-2.0 */
/* test_label_sets_memory.c - every allocation of writing, reading and validating fails once: the call fails with a
 * message, or nothing is lost. */
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

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_fails_once)};
  return cmocka_run_group_tests(tests, register_all, NULL);
}
