/* input.h - random access to bytes that do not change: a file or memory. Safe for several threads. */
#ifndef DSEG_BASE_INPUT_H
#define DSEG_BASE_INPUT_H

#include <stdint.h>

#include "dseg/buffer.h"

typedef struct dseg_input dseg_input;
dseg_status dseg_input_open_file(const char *path, dseg_input **input, dseg_error *error);
dseg_status dseg_input_open_memory(dseg_view bytes, dseg_input **input, dseg_error *error);
/* An open file; the descriptor is the input's on success. */
dseg_status dseg_input_open_descriptor(int descriptor, dseg_input **input, dseg_error *error);
/* All bytes where they are in memory already, NULL for a file. */
const uint8_t *dseg_input_memory(const dseg_input *input);
uint64_t dseg_input_size(const dseg_input *input);
/* Reads exactly size bytes; DSEG_ERROR_FORMAT when they are not all there. */
dseg_status dseg_input_read(const dseg_input *input, uint64_t offset, void *data, size_t size, dseg_error *error);
void dseg_input_close(dseg_input *input);

#endif
