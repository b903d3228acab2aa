/* SPDX-License-Identifier: Apache-2.0 */
/* scanner.h - reads the headers of data elements one after the other (PS3.5 section 7) through a bounded window.
 *
 * The bytes come from an input or from memory and are never trusted: no value reaches past the scanner's end,
 * which the caller lowers while it is inside an item or sequence of defined length. */
#ifndef DSEG_DICOM_SCANNER_H
#define DSEG_DICOM_SCANNER_H

#include <stdbool.h>

#include "base/input.h"
#include "dicom/tags.h"

/* Sequences of undefined length nested deeper are refused: it bounds the stack. */
#define DSEG_MAX_DEPTH 64u

typedef struct dseg_header {
  uint32_t tag;
  uint32_t length; /* 0 when undefined */
  bool undefined_length;
  char vr[2]; /* item tags: "  " */
} dseg_header;

typedef struct dseg_scanner {
  const dseg_input *input; /* NULL: all bytes are in the window */
  const uint8_t *window;
  uint64_t start; /* offset of window[0] */
  size_t filled;  /* bytes in the window */
  uint64_t at;    /* next byte, in the window or behind it */
  uint64_t end;   /* offset behind the last byte that may be used */
  uint64_t limit; /* offset behind the last byte that may be read: end, unless it moves nearer for a while */
  uint8_t *owned; /* the window's memory, when it is the scanner's */
  size_t capacity;
  size_t next_fill; /* bytes to read next: grows while reading goes straight on */
  bool implicit_vr;
  bool big_endian;
} dseg_scanner;

/* Explicit VR Little Endian until the caller says otherwise. window: bytes of memory to use, at least 4096. */
dseg_status dseg_scanner_open(dseg_scanner *scanner, const dseg_input *input, uint64_t begin, uint64_t end,
                              size_t window, dseg_error *error);
/* Needs no closing. */
void dseg_scanner_open_memory(dseg_scanner *scanner, dseg_view bytes);
void dseg_scanner_close(dseg_scanner *scanner);

static inline uint64_t dseg_scanner_position(const dseg_scanner *scanner) {
  return scanner->start + scanner->at;
}
static inline uint64_t dseg_scanner_left(const dseg_scanner *scanner) {
  return scanner->end - scanner->start - scanner->at;
}
/* Moves over size bytes, which must be left. */
static inline void dseg_scanner_skip(dseg_scanner *scanner, uint64_t size) {
  scanner->at += size;
}

/* Makes size bytes, at most the window, lie at dseg_scanner_here; DSEG_ERROR_FORMAT when fewer are left. */
dseg_status dseg_scanner_fill(dseg_scanner *scanner, size_t size, dseg_error *error);
static inline dseg_status dseg_scanner_need(dseg_scanner *scanner, size_t size, dseg_error *error) {
  if (scanner->at <= scanner->filled && size <= scanner->filled - scanner->at && size <= dseg_scanner_left(scanner)) {
    return DSEG_OK;
  }
  return dseg_scanner_fill(scanner, size, error);
}
static inline const uint8_t *dseg_scanner_here(const dseg_scanner *scanner) {
  return scanner->window + scanner->at;
}

/* The header at the present position, which moves to the value. The value lies within the scanner's end. */
dseg_status dseg_scanner_header(dseg_scanner *scanner, dseg_header *header, dseg_error *error);

/* Moves over the value of header, and over the delimiter when its length is undefined. value_length receives the
 * bytes of the value without that delimiter. */
dseg_status dseg_scanner_skip_value(dseg_scanner *scanner, const dseg_header *header, uint64_t *value_length,
                                    dseg_error *error);

/* Moves over what an item header (DSEG_TAG_ITEM) of a sequence opened, likewise. */
dseg_status dseg_scanner_skip_item(dseg_scanner *scanner, const dseg_header *item, uint64_t *value_length,
                                   dseg_error *error);

/* Whether here are zeros that fill the file up behind the data set, which some writers leave. */
dseg_status dseg_scanner_find_filling(dseg_scanner *scanner, bool *is_filling, dseg_error *error);

/* How the items of a sequence are encoded, which is not as the elements around it when its VR is UN: then they are
 * in implicit VR form and little endian (PS3.5 6.2.2, CP 246). */
static inline void dseg_scanner_enter(dseg_scanner *scanner, const dseg_header *header) {
  if (header->vr[0] == 'U' && header->vr[1] == 'N') {
    scanner->implicit_vr = true;
    scanner->big_endian = false;
  }
}

/* True when an element of undefined length holds fragments (PS3.5 A.4) rather than items of elements. */
bool dseg_header_is_fragments(const dseg_header *header);

#endif
