/* SPDX-License-Identifier: Apache-2.0 */
/* test_options.c - structs of callers that were compiled with other versions of the headers (dseg/dseg.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/options.h"
#include "dseg/dseg.h"
#include "sources/source.h"

/* What the library makes of a struct that is handed to one of its functions: any status but those of the struct itself
 * when it passes. */
typedef dseg_status (*use)(const void *options, dseg_error *error);

static dseg_status open_with(const void *options, dseg_error *error) {
  dseg_source *source = NULL;
  return dseg_open("/nonexistent/a.nii", options, &source, error);
}

static dseg_status open_many_with(const void *options, dseg_error *error) {
  static const char *const paths[] = {"/nonexistent/a.nii", "/nonexistent/b.nii"};
  dseg_source *source = NULL;
  return dseg_open_many(paths, 2, options, &source, error);
}

static dseg_status open_inputs_with(const void *options, dseg_error *error) {
  static const char *const paths[] = {"/nonexistent/a.nii", "/nonexistent/b.nii"};
  dseg_source *source = NULL;
  return dseg_open_inputs(NULL, paths, 2, options, &source, error);
}

static dseg_status open_input_with(const void *options, dseg_error *error) {
  static const uint8_t nothing[200];
  dseg_source *source = NULL;
  dseg_input *input = NULL;
  assert_int_equal(dseg_input_from_memory((dseg_view){nothing, sizeof nothing}, &input, NULL), DSEG_OK);
  const dseg_status status = dseg_open_input(input, "zeros", options, &source, error);
  dseg_input_close(input);
  return status;
}

static dseg_status open_memory_with(const void *options, dseg_error *error) {
  static const uint8_t nothing[200];
  dseg_source *source = NULL;
  return dseg_open_memory((dseg_view){nothing, sizeof nothing}, "zeros", options, &source, error);
}

static dseg_status validate_with(const void *options, dseg_error *error) {
  dseg_validation result;
  return dseg_validate("/nonexistent/a.dcm", options, &result, error);
}

static dseg_status validate_input_with(const void *options, dseg_error *error) {
  static const uint8_t nothing[200];
  dseg_validation result;
  dseg_input *input = NULL;
  assert_int_equal(dseg_input_from_memory((dseg_view){nothing, sizeof nothing}, &input, NULL), DSEG_OK);
  const dseg_status status = dseg_validate_input(input, options, &result, error);
  dseg_input_close(input);
  return status;
}

static dseg_status read_from(const void *reader, dseg_error *error) {
  dseg_input *input = NULL;
  return dseg_input_from_reader(reader, &input, error);
}

static dseg_status validate_memory_with(const void *options, dseg_error *error) {
  static const uint8_t nothing[200];
  dseg_validation result;
  return dseg_validate_memory((dseg_view){nothing, sizeof nothing}, options, &result, error);
}

/* One plane of two voxels, both of the segment 7. */
static dseg_source *make_source(void) {
  const dseg_grid grid = {.size = {2, 1, 1}, .step = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  const dseg_layer layer = {.voxels = malloc(2), .bits = 8};
  dseg_description *description = dseg_description_create();
  dseg_source *source = NULL;
  assert_non_null(description);
  assert_non_null(layer.voxels);
  memset(layer.voxels, 7, 2);
  assert_int_equal(dseg_geometry_from_grid(description, &grid, NULL), DSEG_OK);
  description->segments = dseg_description_alloc(description, sizeof *description->segments);
  assert_non_null(description->segments);
  description->segments[0] = (dseg_segment){.number = 7, .label = "organ"};
  description->segment_count = 1;
  assert_int_equal(dseg_memory_source_create("test", description, &layer, 1, NULL, NULL, &source, NULL), DSEG_OK);
  return source;
}

static dseg_status read_with(const void *request, dseg_error *error) {
  dseg_source *source = make_source();
  uint8_t voxel;
  /* The sizes disagree, which is looked at after the request. */
  const dseg_status status = dseg_source_read_labels(source, request, &voxel, 1, NULL, error);
  dseg_source_close(source);
  return status;
}

static dseg_status derive_with(const void *options, dseg_error *error) {
  dseg_source *source = make_source();
  dseg_source *view = NULL;
  const dseg_status status = dseg_source_derive(source, options, &view, error);
  dseg_source_close(view);
  dseg_source_close(source);
  return status;
}

static dseg_status read_box_with(const void *request, dseg_error *error) {
  dseg_source *source = make_source();
  uint8_t voxel;
  const dseg_status status = dseg_source_read_box(source, request, &voxel, 1, NULL, error);
  dseg_source_close(source);
  return status;
}

static dseg_status digest_with(const void *options, dseg_error *error) {
  dseg_source *source = make_source();
  dseg_digest digest;
  const dseg_status status = dseg_source_digest(source, options, &digest, error);
  dseg_source_close(source);
  return status;
}

static dseg_status instance_statistics_with(const void *options, dseg_error *error) {
  dseg_source *source = make_source();
  dseg_instance_statistics *statistics = NULL;
  const dseg_status status = dseg_source_instance_statistics(source, options, &statistics, error);
  dseg_source_close(source);
  return status;
}

static dseg_status statistics_with(const void *options, dseg_error *error) {
  dseg_source *source = make_source();
  dseg_statistics *statistics = NULL;
  const dseg_status status = dseg_source_statistics(source, options, &statistics, error);
  dseg_statistics_destroy(statistics);
  dseg_source_close(source);
  return status;
}

static dseg_status compare_with(const void *options, dseg_error *error) {
  dseg_source *source = make_source();
  dseg_comparison *comparison = NULL;
  const dseg_status status = dseg_compare(source, source, options, &comparison, error);
  dseg_comparison_destroy(comparison);
  dseg_source_close(source);
  return status;
}

static dseg_status write_volume_with(const void *volume, dseg_error *error) {
  return dseg_volume_write("/nonexistent/a.nii", volume, NULL, error);
}

static dseg_status write_volume_options_with(const void *options, dseg_error *error) {
  const dseg_volume volume = {.struct_size = sizeof volume};
  return dseg_volume_write("/nonexistent/a.nii", &volume, options, error);
}

static dseg_status write_volume_into(const void *output, dseg_error *error) {
  const dseg_volume volume = {.struct_size = sizeof volume};
  return dseg_volume_write_to(output, &volume, NULL, error);
}

static dseg_status write_any_volume(const void *volume, dseg_error *error) {
  dseg_buffer bytes = {0};
  const dseg_output output = dseg_output_to_buffer(&bytes);
  return dseg_volume_write_to(&output, volume, NULL, error);
}

static dseg_status write_any_volume_with(const void *options, dseg_error *error) {
  const dseg_volume volume = {.struct_size = sizeof volume};
  dseg_buffer bytes = {0};
  const dseg_output output = dseg_output_to_buffer(&bytes);
  return dseg_volume_write_to(&output, &volume, options, error);
}

static dseg_status write_metadata_into(const void *output, dseg_error *error) {
  dseg_description *description = dseg_description_create();
  assert_non_null(description);
  const dseg_status status = dseg_metadata_write_to(output, description, NULL, error);
  dseg_description_destroy(description);
  return status;
}

static dseg_status add_reference_with(const void *options, dseg_error *error) {
  static const char *const path = "/nonexistent/a.dcm";
  dseg_description *description = dseg_description_create();
  assert_non_null(description);
  const dseg_status status = dseg_description_add_reference(description, &path, 1, options, error);
  dseg_description_destroy(description);
  return status;
}

#if DSEG_TEST_METADATA
static dseg_status read_metadata_with(const void *files, dseg_error *error) {
  dseg_description *description = dseg_description_create();
  assert_non_null(description);
  const dseg_status status = dseg_metadata_read("/nonexistent/a.json", description, files, NULL, error);
  dseg_description_destroy(description);
  return status;
}

static dseg_status apply_names_with(const void *options, dseg_error *error) {
  dseg_description *description = dseg_description_create();
  assert_non_null(description);
  const dseg_status status = dseg_names_apply("/nonexistent/a.csv", description, options, error);
  dseg_description_destroy(description);
  return status;
}

static dseg_status write_metadata_with(const void *files, dseg_error *error) {
  dseg_description *description = dseg_description_create();
  assert_non_null(description);
  const dseg_status status = dseg_metadata_write("/nonexistent/a.json", description, files, false, error);
  dseg_description_destroy(description);
  return status;
}
#endif

static dseg_status create_writer_into(const void *output, dseg_error *error) {
  dseg_description *description = dseg_description_create();
  dseg_writer *writer = NULL;
  assert_non_null(description);
  const dseg_status status = dseg_writer_create_to(output, description, NULL, &writer, error);
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
  return status;
}

static dseg_status create_writer_with(const void *options, dseg_error *error) {
  dseg_description *description = dseg_description_create();
  dseg_writer *writer = NULL;
  assert_non_null(description);
  const dseg_status status = dseg_writer_create("/nonexistent/a.dcm", description, options, &writer, error);
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
  return status;
}

static dseg_status transcode_from(const void *options, const void *output, dseg_error *error) {
  static const uint8_t nothing[200];
  dseg_input *input = NULL;
  assert_int_equal(dseg_input_from_memory((dseg_view){nothing, sizeof nothing}, &input, NULL), DSEG_OK);
  const dseg_status status = dseg_transcode(input, "zeros", output, options, error);
  dseg_input_close(input);
  return status;
}

static dseg_status transcode_with(const void *options, dseg_error *error) {
  dseg_buffer bytes = {0};
  const dseg_output output = dseg_output_to_buffer(&bytes);
  return transcode_from(options, &output, error);
}

static dseg_status transcode_into(const void *output, dseg_error *error) {
  const dseg_transcode_options options = {.struct_size = sizeof options, .transfer_syntax = "rle"};
  return transcode_from(&options, output, error);
}

static dseg_status convert_with(const void *options, dseg_error *error) {
  static const char *const path = "/nonexistent/a.nii";
  const dseg_output output = dseg_output_to_file("/nonexistent/b.nii", 0, NULL);
  return dseg_convert(&path, 1, &output, options, NULL, error);
}

static dseg_status write_source(const void *options, const void *output, dseg_error *error) {
  dseg_source *source = make_source();
  const dseg_status status = dseg_write(source, output, options, NULL, error);
  dseg_source_close(source);
  return status;
}

static dseg_status write_source_with(const void *options, dseg_error *error) {
  const dseg_output output = dseg_output_to_file("/nonexistent/b.nii", 0, NULL);
  return write_source(options, &output, error);
}

static dseg_status write_source_into(const void *output, dseg_error *error) {
  return write_source(NULL, output, error);
}

static const struct {
  const char *type;
  size_t size;
  use call;
} uses[] = {
    {"dseg_convert_options", sizeof(dseg_convert_options), convert_with},
    {"dseg_convert_options", sizeof(dseg_convert_options), write_source_with},
    {"dseg_output", sizeof(dseg_output), write_source_into},
    {"dseg_open_options", sizeof(dseg_open_options), open_with},
    {"dseg_open_options", sizeof(dseg_open_options), open_many_with},
    {"dseg_open_options", sizeof(dseg_open_options), open_memory_with},
    {"dseg_open_options", sizeof(dseg_open_options), open_input_with},
    {"dseg_open_options", sizeof(dseg_open_options), open_inputs_with},
    {"dseg_reference_options", sizeof(dseg_reference_options), add_reference_with},
    {"dseg_reader", sizeof(dseg_reader), read_from},
    {"dseg_validate_options", sizeof(dseg_validate_options), validate_with},
    {"dseg_validate_options", sizeof(dseg_validate_options), validate_memory_with},
    {"dseg_validate_options", sizeof(dseg_validate_options), validate_input_with},
    {"dseg_label_request", sizeof(dseg_label_request), read_with},
    {"dseg_derive_options", sizeof(dseg_derive_options), derive_with},
    {"dseg_box_request", sizeof(dseg_box_request), read_box_with},
    {"dseg_digest_options", sizeof(dseg_digest_options), digest_with},
    {"dseg_statistics_options", sizeof(dseg_statistics_options), statistics_with},
    {"dseg_instance_statistics_options", sizeof(dseg_instance_statistics_options), instance_statistics_with},
    {"dseg_compare_options", sizeof(dseg_compare_options), compare_with},
    {"dseg_volume", sizeof(dseg_volume), write_volume_with},
    {"dseg_volume", sizeof(dseg_volume), write_any_volume},
    {"dseg_volume_write_options", sizeof(dseg_volume_write_options), write_volume_options_with},
    {"dseg_volume_write_options", sizeof(dseg_volume_write_options), write_any_volume_with},
    {"dseg_output", sizeof(dseg_output), write_volume_into},
    {"dseg_output", sizeof(dseg_output), write_metadata_into},
#if DSEG_TEST_METADATA
    {"dseg_metadata_files", sizeof(dseg_metadata_files), read_metadata_with},
    {"dseg_metadata_files", sizeof(dseg_metadata_files), write_metadata_with},
    {"dseg_names_options", sizeof(dseg_names_options), apply_names_with},
#endif
    {"dseg_output", sizeof(dseg_output), create_writer_into},
    {"dseg_output", sizeof(dseg_output), transcode_into},
    {"dseg_transcode_options", sizeof(dseg_transcode_options), transcode_with},
    {"dseg_write_options", sizeof(dseg_write_options), create_writer_with},
};

/* A struct of size bytes, all 0 but struct_size and the last byte, on memory of exactly that size. */
static dseg_status pass(size_t which, size_t size, size_t struct_size, uint8_t last, dseg_error *error) {
  uint8_t *bytes = calloc(size, 1);
  assert_non_null(bytes);
  memcpy(bytes, &struct_size, sizeof struct_size);
  if (last != 0) {
    bytes[size - 1] = last;
  }
  const dseg_status status = uses[which].call(bytes, error);
  free(bytes);
  return status;
}

static void a_size_that_no_version_has_is_refused(void **state) {
  (void)state;
  static const size_t wrong[] = {0, 1, sizeof(size_t) - 1, 5000, SIZE_MAX};
  for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
      dseg_error error = {0};
      char advice[80];
      (void)snprintf(advice, sizeof advice, "set it to sizeof(%s)", uses[i].type);
      assert_int_equal(pass(i, uses[i].size, wrong[k], 0, &error), DSEG_ERROR_ARGUMENT);
      assert_non_null(strstr(error.message, advice));
    }
  }
}

static void members_of_a_later_version_may_be_0_only(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
    const size_t larger = uses[i].size + 24;
    dseg_error error = {0};
    assert_int_equal(pass(i, larger, larger, 1, &error), DSEG_ERROR_UNSUPPORTED);
    assert_non_null(strstr(error.message, "later version"));
    dseg_error same;
    const dseg_status status = pass(i, uses[i].size, uses[i].size, 0, &same);
    assert_int_equal(pass(i, larger, larger, 0, &error), status);
    assert_string_equal(error.message, same.message);
    assert_null(strstr(same.message, "struct_size"));
  }
}

/* AddressSanitizer sees a read behind the caller's struct. */
static void members_of_this_version_are_0_for_an_earlier_caller(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
    dseg_error error;
    dseg_error same;
    const dseg_status status = pass(i, uses[i].size, uses[i].size, 0, &same);
    assert_int_equal(pass(i, sizeof(size_t), sizeof(size_t), 0, &error), status);
    assert_string_equal(error.message, same.message);
  }
}

/* dseg_label_request as the headers of an earlier version might have it. */
typedef struct earlier_request {
  size_t struct_size;
  size_t first_plane, plane_count;
  unsigned bits;
  uint32_t reserved; /* fills the struct up to the next member of today's */
} earlier_request;

/* What an earlier caller does say counts. */
static void an_earlier_request_is_read_as_far_as_it_goes(void **state) {
  (void)state;
  dseg_source *source = make_source();
  const earlier_request request = {.struct_size = sizeof request, .plane_count = 1, .bits = 16};
  uint16_t voxels[2] = {0};
  assert_true(sizeof request <= offsetof(dseg_label_request, values));
  assert_int_equal(dseg_source_read_labels(source, (const void *)&request, voxels, sizeof voxels, NULL, NULL), DSEG_OK);
  assert_int_equal(voxels[0], 7);
  assert_int_equal(voxels[1], 7);
  dseg_source_close(source);
}

static void a_copy_is_of_this_version(void **state) {
  (void)state;
  dseg_open_options known;
  memset(&known, 0xFF, sizeof known);
  assert_int_equal(DSEG_COPY_OPTIONS(dseg_open_options, &known, NULL, NULL), DSEG_OK);
  assert_int_equal(known.struct_size, sizeof known);
  assert_int_equal(known.memory_limit, 0);
  const dseg_open_options given = {
      .struct_size = offsetof(dseg_open_options, threads), .keep_context = true, .threads = 9};
  memset(&known, 0xFF, sizeof known);
  assert_int_equal(DSEG_COPY_OPTIONS(dseg_open_options, &known, &given, NULL), DSEG_OK);
  assert_int_equal(known.struct_size, sizeof known);
  assert_true(known.keep_context);
  assert_int_equal(known.threads, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_size_that_no_version_has_is_refused),
      cmocka_unit_test(members_of_a_later_version_may_be_0_only),
      cmocka_unit_test(members_of_this_version_are_0_for_an_earlier_caller),
      cmocka_unit_test(an_earlier_request_is_read_as_far_as_it_goes),
      cmocka_unit_test(a_copy_is_of_this_version),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
