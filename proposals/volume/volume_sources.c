/* SPDX-License-Identifier: Apache-2.0 */
/* volume_sources.c - the image that each plane was drawn on, as its place among the instances that the object lists
 * (Common Instance Reference, PS3.3 C.12.2), in place of Derivation Image (C.7.6.16.2.6) with every frame. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "volume.h"

#define SERIES 0x00081115u
#define INSTANCES 0x0008114Au
#define SHARED 0x52009229u
#define DERIVATION 0x00089124u
#define SOURCE_IMAGES 0x00082112u

/* An instance in a list. */
struct listed {
  dseg_view uid;
  uint32_t place;
};

/* All instances of Referenced Series Sequence in order, as struct listed, from 1; an item without a UID counts, too. */
static dseg_status list_instances(dseg_data_set *set, dseg_buffer *list, dseg_error *error) {
  dseg_status status = DSEG_OK;
  uint32_t place = 0;
  for (size_t i = 0; status == DSEG_OK && dseg_data_set_enter_item(set, SERIES, i); i++) {
    for (size_t j = 0; status == DSEG_OK && dseg_data_set_enter_item(set, INSTANCES, j); j++) {
      struct listed listed = {.place = ++place};
      if (!dseg_data_set_get_text(set, 0x00081155, 0, &listed.uid)) {
        listed.uid = (dseg_view){0};
      }
      dseg_data_set_end_item(set);
      status = dseg_buffer_append(list, &listed, sizeof listed, error);
    }
    dseg_data_set_end_item(set);
  }
  return status;
}

static int compare_views(const dseg_view *a, const dseg_view *b) {
  const size_t shorter = a->size < b->size ? a->size : b->size;
  const int order = shorter > 0 ? memcmp(a->data, b->data, shorter) : 0;
  return order != 0 ? order : (a->size > b->size) - (a->size < b->size);
}

static int by_uid(const void *a, const void *b) {
  const struct listed *x = a, *y = b;
  const int order = compare_views(&x->uid, &y->uid);
  return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static int to_uid(const void *key, const void *entry) {
  return compare_views(key, &((const struct listed *)entry)->uid);
}

static void put_le(uint8_t *at, uint32_t value) {
  for (unsigned i = 0; i < 4; i++) {
    at[i] = (uint8_t)(value >> 8 * i);
  }
}

static uint32_t get_le(const uint8_t *at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* The image of a plane; NULL: it has none that can be named. */
static const dseg_instance_reference *image_of(const dseg_description *description, size_t plane) {
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
  const dseg_instance_reference *first; /* image of the first plane that has one */
};

static dseg_status fill(const dseg_write_context *context, const dseg_volume_grid *grid, const dseg_buffer *list,
                        struct sources *sources, dseg_error *error) {
  const dseg_description *description = context->description;
  const struct listed *listed = (const void *)list->data;
  const size_t count = list->size / sizeof *listed, size = (size_t)grid->planes * 4;
  DSEG_TRY(dseg_buffer_resize(&sources->index, size, error));
  DSEG_TRY(dseg_buffer_resize(&sources->frames, size, error));
  memset(sources->index.data, 0, size);
  memset(sources->frames.data, 0, size);
  for (size_t i = 0; i < description->geometry.plane_count; i++) {
    const dseg_plane_position *plane = &description->geometry.planes[i];
    const dseg_instance_reference *image = image_of(description, i);
    if (image == NULL) {
      continue;
    }
    if (plane->source_count > 1) {
      return fail_sources(i, "has several source images", error);
    }
    const dseg_view uid = {(const uint8_t *)image->sop_instance_uid, strlen(image->sop_instance_uid)};
    const struct listed *found = count > 0 ? bsearch(&uid, listed, count, sizeof *listed, to_uid) : NULL;
    if (found == NULL) {
      return fail_sources(i, "has a source image that Referenced Series Sequence (0008,1115) does not list", error);
    }
    const size_t at = (size_t)dseg_volume_plane(grid, plane) * 4;
    put_le(sources->index.data + at, found->place);
    put_le(sources->frames.data + at, image->frame);
    sources->first = sources->any ? sources->first : image;
    sources->any = true;
    sources->any_frame = sources->any_frame || image->frame > 0;
  }
  return DSEG_OK;
}

/* Derivation Image without its images, in Shared Functional Groups: it stands for one in each frame. */
static void put_derivation(dseg_data_set *set) {
  if (!dseg_data_set_enter_item(set, SHARED, 0)) {
    return;
  }
  dseg_data_set_begin_item(set, DERIVATION);
  dseg_data_set_put_sequence(set, SOURCE_IMAGES);
  dseg_data_set_begin_item(set, 0x00089215);
  dseg_data_set_put_text(set, 0x00080100, "SH", "113076");
  dseg_data_set_put_text(set, 0x00080102, "SH", "DCM");
  dseg_data_set_put_text(set, 0x00080104, "LO", "Segmentation");
  dseg_data_set_end_item(set);
  dseg_data_set_end_item(set);
  dseg_data_set_end_item(set);
}

/* What is kept of how planes were derived beyond the usual has no place in the strict form. */
static void warn_of_derivations(const dseg_write_context *context) {
  size_t count = 0;
  for (size_t i = 0; i < context->description->geometry.plane_count; i++) {
    const dseg_instance_reference *image = image_of(context->description, i);
    count += image != NULL && (image->derivation.size > 0 || image->same_pixels) ? 1 : 0;
  }
  if (count > 0 && context->warnings != NULL && context->warnings->warn != NULL) {
    char text[240];
    (void)snprintf(text, sizeof text,
                   "%zu planes: what Derivation Image Sequence (0008,9124) says beside the image and the usual codes, "
                   "Spatial Locations Preserved (0028,135A) for instance, is not written (volume, 6)",
                   count);
    context->warnings->warn(context->warnings->user, text);
  }
}

static void put(const dseg_write_context *context, const struct sources *sources, uint32_t block, dseg_data_set *set) {
  if (!sources->any) {
    return;
  }
  dseg_data_set_put_bytes(set, block | DSEG_VOLUME_SOURCE, "OL", (dseg_view){sources->index.data, sources->index.size});
  if (sources->any_frame) {
    dseg_data_set_put_bytes(set, block | DSEG_VOLUME_SOURCE_FRAME, "OL",
                            (dseg_view){sources->frames.data, sources->frames.size});
  }
  if ((context->format.replaces & DSEG_REPLACES_FRAME_GROUPS) != 0) {
    put_derivation(set);
    warn_of_derivations(context);
  }
}

dseg_status dseg_volume_put_sources(const dseg_write_context *context, const dseg_volume_grid *grid, uint32_t block,
                                    dseg_data_set *set, dseg_error *error) {
  const bool strict = (context->format.replaces & DSEG_REPLACES_FRAME_GROUPS) != 0;
  if (grid->is_slide) {
    for (size_t i = 0; strict && i < context->description->geometry.plane_count; i++) {
      if (image_of(context->description, i) != NULL) {
        return fail_sources(i, "is a tile with a source image", error);
      }
    }
    return DSEG_OK;
  }
  dseg_buffer list = {0};
  struct sources sources = {.any = false};
  dseg_status status = list_instances(set, &list, error);
  if (status == DSEG_OK) {
    if (list.size > 0) {
      qsort(list.data, list.size / sizeof(struct listed), sizeof(struct listed), by_uid);
    }
    status = fill(context, grid, &list, &sources, error);
  }
  if (status == DSEG_OK) {
    put(context, &sources, block, set);
  } else if (status == DSEG_ERROR_UNSUPPORTED && !strict) {
    dseg_error_clear(error);
    status = DSEG_OK;
  }
  dseg_buffer_free(&list);
  dseg_buffer_free(&sources.index);
  dseg_buffer_free(&sources.frames);
  return status;
}

static size_t count_instances(dseg_data_set *set) {
  size_t count = 0;
  for (size_t i = 0; dseg_data_set_enter_item(set, SERIES, i); i++) {
    count += dseg_data_set_count_items(set, INSTANCES);
    dseg_data_set_end_item(set);
  }
  return count;
}

static dseg_status fail_at(dseg_volume_fault *fault, uint32_t tag, const char *name, const char *what,
                           dseg_error *error) {
  *fault = (dseg_volume_fault){tag, "volume E12"};
  return dseg_fail(error, DSEG_ERROR_FORMAT, "%s (%04X,%04X) %s", name, (unsigned)(tag >> 16),
                   (unsigned)(tag & 0xFFFFu), what);
}

dseg_status dseg_volume_check_sources(dseg_data_set *set, const dseg_volume_elements *elements,
                                      dseg_volume_fault *fault, dseg_error *error) {
  const uint32_t index_tag = elements->block | DSEG_VOLUME_SOURCE;
  const uint32_t frame_tag = elements->block | DSEG_VOLUME_SOURCE_FRAME;
  const uint64_t size = (uint64_t)elements->planes * 4;
  dseg_view index, frames;
  const bool has_index = dseg_data_set_get_bytes(set, index_tag, &index);
  const bool has_frames = dseg_data_set_get_bytes(set, frame_tag, &frames);
  if (has_index && index.size != size) {
    return fail_at(fault, index_tag, "Plane Source Index", "has not a number for each plane", error);
  }
  if (has_frames && (!has_index || frames.size != size)) {
    return fail_at(fault, frame_tag, "Plane Source Frame Number",
                   has_index ? "has not a number for each plane" : "is there without Plane Source Index", error);
  }
  const size_t count = has_index ? count_instances(set) : 0;
  for (size_t i = 0; has_index && i < index.size; i += 4) {
    if (get_le(index.data + i) > count) {
      char what[120];
      (void)snprintf(what, sizeof what,
                     "is %lu for plane %zu, Referenced Series Sequence (0008,1115) has %zu instances",
                     (unsigned long)get_le(index.data + i), i / 4 + 1, count);
      return fail_at(fault, index_tag, "Plane Source Index", what, error);
    }
  }
  return DSEG_OK;
}

/* The references that listed instances are, by place; -1: of an item without a UID. */
static dseg_status match(const dseg_references *references, const dseg_buffer *list, dseg_buffer *places,
                         dseg_error *error) {
  const struct listed *listed = (const void *)list->data;
  const size_t count = list->size / sizeof *listed;
  dseg_buffer known = {0};
  dseg_status status = dseg_buffer_resize(places, count * sizeof(int32_t), error);
  for (size_t i = 0; status == DSEG_OK && i < references->count; i++) {
    const char *uid = references->instances[i].sop_instance_uid;
    const struct listed entry = {{(const uint8_t *)uid, uid != NULL ? strlen(uid) : 0}, (uint32_t)i};
    status = dseg_buffer_append(&known, &entry, sizeof entry, error);
  }
  if (status == DSEG_OK) {
    qsort(known.data, references->count, sizeof *listed, by_uid);
  }
  for (size_t i = 0; status == DSEG_OK && i < count; i++) {
    const struct listed *found =
        listed[i].uid.size > 0 ? bsearch(&listed[i].uid, known.data, references->count, sizeof *listed, to_uid) : NULL;
    const int32_t place = found != NULL ? (int32_t)found->place : -1;
    memcpy(places->data + i * sizeof place, &place, sizeof place);
  }
  dseg_buffer_free(&known);
  return status;
}

/* Gives each plane its image; one frame of an image is a reference of its own. */
static dseg_status take(const dseg_read_context *context, const dseg_volume_elements *elements, dseg_view index,
                        dseg_view frames, const dseg_buffer *places, dseg_error *error) {
  dseg_description *description = context->description;
  dseg_references *references = &description->references;
  const size_t most = references->count + (frames.size > 0 ? elements->planes : 0);
  dseg_instance_reference *made = NULL;
  size_t count = references->count;
  int32_t last = -1; /* what the frame made last is of */
  if (most <= INT32_MAX && most <= context->memory_limit / sizeof *made) {
    made = dseg_description_alloc(description, most * sizeof *made);
  }
  if (made == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu references", most);
  }
  memcpy(made, references->instances, count * sizeof *made);
  for (size_t i = 0; i < elements->planes; i++) {
    dseg_plane_position *plane = &description->geometry.planes[i];
    const uint32_t place = get_le(index.data + i * 4);
    const uint32_t frame = frames.size > 0 ? get_le(frames.data + i * 4) : 0;
    if (place == 0) {
      continue;
    }
    memcpy(&plane->source, places->data + (place - 1) * sizeof plane->source, sizeof plane->source);
    if (plane->source < 0 || frame == 0) {
      continue;
    }
    if (last != plane->source || made[count - 1].frame != frame) {
      last = plane->source;
      made[count] = made[last];
      made[count++].frame = frame;
    }
    plane->source = (int32_t)(count - 1);
  }
  references->instances = made;
  references->count = count;
  return DSEG_OK;
}

dseg_status dseg_volume_take_sources(const dseg_read_context *context, const dseg_volume_elements *elements,
                                     dseg_error *error) {
  const dseg_references *references = &context->description->references;
  dseg_view index, frames = {0};
  if (references->count == 0 || references->count > INT32_MAX ||
      !dseg_data_set_get_bytes(context->set, elements->block | DSEG_VOLUME_SOURCE, &index)) {
    return DSEG_OK;
  }
  (void)dseg_data_set_get_bytes(context->set, elements->block | DSEG_VOLUME_SOURCE_FRAME, &frames);
  dseg_buffer list = {0}, places = {0};
  dseg_status status = list_instances(context->set, &list, error);
  if (status == DSEG_OK) {
    status = match(references, &list, &places, error);
  }
  if (status == DSEG_OK) {
    status = take(context, elements, index, frames, &places, error);
  }
  dseg_buffer_free(&list);
  dseg_buffer_free(&places);
  return status;
}
