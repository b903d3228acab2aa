/* SPDX-License-Identifier: Apache-2.0 */
/* environment.c - the variables that the program reads. */
#include "cli/environment.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define DATE_VARIABLE "SOURCE_DATE_EPOCH"

static bool date_is_fixed;

/* NULL when it is not set, or empty. */
static const char *read_variable(const char *name) {
  const char *value = getenv(name);
  return value != NULL && *value != '\0' ? value : NULL;
}

const char *cli_plugin_directories(void) {
  return read_variable("DSEG_PLUGIN_PATH");
}

const char *cli_temporary_directory(void) {
  return read_variable("TMPDIR");
}

void cli_fix_date(void) {
  date_is_fixed = true;
}

const char *cli_date_epoch(void) {
  const char *value = read_variable(DATE_VARIABLE);
  return value == NULL && date_is_fixed ? "1735689600" : value;
}

const char *cli_date_time(void) {
  static char text[80];
  const char *epoch = cli_date_epoch();
  if (epoch == NULL) {
    return NULL;
  }
  char *end = NULL;
  errno = 0;
  const time_t seconds = (time_t)strtoll(epoch, &end, 10);
  const struct tm *parts = errno == 0 && *end == '\0' ? gmtime(&seconds) : NULL;
  if (parts == NULL || strftime(text, sizeof text, "%Y%m%d%H%M%S", parts) == 0) {
    (void)snprintf(text, sizeof text, DATE_VARIABLE "=%.50s", epoch);
  }
  return text;
}
