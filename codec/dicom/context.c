/* SPDX-License-Identifier: Apache-2.0 */
/* context.c - copies the attributes that describe patient, study and equipment, whatever a file's encoding.
 *
 * The modules: Patient (PS3.3 C.7.1.1), Clinical Trial Subject and Study (C.7.1.3, C.7.2.3), General Study
 * (C.7.2.1), Patient Study (C.7.2.2), Frame of Reference (C.7.4.1), General Equipment (C.7.5.1; without Pixel
 * Padding Value, which belongs to the pixels), Specimen (C.7.6.22). */
#include "dicom/context.h"

#include <string.h>

#include "base/endian.h"
#include "dicom/scanner.h"
#include "dicom/vr.h"

/* Besides all of groups 0010 and 0012; sorted. */
static const uint32_t carried[] = {
    0x00080020, /* Study Date */
    0x00080030, /* Study Time */
    0x00080050, /* Accession Number */
    0x00080051, /* Issuer of Accession Number Sequence */
    0x00080070, /* Manufacturer */
    0x00080080, /* Institution Name */
    0x00080081, /* Institution Address */
    0x00080090, /* Referring Physician's Name */
    0x00080096, /* Referring Physician Identification Sequence */
    0x0008009C, /* Consulting Physician's Name */
    0x0008009D, /* Consulting Physician Identification Sequence */
    0x00081010, /* Station Name */
    0x00081030, /* Study Description */
    0x00081032, /* Procedure Code Sequence */
    0x00081040, /* Institutional Department Name */
    0x00081041, /* Institutional Department Type Code Sequence */
    0x00081048, /* Physician(s) of Record */
    0x00081049, /* Physician(s) of Record Identification Sequence */
    0x00081060, /* Name of Physician(s) Reading Study */
    0x00081062, /* Physician(s) Reading Study Identification Sequence */
    0x00081080, /* Admitting Diagnoses Description */
    0x00081084, /* Admitting Diagnoses Code Sequence */
    0x00081090, /* Manufacturer's Model Name */
    0x00181000, /* Device Serial Number */
    0x00181020, /* Software Versions */
    0x0018A001, /* Contributing Equipment Sequence */
    0x0020000D, /* Study Instance UID */
    0x00200010, /* Study ID */
    0x00200052, /* Frame of Reference UID */
    0x00201040, /* Position Reference Indicator */
    0x00282110, /* Lossy Image Compression: what is derived from a lossy image says so, too (C.8.20.2.2) */
    0x00282112, /* Lossy Image Compression Ratio */
    0x00282114, /* Lossy Image Compression Method */
    0x00321033, /* Requesting Service */
    0x00321034, /* Requesting Service Code Sequence */
    0x00380010, /* Admission ID */
    0x00380014, /* Issuer of Admission ID Sequence */
    0x00400512, /* Container Identifier */
    0x00400513, /* Issuer of the Container Identifier Sequence */
    0x00400518, /* Container Type Code Sequence */
    0x00400560, /* Specimen Description Sequence */
    0x00401012, /* Reason For Performed Procedure Code Sequence */
};

#define UTF8_TERM "ISO_IR 192"

bool dseg_context_carries(uint32_t tag) {
  const uint32_t group = tag >> 16;
  if (group == 0x0010 || group == 0x0012) {
    return (tag & 0xFFFFu) != 0;
  }
  for (size_t i = 0; i < sizeof carried / sizeof carried[0]; i++) {
    if (carried[i] == tag) {
      return true;
    }
  }
  return false;
}

static bool is_vr(const char vr[2], const char *list) {
  for (const char *p = list; *p != '\0'; p += 2) {
    if (memcmp(vr, p, 2) == 0) {
      return true;
    }
  }
  return false;
}

/* Where a copy is: how deep, and whether it takes private elements. */
struct place {
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
  const struct place inside = {place.depth + 1, place.with_private};
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
  return copy_value(from, element, character_set, out, error);
}

static dseg_status copy_elements(const dseg_elements *from, const dseg_element *character_set, struct place place,
                                 dseg_buffer *out, dseg_error *error) {
  const bool top = place.depth == 0;
  size_t offset = 0;
  uint32_t last = 0;
  dseg_element element;
  dseg_element own = {0};
  if (place.depth > DSEG_MAX_DEPTH) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "sequences are nested deeper than %u", DSEG_MAX_DEPTH);
  }
  if (!top) {
    DSEG_TRY(dseg_elements_find(from, DSEG_TAG(0x0008, 0x0005), &own, error));
    character_set = own.tag != 0 ? &own : character_set;
  }
  DSEG_TRY(dseg_elements_next(from, &offset, &element, error));
  while (element.tag != 0) {
    const bool is_private = (element.tag >> 16 & 1u) != 0;
    const bool wanted =
        top ? dseg_context_carries(element.tag) : (!is_private || place.with_private) && (element.tag & 0xFFFFu) != 0;
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
  return copy_element(from, element, character_set, (struct place){1, true}, out, error);
}

static dseg_status build(const dseg_part10 *part10, dseg_buffer *out, dseg_error *error) {
  DSEG_TRY(append_tag(DSEG_TAG(0x0008, 0x0005), out, error));
  DSEG_TRY(dseg_buffer_append(out, "CS\x0A\0" UTF8_TERM, 4 + strlen(UTF8_TERM), error));
  return copy_elements(&part10->elements, &part10->character_set, (struct place){0, false}, out, error);
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
