/* SPDX-License-Identifier: Apache-2.0 */
/* part10.c - a DICOM file (PS3.10 section 7): meta information, top-level elements, and where the long parts are. */
#include <inttypes.h>
#include <string.h>

#include "base/endian.h"
#include "base/memory_limit.h"
#include "dicom/deflated.h"
#include "dicom/part10.h"
#include "dicom/scanner.h"

#define PREAMBLE 128u
#define WINDOW ((size_t)1 << 16)

/* Transfer syntaxes whose data sets are not in Explicit VR Little Endian (PS3.5 A.1, A.3, A.5, A.4.x JPIP). */
struct syntax {
  const char *uid;
  bool implicit_vr, big_endian, deflated;
};
static const struct syntax syntaxes[] = {
    {"1.2.840.10008.1.2", true, false, false},       {"1.2.840.10008.1.2.2", false, true, false},
    {"1.2.840.10008.1.2.1.99", false, false, true},  {"1.2.840.10008.1.2.4.95", false, false, true},
    {"1.2.840.10008.1.2.4.205", false, false, true},
};

/* Appends the input's bytes from begin to end to what is kept. */
static dseg_status keep(const dseg_input *input, uint64_t begin, uint64_t end, uint64_t limit, dseg_buffer *buffer,
                        dseg_error *error) {
  const uint64_t size = end - begin;
  if (size > limit || buffer->size > limit - size || size > SIZE_MAX) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "attributes exceed the memory limit of %" PRIu64 " bytes", limit);
  }
  if (size == 0) {
    return DSEG_OK;
  }
  const size_t before = buffer->size;
  DSEG_TRY(dseg_buffer_resize(buffer, before + (size_t)size, error));
  return dseg_input_read(input, begin, buffer->data + before, (size_t)size, error);
}

/* Group 0002 up to the first element of another group: its length (0002,0000) is often wrong or missing. */
static dseg_status read_meta(const dseg_input *input, uint64_t limit, dseg_part10 *part10, uint64_t *end,
                             dseg_error *error) {
  dseg_scanner scanner;
  const uint64_t begin = PREAMBLE + 4;
  DSEG_TRY(dseg_scanner_open(&scanner, input, begin, dseg_input_size(input), WINDOW, error));
  dseg_status status = DSEG_OK;
  while (status == DSEG_OK && dseg_scanner_left(&scanner) >= 8) {
    dseg_header header;
    uint64_t length;
    status = dseg_scanner_need(&scanner, 8, error);
    if (status != DSEG_OK || dseg_load_le16(dseg_scanner_here(&scanner)) != 0x0002) {
      break;
    }
    status = dseg_scanner_header(&scanner, &header, error);
    if (status == DSEG_OK) {
      status = dseg_scanner_skip_value(&scanner, &header, &length, error);
    }
  }
  *end = dseg_scanner_position(&scanner);
  dseg_scanner_close(&scanner);
  DSEG_TRY(status);
  DSEG_TRY(keep(input, begin, *end, limit, &part10->meta_bytes, error));
  part10->meta.bytes = (dseg_view){part10->meta_bytes.data, part10->meta_bytes.size};
  return DSEG_OK;
}

static dseg_status read_transfer_syntax(dseg_part10 *part10, struct syntax *syntax, dseg_error *error) {
  dseg_element element;
  dseg_view text;
  DSEG_TRY(dseg_elements_find(&part10->meta, DSEG_TAG(0x0002, 0x0010), &element, error));
  if (!dseg_element_text(&element, 0, &text) || text.size >= sizeof part10->transfer_syntax_uid) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "Transfer Syntax UID (0002,0010) is missing or too long (PS3.10 7.1)");
  }
  memcpy(part10->transfer_syntax_uid, text.data, text.size);
  *syntax = (struct syntax){.uid = part10->transfer_syntax_uid};
  for (size_t i = 0; i < sizeof syntaxes / sizeof syntaxes[0]; i++) {
    if (strcmp(syntaxes[i].uid, part10->transfer_syntax_uid) == 0) {
      *syntax = syntaxes[i];
    }
  }
  return DSEG_OK;
}

/* The element whose header was just read is one of the two long ones. */
static dseg_status locate(dseg_scanner *scanner, const dseg_header *header, uint64_t header_offset, bool walk,
                          dseg_located *located, dseg_error *error) {
  if (located->present) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "(%04X,%04X) occurs twice (PS3.5 7.1)", header->tag >> 16,
                     header->tag & 0xFFFFu);
  }
  *located = (dseg_located){.present = true,
                            .undefined_length = header->undefined_length,
                            .vr = {header->vr[0], header->vr[1]},
                            .header_offset = header_offset,
                            .value_offset = dseg_scanner_position(scanner),
                            .value_length = header->length};
  return walk ? dseg_scanner_skip_value(scanner, header, &located->value_length, error) : DSEG_OK;
}

static bool is_pixels(uint32_t tag) {
  return tag >= DSEG_TAG(0x7FE0, 0x0008) && tag <= DSEG_TAG_PIXEL_DATA;
}

static dseg_status scan_elements(dseg_scanner *scanner, bool stop_before_pixels, uint64_t limit, dseg_part10 *part10,
                                 dseg_error *error) {
  uint64_t run = dseg_scanner_position(scanner); /* where what is kept next begins */
  while (dseg_scanner_left(scanner) > 0) {
    const uint64_t at = dseg_scanner_position(scanner);
    dseg_header header;
    bool is_filling = false;
    if (part10->pixel_data.present) {
      DSEG_TRY(dseg_scanner_find_filling(scanner, &is_filling, error));
    }
    if (is_filling) {
      return keep(part10->input, run, at, limit, &part10->bytes, error);
    }
    DSEG_TRY(dseg_scanner_header(scanner, &header, error));
    if (header.tag >> 16 == 0xFFFE || header.tag == 0) {
      return dseg_fail(error, DSEG_ERROR_FORMAT,
                       "(%04X,%04X) at byte %" PRIu64 " stands among data elements (PS3.5 7.5)", header.tag >> 16,
                       header.tag & 0xFFFFu, at);
    }
    const bool last = stop_before_pixels && is_pixels(header.tag);
    if (header.tag == DSEG_TAG_PER_FRAME || header.tag == DSEG_TAG_PIXEL_DATA || last) {
      DSEG_TRY(keep(part10->input, run, at, limit, &part10->bytes, error));
      dseg_located *located = header.tag == DSEG_TAG_PER_FRAME ? &part10->per_frame : &part10->pixel_data;
      DSEG_TRY(locate(scanner, &header, at, !last, located, error));
      run = dseg_scanner_position(scanner);
      if (last) {
        return DSEG_OK;
      }
    } else {
      uint64_t length;
      DSEG_TRY(dseg_scanner_skip_value(scanner, &header, &length, error));
    }
  }
  return keep(part10->input, run, dseg_scanner_position(scanner), limit, &part10->bytes, error);
}

static dseg_status read_data_set(uint64_t begin, bool stop_before_pixels, uint64_t limit, const struct syntax *syntax,
                                 dseg_part10 *part10, dseg_error *error) {
  dseg_scanner scanner;
  DSEG_TRY(dseg_scanner_open(&scanner, part10->input, begin, dseg_input_size(part10->input), WINDOW, error));
  scanner.implicit_vr = syntax->implicit_vr;
  scanner.big_endian = syntax->big_endian;
  const dseg_status status = scan_elements(&scanner, stop_before_pixels, limit, part10, error);
  dseg_scanner_close(&scanner);
  DSEG_TRY(status);
  part10->elements = (dseg_elements){{part10->bytes.data, part10->bytes.size}, syntax->implicit_vr, syntax->big_endian};
  return dseg_elements_find(&part10->elements, DSEG_TAG(0x0008, 0x0005), &part10->character_set, error);
}

/* Everything behind the prefix. part10->input is the caller's input, or an inflated one that part10 owns. */
static dseg_status open_dicom(dseg_input *input, const dseg_part10_options *options, dseg_part10 *part10,
                              dseg_error *error) {
  const uint64_t limit = dseg_memory_limit(options->memory_limit);
  uint64_t begin;
  struct syntax syntax = {0};
  DSEG_TRY(read_meta(input, limit, part10, &begin, error));
  DSEG_TRY(read_transfer_syntax(part10, &syntax, error));
  if (syntax.deflated) {
    dseg_input *inflated;
    DSEG_TRY(dseg_inflate_data_set(input, begin, limit, options->temporary_directory, &inflated, error));
    part10->input = inflated;
    begin = 0;
  }
  return read_data_set(begin, options->stop_before_pixels, limit, &syntax, part10, error);
}

dseg_status dseg_part10_open(dseg_input *input, const dseg_part10_options *options, dseg_part10 *part10, bool *is_dicom,
                             dseg_error *error) {
  uint8_t prefix[4];
  *part10 = (dseg_part10){.input = NULL};
  *is_dicom = false;
  if (dseg_input_size(input) < PREAMBLE + sizeof prefix) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_input_read(input, PREAMBLE, prefix, sizeof prefix, error));
  if (memcmp(prefix, "DICM", sizeof prefix) != 0) {
    return DSEG_OK;
  }
  *is_dicom = true;
  *part10 = (dseg_part10){.stored = input, .input = input, .file_bytes = dseg_input_size(input)};
  const dseg_status status = open_dicom(input, options, part10, error);
  if (status != DSEG_OK) {
    dseg_part10_release(part10);
  }
  return status;
}

void dseg_part10_close(dseg_part10 *part10) {
  dseg_input *stored = part10->stored;
  dseg_part10_release(part10);
  dseg_input_close(stored);
}

void dseg_part10_release(dseg_part10 *part10) {
  if (part10->input != part10->stored) {
    dseg_input_close(part10->input);
  }
  dseg_buffer_free(&part10->meta_bytes);
  dseg_buffer_free(&part10->bytes);
  *part10 = (dseg_part10){0};
}
