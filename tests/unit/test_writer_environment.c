/* SPDX-License-Identifier: Apache-2.0 */
/* test_writer_environment.c - dates and temporary files are what options say, whatever the environment holds. */
#include <sys/stat.h>

#include "writer_fixture.h"

static dseg_status take(void *user, const void *bytes, size_t size, dseg_error *error) {
  return dseg_buffer_append(user, bytes, size, error);
}

/* Writes through a function: frames wait in a temporary file. */
static dseg_status write_bytes(const dseg_write_options *options, dseg_buffer *bytes, dseg_error *error) {
  dseg_description *description = make_description(6, 5, 4, 3);
  const dseg_output output = dseg_output_to_function(take, bytes);
  dseg_writer *writer = NULL;
  uint8_t labels[30];
  dseg_status status = dseg_writer_create_to(&output, description, options, &writer, error);
  if (status == DSEG_OK) {
    status = write_planes(writer, description, labels, error);
  }
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
  return status;
}

/* Opens an object whose data set is deflated, which takes a temporary file. */
static dseg_status open_bytes(const dseg_buffer *bytes, const char *directory, dseg_error *error) {
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options), .temporary_directory = directory};
  dseg_source *source = NULL;
  const dseg_status status = dseg_open_memory((dseg_view){bytes->data, bytes->size}, "bytes", &options, &source, error);
  dseg_source_close(source);
  return status;
}

static dseg_status validate_bytes(const dseg_buffer *bytes, const char *directory, dseg_error *error) {
  const dseg_validate_options options = {.struct_size = sizeof(dseg_validate_options),
                                         .temporary_directory = directory};
  dseg_validation result;
  return dseg_validate_memory((dseg_view){bytes->data, bytes->size}, &options, &result, error);
}

static dseg_status refer_to_file(const char *path, const char *directory, dseg_error *error) {
  const dseg_reference_options options = {.struct_size = sizeof(dseg_reference_options),
                                          .temporary_directory = directory};
  dseg_description *description = make_description(6, 5, 4, 3);
  const dseg_status status = dseg_description_add_reference(description, &path, 1, &options, error);
  dseg_description_destroy(description);
  return status;
}

static void temporary_files_are_where_options_say(void **state) {
  (void)state;
  dseg_write_options options = {.struct_size = sizeof(dseg_write_options), .representation = "binary"};
  dseg_buffer bytes = {0};
  dseg_error error;
  assert_int_equal(mkdir("temporary", 0777), 0);
  options.temporary_directory = "temporary";
  assert_int_equal(write_bytes(&options, &bytes, &error), DSEG_OK);
  assert_int_equal(rmdir("temporary"), 0); /* nothing is left in it */
  dseg_buffer_free(&bytes);
  assert_int_equal(write_bytes(&options, &bytes, &error), DSEG_ERROR_OUTPUT);
  assert_int_equal(bytes.size, 0);
}

static void data_sets_are_inflated_where_options_say(void **state) {
  (void)state;
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .frame_codec = "1.2.840.10008.1.2.1.99"};
  dseg_buffer bytes = {0};
  dseg_error error;
  if (dseg_find_frame_codec(options.frame_codec) == NULL) {
    print_message("this build has no zlib\n");
    return;
  }
  assert_int_equal(write_bytes(&options, &bytes, &error), DSEG_OK);
  FILE *file = fopen("object.dcm", "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
  assert_int_equal(fclose(file), 0);
  assert_int_equal(open_bytes(&bytes, ".", &error), DSEG_OK);
  assert_int_equal(validate_bytes(&bytes, ".", &error), DSEG_OK);
  assert_int_equal(refer_to_file("object.dcm", ".", &error), DSEG_ERROR_FORMAT); /* itself a segmentation */
  assert_int_equal(open_bytes(&bytes, "nowhere", &error), DSEG_ERROR_OUTPUT);
  assert_non_null(strstr(error.message, "nowhere"));
  assert_int_equal(validate_bytes(&bytes, "nowhere", &error), DSEG_ERROR_OUTPUT);
  assert_non_null(strstr(error.message, "nowhere"));
  assert_int_equal(refer_to_file("object.dcm", "nowhere", &error), DSEG_ERROR_OUTPUT);
  assert_non_null(strstr(error.message, "nowhere"));
  dseg_buffer_free(&bytes);
}

static void the_environment_is_not_read(void **state) {
  (void)state;
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options), .frame_codec = "rle", .replace = true, .uid_seed = "environment"};
  dseg_buffer bytes = {0};
  setenv("TMPDIR", "/nonexistent", 1);
  setenv("SOURCE_DATE_EPOCH", "0", 1);
  assert_int_equal(write_bytes(&options, &bytes, NULL), DSEG_OK);
  dseg_buffer_free(&bytes);
  dseg_description *description = make_description(6, 5, 4, 3);
  write_volume("a.dcm", description, &options, false);
  dseg_description_destroy(description);
  written_file file;
  open_written("a.dcm", &file);
  const dseg_element date = element_of(&file.part10.elements, 0x00080023);
  assert_int_equal(date.tag, 0x00080023);
  assert_false(dseg_element_is(&date, "19700101"));
  close_written(&file);
}

static void a_date_is_that_of_the_options(void **state) {
  (void)state;
  static const char *const wrong[] = {"",
                                      "2025",
                                      "2025010100000",
                                      "202501010000000",
                                      "20251301000000",
                                      "20250001000000",
                                      "20250132000000",
                                      "20250101240000",
                                      "20250101006000",
                                      "20250101000061",
                                      "2025-01-01T00:"};
  dseg_write_options options = {.struct_size = sizeof(dseg_write_options), .date_time = "20240229235960"};
  dseg_description *description = make_description(6, 5, 4, 3);
  write_volume("a.dcm", description, &options, false);
  dseg_description_destroy(description);
  written_file file;
  open_written("a.dcm", &file);
  assert_text(&file, 0x00080023, "20240229");
  assert_text(&file, 0x00080033, "235960");
  close_written(&file);
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    dseg_buffer bytes = {0};
    dseg_error error;
    options.date_time = wrong[i];
    assert_int_equal(write_bytes(&options, &bytes, &error), DSEG_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "date_time"));
    assert_int_equal(bytes.size, 0);
  }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter_directory, leave_directory)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(temporary_files_are_where_options_say),
      TEST(data_sets_are_inflated_where_options_say),
      TEST(the_environment_is_not_read),
      TEST(a_date_is_that_of_the_options),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
