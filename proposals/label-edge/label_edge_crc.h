/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_crc.h - the checksum of a fragment (bitstream.md, section 4.1): CRC-32C. */
#ifndef LABEL_EDGE_CRC_H
#define LABEL_EDGE_CRC_H

#include <stddef.h>
#include <stdint.h>

/* For eight bytes at a time. */
typedef struct le_crc_tables {
  uint32_t of[8][256];
} le_crc_tables;
void label_edge_make_crc_tables(le_crc_tables *tables);

/* By the processor's instruction where it has one, else by tables: the same value. */
uint32_t label_edge_crc(const le_crc_tables *tables, const uint8_t *bytes, size_t size);
uint32_t label_edge_crc_by_tables(const le_crc_tables *tables, const uint8_t *bytes, size_t size);

#endif
