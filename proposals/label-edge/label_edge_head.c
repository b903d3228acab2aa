/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_head.c - the decoder: a fragment's checksum, and the head of a frame with its grid (bitstream.md, sections
 * 4.1, 4.2 and 5). */
#include <string.h>

#include "label_edge_reader.h"

enum { IN_FRONT = LE_TYPE_BITS + LE_DEPTH_BITS }; /* bits of the head in front of the grid */

label_edge_status label_edge_open_fragment(const le_crc_tables *tables, const uint8_t *bytes, size_t size,
                                           le_coded *coded) {
  const size_t coded_size = size - LE_CHECKSUM;
  bool well = size >= LE_SMALLEST_FRAGMENT && size % 2 == 0;
  if (well) {
    const uint8_t *p = bytes + coded_size;
    well = label_edge_crc(tables, bytes, coded_size) ==
           ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);
  }
  if (!well) {
    /* The first fragment of earlier versions began with a header: these letters and the version. */
    return size >= 3 && bytes[0] == 'L' && bytes[1] == 'E' && bytes[2] < 3 ? LABEL_EDGE_OLD_VERSION
                                                                           : LABEL_EDGE_BAD_CHECKSUM;
  }
  *coded = (le_coded){.bytes = bytes, .size = coded_size, .type = bytes[0] & 3u};
  return LABEL_EDGE_OK;
}

size_t label_edge_head_room(const label_edge_format *format) {
  return ((size_t)IN_FRONT + 1 + 2 * (size_t)LE_RULE_FIELD + format->columns + format->rows) / 8 + 5;
}

/* Whether the bits behind type and k are those of the head before, which say where the head ends, too. */
static bool is_known(const le_coded *coded, const le_known_grid *known) {
  if (!known->bits || coded->size < (known->bits + 7) / 8) {
    return false;
  }
  const size_t last = (known->bits - 1) / 8;
  for (size_t k = 0; k <= last; k++) {
    const unsigned mask =
        (k == 0 ? 0xffu << IN_FRONT & 0xff : 0xff) & (k == last ? 0xffu >> (7 - (known->bits - 1) % 8) : 0xff);
    if ((coded->bytes[k] ^ known->bytes[k]) & mask) {
      return false;
    }
  }
  return true;
}

static bool read_axis(le_bits *b, uint32_t count, uint32_t *starts, uint32_t *distinct) {
  const uint32_t rule = le_get(b, LE_RULE_FIELD);
  if (rule > LE_RULE_BITS) {
    return false;
  }
  *distinct = 0;
  if (rule == LE_RULE_ALL || rule == LE_RULE_BITS) {
    if (rule == LE_RULE_BITS && count > b->end - b->at) {
      return false;
    }
    for (uint32_t k = 0; k < count; k++) {
      starts[*distinct] = k;
      *distinct += rule == LE_RULE_ALL || le_get(b, 1);
    }
    const bool first = *distinct && starts[0] == 0;
    starts[*distinct] = count;
    return first;
  }
  const uint32_t source = le_get(b, le_source_bits(count));
  if (source == 0 || source == UINT32_MAX) {
    return false;
  }
  *distinct = label_edge_rule_starts(rule, source, count, starts);
  return true;
}

static bool read_grid(const label_edge_format *format, le_bits *b, le_grid *grid) {
  const uint32_t has_grid = le_get(b, 1);
  if (has_grid == 1) {
    return read_axis(b, format->columns, grid->column_starts, &grid->width) &&
           read_axis(b, format->rows, grid->row_starts, &grid->height);
  }
  for (uint32_t k = 0; k <= format->columns; k++) {
    grid->column_starts[k] = k;
  }
  for (uint32_t k = 0; k <= format->rows; k++) {
    grid->row_starts[k] = k;
  }
  grid->width = format->columns;
  grid->height = format->rows;
  return has_grid == 0;
}

bool label_edge_read_head(const label_edge_format *format, le_coded *coded, le_known_grid *known, le_grid *grid) {
  coded->label_bits = (coded->bytes[0] >> LE_TYPE_BITS & ((1u << LE_DEPTH_BITS) - 1)) + 1;
  if (coded->label_bits > format->bits) {
    return false;
  }
  if (!is_known(coded, known)) {
    known->bits = 0;
    if (coded->size > SIZE_MAX / 8) {
      return false;
    }
    le_bits b = {.bytes = coded->bytes, .at = IN_FRONT, .end = (uint64_t)coded->size * 8};
    if (!read_grid(format, &b, grid)) {
      return false;
    }
    grid->pixels = grid->width * grid->height;
    memcpy(known->bytes, coded->bytes, (size_t)(b.at + 7) / 8);
    known->bits = (size_t)b.at;
  }
  coded->head_bits = known->bits;
  return true;
}
