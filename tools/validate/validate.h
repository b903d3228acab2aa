/* SPDX-License-Identifier: Apache-2.0 */
/* validate.h - the options of `dseg validate`, which `dseg batch` has, too. */
#ifndef DSEG_TOOLS_VALIDATE_VALIDATE_H
#define DSEG_TOOLS_VALIDATE_VALIDATE_H

#include "cli/cli.h"
#include "dseg/validate.h"

/* What options say. */
typedef struct validate_request {
  bool json, rules;
  dseg_validate_options options;
} validate_request;

extern const cli_option validate_options_table[];

/* Takes the option that cli_next returned; false after a message. */
bool validate_take(const cli_args *args, int id, validate_request *request);

#endif
