/* SPDX-License-Identifier: Apache-2.0 */
/* context.c - copies the attributes that describe patient, study and equipment (context_tags.h), whatever a file's
 * encoding. */
#include "dicom/context.h"

#include <string.h>

#include "base/endian.h"
#include "dicom/context_tags.h"
#include "dicom/scanner.h"
#include "dicom/vr.h"

#define UTF8_TERM "ISO_IR 192"

/* Series attributes of a trial are those of the images' series; a segmentation keeps its own. */
static bool is_carried(uint32_t tag, bool from_segmentation) {
  const dseg_context_tag *known = dseg_find_context_tag(tag);
  return known != NULL && (from_segmentation || known->module != DSEG_MODULE_TRIAL_SERIES);
}

bool dseg_context_carries(uint32_t tag) {
  return is_carried(tag, true);
}

typedef enum level { LEVEL_ITEM = 0, LEVEL_IMAGE, LEVEL_SEGMENTATION } level;

static bool is_vr(const char vr[2], const char *list) {
  for (const char *p = list; *p != '\0'; p += 2) {
    if (memcmp(vr, p, 2) == 0) {
      return true;
    }
  }
  return false;
}

/* Where a copy is: at which level, how deep, and whether it takes private elements. */
struct place {
  level where;
  unsigned depth;
  bool with_private;
};

static dseg_status copy_elements(const dseg_elements *from, const dseg_element *character_set, struct place place,
                                 dseg_buffer *out, dseg_error *error);

static dseg_status append_tag(uint32_t tag, dseg_buffer *out, dseg_error *error) {
  uint8_t bytes[4];
  dseg_store_le16(bytes, (uint16_t)(tag >> 16));
  dseg_store_le16(bytes + 2, (uint16_t)tag);
  return dseg_buffer_append(out, bytes, sizeof bytes, error);
}

static dseg_status append_u32(uint32_t value, dseg_buffer *out, dseg_error *error) {
  uint8_t bytes[4];
  dseg_store_le32(bytes, value);
  return dseg_buffer_append(out, bytes, sizeof bytes, error);
}

/* Writes the length of what was appended since at into the 4 bytes before at. */
static dseg_status close_length(dseg_buffer *out, size_t at, dseg_error *error) {
  const size_t length = out->size - at;
  if (length >= UINT32_MAX) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "a sequence of the context exceeds 4 GiB (PS3.5 7.1.2)");
  }
  dseg_store_le32(out->data + at - 4, (uint32_t)length);
  return DSEG_OK;
}

static dseg_status copy_sequence(const dseg_elements *parent, const dseg_element *sequence,
                                 const dseg_element *character_set, struct place place, dseg_buffer *out,
                                 dseg_error *error) {
  const struct place inside = {LEVEL_ITEM, place.depth + 1, place.with_private};
  size_t offset = 0;
  bool more;
  dseg_elements item;
  DSEG_TRY(append_tag(sequence->tag, out, error));
  DSEG_TRY(dseg_buffer_append(out, "SQ\0\0\0\0\0", 8, error));
  const size_t begin = out->size;
  DSEG_TRY(dseg_sequence_next(parent, sequence, &offset, &item, &more, error));
  while (more) {
    DSEG_TRY(append_tag(DSEG_TAG_ITEM, out, error));
    DSEG_TRY(append_u32(0, out, error));
    const size_t item_begin = out->size;
    DSEG_TRY(copy_elements(&item, character_set, inside, out, error));
    DSEG_TRY(close_length(out, item_begin, error));
    DSEG_TRY(dseg_sequence_next(parent, sequence, &offset, &item, &more, error));
  }
  return close_length(out, begin, error);
}

/* Bytes of one number of a binary VR; 1 where the order of bytes does not matter. */
static size_t number_size(const char vr[2]) {
  if (is_vr(vr, "USSSOWAT")) {
    return 2;
  }
  if (is_vr(vr, "ULSLFLOFOL")) {
    return 4;
  }
  return is_vr(vr, "FDODSVUVOV") ? 8 : 1;
}

static dseg_status append_value(const dseg_elements *in, const dseg_element *element, const dseg_element *character_set,
                                dseg_buffer *out, dseg_error *error) {
  const size_t begin = out->size;
  if (is_vr(element->vr, "LOLTPNSHSTUCUT")) {
    dseg_view text = element->value;
    while (text.size > 0 && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\0')) {
      text.size--;
    }
    DSEG_TRY(dseg_text_to_utf8(text, character_set, out, error));
  } else {
    DSEG_TRY(dseg_buffer_append(out, element->value.data, element->value.size, error));
  }
  const size_t size = number_size(element->vr);
  for (size_t at = begin; in->big_endian && size > 1 && out->size - at >= size; at += size) {
    for (size_t i = 0; i < size / 2; i++) {
      const uint8_t swapped = out->data[at + i];
      out->data[at + i] = out->data[at + size - 1 - i];
      out->data[at + size - 1 - i] = swapped;
    }
  }
  if ((out->size - begin) % 2 != 0) {
    return dseg_buffer_append(out, is_vr(element->vr, "UIOBUN") ? "" : " ", 1, error);
  }
  return DSEG_OK;
}

static dseg_status copy_value(const dseg_elements *in, const dseg_element *element, const dseg_element *character_set,
                              dseg_buffer *out, dseg_error *error) {
  dseg_buffer value = {0};
  dseg_status status = append_value(in, element, character_set, &value, error);
  if (status == DSEG_OK) {
    status = append_tag(element->tag, out, error);
  }
  if (status == DSEG_OK) {
    const bool is_short = dseg_vr_form(element->vr) == DSEG_VR_SHORT && value.size <= 0xFFFE;
    uint8_t header[8] = {(uint8_t)element->vr[0], (uint8_t)element->vr[1]};
    if (is_short) {
      dseg_store_le16(header + 2, (uint16_t)value.size);
    } else {
      /* A value too long for its VR becomes UN (PS3.5 6.2.2); one of 4 GiB cannot come from an element. */
      if (dseg_vr_form(element->vr) == DSEG_VR_SHORT) {
        header[0] = 'U';
        header[1] = 'N';
      }
      dseg_store_le32(header + 4, (uint32_t)value.size);
    }
    status = dseg_buffer_append(out, header, is_short ? 4 : 8, error);
  }
  if (status == DSEG_OK) {
    status = dseg_buffer_append(out, value.data, value.size, error);
  }
  dseg_buffer_free(&value);
  return status;
}

static dseg_status copy_element(const dseg_elements *from, const dseg_element *element,
                                const dseg_element *character_set, struct place place, dseg_buffer *out,
                                dseg_error *error) {
  char known[2];
  dseg_vr_of_tag(element->tag, known);
  const bool is_unknown = memcmp(element->vr, "UN", 2) == 0;
  /* UN of undefined length is a sequence (PS3.5 6.2.2, note). */
  if (memcmp(element->vr, "SQ", 2) == 0 || (is_unknown && (memcmp(known, "SQ", 2) == 0 || element->undefined_length))) {
    return copy_sequence(from, element, character_set, place, out, error);
  }
  if (element->undefined_length) {
    return DSEG_OK; /* fragments, which only Pixel Data has */
  }
  dseg_element named = *element;
  if (is_unknown && dseg_vr_is_text(known)) {
    memcpy(named.vr, known, sizeof known); /* PS3.5 6.2.2: the value of UN is encoded alike */
  }
  return copy_value(from, &named, character_set, out, error);
}

static dseg_status copy_elements(const dseg_elements *from, const dseg_element *character_set, struct place place,
                                 dseg_buffer *out, dseg_error *error) {
  size_t offset = 0;
  uint32_t last = 0;
  dseg_element element;
  dseg_element own = {0};
  if (place.depth > DSEG_MAX_DEPTH) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "sequences are nested deeper than %u", DSEG_MAX_DEPTH);
  }
  if (place.where == LEVEL_ITEM) {
    DSEG_TRY(dseg_elements_find(from, DSEG_TAG(0x0008, 0x0005), &own, error));
    character_set = own.tag != 0 ? &own : character_set;
  }
  DSEG_TRY(dseg_elements_next(from, &offset, &element, error));
  while (element.tag != 0) {
    const bool is_private = (element.tag >> 16 & 1u) != 0;
    const bool wanted = place.where == LEVEL_ITEM ? (!is_private || place.with_private) && (element.tag & 0xFFFFu) != 0
                                                  : is_carried(element.tag, place.where == LEVEL_SEGMENTATION);
    if (wanted && element.tag > last && element.tag != DSEG_TAG(0x0008, 0x0005)) {
      last = element.tag;
      DSEG_TRY(copy_element(from, &element, character_set, place, out, error));
    }
    DSEG_TRY(dseg_elements_next(from, &offset, &element, error));
  }
  return DSEG_OK;
}

dseg_status dseg_copy_element(const dseg_elements *from, const dseg_element *element, const dseg_element *character_set,
                              dseg_buffer *out, dseg_error *error) {
  return copy_element(from, element, character_set, (struct place){LEVEL_ITEM, 1, true}, out, error);
}

static dseg_status build(const dseg_part10 *part10, dseg_buffer *out, dseg_error *error) {
  DSEG_TRY(append_tag(DSEG_TAG(0x0008, 0x0005), out, error));
  DSEG_TRY(dseg_buffer_append(out, "CS\x0A\0" UTF8_TERM, 4 + strlen(UTF8_TERM), error));
  dseg_element type; /* Segmentation Type */
  DSEG_TRY(dseg_elements_find(&part10->elements, DSEG_TAG(0x0062, 0x0001), &type, error));
  const struct place place = {.where = type.tag != 0 ? LEVEL_SEGMENTATION : LEVEL_IMAGE};
  return copy_elements(&part10->elements, &part10->character_set, place, out, error);
}

dseg_status dseg_context_from_part10(const dseg_part10 *part10, dseg_description *description, dseg_error *error) {
  dseg_buffer bytes = {0};
  dseg_status status = build(part10, &bytes, error);
  if (status == DSEG_OK) {
    uint8_t *copy = dseg_description_alloc(description, bytes.size);
    if (copy == NULL) {
      status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes of context", bytes.size);
    } else {
      memcpy(copy, bytes.data, bytes.size);
      description->context = (dseg_view){copy, bytes.size};
    }
  }
  dseg_buffer_free(&bytes);
  return status;
}
