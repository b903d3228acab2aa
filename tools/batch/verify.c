/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - whether what was written holds what it was made of: both sides are decoded. */
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
  return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
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

dseg_status batch_verify(batch_task *task, dseg_source *input, dseg_source *output, unsigned ignore, bool same_instance,
                         dseg_error *error) {
  const dseg_compare_options options = {.struct_size = sizeof options, .ignore = ignore, .threads = 1};
  dseg_comparison *comparison = NULL;
  if (same_instance) {
    DSEG_TRY(compare_instances(input, output, error));
  }
  dseg_status status = dseg_compare(input, output, &options, &comparison, error);
  if (status == DSEG_OK && !comparison->same) {
    status =
        dseg_fail(error, DSEG_ERROR_FORMAT, "what was written is not what was read: %s", first_difference(comparison));
  }
  dseg_comparison_destroy(comparison);
  task->verified = status == DSEG_OK;
  return status;
}
