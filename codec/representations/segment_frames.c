/* SPDX-License-Identifier: Apache-2.0 */
/* segment_frames.c - what BINARY and FRACTIONAL have in common, see segment_frames.h. */
#include "representations/segment_frames.h"

#include <string.h>

#include "model/segment_runs.h"

dseg_status dseg_check_segment_numbers(const dseg_description *description, const char *type, dseg_error *error) {
  const size_t count = description->segment_count;
  if (count == 0) {
    return dseg_fail(
        error, DSEG_ERROR_UNSUPPORTED,
        "%s cannot hold a segmentation without segments: Segment Sequence (0062,0002) has one Item or more "
        "(PS3.3 C.8.20.2)",
        type);
  }
  if (count > UINT16_MAX) {
    return dseg_fail(error, DSEG_ERROR_LIMIT,
                     "%s cannot number %zu segments: Segment Number (0062,0004) has 16 bits (PS3.3 C.8.20.2.4)", type,
                     count);
  }
  for (size_t i = 0; i < count; i++) {
    const uint32_t number = description->segments[i].number;
    if (number != i + 1) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                       "segment %u stands where segment %zu should: in %s, Segment Number (0062,0004) starts at 1 and "
                       "increases by 1 (PS3.3 C.8.20.2.4); renumber the segments or write a LABELMAP",
                       (unsigned)number, i + 1, type);
    }
  }
  if (description->has_background && description->background - 1 < count) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "%u is the number of a segment and the background at once",
                     (unsigned)description->background);
  }
  return DSEG_OK;
}

dseg_status dseg_check_segment_frame(const dseg_decoded_frame *frame, unsigned bits_allocated, const char *type,
                                     dseg_error *error) {
  if (frame->bits_allocated != bits_allocated) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "Bits Allocated (0028,0100) is %u, %s has %u (PS3.3 Table C.8.20-2)",
                     frame->bits_allocated, type, bits_allocated);
  }
  if (frame->segment < 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "a frame names no segment: Referenced Segment Number (0062,000B) is required for %s (PS3.3 "
                     "C.8.20.3.1)",
                     type);
  }
  return DSEG_OK;
}

dseg_status dseg_put_segment_frames(const dseg_write_context *context, const void *labels, unsigned bits,
                                    size_t frame_bytes, dseg_mark_range mark, const dseg_frame_sink *sink,
                                    dseg_error *error) {
  const dseg_description *description = context->description;
  dseg_segment_runs found;
  DSEG_TRY(dseg_segment_runs_find(description, labels, bits, context->rows, context->columns, frame_bytes,
                                  context->scratch, &found, error));
  uint8_t *frame = context->scratch->data;
  for (size_t segment = 0; segment < description->segment_count; segment++) {
    uint32_t run = found.first[segment];
    if (run == DSEG_NO_RUN) {
      continue;
    }
    memset(frame, 0, frame_bytes);
    for (; run != DSEG_NO_RUN; run = found.runs[run].next) {
      mark(frame, found.runs[run].start, found.runs[run].length, context);
    }
    DSEG_TRY(sink->put(sink->user, (int32_t)segment, (dseg_view){frame, frame_bytes}, error));
  }
  return DSEG_OK;
}
