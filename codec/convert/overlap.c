/* SPDX-License-Identifier: Apache-2.0 */
/* overlap.c - adds up the overlap that several reads found, and refuses outputs that would lose it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/convert.h"

void convert_merge_overlap(dseg_overlap *into, const dseg_overlap *from) {
  into->voxels += from->voxels;
  for (size_t i = 0; i < from->pair_count; i++) {
    size_t k = 0;
    while (k < into->pair_count &&
           (into->pairs[k].first != from->pairs[i].first || into->pairs[k].second != from->pairs[i].second)) {
      k++;
    }
    if (k == DSEG_OVERLAP_PAIRS) {
      continue;
    }
    if (k == into->pair_count) {
      into->pairs[k] = from->pairs[i];
      into->pair_count++;
    } else {
      into->pairs[k].voxels += from->pairs[i].voxels;
    }
  }
}

dseg_status convert_scan_overlap(convert_job *job, size_t first, dseg_overlap *overlap, dseg_error *error) {
  const dseg_geometry *geometry = &job->target->geometry;
  const size_t chunk = convert_chunk_planes(job);
  void *labels = malloc(chunk * geometry->rows * geometry->columns * (job->bits / 8) + 1);
  if (labels == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a few planes");
  }
  dseg_status status = DSEG_OK;
  while (status == DSEG_OK && first < geometry->plane_count) {
    const size_t count = geometry->plane_count - first < chunk ? geometry->plane_count - first : chunk;
    status = convert_read_labels(job, first, count, NULL, 0, DSEG_OVERLAP_FIRST, labels, overlap, error);
    first += count;
  }
  free(labels);
  return status;
}

int convert_refuse_overlap(const convert_job *job, const dseg_overlap *overlap, const char *why, const char *advice) {
  const dseg_segment *segments = dseg_source_description(job->source)->segments;
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
  cli_error(convert_input_name(job), "%" PRIu64 " voxels belong to more than one segment: %s; %s: %s", overlap->voxels,
            pairs, why, advice);
  return CLI_INPUT;
}
