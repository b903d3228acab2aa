/* SPDX-License-Identifier: Apache-2.0 */
/* planes.c - fetches planes of the output from the source: empty ones, and rasters that lie within a larger
 * one or are turned, included. */
#include <stdlib.h>
#include <string.h>

#include "convert/job.h"
#include "model/overlap.h"

enum { CHUNK_BYTES = 4 << 20 };

void dseg_convert_fill(void *out, unsigned bits, size_t count, uint32_t value) {
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

size_t dseg_convert_chunk_planes(const dseg_convert_job *job) {
  const dseg_geometry *geometry = &job->target->geometry;
  const size_t plane_bytes = (size_t)geometry->rows * geometry->columns * (job->bits / 8);
  const size_t planes = plane_bytes > 0 ? CHUNK_BYTES / plane_bytes : 1;
  return planes > 0 ? planes : 1;
}

/* Copies the pixels of a source plane that the output's plane has to their places; the others stay as they are. */
static void scatter(const dseg_convert_job *job, const uint8_t *from, size_t element, uint8_t *to) {
  const dseg_geometry *target = &job->target->geometry;
  const dseg_raster_map *map = &job->map;
  const size_t width = dseg_source_description(job->source)->geometry.columns;
  /* How far apart in the source the pixels of a row of the target are, and its rows. */
  const size_t along = map->source_axis[0] == 0 ? 1 : width;
  const size_t across = map->source_axis[0] == 0 ? width : 1;
  for (size_t row = 0; row < target->rows; row++) {
    uint8_t *pixel = to + row * target->columns * element;
    const int32_t source_row = map->index[1][row];
    for (size_t column = 0; source_row >= 0 && column < target->columns; column++) {
      const int32_t source_column = map->index[0][column];
      if (source_column >= 0) {
        const size_t place = (size_t)source_row * across + (size_t)source_column * along;
        memcpy(pixel + column * element, from + place * element, element);
      }
    }
  }
}

static const dseg_geometry *source_geometry(const dseg_convert_job *job) {
  return &dseg_source_description(job->source)->geometry;
}

/* A buffer for one plane of the source, of 32-bit values at most. */
static dseg_status need_scratch(dseg_convert_job *job, dseg_error *error) {
  if (job->scratch_plane == NULL) {
    const dseg_geometry *geometry = source_geometry(job);
    job->scratch_plane = malloc((size_t)geometry->rows * geometry->columns * sizeof(uint32_t) + 1);
  }
  return job->scratch_plane != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a plane");
}

/* Reads planes that lie one after the other in the source, too. */
static dseg_status read_run(dseg_convert_job *job, dseg_label_request *request, void *out, dseg_overlap *overlap,
                            dseg_error *error) {
  const dseg_geometry *geometry = source_geometry(job);
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  const size_t bytes = request->plane_count * pixels * (request->bits / 8);
  dseg_overlap found = {0};
  if (job->same_raster) {
    DSEG_TRY(dseg_source_read_labels(job->source, request, out, bytes, &found, error));
  } else {
    const dseg_geometry *target = &job->target->geometry;
    DSEG_TRY(need_scratch(job, error));
    DSEG_TRY(dseg_source_read_labels(job->source, request, job->scratch_plane, bytes, &found, error));
    dseg_convert_fill(out, request->bits, (size_t)target->rows * target->columns, request->background);
    scatter(job, job->scratch_plane, request->bits / 8, out);
  }
  dseg_overlap_merge(overlap, &found);
  return DSEG_OK;
}

/* How many planes from the given one on follow each other in the source, forwards (step 1) or backwards (-1). */
static size_t run_length(const dseg_convert_job *job, size_t first, size_t count, ptrdiff_t step) {
  const int32_t *plane = job->map.index[2] + first;
  size_t length = 1;
  while (job->same_raster && length < count && plane[length] >= 0 &&
         plane[length] == plane[0] + step * (ptrdiff_t)length) {
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
static dseg_status read_longest_run(dseg_convert_job *job, dseg_label_request *request, size_t first, size_t count,
                                    void *out, dseg_overlap *overlap, size_t *length, dseg_error *error) {
  const int32_t *source_plane = job->map.index[2] + first;
  const size_t backwards = run_length(job, first, count, -1);
  *length = backwards > 1 ? backwards : run_length(job, first, count, 1);
  request->first_plane = (size_t)(backwards > 1 ? source_plane[backwards - 1] : source_plane[0]);
  request->plane_count = *length;
  DSEG_TRY(read_run(job, request, out, overlap, error));
  if (backwards > 1) {
    const dseg_geometry *geometry = source_geometry(job);
    DSEG_TRY(need_scratch(job, error));
    reverse_planes(out, *length, (size_t)geometry->rows * geometry->columns * (request->bits / 8), job->scratch_plane);
  }
  return DSEG_OK;
}

dseg_status dseg_convert_read_labels(dseg_convert_job *job, size_t first, size_t count, const uint32_t *segments,
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
    if (job->map.index[2][first + i] < 0 || request.segment_count == 0) {
      dseg_convert_fill(place, job->bits, pixels, request.background);
    } else {
      DSEG_TRY(read_longest_run(job, &request, first + i, count - i, place, overlap, &length, error));
    }
    place += length * pixels * (job->bits / 8);
    i += length;
  }
  return DSEG_OK;
}

/* Turns what the source says of a segment's voxels into what the output's mask holds. */
static void adjust_mask(const dseg_convert_job *job, uint8_t *mask, size_t count) {
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

dseg_status dseg_convert_read_mask(dseg_convert_job *job, size_t segment, size_t plane, uint8_t *out,
                                   dseg_error *error) {
  const dseg_geometry *target = &job->target->geometry;
  const dseg_geometry *source = source_geometry(job);
  const size_t source_pixels = (size_t)source->rows * source->columns;
  const int32_t source_plane = job->map.index[2][plane];
  if (source_plane < 0 || dseg_convert_is_absent(job, segment)) {
    memset(out, 0, (size_t)target->rows * target->columns);
    return DSEG_OK;
  }
  uint8_t *mask = out;
  if (!job->same_raster) {
    DSEG_TRY(need_scratch(job, error));
    mask = job->scratch_plane;
  }
  DSEG_TRY(dseg_source_read_mask(job->source, job->source_segment[segment], (size_t)source_plane, 1, mask,
                                 source_pixels, job->options->threads, error));
  adjust_mask(job, mask, source_pixels);
  if (!job->same_raster) {
    memset(out, 0, (size_t)target->rows * target->columns);
    scatter(job, mask, 1, out);
  }
  return DSEG_OK;
}

dseg_status dseg_convert_segments_in_plane(dseg_convert_job *job, size_t plane, uint8_t *present, uint8_t *scratch,
                                           dseg_error *error) {
  const int32_t source_plane = job->map.index[2][plane];
  if (source_plane < 0) {
    memset(present, 0, job->target->segment_count);
    return DSEG_OK;
  }
  DSEG_TRY(dseg_source_segments_in_plane(job->source, (size_t)source_plane, scratch, error));
  for (size_t i = 0; i < job->target->segment_count; i++) {
    present[i] = dseg_convert_is_absent(job, i) ? 0 : scratch[job->source_segment[i]];
  }
  return DSEG_OK;
}
