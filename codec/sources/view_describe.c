/* SPDX-License-Identifier: Apache-2.0 */
/* view_describe.c - what is said of a source's frames, images and encoding, as far as it holds in a view. */
#include <stdlib.h>
#include <string.h>

#include "model/frame_order.h"
#include "sources/view_make.h"

enum { ICON_IMAGE = 0x00880200 };

/* All planes of the source, in their order. */
static bool has_all_planes(const dseg_view_source *view) {
  const size_t count = view->base.description->geometry.plane_count;
  if (count != view->source->description->geometry.plane_count) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    if (view->map.index[2][i] != (int32_t)i) {
      return false;
    }
  }
  return true;
}

static bool is_unchanged(const dseg_view_source *view, bool all_shown) {
  const dseg_description *source = view->source->description;
  const dseg_description *description = view->base.description;
  if (!all_shown || !view->all_segments || dseg_view_has_threshold(view) ||
      description->has_background != source->has_background || description->background != source->background) {
    return false;
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    if (description->segments[i].number != source->segments[i].number) {
      return false;
    }
  }
  return true;
}

/* What is said of frames goes with them; of what was left out, nothing stays. plane_of: by plane of the source. */
static dseg_status move_frames(dseg_view_source *view, const uint32_t *plane_of, dseg_error *error) {
  const dseg_description *source = view->source->description;
  dseg_description *description = view->base.description;
  dseg_frame_attributes *frames = dseg_description_alloc(description, (source->frame_count + 1) * sizeof *frames);
  if (frames == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for attributes of %zu frames", source->frame_count);
  }
  size_t count = 0;
  for (size_t i = 0; i < source->frame_count; i++) {
    dseg_frame_attributes frame = source->frames[i];
    if (frame.plane >= source->geometry.plane_count || frame.segment >= (int64_t)source->segment_count) {
      continue; /* it is said of nothing */
    }
    const uint32_t segment = frame.segment >= 0 ? view->segment_of[frame.segment] : 0;
    frame.plane = plane_of[frame.plane];
    frame.segment = frame.segment >= 0 ? (int32_t)segment : -1;
    if (frame.plane != UINT32_MAX && segment != DSEG_NO_SEGMENT) {
      frames[count++] = frame;
    }
  }
  qsort(frames, count, sizeof *frames, dseg_compare_frame_attributes);
  description->frames = frames;
  description->frame_count = count;
  return DSEG_OK;
}

static dseg_status settle_frames(dseg_view_source *view, dseg_error *error) {
  const dseg_description *source = view->source->description;
  if (source->frame_count == 0 && source->shared_attributes.size == 0) {
    return DSEG_OK;
  }
  if (!view->plain || dseg_view_has_threshold(view)) {
    return dseg_description_drop_frames(view->base.description, error);
  }
  if (view->unchanged) {
    return DSEG_OK;
  }
  const size_t count = source->geometry.plane_count;
  uint32_t *plane_of = malloc((count + 1) * sizeof *plane_of);
  if (plane_of == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", count);
  }
  memset(plane_of, 0xFF, count * sizeof *plane_of);
  for (size_t i = 0; i < view->base.description->geometry.plane_count; i++) {
    if (view->map.index[2][i] >= 0) {
      plane_of[view->map.index[2][i]] = (uint32_t)i;
    }
  }
  const dseg_status status = move_frames(view, plane_of, error);
  free(plane_of);
  return status;
}

dseg_status dseg_take_other_pixels(dseg_description *description, dseg_error *error) {
  const dseg_references *references = &description->references;
  bool any = false;
  for (size_t i = 0; i < references->count && !any; i++) {
    any = references->instances[i].same_pixels;
  }
  if (!any) {
    return DSEG_OK;
  }
  dseg_instance_reference *others = dseg_description_alloc(description, references->count * sizeof *others);
  if (others == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu references", references->count);
  }
  for (size_t i = 0; i < references->count; i++) {
    others[i] = references->instances[i];
    others[i].same_pixels = false;
  }
  description->references.instances = others;
  return DSEG_OK;
}

/* Planes that lie on planes of the source were drawn on the same images. Those that cross them were drawn on all. */
static dseg_status settle_images(dseg_view_source *view, dseg_error *error) {
  dseg_description *description = view->base.description;
  const dseg_plane_position *of_source = view->source->description->geometry.planes;
  if (view->images != NULL) {
    return DSEG_OK; /* the view has other images */
  }
  if (view->map.index[2][0] >= 0 && description->geometry.planes == of_source + view->map.index[2][0]) {
    return view->plain ? DSEG_OK : dseg_take_other_pixels(description, error); /* borrowed from the source */
  }
  const bool keeps = dseg_raster_map_keeps_planes(&view->map);
  for (size_t i = 0; i < description->geometry.plane_count; i++) {
    dseg_plane_position *plane = &description->geometry.planes[i];
    const dseg_plane_position place = *plane;
    const int32_t index = view->map.index[2][i];
    *plane = keeps && index >= 0 ? of_source[index] : (dseg_plane_position){.source = -1};
    memcpy(plane->position, place.position, sizeof plane->position);
    plane->matrix_column = place.matrix_column;
    plane->matrix_row = place.matrix_row;
  }
  if (!keeps && description->references.count > 0) {
    description->references.shared = true;
  }
  return view->plain ? DSEG_OK : dseg_take_other_pixels(description, error);
}

static void settle_encoding(dseg_view_source *view) {
  const dseg_encoding_info *of_source = dseg_source_encoding(view->source);
  if (view->unchanged) {
    view->info = *of_source;
    return;
  }
  const bool apart = of_source->segments_overlap != NULL && strcmp(of_source->segments_overlap, "NO") == 0;
  view->info = (dseg_encoding_info){
      .representation = dseg_view_has_threshold(view) ? NULL : of_source->representation,
      .frame_codec = of_source->frame_codec,
      .sop_class_uid = of_source->sop_class_uid,
      .sop_instance_uid = of_source->sop_instance_uid,
      .series_uid = of_source->series_uid,
      .study_uid = of_source->study_uid,
      .transfer_syntax_uid = of_source->transfer_syntax_uid,
      .photometric_interpretation = of_source->photometric_interpretation,
      .bits_allocated = of_source->bits_allocated,
      .segments_overlap = apart ? of_source->segments_overlap : NULL, /* it may be those left out that overlap */
  };
}

dseg_status dseg_view_describe(dseg_view_source *view, dseg_error *error) {
  dseg_description *description = view->base.description;
  const bool all_shown = view->plain && has_all_planes(view);
  view->unchanged = is_unchanged(view, all_shown);
  DSEG_TRY(settle_images(view, error));
  settle_encoding(view);
  DSEG_TRY(dseg_view_settle_instances(view, all_shown, error));
  DSEG_TRY(settle_frames(view, error));
  if (!all_shown || description->segment_count != view->source->description->segment_count) {
    bool found;
    DSEG_TRY(dseg_description_drop(description, ICON_IMAGE, &found, error));
  }
  return DSEG_OK;
}
