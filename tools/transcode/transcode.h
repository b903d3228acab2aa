/* SPDX-License-Identifier: Apache-2.0 */
/* transcode.h - the options of `dseg transcode`, which `dseg batch` has, too. */
#ifndef DSEG_TOOLS_TRANSCODE_TRANSCODE_H
#define DSEG_TOOLS_TRANSCODE_TRANSCODE_H

#include "cli/cli.h"
#include "dseg/transcode.h"

/* What options say. Texts are argv's. */
typedef struct transcode_request {
  dseg_option_value *values; /* the caller's, room for one for each argument */
  unsigned flags;            /* DSEG_OUTPUT_ */
  bool json, has_table;
  dseg_transcode_options options; /* without codec_options, which are values */
} transcode_request;

extern const cli_option transcode_options_table[];

/* Takes the option that cli_next returned; false after a message. */
bool transcode_take(const cli_args *args, int id, transcode_request *request);

/* What goes together, once all options are known; an exit code after a message. */
int transcode_check(const cli_command *command, const transcode_request *request);

#endif
