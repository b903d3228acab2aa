/* SPDX-License-Identifier: Apache-2.0 */
/* volume_take_sources.c - reads the image of each plane, and checks what it is read from. */
#include <stdio.h>
#include <string.h>

#include "private_sequence.h"
#include "volume_sources.h"

static dseg_status fail_at(dseg_volume_fault *fault, uint32_t tag, const char *name, const char *what,
                           dseg_error *error) {
  *fault = (dseg_volume_fault){tag, "volume E12"};
  return dseg_fail(error, DSEG_ERROR_FORMAT, "%s (%04X,%04X) %s", name, (unsigned)(tag >> 16),
                   (unsigned)(tag & 0xFFFFu), what);
}

/* Plane Source Description Sequence is not there, or has one item. */
static dseg_status check_description(dseg_data_set *set, uint32_t tag, bool has_index, dseg_volume_fault *fault,
                                     dseg_error *error) {
  dseg_private_sequence sequence;
  uint32_t next = tag - 1;
  if (!dseg_data_set_next(set, &next, NULL) || next != tag) {
    return DSEG_OK;
  }
  dseg_status status = dseg_open_private_sequence(set, tag, &sequence);
  const bool one = status == DSEG_OK && dseg_data_set_count_items(sequence.set, sequence.tag) == 1;
  dseg_close_private_sequence(&sequence);
  if (status != DSEG_OK && status != DSEG_ERROR_FORMAT) {
    return dseg_fail(error, status, "out of memory for Plane Source Description Sequence");
  }
  return has_index && one
             ? DSEG_OK
             : fail_at(fault, tag, "Plane Source Description Sequence",
                       has_index ? "has not exactly one item" : "is there without Plane Source Index", error);
}

dseg_status dseg_volume_check_sources(dseg_data_set *set, const dseg_volume_elements *elements,
                                      dseg_volume_fault *fault, dseg_error *error) {
  const uint32_t index_tag = elements->block | DSEG_VOLUME_SOURCE;
  const uint32_t frame_tag = elements->block | DSEG_VOLUME_SOURCE_FRAME;
  const uint64_t size = (uint64_t)elements->planes * 4;
  dseg_view index, frames;
  if (elements->is_slide) { /* they mean nothing there */
    return DSEG_OK;
  }
  const bool has_index = dseg_data_set_get_bytes(set, index_tag, &index);
  const bool has_frames = dseg_data_set_get_bytes(set, frame_tag, &frames);
  if (has_index && index.size != size) {
    return fail_at(fault, index_tag, "Plane Source Index", "has not a number for each plane", error);
  }
  if (has_frames && (!has_index || frames.size != size)) {
    return fail_at(fault, frame_tag, "Plane Source Frame Number",
                   has_index ? "has not a number for each plane" : "is there without Plane Source Index", error);
  }
  DSEG_TRY(check_description(set, elements->block | DSEG_VOLUME_SOURCE_DESCRIPTION, has_index, fault, error));
  const size_t count = has_index ? dseg_volume_count_instances(set) : 0;
  for (size_t i = 0; has_index && i < index.size; i += 4) {
    if (dseg_volume_get_le(index.data + i) > count) {
      char what[120];
      (void)snprintf(what, sizeof what,
                     "is %lu for plane %zu, Referenced Series Sequence (0008,1115) has %zu instances",
                     (unsigned long)dseg_volume_get_le(index.data + i), i / 4 + 1, count);
      return fail_at(fault, index_tag, "Plane Source Index", what, error);
    }
  }
  return DSEG_OK;
}

/* The references that listed instances are, by place; -1: of an item without a UID. */
static dseg_status match(const dseg_references *references, const dseg_buffer *list, dseg_buffer *places,
                         dseg_error *error) {
  const dseg_volume_instance *listed = (const void *)list->data;
  const size_t count = list->size / sizeof *listed;
  dseg_buffer known = {0};
  dseg_status status = dseg_buffer_resize(places, count * sizeof(int32_t), error);
  for (size_t i = 0; status == DSEG_OK && i < references->count; i++) {
    const char *uid = references->instances[i].sop_instance_uid;
    const dseg_volume_instance entry = {{(const uint8_t *)uid, uid != NULL ? strlen(uid) : 0}, (uint32_t)i};
    status = dseg_buffer_append(&known, &entry, sizeof entry, error);
  }
  if (status == DSEG_OK) {
    dseg_volume_sort_instances(&known);
  }
  for (size_t i = 0; status == DSEG_OK && i < count; i++) {
    const dseg_volume_instance *found =
        listed[i].uid.size > 0 ? dseg_volume_find_instance(&known, listed[i].uid) : NULL;
    const int32_t place = found != NULL ? (int32_t)found->place : -1;
    memcpy(places->data + i * sizeof place, &place, sizeof place);
  }
  dseg_buffer_free(&known);
  return status;
}

/* What the two elements hold, and the references that images are. */
struct taking {
  dseg_view index, frames;
  dseg_buffer list, places;
  bool same_pixels;
  dseg_view derivation;
};

/* Gives each plane its image; one frame of an image is a reference of its own. */
static dseg_status take(const dseg_read_context *context, const dseg_volume_elements *elements,
                        const struct taking *taking, dseg_error *error) {
  dseg_description *description = context->description;
  dseg_references *references = &description->references;
  const size_t most = references->count + (taking->frames.size > 0 ? elements->planes : 0);
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
    const uint32_t place = dseg_volume_get_le(taking->index.data + i * 4);
    const uint32_t frame = taking->frames.size > 0 ? dseg_volume_get_le(taking->frames.data + i * 4) : 0;
    if (place == 0) {
      continue;
    }
    memcpy(&plane->source, taking->places.data + (place - 1) * sizeof plane->source, sizeof plane->source);
    if (plane->source < 0) {
      continue;
    }
    if (frame != 0 && (last != plane->source || made[count - 1].frame != frame)) {
      last = plane->source;
      made[count] = made[last];
      made[count++].frame = frame;
    }
    plane->source = frame != 0 ? (int32_t)(count - 1) : plane->source;
    made[plane->source].same_pixels = taking->same_pixels;
    made[plane->source].derivation = taking->derivation;
  }
  references->instances = made;
  references->count = count;
  return DSEG_OK;
}

dseg_status dseg_volume_take_sources(const dseg_read_context *context, const dseg_volume_elements *elements,
                                     dseg_error *error) {
  const dseg_references *references = &context->description->references;
  struct taking taking = {.same_pixels = false};
  if (elements->is_slide || references->count == 0 || references->count > INT32_MAX ||
      !dseg_data_set_get_bytes(context->set, elements->block | DSEG_VOLUME_SOURCE, &taking.index)) {
    return DSEG_OK;
  }
  if (!dseg_data_set_get_bytes(context->set, elements->block | DSEG_VOLUME_SOURCE_FRAME, &taking.frames)) {
    taking.frames = (dseg_view){0};
  }
  dseg_status status = dseg_volume_take_derivation(context, elements, &taking.same_pixels, &taking.derivation, error);
  if (status == DSEG_OK) {
    status = dseg_volume_list_instances(context->set, &taking.list, error);
  }
  if (status == DSEG_OK) {
    status = match(references, &taking.list, &taking.places, error);
  }
  if (status == DSEG_OK) {
    status = take(context, elements, &taking, error);
  }
  dseg_buffer_free(&taking.list);
  dseg_buffer_free(&taking.places);
  return status;
}
