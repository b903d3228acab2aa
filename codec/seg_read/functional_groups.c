/* SPDX-License-Identifier: Apache-2.0 */
/* functional_groups.c - one streaming pass over functional groups (PS3.3 C.7.6.16).
 *
 * The hot path of opening: a frame of a BINARY object brings some 25 elements in 450 bytes. Nothing is allocated;
 * what is not needed is skipped by its length, or walked where it has none. Every item and sequence narrows the
 * scanner's end while it is read, so that no length inside can reach out of it. */
#include "seg_read/functional_groups.h"

#include <string.h>

#include "dicom/scanner.h"
#include "seg_read/kept_groups.h"

#define WINDOW ((size_t)1 << 18)
/* No value we look for is longer; one that is, is taken for absent. */
#define VALUE_MAX 4096u
#define UID_BYTES 64u

struct pass {
  dseg_scanner scanner;
  dseg_groups *groups;
  dseg_image_set *references; /* NULL: sources are not wanted */
  /* The source image being read: */
  uint8_t sop_class[UID_BYTES], instance[UID_BYTES];
  size_t sop_class_size, instance_size;
  uint32_t frame;
  bool in_source;
  size_t source_count; /* source images read so far */
  bool is_shared;      /* the groups of all frames are read */
  dseg_buffer raw;     /* Derivation Image Sequence as it stands there; empty: too long to be kept */
  dseg_derivation derivation;
  dseg_buffer others;  /* elements of the item that nothing here reads, as a description has them */
  dseg_buffer content; /* those of Frame Content Sequence */
};

/* Reads or skips the value of an element. */
typedef dseg_status (*handler)(struct pass *pass, const dseg_header *header, dseg_error *error);

static dseg_status skip(struct pass *pass, const dseg_header *header, dseg_error *error) {
  uint64_t length;
  return dseg_scanner_skip_value(&pass->scanner, header, &length, error);
}

/* The value of a short element; tag 0 when it is too long. It is valid until the scanner goes on. */
static dseg_status read_value(struct pass *pass, const dseg_header *header, dseg_element *element, dseg_error *error) {
  *element = (dseg_element){0};
  if (header->undefined_length || header->length > VALUE_MAX) {
    return skip(pass, header, error);
  }
  DSEG_TRY(dseg_scanner_need(&pass->scanner, header->length, error));
  *element = (dseg_element){.tag = header->tag,
                            .vr = {header->vr[0], header->vr[1]},
                            .value = {dseg_scanner_here(&pass->scanner), header->length}};
  dseg_scanner_skip(&pass->scanner, header->length);
  return DSEG_OK;
}

static dseg_status read_decimals(struct pass *pass, const dseg_header *header, double *values, size_t count,
                                 bool *found, dseg_error *error) {
  dseg_element element;
  double read[6];
  DSEG_TRY(read_value(pass, header, &element, error));
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
static dseg_status read_optional_decimal(struct pass *pass, const dseg_header *header, double *value,
                                         dseg_error *error) {
  dseg_element element;
  double read;
  DSEG_TRY(read_value(pass, header, &element, error));
  if (dseg_element_decimal(&element, 0, &read) && read > 0) {
    *value = read;
  }
  return DSEG_OK;
}

/* Elements up to the end of the item that the scanner is in. */
static dseg_status read_elements(struct pass *pass, bool undefined_length, handler handle, dseg_error *error) {
  dseg_scanner *scanner = &pass->scanner;
  for (;;) {
    dseg_header header;
    if (!undefined_length && dseg_scanner_left(scanner) == 0) {
      return DSEG_OK;
    }
    DSEG_TRY(dseg_scanner_header(scanner, &header, error));
    if (header.tag >> 16 == 0xFFFE) {
      if (undefined_length && header.tag == DSEG_TAG_ITEM_END) {
        return DSEG_OK;
      }
      return dseg_fail(error, DSEG_ERROR_FORMAT, "(%04X,%04X) before byte %llu stands among data elements (PS3.5 7.5)",
                       header.tag >> 16, header.tag & 0xFFFFu, (unsigned long long)dseg_scanner_position(scanner));
    }
    DSEG_TRY(handle(pass, &header, error));
  }
}

static dseg_status read_item(struct pass *pass, const dseg_header *item, handler handle, dseg_error *error) {
  dseg_scanner *scanner = &pass->scanner;
  const uint64_t end = scanner->end;
  if (!item->undefined_length) {
    scanner->end = dseg_scanner_position(scanner) + item->length;
  }
  DSEG_TRY(read_elements(pass, item->undefined_length, handle, error));
  scanner->end = end;
  return DSEG_OK;
}

/* The next item's header; *more is false at the end of the sequence, which the scanner has passed then. */
static dseg_status next_item(struct pass *pass, bool undefined_length, dseg_header *item, bool *more,
                             dseg_error *error) {
  dseg_scanner *scanner = &pass->scanner;
  *more = false;
  if (!undefined_length && dseg_scanner_left(scanner) == 0) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_scanner_header(scanner, item, error));
  if (item->tag == DSEG_TAG_ITEM) {
    *more = true;
    return DSEG_OK;
  }
  if (item->tag == DSEG_TAG_SEQUENCE_END) {
    if (!undefined_length) {
      dseg_scanner_skip(scanner, dseg_scanner_left(scanner));
    }
    return DSEG_OK;
  }
  return dseg_fail(error, DSEG_ERROR_FORMAT, "(%04X,%04X) before byte %llu stands where an item should (PS3.5 7.5)",
                   item->tag >> 16, item->tag & 0xFFFFu, (unsigned long long)dseg_scanner_position(scanner));
}

/* All items of a sequence, each element given to handle. */
static dseg_status read_sequence(struct pass *pass, const dseg_header *sequence, handler handle, dseg_error *error) {
  dseg_scanner *scanner = &pass->scanner;
  const uint64_t end = scanner->end;
  const bool implicit_vr = scanner->implicit_vr;
  const bool big_endian = scanner->big_endian;
  dseg_header item;
  bool more;
  dseg_scanner_enter(scanner, sequence);
  if (!sequence->undefined_length) {
    scanner->end = dseg_scanner_position(scanner) + sequence->length;
  }
  DSEG_TRY(next_item(pass, sequence->undefined_length, &item, &more, error));
  while (more) {
    DSEG_TRY(read_item(pass, &item, handle, error));
    DSEG_TRY(next_item(pass, sequence->undefined_length, &item, &more, error));
  }
  scanner->end = end;
  scanner->implicit_vr = implicit_vr;
  scanner->big_endian = big_endian;
  return DSEG_OK;
}

static dseg_elements encoding_of(const struct pass *pass) {
  return (dseg_elements){.implicit_vr = pass->scanner.implicit_vr, .big_endian = pass->scanner.big_endian};
}

/* Segment Identification (PS3.3 C.8.20.3.1). */
static dseg_status in_segment(struct pass *pass, const dseg_header *header, dseg_error *error) {
  if (header->tag != DSEG_TAG(0x0062, 0x000B)) {
    return skip(pass, header, error);
  }
  dseg_element element;
  const dseg_elements in = encoding_of(pass);
  DSEG_TRY(read_value(pass, header, &element, error));
  pass->groups->has_segment = dseg_element_u16(&in, &element, 0, &pass->groups->segment);
  return DSEG_OK;
}

/* Plane Position (PS3.3 C.7.6.16.2.3). */
static dseg_status in_plane_position(struct pass *pass, const dseg_header *header, dseg_error *error) {
  if (header->tag != DSEG_TAG(0x0020, 0x0032)) {
    return skip(pass, header, error);
  }
  pass->groups->placed_per_frame = true;
  return read_decimals(pass, header, pass->groups->position, 3, &pass->groups->has_position, error);
}

/* Plane Orientation (PS3.3 C.7.6.16.2.4). */
static dseg_status in_plane_orientation(struct pass *pass, const dseg_header *header, dseg_error *error) {
  if (header->tag != DSEG_TAG(0x0020, 0x0037)) {
    return skip(pass, header, error);
  }
  return read_decimals(pass, header, pass->groups->orientation, 6, &pass->groups->has_orientation, error);
}

/* Pixel Measures (PS3.3 C.7.6.16.2.1). */
static dseg_status in_pixel_measures(struct pass *pass, const dseg_header *header, dseg_error *error) {
  dseg_groups *groups = pass->groups;
  switch (header->tag) {
    case DSEG_TAG(0x0018, 0x0050): return read_optional_decimal(pass, header, &groups->slice_thickness, error);
    case DSEG_TAG(0x0018, 0x0088): return read_optional_decimal(pass, header, &groups->spacing_between_slices, error);
    case DSEG_TAG(0x0028, 0x0030):
      return read_decimals(pass, header, groups->pixel_spacing, 2, &groups->has_pixel_spacing, error);
    default: return skip(pass, header, error);
  }
}

static dseg_status read_matrix_position(struct pass *pass, const dseg_header *header, int32_t *value,
                                        dseg_error *error) {
  dseg_element element;
  uint32_t read;
  const dseg_elements in = encoding_of(pass);
  DSEG_TRY(read_value(pass, header, &element, error));
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
static dseg_status in_slide_position(struct pass *pass, const dseg_header *header, dseg_error *error) {
  dseg_groups *groups = pass->groups;
  bool found;
  switch (header->tag) {
    case DSEG_TAG(0x0040, 0x072A): return read_decimals(pass, header, &groups->position[0], 1, &found, error);
    case DSEG_TAG(0x0040, 0x073A): return read_decimals(pass, header, &groups->position[1], 1, &found, error);
    case DSEG_TAG(0x0040, 0x074A): return read_decimals(pass, header, &groups->position[2], 1, &found, error);
    case DSEG_TAG(0x0048, 0x021E): return read_matrix_position(pass, header, &groups->matrix_column, error);
    case DSEG_TAG(0x0048, 0x021F): return read_matrix_position(pass, header, &groups->matrix_row, error);
    default: return skip(pass, header, error);
  }
}

static dseg_status read_uid(struct pass *pass, const dseg_header *header, uint8_t uid[UID_BYTES], size_t *size,
                            dseg_error *error) {
  dseg_element element;
  dseg_view text;
  DSEG_TRY(read_value(pass, header, &element, error));
  *size = 0;
  if (dseg_element_text(&element, 0, &text) && text.size <= UID_BYTES) {
    memcpy(uid, text.data, text.size);
    *size = text.size;
  }
  return DSEG_OK;
}

/* SOP Instance Reference of a source image; its tags ascend, so that the frame comes last. */
static dseg_status in_source_image(struct pass *pass, const dseg_header *header, dseg_error *error) {
  dseg_element element;
  int64_t frame;
  switch (header->tag) {
    case DSEG_TAG(0x0008, 0x1150): return read_uid(pass, header, pass->sop_class, &pass->sop_class_size, error);
    case DSEG_TAG(0x0008, 0x1155): return read_uid(pass, header, pass->instance, &pass->instance_size, error);
    case DSEG_TAG(0x0008, 0x1160):
      DSEG_TRY(read_value(pass, header, &element, error));
      if (dseg_element_integer(&element, 0, &frame) && frame > 0 && frame <= INT32_MAX) {
        pass->frame = (uint32_t)frame;
      }
      return DSEG_OK;
    default: return skip(pass, header, error);
  }
}

static dseg_status add_source(struct pass *pass, dseg_error *error) {
  uint32_t index;
  if (pass->instance_size == 0) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_image_set_add(pass->references, (dseg_view){pass->sop_class, pass->sop_class_size},
                              (dseg_view){pass->instance, pass->instance_size}, pass->frame, &index, error));
  pass->source_count++;
  if (!pass->in_source) {
    pass->in_source = true;
    pass->groups->placed_per_frame = true;
    pass->groups->source = (int32_t)index;
  }
  return DSEG_OK;
}

/* Derivation Image (PS3.3 C.7.6.16.2.6): each item of Source Image Sequence (0008,2112) is one image. */
static dseg_status in_derivation(struct pass *pass, const dseg_header *header, dseg_error *error) {
  dseg_scanner *scanner = &pass->scanner;
  const uint64_t end = scanner->end;
  dseg_header item;
  bool more;
  if (header->tag != DSEG_TAG(0x0008, 0x2112)) {
    return skip(pass, header, error);
  }
  if (!header->undefined_length) {
    scanner->end = dseg_scanner_position(scanner) + header->length;
  }
  DSEG_TRY(next_item(pass, header->undefined_length, &item, &more, error));
  while (more) {
    pass->sop_class_size = 0;
    pass->instance_size = 0;
    pass->frame = 0;
    DSEG_TRY(read_item(pass, &item, in_source_image, error));
    DSEG_TRY(add_source(pass, error));
    DSEG_TRY(next_item(pass, header->undefined_length, &item, &more, error));
  }
  scanner->end = end;
  return DSEG_OK;
}

static bool keeps(const struct pass *pass) {
  return pass->references != NULL && pass->references->dropped != NULL;
}

static dseg_status keep_derivation(const struct pass *pass, dseg_error *error) {
  return dseg_keep_derivation_of(pass->references, (size_t)pass->groups->source, &pass->derivation, error);
}

/* Derivation Image: the images, and a copy of whatever else it says of them. */
static dseg_status read_derivation(struct pass *pass, const dseg_header *header, dseg_error *error) {
  dseg_view value = {0};
  pass->raw.size = 0;
  if (keeps(pass) && dseg_peek_value(&pass->scanner, header, &value)) {
    DSEG_TRY(dseg_buffer_append(&pass->raw, value.data, value.size, error)); /* reading on may move the bytes */
  }
  pass->derivation = (dseg_derivation){.parent = encoding_of(pass),
                                       .sequence = {.tag = header->tag,
                                                    .vr = {header->vr[0], header->vr[1]},
                                                    .undefined_length = header->undefined_length,
                                                    .value = {pass->raw.data, pass->raw.size}},
                                       .character_set = pass->references->character_set};
  pass->in_source = false;
  DSEG_TRY(read_sequence(pass, header, in_derivation, error));
  return keeps(pass) && pass->in_source && !pass->is_shared ? keep_derivation(pass, error) : DSEG_OK;
}

/* Keeps an element that says something of frames that nothing else here reads. */
static dseg_status keep_other(struct pass *pass, const dseg_header *header, dseg_buffer *out, dseg_error *error) {
  const dseg_elements parent = encoding_of(pass);
  if (keeps(pass) && (header->tag & 0xFFFFu) != 0) {
    DSEG_TRY(dseg_keep_of_frame(pass->references, &pass->scanner, &parent, header, out, error));
  }
  return skip(pass, header, error);
}

/* Frame Content (PS3.3 C.7.6.16.2.2): a copy has its own indices and labels. */
static dseg_status in_frame_content(struct pass *pass, const dseg_header *header, dseg_error *error) {
  if (header->tag == DSEG_TAG(0x0020, 0x9157) || header->tag == DSEG_TAG(0x0020, 0x9453)) {
    return skip(pass, header, error);
  }
  return keep_other(pass, header, &pass->content, error);
}

static dseg_status read_frame_content(struct pass *pass, const dseg_header *header, dseg_error *error) {
  pass->content.size = 0;
  DSEG_TRY(read_sequence(pass, header, in_frame_content, error));
  return pass->content.size > 0 ? dseg_keep_in_sequence(header->tag, &pass->content, &pass->others, error) : DSEG_OK;
}

/* The functional group macros of one frame, or of all. */
static dseg_status in_groups(struct pass *pass, const dseg_header *header, dseg_error *error) {
  switch (header->tag) {
    case DSEG_TAG(0x0008, 0x9124):
      return pass->references != NULL ? read_derivation(pass, header, error) : skip(pass, header, error);
    case DSEG_TAG(0x0020, 0x9111): return read_frame_content(pass, header, error);
    case DSEG_TAG(0x0020, 0x9113): return read_sequence(pass, header, in_plane_position, error);
    case DSEG_TAG(0x0020, 0x9116): return read_sequence(pass, header, in_plane_orientation, error);
    case DSEG_TAG(0x0028, 0x9110): return read_sequence(pass, header, in_pixel_measures, error);
    case DSEG_TAG(0x0048, 0x021A): return read_sequence(pass, header, in_slide_position, error);
    case DSEG_TAG(0x0062, 0x000A): return read_sequence(pass, header, in_segment, error);
    default: return keep_other(pass, header, &pass->others, error);
  }
}

static void free_buffers(struct pass *pass) {
  dseg_buffer_free(&pass->raw);
  dseg_buffer_free(&pass->others);
  dseg_buffer_free(&pass->content);
}

/* All frames derive from several images: none lies on the first in particular. */
static dseg_status end_shared_sources(struct pass *pass, dseg_error *error) {
  dseg_image_set *set = pass->references;
  dseg_buffer bytes = {0};
  bool usual;
  if (pass->source_count == 1) {
    return set->dropped != NULL ? keep_derivation(pass, error) : DSEG_OK;
  }
  pass->groups->source = -1;
  set->shared = true;
  if (set->dropped == NULL) {
    return DSEG_OK;
  }
  if (pass->raw.size == 0) {
    return dseg_tag_list_add(set->dropped, DSEG_TAG(0x0008, 0x9124), error);
  }
  dseg_status status = dseg_keep_derivation(&pass->derivation, true, &bytes, &usual, error);
  if (status == DSEG_OK) {
    status = dseg_keep_bytes(set->description, &bytes, &set->derivation, error);
  }
  dseg_buffer_free(&bytes);
  return status;
}

dseg_status dseg_groups_shared(const dseg_elements *elements, dseg_image_set *references, dseg_groups *shared,
                               dseg_error *error) {
  dseg_elements item;
  bool found;
  *shared = (dseg_groups){.source = -1};
  DSEG_TRY(dseg_elements_find_item(elements, DSEG_TAG(0x5200, 0x9229), &item, &found, error));
  struct pass pass = {.groups = shared, .references = references};
  dseg_scanner_open_memory(&pass.scanner, item.bytes);
  pass.scanner.implicit_vr = item.implicit_vr;
  pass.scanner.big_endian = item.big_endian;
  pass.is_shared = true;
  dseg_status status = read_elements(&pass, false, in_groups, error);
  shared->placed_per_frame = false;
  if (status == DSEG_OK && pass.source_count > 0) {
    status = end_shared_sources(&pass, error);
  }
  if (status == DSEG_OK && pass.others.size > 0 && references->shared_others.size == 0) {
    status = dseg_keep_bytes(references->description, &pass.others, &references->shared_others, error);
  }
  free_buffers(&pass);
  return status;
}

static dseg_status read_frames(struct pass *pass, const dseg_groups *shared, dseg_groups_visit visit, void *user,
                               size_t *count, dseg_error *error) {
  dseg_header item;
  bool more;
  for (*count = 0;; ++*count) {
    /* The value ends where the sequence does: its delimiter is not part of it. */
    DSEG_TRY(next_item(pass, false, &item, &more, error));
    if (!more) {
      return DSEG_OK;
    }
    *pass->groups = *shared;
    pass->others.size = 0;
    DSEG_TRY(read_item(pass, &item, in_groups, error));
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
  struct pass pass = {.groups = &groups, .references = references};
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
