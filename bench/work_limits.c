/* SPDX-License-Identifier: Apache-2.0 */
/* work_limits.c - what bounds the time of reading: bytes from the page cache, and one inflated file. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libdeflate.h>

#include "work.h"

static dseg_status read_bytes(struct job *job, uint8_t *bytes, size_t size) {
  const int descriptor = open(path_of(job), O_RDONLY | O_CLOEXEC);
  size_t done = 0;
  ssize_t count = descriptor < 0 ? -1 : 1;
  while (done < size && count > 0) {
    count = read(descriptor, bytes + done, size - done);
    done += count > 0 ? (size_t)count : 0;
  }
  if (descriptor >= 0) {
    (void)close(descriptor);
  }
  return done == size ? DSEG_OK : dseg_fail(&job->error, DSEG_ERROR_INPUT, "%s: cannot be read", path_of(job));
}

dseg_status work_read(struct job *job) {
  dseg_source *source = NULL;
  DSEG_TRY(work_open(job, &source));
  const dseg_encoding_info *info = dseg_source_encoding(source);
  dseg_source_close(source);
  const size_t size = (size_t)info->pixel_data_bytes;
  const struct start start = work_start_clock();
  uint8_t *bytes = malloc(size);
  const dseg_status status = bytes == NULL ? work_out_of_memory(job, size) : read_bytes(job, bytes, size);
  work_stop_clock(job, start, 1);
  free(bytes);
  return status;
}

/* Reads size bytes of the file through one small buffer. */
static dseg_status pass_bytes(struct job *job, size_t size) {
  static uint8_t buffer[1 << 18];
  const int descriptor = open(path_of(job), O_RDONLY | O_CLOEXEC);
  size_t done = 0;
  ssize_t count = descriptor < 0 ? -1 : 1;
  while (done < size && count > 0) {
    count = read(descriptor, buffer, sizeof buffer);
    done += count > 0 ? (size_t)count : 0;
  }
  if (descriptor >= 0) {
    (void)close(descriptor);
  }
  return done >= size ? DSEG_OK : dseg_fail(&job->error, DSEG_ERROR_INPUT, "%s: cannot be read", path_of(job));
}

dseg_status work_copy(struct job *job) {
  dseg_source *source = NULL;
  DSEG_TRY(work_open(job, &source));
  const dseg_encoding_info *info = dseg_source_encoding(source);
  dseg_source_close(source);
  const struct start start = work_start_clock();
  const dseg_status status = pass_bytes(job, (size_t)info->pixel_data_bytes);
  work_stop_clock(job, start, 1);
  return status;
}

static uint32_t little_endian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static dseg_status inflate_into(struct job *job, const uint8_t *packed, size_t packed_size, size_t size) {
  uint8_t *bytes = malloc(size);
  struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
  dseg_status status = DSEG_OK;
  if (bytes == NULL || decompressor == NULL) {
    status = work_out_of_memory(job, size);
  } else if (libdeflate_gzip_decompress(decompressor, packed, packed_size, bytes, size, NULL) != LIBDEFLATE_SUCCESS) {
    status = dseg_fail(&job->error, DSEG_ERROR_FORMAT, "%s: not one gzip member", path_of(job));
  }
  libdeflate_free_decompressor(decompressor);
  free(bytes);
  return status;
}

dseg_status work_inflate(struct job *job) {
  struct stat state;
  if (stat(path_of(job), &state) != 0 || state.st_size < 18) {
    return dseg_fail(&job->error, DSEG_ERROR_INPUT, "%s: cannot be read", path_of(job));
  }
  const size_t size = (size_t)state.st_size;
  const struct start start = work_start_clock();
  uint8_t *packed = malloc(size);
  dseg_status status = packed == NULL ? work_out_of_memory(job, size) : read_bytes(job, packed, size);
  if (status == DSEG_OK) {
    status = inflate_into(job, packed, size, little_endian(packed + size - 4)); /* RFC 1952: ISIZE */
  }
  work_stop_clock(job, start, 1);
  free(packed);
  return status;
}
