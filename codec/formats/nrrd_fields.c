/* SPDX-License-Identifier: Apache-2.0 */
/* nrrd_fields.c - the fields of an NRRD header, "field: value" lines, whose names are known whatever their case and
 * with or without blanks. */
#include <math.h>
#include <string.h>

#include "formats/nrrd_header.h"
#include "formats/text.h"

static dseg_status bad_field(const char *field, const char *value, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_FORMAT, "NRRD field '%.60s' cannot have the value '%.200s'", field, value);
}

/* Numbers of each axis in turn. */
static bool read_per_axis(const dseg_nrrd_header *header, const char *value, double numbers[DSEG_NRRD_AXES]) {
  return header->dimension != 0 && dseg_text_numbers(value, numbers, header->dimension);
}

static dseg_status read_type(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  static const struct {
    const char *name;
    dseg_voxel_type type;
  } names[] = {
      {"signed char", DSEG_VOXEL_INT8},
      {"int8", DSEG_VOXEL_INT8},
      {"int8_t", DSEG_VOXEL_INT8},
      {"uchar", DSEG_VOXEL_UINT8},
      {"unsigned char", DSEG_VOXEL_UINT8},
      {"uint8", DSEG_VOXEL_UINT8},
      {"uint8_t", DSEG_VOXEL_UINT8},
      {"short", DSEG_VOXEL_INT16},
      {"short int", DSEG_VOXEL_INT16},
      {"signed short", DSEG_VOXEL_INT16},
      {"signed short int", DSEG_VOXEL_INT16},
      {"int16", DSEG_VOXEL_INT16},
      {"int16_t", DSEG_VOXEL_INT16},
      {"ushort", DSEG_VOXEL_UINT16},
      {"unsigned short", DSEG_VOXEL_UINT16},
      {"unsigned short int", DSEG_VOXEL_UINT16},
      {"uint16", DSEG_VOXEL_UINT16},
      {"uint16_t", DSEG_VOXEL_UINT16},
      {"int", DSEG_VOXEL_INT32},
      {"signed int", DSEG_VOXEL_INT32},
      {"int32", DSEG_VOXEL_INT32},
      {"int32_t", DSEG_VOXEL_INT32},
      {"uint", DSEG_VOXEL_UINT32},
      {"unsigned int", DSEG_VOXEL_UINT32},
      {"uint32", DSEG_VOXEL_UINT32},
      {"uint32_t", DSEG_VOXEL_UINT32},
      {"longlong", DSEG_VOXEL_INT64},
      {"long long", DSEG_VOXEL_INT64},
      {"long long int", DSEG_VOXEL_INT64},
      {"signed long long", DSEG_VOXEL_INT64},
      {"signed long long int", DSEG_VOXEL_INT64},
      {"int64", DSEG_VOXEL_INT64},
      {"int64_t", DSEG_VOXEL_INT64},
      {"ulonglong", DSEG_VOXEL_UINT64},
      {"unsigned long long", DSEG_VOXEL_UINT64},
      {"unsigned long long int", DSEG_VOXEL_UINT64},
      {"uint64", DSEG_VOXEL_UINT64},
      {"uint64_t", DSEG_VOXEL_UINT64},
      {"float", DSEG_VOXEL_FLOAT32},
      {"double", DSEG_VOXEL_FLOAT64},
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (dseg_text_equal(value, names[i].name)) {
      header->type = names[i].type;
      header->has_type = true;
      return DSEG_OK;
    }
  }
  if (dseg_text_equal(value, "block")) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "NRRD type 'block': voxels without a meaning");
  }
  return bad_field(field, value, error);
}

static dseg_status read_dimension(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  long long dimension = 0;
  if (header->dimension != 0 || !dseg_text_next_integer(&value, 1, DSEG_NRRD_AXES, &dimension)) {
    return bad_field(field, value, error);
  }
  header->dimension = (size_t)dimension;
  return DSEG_OK;
}

static dseg_status read_sizes(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  const char *text = value;
  for (size_t i = 0; i < header->dimension; i++) {
    long long size = 0;
    if (!dseg_text_next_integer(&text, 1, INT64_MAX, &size) || (unsigned long long)size > SIZE_MAX) {
      return bad_field(field, value, error);
    }
    header->axes[i].size = (size_t)size;
  }
  return header->dimension != 0 ? DSEG_OK
                                : dseg_fail(error, DSEG_ERROR_FORMAT, "NRRD field 'sizes' before 'dimension'");
}

static dseg_status read_encoding(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  (void)field;
  header->has_encoding = true;
  if (dseg_text_equal(value, "raw")) {
    header->encoding = DSEG_DATA_RAW;
  } else if (dseg_text_equal(value, "gzip") || dseg_text_equal(value, "gz")) {
    header->encoding = DSEG_DATA_DEFLATED;
  } else if (dseg_text_equal(value, "ascii") || dseg_text_equal(value, "text") || dseg_text_equal(value, "txt")) {
    header->encoding = DSEG_DATA_TEXT;
  } else {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "NRRD encoding '%.60s': not raw, gzip or text", value);
  }
  return DSEG_OK;
}

static dseg_status read_endian(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  header->has_endian = true;
  header->is_big_endian = dseg_text_equal(value, "big");
  return header->is_big_endian || dseg_text_equal(value, "little") ? DSEG_OK : bad_field(field, value, error);
}

/* "left-posterior-superior", "RAS", ... Each word says to where its coordinate grows. */
static dseg_status read_space(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  static const struct {
    const char *name, *letters;
    double sign[3];
  } spaces[] = {
      {"left-posterior-superior", "LPS", {1, 1, 1}},
      {"right-anterior-superior", "RAS", {-1, -1, 1}},
      {"left-anterior-superior", "LAS", {1, -1, 1}},
  };
  header->space_dimension = 3;
  for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
    if (dseg_text_equal(value, spaces[i].name) || dseg_text_equal(value, spaces[i].letters)) {
      memcpy(header->space_sign, spaces[i].sign, sizeof header->space_sign);
      header->is_anatomical = true;
      return DSEG_OK;
    }
  }
  static const char *const others[] = {"scanner-xyz", "3D-right-handed", "3D-left-handed"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    if (dseg_text_equal(value, others[i])) {
      return DSEG_OK;
    }
  }
  if (strstr(value, "time") != NULL) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "NRRD space '%.60s' with time", value);
  }
  return bad_field(field, value, error);
}

static dseg_status read_space_dimension(dseg_nrrd_header *header, const char *field, const char *value,
                                        dseg_error *error) {
  long long dimension = 0;
  const char *text = value;
  if (!dseg_text_next_integer(&text, 1, DSEG_NRRD_AXES, &dimension)) {
    return bad_field(field, value, error);
  }
  if (dimension > 3) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "NRRD space of %lld dimensions", dimension);
  }
  header->space_dimension = (size_t)dimension;
  return DSEG_OK;
}

/* "(x,y,z)"; missing coordinates stay 0. */
static bool read_vector(const dseg_nrrd_header *header, const char **text, double vector[3]) {
  const char *at = *text;
  while (*at == ' ' || *at == '\t') {
    at++;
  }
  if (*at != '(' || header->space_dimension == 0) {
    return false;
  }
  at++;
  for (size_t i = 0; i < header->space_dimension; i++) {
    if (!dseg_text_next_number(&at, &vector[i])) {
      return false;
    }
  }
  while (*at == ' ' || *at == '\t') {
    at++;
  }
  *text = at + 1;
  return *at == ')';
}

static dseg_status read_directions(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  const char *text = value;
  for (size_t i = 0; i < header->dimension; i++) {
    dseg_nrrd_axis *axis = &header->axes[i];
    const char *after = text;
    char word[8];
    if (dseg_text_next_word(&after, word, sizeof word) && dseg_text_equal(word, "none")) {
      text = after;
    } else if (read_vector(header, &text, axis->direction)) {
      const double *vector = axis->direction;
      const bool absent = isnan(vector[0]) && isnan(vector[1]) && isnan(vector[2]); /* as teem writes "none" */
      axis->has_direction = isfinite(vector[0]) && isfinite(vector[1]) && isfinite(vector[2]);
      if (!absent && !axis->has_direction) {
        return bad_field(field, value, error);
      }
    } else {
      return bad_field(field, value, error);
    }
  }
  return DSEG_OK;
}

static dseg_status read_origin(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  const char *text = value;
  header->has_origin = read_vector(header, &text, header->origin) && isfinite(header->origin[0]) &&
                       isfinite(header->origin[1]) && isfinite(header->origin[2]);
  return header->has_origin ? DSEG_OK : bad_field(field, value, error);
}

/* Millimetres in a unit of length; 0 where it is none that is known. No unit is taken for millimetres. */
static double length_of(const char *unit) {
  static const struct {
    const char *name;
    double millimetres;
  } units[] = {{"", 1},          {"???", 1},           {"none", 1},
               {"mm", 1},        {"millimeter", 1},    {"millimetre", 1},
               {"m", 1000},      {"meter", 1000},      {"metre", 1000},
               {"cm", 10},       {"centimeter", 10},   {"centimetre", 10},
               {"um", 1e-3},     {"\xC2\xB5m", 1e-3},  {"\xCE\xBCm", 1e-3},
               {"micron", 1e-3}, {"micrometer", 1e-3}, {"micrometre", 1e-3},
               {"nm", 1e-6},     {"nanometer", 1e-6},  {"nanometre", 1e-6},
               {"in", 25.4},     {"inch", 25.4}};
  const size_t length = strlen(unit);
  char single[16] = "";
  if (length > 5 && length < sizeof single && unit[length - 1] == 's') { /* "millimeters" */
    memcpy(single, unit, length - 1);
  }
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (dseg_text_equal(unit, units[i].name) || (single[0] != '\0' && dseg_text_equal(single, units[i].name))) {
      return units[i].millimetres;
    }
  }
  return 0;
}

static bool is_time(const char *unit) {
  static const char *const names[] = {"s", "sec", "second", "seconds", "ms", "msec", "us", "usec", "min"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (dseg_text_equal(unit, names[i])) {
      return true;
    }
  }
  return false;
}

/* The next text in quotes; false at the end. Longer ones, which are no unit, are cut. */
static bool next_quoted(const char **value, char unit[16]) {
  const char *open = strchr(*value, '"');
  const char *close = open != NULL ? strchr(open + 1, '"') : NULL;
  if (close == NULL) {
    return false;
  }
  const size_t length = (size_t)(close - open) - 1;
  const size_t kept = length < 15 ? length : 15;
  memcpy(unit, open + 1, kept);
  unit[kept] = '\0';
  *value = close + 1;
  return true;
}

static dseg_status unknown_unit(const char *field, const char *unit, dseg_error *error) {
  return dseg_fail(
      error, DSEG_ERROR_UNSUPPORTED,
      "NRRD field '%.60s' has the unit \"%s\", of which it is not known how many millimetres it has: write "
      "\"mm\"",
      field, unit);
}

/* "mm" "mm" "mm": of the space's coordinates. */
static dseg_status read_units(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  char unit[16];
  for (size_t i = 0; i < 3 && next_quoted(&value, unit); i++) {
    header->space_unit[i] = length_of(unit);
    if (header->space_unit[i] == 0) {
      return unknown_unit(field, unit, error);
    }
  }
  return DSEG_OK;
}

/* The same of axes, one of which may be time. */
static dseg_status read_axis_units(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  (void)field, (void)error;
  char unit[16];
  for (size_t i = 0; i < header->dimension && next_quoted(&value, unit); i++) {
    header->axes[i].unit = length_of(unit); /* 0 matters where the axis is space */
    header->axes[i].things = is_time(unit) ? "points in time (units)" : header->axes[i].things;
  }
  return DSEG_OK;
}

static dseg_status read_spacings(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  double numbers[DSEG_NRRD_AXES];
  if (!read_per_axis(header, value, numbers)) {
    return bad_field(field, value, error);
  }
  for (size_t i = 0; i < header->dimension; i++) {
    header->axes[i].spacing = numbers[i];
  }
  return DSEG_OK;
}

static dseg_status read_minima(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  double numbers[DSEG_NRRD_AXES];
  if (!read_per_axis(header, value, numbers)) {
    return bad_field(field, value, error);
  }
  for (size_t i = 0; i < header->dimension; i++) {
    header->axes[i].minimum = numbers[i];
  }
  return DSEG_OK;
}

static dseg_status read_centers(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  (void)field, (void)error;
  char word[16];
  for (size_t i = 0; i < header->dimension && dseg_text_next_word(&value, word, sizeof word); i++) {
    header->axes[i].is_node_centered = dseg_text_equal(word, "node");
  }
  return DSEG_OK;
}

/* What a kind says that lies along an axis; NULL: anything. */
static const char *things_of(const char *kind) {
  if (dseg_text_equal(kind, "list") || dseg_text_equal(kind, "scalar") || dseg_text_equal(kind, "stub")) {
    return NULL;
  }
  if (dseg_text_equal(kind, "time")) {
    return "points in time (kinds)";
  }
  return strstr(kind, "color") != NULL || strstr(kind, "Color") != NULL ? "colours (kinds)"
                                                                        : "components of vectors (kinds)";
}

static dseg_status read_kinds(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  (void)field, (void)error;
  char word[40];
  for (size_t i = 0; i < header->dimension && dseg_text_next_word(&value, word, sizeof word); i++) {
    if (dseg_text_equal(word, "domain") || dseg_text_equal(word, "space")) {
      header->axes[i].kind = DSEG_NRRD_KIND_SPACE;
    } else if (!dseg_text_equal(word, "???") && !dseg_text_equal(word, "none")) {
      header->axes[i].kind = DSEG_NRRD_KIND_OTHER;
      header->axes[i].is_list = dseg_text_equal(word, "list");
      header->axes[i].things = things_of(word);
    }
  }
  return DSEG_OK;
}

static dseg_status read_line_skip(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  long long skip = 0;
  const char *text = value;
  if (!dseg_text_next_integer(&text, 0, INT64_MAX, &skip)) {
    return bad_field(field, value, error);
  }
  header->line_skip = (unsigned long long)skip;
  return DSEG_OK;
}

static dseg_status read_byte_skip(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  const char *text = value;
  return dseg_text_next_integer(&text, -1, INT64_MAX, &header->byte_skip) ? DSEG_OK : bad_field(field, value, error);
}

static dseg_status read_data_file(dseg_nrrd_header *header, const char *field, const char *value, dseg_error *error) {
  (void)field;
  const char *percent = strchr(value, '%');
  if (strncmp(value, "LIST", 4) == 0 || (percent != NULL && strchr(percent, 'd') != NULL && strchr(percent, ' '))) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "NRRD data in several files ('data file: %.100s')", value);
  }
  header->data_file = value;
  return DSEG_OK;
}

typedef dseg_status (*field_reader)(dseg_nrrd_header *, const char *, const char *, dseg_error *);

/* Names without blanks. Fields that say nothing about voxels or place are passed over. */
static const struct {
  const char *name;
  field_reader read;
} fields[] = {
    {"type", read_type},
    {"dimension", read_dimension},
    {"sizes", read_sizes},
    {"encoding", read_encoding},
    {"endian", read_endian},
    {"space", read_space},
    {"spacedimension", read_space_dimension},
    {"spacedirections", read_directions},
    {"spaceorigin", read_origin},
    {"spaceunits", read_units},
    {"units", read_axis_units},
    {"spacings", read_spacings},
    {"axismins", read_minima},
    {"centers", read_centers},
    {"centerings", read_centers},
    {"kinds", read_kinds},
    {"lineskip", read_line_skip},
    {"byteskip", read_byte_skip},
    {"datafile", read_data_file},
};

dseg_status dseg_nrrd_read_field(dseg_nrrd_header *header, const char *name, char *value, dseg_error *error) {
  char key[32] = "";
  size_t length = 0;
  for (const char *c = name; *c != '\0' && length < sizeof key - 1; c++) {
    if (*c != ' ') {
      key[length++] = *c;
    }
  }
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    if (dseg_text_equal(key, fields[i].name)) {
      return fields[i].read(header, name, dseg_text_trim(value), error);
    }
  }
  return DSEG_OK;
}
