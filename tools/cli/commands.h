/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - the subcommands, one in each cmd_*.c, and how they are found by name. */
#ifndef DSEG_TOOLS_CLI_COMMANDS_H
#define DSEG_TOOLS_CLI_COMMANDS_H

#include "cli/cli.h"

extern const cli_command cmd_batch;
extern const cli_command cmd_bin2labelsegimage;
extern const cli_command cmd_codecs;
extern const cli_command cmd_compare;
extern const cli_command cmd_convert;
extern const cli_command cmd_help;
extern const cli_command cmd_info;
extern const cli_command cmd_itkimage2segimage;
extern const cli_command cmd_names;
extern const cli_command cmd_phantom;
extern const cli_command cmd_preview;
extern const cli_command cmd_samples;
extern const cli_command cmd_segimage2itkimage;
extern const cli_command cmd_transcode;
extern const cli_command cmd_validate;

/* Ends with NULL; in the order in which help lists them. */
extern const cli_command *const cli_commands[];

/* Those that are programs, too: the program finds out by which name it was called, and CMake's dcmqi_names has the
 * links. Ends with NULL. */
extern const cli_command *const cli_programs[];

/* The subcommand of this name; NULL: there is none. */
const cli_command *cli_find_command(const char *name);

/* Says on stderr that there is no such subcommand, and which name is nearest; returns CLI_USAGE. */
int cli_unknown_command(const char *name);

/* What the program is and which subcommands it has, on stdout. */
void cli_show_overview(void);

#endif
