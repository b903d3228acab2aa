/* SPDX-License-Identifier: Apache-2.0 */
/* split.c - a volume for each group of segments, its voxels holding the segments' numbers (or fractions). */
#include <stdlib.h>
#include <string.h>

#include "convert/file_names.h"
#include "convert/job.h"
#include "model/label_planes.h"

/* What stays the same from file to file. */
typedef struct group_work {
  dseg_grid grid;
  size_t *slots;
  size_t voxel_count;
  unsigned bits;          /* of a voxel, as dseg_volume has it */
  unsigned fraction_bits; /* 32 or 64 */
  void *voxels;
  uint32_t *members;      /* of the group: indices in the view */
  dseg_segment *segments; /* likewise, as the target describes them */
  dseg_convert_progress progress;
} group_work;

static dseg_status fill_group(dseg_convert_job *job, group_work *work, size_t member_count, size_t first,
                              dseg_error *error) {
  if (job->fractions) {
    const dseg_reals reals = {work->voxels, work->fraction_bits};
    return job->options->stored_fractions
               ? dseg_convert_fill_stored(job, &work->grid, work->slots, first, work->voxels, error)
               : dseg_convert_fill_fractions(job, &work->grid, work->slots, first, &reals, error);
  }
  dseg_overlap overlap = {0};
  return dseg_convert_fill_labels(job, &work->grid, work->slots, work->members, member_count, DSEG_OVERLAP_ERROR,
                                  work->voxels, &overlap, error);
}

static dseg_status write_group(dseg_convert_job *job, group_work *work, size_t group, dseg_error *error) {
  size_t count = 0;
  size_t first = 0;
  size_t member_count = 0;
  for (size_t i = 0; i < job->target->segment_count; i++) {
    if (job->group_of[i] == group) {
      first = count == 0 ? i : first;
      if (!dseg_convert_is_absent(job, i)) {
        work->members[member_count++] = job->source_segment[i];
      }
      work->segments[count++] = job->target->segments[i];
    }
  }
  const dseg_status status = fill_group(job, work, member_count, first, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_input(job, status, error);
  }
  /* A description of these segments alone; what it points to stays the target's. */
  dseg_description alone = *job->target;
  alone.segments = work->segments;
  alone.segment_count = count;
  const dseg_volume volume = {.struct_size = sizeof(dseg_volume),
                              .description = &alone,
                              .grid = work->grid,
                              .bits = work->bits,
                              .layer_count = 1,
                              .voxels = work->voxels};
  return dseg_convert_write_volume(job, job->group_names[group], &volume, &work->progress, error);
}

static dseg_status make_work(dseg_convert_job *job, group_work *work, dseg_error *error) {
  const size_t segments = job->target->segment_count;
  DSEG_TRY(dseg_convert_volume_grid(job, &work->grid, &work->slots, &work->voxel_count, error));
  work->fraction_bits = dseg_convert_fraction_bits(job);
  work->bits = !job->fractions ? job->bits : job->options->stored_fractions ? 8 : work->fraction_bits == 64 ? 64 : 0;
  const size_t element = work->bits != 0 ? work->bits / 8 : sizeof(float);
  DSEG_TRY(dseg_convert_check_memory(job, (uint64_t)work->voxel_count * element, error));
  work->voxels = calloc(work->voxel_count + 1, element);
  work->members = calloc(segments + 1, sizeof *work->members);
  work->segments = calloc(segments + 1, sizeof *work->segments);
  if (work->voxels == NULL || work->members == NULL || work->segments == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a volume of %zu voxels", work->voxel_count);
  }
  if (!job->fractions && job->target->background != 0) { /* gaps between planes keep it in all files */
    dseg_labels_fill(work->voxels, job->bits, 0, work->voxel_count, job->target->background);
  }
  return DSEG_OK;
}

static dseg_status write_groups(dseg_convert_job *job, dseg_error *error) {
  group_work work = {.progress = {job->options->progress, 0, job->group_count}};
  dseg_status status = make_work(job, &work, error);
  if (status != DSEG_OK) {
    status = dseg_convert_fail_input(job, status, error);
  }
  for (size_t i = 0; status == DSEG_OK && i < job->group_count; i++) {
    work.progress.part = i;
    status = write_group(job, &work, i, error);
  }
  free(work.slots);
  free(work.voxels);
  free(work.members);
  free(work.segments);
  return status;
}

/* Every name first, so that one that exists already stops the work before it begins. */
static dseg_status make_names(dseg_convert_job *job, dseg_error *error) {
  const bool counted = job->options->files != DSEG_FILES_BY_SEGMENT;
  const dseg_output *metadata = job->options->metadata_output;
  job->group_names = calloc(job->group_count + 2, sizeof(char *));
  if (job->group_names == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  for (size_t i = 0; i < job->group_count; i++) {
    job->group_names[i] = counted ? dseg_convert_name_counted(job->output.path, job->options->format, i + 1)
                                  : dseg_convert_name_segment(job->output.path, &job->target->segments[i]);
    if (job->group_names[i] == NULL) {
      return dseg_convert_fail_memory(job, error);
    }
    DSEG_TRY(dseg_convert_check_output(job, job->group_names[i], job->output.flags, error));
  }
  const char **names = calloc(job->group_count + 1, sizeof *names);
  if (names == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  size_t count = 0;
  for (; count < job->group_count; count++) {
    names[count] = job->group_names[count];
  }
  if (metadata != NULL && metadata->path != NULL) {
    names[count++] = metadata->path;
  }
  const dseg_status status = dseg_convert_check_names(job, names, count, error);
  free(names);
  return status;
}

/* Which file each segment goes to. */
static dseg_status choose_groups(dseg_convert_job *job, dseg_error *error) {
  const dseg_file_choice files = job->options->files;
  const size_t count = job->target->segment_count;
  const bool counted = files != DSEG_FILES_BY_SEGMENT;
  job->group_of = calloc(count + 1, sizeof *job->group_of);
  if (job->group_of == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  if (counted && dseg_source_description(job->source)->kind == DSEG_VOXELS_LABELS) {
    job->group_count = 1;
    return DSEG_OK;
  }
  if (files == DSEG_FILES_BY_LAYER_COUNTED && !job->fractions) {
    const dseg_status status = dseg_convert_assign_layers(job, job->group_of, &job->group_count, error);
    return status == DSEG_OK ? DSEG_OK : dseg_convert_fail_input(job, status, error);
  }
  for (size_t i = 0; i < count; i++) {
    job->group_of[i] = (uint32_t)i;
  }
  job->group_count = count;
  return DSEG_OK;
}

/* A run that succeeds writes something. */
static dseg_status refuse_no_segments(dseg_convert_job *job, dseg_error *error) {
  const bool dropped = job->options->present_only;
  const char *split = dseg_convert_name(job, DSEG_OPTION_SPLIT);
  dseg_fail(
      error, DSEG_ERROR_UNSUPPORTED,
      "no voxel belongs to a segment, and none is %s: %s, which writes a file for each segment, has none to write; "
      "%s %s%s, or leave out %s",
      dropped ? "kept" : "described", split, dropped ? "leave out" : "name with",
      dseg_convert_name(job, dropped ? DSEG_OPTION_PRESENT_ONLY : DSEG_OPTION_METADATA),
      dropped ? "" : " what was looked for", split);
  return dseg_convert_fail_output(job, job->output_name, DSEG_ERROR_UNSUPPORTED, error);
}

dseg_status dseg_convert_split_volumes(dseg_convert_job *job, dseg_error *error) {
  if (job->fractions && (job->format->flags & DSEG_VOLUME_FRACTIONS) == 0) {
    return dseg_convert_refuse_fractions(job, error);
  }
  DSEG_TRY(choose_groups(job, error));
  if (job->group_count == 0) {
    return refuse_no_segments(job, error);
  }
  DSEG_TRY(make_names(job, error));
  return write_groups(job, error);
}
