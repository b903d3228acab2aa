/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - words and numbers of text headers, whatever the caller's locale. */
#ifndef DSEG_FORMATS_TEXT_H
#define DSEG_FORMATS_TEXT_H

#include <stdbool.h>

#include "dseg/buffer.h"

/* Cuts white space off both ends of text, in place; returns its new start. */
char *dseg_text_trim(char *text);

/* Compares without regard to the case of ASCII letters. */
bool dseg_text_equal(const char *a, const char *b);
bool dseg_text_has_suffix(const char *text, const char *suffix);

/* The first length bytes of start, and end behind them; malloc'd, NULL when out of memory. */
char *dseg_text_join(const char *start, size_t length, const char *end);

/* Reads one number and moves *text behind it; false where none begins. Neither "nan" nor "inf" is refused. */
bool dseg_text_next_number(const char **text, double *number);

/* Reads one integer from lowest to highest and moves *text behind it. */
bool dseg_text_next_integer(const char **text, long long lowest, long long highest, long long *number);

/* Copies the next word, up to white space, cut to size, and moves *text behind it; false when there is none. */
bool dseg_text_next_word(const char **text, char *word, size_t size);

/* Exactly count numbers separated by white space or commas. */
bool dseg_text_numbers(const char *text, double *numbers, size_t count);

/* Reads the first count numbers of data; DSEG_ERROR_FORMAT when there are fewer, or something else among them. */
dseg_status dseg_text_read_numbers(dseg_view data, double *numbers, size_t count, dseg_error *error);

/* Appends the shortest form of number that reads back as the same double. */
dseg_status dseg_text_append_number(dseg_buffer *out, double number, dseg_error *error);

#endif
