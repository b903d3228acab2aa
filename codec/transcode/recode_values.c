/* SPDX-License-Identifier: Apache-2.0 */
/* recode_values.c - values of data elements from one encoding to another, see recode.h. */
#include <inttypes.h>

#include "transcode/recode.h"
#include "transcode/vr.h"

#define FLUSH_BYTES ((size_t)1 << 16)
#define PIECE_BYTES ((size_t)1 << 14) /* of a value; less than a scanner's window */

dseg_status dseg_recoder_flush_when_large(dseg_recoder *recoder, dseg_error *error) {
  return recoder->out.size >= FLUSH_BYTES ? dseg_recoder_flush(recoder, error) : DSEG_OK;
}

dseg_status dseg_recode_value(dseg_recoder *recoder, const dseg_header *header, uint64_t *size, dseg_error *error) {
  dseg_scanner *scanner = recoder->scanner;
  *size += header->length;
  if (recoder->stream == NULL) {
    dseg_scanner_skip(scanner, header->length);
    return DSEG_OK;
  }
  const size_t unit = recoder->from_big_endian ? dseg_vr_unit(header->vr) : 1;
  for (uint32_t left = header->length; left > 0;) {
    const size_t piece = left < PIECE_BYTES ? left : PIECE_BYTES;
    const size_t start = recoder->out.size;
    DSEG_TRY(dseg_scanner_need(scanner, piece, error));
    DSEG_TRY(dseg_buffer_append(&recoder->out, dseg_scanner_here(scanner), piece, error));
    dseg_turn_around(recoder->out.data + start, piece, unit);
    dseg_scanner_skip(scanner, piece);
    left -= (uint32_t)piece;
    DSEG_TRY(dseg_recoder_flush_when_large(recoder, error));
  }
  return DSEG_OK;
}

dseg_status dseg_recode_check_items(const dseg_recoder *recoder, const dseg_header *header, dseg_error *error) {
  const uint64_t begin = dseg_scanner_position(recoder->scanner);
  dseg_scanner scanner;
  dseg_status status = DSEG_OK;
  DSEG_TRY(dseg_scanner_open(&scanner, recoder->input, begin, begin + header->length, PIECE_BYTES, error));
  scanner.implicit_vr = true;
  while (status == DSEG_OK && dseg_scanner_left(&scanner) > 0) {
    dseg_header item;
    uint64_t length = 0;
    status = dseg_scanner_header(&scanner, &item, NULL);
    if (status == DSEG_OK && item.tag == DSEG_TAG_ITEM) {
      status = dseg_scanner_skip_item(&scanner, &item, &length, NULL);
    } else {
      status = DSEG_ERROR_FORMAT;
    }
  }
  dseg_scanner_close(&scanner);
  if (status != DSEG_ERROR_FORMAT && status != DSEG_ERROR_LIMIT) {
    return status == DSEG_OK ? DSEG_OK : dseg_fail(error, status, "bytes from %" PRIu64 " on cannot be read", begin);
  }
  return dseg_fail(error, DSEG_ERROR_FORMAT,
                   "(%04X,%04X) before byte %" PRIu64
                   " has VR %.2s and no items, where PS3.6 has a sequence: implicit VR, which does not say the VR, "
                   "cannot hold it (PS3.5 7.5)",
                   header->tag >> 16, header->tag & 0xFFFFu, begin, header->vr);
}

dseg_status dseg_recode_unknown_items(dseg_recoder *recoder, const dseg_header *header, uint64_t *size,
                                      dseg_error *error) {
  const uint64_t begin = dseg_scanner_position(recoder->scanner);
  uint64_t length = 0;
  DSEG_TRY(dseg_scanner_skip_value(recoder->scanner, header, &length, error));
  const uint64_t end = dseg_scanner_position(recoder->scanner);
  *size += end - begin;
  for (uint64_t at = begin; recoder->stream != NULL && at < end;) {
    const size_t piece = end - at < PIECE_BYTES ? (size_t)(end - at) : PIECE_BYTES;
    const size_t start = recoder->out.size;
    DSEG_TRY(dseg_buffer_resize(&recoder->out, start + piece, error));
    DSEG_TRY(dseg_input_read(recoder->input, at, recoder->out.data + start, piece, error));
    at += piece;
    DSEG_TRY(dseg_recoder_flush_when_large(recoder, error));
  }
  return DSEG_OK;
}
