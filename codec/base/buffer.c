/* SPDX-License-Identifier: Apache-2.0 */
/* buffer.c - a byte buffer that grows. */
#include "dseg/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

dseg_status dseg_buffer_reserve(dseg_buffer *buffer, size_t extra, dseg_error *error) {
  dseg_error_clear(error);
  size_t needed;
  if (!dseg_add_size(buffer->size, extra, &needed)) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "a buffer would exceed the address space");
  }
  if (needed <= buffer->capacity) {
    return DSEG_OK;
  }
  size_t capacity = buffer->capacity + buffer->capacity / 2;
  if (capacity < needed) {
    capacity = needed;
  }
  uint8_t *data = realloc(buffer->data, capacity);
  if (data == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes", capacity);
  }
  buffer->data = data;
  buffer->capacity = capacity;
  return DSEG_OK;
}

dseg_status dseg_buffer_resize(dseg_buffer *buffer, size_t size, dseg_error *error) {
  dseg_error_clear(error);
  if (size > buffer->size) {
    DSEG_TRY(dseg_buffer_reserve(buffer, size - buffer->size, error));
  }
  buffer->size = size;
  return DSEG_OK;
}

dseg_status dseg_buffer_append(dseg_buffer *buffer, const void *data, size_t size, dseg_error *error) {
  dseg_error_clear(error);
  DSEG_TRY(dseg_buffer_reserve(buffer, size, error));
  if (size != 0) {
    memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
  }
  return DSEG_OK;
}

dseg_status dseg_buffer_printf(dseg_buffer *buffer, dseg_error *error, const char *format, ...) {
  dseg_error_clear(error);
  va_list arguments;
  va_list again;
  va_start(arguments, format);
  va_copy(again, arguments);
  const int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  dseg_status status = DSEG_OK;
  if (length < 0) {
    status = dseg_fail(error, DSEG_ERROR_ARGUMENT, "text cannot be formatted");
  } else {
    status = dseg_buffer_reserve(buffer, (size_t)length + 1, error);
  }
  if (status == DSEG_OK) {
    (void)vsnprintf((char *)buffer->data + buffer->size, (size_t)length + 1, format, again);
    buffer->size += (size_t)length;
  }
  va_end(again);
  return status;
}

void dseg_buffer_free(dseg_buffer *buffer) {
  free(buffer->data);
  *buffer = (dseg_buffer){0};
}
