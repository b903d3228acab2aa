/* SPDX-License-Identifier: Apache-2.0 */
/* functional_groups.c - one streaming pass over functional groups (PS3.3 C.7.6.16).
 *
 * The hot path of opening: a frame of a BINARY object brings some 25 elements in 450 bytes. Nothing is allocated;
 * what is not needed is skipped by its length, or walked where it has none. */
#include "seg_read/functional_groups.h"

#include <string.h>

#include "seg_read/group_sources.h"
#include "seg_read/kept_groups.h"

#define WINDOW ((size_t)1 << 18)

static dseg_status read_decimals(dseg_group_pass *pass, const dseg_header *header, double *values, size_t count,
                                 bool *found, dseg_error *error) {
  dseg_element element;
  double read[6];
  DSEG_TRY(dseg_group_read_value(pass, header, &element, error));
  if (element.value.size == 0) {
    return DSEG_OK;
  }
  for (size_t i = 0; i < count; i++) {
    if (!dseg_element_decimal(&element, i, &read[i])) {
      return dseg_fail(error, DSEG_ERROR_FORMAT,
                       "(%04X,%04X) before byte %llu does not hold %zu decimal numbers (PS3.5 6.2)", header->tag >> 16,
                       header->tag & 0xFFFFu, (unsigned long long)dseg_scanner_position(&pass->scanner), count);
    }
  }
  memcpy(values, read, count * sizeof *values);
  *found = true;
  return DSEG_OK;
}

/* A value of type 3 or 2: what cannot be read is absent. */
static dseg_status read_optional_decimal(dseg_group_pass *pass, const dseg_header *header, double *value,
                                         dseg_error *error) {
  dseg_element element;
  double read;
  DSEG_TRY(dseg_group_read_value(pass, header, &element, error));
  if (dseg_element_decimal(&element, 0, &read) && read > 0) {
    *value = read;
  }
  return DSEG_OK;
}

/* Segment Identification (PS3.3 C.8.20.3.1). */
static dseg_status in_segment(dseg_group_pass *pass, const dseg_header *header, dseg_error *error) {
  if (header->tag != DSEG_TAG(0x0062, 0x000B)) {
    return dseg_group_skip(pass, header, error);
  }
  dseg_element element;
  const dseg_elements in = dseg_group_encoding(pass);
  DSEG_TRY(dseg_group_read_value(pass, header, &element, error));
  pass->groups->has_segment = dseg_element_u16(&in, &element, 0, &pass->groups->segment);
  return DSEG_OK;
}

/* Plane Position (PS3.3 C.7.6.16.2.3). */
static dseg_status in_plane_position(dseg_group_pass *pass, const dseg_header *header, dseg_error *error) {
  if (header->tag != DSEG_TAG(0x0020, 0x0032)) {
    return dseg_group_skip(pass, header, error);
  }
  pass->groups->placed_per_frame = true;
  return read_decimals(pass, header, pass->groups->position, 3, &pass->groups->has_position, error);
}

/* Plane Orientation (PS3.3 C.7.6.16.2.4). */
static dseg_status in_plane_orientation(dseg_group_pass *pass, const dseg_header *header, dseg_error *error) {
  if (header->tag != DSEG_TAG(0x0020, 0x0037)) {
    return dseg_group_skip(pass, header, error);
  }
  return read_decimals(pass, header, pass->groups->orientation, 6, &pass->groups->has_orientation, error);
}

/* Pixel Measures (PS3.3 C.7.6.16.2.1). */
static dseg_status in_pixel_measures(dseg_group_pass *pass, const dseg_header *header, dseg_error *error) {
  dseg_groups *groups = pass->groups;
  switch (header->tag) {
    case DSEG_TAG(0x0018, 0x0050): return read_optional_decimal(pass, header, &groups->slice_thickness, error);
    case DSEG_TAG(0x0018, 0x0088): return read_optional_decimal(pass, header, &groups->spacing_between_slices, error);
    case DSEG_TAG(0x0028, 0x0030):
      return read_decimals(pass, header, groups->pixel_spacing, 2, &groups->has_pixel_spacing, error);
    default: return dseg_group_skip(pass, header, error);
  }
}

static dseg_status read_matrix_position(dseg_group_pass *pass, const dseg_header *header, int32_t *value,
                                        dseg_error *error) {
  dseg_element element;
  uint32_t read;
  const dseg_elements in = dseg_group_encoding(pass);
  DSEG_TRY(dseg_group_read_value(pass, header, &element, error));
  if (!dseg_element_u32(&in, &element, 0, &read) || read == 0 || read > INT32_MAX) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "(%04X,%04X) before byte %llu is no position in the total pixel matrix (PS3.3 C.8.12.6.1)",
                     header->tag >> 16, header->tag & 0xFFFFu,
                     (unsigned long long)dseg_scanner_position(&pass->scanner));
  }
  *value = (int32_t)read;
  pass->groups->has_slide_position = true;
  pass->groups->placed_per_frame = true;
  return DSEG_OK;
}

/* Plane Position (Slide) (PS3.3 C.8.12.6.1). */
static dseg_status in_slide_position(dseg_group_pass *pass, const dseg_header *header, dseg_error *error) {
  dseg_groups *groups = pass->groups;
  bool found;
  switch (header->tag) {
    case DSEG_TAG(0x0040, 0x072A): return read_decimals(pass, header, &groups->position[0], 1, &found, error);
    case DSEG_TAG(0x0040, 0x073A): return read_decimals(pass, header, &groups->position[1], 1, &found, error);
    case DSEG_TAG(0x0040, 0x074A): return read_decimals(pass, header, &groups->position[2], 1, &found, error);
    case DSEG_TAG(0x0048, 0x021E): return read_matrix_position(pass, header, &groups->matrix_column, error);
    case DSEG_TAG(0x0048, 0x021F): return read_matrix_position(pass, header, &groups->matrix_row, error);
    default: return dseg_group_skip(pass, header, error);
  }
}

/* Keeps an element that says something of frames that nothing else here reads. */
static dseg_status keep_other(dseg_group_pass *pass, const dseg_header *header, dseg_buffer *out, dseg_error *error) {
  const dseg_elements parent = dseg_group_encoding(pass);
  if (dseg_group_keeps(pass) && (header->tag & 0xFFFFu) != 0) {
    DSEG_TRY(dseg_keep_of_frame(pass->references, &pass->scanner, &parent, header, out, error));
  }
  return dseg_group_skip(pass, header, error);
}

/* Frame Content (PS3.3 C.7.6.16.2.2): a copy has its own indices and labels. */
static dseg_status in_frame_content(dseg_group_pass *pass, const dseg_header *header, dseg_error *error) {
  if (header->tag == DSEG_TAG(0x0020, 0x9157) || header->tag == DSEG_TAG(0x0020, 0x9453)) {
    return dseg_group_skip(pass, header, error);
  }
  return keep_other(pass, header, &pass->content, error);
}

static dseg_status read_frame_content(dseg_group_pass *pass, const dseg_header *header, dseg_error *error) {
  pass->content.size = 0;
  DSEG_TRY(dseg_group_read_sequence(pass, header, in_frame_content, error));
  return pass->content.size > 0 ? dseg_keep_in_sequence(header->tag, &pass->content, &pass->others, error) : DSEG_OK;
}

/* The functional group macros of one frame, or of all. */
static dseg_status in_groups(dseg_group_pass *pass, const dseg_header *header, dseg_error *error) {
  switch (header->tag) {
    case DSEG_TAG(0x0008, 0x9124):
      return pass->references != NULL ? dseg_group_read_derivation(pass, header, error)
                                      : dseg_group_skip(pass, header, error);
    case DSEG_TAG(0x0020, 0x9111): return read_frame_content(pass, header, error);
    case DSEG_TAG(0x0020, 0x9113): return dseg_group_read_sequence(pass, header, in_plane_position, error);
    case DSEG_TAG(0x0020, 0x9116): return dseg_group_read_sequence(pass, header, in_plane_orientation, error);
    case DSEG_TAG(0x0028, 0x9110): return dseg_group_read_sequence(pass, header, in_pixel_measures, error);
    case DSEG_TAG(0x0048, 0x021A): return dseg_group_read_sequence(pass, header, in_slide_position, error);
    case DSEG_TAG(0x0062, 0x000A): return dseg_group_read_sequence(pass, header, in_segment, error);
    default: return keep_other(pass, header, &pass->others, error);
  }
}

static void free_buffers(dseg_group_pass *pass) {
  dseg_buffer_free(&pass->frames);
  dseg_buffer_free(&pass->sources);
  dseg_buffer_free(&pass->raw);
  dseg_buffer_free(&pass->others);
  dseg_buffer_free(&pass->content);
}

dseg_status dseg_groups_shared(const dseg_elements *elements, dseg_image_set *references, dseg_groups *shared,
                               dseg_error *error) {
  dseg_elements item;
  bool found;
  *shared = (dseg_groups){.source = -1};
  DSEG_TRY(dseg_elements_find_item(elements, DSEG_TAG(0x5200, 0x9229), &item, &found, error));
  dseg_group_pass pass = {.groups = shared, .references = references};
  dseg_scanner_open_memory(&pass.scanner, item.bytes);
  pass.scanner.implicit_vr = item.implicit_vr;
  pass.scanner.big_endian = item.big_endian;
  pass.is_shared = true;
  dseg_status status = dseg_group_read_elements(&pass, false, in_groups, error);
  shared->placed_per_frame = false;
  if (status == DSEG_OK && pass.source_count > 0) {
    status = dseg_group_end_shared_sources(&pass, error);
  }
  if (status == DSEG_OK && pass.others.size > 0 && references->shared_others.size == 0) {
    status = dseg_keep_bytes(references->description, &pass.others, &references->shared_others, error);
  }
  free_buffers(&pass);
  return status;
}

static dseg_status read_frames(dseg_group_pass *pass, const dseg_groups *shared, dseg_groups_visit visit, void *user,
                               size_t *count, dseg_error *error) {
  dseg_header item;
  bool more;
  for (*count = 0;; ++*count) {
    /* The value ends where the sequence does: its delimiter is not part of it. */
    DSEG_TRY(dseg_group_next_item(pass, false, &item, &more, error));
    if (!more) {
      return DSEG_OK;
    }
    *pass->groups = *shared;
    pass->others.size = 0;
    DSEG_TRY(dseg_group_read_item(pass, &item, in_groups, error));
    DSEG_TRY(visit(user, *count, pass->groups, error));
    if (pass->others.size > 0) {
      DSEG_TRY(dseg_keep_frame(pass->references, *count, &pass->others, error));
    }
  }
}

dseg_status dseg_groups_per_frame(const dseg_part10 *part10, const dseg_groups *shared, dseg_image_set *references,
                                  dseg_groups_visit visit, void *user, size_t *count, dseg_error *error) {
  const dseg_located *located = &part10->per_frame;
  dseg_groups groups;
  dseg_group_pass pass = {.groups = &groups, .references = references};
  *count = 0;
  if (!located->present) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_scanner_open(&pass.scanner, part10->input, located->value_offset,
                             located->value_offset + located->value_length, WINDOW, error));
  const dseg_header header = {.vr = {located->vr[0], located->vr[1]}};
  pass.scanner.implicit_vr = part10->elements.implicit_vr;
  pass.scanner.big_endian = part10->elements.big_endian;
  dseg_scanner_enter(&pass.scanner, &header);
  const dseg_status status = read_frames(&pass, shared, visit, user, count, error);
  dseg_scanner_close(&pass.scanner);
  free_buffers(&pass);
  return status;
}
