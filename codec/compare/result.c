/* SPDX-License-Identifier: Apache-2.0 */
/* result.c - what the caller gets of a comparison: one block of memory and an arena behind it. */
#include "compare/result.h"

#include <stdlib.h>
#include <string.h>

/* The public part first: the caller's pointer is one to the whole. */
struct owned {
  dseg_comparison result;
  dseg_arena_block *arena;
};

/* By index of the bit. */
static const char *const aspect_names[] = {"geometry", "extent", "voxels",  "segments",   "numbers",  "names",
                                           "codes",    "colors", "details", "provenance", "instances"};

const char *dseg_aspect_name(size_t index) {
  return index < sizeof aspect_names / sizeof aspect_names[0] ? aspect_names[index] : NULL;
}

/* The list as an array; NULL when out of memory. */
static const dseg_difference *const *as_array(dseg_arena_block **arena, const dseg_difference_list *list) {
  const dseg_difference **array = dseg_arena_alloc(arena, (list->count + 1) * sizeof(dseg_difference *));
  size_t i = 0;
  for (const dseg_difference_node *node = list->first; array != NULL && node != NULL; node = node->next) {
    array[i++] = &node->difference;
  }
  return array;
}

static double dice(const dseg_compared_pair *pair) {
  const double sum = pair->sum_a + pair->sum_b;
  return sum > 0 ? 2 * pair->sum_both / sum : 1;
}

static void fill_pair(dseg_compare_job *job, const dseg_compared_pair *from, dseg_segment_pair *to) {
  *to = (dseg_segment_pair){.a = from->a,
                            .b = from->b,
                            .voxels_a = from->voxels_a,
                            .voxels_b = from->voxels_b,
                            .voxels_differ = from->differ,
                            .dice = dice(from),
                            .largest_difference = job->fractions ? from->largest : (double)(from->differ > 0),
                            .differs = from->differs,
                            .difference_count = from->differences.count};
  if (from->differ > 0) {
    memcpy(to->first_difference, from->first, sizeof to->first_difference);
    dseg_grid_position(&job->a.layout.grid, from->first, to->first_difference_mm);
  }
}

static const dseg_segment_pair *const *make_pairs(dseg_compare_job *job) {
  const dseg_segment_pair **pairs = dseg_arena_alloc(&job->arena, (job->pair_count + 1) * sizeof(dseg_segment_pair *));
  for (size_t i = 0; pairs != NULL && i < job->pair_count; i++) {
    dseg_segment_pair *pair = dseg_arena_alloc(&job->arena, sizeof *pair);
    if (pair == NULL) {
      return NULL;
    }
    fill_pair(job, &job->pairs[i], pair);
    pair->differences = as_array(&job->arena, &job->pairs[i].differences);
    if (pair->differences == NULL) {
      return NULL;
    }
    pairs[i] = pair;
  }
  return pairs;
}

dseg_status dseg_comparison_make(dseg_compare_job *job, dseg_comparison **comparison, dseg_error *error) {
  struct owned *owned = calloc(1, sizeof *owned);
  const dseg_segment_pair *const *pairs = make_pairs(job);
  const dseg_difference *const *differences = as_array(&job->arena, &job->differences);
  if (owned == NULL || pairs == NULL || differences == NULL || job->out_of_memory) {
    free(owned);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for what differs");
  }
  const bool planes_differ = job->voxels_compared && job->first_plane <= job->last_plane;
  owned->result = (dseg_comparison){.same = job->found == 0,
                                    .differs = job->found,
                                    .grid_a = job->a.layout.grid,
                                    .grid_b = job->b.layout.grid,
                                    .map = job->map,
                                    .matched_by = job->match,
                                    .voxels_compared = job->voxels_compared,
                                    .fractions = job->fractions,
                                    .planes_differ = planes_differ,
                                    .first_plane = planes_differ ? job->first_plane : 0,
                                    .last_plane = planes_differ ? job->last_plane : 0,
                                    .pairs = pairs,
                                    .pair_count = job->pair_count,
                                    .differences = differences,
                                    .difference_count = job->differences.count,
                                    .instances = job->instances};
  owned->arena = job->arena;
  job->arena = NULL;
  *comparison = &owned->result;
  return DSEG_OK;
}

void dseg_comparison_destroy(dseg_comparison *comparison) {
  struct owned *owned = (struct owned *)(void *)comparison;
  if (owned != NULL) {
    dseg_arena_free(&owned->arena);
    free(owned);
  }
}
