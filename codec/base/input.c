/* input.c - random access to the bytes of a file or of memory, safe for several threads. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/input.h"

/* One pread asks for no more than this, since Linux transfers at most 2^31 - 4096 bytes at once. */
#define READ_BYTES ((size_t)1 << 30)

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
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "cannot be opened: %s", strerror(errno));
  }
  const dseg_status status = dseg_input_open_descriptor(descriptor, input, error);
  if (status != DSEG_OK) {
    close(descriptor);
  }
  return status;
}

dseg_status dseg_input_open_descriptor(int descriptor, dseg_input **input, dseg_error *error) {
  struct stat info;
  if (fstat(descriptor, &info) != 0) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "cannot be examined: %s", strerror(errno));
  }
  if (!S_ISREG(info.st_mode)) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "is not a regular file");
  }
  const dseg_input made = {.descriptor = descriptor, .size = (uint64_t)info.st_size};
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
  uint8_t *to = data;
  while (size > 0) {
    const ssize_t got = pread(input->descriptor, to, size < READ_BYTES ? size : READ_BYTES, (off_t)offset);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return dseg_fail(error, DSEG_ERROR_INPUT, "cannot be read at byte %" PRIu64 ": %s", offset,
                       got == 0 ? "the file has become shorter" : strerror(errno));
    }
    to += got;
    size -= (size_t)got;
    offset += (uint64_t)got;
  }
  return DSEG_OK;
}

void dseg_input_close(dseg_input *input) {
  if (input == NULL) {
    return;
  }
  if (input->descriptor >= 0) {
    close(input->descriptor);
  }
  free(input);
}
