/* SPDX-License-Identifier: Apache-2.0 */
/* volume.c - writes one file in a research format: label maps, layers where segments overlap, or fractions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory_limit.h"
#include "convert/job.h"
#include "formats/volume_files.h"
#include "model/label_planes.h"
#include "sources/source.h"

dseg_status dseg_convert_write_volume(dseg_convert_job *job, const char *path, const dseg_volume *volume,
                                      dseg_convert_progress *progress, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  const dseg_volume_write_options write_options = {.struct_size = sizeof write_options,
                                                   .suffix = options->format,
                                                   .nifti2 = options->nifti2,
                                                   .compression = options->compression,
                                                   .threads = options->threads,
                                                   .progress = dseg_convert_progress_sink(progress)};
  const dseg_output output = dseg_convert_output(job, path);
  dseg_volume_files files = {.count = 0};
  dseg_status status = dseg_volume_write_files(&output, volume, &write_options, &files, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_output(job, path != NULL ? path : job->output_name, status, error);
  }
  for (size_t i = 0; status == DSEG_OK && i < files.count; i++) {
    const dseg_written_file file = {
        .path = files.paths[i], .bytes = files.bytes[i], .layers = i == 0 ? volume->layer_count : 0};
    status = dseg_convert_report_add(job->report, &file, error);
  }
  dseg_volume_files_free(&files);
  return status == DSEG_OK ? DSEG_OK : dseg_convert_fail_memory(job, error);
}

/* A volume being made. */
typedef struct volume_work {
  dseg_volume volume;
  dseg_description numbers; /* the target's description without segments, of instances */
  size_t *slots;
  size_t voxel_count; /* of one layer */
  void *voxels;       /* of dseg_labels_alloc */
  size_t voxels_size; /* bytes of it */
  uint32_t *layer_of; /* by segment of the target */
  uint32_t *members;  /* segments of one layer, indices in the view */
  dseg_overlap overlap;
  dseg_convert_progress progress;
} volume_work;

dseg_status dseg_convert_check_memory(const dseg_convert_job *job, uint64_t bytes, dseg_error *error) {
  const uint64_t limit = dseg_memory_limit(job->options->memory_limit);
  const uint64_t held = job->source->held;
  return bytes <= dseg_memory_left(limit, held)
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_LIMIT,
                         "the volume takes %llu bytes beside %llu of the input, more than the memory limit of %llu "
                         "bytes",
                         (unsigned long long)bytes, (unsigned long long)held, (unsigned long long)limit);
}

static dseg_status allocate(const dseg_convert_job *job, volume_work *work, size_t layers, size_t element,
                            dseg_error *error) {
  dseg_labels_free(work->voxels, work->voxels_size);
  work->voxels = NULL;
  work->volume.layer_count = layers;
  if (work->voxel_count == 0 || layers <= SIZE_MAX / element / work->voxel_count) {
    /* Zeros are the background, and cost nothing until they are written to. */
    work->voxels_size = work->voxel_count * layers * element;
    DSEG_TRY(dseg_convert_check_memory(job, work->voxels_size, error));
    work->voxels = dseg_labels_alloc(work->voxels_size);
  }
  work->volume.voxels = work->voxels;
  if (work->voxels == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu x %zu voxels", layers, work->voxel_count);
  }
  return DSEG_OK;
}

/* Gives all voxels the value that stands for "no segment"; they are zeros before. */
static void fill_background(const dseg_convert_job *job, volume_work *work) {
  if (job->target->background != 0) {
    dseg_labels_fill(work->voxels, job->bits, 0, work->voxel_count * work->volume.layer_count, job->target->background);
  }
}

unsigned dseg_convert_fraction_bits(const dseg_convert_job *job) {
  double off = 0;
  return dseg_source_keeps_fractions(job->view, &off) == 64 ? 64 : 32;
}

static dseg_status read_fractions(dseg_convert_job *job, volume_work *work, dseg_error *error) {
  const size_t count = job->target->segment_count;
  const unsigned bits = dseg_convert_fraction_bits(job);
  work->volume.bits = bits == 64 ? 64 : 0;
  DSEG_TRY(allocate(job, work, count > 0 ? count : 1, bits / 8, error));
  for (size_t i = 0; i < count; i++) {
    dseg_convert_show_progress(&work->progress, i, count);
    const dseg_reals place = {(uint8_t *)work->voxels + i * work->voxel_count * (bits / 8), bits};
    DSEG_TRY(dseg_convert_fill_fractions(job, &work->volume.grid, work->slots, i, &place, error));
    work->layer_of[i] = (uint32_t)i;
  }
  work->volume.layer_of_segment = work->layer_of;
  return DSEG_OK;
}

dseg_status dseg_convert_assign_layers(dseg_convert_job *job, uint32_t *layer_of, size_t *layer_count,
                                       dseg_error *error) {
  const size_t count = dseg_source_description(job->view)->segment_count;
  uint32_t *of_view = calloc(count + 1, sizeof *of_view);
  if (of_view == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", count);
  }
  const dseg_status status = dseg_source_assign_layers(job->view, job->options->threads, of_view, layer_count, error);
  for (size_t i = 0; status == DSEG_OK && i < job->target->segment_count; i++) {
    layer_of[i] = dseg_convert_is_absent(job, i) ? 0 : of_view[job->source_segment[i]];
  }
  if (*layer_count == 0 && job->target->segment_count > 0) {
    *layer_count = 1;
  }
  free(of_view);
  return status;
}

static dseg_status read_layers(dseg_convert_job *job, volume_work *work, dseg_error *error) {
  size_t layers = 0;
  DSEG_TRY(dseg_convert_assign_layers(job, work->layer_of, &layers, error));
  DSEG_TRY(allocate(job, work, layers, job->bits / 8, error));
  fill_background(job, work);
  for (size_t layer = 0; layer < layers; layer++) {
    size_t count = 0;
    for (size_t i = 0; i < job->target->segment_count; i++) {
      if (work->layer_of[i] == layer && !dseg_convert_is_absent(job, i)) {
        work->members[count++] = job->source_segment[i];
      }
    }
    uint8_t *place = (uint8_t *)work->voxels + layer * work->voxel_count * (job->bits / 8);
    DSEG_TRY(dseg_convert_fill_labels(job, &work->volume.grid, work->slots, work->members, count, DSEG_OVERLAP_ERROR,
                                      place, &work->overlap, error));
  }
  work->volume.layer_of_segment = work->layer_of;
  return DSEG_OK;
}

/* The voxels of the view, where they are those of the volume: a second copy would take as much memory again. */
static const void *view_voxels(const dseg_convert_job *job, const volume_work *work) {
  const dseg_geometry *geometry = &job->target->geometry;
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  if (job->instances || job->target->background != 0 || geometry->space == DSEG_SPACE_SLIDE ||
      job->read_count != dseg_source_description(job->view)->segment_count ||
      work->voxel_count != pixels * geometry->plane_count) {
    return NULL;
  }
  for (size_t i = 0; i < geometry->plane_count; i++) {
    if (work->slots[i] != i) {
      return NULL;
    }
  }
  return dseg_source_view_labels(job->view, job->bits, job->values);
}

/* DSEG_ERROR_OVERLAP when one layer would lose overlap and more than one is not possible or not wanted. */
static dseg_status read_voxels(dseg_convert_job *job, volume_work *work, dseg_error *error) {
  if (job->fractions) {
    return read_fractions(job, work, error);
  }
  work->volume.layer_count = 1;
  work->volume.voxels = view_voxels(job, work);
  if (work->volume.voxels != NULL) {
    return DSEG_OK;
  }
  DSEG_TRY(allocate(job, work, 1, job->bits / 8, error));
  fill_background(job, work);
  DSEG_TRY(dseg_convert_fill_labels(job, &work->volume.grid, work->slots, NULL, 0, dseg_convert_policy(job),
                                    work->voxels, &work->overlap, error));
  if (work->overlap.voxels == 0 || dseg_convert_flattens(job)) {
    return DSEG_OK;
  }
  if ((job->format->flags & DSEG_VOLUME_LABEL_LAYERS) != 0 && job->options->overlap == DSEG_OVERLAP_KEPT) {
    return read_layers(job, work, error);
  }
  return DSEG_ERROR_OVERLAP;
}

dseg_status dseg_convert_refuse_fractions(dseg_convert_job *job, dseg_error *error) {
  dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "%s does not hold fractions: give %s, or write .nii.gz or .nrrd",
            job->format->name, dseg_convert_name(job, DSEG_OPTION_THRESHOLD));
  return dseg_convert_fail_output(job, job->output_name, DSEG_ERROR_UNSUPPORTED, error);
}

static dseg_status check_fractions(dseg_convert_job *job, dseg_error *error) {
  if ((job->format->flags & DSEG_VOLUME_FRACTIONS) == 0) {
    return dseg_convert_refuse_fractions(job, error);
  }
  if (job->target->segment_count > 1 && (job->format->flags & DSEG_VOLUME_FRACTION_LAYERS) == 0) {
    dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
              "the fractions of %zu segments do not fit one volume of this format: use %s, %s, %s or .nii.gz",
              job->target->segment_count, dseg_convert_name(job, DSEG_OPTION_SPLIT),
              dseg_convert_name(job, DSEG_OPTION_SEGMENTS), dseg_convert_name(job, DSEG_OPTION_THRESHOLD));
    return dseg_convert_fail_output(job, job->output_name, DSEG_ERROR_UNSUPPORTED, error);
  }
  return DSEG_OK;
}

static dseg_status refuse_overlap(dseg_convert_job *job, const volume_work *work, dseg_error *error) {
  char advice[200];
  (void)snprintf(advice, sizeof advice, "use %.50s, %.50s first or last, or write .seg.nrrd",
                 dseg_convert_name(job, DSEG_OPTION_SPLIT), dseg_convert_name(job, DSEG_OPTION_OVERLAP));
  return dseg_convert_refuse_overlap(job, &work->overlap, "a volume holds one segment for each voxel", advice, error);
}

static dseg_status run(dseg_convert_job *job, volume_work *work, dseg_error *error) {
  dseg_status status = dseg_convert_volume_grid(job, &work->volume.grid, &work->slots, &work->voxel_count, error);
  if (status == DSEG_OK) {
    status = read_voxels(job, work, error);
  }
  if (status == DSEG_ERROR_OVERLAP) {
    return refuse_overlap(job, work, error);
  }
  if (status != DSEG_OK) {
    return dseg_convert_fail_input(job, status, error);
  }
  work->progress.part = work->progress.parts - 1;
  return dseg_convert_write_volume(job, job->output.path, &work->volume, &work->progress, error);
}

dseg_status dseg_convert_to_volume(dseg_convert_job *job, dseg_error *error) {
  const size_t segments = job->target->segment_count;
  DSEG_TRY(job->fractions ? check_fractions(job, error) : DSEG_OK);
  DSEG_TRY(dseg_convert_check_output(job, job->output.path, job->output.flags, error));
  volume_work work = {.volume = {.struct_size = sizeof(dseg_volume),
                                 .description = job->target,
                                 .bits = job->fractions ? 0 : job->bits},
                      .numbers = *job->target,
                      .progress = {job->options->progress, 0, job->fractions ? 2 : 1}};
  if (job->instances && job->target->instances != NULL) { /* its segments are not what voxels are numbers of */
    work.numbers.segment_count = 0;
    work.volume.description = &work.numbers;
  }
  work.layer_of = calloc(segments + 1, sizeof *work.layer_of);
  work.members = calloc(segments + 1, sizeof *work.members);
  const dseg_status status =
      work.layer_of != NULL && work.members != NULL ? run(job, &work, error) : dseg_convert_fail_memory(job, error);
  free(work.slots);
  dseg_labels_free(work.voxels, work.voxels_size);
  free(work.layer_of);
  free(work.members);
  return status;
}
