/* SPDX-License-Identifier: Apache-2.0 */
/* data_set_write.c - a data set's bytes (PS3.5 7.1, 7.5), and those of a file (PS3.10 7.1). */
#include <string.h>

#include "base/endian.h"
#include "dicom/data_set.h"
#include "dicom/element_writer.h"

static void write_item(dseg_element_writer *writer, const dseg_item *item);

/* A delimiter ends fragments, whose items are the value (PS3.5 A.4). */
static void write_fragments(dseg_element_writer *writer, const dseg_kept_element *element) {
  static const uint8_t delimiter[8] = {0xFE, 0xFF, 0xDD, 0xE0};
  if (writer->implicit_vr && writer->status == DSEG_OK) {
    writer->status = dseg_fail(writer->error, DSEG_ERROR_ARGUMENT,
                               "Pixel Data (7FE0,0010) has fragments, which need explicit VR (PS3.5 A.4)");
  }
  dseg_write_header(writer, element->tag, element->vr, UINT32_MAX);
  dseg_write_raw(writer, element->value, element->size);
  dseg_write_raw(writer, delimiter, sizeof delimiter);
}

static void write_sequence(dseg_element_writer *writer,  // NOLINT(misc-no-recursion): depth is limited
                           const dseg_kept_element *element) {
  const size_t sequence = dseg_write_begin_sequence(writer, element->tag);
  for (size_t i = 0; i < element->size; i++) {
    const size_t item = dseg_write_begin_item(writer);
    write_item(writer, element->items[i]);
    dseg_write_end(writer, item);
  }
  dseg_write_end(writer, sequence);
}

static void write_item(dseg_element_writer *writer, const dseg_item *item) {  // NOLINT(misc-no-recursion)
  for (size_t i = 0; i < item->count && writer->status == DSEG_OK; i++) {
    const dseg_kept_element *element = &item->elements[i];
    if (dseg_is_sequence(element)) {
      write_sequence(writer, element);
    } else if (element->fragments) {
      write_fragments(writer, element);
    } else {
      dseg_write_element(writer, element->tag, element->vr, element->value, element->size);
    }
  }
}

dseg_status dseg_data_set_write(const dseg_data_set *set, dseg_vr_encoding encoding, dseg_buffer *out,
                                dseg_error *error) {
  dseg_error_clear(error);
  DSEG_TRY(dseg_data_set_status(set, error));
  const size_t before = out->size;
  dseg_element_writer writer = {.out = out, .implicit_vr = encoding == DSEG_IMPLICIT_VR, .error = error};
  write_item(&writer, &set->top);
  if (writer.status != DSEG_OK) {
    out->size = before;
  }
  return writer.status;
}

/* A UID of the data set, which File Meta Information repeats. */
static void write_uid_of(dseg_element_writer *writer, uint32_t tag, const dseg_item *top, uint32_t source,
                         const char *name) {
  const dseg_kept_element *element = dseg_find_kept(top, source);
  if (element != NULL && element->size > 0 && memcmp(element->vr, "UI", 2) == 0) {
    dseg_write_element(writer, tag, "UI", element->value, element->size);
  } else if (writer->status == DSEG_OK) {
    writer->status = dseg_fail(writer->error, DSEG_ERROR_ARGUMENT,
                               "%s (%04X,%04X) is missing, which File Meta Information repeats (PS3.10 7.1)", name,
                               source >> 16, source & 0xFFFFu);
  }
}

/* File Meta Information, PS3.10 Table 7.1-1. */
static void write_meta(dseg_element_writer *writer, const dseg_item *top, const dseg_file_encoding *encoding) {
  static const uint8_t version[2] = {0, 1}, length[4] = {0};
  dseg_write_element(writer, 0x00020000, "UL", length, sizeof length);
  const size_t mark = writer->out->size; /* behind the length, which counts what follows */
  dseg_write_element(writer, 0x00020001, "OB", version, sizeof version);
  write_uid_of(writer, 0x00020002, top, 0x00080016, "SOP Class UID");
  write_uid_of(writer, 0x00020003, top, 0x00080018, "SOP Instance UID");
  dseg_write_text(writer, 0x00020010, "UI", encoding->transfer_syntax_uid);
  dseg_write_text(writer, 0x00020012, "UI", encoding->implementation_class_uid);
  dseg_write_text(writer, 0x00020013, "SH", encoding->implementation_version_name);
  dseg_write_end(writer, mark);
}

dseg_status dseg_data_set_write_file(const dseg_data_set *set, const dseg_file_encoding *encoding, dseg_buffer *out,
                                     size_t *data_set_offset, dseg_error *error) {
  dseg_error_clear(error);
  static const uint8_t preamble[132] = {[128] = 'D', [129] = 'I', [130] = 'C', [131] = 'M'};
  DSEG_TRY(dseg_data_set_status(set, error));
  const size_t before = out->size;
  dseg_element_writer writer = {.out = out, .error = error};
  dseg_write_raw(&writer, preamble, sizeof preamble);
  write_meta(&writer, &set->top, encoding);
  const size_t offset = out->size;
  if (writer.status == DSEG_OK) {
    writer.status = dseg_data_set_write(set, encoding->implicit_vr ? DSEG_IMPLICIT_VR : DSEG_EXPLICIT_VR, out, error);
  }
  if (writer.status != DSEG_OK) {
    out->size = before;
  } else if (data_set_offset != NULL) {
    *data_set_offset = offset;
  }
  return writer.status;
}
