/* SPDX-License-Identifier: Apache-2.0 */
/* text_out.h - text for people, which may come from a hostile file: no control character of it reaches a terminal. */
#ifndef DSEG_TOOLS_CLI_TEXT_OUT_H
#define DSEG_TOOLS_CLI_TEXT_OUT_H

#include <stdarg.h>
#include <stdio.h>

#include "cli/utf8.h"
#include "dseg/status.h"

/* Writes text to stream. The bytes of control characters are shown as "\x1b", line ends too. */
void cli_put_text(FILE *stream, const char *text);

/* printf to standard output, through cli_put_text. A line end that format itself ends with remains one. */
void cli_print(const char *format, ...) DSEG_PRINTF(1, 2);

/* The same to any stream. */
void cli_print_list(FILE *stream, const char *format, va_list list);

#endif
