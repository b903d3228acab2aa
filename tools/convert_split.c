/* convert_split.c - --split: a volume for each segment, its voxels holding the segment's number (or fractions).
 *
 * "liver.nii.gz" becomes "liver-NUMBER-label.nii.gz", where label is the segment's in lower-case letters and digits. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "convert.h"

enum { SLUG_LENGTH = 40 };

/* The length of the file name without its suffix. */
static size_t stem_length(const char *path) {
  static const char *const suffixes[] = {".seg.nrrd", ".nii.gz", ".nii", ".nrrd", ".nhdr", ".mha", ".mhd"};
  const size_t length = strlen(path);
  for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
    const size_t suffix = strlen(suffixes[i]);
    if (length > suffix && strcasecmp(path + length - suffix, suffixes[i]) == 0) {
      return length - suffix;
    }
  }
  return length;
}

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
  const size_t stem = stem_length(path);
  const size_t size = strlen(path) + SLUG_LENGTH + 16;
  char *name = malloc(size);
  if (name != NULL) {
    snprintf(name, size, "%.*s-%" PRIu32 "%s%s%s", (int)stem, path, segment->number, slug[0] != '\0' ? "-" : "", slug,
             path + stem);
  }
  return name;
}

typedef struct split_work {
  dseg_grid grid;
  size_t *slots;
  size_t voxel_count;
  void *voxels;
} split_work;

static int write_segment(convert_job *job, split_work *work, size_t index, const char *path) {
  const uint32_t source_segment = job->source_segment[index];
  dseg_error error = {0};
  dseg_overlap overlap = {0};
  const dseg_status read = job->fractions
                               ? convert_fill_fractions(job, &work->grid, work->slots, index, work->voxels, &error)
                               : convert_fill_labels(job, &work->grid, work->slots, &source_segment, 1,
                                                     DSEG_OVERLAP_FIRST, work->voxels, &overlap, &error);
  if (read != DSEG_OK) {
    return convert_fail_input(job, read, &error);
  }
  /* A description of this segment alone; what it points to stays the target's. */
  dseg_description alone = *job->target;
  alone.segments = &job->target->segments[index];
  alone.segment_count = 1;
  const dseg_volume volume = {.description = &alone,
                              .grid = work->grid,
                              .bits = job->fractions ? 0 : job->bits,
                              .layer_count = 1,
                              .voxels = work->voxels};
  const dseg_volume_write_options options = convert_volume_options(job);
  const dseg_status status = dseg_volume_write(path, &volume, &options, &error);
  return status == DSEG_OK ? CLI_OK : convert_fail_output(job, path, status, &error);
}

static int write_all(convert_job *job, split_work *work) {
  const size_t count = job->target->segment_count;
  int exit_code = CLI_OK;
  for (size_t i = 0; exit_code == CLI_OK && i < count; i++) {
    cli_progress_show(&job->progress, i, count);
    exit_code = write_segment(job, work, i, job->result.files[i]);
    for (size_t k = 0; exit_code != CLI_OK && k < i; k++) {
      unlink(job->result.files[k]); /* all or nothing */
    }
  }
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
  return exit_code;
}

int convert_split_volumes(convert_job *job) {
  if (job->fractions && job->format == DSEG_VOLUME_SEG_NRRD) {
    cli_error(job->options->output, "seg.nrrd does not hold fractions: give --threshold, or write .nii.gz or .nrrd");
    return CLI_OUTPUT;
  }
  int exit_code = make_names(job);
  if (exit_code != CLI_OK) {
    return exit_code;
  }
  split_work work = {0};
  dseg_error error = {0};
  const dseg_status status = convert_volume_grid(job, &work.grid, &work.slots, &work.voxel_count, &error);
  const size_t element = job->fractions ? sizeof(float) : job->bits / 8;
  work.voxels = status == DSEG_OK ? calloc(work.voxel_count + 1, element) : NULL;
  if (status != DSEG_OK) {
    exit_code = convert_fail_input(job, status, &error);
  } else if (work.voxels == NULL) {
    exit_code = convert_fail_memory(job);
  } else {
    cli_progress_begin(&job->progress, job->options->output);
    exit_code = write_all(job, &work);
    cli_progress_end(&job->progress);
  }
  free(work.slots);
  free(work.voxels);
  return exit_code;
}
