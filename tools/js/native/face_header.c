/* SPDX-License-Identifier: Apache-2.0 */
/* face_header.c - the header of an image from elements that JavaScript gives: what a new object takes patient, study
 * and references from where there is no file.
 *
 * The order of calls: header_begin; elements, and between header_item and header_item_end those of an item;
 * header_finish. What fails on the way is told by header_finish. */
#include "dseg/data_set.h"

#include <stdlib.h>

#include "face.h"

enum { MOST_NUMBERS = 64 };

static dseg_data_set *set;

FACE_EXPORT(header_begin) int face_header_begin(void) {
  dseg_data_set_destroy(set);
  set = NULL;
  return (int)dseg_data_set_create(&set, face_begin());
}

/* Values separated by a backslash. */
FACE_EXPORT(header_text) void face_header_text(uint32_t tag, const char *vr, const char *text) {
  dseg_data_set_put_text(set, tag, vr, text);
}

/* Numbers of VR US, FD or DS. */
FACE_EXPORT(header_numbers)
void face_header_numbers(uint32_t tag, const char *vr, const double *values, size_t count) {
  uint16_t words[MOST_NUMBERS];
  if (vr[0] == 'D') {
    dseg_data_set_put_decimals(set, tag, values, count);
    return;
  }
  if (vr[0] == 'F') {
    dseg_data_set_put_bytes(set, tag, vr, (dseg_view){(const uint8_t *)values, count * sizeof *values});
    return;
  }
  if (count > MOST_NUMBERS) {
    dseg_data_set_fail(set, DSEG_ERROR_LIMIT, "an element of a header has too many numbers");
    return;
  }
  for (size_t i = 0; i < count; i++) {
    if (!(values[i] >= 0 && values[i] <= UINT16_MAX)) {
      dseg_data_set_fail(set, DSEG_ERROR_ARGUMENT, "a number of a header does not fit 16 bits");
      return;
    }
    words[i] = (uint16_t)values[i];
  }
  dseg_data_set_put_u16(set, tag, vr, words, count);
}

FACE_EXPORT(header_item) void face_header_item(uint32_t tag) {
  dseg_data_set_begin_item(set, tag);
}

FACE_EXPORT(header_item_end) void face_header_item_end(void) {
  dseg_data_set_end_item(set);
}

/* The bytes of a Part 10 file go to "emit". */
FACE_EXPORT(header_finish) int face_header_finish(void) {
  static const dseg_file_encoding encoding = {
      .transfer_syntax_uid = "1.2.840.10008.1.2.1", .implementation_class_uid = "", .implementation_version_name = ""};
  dseg_error *error = face_begin();
  dseg_buffer bytes = {0};
  dseg_status status = dseg_data_set_write_file(set, &encoding, &bytes, NULL, error);
  if (status == DSEG_OK && face_host_emit(bytes.data, bytes.size) != 0) {
    status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a header");
  }
  dseg_buffer_free(&bytes);
  dseg_data_set_destroy(set);
  set = NULL;
  return (int)status;
}
