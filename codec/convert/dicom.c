/* SPDX-License-Identifier: Apache-2.0 */
/* dicom.c - writes a DICOM object, a few planes at a time: label maps where segments do not overlap, else a
 * mask for each segment that a plane may hold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/job.h"
#include "model/overlap.h"

/* What is being done, so that a failure is reported with the file it concerns. */
typedef enum dicom_stage { STAGE_READ, STAGE_WRITE } dicom_stage;

typedef struct dicom_work {
  dseg_writer *writer;
  size_t chunk;     /* planes */
  uint8_t *labels;  /* chunk planes of job->bits, also used for masks of bytes */
  uint8_t *present; /* by segment of the target */
  uint8_t *scratch; /* by segment of the view */
  dseg_overlap overlap;
  dicom_stage stage;
  dseg_convert_progress progress;
  dseg_convert_warnings warnings;
} dicom_work;

static size_t plane_bytes(const dseg_convert_job *job) {
  const dseg_geometry *geometry = &job->target->geometry;
  return (size_t)geometry->rows * geometry->columns * (job->bits / 8);
}

/* Every segment that may be in count planes, by its mask. */
static dseg_status write_masks(dseg_convert_job *job, dicom_work *work, size_t first, size_t count, dseg_error *error) {
  const size_t pixels = (size_t)job->target->geometry.rows * job->target->geometry.columns;
  work->stage = STAGE_READ;
  DSEG_TRY(dseg_convert_segments_in_planes(job, first, count, work->present, work->scratch, error));
  for (size_t i = 0; i < job->target->segment_count; i++) {
    if (work->present[i] != 0) {
      work->stage = STAGE_READ;
      DSEG_TRY(dseg_convert_read_mask(job, i, first, count, work->labels, error));
      work->stage = STAGE_WRITE;
      for (size_t k = 0; k < count; k++) {
        DSEG_TRY(dseg_writer_write_mask(work->writer, first + k, i, work->labels + k * pixels, error));
      }
    }
  }
  return DSEG_OK;
}

static dseg_status write_labels(dseg_convert_job *job, dicom_work *work, size_t first, size_t count,
                                dseg_error *error) {
  work->stage = STAGE_WRITE;
  for (size_t i = 0; i < count; i++) {
    DSEG_TRY(dseg_writer_write_labels(work->writer, first + i, work->labels + i * plane_bytes(job), job->bits, error));
  }
  return DSEG_OK;
}

/* Planes of a chunk in which segments overlap, one by one if each can be read alone. */
static dseg_status write_overlapping(dseg_convert_job *job, dicom_work *work, size_t first, size_t count,
                                     dseg_error *error) {
  if (dseg_convert_mask_planes(job) > 1) {
    return write_masks(job, work, first, count, error);
  }
  for (size_t i = first; i < first + count; i++) {
    dseg_overlap overlap = {0};
    work->stage = STAGE_READ;
    DSEG_TRY(dseg_convert_read_labels(job, i, 1, NULL, 0, DSEG_OVERLAP_FIRST, work->labels, &overlap, error));
    if (overlap.voxels == 0) {
      DSEG_TRY(write_labels(job, work, i, 1, error));
    } else {
      DSEG_TRY(write_masks(job, work, i, 1, error));
    }
  }
  return DSEG_OK;
}

/* DSEG_ERROR_OVERLAP when the output would lose overlap; work->overlap holds what was found so far. */
static dseg_status write_chunk(dseg_convert_job *job, dicom_work *work, size_t first, size_t count, dseg_error *error) {
  work->stage = STAGE_READ;
  dseg_overlap overlap = {0};
  DSEG_TRY(
      dseg_convert_read_labels(job, first, count, NULL, 0, dseg_convert_policy(job), work->labels, &overlap, error));
  if (overlap.voxels == 0 || dseg_convert_flattens(job)) {
    return write_labels(job, work, first, count, error);
  }
  if (job->options->overlap == DSEG_OVERLAP_KEPT && dseg_convert_takes_masks(job)) {
    return write_overlapping(job, work, first, count, error);
  }
  dseg_overlap_merge(&work->overlap, &overlap);
  return DSEG_ERROR_OVERLAP;
}

static dseg_status write_planes(dseg_convert_job *job, dicom_work *work, size_t *plane, dseg_error *error) {
  const size_t plane_count = job->target->geometry.plane_count;
  while (*plane < plane_count) {
    const size_t count = plane_count - *plane < work->chunk ? plane_count - *plane : work->chunk;
    dseg_convert_show_progress(&work->progress, *plane, plane_count);
    DSEG_TRY(job->fractions ? write_masks(job, work, *plane, count, error)
                            : write_chunk(job, work, *plane, count, error));
    *plane += count;
  }
  work->stage = STAGE_WRITE;
  work->progress.part = work->progress.parts - 1;
  DSEG_TRY(dseg_writer_finish(work->writer, error));
  dseg_convert_show_progress(&work->progress, 1, 1);
  return DSEG_OK;
}

/* Counts the overlap in the planes that remain, so that the message has the whole number. */
static dseg_status refuse(dseg_convert_job *job, dicom_work *work, size_t plane, dseg_error *error) {
  const dseg_status status = dseg_convert_scan_overlap(job, plane + work->chunk, &work->overlap, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_input(job, status, error);
  }
  const char *overlap = dseg_convert_name(job, DSEG_OPTION_OVERLAP);
  char why[120];
  char advice[160];
  if (!dseg_convert_takes_masks(job)) {
    (void)snprintf(why, sizeof why, "a label map holds one segment for each voxel (PS3.3 C.8.20.2)");
    (void)snprintf(advice, sizeof advice, "use %.50s binary, or %.50s first or last",
                   dseg_convert_name(job, DSEG_OPTION_REPRESENTATION), overlap);
  } else {
    (void)snprintf(why, sizeof why, "%.50s error was given", overlap);
    (void)snprintf(advice, sizeof advice, "use %.50s first or last, or leave the option out", overlap);
  }
  return dseg_convert_refuse_overlap(job, &work->overlap, why, advice, error);
}

static dseg_status run(dseg_convert_job *job, dicom_work *work, dseg_error *error) {
  size_t plane = 0;
  const dseg_status status = write_planes(job, work, &plane, error);
  if (status == DSEG_OK) {
    return DSEG_OK;
  }
  if (status == DSEG_ERROR_OVERLAP && work->stage == STAGE_READ) {
    return refuse(job, work, plane, error);
  }
  return work->stage == STAGE_READ ? dseg_convert_fail_input(job, status, error)
                                   : dseg_convert_fail_output(job, job->output_name, status, error);
}

/* Adds what the writer says of its files to the report. */
static dseg_status report_files(dseg_convert_job *job, const dseg_writer *writer, dseg_error *error) {
  const dseg_written *written = dseg_writer_written(writer);
  dseg_convert_result *result = &job->report->result;
  dseg_status status = DSEG_OK;
  for (size_t i = 0; status == DSEG_OK && i < written->file_count; i++) {
    const dseg_written_instance *instance = &written->files[i];
    const dseg_written_file file = {.path = instance->path,
                                    .bytes = instance->bytes,
                                    .sop_instance_uid = instance->sop_instance_uid,
                                    .frames = instance->frames,
                                    .pixel_data_bytes = instance->pixel_data_bytes};
    status = dseg_convert_report_add(job->report, &file, error);
  }
  if (status == DSEG_OK) {
    result->series_uid = dseg_convert_report_text(job->report, written->series_uid, &status);
    result->representation = written->representation;
    result->frame_codec = written->frame_codec;
    result->transfer_syntax_uid = written->transfer_syntax_uid;
  }
  return status == DSEG_OK ? DSEG_OK : dseg_convert_fail_memory(job, error);
}

static bool has_option(const dseg_option *table, const char *name) {
  while (table != NULL && table->name != NULL && strcmp(table->name, name) != 0) {
    table++;
  }
  return table != NULL && table->name != NULL;
}

/* Hands each option to the one of the two that has it. values: room for all. */
static void sort_options(const dseg_convert_job *job, dseg_option_value *values, dseg_write_options *write_options) {
  const dseg_convert_options *options = job->options;
  const char *syntax = options->frame_codec;
  const dseg_frame_codec *codec = syntax != NULL ? dseg_find_frame_codec(syntax) : NULL;
  size_t first = 0, last = options->encoding_option_count;
  for (size_t i = 0; i < options->encoding_option_count; i++) {
    const dseg_option_value *given = &options->encoding_options[i];
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
  write_options->codec_option_count = options->encoding_option_count - last;
}

/* Frames of one bit for a codec that has none. */
static bool lacks_bits(const dseg_convert_job *job) {
  const dseg_frame_codec *codec = dseg_find_frame_codec(job->options->frame_codec);
  return codec != NULL && (codec->flags & DSEG_PLUGIN_BITS_1) == 0 &&
         strcmp(job->representation->segmentation_type, "BINARY") == 0;
}

static dseg_status create_writer(dseg_convert_job *job, dicom_work *work, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  const bool frames_are_apart = options->frame_progress.report != NULL;
  dseg_option_value *values = calloc(options->encoding_option_count + 1, sizeof *values);
  if (values == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  dseg_write_options write_options = {
      .struct_size = sizeof write_options,
      .representation = job->representation->name,
      .frame_codec = options->frame_codec,
      .empty_frames = options->empty_frames,
      .concatenation = options->concatenation,
      .part_bytes = options->part_bytes,
      .uid_seed = options->uid_seed,
      .warnings = dseg_convert_warning_sink(&work->warnings),
      .offset_table = options->offset_table,
      .threads = options->threads,
      .progress = frames_are_apart ? options->frame_progress : dseg_convert_progress_sink(&work->progress),
      .frame_order = options->frame_order,
      .date_time = options->date_time,
      .temporary_directory = options->temporary_directory,
      .memory_limit = options->memory_limit};
  sort_options(job, values, &write_options);
  const dseg_output output = dseg_convert_output(job, job->output.path);
  const dseg_status status = dseg_writer_create_to(&output, job->target, &write_options, &work->writer, error);
  free(values); /* the writer has copies */
  if (status == DSEG_ERROR_UNSUPPORTED && lacks_bits(job)) {
    const dseg_error why = *error;
    dseg_error_clear(error);
    (void)dseg_fail(error, status,
                    "%.600s: BINARY has frames of one bit; give %s labelmap, or fractional where segments overlap",
                    why.message, dseg_convert_name(job, DSEG_OPTION_REPRESENTATION));
  }
  return status == DSEG_OK ? DSEG_OK : dseg_convert_fail_output(job, job->output_name, status, error);
}

dseg_status dseg_convert_to_dicom(dseg_convert_job *job, dseg_error *error) {
  dicom_work work = {
      .chunk = job->fractions ? dseg_convert_mask_planes(job) : dseg_source_chunk_planes(job->view, job->bits),
      .progress = {job->options->progress, 0, job->options->frame_progress.report != NULL ? 1 : 2},
      .warnings = {job, job->output_name}};
  DSEG_TRY(create_writer(job, &work, error));
  work.labels = malloc(work.chunk * plane_bytes(job) + 1);
  work.present = malloc(job->target->segment_count + 1);
  work.scratch = malloc(dseg_source_description(job->view)->segment_count + 1);
  dseg_status status = work.labels != NULL && work.present != NULL && work.scratch != NULL
                           ? run(job, &work, error)
                           : dseg_convert_fail_memory(job, error);
  if (status == DSEG_OK) {
    status = report_files(job, work.writer, error);
  }
  dseg_writer_destroy(work.writer);
  free(work.labels);
  free(work.present);
  free(work.scratch);
  return status;
}
