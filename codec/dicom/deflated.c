/* SPDX-License-Identifier: Apache-2.0 */
/* deflated.c - inflates a deflated data set (PS3.5 A.5: RFC 1951, no zlib header) to a temporary file. */
#include "dicom/deflated.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/os/files.h"
#include "base/os/system.h"
#include "base/zlib_stream.h"
#include "dicom/inflate_guard.h"

#define IN_BYTES ((size_t)1 << 16)
#define OUT_BYTES ((size_t)1 << 18)

struct inflation {
  const dseg_input *input;
  uint64_t position;
  uint64_t written;
  uint64_t limit;
  int descriptor;
  dseg_inflater *inflater;
  dseg_view rest; /* of in: read, not inflated yet */
  dseg_inflate_guard guard;
  uint8_t in[IN_BYTES];
  uint8_t out[OUT_BYTES];
};

static dseg_status create_temporary(const char *directory, int *descriptor, dseg_error *error) {
  const int number = dseg_os_create_unnamed(directory, descriptor);
  return number == 0 ? DSEG_OK
                     : dseg_fail(error, number == ENOMEM ? DSEG_ERROR_MEMORY : DSEG_ERROR_OUTPUT,
                                 "a temporary file for the inflated data set cannot be made in %.300s: %s (the option "
                                 "temporary_directory, or TMPDIR, names another directory)",
                                 directory != NULL ? directory : "the directory of temporary files",
                                 dseg_os_error_text(number));
}

static dseg_status write_out(struct inflation *inflation, size_t size, dseg_error *error) {
  if (size > inflation->limit - inflation->written) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "the inflated data set exceeds the memory limit of %" PRIu64 " bytes",
                     inflation->limit);
  }
  DSEG_TRY(dseg_inflate_guard_take(&inflation->guard, (dseg_view){inflation->out, size}, error));
  inflation->written += size;
  const int number = dseg_os_write(inflation->descriptor, inflation->out, size);
  return number == 0
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_OUTPUT, "the inflated data set cannot be written to a temporary file: %s",
                         dseg_os_error_text(number));
}

static dseg_status refill(struct inflation *inflation, dseg_error *error) {
  const uint64_t left = dseg_input_size(inflation->input) - inflation->position;
  const size_t size = left < IN_BYTES ? (size_t)left : IN_BYTES;
  if (size == 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "the deflated data set is cut off (PS3.5 A.5)");
  }
  DSEG_TRY(dseg_input_read(inflation->input, inflation->position, inflation->in, size, error));
  inflation->position += size;
  inflation->rest = (dseg_view){inflation->in, size};
  return DSEG_OK;
}

static dseg_status run(struct inflation *inflation, dseg_error *error) {
  dseg_zlib_result result = DSEG_ZLIB_GOES_ON;
  bool is_full = false; /* the buffer, and there may be more for it even if all input is used up */
  while (result != DSEG_ZLIB_ENDED) {
    if (inflation->rest.size == 0 && !is_full) {
      DSEG_TRY(refill(inflation, error));
    }
    dseg_span out = {inflation->out, OUT_BYTES};
    result = dseg_inflater_run(inflation->inflater, &inflation->rest, &out);
    if (result == DSEG_ZLIB_NO_MEMORY) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for inflating");
    }
    if (result == DSEG_ZLIB_DAMAGED) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "the deflated data set is damaged before byte %" PRIu64 " (PS3.5 A.5)",
                       inflation->position);
    }
    is_full = out.size == 0;
    DSEG_TRY(write_out(inflation, OUT_BYTES - out.size, error));
  }
  return DSEG_OK;
}

dseg_status dseg_inflate_data_set(const dseg_input *input, uint64_t begin, uint64_t limit, const char *directory,
                                  dseg_input **inflated, dseg_error *error) {
  if (!dseg_has_zlib()) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "the data set is deflated (PS3.5 A.5); this build was made without DSEG_WITH_ZLIB");
  }
  struct inflation *inflation = calloc(1, sizeof *inflation);
  if (inflation == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for inflating");
  }
  inflation->input = input;
  inflation->position = begin;
  inflation->limit = limit;
  dseg_status status = create_temporary(directory, &inflation->descriptor, error);
  if (status != DSEG_OK) {
    free(inflation);
    return status;
  }
  status = dseg_inflater_create(DSEG_RAW_DEFLATE, &inflation->inflater, error);
  if (status == DSEG_OK) {
    status = run(inflation, error);
    dseg_inflater_destroy(inflation->inflater);
  }
  if (status == DSEG_OK) {
    status = dseg_input_from_descriptor(inflation->descriptor, 0, inflated, error);
  }
  (void)dseg_os_close(inflation->descriptor);
  free(inflation);
  return status;
}
