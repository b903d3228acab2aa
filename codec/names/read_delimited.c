/* SPDX-License-Identifier: Apache-2.0 */
/* read_delimited.c - tables of columns: CSV (RFC 4180) with commas or semicolons, TSV; with a line of column names, or
 * a number and a name in the first two columns. */
#include <string.h>

#include "names/table.h"

enum { MOST_COLUMNS = 64 };

/* One value of a record, with quotes undone. */
struct value {
  const char *text;
  size_t length;
};

/* Where the reading is. Values with quotes inside are undone in scratch, a copy of the text's length. */
struct reader {
  dseg_name_table *table;
  const char *at;
  char separator;
  size_t line; /* of at, from 1 */
  size_t record_line;
  struct value values[MOST_COLUMNS];
  size_t count; /* values of the record */
  int fields[MOST_COLUMNS];
  size_t columns;
  bool has_codes, has_colors;
};

static char find_separator(const char *text) {
  const size_t length = strcspn(text, "\n");
  static const char separators[] = {'\t', ',', ';'};
  for (size_t i = 0; i < sizeof separators; i++) {
    if (memchr(text, separators[i], length) != NULL) {
      return separators[i];
    }
  }
  return '\0';
}

/* A value in quotes, in which a quote stands twice. */
static dseg_status read_quoted(struct reader *reader, struct value *value, dseg_error *error) {
  const char *start = ++reader->at;
  size_t quotes = 0;
  while (*reader->at != '\0' && (*reader->at != '"' || reader->at[1] == '"')) {
    const bool is_double = *reader->at == '"';
    reader->line += *reader->at == '\n' ? 1 : 0;
    quotes += is_double ? 1 : 0;
    reader->at += is_double ? 2 : 1;
  }
  if (*reader->at == '\0') {
    return dseg_name_table_fail(reader->table, reader->record_line, error, "a quote that is never closed");
  }
  const size_t length = (size_t)(reader->at - start);
  reader->at++;
  *value = (struct value){start, length};
  if (quotes == 0) {
    return DSEG_OK;
  }
  char *copy = dseg_arena_alloc(&reader->table->arena, length + 1);
  if (copy == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "%.300s: out of memory for names", reader->table->path);
  }
  size_t used = 0;
  for (size_t i = 0; i < length; i++) {
    copy[used++] = start[i];
    i += start[i] == '"' ? 1 : 0;
  }
  *value = (struct value){copy, used};
  return DSEG_OK;
}

static dseg_status read_value(struct reader *reader, struct value *value, dseg_error *error) {
  while (*reader->at == ' ') {
    reader->at++;
  }
  if (*reader->at == '"') {
    DSEG_TRY(read_quoted(reader, value, error));
    while (*reader->at == ' ' || *reader->at == '\r') {
      reader->at++;
    }
  } else {
    const char ends[3] = {reader->separator, '\n', '\0'};
    size_t length = strcspn(reader->at, ends);
    *value = (struct value){reader->at, length};
    reader->at += length;
    while (value->length > 0 && (value->text[value->length - 1] == '\r' || value->text[value->length - 1] == ' ')) {
      value->length--;
    }
  }
  if (*reader->at != reader->separator && *reader->at != '\n' && *reader->at != '\0') {
    return dseg_name_table_fail(reader->table, reader->line, error, "text behind a quoted value");
  }
  return DSEG_OK;
}

/* The next record that is neither empty nor a comment; count is 0 at the end. */
static dseg_status read_record(struct reader *reader, dseg_error *error) {
  reader->count = 0;
  while (*reader->at == '\n' || *reader->at == '\r' || *reader->at == '#') {
    const char *end = reader->at + strcspn(reader->at, "\n");
    reader->line += *end == '\n' ? 1 : 0;
    reader->at = *end == '\n' ? end + 1 : end;
  }
  reader->record_line = reader->line;
  while (*reader->at != '\0') {
    struct value value = {NULL, 0};
    DSEG_TRY(read_value(reader, &value, error));
    if (reader->count == MOST_COLUMNS) {
      return dseg_name_table_fail(reader->table, reader->record_line, error, "more than %d columns", (int)MOST_COLUMNS);
    }
    reader->values[reader->count++] = value;
    const char end = *reader->at;
    reader->at += end != '\0' ? 1 : 0;
    if (end == '\n') {
      reader->line++;
      break;
    }
  }
  return DSEG_OK;
}

static bool is_called(const struct value *value, const char *name) {
  if (value->length != strlen(name)) {
    return false;
  }
  for (size_t i = 0; i < value->length; i++) {
    const char c = value->text[i];
    if ((c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c) != name[i]) {
      return false;
    }
  }
  return true;
}

static size_t count_fields(const struct reader *reader, int field) {
  size_t count = 0;
  for (size_t i = 0; i < reader->columns; i++) {
    count += reader->fields[i] == field ? 1 : 0;
  }
  return count;
}

/* Of several columns with one meaning the first counts; "label" beside a name is a number where there is no other. */
static void settle_columns(struct reader *reader) {
  for (size_t i = 0; count_fields(reader, DSEG_FIELD_LABEL) > 1 && i < reader->columns; i++) {
    if (reader->fields[i] == DSEG_FIELD_LABEL && is_called(&reader->values[i], "label")) {
      reader->fields[i] = count_fields(reader, DSEG_FIELD_NUMBER) == 0 ? DSEG_FIELD_NUMBER : DSEG_FIELD_NONE;
    }
  }
  for (size_t i = 0; i < reader->columns; i++) {
    for (size_t k = i + 1; reader->fields[i] != DSEG_FIELD_NONE && k < reader->columns; k++) {
      reader->fields[k] = reader->fields[k] == reader->fields[i] ? DSEG_FIELD_NONE : reader->fields[k];
    }
  }
}

/* Whether the record is a line of column names, one of which is that of names. */
static bool take_header(struct reader *reader) {
  reader->columns = reader->count;
  for (size_t i = 0; i < reader->count; i++) {
    reader->fields[i] = dseg_name_field_of(reader->values[i].text, reader->values[i].length);
  }
  settle_columns(reader);
  const bool has_number = count_fields(reader, DSEG_FIELD_NUMBER) > 0;
  const bool is_bids = has_number && reader->separator == '\t' && is_called(&reader->values[0], "index");
  const bool has_structure = is_called(&reader->values[0], "structure");
  for (size_t i = 0; i < reader->columns; i++) {
    reader->has_codes = reader->has_codes || reader->fields[i] >= DSEG_FIELD_CODE;
    reader->has_colors =
        reader->has_colors || (reader->fields[i] >= DSEG_FIELD_COLOR && reader->fields[i] <= DSEG_FIELD_BLUE);
  }
  dseg_name_table *table = reader->table;
  table->role = is_bids                                                  ? DSEG_NAMES_LIST
                : reader->has_codes || reader->has_colors || !has_number ? DSEG_NAMES_CATALOGUE
                                                                         : DSEG_NAMES_PLAIN;
  table->kind = is_bids              ? "BIDS's dseg.tsv"
                : has_structure      ? "a mapping like TotalSegmentator's"
                : reader->has_codes  ? "a table of names and codes"
                : !has_number        ? "a table of names"
                : reader->has_colors ? "a table of numbers, names and colours"
                                     : "a table of numbers and names";
  return count_fields(reader, DSEG_FIELD_LABEL) > 0;
}

/* A table without column names: number and name, or the reverse, then a colour in one value or three. */
static bool take_first_row(struct reader *reader) {
  uint32_t number = 0;
  const bool first =
      reader->count > 1 && dseg_name_read_number(reader->values[0].text, reader->values[0].length, &number);
  const bool second =
      reader->count > 1 && dseg_name_read_number(reader->values[1].text, reader->values[1].length, &number);
  if (first == second) {
    return false;
  }
  for (size_t i = 0; i < MOST_COLUMNS; i++) {
    reader->fields[i] = DSEG_FIELD_NONE;
  }
  reader->fields[0] = first ? DSEG_FIELD_NUMBER : DSEG_FIELD_LABEL;
  reader->fields[1] = first ? DSEG_FIELD_LABEL : DSEG_FIELD_NUMBER;
  reader->has_colors = reader->count >= 3;
  if (reader->count >= 5) {
    reader->fields[2] = DSEG_FIELD_RED;
    reader->fields[3] = DSEG_FIELD_GREEN;
    reader->fields[4] = DSEG_FIELD_BLUE;
  } else if (reader->count >= 3) {
    reader->fields[2] = DSEG_FIELD_COLOR;
  }
  reader->columns = reader->count;
  reader->table->role = reader->has_colors ? DSEG_NAMES_CATALOGUE : DSEG_NAMES_PLAIN;
  reader->table->kind = reader->has_colors ? "a table of numbers, names and colours" : "a table of numbers and names";
  return true;
}

static dseg_status take_row(struct reader *reader, dseg_error *error) {
  dseg_name *name = dseg_name_table_add(reader->table, reader->record_line, error);
  if (name == NULL) {
    return error->status;
  }
  dseg_name_row row = {.given = 0};
  for (size_t i = 0; i < reader->count && i < reader->columns; i++) {
    DSEG_TRY(dseg_name_take_field(reader->table, name, &row, reader->fields[i], reader->values[i].text,
                                  reader->values[i].length, error));
  }
  return dseg_name_complete_row(reader->table, name, &row, error);
}

dseg_status dseg_name_table_read_delimited(dseg_name_table *table, const char *text, bool *is_known,
                                           dseg_error *error) {
  struct reader reader = {.table = table, .at = text, .line = 1};
  *is_known = false;
  while (*reader.at == '#' || *reader.at == '\n' ||
         *reader.at == '\r') { /* the separator is that of the first record */
    const char *end = reader.at + strcspn(reader.at, "\n");
    reader.line += *end == '\n' ? 1 : 0;
    reader.at = *end == '\n' ? end + 1 : end;
  }
  reader.separator = find_separator(reader.at);
  if (reader.separator == '\0') {
    return DSEG_OK;
  }
  DSEG_TRY(read_record(&reader, error));
  if (!take_header(&reader)) {
    if (!take_first_row(&reader)) {
      return DSEG_OK;
    }
    DSEG_TRY(take_row(&reader, error));
  }
  for (;;) {
    DSEG_TRY(read_record(&reader, error));
    if (reader.count == 0) {
      break;
    }
    DSEG_TRY(take_row(&reader, error));
  }
  *is_known = true;
  return DSEG_OK;
}
