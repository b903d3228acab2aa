/* SPDX-License-Identifier: Apache-2.0 */
/* buffer.h - views of bytes that belong to someone else, and a buffer that grows.
 *
 *     dseg_buffer buffer = {0};                                   // empty; nothing is allocated
 *     dseg_status status = dseg_buffer_append(&buffer, bytes, size, &error);
 *     if (status == DSEG_OK) {
 *       use((dseg_view){buffer.data, buffer.size});               // valid until the buffer changes
 *     }
 *     dseg_buffer_free(&buffer);                                  // and is empty again
 *
 * A buffer serves one thread at a time. */
#ifndef DSEG_BUFFER_H
#define DSEG_BUFFER_H

#include <stddef.h>
#include <stdint.h>

#include "dseg/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Borrowed bytes to read. data may be NULL when size is 0. */
typedef struct dseg_view {
  const uint8_t *data;
  size_t size;
} dseg_view;

/* Borrowed bytes to write, of exactly size bytes. */
typedef struct dseg_span {
  uint8_t *data;
  size_t size;
} dseg_span;

/* Owned bytes that grow. Start with {0}; dseg_buffer_free makes it {0} again. */
typedef struct dseg_buffer {
  uint8_t *data;
  size_t size;     /* bytes in use */
  size_t capacity; /* bytes allocated */
} dseg_buffer;

/* Makes room for extra more bytes behind size. On failure the buffer is as before. */
DSEG_API dseg_status dseg_buffer_reserve(dseg_buffer *buffer, size_t extra, dseg_error *error);

/* Sets size; new bytes are not initialised. */
DSEG_API dseg_status dseg_buffer_resize(dseg_buffer *buffer, size_t size, dseg_error *error);

DSEG_API dseg_status dseg_buffer_append(dseg_buffer *buffer, const void *data, size_t size, dseg_error *error);

/* Appends formatted text without its terminating NUL. */
DSEG_API dseg_status dseg_buffer_printf(dseg_buffer *buffer, dseg_error *error, const char *format, ...)
    DSEG_PRINTF(3, 4);

DSEG_API void dseg_buffer_free(dseg_buffer *buffer);

#ifdef __cplusplus
}
#endif
#endif
