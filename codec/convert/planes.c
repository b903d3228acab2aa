/* SPDX-License-Identifier: Apache-2.0 */
/* planes.c - fetches planes of the output from the source: empty ones, and rasters that lie within a larger
 * one or are turned, included. */
#include <stdlib.h>
#include <string.h>

#include "convert/convert.h"

enum { CHUNK_BYTES = 4 << 20 };

void convert_fill(void *out, unsigned bits, size_t count, uint32_t value) {
  if (value == 0 || bits == 8) {
    memset(out, (int)(value & 0xFF), count * (bits / 8));
    return;
  }
  for (size_t i = 0; i < count; i++) {
    if (bits == 16) {
      ((uint16_t *)out)[i] = (uint16_t)value;
    } else {
      ((uint32_t *)out)[i] = value;
    }
  }
}

size_t convert_chunk_planes(const convert_job *job) {
  const dseg_geometry *geometry = &job->target->geometry;
  const size_t plane_bytes = (size_t)geometry->rows * geometry->columns * (job->bits / 8);
  const size_t planes = plane_bytes > 0 ? CHUNK_BYTES / plane_bytes : 1;
  return planes > 0 ? planes : 1;
}

/* Copies a source plane of elements to its place in the output's plane. */
static void scatter(const convert_map *map, const void *from, size_t rows, size_t columns, size_t element, void *to) {
  const uint8_t *pixel = from;
  for (size_t row = 0; row < rows; row++) {
    ptrdiff_t place = map->start + (ptrdiff_t)row * map->row_step;
    if (map->column_step == 1) {
      memcpy((uint8_t *)to + (size_t)place * element, pixel, columns * element);
      pixel += columns * element;
      continue;
    }
    for (size_t column = 0; column < columns; column++) {
      memcpy((uint8_t *)to + (size_t)place * element, pixel, element);
      pixel += element;
      place += map->column_step;
    }
  }
}

static const dseg_geometry *source_geometry(const convert_job *job) {
  return &dseg_source_description(job->source)->geometry;
}

/* A buffer for one plane of the source, of 32-bit values at most. */
static dseg_status need_scratch(convert_job *job, dseg_error *error) {
  if (job->mask_plane == NULL) {
    const dseg_geometry *geometry = source_geometry(job);
    job->mask_plane = malloc((size_t)geometry->rows * geometry->columns * sizeof(uint32_t) + 1);
  }
  return job->mask_plane != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a plane");
}

/* Reads planes that lie one after the other in the source, too. */
static dseg_status read_run(convert_job *job, dseg_label_request *request, void *out, dseg_overlap *overlap,
                            dseg_error *error) {
  const dseg_geometry *geometry = source_geometry(job);
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  const size_t bytes = request->plane_count * pixels * (request->bits / 8);
  dseg_overlap found = {0};
  if (job->map.same_raster) {
    DSEG_TRY(dseg_source_read_labels(job->source, request, out, bytes, &found, error));
  } else {
    const dseg_geometry *target = &job->target->geometry;
    DSEG_TRY(need_scratch(job, error));
    DSEG_TRY(dseg_source_read_labels(job->source, request, job->mask_plane, bytes, &found, error));
    convert_fill(out, request->bits, (size_t)target->rows * target->columns, request->background);
    scatter(&job->map, job->mask_plane, geometry->rows, geometry->columns, request->bits / 8, out);
  }
  convert_merge_overlap(overlap, &found);
  return DSEG_OK;
}

/* How many planes from the given one on follow each other in the source, forwards (step 1) or backwards (-1). */
static size_t run_length(const convert_map *map, size_t first, size_t count, ptrdiff_t step) {
  size_t length = 1;
  while (map->same_raster && length < count && map->source_plane[first + length] >= 0 &&
         map->source_plane[first + length] == map->source_plane[first] + step * (ptrdiff_t)length) {
    length++;
  }
  return length;
}

static void reverse_planes(uint8_t *planes, size_t count, size_t bytes, uint8_t *scratch) {
  for (size_t i = 0; i < count / 2; i++) {
    uint8_t *a = planes + i * bytes;
    uint8_t *b = planes + (count - 1 - i) * bytes;
    memcpy(scratch, a, bytes);
    memcpy(a, b, bytes);
    memcpy(b, scratch, bytes);
  }
}

/* Reads the longest run from plane first on, in either direction; length receives how many planes that were. */
static dseg_status read_longest_run(convert_job *job, dseg_label_request *request, size_t first, size_t count,
                                    void *out, dseg_overlap *overlap, size_t *length, dseg_error *error) {
  const ptrdiff_t *source_plane = job->map.source_plane + first;
  const size_t backwards = run_length(&job->map, first, count, -1);
  *length = backwards > 1 ? backwards : run_length(&job->map, first, count, 1);
  request->first_plane = (size_t)(backwards > 1 ? source_plane[backwards - 1] : source_plane[0]);
  request->plane_count = *length;
  DSEG_TRY(read_run(job, request, out, overlap, error));
  if (backwards > 1) {
    const dseg_geometry *geometry = source_geometry(job);
    DSEG_TRY(need_scratch(job, error));
    reverse_planes(out, *length, (size_t)geometry->rows * geometry->columns * (request->bits / 8), job->mask_plane);
  }
  return DSEG_OK;
}

dseg_status convert_read_labels(convert_job *job, size_t first, size_t count, const uint32_t *segments,
                                size_t segment_count, dseg_overlap_policy policy, void *out, dseg_overlap *overlap,
                                dseg_error *error) {
  const dseg_geometry *target = &job->target->geometry;
  const size_t pixels = (size_t)target->rows * target->columns;
  dseg_label_request request = {
      .struct_size = sizeof(dseg_label_request),
      .bits = job->bits,
      .values = job->values,
      .segments = segments != NULL ? segments : job->read_segments,
      .segment_count = segments != NULL ? segment_count : job->read_count,
      .background = job->target->background,
      .overlap = policy,
      .threshold = job->options->threshold,
      .threads = job->options->threads,
  };
  uint8_t *place = out;
  for (size_t i = 0; i < count;) {
    size_t length = 1;
    if (job->map.source_plane[first + i] < 0 || request.segment_count == 0) {
      convert_fill(place, job->bits, pixels, request.background);
    } else {
      DSEG_TRY(read_longest_run(job, &request, first + i, count - i, place, overlap, &length, error));
    }
    place += length * pixels * (job->bits / 8);
    i += length;
  }
  return DSEG_OK;
}

/* Turns what the source says of a segment's voxels into what the output's mask holds. */
static void adjust_mask(const convert_job *job, uint8_t *mask, size_t count) {
  const dseg_description *source = dseg_source_description(job->source);
  const bool from_fractions = source->maximum_fraction > 0;
  if (from_fractions && job->fractions) {
    return;
  }
  uint32_t least = 1;
  if (from_fractions) {
    const double threshold = job->options->threshold * source->maximum_fraction;
    least = (uint32_t)threshold;
    least += (double)least < threshold || least == 0 ? 1 : 0;
  }
  const uint8_t inside = (uint8_t)job->mask_maximum;
  if (least == 1 && inside == 1 && !from_fractions) {
    return;
  }
  for (size_t i = 0; i < count; i++) {
    mask[i] = mask[i] >= least ? inside : 0;
  }
}

dseg_status convert_read_mask(convert_job *job, size_t segment, size_t plane, uint8_t *out, dseg_error *error) {
  const dseg_geometry *target = &job->target->geometry;
  const dseg_geometry *source = source_geometry(job);
  const size_t source_pixels = (size_t)source->rows * source->columns;
  const ptrdiff_t source_plane = job->map.source_plane[plane];
  if (source_plane < 0 || convert_is_absent(job, segment)) {
    memset(out, 0, (size_t)target->rows * target->columns);
    return DSEG_OK;
  }
  uint8_t *mask = out;
  if (!job->map.same_raster) {
    DSEG_TRY(need_scratch(job, error));
    mask = job->mask_plane;
  }
  DSEG_TRY(dseg_source_read_mask(job->source, job->source_segment[segment], (size_t)source_plane, 1, mask,
                                 source_pixels, job->options->threads, error));
  adjust_mask(job, mask, source_pixels);
  if (!job->map.same_raster) {
    memset(out, 0, (size_t)target->rows * target->columns);
    scatter(&job->map, mask, source->rows, source->columns, 1, out);
  }
  return DSEG_OK;
}

dseg_status convert_segments_in_plane(convert_job *job, size_t plane, uint8_t *present, uint8_t *scratch,
                                      dseg_error *error) {
  const ptrdiff_t source_plane = job->map.source_plane[plane];
  if (source_plane < 0) {
    memset(present, 0, job->target->segment_count);
    return DSEG_OK;
  }
  DSEG_TRY(dseg_source_segments_in_plane(job->source, (size_t)source_plane, scratch, error));
  for (size_t i = 0; i < job->target->segment_count; i++) {
    present[i] = convert_is_absent(job, i) ? 0 : scratch[job->source_segment[i]];
  }
  return DSEG_OK;
}
