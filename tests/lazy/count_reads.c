/* SPDX-License-Identifier: Apache-2.0 */
/* count_reads.c - opening an object through a reader asks for its header and at most 64 kB more, and reading a plane
 * for the plane's frames only; a distant one for few bytes of compressed frames.
 *
 * The object is made here, in memory, of a label volume of the real data: as BINARY it has 8,880 frames. */
#include <stdio.h>
#include <stdlib.h>

#include "dseg/dseg.h"
#include "support/trial_reader.h"

#define VOLUME "totalsegmentator-s0327/labels.nii.gz"
#define FRAMES 8880u
#define MORE_BYTES 65536u
#define FRAME_BYTES 1024u /* of frames up to this size, which are checked together */

static int failures;

#define CHECK(condition, ...)    \
  do {                           \
    if (!(condition)) {          \
      failures++;                \
      (void)printf(__VA_ARGS__); \
      (void)printf("\n");        \
    }                            \
  } while (0)

static void stop_at(dseg_status status, const dseg_error *error, const char *what) {
  if (status != DSEG_OK) {
    (void)printf("%s: %s\n", what, error->message);
    exit(1);
  }
}

/* Writes all planes of a source into bytes. */
static void write_object(dseg_source *source, const dseg_write_options *options, dseg_buffer *bytes) {
  dseg_error error;
  dseg_writer *writer = NULL;
  dseg_description *description = NULL;
  stop_at(dseg_description_copy(dseg_source_description(source), &description, &error), &error, "description");
  dseg_description_renumber(description);
  const dseg_geometry *geometry = &description->geometry;
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  uint32_t *values = calloc(description->segment_count + 1, sizeof *values);
  uint8_t *labels = malloc(pixels);
  if (values == NULL || labels == NULL) {
    exit(1);
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    values[i] = description->segments[i].number;
  }
  const dseg_output output = dseg_output_to_buffer(bytes);
  stop_at(dseg_writer_create_to(&output, description, options, &writer, &error), &error, "create");
  for (size_t plane = 0; plane < geometry->plane_count; plane++) {
    const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                        .first_plane = plane,
                                        .plane_count = 1,
                                        .bits = 8,
                                        .values = values,
                                        .threads = 1};
    stop_at(dseg_source_read_labels(source, &request, labels, pixels, NULL, &error), &error, "read");
    stop_at(dseg_writer_write_labels(writer, plane, labels, 8, &error), &error, "write");
  }
  stop_at(dseg_writer_finish(writer, &error), &error, "finish");
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
  free(values);
  free(labels);
}

/* Bytes of a plane's frames, and where they begin and end. */
static uint64_t frames_of_plane(const dseg_source *source, size_t frames, size_t plane, uint64_t *first,
                                uint64_t *end) {
  uint64_t bytes = 0;
  *first = UINT64_MAX;
  *end = 0;
  for (size_t i = 0; i < frames; i++) {
    dseg_frame_location location;
    dseg_error error;
    stop_at(dseg_source_frame(source, i, &location, &error), &error, "frame");
    if (location.plane == plane) {
      bytes += location.length;
      *first = location.offset < *first ? location.offset : *first;
      *end = location.offset + location.length > *end ? location.offset + location.length : *end;
    }
  }
  return bytes;
}

/* One plane; slack: bytes of item headers, which are not the frames'. */
static void check_plane(dseg_source *source, trial_reader *trial, size_t frames, size_t plane, uint64_t slack) {
  const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  uint16_t *labels = malloc(pixels * sizeof *labels);
  uint64_t first = 0, end = 0;
  dseg_error error;
  const uint64_t bytes = frames_of_plane(source, frames, plane, &first, &end);
  trial->given = 0;
  trial->first = UINT64_MAX;
  trial->end = 0;
  const dseg_label_request request = {
      .struct_size = sizeof(dseg_label_request), .first_plane = plane, .plane_count = 1, .bits = 16, .threads = 2};
  if (labels == NULL) {
    exit(1);
  }
  stop_at(dseg_source_read_labels(source, &request, labels, pixels * sizeof *labels, NULL, &error), &error, "plane");
  CHECK(bytes > 0, "plane %zu has no frame", plane);
  CHECK(trial->given > 0 && trial->given <= bytes + slack, "plane %zu has %llu bytes in frames, %llu were asked for",
        plane, (unsigned long long)bytes, (unsigned long long)trial->given);
  CHECK(trial->first + slack >= first && trial->end <= end,
        "plane %zu: bytes %llu to %llu were asked for, not %llu to %llu", plane, (unsigned long long)trial->first,
        (unsigned long long)trial->end, (unsigned long long)first, (unsigned long long)end);
  free(labels);
}

/* Ranges hold the frames, and are found without a read. */
static void check_ranges(const dseg_source *source, const trial_reader *trial, size_t frames) {
  const size_t before = trial->reads;
  dseg_frame_range *ranges = calloc(frames + 1, sizeof *ranges);
  dseg_error error;
  if (ranges == NULL) {
    exit(1);
  }
  for (size_t i = 0; i < frames; i++) {
    stop_at(dseg_source_frame_range(source, i, &ranges[i], &error), &error, "range");
  }
  CHECK(trial->reads == before, "%zu reads to find ranges", trial->reads - before);
  for (size_t i = 0; i < frames; i++) {
    dseg_frame_location location;
    stop_at(dseg_source_frame(source, i, &location, &error), &error, "frame");
    CHECK(ranges[i].plane == location.plane && ranges[i].segment == location.segment &&
              ranges[i].offset <= location.offset &&
              location.offset + location.length <= ranges[i].offset + ranges[i].length,
          "frame %zu is not in its range", i);
  }
  free(ranges);
}

/* frames: how many the object has; 0: any. encapsulated: item headers are read with frames, and when it is opened, with
 * what is between those of small frames. */
static void check_object(const char *name, const dseg_buffer *bytes, size_t frames, bool encapsulated, bool distant) {
  trial_reader trial = {.bytes = {bytes->data, bytes->size}, .distant = distant};
  dseg_input *input = NULL;
  dseg_source *source = NULL;
  dseg_error error;
  (void)trial_open(&trial, &input);
  stop_at(dseg_open_input(input, name, NULL, &source, &error), &error, "open");
  const dseg_encoding_info *info = dseg_source_encoding(source);
  const uint64_t header = bytes->size - info->pixel_data_bytes;
  const uint64_t asked = trial.given;
  (void)printf("%s: %zu bytes, header %llu, asked for %llu in %zu reads\n", name, bytes->size,
               (unsigned long long)header, (unsigned long long)asked, trial.reads);
  CHECK(frames == 0 || info->frame_count == frames, "%s has %zu frames", name, info->frame_count);
  check_ranges(source, &trial, info->frame_count);
  const uint64_t more = MORE_BYTES + (encapsulated && !distant ? FRAME_BYTES * (uint64_t)info->frame_count : 0u);
  CHECK(asked <= header + more, "%s: opening asks for %llu bytes, the header has %llu", name, (unsigned long long)asked,
        (unsigned long long)header);
  const size_t planes = dseg_source_description(source)->geometry.plane_count;
  for (size_t plane = 0; plane < planes; plane += 40) {
    check_plane(source, &trial, info->frame_count, plane, encapsulated ? 8u * (uint64_t)info->frame_count : 0);
  }
  dseg_source_close(source);
}

int main(void) {
  const char *data = getenv("DSEG_DATA");
  char path[1000];
  (void)snprintf(path, sizeof path, "%s/" VOLUME, data != NULL ? data : ".");
  dseg_source *source = NULL;
  dseg_error error;
  if (dseg_open(path, NULL, &source, &error) != DSEG_OK) {
    (void)printf("skipped: %s\n", error.message);
    return 77;
  }
  dseg_buffer binary = {0}, labelmap = {0}, native = {0};
  write_object(source, &(dseg_write_options){.struct_size = sizeof(dseg_write_options), .representation = "binary"},
               &binary);
  write_object(source,
               &(dseg_write_options){
                   .struct_size = sizeof(dseg_write_options), .representation = "labelmap", .frame_codec = "rle"},
               &labelmap);
  write_object(source, &(dseg_write_options){.struct_size = sizeof(dseg_write_options), .representation = "labelmap"},
               &native);
  dseg_source_close(source);
  check_object("binary", &binary, FRAMES, false, false);
  check_object("labelmap", &native, 0, false, false);
  check_object("labelmap/rle", &labelmap, 0, true, false);
  check_object("labelmap/rle, distant", &labelmap, 0, true, true);
  dseg_buffer_free(&binary);
  dseg_buffer_free(&labelmap);
  dseg_buffer_free(&native);
  return failures == 0 ? 0 : 1;
}
