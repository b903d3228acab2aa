/* SPDX-License-Identifier: Apache-2.0 */
/* frame_spool.h - frames on their way to Pixel Data: collected in an unnamed temporary file, or in memory, while their
 * number, and with it the header in front of them, is not known. */
#ifndef DSEG_SEG_WRITE_FRAME_SPOOL_H
#define DSEG_SEG_WRITE_FRAME_SPOOL_H

#include <stdbool.h>

#include "dseg/io.h"

/* Bits that follow each other without a gap (PS3.5 8.1.1); the first in the least significant bit. */
typedef struct dseg_bit_queue {
  dseg_buffer bytes;
  unsigned open_bits; /* bits in use of the last byte; 0: all of them */
} dseg_bit_queue;

/* bits: (count + 7) / 8 bytes. */
dseg_status dseg_bit_queue_append(dseg_bit_queue *queue, const uint8_t *bits, size_t count, dseg_error *error);
/* Forgets the first size bytes, all of which must be full. */
void dseg_bit_queue_drop(dseg_bit_queue *queue, size_t size);

typedef struct dseg_frame_spool {
  bool is_memory;
  int descriptor;       /* of the file */
  dseg_buffer memory;   /* or its bytes */
  uint64_t written;     /* bytes in the file or in memory */
  dseg_bit_queue queue; /* what follows them */
} dseg_frame_spool;

/* Of an output to a path, the file is in its directory; to a buffer, frames are in memory; to a function, the file is
 * in the directory of temporary files (NULL: the system's). DSEG_ERROR_OUTPUT. */
dseg_status dseg_frame_spool_create(dseg_frame_spool *spool, const dseg_output *output, const char *temporary_directory,
                                    dseg_error *error);
/* Appends whole bytes (only when no byte is open), or bits; *offset: where they start, in bytes or bits. */
dseg_status dseg_frame_spool_bytes(dseg_frame_spool *spool, const void *data, size_t size, uint64_t *offset,
                                   dseg_error *error);
dseg_status dseg_frame_spool_bits(dseg_frame_spool *spool, const uint8_t *bits, size_t count, uint64_t *offset,
                                  dseg_error *error);
/* All that was appended is in the file afterwards, and can be read. Nothing may be appended after it. */
dseg_status dseg_frame_spool_complete(dseg_frame_spool *spool, dseg_error *error);
dseg_status dseg_frame_spool_read(const dseg_frame_spool *spool, uint64_t offset, void *data, size_t size,
                                  dseg_error *error);
void dseg_frame_spool_destroy(dseg_frame_spool *spool);

#endif
