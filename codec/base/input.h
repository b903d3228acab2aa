/* SPDX-License-Identifier: Apache-2.0 */
/* input.h - what the library does with an input (dseg/io.h). Safe for several threads. */
#ifndef DSEG_BASE_INPUT_H
#define DSEG_BASE_INPUT_H

#include "dseg/io.h"

/* All bytes where they are in memory already, otherwise NULL. */
const uint8_t *dseg_input_memory(const dseg_input *input);
uint64_t dseg_input_size(const dseg_input *input);
/* Whether it is better to read few places (dseg_reader). */
bool dseg_input_is_distant(const dseg_input *input);
/* The name of the file, NULL where there is none: other files are beside it. */
const char *dseg_input_path(const dseg_input *input);

/* Another input that reads through an open one, which outlives it. */
dseg_status dseg_input_borrow(const dseg_input *input, dseg_input **borrowed, dseg_error *error);

/* Reads exactly size bytes; DSEG_ERROR_FORMAT when they are not all there. A failure to read is DSEG_ERROR_INPUT, or
 * DSEG_ERROR_MEMORY, and nothing else. */
dseg_status dseg_input_read(const dseg_input *input, uint64_t offset, void *data, size_t size, dseg_error *error);
/* Reads size bytes, fewer only at the end of the input. */
dseg_status dseg_input_peek(const dseg_input *input, uint64_t offset, void *data, size_t size, size_t *got,
                            dseg_error *error);
/* The bytes from offset on, size of them, which must be there: where they are in memory, or in a block that is read
 * into *block, which the caller frees. */
dseg_status dseg_input_view(const dseg_input *input, uint64_t offset, size_t size, dseg_view *view, uint8_t **block,
                            dseg_error *error);

#endif
