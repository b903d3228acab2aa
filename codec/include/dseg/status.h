/* SPDX-License-Identifier: Apache-2.0 */
/* status.h - the outcome of a call: one enum, and an optional message for people.
 *
 * Every function that can fail returns a dseg_status and takes, as its last argument, a dseg_error that may
 * be NULL. The message names the file, the element's tag and the section of the standard where there is one.
 * The library never prints, exits or sets errno for its callers.
 *
 * Every function clears the dseg_error that it is given before it does anything else: after a call, the error is that
 * call's, DSEG_OK with an empty message when it succeeded. One dseg_error can therefore serve a loop of calls, and need
 * not be initialised. Whoever wants to keep a failure gives later calls another dseg_error. dseg_fail and
 * dseg_error_prefix, which make messages, are the exceptions. */
#ifndef DSEG_STATUS_H
#define DSEG_STATUS_H

#include "dseg/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Values are only ever appended. */
typedef enum dseg_status {
  DSEG_OK = 0,
  DSEG_ERROR_ARGUMENT,    /* the caller's mistake: a NULL, a plane or segment that is not there, a buffer too small */
  DSEG_ERROR_INPUT,       /* a file cannot be opened or read */
  DSEG_ERROR_OUTPUT,      /* a file cannot be created, written or renamed, or exists and may not be replaced */
  DSEG_ERROR_FORMAT,      /* the input contradicts its format */
  DSEG_ERROR_UNSUPPORTED, /* valid, or may be, but this build cannot handle it */
  DSEG_ERROR_LIMIT,       /* a limit of the format, or one that the caller set, is exceeded */
  DSEG_ERROR_MEMORY,      /* an allocation failed */
  DSEG_ERROR_OVERLAP      /* segments overlap where the result cannot hold that */
} dseg_status;

typedef struct dseg_error {
  dseg_status status;
  char message[1000]; /* UTF-8, NUL terminated, no line break at the end */
} dseg_error;

/* Makes error DSEG_OK with an empty message. error may be NULL. */
DSEG_API void dseg_error_clear(dseg_error *error);

/* Stores a message unless the error already holds one (the first cause counts), and returns status, so that
 * a function can end with `return dseg_fail(error, DSEG_ERROR_FORMAT, "...", ...)`. error may be NULL; one that did not
 * come through a call of this library before, a plug-in's own for instance, is cleared first. */
DSEG_API dseg_status dseg_fail(dseg_error *error, dseg_status status, const char *format, ...) DSEG_PRINTF(3, 4);

/* Puts text, as "text: ", before the message that error holds, to add the name of the file for instance. */
DSEG_API void dseg_error_prefix(dseg_error *error, const char *text);

/* A short fixed name, "malformed input" for instance; never NULL. */
DSEG_API const char *dseg_status_text(dseg_status status);

/* Receives what is worth telling but does not stop the work. message is valid during the call only. A
 * callback may be called from the thread that called the library only. */
typedef struct dseg_warning_sink {
  void (*warn)(void *user, const char *message); /* may be NULL */
  void *user;
} dseg_warning_sink;

/* Passes a formatted message, up to the length of an error's, to warnings; NULL, or a sink without a function: to
 * nobody. */
DSEG_API void dseg_warn(const dseg_warning_sink *warnings, const char *format, ...) DSEG_PRINTF(2, 3);

/* Reports progress of long work: done of total steps. May be called from any thread, one at a time. */
typedef struct dseg_progress {
  void (*report)(void *user, unsigned long long done, unsigned long long total); /* may be NULL */
  void *user;
} dseg_progress;

/* Leaves the calling function with the status of call when that is not DSEG_OK. */
#define DSEG_TRY(call)                          \
  do {                                          \
    const dseg_status dseg_try_status = (call); \
    if (dseg_try_status != DSEG_OK) {           \
      return dseg_try_status;                   \
    }                                           \
  } while (0)

#ifdef __cplusplus
}
#endif
#endif
