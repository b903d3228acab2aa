/* SPDX-License-Identifier: Apache-2.0 */
/* streams.h - "-" on the command line: standard input and standard output. */
#ifndef DSEG_TOOLS_CLI_STREAMS_H
#define DSEG_TOOLS_CLI_STREAMS_H

#include "cli/cli.h"
#include "dseg/source.h"

/* What stands for "-" from the command line on, in messages, too. They are told from file names by their addresses. */
extern const char cli_standard_input[];
extern const char cli_standard_output[];

/* Whether an argument is "-". A file of this name is "./-". */
bool cli_is_stream(const char *argument);

/* Puts cli_standard_input in the place of "-"; false after a message when there are several. */
bool cli_take_standard_input(const cli_command *command, const char **names, int count);

/* dseg_input_from_file, or from standard input. */
dseg_status cli_open_input(const char *name, dseg_input **input, dseg_error *error);

/* dseg_open_many, standard input among the names. A memory_limit of 0 is that of --memory. */
dseg_status cli_open(const char *const *names, size_t count, const dseg_open_options *options, dseg_source **source,
                     dseg_error *error);

/* False after a message: binary data is not for a terminal. */
bool cli_check_standard_output(void);

/* Files and directories that are read, and the plug-ins, are inputs of the set. names may hold NULL and
 * cli_standard_input. */
dseg_status cli_add_inputs(dseg_output_set *set, const char *const *names, size_t count, dseg_error *error);

/* An output to a file, or to standard output. */
dseg_output cli_output(const char *name, unsigned flags, dseg_output_set *set);

#endif
