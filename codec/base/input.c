/* input.c - random access to the bytes of a file or of memory, safe for several threads. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "base/os/files.h"
#include "base/os/system.h"

struct dseg_input {
  const uint8_t *memory; /* NULL for a file */
  int descriptor;        /* -1 for memory */
  uint64_t size;
};

static dseg_status create(const dseg_input *from, dseg_input **input, dseg_error *error) {
  dseg_input *made = malloc(sizeof *made);
  if (made == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for an input");
  }
  *made = *from;
  *input = made;
  return DSEG_OK;
}

dseg_status dseg_input_open_file(const char *path, dseg_input **input, dseg_error *error) {
  int descriptor = -1;
  const int number = dseg_os_open_read(path, &descriptor);
  if (number != 0) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "cannot be opened: %s", dseg_os_error_text(number));
  }
  const dseg_status status = dseg_input_open_descriptor(descriptor, input, error);
  if (status != DSEG_OK) {
    (void)dseg_os_close(descriptor);
  }
  return status;
}

dseg_status dseg_input_open_descriptor(int descriptor, dseg_input **input, dseg_error *error) {
  dseg_os_facts facts;
  const int number = dseg_os_facts_of(descriptor, &facts);
  if (number != 0) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "cannot be examined: %s", dseg_os_error_text(number));
  }
  if (facts.kind != DSEG_OS_REGULAR) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "is not a regular file");
  }
  const dseg_input made = {.descriptor = descriptor, .size = facts.size};
  return create(&made, input, error);
}

dseg_status dseg_input_open_memory(dseg_view bytes, dseg_input **input, dseg_error *error) {
  static const uint8_t nothing;
  const uint8_t *memory = bytes.data != NULL ? bytes.data : &nothing;
  const dseg_input made = {.memory = memory, .descriptor = -1, .size = bytes.data != NULL ? bytes.size : 0};
  return create(&made, input, error);
}

const uint8_t *dseg_input_memory(const dseg_input *input) {
  return input->memory;
}

uint64_t dseg_input_size(const dseg_input *input) {
  return input->size;
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
  size_t got = 0;
  const int number = dseg_os_read_at(input->descriptor, offset, data, size, &got);
  if (number != 0 || got < size) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "cannot be read at byte %" PRIu64 ": %s", offset + got,
                     number == 0 ? "the file has become shorter" : dseg_os_error_text(number));
  }
  return DSEG_OK;
}

void dseg_input_close(dseg_input *input) {
  if (input == NULL) {
    return;
  }
  if (input->descriptor >= 0) {
    (void)dseg_os_close(input->descriptor);
  }
  free(input);
}
