/* SPDX-License-Identifier: Apache-2.0 */
/* view_derive.c - makes a source from another one: dseg_source_derive. */
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "sources/view_make.h"

static bool holds_fractions(const dseg_description *description) {
  return description->kind == DSEG_VOXELS_PROBABILITY || description->kind == DSEG_VOXELS_OCCUPANCY;
}

/* What is wrong whatever the source. */
static dseg_status check_options(const dseg_derive_options *options, dseg_error *error) {
  if (options->numbering < DSEG_VIEW_NUMBERS_KEEP || options->numbering > DSEG_VIEW_NUMBERS_GIVEN ||
      options->grid < DSEG_VIEW_GRID_SOURCE || options->grid > DSEG_VIEW_GRID_ONTO) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_derive_options: no such numbering or grid: %d, %d",
                     (int)options->numbering, (int)options->grid);
  }
  if ((options->numbering == DSEG_VIEW_NUMBERS_GIVEN) != (options->numbers != NULL)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "dseg_derive_options: numbers go together with DSEG_VIEW_NUMBERS_GIVEN");
  }
  const bool onto = options->grid == DSEG_VIEW_GRID_ONTO;
  if (onto ? (options->onto != NULL) == (options->images != NULL) : options->onto != NULL || options->images != NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "dseg_derive_options: DSEG_VIEW_GRID_ONTO goes together with either onto or images");
  }
  if (!(options->threshold >= 0 && options->threshold <= 1)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "threshold %g is not in 0..1", options->threshold);
  }
  if (options->planes != NULL && options->first_plane != 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_derive_options: give either a list of planes or a range");
  }
  return DSEG_OK;
}

/* The planes that are asked for exist, and there are some. */
static dseg_status count_planes(const dseg_geometry *source, const dseg_derive_options *options, size_t *count,
                                dseg_error *error) {
  *count = options->plane_count;
  if (options->planes != NULL) {
    for (size_t i = 0; i < *count; i++) {
      if (options->planes[i] >= source->plane_count) {
        return dseg_fail(error, DSEG_ERROR_ARGUMENT, "plane %zu was asked for, there are %zu (counted from 0)",
                         options->planes[i], source->plane_count);
      }
    }
  } else if (options->first_plane > source->plane_count ||
             options->plane_count > source->plane_count - options->first_plane) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "planes from %zu to %zu were asked for, there are %zu",
                     options->first_plane, options->first_plane + options->plane_count, source->plane_count);
  } else if (options->plane_count == 0) {
    *count = source->plane_count - options->first_plane;
  }
  return *count > 0 ? DSEG_OK : dseg_fail(error, DSEG_ERROR_ARGUMENT, "the view selects no plane");
}

static dseg_status check_once(const dseg_geometry *source, const dseg_derive_options *options, dseg_error *error) {
  uint8_t *listed = calloc(source->plane_count + 1, 1);
  if (listed == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", source->plane_count);
  }
  dseg_status status = DSEG_OK;
  for (size_t i = 0; status == DSEG_OK && options->planes != NULL && i < options->plane_count; i++) {
    if (listed[options->planes[i]]++ != 0) {
      status = dseg_fail(error, DSEG_ERROR_ARGUMENT, "plane %zu is listed twice", options->planes[i]);
    }
  }
  free(listed);
  return status;
}

/* Leaves the planes asked for, on the raster of the source. */
static dseg_status choose_planes(dseg_view_source *view, const dseg_derive_options *options, dseg_error *error) {
  const dseg_geometry *source = &view->source->description->geometry;
  dseg_geometry *geometry = &view->base.description->geometry;
  size_t count = 0;
  DSEG_TRY(count_planes(source, options, &count, error));
  DSEG_TRY(check_once(source, options, error));
  geometry->plane_count = count;
  if (options->planes != NULL) {
    geometry->planes = dseg_description_alloc(view->base.description, count * sizeof *geometry->planes);
    if (geometry->planes == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", count);
    }
  } else {
    geometry->planes = source->planes + options->first_plane; /* borrowed, as all that is not changed */
  }
  DSEG_TRY(dseg_raster_map_identity(geometry, &view->map, error));
  for (size_t i = 0; i < count; i++) {
    const size_t plane = options->planes != NULL ? options->planes[i] : options->first_plane + i;
    if (options->planes != NULL) {
      geometry->planes[i] = source->planes[plane];
    }
    view->map.index[2][i] = (int32_t)plane;
  }
  view->plain = true;
  return DSEG_OK;
}

static void choose_kind(dseg_view_source *view, const dseg_derive_options *options) {
  dseg_description *description = view->base.description;
  if (options->threshold > 0 && holds_fractions(description)) {
    view->threshold = options->threshold;
    description->kind = DSEG_VOXELS_MASKS;
    description->maximum_fraction = 0;
  }
}

/* The description of the source, whose text and arrays live as long as the view. */
static dseg_status borrow_description(dseg_view_source *view, dseg_error *error) {
  dseg_description *description = dseg_description_create();
  view->base.description = description;
  if (description == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a description");
  }
  void *arena = description->arena;
  *description = *view->source->description;
  description->arena = arena;
  const char *name = view->source->name;
  if (name != NULL) {
    const size_t size = strlen(name) + 1;
    view->base.name = malloc(size);
    if (view->base.name == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
    }
    memcpy(view->base.name, name, size);
  }
  return DSEG_OK;
}

static dseg_status make(dseg_view_source *view, const dseg_derive_options *options, dseg_error *error) {
  DSEG_TRY(borrow_description(view, error));
  DSEG_TRY(dseg_view_choose_segments(view, options, error));
  DSEG_TRY(choose_planes(view, options, error));
  choose_kind(view, options);
  if (options->grid == DSEG_VIEW_GRID_TIGHT) {
    DSEG_TRY(dseg_view_tighten(view, options, error));
  } else if (options->grid == DSEG_VIEW_GRID_ONTO) {
    DSEG_TRY(dseg_view_put_onto(view, options, error));
  }
  DSEG_TRY(dseg_view_choose_background(view, options, error));
  return dseg_view_describe(view, error);
}

static dseg_status derive(dseg_source *source, const dseg_derive_options *options, dseg_source **view,
                          dseg_error *error) {
  DSEG_TRY(dseg_source_check_open(source, error));
  DSEG_TRY(check_options(options, error));
  dseg_view_source *made = calloc(1, sizeof *made);
  if (made == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a view");
  }
  made->base.ops = &dseg_view_ops_without_frames;
  made->base.format = source->format;
  made->source = source;
  dseg_source_hold(source);
  const dseg_status status = make(made, options, error);
  if (status != DSEG_OK) {
    dseg_source_close(&made->base);
    return status;
  }
  if (made->unchanged && source->ops->frame != NULL) {
    made->base.ops = &dseg_view_ops;
  }
  made->owns_source = options->take_source;
  *view = &made->base;
  return DSEG_OK;
}

dseg_status dseg_source_derive(dseg_source *source, const dseg_derive_options *options, dseg_source **view,
                               dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || view == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_source_derive: source and view must not be NULL");
  }
  *view = NULL;
  dseg_derive_options complete;
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_derive_options, &complete, options, error));
  const dseg_status status = derive(source, &complete, view, error);
  if (status != DSEG_OK && source->name != NULL) {
    dseg_error_prefix(error, source->name);
  }
  return status;
}
