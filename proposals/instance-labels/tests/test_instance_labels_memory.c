/* SPDX-License-Identifier: Apache-2.0 */
/* test_instance_labels_memory.c - every allocation of writing, reading and validating fails once: the call fails with a
 * message, or nothing is lost. And columns past the caller's limit are refused before memory is asked for. */
#include "map.h"
#include "out_of_memory/failing_memory.h"

static const written_as labels = {"instance-labels", "rle", &(const dseg_option_value){"boxes", 1}, 1};
static const written_as ranges = {"segment-ranges", "explicit-le", &(const dseg_option_value){"volume", 1}, 1};

static void make(map *made) {
  static const float confidence[] = {0.5F, 1, 0};
  static const uint32_t numbers[] = {7, 9, 8};
  map_make(made, true, 8, 8, 2, 3, 2);
  map_draw(made, 1, 0, 1, 1, 3, 3);
  map_draw(made, 2, 0, 6, 0, 7, 7);
  map_draw(made, 3, 1, 4, 4, 5, 5);
  made->instances->confidence = confidence;
  made->instances->numbers = numbers;
  made->instances->uid_root = "1.2.3";
}

static dseg_status read_all(const dseg_buffer *bytes, dseg_error *error) {
  uint32_t numbers[128];
  uint8_t voxels[128];
  size_t planes[2];
  size_t count = 0;
  dseg_source *source = NULL;
  const dseg_label_request request = {.struct_size = sizeof request, .plane_count = 2, .bits = 8, .threads = 1};
  dseg_status status = dseg_open_memory((dseg_view){bytes->data, bytes->size}, "written", NULL, &source, error);
  if (status == DSEG_OK) {
    status = dseg_source_read_instances(source, 0, 2, numbers, sizeof numbers, 1, error);
  }
  if (status == DSEG_OK) {
    status = dseg_source_read_labels(source, &request, voxels, sizeof voxels, NULL, error);
  }
  if (status == DSEG_OK) {
    status = dseg_source_instance_planes(source, 1, planes, 2, &count, error);
    status = status == DSEG_ERROR_UNSUPPORTED ? DSEG_OK : status; /* segment-ranges */
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
static dseg_status run(int step, const map *of, const written_as *as, const dseg_buffer *written, dseg_error *error) {
  dseg_buffer bytes = {0};
  const dseg_status status = step == 0   ? map_try(of, as, &bytes, error)
                             : step == 1 ? read_all(written, error)
                                         : validate(written, error);
  if (step == 0 && status == DSEG_OK) {
    assert_int_equal(bytes.size, written->size);
  }
  dseg_buffer_free(&bytes);
  return status;
}

static void every_allocation_fails_once(void **state) {
  static const written_as *const forms[] = {&labels, &ranges};
  (void)state;
  map made;
  make(&made);
  for (size_t i = 0; i < 2; i++) {
    dseg_buffer written = {0};
    map_write(&made, forms[i], &written);
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
  map_free(&made);
}

static void limits(void **state) {
  (void)state;
  map made;
  dseg_buffer bytes = {0};
  map_make(&made, true, 8, 8, 2, 100000, 2);
  map_draw(&made, 100000, 0, 1, 1, 3, 3);
  map_write(&made, &labels, &bytes);
  for (int shift = 12; shift < 30; shift++) {
    dseg_source *source = NULL;
    const dseg_open_options options = {.struct_size = sizeof options, .memory_limit = (uint64_t)1 << shift};
    const dseg_status status = dseg_open_memory((dseg_view){bytes.data, bytes.size}, "limits", &options, &source, NULL);
    assert_int_equal(status, shift < 22 ? DSEG_ERROR_LIMIT : DSEG_OK); /* 40 bytes an instance */
    dseg_source_close(source);
    if (status == DSEG_OK) {
      break;
    }
  }
  dseg_buffer_free(&bytes);
  map_free(&made);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_fails_once), cmocka_unit_test(limits)};
  return dseg_register_proposals(NULL) != DSEG_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
