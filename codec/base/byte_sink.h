/* SPDX-License-Identifier: Apache-2.0 */
/* byte_sink.h - where a producer of bytes puts them. */
#ifndef DSEG_BASE_BYTE_SINK_H
#define DSEG_BASE_BYTE_SINK_H

#include "dseg/buffer.h"

/* Takes bytes one after the other. */
typedef struct dseg_byte_sink {
  dseg_status (*write)(void *user, const void *data, size_t size, dseg_error *error);
  void *user;
} dseg_byte_sink;

dseg_byte_sink dseg_buffer_sink(dseg_buffer *buffer);

#endif
