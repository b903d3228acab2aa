/* SPDX-License-Identifier: Apache-2.0 */
/* files_wasm.c - open files in WebAssembly, see files.h: JavaScript keeps them.
 *
 * Where a descriptor's position is stands here. JavaScript gives the lowest number that is free, and its inputs have
 * numbers, too: a series of images has hundreds. */
#include "base/os/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/os/host_wasm.h"

enum { MORE = 64 }; /* places that are made at once */
#define LARGEST_TRANSFER ((size_t)1 << 30)

static uint64_t *positions; /* by descriptor; kept as long as the module */
static int position_count;

/* Makes a place for the position of a descriptor. */
static bool hold(int descriptor) {
  if (descriptor < position_count) {
    return true;
  }
  uint64_t *larger = realloc(positions, ((size_t)descriptor + MORE) * sizeof *positions);
  if (larger == NULL) {
    return false;
  }
  positions = larger;
  position_count = descriptor + MORE;
  return true;
}

static int opened(int made, int failure, int *descriptor) {
  *descriptor = -1;
  if (made < 0) {
    return failure;
  }
  if (!hold(made)) {
    dseg_host_close(made);
    return ENOMEM;
  }
  positions[made] = 0;
  *descriptor = made;
  return 0;
}

int dseg_os_facts_of(int descriptor, dseg_os_facts *facts) {
  *facts = (dseg_os_facts){.kind = DSEG_OS_REGULAR, .size = (uint64_t)dseg_host_size(descriptor)};
  return 0;
}

int dseg_os_facts_of_path(const char *path, dseg_os_facts *facts) {
  int descriptor;
  const int number = dseg_os_open_read(path, &descriptor);
  if (number == 0) {
    (void)dseg_os_facts_of(descriptor, facts);
    dseg_host_close(descriptor);
  }
  return number;
}

int dseg_os_facts_of_name(const char *path, dseg_os_facts *facts) {
  return dseg_os_facts_of_path(path, facts);
}

int dseg_os_open_read(const char *path, int *descriptor) {
  return opened(dseg_host_open(path, strlen(path)), ENOENT, descriptor);
}

int dseg_os_duplicate(int descriptor, int *duplicate) {
  (void)descriptor;
  *duplicate = -1;
  return ENOTSUP;
}

int dseg_os_set_blocking(int descriptor) {
  (void)descriptor;
  return 0;
}

int dseg_os_create(const char *path, int *descriptor) {
  (void)path;
  *descriptor = -1;
  return ENOTSUP;
}

int dseg_os_create_unnamed(const char *directory, int *descriptor) {
  (void)directory;
  return opened(dseg_host_create(), ENOMEM, descriptor);
}

int dseg_os_close(int descriptor) {
  dseg_host_close(descriptor);
  return 0;
}

int dseg_os_read_at(int descriptor, uint64_t offset, void *data, size_t size, size_t *got) {
  uint8_t *bytes = data;
  *got = 0;
  while (*got < size) {
    const size_t left = size - *got;
    const int count = dseg_host_read(descriptor, (double)(offset + *got), bytes + *got,
                                     left < LARGEST_TRANSFER ? left : LARGEST_TRANSFER);
    if (count < 0) {
      return EIO;
    }
    if (count == 0) {
      break;
    }
    *got += (size_t)count;
  }
  return 0;
}

int dseg_os_read(int descriptor, void *data, size_t size, size_t *got) {
  const int number = dseg_os_read_at(descriptor, positions[descriptor], data, size, got);
  positions[descriptor] += *got;
  return number;
}

int dseg_os_write(int descriptor, const void *data, size_t size) {
  const int number = dseg_os_write_at(descriptor, positions[descriptor], data, size);
  positions[descriptor] += number == 0 ? size : 0;
  return number;
}

int dseg_os_write_at(int descriptor, uint64_t offset, const void *data, size_t size) {
  return dseg_host_write(descriptor, (double)offset, data, size) == 0 ? 0 : ENOMEM;
}

int dseg_os_skip(int descriptor, uint64_t size) {
  positions[descriptor] += size;
  return 0;
}

uint64_t dseg_os_copy(int to, int from, uint64_t offset, uint64_t size) {
  (void)to, (void)from, (void)offset, (void)size;
  return 0;
}

int dseg_os_sync(int descriptor) {
  (void)descriptor;
  return 0;
}
