/* SPDX-License-Identifier: Apache-2.0 */
/* dicom_edit.c - changes of data sets as texts: see dicom_edit.h. */
#include "samples/dicom_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/images.h"
#include "dseg/plugin.h"

enum { MOST_NUMBERS = 8 };

static size_t get_length(const uint8_t *bytes, size_t count) {
  size_t length = 0;
  for (size_t i = 0; i < count; i++) {
    length |= (size_t)bytes[i] << (8 * i);
  }
  return length;
}

/* Where the first element of group 7FE0 begins, from an element of the data set on; sequences have defined lengths. */
static dseg_status find_pixels(dseg_view file, size_t *at, dseg_error *error) {
  while (*at < file.size) {
    const uint8_t *element = file.data + *at;
    const size_t rest = file.size - *at;
    if (rest >= 12 && element[0] == 0xE0 && element[1] == 0x7F) {
      return DSEG_OK;
    }
    const bool is_long = rest >= 12 && element[6] == 0 && element[7] == 0 && strchr("OSU", element[4]) != NULL &&
                         memcmp(element + 4, "SH", 2) != 0 && memcmp(element + 4, "SL", 2) != 0;
    const size_t header = is_long ? 12 : 8;
    const size_t length = rest < header ? SIZE_MAX : get_length(element + header - (is_long ? 4 : 2), is_long ? 4 : 2);
    if (rest < header || length > rest - header) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "an element does not end within the file (offset %zu)", *at);
    }
    *at += header + length;
  }
  return DSEG_OK;
}

dseg_status edit_read(dseg_data_set *set, dseg_view file, char syntax[65], dseg_view *pixels, dseg_error *error) {
  size_t start = 0;
  if (!cli_read_meta(file, &start, syntax)) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "is no DICOM file");
  }
  size_t end = start;
  DSEG_TRY(find_pixels(file, &end, error));
  *pixels = (dseg_view){file.data + end, file.size - end};
  return dseg_data_set_read(set, (dseg_view){file.data + start, end - start}, DSEG_EXPLICIT_VR, error);
}

/* The last step of a path. */
typedef struct place {
  uint32_t tag;
  size_t item; /* counted from 1; 0: the element itself */
} place;

/* Makes an item the current one; *good is false where it is not there. */
static void enter(dseg_data_set *set, place step, bool create, bool *good) {
  if (create && step.item == dseg_data_set_count_items(set, step.tag) + 1) {
    dseg_data_set_begin_item(set, step.tag);
  } else {
    *good = dseg_data_set_enter_item(set, step.tag, step.item - 1);
  }
}

/* Goes along a path up to its last step, over *depth items. False when one is not there. */
static bool walk(dseg_data_set *set, const char *path, bool create, place *last, size_t *depth) {
  for (bool good = true; good;) {
    char *end = NULL;
    *last = (place){.tag = (uint32_t)strtoul(path, &end, 16)};
    if (*end == '[') {
      last->item = strtoul(end + 1, &end, 10);
      end += *end == ']' ? 1 : 0;
    }
    if (*end == ' ') {
      return true;
    }
    good = *end == '/' && end > path && last->item > 0;
    if (good) {
      enter(set, *last, create, &good);
    }
    *depth += good ? 1 : 0;
    path = end + 1;
  }
  return false;
}

/* text: numbers in decimal. */
static size_t read_numbers(const char *text, uint32_t numbers[MOST_NUMBERS]) {
  size_t count = 0;
  for (char *end = NULL; *text != '\0' && count < MOST_NUMBERS; text = *end == '\\' ? end + 1 : end) {
    numbers[count++] = (uint32_t)strtoul(text, &end, 10);
    if (end == text) {
      break;
    }
  }
  return count;
}

static void put(dseg_data_set *set, uint32_t tag, const char *vr, const char *text) {
  uint32_t numbers[MOST_NUMBERS];
  if (strcmp(vr, "AT") == 0) {
    dseg_data_set_put_tag(set, tag, (uint32_t)strtoul(text, NULL, 16));
  } else if (strcmp(vr, "UL") == 0 || strcmp(vr, "SL") == 0) {
    dseg_data_set_put_u32(set, tag, vr, numbers, read_numbers(text, numbers));
  } else if (strcmp(vr, "US") == 0) {
    uint16_t small[MOST_NUMBERS];
    const size_t count = read_numbers(text, numbers);
    for (size_t i = 0; i < count; i++) {
      small[i] = (uint16_t)numbers[i];
    }
    dseg_data_set_put_u16(set, tag, vr, small, count);
  } else {
    dseg_data_set_put_text(set, tag, vr, text);
  }
}

/* action: what stands behind the path and a blank. False when there is nothing to remove or to copy. */
static bool carry_out(dseg_data_set *set, place at, const char *action) {
  const size_t items = dseg_data_set_count_items(set, at.tag);
  if (strcmp(action, "-") == 0) {
    uint32_t tag = at.tag - 1;
    const bool is_there = at.item > 0 ? at.item <= items : dseg_data_set_next(set, &tag, NULL) && tag == at.tag;
    if (is_there && at.item > 0) {
      dseg_data_set_remove_item(set, at.tag, at.item - 1);
    } else if (is_there) {
      dseg_data_set_remove(set, at.tag);
    }
    return is_there;
  }
  if (strcmp(action, "+") == 0) {
    if (items > 0) {
      dseg_data_set_copy_item(set, at.tag, items - 1);
    }
    return items > 0;
  }
  char vr[3] = "";
  snprintf(vr, sizeof vr, "%s", action);
  put(set, at.tag, vr, strlen(action) > 3 ? action + 3 : "");
  return true;
}

dseg_status edit_apply(dseg_data_set *set, const char *change, dseg_error *error) {
  const char *blank = strchr(change, ' ');
  if (blank == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "\"%s\" is no change", change);
  }
  const bool puts = blank[1] != '-' && blank[1] != '+';
  place last;
  size_t depth = 0;
  const bool good = walk(set, change, puts, &last, &depth) && carry_out(set, last, blank + 1);
  for (; depth > 0; depth--) {
    dseg_data_set_end_item(set);
  }
  DSEG_TRY(dseg_data_set_status(set, error));
  return good ? DSEG_OK : dseg_fail(error, DSEG_ERROR_ARGUMENT, "\"%s\": there is no such element", change);
}

dseg_status edit_write(const dseg_data_set *set, const char *syntax, dseg_view pixels, dseg_buffer *out,
                       dseg_error *error) {
  const dseg_file_encoding encoding = {.transfer_syntax_uid = syntax,
                                       .implementation_class_uid = DSEG_PRIVATE_UID("1"),
                                       .implementation_version_name = "DSEG_" DSEG_VERSION_STRING};
  DSEG_TRY(dseg_data_set_write_file(set, &encoding, out, NULL, error));
  return dseg_buffer_append(out, pixels.data, pixels.size, error);
}
