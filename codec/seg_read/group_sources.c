/* SPDX-License-Identifier: Apache-2.0 */
/* group_sources.c - the images that frames were derived from: Derivation Image (PS3.3 C.7.6.16.2.6). */
#include "seg_read/group_sources.h"

#include <string.h>

#include "seg_read/kept_groups.h"

static dseg_status read_uid(dseg_group_pass *pass, const dseg_header *header, uint8_t uid[DSEG_GROUP_UID_BYTES],
                            size_t *size, dseg_error *error) {
  dseg_element element;
  dseg_view text;
  DSEG_TRY(dseg_group_read_value(pass, header, &element, error));
  *size = 0;
  if (dseg_element_text(&element, 0, &text) && text.size <= DSEG_GROUP_UID_BYTES) {
    memcpy(uid, text.data, text.size);
    *size = text.size;
  }
  return DSEG_OK;
}

/* Referenced Frame Number (0008,1160): one or more. */
static dseg_status read_frames(dseg_group_pass *pass, const dseg_header *header, dseg_error *error) {
  dseg_element element;
  int64_t number;
  DSEG_TRY(dseg_group_read_value(pass, header, &element, error));
  if (element.tag == 0 && dseg_group_keeps(pass)) { /* too many: the image as a whole stands for them */
    return dseg_tag_list_add(pass->references->dropped, DSEG_TAG(0x0008, 0x9124), error);
  }
  for (size_t i = 0; dseg_element_integer(&element, i, &number); i++) {
    const uint32_t frame = (uint32_t)number;
    if (number > 0 && number <= INT32_MAX) {
      DSEG_TRY(dseg_buffer_append(&pass->frames, &frame, sizeof frame, error));
    }
  }
  return DSEG_OK;
}

/* SOP Instance Reference of a source image; its tags ascend, so that the frames come last. */
static dseg_status in_source_image(dseg_group_pass *pass, const dseg_header *header, dseg_error *error) {
  switch (header->tag) {
    case DSEG_TAG(0x0008, 0x1150): return read_uid(pass, header, pass->sop_class, &pass->sop_class_size, error);
    case DSEG_TAG(0x0008, 0x1155): return read_uid(pass, header, pass->instance, &pass->instance_size, error);
    case DSEG_TAG(0x0008, 0x1160): return read_frames(pass, header, error);
    default: return dseg_group_skip(pass, header, error);
  }
}

static dseg_status add_image(dseg_group_pass *pass, uint32_t frame, dseg_error *error) {
  uint32_t index;
  DSEG_TRY(dseg_image_set_add(pass->references, (dseg_view){pass->sop_class, pass->sop_class_size},
                              (dseg_view){pass->instance, pass->instance_size}, frame, &index, error));
  pass->source_count++;
  return dseg_buffer_append(&pass->sources, &index, sizeof index, error);
}

static dseg_status add_source(dseg_group_pass *pass, dseg_error *error) {
  if (pass->instance_size == 0) {
    return DSEG_OK;
  }
  if (pass->frames.size == 0) {
    return add_image(pass, 0, error);
  }
  for (size_t at = 0; at < pass->frames.size; at += sizeof(uint32_t)) {
    uint32_t frame;
    memcpy(&frame, pass->frames.data + at, sizeof frame);
    DSEG_TRY(add_image(pass, frame, error));
  }
  return DSEG_OK;
}

/* Gives the frame the images that were read. */
static dseg_status end_sources(dseg_group_pass *pass, dseg_error *error) {
  dseg_groups *groups = pass->groups;
  uint32_t first;
  if (pass->sources.size == 0) {
    return DSEG_OK;
  }
  memcpy(&first, pass->sources.data, sizeof first);
  groups->placed_per_frame = true;
  groups->source = (int32_t)first;
  return dseg_image_set_add_list(pass->references, (dseg_view){pass->sources.data, pass->sources.size},
                                 &groups->source_list, error);
}

/* Derivation Image (PS3.3 C.7.6.16.2.6): each item of Source Image Sequence (0008,2112) is one image. */
static dseg_status in_derivation(dseg_group_pass *pass, const dseg_header *header, dseg_error *error) {
  dseg_scanner *scanner = &pass->scanner;
  const uint64_t end = scanner->end;
  dseg_header item;
  bool more;
  if (header->tag != DSEG_TAG(0x0008, 0x2112)) {
    return dseg_group_skip(pass, header, error);
  }
  if (!header->undefined_length) {
    scanner->end = dseg_scanner_position(scanner) + header->length;
  }
  DSEG_TRY(dseg_group_next_item(pass, header->undefined_length, &item, &more, error));
  while (more) {
    pass->sop_class_size = 0;
    pass->instance_size = 0;
    pass->frames.size = 0;
    DSEG_TRY(dseg_group_read_item(pass, &item, in_source_image, error));
    DSEG_TRY(add_source(pass, error));
    DSEG_TRY(dseg_group_next_item(pass, header->undefined_length, &item, &more, error));
  }
  scanner->end = end;
  return DSEG_OK;
}

static dseg_status keep_derivation(const dseg_group_pass *pass, dseg_error *error) {
  return dseg_keep_derivation_of(pass->references, (size_t)pass->groups->source, pass->groups->source_list,
                                 &pass->derivation, error);
}

dseg_status dseg_group_read_derivation(dseg_group_pass *pass, const dseg_header *header, dseg_error *error) {
  dseg_view value = {0};
  bool found = false;
  pass->raw.size = 0;
  if (dseg_group_keeps(pass)) {
    DSEG_TRY(dseg_peek_value(&pass->scanner, header, &value, &found, error));
  }
  if (found) {
    DSEG_TRY(dseg_buffer_append(&pass->raw, value.data, value.size, error)); /* reading on may move the bytes */
  }
  pass->derivation = (dseg_derivation){.parent = dseg_group_encoding(pass),
                                       .sequence = {.tag = header->tag,
                                                    .vr = {header->vr[0], header->vr[1]},
                                                    .undefined_length = header->undefined_length,
                                                    .value = {pass->raw.data, pass->raw.size}},
                                       .character_set = pass->references->character_set};
  pass->sources.size = 0;
  DSEG_TRY(dseg_group_read_sequence(pass, header, in_derivation, error));
  DSEG_TRY(end_sources(pass, error));
  return dseg_group_keeps(pass) && pass->sources.size > 0 && !pass->is_shared ? keep_derivation(pass, error) : DSEG_OK;
}

/* Where all frames derive from several images, none lies on the first in particular. */
dseg_status dseg_group_end_shared_sources(dseg_group_pass *pass, dseg_error *error) {
  dseg_image_set *set = pass->references;
  dseg_buffer bytes = {0};
  dseg_derivation_facts facts;
  if (pass->source_count == 1) {
    return set->dropped != NULL ? keep_derivation(pass, error) : DSEG_OK;
  }
  pass->groups->source = -1;
  pass->groups->source_list = 0;
  set->shared = true;
  if (set->dropped == NULL) {
    return DSEG_OK;
  }
  if (pass->raw.size == 0) {
    return dseg_tag_list_add(set->dropped, DSEG_TAG(0x0008, 0x9124), error);
  }
  dseg_status status = dseg_keep_derivation(&pass->derivation, true, &bytes, &facts, error);
  if (status == DSEG_OK) {
    status = dseg_keep_bytes(set->description, &bytes, &set->derivation, error);
  } else if (dseg_is_malformed(status)) {
    status = dseg_tag_list_add(set->dropped, DSEG_TAG(0x0008, 0x9124), error);
  }
  dseg_buffer_free(&bytes);
  return status;
}
