/* SPDX-License-Identifier: Apache-2.0 */
/* test_writer_streams.c - inputs and outputs: files, pipes, memory, readers, buffers, functions. */
#include <fcntl.h>
#include <sys/stat.h>

#include "base/input.h"
#include "base/outlet.h"
#include "dseg/formats.h"
#include "support/trial_reader.h"
#include "writer_fixture.h"

static const char text[] = "bytes of a stream";
#define TEXT_SIZE (sizeof text - 1)

static void expect_text(dseg_input *input) {
  char read[TEXT_SIZE];
  dseg_error error = {0};
  assert_int_equal(dseg_input_size(input), TEXT_SIZE);
  assert_int_equal(dseg_input_read(input, 0, read, TEXT_SIZE, &error), DSEG_OK);
  assert_memory_equal(read, text, TEXT_SIZE);
  assert_int_equal(dseg_input_read(input, 9, read, 8, &error), DSEG_OK);
  assert_memory_equal(read, "a stream", 8);
  assert_int_equal(dseg_input_read(input, TEXT_SIZE, read, 0, &error), DSEG_OK);
  assert_int_equal(dseg_input_read(input, 10, read, 8, &error), DSEG_ERROR_FORMAT);
  dseg_input_close(input);
}

static void put_text(const char *path) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(text, 1, TEXT_SIZE, file), TEXT_SIZE);
  fclose(file);
}

static void inputs_read_the_same(void **state) {
  (void)state;
  dseg_input *input = NULL;
  put_text("file");
  assert_int_equal(dseg_input_from_file("file", 0, &input, NULL), DSEG_OK);
  expect_text(input);
  const int descriptor = open("file", O_RDONLY);
  assert_int_equal(lseek(descriptor, 5, SEEK_SET), 5); /* where the caller is in it does not matter */
  assert_int_equal(dseg_input_from_descriptor(descriptor, 0, &input, NULL), DSEG_OK);
  assert_int_equal(close(descriptor), 0);
  expect_text(input);
  assert_int_equal(dseg_input_from_memory((dseg_view){(const uint8_t *)text, TEXT_SIZE}, &input, NULL), DSEG_OK);
  expect_text(input);
  trial_reader trial = {.bytes = {(const uint8_t *)text, TEXT_SIZE}, .most = 2, .late = 2};
  assert_int_equal(trial_open(&trial, &input), DSEG_OK);
  expect_text(input);
  assert_int_equal(trial.closed, 1);
}

static void pipes_are_read_whole(void **state) {
  (void)state;
  int ends[2];
  dseg_input *input = NULL;
  dseg_error error = {0};
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(write(ends[1], text, TEXT_SIZE), TEXT_SIZE);
  close(ends[1]);
  assert_int_equal(dseg_input_from_descriptor(ends[0], TEXT_SIZE, &input, &error), DSEG_OK);
  close(ends[0]);
  assert_non_null(dseg_input_memory(input));
  expect_text(input);
  /* one byte more than the limit */
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(write(ends[1], text, TEXT_SIZE), TEXT_SIZE);
  close(ends[1]);
  assert_int_equal(dseg_input_from_descriptor(ends[0], TEXT_SIZE - 1, &input, &error), DSEG_ERROR_LIMIT);
  assert_null(input);
  close(ends[0]);
}

static void a_fifo_needs_a_writer(void **state) {
  (void)state;
  dseg_input *input = NULL;
  dseg_error error = {0};
  assert_int_equal(mkfifo("fifo", 0600), 0);
  assert_int_equal(dseg_input_from_file("fifo", 0, &input, &error), DSEG_ERROR_INPUT);
  assert_non_null(strstr(error.message, "no process writes to"));
  const int reader = open("fifo", O_RDONLY | O_NONBLOCK), writer = open("fifo", O_WRONLY);
  assert_int_equal(write(writer, text, TEXT_SIZE), TEXT_SIZE);
  close(writer); /* its bytes are still there */
  assert_int_equal(dseg_input_from_file("fifo", 0, &input, &error), DSEG_OK);
  close(reader);
  expect_text(input);
}

static void what_is_no_file_is_refused(void **state) {
  (void)state;
  dseg_input *input = NULL;
  dseg_error error = {0};
  assert_int_equal(dseg_input_from_file("none", 0, &input, &error), DSEG_ERROR_INPUT);
  assert_int_equal(dseg_input_from_file(".", 0, &input, &error), DSEG_ERROR_INPUT);
  assert_non_null(strstr(error.message, "directory"));
  assert_int_equal(dseg_input_from_file("/dev/null", 0, &input, &error), DSEG_ERROR_INPUT);
  assert_int_equal(dseg_input_from_descriptor(-1, 0, &input, &error), DSEG_ERROR_INPUT);
  assert_int_equal(dseg_input_from_file(NULL, 0, &input, &error), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_input_from_memory((dseg_view){NULL, 1}, &input, &error), DSEG_ERROR_ARGUMENT);
  const dseg_reader nothing = {.struct_size = sizeof nothing};
  assert_int_equal(dseg_input_from_reader(&nothing, &input, &error), DSEG_ERROR_ARGUMENT);
  const dseg_reader small = {.struct_size = 8, .read_at = trial_read_at};
  assert_int_equal(dseg_input_from_reader(&small, &input, &error), DSEG_ERROR_ARGUMENT);
}

/* A reader that claims more, or nothing. */
static dseg_status claim(void *user, uint64_t offset, void *to, size_t size, size_t *got, dseg_error *error) {
  (void)offset, (void)to, (void)error;
  *got = *(const bool *)user ? size + 1 : 0;
  return DSEG_OK;
}

static dseg_status fail_without_words(void *user, uint64_t offset, void *to, size_t size, size_t *got,
                                      dseg_error *error) {
  (void)user, (void)offset, (void)to, (void)size, (void)got, (void)error;
  return DSEG_ERROR_LIMIT;
}

static void readers_are_not_trusted(void **state) {
  (void)state;
  uint8_t byte[2];
  bool more = false;
  dseg_input *input = NULL;
  dseg_error error = {0};
  dseg_reader reader = {.struct_size = sizeof reader, .size = 4, .concurrent = true, .user = &more, .read_at = claim};
  assert_int_equal(dseg_input_from_reader(&reader, &input, &error), DSEG_OK);
  assert_int_equal(dseg_input_read(input, 1, byte, 2, &error), DSEG_ERROR_INPUT);
  assert_string_equal(error.message, "cannot be read at byte 1: the reader gave 0 bytes of the 2 asked for");
  more = true;
  error = (dseg_error){0};
  assert_int_equal(dseg_input_read(input, 1, byte, 2, &error), DSEG_ERROR_INPUT);
  assert_string_equal(error.message, "cannot be read at byte 1: the reader gave 3 bytes of the 2 asked for");
  dseg_input_close(input);
  reader.read_at = fail_without_words;
  error = (dseg_error){0};
  assert_int_equal(dseg_input_from_reader(&reader, &input, &error), DSEG_OK);
  assert_int_equal(dseg_input_read(input, 3, byte, 1, &error), DSEG_ERROR_INPUT);
  assert_string_equal(error.message, "cannot be read at byte 3: limit exceeded");
  dseg_input_close(input);
}

/* A function that takes so many bytes and then fails. */
typedef struct trial_sink {
  dseg_buffer bytes;
  size_t room;
} trial_sink;

static dseg_status take(void *user, const void *bytes, size_t size, dseg_error *error) {
  trial_sink *to = user;
  if (size > to->room - to->bytes.size) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "the sink is full");
  }
  return dseg_buffer_append(&to->bytes, bytes, size, NULL);
}

/* Writes label_at's volume; the status of the first call that fails. */
static dseg_status write_object(const dseg_output *output, const dseg_write_options *options, dseg_error *error) {
  dseg_description *description = make_description(17, 13, 6, 3);
  dseg_writer *writer = NULL;
  uint8_t labels[17 * 13];
  dseg_status status = dseg_writer_create_to(output, description, options, &writer, error);
  for (size_t plane = 0; status == DSEG_OK && plane < 6; plane++) {
    fill_plane(description, plane, labels);
    status = dseg_writer_write_labels(writer, plane, labels, 8, error);
    assert_int_equal(status, DSEG_OK);
  }
  if (status == DSEG_OK) {
    status = dseg_writer_finish(writer, error);
  }
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
  return status;
}

static const dseg_write_options binary = {.struct_size = sizeof(dseg_write_options),
                                          .representation = "binary",
                                          .uid_seed = "a",
                                          .date_time = "20250101000000"};

static void objects_go_anywhere(void **state) {
  (void)state;
  dseg_error error = {0};
  dseg_buffer buffer = {0};
  trial_sink sink = {.room = SIZE_MAX};
  assert_int_equal(dseg_buffer_append(&buffer, text, TEXT_SIZE, NULL), DSEG_OK); /* bytes are appended */
  const dseg_output outputs[] = {dseg_output_to_file("a.dcm", 0, NULL), dseg_output_to_buffer(&buffer),
                                 dseg_output_to_function(take, &sink)};
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(write_object(&outputs[i], &binary, &error), DSEG_OK);
  }
  dseg_buffer file = read_file("a.dcm");
  assert_int_equal(buffer.size, TEXT_SIZE + file.size);
  assert_memory_equal(buffer.data, text, TEXT_SIZE);
  assert_int_equal(sink.bytes.size, file.size);
  assert_memory_equal(sink.bytes.data, buffer.data + TEXT_SIZE, file.size);
  assert_int_equal(count_files(), 1);
  dseg_source *source = NULL;
  assert_int_equal(dseg_open_memory((dseg_view){sink.bytes.data, sink.bytes.size}, "sink", NULL, &source, &error),
                   DSEG_OK);
  assert_int_equal(dseg_source_description(source)->segment_count, 3);
  dseg_source_close(source);
  dseg_buffer_free(&file);
  dseg_buffer_free(&buffer);
  dseg_buffer_free(&sink.bytes);
}

static void a_function_that_fails_ends_the_writing(void **state) {
  (void)state;
  dseg_error error = {0};
  trial_sink whole = {.room = SIZE_MAX};
  const dseg_output to_whole = dseg_output_to_function(take, &whole);
  assert_int_equal(write_object(&to_whole, &binary, &error), DSEG_OK);
  for (size_t room = 0; room < whole.bytes.size; room += 1 + whole.bytes.size / 9) {
    trial_sink sink = {.room = room};
    const dseg_output output = dseg_output_to_function(take, &sink);
    assert_int_equal(write_object(&output, &binary, &error), DSEG_ERROR_OUTPUT);
    assert_string_equal(error.message, "the output cannot be written: the sink is full");
    assert_true(sink.bytes.size <= room);
    dseg_buffer_free(&sink.bytes);
  }
  dseg_buffer_free(&whole.bytes);
  assert_int_equal(count_files(), 0);
}

static void a_concatenation_needs_a_path(void **state) {
  (void)state;
  dseg_error error = {0};
  dseg_buffer buffer = {0};
  const dseg_output output = dseg_output_to_buffer(&buffer);
  dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options), .representation = "binary", .concatenation = true};
  assert_int_equal(dseg_buffer_append(&buffer, text, TEXT_SIZE, NULL), DSEG_OK);
  assert_int_equal(write_object(&output, &options, &error), DSEG_OK); /* one part */
  buffer.size = TEXT_SIZE;
  options.part_bytes = 100;
  assert_int_equal(write_object(&output, &options, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "Concatenation"));
  assert_int_equal(buffer.size, TEXT_SIZE); /* after a failure it is what it was */
  assert_memory_equal(buffer.data, text, TEXT_SIZE);
  dseg_buffer_free(&buffer);
}

static void an_output_is_one_place(void **state) {
  (void)state;
  dseg_error error = {0};
  dseg_buffer buffer = {0};
  dseg_output two = dseg_output_to_buffer(&buffer);
  two.path = "a.dcm";
  assert_int_equal(write_object(&two, NULL, &error), DSEG_ERROR_ARGUMENT);
  const dseg_output none = {.struct_size = sizeof none};
  assert_int_equal(write_object(&none, NULL, &error), DSEG_ERROR_ARGUMENT);
  const dseg_output small = {.buffer = &buffer};
  assert_int_equal(write_object(&small, NULL, &error), DSEG_ERROR_ARGUMENT);
  assert_int_equal(write_object(NULL, NULL, &error), DSEG_ERROR_ARGUMENT);
  assert_int_equal(count_files(), 0);
}

/* Every suffix that can be written: the same bytes in a file, a buffer, and through a function, and it opens again. */
static void volumes_go_anywhere(void **state) {
  (void)state;
  dseg_error error = {0};
  dseg_description *description = make_description(2, 3, 2, 2);
  static const uint8_t voxels[12] = {0, 1, 2, 0, 1, 2, 0, 0, 1, 1, 2, 2};
  dseg_volume volume = {
      .struct_size = sizeof(dseg_volume), .description = description, .bits = 8, .layer_count = 1, .voxels = voxels};
  assert_int_equal(dseg_geometry_to_grid(&description->geometry, &volume.grid, NULL, &error), DSEG_OK);
  const char *suffix = NULL;
  for (size_t i = 0; (suffix = dseg_volume_suffix_at(i)) != NULL; i++) {
    char name[40];
    (void)snprintf(name, sizeof name, "a%s", suffix);
    dseg_buffer buffer = {0};
    trial_sink sink = {.room = SIZE_MAX};
    const dseg_volume_write_options options = {
        .struct_size = sizeof(dseg_volume_write_options), .suffix = suffix, .compression = -1, .threads = 1};
    const dseg_output to_buffer = dseg_output_to_buffer(&buffer), to_sink = dseg_output_to_function(take, &sink);
    const dseg_status status = dseg_volume_write_to(&to_buffer, &volume, &options, &error);
    if (strstr(suffix, "hd") != NULL) { /* .hdr, .nhdr, .mhd */
      assert_int_equal(status, DSEG_ERROR_UNSUPPORTED);
      assert_non_null(strstr(error.message, "in another file"));
      assert_int_equal(buffer.size, 0);
      continue;
    }
    if (status == DSEG_ERROR_UNSUPPORTED && strstr(suffix, ".gz") != NULL) {
      continue; /* a build that does not compress */
    }
    assert_int_equal(status, DSEG_OK);
    assert_int_equal(dseg_volume_write_to(&to_sink, &volume, &options, &error), DSEG_OK);
    assert_int_equal(
        dseg_volume_write(
            name, &volume,
            &(dseg_volume_write_options){.struct_size = sizeof(dseg_volume_write_options), .compression = -1}, &error),
        DSEG_OK);
    dseg_buffer file = read_file(name);
    assert_int_equal(buffer.size, file.size);
    assert_int_equal(sink.bytes.size, file.size);
    assert_memory_equal(buffer.data, file.data, file.size);
    assert_memory_equal(sink.bytes.data, file.data, file.size);
    dseg_source *source = NULL;
    assert_int_equal(dseg_open_memory((dseg_view){buffer.data, buffer.size}, name, NULL, &source, &error), DSEG_OK);
    assert_int_equal(dseg_source_description(source)->segment_count, 2);
    dseg_source_close(source);
    dseg_buffer_free(&file);
    dseg_buffer_free(&buffer);
    dseg_buffer_free(&sink.bytes);
  }
  dseg_buffer nowhere = {0};
  const dseg_output output = dseg_output_to_buffer(&nowhere);
  assert_int_equal(dseg_volume_write_to(&output, &volume, NULL, &error), DSEG_ERROR_ARGUMENT);
  assert_non_null(strstr(error.message, "options.suffix"));
  dseg_description_destroy(description);
}

/* Several inputs, one of which is a path. */
static void inputs_open_together(void **state) {
  (void)state;
  dseg_error error = {0};
  dseg_buffer bytes = {0};
  const dseg_output output = dseg_output_to_buffer(&bytes), file = dseg_output_to_file("b.dcm", 0, NULL);
  assert_int_equal(write_object(&output, &binary, &error), DSEG_OK);
  assert_int_equal(write_object(&file, &binary, &error), DSEG_OK);
  dseg_input *inputs[2] = {NULL, NULL};
  static const char *const names[2] = {"b.dcm", "in memory"};
  dseg_source *source = NULL;
  trial_reader trial = {.bytes = {bytes.data, bytes.size}, .most = 100};
  assert_int_equal(trial_open(&trial, &inputs[1]), DSEG_OK);
  assert_int_equal(dseg_open_inputs(inputs, names, 2, NULL, &source, &error), DSEG_OK);
  assert_int_equal(dseg_source_description(source)->segment_count, 6);
  dseg_source_close(source);
  assert_int_equal(trial.closed, 1);
  /* on failure, too, they are used up */
  static const char *const missing[2] = {"none.dcm", "in memory"};
  assert_int_equal(trial_open(&trial, &inputs[1]), DSEG_OK);
  assert_int_equal(dseg_open_inputs(inputs, missing, 2, NULL, &source, &error), DSEG_ERROR_INPUT);
  assert_null(source);
  assert_int_equal(trial.closed, 1);
  dseg_buffer_free(&bytes);
}

static void metadata_goes_anywhere(void **state) {
  (void)state;
  dseg_error error = {0};
  dseg_buffer bytes = {0};
  dseg_description *description = make_description(2, 3, 2, 2);
  const dseg_output output = dseg_output_to_buffer(&bytes);
  const dseg_status status = dseg_metadata_write_to(&output, description, NULL, &error);
  if (status != DSEG_ERROR_UNSUPPORTED) { /* a build without JSON */
    assert_int_equal(status, DSEG_OK);
    assert_int_equal(dseg_metadata_write("a.json", description, NULL, false, &error), DSEG_OK);
    dseg_buffer file = read_file("a.json");
    assert_int_equal(bytes.size, file.size);
    assert_memory_equal(bytes.data, file.data, file.size);
    dseg_buffer_free(&file);
  }
  dseg_buffer_free(&bytes);
  dseg_description_destroy(description);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter_directory, leave_directory)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(inputs_read_the_same),
      TEST(pipes_are_read_whole),
      TEST(a_fifo_needs_a_writer),
      TEST(what_is_no_file_is_refused),
      TEST(readers_are_not_trusted),
      TEST(objects_go_anywhere),
      TEST(a_function_that_fails_ends_the_writing),
      TEST(a_concatenation_needs_a_path),
      TEST(an_output_is_one_place),
      TEST(volumes_go_anywhere),
      TEST(inputs_open_together),
      TEST(metadata_goes_anywhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
