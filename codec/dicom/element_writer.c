/* element_writer.c - encoded data elements: Explicit and Implicit VR Little Endian (PS3.5 7.1.2, 7.1.3, 7.5). */
#include "dicom/element_writer.h"

#include <string.h>

#include "base/endian.h"
#include "base/format_decimal.h"

static void append(dseg_element_writer *writer, const void *data, size_t size) {
  if (writer->status == DSEG_OK) {
    writer->status = dseg_buffer_append(writer->out, data, size, writer->error);
  }
}

/* VRs whose length has 32 bits, after two reserved bytes (PS3.5 Table 7.1-1). */
static bool has_long_length(const char *vr) {
  static const char long_vrs[] = "OB OD OF OL OV OW SQ SV UC UN UR UT UV";
  for (const char *p = long_vrs; *p != '\0'; p += p[2] == ' ' ? 3 : 2) {
    if (p[0] == vr[0] && p[1] == vr[1]) {
      return true;
    }
  }
  return false;
}

void dseg_write_header(dseg_element_writer *writer, uint32_t tag, const char *vr, uint32_t length) {
  uint8_t header[12] = {0};
  size_t size = 8;
  dseg_store_le16(header, (uint16_t)(tag >> 16));
  dseg_store_le16(header + 2, (uint16_t)tag);
  if (writer->implicit_vr) {
    dseg_store_le32(header + 4, length);
  } else {
    memcpy(header + 4, vr, 2);
    if (has_long_length(vr)) {
      dseg_store_le32(header + 8, length);
      size = 12;
    } else {
      dseg_store_le16(header + 6, (uint16_t)length);
    }
  }
  append(writer, header, size);
}

void dseg_write_element(dseg_element_writer *writer, uint32_t tag, const char *vr, const void *value, size_t size) {
  dseg_write_header(writer, tag, vr, (uint32_t)(size + size % 2));
  append(writer, value, size);
  if (size % 2 != 0) {
    const bool nul = memcmp(vr, "UI", 2) == 0 || memcmp(vr, "OB", 2) == 0;
    append(writer, nul ? "" : " ", 1);
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
    append(writer, bytes, sizeof bytes);
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
  append(writer, header, sizeof header);
  return writer->out->size;
}

void dseg_write_end(dseg_element_writer *writer, size_t mark) {
  if (writer->status == DSEG_OK) {
    dseg_store_le32(writer->out->data + mark - 4, (uint32_t)(writer->out->size - mark));
  }
}
