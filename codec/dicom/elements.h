/* SPDX-License-Identifier: Apache-2.0 */
/* elements.h - DICOM data elements in memory (PS3.5 section 7): iteration, look-up and values.
 *
 * Works on untrusted bytes: every length is checked against what encloses it. Nothing is copied; an element's
 * value is a view into the bytes given. */
#ifndef DSEG_DICOM_ELEMENTS_H
#define DSEG_DICOM_ELEMENTS_H

#include "dicom/tags.h"
#include "dseg/buffer.h"
#include "dseg/description.h"

/* A run of elements: a data set, or one item of a sequence. */
typedef struct dseg_elements {
  dseg_view bytes;
  bool implicit_vr;
  bool big_endian;
} dseg_elements;

/* One element. tag 0: absent. Sequences: value holds the items with their delimiters. */
typedef struct dseg_element {
  uint32_t tag;
  char vr[2];            /* "UN" where an implicit data set has a tag whose VR we need not know */
  bool undefined_length; /* the delimiter is not part of value */
  dseg_view value;
} dseg_element;

/* The element at *offset, which moves past it; tag 0 at the end. Start with *offset 0. */
dseg_status dseg_elements_next(const dseg_elements *elements, size_t *offset, dseg_element *element, dseg_error *error);
/* The first element with this tag; tag 0 when absent. */
dseg_status dseg_elements_find(const dseg_elements *elements, uint32_t tag, dseg_element *element, dseg_error *error);
/* The item of a sequence at *offset (start with 0); *more is false, and item empty, at the end. */
dseg_status dseg_sequence_next(const dseg_elements *parent, const dseg_element *sequence, size_t *offset,
                               dseg_elements *item, bool *more, dseg_error *error);
/* The first item of the sequence with this tag; *found false when there is none. item may be elements itself. */
dseg_status dseg_elements_find_item(const dseg_elements *elements, uint32_t tag, dseg_elements *item, bool *found,
                                    dseg_error *error);

/* Values. They return false when the element is absent, empty, or not of that form. index counts the values of
 * a multi-valued element from 0. */
bool dseg_element_u16(const dseg_elements *in, const dseg_element *element, size_t index, uint16_t *value);
bool dseg_element_u32(const dseg_elements *in, const dseg_element *element, size_t index, uint32_t *value);
bool dseg_element_double(const dseg_elements *in, const dseg_element *element, size_t index,
                         double *value);                                             /* FD, FL */
bool dseg_element_decimal(const dseg_element *element, size_t index, double *value); /* DS: any locale, no NUL needed */
bool dseg_element_integer(const dseg_element *element, size_t index, int64_t *value); /* IS */
/* Text without padding, as it is encoded; a view into the value. The whole value when index is SIZE_MAX. */
bool dseg_element_text(const dseg_element *element, size_t index, dseg_view *text);
/* True when the text, without padding, equals the literal. */
bool dseg_element_is(const dseg_element *element, const char *literal);

/* Text as UTF-8 in the description's arena; *text is NULL when it is absent or empty. character_set: the element
 * (0008,0005) that holds for it (tag 0: ASCII, or UTF-8 that nobody declared). Bytes that the character set does not
 * have become U+FFFD. */
dseg_status dseg_element_utf8(const dseg_element *element, const dseg_element *character_set,
                              dseg_description *description, const char **text, dseg_error *error);

/* Reads texts one after the other. What fails first is kept in status, with its message in error, and everything behind
 * it is NULL: status is looked at before anything else gets the error. */
typedef struct dseg_text_reader {
  const dseg_element *character_set;
  dseg_description *description;
  dseg_error *error;
  dseg_status status;
} dseg_text_reader;
/* dseg_element_utf8 of the element with this tag. */
const char *dseg_read_text(dseg_text_reader *reader, const dseg_elements *in, uint32_t tag);

/* Appends text in the character set to out as UTF-8. */
dseg_status dseg_text_to_utf8(dseg_view text, const dseg_element *character_set, dseg_buffer *out, dseg_error *error);
/* Whether this build converts every term of (0008,0005); false: *unknown is the first that it does not. */
bool dseg_charset_is_known(const dseg_element *character_set, dseg_view *unknown);

#endif
