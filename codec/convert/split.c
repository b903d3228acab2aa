/* SPDX-License-Identifier: Apache-2.0 */
/* split.c - a volume for each group of segments, its voxels holding the segments' numbers (or fractions); for
 * --split, a group is one segment.
 *
 * "liver.nii.gz" becomes "liver-NUMBER-label.nii.gz", where label is the segment's in lower-case letters and digits. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/convert.h"

enum { SLUG_LENGTH = 40 };

/* Letters and digits of ASCII in lower case, everything else a hyphen, none doubled or at an end. */
static void make_slug(const char *label, char slug[SLUG_LENGTH + 1]) {
  size_t length = 0;
  for (; *label != '\0' && length < SLUG_LENGTH; label++) {
    const unsigned char c = (unsigned char)*label;
    if (c < 0x80 && isalnum(c) != 0) {
      slug[length++] = (char)tolower(c);
    } else if (length > 0 && slug[length - 1] != '-') {
      slug[length++] = '-';
    }
  }
  while (length > 0 && slug[length - 1] == '-') {
    length--;
  }
  slug[length] = '\0';
}

/* malloc'd; NULL when out of memory. */
static char *name_of_segment(const char *path, const dseg_segment *segment) {
  char slug[SLUG_LENGTH + 1];
  make_slug(segment->label, slug);
  const size_t stem = dseg_volume_stem(path);
  const size_t size = strlen(path) + SLUG_LENGTH + 16;
  char *name = malloc(size);
  if (name != NULL) {
    snprintf(name, size, "%.*s-%" PRIu32 "%s%s%s", (int)stem, path, segment->number, slug[0] != '\0' ? "-" : "", slug,
             path + stem);
  }
  return name;
}

/* What stays the same from file to file. */
typedef struct group_work {
  dseg_grid grid;
  size_t *slots;
  size_t voxel_count;
  unsigned bits; /* of a voxel; 0: a float */
  void *voxels;
  uint32_t *members;      /* of the group: indices in the source */
  dseg_segment *segments; /* likewise, as the target describes them */
} group_work;

static dseg_status fill_group(convert_job *job, group_work *work, size_t member_count, size_t first,
                              dseg_error *error) {
  if (job->fractions) {
    return job->options->stored_fractions
               ? convert_fill_stored(job, &work->grid, work->slots, first, work->voxels, error)
               : convert_fill_fractions(job, &work->grid, work->slots, first, work->voxels, error);
  }
  dseg_overlap overlap = {0};
  return convert_fill_labels(job, &work->grid, work->slots, work->members, member_count, DSEG_OVERLAP_ERROR,
                             work->voxels, &overlap, error);
}

static int write_group(convert_job *job, group_work *work, const uint32_t *group_of, size_t group) {
  const char *path = job->result.files[group];
  size_t count = 0;
  size_t first = 0;
  size_t member_count = 0;
  for (size_t i = 0; i < job->target->segment_count; i++) {
    if (group_of[i] == group) {
      first = count == 0 ? i : first;
      if (!convert_is_absent(job, i)) {
        work->members[member_count++] = job->source_segment[i];
      }
      work->segments[count++] = job->target->segments[i];
    }
  }
  dseg_error error = {0};
  const dseg_status read = fill_group(job, work, member_count, first, &error);
  if (read != DSEG_OK) {
    return convert_fail_input(job, read, &error);
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
  const dseg_volume_write_options options = convert_volume_options(job);
  const dseg_output output = convert_output(job, path);
  const dseg_status status = dseg_volume_write_to(&output, &volume, &options, &error);
  return status == DSEG_OK ? CLI_OK : convert_fail_output(job, path, status, &error);
}

static int write_all(convert_job *job, group_work *work, const uint32_t *group_of) {
  const size_t count = job->result.file_count;
  int exit_code = CLI_OK;
  for (size_t i = 0; exit_code == CLI_OK && i < count; i++) {
    cli_progress_show(&job->progress, i, count);
    exit_code = write_group(job, work, group_of, i);
  }
  return exit_code;
}

static dseg_status make_work(convert_job *job, group_work *work, dseg_error *error) {
  const size_t segments = job->target->segment_count;
  DSEG_TRY(convert_volume_grid(job, &work->grid, &work->slots, &work->voxel_count, error));
  work->bits = !job->fractions ? job->bits : job->options->stored_fractions ? 8 : 0;
  work->voxels = calloc(work->voxel_count + 1, work->bits != 0 ? work->bits / 8 : sizeof(float));
  work->members = calloc(segments + 1, sizeof *work->members);
  work->segments = calloc(segments + 1, sizeof *work->segments);
  if (work->voxels == NULL || work->members == NULL || work->segments == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a volume of %zu voxels", work->voxel_count);
  }
  if (!job->fractions && job->target->background != 0) { /* gaps between planes keep it in all files */
    convert_fill(work->voxels, job->bits, work->voxel_count, job->target->background);
  }
  return DSEG_OK;
}

int convert_write_groups(convert_job *job, const uint32_t *group_of) {
  group_work work = {0};
  dseg_error error = {0};
  const dseg_status status = make_work(job, &work, &error);
  int exit_code = CLI_OK;
  if (status != DSEG_OK) {
    exit_code = convert_fail_input(job, status, &error);
  } else {
    cli_progress_begin(&job->progress, job->options->output);
    exit_code = write_all(job, &work, group_of);
    cli_progress_end(&job->progress);
  }
  free(work.slots);
  free(work.voxels);
  free(work.members);
  free(work.segments);
  return exit_code;
}

static int check_with_metadata(convert_job *job) {
  const size_t count = job->result.file_count;
  const char **names = calloc(count + 1, sizeof *names);
  if (names == NULL) {
    return convert_fail_memory(job);
  }
  for (size_t i = 0; i < count; i++) {
    names[i] = job->result.files[i];
  }
  names[count] = job->options->write_metadata;
  const int exit_code = convert_check_names(job, names, count + 1);
  free(names);
  return exit_code;
}

/* Every name first, so that one that exists already stops the work before it begins. */
static int make_names(convert_job *job) {
  int exit_code = CLI_OK;
  for (size_t i = 0; exit_code == CLI_OK && i < job->target->segment_count; i++) {
    char *name = name_of_segment(job->options->output, &job->target->segments[i]);
    if (name == NULL || !convert_add_file(job, name)) {
      exit_code = convert_fail_memory(job);
    } else {
      exit_code = convert_check_output(job, name);
    }
    free(name);
  }
  if (exit_code == CLI_OK && job->options->write_metadata != NULL) {
    exit_code = check_with_metadata(job);
  } else if (exit_code == CLI_OK) {
    exit_code = convert_check_names(job, (const char *const *)job->result.files, job->result.file_count);
  }
  return exit_code;
}

/* A run that succeeds writes something. */
static int refuse_no_segments(const convert_job *job) {
  dseg_error error = {DSEG_OK, ""};
  const bool dropped = job->options->present_only;
  const dseg_status status = dseg_fail(
      &error, DSEG_ERROR_UNSUPPORTED,
      "no voxel belongs to a segment, and none is %s: --split, which writes a file for each segment, has none "
      "to write; %s, or leave out --split",
      dropped ? "kept" : "described",
      dropped ? "leave out --present-only" : "name with --metadata what was looked for");
  return convert_fail_output(job, job->options->output, status, &error);
}

int convert_split_volumes(convert_job *job) {
  if (job->target->segment_count == 0) {
    return refuse_no_segments(job);
  }
  if (job->fractions && (job->format->flags & DSEG_VOLUME_FRACTIONS) == 0) {
    return convert_refuse_fractions(job);
  }
  uint32_t *group_of = calloc(job->target->segment_count + 1, sizeof *group_of);
  if (group_of == NULL) {
    return convert_fail_memory(job);
  }
  for (size_t i = 0; i < job->target->segment_count; i++) {
    group_of[i] = (uint32_t)i;
  }
  int exit_code = make_names(job);
  if (exit_code == CLI_OK) {
    exit_code = convert_write_groups(job, group_of);
  }
  free(group_of);
  return exit_code;
}
