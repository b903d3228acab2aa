/* SPDX-License-Identifier: Apache-2.0 */
/* messages.c - notes, warnings and failures of a conversion, as the program shows them. */
#include <stdlib.h>
#include <string.h>

#include "convert/convert.h"

const char *const convert_option_names[DSEG_OPTION_COUNT] = {[DSEG_OPTION_SEGMENTS] = "--segments",
                                                             [DSEG_OPTION_PRESENT_ONLY] = "--present-only",
                                                             [DSEG_OPTION_PLANES] = "--planes",
                                                             [DSEG_OPTION_GRID] = "--grid",
                                                             [DSEG_OPTION_OVERLAP] = "--overlap",
                                                             [DSEG_OPTION_THRESHOLD] = "--threshold",
                                                             [DSEG_OPTION_NUMBERING] = "--renumber",
                                                             [DSEG_OPTION_METADATA] = "--names",
                                                             [DSEG_OPTION_REFERENCES] = "--reference",
                                                             [DSEG_OPTION_REPRESENTATION] = "--as",
                                                             [DSEG_OPTION_SPLIT] = "--split",
                                                             [DSEG_OPTION_REPLACE] = "--force",
                                                             [DSEG_OPTION_SLICE_AXIS] = "--slice-axis",
                                                             [DSEG_OPTION_SPACING] = "--spacing",
                                                             [DSEG_OPTION_ALGORITHM] = "--algorithm",
                                                             [DSEG_OPTION_ALGORITHM_TYPE] = "--algorithm-type",
                                                             [DSEG_OPTION_REQUIRE_CODES] = "--require-codes"};

static bool is_same(const char *a, const char *b) {
  return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* The warnings of a file, of its own or of the last. */
static cli_warnings *warnings_of(convert_messages *messages, const char *file) {
  const size_t room = sizeof messages->files / sizeof messages->files[0];
  size_t i = 0;
  while (i < messages->count && !is_same(messages->files[i].file, file)) {
    i++;
  }
  if (i == messages->count && i < room) {
    const size_t size = file != NULL ? strlen(file) + 1 : 0;
    char *copy = file != NULL ? malloc(size) : NULL;
    if (copy != NULL) {
      memcpy(copy, file, size);
    }
    messages->files[i].file = copy;
    messages->files[i].warnings = (cli_warnings){.file = copy};
    messages->count++;
  }
  return &messages->files[i < room ? i : room - 1].warnings;
}

static void tell(void *user, dseg_message_kind kind, const char *file, const char *message) {
  convert_messages *messages = user;
  if (kind == DSEG_MESSAGE_NOTE) {
    cli_note(file, "%s", message);
  } else {
    const dseg_warning_sink sink = cli_warning_sink(warnings_of(messages, file));
    sink.warn(sink.user, message);
  }
}

dseg_message_sink convert_message_sink(convert_messages *messages) {
  return (dseg_message_sink){tell, messages};
}

void convert_messages_end(convert_messages *messages) {
  for (size_t i = 0; i < messages->count; i++) {
    cli_warnings_end(&messages->files[i].warnings);
    free(messages->files[i].file);
  }
  messages->count = 0;
}

int convert_fail(const dseg_convert_result *result, dseg_status status, const dseg_error *error) {
  const int exit_code = cli_fail(result != NULL ? result->file : NULL, status, error);
  /* What the output's format, or this build, cannot hold is a failure to write it. */
  return exit_code == CLI_INPUT && result != NULL && result->side == DSEG_SIDE_OUTPUT ? CLI_OUTPUT : exit_code;
}
