/* SPDX-License-Identifier: Apache-2.0 */
/* frames.c - the frames of the finished object: empty ones by policy, in the order of planes or of segments.
 *
 * An empty frame is spooled once; the records of all of them point at it. */
#include <stdlib.h>
#include <string.h>

#include "model/label_planes.h"
#include "seg_write/writer.h"

static bool has_label_frames(const dseg_writer *writer) {
  return (writer->representation->flags & DSEG_PLUGIN_SEGMENT_FRAMES) == 0;
}

/* The first and then further empty frames. shared: the record of the first; its plane is not looked at. */
static dseg_status put_empty(dseg_writer *writer, size_t plane, int32_t segment, dseg_frame_record *shared,
                             bool *have_shared, dseg_error *error) {
  if (!*have_shared) {
    const dseg_frame_info info = dseg_writer_frame_format(writer);
    const size_t size = dseg_frame_bytes(&info);
    uint8_t *frame = calloc(size, 1);
    if (frame == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a frame");
    }
    const uint32_t background = has_label_frames(writer) ? writer->description->background : 0;
    if (info.bits_allocated >= 8) {
      dseg_labels_fill(frame, info.bits_allocated, 0, size / (info.bits_allocated / 8), background);
    }
    const dseg_status status = dseg_writer_put_frame(writer, plane, segment, (dseg_view){frame, size}, error);
    free(frame);
    DSEG_TRY(status);
    *shared = writer->frames[writer->frame_count - 1];
    *have_shared = true;
    return DSEG_OK;
  }
  return dseg_writer_repeat_frame(writer, shared, plane, segment, error);
}

static int compare_planes(const dseg_frame_record *x, const dseg_frame_record *y) {
  return (x->plane > y->plane) - (x->plane < y->plane);
}

static int compare_segments(const dseg_frame_record *x, const dseg_frame_record *y) {
  return (x->segment > y->segment) - (x->segment < y->segment);
}

static int compare_offsets(const dseg_frame_record *x, const dseg_frame_record *y) {
  return (x->offset > y->offset) - (x->offset < y->offset);
}

static int by_plane(const void *a, const void *b) {
  const int planes = compare_planes(a, b), segments = compare_segments(a, b);
  return planes != 0 ? planes : segments != 0 ? segments : compare_offsets(a, b);
}

static int by_segment(const void *a, const void *b) {
  const int planes = compare_planes(a, b), segments = compare_segments(a, b);
  return segments != 0 ? segments : planes != 0 ? planes : compare_offsets(a, b);
}

static int by_descending_plane(const void *a, const void *b) {
  const int planes = compare_planes(b, a), segments = compare_segments(a, b);
  return planes != 0 ? planes : segments != 0 ? segments : compare_offsets(a, b);
}

static int by_segment_and_descending_plane(const void *a, const void *b) {
  const int planes = compare_planes(b, a), segments = compare_segments(a, b);
  return segments != 0 ? segments : planes != 0 ? planes : compare_offsets(a, b);
}

static void sort_frames(dseg_writer *writer, int (*compare)(const void *, const void *)) {
  for (size_t i = 1; i < writer->frame_count; i++) {
    if (compare(&writer->frames[i - 1], &writer->frames[i]) > 0) {
      qsort(writer->frames, writer->frame_count, sizeof *writer->frames, compare);
      return;
    }
  }
}

/* An empty frame where plane first..end has none at all; every: for each segment that has none. frames up to known
 * are sorted by plane. */
static dseg_status fill_planes(dseg_writer *writer, const size_t *planes, size_t plane_count, bool every,
                               dseg_error *error) {
  const size_t known = writer->frame_count;
  const int32_t segments = has_label_frames(writer) ? 1 : (int32_t)writer->description->segment_count;
  const int32_t first_segment = has_label_frames(writer) ? -1 : 0;
  dseg_frame_record shared = {0};
  bool have_shared = false;
  size_t at = 0;
  for (size_t p = 0; p < plane_count; p++) {
    while (at < known && writer->frames[at].plane < planes[p]) {
      at++;
    }
    const bool plane_has_any = at < known && writer->frames[at].plane == planes[p];
    if (plane_has_any && !every) {
      continue;
    }
    for (int32_t s = 0; s < (every ? segments : 1); s++) {
      const int32_t segment = first_segment + s;
      while (at < known && writer->frames[at].plane == planes[p] && writer->frames[at].segment < segment) {
        at++;
      }
      const bool there = at < known && writer->frames[at].plane == planes[p] && writer->frames[at].segment == segment;
      if (!there) {
        DSEG_TRY(put_empty(writer, planes[p], segment, &shared, &have_shared, error));
      }
    }
  }
  return DSEG_OK;
}

static dseg_status fill_all_planes(dseg_writer *writer, dseg_error *error) {
  const size_t count = writer->description->geometry.plane_count;
  size_t *planes = malloc(count * sizeof *planes);
  if (planes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", count);
  }
  for (size_t i = 0; i < count; i++) {
    planes[i] = i;
  }
  const dseg_status status = fill_planes(writer, planes, count, true, error);
  free(planes);
  return status;
}

/* As the caller wants them, or the representation. */
static void order_frames(dseg_writer *writer) {
  const bool segments =
      writer->options.frame_order == DSEG_FRAME_ORDER_SEGMENT || (writer->format.order & DSEG_ORDER_BY_SEGMENT) != 0;
  if ((writer->format.order & DSEG_ORDER_PLANES_DESCEND) != 0) {
    sort_frames(writer, segments ? by_segment_and_descending_plane : by_descending_plane);
  } else {
    sort_frames(writer, segments ? by_segment : by_plane);
  }
}

dseg_status dseg_writer_complete_frames(dseg_writer *writer, dseg_error *error) {
  const size_t last = writer->description->geometry.plane_count - 1;
  const size_t bounds[2] = {0, last};
  const bool can_be_empty = !has_label_frames(writer) || writer->description->has_background;
  sort_frames(writer, by_plane);
  if (!can_be_empty) {
    order_frames(writer);
    return writer->frame_count > 0 ? DSEG_OK
                                   : dseg_fail(error, DSEG_ERROR_ARGUMENT,
                                               "no plane was written, and without a background none can be empty");
  }
  if (writer->options.empty_frames == DSEG_EMPTY_KEEP) {
    DSEG_TRY(fill_all_planes(writer, error));
  } else if (writer->options.empty_frames == DSEG_EMPTY_BOUNDS) {
    DSEG_TRY(fill_planes(writer, bounds, last > 0 ? 2 : 1, false, error));
  } else if (writer->frame_count == 0) {
    dseg_warn(&writer->options.warnings,
              "no voxel belongs to any segment: one empty frame is written, since an object has at least one (PS3.3 "
              "C.7.6.16)");
    DSEG_TRY(fill_planes(writer, bounds, 1, false, error));
  }
  order_frames(writer);
  return DSEG_OK;
}
