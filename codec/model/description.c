/* SPDX-License-Identifier: Apache-2.0 */
/* description.c - a segmentation's description and the arena that owns its strings and arrays. */
#include "dseg/description.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "dseg/instances.h"
#include "dseg/writer.h"

dseg_description *dseg_description_create(void) {
  dseg_description *description = calloc(1, sizeof *description);
  if (description != NULL) {
    description->has_background = true;
  }
  return description;
}

void dseg_description_destroy(dseg_description *description) {
  if (description == NULL) {
    return;
  }
  dseg_arena_block *arena = description->arena;
  dseg_arena_free(&arena);
  free(description);
}

void *dseg_description_alloc(dseg_description *description, size_t size) {
  dseg_arena_block *arena = description->arena;
  void *result = dseg_arena_alloc(&arena, size);
  description->arena = arena;
  return result;
}

const char *dseg_description_strdup(dseg_description *description, const char *text) {
  if (text == NULL) {
    return NULL;
  }
  const size_t size = strlen(text) + 1;
  char *copy = dseg_description_alloc(description, size);
  if (copy != NULL) {
    memcpy(copy, text, size);
  }
  return copy;
}

ptrdiff_t dseg_description_find_segment(const dseg_description *description, uint32_t number) {
  for (size_t i = 0; i < description->segment_count; i++) {
    if (description->segments[i].number == number) {
      return (ptrdiff_t)i;
    }
  }
  return -1;
}

void dseg_description_renumber(dseg_description *description) {
  for (size_t i = 0; i < description->segment_count; i++) {
    description->segments[i].number = (uint32_t)(i + 1);
  }
}

/* Copying: `ok` is cleared by the first allocation that fails and checked once at the end. */
struct copier {
  dseg_description *to;
  bool ok;
};

static const char *copy_text(struct copier *copier, const char *text) {
  const char *copy = dseg_description_strdup(copier->to, text);
  copier->ok = copier->ok && (copy != NULL || text == NULL);
  return copy;
}

static void *copy_bytes(struct copier *copier, const void *bytes, size_t size) {
  if (size == 0) {
    return NULL;
  }
  void *copy = dseg_description_alloc(copier->to, size);
  if (copy == NULL) {
    copier->ok = false;
    return NULL;
  }
  return memcpy(copy, bytes, size);
}

static dseg_view copy_view(struct copier *copier, dseg_view view) {
  return (dseg_view){copy_bytes(copier, view.data, view.size), view.size};
}

static dseg_code copy_code(struct copier *copier, dseg_code code) {
  return (dseg_code){copy_text(copier, code.value), copy_text(copier, code.scheme), copy_text(copier, code.meaning)};
}

static dseg_code_list copy_codes(struct copier *copier, dseg_code_list list) {
  dseg_code *items = copy_bytes(copier, list.items, list.count * sizeof *items);
  if (items == NULL) {
    return (dseg_code_list){NULL, 0};
  }
  for (size_t i = 0; i < list.count; i++) {
    items[i] = copy_code(copier, list.items[i]);
  }
  return (dseg_code_list){items, list.count};
}

static void copy_segment(struct copier *copier, dseg_segment *segment) {
  segment->label = copy_text(copier, segment->label);
  segment->description = copy_text(copier, segment->description);
  segment->algorithm_name = copy_text(copier, segment->algorithm_name);
  segment->category = copy_code(copier, segment->category);
  segment->type = copy_code(copier, segment->type);
  segment->type_modifiers = copy_codes(copier, segment->type_modifiers);
  segment->anatomic_regions = copy_codes(copier, segment->anatomic_regions);
  segment->anatomic_region_modifiers = copy_codes(copier, segment->anatomic_region_modifiers);
  segment->tracking_id = copy_text(copier, segment->tracking_id);
  segment->tracking_uid = copy_text(copier, segment->tracking_uid);
  segment->attributes = copy_view(copier, segment->attributes);
}

static dseg_references copy_references(struct copier *copier, dseg_references from) {
  dseg_instance_reference *items = copy_bytes(copier, from.instances, from.count * sizeof *items);
  if (items == NULL) {
    return (dseg_references){.count = 0};
  }
  for (size_t i = 0; i < from.count; i++) {
    items[i].sop_class_uid = copy_text(copier, items[i].sop_class_uid);
    items[i].sop_instance_uid = copy_text(copier, items[i].sop_instance_uid);
    /* Instances of one series share its text, so that a thousand slices cost one copy. */
    const bool same_series = i > 0 && from.instances[i].series_uid == from.instances[i - 1].series_uid;
    const bool same_study = i > 0 && from.instances[i].study_uid == from.instances[i - 1].study_uid;
    items[i].series_uid = same_series ? items[i - 1].series_uid : copy_text(copier, items[i].series_uid);
    const bool same_derivation = i > 0 && from.instances[i].derivation.data == from.instances[i - 1].derivation.data;
    items[i].derivation = same_derivation ? items[i - 1].derivation : copy_view(copier, from.instances[i].derivation);
    items[i].study_uid = same_study ? items[i - 1].study_uid : copy_text(copier, items[i].study_uid);
  }
  return (dseg_references){items, from.count, from.shared, copy_view(copier, from.derivation)};
}

static const dseg_frame_attributes *copy_frames(struct copier *copier, const dseg_frame_attributes *from,
                                                size_t count) {
  dseg_frame_attributes *frames = copy_bytes(copier, from, count * sizeof *frames);
  for (size_t i = 0; frames != NULL && i < count; i++) {
    const bool same = i > 0 && from[i].attributes.data == from[i - 1].attributes.data;
    frames[i].attributes = same ? frames[i - 1].attributes : copy_view(copier, from[i].attributes);
  }
  return frames;
}

static void copy_identity(struct copier *copier, dseg_identity *identity) {
  identity->patient_id = copy_text(copier, identity->patient_id);
  identity->issuer = copy_text(copier, identity->issuer);
  identity->issuer_entity = copy_text(copier, identity->issuer_entity);
  identity->study_uid = copy_text(copier, identity->study_uid);
}

static void copy_content(struct copier *copier, dseg_content *content) {
  content->series_description = copy_text(copier, content->series_description);
  content->series_number = copy_text(copier, content->series_number);
  content->instance_number = copy_text(copier, content->instance_number);
  content->content_label = copy_text(copier, content->content_label);
  content->content_description = copy_text(copier, content->content_description);
  content->content_creator_name = copy_text(copier, content->content_creator_name);
  content->body_part_examined = copy_text(copier, content->body_part_examined);
  content->clinical_trial_series_id = copy_text(copier, content->clinical_trial_series_id);
  content->clinical_trial_time_point_id = copy_text(copier, content->clinical_trial_time_point_id);
  content->clinical_trial_coordinating_center = copy_text(copier, content->clinical_trial_coordinating_center);
}

static void *copy_column(struct copier *copier, const void *values, size_t count, size_t size) {
  return values != NULL ? copy_bytes(copier, values, count * size) : NULL;
}

static const dseg_instances *copy_instances(struct copier *copier, const dseg_instances *from) {
  dseg_instances *copy = DSEG_HAVE_INSTANCES && from != NULL ? copy_bytes(copier, from, sizeof *from) : NULL;
  if (copy == NULL) {
    return NULL;
  }
  copy->segments = copy_column(copier, from->segments, from->count, sizeof *from->segments);
  copy->confidence = copy_column(copier, from->confidence, from->count, sizeof *from->confidence);
  copy->boxes = copy_column(copier, from->boxes, from->count * from->box_values, sizeof *from->boxes);
  copy->uid_root = copy_text(copier, from->uid_root);
  copy->numbers = copy_column(copier, from->numbers, from->count, sizeof *from->numbers);
  return copy;
}

dseg_status dseg_description_copy(const dseg_description *from, dseg_description **to, dseg_error *error) {
  dseg_error_clear(error);
  dseg_description *copy = dseg_description_create();
  if (copy == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a description");
  }
  void *arena = copy->arena;
  *copy = *from;
  copy->arena = arena;
  struct copier copier = {copy, true};
  copy->segments = copy_bytes(&copier, from->segments, from->segment_count * sizeof *copy->segments);
  for (size_t i = 0; copier.ok && i < from->segment_count; i++) {
    copy_segment(&copier, &copy->segments[i]);
  }
  copy->geometry.planes =
      copy_bytes(&copier, from->geometry.planes, from->geometry.plane_count * sizeof *copy->geometry.planes);
  copy->geometry.frame_of_reference_uid = copy_text(&copier, from->geometry.frame_of_reference_uid);
  copy->references = copy_references(&copier, from->references);
  copy_identity(&copier, &copy->identity);
  copy_content(&copier, &copy->content);
  copy->context = copy_view(&copier, from->context);
  copy->attributes = copy_view(&copier, from->attributes);
  copy->background_attributes = copy_view(&copier, from->background_attributes);
  copy->shared_attributes = copy_view(&copier, from->shared_attributes);
  copy->frames = copy_frames(&copier, from->frames, from->frame_count);
  copy->dropped = copy_bytes(&copier, from->dropped, from->dropped_count * sizeof *from->dropped);
  copy->instances = copy_instances(&copier, from->instances);
  if (!copier.ok) {
    dseg_description_destroy(copy);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a description");
  }
  *to = copy;
  return DSEG_OK;
}
