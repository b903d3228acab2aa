/* SPDX-License-Identifier: Apache-2.0 */
/* kept_groups.c - copies elements out of the stream of functional groups: what frames were derived from, once for each
 * image, and what else is said of a frame, with the frame. */
#include "seg_read/kept_groups.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "dicom/context.h"
#include "dicom/element_writer.h"
#include "model/frame_order.h"

/* A value is kept up to this size; one of undefined length is looked for its end in so many bytes at first. */
#define PEEK_MAX ((size_t)1 << 16)
#define PEEK_MIN ((size_t)1 << 12)

/* Whether so many bytes can be looked at. */
static dseg_status is_there(dseg_scanner *scanner, uint64_t size, bool *there, dseg_error *error) {
  dseg_error why = {DSEG_OK, ""};
  const dseg_status status = dseg_scanner_need(scanner, (size_t)size, &why);
  *there = status == DSEG_OK;
  return *there || dseg_is_malformed(status) ? DSEG_OK : dseg_fail(error, status, "%s", why.message);
}

dseg_status dseg_peek_value(dseg_scanner *scanner, const dseg_header *header, dseg_view *value, bool *found,
                            dseg_error *error) {
  *value = (dseg_view){0};
  *found = false;
  if (!header->undefined_length) {
    if (header->length <= PEEK_MAX) {
      DSEG_TRY(is_there(scanner, header->length, found, error));
      *value = (dseg_view){*found ? dseg_scanner_here(scanner) : NULL, *found ? header->length : 0};
    }
    return DSEG_OK;
  }
  for (size_t size = PEEK_MIN; size <= PEEK_MAX && !*found; size *= 4) {
    const uint64_t left = dseg_scanner_left(scanner);
    bool there = false;
    DSEG_TRY(is_there(scanner, left < size ? left : size, &there, error));
    if (!there) {
      return DSEG_OK;
    }
    const size_t window = scanner->filled - (size_t)scanner->at;
    const dseg_view bytes = {dseg_scanner_here(scanner), left < window ? (size_t)left : window};
    dseg_scanner ahead;
    uint64_t length;
    dseg_scanner_open_memory(&ahead, bytes);
    ahead.implicit_vr = scanner->implicit_vr;
    ahead.big_endian = scanner->big_endian;
    *found = dseg_scanner_skip_value(&ahead, header, &length, NULL) == DSEG_OK;
    if (*found) {
      *value = (dseg_view){bytes.data, (size_t)length};
    }
  }
  return DSEG_OK;
}

/* Never 0. */
static uint64_t hash_bytes(dseg_view bytes) {
  const uint64_t value = dseg_hash_bytes(bytes);
  return value != 0 ? value : 1;
}

static bool same_bytes(dseg_view a, const dseg_buffer *b) {
  return a.size > 0 && a.size == b->size && memcmp(a.data, b->data, a.size) == 0;
}

dseg_status dseg_keep_derivation_of(dseg_image_set *set, size_t image, uint32_t list, const dseg_derivation *derivation,
                                    dseg_error *error) {
  const dseg_view value = derivation->sequence.value;
  const uint64_t hash = value.size > 0 ? hash_bytes(value) : 0;
  uint64_t *known = list > 0 ? &set->lists[list - 1].hash : &set->derivations[image];
  dseg_view *kept = list > 0 ? &set->lists[list - 1].derivation : &set->items[image].derivation;
  if (*known == hash && hash != 0) {
    return DSEG_OK;
  }
  if (*known != 0 || hash == 0) { /* frames on the same images that differ: the first counts */
    *known = *known != 0 ? *known : 1;
    return dseg_tag_list_add(set->dropped, derivation->sequence.tag, error);
  }
  *known = hash;
  dseg_buffer bytes = {0};
  dseg_derivation_facts facts = {0};
  dseg_status status = dseg_keep_derivation(derivation, false, &bytes, &facts, error);
  if (dseg_is_malformed(status)) {
    status = dseg_tag_list_add(set->dropped, derivation->sequence.tag, error);
  } else if (status == DSEG_OK && !facts.usual && same_bytes(set->last_derivation, &bytes)) {
    *kept = set->last_derivation;
  } else if (status == DSEG_OK && !facts.usual) {
    status = dseg_keep_bytes(set->description, &bytes, kept, error);
    set->last_derivation = *kept;
  }
  *(list > 0 ? &set->lists[list - 1].same_pixels : &set->items[image].same_pixels) =
      status == DSEG_OK && facts.same_pixels;
  dseg_buffer_free(&bytes);
  return status;
}

dseg_status dseg_keep_of_frame(dseg_image_set *set, dseg_scanner *scanner, const dseg_elements *parent,
                               const dseg_header *header, dseg_buffer *out, dseg_error *error) {
  dseg_element element = {
      .tag = header->tag, .vr = {header->vr[0], header->vr[1]}, .undefined_length = header->undefined_length};
  const size_t size = out->size;
  bool found = false;
  DSEG_TRY(dseg_peek_value(scanner, header, &element.value, &found, error));
  if (found) {
    const dseg_status status = dseg_copy_element(parent, &element, set->character_set, out, error);
    if (!dseg_is_malformed(status)) {
      return status;
    }
    out->size = size;
  }
  return dseg_tag_list_add(set->dropped, header->tag, error);
}

dseg_status dseg_keep_in_sequence(uint32_t tag, const dseg_buffer *elements, dseg_buffer *out, dseg_error *error) {
  dseg_element_writer writer = {out, false, DSEG_OK, error};
  const size_t sequence = dseg_write_begin_sequence(&writer, tag);
  const size_t item = dseg_write_begin_item(&writer);
  dseg_write_raw(&writer, elements->data, elements->size);
  dseg_write_end(&writer, item);
  dseg_write_end(&writer, sequence);
  return writer.status;
}

dseg_status dseg_keep_frame(dseg_image_set *set, size_t frame, const dseg_buffer *elements, dseg_error *error) {
  const dseg_kept_frame *last = set->frame_count > 0 ? &set->frames[set->frame_count - 1] : NULL;
  if (set->frame_count == set->frame_capacity) {
    const size_t capacity = set->frame_capacity != 0 ? 2 * set->frame_capacity : 64;
    dseg_kept_frame *frames = realloc(set->frames, capacity * sizeof *frames);
    if (frames == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for attributes of %zu frames", capacity);
    }
    set->frames = frames;
    set->frame_capacity = capacity;
    last = set->frame_count > 0 ? &frames[set->frame_count - 1] : NULL;
  }
  dseg_kept_frame *kept = &set->frames[set->frame_count];
  *kept = (dseg_kept_frame){.frame = set->first_frame + frame};
  if (last != NULL && same_bytes(last->attributes, elements)) {
    kept->attributes = last->attributes;
  } else {
    DSEG_TRY(dseg_keep_bytes(set->description, elements, &kept->attributes, error));
  }
  set->frame_count++;
  return DSEG_OK;
}

dseg_status dseg_keep_frames(dseg_image_set *set,
                             void (*place)(const void *user, size_t frame, dseg_frame_attributes *placed),
                             const void *user, dseg_error *error) {
  set->description->shared_attributes = set->shared_others;
  if (set->frame_count == 0) {
    return DSEG_OK;
  }
  dseg_frame_attributes *frames = dseg_description_alloc(set->description, set->frame_count * sizeof *frames);
  if (frames == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for attributes of %zu frames", set->frame_count);
  }
  for (size_t i = 0; i < set->frame_count; i++) {
    frames[i].attributes = set->frames[i].attributes;
    place(user, set->frames[i].frame, &frames[i]);
  }
  qsort(frames, set->frame_count, sizeof *frames, dseg_compare_frame_attributes);
  set->description->frames = frames;
  set->description->frame_count = set->frame_count;
  return DSEG_OK;
}
