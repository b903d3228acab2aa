/* SPDX-License-Identifier: Apache-2.0 */
/* messages.c - collects what `dseg compare` has to tell about the whole. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "compare/compare.h"

static void add_message(compare_job *job, unsigned aspect, const char *format, va_list arguments) {
  if ((aspect & job->ignore) != 0) {
    return;
  }
  job->found |= aspect;
  compare_message *messages = cli_grow(job->messages, job->message_count, &job->message_room, sizeof *messages);
  if (messages == NULL) {
    job->out_of_memory = true;
    return;
  }
  job->messages = messages;
  compare_message *message = &job->messages[job->message_count++];
  message->aspect = aspect;
  vsnprintf(message->text, sizeof message->text, format, arguments);
}

void compare_add(compare_job *job, unsigned aspect, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  add_message(job, aspect, format, arguments);
  va_end(arguments);
}
