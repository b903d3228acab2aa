/* SPDX-License-Identifier: Apache-2.0 */
/* layers.c - distributes overlapping segments over the layers of a seg.nrrd file.
 *
 * Two segments that share a voxel cannot share a layer. Planes without overlap are passed over by their label map
 * alone; in the others, the voxels that the first and the last segment claim differently are looked at in the mask
 * of every segment present. Then each segment takes the lowest layer that holds none of those it overlaps. */
#include <stdlib.h>
#include <string.h>

#include "convert/job.h"

typedef struct layer_work {
  size_t segment_count;
  size_t row_bytes;   /* of conflicts: a bit for each segment */
  uint8_t *conflicts; /* segment_count rows */
  uint8_t *labels;    /* one plane, job->bits */
  uint8_t *others;    /* likewise */
  uint8_t *mask;      /* one plane of bytes */
  uint32_t *shared;   /* pixels of the plane that lie in several segments */
  size_t shared_count;
  uint32_t *segments; /* those present in the plane */
  uint8_t *present;
  uint8_t *scratch;
} layer_work;

static void free_work(layer_work *work) {
  free(work->conflicts);
  free(work->labels);
  free(work->others);
  free(work->mask);
  free(work->shared);
  free(work->segments);
  free(work->present);
  free(work->scratch);
}

static dseg_status make_work(const dseg_convert_job *job, layer_work *work, dseg_error *error) {
  const dseg_geometry *geometry = &job->target->geometry;
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  work->segment_count = job->target->segment_count;
  work->row_bytes = (work->segment_count + 7) / 8;
  work->conflicts = calloc(work->segment_count + 1, work->row_bytes + 1);
  work->labels = malloc(pixels * sizeof(uint32_t) + 1);
  work->others = malloc(pixels * sizeof(uint32_t) + 1);
  work->mask = malloc(pixels + 1);
  work->shared = malloc(pixels * sizeof(uint32_t) + 1);
  work->segments = malloc(work->segment_count * sizeof *work->segments + 1);
  work->present = malloc(work->segment_count + 1);
  work->scratch = malloc(dseg_source_description(job->source)->segment_count + 1);
  if (work->conflicts == NULL || work->labels == NULL || work->others == NULL || work->mask == NULL ||
      work->shared == NULL || work->segments == NULL || work->present == NULL || work->scratch == NULL) {
    dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory to find which of %zu segments overlap", work->segment_count);
    return DSEG_ERROR_MEMORY;
  }
  return DSEG_OK;
}

static void set_conflict(layer_work *work, size_t a, size_t b) {
  work->conflicts[a * work->row_bytes + b / 8] |= (uint8_t)(1u << (b % 8));
  work->conflicts[b * work->row_bytes + a / 8] |= (uint8_t)(1u << (a % 8));
}

static bool has_conflict(const layer_work *work, size_t a, size_t b) {
  return (work->conflicts[a * work->row_bytes + b / 8] >> (b % 8) & 1) != 0;
}

/* The pixels whose first and last segment differ. */
static void find_shared_pixels(layer_work *work, size_t pixels, size_t element) {
  work->shared_count = 0;
  for (size_t i = 0; i < pixels; i++) {
    if (memcmp(work->labels + i * element, work->others + i * element, element) != 0) {
      work->shared[work->shared_count++] = (uint32_t)i;
    }
  }
}

/* Reads the claims of the segments present in the plane: claims[segment present][shared pixel]. */
static dseg_status read_claims(dseg_convert_job *job, layer_work *work, size_t plane, size_t present_count,
                               uint8_t *claims, dseg_error *error) {
  for (size_t k = 0; k < present_count; k++) {
    DSEG_TRY(dseg_convert_read_mask(job, work->segments[k], plane, work->mask, error));
    for (size_t i = 0; i < work->shared_count; i++) {
      claims[k * work->shared_count + i] = work->mask[work->shared[i]];
    }
  }
  return DSEG_OK;
}

static bool claims_meet(const uint8_t *a, const uint8_t *b, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (a[i] != 0 && b[i] != 0) {
      return true;
    }
  }
  return false;
}

/* Finds all pairs of the segments present that claim one of the shared pixels. */
static dseg_status add_conflicts(dseg_convert_job *job, layer_work *work, size_t plane, dseg_error *error) {
  const size_t count = work->shared_count;
  size_t present_count = 0;
  for (size_t i = 0; i < work->segment_count; i++) {
    if (work->present[i] != 0) {
      work->segments[present_count++] = (uint32_t)i;
    }
  }
  uint8_t *claims = present_count <= SIZE_MAX / (count + 1) ? malloc(present_count * count + 1) : NULL;
  if (claims == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the overlap of a plane");
  }
  const dseg_status status = read_claims(job, work, plane, present_count, claims, error);
  for (size_t k = 1; status == DSEG_OK && k < present_count; k++) {
    for (size_t m = 0; m < k; m++) {
      const uint32_t a = work->segments[k];
      const uint32_t b = work->segments[m];
      if (!has_conflict(work, a, b) && claims_meet(claims + k * count, claims + m * count, count)) {
        set_conflict(work, a, b);
      }
    }
  }
  free(claims);
  return status;
}

static dseg_status look_at_plane(dseg_convert_job *job, layer_work *work, size_t plane, dseg_error *error) {
  const dseg_geometry *geometry = &job->target->geometry;
  dseg_overlap overlap = {0};
  DSEG_TRY(dseg_convert_read_labels(job, plane, 1, NULL, 0, DSEG_OVERLAP_FIRST, work->labels, &overlap, error));
  if (overlap.voxels == 0) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_convert_read_labels(job, plane, 1, NULL, 0, DSEG_OVERLAP_LAST, work->others, &overlap, error));
  find_shared_pixels(work, (size_t)geometry->rows * geometry->columns, job->bits / 8);
  DSEG_TRY(dseg_convert_segments_in_plane(job, plane, work->present, work->scratch, error));
  return add_conflicts(job, work, plane, error);
}

/* Lowest layer first, in the order of the segments. */
static size_t choose_layers(const layer_work *work, uint32_t *layer_of) {
  size_t layer_count = work->segment_count > 0 ? 1 : 0;
  for (size_t i = 0; i < work->segment_count; i++) {
    layer_of[i] = 0;
    for (size_t k = 0; k < i;) {
      if (layer_of[k] == layer_of[i] && has_conflict(work, i, k)) {
        layer_of[i]++;
        k = 0;
      } else {
        k++;
      }
    }
    if (layer_of[i] >= layer_count) {
      layer_count = (size_t)layer_of[i] + 1;
    }
  }
  return layer_count;
}

dseg_status dseg_convert_assign_layers(dseg_convert_job *job, uint32_t *layer_of, size_t *layer_count,
                                       dseg_error *error) {
  layer_work work = {0};
  dseg_status status = make_work(job, &work, error);
  for (size_t plane = 0; status == DSEG_OK && plane < job->target->geometry.plane_count; plane++) {
    status = look_at_plane(job, &work, plane, error);
  }
  if (status == DSEG_OK) {
    *layer_count = choose_layers(&work, layer_of);
  }
  free_work(&work);
  return status;
}
