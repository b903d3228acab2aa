/* SPDX-License-Identifier: Apache-2.0 */
/* compare.c - whether two segmentations are the same: the order of the steps. */
#include "dseg/compare.h"

#include <math.h>
#include <stdlib.h>

#include "base/options.h"
#include "compare/instances.h"
#include "compare/result.h"
#include "sources/source.h"

#define STANDARD_TOLERANCE 1e-3 /* mm */

static dseg_status begin_side(dseg_compare_side *side, dseg_source *source, const char *letter, dseg_error *error) {
  side->source = source;
  side->name = source->name != NULL ? source->name : letter;
  side->description = source->description;
  const dseg_status status = dseg_box_grid_find(&side->description->geometry, &side->layout, error);
  if (status != DSEG_OK) {
    dseg_error_prefix(error, side->name);
  }
  return status;
}

static dseg_status match_and_count(dseg_compare_job *job, dseg_match match, dseg_error *error) {
  DSEG_TRY(dseg_compare_match_segments(job, match, error));
  return job->map.aligned || job->map.by_index ? dseg_compare_voxels(job, error) : DSEG_OK;
}

static bool any_differs(const dseg_compare_job *job) {
  for (size_t i = 0; i < job->pair_count; i++) {
    if (job->pairs[i].differ > 0) {
      return true;
    }
  }
  return false;
}

/* Order is the last resort, and holds only when the voxels agree. */
static dseg_status match_segments(dseg_compare_job *job, dseg_error *error) {
  dseg_match match = job->options.match;
  if (match != DSEG_MATCH_CHOSEN) {
    DSEG_TRY(dseg_compare_check_match(job, match, error));
    return match_and_count(job, match, error);
  }
  DSEG_TRY(dseg_compare_choose_match(job, &match, error));
  DSEG_TRY(match_and_count(job, match, error));
  return match == DSEG_MATCH_ORDER && any_differs(job) ? match_and_count(job, DSEG_MATCH_NUMBER, error) : DSEG_OK;
}

static dseg_status compare(dseg_compare_job *job, dseg_source *a, dseg_source *b, dseg_error *error) {
  DSEG_TRY(begin_side(&job->a, a, "A", error));
  DSEG_TRY(begin_side(&job->b, b, "B", error));
  dseg_compare_geometry(job);
  if (!dseg_compare_lacks_classes(job)) {
    DSEG_TRY(match_segments(job, error));
    DSEG_TRY(dseg_compare_instances(job, error));
  } else {
    DSEG_TRY(dseg_compare_instances(job, error));
    job->voxels_compared = job->instances != NULL;
  }
  if (!job->voxels_compared) {
    dseg_compare_add(job, 0, "voxels are not compared");
  }
  return dseg_compare_described(job, error);
}

static dseg_status check_options(dseg_compare_options *options, dseg_error *error) {
  if (options->tolerance == 0) {
    options->tolerance = STANDARD_TOLERANCE;
  }
  return options->tolerance > 0 && isfinite(options->tolerance)
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_ARGUMENT, "tolerance %g mm is not a positive number", options->tolerance);
}

dseg_status dseg_compare(dseg_source *a, dseg_source *b, const dseg_compare_options *options,
                         dseg_comparison **comparison, dseg_error *error) {
  dseg_error_clear(error);
  if (a == NULL || b == NULL || comparison == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_compare: both sources and comparison must not be NULL");
  }
  *comparison = NULL;
  dseg_compare_job job = {.match = DSEG_MATCH_NUMBER, .first_plane = INT64_MAX, .last_plane = INT64_MIN};
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_compare_options, &job.options, options, error));
  DSEG_TRY(check_options(&job.options, error));
  dseg_status status = compare(&job, a, b, error);
  if (status == DSEG_OK) {
    status = dseg_comparison_make(&job, comparison, error);
  }
  free(job.pairs);
  dseg_box_grid_free(&job.a.layout);
  dseg_box_grid_free(&job.b.layout);
  dseg_arena_free(&job.arena);
  return status;
}
