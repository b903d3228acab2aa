/* SPDX-License-Identifier: Apache-2.0 */
/* view.c - reads a view: a request in terms of the view becomes one in terms of its source. What a view is: view.h. */
#include "sources/view.h"

#include <stdlib.h>
#include <string.h>

#include "model/fractions.h"
#include "model/label_planes.h"
#include "model/overlap.h"

static const dseg_view_source *own(const dseg_source *source) {
  return (const dseg_view_source *)(const void *)source;
}

static size_t segment_count(const dseg_view_source *view) {
  return view->base.description->segment_count;
}

/* The tables of a request by segments of the source; NULL where those of the view serve. */
struct translation {
  uint32_t *values;
  uint32_t *segments;
};

static void free_translation(struct translation *tables) {
  free(tables->values);
  free(tables->segments);
}

/* The segments that request asks for, by their indices in the source. */
static void list_segments(const dseg_view_source *view, const dseg_label_request *request, uint32_t *segments) {
  const size_t count = request->segments != NULL ? request->segment_count : segment_count(view);
  for (size_t i = 0; i < count; i++) {
    segments[i] = view->source_segment[request->segments != NULL ? request->segments[i] : i];
  }
}

static dseg_status translate(const dseg_view_source *view, const dseg_label_request *request,
                             struct translation *tables, dseg_label_request *of_source, dseg_error *error) {
  *of_source = *request;
  if (view->threshold > 0) {
    of_source->threshold = view->threshold;
  }
  if (view->all_segments) {
    return DSEG_OK;
  }
  const size_t count = request->segments != NULL ? request->segment_count : segment_count(view);
  tables->values = calloc(view->source->description->segment_count + 1, sizeof *tables->values);
  tables->segments = calloc(count + 1, sizeof *tables->segments);
  if (tables->values == NULL || tables->segments == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", count);
  }
  for (size_t i = 0; i < segment_count(view); i++) {
    tables->values[view->source_segment[i]] = request->values[i];
  }
  list_segments(view, request, tables->segments);
  of_source->values = tables->values;
  of_source->segments = tables->segments;
  of_source->segment_count = count;
  return DSEG_OK;
}

static dseg_status read_source_labels(dseg_plane_reader *reader, size_t first, size_t count, void *out,
                                      dseg_error *error) {
  dseg_source *source = reader->view->source;
  dseg_overlap found = {0};
  reader->request.first_plane = first;
  reader->request.plane_count = count;
  DSEG_TRY(source->ops->read_labels(source, &reader->request, out, &found, error));
  dseg_overlap_merge(&reader->overlap, &found);
  return DSEG_OK;
}

/* Whether what was found may be wrong for the view: the first and the last of its segments are others than those of the
 * source's, or voxels were counted that lie outside the view or in planes of it that were not asked for. */
static bool must_look_again(const dseg_view_source *view, const dseg_label_request *request) {
  const bool by_order = !view->same_order && request->overlap != DSEG_OVERLAP_ERROR;
  const bool in_part =
      !dseg_raster_map_keeps_planes(&view->map) && request->plane_count < view->base.description->geometry.plane_count;
  return by_order || in_part || view->cropped;
}

static void take_overlap(const dseg_view_source *view, dseg_overlap *found, dseg_overlap *overlap) {
  for (size_t i = 0; i < found->pair_count; i++) {
    found->pairs[i].first = view->segment_of[found->pairs[i].first];
    found->pairs[i].second = view->segment_of[found->pairs[i].second];
  }
  dseg_overlap_merge(overlap, found);
}

static dseg_status read_labels(dseg_source *source, const dseg_label_request *request, void *out, dseg_overlap *overlap,
                               dseg_error *error) {
  const dseg_view_source *view = own(source);
  DSEG_TRY(dseg_source_check_open(view->source, error));
  dseg_plane_reader reader = {.view = view,
                              .element = request->bits / 8,
                              .background = request->background,
                              .threads = request->threads,
                              .read = read_source_labels};
  struct translation tables = {NULL, NULL};
  dseg_status status = translate(view, request, &tables, &reader.request, error);
  if (status == DSEG_OK) {
    status = dseg_view_read_planes(&reader, request->first_plane, request->plane_count, out, error);
  }
  if (status == DSEG_OK && reader.overlap.voxels > 0) {
    if (must_look_again(view, request)) {
      status = dseg_view_read_overlapping(&reader, request, out, overlap, error);
    } else {
      take_overlap(view, &reader.overlap, overlap);
    }
  }
  free_translation(&tables);
  return status;
}

static dseg_status read_source_mask(dseg_plane_reader *reader, size_t first, size_t count, void *out,
                                    dseg_error *error) {
  dseg_source *source = reader->view->source;
  const dseg_geometry *geometry = &source->description->geometry;
  DSEG_TRY(source->ops->read_mask(source, reader->segment, first, count, out, reader->threads, error));
  if (reader->least > 0) {
    const size_t voxels = (size_t)geometry->rows * geometry->columns * count;
    uint8_t *mask = out;
    for (size_t i = 0; i < voxels; i++) {
      mask[i] = mask[i] >= reader->least;
    }
  }
  return DSEG_OK;
}

static dseg_status read_mask(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count, uint8_t *out,
                             unsigned threads, dseg_error *error) {
  const dseg_view_source *view = own(source);
  DSEG_TRY(dseg_source_check_open(view->source, error));
  dseg_plane_reader reader = {.view = view,
                              .element = 1,
                              .threads = threads,
                              .read = read_source_mask,
                              .segment = view->source_segment[segment]};
  const uint32_t maximum = view->source->description->maximum_fraction;
  reader.least = view->threshold > 0 ? dseg_stored_threshold(view->threshold, maximum) : 0;
  return dseg_view_read_planes(&reader, first_plane, plane_count, out, error);
}

/* Masks are no fractions any more. */
static unsigned keeps_fractions(const dseg_source *source, double *off) {
  const dseg_view_source *view = own(source);
  return view->threshold > 0 ? 0 : dseg_source_keeps_fractions(view->source, off);
}

static dseg_status read_source_fractions(dseg_plane_reader *reader, size_t first, size_t count, void *out,
                                         dseg_error *error) {
  dseg_source *source = reader->view->source;
  const dseg_reals reals = {out, 8 * reader->element};
  return source->ops->read_fractions(source, reader->segment, first, count, &reals, reader->threads, error);
}

static dseg_status read_fractions(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count,
                                  const dseg_reals *out, unsigned threads, dseg_error *error) {
  const dseg_view_source *view = own(source);
  DSEG_TRY(dseg_source_check_open(view->source, error));
  dseg_plane_reader reader = {.view = view,
                              .element = out->bits / 8,
                              .threads = threads,
                              .read = read_source_fractions,
                              .segment = view->source_segment[segment]};
  return dseg_view_read_planes(&reader, first_plane, plane_count, out->values, error);
}

/* Sets present to 1 for segments of the view that a plane of the source may hold. */
static dseg_status add_plane(const dseg_view_source *view, size_t plane, uint8_t *scratch, uint8_t *present,
                             dseg_error *error) {
  DSEG_TRY(view->source->ops->segments_in_plane(view->source, plane, scratch, error));
  for (size_t i = 0; i < segment_count(view); i++) {
    present[i] |= scratch[view->source_segment[i]];
  }
  return DSEG_OK;
}

/* A plane that lies across others may hold what any of them holds. The result is kept for the next question, in the
 * place of what another thread may have left. */
static dseg_status segments_of_all_planes(dseg_view_source *view, uint8_t *scratch, uint8_t *present,
                                          dseg_error *error) {
  const uint8_t *known = atomic_load(&view->of_all_planes);
  if (known != NULL) {
    memcpy(present, known, segment_count(view));
    return DSEG_OK;
  }
  const int axis = view->map.source_axis[0] == 2 ? 0 : 1;
  for (size_t i = 0; i < dseg_raster_size(&view->base.description->geometry, axis); i++) {
    if (view->map.index[axis][i] >= 0) {
      DSEG_TRY(add_plane(view, (size_t)view->map.index[axis][i], scratch, present, error));
    }
  }
  uint8_t *kept = malloc(segment_count(view) + 1);
  if (kept == NULL) {
    return DSEG_OK; /* it is found again next time */
  }
  memcpy(kept, present, segment_count(view));
  uint8_t *none = NULL;
  if (!atomic_compare_exchange_strong(&view->of_all_planes, &none, kept)) {
    free(kept);
  }
  return DSEG_OK;
}

static dseg_status segments_in_plane(dseg_source *source, size_t plane, uint8_t *present, dseg_error *error) {
  dseg_view_source *view = dseg_as_view(source);
  DSEG_TRY(dseg_source_check_open(view->source, error));
  memset(present, 0, segment_count(view));
  const int32_t index = view->map.index[2][plane];
  if (index < 0) {
    return DSEG_OK;
  }
  uint8_t *scratch = malloc(view->source->description->segment_count + 1);
  if (scratch == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments",
                     view->source->description->segment_count);
  }
  const dseg_status status = dseg_raster_map_keeps_planes(&view->map)
                                 ? add_plane(view, (size_t)index, scratch, present, error)
                                 : segments_of_all_planes(view, scratch, present, error);
  free(scratch);
  return status;
}

/* Whether the planes of the view are planes of the source that lie in memory one after the other. */
static bool is_range(const dseg_view_source *view) {
  const int32_t *planes = view->map.index[2];
  for (size_t i = 0; i < view->base.description->geometry.plane_count; i++) {
    if (planes[i] < 0 || planes[i] != planes[0] + (int32_t)i) {
      return false;
    }
  }
  return view->plain;
}

static const void *view_labels(const dseg_source *source, unsigned bits, const uint32_t *values) {
  const dseg_view_source *view = own(source);
  const dseg_source *from = view->source;
  if (from->ops->view_labels == NULL || segment_count(view) != from->description->segment_count || !is_range(view) ||
      dseg_source_check_open(from, NULL) != DSEG_OK) {
    return NULL;
  }
  uint32_t *of_source = calloc(segment_count(view) + 1, sizeof *of_source);
  if (of_source == NULL) {
    return NULL;
  }
  for (size_t i = 0; i < segment_count(view); i++) {
    of_source[view->source_segment[i]] = values != NULL ? values[i] : view->base.description->segments[i].number;
  }
  const uint8_t *labels = from->ops->view_labels(from, bits, of_source);
  free(of_source);
  const dseg_geometry *geometry = &view->base.description->geometry;
  return labels != NULL ? labels + (size_t)view->map.index[2][0] * geometry->rows * geometry->columns * (bits / 8)
                        : NULL;
}

static const dseg_encoding_info *encoding(const dseg_source *source) {
  return &own(source)->info;
}

static dseg_status frame(const dseg_source *source, size_t number, dseg_frame_location *location, dseg_error *error) {
  const dseg_source *from = own(source)->source;
  DSEG_TRY(dseg_source_check_open(from, error));
  return from->ops->frame(from, number, location, error);
}

static dseg_status frame_range(const dseg_source *source, size_t number, dseg_frame_range *range, dseg_error *error) {
  const dseg_source *from = own(source)->source;
  DSEG_TRY(dseg_source_check_open(from, error));
  return from->ops->frame_range(from, number, range, error);
}

static dseg_status read_frame(dseg_source *source, size_t number, dseg_buffer *out, dseg_error *error) {
  dseg_source *from = own(source)->source;
  DSEG_TRY(dseg_source_check_open(from, error));
  return from->ops->read_frame(from, number, out, error);
}

static bool crosses_planes(const dseg_source *source) {
  const dseg_view_source *view = own(source);
  return !dseg_raster_map_keeps_planes(&view->map) || dseg_source_crosses_planes(view->source);
}

static void close_view(dseg_source *source) {
  dseg_view_source *view = dseg_as_view(source);
  if (view->owns_source) {
    dseg_source_close(view->source);
  }
  dseg_source_release(view->source);
  free(view->source_segment);
  free(view->segment_of);
  free(atomic_load(&view->of_all_planes));
  dseg_raster_map_free(&view->map);
  dseg_description_destroy(view->images);
  free(view);
}

const dseg_source_ops dseg_view_ops = {
    .read_labels = read_labels,
    .read_mask = read_mask,
    .segments_in_plane = segments_in_plane,
    .read_fractions = read_fractions,
    .keeps_fractions = keeps_fractions,
    .view_labels = view_labels,
    .encoding = encoding,
    .frame = frame,
    .frame_range = frame_range,
    .read_frame = read_frame,
    .crosses_planes = crosses_planes,
    .read_instances = DSEG_OF_INSTANCES(dseg_view_read_instances),
    .close = close_view,
};

const dseg_source_ops dseg_view_ops_without_frames = {
    .read_labels = read_labels,
    .read_mask = read_mask,
    .segments_in_plane = segments_in_plane,
    .read_fractions = read_fractions,
    .keeps_fractions = keeps_fractions,
    .view_labels = view_labels,
    .encoding = encoding,
    .crosses_planes = crosses_planes,
    .read_instances = DSEG_OF_INSTANCES(dseg_view_read_instances),
    .close = close_view,
};
