/* SPDX-License-Identifier: Apache-2.0 */
/* layers.c - distributes overlapping segments over layers: dseg_source_assign_layers.
 *
 * Two segments that share a voxel cannot share a layer. Some planes at a time are read as labels; where no voxel
 * belongs to several segments that is all. Elsewhere the voxels that the first and the last segment claim differently
 * are looked up in the mask of every segment present. Then each segment takes the lowest layer that holds none of those
 * that it overlaps. The result stays with the source. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "dseg/walk.h"
#include "model/fractions.h"
#include "sources/source.h"

/* From where on fractions count as inside. */
static const double HALF = 0.5;

struct work {
  dseg_walk base; /* the first member: steps get at the rest */
  dseg_source *source;
  unsigned threads;
  size_t segment_count;
  size_t row_bytes;   /* of conflicts: a bit for each segment */
  uint8_t *conflicts; /* segment_count rows */
  uint32_t *values;   /* by segment: index + 1 */
  uint32_t *first;    /* chunk planes: the first segment of each voxel, by its value */
  uint32_t *last;
  uint8_t *mask;
  uint32_t *shared; /* voxels of the chunk that belong to several segments */
  size_t shared_count;
  uint32_t *segments; /* those present in the chunk */
  uint8_t *present, *of_plane;
  size_t chunk;
};

static void destroy(dseg_walk *base) {
  struct work *work = (struct work *)(void *)base;
  free(work->conflicts);
  free(work->values);
  free(work->first);
  free(work->last);
  free(work->mask);
  free(work->shared);
  free(work->segments);
  free(work->present);
  free(work->of_plane);
  free(work);
}

static dseg_status fail_memory(const struct work *work, dseg_error *error) {
  (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory to find which of %zu segments overlap", work->segment_count);
  return DSEG_ERROR_MEMORY;
}

static size_t plane_pixels(const struct work *work) {
  const dseg_geometry *geometry = &work->source->description->geometry;
  return (size_t)geometry->rows * geometry->columns;
}

/* What a plane takes comes later, where segments overlap. */
static dseg_status begin(struct work *work, dseg_error *error) {
  size_t bits;
  size_t bytes;
  work->segment_count = work->source->description->segment_count;
  work->row_bytes = work->segment_count / 8 + 1;
  work->chunk = dseg_source_chunk_planes(work->source, 32);
  if (!dseg_mul_size(work->segment_count, work->row_bytes, &bits) ||
      !dseg_mul_size(plane_pixels(work) * work->chunk, sizeof *work->first, &bytes)) {
    return fail_memory(work, error);
  }
  work->conflicts = calloc(bits + 1, 1);
  work->values = calloc(work->segment_count + 1, sizeof *work->values);
  work->segments = calloc(work->segment_count + 1, sizeof *work->segments);
  work->present = calloc(work->segment_count + 1, 1);
  work->of_plane = calloc(work->segment_count + 1, 1);
  work->first = malloc(bytes + 1);
  if (work->conflicts == NULL || work->values == NULL || work->segments == NULL || work->present == NULL ||
      work->of_plane == NULL || work->first == NULL) {
    return fail_memory(work, error);
  }
  for (size_t i = 0; i < work->segment_count; i++) {
    work->values[i] = (uint32_t)i + 1;
  }
  return DSEG_OK;
}

static dseg_status need_planes(struct work *work, dseg_error *error) {
  const size_t voxels = plane_pixels(work) * work->chunk;
  if (work->last == NULL) {
    work->last = malloc(voxels * sizeof *work->last + 1);
    work->mask = malloc(voxels + 1);
    work->shared = malloc(voxels * sizeof *work->shared + 1);
  }
  return work->last != NULL && work->mask != NULL && work->shared != NULL ? DSEG_OK : fail_memory(work, error);
}

static void set_conflict(struct work *work, size_t a, size_t b) {
  work->conflicts[a * work->row_bytes + b / 8] |= (uint8_t)(1u << (b % 8));
  work->conflicts[b * work->row_bytes + a / 8] |= (uint8_t)(1u << (a % 8));
}

static bool has_conflict(const struct work *work, size_t a, size_t b) {
  return (work->conflicts[a * work->row_bytes + b / 8] >> (b % 8) & 1) != 0;
}

static dseg_status read_labels(const struct work *work, size_t first, size_t count, dseg_overlap_policy policy,
                               uint32_t *labels, dseg_overlap *overlap, dseg_error *error) {
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                      .first_plane = first,
                                      .plane_count = count,
                                      .bits = 32,
                                      .values = work->values,
                                      .overlap = policy,
                                      .threshold = HALF,
                                      .threads = work->threads};
  return work->source->ops->read_labels(work->source, &request, labels, overlap, error);
}

/* The voxels whose first and last segment differ. */
static void find_shared(struct work *work, size_t voxels) {
  work->shared_count = 0;
  for (size_t i = 0; i < voxels; i++) {
    if (work->first[i] != work->last[i]) {
      work->shared[work->shared_count++] = (uint32_t)i;
    }
  }
}

/* Lists the segments that may be in the planes. */
static dseg_status find_present(const struct work *work, size_t first, size_t count, size_t *found, dseg_error *error) {
  memset(work->present, 0, work->segment_count);
  for (size_t plane = first; plane < first + count; plane++) {
    DSEG_TRY(work->source->ops->segments_in_plane(work->source, plane, work->of_plane, error));
    for (size_t i = 0; i < work->segment_count; i++) {
      work->present[i] |= work->of_plane[i];
    }
  }
  *found = 0;
  for (size_t i = 0; i < work->segment_count; i++) {
    if (work->present[i] != 0) {
      work->segments[(*found)++] = (uint32_t)i;
    }
  }
  return DSEG_OK;
}

/* Which of the shared voxels a segment claims: a bit for each. */
static dseg_status read_claims(const struct work *work, uint32_t segment, size_t first, size_t count, uint64_t *claims,
                               dseg_error *error) {
  const uint32_t maximum = work->source->description->maximum_fraction;
  const uint32_t least = maximum > 0 ? dseg_stored_threshold(HALF, maximum) : 1;
  DSEG_TRY(work->source->ops->read_mask(work->source, segment, first, count, work->mask, work->threads, error));
  for (size_t i = 0; i < work->shared_count; i++) {
    claims[i / 64] |= (uint64_t)(work->mask[work->shared[i]] >= least) << (i % 64);
  }
  return DSEG_OK;
}

static bool claims_meet(const uint64_t *a, const uint64_t *b, size_t words) {
  for (size_t i = 0; i < words; i++) {
    if ((a[i] & b[i]) != 0) {
      return true;
    }
  }
  return false;
}

/* Finds all pairs of the segments present that claim one of the shared voxels. */
static dseg_status add_conflicts(struct work *work, size_t first, size_t count, dseg_error *error) {
  const size_t words = work->shared_count / 64 + 1;
  size_t present = 0;
  size_t total;
  DSEG_TRY(find_present(work, first, count, &present, error));
  uint64_t *claims = dseg_mul_size(present, words, &total) ? calloc(total + 1, sizeof *claims) : NULL;
  if (claims == NULL) {
    return fail_memory(work, error);
  }
  dseg_status status = DSEG_OK;
  for (size_t k = 0; status == DSEG_OK && k < present; k++) {
    status = read_claims(work, work->segments[k], first, count, claims + k * words, error);
    for (size_t m = 0; status == DSEG_OK && m < k; m++) {
      if (!has_conflict(work, work->segments[k], work->segments[m]) &&
          claims_meet(claims + k * words, claims + m * words, words)) {
        set_conflict(work, work->segments[k], work->segments[m]);
      }
    }
  }
  free(claims);
  return status;
}

static dseg_status look_at_planes(struct work *work, size_t first, size_t count, dseg_error *error) {
  dseg_overlap overlap = {0};
  dseg_overlap again = {0};
  DSEG_TRY(read_labels(work, first, count, DSEG_OVERLAP_FIRST, work->first, &overlap, error));
  if (overlap.voxels == 0) {
    return DSEG_OK;
  }
  DSEG_TRY(need_planes(work, error));
  DSEG_TRY(read_labels(work, first, count, DSEG_OVERLAP_LAST, work->last, &again, error));
  find_shared(work, count * plane_pixels(work));
  return add_conflicts(work, first, count, error);
}

/* The table that stays with the source. */
static void choose_layers(const struct work *work, dseg_layer_table *table, uint8_t *taken) {
  table->layer_count = work->segment_count > 0 ? 1 : 0;
  for (size_t i = 0; i < work->segment_count; i++) {
    memset(taken, 0, table->layer_count);
    for (size_t k = 0; k < i; k++) {
      if (has_conflict(work, i, k)) {
        taken[table->layer_of[k]] = 1;
      }
    }
    uint32_t layer = 0;
    while (layer < table->layer_count && taken[layer] != 0) {
      layer++;
    }
    table->layer_of[i] = layer;
    table->layer_count = layer >= table->layer_count ? (size_t)layer + 1 : table->layer_count;
  }
}

/* The planes of the next step are those from first on. */
static void go_to(struct work *work, size_t first) {
  const size_t left = work->source->description->geometry.plane_count - first;
  work->base.first = first;
  work->base.count = work->chunk < left ? work->chunk : left;
}

static dseg_status step(dseg_walk *base, dseg_error *error) {
  struct work *work = (struct work *)(void *)base;
  DSEG_TRY(look_at_planes(work, base->first, base->count, error));
  go_to(work, base->first + base->count);
  return DSEG_OK;
}

dseg_status dseg_layers_begin(dseg_source *source, unsigned threads, dseg_walk **walk, dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || walk == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_layers_begin: source and walk must not be NULL");
  }
  *walk = NULL;
  struct work *work = calloc(1, sizeof *work);
  if (work == NULL) {
    (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", source->description->segment_count);
    return DSEG_ERROR_MEMORY;
  }
  work->base = (dseg_walk){.step = step, .destroy = destroy};
  work->source = source;
  work->threads = threads;
  const bool is_known = atomic_load(&source->layers) != NULL;
  const dseg_status status = is_known ? DSEG_OK : begin(work, error);
  if (status != DSEG_OK) {
    destroy(&work->base);
    return status;
  }
  if (work->segment_count > 1) {
    go_to(work, 0);
  }
  *walk = &work->base;
  return DSEG_OK;
}

dseg_status dseg_layers_end(dseg_walk *walk, dseg_error *error) {
  dseg_error_clear(error);
  if (walk == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_layers_end: walk must not be NULL");
  }
  struct work *work = (struct work *)(void *)walk;
  dseg_layer_table *others = atomic_load(&work->source->layers);
  if (others != NULL) {
    return DSEG_OK;
  }
  dseg_layer_table *made = calloc(1, sizeof *made + work->segment_count * sizeof *made->layer_of);
  if (made == NULL) {
    return fail_memory(work, error);
  }
  choose_layers(work, made, work->present);
  if (!atomic_compare_exchange_strong(&work->source->layers, &others, made)) {
    free(made); /* another thread was faster, with the same result */
  }
  return DSEG_OK;
}

dseg_status dseg_source_layers(dseg_source *source, unsigned threads, const dseg_layer_table **table,
                               dseg_error *error) {
  dseg_walk *walk = NULL;
  *table = atomic_load(&source->layers);
  if (*table != NULL) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_layers_begin(source, threads, &walk, error));
  dseg_status status = dseg_walk_all(walk, error);
  if (status == DSEG_OK) {
    status = dseg_layers_end(walk, error);
  }
  walk->destroy(walk);
  *table = atomic_load(&source->layers);
  return status;
}

dseg_status dseg_source_assign_layers(dseg_source *source, unsigned threads, uint32_t *layer_of, size_t *layer_count,
                                      dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || layer_of == NULL || layer_count == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "dseg_source_assign_layers: source, layer_of and layer_count must not be NULL");
  }
  const dseg_layer_table *table = NULL;
  const dseg_status status = dseg_source_layers(source, threads, &table, error);
  if (status != DSEG_OK) {
    if (source->name != NULL) {
      dseg_error_prefix(error, source->name);
    }
    return status;
  }
  *layer_count = table->layer_count;
  if (source->description->segment_count > 0) {
    memcpy(layer_of, table->layer_of, source->description->segment_count * sizeof *layer_of);
  }
  return DSEG_OK;
}
