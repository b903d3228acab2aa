/* SPDX-License-Identifier: Apache-2.0 */
/* source.c - the base of all sources: checks what is asked for, and puts the source's name before messages. What the
 * kinds do is behind the table in sources/source.h. */
#include "dseg/source.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/options.h"
#include "model/overlap.h"
#include "sources/source.h"

/* What a request for several planes takes. Where planes lie across those that are read, few requests count. */
static const double CHUNK_BYTES = 4 << 20;
static const double CROSSING_BYTES = 128 << 20;

dseg_status dseg_source_finish(const dseg_source *source, dseg_status status, dseg_error *error) {
  if (status != DSEG_OK && source->name != NULL) {
    dseg_error_prefix(error, source->name);
  }
  return status;
}

enum { CLOSED = 1, VIEW = 2 };

static void free_source(dseg_source *source) {
  dseg_description *description = source->description;
  char *name = source->name;
  free(atomic_load(&source->layers));
  source->ops->close(source);
  free(name);
  dseg_description_destroy(description);
}

void dseg_source_close(dseg_source *source) {
  if (source != NULL && atomic_fetch_or(&source->holders, CLOSED) == 0) {
    free_source(source);
  }
}

void dseg_source_hold(dseg_source *source) {
  atomic_fetch_add(&source->holders, VIEW);
}

void dseg_source_release(dseg_source *source) {
  if (atomic_fetch_sub(&source->holders, VIEW) == VIEW + CLOSED) {
    free_source(source);
  }
}

dseg_status dseg_source_check_open(const dseg_source *source, dseg_error *error) {
  if ((atomic_load(&source->holders) & CLOSED) != 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "the source that this view reads from was closed: close it when its views are not read any more");
  }
  return DSEG_OK;
}

const dseg_description *dseg_source_description(const dseg_source *source) {
  return source->description;
}

const char *dseg_source_format(const dseg_source *source) {
  return source->format;
}

const dseg_encoding_info *dseg_source_encoding(const dseg_source *source) {
  static const dseg_encoding_info none;
  return source->ops->encoding != NULL ? source->ops->encoding(source) : &none;
}

dseg_status dseg_source_check_planes(const dseg_source *source, size_t first, size_t count, size_t element_bytes,
                                     size_t size, dseg_error *error) {
  const dseg_geometry *geometry = &source->description->geometry;
  if (first > geometry->plane_count || count > geometry->plane_count - first) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "planes %zu to %zu were asked for, there are %zu", first,
                     first + count, geometry->plane_count);
  }
  size_t expected;
  if (!dseg_mul_size(geometry->rows, geometry->columns, &expected) ||
      !dseg_mul_size(expected, element_bytes, &expected) || !dseg_mul_size(expected, count, &expected)) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "%zu planes of %u x %u exceed the address space", count,
                     (unsigned)geometry->columns, (unsigned)geometry->rows);
  }
  if (size != expected) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "the buffer has %zu bytes, %zu planes take %zu", size, count,
                     expected);
  }
  return DSEG_OK;
}

bool dseg_source_crosses_planes(const dseg_source *source) {
  return source->ops->crosses_planes != NULL && source->ops->crosses_planes(source);
}

size_t dseg_source_chunk_planes(const dseg_source *source, unsigned bits) {
  const dseg_geometry *geometry = &source->description->geometry;
  const bool crosses = dseg_source_crosses_planes(source);
  const double plane_bytes = (double)geometry->rows * geometry->columns * (bits > 8 ? bits / 8 : 1);
  const double planes = plane_bytes > 0 ? (crosses ? CROSSING_BYTES : CHUNK_BYTES) / plane_bytes : 1;
  const size_t most = geometry->plane_count > 0 ? geometry->plane_count : 1;
  return planes < 1 ? 1 : planes < (double)most ? (size_t)planes : most;
}

/* What read_labels works with: the caller's request made complete. */
struct complete_request {
  dseg_label_request request;
  uint32_t *values;   /* owned, or NULL */
  uint32_t *segments; /* owned, or NULL */
};

static void free_request(struct complete_request *complete) {
  free(complete->values);
  free(complete->segments);
}

/* Without values each segment is written as its number. */
static dseg_status complete_values(struct complete_request *complete, const dseg_description *description,
                                   dseg_error *error) {
  const size_t count = description->segment_count;
  complete->values = malloc((count != 0 ? count : 1) * sizeof *complete->values);
  if (complete->values == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu values", count);
  }
  for (size_t i = 0; i < count; i++) {
    complete->values[i] = description->segments[i].number;
  }
  complete->request.values = complete->values;
  return DSEG_OK;
}

/* Those of the segments asked for that are in the layer asked for are listed. */
static dseg_status complete_layer(struct complete_request *complete, dseg_source *source, dseg_error *error) {
  const dseg_layer_table *table = NULL;
  dseg_label_request *request = &complete->request;
  DSEG_TRY(dseg_source_layers(source, request->threads, &table, error));
  if (request->layer > table->layer_count) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "layer %zu was asked for, there are %zu (counted from 1)",
                     request->layer, table->layer_count);
  }
  const size_t count = request->segments != NULL ? request->segment_count : source->description->segment_count;
  uint32_t *segments = malloc((count + 1) * sizeof *segments);
  if (segments == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", count);
  }
  size_t used = 0;
  for (size_t i = 0; i < count; i++) {
    const uint32_t segment = request->segments != NULL ? request->segments[i] : (uint32_t)i;
    if (table->layer_of[segment] == request->layer - 1) {
      segments[used++] = segment;
    }
  }
  free(complete->segments);
  complete->segments = segments;
  request->segments = segments;
  request->segment_count = used;
  return DSEG_OK;
}

/* With values but without a list, the segments whose value is not 0 are listed. */
static dseg_status complete_segments(struct complete_request *complete, const dseg_description *description,
                                     dseg_error *error) {
  const size_t count = description->segment_count;
  complete->segments = malloc((count != 0 ? count : 1) * sizeof *complete->segments);
  if (complete->segments == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", count);
  }
  size_t used = 0;
  for (size_t i = 0; i < count; i++) {
    if (complete->request.values[i] != 0) {
      complete->segments[used++] = (uint32_t)i;
    }
  }
  complete->request.segments = complete->segments;
  complete->request.segment_count = used;
  return DSEG_OK;
}

/* Segments exist, and what is to be written fits the voxels. */
static dseg_status check_values(const dseg_label_request *request, const dseg_description *description,
                                dseg_error *error) {
  const uint32_t greatest = request->bits == 32 ? UINT32_MAX : ((uint32_t)1 << request->bits) - 1;
  if (request->background > greatest) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "background %u does not fit voxels of %u bits",
                     (unsigned)request->background, request->bits);
  }
  const size_t count = request->segments != NULL ? request->segment_count : description->segment_count;
  for (size_t i = 0; i < count; i++) {
    const size_t segment = request->segments != NULL ? request->segments[i] : i;
    if (segment >= description->segment_count) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "segment %zu was asked for, there are %zu (counted from 0)", segment,
                       description->segment_count);
    }
    if (request->values[segment] > greatest) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "value %u of segment %u does not fit voxels of %u bits",
                       (unsigned)request->values[segment], (unsigned)description->segments[segment].number,
                       request->bits);
    }
  }
  return DSEG_OK;
}

static dseg_status complete_request(dseg_source *source, struct complete_request *complete, dseg_error *error) {
  const dseg_description *description = source->description;
  dseg_label_request *request = &complete->request;
  if (request->values == NULL) {
    DSEG_TRY(complete_values(complete, description, error));
  } else if (request->segments == NULL) {
    DSEG_TRY(complete_segments(complete, description, error));
  }
  if (request->threshold == 0) {
    request->threshold = 0.5;
  }
  DSEG_TRY(check_values(request, description, error));
  return request->layer != 0 ? complete_layer(complete, source, error) : DSEG_OK;
}

static dseg_status check_request(const dseg_source *source, const dseg_label_request *request, const void *out,
                                 size_t size, dseg_error *error) {
  if (request->bits != 8 && request->bits != 16 && request->bits != 32) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "voxels of %u bits were asked for; 8, 16 and 32 are possible",
                     request->bits);
  }
  if ((out == NULL && size != 0) || (uintptr_t)out % (request->bits / 8) != 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "the buffer is NULL or not aligned for voxels of %u bits",
                     request->bits);
  }
  if (!(request->threshold >= 0 && request->threshold <= 1)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "threshold %g is not in 0..1", request->threshold);
  }
  return dseg_source_check_planes(source, request->first_plane, request->plane_count, request->bits / 8, size, error);
}

const void *dseg_source_view_labels(const dseg_source *source, unsigned bits, const uint32_t *values) {
  return source->ops->view_labels != NULL ? source->ops->view_labels(source, bits, values) : NULL;
}

static dseg_status read_labels(dseg_source *source, const dseg_label_request *request, void *out, size_t size,
                               dseg_overlap *overlap, dseg_error *error) {
  struct complete_request complete = {0};
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_label_request, &complete.request, request, error));
  DSEG_TRY(check_request(source, &complete.request, out, size, error));
  dseg_status status = complete_request(source, &complete, error);
  if (status == DSEG_OK && size != 0) {
    status = source->ops->read_labels(source, &complete.request, out, overlap, error);
  }
  if (status == DSEG_OK && complete.request.overlap == DSEG_OVERLAP_ERROR && overlap->voxels != 0) {
    status = dseg_overlap_fail(overlap, source->description, error);
  }
  free_request(&complete);
  return status;
}

dseg_status dseg_source_read_labels(dseg_source *source, const dseg_label_request *request, void *out, size_t size,
                                    dseg_overlap *overlap, dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || request == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_source_read_labels: source and request must not be NULL");
  }
  dseg_overlap found = {0};
  const dseg_status status = read_labels(source, request, out, size, &found, error);
  if (overlap != NULL) {
    *overlap = found;
  }
  return dseg_source_finish(source, status, error);
}

static dseg_status check_segment(const dseg_source *source, size_t segment, dseg_error *error) {
  if (segment >= source->description->segment_count) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "segment %zu was asked for, there are %zu (counted from 0)", segment,
                     source->description->segment_count);
  }
  return DSEG_OK;
}

static dseg_status read_mask(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count, uint8_t *out,
                             size_t size, unsigned threads, dseg_error *error) {
  DSEG_TRY(check_segment(source, segment, error));
  DSEG_TRY(dseg_source_check_planes(source, first_plane, plane_count, 1, size, error));
  if (size == 0) {
    return DSEG_OK;
  }
  return source->ops->read_mask(source, segment, first_plane, plane_count, out, threads, error);
}

dseg_status dseg_source_read_mask(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count,
                                  uint8_t *out, size_t size, unsigned threads, dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || (out == NULL && size != 0)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_source_read_mask: source and out must not be NULL");
  }
  return dseg_source_finish(source, read_mask(source, segment, first_plane, plane_count, out, size, threads, error),
                            error);
}

unsigned dseg_source_keeps_fractions(const dseg_source *source, double *off) {
  *off = 0;
  return source->ops->keeps_fractions != NULL ? source->ops->keeps_fractions(source, off) : 0;
}

dseg_status dseg_source_read_fractions(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count,
                                       const dseg_reals *out, unsigned threads, dseg_error *error) {
  double off = 0;
  if (dseg_source_keeps_fractions(source, &off) != 0) {
    return dseg_source_finish(
        source, source->ops->read_fractions(source, segment, first_plane, plane_count, out, threads, error), error);
  }
  const dseg_geometry *geometry = &source->description->geometry;
  const size_t count = (size_t)geometry->rows * geometry->columns * plane_count;
  const uint32_t maximum = source->description->maximum_fraction;
  DSEG_TRY(dseg_source_read_mask(source, segment, first_plane, plane_count, out->values, count, threads, error));
  dseg_reals_widen(out, count, maximum > 0 ? maximum : 1);
  return DSEG_OK;
}

dseg_status dseg_source_segments_in_plane(dseg_source *source, size_t plane, uint8_t *present, dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || present == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_source_segments_in_plane: source and present must not be NULL");
  }
  const size_t count = source->description->geometry.plane_count;
  if (plane >= count) {
    return dseg_source_finish(
        source, dseg_fail(error, DSEG_ERROR_ARGUMENT, "plane %zu was asked for, there are %zu", plane, count), error);
  }
  return dseg_source_finish(source, source->ops->segments_in_plane(source, plane, present, error), error);
}

/* Frames exist, and this one does. */
static dseg_status check_frame(const dseg_source *source, size_t frame, dseg_error *error) {
  if (source->ops->frame == NULL || source->ops->read_frame == NULL) {
    return dseg_source_encoding(source)->sop_class_uid != NULL
               ? dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "a view has no frames of its own: read its planes")
               : dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "%s has no frames", source->format);
  }
  const size_t count = dseg_source_encoding(source)->frame_count;
  if (frame >= count) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "frame %zu was asked for, there are %zu (counted from 0)", frame,
                     count);
  }
  return DSEG_OK;
}

dseg_status dseg_source_frame(const dseg_source *source, size_t frame, dseg_frame_location *location,
                              dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || location == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_source_frame: source and location must not be NULL");
  }
  dseg_status status = check_frame(source, frame, error);
  if (status == DSEG_OK) {
    status = source->ops->frame(source, frame, location, error);
  }
  return dseg_source_finish(source, status, error);
}

dseg_status dseg_source_frame_range(const dseg_source *source, size_t frame, dseg_frame_range *range,
                                    dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || range == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_source_frame_range: source and range must not be NULL");
  }
  dseg_status status = check_frame(source, frame, error);
  if (status == DSEG_OK) {
    status = source->ops->frame_range(source, frame, range, error);
  }
  return dseg_source_finish(source, status, error);
}

dseg_status dseg_source_read_frame(dseg_source *source, size_t frame, dseg_buffer *out, dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || out == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_source_read_frame: source and out must not be NULL");
  }
  dseg_status status = check_frame(source, frame, error);
  if (status == DSEG_OK) {
    status = source->ops->read_frame(source, frame, out, error);
  }
  return dseg_source_finish(source, status, error);
}
