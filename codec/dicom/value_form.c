/* SPDX-License-Identifier: Apache-2.0 */
/* value_form.c - the forms of text values, PS3.5 Table 6.2-1. Lengths are in characters, of UTF-8 here, and Person
 * Names have groups of components of which each has its own limit. */
#include "dicom/value_form.h"

#include <math.h>
#include <string.h>

#include "base/format_decimal.h"
#include "dicom/decimal.h"

#define NAME_GROUPS 3u     /* alphabetic, ideographic, phonetic */
#define NAME_COMPONENTS 5u /* family, given and middle name, prefix, suffix */

static bool is_vr(const char vr[2], const char *name) {
  return vr[0] == name[0] && vr[1] == name[1];
}

static bool is_one_of(const char vr[2], const char *list) {
  for (const char *p = list; *p != '\0'; p += 2) {
    if (is_vr(vr, p)) {
      return true;
    }
  }
  return false;
}

bool dseg_vr_has_values(const char vr[2]) {
  return is_one_of(vr, "AEASCSDADSDTISLOPNSHTMUCUI");
}

static bool is_digit(uint8_t byte) {
  return byte >= '0' && byte <= '9';
}

static bool is_among(uint8_t byte, const char *characters) {
  return byte != '\0' && strchr(characters, byte) != NULL;
}

static bool continues_character(uint8_t byte) {
  return (byte & 0xC0) == 0x80;
}

static size_t count_characters(dseg_view text) {
  size_t count = 0;
  for (size_t i = 0; i < text.size; i++) {
    count += continues_character(text.data[i]) ? 0 : 1;
  }
  return count;
}

/* Spaces at both ends mean nothing in these. */
static dseg_view trim(dseg_view text) {
  while (text.size > 0 && text.data[text.size - 1] == ' ') {
    text.size--;
  }
  while (text.size > 0 && text.data[0] == ' ') {
    text.data++;
    text.size--;
  }
  return text;
}

/* The number in count digits from first on; false when they are no digits. */
static bool digits_at(dseg_view text, size_t first, size_t count, unsigned *number) {
  *number = 0;
  for (size_t i = first; i < first + count; i++) {
    if (i >= text.size || !is_digit(text.data[i])) {
      return false;
    }
    *number = *number * 10 + (unsigned)(text.data[i] - '0');
  }
  return true;
}

static bool is_date(dseg_view text) {
  static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  unsigned year, month, day;
  if (text.size != 8 || !digits_at(text, 0, 4, &year) || !digits_at(text, 4, 2, &month) ||
      !digits_at(text, 6, 2, &day) || month < 1 || month > 12 || day < 1) {
    return false;
  }
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* HH, HHMM, HHMMSS, HHMMSS.F to HHMMSS.FFFFFF. */
static bool is_time(dseg_view text) {
  static const unsigned most[] = {23, 59, 60};
  size_t at = 0;
  for (size_t part = 0; part < 3 && at < text.size && text.data[at] != '.'; part++, at += 2) {
    unsigned number;
    if (!digits_at(text, at, 2, &number) || number > most[part]) {
      return false;
    }
  }
  if (at == text.size) {
    return at > 0;
  }
  unsigned fraction;
  return at == 6 && text.data[at] == '.' && text.size - at >= 2 && text.size - at <= 7 &&
         digits_at(text, at + 1, text.size - at - 1, &fraction);
}

/* YYYY to YYYYMMDDHHMMSS.FFFFFF, and an offset from UTC, &ZZXX. */
static bool is_date_time(dseg_view text) {
  unsigned hours, minutes, month;
  for (size_t i = 0; i < text.size; i++) {
    if (text.data[i] == '+' || text.data[i] == '-') {
      if (text.size - i != 5 || !digits_at(text, i + 1, 2, &hours) || !digits_at(text, i + 3, 2, &minutes) ||
          hours > 14 || minutes > 59) {
        return false;
      }
      text.size = i;
    }
  }
  if (text.size > 8) {
    return is_date((dseg_view){text.data, 8}) && is_time((dseg_view){text.data + 8, text.size - 8});
  }
  unsigned year;
  return text.size == 8 ? is_date(text)
                        : (text.size == 4 || text.size == 6) && digits_at(text, 0, 4, &year) &&
                              (text.size == 4 || (digits_at(text, 4, 2, &month) && month >= 1 && month <= 12));
}

static bool is_age(dseg_view text) {
  unsigned number;
  return text.size == 4 && digits_at(text, 0, 3, &number) && is_among(text.data[3], "DWMY");
}

/* PS3.5 9.1: digits and points, no component empty or with a leading zero. */
static bool is_uid(dseg_view text) {
  size_t length = 0; /* of the component */
  for (size_t i = 0; i < text.size; i++) {
    if (text.data[i] == '.') {
      if (length == 0) {
        return false;
      }
      length = 0;
    } else if (!is_digit(text.data[i]) || (length == 1 && text.data[i - 1] == '0')) {
      return false;
    } else {
      length++;
    }
  }
  return length > 0 && text.size <= 64;
}

static bool is_code_string(dseg_view text) {
  for (size_t i = 0; i < text.size; i++) {
    const uint8_t byte = text.data[i];
    if (!is_digit(byte) && !(byte >= 'A' && byte <= 'Z') && byte != ' ' && byte != '_') {
      return false;
    }
  }
  return true;
}

static bool is_decimal(dseg_view text) {
  double number;
  for (size_t i = 0; i < text.size; i++) { /* no "inf", no hexadecimal number */
    if (!is_digit(text.data[i]) && !is_among(text.data[i], "+-.eE")) {
      return false;
    }
  }
  return dseg_parse_decimal((const char *)text.data, text.size, &number);
}

static bool is_integer(dseg_view text) {
  int64_t number;
  return dseg_parse_integer((const char *)text.data, text.size, &number) && number >= INT32_MIN && number <= INT32_MAX;
}

/* Limits in characters; 0: none that matters. */
static size_t limit_of(const char vr[2]) {
  static const struct {
    char vr[3];
    size_t limit;
  } limits[] = {{"AE", 16}, {"CS", 16}, {"DS", 16}, {"IS", 12}, {"LO", 64}, {"LT", 10240}, {"SH", 16}, {"ST", 1024}};
  for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
    if (is_vr(vr, limits[i].vr)) {
      return limits[i].limit;
    }
  }
  return 0;
}

/* Control characters, but those that the longer texts may have (PS3.5 6.1.3): tab, line feed, form feed, return. */
static bool is_control(const char vr[2], uint8_t byte) {
  const bool layout = byte == '\t' || byte == '\n' || byte == '\f' || byte == '\r';
  return (byte < 0x20 || byte == 0x7F) && !(layout && is_one_of(vr, "STLTUT"));
}

static const char *name_fault(dseg_view name) {
  size_t groups = 1, components = 1, characters = 0;
  for (size_t i = 0; i < name.size; i++) {
    const uint8_t byte = name.data[i];
    if (byte == '=') {
      groups++;
      components = 1;
      characters = 0;
      continue;
    }
    components += byte == '^' ? 1 : 0;
    characters += continues_character(byte) ? 0 : 1;
    if (components > NAME_COMPONENTS) {
      return "has more than five components";
    }
    if (characters > 64) {
      return "has more than 64 characters";
    }
  }
  return groups > NAME_GROUPS ? "has more than three groups of components" : NULL;
}

static const char *long_fault(const char vr[2]) {
  static const struct {
    char vr[3];
    const char *fault;
  } faults[] = {{"AE", "has more than 16 characters"}, {"CS", "has more than 16 characters"},
                {"DS", "has more than 16 characters"}, {"IS", "has more than 12 characters"},
                {"LO", "has more than 64 characters"}, {"LT", "has more than 10240 characters"},
                {"SH", "has more than 16 characters"}, {"ST", "has more than 1024 characters"}};
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
    if (is_vr(vr, faults[i].vr)) {
      return faults[i].fault;
    }
  }
  return "is too long";
}

/* The VRs with a grammar. */
static const char *form_fault(const char vr[2], dseg_view text) {
  static const struct {
    char vr[3];
    bool (*fits)(dseg_view text);
    const char *fault;
  } forms[] = {{"AS", is_age, "is not three digits and D, W, M or Y"},
               {"CS", is_code_string, "has other characters than capitals, digits, space and underscore"},
               {"DA", is_date, "is no date of the form YYYYMMDD"},
               {"DS", is_decimal, "is no decimal number"},
               {"DT", is_date_time, "is no date and time of the form YYYYMMDDHHMMSS.FFFFFF&ZZXX"},
               {"IS", is_integer, "is no integer of 32 bits"},
               {"TM", is_time, "is no time of the form HHMMSS.FFFFFF"},
               {"UI", is_uid, "is no UID of digits and points"}};
  for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
    if (is_vr(vr, forms[i].vr)) {
      return forms[i].fits(text) ? NULL : forms[i].fault;
    }
  }
  return NULL;
}

const char *dseg_value_fault(const char vr[2], dseg_view value) {
  const size_t limit = limit_of(vr);
  const dseg_view text = is_one_of(vr, "STLTUTUC") ? value : trim(value);
  if (text.size == 0) {
    return NULL;
  }
  for (size_t i = 0; i < text.size; i++) {
    if (is_control(vr, text.data[i])) {
      return "has a control character";
    }
  }
  const char *fault = form_fault(vr, text);
  if (fault == NULL && is_vr(vr, "PN")) {
    fault = name_fault(text);
  }
  const bool is_long = limit != 0 && count_characters(is_one_of(vr, "DSISCS") ? value : text) > limit;
  return fault == NULL && is_long ? long_fault(vr) : fault;
}

/* Text without control characters, cut at limit characters (0: not), or each group of a name at 64. */
static dseg_status clean(const char vr[2], dseg_view text, dseg_buffer *out, dseg_error *error) {
  const bool name = is_vr(vr, "PN");
  const size_t limit = name ? 64 : limit_of(vr);
  size_t characters = 0, groups = 1, components = 1;
  bool cut = false; /* what continues a character that is left out */
  for (size_t i = 0; i < text.size; i++) {
    uint8_t byte = is_control(vr, text.data[i]) ? ' ' : text.data[i];
    if (name && byte == '=') {
      if (groups++ == NAME_GROUPS) {
        break;
      }
      characters = 0;
      components = 1;
    } else {
      if (name && byte == '^' && components++ >= NAME_COMPONENTS) {
        byte = ' ';
      }
      if (!continues_character(byte)) {
        cut = limit != 0 && characters == limit;
        characters += cut ? 0 : 1;
      }
      if (cut) {
        continue;
      }
    }
    DSEG_TRY(dseg_buffer_append(out, &byte, 1, error));
  }
  return DSEG_OK;
}

/* The value without the separators of other ways to write dates and times: "2020-01-31", "2020.01.31", "12:30:00". */
static size_t without_separators(dseg_view text, bool date, char out[32]) {
  size_t length = 0;
  for (size_t i = 0; i < text.size && length < 31; i++) {
    const char byte = (char)text.data[i];
    const bool between = date ? (i == 4 || i == 7) && text.size == 10 && (byte == '-' || byte == '.')
                              : (i == 2 || i == 5) && byte == ':';
    if (!between) {
      out[length++] = byte;
    }
  }
  return length;
}

/* "65Y", "065y", "5 W": a number and a unit. */
static size_t mend_age(dseg_view text, char out[32]) {
  static const char units[] = "DWMYdwmy";
  unsigned number = 0;
  size_t digits = 0;
  while (digits < text.size && digits < 5 && is_digit(text.data[digits])) {
    number = number * 10 + (unsigned)(text.data[digits++] - '0');
  }
  size_t unit = digits;
  while (unit < text.size && text.data[unit] == ' ') {
    unit++;
  }
  const char *found = unit + 1 == text.size && text.data[unit] != '\0' ? strchr(units, text.data[unit]) : NULL;
  if (digits == 0 || number > 999 || found == NULL) {
    return 0;
  }
  out[0] = (char)('0' + number / 100);
  out[1] = (char)('0' + number / 10 % 10);
  out[2] = (char)('0' + number % 10);
  out[3] = units[(found - units) % 4];
  return 4;
}

static size_t mend_code_string(dseg_view text, char out[32]) {
  static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  if (text.size > 16) {
    return 0;
  }
  for (size_t i = 0; i < text.size; i++) {
    const uint8_t byte = text.data[i];
    out[i] = (char)byte;
    if (byte >= 'a' && byte <= 'z') {
      out[i] = capitals[byte - 'a'];
    }
  }
  return text.size;
}

static size_t mend_decimal(dseg_view text, char out[32]) {
  double number;
  if (!is_decimal(text) || !dseg_parse_decimal((const char *)text.data, text.size, &number)) {
    return 0;
  }
  return dseg_format_decimal(number, out);
}

/* A value of a VR with a grammar, at most 31 characters; 0: none. */
static size_t mend_form(const char vr[2], dseg_view text, char out[32]) {
  if (is_vr(vr, "AS")) {
    return mend_age(text, out);
  }
  if (is_vr(vr, "CS")) {
    return mend_code_string(text, out);
  }
  if (is_vr(vr, "DS")) {
    return mend_decimal(text, out);
  }
  if (is_one_of(vr, "DATM")) {
    return without_separators(text, vr[0] == 'D', out);
  }
  if (is_vr(vr, "IS") && is_integer(text) && text.size <= 12) { /* only spaces around it were too many */
    memcpy(out, text.data, text.size);
    return text.size;
  }
  return 0;
}

dseg_status dseg_mend_value(const char vr[2], dseg_view value, dseg_buffer *out, bool *mended, dseg_error *error) {
  *mended = is_one_of(vr, "LOLTPNSHSTUCUT");
  if (*mended) {
    return clean(vr, value, out, error);
  }
  char text[32];
  const size_t length = mend_form(vr, trim(value), text);
  *mended = length > 0 && dseg_value_fault(vr, (dseg_view){(const uint8_t *)text, length}) == NULL;
  return *mended ? dseg_buffer_append(out, text, length, error) : DSEG_OK;
}
