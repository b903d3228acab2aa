/* SPDX-License-Identifier: Apache-2.0 */
/* masks.c - fractions that are masks: stored values are 0 and Maximum Fractional Value (0062,000E) alone. No threshold
 * is needed to know what is inside. */
#include <stdlib.h>

#include "convert/job.h"

static bool is_mask(const uint8_t *values, size_t count, uint32_t maximum) {
  for (size_t i = 0; i < count; i++) {
    if (values[i] != 0 && values[i] != maximum) {
      return false;
    }
  }
  return true;
}

/* Whether all voxels of all segments are 0 or the maximum. */
static dseg_status find_masks(dseg_convert_job *job, bool *all, dseg_error *error) {
  const dseg_description *source = dseg_source_description(job->source);
  const dseg_geometry *geometry = &source->geometry;
  const size_t chunk = dseg_source_chunk_planes(job->source, 8);
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  uint8_t *values = malloc(chunk * pixels + 1);
  if (values == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", chunk);
  }
  dseg_status status = DSEG_OK;
  *all = true;
  for (size_t first = 0; status == DSEG_OK && *all && first < geometry->plane_count; first += chunk) {
    const size_t left = geometry->plane_count - first;
    const size_t count = left < chunk ? left : chunk;
    for (size_t i = 0; status == DSEG_OK && *all && i < source->segment_count; i++) {
      status =
          dseg_source_read_mask(job->source, i, first, count, values, count * pixels, job->options->threads, error);
      *all = status == DSEG_OK && is_mask(values, count * pixels, source->maximum_fraction);
    }
  }
  free(values);
  return status;
}

/* Whether the output cannot hold these fractions. */
static bool wants_masks(const dseg_convert_job *job) {
  const dseg_convert_options *options = job->options;
  if (job->format == NULL) {
    const dseg_representation *to =
        options->representation != NULL ? dseg_find_representation(options->representation) : NULL;
    return to != NULL && (to->flags & DSEG_PLUGIN_FRACTIONS) == 0;
  }
  const bool is_one = options->files != DSEG_FILES_ONE || job->target->segment_count < 2;
  const unsigned needed = is_one ? DSEG_VOLUME_FRACTIONS : DSEG_VOLUME_FRACTION_LAYERS;
  return (job->format->flags & needed) == 0;
}

dseg_status dseg_convert_settle_masks(dseg_convert_job *job, dseg_error *error) {
  const dseg_description *source = dseg_source_description(job->source);
  const bool holds_fractions = source->kind == DSEG_VOXELS_PROBABILITY || source->kind == DSEG_VOXELS_OCCUPANCY;
  if (!holds_fractions || job->options->threshold > 0 || job->options->stored_fractions ||
      dseg_source_encoding(job->source)->representation == NULL || source->maximum_fraction == 0) {
    return DSEG_OK;
  }
  bool all = false;
  const dseg_status status = wants_masks(job) ? find_masks(job, &all, error) : DSEG_OK;
  if (status != DSEG_OK) {
    return dseg_convert_fail_input(job, status, error);
  }
  if (all) {
    job->masked = *job->options;
    job->masked.threshold = 1;
    job->options = &job->masked;
    dseg_convert_note(job, dseg_convert_input_name(job),
                      "its fractions are 0 and the maximum, %u, alone: they become masks", source->maximum_fraction);
  }
  return DSEG_OK;
}
