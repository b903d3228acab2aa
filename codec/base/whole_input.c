/* SPDX-License-Identifier: Apache-2.0 */
/* whole_input.c - reads what cannot be read at places: pipes and sockets. */
#include "base/whole_input.h"

#include <errno.h>
#include <stdlib.h>

#include "base/large_block.h"
#include "base/memory_limit.h"
#include "base/os/files.h"
#include "base/os/system.h"

#define FIRST_ROOM ((size_t)1 << 16)

/* Reads once; *got 0 at the end. A pipe that is open for writing and has nothing yet is waited for. */
static dseg_status read_some(int descriptor, uint8_t *to, size_t size, size_t *got, dseg_error *error) {
  int number = dseg_os_read(descriptor, to, size, got);
  if (number == EAGAIN) {
    number = dseg_os_set_blocking(descriptor);
    if (number == 0) {
      number = dseg_os_read(descriptor, to, size, got);
    }
  }
  return number == 0 ? DSEG_OK : dseg_fail(error, DSEG_ERROR_INPUT, "cannot be read: %s", dseg_os_error_text(number));
}

/* Makes the block larger; one byte of room more than limit shows that there is more than that. */
static dseg_status grow(uint8_t **block, size_t *room, uint64_t limit, dseg_error *error) {
  const uint64_t most = limit < SIZE_MAX - 1 ? limit + 1 : SIZE_MAX - 1;
  uint64_t larger = *room == 0 ? FIRST_ROOM : (uint64_t)*room * 2;
  larger = larger < most ? larger : most;
  uint8_t *grown = dseg_large_realloc(*block, (size_t)larger);
  if (grown == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes", (size_t)larger);
  }
  *block = grown;
  *room = (size_t)larger;
  return DSEG_OK;
}

static dseg_status read_all(int descriptor, bool needs_writer, uint64_t limit, uint8_t **block, size_t *size,
                            dseg_error *error) {
  size_t room = 0;
  for (;;) {
    if (*size == room) {
      DSEG_TRY(grow(block, &room, limit, error));
    }
    size_t got = 0;
    DSEG_TRY(read_some(descriptor, *block + *size, room - *size, &got, error));
    if (got == 0 && *size == 0 && needs_writer) {
      return dseg_fail(error, DSEG_ERROR_INPUT, "is a pipe that no process writes to");
    }
    if (got == 0) {
      return DSEG_OK;
    }
    *size += got;
    if (*size > limit) {
      return dseg_fail(error, DSEG_ERROR_LIMIT,
                       "is a pipe, which is read whole, and holds more than the memory limit of %llu bytes",
                       (unsigned long long)limit);
    }
  }
}

dseg_status dseg_read_whole(int descriptor, bool needs_writer, uint64_t limit, uint8_t **block, size_t *size,
                            dseg_error *error) {
  *block = NULL;
  *size = 0;
  const dseg_status status = read_all(descriptor, needs_writer, dseg_memory_limit(limit), block, size, error);
  if (status != DSEG_OK) {
    free(*block);
    *block = NULL;
  }
  return status;
}
