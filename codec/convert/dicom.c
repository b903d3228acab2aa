/* SPDX-License-Identifier: Apache-2.0 */
/* dicom.c - writes a DICOM object, a few planes at a time: label maps where segments do not overlap, else a
 * mask for each segment that a plane may hold. */
#include <stdlib.h>
#include <string.h>

#include "cli/environment.h"
#include "convert/convert.h"

/* What is being done, so that a failure is reported with the file it concerns. */
typedef enum dicom_stage { STAGE_READ, STAGE_WRITE } dicom_stage;

typedef struct dicom_work {
  dseg_writer *writer;
  size_t chunk;     /* planes */
  uint8_t *labels;  /* chunk planes of job->bits, also used for masks of bytes */
  uint8_t *present; /* by segment of the target */
  uint8_t *scratch; /* by segment of the source */
  dseg_overlap overlap;
  dicom_stage stage;
} dicom_work;

static size_t plane_bytes(const convert_job *job) {
  const dseg_geometry *geometry = &job->target->geometry;
  return (size_t)geometry->rows * geometry->columns * (job->bits / 8);
}

/* Every segment that may be in the plane, by its mask. */
static dseg_status write_masks(convert_job *job, dicom_work *work, size_t plane, dseg_error *error) {
  work->stage = STAGE_READ;
  DSEG_TRY(convert_segments_in_plane(job, plane, work->present, work->scratch, error));
  for (size_t i = 0; i < job->target->segment_count; i++) {
    if (work->present[i] != 0) {
      work->stage = STAGE_READ;
      DSEG_TRY(convert_read_mask(job, i, plane, work->labels, error));
      work->stage = STAGE_WRITE;
      DSEG_TRY(dseg_writer_write_mask(work->writer, plane, i, work->labels, error));
    }
  }
  return DSEG_OK;
}

static dseg_status write_labels(convert_job *job, dicom_work *work, size_t first, size_t count, dseg_error *error) {
  work->stage = STAGE_WRITE;
  for (size_t i = 0; i < count; i++) {
    if (job->map.source_plane[first + i] >= 0) {
      DSEG_TRY(
          dseg_writer_write_labels(work->writer, first + i, work->labels + i * plane_bytes(job), job->bits, error));
    }
  }
  return DSEG_OK;
}

/* Planes of a chunk in which segments overlap, one by one. */
static dseg_status write_overlapping(convert_job *job, dicom_work *work, size_t first, size_t count,
                                     dseg_error *error) {
  for (size_t i = first; i < first + count; i++) {
    dseg_overlap overlap = {0};
    work->stage = STAGE_READ;
    DSEG_TRY(convert_read_labels(job, i, 1, NULL, 0, DSEG_OVERLAP_FIRST, work->labels, &overlap, error));
    if (overlap.voxels == 0) {
      DSEG_TRY(write_labels(job, work, i, 1, error));
    } else {
      DSEG_TRY(write_masks(job, work, i, error));
    }
  }
  return DSEG_OK;
}

/* DSEG_ERROR_OVERLAP when the output would lose overlap; work->overlap holds what was found so far. */
static dseg_status write_chunk(convert_job *job, dicom_work *work, size_t first, size_t count, dseg_error *error) {
  const convert_options *options = job->options;
  const bool flattened = options->overlap_given && options->overlap != DSEG_OVERLAP_ERROR;
  const bool refuses = options->overlap_given && options->overlap == DSEG_OVERLAP_ERROR;
  work->stage = STAGE_READ;
  dseg_overlap overlap = {0};
  DSEG_TRY(convert_read_labels(job, first, count, NULL, 0, flattened ? options->overlap : DSEG_OVERLAP_FIRST,
                               work->labels, &overlap, error));
  if (overlap.voxels == 0 || flattened) {
    return write_labels(job, work, first, count, error);
  }
  if (!refuses && (job->representation->flags & DSEG_PLUGIN_SEGMENT_FRAMES) != 0) {
    return write_overlapping(job, work, first, count, error);
  }
  convert_merge_overlap(&work->overlap, &overlap);
  return DSEG_ERROR_OVERLAP;
}

static dseg_status write_fractions(convert_job *job, dicom_work *work, size_t first, size_t count, dseg_error *error) {
  for (size_t i = first; i < first + count; i++) {
    DSEG_TRY(write_masks(job, work, i, error));
  }
  return DSEG_OK;
}

static dseg_status write_planes(convert_job *job, dicom_work *work, size_t *plane, dseg_error *error) {
  const size_t plane_count = job->target->geometry.plane_count;
  while (*plane < plane_count) {
    const size_t count = plane_count - *plane < work->chunk ? plane_count - *plane : work->chunk;
    cli_progress_show(&job->progress, *plane, plane_count);
    DSEG_TRY(job->fractions ? write_fractions(job, work, *plane, count, error)
                            : write_chunk(job, work, *plane, count, error));
    *plane += count;
  }
  work->stage = STAGE_WRITE;
  cli_progress_begin(&job->progress, "compressing frames");
  return dseg_writer_finish(work->writer, error);
}

/* Counts the overlap in the planes that remain, so that the message has the whole number. */
static int refuse(convert_job *job, dicom_work *work, size_t plane) {
  const size_t next = plane + work->chunk;
  dseg_error error = {0};
  const dseg_status status = convert_scan_overlap(job, next, &work->overlap, &error);
  if (status != DSEG_OK) {
    return convert_fail_input(job, status, &error);
  }
  const bool label_map = (job->representation->flags & DSEG_PLUGIN_SEGMENT_FRAMES) == 0;
  if (job->options->is_dcmqi) {
    return convert_refuse_overlap(job, &work->overlap, "a label map holds one segment for each voxel (PS3.3 C.8.20.2)",
                                  "only a BINARY object can hold them");
  }
  return convert_refuse_overlap(
      job, &work->overlap,
      label_map ? "a label map holds one segment for each voxel (PS3.3 C.8.20.2)" : "--overlap error was given",
      label_map ? "use --as binary, or --overlap first or last"
                : "use --overlap first or last, or leave the option out");
}

static int run(convert_job *job, dicom_work *work) {
  dseg_error error = {0};
  size_t plane = 0;
  cli_progress_begin(&job->progress, job->options->output);
  const dseg_status status = write_planes(job, work, &plane, &error);
  cli_progress_end(&job->progress);
  if (status == DSEG_OK) {
    return CLI_OK;
  }
  if (status == DSEG_ERROR_OVERLAP && work->stage == STAGE_READ) {
    return refuse(job, work, plane);
  }
  return work->stage == STAGE_READ ? convert_fail_input(job, status, &error)
                                   : convert_fail_output(job, job->options->output, status, &error);
}

static bool has_option(const dseg_option *table, const char *name) {
  while (table != NULL && table->name != NULL && strcmp(table->name, name) != 0) {
    table++;
  }
  return table != NULL && table->name != NULL;
}

/* Hands each --option to the one of the two that has it. values: room for all. */
static void sort_options(const convert_job *job, dseg_option_value *values, dseg_write_options *write_options) {
  const convert_options *options = job->options;
  const char *syntax = options->write.frame_codec;
  const dseg_frame_codec *codec = syntax != NULL ? dseg_find_frame_codec(syntax) : NULL;
  size_t first = 0, last = options->option_count;
  for (size_t i = 0; i < options->option_count; i++) {
    const dseg_option_value *given = &options->options[i];
    const bool of_codec = codec != NULL && has_option(codec->options, given->name);
    if (!of_codec && has_option(job->representation->options, given->name)) {
      values[first++] = *given;
    } else {
      values[--last] = *given; /* the library says so when the codec has no such option */
    }
  }
  write_options->representation_options = values;
  write_options->representation_option_count = first;
  write_options->codec_options = values + last;
  write_options->codec_option_count = options->option_count - last;
}

int convert_to_dicom(convert_job *job) {
  const convert_options *options = job->options;
  dseg_option_value *values = calloc(options->option_count + 1, sizeof *values);
  if (values == NULL) {
    return convert_fail_memory(job);
  }
  dseg_write_options write_options = options->write;
  write_options.struct_size = sizeof write_options;
  write_options.representation = job->representation->name;
  sort_options(job, values, &write_options);
  write_options.date_time = write_options.uid_seed != NULL ? cli_date_time() : NULL;
  write_options.temporary_directory = cli_temporary_directory();
  write_options.threads = options->threads;
  write_options.progress = cli_progress_sink(&job->progress);
  cli_warnings warnings = {.file = options->output};
  write_options.warnings = cli_warning_sink(&warnings);
  dseg_error error = {0};
  dicom_work work = {.chunk = job->fractions ? 1 : convert_chunk_planes(job)};
  const dseg_output output = convert_output(job, options->output);
  const dseg_status status = dseg_writer_create_to(&output, job->target, &write_options, &work.writer, &error);
  free(values); /* the writer has copies */
  if (status != DSEG_OK) {
    return convert_fail_output(job, options->output, status, &error);
  }
  work.labels = malloc(work.chunk * plane_bytes(job) + 1);
  work.present = malloc(job->target->segment_count + 1);
  work.scratch = malloc(dseg_source_description(job->source)->segment_count + 1);
  int exit_code = CLI_OK;
  if (work.labels == NULL || work.present == NULL || work.scratch == NULL) {
    exit_code = convert_fail_memory(job);
  } else {
    exit_code = run(job, &work);
  }
  dseg_writer_destroy(work.writer);
  free(work.labels);
  free(work.present);
  free(work.scratch);
  cli_warnings_end(&warnings);
  if (exit_code == CLI_OK && !convert_add_file(job, options->output)) {
    exit_code = convert_fail_memory(job);
  }
  return exit_code;
}
