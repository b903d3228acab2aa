/* SPDX-License-Identifier: Apache-2.0 */
/* private_sequence.c - a private sequence whose VR is told, or not. */
#include "private_sequence.h"

#include <string.h>

#define KNOWN 0x00620002u /* Segment Sequence: a tag whose VR, SQ, need not be told */

/* The items as those of a sequence of known VR. */
static dseg_status read_items(dseg_view items, dseg_data_set *into) {
  if (items.size >= UINT32_MAX) {
    return DSEG_ERROR_LIMIT;
  }
  const uint8_t header[8] = {KNOWN >> 16 & 0xFFu,
                             KNOWN >> 24,
                             KNOWN & 0xFFu,
                             KNOWN >> 8 & 0xFFu,
                             (uint8_t)items.size,
                             (uint8_t)(items.size >> 8),
                             (uint8_t)(items.size >> 16),
                             (uint8_t)(items.size >> 24)};
  dseg_buffer bytes = {0};
  dseg_status status = dseg_buffer_append(&bytes, header, sizeof header, NULL);
  if (status == DSEG_OK) {
    status = dseg_buffer_append(&bytes, items.data, items.size, NULL);
  }
  if (status == DSEG_OK) {
    status = dseg_data_set_read(into, (dseg_view){bytes.data, bytes.size}, DSEG_IMPLICIT_VR, NULL);
  }
  dseg_buffer_free(&bytes);
  return status;
}

dseg_status dseg_open_private_sequence(dseg_data_set *set, uint32_t tag, dseg_private_sequence *sequence) {
  dseg_view bytes;
  char vr[3] = "";
  uint32_t next = tag - 1;
  *sequence = (dseg_private_sequence){.set = set, .tag = tag};
  if (!dseg_data_set_next(set, &next, vr) || next != tag) {
    return DSEG_ERROR_FORMAT;
  }
  if (strcmp(vr, "SQ") == 0) {
    return DSEG_OK;
  }
  if (strcmp(vr, "UN") != 0 || !dseg_data_set_get_bytes(set, tag, &bytes)) {
    return DSEG_ERROR_FORMAT;
  }
  DSEG_TRY(dseg_data_set_create(&sequence->own, NULL));
  sequence->set = sequence->own;
  sequence->tag = KNOWN;
  return read_items(bytes, sequence->own);
}

void dseg_close_private_sequence(dseg_private_sequence *sequence) {
  dseg_data_set_destroy(sequence->own);
  sequence->own = NULL;
}
