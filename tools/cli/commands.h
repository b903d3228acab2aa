/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - the subcommands, one in each cmd_*.c. */
#ifndef DSEG_TOOLS_CLI_COMMANDS_H
#define DSEG_TOOLS_CLI_COMMANDS_H

#include "cli/cli.h"

extern const cli_command cmd_bin2labelsegimage;
extern const cli_command cmd_codecs;
extern const cli_command cmd_compare;
extern const cli_command cmd_convert;
extern const cli_command cmd_info;
extern const cli_command cmd_itkimage2segimage;
extern const cli_command cmd_phantom;
extern const cli_command cmd_preview;
extern const cli_command cmd_samples;
extern const cli_command cmd_segimage2itkimage;
extern const cli_command cmd_transcode;
extern const cli_command cmd_validate;

/* Ends with NULL; in the order in which help lists them. */
extern const cli_command *const cli_commands[];

#endif
