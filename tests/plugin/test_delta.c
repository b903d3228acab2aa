/* SPDX-License-Identifier: Apache-2.0 */
/* A codec that predicts from other frames and learns from all of them (delta.c), through writer and source: round trips
 * by several threads, planes in any order, and how many frames it decodes for what is asked. */
#include <dlfcn.h>
#include <stdatomic.h>

#include "../unit/writer_fixture.h"

enum { ROWS = 23, COLUMNS = 38, PLANES = 70, SEGMENTS = 5, PIXELS = ROWS * COLUMNS };

static atomic_size_t *decoded, *tables; /* delta.c's counters */

struct progress {
  unsigned long long calls, done, total;
};

static void note_progress(void *user, unsigned long long done, unsigned long long total) {
  struct progress *progress = user;
  assert_true(done > progress->done && done <= total);
  *progress = (struct progress){progress->calls + 1, done, total};
}

static void write_object(const char *representation, int64_t key, unsigned threads) {
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, SEGMENTS);
  struct progress progress = {0};
  const dseg_option_value option = {"key", key};
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options),
      .representation = representation,
      .frame_codec = "test-delta",
      .codec_options = &option,
      .codec_option_count = 1,
      .empty_frames = DSEG_EMPTY_KEEP,
      .replace = true,
      .uid_seed = "delta",
      .date_time = "19700101000000", /* of objects that are written one after the other */
      .threads = threads,
      .progress = {note_progress, &progress}};
  write_volume("a.dcm", description, &options, threads % 2 == 0);
  dseg_description_destroy(description);
  assert_true(progress.calls > 0 && progress.done == progress.total);
  assert_int_equal(progress.total, strcmp(representation, "labelmap") == 0 ? PLANES : PLANES * SEGMENTS);
}

static dseg_source *open_object(void) {
  dseg_source *source = NULL;
  dseg_error error = {0};
  if (dseg_open("a.dcm", NULL, &source, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  return source;
}

static void read_planes(dseg_source *source, size_t first, size_t count, unsigned threads) {
  static uint8_t labels[PLANES * PIXELS];
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                      .first_plane = first,
                                      .plane_count = count,
                                      .bits = 8,
                                      .threads = threads};
  dseg_error error = {0};
  memset(labels, 0xA5, sizeof labels);
  if (dseg_source_read_labels(source, &request, labels, count * PIXELS, NULL, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  for (size_t i = 0; i < count * PIXELS; i++) {
    assert_int_equal(labels[i], label_at(PLANES, SEGMENTS, first + i / PIXELS, i % PIXELS));
  }
}

static void all_planes_come_back(void **state) {
  (void)state;
  static const char *const representations[] = {"labelmap", "binary"};
  static const int64_t keys[] = {1, 4, 1000};
  for (size_t r = 0; r < 2; r++) {
    for (size_t k = 0; k < 3; k++) {
      for (unsigned threads = 1; threads <= 4; threads++) {
        write_object(representations[r], keys[k], threads);
        dseg_source *source = open_object();
        read_planes(source, 0, PLANES, threads);
        for (size_t i = 0; i < PLANES; i++) {
          read_planes(source, i * 33 % PLANES, 1, 1); /* 33 and PLANES have no common divisor */
        }
        dseg_source_close(source);
      }
    }
  }
}

static void threads_do_not_change_the_bytes(void **state) {
  (void)state;
  write_object("binary", 4, 1);
  rename("a.dcm", "one.dcm");
  write_object("binary", 4, 3);
  assert_true(same_files("one.dcm", "a.dcm"));
}

static void one_plane_takes_the_frames_it_needs(void **state) {
  (void)state;
  write_object("labelmap", 4, 2);
  for (size_t plane = 0; plane < 9; plane++) {
    dseg_source *source = open_object();
    const size_t before = *decoded, tables_before = *tables;
    read_planes(source, plane, 1, 1);
    assert_int_equal(*decoded - before, plane % 4 + 1);
    read_planes(source, plane, 1, 1); /* what was decoded last is still there */
    assert_int_equal(*decoded - before, plane % 4 + 1);
    read_planes(source, plane + 1, 1, 1);
    assert_int_equal(*decoded - before, plane % 4 + 2);
    assert_int_equal(*tables - tables_before, 1);
    dseg_source_close(source);
  }
}

static void a_mask_takes_the_frames_it_needs(void **state) {
  (void)state;
  write_object("binary", 10, 2); /* two planes of five segments from key frame to key frame */
  dseg_source *source = open_object();
  uint8_t mask[PIXELS];
  const size_t before = *decoded;
  assert_int_equal(dseg_source_read_mask(source, 2, 7, 1, mask, sizeof mask, 1, NULL), DSEG_OK);
  assert_int_equal(*decoded - before, 5 + 3);
  for (size_t i = 0; i < PIXELS; i++) {
    assert_int_equal(mask[i], label_at(PLANES, SEGMENTS, 7, i) == 3);
  }
  dseg_source_close(source);
}

/* Threads get ranges of planes, so that only what lies before a range is decoded twice. */
static void threads_decode_little_twice(void **state) {
  (void)state;
  write_object("labelmap", 1000, 2);
  for (unsigned threads = 1; threads <= 4; threads++) {
    dseg_source *source = open_object();
    const size_t before = *decoded;
    read_planes(source, 0, PLANES, threads);
    /* With one key frame a range that begins at plane P costs P more at most; here ranges have 16 planes. */
    const size_t more = threads == 1 ? 0 : 16 + 32 + 48 + 64;
    assert_true(*decoded - before >= PLANES && *decoded - before <= PLANES + more);
    dseg_source_close(source);
  }
}

static void expect_failure(dseg_source *source, const char *part) {
  uint8_t labels[PIXELS];
  const dseg_label_request request = {
      .struct_size = sizeof(dseg_label_request), .first_plane = 2, .plane_count = 1, .bits = 8, .threads = 1};
  dseg_error error = {0};
  assert_int_equal(dseg_source_read_labels(source, &request, labels, sizeof labels, NULL, &error), DSEG_ERROR_FORMAT);
  if (strncmp(error.message, "a.dcm: ", 7) != 0 || strstr(error.message, part) == NULL) {
    fail_msg("\"%s\" does not contain \"%s\"", error.message, part);
  }
}

/* Changes one byte of the first frame. */
static void spoil(size_t byte, uint8_t value) {
  write_object("labelmap", 4, 1);
  dseg_source *source = open_object();
  dseg_frame_location location;
  assert_int_equal(dseg_source_frame(source, 0, &location, NULL), DSEG_OK);
  dseg_source_close(source);
  FILE *file = fopen("a.dcm", "r+b");
  assert_non_null(file);
  fseek(file, (long)(location.offset + byte), SEEK_SET);
  fputc(value, file);
  fclose(file);
}

static void what_is_corrupt_is_named(void **state) {
  (void)state;
  static const struct {
    size_t byte;
    uint8_t value;
    const char *message;
  } cases[] = {{0, 'X', "frame 0 has no table"},
               {1, 7, "the table in frame 0 has the byte value"},
               {257, 1, "has no key frame before it"},
               {257, 9, "frame 0 is neither a key frame nor a difference"},
               {259, 0, "frame 0: its runs do not make up the frame"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    spoil(cases[i].byte, cases[i].value);
    dseg_source *source = open_object();
    expect_failure(source, cases[i].message);
    expect_failure(source, cases[i].message); /* and again */
    dseg_source_close(source);
  }
}

static void *counter(void *object, const char *name) {
  void *symbol = dlsym(object, name);
  if (symbol == NULL) {
    abort();
  }
  return symbol;
}

int main(void) {
  dseg_error error = {0};
  /* An object that is in memory for another reason is registered all the same. */
  void *object = dlopen(PLUGINS "/plugin_delta/plugin.so", RTLD_NOW);
  if (object == NULL || dseg_load_plugins(PLUGINS "/plugin_delta", &error) != DSEG_OK) {
    printf("%s\n", object == NULL ? dlerror() : error.message);
    return 1;
  }
  decoded = counter(object, "test_delta_decoded");
  tables = counter(object, "test_delta_tables");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(all_planes_come_back, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(threads_do_not_change_the_bytes, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(one_plane_takes_the_frames_it_needs, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(a_mask_takes_the_frames_it_needs, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(threads_decode_little_twice, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(what_is_corrupt_is_named, enter_directory, leave_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
