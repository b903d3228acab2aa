/* SPDX-License-Identifier: Apache-2.0 */
/* makers.c - who made an object: its own equipment, then that of Contributing Equipment Sequence (0018,A001), where
 * copies keep who made what they are copies of. And when it was made. */
#include "seg_read/makers.h"

#include <string.h>

#include "dicom/value_form.h"

#define CONTRIBUTING DSEG_TAG(0x0018, 0xA001)

static dseg_maker read_maker(dseg_text_reader *reader, const dseg_elements *in) {
  return (dseg_maker){.manufacturer = dseg_read_text(reader, in, DSEG_TAG(0x0008, 0x0070)),
                      .model_name = dseg_read_text(reader, in, DSEG_TAG(0x0008, 0x1090)),
                      .software_versions = dseg_read_text(reader, in, DSEG_TAG(0x0018, 0x1020))};
}

/* Reads the items of the sequence; makers NULL: counts them only. */
static dseg_status read_items(dseg_text_reader *reader, const dseg_elements *object, dseg_maker *makers, size_t *count,
                              dseg_error *error) {
  dseg_element sequence;
  dseg_elements item;
  size_t offset = 0;
  bool more;
  *count = 0;
  DSEG_TRY(dseg_elements_find(object, CONTRIBUTING, &sequence, error));
  DSEG_TRY(dseg_sequence_next(object, &sequence, &offset, &item, &more, error));
  while (more) {
    if (makers != NULL) {
      makers[*count] = read_maker(reader, &item);
      DSEG_TRY(reader->status);
    }
    ++*count;
    DSEG_TRY(dseg_sequence_next(object, &sequence, &offset, &item, &more, error));
  }
  return DSEG_OK;
}

dseg_status dseg_read_makers(dseg_text_reader *reader, const dseg_elements *object, dseg_encoding_info *info,
                             dseg_error *error) {
  size_t items;
  DSEG_TRY(read_items(reader, object, NULL, &items, error));
  const size_t count = items + 1;
  dseg_maker *makers = dseg_description_alloc(reader->description, count * sizeof *makers);
  if (makers == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu makers", count);
  }
  makers[0] = read_maker(reader, object);
  DSEG_TRY(reader->status);
  DSEG_TRY(read_items(reader, object, makers + 1, &items, error));
  info->makers = makers;
  info->maker_count = count;
  return DSEG_OK;
}

/* The text of an element where it is well formed and not empty; "" otherwise. */
static const char *well_formed(dseg_text_reader *reader, const dseg_elements *object, uint32_t tag, const char vr[2]) {
  const char *text = dseg_read_text(reader, object, tag);
  return text != NULL && dseg_value_fault(vr, (dseg_view){(const uint8_t *)text, strlen(text)}) == NULL ? text : "";
}

dseg_status dseg_read_content_date(dseg_text_reader *reader, const dseg_elements *object, dseg_encoding_info *info,
                                   dseg_error *error) {
  enum { DATE = 8, TIME = 6 };
  const char *date = well_formed(reader, object, DSEG_TAG(0x0008, 0x0023), "DA");
  const char *time = well_formed(reader, object, DSEG_TAG(0x0008, 0x0033), "TM");
  DSEG_TRY(reader->status);
  if (strlen(date) != DATE) {
    return DSEG_OK;
  }
  char *text = dseg_description_alloc(reader->description, DATE + TIME + 1);
  if (text == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a date");
  }
  const size_t digits = strspn(time, "0123456789"); /* behind a point are parts of a second */
  memcpy(text, date, DATE);
  memset(text + DATE, '0', TIME);
  memcpy(text + DATE, time, digits < TIME ? digits : TIME);
  info->content_date_time = text;
  return DSEG_OK;
}
