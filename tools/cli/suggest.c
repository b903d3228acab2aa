/* SPDX-License-Identifier: Apache-2.0 */
/* suggest.c - "did you mean": the name nearest to a word that is none. */
#include "cli/suggest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST = 40 /* characters of a word that is compared */ };

cli_suggestion cli_suggest(const char *word, size_t length) {
  return (cli_suggestion){.word = word, .length = length};
}

/* Letters of either case are one, and so are - and _. */
static int simple(char letter) {
  return letter == '_' ? '-' : tolower((unsigned char)letter);
}

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

/* How many letters are to be put in, taken out, exchanged, or swapped with their neighbour to get from a to b: rows of
 * the table of distances between what a and b begin with. */
static size_t distance_between(const char *a, size_t size_a, const char *b, size_t size_b) {
  size_t rows[3][LONGEST + 1];
  for (size_t j = 0; j <= size_b; j++) {
    rows[0][j] = j;
  }
  for (size_t i = 1; i <= size_a; i++) {
    size_t *row = rows[i % 3];
    const size_t *above = rows[(i + 2) % 3];
    row[0] = i;
    for (size_t j = 1; j <= size_b; j++) {
      const int letter = simple(a[i - 1]);
      const size_t exchanged = above[j - 1] + (letter != simple(b[j - 1]));
      row[j] = least(exchanged, least(above[j], row[j - 1]) + 1);
      if (i > 1 && j > 1 && letter == simple(b[j - 2]) && simple(a[i - 2]) == simple(b[j - 1])) {
        row[j] = least(row[j], rows[(i + 1) % 3][j - 2] + 1);
      }
    }
  }
  return rows[size_a % 3][size_b];
}

void cli_suggest_name(cli_suggestion *suggestion, const char *name) {
  const size_t size = strlen(name);
  if (suggestion->length < 2 || suggestion->length > LONGEST || size > LONGEST) {
    return;
  }
  const size_t most = suggestion->length < 6   ? 1
                      : suggestion->length < 9 ? 2
                                               : 3; /* further away a name has another meaning */
  const bool is_start = suggestion->length >= 3 && strncmp(name, suggestion->word, suggestion->length) == 0;
  const size_t distance = is_start ? 1 : distance_between(suggestion->word, suggestion->length, name, size);
  if (distance <= most && (suggestion->name == NULL || distance < suggestion->distance)) {
    suggestion->name = name;
    suggestion->distance = distance;
  }
}

const char *cli_did_you_mean(cli_suggestion *suggestion, const char *front) {
  suggestion->text[0] = '\0';
  if (suggestion->name != NULL) {
    (void)snprintf(suggestion->text, sizeof suggestion->text, "; did you mean %s%s?", front, suggestion->name);
  }
  return suggestion->text;
}

const dseg_frame_codec *cli_find_frame_codec(const cli_command *command, const char *option, const char *name) {
  const dseg_frame_codec *found = dseg_find_frame_codec(name);
  if (found != NULL) {
    return found;
  }
  const char *missing = dseg_missing_codec_option(name);
  if (missing != NULL) {
    cli_usage_error(command, "--%s: \"%s\" is not known to this build, which was made without %s; see dseg codecs",
                    option, name, missing);
    return NULL;
  }
  cli_suggestion suggestion = cli_suggest(name, strlen(name));
  for (size_t i = 0; dseg_frame_codec_at(i) != NULL; i++) {
    cli_suggest_name(&suggestion, dseg_frame_codec_at(i)->name);
  }
  cli_usage_error(command, "--%s: \"%s\" is not known to this build; see dseg codecs%s", option, name,
                  cli_did_you_mean(&suggestion, ""));
  return NULL;
}

const dseg_representation *cli_find_representation(const cli_command *command, const char *option, const char *name) {
  const dseg_representation *found = dseg_find_representation(name);
  if (found != NULL) {
    return found;
  }
  cli_suggestion suggestion = cli_suggest(name, strlen(name));
  for (size_t i = 0; dseg_representation_at(i) != NULL; i++) {
    cli_suggest_name(&suggestion, dseg_representation_at(i)->name);
  }
  cli_usage_error(command, "--%s: \"%s\" is no representation; see dseg codecs%s", option, name,
                  cli_did_you_mean(&suggestion, ""));
  return NULL;
}
