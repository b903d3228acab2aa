/* SPDX-License-Identifier: Apache-2.0 */
/* view_grid.c - the grid of a view: between the first and the last plane with a voxel, or the planes of images. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/identity.h"
#include "model/label_runs.h"
#include "model/raster_match.h"
#include "sources/view_make.h"

/* Every fraction but 0 is a voxel of its segment here. */
static const double ANY_FRACTION = 1e-12;

static size_t plane_pixels(const dseg_geometry *geometry) {
  return (size_t)geometry->rows * geometry->columns;
}

/* Planes of the view as it is now, with a value for each segment. */
struct look {
  dseg_view_source *view;
  unsigned bits, threads;
  uint32_t *values; /* by segment */
  uint8_t *present; /* likewise */
  void *labels;     /* chunk planes */
  size_t chunk;
};

static void end_look(struct look *look) {
  free(look->values);
  free(look->present);
  free(look->labels);
}

static dseg_status begin_look(struct look *look, dseg_error *error) {
  const dseg_description *description = look->view->base.description;
  look->chunk = dseg_source_chunk_planes(&look->view->base, look->bits);
  look->values = calloc(description->segment_count + 1, sizeof *look->values);
  look->present = calloc(description->segment_count + 1, 1);
  look->labels = malloc(look->chunk * plane_pixels(&description->geometry) * (look->bits / 8) + 1);
  if (look->values == NULL || look->present == NULL || look->labels == NULL) {
    (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a few planes");
    return DSEG_ERROR_MEMORY;
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    look->values[i] = look->bits == 8 ? 1 : (uint32_t)i + 1;
  }
  return DSEG_OK;
}

static dseg_status look_at(const struct look *look, size_t first, size_t count, dseg_overlap *overlap,
                           dseg_error *error) {
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                      .first_plane = first,
                                      .plane_count = count,
                                      .bits = look->bits,
                                      .values = look->values,
                                      .overlap = DSEG_OVERLAP_FIRST,
                                      .threshold = ANY_FRACTION,
                                      .threads = look->threads};
  return look->view->base.ops->read_labels(&look->view->base, &request, look->labels, overlap, error);
}

/* Whether any segment may have a voxel in some planes. */
static dseg_status may_hold(const struct look *look, size_t first, size_t count, bool *may, dseg_error *error) {
  *may = false;
  for (size_t plane = first; plane < first + count && !*may; plane++) {
    DSEG_TRY(look->view->base.ops->segments_in_plane(&look->view->base, plane, look->present, error));
    *may = memchr(look->present, 1, look->view->base.description->segment_count) != NULL;
  }
  return DSEG_OK;
}

static bool is_empty(const struct look *look, size_t plane) {
  const size_t pixels = plane_pixels(&look->view->base.description->geometry);
  const uint8_t *labels = (const uint8_t *)look->labels + plane * pixels;
  return pixels == 0 || (labels[0] == 0 && dseg_label_run_end(labels, 8, 0, pixels) == pixels);
}

/* Counts the empty planes at one end: from the first on, or from the last one back. Looks at one plane first, since
 * that is often enough, then at ever more. */
static dseg_status count_empty(const struct look *look, bool from_last, size_t *empty, dseg_error *error) {
  const size_t total = look->view->base.description->geometry.plane_count;
  const bool crosses = dseg_source_crosses_planes(&look->view->base);
  size_t count = crosses ? look->chunk : 1;
  for (*empty = 0; *empty < total;) {
    count = count < look->chunk ? count : look->chunk;
    count = count < total - *empty ? count : total - *empty;
    const size_t first = from_last ? total - *empty - count : *empty;
    bool may = false;
    DSEG_TRY(may_hold(look, first, count, &may, error));
    if (may) {
      dseg_overlap overlap = {0};
      DSEG_TRY(look_at(look, first, count, &overlap, error));
      for (size_t i = 0; i < count; i++) {
        if (!is_empty(look, from_last ? count - 1 - i : i)) {
          *empty += i;
          return DSEG_OK;
        }
      }
    }
    *empty += count;
    count *= 2;
  }
  return DSEG_OK;
}

dseg_status dseg_view_tighten(dseg_view_source *view, const dseg_derive_options *options, dseg_error *error) {
  dseg_geometry *geometry = &view->base.description->geometry;
  struct look look = {.view = view, .bits = 8, .threads = options->threads};
  size_t before = 0;
  size_t behind = 0;
  dseg_status status = begin_look(&look, error);
  if (status == DSEG_OK) {
    status = count_empty(&look, false, &before, error);
  }
  if (status == DSEG_OK && before < geometry->plane_count) {
    status = count_empty(&look, true, &behind, error);
  }
  end_look(&look);
  DSEG_TRY(status);
  if (before == geometry->plane_count) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "no plane holds a voxel of the segments asked for");
  }
  geometry->planes += before;
  geometry->plane_count -= before + behind;
  memmove(view->map.index[2], view->map.index[2] + before, geometry->plane_count * sizeof *view->map.index[2]);
  return DSEG_OK;
}

/* Which voxels of a raster have no place in another: those outside along one axis at least. */
struct margins {
  uint8_t *inside[3]; /* by axis, for each index along it */
  size_t outside[3];  /* how many are outside */
};

static void free_margins(struct margins *margins) {
  for (int axis = 0; axis < 3; axis++) {
    free(margins->inside[axis]);
  }
}

static dseg_status find_margins(const dseg_geometry *from, const dseg_geometry *to, const dseg_raster_map *map,
                                struct margins *margins, dseg_error *error) {
  for (int axis = 0; axis < 3; axis++) {
    margins->outside[axis] = dseg_raster_size(from, axis);
    margins->inside[axis] = calloc(margins->outside[axis] + 1, 1);
    if (margins->inside[axis] == NULL) {
      (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", from->plane_count);
      return DSEG_ERROR_MEMORY;
    }
  }
  for (int axis = 0; axis < 3; axis++) {
    const int of_source = map->source_axis[axis];
    for (size_t i = 0; i < dseg_raster_size(to, axis); i++) {
      const int32_t index = map->index[axis][i];
      if (index >= 0 && margins->inside[of_source][index] == 0) {
        margins->inside[of_source][index] = 1;
        margins->outside[of_source]--;
      }
    }
  }
  return DSEG_OK;
}

/* Adds up voxels that lie outside in one row, by label; label 0 is none. */
static void count_row(const struct look *look, const struct margins *margins, const uint32_t *labels, bool all,
                      uint64_t *counts) {
  const size_t columns = look->view->base.description->geometry.columns;
  for (size_t column = 0; column < columns; column++) {
    if (labels[column] != 0 && (all || margins->inside[0][column] == 0)) {
      counts[labels[column] - 1]++;
    }
  }
}

static void count_plane(const struct look *look, const struct margins *margins, size_t plane, const uint32_t *labels,
                        uint64_t *counts) {
  const dseg_geometry *geometry = &look->view->base.description->geometry;
  for (size_t row = 0; row < geometry->rows; row++) {
    const bool all = margins->inside[2][plane] == 0 || margins->inside[1][row] == 0;
    if (all || margins->outside[0] > 0) {
      count_row(look, margins, labels + row * geometry->columns, all, counts);
    }
  }
}

/* Where segments overlap each of them counts: as if it were alone. */
static dseg_status count_masks(const struct look *look, const struct margins *margins, size_t first, size_t count,
                               uint64_t *counts, dseg_error *error) {
  const dseg_description *description = look->view->base.description;
  const size_t pixels = plane_pixels(&description->geometry);
  for (size_t i = 0; i < description->segment_count; i++) {
    const uint32_t alone = (uint32_t)i;
    const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                        .first_plane = first,
                                        .plane_count = count,
                                        .bits = 32,
                                        .values = look->values,
                                        .segments = &alone,
                                        .segment_count = 1,
                                        .threshold = ANY_FRACTION,
                                        .threads = look->threads};
    dseg_overlap none = {0};
    DSEG_TRY(look->view->base.ops->read_labels(&look->view->base, &request, look->labels, &none, error));
    for (size_t plane = 0; plane < count; plane++) {
      count_plane(look, margins, first + plane, (const uint32_t *)look->labels + plane * pixels, counts);
    }
  }
  return DSEG_OK;
}

static dseg_status count_outside(const struct look *look, const struct margins *margins, uint64_t *counts,
                                 dseg_error *error) {
  const dseg_geometry *geometry = &look->view->base.description->geometry;
  const bool all_planes = margins->outside[0] > 0 || margins->outside[1] > 0;
  for (size_t first = 0; first < geometry->plane_count;) {
    size_t count = 0;
    while (count < look->chunk && first + count < geometry->plane_count &&
           (all_planes || margins->inside[2][first + count] == 0)) {
      count++;
    }
    bool may = false;
    DSEG_TRY(may_hold(look, first, count, &may, error));
    if (may) {
      dseg_overlap overlap = {0};
      DSEG_TRY(look_at(look, first, count, &overlap, error));
      if (overlap.voxels > 0) {
        DSEG_TRY(count_masks(look, margins, first, count, counts, error));
      }
      for (size_t plane = 0; overlap.voxels == 0 && plane < count; plane++) {
        count_plane(look, margins, first + plane, (const uint32_t *)look->labels + plane * plane_pixels(geometry),
                    counts);
      }
    }
    first += count > 0 ? count : 1;
  }
  return DSEG_OK;
}

/* "1 "Liver" 30, 2 "Spleen" 4"; some of many. */
static void name_outside(const dseg_description *description, const uint64_t *counts, char *text, size_t size) {
  size_t used = 0;
  text[0] = '\0';
  for (size_t i = 0; i < description->segment_count; i++) {
    char one[160];
    if (counts[i] == 0) {
      continue;
    }
    const dseg_segment *segment = &description->segments[i];
    const int length = snprintf(one, sizeof one, "%s%" PRIu32 " \"%.64s\" (%" PRIu64 ")", used > 0 ? ", " : "",
                                segment->number, segment->label != NULL ? segment->label : "", counts[i]);
    if (length < 0 || used + (size_t)length + sizeof ", ..." > size) {
      memcpy(text + used, ", ...", sizeof ", ...");
      return;
    }
    memcpy(text + used, one, (size_t)length + 1);
    used += (size_t)length;
  }
}

static dseg_status judge_outside(const dseg_view_source *view, const dseg_derive_options *options,
                                 const struct margins *margins, const uint64_t *counts, dseg_error *error) {
  const dseg_description *description = view->base.description;
  uint64_t total = 0;
  for (size_t i = 0; i < description->segment_count; i++) {
    total += counts[i];
  }
  if (total > 0) {
    char text[600];
    name_outside(description, counts, text, sizeof text);
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "%" PRIu64
                     " voxels lie outside the grid that it is put on: %s; leave these segments out, or take a grid "
                     "that holds them",
                     total, text);
  }
  dseg_warn(&options->warnings,
            "%zu columns, %zu rows and %zu planes lie outside the grid that it is put on; they are empty, and left out",
            margins->outside[0], margins->outside[1], margins->outside[2]);
  return DSEG_OK;
}

/* What lies outside is left out, unless that is all. */
static dseg_status crop(dseg_view_source *view, const dseg_derive_options *options, const struct margins *margins,
                        dseg_error *error) {
  for (int axis = 0; axis < 3; axis++) {
    if (margins->outside[axis] == dseg_raster_size(&view->base.description->geometry, axis)) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "it lies wholly outside the grid that it is put on");
    }
  }
  view->cropped = margins->outside[0] > 0 || margins->outside[1] > 0;
  dseg_warn(&options->warnings,
            "%zu columns, %zu rows and %zu planes lie outside the grid that it is put on, and are left out",
            margins->outside[0], margins->outside[1], margins->outside[2]);
  return DSEG_OK;
}

/* What lies outside has to be empty, or is left out where that is asked for. */
static dseg_status check_margins(dseg_view_source *view, const dseg_derive_options *options,
                                 const struct margins *margins, dseg_error *error) {
  if (margins->outside[0] == 0 && margins->outside[1] == 0 && margins->outside[2] == 0) {
    return DSEG_OK;
  }
  if (options->crop) {
    return crop(view, options, margins, error);
  }
  uint64_t *counts = calloc(view->base.description->segment_count + 1, sizeof *counts);
  if (counts == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", view->base.description->segment_count);
  }
  struct look look = {.view = view, .bits = 32, .threads = options->threads};
  dseg_status status = begin_look(&look, error);
  if (status == DSEG_OK) {
    status = count_outside(&look, margins, counts, error);
  }
  if (status == DSEG_OK) {
    status = judge_outside(view, options, margins, counts, error);
  }
  end_look(&look);
  free(counts);
  return status;
}

/* Whose the view is, and in which space it lies. */
static dseg_status settle_identity(dseg_view_source *view, const dseg_geometry *to, dseg_error *error) {
  dseg_description *description = view->base.description;
  const dseg_description *images = view->images;
  const char *own = description->geometry.frame_of_reference_uid;
  const char *other = to->frame_of_reference_uid;
  const bool made =
      description->identity.frame_of_reference_made || (images != NULL && images->identity.frame_of_reference_made);
  if (own != NULL && other != NULL && strcmp(own, other) != 0 && !made) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "it lies in frame of reference %s, the grid that it is put on in %s (0020,0052)", own, other);
  }
  if (images == NULL) {
    description->identity.frame_of_reference_made = description->identity.frame_of_reference_made && other == NULL;
    return DSEG_OK;
  }
  if (description->identity.is_known && images->identity.is_known &&
      dseg_is_other_patient(&description->identity, &images->identity)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "it is of another patient than the images: Patient ID (0010,0020) %s, and %s",
                     description->identity.patient_id, images->identity.patient_id);
  }
  if (!description->identity.is_known) {
    description->identity = images->identity;
  }
  if (description->context.size == 0) {
    description->context = images->context;
  }
  description->identity.frame_of_reference_made = images->identity.frame_of_reference_made;
  return DSEG_OK;
}

/* The geometry of the view becomes to, and the map leads to the planes of the source; of_planes is the map to those
 * that were chosen. */
static dseg_status take_geometry(dseg_view_source *view, const dseg_geometry *to, dseg_raster_map *of_planes,
                                 dseg_error *error) {
  dseg_description *description = view->base.description;
  const char *own_frame = description->geometry.frame_of_reference_uid;
  dseg_plane_position *planes = dseg_description_alloc(description, to->plane_count * sizeof *planes);
  const char *frame = dseg_description_strdup(description, to->frame_of_reference_uid);
  if (planes == NULL || (frame == NULL && to->frame_of_reference_uid != NULL)) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", to->plane_count);
  }
  memcpy(planes, to->planes, to->plane_count * sizeof *planes);
  for (int axis = 0; axis < 3; axis++) {
    for (size_t i = 0; of_planes->source_axis[axis] == 2 && i < dseg_raster_size(to, axis); i++) {
      const int32_t chosen = of_planes->index[axis][i];
      of_planes->index[axis][i] = chosen >= 0 ? view->map.index[2][chosen] : -1;
    }
  }
  dseg_raster_map_free(&view->map);
  view->map = *of_planes;
  *of_planes = (dseg_raster_map){{0, 1, 2}, {NULL, NULL, NULL}};
  description->geometry = *to;
  description->geometry.planes = planes;
  description->geometry.frame_of_reference_uid = frame != NULL ? frame : own_frame;
  view->plain = dseg_raster_map_is_plain(&view->map, &view->source->description->geometry, &description->geometry);
  if (view->images != NULL) {
    description->references = view->images->references;
  }
  return DSEG_OK;
}

dseg_status dseg_view_put_onto(dseg_view_source *view, const dseg_derive_options *options, dseg_error *error) {
  const dseg_geometry *from = &view->base.description->geometry;
  const dseg_geometry *to = options->onto;
  if (options->images != NULL) {
    DSEG_TRY(dseg_description_copy(options->images, &view->images, error));
    to = &view->images->geometry;
  }
  if (to->plane_count == 0 || to->rows == 0 || to->columns == 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "the grid that it is put on has no plane");
  }
  DSEG_TRY(settle_identity(view, to, error));
  dseg_raster_map map;
  DSEG_TRY(dseg_raster_match(from, to, &map, error));
  struct margins margins = {{NULL, NULL, NULL}, {0, 0, 0}};
  dseg_status status = find_margins(from, to, &map, &margins, error);
  if (status == DSEG_OK) {
    status = check_margins(view, options, &margins, error);
  }
  if (status == DSEG_OK) {
    status = take_geometry(view, to, &map, error);
  }
  free_margins(&margins);
  dseg_raster_map_free(&map);
  return status;
}
