/* SPDX-License-Identifier: Apache-2.0 */
/* status.c - messages of errors. */
#include "dseg/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void dseg_error_clear(dseg_error *error) {
  if (error != NULL) {
    error->status = DSEG_OK;
    error->message[0] = '\0';
  }
}

dseg_status dseg_fail(dseg_error *error, dseg_status status, const char *format, ...) {
  if (error != NULL && error->status == DSEG_OK) {
    error->status = status;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
  }
  return status;
}

void dseg_warn(const dseg_warning_sink *warnings, const char *format, ...) {
  if (warnings == NULL || warnings->warn == NULL) {
    return;
  }
  char message[sizeof((dseg_error *)NULL)->message];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  warnings->warn(warnings->user, message);
}

void dseg_error_prefix(dseg_error *error, const char *text) {
  if (error == NULL || error->status == DSEG_OK) {
    return;
  }
  /* The end of a message that becomes too long is cut. */
  const size_t room = sizeof error->message;
  size_t added = strlen(text) + 2;
  if (added >= room) {
    return;
  }
  size_t kept = strlen(error->message);
  if (kept > room - 1 - added) {
    kept = room - 1 - added;
  }
  memmove(error->message + added, error->message, kept);
  error->message[added + kept] = '\0';
  memcpy(error->message, text, added - 2);
  memcpy(error->message + added - 2, ": ", 2);
}

const char *dseg_status_text(dseg_status status) {
  switch (status) {
    case DSEG_OK: return "no error";
    case DSEG_ERROR_ARGUMENT: return "invalid argument";
    case DSEG_ERROR_INPUT: return "input cannot be read";
    case DSEG_ERROR_OUTPUT: return "output cannot be written";
    case DSEG_ERROR_FORMAT: return "malformed input";
    case DSEG_ERROR_UNSUPPORTED: return "not supported";
    case DSEG_ERROR_LIMIT: return "limit exceeded";
    case DSEG_ERROR_MEMORY: return "out of memory";
    case DSEG_ERROR_OVERLAP: return "segments overlap";
  }
  return "unknown status";
}
