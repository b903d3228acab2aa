/* SPDX-License-Identifier: Apache-2.0 */
/* elements.c - data elements in memory (PS3.5 section 7): iteration and look-up. */
#include "dicom/elements.h"

#include "dicom/scanner.h"

/* A scanner on bytes from offset on; the encoding is that of elements. */
static dseg_scanner scan(const dseg_elements *elements, size_t offset) {
  dseg_scanner scanner;
  dseg_scanner_open_memory(&scanner, elements->bytes);
  scanner.implicit_vr = elements->implicit_vr;
  scanner.big_endian = elements->big_endian;
  scanner.at = offset;
  return scanner;
}

dseg_status dseg_elements_next(const dseg_elements *elements, size_t *offset, dseg_element *element,
                               dseg_error *error) {
  *element = (dseg_element){0};
  if (*offset >= elements->bytes.size) {
    return DSEG_OK;
  }
  dseg_scanner scanner = scan(elements, *offset);
  dseg_header header;
  uint64_t length;
  DSEG_TRY(dseg_scanner_header(&scanner, &header, error));
  if (header.tag >> 16 == 0xFFFE || header.tag == 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "(%04X,%04X) stands among data elements (PS3.5 7.5)", header.tag >> 16,
                     header.tag & 0xFFFFu);
  }
  const size_t value = (size_t)scanner.at;
  DSEG_TRY(dseg_scanner_skip_value(&scanner, &header, &length, error));
  *element = (dseg_element){.tag = header.tag,
                            .vr = {header.vr[0], header.vr[1]},
                            .undefined_length = header.undefined_length,
                            .value = {elements->bytes.data + value, (size_t)length}};
  *offset = (size_t)scanner.at;
  return DSEG_OK;
}

dseg_status dseg_elements_find(const dseg_elements *elements, uint32_t tag, dseg_element *element, dseg_error *error) {
  size_t offset = 0;
  do {
    DSEG_TRY(dseg_elements_next(elements, &offset, element, error));
  } while (element->tag != 0 && element->tag != tag);
  return DSEG_OK;
}

dseg_status dseg_sequence_next(const dseg_elements *parent, const dseg_element *sequence, size_t *offset,
                               dseg_elements *item, bool *more, dseg_error *error) {
  *item = (dseg_elements){.implicit_vr = parent->implicit_vr, .big_endian = parent->big_endian};
  *more = false;
  if (*offset >= sequence->value.size) {
    return DSEG_OK;
  }
  const dseg_elements inside = {sequence->value, parent->implicit_vr, parent->big_endian};
  dseg_scanner scanner = scan(&inside, *offset);
  dseg_header header = {.vr = {sequence->vr[0], sequence->vr[1]}};
  if (!parent->implicit_vr) {
    dseg_scanner_enter(&scanner, &header);
  }
  item->implicit_vr = scanner.implicit_vr;
  item->big_endian = scanner.big_endian;
  DSEG_TRY(dseg_scanner_header(&scanner, &header, error));
  if (header.tag == DSEG_TAG_SEQUENCE_END) {
    /* Some writers put a delimiter although the sequence has a length. */
    *offset = sequence->value.size;
    return DSEG_OK;
  }
  if (header.tag != DSEG_TAG_ITEM) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "sequence (%04X,%04X) holds (%04X,%04X) instead of an item (PS3.5 7.5)",
                     sequence->tag >> 16, sequence->tag & 0xFFFFu, header.tag >> 16, header.tag & 0xFFFFu);
  }
  const size_t value = (size_t)scanner.at;
  uint64_t length;
  DSEG_TRY(dseg_scanner_skip_item(&scanner, &header, &length, error));
  item->bytes = (dseg_view){sequence->value.data + value, (size_t)length};
  *offset = (size_t)scanner.at;
  *more = true;
  return DSEG_OK;
}

dseg_status dseg_elements_find_item(const dseg_elements *elements, uint32_t tag, dseg_elements *item, bool *found,
                                    dseg_error *error) {
  const dseg_elements parent = *elements; /* item may be the same object: going down one level */
  dseg_element sequence;
  size_t offset = 0;
  *item = (dseg_elements){.implicit_vr = parent.implicit_vr, .big_endian = parent.big_endian};
  *found = false;
  DSEG_TRY(dseg_elements_find(&parent, tag, &sequence, error));
  if (sequence.tag == 0) {
    return DSEG_OK;
  }
  return dseg_sequence_next(&parent, &sequence, &offset, item, found, error);
}
