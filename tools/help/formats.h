/* SPDX-License-Identifier: Apache-2.0 */
/* formats.h - the forms of help that `dseg help` writes beside text: all to stdout, all from the tables of options and
 * from manual.h, so that an option that is new is in each of them. */
#ifndef DSEG_TOOLS_HELP_FORMATS_H
#define DSEG_TOOLS_HELP_FORMATS_H

#include "cli/commands.h"

/* markdown.c: the section of command in docs/cli.md; command NULL: the whole document. */
void help_show_markdown(const cli_command *command);

/* man.c: the manual page dseg-COMMAND(1); command NULL: dseg(1). It is dated by SOURCE_DATE_EPOCH, or not at all. */
void help_show_man(const cli_command *command);

/* bash.c, zsh.c, fish.c: completions of all subcommands, and of the programs of cli_programs. */
void help_show_bash(void);
void help_show_zsh(void);
void help_show_fish(void);

#endif
