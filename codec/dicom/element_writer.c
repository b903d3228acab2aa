/* SPDX-License-Identifier: Apache-2.0 */
/* element_writer.c - encoded data elements: Explicit and Implicit VR Little Endian (PS3.5 7.1.2, 7.1.3, 7.5). */
#include "dicom/element_writer.h"

#include <string.h>

#include "base/endian.h"
#include "base/format_decimal.h"
#include "dicom/vr.h"

void dseg_write_raw(dseg_element_writer *writer, const void *data, size_t size) {
  if (writer->status == DSEG_OK) {
    writer->status = dseg_buffer_append(writer->out, data, size, writer->error);
  }
}

void dseg_write_header(dseg_element_writer *writer, uint32_t tag, const char *vr, uint32_t length) {
  uint8_t header[12] = {0};
  size_t size = 8;
  dseg_store_le16(header, (uint16_t)(tag >> 16));
  dseg_store_le16(header + 2, (uint16_t)tag);
  if (writer->implicit_vr) {
    dseg_store_le32(header + 4, length);
  } else if (dseg_vr_form(vr) == DSEG_VR_SHORT && length <= UINT16_MAX) {
    memcpy(header + 4, vr, 2);
    dseg_store_le16(header + 6, (uint16_t)length);
  } else {
    const char *written = dseg_vr_form(vr) == DSEG_VR_SHORT ? "UN" : vr;
    header[4] = (uint8_t)written[0];
    header[5] = (uint8_t)written[1];
    dseg_store_le32(header + 8, length);
    size = 12;
  }
  dseg_write_raw(writer, header, size);
}

/* Whether the length of an element or of a sequence fits into its 32 bits, of which all set mean "undefined". */
static bool fits(dseg_element_writer *writer, size_t length) {
  if (writer->status == DSEG_OK && length >= UINT32_MAX) {
    writer->status = dseg_fail(writer->error, DSEG_ERROR_LIMIT, "attributes need more than 4 GiB (PS3.5 7.1)");
  }
  return writer->status == DSEG_OK;
}

void dseg_write_element(dseg_element_writer *writer, uint32_t tag, const char *vr, const void *value, size_t size) {
  if (!fits(writer, size)) {
    return;
  }
  dseg_write_header(writer, tag, vr, (uint32_t)(size + size % 2));
  dseg_write_raw(writer, value, size);
  if (size % 2 != 0) {
    const bool space = dseg_vr_is_text(vr) && memcmp(vr, "UI", 2) != 0;
    dseg_write_raw(writer, space ? " " : "", 1);
  }
}

void dseg_write_text(dseg_element_writer *writer, uint32_t tag, const char *vr, const char *text) {
  dseg_write_element(writer, tag, vr, text, strlen(text));
}

void dseg_write_u16(dseg_element_writer *writer, uint32_t tag, uint16_t value) {
  uint8_t bytes[2];
  dseg_store_le16(bytes, value);
  dseg_write_element(writer, tag, "US", bytes, sizeof bytes);
}

void dseg_write_u32s(dseg_element_writer *writer, uint32_t tag, const char *vr, const uint32_t *values, size_t count) {
  dseg_write_header(writer, tag, vr, (uint32_t)(4 * count));
  for (size_t i = 0; i < count; i++) {
    uint8_t bytes[4];
    dseg_store_le32(bytes, values[i]);
    dseg_write_raw(writer, bytes, sizeof bytes);
  }
}

void dseg_write_decimals(dseg_element_writer *writer, uint32_t tag, const double *values, size_t count) {
  char text[6 * DSEG_DECIMAL_SIZE];
  size_t length = 0;
  for (size_t i = 0; i < count; i++) {
    if (i > 0) {
      text[length++] = '\\';
    }
    length += dseg_format_decimal(values[i], text + length);
  }
  dseg_write_element(writer, tag, "DS", text, length);
}

size_t dseg_write_begin_sequence(dseg_element_writer *writer, uint32_t tag) {
  dseg_write_header(writer, tag, "SQ", 0);
  return writer->out->size;
}

size_t dseg_write_begin_item(dseg_element_writer *writer) {
  static const uint8_t header[8] = {0xFE, 0xFF, 0x00, 0xE0};
  dseg_write_raw(writer, header, sizeof header);
  return writer->out->size;
}

void dseg_write_end(dseg_element_writer *writer, size_t mark) {
  if (fits(writer, writer->out->size - mark)) {
    dseg_store_le32(writer->out->data + mark - 4, (uint32_t)(writer->out->size - mark));
  }
}
