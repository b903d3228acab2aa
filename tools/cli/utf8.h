/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.h - the characters of a text that may come from a hostile file. Without streams, for WebAssembly. */
#ifndef DSEG_TOOLS_CLI_UTF8_H
#define DSEG_TOOLS_CLI_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the UTF-8 character that text begins with; 0: it begins with none. */
size_t cli_utf8_length(const unsigned char *text);

/* Whether the character of length bytes, as cli_utf8_length says, controls a terminal: C0, delete, or C1, which may
 * also stand as a single byte. */
bool cli_is_control(const unsigned char *text, size_t length);

#endif
