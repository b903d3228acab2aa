/* SPDX-License-Identifier: Apache-2.0 */
/* values.h - what can stand as the value of an option, by the placeholder in its table: for completions.
 *
 * Parts of a placeholder are separated by '|'. A part in lower-case letters is a word to be typed as it stands; FILE,
 * DIR and the like are names of files; REPRESENTATION, ENCODING and NAME|UID are what the registry has; of others
 * nothing is known. */
#ifndef DSEG_TOOLS_HELP_VALUES_H
#define DSEG_TOOLS_HELP_VALUES_H

#include "cli/cli.h"

typedef void (*help_word_sink)(const char *word, size_t length, void *user);

/* Calls put for each word that the value of option can be; returns how many there are. put NULL: counts. */
size_t help_words_of(const cli_option *option, help_word_sink put, void *user);

typedef enum help_names { HELP_NO_NAMES, HELP_DIRECTORIES, HELP_FILES } help_names;

/* Whether names of files are values of option, or those of directories alone. */
help_names help_names_of(const cli_option *option);

/* Whether arguments that are no options are names of files, and whether they are those of subcommands. */
bool help_takes_files(const cli_command *command);
bool help_takes_subcommand(const cli_command *command);

/* The dashes in front of an option. */
const char *help_dashes(const cli_option *option);

/* Calls show for each option of command, then for those that every subcommand has. */
void help_each_option(const cli_command *command, void (*show)(const cli_command *command, const cli_option *option));

#endif
