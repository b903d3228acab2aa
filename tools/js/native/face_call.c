/* SPDX-License-Identifier: Apache-2.0 */
/* face_call.c - what all calls share: memory, the outcome, text, inputs and outputs. */
#define _POSIX_C_SOURCE 200809L /* open_memstream is hidden in strict C17 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dseg/proposals.h"
#include "face.h"

static dseg_error last;
static char *text;
static size_t text_size;
static json_out json;

dseg_error *face_begin(void) {
  dseg_error_clear(&last);
  return &last;
}

/* Registers the proposals. To be called first. */
FACE_EXPORT(start) int face_start(void) {
  return (int)dseg_register_proposals(face_begin());
}

FACE_EXPORT(status) int face_status(void) {
  return (int)last.status;
}

FACE_EXPORT(message) const char *face_message(void) {
  return last.message;
}

FACE_EXPORT(version) const char *face_version(void) {
  return dseg_version();
}

/* NULL: no memory. */
FACE_EXPORT(alloc) void *face_alloc(size_t size) {
  return malloc(size != 0 ? size : 1);
}

FACE_EXPORT(free) void face_free(void *block) {
  free(block);
}

json_out *face_begin_text(void) {
  free(text);
  text = NULL;
  text_size = 0;
  json = (json_out){.stream = open_memstream(&text, &text_size), .inline_from = 1}; /* nobody looks at it */
  if (json.stream == NULL) {
    (void)dseg_fail(&last, DSEG_ERROR_MEMORY, "out of memory for a text");
    return NULL;
  }
  return &json;
}

int face_end_text(void) {
  const bool failed = ferror(json.stream) != 0;
  if (fclose(json.stream) != 0 || failed) {
    return (int)dseg_fail(&last, DSEG_ERROR_MEMORY, "out of memory for a text");
  }
  return (int)DSEG_OK;
}

/* JSON of the last call that makes some, and its bytes. */
FACE_EXPORT(text) const char *face_text(void) {
  return text;
}

FACE_EXPORT(text_size) size_t face_text_size(void) {
  return text_size;
}

static void tell(void *user, const char *message) {
  (void)user;
  face_host_tell(message, strlen(message));
}

dseg_warning_sink face_warnings(void) {
  return (dseg_warning_sink){.warn = tell};
}

// NOLINTBEGIN(performance-no-int-to-ptr): a reader's descriptor is all that it has to remember
static dseg_status read_at(void *user, uint64_t offset, void *to, size_t size, size_t *got, dseg_error *error) {
  const size_t most = (size_t)1 << 30;
  const int count = face_host_read((int)(intptr_t)user, (double)offset, to, size < most ? size : most);
  if (count <= 0) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "the bytes are not there");
  }
  *got = (size_t)count;
  return DSEG_OK;
}

dseg_status face_input(int descriptor, bool distant, dseg_input **input, dseg_error *error) {
  const dseg_reader reader = {.struct_size = sizeof reader,
                              .size = (uint64_t)face_host_size(descriptor),
                              .concurrent = true,
                              .user = (void *)(intptr_t)descriptor,
                              .read_at = read_at,
                              .distant = distant};
  return dseg_input_from_reader(&reader, input, error);
}

// NOLINTEND(performance-no-int-to-ptr)
static dseg_status emit(void *user, const void *bytes, size_t size, dseg_error *error) {
  (void)user;
  return face_host_emit(bytes, size) == 0 ? DSEG_OK
                                          : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for an output");
}

dseg_output face_output(void) {
  return dseg_output_to_function(emit, NULL);
}
