/* metadata_document.c - loads a JSON document (RFC 8259) of limited size; jansson limits its depth. */
#include <stdio.h>
#include <string.h>

#include "formats/metadata.h"

#define MAX_FILE_BYTES ((size_t)64 << 20)

static dseg_status load_bytes(const char *path, dseg_buffer *bytes, dseg_error *error) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "%s: cannot be opened", path);
  }
  dseg_status status = DSEG_OK;
  size_t got = 1;
  while (status == DSEG_OK && got > 0 && bytes->size <= MAX_FILE_BYTES) {
    status = dseg_buffer_reserve(bytes, 65536, error);
    if (status == DSEG_OK) {
      got = fread(bytes->data + bytes->size, 1, 65536, file);
      bytes->size += got;
    }
  }
  if (status == DSEG_OK && ferror(file)) {
    status = dseg_fail(error, DSEG_ERROR_INPUT, "%s: cannot be read", path);
  }
  if (status == DSEG_OK && bytes->size > MAX_FILE_BYTES) {
    status = dseg_fail(error, DSEG_ERROR_LIMIT, "%s: metadata JSON past 64 MiB is not read", path);
  }
  fclose(file);
  return status;
}

dseg_status dseg_json_load(const dseg_json_reader *reader, json_t **root) {
  dseg_buffer bytes = {0};
  dseg_status status = load_bytes(reader->path, &bytes, reader->error);
  if (status == DSEG_OK) {
    static const uint8_t mark[3] = {0xEF, 0xBB, 0xBF};
    const size_t skip = bytes.size >= 3 && memcmp(bytes.data, mark, 3) == 0 ? 3 : 0;
    json_error_t fault;
    *root = json_loadb((const char *)bytes.data + skip, bytes.size - skip, JSON_REJECT_DUPLICATES, &fault);
    if (*root == NULL) {
      status = dseg_json_fail(reader, NULL, "line %d, column %d: %s (RFC 8259)", fault.line, fault.column, fault.text);
    }
  }
  dseg_buffer_free(&bytes);
  return status;
}
