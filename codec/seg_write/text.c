/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - text and codes made fit for DICOM (PS3.5 6.1, 6.2; PS3.3 8.8). */
#include <string.h>

#include "model/private_elements.h"
#include "seg_write/object.h"

#define TEXT_BYTES 1024

/* Copies at most limit UTF-8 characters, whole ones, with '/' for '\' (which separates values) and ' ' for control
 * characters. Returns whether all of text is there. */
static bool clean(const char *text, size_t limit, char *out, size_t size) {
  size_t length = 0, characters = 0;
  size_t whole = 0; /* length up to the last character that ended */
  const char *p = text;
  for (; *p != '\0'; p++) {
    const unsigned char byte = (unsigned char)*p;
    const bool continues = (byte & 0xC0) == 0x80;
    if (!continues) {
      whole = length;
      if (characters == limit) {
        break;
      }
      characters++;
    }
    if (length + 1 == size) {
      length = whole;
      break;
    }
    out[length] = *p;
    if (byte == '\\') {
      out[length] = '/';
    } else if (byte < 0x20 || byte == 0x7F) {
      out[length] = ' ';
    }
    length++;
  }
  out[length] = '\0';
  return *p == '\0';
}

void dseg_put_clean_text(dseg_data_set *set, uint32_t tag, const char *vr, const char *text, size_t limit,
                         const char *what, const dseg_warning_sink *warnings) {
  char cleaned[TEXT_BYTES];
  if (text == NULL) {
    dseg_data_set_put_text(set, tag, vr, NULL);
    return;
  }
  const bool all = clean(text, limit, cleaned, sizeof cleaned);
  dseg_data_set_put_text(set, tag, vr, cleaned);
  if (!all) {
    dseg_warn(warnings, "%s is cut to %zu characters, what (%04x,%04x) holds (PS3.5 6.2): %s", what, limit,
              (unsigned)(tag >> 16), (unsigned)(tag & 0xFFFF), cleaned);
  } else if (strcmp(text, cleaned) != 0) {
    dseg_warn(warnings, "%s has characters that (%04x,%04x) does not hold (PS3.5 6.2): written as %s", what,
              (unsigned)(tag >> 16), (unsigned)(tag & 0xFFFF), cleaned);
  }
}

/* Code Value holds 16 characters; longer ones and URNs have attributes of their own (PS3.3 8.8, Table 8.8-1a). */
static void put_code_value(dseg_data_set *set, const char *value) {
  if (strncmp(value, "urn:", 4) == 0 || strstr(value, "://") != NULL) {
    dseg_data_set_put_text(set, 0x00080120, "UR", value); /* URN Code Value */
  } else if (strlen(value) > 16) {
    dseg_data_set_put_text(set, 0x00080119, "UC", value); /* Long Code Value */
  } else {
    dseg_data_set_put_text(set, 0x00080100, "SH", value); /* Code Value */
  }
}

void dseg_put_code(dseg_data_set *set, uint32_t tag, dseg_code code, bool open) {
  dseg_data_set_begin_item(set, tag);
  put_code_value(set, code.value);
  const bool urn = strncmp(code.value, "urn:", 4) == 0 || strstr(code.value, "://") != NULL;
  if (code.scheme != NULL || !urn) { /* 1C: required unless the value is a URN */
    dseg_put_clean_text(set, 0x00080102, "SH", code.scheme != NULL ? code.scheme : "99DSEG", 16,
                        "a coding scheme designator", NULL);
  }
  dseg_put_clean_text(set, 0x00080104, "LO", code.meaning != NULL ? code.meaning : code.value, 64, "a code meaning",
                      NULL);
  if (!open) {
    dseg_data_set_end_item(set);
  }
}

uint32_t dseg_put_creator(dseg_data_set *set, const char *creator) {
  return dseg_data_set_put_creator(set, DSEG_PRIVATE_GROUP, creator);
}
