/* SPDX-License-Identifier: Apache-2.0 */
/* json_out.c - writes JSON (RFC 8259). */
#include "cli/json_out.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/utf8.h"

static void write_escaped(FILE *stream, const char *text);

static bool is_inline(const json_out *json) {
  return json->inline_from > 0 && json->depth >= json->inline_from;
}

static void new_line(const json_out *json) {
  fprintf(json->stream, "\n%*s", (int)(2 * json->depth), "");
}

/* Comma, line break and key: everything before a value. */
static void begin_value(json_out *json, const char *key) {
  if (json->depth > 0) {
    if (json->filled[json->depth]) {
      fputc(',', json->stream);
    }
    if (!is_inline(json)) {
      new_line(json);
    } else if (json->filled[json->depth]) {
      fputc(' ', json->stream);
    }
    json->filled[json->depth] = true;
  }
  if (key != NULL) {
    write_escaped(json->stream, key);
    fputs(": ", json->stream);
  }
}

static void begin(json_out *json, const char *key, bool array) {
  begin_value(json, key);
  fputc(array ? '[' : '{', json->stream);
  if (json->depth + 1 < JSON_DEPTH) {
    json->depth++;
  }
  json->array[json->depth] = array;
  json->filled[json->depth] = false;
}

void json_begin_object(json_out *json, const char *key) {
  begin(json, key, false);
}

void json_begin_array(json_out *json, const char *key) {
  begin(json, key, true);
}

void json_begin_inline_array(json_out *json, const char *key) {
  begin(json, key, true);
  if (json->inline_from == 0) {
    json->inline_from = json->depth;
  }
}

void json_end(json_out *json) {
  const bool array = json->array[json->depth];
  const bool filled = json->filled[json->depth];
  const bool on_one_line = is_inline(json);
  if (json->inline_from == json->depth) {
    json->inline_from = 0;
  }
  json->depth--;
  if (filled && !on_one_line) {
    new_line(json);
  }
  fputc(array ? ']' : '}', json->stream);
  if (json->depth == 0) {
    fputc('\n', json->stream);
  }
}

static void write_escaped(FILE *stream, const char *text) {
  fputc('"', stream);
  const unsigned char *next = (const unsigned char *)text;
  while (*next != '\0') {
    const size_t length = cli_utf8_length(next);
    if (length == 0) {
      fputs("\\ufffd", stream);
      next++;
    } else if (cli_is_control(next, length)) {
      fprintf(stream, "\\u%04x", next[length - 1]); /* C1 is the second byte of its two */
      next += length;
    } else {
      if (*next == '"' || *next == '\\') {
        fputc('\\', stream);
      }
      fwrite(next, 1, length, stream);
      next += length;
    }
  }
  fputc('"', stream);
}

void json_put_string(json_out *json, const char *key, const char *value) {
  begin_value(json, key);
  if (value == NULL) {
    fputs("null", json->stream);
  } else {
    write_escaped(json->stream, value);
  }
}

void json_put_unsigned(json_out *json, const char *key, uint64_t value) {
  begin_value(json, key);
  fprintf(json->stream, "%llu", (unsigned long long)value);
}

void json_put_integer(json_out *json, const char *key, int64_t value) {
  begin_value(json, key);
  fprintf(json->stream, "%lld", (long long)value);
}

void json_put_real(json_out *json, const char *key, double value) {
  begin_value(json, key);
  if (!isfinite(value)) {
    fputs("null", json->stream);
    return;
  }
  value += 0.0; /* no negative zero */
  char text[40];
  for (int digits = 6; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) {
      break;
    }
  }
  fputs(text, json->stream);
}

void json_put_bool(json_out *json, const char *key, bool value) {
  begin_value(json, key);
  fputs(value ? "true" : "false", json->stream);
}

void json_put_reals(json_out *json, const char *key, const double *values, size_t count) {
  json_begin_inline_array(json, key);
  for (size_t i = 0; i < count; i++) {
    json_put_real(json, NULL, values[i]);
  }
  json_end(json);
}
