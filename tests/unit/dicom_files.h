/* SPDX-License-Identifier: Apache-2.0 */
/* dicom_files.h - builds DICOM files in memory, in any encoding, for tests of the reader. */
#ifndef DSEG_TESTS_DICOM_FILES_H
#define DSEG_TESTS_DICOM_FILES_H

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above. */
#include <cmocka.h>
#include <string.h>

#include "base/endian.h"
#include "dseg/buffer.h"

/* A file being built. Sequences and items are opened and closed; their lengths are filled in, or undefined. */
typedef struct dicom_file {
  dseg_buffer bytes;
  bool implicit_vr, big_endian;
  bool undefined_lengths;
  size_t open[32]; /* where the length of each open sequence or item is, 0 when undefined */
  size_t depth;
} dicom_file;

#define LITTLE "1.2.840.10008.1.2.1"
#define IMPLICIT "1.2.840.10008.1.2"
#define BIG "1.2.840.10008.1.2.2"

static inline void put_bytes(dicom_file *file, const void *bytes, size_t size) {
  assert_int_equal(dseg_buffer_append(&file->bytes, bytes, size, NULL), DSEG_OK);
}

static inline void put_u16(dicom_file *file, uint16_t value) {
  const uint8_t bytes[2] = {(uint8_t)(file->big_endian ? value >> 8 : value),
                            (uint8_t)(file->big_endian ? value : value >> 8)};
  put_bytes(file, bytes, 2);
}

static inline void put_u32(dicom_file *file, uint32_t value) {
  put_u16(file, (uint16_t)(file->big_endian ? value >> 16 : value));
  put_u16(file, (uint16_t)(file->big_endian ? value : value >> 16));
}

static inline void put_tag(dicom_file *file, uint32_t tag) {
  put_u16(file, (uint16_t)(tag >> 16));
  put_u16(file, (uint16_t)tag);
}

static inline void put_header(dicom_file *file, uint32_t tag, const char *vr, uint32_t length) {
  put_tag(file, tag);
  if (file->implicit_vr || tag >> 16 == 0xFFFE) {
    put_u32(file, length);
    return;
  }
  put_bytes(file, vr, 2);
  if (strstr("OB OD OF OL OV OW SQ SV UC UN UR UT UV", vr) != NULL) {
    put_u16(file, 0);
    put_u32(file, length);
  } else {
    put_u16(file, (uint16_t)length);
  }
}

static inline void put_value(dicom_file *file, uint32_t tag, const char *vr, const void *value, size_t size) {
  put_header(file, tag, vr, (uint32_t)size);
  put_bytes(file, value, size);
}

/* Text, padded to even length. */
static inline void put_text(dicom_file *file, uint32_t tag, const char *vr, const char *text) {
  const size_t size = strlen(text);
  put_header(file, tag, vr, (uint32_t)(size + size % 2));
  put_bytes(file, text, size);
  put_bytes(file, strcmp(vr, "UI") == 0 ? "" : " ", size % 2);
}

static inline void put_us(dicom_file *file, uint32_t tag, uint16_t value) {
  put_header(file, tag, "US", 2);
  put_u16(file, value);
}

static inline void put_ul(dicom_file *file, uint32_t tag, const char *vr, uint32_t value) {
  put_header(file, tag, vr, 4);
  put_u32(file, value);
}

static inline void put_open(dicom_file *file, uint32_t tag, const char *vr) {
  put_header(file, tag, vr, file->undefined_lengths ? 0xFFFFFFFFu : 0);
  file->open[file->depth++] = file->undefined_lengths ? 0 : file->bytes.size;
}

static inline void put_close(dicom_file *file, uint32_t delimiter) {
  const size_t at = file->open[--file->depth];
  if (at == 0) {
    put_header(file, delimiter, "", 0);
    return;
  }
  uint8_t *length = file->bytes.data + at - 4;
  const uint32_t size = (uint32_t)(file->bytes.size - at);
  dseg_store_le32(length, size);
  if (file->big_endian) {
    for (size_t i = 0; i < 4; i++) {
      length[i] = (uint8_t)(size >> (24 - 8 * i));
    }
  }
}

static inline void put_sequence(dicom_file *file, uint32_t tag) {
  put_open(file, tag, "SQ");
}
static inline void put_sequence_end(dicom_file *file) {
  put_close(file, 0xFFFEE0DDu);
}
static inline void put_item(dicom_file *file) {
  put_open(file, 0xFFFEE000u, "");
}
static inline void put_item_end(dicom_file *file) {
  put_close(file, 0xFFFEE00Du);
}

/* Preamble, prefix and meta information, which is in Explicit VR Little Endian whatever follows. */
static inline void put_start(dicom_file *file, const char *transfer_syntax) {
  const uint8_t preamble[128] = {0};
  file->bytes.size = 0;
  file->depth = 0;
  file->implicit_vr = false;
  file->big_endian = false;
  put_bytes(file, preamble, sizeof preamble);
  put_bytes(file, "DICM", 4);
  put_text(file, 0x00020010, "UI", transfer_syntax);
  file->implicit_vr = strcmp(transfer_syntax, IMPLICIT) == 0;
  file->big_endian = strcmp(transfer_syntax, BIG) == 0;
}

#endif
