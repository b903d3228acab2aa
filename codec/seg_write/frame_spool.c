/* SPDX-License-Identifier: Apache-2.0 */
/* frame_spool.c - frames, bytes or bits without a gap, in an unnamed temporary file or in memory. */
#include "seg_write/frame_spool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/os/files.h"
#include "base/os/system.h"
#include "base/path.h"
#include "model/bit_planes.h"

#define PIECE_BYTES ((size_t)1 << 19) /* fewer and larger writes */

dseg_status dseg_bit_queue_append(dseg_bit_queue *queue, const uint8_t *bits, size_t count, dseg_error *error) {
  const size_t position = queue->bytes.size * 8 - (queue->open_bits == 0 ? 0 : 8 - queue->open_bits);
  const size_t size = (position + count + 7) / 8;
  const size_t before = queue->bytes.size;
  DSEG_TRY(dseg_buffer_resize(&queue->bytes, size, error));
  if (position % 8 == 0) {
    memcpy(queue->bytes.data + position / 8, bits, (count + 7) / 8);
  } else {
    memset(queue->bytes.data + before, 0, size - before);
    dseg_bits_append(bits, count, queue->bytes.data, position);
  }
  queue->open_bits = (unsigned)((position + count) % 8);
  return DSEG_OK;
}

void dseg_bit_queue_drop(dseg_bit_queue *queue, size_t size) {
  queue->bytes.size -= size;
  if (size > 0 && queue->bytes.size > 0) {
    memmove(queue->bytes.data, queue->bytes.data + size, queue->bytes.size);
  }
}

/* Appends to the file or to memory. */
static dseg_status put(dseg_frame_spool *spool, const uint8_t *data, size_t size, dseg_error *error) {
  spool->written += size;
  if (spool->is_memory) {
    return dseg_buffer_append(&spool->memory, data, size, error);
  }
  const int number = dseg_os_write(spool->descriptor, data, size);
  return number == 0 ? DSEG_OK : dseg_fail(error, DSEG_ERROR_OUTPUT, "temporary file: %s", dseg_os_error_text(number));
}

static dseg_status fail_create(const char *where, int number, dseg_error *error) {
  return dseg_fail(error, number == ENOMEM ? DSEG_ERROR_MEMORY : DSEG_ERROR_OUTPUT,
                   "cannot create a temporary file %s: %s", where, dseg_os_error_text(number));
}

dseg_status dseg_frame_spool_create(dseg_frame_spool *spool, const dseg_output *output, const char *temporary_directory,
                                    dseg_error *error) {
  *spool = (dseg_frame_spool){.descriptor = -1, .is_memory = output->buffer != NULL};
  if (spool->is_memory) {
    return DSEG_OK;
  }
  if (output->path == NULL) {
    const int number = dseg_os_create_unnamed(temporary_directory, &spool->descriptor);
    return number == 0 ? DSEG_OK
                       : fail_create("(the option temporary_directory, or TMPDIR, names its directory)", number, error);
  }
  const size_t length = dseg_path_directory(output->path);
  char *directory = malloc(length + 1);
  if (directory == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
  }
  memcpy(directory, output->path, length);
  directory[length] = '\0';
  const int number = dseg_os_create_unnamed(directory, &spool->descriptor);
  const dseg_status status =
      number == 0 ? DSEG_OK : fail_create(length > 0 ? directory : "in the working directory", number, error);
  free(directory);
  return status;
}

/* Writes the queue's full bytes. */
static dseg_status flush_full_bytes(dseg_frame_spool *spool, dseg_error *error) {
  const size_t full = spool->queue.bytes.size - (spool->queue.open_bits == 0 ? 0 : 1);
  DSEG_TRY(put(spool, spool->queue.bytes.data, full, error));
  dseg_bit_queue_drop(&spool->queue, full);
  return DSEG_OK;
}

static dseg_status flush_when_large(dseg_frame_spool *spool, dseg_error *error) {
  return spool->queue.bytes.size >= PIECE_BYTES ? flush_full_bytes(spool, error) : DSEG_OK;
}

dseg_status dseg_frame_spool_bytes(dseg_frame_spool *spool, const void *data, size_t size, uint64_t *offset,
                                   dseg_error *error) {
  *offset = spool->written + spool->queue.bytes.size;
  if (size >= PIECE_BYTES) { /* no copy of what is large enough by itself */
    DSEG_TRY(flush_full_bytes(spool, error));
    return put(spool, data, size, error);
  }
  DSEG_TRY(dseg_buffer_append(&spool->queue.bytes, data, size, error));
  return flush_when_large(spool, error);
}

dseg_status dseg_frame_spool_bits(dseg_frame_spool *spool, const uint8_t *bits, size_t count, uint64_t *offset,
                                  dseg_error *error) {
  const unsigned unused = spool->queue.open_bits == 0 ? 0 : 8 - spool->queue.open_bits;
  *offset = (spool->written + spool->queue.bytes.size) * 8 - unused;
  DSEG_TRY(dseg_bit_queue_append(&spool->queue, bits, count, error));
  return flush_when_large(spool, error);
}

dseg_status dseg_frame_spool_complete(dseg_frame_spool *spool, dseg_error *error) {
  spool->queue.open_bits = 0; /* the rest of the last byte is zero */
  return flush_full_bytes(spool, error);
}

dseg_status dseg_frame_spool_read(const dseg_frame_spool *spool, uint64_t offset, void *data, size_t size,
                                  dseg_error *error) {
  if (spool->is_memory) {
    if (size > 0) {
      memcpy(data, spool->memory.data + offset, size);
    }
    return DSEG_OK;
  }
  size_t got = 0;
  const int number = dseg_os_read_at(spool->descriptor, offset, data, size, &got);
  if (number != 0 || got < size) {
    return dseg_fail(error, DSEG_ERROR_OUTPUT, "temporary file: %s",
                     number == 0 ? "too short" : dseg_os_error_text(number));
  }
  return DSEG_OK;
}

void dseg_frame_spool_destroy(dseg_frame_spool *spool) {
  if (spool->descriptor >= 0) {
    (void)dseg_os_close(spool->descriptor);
  }
  dseg_buffer_free(&spool->queue.bytes);
  dseg_buffer_free(&spool->memory);
  *spool = (dseg_frame_spool){.descriptor = -1};
}
