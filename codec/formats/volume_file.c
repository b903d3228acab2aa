/* volume_file.c - files of research formats: bytes at a place, and the voxels that lie in them. */
#include "formats/volume_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/inflate.h"
#include "base/large_block.h"
#include "base/os/files.h"
#include "base/os/system.h"
#include "formats/text.h"

dseg_status dseg_volume_file_open(const char *path, dseg_volume_file *file, dseg_error *error) {
  int descriptor = -1;
  const int number = dseg_os_open_read(path, &descriptor);
  if (number != 0) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "cannot be opened: %s", dseg_os_error_text(number));
  }
  dseg_os_facts facts;
  if (dseg_os_facts_of(descriptor, &facts) != 0 || facts.kind != DSEG_OS_REGULAR) {
    (void)dseg_os_close(descriptor);
    return dseg_fail(error, DSEG_ERROR_INPUT, "is not a regular file");
  }
  *file = (dseg_volume_file){descriptor, facts.size, path};
  return DSEG_OK;
}

void dseg_volume_file_close(dseg_volume_file *file) {
  (void)dseg_os_close(file->descriptor);
}

dseg_status dseg_volume_file_peek(const dseg_volume_file *file, uint64_t offset, void *to, size_t size, size_t *got,
                                  dseg_error *error) {
  const int number = dseg_os_read_at(file->descriptor, offset, to, size, got);
  return number == 0 ? DSEG_OK : dseg_fail(error, DSEG_ERROR_INPUT, "cannot be read: %s", dseg_os_error_text(number));
}

dseg_status dseg_volume_file_read(const dseg_volume_file *file, uint64_t offset, void *to, size_t size,
                                  dseg_error *error) {
  size_t got = 0;
  DSEG_TRY(dseg_volume_file_peek(file, offset, to, size, &got, error));
  if (got != size) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "the file ends after %zu of %zu bytes of data", got, size);
  }
  return DSEG_OK;
}

dseg_status dseg_volume_sibling(const char *beside, const char *name, char **path, dseg_error *error) {
  const bool leaves =
      name[0] == '/' || strcmp(name, "..") == 0 || strncmp(name, "../", 3) == 0 || strstr(name, "/../") != NULL;
  if (leaves || name[0] == '\0') {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "the data file '%.200s' is not in the header's directory or below it, and is not read", name);
  }
  const char *slash = strrchr(beside, '/');
  *path = dseg_text_join(beside, slash != NULL ? (size_t)(slash - beside) + 1 : 0, name);
  return *path != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
}

static dseg_status allocate(uint8_t **block, size_t size, dseg_error *error) {
  *block = dseg_large_realloc(NULL, size != 0 ? size : 1);
  return *block != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes", size);
}

static dseg_status too_short(uint64_t there, uint64_t wanted, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_FORMAT, "there are %llu bytes of data where the header asks for %llu",
                   (unsigned long long)there, (unsigned long long)wanted);
}

static dseg_status too_large(uint64_t wanted, uint64_t limit, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_LIMIT, "%llu bytes are needed, more than the limit of %llu",
                   (unsigned long long)wanted, (unsigned long long)limit);
}

/* The bytes from offset on, length of them or to the end of the file, in a malloc'd block. */
static dseg_status read_stretch(const dseg_volume_file *file, uint64_t offset, uint64_t length, uint64_t limit,
                                uint8_t **block, size_t *size, dseg_error *error) {
  const uint64_t there = offset < file->size ? file->size - offset : 0;
  const uint64_t wanted = length != 0 ? length : there;
  if (wanted > there || wanted == 0) {
    return too_short(there, wanted != 0 ? wanted : 1, error);
  }
  if (wanted > limit || wanted > SIZE_MAX) {
    return too_large(wanted, limit, error);
  }
  *size = (size_t)wanted;
  DSEG_TRY(allocate(block, *size, error));
  const dseg_status status = dseg_volume_file_read(file, offset, *block, *size, error);
  if (status != DSEG_OK) {
    free(*block);
    *block = NULL;
  }
  return status;
}

static dseg_status read_raw(const dseg_volume_file *file, const dseg_data_place *place, size_t size, uint8_t **block,
                            dseg_error *error) {
  uint64_t from = place->offset;
  if (!place->at_end && !dseg_add_u64(from, place->skip, &from)) {
    return too_short(0, size, error);
  }
  const uint64_t there = from < file->size ? file->size - from : 0;
  if (there < size) {
    return too_short(there, size, error);
  }
  if (place->at_end) {
    from = file->size - size;
  }
  DSEG_TRY(allocate(block, size, error));
  return dseg_volume_file_read(file, from, *block, size, error);
}

static dseg_status inflate_into(dseg_view compressed, const dseg_data_place *place, size_t size, uint64_t limit,
                                uint8_t **block, size_t *offset, dseg_error *error) {
  if (place->at_end) { /* what comes before is of unknown size */
    size_t total = 0;
    DSEG_TRY(dseg_gunzip(compressed, limit, block, &total, error));
    *offset = total >= size ? total - size : 0;
    return total >= size ? DSEG_OK : too_short(total, size, error);
  }
  const uint64_t possible = dseg_inflate_bound(compressed.size);
  uint64_t total = 0;
  if (!dseg_add_u64(place->skip, size, &total) || total > possible) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "the header asks for %llu bytes of data, and %zu compressed bytes hold %llu at most (RFC 1951)",
                     (unsigned long long)total, compressed.size, (unsigned long long)possible);
  }
  if (total > limit || total > SIZE_MAX) {
    return too_large(total, limit, error);
  }
  DSEG_TRY(allocate(block, (size_t)total, error));
  *offset = (size_t)place->skip;
  return dseg_inflate_exactly(compressed, *block, (size_t)total, error);
}

static dseg_status read_deflated(const dseg_volume_file *file, const dseg_data_place *place, size_t size,
                                 uint64_t limit, uint8_t **block, size_t *offset, dseg_error *error) {
  uint8_t *compressed = NULL;
  size_t length = 0;
  DSEG_TRY(read_stretch(file, place->offset, place->length, limit, &compressed, &length, error));
  const dseg_status status = inflate_into((dseg_view){compressed, length}, place, size, limit, block, offset, error);
  free(compressed);
  return status;
}

static dseg_status read_text(const dseg_volume_file *file, const dseg_data_place *place, size_t size, uint64_t limit,
                             uint8_t **block, dseg_error *error) {
  uint64_t from = 0;
  if (place->at_end || !dseg_add_u64(place->offset, place->skip, &from)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "a byte skip of -1 in text data");
  }
  uint8_t *text = NULL;
  size_t length = 0;
  DSEG_TRY(read_stretch(file, from, 0, limit, &text, &length, error));
  const size_t count = size / sizeof(double);
  dseg_status status = DSEG_OK;
  if (count > length / 2 + 1) { /* a digit and a blank for each number */
    status = too_short(length, count, error);
  } else {
    status = allocate(block, size, error);
  }
  if (status == DSEG_OK) {
    status = dseg_text_read_numbers((dseg_view){text, length}, (double *)(void *)*block, count, error);
  }
  free(text);
  return status;
}

dseg_status dseg_volume_data_read(const dseg_volume_file *file, const dseg_data_place *place, size_t size,
                                  uint64_t memory_limit, uint8_t **block, size_t *offset, dseg_error *error) {
  if (size > memory_limit) {
    return too_large(size, memory_limit, error);
  }
  *block = NULL;
  *offset = 0;
  dseg_status status = DSEG_OK;
  switch (place->encoding) {
    case DSEG_DATA_RAW: status = read_raw(file, place, size, block, error); break;
    case DSEG_DATA_DEFLATED: status = read_deflated(file, place, size, memory_limit, block, offset, error); break;
    case DSEG_DATA_TEXT: status = read_text(file, place, size, memory_limit, block, error); break;
  }
  if (status != DSEG_OK) {
    free(*block);
    *block = NULL;
  }
  return status;
}

dseg_status dseg_volume_file_gunzip_start(const dseg_volume_file *file, uint64_t memory_limit, void *to, size_t size,
                                          size_t *got, dseg_error *error) {
  uint8_t *compressed = NULL;
  size_t length = 0;
  DSEG_TRY(read_stretch(file, 0, 0, memory_limit, &compressed, &length, error));
  const dseg_status status = dseg_gunzip_start((dseg_view){compressed, length}, memory_limit, to, size, got, error);
  free(compressed);
  return status;
}
