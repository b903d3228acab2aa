/* SPDX-License-Identifier: Apache-2.0 */
/* json_out.h - writes JSON to a stream, indented, with everything escaped that needs it.
 *
 * Members are written in the order of the calls. key is NULL inside an array and for the outermost value. */
#ifndef DSEG_TOOLS_CLI_JSON_OUT_H
#define DSEG_TOOLS_CLI_JSON_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { JSON_DEPTH = 32 };

/* Start with {stream}. */
typedef struct json_out {
  FILE *stream;
  unsigned depth;
  bool array[JSON_DEPTH];  /* by depth: an array, else an object */
  bool filled[JSON_DEPTH]; /* by depth: has a member already */
  unsigned inline_from;    /* depth from which on members share one line; 0: none */
} json_out;

void json_begin_object(json_out *json, const char *key);
void json_begin_array(json_out *json, const char *key);
/* An array whose values stand on one line. */
void json_begin_inline_array(json_out *json, const char *key);
/* Ends what was begun last; a line break follows the outermost. */
void json_end(json_out *json);

/* UTF-8; bytes that are not are replaced by U+FFFD. NULL writes null. */
void json_put_string(json_out *json, const char *key, const char *value);
void json_put_unsigned(json_out *json, const char *key, uint64_t value);
void json_put_integer(json_out *json, const char *key, int64_t value);
/* Shortest form that reads back as the same double; null when it is not finite. */
void json_put_real(json_out *json, const char *key, double value);
void json_put_bool(json_out *json, const char *key, bool value);
/* An array of numbers on one line. */
void json_put_reals(json_out *json, const char *key, const double *values, size_t count);

#endif
