/* SPDX-License-Identifier: Apache-2.0 */
/* volume_data.c - the voxels of research formats: raw, compressed, or text. */
#include "formats/volume_data.h"

#include <stdlib.h>

#include "base/checked.h"
#include "base/inflate.h"
#include "base/inflate_stream.h"
#include "base/large_block.h"
#include "base/memory_limit.h"
#include "base/path.h"
#include "base/zlib_stream.h"
#include "formats/text.h"

dseg_status dseg_volume_needs_path(const dseg_input *header, const char *what, dseg_error *error) {
  if (dseg_input_path(header) != NULL) {
    return DSEG_OK;
  }
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "the voxels are in another file, %.200s: a header in memory or from a pipe has no directory to look "
                   "for it; open the header's file by its path",
                   what);
}

dseg_status dseg_volume_open_file(const char *path, const dseg_open_options *options, dseg_input **data,
                                  dseg_error *error) {
  if (options->outputs != NULL) {
    DSEG_TRY(dseg_output_set_add_input(options->outputs, path, error));
  }
  return dseg_input_from_file(path, options->memory_limit, data, error);
}

dseg_status dseg_volume_open_beside(const dseg_input *header, const char *name, const dseg_open_options *options,
                                    dseg_input **data, dseg_error *error) {
  if (name[0] == '\0' || dseg_path_leaves(name)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "the data file '%.200s' is not in the header's directory or below it, and is not read", name);
  }
  DSEG_TRY(dseg_volume_needs_path(header, name, error));
  const char *beside = dseg_input_path(header);
  char *path = dseg_text_join(beside, dseg_path_directory(beside), name);
  if (path == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
  }
  const dseg_status status = dseg_volume_open_file(path, options, data, error);
  free(path);
  return status;
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
  return dseg_fail(error, DSEG_ERROR_LIMIT, "%llu bytes are needed, more than the memory limit of %llu bytes",
                   (unsigned long long)wanted, (unsigned long long)limit);
}

/* The bytes from offset on, length of them or to the end of the input: in memory, or in a block that is read. */
static dseg_status read_stretch(const dseg_input *input, uint64_t offset, uint64_t length, uint64_t limit,
                                dseg_view *view, uint8_t **block, dseg_error *error) {
  const uint64_t end = dseg_input_size(input);
  const uint64_t there = offset < end ? end - offset : 0;
  const uint64_t wanted = length != 0 ? length : there;
  *block = NULL;
  if (wanted > there || wanted == 0) {
    return too_short(there, wanted != 0 ? wanted : 1, error);
  }
  if (dseg_input_memory(input) == NULL && (wanted > limit || wanted > SIZE_MAX)) {
    return too_large(wanted, limit, error);
  }
  return dseg_input_view(input, offset, (size_t)wanted, view, block, error);
}

/* Where the first voxel is. */
static dseg_status find_raw(const dseg_input *input, const dseg_data_place *place, size_t size, uint64_t *from,
                            dseg_error *error) {
  *from = place->offset;
  if (!place->at_end && !dseg_add_u64(*from, place->skip, from)) {
    return too_short(0, size, error);
  }
  const uint64_t end = dseg_input_size(input);
  const uint64_t there = *from < end ? end - *from : 0;
  if (there < size) {
    return too_short(there, size, error);
  }
  if (place->at_end) {
    *from = end - size;
  }
  return DSEG_OK;
}

static dseg_status read_raw(const dseg_input *input, const dseg_data_place *place, size_t size, uint8_t **block,
                            dseg_error *error) {
  uint64_t from = 0;
  DSEG_TRY(find_raw(input, place, size, &from, error));
  DSEG_TRY(allocate(block, size, error));
  return dseg_input_read(input, from, *block, size, error);
}

/* held: bytes of the compressed data in memory, which count against limit. */
static dseg_status inflate_into(dseg_view compressed, const dseg_data_place *place, size_t size, uint64_t limit,
                                uint64_t held, uint8_t **block, size_t *offset, dseg_error *error) {
  if (place->at_end) { /* what comes before is of unknown size */
    size_t total = 0;
    DSEG_TRY(dseg_gunzip(compressed, dseg_memory_left(limit, held), block, &total, error));
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
  if (total > dseg_memory_left(limit, held) || total > SIZE_MAX) {
    return too_large(total + held, limit, error);
  }
  DSEG_TRY(allocate(block, (size_t)total, error));
  *offset = (size_t)place->skip;
  return dseg_inflate_exactly(compressed, *block, (size_t)total, error);
}

static dseg_status read_deflated(const dseg_input *input, const dseg_data_place *place, size_t size, uint64_t limit,
                                 uint8_t **block, size_t *offset, dseg_error *error) {
  uint8_t *own = NULL;
  dseg_view compressed = {NULL, 0};
  DSEG_TRY(read_stretch(input, place->offset, place->length, limit, &compressed, &own, error));
  const uint64_t held = own != NULL ? compressed.size : 0;
  const dseg_status status = inflate_into(compressed, place, size, limit, held, block, offset, error);
  free(own);
  return status;
}

static dseg_status read_text(const dseg_input *input, const dseg_data_place *place, size_t size, uint64_t limit,
                             uint8_t **block, dseg_error *error) {
  uint64_t from = 0;
  if (place->at_end || !dseg_add_u64(place->offset, place->skip, &from)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "a byte skip of -1 in text data");
  }
  uint8_t *own = NULL;
  dseg_view text = {NULL, 0};
  DSEG_TRY(read_stretch(input, from, 0, limit, &text, &own, error));
  const size_t count = size / sizeof(double);
  dseg_status status = DSEG_OK;
  if (count > text.size / 2 + 1) { /* a digit and a blank for each number */
    status = too_short(text.size, count, error);
  } else {
    status = allocate(block, size, error);
  }
  if (status == DSEG_OK) {
    status = dseg_text_read_numbers(text, (double *)(void *)*block, count, error);
  }
  free(own);
  return status;
}

dseg_status dseg_volume_data_read(const dseg_input *input, const dseg_data_place *place, size_t size,
                                  uint64_t memory_limit, uint8_t **block, size_t *offset, dseg_error *error) {
  if (size > memory_limit) {
    return too_large(size, memory_limit, error);
  }
  *block = NULL;
  *offset = 0;
  dseg_status status = DSEG_OK;
  switch (place->encoding) {
    case DSEG_DATA_RAW: status = read_raw(input, place, size, block, error); break;
    case DSEG_DATA_DEFLATED: status = read_deflated(input, place, size, memory_limit, block, offset, error); break;
    case DSEG_DATA_TEXT: status = read_text(input, place, size, memory_limit, block, error); break;
  }
  if (status != DSEG_OK) {
    free(*block);
    *block = NULL;
  }
  return status;
}

bool dseg_volume_data_passes(const dseg_data_place *place) {
  return place->encoding == DSEG_DATA_RAW ||
         (place->encoding == DSEG_DATA_DEFLATED && !place->at_end && dseg_has_zlib());
}

static size_t piece_of(size_t left) {
  return left < DSEG_PASS_BYTES ? left : DSEG_PASS_BYTES;
}

static dseg_status pass_raw(const dseg_input *input, const dseg_data_place *place, size_t size, uint8_t *piece,
                            dseg_volume_take take, void *user, dseg_error *error) {
  uint64_t from = 0;
  DSEG_TRY(find_raw(input, place, size, &from, error));
  for (size_t done = 0; done < size; done += piece_of(size - done)) {
    const size_t count = piece_of(size - done);
    DSEG_TRY(dseg_input_read(input, from + done, piece, count, error));
    DSEG_TRY(take(user, piece, count, error));
  }
  return DSEG_OK;
}

/* Reads what comes before the first voxel, and forgets it. */
static dseg_status skip_inflated(dseg_inflate_stream *stream, uint64_t skip, uint8_t *piece, dseg_error *error) {
  while (skip != 0) {
    const size_t count = piece_of(skip < SIZE_MAX ? (size_t)skip : SIZE_MAX);
    size_t got = 0;
    DSEG_TRY(dseg_inflate_stream_read(stream, piece, count, &got, error));
    if (got < count) {
      return too_short(got, skip, error);
    }
    skip -= got;
  }
  return DSEG_OK;
}

static dseg_status pass_inflated(dseg_inflate_stream *stream, uint64_t skip, size_t size, uint8_t *piece,
                                 dseg_volume_take take, void *user, dseg_error *error) {
  size_t got = 0;
  DSEG_TRY(skip_inflated(stream, skip, piece, error));
  for (size_t done = 0; done < size; done += got) {
    const size_t count = piece_of(size - done);
    DSEG_TRY(dseg_inflate_stream_read(stream, piece, count, &got, error));
    if (got < count) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "the compressed data holds %zu bytes where %zu are expected",
                       done + got, size);
    }
    DSEG_TRY(take(user, piece, count, error));
  }
  DSEG_TRY(dseg_inflate_stream_read(stream, piece, 1, &got, error)); /* reads the check sum, too */
  return got == 0
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_FORMAT, "the compressed data holds more than the %zu bytes expected", size);
}

dseg_status dseg_volume_data_pass(const dseg_input *input, const dseg_data_place *place, size_t size,
                                  dseg_volume_take take, void *user, dseg_error *error) {
  uint8_t *piece = malloc(DSEG_PASS_BYTES);
  if (piece == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for voxels");
  }
  dseg_status status = DSEG_OK;
  if (place->encoding == DSEG_DATA_RAW) {
    status = pass_raw(input, place, size, piece, take, user, error);
  } else {
    dseg_inflate_stream *stream = NULL;
    status = dseg_inflate_stream_create(input, place->offset, place->length, &stream, error);
    if (status == DSEG_OK) {
      status = pass_inflated(stream, place->skip, size, piece, take, user, error);
    }
    dseg_inflate_stream_destroy(stream);
  }
  free(piece);
  return status;
}
