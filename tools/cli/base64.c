/* SPDX-License-Identifier: Apache-2.0 */
/* base64.c - bytes as text: see base64.h. */
#include "cli/base64.h"

#include <stdbool.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

dseg_status cli_add_base64(dseg_buffer *out, dseg_view bytes, dseg_error *error) {
  DSEG_TRY(dseg_buffer_reserve(out, (bytes.size / 3 + 1) * 4, error));
  for (size_t at = 0; at < bytes.size; at += 3) {
    const size_t left = bytes.size - at < 3 ? bytes.size - at : 3;
    uint32_t group = (uint32_t)bytes.data[at] << 16;
    group |= left > 1 ? (uint32_t)bytes.data[at + 1] << 8 : 0;
    group |= left > 2 ? bytes.data[at + 2] : 0;
    for (size_t i = 0; i < 4; i++) {
      out->data[out->size++] = (uint8_t)(i <= left ? alphabet[group >> (18 - 6 * i) & 0x3F] : '=');
    }
  }
  return DSEG_OK;
}

dseg_status cli_read_base64(const char *text, dseg_buffer *out, dseg_error *error) {
  const size_t size = strlen(text);
  const size_t before = out->size;
  const size_t padding = size < 4 ? 0 : (size_t)(text[size - 1] == '=') + (size_t)(text[size - 2] == '=');
  bool good = size % 4 == 0;
  DSEG_TRY(dseg_buffer_reserve(out, size / 4 * 3, error));
  for (size_t at = 0; good && at < size; at += 4) {
    uint32_t group = 0;
    for (size_t i = 0; i < 4; i++) {
      const char *letter = at + i < size - padding ? strchr(alphabet, text[at + i]) : alphabet;
      good = good && letter != NULL;
      group = group << 6 | (good ? (uint32_t)(letter - alphabet) : 0);
    }
    for (size_t i = 0; good && i < 3 && at + i + 1 < size - padding; i++) {
      out->data[out->size++] = (uint8_t)(group >> (16 - 8 * i));
    }
  }
  if (!good) {
    out->size = before;
    return dseg_fail(error, DSEG_ERROR_FORMAT, "is no Base64 (RFC 4648)");
  }
  return DSEG_OK;
}
