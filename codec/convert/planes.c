/* SPDX-License-Identifier: Apache-2.0 */
/* planes.c - planes of the output, from the view: labels with the output's numbers, masks with its values. */
#include <string.h>

#include "convert/job.h"
#include "model/label_planes.h"
#include "model/overlap.h"
#include "sources/source.h"

static size_t plane_pixels(const dseg_convert_job *job) {
  return (size_t)job->target->geometry.rows * job->target->geometry.columns;
}

dseg_status dseg_convert_read_labels(dseg_convert_job *job, size_t first, size_t count, const uint32_t *segments,
                                     size_t segment_count, dseg_overlap_policy policy, void *out, dseg_overlap *overlap,
                                     dseg_error *error) {
  if (DSEG_HAVE_INSTANCES && job->instances) {
    return dseg_convert_read_numbers(job, first, count, out, error);
  }
  const dseg_label_request request = {
      .struct_size = sizeof(dseg_label_request),
      .first_plane = first,
      .plane_count = count,
      .bits = job->bits,
      .values = job->values,
      .segments = segments != NULL ? segments : job->read_segments,
      .segment_count = segments != NULL ? segment_count : job->read_count,
      .background = job->target->background,
      .overlap = policy,
      .threads = job->options->threads,
  };
  const size_t values = count * plane_pixels(job);
  if (request.segment_count == 0) {
    dseg_labels_fill(out, job->bits, 0, values, request.background);
    return DSEG_OK;
  }
  dseg_overlap found = {0};
  DSEG_TRY(dseg_source_read_labels(job->view, &request, out, values * (job->bits / 8), &found, error));
  dseg_overlap_merge(overlap, &found);
  return DSEG_OK;
}

size_t dseg_convert_mask_planes(const dseg_convert_job *job) {
  return dseg_source_crosses_planes(job->view) ? dseg_source_chunk_planes(job->view, 8) : 1;
}

dseg_status dseg_convert_read_mask(dseg_convert_job *job, size_t segment, size_t first, size_t count, uint8_t *out,
                                   dseg_error *error) {
  const size_t pixels = count * plane_pixels(job);
  if (dseg_convert_is_absent(job, segment)) {
    memset(out, 0, pixels);
    return DSEG_OK;
  }
  DSEG_TRY(dseg_source_read_mask(job->view, job->source_segment[segment], first, count, out, pixels,
                                 job->options->threads, error));
  const uint8_t inside = (uint8_t)job->mask_maximum;
  const bool is_mask = dseg_source_description(job->view)->maximum_fraction == 0;
  for (size_t i = 0; is_mask && inside != 1 && i < pixels; i++) {
    out[i] = out[i] != 0 ? inside : 0;
  }
  return DSEG_OK;
}

dseg_status dseg_convert_segments_in_planes(dseg_convert_job *job, size_t first, size_t count, uint8_t *present,
                                            uint8_t *scratch, dseg_error *error) {
  memset(present, 0, job->target->segment_count);
  for (size_t plane = first; plane < first + count; plane++) {
    DSEG_TRY(dseg_source_segments_in_plane(job->view, plane, scratch, error));
    for (size_t i = 0; i < job->target->segment_count; i++) {
      present[i] |= dseg_convert_is_absent(job, i) ? 0 : scratch[job->source_segment[i]];
    }
  }
  return DSEG_OK;
}
