/* SPDX-License-Identifier: Apache-2.0 */
/* commands.c - the list of subcommands, and how one is found. */
#include "cli/commands.h"

#include <string.h>

#include "cli/suggest.h"

const cli_command *const cli_commands[] = {&cmd_convert,
                                           &cmd_names,
                                           &cmd_transcode,
                                           &cmd_batch,
                                           &cmd_info,
                                           &cmd_compare,
                                           &cmd_validate,
                                           &cmd_preview,
                                           &cmd_phantom,
                                           &cmd_samples,
                                           &cmd_codecs,
                                           &cmd_itkimage2segimage,
                                           &cmd_segimage2itkimage,
                                           &cmd_bin2labelsegimage,
                                           &cmd_help,
                                           NULL};

const cli_command *const cli_programs[] = {&cmd_itkimage2segimage, &cmd_segimage2itkimage, &cmd_bin2labelsegimage,
                                           NULL};

const cli_command *cli_find_command(const char *name) {
  for (const cli_command *const *command = cli_commands; *command != NULL; command++) {
    if (strcmp((*command)->name, name) == 0) {
      return *command;
    }
  }
  return NULL;
}

int cli_unknown_command(const char *name) {
  cli_suggestion suggestion = cli_suggest(name, strlen(name));
  for (const cli_command *const *command = cli_commands; *command != NULL; command++) {
    cli_suggest_name(&suggestion, (*command)->name);
  }
  const char *question = cli_did_you_mean(&suggestion, "");
  cli_error(NULL, "unknown subcommand \"%s\"%s", name, *question != '\0' ? question : "; see dseg --help");
  return CLI_USAGE;
}
