/* SPDX-License-Identifier: Apache-2.0 */
/* prepare.c - settles what the output is: its representation, segments, planes and numbers. */
#include <stdlib.h>
#include <string.h>

#include "convert/job.h"
#include "sources/source.h"

static bool is_fraction(dseg_voxel_kind kind) {
  return kind == DSEG_VOXELS_PROBABILITY || kind == DSEG_VOXELS_OCCUPANCY;
}

/* The representation of an object that is made from labels or masks: a label map unless segments overlap. */
static dseg_status choose_by_overlap(dseg_convert_job *job, const char **name, dseg_error *error) {
  *name = "labelmap";
  if (dseg_source_description(job->source)->kind == DSEG_VOXELS_LABELS || dseg_convert_flattens(job)) {
    return DSEG_OK;
  }
  dseg_overlap overlap = {0};
  const dseg_status status = dseg_convert_scan_overlap(job, 0, &overlap, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_input(job, status, error);
  }
  *name = overlap.voxels > 0 ? "binary" : "labelmap";
  return DSEG_OK;
}

/* What a DICOM input is in: of a proposal that shares its Segmentation Type with one of the standard, that one, since
 * no default chooses a proposal; NULL: no DICOM, or more than that one can hold. */
static const char *representation_of(const dseg_source *source) {
  const char *name = dseg_source_encoding(source)->representation;
  const dseg_representation *representation = name != NULL ? dseg_find_representation(name) : NULL;
  if (representation == NULL) {
    return name;
  }
  const dseg_representation *first = dseg_find_representation(representation->segmentation_type);
  const bool overlaps =
      (first->flags & DSEG_PLUGIN_LABEL_FRAMES) != 0 && dseg_source_description(source)->kind != DSEG_VOXELS_LABELS;
  return first != representation && overlaps ? NULL : first->name;
}

/* The one asked for, else what a DICOM input has, else what holds the voxels in the fewest bytes. */
static dseg_status choose_representation(dseg_convert_job *job, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  const dseg_voxel_kind kind = dseg_source_description(job->source)->kind;
  const bool keeps_fractions = is_fraction(kind) && options->threshold <= 0;
  const char *name = options->representation;
  if (name == NULL && is_fraction(kind) == keeps_fractions) {
    name = representation_of(job->source);
  }
  if (name == NULL && keeps_fractions) {
    name = "fractional";
  }
  if (name == NULL) {
    DSEG_TRY(choose_by_overlap(job, &name, error));
  }
  job->representation = dseg_find_representation(name);
  if (job->representation == NULL) {
    dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "this build has no representation \"%.100s\"", name);
    return dseg_convert_fail_output(job, job->output_name, DSEG_ERROR_UNSUPPORTED, error);
  }
  return DSEG_OK;
}

/* Fractions stay fractions, or become labels by a threshold that the user has chosen. */
static dseg_status settle_kind(dseg_convert_job *job, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  dseg_description *target = job->target;
  const bool from_fractions = is_fraction(target->kind);
  const bool volume = job->representation == NULL;
  const bool to_fractions =
      volume ? from_fractions && options->threshold <= 0 : (job->representation->flags & DSEG_PLUGIN_FRACTIONS) != 0;
  if (from_fractions && !to_fractions && options->threshold <= 0) {
    dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
              "it holds fractions, and %s needs to know from which fraction on a voxel is inside: give %s (0.5 for "
              "instance)",
              volume ? "a label volume" : job->representation->name, dseg_convert_name(job, DSEG_OPTION_THRESHOLD));
    return dseg_convert_fail_input(job, DSEG_ERROR_UNSUPPORTED, error);
  }
  if (from_fractions && to_fractions && options->threshold > 0) {
    dseg_fail(error, DSEG_ERROR_ARGUMENT, "%s has no use where the output holds fractions",
              dseg_convert_name(job, DSEG_OPTION_THRESHOLD));
    return dseg_convert_fail_input(job, DSEG_ERROR_ARGUMENT, error);
  }
  double off = 0;
  if (!volume && to_fractions && dseg_source_keeps_fractions(job->source, &off) && off > 1e-6) {
    dseg_convert_note(job, job->output_name,
                      "fractions are stored as multiples of 1/255 (Maximum Fractional Value (0062,000E)): off by up to "
                      "%.2g",
                      off);
  }
  job->fractions = to_fractions;
  job->mask_maximum = 1;
  if (to_fractions && !from_fractions) {
    target->kind = DSEG_VOXELS_OCCUPANCY;
    target->maximum_fraction = UINT8_MAX;
    job->mask_maximum = UINT8_MAX;
  } else if (!to_fractions) {
    const bool labels =
        volume || !dseg_convert_takes_masks(job) || target->kind == DSEG_VOXELS_LABELS || dseg_convert_flattens(job);
    target->kind = labels ? DSEG_VOXELS_LABELS : DSEG_VOXELS_MASKS;
    target->maximum_fraction = 0;
  }
  return DSEG_OK;
}

static dseg_status set_series_text(dseg_convert_job *job, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  dseg_content *content = &job->target->content;
  if (options->series_description != NULL) {
    content->series_description = dseg_description_strdup(job->target, options->series_description);
  }
  if (options->series_number != NULL) {
    content->series_number = dseg_description_strdup(job->target, options->series_number);
  }
  const bool complete = (options->series_description == NULL || content->series_description != NULL) &&
                        (options->series_number == NULL || content->series_number != NULL);
  return complete ? DSEG_OK : dseg_convert_fail_memory(job, error);
}

/* Original numbers for now, in 32 bits, for what has to look at voxels before the output's numbers are settled. */
static void keep_numbers(dseg_convert_job *job) {
  for (size_t i = 0; i < job->target->segment_count; i++) {
    job->values[job->source_segment[i]] = job->target->segments[i].number;
  }
  job->bits = 32;
}

/* In this order: each looks at what those before it have left. */
static dseg_status settle_output(dseg_convert_job *job, dseg_error *error) {
  DSEG_TRY(dseg_convert_select_segments(job, error));
  DSEG_TRY(dseg_convert_select_view(job, error));
  DSEG_TRY(dseg_convert_choose_planes(job, error));
  if (job->format == NULL) {
    keep_numbers(job);
    DSEG_TRY(choose_representation(job, error));
  }
  DSEG_TRY(settle_kind(job, error));
  DSEG_TRY(dseg_convert_settle_instances(job, error));
  if (job->options->reference_count > 0) {
    DSEG_TRY(dseg_convert_apply_reference(job, error));
  }
  dseg_convert_note_shift(job);
  DSEG_TRY(dseg_convert_settle_absent(job, error));
  DSEG_TRY(dseg_convert_number_segments(job, error));
  DSEG_TRY(dseg_convert_check_segments(job, error));
  DSEG_TRY(dseg_convert_note_absent(job, error));
  DSEG_TRY(dseg_convert_check_said(job, error));
  if (job->format == NULL) {
    DSEG_TRY(dseg_convert_settle_attributes(job, error));
  }
  return dseg_convert_finish_instances(job, error);
}

dseg_status dseg_convert_prepare(dseg_convert_job *job, dseg_error *error) {
  const dseg_status status = dseg_description_copy(dseg_source_description(job->source), &job->target, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_input(job, status, error);
  }
  DSEG_TRY(dseg_convert_check_spacing(job, error));
  DSEG_TRY(dseg_convert_apply_metadata(job, error));
  DSEG_TRY(dseg_convert_set_algorithm(job, error));
  DSEG_TRY(dseg_convert_settle_masks(job, error));
  DSEG_TRY(set_series_text(job, error));
  return settle_output(job, error);
}
