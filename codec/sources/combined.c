/* SPDX-License-Identifier: Apache-2.0 */
/* combined.c - reads voxels from several sources as from one, see combined.h.
 *
 * Each source yields indices of segments in the whole, which are merged plane by plane; so it is always known which
 * segment a voxel has, and overlap between files is found like that within one. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/threads.h"
#include "model/label_planes.h"
#include "model/label_runs.h"
#include "model/overlap.h"
#include "sources/combined.h"

static dseg_combined *own(dseg_source *source) {
  return (dseg_combined *)(void *)source;
}

static size_t segment_count(const dseg_combined *combined) {
  return combined->base.description->segment_count;
}

/* One request, in parts of some planes each. What a source yields are indices in the whole + 1, 0 being background. */
struct label_job {
  dseg_combined *combined;
  const dseg_label_request *request;
  uint8_t *wanted;         /* by segment */
  uint32_t *index_values;  /* by segment: index + 1 */
  uint32_t *values;        /* by segment of one source: index in the whole + 1 */
  uint32_t *segments;      /* those of one source that are wanted */
  uint32_t *merged, *next; /* planes of the part */
  size_t part_planes;
};

static void free_job(struct label_job *job) {
  free(job->wanted);
  free(job->index_values);
  free(job->values);
  free(job->segments);
  free(job->merged);
  free(job->next);
}

static dseg_status allocate_job(struct label_job *job, size_t plane_pixels, dseg_error *error) {
  const size_t count = segment_count(job->combined) + 1;
  size_t bytes;
  if (!dseg_mul_size(plane_pixels, job->part_planes * sizeof(uint32_t), &bytes)) {
    (void)dseg_fail(error, DSEG_ERROR_LIMIT, "%zu planes exceed the address space", job->part_planes);
    return DSEG_ERROR_LIMIT;
  }
  job->wanted = calloc(count, sizeof *job->wanted);
  job->index_values = calloc(count, sizeof *job->index_values);
  job->values = calloc(count, sizeof *job->values);
  job->segments = calloc(count, sizeof *job->segments);
  job->merged = malloc(bytes);
  job->next = malloc(bytes);
  if (job->wanted == NULL || job->index_values == NULL || job->values == NULL || job->segments == NULL ||
      job->merged == NULL || job->next == NULL) {
    (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", job->part_planes);
    return DSEG_ERROR_MEMORY;
  }
  for (size_t i = 0; i + 1 < count; i++) {
    job->index_values[i] = (uint32_t)i + 1;
    job->wanted[i] = job->request->segments == NULL;
  }
  for (size_t i = 0; job->request->segments != NULL && i < job->request->segment_count; i++) {
    job->wanted[job->request->segments[i]] = 1;
  }
  return DSEG_OK;
}

/* Reads a source's share of a part; *any is false when nothing of it is wanted. */
static dseg_status read_share(const struct label_job *job, size_t number, size_t first_plane, size_t plane_count,
                              uint32_t *out, bool *any, dseg_overlap *overlap, dseg_error *error) {
  dseg_source *source = job->combined->sources[number];
  const uint32_t *indices = dseg_combined_indices(job->combined, number);
  size_t wanted = 0;
  for (size_t i = 0; i < source->description->segment_count; i++) {
    job->values[i] = indices[i] + 1;
    if (job->wanted[indices[i]] != 0) {
      job->segments[wanted++] = (uint32_t)i;
    }
  }
  *any = wanted != 0;
  if (!*any) {
    return DSEG_OK;
  }
  dseg_label_request share = *job->request;
  share.first_plane = first_plane;
  share.plane_count = plane_count;
  share.bits = 32;
  share.values = job->values;
  share.segments = job->segments;
  share.segment_count = wanted;
  share.background = 0;
  dseg_overlap within = {0};
  DSEG_TRY(source->ops->read_labels(source, &share, out, &within, error));
  for (size_t i = 0; i < within.pair_count; i++) {
    within.pairs[i].first = indices[within.pairs[i].first];
    within.pairs[i].second = indices[within.pairs[i].second];
  }
  dseg_overlap_merge(overlap, &within);
  return DSEG_OK;
}

static dseg_label_paint describe_paint(const struct label_job *job, dseg_overlap *overlap) {
  return (dseg_label_paint){.last_wins = job->request->overlap == DSEG_OVERLAP_LAST,
                            .by_index = true,
                            .values = job->index_values,
                            .wanted = job->wanted,
                            .segment_count = segment_count(job->combined),
                            .overlap = overlap};
}

static void merge_share(const struct label_job *job, size_t voxels, dseg_overlap *overlap) {
  dseg_label_paint paint = describe_paint(job, overlap);
  for (size_t start = 0; start < voxels;) {
    const size_t end = dseg_label_run_end(job->next, 32, start, voxels);
    if (job->next[start] != 0) {
      paint.value = job->next[start];
      paint.segment = paint.value - 1;
      dseg_paint_range(job->merged, 32, start, end - start, &paint);
    }
    start = end;
  }
}

/* A packed source paints its planes itself. */
static void paint_share(const struct label_job *job, size_t number, size_t first_plane, size_t plane_count,
                        size_t plane_pixels, dseg_overlap *overlap) {
  const dseg_source *source = job->combined->sources[number];
  dseg_label_paint paint = describe_paint(job, overlap);
  for (size_t i = 0; i < plane_count; i++) {
    source->ops->paint(source, first_plane + i, dseg_combined_indices(job->combined, number), &paint,
                       job->merged + i * plane_pixels);
  }
}

static dseg_status read_part(const struct label_job *job, size_t first_plane, size_t plane_count, size_t plane_pixels,
                             void *out, dseg_overlap *overlap, dseg_error *error) {
  const size_t voxels = plane_count * plane_pixels;
  memset(job->merged, 0, voxels * sizeof *job->merged);
  for (size_t number = 0; number < job->combined->source_count; number++) {
    if (job->combined->sources[number]->ops->paint != NULL) {
      paint_share(job, number, first_plane, plane_count, plane_pixels, overlap);
      continue;
    }
    bool any;
    const dseg_status status = read_share(job, number, first_plane, plane_count, job->next, &any, overlap, error);
    if (status != DSEG_OK) {
      dseg_error_prefix(error, dseg_combined_name(job->combined->sources[number]));
      return status;
    }
    if (any) {
      merge_share(job, voxels, overlap);
    }
  }
  const dseg_label_request *request = job->request;
  dseg_labels_from_indices(job->merged, voxels, request->values, request->background, out, request->bits);
  return DSEG_OK;
}

/* What a voxel of a part takes: merged and next. */
enum { PART_BYTES = 2 * sizeof(uint32_t) };

static bool crosses_planes(const dseg_source *source) {
  const dseg_combined *combined = (const dseg_combined *)(const void *)source;
  bool crosses = false;
  for (size_t i = 0; i < combined->source_count && !crosses; i++) {
    crosses = dseg_source_crosses_planes(combined->sources[i]);
  }
  return crosses;
}

static dseg_status read_labels(dseg_source *source, const dseg_label_request *request, void *out, dseg_overlap *overlap,
                               dseg_error *error) {
  const dseg_geometry *geometry = &source->description->geometry;
  const size_t plane_pixels = (size_t)geometry->rows * geometry->columns;
  struct label_job job = {.combined = own(source), .request = request};
  job.part_planes = crosses_planes(source) ? dseg_source_chunk_planes(source, 8 * PART_BYTES)
                                           : 2 * (size_t)dseg_worker_count(request->threads, request->plane_count);
  dseg_status status = allocate_job(&job, plane_pixels, error);
  for (size_t done = 0; status == DSEG_OK && done < request->plane_count; done += job.part_planes) {
    const size_t left = request->plane_count - done;
    uint8_t *part = (uint8_t *)out + done * plane_pixels * (request->bits / 8);
    status = read_part(&job, request->first_plane + done, left < job.part_planes ? left : job.part_planes, plane_pixels,
                       part, overlap, error);
  }
  free_job(&job);
  return status;
}

static dseg_status read_mask(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count, uint8_t *out,
                             unsigned threads, dseg_error *error) {
  const dseg_combined *combined = own(source);
  const dseg_combined_member *member = &combined->members[segment];
  dseg_source *holder = combined->sources[member->source];
  const dseg_status status =
      holder->ops->read_mask(holder, member->segment, first_plane, plane_count, out, threads, error);
  if (status != DSEG_OK) {
    dseg_error_prefix(error, dseg_combined_name(holder));
  }
  return status;
}

/* Where all its parts do: as many bits as the one with most has. */
static unsigned keeps_fractions(const dseg_source *source, double *off) {
  const dseg_combined *combined = (const dseg_combined *)(const void *)source;
  unsigned most = 0;
  for (size_t i = 0; i < combined->source_count; i++) {
    double of_part = 0;
    const unsigned bits = dseg_source_keeps_fractions(combined->sources[i], &of_part);
    if (bits == 0) {
      return 0;
    }
    most = bits > most ? bits : most;
    *off = of_part > *off ? of_part : *off;
  }
  return most;
}

static dseg_status read_fractions(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count,
                                  const dseg_reals *out, unsigned threads, dseg_error *error) {
  const dseg_combined_member *member = &own(source)->members[segment];
  dseg_source *holder = own(source)->sources[member->source];
  return holder->ops->read_fractions(holder, member->segment, first_plane, plane_count, out, threads, error);
}

static dseg_status segments_in_plane(dseg_source *source, size_t plane, uint8_t *present, dseg_error *error) {
  const dseg_combined *combined = own(source);
  uint8_t *of_one = malloc(segment_count(combined) + 1);
  if (of_one == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", segment_count(combined));
  }
  dseg_status status = DSEG_OK;
  for (size_t number = 0; status == DSEG_OK && number < combined->source_count; number++) {
    dseg_source *holder = combined->sources[number];
    status = holder->ops->segments_in_plane(holder, plane, of_one, error);
    for (size_t i = 0; status == DSEG_OK && i < holder->description->segment_count; i++) {
      present[dseg_combined_indices(combined, number)[i]] = of_one[i];
    }
  }
  free(of_one);
  return status;
}

void dseg_combined_free(dseg_combined *combined) {
  free(combined->sources);
  free(combined->members);
  free(combined->index_of);
  free(combined->first_index_of);
  free(combined);
}

static void close_combined(dseg_source *source) {
  dseg_combined *combined = own(source);
  for (size_t i = 0; i < combined->source_count; i++) {
    dseg_source_close(combined->sources[i]);
  }
  dseg_combined_free(combined);
}

const dseg_source_ops dseg_combined_ops = {
    .read_labels = read_labels,
    .read_mask = read_mask,
    .segments_in_plane = segments_in_plane,
    .read_fractions = read_fractions,
    .keeps_fractions = keeps_fractions,
    .crosses_planes = crosses_planes,
    .close = close_combined,
};
