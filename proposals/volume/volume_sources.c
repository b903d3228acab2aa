/* SPDX-License-Identifier: Apache-2.0 */
/* volume_sources.c - writes the image that each plane was drawn on, as its place among the instances that the object
 * lists, in place of Derivation Image (PS3.3 C.7.6.16.2.6) with every frame. */
#include "volume_sources.h"

#include <string.h>

const dseg_instance_reference *dseg_volume_image_of(const dseg_description *description, size_t plane) {
  const dseg_references *references = &description->references;
  const int32_t source = description->geometry.planes[plane].source;
  if (references->shared || source < 0 || (size_t)source >= references->count) {
    return NULL;
  }
  const dseg_instance_reference *image = &references->instances[source];
  return image->sop_instance_uid != NULL && image->sop_class_uid != NULL && image->series_uid != NULL ? image : NULL;
}

static dseg_status fail_sources(size_t plane, const char *why, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "plane %zu %s, which Plane Source Index cannot say (volume, 6): write it with option dual=1, or "
                   "as labelmap, binary or fractional",
                   plane + 1, why);
}

/* What the two elements hold. */
struct sources {
  dseg_buffer index, frames;
  bool any, any_frame;
};

static dseg_status fill(const dseg_write_context *context, const dseg_volume_grid *grid, const dseg_buffer *list,
                        struct sources *sources, dseg_error *error) {
  const dseg_description *description = context->description;
  const size_t size = (size_t)grid->planes * 4;
  DSEG_TRY(dseg_buffer_resize(&sources->index, size, error));
  DSEG_TRY(dseg_buffer_resize(&sources->frames, size, error));
  memset(sources->index.data, 0, size);
  memset(sources->frames.data, 0, size);
  for (size_t i = 0; i < description->geometry.plane_count; i++) {
    const dseg_plane_position *plane = &description->geometry.planes[i];
    const dseg_instance_reference *image = dseg_volume_image_of(description, i);
    if (image == NULL) {
      continue;
    }
    if (plane->source_count > 1) {
      return fail_sources(i, "has several source images", error);
    }
    const dseg_view uid = {(const uint8_t *)image->sop_instance_uid, strlen(image->sop_instance_uid)};
    const dseg_volume_instance *found = dseg_volume_find_instance(list, uid);
    if (found == NULL) {
      return fail_sources(i, "has a source image that Referenced Series Sequence (0008,1115) does not list", error);
    }
    const size_t at = (size_t)dseg_volume_plane(grid, plane) * 4;
    dseg_volume_put_le(sources->index.data + at, found->place);
    dseg_volume_put_le(sources->frames.data + at, image->frame);
    sources->any = true;
    sources->any_frame = sources->any_frame || image->frame > 0;
  }
  return DSEG_OK;
}

static dseg_status put(const dseg_write_context *context, const struct sources *sources, uint32_t block,
                       dseg_data_set *set, dseg_error *error) {
  if (!sources->any) {
    return DSEG_OK;
  }
  dseg_data_set_put_bytes(set, block | DSEG_VOLUME_SOURCE, "OL", (dseg_view){sources->index.data, sources->index.size});
  if (sources->any_frame) {
    dseg_data_set_put_bytes(set, block | DSEG_VOLUME_SOURCE_FRAME, "OL",
                            (dseg_view){sources->frames.data, sources->frames.size});
  }
  return dseg_volume_put_derivation(context, block, set, error);
}

dseg_status dseg_volume_put_sources(const dseg_write_context *context, const dseg_volume_grid *grid, uint32_t block,
                                    dseg_data_set *set, dseg_error *error) {
  const bool strict = (context->format.replaces & DSEG_REPLACES_FRAME_GROUPS) != 0;
  if (grid->is_slide) {
    for (size_t i = 0; strict && i < context->description->geometry.plane_count; i++) {
      if (dseg_volume_image_of(context->description, i) != NULL) {
        return fail_sources(i, "is a tile with a source image", error);
      }
    }
    return DSEG_OK;
  }
  dseg_buffer list = {0};
  struct sources sources = {.any = false};
  dseg_status status = dseg_volume_list_instances(set, &list, error);
  if (status == DSEG_OK) {
    dseg_volume_sort_instances(&list);
    status = fill(context, grid, &list, &sources, error);
  }
  if (status == DSEG_OK) {
    status = put(context, &sources, block, set, error);
  } else if (status == DSEG_ERROR_UNSUPPORTED && !strict) {
    dseg_error_clear(error);
    status = DSEG_OK;
  }
  dseg_buffer_free(&list);
  dseg_buffer_free(&sources.index);
  dseg_buffer_free(&sources.frames);
  return status;
}
