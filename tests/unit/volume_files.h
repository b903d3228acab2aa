/* SPDX-License-Identifier: Apache-2.0 */
/* volume_files.h - for the tests of research formats: files of voxels, and what a source says of them.
 *
 * Each test runs in an empty directory of its own. */
#ifndef DSEG_TESTS_VOLUME_FILES_H
#define DSEG_TESTS_VOLUME_FILES_H

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/deflate.h"
#include "base/input.h"
#include "dseg/formats.h"
#include "same_source.h"
#include "sources/source.h"

static inline int enter_directory(void **state) {
  char template[] = "/tmp/dseg-test-XXXXXX";
  if (mkdtemp(template) == NULL || chdir(template) != 0) {
    return -1;
  }
  *state = strdup(template);
  return 0;
}

static inline int count_files(void) {
  int count = 0;
  DIR *directory = opendir(".");
  assert_non_null(directory);
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
  }
  closedir(directory);
  return count;
}

static inline int leave_directory(void **state) {
  char *name = *state;
  DIR *directory = opendir(".");
  for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
    (void)unlink(entry->d_name);
  }
  closedir(directory);
  const int outcome = chdir("/") == 0 && rmdir(name) == 0 ? 0 : -1;
  free(name);
  return outcome;
}

static inline void write_bytes(const char *path, const void *bytes, size_t size) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, size, file), size);
  assert_int_equal(fclose(file), 0);
}

static inline void write_buffer(const char *path, const dseg_buffer *buffer) {
  write_bytes(path, buffer->data, buffer->size);
}

static inline void append(dseg_buffer *buffer, const void *bytes, size_t size) {
  assert_int_equal(dseg_buffer_append(buffer, bytes, size, NULL), DSEG_OK);
}

static inline void append_text(dseg_buffer *buffer, const char *text) {
  append(buffer, text, strlen(text));
}

/* The bytes of file path. */
static inline dseg_buffer read_bytes(const char *path) {
  dseg_buffer content = {0};
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  uint8_t piece[4096];
  for (size_t got; (got = fread(piece, 1, sizeof piece, file)) != 0;) {
    append(&content, piece, got);
  }
  fclose(file);
  return content;
}

/* bytes compressed; false in builds that cannot. */
static inline bool deflate_bytes(dseg_deflate_container container, const void *bytes, size_t size, dseg_buffer *out) {
  if (!dseg_can_deflate()) {
    return false;
  }
  const dseg_deflate_options options = {.level = 6, .threads = 1};
  const dseg_byte_sink sink = dseg_buffer_sink(out);
  assert_int_equal(dseg_deflate_write(container, (dseg_view){NULL, 0}, (dseg_view){bytes, size}, &options, &sink, NULL),
                   DSEG_OK);
  return true;
}

/* Counts warnings and keeps the last. */
struct warnings {
  int count;
  char last[400];
};

static inline void take_warning(void *user, const char *message) {
  struct warnings *warnings = user;
  warnings->count++;
  (void)snprintf(warnings->last, sizeof warnings->last, "%s", message);
}

/* Opens the file's bytes from other places, with the same outcome, but for a header whose voxels are in another file.
 */
static inline void expect_elsewhere(const char *path, const dseg_open_options *options, dseg_status status,
                                    const dseg_error *error, dseg_source *source) {
  dseg_buffer bytes = read_bytes(path);
  const dseg_view view = {bytes.data, bytes.size};
  dseg_error elsewhere = {DSEG_OK, ""};
  dseg_source *found = NULL;
  const dseg_open_options quiet = {
      .struct_size = sizeof(dseg_open_options), .memory_limit = options->memory_limit, .threads = options->threads};
  const dseg_status outcome = dseg_open_memory(view, "name", &quiet, &found, &elsewhere);
  dseg_source_close(found);
  const bool is_pair = strstr(path, ".img") != NULL; /* opened through its header */
  if (!is_pair &&
      (outcome != DSEG_ERROR_UNSUPPORTED || strstr(elsewhere.message, "the voxels are in another file") == NULL)) {
    const bool is_other = status == DSEG_OK && source == NULL;
    expect_same_everywhere(view, &quiet, is_other ? DSEG_ERROR_UNSUPPORTED : status,
                           is_other        ? "neither DICOM"
                           : error != NULL ? error->message
                                           : "",
                           source);
  } else {
    assert_true(status != DSEG_OK || source != NULL);
  }
  dseg_buffer_free(&bytes);
}

static inline dseg_status open_limited(const char *path, uint64_t limit, struct warnings *warnings,
                                       dseg_source **source, dseg_error *error) {
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options),
                                     .memory_limit = limit,
                                     .threads = 2,
                                     .warnings = {warnings != NULL ? take_warning : NULL, warnings}};
  dseg_input *input = NULL;
  *source = NULL;
  DSEG_TRY(dseg_input_from_file(path, limit, &input, error));
  const dseg_status status = dseg_open_volume(input, &options, source, error);
  dseg_input_close(input);
  expect_elsewhere(path, &options, status, error, *source);
  return status;
}

static inline void close_volume(dseg_source *source) {
  if (source != NULL) {
    dseg_description *description = source->description;
    source->ops->close(source);
    dseg_description_destroy(description);
  }
}

static inline dseg_source *open_volume_warned(const char *path, struct warnings *warnings) {
  dseg_source *source = NULL;
  dseg_error error = {DSEG_OK, ""};
  const dseg_status status = open_limited(path, (uint64_t)1 << 30, warnings, &source, &error);
  if (status != DSEG_OK || source == NULL) {
    fail_msg("%s: %s", path, source == NULL && status == DSEG_OK ? "not recognised" : error.message);
  }
  return source;
}

static inline dseg_source *open_volume(const char *path) {
  return open_volume_warned(path, NULL);
}

/* Opening fails with status, and the message holds text. */
static inline void expect_failure(const char *path, dseg_status status, const char *text) {
  dseg_source *source = NULL;
  dseg_error error = {DSEG_OK, ""};
  assert_int_equal(open_limited(path, (uint64_t)1 << 30, NULL, &source, &error), status);
  assert_null(source);
  if (strstr(error.message, text) == NULL) {
    fail_msg("%s: '%s' lacks '%s'", path, error.message, text);
  }
}

/* Each way to cut a file short is refused, or, cut so early that it is no such file, not recognised. */
static inline void expect_no_prefix_opens(const char *path, const dseg_buffer *whole, size_t from) {
  for (size_t size = from; size < whole->size; size++) {
    write_bytes(path, whole->data, size);
    dseg_source *source = NULL;
    dseg_error error = {DSEG_OK, ""};
    const dseg_status status = open_limited(path, (uint64_t)1 << 30, NULL, &source, &error);
    if (source != NULL) {
      fail_msg("%s opens although cut to %zu of %zu bytes", path, size, whole->size);
    }
    assert_true(status == DSEG_OK || error.message[0] != '\0');
  }
}

/* All labels as 32-bit values. count: of the volume's voxels. */
static inline void read_labels(dseg_source *source, uint32_t *labels, size_t count) {
  const dseg_description *description = source->description;
  uint32_t *values = calloc(description->segment_count + 1, sizeof *values);
  assert_non_null(values);
  for (size_t i = 0; i < description->segment_count; i++) {
    values[i] = description->segments[i].number;
  }
  const dseg_geometry *geometry = &description->geometry;
  assert_int_equal(count, geometry->plane_count * geometry->rows * geometry->columns);
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                      .plane_count = geometry->plane_count,
                                      .bits = 32,
                                      .values = values,
                                      .overlap = DSEG_OVERLAP_FIRST,
                                      .threads = 1};
  dseg_overlap overlap = {0};
  assert_int_equal(source->ops->read_labels(source, &request, labels, &overlap, NULL), DSEG_OK);
  free(values);
}

static inline void expect_labels(dseg_source *source, const uint32_t *expected, size_t count) {
  uint32_t *labels = calloc(count, sizeof *labels);
  assert_non_null(labels);
  read_labels(source, labels, count);
  for (size_t i = 0; i < count; i++) {
    if (labels[i] != expected[i]) {
      fail_msg("voxel %zu: %lu instead of %lu", i, (unsigned long)labels[i], (unsigned long)expected[i]);
    }
  }
  free(labels);
}

static inline void expect_mask(dseg_source *source, size_t segment, const uint8_t *expected, size_t count) {
  uint8_t *mask = calloc(count, 1);
  assert_non_null(mask);
  assert_int_equal(source->ops->read_mask(source, segment, 0, source->description->geometry.plane_count, mask, 1, NULL),
                   DSEG_OK);
  assert_memory_equal(mask, expected, count);
  free(mask);
}

/* The segments' numbers, in order. */
static inline void expect_numbers(const dseg_source *source, const uint32_t *numbers, size_t count) {
  assert_int_equal(source->description->segment_count, count);
  for (size_t i = 0; i < count; i++) {
    assert_int_equal(source->description->segments[i].number, numbers[i]);
  }
}

/* Where the source's grid puts its first and its last voxel, within tolerance mm. */
static inline void expect_corners(const dseg_source *source, const double first[3], const double last[3],
                                  double tolerance) {
  dseg_grid grid;
  assert_int_equal(dseg_geometry_to_grid(&source->description->geometry, &grid, NULL, NULL), DSEG_OK);
  for (size_t i = 0; i < 3; i++) {
    double end = grid.origin[i];
    for (size_t axis = 0; axis < 3; axis++) {
      end += (double)(grid.size[axis] - 1) * grid.step[axis][i];
    }
    if (fabs(grid.origin[i] - first[i]) > tolerance || fabs(end - last[i]) > tolerance) {
      fail_msg("coordinate %zu: %.9g to %.9g instead of %.9g to %.9g", i, grid.origin[i], end, first[i], last[i]);
    }
  }
}

#endif
