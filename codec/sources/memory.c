/* SPDX-License-Identifier: Apache-2.0 */
/* memory.c - a segmentation whose voxels are in memory: one or several volumes of labels, or a volume of
 * fractions for each segment. What volume formats are opened as. */
#include <stdlib.h>
#include <string.h>

#include "base/threads.h"
#include "model/fractions.h"
#include "model/label_lookup.h"
#include "model/label_planes.h"
#include "model/label_runs.h"
#include "model/overlap.h"
#include "sources/memory.h"

#define PIXEL_VALUES DSEG_PIXEL_VALUES
/* Tables of more layers would take more memory than the voxels: those are painted by runs. */
#define MOST_TABLES ((size_t)64)

static dseg_memory_source *own(dseg_source *source) {
  return (dseg_memory_source *)(void *)source;
}

static size_t segment_count(const dseg_memory_source *memory) {
  return memory->base.description->segment_count;
}

static int compare_meanings(const void *a, const void *b) {
  const dseg_value_meaning *x = a;
  const dseg_value_meaning *y = b;
  if (x->layer != y->layer) {
    return x->layer < y->layer ? -1 : 1;
  }
  return (x->value > y->value) - (x->value < y->value);
}

const dseg_value_meaning *dseg_find_meaning(const dseg_memory_source *memory, size_t layer, uint32_t value) {
  const dseg_value_meaning key = {.layer = (uint32_t)layer, .value = value};
  const size_t count = segment_count(memory);
  return count != 0 ? bsearch(&key, memory->meanings, count, sizeof key, compare_meanings) : NULL;
}

/* What is the same for all planes of a request. */
struct label_job {
  const dseg_memory_source *memory;
  const dseg_label_request *request;
  uint8_t *out;
  uint8_t *wanted; /* by segment */
  /* Several layers are first merged into segment indices + 1, 0 being background, so that it is always known which
   * segment a voxel has; then translated. */
  uint32_t *index_values;   /* by segment: index + 1 */
  uint32_t *value_of_pixel; /* for each layer PIXEL_VALUES entries; NULL: layers are painted by runs */
  uint32_t *merged;         /* for each worker one plane; NULL with one layer */
  dseg_overlap *overlaps;   /* for each worker */
  uint32_t fraction_threshold;
};

static const uint32_t *job_values(const struct label_job *job) {
  return job->merged != NULL ? job->index_values : job->request->values;
}

static uint32_t job_background(const struct label_job *job) {
  return job->merged != NULL ? 0 : job->request->background;
}

/* By runs, where no table holds what labels mean. */
static void paint_runs(const struct label_job *job, size_t layer, const void *pixels, const dseg_label_plane *plane) {
  const size_t count = job->memory->plane_pixels;
  const unsigned bits = job->memory->layers[layer].bits;
  dseg_label_paint paint = {.background = plane->background,
                            .last_wins = plane->last_wins,
                            .by_index = true,
                            .values = plane->values,
                            .wanted = plane->wanted,
                            .segment_count = plane->segment_count,
                            .overlap = plane->overlap};
  for (size_t start = 0; start < count;) {
    const size_t end = dseg_label_run_end(pixels, bits, start, count);
    const dseg_value_meaning *meaning = dseg_find_meaning(job->memory, layer, dseg_label_at(pixels, bits, start));
    if (meaning != NULL && plane->wanted[meaning->segment] != 0) {
      paint.segment = meaning->segment;
      paint.value = plane->values[meaning->segment];
      dseg_paint_range(plane->out, plane->bits, start, end - start, &paint);
    }
    start = end;
  }
}

static dseg_status paint_layer(const struct label_job *job, size_t layer, size_t index, dseg_label_plane *plane,
                               dseg_error *error) {
  const dseg_memory_source *memory = job->memory;
  const uint8_t *pixels = dseg_memory_plane(memory, layer, index);
  if (memory->fractions) {
    return job->wanted[layer] != 0 ? dseg_paint_fractions(plane, (uint32_t)layer, pixels, memory->plane_pixels, error)
                                   : DSEG_OK;
  }
  if (memory->layers[layer].bits == 32 || job->value_of_pixel == NULL) {
    paint_runs(job, layer, pixels, plane);
  } else {
    const unsigned bits = memory->layers[layer].bits;
    const uint32_t *table = job->value_of_pixel + layer * PIXEL_VALUES;
    const size_t size = (size_t)1 << bits;
    const dseg_label_lookup lookup = {.table = table, .table_size = size, .identity = dseg_label_identity(table, size)};
    plane->lookup = &lookup;
    dseg_paint_pixels(plane, pixels, bits, memory->plane_pixels);
    plane->lookup = NULL;
  }
  return DSEG_OK;
}

static dseg_status read_plane(void *user, size_t index, unsigned worker, dseg_error *error) {
  const struct label_job *job = user;
  const dseg_memory_source *memory = job->memory;
  const dseg_label_request *request = job->request;
  uint8_t *out = job->out + index * memory->plane_pixels * (request->bits / 8);
  uint32_t *merged = job->merged != NULL ? job->merged + worker * memory->plane_pixels : NULL;
  dseg_label_plane plane = {.out = merged != NULL ? (void *)merged : (void *)out,
                            .bits = merged != NULL ? 32 : request->bits,
                            .background = job_background(job),
                            .segment_count = segment_count(memory),
                            .values = job_values(job),
                            .wanted = job->wanted,
                            .fraction_threshold = job->fraction_threshold,
                            .last_wins = request->overlap == DSEG_OVERLAP_LAST,
                            .overlap = &job->overlaps[worker]};
  dseg_labels_fill(plane.out, plane.bits, 0, memory->plane_pixels, plane.background);
  for (size_t layer = 0; layer < memory->layer_count; layer++) {
    DSEG_TRY(paint_layer(job, layer, request->first_plane + index, &plane, error));
  }
  if (merged != NULL) {
    dseg_labels_from_indices(merged, memory->plane_pixels, request->values, request->background, out, request->bits);
  }
  return DSEG_OK;
}

/* A request without a list wants all segments. */
static void mark_wanted(const struct label_job *job) {
  const dseg_label_request *request = job->request;
  if (request->segments == NULL) {
    memset(job->wanted, 1, segment_count(job->memory));
    return;
  }
  for (size_t i = 0; i < request->segment_count; i++) {
    job->wanted[request->segments[i]] = 1;
  }
}

/* For each layer of 8 or 16 bits: what is written for a pixel. */
static void fill_value_tables(const struct label_job *job) {
  const dseg_memory_source *memory = job->memory;
  for (size_t i = 0; i < memory->layer_count * PIXEL_VALUES; i++) {
    job->value_of_pixel[i] = job_background(job);
  }
  for (size_t i = 0; i < segment_count(memory); i++) {
    const dseg_value_meaning *meaning = &memory->meanings[i];
    if (meaning->value < PIXEL_VALUES && job->wanted[meaning->segment] != 0) {
      job->value_of_pixel[meaning->layer * PIXEL_VALUES + meaning->value] = job_values(job)[meaning->segment];
    }
  }
}

static dseg_status allocate_job(struct label_job *job, unsigned workers, dseg_error *error) {
  const dseg_memory_source *memory = job->memory;
  const size_t count = segment_count(memory) + 1;
  job->wanted = calloc(count, sizeof *job->wanted);
  job->overlaps = calloc(workers, sizeof *job->overlaps);
  bool complete = job->wanted != NULL && job->overlaps != NULL;
  if (complete && !memory->fractions && memory->layer_count <= MOST_TABLES) {
    job->value_of_pixel = calloc(memory->layer_count, PIXEL_VALUES * sizeof *job->value_of_pixel);
    complete = job->value_of_pixel != NULL;
  }
  if (complete && !memory->fractions && memory->layer_count > 1) {
    job->index_values = calloc(count, sizeof *job->index_values);
    job->merged = calloc(workers, memory->plane_pixels * sizeof *job->merged);
    complete = job->index_values != NULL && job->merged != NULL;
  }
  if (!complete) {
    (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %u planes", workers);
    return DSEG_ERROR_MEMORY;
  }
  for (size_t i = 0; job->index_values != NULL && i < segment_count(memory); i++) {
    job->index_values[i] = (uint32_t)i + 1;
  }
  return DSEG_OK;
}

static dseg_status read_labels(dseg_source *source, const dseg_label_request *request, void *out, dseg_overlap *overlap,
                               dseg_error *error) {
  const dseg_memory_source *memory = own(source);
  const unsigned workers = dseg_worker_count(request->threads, request->plane_count);
  struct label_job job = {.memory = memory, .request = request, .out = out};
  job.fraction_threshold = dseg_stored_threshold(request->threshold, source->description->maximum_fraction);
  dseg_status status = allocate_job(&job, workers, error);
  if (status == DSEG_OK) {
    mark_wanted(&job);
    if (job.value_of_pixel != NULL) {
      fill_value_tables(&job);
    }
    status = dseg_parallel_for(request->plane_count, workers, read_plane, &job, error);
    for (unsigned i = 0; i < workers; i++) {
      dseg_overlap_merge(overlap, &job.overlaps[i]);
    }
  }
  free(job.wanted);
  free(job.overlaps);
  free(job.value_of_pixel);
  free(job.index_values);
  free(job.merged);
  return status;
}

struct mask_job {
  const dseg_memory_source *memory;
  size_t layer, first_plane;
  uint32_t value;
  uint8_t *out;
};

static dseg_status read_mask_plane(void *user, size_t index, unsigned worker, dseg_error *error) {
  (void)worker;
  (void)error;
  const struct mask_job *job = user;
  const size_t count = job->memory->plane_pixels;
  const uint8_t *pixels = dseg_memory_plane(job->memory, job->layer, job->first_plane + index);
  uint8_t *out = job->out + index * count;
  if (job->memory->fractions) {
    memcpy(out, pixels, count);
    return DSEG_OK;
  }
  memset(out, 0, count);
  dseg_labels_to_mask(pixels, job->memory->layers[job->layer].bits, count, job->value, out);
  return DSEG_OK;
}

static dseg_status read_mask(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count, uint8_t *out,
                             unsigned threads, dseg_error *error) {
  const dseg_memory_source *memory = own(source);
  struct mask_job job = {.memory = memory, .layer = segment, .first_plane = first_plane};
  job.out = out;
  for (size_t i = 0; i < segment_count(memory); i++) {
    if (memory->meanings[i].segment == segment) {
      job.layer = memory->meanings[i].layer;
      job.value = memory->meanings[i].value;
    }
  }
  return dseg_parallel_for(plane_count, dseg_worker_count(threads, plane_count), read_mask_plane, &job, error);
}

static unsigned keeps_fractions(const dseg_source *source, double *off) {
  const dseg_memory_source *memory = (const dseg_memory_source *)(const void *)source;
  *off = memory->off;
  return memory->exact.values != NULL ? memory->exact.bits : 0;
}

static dseg_status read_fractions(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count,
                                  const dseg_reals *out, unsigned threads, dseg_error *error) {
  (void)threads, (void)error;
  const dseg_memory_source *memory = own(source);
  const size_t plane = segment * source->description->geometry.plane_count + first_plane;
  dseg_reals_copy(out, &memory->exact, plane * memory->plane_pixels, plane_count * memory->plane_pixels);
  return DSEG_OK;
}

static bool any_byte(const uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (bytes[i] != 0) {
      return true;
    }
  }
  return false;
}

static dseg_status segments_in_plane(dseg_source *source, size_t plane, uint8_t *present, dseg_error *error) {
  (void)error;
  const dseg_memory_source *memory = own(source);
  memset(present, 0, segment_count(memory));
  for (size_t layer = 0; layer < memory->layer_count; layer++) {
    const uint8_t *pixels = dseg_memory_plane(memory, layer, plane);
    if (memory->fractions) {
      present[layer] = any_byte(pixels, memory->plane_pixels);
      continue;
    }
    const unsigned bits = memory->layers[layer].bits;
    for (size_t start = 0; start < memory->plane_pixels;) {
      const dseg_value_meaning *meaning = dseg_find_meaning(memory, layer, dseg_label_at(pixels, bits, start));
      if (meaning != NULL) {
        present[meaning->segment] = 1;
      }
      start = dseg_label_run_end(pixels, bits, start, memory->plane_pixels);
    }
  }
  return DSEG_OK;
}

/* Frees the source but for the layers' voxels, which it need not own yet. */
static void discard(dseg_memory_source *memory) {
  if (memory != NULL) {
    free(memory->layers);
    free(memory->meanings);
    free(memory->exact.values);
    free(memory);
  }
}

static void close_memory(dseg_source *source) {
  dseg_memory_source *memory = own(source);
  for (size_t i = 0; i < memory->layer_count; i++) {
    if (!memory->layers[i].shared) {
      free(memory->layers[i].block != NULL ? memory->layers[i].block : memory->layers[i].voxels);
    }
  }
  discard(memory);
}

static const void *view_labels(const dseg_source *source, unsigned bits, const uint32_t *values) {
  const dseg_memory_source *memory = (const dseg_memory_source *)(const void *)source;
  if (memory->fractions || memory->layer_count != 1 || memory->layers[0].bits != bits || !memory->layers[0].complete) {
    return NULL;
  }
  const dseg_description *description = source->description;
  for (size_t i = 0; i < description->segment_count; i++) {
    const dseg_value_meaning *meaning = &memory->meanings[i];
    const uint32_t wanted = values != NULL ? values[meaning->segment] : description->segments[meaning->segment].number;
    if (wanted != meaning->value) {
      return NULL;
    }
  }
  return memory->layers[0].voxels;
}

static const dseg_source_ops memory_ops = {
    .read_labels = read_labels,
    .read_mask = read_mask,
    .segments_in_plane = segments_in_plane,
    .read_fractions = read_fractions,
    .keeps_fractions = keeps_fractions,
    .view_labels = view_labels,
    .close = close_memory,
};

const dseg_memory_source *dseg_as_memory_source(const dseg_source *source) {
  return source->ops == &memory_ops ? (const dseg_memory_source *)(const void *)source : NULL;
}

void dseg_memory_source_keep_fractions(dseg_source *source, const dseg_reals *fractions, double off) {
  dseg_memory_source *memory = own(source);
  memory->exact = *fractions;
  memory->off = off;
  source->held += (uint64_t)memory->plane_pixels * source->description->geometry.plane_count * memory->layer_count *
                  (fractions->bits / 8);
}

static dseg_status check_layers(const dseg_description *description, const dseg_layer *layers, size_t layer_count,
                                bool fractions, dseg_error *error) {
  if (layer_count == 0 || layer_count > UINT32_MAX || (fractions && layer_count != description->segment_count)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "%zu layers of voxels for %zu segments", layer_count,
                     description->segment_count);
  }
  for (size_t i = 0; i < layer_count; i++) {
    const unsigned bits = layers[i].bits;
    if (layers[i].voxels == NULL || (bits != 8 && (fractions || (bits != 16 && bits != 32)))) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "layer %zu has no voxels, or voxels of %u bits", i, bits);
    }
  }
  return DSEG_OK;
}

static dseg_status fill_meanings(dseg_memory_source *memory, const uint32_t *layer_of_segment,
                                 const uint32_t *value_of_segment, dseg_error *error) {
  const size_t count = segment_count(memory);
  for (size_t i = 0; i < count; i++) {
    dseg_value_meaning *meaning = &memory->meanings[i];
    meaning->segment = (uint32_t)i;
    meaning->layer = layer_of_segment != NULL ? layer_of_segment[i] : 0;
    meaning->value = value_of_segment != NULL ? value_of_segment[i] : memory->base.description->segments[i].number;
    if (memory->fractions) {
      meaning->layer = (uint32_t)i;
    }
    if (meaning->layer >= memory->layer_count) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "segment %zu lies in layer %u of %zu", i, (unsigned)meaning->layer,
                       memory->layer_count);
    }
  }
  qsort(memory->meanings, count, sizeof *memory->meanings, compare_meanings);
  return DSEG_OK;
}

dseg_status dseg_memory_source_create(const char *format, dseg_description *description, const dseg_layer *layers,
                                      size_t layer_count, const uint32_t *layer_of_segment,
                                      const uint32_t *value_of_segment, dseg_source **source, dseg_error *error) {
  const bool fractions = description->kind == DSEG_VOXELS_PROBABILITY || description->kind == DSEG_VOXELS_OCCUPANCY;
  DSEG_TRY(check_layers(description, layers, layer_count, fractions, error));
  dseg_memory_source *memory = calloc(1, sizeof *memory);
  if (memory != NULL) {
    memory->base = (dseg_source){.ops = &memory_ops, .format = format, .description = description};
    memory->layers = calloc(layer_count, sizeof *memory->layers);
    memory->meanings = calloc(description->segment_count + 1, sizeof *memory->meanings);
  }
  if (memory == NULL || memory->layers == NULL || memory->meanings == NULL) {
    discard(memory);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", description->segment_count);
  }
  memcpy(memory->layers, layers, layer_count * sizeof *layers);
  memory->layer_count = layer_count;
  memory->fractions = fractions;
  memory->plane_pixels = (size_t)description->geometry.rows * description->geometry.columns;
  const dseg_status status = fill_meanings(memory, layer_of_segment, value_of_segment, error);
  if (status != DSEG_OK) {
    discard(memory);
    return status;
  }
  const uint64_t voxels = (uint64_t)memory->plane_pixels * description->geometry.plane_count;
  for (size_t i = 0; i < layer_count; i++) {
    memory->base.held += voxels * (layers[i].bits / 8);
  }
  *source = &memory->base;
  return DSEG_OK;
}
