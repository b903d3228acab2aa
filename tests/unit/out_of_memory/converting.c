/* SPDX-License-Identifier: Apache-2.0 */
/* converting.c - trials that convert an object in memory to another object, or to a volume, in one call. */
#include "out_of_memory/trial.h"

static void put_message(void *user, dseg_message_kind kind, const char *file, const char *message) {
  const bool was_paused = memory.is_paused;
  memory.is_paused = true;
  (void)fprintf(user, "%d %s: %s\n", (int)kind, file != NULL ? file : "", message);
  memory.is_paused = was_paused;
}

static void put_result(FILE *outcome, const dseg_convert_result *result, const dseg_buffer *bytes) {
  for (size_t i = 0; i < result->file_count; i++) {
    (void)fprintf(outcome, "%llu bytes, %llu frames, %llu layers\n", (unsigned long long)result->files[i]->bytes,
                  (unsigned long long)result->files[i]->frames, (unsigned long long)result->files[i]->layers);
    put_text_line(outcome, result->files[i]->sop_instance_uid);
  }
  put_text_line(outcome, result->series_uid);
  put_bytes(outcome, bytes->data, bytes->size);
}

dseg_status run_convert(const memory_trial *trial, FILE *outcome, dseg_error *error) {
  static const char *const segments[] = {"organ", "1-3"};
  const bool is_volume = trial->what[0] == '.';
  const char *const name = "object";
  dseg_buffer bytes = {0};
  dseg_input *input = NULL;
  DSEG_TRY(dseg_input_from_memory((dseg_view){trial->bytes->data, trial->bytes->size}, &input, error));
  const dseg_output output = dseg_output_to_buffer(&bytes);
  const dseg_convert_options options = {.struct_size = sizeof options,
                                        .inputs = &input,
                                        .segments = segments,
                                        .segment_count = 2,
                                        .present_only = true,
                                        .grid = DSEG_GRID_TIGHT,
                                        .threshold = trial->how != NULL ? 0.02 : 0,
                                        .format = is_volume ? trial->what : "dicom",
                                        .representation = is_volume ? NULL : trial->what,
                                        .uid_seed = is_volume ? NULL : "memory",
                                        .date_time = is_volume ? NULL : "20250101000000",
                                        .threads = 1,
                                        .messages = {put_message, outcome}};
  dseg_convert_result *result = NULL;
  const dseg_status status = dseg_convert(&name, 1, &output, &options, &result, error);
  memory.is_paused = true;
  if (status == DSEG_OK) {
    put_result(outcome, result, &bytes);
  } else {
    assert_int_equal(bytes.size, 0);
  }
  dseg_convert_result_destroy(result);
  dseg_buffer_free(&bytes);
  return status;
}
