/* SPDX-License-Identifier: Apache-2.0 */
/* test_transcode_memory.c - a transcoding for which memory is short at any allocation fails with DSEG_ERROR_MEMORY and
 * leaves no file. */
#include "dseg/proposals.h"
#include "out_of_memory/failing_memory.h"
#include "writer_fixture.h"

static dseg_status transcode(const char *from, const char *to, const char *transfer_syntax, dseg_offset_table table,
                             dseg_error *error) {
  dseg_input *input = NULL;
  dseg_status status = dseg_input_from_file(from, 0, &input, error);
  if (status != DSEG_OK) {
    return status;
  }
  const dseg_output output = dseg_output_to_file(to, 0, NULL);
  const dseg_transcode_options options = {
      .struct_size = sizeof options, .transfer_syntax = transfer_syntax, .offset_table = table, .threads = 1};
  status = dseg_transcode(input, from, &output, &options, error);
  dseg_input_close(input);
  return status;
}

/* Fails one allocation after the other until none is needed. */
static void fail_each(const char *from, const char *transfer_syntax, dseg_offset_table table) {
  size_t count = 0;
  const size_t files = count_files();
  for (bool done = false; !done; count++) {
    dseg_error error = {0};
    memory.calls = 0;
    memory.failing = count + 1;
    const dseg_status status = transcode(from, "out.dcm", transfer_syntax, table, &error);
    done = memory.calls < memory.failing;
    memory.failing = 0;
    if (status != (done ? DSEG_OK : DSEG_ERROR_MEMORY) || error.status != status) {
      fail_msg("%s to %s, allocation %zu: status %d, \"%s\"", from, transfer_syntax, count + 1, (int)status,
               error.message);
    }
    assert_int_equal(count_files(), done ? files + 1 : files);
  }
  remove("out.dcm");
  assert_true(count > 10);
}

static void no_failing_allocation_is_overlooked(void **state) {
  (void)state;
  static const char *const sources[] = {"explicit-le", "implicit-le", "rle", "label-edge"};
  static const char *const targets[] = {"explicit-le", "implicit-le", "rle", "label-edge"};
  dseg_description *description = make_description(6, 5, 4, 3);
  for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
    const dseg_write_options options = {.struct_size = sizeof options,
                                        .representation = i % 2 == 0 ? "binary" : "labelmap",
                                        .frame_codec = sources[i],
                                        .uid_seed = "memory",
                                        .threads = 1};
    write_volume("in.dcm", description, &options, false);
    for (size_t k = 0; k < sizeof targets / sizeof *targets; k++) {
      for (int behind = 0; behind < 2; behind++) {
        memory.all_behind = behind != 0;
        fail_each("in.dcm", targets[k], behind != 0 ? DSEG_OFFSET_TABLE_EXTENDED : DSEG_OFFSET_TABLE_BASIC);
      }
    }
    remove("in.dcm");
  }
  dseg_description_destroy(description);
}

static int register_proposals(void **state) {
  (void)state;
  return dseg_register_proposals(NULL) == DSEG_OK ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(no_failing_allocation_is_overlooked, enter_directory, leave_directory),
  };
  return cmocka_run_group_tests(tests, register_proposals, NULL);
}
