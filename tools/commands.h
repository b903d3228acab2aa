/* commands.h - the subcommands, one in each cmd_*.c. */
#ifndef DSEG_TOOLS_COMMANDS_H
#define DSEG_TOOLS_COMMANDS_H

#include "cli.h"

/* Ends with NULL; in the order in which help lists them. */
extern const cli_command *const cli_commands[];

#endif
