/* SPDX-License-Identifier: Apache-2.0 */
/* json_in.h - members of a JSON object on one line (RFC 8259), such as a line of a report or of a list. What is nested
 * in it is passed over. */
#ifndef DSEG_TOOLS_BATCH_JSON_IN_H
#define DSEG_TOOLS_BATCH_JSON_IN_H

#include <stdbool.h>
#include <stddef.h>

/* A member that is wanted. */
typedef struct json_member {
  const char *key;
  char *text;     /* a string's UTF-8, else the value as it stands; malloc'd; NULL: absent, null, or nested */
  bool is_string; /* text was in quotes */
} json_member;

/* Fills in the members that the object has, the last of several with one key; all texts are set, and are the caller's
 * to free. False: line is no object, or memory is short; then all texts are NULL. A string that holds a NUL character
 * is no string. */
bool json_read_members(const char *line, json_member *members, size_t count);

/* Frees the texts. */
void json_free_members(json_member *members, size_t count);

#endif
