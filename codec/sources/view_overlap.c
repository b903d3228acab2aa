/* SPDX-License-Identifier: Apache-2.0 */
/* view_overlap.c - labels of a view whose segments overlap, where its source cannot say which of them is the first.
 *
 * Only planes in which the source finds overlap are read in this way: mask by mask, in the order of the view. */
#include <stdlib.h>
#include <string.h>

#include "model/fractions.h"
#include "model/label_planes.h"
#include "model/overlap.h"
#include "sources/view.h"

/* One reading. */
struct painter {
  const dseg_label_request *request; /* in terms of the view */
  dseg_overlap *overlap;             /* by segments of the view */
  uint32_t least;                    /* of a mask: inside from here on */
  uint8_t *wanted;                   /* by segment of the view */
  uint8_t *present;                  /* by segment of the source */
  uint8_t *mask;                     /* one plane of the source */
  uint32_t *indices;                 /* likewise: segment of the view + 1 */
  uint8_t *shown[2];                 /* by column, by row of the source: whether the planes asked for show it */
};

static const dseg_geometry *source_geometry(const dseg_plane_reader *reader) {
  return &reader->view->source->description->geometry;
}

/* Adds the segment to one row. */
static void paint_row(const struct painter *painter, uint32_t segment, const uint8_t *mask, uint32_t *indices,
                      size_t columns) {
  for (size_t i = 0; i < columns; i++) {
    if (mask[i] < painter->least || painter->shown[0][i] == 0) {
      continue;
    }
    if (indices[i] == 0) {
      indices[i] = segment + 1;
      continue;
    }
    dseg_overlap_add(painter->overlap, indices[i] - 1, segment, 1);
    if (painter->request->overlap == DSEG_OVERLAP_LAST) {
      indices[i] = segment + 1;
    }
  }
}

static dseg_status paint_segment(const dseg_plane_reader *reader, const struct painter *painter, uint32_t segment,
                                 size_t plane, dseg_error *error) {
  const dseg_view_source *view = reader->view;
  const dseg_geometry *geometry = source_geometry(reader);
  const uint32_t of_source = view->source_segment[segment];
  if (painter->wanted[segment] == 0 || painter->present[of_source] == 0) {
    return DSEG_OK;
  }
  DSEG_TRY(view->source->ops->read_mask(view->source, of_source, plane, 1, painter->mask, reader->threads, error));
  for (size_t row = 0; row < geometry->rows; row++) {
    if (painter->shown[1][row] != 0) {
      const size_t start = row * geometry->columns;
      paint_row(painter, segment, painter->mask + start, painter->indices + start, geometry->columns);
    }
  }
  return DSEG_OK;
}

static dseg_status paint_plane(const dseg_plane_reader *reader, const struct painter *painter, size_t plane, void *out,
                               dseg_error *error) {
  const dseg_view_source *view = reader->view;
  const dseg_geometry *geometry = source_geometry(reader);
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  DSEG_TRY(view->source->ops->segments_in_plane(view->source, plane, painter->present, error));
  memset(painter->indices, 0, pixels * sizeof *painter->indices);
  for (size_t i = 0; i < view->base.description->segment_count; i++) {
    DSEG_TRY(paint_segment(reader, painter, (uint32_t)i, plane, error));
  }
  dseg_labels_from_indices(painter->indices, pixels, painter->request->values, painter->request->background, out,
                           painter->request->bits);
  return DSEG_OK;
}

static dseg_status read_painted(dseg_plane_reader *reader, size_t first, size_t count, void *out, dseg_error *error) {
  dseg_source *source = reader->view->source;
  const dseg_geometry *geometry = source_geometry(reader);
  const size_t bytes = (size_t)geometry->rows * geometry->columns * reader->element;
  for (size_t i = 0; i < count; i++) {
    uint8_t *place = (uint8_t *)out + i * bytes;
    dseg_overlap found = {0};
    reader->request.first_plane = first + i;
    reader->request.plane_count = 1;
    DSEG_TRY(source->ops->read_labels(source, &reader->request, place, &found, error));
    if (found.voxels > 0) {
      DSEG_TRY(paint_plane(reader, reader->user, first + i, place, error));
    }
  }
  return DSEG_OK;
}

/* Marks which columns and rows of the source the planes asked for show. */
static void mark_shown(const dseg_view_source *view, const struct painter *painter) {
  for (int axis = 0; axis < 3; axis++) {
    const int source_axis = view->map.source_axis[axis];
    const size_t first = axis == 2 ? painter->request->first_plane : 0;
    const size_t count =
        axis == 2 ? painter->request->plane_count : dseg_raster_size(&view->base.description->geometry, axis);
    for (size_t i = first; source_axis != 2 && i < first + count; i++) {
      if (view->map.index[axis][i] >= 0) {
        painter->shown[source_axis][view->map.index[axis][i]] = 1;
      }
    }
  }
}

static void mark_wanted(const struct painter *painter, size_t segment_count) {
  const dseg_label_request *request = painter->request;
  if (request->segments == NULL) {
    memset(painter->wanted, 1, segment_count);
    return;
  }
  for (size_t i = 0; i < request->segment_count; i++) {
    painter->wanted[request->segments[i]] = 1;
  }
}

dseg_status dseg_view_read_overlapping(dseg_plane_reader *reader, const dseg_label_request *request, void *out,
                                       dseg_overlap *overlap, dseg_error *error) {
  const dseg_view_source *view = reader->view;
  const dseg_geometry *geometry = source_geometry(reader);
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  const size_t segments = view->base.description->segment_count;
  struct painter painter = {.request = request, .overlap = overlap};
  const uint32_t maximum = view->source->description->maximum_fraction;
  painter.least = maximum > 0 ? dseg_stored_threshold(reader->request.threshold, maximum) : 1;
  painter.wanted = calloc(segments + 1, 1);
  painter.present = calloc(view->source->description->segment_count + 1, 1);
  painter.mask = malloc(pixels + 1);
  painter.indices = calloc(pixels + 1, sizeof *painter.indices);
  painter.shown[0] = calloc((size_t)geometry->columns + 1, 1);
  painter.shown[1] = calloc((size_t)geometry->rows + 1, 1);
  dseg_status status = DSEG_OK;
  if (painter.wanted == NULL || painter.present == NULL || painter.mask == NULL || painter.indices == NULL ||
      painter.shown[0] == NULL || painter.shown[1] == NULL) {
    status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a plane of overlapping segments");
  } else {
    mark_wanted(&painter, segments);
    mark_shown(view, &painter);
    reader->read = read_painted;
    reader->user = &painter;
    status = dseg_view_read_planes(reader, request->first_plane, request->plane_count, out, error);
  }
  free(painter.wanted);
  free(painter.present);
  free(painter.mask);
  free(painter.indices);
  free(painter.shown[0]);
  free(painter.shown[1]);
  return status;
}
