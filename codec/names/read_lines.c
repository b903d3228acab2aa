/* SPDX-License-Identifier: Apache-2.0 */
/* read_lines.c - tables of lines that white space divides: colour tables of FreeSurfer ("No. Label R G B A"), 3D Slicer
 * (.ctbl, likewise) and ITK-SNAP ("IDX R G B A VIS MSH "LABEL""), and plain lines of a number and a name. */
#include <string.h>

#include "names/table.h"

enum { MOST_WORDS = 64 };

struct word {
  const char *text;
  size_t length;
};

/* One line, in words; of a longer one the first words are all that count. */
typedef struct text_line {
  const char *text;
  size_t length;
  size_t number; /* from 1 */
  struct word words[MOST_WORDS];
  size_t count;
} text_line;

typedef enum line_form { FORM_UNKNOWN = 0, FORM_COLORS, FORM_ITK_SNAP, FORM_PLAIN } line_form;

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

static void split(text_line *line) {
  size_t at = 0;
  line->count = 0;
  while (at < line->length && line->count < MOST_WORDS) {
    while (at < line->length && is_blank(line->text[at])) {
      at++;
    }
    const size_t start = at;
    while (at < line->length && !is_blank(line->text[at])) {
      at++;
    }
    if (at > start) {
      line->words[line->count++] = (struct word){line->text + start, at - start};
    }
  }
}

static bool is_number(const struct word *word) {
  uint32_t number = 0;
  return dseg_name_read_number(word->text, word->length, &number);
}

/* Numbers at the end of the line, behind a name that is none. */
static size_t count_last_numbers(const text_line *line) {
  size_t count = 0;
  while (count + 2 < line->count && is_number(&line->words[line->count - 1 - count])) {
    count++;
  }
  return count;
}

static line_form form_of(const text_line *line) {
  if (line->count < 2 || line->count == MOST_WORDS || !is_number(&line->words[0])) {
    return FORM_UNKNOWN;
  }
  if (line->count >= 8 && memchr(line->text, '"', line->length) != NULL && is_number(&line->words[3])) {
    return FORM_ITK_SNAP;
  }
  return count_last_numbers(line) >= 3 ? FORM_COLORS : FORM_PLAIN;
}

static dseg_status set_rgb(const dseg_name_table *table, dseg_name *name, const struct word *words, dseg_error *error) {
  double rgb[3];
  for (size_t i = 0; i < 3; i++) {
    uint32_t value = 0;
    if (!dseg_name_read_number(words[i].text, words[i].length, &value) || value > 255) {
      return dseg_name_table_fail(table, name->line, error, "\"%.*s\" is no part of a colour, 0 to 255",
                                  (int)(words[i].length < 40 ? words[i].length : 40), words[i].text);
    }
    rgb[i] = value;
  }
  dseg_name_set_color(name, rgb, 255);
  return DSEG_OK;
}

static dseg_status set_label(dseg_name_table *table, dseg_name *name, const char *start, const char *end,
                             dseg_error *error) {
  name->segment.label = dseg_name_table_text(table, start, (size_t)(end - start), error);
  return name->segment.label != NULL ? DSEG_OK : DSEG_ERROR_MEMORY;
}

/* "17 Left-Hippocampus 220 216 20 0" */
static dseg_status take_colors(dseg_name_table *table, const text_line *line, dseg_name *name, dseg_error *error) {
  const size_t numbers = count_last_numbers(line) >= 4 ? 4 : 3;
  if (count_last_numbers(line) < 3) {
    return dseg_name_table_fail(table, line->number, error,
                                "a number, a name and a colour, R G B A, are expected here");
  }
  const struct word *last = &line->words[line->count - numbers - 1];
  DSEG_TRY(set_rgb(table, name, &line->words[line->count - numbers], error));
  return set_label(table, name, line->words[1].text, last->text + last->length, error);
}

/* "1 255 0 0 1 1 1 "Liver"" */
static dseg_status take_itk_snap(dseg_name_table *table, const text_line *line, dseg_name *name, dseg_error *error) {
  const char *open = memchr(line->text, '"', line->length);
  const char *end = line->text + line->length;
  const char *close = open != NULL ? memchr(open + 1, '"', (size_t)(end - open - 1)) : NULL;
  if (line->count < 8 || close == NULL) {
    return dseg_name_table_fail(table, line->number, error, "IDX R G B A VIS MSH \"LABEL\" is expected here");
  }
  DSEG_TRY(set_rgb(table, name, &line->words[1], error));
  return set_label(table, name, open + 1, close, error);
}

/* "1 left kidney", "1: left kidney" */
static dseg_status take_plain(dseg_name_table *table, const text_line *line, dseg_name *name, dseg_error *error) {
  if (line->count < 2) {
    return dseg_name_table_fail(table, line->number, error, "a number and a name are expected here");
  }
  return set_label(table, name, line->words[1].text, line->text + line->length, error);
}

static dseg_status take_line(dseg_name_table *table, text_line *line, line_form form, dseg_error *error) {
  struct word *first = &line->words[0];
  if (first->length > 1 && form == FORM_PLAIN && (first->text[first->length - 1] == ':')) {
    first->length--;
  }
  dseg_name *name = dseg_name_table_add(table, line->number, error);
  if (name == NULL) {
    return error->status;
  }
  name->has_number = dseg_name_read_number(first->text, first->length, &name->number);
  if (!name->has_number) {
    return dseg_name_table_fail(table, line->number, error, "\"%.*s\" is no number of voxels, 0 to 4294967295",
                                (int)(first->length < 40 ? first->length : 40), first->text);
  }
  return form == FORM_COLORS     ? take_colors(table, line, name, error)
         : form == FORM_ITK_SNAP ? take_itk_snap(table, line, name, error)
                                 : take_plain(table, line, name, error);
}

static void set_kind(dseg_name_table *table, line_form form, bool is_slicer) {
  table->role = form == FORM_PLAIN ? DSEG_NAMES_PLAIN : DSEG_NAMES_CATALOGUE;
  table->kind = form == FORM_ITK_SNAP ? "ITK-SNAP's label descriptions"
                : form == FORM_PLAIN  ? "a list of numbers and names"
                : is_slicer           ? "3D Slicer's colour table"
                                      : "FreeSurfer's colour table";
}

/* The form of the first line that is neither empty nor a comment is that of all. */
static line_form find_form(text_line *line) {
  struct word *first = &line->words[0];
  const bool has_colon = line->count > 1 && first->length > 1 && first->text[first->length - 1] == ':';
  const struct word without = {first->text, first->length - 1};
  return has_colon && is_number(&without) ? FORM_PLAIN : form_of(line);
}

dseg_status dseg_name_table_read_lines(dseg_name_table *table, const char *text, bool *is_known, dseg_error *error) {
  text_line line = {.number = 0};
  line_form form = FORM_UNKNOWN;
  bool is_slicer = false;
  *is_known = false;
  while (*text != '\0') {
    line.text = text;
    line.length = strcspn(text, "\n");
    line.number++;
    text += line.length + (text[line.length] != '\0' ? 1 : 0);
    split(&line);
    if (line.count == 0 || line.words[0].text[0] == '#') {
      is_slicer = is_slicer || (form == FORM_UNKNOWN && strncmp(line.text, "# Color", 7) == 0);
      continue;
    }
    if (form == FORM_UNKNOWN) {
      form = find_form(&line);
      if (form == FORM_UNKNOWN) {
        return DSEG_OK;
      }
      set_kind(table, form, is_slicer);
    }
    DSEG_TRY(take_line(table, &line, form, error));
  }
  *is_known = form != FORM_UNKNOWN;
  return DSEG_OK;
}
