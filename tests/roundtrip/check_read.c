/* SPDX-License-Identifier: Apache-2.0 */
/* check_read.c - asks an opened object for everything and compares it with the truth: segments, positions, labels of
 * each width, subsets, other values, ranges of planes, masks, overlap. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

char check_context[200];
unsigned check_failures;

bool check_same_text(const char *a, const char *b) {
  return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool check_that(bool condition, const char *file, int line, const char *format, ...) {
  if (condition) {
    return true;
  }
  const char *name = strrchr(file, '/');
  fprintf(stderr, "%s:%d: %s: ", name != NULL ? name + 1 : file, line, check_context);
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  check_failures++;
  return false;
}

static double distance(const double a[3], const double b[3]) {
  return sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]));
}

/* Finds the truth's plane at each position read; every plane that must be there is. */
static bool match_planes(opened_object *reading) {
  const truth_volume *truth = reading->written->truth;
  const dseg_geometry *wanted = &truth->description->geometry;
  const dseg_geometry *got = &reading->description->geometry;
  for (size_t plane = 0; plane < got->plane_count; plane++) {
    size_t match = 0;
    while (match < wanted->plane_count &&
           distance(got->planes[plane].position, wanted->planes[match].position) > 1e-4) {
      match++;
    }
    if (!CHECK(match < wanted->plane_count, "plane %zu lies where none was written", plane)) {
      return false;
    }
    for (size_t other = 0; other < plane; other++) {
      CHECK(reading->plane_of[other] != match, "planes %zu and %zu lie at one position", other, plane);
    }
    reading->plane_of[plane] = match;
  }
  for (size_t plane = 0; plane < wanted->plane_count; plane++) {
    const bool bound = plane == 0 || plane + 1 == wanted->plane_count;
    const dseg_empty_frames empty = reading->written->empty_frames;
    if (empty == DSEG_EMPTY_OMIT && truth_plane_is_empty(truth, plane)) {
      continue;
    }
    if (empty == DSEG_EMPTY_BOUNDS && !bound && truth_plane_is_empty(truth, plane)) {
      continue;
    }
    bool found = false;
    for (size_t i = 0; i < got->plane_count; i++) {
      found = found || reading->plane_of[i] == plane;
    }
    CHECK(found, "plane %zu is missing", plane);
  }
  return true;
}

static void check_geometry(const opened_object *reading) {
  const dseg_geometry *wanted = &reading->written->truth->description->geometry;
  const dseg_geometry *got = &reading->description->geometry;
  CHECK(got->space == wanted->space, "space %d", (int)got->space);
  CHECK(got->rows == wanted->rows && got->columns == wanted->columns, "%u rows, %u columns", got->rows, got->columns);
  for (int i = 0; i < 6; i++) {
    CHECK(fabs(got->orientation[i] - wanted->orientation[i]) < 1e-6, "orientation %d is %.9g", i, got->orientation[i]);
  }
  for (int i = 0; i < 2; i++) {
    CHECK(fabs(got->pixel_spacing[i] - wanted->pixel_spacing[i]) < 1e-6, "spacing %d is %g", i, got->pixel_spacing[i]);
  }
  CHECK(got->frame_of_reference_uid != NULL && strcmp(got->frame_of_reference_uid, wanted->frame_of_reference_uid) == 0,
        "frame of reference differs");
}

static bool check_segments(const opened_object *reading) {
  const dseg_description *wanted = reading->written->truth->description;
  const dseg_description *got = reading->description;
  if (!CHECK(got->segment_count == wanted->segment_count, "%zu segments", got->segment_count)) {
    return false;
  }
  for (size_t i = 0; i < got->segment_count; i++) {
    const dseg_segment *a = &wanted->segments[i];
    const dseg_segment *b = &got->segments[i];
    const bool same =
        a->number == b->number && check_same_text(a->label, b->label) && a->algorithm_type == b->algorithm_type &&
        check_same_text(a->algorithm_name, b->algorithm_name) &&
        check_same_text(a->category.value, b->category.value) && check_same_text(a->type.value, b->type.value) &&
        check_same_text(a->type.meaning, b->type.meaning) && b->has_color && memcmp(a->rgb, b->rgb, sizeof a->rgb) == 0;
    if (!CHECK(same, "segment %zu differs: number %u, label %s", i, b->number, b->label)) {
      return false;
    }
  }
  return true;
}

static uint32_t value_at(const void *values, unsigned bits, size_t i) {
  return bits == 8    ? ((const uint8_t *)values)[i]
         : bits == 16 ? ((const uint16_t *)values)[i]
                      : ((const uint32_t *)values)[i];
}

/* What a request must give at a voxel of the truth. counted: whether more than one segment asked for is there. */
static uint32_t wanted_value(const truth_volume *truth, const dseg_label_request *request, size_t voxel,
                             bool *counted) {
  const size_t count = request->segments != NULL ? request->segment_count : truth->which->segments;
  const double fraction = request->threshold > 0 ? request->threshold : 0.5;
  const double threshold =
      truth->description->maximum_fraction > 0 ? fraction * truth->description->maximum_fraction : 1;
  uint32_t value = request->background;
  bool taken = false;
  *counted = false;
  for (size_t i = 0; i < count; i++) {
    const size_t segment = request->segments != NULL ? request->segments[i] : i;
    if (truth->indices != NULL && truth->indices[voxel] != segment + 1) {
      continue;
    }
    if (truth->masks != NULL && (double)truth_mask_at(truth, segment, voxel) < threshold) {
      continue;
    }
    *counted = *counted || taken;
    if (!taken || request->overlap == DSEG_OVERLAP_LAST) {
      value = request->values != NULL ? request->values[segment] : truth->description->segments[segment].number;
    }
    taken = true;
  }
  return value;
}

/* For labels: the value of each segment index + 1, so that 65535 segments are not searched for each voxel. */
static uint32_t *value_table(const truth_volume *truth, const dseg_label_request *request) {
  const size_t count = truth->which->segments;
  uint32_t *table = malloc((count + 1) * sizeof *table);
  if (table == NULL) {
    abort();
  }
  for (size_t i = 0; i <= count; i++) {
    table[i] = request->background;
  }
  const size_t wanted = request->segments != NULL ? request->segment_count : count;
  for (size_t i = 0; i < wanted; i++) {
    const size_t segment = request->segments != NULL ? request->segments[i] : i;
    table[segment + 1] =
        request->values != NULL ? request->values[segment] : truth->description->segments[segment].number;
  }
  return table;
}

static void check_labels(const opened_object *reading, const dseg_label_request *request, const char *what) {
  const truth_volume *truth = reading->written->truth;
  const size_t count = request->plane_count * truth->plane_voxels;
  const size_t size = count * (request->bits / 8);
  void *values = malloc(size);
  if (values == NULL) {
    abort();
  }
  memset(values, 0xA5, size);
  uint32_t *table = value_table(truth, request);
  dseg_error error = {0};
  dseg_overlap overlap;
  const dseg_status status = dseg_source_read_labels(reading->source, request, values, size, &overlap, &error);
  uint64_t overlapping = 0, wrong = 0;
  for (size_t i = 0; i < count; i++) {
    const size_t plane = reading->plane_of[request->first_plane + i / truth->plane_voxels];
    const size_t voxel = plane * truth->plane_voxels + i % truth->plane_voxels;
    bool counted = false;
    const uint32_t wanted =
        truth->indices != NULL ? table[truth->indices[voxel]] : wanted_value(truth, request, voxel, &counted);
    overlapping += counted;
    wrong += status == DSEG_OK && value_at(values, request->bits, i) != wanted;
  }
  if (request->overlap == DSEG_OVERLAP_ERROR && overlapping > 0) {
    CHECK(status == DSEG_ERROR_OVERLAP && error.message[0] != '\0', "%s: overlap gives %s", what,
          dseg_status_text(status));
  } else {
    CHECK(status == DSEG_OK, "%s: %s", what, error.message);
    CHECK(wrong == 0, "%s: %llu of %zu voxels differ", what, (unsigned long long)wrong, count);
    CHECK((overlap.voxels > 0) == (overlapping > 0), "%s: overlap of %llu voxels, not %llu", what,
          (unsigned long long)overlap.voxels, (unsigned long long)overlapping);
  }
  free(table);
  free(values);
}

static void check_all_labels(const opened_object *reading) {
  const size_t planes = reading->description->geometry.plane_count;
  const size_t count = reading->description->segment_count;
  const uint32_t largest = reading->description->segments[count - 1].number;
  for (unsigned bits = largest > 255 ? 16 : 8; bits <= 32; bits *= 2) {
    for (unsigned threads = 0; threads <= 1; threads++) {
      for (int overlap = DSEG_OVERLAP_ERROR; overlap <= DSEG_OVERLAP_LAST; overlap++) {
        const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                            .plane_count = planes,
                                            .bits = bits,
                                            .overlap = (dseg_overlap_policy)overlap,
                                            .threads = threads};
        char what[60];
        snprintf(what, sizeof what, "labels of %u bits, %u threads, overlap %d", bits, threads, overlap);
        check_labels(reading, &request, what);
      }
    }
  }
  uint32_t *segments = malloc(count * sizeof *segments);
  uint32_t *values = malloc(count * sizeof *values);
  if (segments == NULL || values == NULL) {
    abort();
  }
  size_t chosen = 0;
  for (size_t i = 0; i < count; i++) {
    values[i] = (uint32_t)(i % 250 + 2);
    if (i % 2 == count / 2 % 2) {
      segments[chosen++] = (uint32_t)i;
    }
  }
  dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                .plane_count = planes,
                                .bits = 8,
                                .values = values,
                                .background = 1,
                                .overlap = DSEG_OVERLAP_FIRST};
  check_labels(reading, &request, "other values");
  request.segments = segments;
  request.segment_count = chosen;
  check_labels(reading, &request, "a subset with other values");
  request.first_plane = planes / 2;
  request.plane_count = planes - planes / 2;
  check_labels(reading, &request, "a subset in some planes");
  request.values = NULL;
  request.background = 0;
  request.bits = 16;
  request.threshold = 0.25;
  check_labels(reading, &request, "a subset with its numbers and another threshold");
  if (largest > 255) {
    uint8_t byte;
    request = (dseg_label_request){.struct_size = sizeof(dseg_label_request), .plane_count = 1, .bits = 8};
    CHECK(dseg_source_read_labels(reading->source, &request, &byte, 1, NULL, NULL) == DSEG_ERROR_ARGUMENT,
          "numbers that do not fit 8 bits are not refused");
  }
  free(values);
  free(segments);
}

static void check_mask(const opened_object *reading, size_t segment, size_t first, size_t planes, unsigned threads) {
  const truth_volume *truth = reading->written->truth;
  const size_t size = planes * truth->plane_voxels;
  uint8_t *mask = malloc(size);
  if (mask == NULL) {
    abort();
  }
  memset(mask, 0xA5, size);
  dseg_error error = {0};
  CHECK_OK(dseg_source_read_mask(reading->source, segment, first, planes, mask, size, threads, &error), error);
  size_t wrong = 0;
  for (size_t i = 0; i < size; i++) {
    const size_t plane = reading->plane_of[first + i / truth->plane_voxels];
    wrong += mask[i] != truth_mask_at(truth, segment, plane * truth->plane_voxels + i % truth->plane_voxels);
  }
  CHECK(wrong == 0, "mask of segment %zu, planes %zu+%zu: %zu voxels differ", segment, first, planes, wrong);
  free(mask);
}

/* Up to 20 segments spread over all of them. */
static void check_masks(const opened_object *reading) {
  const size_t planes = reading->description->geometry.plane_count;
  const size_t count = reading->description->segment_count;
  const size_t step = count > 20 ? count / 20 : 1;
  uint8_t *present = malloc(count);
  if (present == NULL) {
    abort();
  }
  for (size_t segment = 0; segment < count; segment += step) {
    check_mask(reading, segment, 0, planes, 0);
    check_mask(reading, segment, planes / 2, 1, 1);
  }
  for (size_t plane = 0; plane<planes; plane += planes> 20 ? planes / 20 : 1) {
    dseg_error error = {0};
    CHECK_OK(dseg_source_segments_in_plane(reading->source, plane, present, &error), error);
    const truth_volume *truth = reading->written->truth;
    for (size_t segment = 0; segment < count; segment += step) {
      const size_t first = reading->plane_of[plane] * truth->plane_voxels;
      bool voxel = false;
      for (size_t i = first; i < first + truth->plane_voxels; i++) {
        voxel = voxel || truth_mask_at(truth, segment, i) != 0;
      }
      CHECK(!voxel || present[segment] == 1, "plane %zu is said to be without segment %zu", plane, segment);
    }
  }
  free(present);
}

void check_read(const char *path, const written_object *written) {
  dseg_error error = {0};
  opened_object reading = {.written = written};
  if (!CHECK_OK(dseg_open(path, NULL, &reading.source, &error), error)) {
    return;
  }
  reading.description = dseg_source_description(reading.source);
  reading.plane_of = calloc(reading.description->geometry.plane_count + 1, sizeof *reading.plane_of);
  if (reading.plane_of == NULL) {
    abort();
  }
  check_geometry(&reading);
  if (check_segments(&reading) && match_planes(&reading) && reading.description->geometry.plane_count > 0) {
    check_all_labels(&reading);
    check_masks(&reading);
    check_frames(&reading);
  }
  free(reading.plane_of);
  dseg_source_close(reading.source);
}
