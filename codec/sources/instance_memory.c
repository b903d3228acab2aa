/* SPDX-License-Identifier: Apache-2.0 */
/* instance_memory.c - instances whose numbers are in memory: what a research volume is opened as for them. Labels and
 * masks are those of their classes. */
#include "sources/instance_memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/threads.h"
#include "dseg/instances.h"
#include "model/label_planes.h"
#include "model/label_runs.h"

struct instance_source {
  dseg_source base;
  dseg_instance_voxels voxels;
};

static const struct instance_source *own(const dseg_source *source) {
  return (const struct instance_source *)(const void *)source;
}

/* The voxels of a row of a plane: *count of them, the others lie outside the image. */
static const uint8_t *row_of(const struct instance_source *source, size_t plane, size_t row, size_t *count) {
  const dseg_geometry *geometry = &source->base.description->geometry;
  const dseg_instance_voxels *voxels = &source->voxels;
  const size_t bytes = voxels->bits / 8;
  if (voxels->rows == 0) {
    *count = geometry->columns;
    return voxels->voxels + (plane * geometry->rows + row) * geometry->columns * bytes;
  }
  const dseg_plane_position *tile = &geometry->planes[plane];
  *count = 0;
  if (tile->matrix_row + row >= voxels->rows || tile->matrix_column >= voxels->columns) {
    return voxels->voxels;
  }
  const size_t room = voxels->columns - tile->matrix_column;
  *count = room < geometry->columns ? room : geometry->columns;
  return voxels->voxels + ((tile->matrix_row + row) * voxels->columns + tile->matrix_column) * bytes;
}

/* One reading of planes. */
struct job {
  const struct instance_source *source;
  size_t first_plane;
  size_t pixels; /* of a plane */
  void *out;
  const dseg_label_request *request; /* of labels */
  const uint8_t *wanted;             /* of labels, by segment */
  size_t segment;                    /* of a mask */
};

static size_t class_of(const dseg_instances *instances, uint32_t number) {
  return instances->segments != NULL ? instances->segments[number - 1] : 0;
}

static dseg_status read_instance_plane(void *user, size_t index, unsigned worker, dseg_error *error) {
  const struct job *job = user;
  const dseg_geometry *geometry = &job->source->base.description->geometry;
  uint32_t *out = (uint32_t *)job->out + index * job->pixels;
  (void)worker, (void)error;
  for (size_t row = 0; row < geometry->rows; row++, out += geometry->columns) {
    size_t count = 0;
    const uint8_t *voxels = row_of(job->source, job->first_plane + index, row, &count);
    if (count > 0) {
      dseg_labels_convert(voxels, job->source->voxels.bits, count, out, 32);
    }
    memset(out + count, 0, (geometry->columns - count) * sizeof *out);
  }
  return DSEG_OK;
}

// NOLINTNEXTLINE(readability-non-const-parameter): the type of the table's function
static dseg_status read_instances(dseg_source *source, size_t first_plane, size_t plane_count, uint32_t *out,
                                  unsigned threads, dseg_error *error) {
  const dseg_geometry *geometry = &source->description->geometry;
  struct job job = {.source = own(source),
                    .first_plane = first_plane,
                    .pixels = (size_t)geometry->rows * geometry->columns,
                    .out = out};
  return dseg_parallel_for(plane_count, dseg_worker_count(threads, plane_count), read_instance_plane, &job, error);
}

static dseg_status read_label_plane(void *user, size_t index, unsigned worker, dseg_error *error) {
  const struct job *job = user;
  const dseg_instances *instances = job->source->base.description->instances;
  const dseg_geometry *geometry = &job->source->base.description->geometry;
  const dseg_label_request *request = job->request;
  const unsigned bits = job->source->voxels.bits;
  uint8_t *out = (uint8_t *)job->out + index * job->pixels * (request->bits / 8);
  (void)worker, (void)error;
  dseg_labels_fill(out, request->bits, 0, job->pixels, request->background);
  for (size_t row = 0; row < geometry->rows; row++) {
    size_t count = 0;
    const uint8_t *voxels = row_of(job->source, job->first_plane + index, row, &count);
    for (size_t start = 0; start < count;) {
      const size_t end = dseg_label_run_end(voxels, bits, start, count);
      const uint32_t number = dseg_label_at(voxels, bits, start);
      const size_t segment = number != 0 ? class_of(instances, number) : 0;
      if (number != 0 && (job->wanted == NULL || job->wanted[segment] != 0)) {
        dseg_labels_fill(out, request->bits, row * geometry->columns + start, end - start, request->values[segment]);
      }
      start = end;
    }
  }
  return DSEG_OK;
}

static dseg_status read_labels(dseg_source *source, const dseg_label_request *request, void *out, dseg_overlap *overlap,
                               dseg_error *error) {
  const dseg_geometry *geometry = &source->description->geometry;
  const unsigned workers = dseg_worker_count(request->threads, request->plane_count);
  uint8_t *wanted = NULL;
  (void)overlap; /* a voxel has one number */
  if (request->segments != NULL) {
    wanted = calloc(source->description->segment_count + 1, 1);
    if (wanted == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for segments");
    }
    for (size_t i = 0; i < request->segment_count; i++) {
      wanted[request->segments[i]] = 1;
    }
  }
  struct job job = {.source = own(source),
                    .first_plane = request->first_plane,
                    .pixels = (size_t)geometry->rows * geometry->columns,
                    .out = out,
                    .request = request,
                    .wanted = wanted};
  const dseg_status status = dseg_parallel_for(request->plane_count, workers, read_label_plane, &job, error);
  free(wanted);
  return status;
}

static dseg_status read_mask_plane(void *user, size_t index, unsigned worker, dseg_error *error) {
  const struct job *job = user;
  const dseg_instances *instances = job->source->base.description->instances;
  const dseg_geometry *geometry = &job->source->base.description->geometry;
  const unsigned bits = job->source->voxels.bits;
  uint8_t *out = (uint8_t *)job->out + index * job->pixels;
  (void)worker, (void)error;
  memset(out, 0, job->pixels);
  for (size_t row = 0; row < geometry->rows; row++, out += geometry->columns) {
    size_t count = 0;
    const uint8_t *voxels = row_of(job->source, job->first_plane + index, row, &count);
    for (size_t start = 0; start < count;) {
      const size_t end = dseg_label_run_end(voxels, bits, start, count);
      const uint32_t number = dseg_label_at(voxels, bits, start);
      if (number != 0 && class_of(instances, number) == job->segment) {
        memset(out + start, 1, end - start);
      }
      start = end;
    }
  }
  return DSEG_OK;
}

// NOLINTNEXTLINE(readability-non-const-parameter): the type of the table's function
static dseg_status read_mask(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count, uint8_t *out,
                             unsigned threads, dseg_error *error) {
  const dseg_geometry *geometry = &source->description->geometry;
  struct job job = {.source = own(source),
                    .first_plane = first_plane,
                    .pixels = (size_t)geometry->rows * geometry->columns,
                    .out = out,
                    .segment = segment};
  return dseg_parallel_for(plane_count, dseg_worker_count(threads, plane_count), read_mask_plane, &job, error);
}

static dseg_status segments_in_plane(dseg_source *source, size_t plane, uint8_t *present, dseg_error *error) {
  const struct instance_source *of = own(source);
  const dseg_instances *instances = source->description->instances;
  (void)error;
  memset(present, 0, source->description->segment_count);
  for (size_t row = 0; row < source->description->geometry.rows; row++) {
    size_t count = 0;
    const uint8_t *voxels = row_of(of, plane, row, &count);
    for (size_t start = 0; start < count; start = dseg_label_run_end(voxels, of->voxels.bits, start, count)) {
      const uint32_t number = dseg_label_at(voxels, of->voxels.bits, start);
      if (number != 0) {
        present[class_of(instances, number)] = 1;
      }
    }
  }
  return DSEG_OK;
}

static void close_instances(dseg_source *source) {
  free(own(source)->voxels.block);
  free(source);
}

static const dseg_source_ops instance_ops = {
    .read_labels = read_labels,
    .read_mask = read_mask,
    .segments_in_plane = segments_in_plane,
    .read_instances = read_instances,
    .close = close_instances,
};

dseg_status dseg_instance_memory_create(const char *format, dseg_description *description,
                                        const dseg_instance_voxels *voxels, dseg_source **source, dseg_error *error) {
  const dseg_geometry *geometry = &description->geometry;
  struct instance_source *made = calloc(1, sizeof *made);
  if (made == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a source");
  }
  const uint64_t rows = voxels->rows != 0 ? voxels->rows : (uint64_t)geometry->rows * geometry->plane_count;
  made->base = (dseg_source){.ops = &instance_ops, .format = format, .description = description};
  made->base.held = rows * voxels->columns * (voxels->bits / 8);
  made->voxels = *voxels;
  *source = &made->base;
  return DSEG_OK;
}
