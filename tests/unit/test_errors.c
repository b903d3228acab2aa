/* SPDX-License-Identifier: Apache-2.0 */
/* test_errors.c - a dseg_error that is used again never tells an older failure. tests/layers/check_interface.py
 * compares the functions called here with those in the public headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/dseg.h"
#include "dseg/proposals.h"
#include "sources/source.h"

#define OLDER "an older failure"

static dseg_error stale(void) {
  dseg_error error = {.status = DSEG_ERROR_OVERLAP};
  strcpy(error.message, OLDER);
  return error;
}

/* What error says after a call that returned status. */
static void check_outcome(const char *call, dseg_status status, const dseg_error *error) {
  if (error->status != status || strstr(error->message, OLDER) != NULL ||
      (status == DSEG_OK) != (error->message[0] == '\0')) {
    fail_msg("%s returned %d; its error says %d, \"%s\"", call, (int)status, (int)error->status, error->message);
  }
}

/* Makes a call with an error that holds an older failure; expected: the status that the call returns. */
#define CALL(expected, call)              \
  do {                                    \
    dseg_error error = stale();           \
    const dseg_status status = (call);    \
    check_outcome(#call, status, &error); \
    assert_int_equal(status, expected);   \
  } while (0)

/* For functions that a build may lack: the outcome is any failure. */
#define CALL_FAILS(call)                   \
  do {                                     \
    dseg_error error = stale();            \
    const dseg_status status = (call);     \
    check_outcome(#call, status, &error);  \
    assert_int_not_equal(status, DSEG_OK); \
  } while (0)

static void two_failures_have_two_messages(void **state) {
  (void)state;
  static const uint8_t nothing[200];
  dseg_source *source = NULL;
  dseg_error error = {0};
  assert_int_equal(dseg_open("/nonexistent/first.nii", NULL, &source, &error), DSEG_ERROR_INPUT);
  assert_non_null(strstr(error.message, "/nonexistent/first.nii: "));
  assert_int_equal(dseg_open_memory((dseg_view){nothing, sizeof nothing}, "second", NULL, &source, &error),
                   DSEG_ERROR_UNSUPPORTED);
  assert_int_equal(error.status, DSEG_ERROR_UNSUPPORTED);
  assert_int_equal(strncmp(error.message, "second: ", 8), 0);
  assert_null(strstr(error.message, "first.nii"));
}

static void clearing_leaves_no_failure(void **state) {
  (void)state;
  dseg_error error = stale();
  dseg_error_clear(&error);
  assert_int_equal(error.status, DSEG_OK);
  assert_string_equal(error.message, "");
  dseg_error_clear(NULL);
}

static void buffers(void **state) {
  (void)state;
  dseg_buffer buffer = {0};
  CALL(DSEG_OK, dseg_buffer_append(&buffer, "text", 4, &error));
  CALL(DSEG_OK, dseg_buffer_printf(&buffer, &error, "%d", 7));
  CALL(DSEG_OK, dseg_buffer_resize(&buffer, 20, &error));
  CALL(DSEG_ERROR_LIMIT, dseg_buffer_reserve(&buffer, SIZE_MAX, &error));
  dseg_buffer_free(&buffer);
}

static void descriptions(void **state) {
  (void)state;
  dseg_description *description = dseg_description_create();
  dseg_description *copy = NULL;
  dseg_grid grid = {.size = {3, 2, 1}, .step = {{1, 0, 0}, {1, 1, 0}, {0, 0, 1}}};
  assert_non_null(description);
  CALL(DSEG_OK, dseg_description_copy(description, &copy, &error));
  CALL(DSEG_ERROR_UNSUPPORTED, dseg_geometry_from_grid(description, &grid, &error));
  grid.step[1][0] = 0;
  CALL(DSEG_OK, dseg_geometry_from_grid(description, &grid, &error));
  CALL(DSEG_OK, dseg_geometry_to_grid(&description->geometry, &grid, NULL, &error));
  bool found = true;
  size_t count = 1;
  CALL(DSEG_OK, dseg_description_drop(description, 0x00181030, &found, &error));
  assert_false(found);
  CALL(DSEG_OK, dseg_description_drop_frames(description, &error));
  CALL(DSEG_OK, dseg_description_agree(description, copy, &error));
  CALL(DSEG_OK, dseg_compare_attributes(description->attributes, copy->attributes, NULL, 0, &count, &error));
  assert_int_equal(count, 0);
  CALL_FAILS(dseg_description_add_reference(description, NULL, 0, NULL, &error));
  dseg_description_destroy(copy);
  dseg_description_destroy(description);
}

static void inputs(void **state) {
  (void)state;
  static const uint8_t bytes[4];
  const dseg_reader no_function = {.struct_size = sizeof no_function, .size = 4};
  dseg_input *input = NULL;
  CALL(DSEG_ERROR_INPUT, dseg_input_from_file("/nonexistent/a.dcm", 0, &input, &error));
  CALL(DSEG_ERROR_INPUT, dseg_input_from_descriptor(-1, 0, &input, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_input_from_reader(&no_function, &input, &error));
  CALL(DSEG_OK, dseg_input_from_memory((dseg_view){bytes, sizeof bytes}, &input, &error));
  dseg_input_close(input);
}

static void files_in_other_formats(void **state) {
  (void)state;
  dseg_description *description = dseg_description_create();
  dseg_output_set *set = dseg_output_set_create();
  assert_non_null(description);
  assert_non_null(set);
  CALL(DSEG_ERROR_ARGUMENT, dseg_volume_write(NULL, NULL, NULL, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_volume_write_to(NULL, NULL, NULL, &error));
  dseg_source *source = NULL;
  CALL(DSEG_ERROR_ARGUMENT, dseg_open_array(NULL, "array", NULL, &source, &error));
  CALL_FAILS(dseg_metadata_read("/nonexistent/a.json", description, NULL, NULL, &error));
  CALL_FAILS(dseg_metadata_write("/nonexistent/a.json", description, NULL, false, &error));
  CALL_FAILS(dseg_metadata_read_input(NULL, "a.json", description, NULL, NULL, &error));
  CALL_FAILS(dseg_metadata_write_to(NULL, description, NULL, &error));
  CALL_FAILS(dseg_names_apply("/nonexistent/a.csv", description, NULL, &error));
  CALL_FAILS(dseg_output_put(NULL, (dseg_view){NULL, 0}, &error));
  static const char *const names[] = {"/nonexistent/a.json"};
  CALL(DSEG_OK, dseg_output_set_add_input(set, names[0], &error));
  CALL(DSEG_OK, dseg_output_set_check(set, names, 1, &error));
  CALL_FAILS(dseg_output_set_adopt(set, names[0], "/nonexistent/", 0, &error));
  CALL(DSEG_OK, dseg_output_set_commit(set, &error));
  dseg_output_set_destroy(set);
  dseg_description_destroy(description);
}

static void what_frame_codecs_call(void **state) {
  (void)state;
  static const dseg_option options[] = {{"level", 1, 9, 5, "help"}, {0}};
  uint8_t bytes[8] = {0};
  const dseg_frame_info info = {.rows = 2, .columns = 4, .bits_allocated = 8};
  const dseg_codec_setup setup = {.encoding = true, .format = info};
  const dseg_frame_codec *codec = dseg_find_frame_codec("explicit-le");
  dseg_codec_context *context = NULL;
  dseg_buffer scratch = {0};
  dseg_view view = {bytes, sizeof bytes};
  dseg_span span = {bytes, sizeof bytes};
  CALL(DSEG_OK, dseg_frame_create_scratch(&setup, &context, &error));
  dseg_frame_destroy_scratch(context);
  CALL(DSEG_OK, dseg_frame_create_with_option(options, "level", &setup, &context, &error));
  dseg_frame_destroy_scratch(context);
  CALL(DSEG_ERROR_ARGUMENT, dseg_frame_check_size(&info, 7, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_frame_check_encode(codec, &info, (dseg_view){bytes, 7}, &error));
  CALL(DSEG_ERROR_FORMAT, dseg_frame_check_stream(&info, 2, 4, 3, 8, &error));
  CALL(DSEG_ERROR_FORMAT, dseg_frame_check_rest(&info, 2, &error));
  CALL(DSEG_OK, dseg_frame_to_pixels(&info, view, &scratch, &view, &error));
  CALL(DSEG_OK, dseg_frame_pixel_span(&info, span, &scratch, &span, &error));
  CALL(DSEG_OK, dseg_frame_from_pixels(&info, span, span, &error));
  CALL(DSEG_OK, dseg_frame_to_bytes(&info, view, &scratch, &view, &error));
  CALL(DSEG_OK, dseg_check_encoding(NULL, codec, &info, &error));
  dseg_buffer_free(&scratch);
}

static void the_registry(void **state) {
  (void)state;
  CALL(DSEG_ERROR_ARGUMENT, dseg_register(NULL, NULL, &error));
  CALL(DSEG_OK, dseg_load_plugins(NULL, &error));
  CALL(DSEG_OK, dseg_register_proposals(&error));
}

/* Two by three voxels in one plane, one segment. */
static dseg_source *make_source(void) {
  const dseg_grid grid = {.size = {3, 2, 1}, .step = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  const dseg_layer layer = {.voxels = calloc(6, 1), .bits = 8};
  dseg_description *description = dseg_description_create();
  dseg_source *source = NULL;
  assert_non_null(description);
  assert_non_null(layer.voxels);
  assert_int_equal(dseg_geometry_from_grid(description, &grid, NULL), DSEG_OK);
  description->segments = dseg_description_alloc(description, sizeof *description->segments);
  assert_non_null(description->segments);
  description->segments[0] = (dseg_segment){.number = 1, .label = "organ"};
  description->segment_count = 1;
  assert_int_equal(dseg_memory_source_create("test", description, &layer, 1, NULL, NULL, &source, NULL), DSEG_OK);
  return source;
}

static void sources(void **state) {
  (void)state;
  static const uint8_t nothing[200];
  static const char *const paths[2] = {"/nonexistent/a.nii", "/nonexistent/b.nii"};
  dseg_source *source = NULL;
  CALL(DSEG_ERROR_INPUT, dseg_open(paths[0], NULL, &source, &error));
  CALL(DSEG_ERROR_INPUT, dseg_open_many(paths, 2, NULL, &source, &error));
  CALL(DSEG_ERROR_UNSUPPORTED, dseg_open_memory((dseg_view){nothing, sizeof nothing}, "zeros", NULL, &source, &error));

  dseg_input *input = NULL;
  assert_int_equal(dseg_input_from_memory((dseg_view){nothing, sizeof nothing}, &input, NULL), DSEG_OK);
  CALL(DSEG_ERROR_UNSUPPORTED, dseg_open_input(input, "zeros", NULL, &source, &error));
  dseg_input_close(input);
  CALL(DSEG_ERROR_INPUT, dseg_open_inputs(NULL, paths, 2, NULL, &source, &error));

  source = make_source();
  uint8_t voxels[6];
  uint8_t present[1];
  dseg_frame_location location;
  dseg_frame_range range;
  dseg_buffer bytes = {0};
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request), .plane_count = 1, .bits = 8};
  CALL(DSEG_OK, dseg_source_read_labels(source, &request, voxels, 6, NULL, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_source_read_labels(source, &request, voxels, 5, NULL, &error));
  CALL(DSEG_OK, dseg_source_read_mask(source, 0, 0, 1, voxels, 6, 1, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_source_read_mask(source, 1, 0, 1, voxels, 6, 1, &error));
  uint32_t instances[6];
  size_t planes;
  CALL(DSEG_ERROR_UNSUPPORTED, dseg_source_read_instances(source, 0, 1, instances, sizeof instances, 1, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_source_read_instances(source, 0, 1, NULL, sizeof instances, 1, &error));
  CALL(DSEG_ERROR_UNSUPPORTED, dseg_source_instance_planes(source, 1, NULL, 0, &planes, &error));
  dseg_description *described = NULL;
  const dseg_instances none = {0};
  assert_int_equal(dseg_description_copy(dseg_source_description(source), &described, NULL), DSEG_OK);
  CALL_FAILS(dseg_instances_write_table(described, &bytes, &error));
  described->instances = &none;
  CALL_FAILS(dseg_instances_read_table(described, (dseg_view){0}, NULL, &error));
  dseg_description_destroy(described);
  CALL(DSEG_OK, dseg_source_segments_in_plane(source, 0, present, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_source_segments_in_plane(source, 1, present, &error));
  uint32_t layer;
  size_t layers;
  CALL(DSEG_OK, dseg_source_assign_layers(source, 1, &layer, &layers, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_source_assign_layers(source, 1, NULL, &layers, &error));
  const dseg_box_request box = {.struct_size = sizeof box, .high = {3, 2, 1}, .bits = 8};
  dseg_digest digest;
  dseg_comparison *comparison = NULL;
  dseg_statistics *statistics = NULL;
  CALL(DSEG_OK, dseg_source_read_box(source, &box, voxels, 6, NULL, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_source_read_box(source, &box, voxels, 5, NULL, &error));
  CALL(DSEG_OK, dseg_source_digest(source, NULL, &digest, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_source_digest(source, NULL, NULL, &error));
  CALL(DSEG_OK, dseg_source_statistics(source, NULL, &statistics, &error));
  dseg_statistics_destroy(statistics);
  CALL(DSEG_ERROR_ARGUMENT, dseg_source_statistics(source, NULL, NULL, &error));
  dseg_instance_statistics *measured = NULL;
  CALL(DSEG_ERROR_UNSUPPORTED, dseg_source_instance_statistics(source, NULL, &measured, &error));
  dseg_walk *walk = NULL;
  CALL(DSEG_OK, dseg_statistics_begin(source, NULL, &walk, &error));
  CALL(DSEG_OK, dseg_walk_all(walk, &error));
  CALL(DSEG_OK, dseg_statistics_end(walk, &statistics, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_statistics_end(walk, NULL, &error));
  dseg_statistics_destroy(statistics);
  walk->destroy(walk);
  CALL(DSEG_OK, dseg_digest_begin(source, NULL, &walk, &error));
  CALL(DSEG_OK, dseg_walk_all(walk, &error));
  dseg_digest_end(walk, &digest);
  walk->destroy(walk);
  CALL(DSEG_OK, dseg_layers_begin(source, 1, &walk, &error));
  CALL(DSEG_OK, dseg_walk_all(walk, &error));
  CALL(DSEG_OK, dseg_layers_end(walk, &error));
  walk->destroy(walk);
  CALL(DSEG_ERROR_ARGUMENT, dseg_statistics_begin(NULL, NULL, &walk, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_digest_begin(NULL, NULL, &walk, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_layers_begin(NULL, 1, &walk, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_layers_end(NULL, &error));
  CALL(DSEG_OK, dseg_compare(source, source, NULL, &comparison, &error));
  dseg_comparison_destroy(comparison);
  CALL(DSEG_ERROR_ARGUMENT, dseg_compare(source, NULL, NULL, &comparison, &error));
  CALL(DSEG_ERROR_UNSUPPORTED, dseg_source_frame(source, 0, &location, &error));
  CALL(DSEG_ERROR_UNSUPPORTED, dseg_source_frame_range(source, 0, &range, &error));
  CALL(DSEG_ERROR_UNSUPPORTED, dseg_source_read_frame(source, 0, &bytes, &error));
  dseg_source *view = NULL;
  uint32_t index;
  size_t found;
  const char *const texts[] = {"organ", "liver"};
  CALL(DSEG_OK, dseg_source_derive(source, NULL, &view, &error));
  dseg_source_close(view);
  const dseg_derive_options beyond = {.struct_size = sizeof(dseg_derive_options), .first_plane = 2};
  CALL(DSEG_ERROR_ARGUMENT, dseg_source_derive(source, &beyond, &view, &error));
  CALL(DSEG_OK, dseg_find_segments(dseg_source_description(source), texts, 1, &index, &found, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_find_segments(dseg_source_description(source), texts, 2, &index, &found, &error));
  dseg_source_close(source);
}

static void validation(void **state) {
  (void)state;
  static const uint8_t nothing[200];
  dseg_validation result;
  CALL(DSEG_ERROR_INPUT, dseg_validate("/nonexistent/a.dcm", NULL, &result, &error));
  CALL(DSEG_ERROR_FORMAT, dseg_validate_memory((dseg_view){nothing, sizeof nothing}, NULL, &result, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_validate_input(NULL, NULL, &result, &error));
}

static void transcoding(void **state) {
  (void)state;
  static const uint8_t nothing[200];
  dseg_buffer bytes = {0};
  dseg_input *input = NULL;
  const dseg_output output = dseg_output_to_buffer(&bytes);
  const dseg_transcode_options options = {.struct_size = sizeof options, .transfer_syntax = "rle"};
  assert_int_equal(dseg_input_from_memory((dseg_view){nothing, sizeof nothing}, &input, NULL), DSEG_OK);
  CALL(DSEG_ERROR_FORMAT, dseg_transcode(input, "zeros", &output, &options, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_transcode(input, "zeros", &output, NULL, &error));
  dseg_input_close(input);
}

static void the_writer(void **state) {
  (void)state;
  static const uint8_t voxels[6];
  dseg_source *source = make_source();
  dseg_writer *writer = NULL;
  CALL_FAILS(dseg_writer_create(NULL, NULL, NULL, &writer, &error));
  CALL_FAILS(dseg_writer_create_to(NULL, NULL, NULL, &writer, &error));
  (void)dseg_writer_create("errors.dcm", dseg_source_description(source), NULL, &writer, NULL);
  CALL_FAILS(dseg_writer_write_labels(writer, 9, voxels, 8, &error));
  CALL_FAILS(dseg_writer_write_mask(writer, 9, 0, voxels, &error));
  (void)dseg_writer_finish(writer, NULL);
  CALL_FAILS(dseg_writer_finish(writer, &error)); /* a second time */
  dseg_writer_destroy(writer);
  (void)remove("errors.dcm");
  dseg_source_close(source);
}

static void conversions(void **state) {
  (void)state;
  static const char *const path = "/nonexistent/a.nii";
  dseg_source *source = make_source();
  dseg_buffer bytes = {0};
  const dseg_output output = dseg_output_to_buffer(&bytes);
  const dseg_convert_options options = {.struct_size = sizeof options, .format = ".nii"};
  CALL(DSEG_ERROR_INPUT, dseg_convert(&path, 1, &output, &options, NULL, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_convert(NULL, 0, &output, &options, NULL, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_write(source, &output, NULL, NULL, &error)); /* a buffer needs a format */
  CALL(DSEG_OK, dseg_write(source, &output, &options, NULL, &error));
  dseg_buffer_free(&bytes);
  dseg_source_close(source);
}

static void data_sets(void **state) {
  (void)state;
  static const uint8_t cut[] = {0x10, 0x00, 0x10, 0x00, 'P', 'N', 9, 0};
  static const dseg_file_encoding encoding = {.transfer_syntax_uid = "1.2.840.10008.1.2.1",
                                              .implementation_class_uid = "1.2.3",
                                              .implementation_version_name = "TEST"};
  dseg_buffer bytes = {0};
  dseg_data_set *set = NULL;
  CALL(DSEG_OK, dseg_data_set_create(&set, &error));
  CALL(DSEG_OK, dseg_data_set_status(set, &error));
  CALL(DSEG_OK, dseg_data_set_read(set, (dseg_view){NULL, 0}, DSEG_EXPLICIT_VR, &error));
  CALL(DSEG_OK, dseg_data_set_write(set, DSEG_EXPLICIT_VR, &bytes, &error));
  CALL(DSEG_ERROR_ARGUMENT, dseg_data_set_write_file(set, &encoding, &bytes, NULL, &error));
  CALL(DSEG_ERROR_FORMAT, dseg_data_set_read(set, (dseg_view){cut, sizeof cut}, DSEG_EXPLICIT_VR, &error));
  CALL(DSEG_ERROR_FORMAT, dseg_data_set_status(set, &error));
  CALL(DSEG_ERROR_FORMAT, dseg_data_set_write(set, DSEG_EXPLICIT_VR, &bytes, &error));
  dseg_data_set_destroy(set);
  dseg_buffer_free(&bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(two_failures_have_two_messages),
      cmocka_unit_test(clearing_leaves_no_failure),
      cmocka_unit_test(buffers),
      cmocka_unit_test(descriptions),
      cmocka_unit_test(inputs),
      cmocka_unit_test(files_in_other_formats),
      cmocka_unit_test(what_frame_codecs_call),
      cmocka_unit_test(the_registry),
      cmocka_unit_test(sources),
      cmocka_unit_test(validation),
      cmocka_unit_test(transcoding),
      cmocka_unit_test(the_writer),
      cmocka_unit_test(conversions),
      cmocka_unit_test(data_sets),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
