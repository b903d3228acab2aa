/* SPDX-License-Identifier: Apache-2.0 */
/* scanner.c - headers of data elements (PS3.5 7.1.2, 7.1.3, 7.5) read through a bounded window. */
#include "dicom/scanner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "dicom/vr.h"

/* After a jump little is read at first, since another jump may follow: fragments of Pixel Data. */
#define FIRST_FILL ((size_t)4096)
#define UNDEFINED 0xFFFFFFFFu

dseg_status dseg_scanner_open(dseg_scanner *scanner, const dseg_input *input, uint64_t begin, uint64_t end,
                              size_t window, dseg_error *error) {
  *scanner = (dseg_scanner){.start = begin, .end = end, .limit = end};
  if (end < begin || end > dseg_input_size(input)) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "ends before byte %" PRIu64 ", has %" PRIu64 " bytes only", end,
                     dseg_input_size(input));
  }
  const uint8_t *memory = dseg_input_memory(input);
  if (memory != NULL) {
    scanner->window = memory + begin;
    scanner->filled = (size_t)(end - begin);
    return DSEG_OK;
  }
  scanner->input = input;
  scanner->capacity = window;
  scanner->next_fill = FIRST_FILL;
  scanner->owned = malloc(window);
  if (scanner->owned == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes", window);
  }
  scanner->window = scanner->owned;
  return DSEG_OK;
}

void dseg_scanner_open_memory(dseg_scanner *scanner, dseg_view bytes) {
  *scanner = (dseg_scanner){.window = bytes.data, .filled = bytes.size, .end = bytes.size};
}

void dseg_scanner_close(dseg_scanner *scanner) {
  free(scanner->owned);
  *scanner = (dseg_scanner){0};
}

static dseg_status ends_early(const dseg_scanner *scanner, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_FORMAT, "a data element at byte %" PRIu64 " is cut off (PS3.5 7.1)",
                   dseg_scanner_position(scanner));
}

dseg_status dseg_scanner_fill(dseg_scanner *scanner, size_t size, dseg_error *error) {
  if (size > dseg_scanner_left(scanner) || scanner->input == NULL || size > scanner->capacity) {
    return ends_early(scanner, error);
  }
  /* What is still to be used moves to the front; the rest follows from the input. */
  const size_t kept = scanner->at < scanner->filled ? scanner->filled - (size_t)scanner->at : 0;
  if (scanner->at > scanner->filled) {
    scanner->next_fill = FIRST_FILL;
  }
  if (kept > 0) {
    memmove(scanner->owned, scanner->owned + scanner->at, kept);
  }
  scanner->start += scanner->at;
  scanner->at = 0;
  scanner->filled = kept;
  size_t wanted = scanner->next_fill > size - kept ? scanner->next_fill : size - kept;
  if (wanted > scanner->capacity - kept) {
    wanted = scanner->capacity - kept;
  }
  const uint64_t there = scanner->limit - scanner->start - kept;
  if (wanted > there) {
    wanted = (size_t)there;
  }
  DSEG_TRY(dseg_input_read(scanner->input, scanner->start + kept, scanner->owned + kept, wanted, error));
  scanner->filled += wanted;
  if (scanner->next_fill < scanner->capacity) {
    scanner->next_fill *= 2;
  }
  return DSEG_OK;
}

static uint32_t load_tag(const dseg_scanner *scanner, const uint8_t *p) {
  return scanner->big_endian ? DSEG_TAG(dseg_load_be16(p), dseg_load_be16(p + 2))
                             : DSEG_TAG(dseg_load_le16(p), dseg_load_le16(p + 2));
}

static uint32_t load_length(const dseg_scanner *scanner, const uint8_t *p) {
  return scanner->big_endian ? dseg_load_be32(p) : dseg_load_le32(p);
}

/* Length of an explicit VR element (PS3.5 Tables 7.1-1 and 7.1-2); *size becomes the header's size. */
static dseg_status explicit_length(dseg_scanner *scanner, dseg_header *header, uint32_t *length, size_t *size,
                                   dseg_error *error) {
  const uint8_t *p = dseg_scanner_here(scanner);
  header->vr[0] = (char)p[4];
  header->vr[1] = (char)p[5];
  switch (dseg_vr_form(header->vr)) {
    case DSEG_VR_SHORT: {
      *length = scanner->big_endian ? dseg_load_be16(p + 6) : dseg_load_le16(p + 6);
      *size = 8;
      return DSEG_OK;
    }
    case DSEG_VR_LONG: {
      DSEG_TRY(dseg_scanner_need(scanner, 12, error));
      *length = load_length(scanner, dseg_scanner_here(scanner) + 8);
      *size = 12;
      return DSEG_OK;
    }
    case DSEG_VR_INVALID: break;
  }
  return dseg_fail(error, DSEG_ERROR_FORMAT,
                   "element (%04X,%04X) at byte %" PRIu64 " has no value representation (PS3.5 7.1.2)",
                   header->tag >> 16, header->tag & 0xFFFFu, dseg_scanner_position(scanner));
}

dseg_status dseg_scanner_header(dseg_scanner *scanner, dseg_header *header, dseg_error *error) {
  DSEG_TRY(dseg_scanner_need(scanner, 8, error));
  const uint8_t *p = dseg_scanner_here(scanner);
  uint32_t length = 0;
  size_t size = 8;
  header->tag = load_tag(scanner, p);
  header->vr[0] = ' ';
  header->vr[1] = ' ';
  if (header->tag >> 16 == 0xFFFE) {
    length = load_length(scanner, p + 4);
  } else if (scanner->implicit_vr) {
    length = load_length(scanner, p + 4);
    if (length == UNDEFINED) {
      memcpy(header->vr, header->tag == DSEG_TAG_PIXEL_DATA ? "OB" : "SQ", 2);
    } else {
      dseg_vr_of_tag(header->tag, header->vr);
    }
  } else {
    DSEG_TRY(explicit_length(scanner, header, &length, &size, error));
  }
  header->undefined_length = length == UNDEFINED;
  header->length = header->undefined_length ? 0 : length;
  if (header->length > dseg_scanner_left(scanner) - size) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "element (%04X,%04X) at byte %" PRIu64 " claims %" PRIu32 " bytes of value, %" PRIu64
                     " are left (PS3.5 7.1)",
                     header->tag >> 16, header->tag & 0xFFFFu, dseg_scanner_position(scanner), header->length,
                     dseg_scanner_left(scanner) - size);
  }
  scanner->at += size;
  return DSEG_OK;
}

bool dseg_header_is_fragments(const dseg_header *header) {
  return header->undefined_length && header->vr[0] == 'O' && header->tag >> 16 != 0xFFFE;
}

static dseg_status unexpected(const dseg_scanner *scanner, const dseg_header *header, const char *where,
                              dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_FORMAT, "(%04X,%04X) before byte %" PRIu64 " does not belong in %s (PS3.5 7.5)",
                   header->tag >> 16, header->tag & 0xFFFFu, dseg_scanner_position(scanner), where);
}

static dseg_status skip_fragments(dseg_scanner *scanner, uint64_t *end, dseg_error *error) {
  for (;;) {
    dseg_header item;
    *end = dseg_scanner_position(scanner);
    DSEG_TRY(dseg_scanner_header(scanner, &item, error));
    if (item.tag == DSEG_TAG_SEQUENCE_END) {
      return DSEG_OK;
    }
    if (item.tag != DSEG_TAG_ITEM || item.undefined_length) {
      return unexpected(scanner, &item, "encapsulated data, which has items of defined length", error);
    }
    dseg_scanner_skip(scanner, item.length);
  }
}

static dseg_status skip_sequence(dseg_scanner *scanner, unsigned depth, uint64_t *end, dseg_error *error);

/* Elements of an item of undefined length; *end receives where its delimiter is. */
static dseg_status skip_elements(dseg_scanner *scanner, unsigned depth, uint64_t *end, dseg_error *error) {
  for (;;) {
    dseg_header header;
    *end = dseg_scanner_position(scanner);
    DSEG_TRY(dseg_scanner_header(scanner, &header, error));
    if (header.tag == DSEG_TAG_ITEM_END) {
      return DSEG_OK;
    }
    if (header.tag >> 16 == 0xFFFE) {
      return unexpected(scanner, &header, "an item", error);
    }
    if (!header.undefined_length) {
      dseg_scanner_skip(scanner, header.length);
      continue;
    }
    uint64_t inner;
    if (dseg_header_is_fragments(&header)) {
      DSEG_TRY(skip_fragments(scanner, &inner, error));
    } else {
      const bool implicit_vr = scanner->implicit_vr;
      const bool big_endian = scanner->big_endian;
      dseg_scanner_enter(scanner, &header);
      DSEG_TRY(skip_sequence(scanner, depth + 1, &inner, error));
      scanner->implicit_vr = implicit_vr;
      scanner->big_endian = big_endian;
    }
  }
}

static dseg_status skip_sequence(dseg_scanner *scanner, unsigned depth, uint64_t *end, dseg_error *error) {
  if (depth > DSEG_MAX_DEPTH) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "sequences are nested deeper than %u at byte %" PRIu64, DSEG_MAX_DEPTH,
                     dseg_scanner_position(scanner));
  }
  for (;;) {
    dseg_header item;
    *end = dseg_scanner_position(scanner);
    DSEG_TRY(dseg_scanner_header(scanner, &item, error));
    if (item.tag == DSEG_TAG_SEQUENCE_END) {
      return DSEG_OK;
    }
    if (item.tag != DSEG_TAG_ITEM) {
      return unexpected(scanner, &item, "a sequence", error);
    }
    if (item.undefined_length) {
      uint64_t inner;
      DSEG_TRY(skip_elements(scanner, depth, &inner, error));
    } else {
      dseg_scanner_skip(scanner, item.length);
    }
  }
}

dseg_status dseg_scanner_skip_value(dseg_scanner *scanner, const dseg_header *header, uint64_t *value_length,
                                    dseg_error *error) {
  if (!header->undefined_length) {
    dseg_scanner_skip(scanner, header->length);
    *value_length = header->length;
    return DSEG_OK;
  }
  const uint64_t begin = dseg_scanner_position(scanner);
  uint64_t end;
  if (dseg_header_is_fragments(header)) {
    DSEG_TRY(skip_fragments(scanner, &end, error));
  } else {
    const bool implicit_vr = scanner->implicit_vr;
    const bool big_endian = scanner->big_endian;
    dseg_scanner_enter(scanner, header);
    DSEG_TRY(skip_sequence(scanner, 1, &end, error));
    scanner->implicit_vr = implicit_vr;
    scanner->big_endian = big_endian;
  }
  *value_length = end - begin;
  return DSEG_OK;
}

dseg_status dseg_scanner_skip_item(dseg_scanner *scanner, const dseg_header *item, uint64_t *value_length,
                                   dseg_error *error) {
  if (!item->undefined_length) {
    dseg_scanner_skip(scanner, item->length);
    *value_length = item->length;
    return DSEG_OK;
  }
  const uint64_t begin = dseg_scanner_position(scanner);
  uint64_t end;
  DSEG_TRY(skip_elements(scanner, 1, &end, error));
  *value_length = end - begin;
  return DSEG_OK;
}

dseg_status dseg_scanner_find_filling(dseg_scanner *scanner, bool *is_filling, dseg_error *error) {
  const uint64_t left = dseg_scanner_left(scanner);
  const size_t size = left < 8 ? (size_t)left : 8;
  DSEG_TRY(dseg_scanner_need(scanner, size, error));
  *is_filling = true;
  for (size_t i = 0; i < size; i++) {
    *is_filling = *is_filling && dseg_scanner_here(scanner)[i] == 0;
  }
  return DSEG_OK;
}
