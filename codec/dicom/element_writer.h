/* element_writer.h - appends encoded data elements (PS3.5 section 7.1) to a buffer, little endian.
 *
 * A failed allocation is kept in status, and every later call does nothing. */
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

/* An element with a value, padded to even length with a NUL for UI and OB, else with a space. */
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

#endif
