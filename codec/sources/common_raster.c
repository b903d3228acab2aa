/* SPDX-License-Identifier: Apache-2.0 */
/* common_raster.c - brings sources whose voxels lie on one raster to their common extent: those that left out empty
 * planes, those cut to what they hold, and those whose axes stand in another order or direction. */
#include <stdio.h>
#include <stdlib.h>

#include "dseg/view.h"
#include "model/raster_match.h"
#include "sources/combined.h"

static dseg_status refuse(const dseg_source *first, const dseg_source *other, dseg_error *error) {
  char names[600];
  (void)snprintf(names, sizeof names, "%.250s and %.250s do not share one geometry", dseg_combined_name(first),
                 dseg_combined_name(other));
  dseg_error_prefix(error, names);
  return DSEG_ERROR_UNSUPPORTED;
}

/* The raster that all sources lie on, in the order of axes and with the directions of the first. planes receives what
 * is to be freed, NULL when it is the first's own. */
static dseg_status cover_all(dseg_source *const *sources, size_t count, dseg_geometry *whole,
                             dseg_plane_position **planes, dseg_error *error) {
  *whole = sources[0]->description->geometry;
  *planes = NULL;
  for (size_t i = 1; i < count; i++) {
    const dseg_geometry *one = &sources[i]->description->geometry;
    dseg_geometry both;
    if (dseg_raster_same(whole, one, NULL)) {
      continue;
    }
    const dseg_status status = dseg_raster_cover(whole, one, &both, error);
    if (status != DSEG_OK) {
      return status == DSEG_ERROR_UNSUPPORTED ? refuse(sources[0], sources[i], error) : status;
    }
    free(*planes);
    *planes = both.planes;
    *whole = both;
  }
  whole->frame_of_reference_uid = NULL; /* dseg_check_sources has compared those */
  return DSEG_OK;
}

/* Each source becomes a view of it, unless it has that raster already. */
static dseg_status derive_all(dseg_source **sources, size_t count, const dseg_geometry *whole,
                              const dseg_open_options *options, dseg_error *error) {
  const dseg_derive_options onto = {.struct_size = sizeof(dseg_derive_options),
                                    .grid = DSEG_VIEW_GRID_ONTO,
                                    .onto = whole,
                                    .take_source = true,
                                    .warnings = options->warnings,
                                    .threads = options->threads};
  for (size_t i = 0; i < count; i++) {
    dseg_source *view = NULL;
    if (!dseg_raster_same(whole, &sources[i]->description->geometry, NULL)) {
      DSEG_TRY(dseg_source_derive(sources[i], &onto, &view, error));
      sources[i] = view;
    }
  }
  return DSEG_OK;
}

dseg_status dseg_share_raster(dseg_source **sources, size_t count, const dseg_open_options *options,
                              dseg_error *error) {
  dseg_geometry whole;
  dseg_plane_position *planes = NULL;
  dseg_status status = cover_all(sources, count, &whole, &planes, error);
  if (status == DSEG_OK && planes != NULL) {
    status = derive_all(sources, count, &whole, options, error);
  }
  free(planes);
  return status;
}
