/* SPDX-License-Identifier: Apache-2.0 */
/* metadata_document.c - loads a JSON document (RFC 8259) of limited size; jansson limits its depth. */
#include <stdlib.h>
#include <string.h>

#include "formats/metadata.h"

dseg_status dseg_json_load(const dseg_json_reader *reader, json_t **root) {
  static const uint8_t mark[3] = {0xEF, 0xBB, 0xBF};
  const uint64_t size = dseg_input_size(reader->input);
  dseg_view bytes;
  uint8_t *block = NULL;
  if (size > DSEG_METADATA_BYTES) {
    return dseg_fail(reader->error, DSEG_ERROR_LIMIT, "%s: metadata JSON past 64 MiB is not read", reader->path);
  }
  dseg_status status = dseg_input_view(reader->input, 0, (size_t)size, &bytes, &block, reader->error);
  if (status != DSEG_OK) {
    dseg_error_prefix(reader->error, reader->path);
    return status;
  }
  const size_t skip = bytes.size >= 3 && memcmp(bytes.data, mark, 3) == 0 ? 3 : 0;
  json_error_t fault;
  *root = json_loadb((const char *)bytes.data + skip, bytes.size - skip, JSON_REJECT_DUPLICATES, &fault);
  if (*root == NULL) {
    status = dseg_json_fail(reader, NULL, "line %d, column %d: %s (RFC 8259)", fault.line, fault.column, fault.text);
  }
  free(block);
  return status;
}
