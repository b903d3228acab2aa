/* SPDX-License-Identifier: Apache-2.0 */
/* input.c - random access to the bytes of a file, of memory, or of what a function of the caller reads. */
#include "base/input.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/large_block.h"
#include "base/options.h"
#include "base/os/files.h"
#include "base/os/system.h"
#include "base/os/thread.h"
#include "base/whole_input.h"

/* Lets one thread at a time ask a reader. */
struct turn {
  dseg_os_mutex mutex;
};

struct dseg_input {
  const uint8_t *memory; /* NULL: not in memory */
  uint8_t *owned;        /* memory, when it is the input's */
  int descriptor;        /* -1: no file */
  dseg_reader reader;    /* read_at NULL: no reader */
  struct turn *turn;     /* NULL: threads may read at once */
  uint64_t size;
  char *path;       /* NULL: no file, or one without a name */
  bool is_borrowed; /* all that was opened for it is another input's */
};

static dseg_status out_of_memory(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for an input");
}

static dseg_status create(const dseg_input *from, dseg_input **input, dseg_error *error) {
  dseg_input *made = malloc(sizeof *made);
  if (made == NULL) {
    return out_of_memory(error);
  }
  *made = *from;
  *input = made;
  return DSEG_OK;
}

/* Makes the input of an open file: the descriptor is its own on success, or closed where it was read whole. is_named: a
 * pipe that was just opened and that may have no writer. */
static dseg_status examine(int descriptor, bool is_named, uint64_t memory_limit, dseg_input *made, dseg_error *error) {
  dseg_os_facts facts;
  const int number = dseg_os_facts_of(descriptor, &facts);
  if (number != 0) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "cannot be examined: %s", dseg_os_error_text(number));
  }
  if (facts.kind == DSEG_OS_REGULAR) {
    made->descriptor = descriptor;
    made->size = facts.size;
    return DSEG_OK;
  }
  if (facts.kind != DSEG_OS_PIPE) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "is %s, not a regular file or a pipe",
                     facts.kind == DSEG_OS_DIRECTORY ? "a directory" : "a terminal or another device");
  }
  size_t size = 0;
  DSEG_TRY(dseg_read_whole(descriptor, is_named, memory_limit, &made->owned, &size, error));
  made->memory = made->owned;
  made->size = size;
  (void)dseg_os_close(descriptor);
  return DSEG_OK;
}

static dseg_status open_descriptor(int descriptor, bool is_named, uint64_t memory_limit, dseg_input **input,
                                   dseg_error *error) {
  dseg_input made = {.descriptor = -1};
  dseg_status status = examine(descriptor, is_named, memory_limit, &made, error);
  if (status != DSEG_OK) {
    (void)dseg_os_close(descriptor);
    return status;
  }
  status = create(&made, input, error);
  if (status != DSEG_OK) {
    free(made.owned);
    if (made.descriptor >= 0) {
      (void)dseg_os_close(made.descriptor);
    }
  }
  return status;
}

dseg_status dseg_input_from_file(const char *path, uint64_t memory_limit, dseg_input **input, dseg_error *error) {
  dseg_error_clear(error);
  if (path == NULL || input == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_input_from_file: path and input must not be NULL");
  }
  *input = NULL;
  int descriptor = -1;
  const int number = dseg_os_open_read(path, &descriptor);
  if (number != 0) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "cannot be opened: %s", dseg_os_error_text(number));
  }
  dseg_input *made = NULL;
  const dseg_status status = open_descriptor(descriptor, true, memory_limit, &made, error);
  if (made == NULL) {
    return status;
  }
  const size_t size = strlen(path) + 1;
  made->path = malloc(size);
  if (made->path == NULL) {
    dseg_input_close(made);
    return out_of_memory(error);
  }
  memcpy(made->path, path, size);
  *input = made;
  return DSEG_OK;
}

dseg_status dseg_input_from_descriptor(int descriptor, uint64_t memory_limit, dseg_input **input, dseg_error *error) {
  dseg_error_clear(error);
  if (input == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_input_from_descriptor: input must not be NULL");
  }
  *input = NULL;
  int own = -1;
  const int number = dseg_os_duplicate(descriptor, &own);
  if (number != 0) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "descriptor %d cannot be read: %s", descriptor,
                     dseg_os_error_text(number));
  }
  return open_descriptor(own, false, memory_limit, input, error);
}

dseg_status dseg_input_from_memory(dseg_view bytes, dseg_input **input, dseg_error *error) {
  dseg_error_clear(error);
  static const uint8_t nothing;
  dseg_error_clear(error);
  if (input == NULL || (bytes.data == NULL && bytes.size != 0)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_input_from_memory: bytes and input must not be NULL");
  }
  *input = NULL;
  const uint8_t *memory = bytes.data != NULL ? bytes.data : &nothing;
  const dseg_input made = {.memory = memory, .descriptor = -1, .size = bytes.size};
  return create(&made, input, error);
}

dseg_status dseg_input_from_reader(const dseg_reader *reader, dseg_input **input, dseg_error *error) {
  dseg_error_clear(error);
  if (input == NULL || reader == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_input_from_reader: reader and input must not be NULL");
  }
  *input = NULL;
  dseg_input made = {.descriptor = -1};
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_reader, &made.reader, reader, error));
  made.size = made.reader.size;
  if (made.reader.read_at == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_input_from_reader: read_at must not be NULL");
  }
  if (!made.reader.concurrent) {
    made.turn = malloc(sizeof *made.turn);
    if (made.turn == NULL) {
      return out_of_memory(error);
    }
    *made.turn = (struct turn){DSEG_OS_MUTEX_INIT};
  }
  const dseg_status status = create(&made, input, error);
  if (*input == NULL) {
    free(made.turn);
  }
  return status;
}

dseg_status dseg_input_borrow(const dseg_input *input, dseg_input **borrowed, dseg_error *error) {
  dseg_input made = *input;
  made.is_borrowed = true;
  return create(&made, borrowed, error);
}

const uint8_t *dseg_input_memory(const dseg_input *input) {
  return input->memory;
}

uint64_t dseg_input_size(const dseg_input *input) {
  return input->size;
}

bool dseg_input_is_distant(const dseg_input *input) {
  return input->reader.distant;
}

const char *dseg_input_path(const dseg_input *input) {
  return input->path;
}

static dseg_status read_file(const dseg_input *input, uint64_t offset, uint8_t *to, size_t size, dseg_error *error) {
  size_t got = 0;
  const int number = dseg_os_read_at(input->descriptor, offset, to, size, &got);
  if (number != 0 || got < size) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "cannot be read at byte %" PRIu64 ": %s", offset + got,
                     number == 0 ? "the file has become shorter" : dseg_os_error_text(number));
  }
  return DSEG_OK;
}

/* One call of the caller's function, whose status can be anything. */
static dseg_status ask_reader(const dseg_input *input, uint64_t offset, uint8_t *to, size_t size, size_t *got,
                              dseg_error *error) {
  dseg_error own = {.status = DSEG_OK};
  *got = 0;
  if (input->turn != NULL) {
    dseg_os_lock(&input->turn->mutex);
  }
  const dseg_status status = input->reader.read_at(input->reader.user, offset, to, size, got, &own);
  if (input->turn != NULL) {
    dseg_os_unlock(&input->turn->mutex);
  }
  if (status != DSEG_OK) {
    return dseg_fail(error, status == DSEG_ERROR_MEMORY ? DSEG_ERROR_MEMORY : DSEG_ERROR_INPUT,
                     "cannot be read at byte %" PRIu64 ": %.900s", offset,
                     own.message[0] != '\0' ? own.message : dseg_status_text(status));
  }
  if (*got == 0 || *got > size) {
    return dseg_fail(error, DSEG_ERROR_INPUT,
                     "cannot be read at byte %" PRIu64 ": the reader gave %zu bytes of the %zu asked for", offset, *got,
                     size);
  }
  return DSEG_OK;
}

static dseg_status read_reader(const dseg_input *input, uint64_t offset, uint8_t *to, size_t size, dseg_error *error) {
  while (size > 0) {
    size_t got;
    DSEG_TRY(ask_reader(input, offset, to, size, &got, error));
    to += got;
    size -= got;
    offset += got;
  }
  return DSEG_OK;
}

dseg_status dseg_input_read(const dseg_input *input, uint64_t offset, void *data, size_t size, dseg_error *error) {
  if (offset > input->size || size > input->size - offset) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "ends before byte %" PRIu64 ", has %" PRIu64 " bytes only",
                     offset + size, input->size);
  }
  if (input->memory != NULL) {
    if (size != 0) {
      memcpy(data, input->memory + offset, size);
    }
    return DSEG_OK;
  }
  return input->descriptor >= 0 ? read_file(input, offset, data, size, error)
                                : read_reader(input, offset, data, size, error);
}

dseg_status dseg_input_peek(const dseg_input *input, uint64_t offset, void *data, size_t size, size_t *got,
                            dseg_error *error) {
  const uint64_t left = offset < input->size ? input->size - offset : 0;
  *got = left < size ? (size_t)left : size;
  return *got != 0 ? dseg_input_read(input, offset, data, *got, error) : DSEG_OK;
}

dseg_status dseg_input_view(const dseg_input *input, uint64_t offset, size_t size, dseg_view *view, uint8_t **block,
                            dseg_error *error) {
  *block = NULL;
  *view = (dseg_view){NULL, 0};
  if (input->memory != NULL && offset <= input->size && size <= input->size - offset) {
    *view = (dseg_view){input->memory + offset, size};
    return DSEG_OK;
  }
  uint8_t *bytes = dseg_large_realloc(NULL, size != 0 ? size : 1);
  if (bytes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes", size);
  }
  const dseg_status status = dseg_input_read(input, offset, bytes, size, error);
  if (status != DSEG_OK) {
    free(bytes);
    return status;
  }
  *block = bytes;
  *view = (dseg_view){bytes, size};
  return DSEG_OK;
}

void dseg_input_close(dseg_input *input) {
  if (input == NULL) {
    return;
  }
  if (!input->is_borrowed) {
    if (input->descriptor >= 0) {
      (void)dseg_os_close(input->descriptor);
    }
    if (input->reader.close != NULL) {
      input->reader.close(input->reader.user);
    }
    free(input->turn);
    free(input->owned);
    free(input->path);
  }
  free(input);
}
