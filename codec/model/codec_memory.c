/* SPDX-License-Identifier: Apache-2.0 */
/* codec_memory.c - see codec_memory.h. */
#include "model/codec_memory.h"

#include <inttypes.h>

#include "base/checked.h"

dseg_status dseg_limit_workers(const dseg_frame_codec *codec, const dseg_codec_setup *setup, uint64_t limit,
                               unsigned *workers, dseg_error *error) {
  const uint64_t frames = 2 * (uint64_t)dseg_frame_bytes(&setup->format);
  uint64_t each = codec != NULL ? dseg_frame_context_bytes(codec, setup) : 0;
  each = dseg_add_u64(each, frames, &each) ? each : UINT64_MAX;
  if (limit == 0 || each == 0) {
    return DSEG_OK;
  }
  if (each > limit) {
    return dseg_fail(error, DSEG_ERROR_LIMIT,
                     "%s needs %" PRIu64 " bytes for a frame of %u x %u pixels of %u bits, the memory limit is %" PRIu64
                     " bytes",
                     codec != NULL ? codec->name : "a frame", each, (unsigned)setup->format.columns,
                     (unsigned)setup->format.rows, setup->format.bits_allocated, limit);
  }
  if (*workers > limit / each) {
    *workers = (unsigned)(limit / each);
  }
  return DSEG_OK;
}
