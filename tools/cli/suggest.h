/* SPDX-License-Identifier: Apache-2.0 */
/* suggest.h - "did you mean": the name nearest to a word that is none.
 *
 *     cli_suggestion suggestion = cli_suggest(word, length);
 *     cli_suggest_name(&suggestion, name);                          // for each name that would be right
 *     cli_error(NULL, "unknown%s", cli_did_you_mean(&suggestion));  // "; did you mean \"NAME\"?", or nothing
 */
#ifndef DSEG_TOOLS_CLI_SUGGEST_H
#define DSEG_TOOLS_CLI_SUGGEST_H

#include "cli/cli.h"

typedef struct cli_suggestion {
  const char *word; /* the caller's */
  size_t length;
  const char *name; /* the nearest so far; NULL: none is near */
  size_t distance;
  char text[96];
} cli_suggestion;

/* For the first length bytes of word. */
cli_suggestion cli_suggest(const char *word, size_t length);

/* Takes name, which the caller keeps, if it is nearer than those before. */
void cli_suggest_name(cli_suggestion *suggestion, const char *name);

/* The question for the end of a message, in suggestion; "" where no name is near. front: what is written before the
 * name,
 * "--" for an option. */
const char *cli_did_you_mean(cli_suggestion *suggestion, const char *front);

/* The frame codec, or the representation, called name; NULL after a usage error that begins with "--OPTION" and ends
 * with the nearest name, or with what this build was made without. */
const dseg_frame_codec *cli_find_frame_codec(const cli_command *command, const char *option, const char *name);
const dseg_representation *cli_find_representation(const cli_command *command, const char *option, const char *name);

#endif
