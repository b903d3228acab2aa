/* commands.h - the subcommands, one in each cmd_*.c. */
#ifndef DSEG_TOOLS_COMMANDS_H
#define DSEG_TOOLS_COMMANDS_H

#include "cli.h"

extern const cli_command cmd_codecs;
extern const cli_command cmd_compare;
extern const cli_command cmd_convert;
extern const cli_command cmd_info;
extern const cli_command cmd_preview;

/* Ends with NULL; in the order in which help lists them. */
extern const cli_command *const cli_commands[];

#endif
