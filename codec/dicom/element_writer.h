/* SPDX-License-Identifier: Apache-2.0 */
/* element_writer.h - appends encoded data elements (PS3.5 section 7.1) to a buffer, little endian.
 *
 * A failure is kept in status, and every later call does nothing: DSEG_ERROR_MEMORY, or DSEG_ERROR_LIMIT where a length
 * needs more than 32 bits. */
#ifndef DSEG_DICOM_ELEMENT_WRITER_H
#define DSEG_DICOM_ELEMENT_WRITER_H

#include "dseg/buffer.h"

#include <stdbool.h>

typedef struct dseg_element_writer {
  dseg_buffer *out; /* borrowed */
  bool implicit_vr;
  dseg_status status; /* start with DSEG_OK */
  dseg_error *error;  /* borrowed; may be NULL */
} dseg_element_writer;

/* An element with a value, padded to even length: text but UI with a space, else with NUL (PS3.5 6.2). Explicit VR: a
 * value too long for its VR has VR UN (PS3.5 6.2.2). */
void dseg_write_element(dseg_element_writer *writer, uint32_t tag, const char *vr, const void *value, size_t size);
void dseg_write_text(dseg_element_writer *writer, uint32_t tag, const char *vr, const char *text);
void dseg_write_u16(dseg_element_writer *writer, uint32_t tag, uint16_t value); /* US */
void dseg_write_u32s(dseg_element_writer *writer, uint32_t tag, const char *vr, const uint32_t *values, size_t count);
void dseg_write_decimals(dseg_element_writer *writer, uint32_t tag, const double *values, size_t count); /* DS, <= 6 */

/* A sequence or an item: begin gives a mark for the end, which sets the explicit length. */
size_t dseg_write_begin_sequence(dseg_element_writer *writer, uint32_t tag);
size_t dseg_write_begin_item(dseg_element_writer *writer);
void dseg_write_end(dseg_element_writer *writer, size_t mark);

/* The header of an element whose value follows; length may be 0xFFFFFFFF. */
void dseg_write_header(dseg_element_writer *writer, uint32_t tag, const char *vr, uint32_t length);
/* Bytes that are encoded already. */
void dseg_write_raw(dseg_element_writer *writer, const void *data, size_t size);

#endif
