/* SPDX-License-Identifier: Apache-2.0 */
/* metadata_document.c - loads a JSON document (RFC 8259) of limited size; jansson limits its depth. */
#include <stdlib.h>
#include <string.h>

#include "formats/metadata.h"

/* jansson calls some failed allocations faults of syntax. A document is wrong when memory is there and it is refused a
 * second time. */
dseg_status dseg_json_parse(dseg_view text, json_t **root, json_error_t *fault) {
  for (int attempt = 0; attempt < 2; attempt++) {
    *root = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES, fault);
    if (*root != NULL) {
      return DSEG_OK;
    }
    void *probe = malloc(text.size + 1);
    const bool is_short = probe == NULL || json_error_code(fault) == json_error_out_of_memory;
    free(probe);
    if (is_short) {
      return DSEG_ERROR_MEMORY;
    }
  }
  return DSEG_ERROR_FORMAT;
}

static dseg_status parse(const dseg_json_reader *reader, dseg_view text, json_t **root) {
  json_error_t fault;
  switch (dseg_json_parse(text, root, &fault)) {
    case DSEG_OK: return DSEG_OK;
    case DSEG_ERROR_MEMORY:
      return dseg_fail(reader->error, DSEG_ERROR_MEMORY, "%s: out of memory for metadata", reader->path);
    default:
      return dseg_json_fail(reader, NULL, "line %d, column %d: %s (RFC 8259)", fault.line, fault.column, fault.text);
  }
}

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
  status = parse(reader, (dseg_view){bytes.data + skip, bytes.size - skip}, root);
  free(block);
  return status;
}
