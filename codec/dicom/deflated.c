/* deflated.c - inflates a deflated data set (PS3.5 A.5: RFC 1951, no zlib header) to a temporary file. */
#include "dicom/deflated.h"

#if DSEG_HAVE_ZLIB

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define IN_BYTES ((size_t)1 << 16)
#define OUT_BYTES ((size_t)1 << 18)

struct inflater {
  const dseg_input *input;
  uint64_t position;
  uint64_t written;
  uint64_t limit;
  int descriptor;
  z_stream stream;
  uint8_t in[IN_BYTES];
  uint8_t out[OUT_BYTES];
};

static dseg_status create_temporary(int *descriptor, dseg_error *error) {
  const char *directory = getenv("TMPDIR");
  char path[4096];
  const int length =
      snprintf(path, sizeof path, "%s/dseg-XXXXXX", directory != NULL && *directory != '\0' ? directory : "/tmp");
  if (length < 0 || (size_t)length >= sizeof path) {
    return dseg_fail(error, DSEG_ERROR_OUTPUT, "the path in TMPDIR is too long");
  }
  *descriptor = mkstemp(path);
  if (*descriptor < 0) {
    return dseg_fail(error, DSEG_ERROR_OUTPUT, "a temporary file for the inflated data set, %s, cannot be made: %s",
                     path, strerror(errno));
  }
  unlink(path);
  return DSEG_OK;
}

static dseg_status write_out(struct inflater *inflater, size_t size, dseg_error *error) {
  if (size > inflater->limit - inflater->written) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "the inflated data set exceeds the limit of %" PRIu64 " bytes",
                     inflater->limit);
  }
  const uint8_t *from = inflater->out;
  inflater->written += size;
  while (size > 0) {
    const ssize_t put = write(inflater->descriptor, from, size);
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      return dseg_fail(error, DSEG_ERROR_OUTPUT, "the inflated data set cannot be written to a temporary file: %s",
                       strerror(errno));
    }
    from += put;
    size -= (size_t)put;
  }
  return DSEG_OK;
}

static dseg_status refill(struct inflater *inflater, dseg_error *error) {
  const uint64_t left = dseg_input_size(inflater->input) - inflater->position;
  const size_t size = left < IN_BYTES ? (size_t)left : IN_BYTES;
  if (size == 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "the deflated data set is cut off (PS3.5 A.5)");
  }
  DSEG_TRY(dseg_input_read(inflater->input, inflater->position, inflater->in, size, error));
  inflater->position += size;
  inflater->stream.next_in = inflater->in;
  inflater->stream.avail_in = (uInt)size;
  return DSEG_OK;
}

static dseg_status run(struct inflater *inflater, dseg_error *error) {
  int result = Z_OK;
  bool is_full = false; /* the buffer, and zlib may hold more for it, even if it has taken all input */
  while (result != Z_STREAM_END) {
    if (inflater->stream.avail_in == 0 && !is_full) {
      DSEG_TRY(refill(inflater, error));
    }
    inflater->stream.next_out = inflater->out;
    inflater->stream.avail_out = (uInt)OUT_BYTES;
    result = inflate(&inflater->stream, Z_NO_FLUSH);
    if (result == Z_MEM_ERROR) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for inflating");
    }
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "the deflated data set is damaged before byte %" PRIu64 " (PS3.5 A.5)",
                       inflater->position);
    }
    is_full = inflater->stream.avail_out == 0;
    DSEG_TRY(write_out(inflater, OUT_BYTES - inflater->stream.avail_out, error));
  }
  return DSEG_OK;
}

dseg_status dseg_inflate_data_set(const dseg_input *input, uint64_t begin, uint64_t limit, dseg_input **inflated,
                                  dseg_error *error) {
  struct inflater *inflater = calloc(1, sizeof *inflater);
  if (inflater == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for inflating");
  }
  inflater->input = input;
  inflater->position = begin;
  inflater->limit = limit;
  dseg_status status = create_temporary(&inflater->descriptor, error);
  if (status != DSEG_OK) {
    free(inflater);
    return status;
  }
  if (inflateInit2(&inflater->stream, -MAX_WBITS) == Z_OK) {
    status = run(inflater, error);
    inflateEnd(&inflater->stream);
  } else {
    status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for inflating");
  }
  if (status == DSEG_OK) {
    status = dseg_input_open_descriptor(inflater->descriptor, inflated, error);
  }
  if (status != DSEG_OK) {
    close(inflater->descriptor);
  }
  free(inflater);
  return status;
}

#else

dseg_status dseg_inflate_data_set(const dseg_input *input, uint64_t begin, uint64_t limit, dseg_input **inflated,
                                  dseg_error *error) {
  (void)input;
  (void)begin;
  (void)limit;
  (void)inflated;
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "the data set is deflated (PS3.5 A.5); this build was made without DSEG_WITH_ZLIB");
}

#endif
