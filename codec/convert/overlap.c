/* SPDX-License-Identifier: Apache-2.0 */
/* overlap.c - what becomes of voxels of several segments; refuses outputs that would lose overlap. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/job.h"

bool dseg_convert_flattens(const dseg_convert_job *job) {
  return job->options->overlap == DSEG_OVERLAP_TO_FIRST || job->options->overlap == DSEG_OVERLAP_TO_LAST;
}

dseg_overlap_policy dseg_convert_policy(const dseg_convert_job *job) {
  return job->options->overlap == DSEG_OVERLAP_TO_LAST ? DSEG_OVERLAP_LAST : DSEG_OVERLAP_FIRST;
}

dseg_status dseg_convert_scan_overlap(dseg_convert_job *job, size_t first, dseg_overlap *overlap, dseg_error *error) {
  const dseg_geometry *geometry = &job->target->geometry;
  const size_t chunk = dseg_source_chunk_planes(job->view, job->bits);
  void *labels = malloc(chunk * geometry->rows * geometry->columns * (job->bits / 8) + 1);
  if (labels == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a few planes");
  }
  dseg_status status = DSEG_OK;
  while (status == DSEG_OK && first < geometry->plane_count) {
    const size_t count = geometry->plane_count - first < chunk ? geometry->plane_count - first : chunk;
    status = dseg_convert_read_labels(job, first, count, NULL, 0, DSEG_OVERLAP_FIRST, labels, overlap, error);
    first += count;
  }
  free(labels);
  return status;
}

dseg_status dseg_convert_refuse_overlap(dseg_convert_job *job, const dseg_overlap *overlap, const char *why,
                                        const char *advice, dseg_error *error) {
  const dseg_segment *segments = dseg_source_description(job->view)->segments;
  char pairs[600] = "";
  size_t used = 0;
  for (size_t i = 0; i < overlap->pair_count; i++) {
    const dseg_segment *first = &segments[overlap->pairs[i].first];
    const dseg_segment *second = &segments[overlap->pairs[i].second];
    char pair[200];
    const int length = snprintf(pair, sizeof pair, "%s%" PRIu32 " \"%.40s\" and %" PRIu32 " \"%.40s\" (%" PRIu64 ")",
                                i > 0 ? ", " : "", first->number, first->label, second->number, second->label,
                                overlap->pairs[i].voxels);
    if (length < 0 || used + (size_t)length + 8 > sizeof pairs) {
      memcpy(pairs + used, ", ...", sizeof ", ...");
      break;
    }
    memcpy(pairs + used, pair, (size_t)length + 1);
    used += (size_t)length;
  }
  dseg_error_clear(error); /* of the read that found it */
  dseg_fail(error, DSEG_ERROR_OVERLAP, "%" PRIu64 " voxels belong to more than one segment: %s; %s: %s",
            overlap->voxels, pairs, why, advice);
  return dseg_convert_fail_input(job, DSEG_ERROR_OVERLAP, error);
}
