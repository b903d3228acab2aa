/* SPDX-License-Identifier: Apache-2.0 */
/* writer_fixture.h - small segmentations for the writer's tests, and a look into what was written.
 *
 * Everything here is checked with cmocka's assertions. Tests run in an empty directory of their own. */
#ifndef DSEG_TEST_WRITER_FIXTURE_H
#define DSEG_TEST_WRITER_FIXTURE_H

#include <dirent.h>
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

#include "dicom/part10.h"
#include "dseg/dseg.h"

static inline int enter_directory(void **state) {
  char template[] = "/tmp/dseg-test-XXXXXX";
  if (mkdtemp(template) == NULL || chdir(template) != 0) {
    return -1;
  }
  *state = strdup(template);
  return 0;
}

static inline size_t count_files(void) {
  size_t count = 0;
  DIR *directory = opendir(".");
  for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 ? 1 : 0;
  }
  closedir(directory);
  return count;
}

static inline int leave_directory(void **state) {
  DIR *directory = opendir(".");
  for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    remove(entry->d_name);
  }
  closedir(directory);
  const int result = chdir("/");
  rmdir(*state);
  free(*state);
  return result;
}

/* rows x columns x planes in patient space, segments numbered from 1. */
static inline dseg_description *make_description(uint32_t rows, uint32_t columns, size_t planes, size_t segments) {
  dseg_description *description = dseg_description_create();
  assert_non_null(description);
  dseg_geometry *geometry = &description->geometry;
  geometry->space = DSEG_SPACE_PATIENT;
  geometry->rows = rows;
  geometry->columns = columns;
  geometry->pixel_spacing[0] = 0.5;
  geometry->pixel_spacing[1] = 0.25;
  geometry->orientation[0] = 1.0;
  geometry->orientation[4] = 1.0;
  geometry->slice_thickness = 1.5;
  geometry->spacing_between_slices = 2.0;
  geometry->plane_count = planes;
  geometry->planes = dseg_description_alloc(description, planes * sizeof *geometry->planes);
  for (size_t i = 0; i < planes; i++) {
    geometry->planes[i] = (dseg_plane_position){.position = {-10.0, 5.0, 2.0 * (double)i}, .source = -1};
  }
  description->segments = dseg_description_alloc(description, segments * sizeof *description->segments);
  description->segment_count = segments;
  for (size_t i = 0; i < segments; i++) {
    description->segments[i] = (dseg_segment){.number = (uint32_t)i + 1, .label = "segment"};
  }
  return description;
}

/* Labels that change from plane to plane and leave the first and the last plane empty. */
static inline uint8_t label_at(size_t planes, size_t segments, size_t plane, size_t pixel) {
  if (plane == 0 || plane + 1 == planes) {
    return 0;
  }
  return (uint8_t)((pixel * 7 + plane * 3 + pixel / 5) % (segments + 1));
}

static inline void fill_plane(const dseg_description *description, size_t plane, uint8_t *labels) {
  const size_t pixels = (size_t)description->geometry.rows * description->geometry.columns;
  for (size_t i = 0; i < pixels; i++) {
    labels[i] = label_at(description->geometry.plane_count, description->segment_count, plane, i);
  }
}

/* Writes label_at's planes, which are filled one by one into labels, and finishes the object. */
static inline dseg_status write_planes(dseg_writer *writer, const dseg_description *description, uint8_t *labels,
                                       dseg_error *error) {
  dseg_status status = DSEG_OK;
  for (size_t plane = 0; status == DSEG_OK && plane < description->geometry.plane_count; plane++) {
    fill_plane(description, plane, labels);
    status = dseg_writer_write_labels(writer, plane, labels, 8, error);
  }
  return status == DSEG_OK ? dseg_writer_finish(writer, error) : status;
}

/* Writes label_at's volume; planes in descending order when backwards. */
static inline void write_volume(const char *path, const dseg_description *description,
                                const dseg_write_options *options, bool backwards) {
  dseg_error error = {0};
  dseg_writer *writer = NULL;
  const size_t planes = description->geometry.plane_count;
  uint8_t *labels = malloc((size_t)description->geometry.rows * description->geometry.columns);
  if (dseg_writer_create(path, description, options, &writer, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  for (size_t i = 0; i < planes; i++) {
    const size_t plane = backwards ? planes - 1 - i : i;
    fill_plane(description, plane, labels);
    assert_int_equal(dseg_writer_write_labels(writer, plane, labels, 8, &error), DSEG_OK);
  }
  if (dseg_writer_finish(writer, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  dseg_writer_destroy(writer);
  free(labels);
}

/* A file that was written: its attributes, per-frame items and pixel data. */
typedef struct written_file {
  dseg_part10 part10;
  dseg_buffer per_frame, pixels;
} written_file;

static inline void read_located(const dseg_part10 *part10, const dseg_located *located, dseg_buffer *bytes) {
  assert_true(located->present);
  assert_int_equal(dseg_buffer_resize(bytes, (size_t)located->value_length, NULL), DSEG_OK);
  assert_int_equal(dseg_input_read(part10->input, located->value_offset, bytes->data, bytes->size, NULL), DSEG_OK);
}

static inline void open_written(const char *path, written_file *file) {
  dseg_error error = {0};
  dseg_input *input = NULL;
  bool is_dicom = false;
  *file = (written_file){.per_frame = {0}};
  assert_int_equal(dseg_input_from_file(path, 0, &input, &error), DSEG_OK);
  if (dseg_part10_open(input, &(dseg_part10_options){.memory_limit = 1 << 24}, &file->part10, &is_dicom, &error) !=
      DSEG_OK) {
    fail_msg("%s", error.message);
  }
  assert_true(is_dicom);
  read_located(&file->part10, &file->part10.per_frame, &file->per_frame);
  read_located(&file->part10, &file->part10.pixel_data, &file->pixels);
}

static inline void close_written(written_file *file) {
  dseg_buffer_free(&file->per_frame);
  dseg_buffer_free(&file->pixels);
  dseg_part10_close(&file->part10);
}

static inline dseg_element element_of(const dseg_elements *elements, uint32_t tag) {
  dseg_element element;
  assert_int_equal(dseg_elements_find(elements, tag, &element, NULL), DSEG_OK);
  return element;
}

static inline bool has(const written_file *file, uint32_t tag) {
  return element_of(&file->part10.elements, tag).tag == tag;
}

static inline void assert_text(const written_file *file, uint32_t tag, const char *expected) {
  const dseg_element element = element_of(&file->part10.elements, tag);
  if (!dseg_element_is(&element, expected)) {
    fail_msg("(%08x) is '%.*s', not '%s'", (unsigned)tag, (int)element.value.size, (const char *)element.value.data,
             expected);
  }
}

static inline unsigned u16_in(const dseg_elements *elements, uint32_t tag) {
  uint16_t value = 0;
  const dseg_element element = element_of(elements, tag);
  assert_true(dseg_element_u16(elements, &element, 0, &value));
  return value;
}

static inline int64_t integer(const written_file *file, uint32_t tag) {
  int64_t value = -1;
  const dseg_element element = element_of(&file->part10.elements, tag);
  assert_true(dseg_element_integer(&element, 0, &value));
  return value;
}

static inline dseg_elements item_of(const dseg_elements *elements, uint32_t tag) {
  dseg_elements item;
  bool found = false;
  assert_int_equal(dseg_elements_find_item(elements, tag, &item, &found, NULL), DSEG_OK);
  assert_true(found);
  return item;
}

/* What the item of one frame says. */
typedef struct frame_item {
  double z;
  unsigned segment; /* 0: none */
  uint32_t index[3];
  size_t index_count;
  bool has_derivation;
} frame_item;

/* The items of all frames, at most size of them; returns their number. */
static inline size_t frame_items(const written_file *file, frame_item *items, size_t size) {
  dseg_elements parent = file->part10.elements;
  parent.bytes = (dseg_view){file->per_frame.data, file->per_frame.size};
  const dseg_element sequence = {.tag = 0x52009230, .vr = {'S', 'Q'}, .value = parent.bytes};
  size_t offset = 0, count = 0;
  dseg_elements item;
  bool more = true;
  for (;; count++) {
    assert_int_equal(dseg_sequence_next(&parent, &sequence, &offset, &item, &more, NULL), DSEG_OK);
    if (!more) {
      return count;
    }
    assert_true(count < size);
    frame_item *out = &items[count];
    *out = (frame_item){.z = 0.0};
    const dseg_elements content = item_of(&item, 0x00209111);
    const dseg_element values = element_of(&content, 0x00209157);
    while (out->index_count < 3 &&
           dseg_element_u32(&content, &values, out->index_count, &out->index[out->index_count])) {
      out->index_count++;
    }
    if (element_of(&item, 0x00209113).tag != 0) {
      const dseg_elements position = item_of(&item, 0x00209113);
      const dseg_element value = element_of(&position, 0x00200032);
      assert_true(dseg_element_decimal(&value, 2, &out->z));
    }
    if (element_of(&item, 0x0062000A).tag != 0) {
      const dseg_elements identification = item_of(&item, 0x0062000A);
      out->segment = u16_in(&identification, 0x0062000B);
    }
    out->has_derivation = element_of(&item, 0x00089124).tag != 0;
  }
}

/* The bit of a pixel of a frame in native 1-bit Pixel Data (PS3.5 8.1.1). */
static inline unsigned bit_of(const written_file *file, size_t pixels, size_t frame, size_t pixel) {
  const size_t bit = frame * pixels + pixel;
  assert_true(bit / 8 < file->pixels.size);
  return (unsigned)file->pixels.data[bit / 8] >> (bit % 8) & 1u;
}

/* All bytes of a file; free with dseg_buffer_free. */
static inline dseg_buffer read_file(const char *path) {
  dseg_buffer bytes = {0};
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  fseek(file, 0, SEEK_END);
  assert_int_equal(dseg_buffer_resize(&bytes, (size_t)ftell(file), NULL), DSEG_OK);
  rewind(file);
  assert_int_equal(fread(bytes.data, 1, bytes.size, file), bytes.size);
  fclose(file);
  return bytes;
}

static inline bool same_files(const char *a, const char *b) {
  dseg_buffer x = read_file(a), y = read_file(b);
  const bool same = x.size == y.size && memcmp(x.data, y.data, x.size) == 0;
  dseg_buffer_free(&x);
  dseg_buffer_free(&y);
  return same;
}

/* Counts warnings and keeps the last. */
typedef struct warning_log {
  int count;
  char last[1400];
} warning_log;

static inline void log_warning(void *user, const char *message) {
  warning_log *log = user;
  log->count++;
  snprintf(log->last, sizeof log->last, "%s", message);
}

#endif
