/* SPDX-License-Identifier: Apache-2.0 */
/* byte_sink.c - a buffer where a producer of bytes puts them. */
#include "base/byte_sink.h"

static dseg_status write_to_buffer(void *user, const void *data, size_t size, dseg_error *error) {
  return dseg_buffer_append(user, data, size, error);
}

dseg_byte_sink dseg_buffer_sink(dseg_buffer *buffer) {
  return (dseg_byte_sink){write_to_buffer, buffer};
}
