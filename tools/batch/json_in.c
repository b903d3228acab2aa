/* SPDX-License-Identifier: Apache-2.0 */
/* json_in.c - reads members of a JSON object: see json_in.h. */
#include "batch/json_in.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DEPTH = 64 };

static const char *skip_space(const char *at) {
  return at + strspn(at, " \t\r\n");
}

static int hex_digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

/* Four hexadecimal digits; false: there are none. */
static bool read_unit(const char *at, unsigned *unit) {
  *unit = 0;
  for (int i = 0; i < 4; i++) {
    const int digit = hex_digit(at[i]);
    if (digit < 0) {
      return false;
    }
    *unit = *unit << 4 | (unsigned)digit;
  }
  return true;
}

static size_t put_utf8(char *to, unsigned code) {
  if (code < 0x80) {
    to[0] = (char)code;
    return 1;
  }
  if (code < 0x800) {
    to[0] = (char)(0xC0U | code >> 6);
    to[1] = (char)(0x80U | (code & 0x3FU));
    return 2;
  }
  if (code < 0x10000) {
    to[0] = (char)(0xE0U | code >> 12);
    to[1] = (char)(0x80U | (code >> 6 & 0x3FU));
    to[2] = (char)(0x80U | (code & 0x3FU));
    return 3;
  }
  to[0] = (char)(0xF0U | code >> 18);
  to[1] = (char)(0x80U | (code >> 12 & 0x3FU));
  to[2] = (char)(0x80U | (code >> 6 & 0x3FU));
  to[3] = (char)(0x80U | (code & 0x3FU));
  return 4;
}

/* An escape \uXXXX, or two that make a pair, behind its backslash and u; NULL: it is none. Lone halves of pairs become
 * U+FFFD. */
static const char *read_code(const char *at, unsigned *code) {
  unsigned low = 0;
  if (!read_unit(at, code) || *code == 0) {
    return NULL;
  }
  at += 4;
  if (*code >= 0xD800 && *code < 0xDC00 && at[0] == '\\' && at[1] == 'u' && read_unit(at + 2, &low) && low >= 0xDC00 &&
      low < 0xE000) {
    *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
    return at + 6;
  }
  *code = *code >= 0xD800 && *code < 0xE000 ? 0xFFFD : *code;
  return at;
}

/* A string from behind its quotation mark to behind the other one; NULL: it has no end, or is none. out has room for as
 * many bytes, or is NULL. */
static const char *read_string(const char *at, char *out) {
  static const char escaped[] = "\"\\/bfnrt";
  static const char meant[] = "\"\\/\b\f\n\r\t";
  char scratch[4];
  size_t size = 0;
  while (*at != '"') {
    unsigned code = 0;
    size_t length = 1;
    scratch[0] = *at;
    if ((unsigned char)*at < 0x20) {
      return NULL;
    }
    at++;
    if (scratch[0] == '\\' && *at == 'u') {
      at = read_code(at + 1, &code);
      if (at == NULL) {
        return NULL;
      }
      length = put_utf8(scratch, code);
    } else if (scratch[0] == '\\') {
      const char *found = *at != '\0' ? strchr(escaped, *at) : NULL;
      if (found == NULL) {
        return NULL;
      }
      scratch[0] = meant[found - escaped];
      at++;
    }
    if (out != NULL) {
      memcpy(out + size, scratch, length);
    }
    size += length;
  }
  if (out != NULL) {
    out[size] = '\0';
  }
  return at + 1;
}

/* Behind a value of any kind; NULL: it is none. */
static const char *skip_value(const char *at) {
  char closing[MOST_DEPTH];
  size_t depth = 0;
  do {
    at = skip_space(at);
    if (*at == '"') {
      at = read_string(at + 1, NULL);
    } else if (*at == '{' || *at == '[') {
      if (depth == MOST_DEPTH) {
        return NULL;
      }
      closing[depth++] = *at++ == '{' ? '}' : ']';
    } else if (depth > 0 && *at == closing[depth - 1]) {
      depth--;
      at++;
    } else if (depth > 0 && (*at == ',' || *at == ':')) {
      at++;
    } else {
      const size_t length = strcspn(at, " \t\r\n,:{}[]\"");
      at = length > 0 ? at + length : NULL;
    }
  } while (at != NULL && depth > 0);
  return at;
}

/* Keeps a value that lies from start to end. */
static bool keep(json_member *member, const char *start, const char *end) {
  const size_t size = (size_t)(end - start);
  free(member->text);
  *member = (json_member){.key = member->key};
  if (*start == '{' || *start == '[' || (size == 4 && memcmp(start, "null", 4) == 0)) {
    return true;
  }
  member->text = malloc(size + 1);
  if (member->text == NULL) {
    return false;
  }
  member->is_string = *start == '"';
  if (member->is_string) {
    (void)read_string(start + 1, member->text);
  } else {
    memcpy(member->text, start, size);
    member->text[size] = '\0';
  }
  return true;
}

/* A member, "key": value; NULL: it is none, or memory is short. */
static const char *read_member(const char *at, json_member *members, size_t count) {
  if (*at != '"') {
    return NULL;
  }
  const char *behind = read_string(at + 1, NULL);
  char *key = behind != NULL ? malloc((size_t)(behind - at)) : NULL;
  if (key == NULL) {
    return NULL;
  }
  (void)read_string(at + 1, key);
  json_member *wanted = NULL;
  for (size_t i = 0; i < count; i++) {
    wanted = strcmp(members[i].key, key) == 0 ? &members[i] : wanted;
  }
  free(key);
  at = skip_space(behind);
  if (*at != ':') {
    return NULL;
  }
  at = skip_space(at + 1);
  const char *end = skip_value(at);
  return end != NULL && (wanted == NULL || keep(wanted, at, end)) ? end : NULL;
}

bool json_read_members(const char *line, json_member *members, size_t count) {
  for (size_t i = 0; i < count; i++) {
    members[i] = (json_member){.key = members[i].key};
  }
  const char *at = skip_space(line);
  bool more = *at == '{';
  at = more ? skip_space(at + 1) : NULL;
  if (at != NULL && *at == '}') {
    more = false;
    at++;
  }
  while (more) {
    at = read_member(at, members, count);
    at = at != NULL ? skip_space(at) : NULL;
    more = at != NULL && *at == ',';
    if (more) {
      at = skip_space(at + 1);
    } else if (at != NULL) {
      at = *at == '}' ? at + 1 : NULL;
    }
  }
  if (at != NULL && *skip_space(at) == '\0') {
    return true;
  }
  json_free_members(members, count);
  return false;
}

void json_free_members(json_member *members, size_t count) {
  for (size_t i = 0; i < count; i++) {
    free(members[i].text);
    members[i].text = NULL;
  }
}
