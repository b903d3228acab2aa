/* SPDX-License-Identifier: Apache-2.0 */
/* runs.c - voxels as runs: what a volume of labels becomes when it is one of many files of a segmentation.
 *
 * A mask of one organ takes some ten thousand runs of 12 bytes where its volume takes a byte for each voxel, and
 * painting it passes over its own voxels alone. A run source is part of a combined source, which has it paint its
 * planes, or what a view reads from. */
#include <stdlib.h>
#include <string.h>

#include "model/label_planes.h"
#include "model/label_runs.h"
#include "sources/memory.h"

struct run {
  uint32_t start, length; /* within the plane */
  uint32_t segment;
};

struct run_source {
  dseg_source base;
  size_t plane_pixels;
  struct run *runs;
  size_t *first_of_plane; /* plane_count + 1 indices of runs */
};

static const struct run_source *own(const dseg_source *source) {
  return (const struct run_source *)(const void *)source;
}

static void paint(const dseg_source *source, size_t plane, const uint32_t *indices, dseg_label_paint *how,
                  uint32_t *labels) {
  const struct run_source *packed = own(source);
  for (size_t i = packed->first_of_plane[plane]; i < packed->first_of_plane[plane + 1]; i++) {
    const struct run *run = &packed->runs[i];
    how->segment = indices[run->segment];
    if (how->wanted[how->segment] != 0) {
      how->value = how->segment + 1;
      dseg_paint_range(labels, 32, run->start, run->length, how);
    }
  }
}

/* What all planes of a request share. */
struct label_job {
  uint32_t *indices; /* by segment: its index */
  uint32_t *values;  /* its index + 1 */
  uint8_t *wanted;   /* by segment */
  uint32_t *labels;  /* one plane of these values */
};

static void free_job(struct label_job *job) {
  free(job->indices);
  free(job->values);
  free(job->wanted);
  free(job->labels);
}

static dseg_status begin_job(const dseg_source *source, const dseg_label_request *request, struct label_job *job,
                             dseg_error *error) {
  const size_t count = source->description->segment_count;
  job->indices = calloc(count + 1, sizeof *job->indices);
  job->values = calloc(count + 1, sizeof *job->values);
  job->wanted = calloc(count + 1, 1);
  job->labels = calloc(own(source)->plane_pixels + 1, sizeof *job->labels);
  if (job->indices == NULL || job->values == NULL || job->wanted == NULL || job->labels == NULL) {
    (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a plane");
    return DSEG_ERROR_MEMORY;
  }
  for (size_t i = 0; i < count; i++) {
    job->indices[i] = (uint32_t)i;
    job->values[i] = (uint32_t)i + 1;
    job->wanted[i] = request->segments == NULL;
  }
  for (size_t i = 0; request->segments != NULL && i < request->segment_count; i++) {
    job->wanted[request->segments[i]] = 1;
  }
  return DSEG_OK;
}

static dseg_status read_labels(dseg_source *source, const dseg_label_request *request, void *out, dseg_overlap *overlap,
                               dseg_error *error) {
  const size_t pixels = own(source)->plane_pixels;
  struct label_job job = {NULL, NULL, NULL, NULL};
  const dseg_status status = begin_job(source, request, &job, error);
  for (size_t i = 0; status == DSEG_OK && i < request->plane_count; i++) {
    dseg_label_paint paint_all = {.last_wins = request->overlap == DSEG_OVERLAP_LAST,
                                  .by_index = true,
                                  .values = job.values,
                                  .wanted = job.wanted,
                                  .segment_count = source->description->segment_count,
                                  .overlap = overlap};
    memset(job.labels, 0, pixels * sizeof *job.labels);
    paint(source, request->first_plane + i, job.indices, &paint_all, job.labels);
    dseg_labels_from_indices(job.labels, pixels, request->values, request->background,
                             (uint8_t *)out + i * pixels * (request->bits / 8), request->bits);
  }
  free_job(&job);
  return status;
}

static dseg_status read_mask(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count, uint8_t *out,
                             unsigned threads, dseg_error *error) {
  (void)threads;
  (void)error;
  const struct run_source *packed = own(source);
  memset(out, 0, plane_count * packed->plane_pixels);
  for (size_t plane = first_plane; plane < first_plane + plane_count; plane++) {
    for (size_t i = packed->first_of_plane[plane]; i < packed->first_of_plane[plane + 1]; i++) {
      const struct run *run = &packed->runs[i];
      if (run->segment == segment) {
        memset(out + (plane - first_plane) * packed->plane_pixels + run->start, 1, run->length);
      }
    }
  }
  return DSEG_OK;
}

static dseg_status segments_in_plane(dseg_source *source, size_t plane, uint8_t *present, dseg_error *error) {
  (void)error;
  const struct run_source *packed = own(source);
  memset(present, 0, source->description->segment_count);
  for (size_t i = packed->first_of_plane[plane]; i < packed->first_of_plane[plane + 1]; i++) {
    present[packed->runs[i].segment] = 1;
  }
  return DSEG_OK;
}

static void discard(struct run_source *packed) {
  if (packed != NULL) {
    free(packed->runs);
    free(packed->first_of_plane);
    free(packed);
  }
}

static void close_runs(dseg_source *source) {
  discard((struct run_source *)(void *)source);
}

static const dseg_source_ops run_ops = {
    .read_labels = read_labels,
    .read_mask = read_mask,
    .segments_in_plane = segments_in_plane,
    .paint = paint,
    .close = close_runs,
};

/* The runs of one layer's plane that belong to segments, at most room of them; room + 1 when there are more. */
static size_t find_runs(const dseg_memory_source *memory, size_t layer, size_t plane, struct run *runs, size_t room) {
  const unsigned bits = memory->layers[layer].bits;
  const uint8_t *pixels = dseg_memory_plane(memory, layer, plane);
  size_t count = 0;
  for (size_t start = 0; start < memory->plane_pixels;) {
    const size_t end = dseg_label_run_end(pixels, bits, start, memory->plane_pixels);
    const uint32_t label = dseg_label_at(pixels, bits, start);
    const dseg_value_meaning *meaning = dseg_find_meaning(memory, layer, label);
    if (meaning != NULL) {
      if (count == room) {
        return room + 1;
      }
      runs[count++] = (struct run){(uint32_t)start, (uint32_t)(end - start), meaning->segment};
    }
    start = end;
  }
  return count;
}

/* Bytes of the voxels. */
static size_t dense_bytes(const dseg_memory_source *memory) {
  size_t bytes = 0;
  for (size_t i = 0; i < memory->layer_count; i++) {
    bytes += memory->plane_pixels * memory->base.description->geometry.plane_count * (memory->layers[i].bits / 8);
  }
  return bytes;
}

/* Fills in packed's runs; false when they would take more than room. */
static bool pack_planes(const dseg_memory_source *memory, struct run_source *packed, struct run *runs, size_t room) {
  size_t used = 0;
  packed->first_of_plane[0] = 0;
  for (size_t plane = 0; plane < memory->base.description->geometry.plane_count; plane++) {
    for (size_t layer = 0; layer < memory->layer_count; layer++) {
      const size_t found = find_runs(memory, layer, plane, runs + used, room - used);
      if (found > room - used) {
        return false;
      }
      used += found;
    }
    packed->first_of_plane[plane + 1] = used;
  }
  return true;
}

dseg_status dseg_pack_source(dseg_source **source, dseg_error *error) {
  const dseg_memory_source *memory = dseg_as_memory_source(*source);
  if (memory == NULL || memory->fractions) {
    return DSEG_OK;
  }
  const size_t planes = memory->base.description->geometry.plane_count;
  const size_t room = dense_bytes(memory) / 2 / sizeof(struct run); /* else it is not worth it */
  struct run_source *packed = calloc(1, sizeof *packed);
  struct run *runs = malloc((room + 1) * sizeof *runs);
  if (packed != NULL) {
    *packed = (struct run_source){.base = {.ops = &run_ops}, .plane_pixels = memory->plane_pixels};
    packed->first_of_plane = malloc((planes + 1) * sizeof *packed->first_of_plane);
  }
  if (packed == NULL || runs == NULL || packed->first_of_plane == NULL) {
    discard(packed);
    free(runs);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", planes);
  }
  if (!pack_planes(memory, packed, runs, room)) {
    discard(packed);
    free(runs);
    return DSEG_OK;
  }
  const size_t used = packed->first_of_plane[planes];
  struct run *fitting = realloc(runs, (used + 1) * sizeof *runs);
  packed->runs = fitting != NULL ? fitting : runs;
  packed->base.held = used * sizeof *runs + (planes + 1) * sizeof *packed->first_of_plane;
  packed->base.format = (*source)->format;
  packed->base.description = (*source)->description;
  packed->base.origins = (*source)->origins;
  packed->base.name = (*source)->name;
  (*source)->ops->close(*source); /* leaves description and name, which packed has now */
  *source = &packed->base;
  return DSEG_OK;
}
