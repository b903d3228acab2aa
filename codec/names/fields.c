/* SPDX-License-Identifier: Apache-2.0 */
/* fields.c - what columns of tables are called, and what stands in them: numbers, names, colours, codes.
 *
 * Codes are in columns SEQUENCE.CodeValue, .CodingSchemeDesignator and .CodeMeaning, as in the tables of
 * TotalSegmentator, of Imaging Data Commons and of 3D Slicer. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "names/table.h"

enum { PARTS = 3, SEQUENCES = 5 };

static char lower(char c) {
  if (c >= 'A' && c <= 'Z') {
    return (char)(c + 'a' - 'A');
  }
  return c;
}

static bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Lower-case letters and digits of a column's name: "Label Value", "label_value" and "LabelValue" are the same. */
static void squeeze(const char *column, size_t length, char *out, size_t size) {
  size_t used = 0;
  for (size_t i = 0; i < length && used + 1 < size; i++) {
    const char c = lower(column[i]);
    if (is_alphanumeric(c)) {
      out[used++] = c;
    }
  }
  out[used] = '\0';
}

/* A part of a code: the name of its sequence, then of the part. */
static int code_field(const char *name) {
  static const char *const sequences[SEQUENCES] = {
      "segmentedpropertycategorycodesequence", "segmentedpropertytypecodesequence",
      "segmentedpropertytypemodifiercodesequence", "anatomicregionsequence", "anatomicregionmodifiersequence"};
  static const char *const parts[PARTS] = {"codevalue", "codingschemedesignator", "codemeaning"};
  for (int i = 0; i < SEQUENCES; i++) {
    const size_t length = strlen(sequences[i]);
    for (int k = 0; strncmp(name, sequences[i], length) == 0 && k < PARTS; k++) {
      if (strcmp(name + length, parts[k]) == 0) {
        return DSEG_FIELD_CODE + PARTS * i + k;
      }
    }
  }
  return DSEG_FIELD_NONE;
}

int dseg_name_field_of(const char *column, size_t length) {
  static const struct {
    const char *name;
    dseg_name_field field;
  } fields[] = {
      {"labelvalue", DSEG_FIELD_NUMBER}, {"value", DSEG_FIELD_NUMBER},
      {"index", DSEG_FIELD_NUMBER},      {"labelid", DSEG_FIELD_NUMBER},
      {"id", DSEG_FIELD_NUMBER},         {"number", DSEG_FIELD_NUMBER},
      {"no", DSEG_FIELD_NUMBER},         {"segmentnumber", DSEG_FIELD_NUMBER},
      {"key", DSEG_FIELD_NUMBER},        {"name", DSEG_FIELD_LABEL},
      {"label", DSEG_FIELD_LABEL},       {"labelname", DSEG_FIELD_LABEL},
      {"structure", DSEG_FIELD_LABEL},   {"segmentlabel", DSEG_FIELD_LABEL},
      {"color", DSEG_FIELD_COLOR},       {"colour", DSEG_FIELD_COLOR},
      {"rgb", DSEG_FIELD_COLOR},         {"dicomrgbcolor", DSEG_FIELD_COLOR},
      {"colorr", DSEG_FIELD_RED},        {"colorg", DSEG_FIELD_GREEN},
      {"colorb", DSEG_FIELD_BLUE},       {"r", DSEG_FIELD_RED},
      {"g", DSEG_FIELD_GREEN},           {"b", DSEG_FIELD_BLUE},
      {"red", DSEG_FIELD_RED},           {"green", DSEG_FIELD_GREEN},
      {"blue", DSEG_FIELD_BLUE},         {"recommendeddisplayrgbvalue", DSEG_FIELD_COLOR},
  };
  char name[80];
  squeeze(column, length, name, sizeof name);
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    if (strcmp(name, fields[i].name) == 0) {
      return (int)fields[i].field;
    }
  }
  return code_field(name);
}

bool dseg_name_read_number(const char *text, size_t length, uint32_t *number) {
  uint64_t value = 0;
  size_t i = 0;
  for (; i < length && text[i] >= '0' && text[i] <= '9' && value <= UINT32_MAX; i++) {
    value = value * 10 + (uint64_t)(text[i] - '0');
  }
  if (i == 0 || value > UINT32_MAX) {
    return false;
  }
  /* "3.0", as tables are saved by programs that know no whole numbers */
  if (i + 1 < length && text[i] == '.') {
    i++;
    while (i < length && text[i] == '0') {
      i++;
    }
  }
  *number = (uint32_t)value;
  return i == length;
}

/* A number of a colour: digits, and perhaps a point with more of them. Moves *at behind it. */
static bool read_real(const char *text, size_t length, size_t *at, double *number) {
  double value = 0;
  double unit = 1;
  const size_t start = *at;
  bool is_behind_point = false;
  for (; *at < length && *at < start + 24; (*at)++) {
    const char c = text[*at];
    if (c == '.' && !is_behind_point) {
      is_behind_point = true;
    } else if (c >= '0' && c <= '9') {
      unit = is_behind_point ? unit / 10 : unit;
      value = is_behind_point ? value + unit * (c - '0') : value * 10 + (c - '0');
    } else {
      break;
    }
  }
  *number = value;
  return *at > start;
}

static int hex_digit(char c) {
  const char l = lower(c);
  if (l >= '0' && l <= '9') {
    return l - '0';
  }
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

static bool read_hex(const char *text, size_t length, double rgb[3]) {
  if (length != 7 && length != 9) { /* with opacity */
    return false;
  }
  for (size_t i = 0; i < 3; i++) {
    const int high = hex_digit(text[1 + 2 * i]);
    const int low = hex_digit(text[2 + 2 * i]);
    if (high < 0 || low < 0) {
      return false;
    }
    rgb[i] = high * 16 + low;
  }
  return true;
}

bool dseg_name_read_color(const char *text, size_t length, double rgb[3]) {
  if (length > 0 && text[0] == '#') {
    return read_hex(text, length, rgb);
  }
  size_t at = 0;
  if (length > 4 && strncmp(text, "rgb", 3) == 0) {
    at = text[3] == 'a' ? 4 : 3;
  }
  for (size_t i = 0; i < 3; i++) {
    while (at < length && strchr(" \t,;([", text[at]) != NULL) {
      at++;
    }
    if (!read_real(text, length, &at, &rgb[i])) {
      return false;
    }
  }
  return true;
}

void dseg_name_set_color(dseg_name *name, const double rgb[3], double largest) {
  dseg_segment *segment = &name->segment;
  for (size_t i = 0; i < 3; i++) {
    const double share = rgb[i] / largest;
    segment->rgb[i] = (uint8_t)lround(255 * (share < 0 ? 0 : share > 1 ? 1 : share));
  }
  segment->has_color = true;
  dseg_rgb_to_cielab(segment->rgb, segment->cielab);
}

static dseg_status take_color(dseg_name_table *table, dseg_name *name, const char *value, size_t length,
                              dseg_error *error) {
  double rgb[3];
  if (!dseg_name_read_color(value, length, rgb) || rgb[0] > 255 || rgb[1] > 255 || rgb[2] > 255) {
    return dseg_name_table_fail(table, name->line, error,
                                "\"%.*s\" is no colour: #rrggbb is expected, or three numbers from 0 to 255",
                                (int)(length < 40 ? length : 40), value);
  }
  dseg_name_set_color(name, rgb, 255);
  return DSEG_OK;
}

static dseg_status take_part(dseg_name_table *table, const dseg_name *name, dseg_name_row *row, int part,
                             const char *value, size_t length, dseg_error *error) {
  size_t at = 0;
  if (!read_real(value, length, &at, &row->rgb[part]) || at != length) {
    return dseg_name_table_fail(table, name->line, error, "\"%.*s\" is no part of a colour, 0 to 255 or 0.0 to 1.0",
                                (int)(length < 40 ? length : 40), value);
  }
  row->given |= 1U << part;
  /* "0.5" and "1.0" are shares, "1" and "128" are steps */
  row->given |= memchr(value, '.', length) != NULL ? 8U : 0;
  return DSEG_OK;
}

/* Parts of codes are SH and LO: the backslash separates values there (PS3.5 6.2). Labels are cleaned when they are
 * written. */
static bool is_one_value(const char *text) {
  size_t length = 0;
  for (; text[length] != '\0'; length++) {
    if ((unsigned char)text[length] < 0x20 || text[length] == 0x7F || text[length] == '\\') {
      return false;
    }
  }
  return length <= 64;
}

dseg_status dseg_name_take_field(dseg_name_table *table, dseg_name *name, dseg_name_row *row, int field,
                                 const char *value, size_t length, dseg_error *error) {
  while (length > 0 && (value[0] == ' ' || value[0] == '\t')) {
    value++;
    length--;
  }
  while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t')) {
    length--;
  }
  if (length == 0 || field == DSEG_FIELD_NONE) {
    return DSEG_OK;
  }
  if (field == DSEG_FIELD_NUMBER) {
    name->has_number = dseg_name_read_number(value, length, &name->number);
    return name->has_number ? DSEG_OK
                            : dseg_name_table_fail(table, name->line, error,
                                                   "\"%.*s\" is no number of voxels: 0 to 4294967295 is expected",
                                                   (int)(length < 40 ? length : 40), value);
  }
  if (field == DSEG_FIELD_COLOR) {
    return take_color(table, name, value, length, error);
  }
  if (field == DSEG_FIELD_RED || field == DSEG_FIELD_GREEN || field == DSEG_FIELD_BLUE) {
    return take_part(table, name, row, field - DSEG_FIELD_RED, value, length, error);
  }
  const char *text = dseg_name_table_text(table, value, length, error);
  if (text == NULL) {
    return DSEG_ERROR_MEMORY;
  }
  if (field == DSEG_FIELD_LABEL) {
    name->segment.label = text;
    return DSEG_OK;
  }
  if (!is_one_value(text)) {
    return dseg_name_table_fail(table, name->line, error,
                                "a code holds a backslash or a control character, or is longer than 64 bytes (PS3.5 "
                                "6.2)");
  }
  row->code[field - DSEG_FIELD_CODE] = text;
  return DSEG_OK;
}

/* The code of a sequence; absent without a value. */
static dseg_status make_code(const dseg_name_table *table, const dseg_name *name, const dseg_name_row *row,
                             int sequence, dseg_code *code, dseg_error *error) {
  const char *const *parts = &row->code[(size_t)PARTS * (size_t)sequence];
  *code = (dseg_code){parts[0], parts[1], parts[2]};
  if (code->value != NULL && (code->scheme == NULL || code->meaning == NULL)) {
    return dseg_name_table_fail(table, name->line, error,
                                "the code %.64s has no %s (PS3.3 8.8): it needs CodeValue, CodingSchemeDesignator and "
                                "CodeMeaning",
                                code->value, code->scheme == NULL ? "coding scheme" : "meaning");
  }
  return DSEG_OK;
}

static dseg_status make_list(dseg_name_table *table, const dseg_name *name, const dseg_name_row *row, int sequence,
                             dseg_code_list *list, dseg_error *error) {
  dseg_code code;
  DSEG_TRY(make_code(table, name, row, sequence, &code, error));
  if (code.value == NULL) {
    return DSEG_OK;
  }
  dseg_code *item = dseg_arena_alloc(&table->arena, sizeof *item);
  if (item == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "%.300s: out of memory for names", table->path);
  }
  *item = code;
  *list = (dseg_code_list){item, 1};
  return DSEG_OK;
}

dseg_status dseg_name_complete_row(dseg_name_table *table, dseg_name *name, const dseg_name_row *row,
                                   dseg_error *error) {
  dseg_segment *segment = &name->segment;
  DSEG_TRY(make_code(table, name, row, 0, &segment->category, error));
  DSEG_TRY(make_code(table, name, row, 1, &segment->type, error));
  DSEG_TRY(make_list(table, name, row, 2, &segment->type_modifiers, error));
  DSEG_TRY(make_list(table, name, row, 3, &segment->anatomic_regions, error));
  DSEG_TRY(make_list(table, name, row, 4, &segment->anatomic_region_modifiers, error));
  if ((segment->category.value == NULL) != (segment->type.value == NULL)) {
    return dseg_name_table_fail(table, name->line, error,
                                "a category without a type, or the reverse (0062,0003), (0062,000F): both are needed "
                                "(PS3.3 Table C.8.20-4)");
  }
  if ((row->given & 7U) == 7U) {
    const bool are_shares = (row->given & 8U) != 0 && row->rgb[0] <= 1 && row->rgb[1] <= 1 && row->rgb[2] <= 1;
    dseg_name_set_color(name, row->rgb, are_shares ? 1 : 255);
  }
  return DSEG_OK;
}
