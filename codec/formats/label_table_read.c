/* SPDX-License-Identifier: Apache-2.0 */
/* label_table_read.c - reads the labels of a CaretExtension (Connectome Workbench; TotalSegmentator):
 *
 *     <CaretExtension><VolumeInformation Index="0"><LabelTable>
 *       <Label Key="1" Red="0.1" Green="0.2" Blue="0.3" Alpha="1"><![CDATA[spleen]]></Label>
 *
 * Elements are looked for by their tags; others are passed over. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dicom/charset_convert.h"
#include "formats/label_table.h"

enum { MOST_LABELS = 65535, LONGEST_NAME = 1024 };

/* The text that is left. */
struct cursor {
  const char *at, *end;
};

/* A tag, between its angle brackets. */
struct tag {
  const char *text;
  size_t length;
};

static const char *find(const char *at, const char *end, const char *what) {
  const size_t length = strlen(what);
  for (; (size_t)(end - at) >= length; at++) {
    at = memchr(at, what[0], (size_t)(end - at) - length + 1);
    if (at == NULL) {
      return NULL;
    }
    if (memcmp(at, what, length) == 0) {
      return at;
    }
  }
  return NULL;
}

bool dseg_label_table_recognise(dseg_view text) {
  const size_t size = text.size < 1024 ? text.size : 1024;
  return text.size > 0 && find((const char *)text.data, (const char *)text.data + size, "<CaretExtension") != NULL;
}

static bool is_called(const struct tag *tag, const char *name) {
  const size_t length = strlen(name);
  return tag->length >= length && memcmp(tag->text, name, length) == 0 &&
         (tag->length == length || strchr(" \t\r\n/", tag->text[length]) != NULL);
}

/* Passes over text, comments and CDATA up to the next tag; false at the end. */
static bool next_tag(struct cursor *cursor, struct tag *tag) {
  static const char *const passed[][2] = {{"<![CDATA[", "]]>"}, {"<!--", "-->"}};
  while (cursor->at < cursor->end) {
    const char *open = memchr(cursor->at, '<', (size_t)(cursor->end - cursor->at));
    if (open == NULL) {
      return false;
    }
    bool is_passed = false;
    for (size_t i = 0; i < 2; i++) {
      const size_t length = strlen(passed[i][0]);
      if ((size_t)(cursor->end - open) >= length && memcmp(open, passed[i][0], length) == 0) {
        const char *close = find(open + length, cursor->end, passed[i][1]);
        cursor->at = close != NULL ? close + 3 : cursor->end;
        is_passed = true;
      }
    }
    if (is_passed) {
      continue;
    }
    const char *close = memchr(open, '>', (size_t)(cursor->end - open));
    if (close == NULL) {
      return false;
    }
    *tag = (struct tag){open + 1, (size_t)(close - open) - 1};
    cursor->at = close + 1;
    return true;
  }
  return false;
}

/* The value of an attribute; false: the tag has none of this name. */
static bool find_attribute(const struct tag *tag, const char *name, const char **value, size_t *length) {
  const size_t size = strlen(name);
  const char *end = tag->text + tag->length;
  for (const char *at = tag->text; at < end;) {
    const char *quote = at;
    while (quote < end && *quote != '"' && *quote != '\'') {
      quote++;
    }
    const char *close = quote < end ? memchr(quote + 1, *quote, (size_t)(end - quote - 1)) : NULL;
    if (close == NULL) {
      return false;
    }
    const char *equals = quote;
    while (equals > at && (equals[-1] == ' ' || equals[-1] == '=')) {
      equals--;
    }
    const bool is_name = (size_t)(equals - at) > size && memcmp(equals - size, name, size) == 0 &&
                         strchr(" \t\r\n", equals[-(ptrdiff_t)size - 1]) != NULL;
    if (is_name) {
      *value = quote + 1;
      *length = (size_t)(close - quote) - 1;
      return true;
    }
    at = close + 1;
  }
  return false;
}

static bool read_number(const struct tag *tag, const char *name, uint32_t *number) {
  const char *text = NULL;
  size_t length = 0;
  uint64_t value = 0;
  if (!find_attribute(tag, name, &text, &length) || length == 0 || length > 10) {
    return false;
  }
  for (size_t i = 0; i < length; i++) {
    if (text[i] < '0' || text[i] > '9') {
      return false;
    }
    value = value * 10 + (uint64_t)(text[i] - '0');
  }
  *number = (uint32_t)value;
  return value <= UINT32_MAX;
}

/* A share of 1 in 255 steps: "0.5", "1", "1e-3" counts as 0. */
static bool read_share(const struct tag *tag, const char *name, uint8_t *step) {
  const char *text = NULL;
  size_t length = 0;
  if (!find_attribute(tag, name, &text, &length) || length == 0) {
    return false;
  }
  double value = 0;
  double unit = 0; /* 0: in front of the point */
  bool is_small = false;
  for (size_t i = 0; i < length; i++) {
    if (text[i] >= '0' && text[i] <= '9') {
      value = unit > 0 ? value + unit * (text[i] - '0') : value * 10 + (text[i] - '0');
      unit /= 10;
    } else if (text[i] == '.' && unit <= 0) {
      unit = 0.1;
    } else {
      is_small = i + 1 < length && (text[i] == 'e' || text[i] == 'E') && text[i + 1] == '-';
      if (!is_small) {
        return false;
      }
      break;
    }
  }
  *step = is_small ? 0 : value >= 1 ? 255 : (uint8_t)lround(value * 255);
  return true;
}

/* The character that a reference stands for, "&lt;" for instance; returns how many bytes that has, 0: it is none. */
static size_t read_reference(const char *at, const char *end, char *character) {
  static const struct {
    const char *name;
    char character;
  } named[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
  for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
    const size_t length = strlen(named[i].name);
    if ((size_t)(end - at) >= length && memcmp(at, named[i].name, length) == 0) {
      *character = named[i].character;
      return length;
    }
  }
  return 0;
}

/* Appends bytes to a name that has room for LONGEST_NAME. */
static void append(char *name, size_t *used, const char *text, size_t length) {
  const size_t room = LONGEST_NAME - *used;
  const size_t kept = length < room ? length : room;
  memcpy(name + *used, text, kept);
  *used += kept;
}

/* The text up to the next tag, CDATA included, without white space at its ends. What is too long is no name. */
static void read_text(struct cursor *cursor, char name[LONGEST_NAME + 1]) {
  size_t used = 0;
  while (cursor->at < cursor->end) {
    const size_t left = (size_t)(cursor->end - cursor->at);
    char character = '\0';
    size_t length = 0;
    if (left >= 9 && memcmp(cursor->at, "<![CDATA[", 9) == 0) {
      const char *close = find(cursor->at + 9, cursor->end, "]]>");
      const char *stop = close != NULL ? close : cursor->end;
      append(name, &used, cursor->at + 9, (size_t)(stop - cursor->at) - 9);
      cursor->at = close != NULL ? close + 3 : cursor->end;
    } else if (*cursor->at == '<') {
      break;
    } else if (*cursor->at == '&' && (length = read_reference(cursor->at, cursor->end, &character)) > 0) {
      append(name, &used, &character, 1);
      cursor->at += length;
    } else {
      append(name, &used, cursor->at++, 1);
    }
  }
  used = used < LONGEST_NAME ? used : 0;
  while (used > 0 && strchr(" \t\r\n", name[used - 1]) != NULL) {
    used--;
  }
  size_t skip = 0;
  while (skip < used && strchr(" \t\r\n", name[skip]) != NULL) {
    skip++;
  }
  memmove(name, name + skip, used - skip);
  name[used - skip] = '\0';
}

/* Labels while they are read. */
struct reader {
  dseg_description *description;
  dseg_declared_segment *labels; /* malloc'd */
  size_t count, room;
  uint32_t volume;
};

static dseg_status add_label(struct reader *reader, const struct tag *tag, const char *name, dseg_error *error) {
  dseg_declared_segment label = {.layer = reader->volume};
  uint8_t *rgb = label.segment.rgb;
  if (!read_number(tag, "Key", &label.value) || label.value == 0 || name[0] == '\0' || reader->count == MOST_LABELS) {
    return DSEG_OK;
  }
  label.segment.label = dseg_description_strdup(reader->description, name);
  label.segment.has_color =
      read_share(tag, "Red", &rgb[0]) && read_share(tag, "Green", &rgb[1]) && read_share(tag, "Blue", &rgb[2]);
  dseg_rgb_to_cielab(rgb, label.segment.cielab);
  if (reader->count == reader->room) {
    const size_t room = reader->room > 0 ? 2 * reader->room : 64;
    dseg_declared_segment *labels = realloc(reader->labels, room * sizeof *labels);
    if (labels == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for labels of the header");
    }
    reader->labels = labels;
    reader->room = room;
  }
  reader->labels[reader->count++] = label;
  return label.segment.label != NULL ? DSEG_OK
                                     : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for labels of the header");
}

static dseg_status read_tags(struct reader *reader, struct cursor *cursor, bool *is_complete, dseg_error *error) {
  struct tag tag;
  bool is_in_table = false;
  *is_complete = false;
  while (next_tag(cursor, &tag)) {
    if (is_called(&tag, "VolumeInformation")) {
      uint32_t index = 0;
      reader->volume = read_number(&tag, "Index", &index) ? index : 0;
    } else if (is_called(&tag, "LabelTable")) {
      is_in_table = tag.text[tag.length - 1] != '/';
    } else if (is_called(&tag, "/LabelTable")) {
      is_in_table = false;
    } else if (is_called(&tag, "/CaretExtension")) {
      *is_complete = true;
    } else if (is_in_table && is_called(&tag, "Label") && tag.text[tag.length - 1] != '/') {
      char name[LONGEST_NAME + 1];
      read_text(cursor, name);
      DSEG_TRY(add_label(reader, &tag, name, error));
    }
  }
  return DSEG_OK;
}

dseg_status dseg_label_table_read(dseg_view text, dseg_description *description, const dseg_warning_sink *warnings,
                                  dseg_declared_segment **labels, size_t *count, dseg_error *error) {
  struct reader reader = {.description = description};
  struct cursor cursor = {(const char *)text.data, (const char *)text.data + text.size};
  bool is_complete = false;
  *labels = NULL;
  *count = 0;
  if (!dseg_is_utf8(text)) {
    dseg_warn(warnings, "the label table in the header extension is no text in UTF-8 and is not read");
    return DSEG_OK;
  }
  dseg_status status = read_tags(&reader, &cursor, &is_complete, error);
  if (status == DSEG_OK && reader.count > 0) {
    *labels = dseg_description_alloc(description, reader.count * sizeof **labels);
    if (*labels != NULL) {
      memcpy(*labels, reader.labels, reader.count * sizeof **labels);
      *count = reader.count;
    } else {
      status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for labels of the header");
    }
  }
  free(reader.labels);
  if (status == DSEG_OK && !is_complete) {
    dseg_warn(warnings, "the label table in the header extension is cut off or damaged: what follows is not read");
  }
  return status;
}
