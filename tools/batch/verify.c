/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - whether what was written holds what it was made of: both sides are decoded. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "batch/batch.h"
#include "cli/environment.h"
#include "dseg/compare.h"
#include "dseg/digest.h"

dseg_status batch_open(const batch_task *task, const char *path, const dseg_open_options *options, dseg_source **source,
                       dseg_error *error) {
  dseg_open_options complete = options != NULL ? *options : (dseg_open_options){0};
  complete.struct_size = sizeof complete;
  complete.keep_context = true;
  complete.threads = 1;
  complete.memory_limit = task->run->settings->memory;
  complete.temporary_directory = cli_temporary_directory();
  return dseg_open(path, &complete, source, error);
}

dseg_status batch_look(batch_task *task, dseg_source *source, dseg_error *error) {
  const dseg_encoding_info *info = dseg_source_encoding(source);
  task->has_counts = true;
  task->frames = info->frame_count;
  task->segments = dseg_source_description(source)->segment_count;
  if (info->sop_instance_uid != NULL) {
    (void)snprintf(task->sop_instance_uid, sizeof task->sop_instance_uid, "%s", info->sop_instance_uid);
  }
  if (!task->run->settings->digest) {
    return DSEG_OK;
  }
  const dseg_digest_options options = {.struct_size = sizeof options, .threads = 1};
  dseg_digest digest;
  DSEG_TRY(dseg_source_digest(source, &options, &digest, error));
  for (size_t i = 0; i < DSEG_DIGEST_BYTES; i++) {
    (void)snprintf(task->voxels_sha256 + 2 * i, 3, "%02x", digest.sha256[i]);
  }
  return DSEG_OK;
}

static bool is_same_text(const char *a, const char *b) {
  return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

/* What a transcoding keeps and a comparison leaves out. */
static dseg_status compare_instances(dseg_source *input, dseg_source *output, dseg_error *error) {
  const dseg_encoding_info *a = dseg_source_encoding(input);
  const dseg_encoding_info *b = dseg_source_encoding(output);
  if (!is_same_text(a->sop_instance_uid, b->sop_instance_uid) || !is_same_text(a->series_uid, b->series_uid) ||
      !is_same_text(a->study_uid, b->study_uid) || !is_same_text(a->sop_class_uid, b->sop_class_uid) ||
      a->frame_count != b->frame_count) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "what was written has other UIDs, or other frames");
  }
  uint32_t tag = 0;
  size_t count = 0;
  DSEG_TRY(dseg_compare_attributes(dseg_source_description(input)->context, dseg_source_description(output)->context,
                                   &tag, 1, &count, error));
  return count == 0
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_FORMAT, "what was written differs in (%04X,%04X) and %zu more attributes",
                         (unsigned)(tag >> 16), (unsigned)(tag & 0xFFFFU), count - 1);
}

/* The first thing that differs, in words. */
static const char *first_difference(const dseg_comparison *comparison) {
  for (size_t i = 0; i < comparison->difference_count; i++) {
    if ((comparison->differences[i]->aspect & comparison->differs) != 0) {
      return comparison->differences[i]->text;
    }
  }
  for (size_t i = 0; i < comparison->pair_count; i++) {
    const dseg_segment_pair *pair = comparison->pairs[i];
    for (size_t j = 0; pair->differs != 0 && j < pair->difference_count; j++) {
      if ((pair->differences[j]->aspect & pair->differs) != 0) {
        return pair->differences[j]->text;
      }
    }
  }
  return (comparison->differs & DSEG_ASPECT_VOXELS) != 0     ? "voxels differ"
         : (comparison->differs & DSEG_ASPECT_SEGMENTS) != 0 ? "segments are missing"
                                                             : "attributes differ";
}

/* Between objects the standard's one. A volume's directions may not be perpendicular, and are made so for an object,
 * which a note says: a twentieth of the smallest distance of its voxels is allowed then. */
static double tolerance_of(dseg_source *input, dseg_source *output) {
  const bool objects =
      dseg_source_encoding(input)->representation != NULL && dseg_source_encoding(output)->representation != NULL;
  dseg_grid grid;
  if (objects || dseg_geometry_to_grid(&dseg_source_description(input)->geometry, &grid, NULL, NULL) != DSEG_OK) {
    return 0;
  }
  double least = INFINITY;
  for (size_t i = 0; i < 3; i++) {
    const double *step = grid.step[i];
    const double distance = sqrt(step[0] * step[0] + step[1] * step[1] + step[2] * step[2]);
    least = distance > 0 && distance < least ? distance : least;
  }
  return least < INFINITY ? least / 20 : 0;
}

static bool is_same_code(const dseg_code *a, const dseg_code *b) {
  return is_same_text(a->value, b->value) && is_same_text(a->scheme, b->scheme);
}

/* A general code may stand in for one that an object has to have and lacks. */
static bool is_same_required_code(const dseg_code *a, const dseg_code *b) {
  return a->value == NULL || b->value == NULL || is_same_code(a, b);
}

static bool are_same_code_lists(const dseg_code_list *a, const dseg_code_list *b) {
  bool same = a->count == b->count;
  for (size_t i = 0; same && i < a->count; i++) {
    same = is_same_code(&a->items[i], &b->items[i]);
  }
  return same;
}

static bool are_same_codes(const dseg_segment *a, const dseg_segment *b) {
  return is_same_required_code(&a->category, &b->category) && is_same_required_code(&a->type, &b->type) &&
         are_same_code_lists(&a->type_modifiers, &b->type_modifiers) &&
         are_same_code_lists(&a->anatomic_regions, &b->anatomic_regions) &&
         are_same_code_lists(&a->anatomic_region_modifiers, &b->anatomic_region_modifiers);
}

/* One step of 255 is what conversion to CIELab and back may cost. */
static bool is_same_color(const dseg_segment *a, const dseg_segment *b) {
  bool same = a->has_color == b->has_color;
  for (size_t i = 0; same && a->has_color && i < 3; i++) {
    same = abs(a->rgb[i] - b->rgb[i]) <= 1;
  }
  return same;
}

static bool are_same_details(const dseg_segment *a, const dseg_segment *b) {
  return is_same_text(a->description, b->description) && a->algorithm_type == b->algorithm_type &&
         is_same_text(a->algorithm_name, b->algorithm_name) && is_same_text(a->tracking_id, b->tracking_id) &&
         is_same_text(a->tracking_uid, b->tracking_uid);
}

/* What dseg_compare looks at, segments in one order. */
static bool are_same_segments(const dseg_description *a, const dseg_description *b, unsigned ignore) {
  bool same = a->segment_count == b->segment_count;
  for (size_t i = 0; same && i < a->segment_count; i++) {
    const dseg_segment *first = &a->segments[i];
    const dseg_segment *second = &b->segments[i];
    same = ((ignore & DSEG_ASPECT_NAMES) != 0 || is_same_text(first->label, second->label)) &&
           ((ignore & DSEG_ASPECT_CODES) != 0 || are_same_codes(first, second)) &&
           ((ignore & DSEG_ASPECT_COLORS) != 0 || is_same_color(first, second)) &&
           ((ignore & DSEG_ASPECT_DETAILS) != 0 || are_same_details(first, second));
  }
  return same;
}

static bool are_near(const double *a, const double *b, size_t count, double tolerance) {
  bool near = true;
  for (size_t i = 0; i < count; i++) {
    near = near && fabs(a[i] - b[i]) <= tolerance;
  }
  return near;
}

static bool are_same_planes(const dseg_geometry *a, const dseg_geometry *b) {
  bool same = a->plane_count == b->plane_count && a->rows == b->rows && a->columns == b->columns &&
              are_near(a->orientation, b->orientation, 6, 1e-6);
  for (size_t i = 0; same && i < a->plane_count; i++) {
    same = are_near(a->planes[i].position, b->planes[i].position, 3, 1e-3);
  }
  return same;
}

static dseg_status hash_voxels(dseg_source *source, dseg_digest *digest, dseg_error *error) {
  const dseg_digest_options options = {.struct_size = sizeof options, .threads = 1};
  *digest = (dseg_digest){.fractions = false};
  return dseg_source_digest(source, &options, digest, error);
}

/* Planes on no regular grid are not brought together by a comparison: here they are the same ones, in one order. */
static dseg_status compare_planes(dseg_source *input, dseg_source *output, unsigned ignore, dseg_error *error) {
  const dseg_description *a = dseg_source_description(input);
  const dseg_description *b = dseg_source_description(output);
  dseg_digest digests[2];
  uint32_t tag = 0;
  size_t count = 0;
  DSEG_TRY(hash_voxels(input, &digests[0], error));
  DSEG_TRY(hash_voxels(output, &digests[1], error));
  bool same = are_same_segments(a, b, ignore);
  if ((ignore & DSEG_ASPECT_PROVENANCE) == 0) {
    DSEG_TRY(dseg_compare_attributes(a->attributes, b->attributes, &tag, 1, &count, error));
    same = same && count == 0;
    for (size_t i = 0; same && i < a->segment_count; i++) {
      DSEG_TRY(dseg_compare_attributes(a->segments[i].attributes, b->segments[i].attributes, &tag, 1, &count, error));
      same = count == 0;
    }
  }
  if (!same || !are_same_planes(&a->geometry, &b->geometry) ||
      memcmp(digests[0].sha256, digests[1].sha256, sizeof digests[0].sha256) != 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "what was written is not what was read: planes, voxels or segments differ");
  }
  return DSEG_OK;
}

dseg_status batch_verify(batch_task *task, dseg_source *input, dseg_source *output, unsigned ignore, bool same_instance,
                         dseg_error *error) {
  const dseg_compare_options options = {.struct_size = sizeof options,
                                        .tolerance = tolerance_of(input, output),
                                        .ignore = ignore,
                                        .threads = 1,
                                        .memory_limit = task->run->settings->memory};
  dseg_comparison *comparison = NULL;
  if (same_instance) {
    DSEG_TRY(compare_instances(input, output, error));
  }
  dseg_status status = dseg_compare(input, output, &options, &comparison, error);
  if (status == DSEG_ERROR_UNSUPPORTED) {
    dseg_error_clear(error);
    status = compare_planes(input, output, ignore, error);
    task->verified = status == DSEG_OK;
    return status;
  }
  if (status == DSEG_OK && !comparison->same) {
    status =
        dseg_fail(error, DSEG_ERROR_FORMAT, "what was written is not what was read: %s", first_difference(comparison));
  }
  dseg_comparison_destroy(comparison);
  task->verified = status == DSEG_OK;
  return status;
}
