/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - texts of help taken apart, and lines filled: see text.h. */
#include "help/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

help_spans help_spans_of(const char *text) {
  return (help_spans){text, text};
}

/* The length of an option at text, such as --json, or of a hyphen that stands alone; 0: there is none. */
static size_t option_length(const char *start, const char *text) {
  if (text != start && strchr(" (\"|", text[-1]) == NULL) {
    return 0;
  }
  if (text[0] == '-' && (text[1] == ' ' || text[1] == ',') && text != start) {
    return 1;
  }
  size_t length = 2;
  if (strncmp(text, "--", 2) != 0 || !isalpha((unsigned char)text[2])) {
    return 0;
  }
  while (isalnum((unsigned char)text[length]) || (text[length] == '-' && isalnum((unsigned char)text[length + 1]))) {
    length++;
  }
  return length;
}

/* `code` or **strong**: what is between two marks. */
static bool take_marked(const char *text, const char *mark, help_style style, help_span *span, const char **next) {
  const size_t size = strlen(mark);
  const char *end = strncmp(text, mark, size) == 0 ? strstr(text + size, mark) : NULL;
  if (end == NULL) {
    return false;
  }
  *span = (help_span){.style = style, .text = text + size, .length = (size_t)(end - text) - size};
  *next = end + size;
  return true;
}

/* [words](target). */
static bool take_link(const char *text, help_span *span, const char **next) {
  const char *middle = text[0] == '[' ? strstr(text, "](") : NULL;
  const char *end = middle != NULL ? strchr(middle, ')') : NULL;
  if (end == NULL) {
    return false;
  }
  *span = (help_span){HELP_LINK, text + 1, (size_t)(middle - text) - 1, middle + 2, (size_t)(end - middle) - 2};
  *next = end + 1;
  return true;
}

static bool take_special(const help_spans *spans, const char *text, help_span *span, const char **next) {
  const size_t option = option_length(spans->text, text);
  if (option > 0) {
    *span = (help_span){.style = HELP_CODE, .text = text, .length = option};
    *next = text + option;
    return true;
  }
  return take_marked(text, "`", HELP_CODE, span, next) || take_marked(text, "**", HELP_STRONG, span, next) ||
         take_link(text, span, next);
}

bool help_next_span(help_spans *spans, help_span *span) {
  const char *start = spans->next;
  if (*start == '\0') {
    return false;
  }
  if (take_special(spans, start, span, &spans->next)) {
    return true;
  }
  help_span after;
  const char *end = start + 1;
  const char *unused = NULL;
  while (*end != '\0' && !take_special(spans, end, &after, &unused)) {
    end++;
  }
  *span = (help_span){.style = HELP_PLAIN, .text = start, .length = (size_t)(end - start)};
  spans->next = end;
  return true;
}

static void break_line(help_filler *filler) {
  printf("\n%*s", (int)filler->indentation, "");
  filler->column = filler->indentation;
  filler->begun = false;
}

static void print_word(help_filler *filler) {
  if (filler->word_length == 0) {
    return;
  }
  if (filler->begun && filler->column + 1 + filler->word_length > filler->width) {
    break_line(filler);
  }
  if (filler->begun) {
    putchar(' ');
    filler->column++;
  } else if (filler->guard != NULL && strchr(filler->guarded, filler->word[0]) != NULL) {
    fputs(filler->guard, stdout);
  }
  printf("%.*s", (int)filler->word_length, filler->word);
  filler->column += filler->word_length;
  filler->begun = true;
  filler->word_length = 0;
}

void help_fill(help_filler *filler, const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (text[i] == ' ' || text[i] == '\n') {
      print_word(filler);
      continue;
    }
    if (filler->word_length == sizeof filler->word) { /* longer than any line: its parts are words */
      print_word(filler);
    }
    filler->word[filler->word_length++] = text[i];
  }
}

void help_end_line(help_filler *filler) {
  print_word(filler);
  putchar('\n');
  filler->column = 0;
  filler->begun = false;
}

static bool is_indented(const char *line) {
  return line[0] == ' ' && line[1] == ' ';
}

bool help_next_block(const char **rest, help_block *block) {
  const char *start = *rest + strspn(*rest, "\n");
  if (*start == '\0') {
    return false;
  }
  const char *end = start;
  do {
    end += strcspn(end, "\n");
    end += *end == '\n' ? 1 : 0;
  } while (*end != '\0' && *end != '\n' && is_indented(end) == is_indented(start));
  *block = (help_block){is_indented(start), start, (size_t)(end - start)};
  if (end[-1] == '\n') {
    block->length--;
  }
  *rest = end;
  return true;
}

size_t help_first_sentence(const char *text, size_t most) {
  const char *end = strstr(text, ". ");
  size_t length = end != NULL ? (size_t)(end - text) : strlen(text);
  if (length > 0 && text[length - 1] == '.') {
    length--;
  }
  if (length > most) {
    length = most;
    while (length > 0 && text[length] != ' ') {
      length--;
    }
  }
  return length;
}
