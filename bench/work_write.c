/* SPDX-License-Identifier: Apache-2.0 */
/* work_write.c - an object written from labels that have been read before the clock starts. */
#include <stdlib.h>
#include <string.h>

#include "work.h"

/* NAME:KEY=VALUE; text is cut into pieces. */
static size_t split_codec(char *text, dseg_option_value *option) {
  char *key = strchr(text, ':');
  char *value = key != NULL ? strchr(key, '=') : NULL;
  if (value == NULL) {
    return 0;
  }
  *key = '\0';
  *value = '\0';
  *option = (dseg_option_value){key + 1, strtoll(value + 1, NULL, 10)};
  return 1;
}

static dseg_status write_planes(struct job *job, const dseg_description *description, const struct labels *labels) {
  dseg_option_value option;
  const size_t option_count = split_codec(job->arguments[3], &option);
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation = job->arguments[2],
                                      .frame_codec = job->arguments[3],
                                      .codec_options = &option,
                                      .codec_option_count = option_count,
                                      .uid_seed = "bench",
                                      .threads = job->threads};
  dseg_writer *writer = NULL;
  const size_t plane_bytes = labels->size / description->geometry.plane_count;
  const struct start start = work_start_clock();
  dseg_status status = dseg_writer_create(job->arguments[1], description, &options, &writer, &job->error);
  for (size_t plane = 0; status == DSEG_OK && plane < description->geometry.plane_count; plane++) {
    status = dseg_writer_write_labels(writer, plane, labels->data + plane * plane_bytes, labels->bits, &job->error);
  }
  if (status == DSEG_OK) {
    status = dseg_writer_finish(writer, &job->error);
  }
  work_stop_clock(job, start, 1);
  dseg_writer_destroy(writer);
  return status;
}

/* Labels whose numbers suit the representation. */
static dseg_status prepare_write(struct job *job, struct labels *labels, dseg_description **description) {
  dseg_source *source = NULL;
  DSEG_TRY(work_open(job, &source));
  dseg_status status = dseg_description_copy(dseg_source_description(source), description, &job->error);
  uint32_t *values = NULL;
  if (status == DSEG_OK) {
    const dseg_representation *representation = dseg_find_representation(job->arguments[2]);
    if (representation != NULL && (representation->flags & DSEG_PLUGIN_SEGMENT_FRAMES) != 0) {
      dseg_description_renumber(*description);
    }
    const dseg_geometry *geometry = &(*description)->geometry;
    labels->bits = work_bits_for(source);
    labels->size = geometry->plane_count * work_plane_voxels(source) * (labels->bits / 8);
    labels->data = malloc(labels->size);
    values = calloc((*description)->segment_count + 1, sizeof *values);
    status = labels->data != NULL && values != NULL ? DSEG_OK : work_out_of_memory(job, labels->size);
  }
  if (status == DSEG_OK) {
    for (size_t i = 0; i < (*description)->segment_count; i++) {
      values[i] = (*description)->segments[i].number;
    }
    (*description)->kind = DSEG_VOXELS_LABELS;
    const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                        .plane_count = (*description)->geometry.plane_count,
                                        .bits = labels->bits,
                                        .values = values,
                                        .overlap = DSEG_OVERLAP_LAST};
    status = dseg_source_read_labels(source, &request, labels->data, labels->size, NULL, &job->error);
  }
  free(values);
  dseg_source_close(source);
  return status;
}

dseg_status work_write(struct job *job) {
  if (job->argument_count < 4) {
    return dseg_fail(&job->error, DSEG_ERROR_ARGUMENT, "write needs SOURCE OUTPUT REPRESENTATION CODEC");
  }
  struct labels labels = {0};
  dseg_description *description = NULL;
  dseg_status status = prepare_write(job, &labels, &description);
  if (status == DSEG_OK) {
    status = write_planes(job, description, &labels);
  }
  free(labels.data);
  dseg_description_destroy(description);
  return status;
}
