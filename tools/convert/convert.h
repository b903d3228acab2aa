/* SPDX-License-Identifier: Apache-2.0 */
/* convert.h - what the files of `dseg convert` share: its command line, and its messages, which other faces of
 * dseg/convert.h use, too. */
#ifndef DSEG_TOOLS_CONVERT_CONVERT_H
#define DSEG_TOOLS_CONVERT_CONVERT_H

#include "cli/inputs.h"
#include "cli/streams.h"
#include "dseg/dseg.h"

/* The command line. Lists are owned; strings are argv's. */
typedef struct convert_request {
  cli_inputs inputs;
  const char *output; /* cli_standard_output for "-" */
  const char **references;
  const char **segments;
  dseg_option_value *encoding_options;
  const char *write_metadata;
  const char *classes; /* read for DICOM output, written for others */
  bool force;
  bool sync;
  bool json;
  bool offset_table_given;
  const char *dicom_only;  /* an option given that concerns DICOM output only; NULL: none */
  const char *volume_only; /* likewise volumes */
  dseg_value_map maps[1024];
  dseg_convert_options options;
} convert_request;

/* options.c: takes the option that cli_next returned; false after a message. */
bool convert_take(const cli_args *args, int id, convert_request *request);
/* Takes the command line; returns an exit code after a message. */
int convert_parse(cli_args *args, convert_request *request);
extern const cli_option convert_options_table[];

/* check.c: what goes together, once all arguments are known; returns an exit code after a message. Tables of classes
 * become those that are read or written. */
int convert_check(const cli_command *command, convert_request *request);

/* messages.c: how messages call options: those of `dseg convert`. */
extern const char *const convert_option_names[DSEG_OPTION_COUNT];
/* The messages of a conversion. Start with {.count = 0}. */
typedef struct convert_messages {
  struct {
    char *file;
    cli_warnings warnings;
  } files[4]; /* that warnings are about; those of further files count with the last */
  size_t count;
} convert_messages;
dseg_message_sink convert_message_sink(convert_messages *messages);
/* Says how many warnings were not shown, and frees. */
void convert_messages_end(convert_messages *messages);
/* Prints the message of a failed conversion; returns its exit code. result may be NULL. */
int convert_fail(const dseg_convert_result *result, dseg_status status, const dseg_error *error);

/* report.c: --json. */
void convert_report(const dseg_convert_result *result, bool split, double seconds);

#endif
