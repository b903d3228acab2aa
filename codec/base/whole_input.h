/* SPDX-License-Identifier: Apache-2.0 */
/* whole_input.h - reads what cannot be read at places: pipes and sockets. */
#ifndef DSEG_BASE_WHOLE_INPUT_H
#define DSEG_BASE_WHOLE_INPUT_H

#include <stdbool.h>

#include "dseg/buffer.h"

/* Reads up to the end, into a malloc'd block of at most limit bytes (0: 4 GiB). needs_writer: DSEG_ERROR_INPUT when no
 * process has the pipe open for writing, which must not block then; otherwise the end is waited for. */
dseg_status dseg_read_whole(int descriptor, bool needs_writer, uint64_t limit, uint8_t **block, size_t *size,
                            dseg_error *error);

#endif
