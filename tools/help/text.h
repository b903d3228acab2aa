/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - the texts of help, taken apart for those who write them in another form, and lines filled with words.
 *
 * Texts of options are plain; those of manual.h are Markdown: `code`, **strong**, [words](target). In both, an option
 * such as --json, and a hyphen that stands alone, is code although nothing marks it.
 *
 *     help_spans spans = help_spans_of(text);
 *     for (help_span span; help_next_span(&spans, &span);) { ... }
 *
 * A filler prints words to stdout, as many on a line as there is room for:
 *
 *     help_filler filler = {.width = 120};
 *     help_fill(&filler, "one two");          // a word goes on until there is a space
 *     help_end_line(&filler); */
#ifndef DSEG_TOOLS_HELP_TEXT_H
#define DSEG_TOOLS_HELP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

typedef enum help_style { HELP_PLAIN, HELP_CODE, HELP_STRONG, HELP_LINK } help_style;

/* A stretch of text in one style, without the marks around it; it points into the text. */
typedef struct help_span {
  help_style style;
  const char *text;
  size_t length;
  const char *target; /* of a link */
  size_t target_length;
} help_span;

typedef struct help_spans {
  const char *text, *next;
} help_spans;

help_spans help_spans_of(const char *text);

/* False at the end of the text. */
bool help_next_span(help_spans *spans, help_span *span);

typedef struct help_filler {
  size_t width;        /* of a line, with its indentation */
  size_t indentation;  /* of lines after the first */
  const char *guard;   /* put in front of a line that begins with one of guarded; NULL: nothing is */
  const char *guarded; /* characters */
  size_t column;       /* of the line so far */
  bool begun;          /* the line has a word */
  char word[256];      /* not printed yet */
  size_t word_length;
} help_filler;

/* Text goes on where the call before ended. */
void help_fill(help_filler *filler, const char *text, size_t length);
void help_end_line(help_filler *filler);

/* A paragraph of a text that is wrapped by hand, or lines of it that stand as they are. */
typedef struct help_block {
  bool as_is; /* lines that begin with two spaces */
  const char *text;
  size_t length;
} help_block;

/* The next block of *rest, blocks being parted by empty lines or by where indentation changes; false at the end. */
bool help_next_block(const char **rest, help_block *block);

/* The length of the first sentence, without its full stop, or of as many words of it as at most bytes have room for. */
size_t help_first_sentence(const char *text, size_t most);

#endif
