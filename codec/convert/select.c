/* SPDX-License-Identifier: Apache-2.0 */
/* select.c - the segments and planes that the output takes, and the view that has them alone. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "convert/job.h"
#include "dseg/view.h"
#include "model/label_lookup.h"
#include "model/vector.h"

/* The index in the source of a segment of the target as the JSON left it; see dseg_convert_job. */
static uint32_t source_index(const dseg_convert_job *job, size_t segment) {
  if (job->changes == NULL) {
    return (uint32_t)segment;
  }
  const uint32_t former = job->changes[segment].former;
  return former != UINT32_MAX ? former : (uint32_t)(dseg_source_description(job->source)->segment_count + segment);
}

static dseg_status refuse_text(dseg_convert_job *job, dseg_error *error) {
  const dseg_description *target = job->target;
  const dseg_error found = *error;
  dseg_error_clear(error);
  if (target->segment_count == 0) {
    dseg_fail(error, DSEG_ERROR_FORMAT, "%s: %.700s: there is none", dseg_convert_name(job, DSEG_OPTION_SEGMENTS),
              found.message);
  } else {
    dseg_fail(error, DSEG_ERROR_FORMAT, "%s: %.700s; there are %zu, %" PRIu32 " \"%.64s\" for instance",
              dseg_convert_name(job, DSEG_OPTION_SEGMENTS), found.message, target->segment_count,
              target->segments[0].number, target->segments[0].label);
  }
  return dseg_convert_fail_input(job, DSEG_ERROR_FORMAT, error);
}

/* Leaves the segments in the target that the options ask for. indices: room for all. */
static dseg_status choose_segments(dseg_convert_job *job, uint32_t *indices, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  dseg_description *target = job->target;
  size_t found = target->segment_count;
  for (size_t i = 0; i < target->segment_count; i++) {
    indices[i] = (uint32_t)i;
  }
  if (options->segment_count > 0) {
    const dseg_status status =
        dseg_find_segments(target, options->segments, options->segment_count, indices, &found, error);
    if (status != DSEG_OK) {
      return status == DSEG_ERROR_ARGUMENT ? refuse_text(job, error) : dseg_convert_fail_input(job, status, error);
    }
    if (found == 0) {
      dseg_fail(error, DSEG_ERROR_ARGUMENT, "\"%.200s\" names no segment", options->segments[0]);
      return refuse_text(job, error);
    }
  }
  for (size_t i = 0; i < found; i++) {
    job->source_segment[i] = source_index(job, indices[i]);
    target->segments[i] = target->segments[indices[i]];
  }
  target->segment_count = found;
  return DSEG_OK;
}

dseg_status dseg_convert_select_segments(dseg_convert_job *job, dseg_error *error) {
  const size_t count = job->target->segment_count;
  const size_t source_count = dseg_source_description(job->source)->segment_count;
  uint32_t *indices = calloc(count + 1, sizeof *indices);
  job->source_segment = calloc(count + 1, sizeof *job->source_segment);
  job->read_segments = calloc(count + 1, sizeof *job->read_segments);
  job->values = calloc(source_count + count + 1, sizeof *job->values);
  const bool is_complete =
      indices != NULL && job->source_segment != NULL && job->read_segments != NULL && job->values != NULL;
  const dseg_status status = is_complete ? choose_segments(job, indices, error) : dseg_convert_fail_memory(job, error);
  free(indices);
  return status;
}

/* Lists the segments of the source that the target has, ascending; how many. indices: room for all of the source. */
static size_t list_read(const dseg_convert_job *job, uint32_t *indices) {
  const size_t source_count = dseg_source_description(job->source)->segment_count;
  size_t count = 0;
  memset(indices, 0, source_count * sizeof *indices);
  for (size_t i = 0; i < job->target->segment_count; i++) {
    if (job->source_segment[i] < source_count) {
      indices[job->source_segment[i]] = 1;
    }
  }
  for (uint32_t i = 0; i < source_count; i++) {
    if (indices[i] != 0) {
      indices[count++] = i;
    }
  }
  return count;
}

/* From indices in the source to those in the view, which has count of its segments. They keep their numbers, and so
 * their order. */
static void follow_view(dseg_convert_job *job, const uint32_t *indices, size_t count) {
  const size_t source_count = dseg_source_description(job->source)->segment_count;
  for (size_t i = 0; i < job->target->segment_count; i++) {
    const uint32_t index = job->source_segment[i];
    const size_t place = index < source_count ? dseg_find_number(indices, count, index) : index - source_count + count;
    job->source_segment[i] = (uint32_t)place;
  }
  for (size_t i = 0; job->metadata_lists != NULL && i < count; i++) {
    job->metadata_lists[i] = job->metadata_lists[indices[i]];
  }
}

/* Planes in descending order, for a view that has them ascending; NULL where memory is short. */
static size_t *reverse_planes(size_t first, size_t count) {
  size_t *planes = calloc(count + 1, sizeof *planes);
  for (size_t i = 0; planes != NULL && i < count; i++) {
    planes[i] = first + count - 1 - i;
  }
  return planes;
}

/* Whether planes go against the normal, cross product of row and column direction (PS3.3 C.7.6.2.1.1). */
static bool descends(const dseg_geometry *geometry, size_t first, size_t count) {
  if (geometry->space != DSEG_SPACE_PATIENT || count < 2) {
    return false;
  }
  double normal[3];
  dseg_cross(geometry->orientation, geometry->orientation + 3, normal);
  const double *from = geometry->planes[first].position;
  const double *to = geometry->planes[first + count - 1].position;
  const double way[3] = {to[0] - from[0], to[1] - from[1], to[2] - from[2]};
  return dseg_dot(way, normal) < 0;
}

static dseg_status derive(dseg_convert_job *job, dseg_derive_options *derive_options, const uint32_t *indices,
                          size_t segment_count, dseg_error *error) {
  const dseg_description *source = dseg_source_description(job->source);
  const dseg_convert_options *options = job->options;
  if (segment_count > 0 && segment_count < source->segment_count) {
    derive_options->segments = indices;
    derive_options->segment_count = segment_count;
  }
  derive_options->threshold = options->threshold;
  derive_options->threads = options->threads;
  return dseg_source_derive(job->source, derive_options, &job->view, error);
}

/* Makes the view of what is selected. indices: room for all segments of the source. */
static dseg_status select_view(dseg_convert_job *job, uint32_t *indices, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  const dseg_geometry *geometry = &dseg_source_description(job->source)->geometry;
  dseg_derive_options derive_options = {.struct_size = sizeof derive_options, .plane_count = geometry->plane_count};
  if (options->first_plane > 0) {
    if (options->last_plane > geometry->plane_count) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "%s %zu-%zu: there are %zu planes",
                       dseg_convert_name(job, DSEG_OPTION_PLANES), options->first_plane, options->last_plane,
                       geometry->plane_count);
    }
    derive_options.first_plane = options->first_plane - 1;
    derive_options.plane_count = options->last_plane - derive_options.first_plane;
  }
  size_t *planes = NULL;
  if (options->ascending && descends(geometry, derive_options.first_plane, derive_options.plane_count)) {
    planes = reverse_planes(derive_options.first_plane, derive_options.plane_count);
    if (planes == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", derive_options.plane_count);
    }
    derive_options.planes = planes;
    derive_options.first_plane = 0;
  }
  const size_t count = list_read(job, indices);
  const dseg_status status = derive(job, &derive_options, indices, count, error);
  free(planes);
  if (status == DSEG_OK && derive_options.segments != NULL) {
    follow_view(job, indices, count);
  }
  return status;
}

dseg_status dseg_convert_select_view(dseg_convert_job *job, dseg_error *error) {
  uint32_t *indices = calloc(dseg_source_description(job->source)->segment_count + 1, sizeof *indices);
  if (indices == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  const dseg_status status = select_view(job, indices, error);
  free(indices);
  if (status != DSEG_OK) {
    return dseg_convert_fail_input(job, status, error);
  }
  job->target->geometry = dseg_source_description(job->view)->geometry;
  dseg_convert_list_read_segments(job);
  return DSEG_OK;
}
