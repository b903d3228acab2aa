/* SPDX-License-Identifier: Apache-2.0 */
/* text_out.c - text for people, without the control characters that a hostile file may hold: see text_out.h. */
#include "cli/text_out.h"

#include <stdlib.h>
#include <string.h>

void cli_put_text(FILE *stream, const char *text) {
  const unsigned char *next = (const unsigned char *)text;
  while (*next != '\0') {
    const size_t length = cli_utf8_length(next);
    const size_t bytes = length > 0 ? length : 1;
    if (cli_is_control(next, length)) {
      for (size_t i = 0; i < bytes; i++) {
        (void)fprintf(stream, "\\x%02x", next[i]);
      }
    } else {
      (void)fwrite(next, 1, bytes, stream);
    }
    next += bytes;
  }
}

void cli_print_list(FILE *stream, const char *format, va_list list) {
  char fixed[1024];
  va_list again;
  va_copy(again, list);
  const int length = vsnprintf(fixed, sizeof fixed, format, list);
  char *whole = length >= (int)sizeof fixed ? malloc((size_t)length + 1) : NULL;
  if (whole != NULL) {
    (void)vsnprintf(whole, (size_t)length + 1, format, again);
  }
  va_end(again);
  char *text = whole != NULL ? whole : fixed; /* out of memory: its beginning */
  const size_t size = strlen(format);
  const bool ends_line = size > 0 && format[size - 1] == '\n';
  const size_t used = strlen(text);
  if (ends_line && used > 0 && text[used - 1] == '\n') {
    text[used - 1] = '\0';
  }
  cli_put_text(stream, text);
  if (ends_line) {
    (void)fputc('\n', stream);
  }
  free(whole);
}

void cli_print(const char *format, ...) {
  va_list list;
  va_start(list, format);
  cli_print_list(stdout, format, list);
  va_end(list);
}
