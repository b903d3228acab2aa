/* SPDX-License-Identifier: Apache-2.0 */
/* instances.c - which instance of A corresponds to which of B, by the voxels that they share.
 *
 * Two match that have at least half of their union in common. Of more than half one instance can have but one such
 * partner. With exactly a half it may have two, each a half of it, which match nothing else: either will do, and the
 * lower number is taken. So the best assignment, for which others solve a linear program, is found by a look at each
 * pair. */
#include "compare/instances.h"

#include <stdlib.h>

#include "dseg/instances.h"

#define STANDARD_MEMORY ((uint64_t)4 << 30)

static const dseg_instances *instances_of(const dseg_compare_side *side) {
  return side->description->instances;
}

bool dseg_compare_lacks_classes(const dseg_compare_job *job) {
  return instances_of(&job->a) != NULL && instances_of(&job->b) != NULL &&
         !(dseg_compare_is_dicom(&job->a) && dseg_compare_is_dicom(&job->b));
}

struct matching {
  dseg_compare_job *job;
  dseg_instance_counts counts;
  dseg_overlap_entry *partners; /* by number in A; voxels 0: none */
  uint8_t *taken;               /* by number in B */
  ptrdiff_t *classes;           /* by segment of A: the index of the one of B that corresponds; -1: none does */
  dseg_instance_match *matches;
  dseg_instance_comparison *result;
};

static uint64_t union_of(const struct matching *matching, const dseg_overlap_entry *pair) {
  return matching->counts.voxels_a[pair->a] + matching->counts.voxels_b[pair->b] - pair->voxels;
}

static void choose_partners(const struct matching *matching) {
  const dseg_overlap_table *both = &matching->counts.both;
  for (size_t i = 0; i < both->room; i++) {
    const dseg_overlap_entry *pair = &both->entries[i];
    if (pair->voxels > 0 && 2 * pair->voxels >= union_of(matching, pair)) {
      dseg_overlap_entry *partner = &matching->partners[pair->a];
      if (partner->voxels == 0 || pair->b < partner->b) {
        *partner = *pair;
      }
    }
  }
}

static void map_classes(const struct matching *matching) {
  const dseg_compare_job *job = matching->job;
  for (size_t i = 0; i < job->a.description->segment_count; i++) {
    matching->classes[i] = -1;
  }
  for (size_t i = 0; i < job->pair_count; i++) {
    if (job->pairs[i].a >= 0) {
      matching->classes[job->pairs[i].a] = job->pairs[i].b;
    }
  }
}

static size_t class_of(const dseg_instances *instances, uint32_t number) {
  return instances->segments != NULL ? instances->segments[number - 1] : 0;
}

/* What two instances that match say of themselves. */
static void compare_properties(const struct matching *matching, uint32_t a, uint32_t b) {
  const dseg_instances *in_a = instances_of(&matching->job->a);
  const dseg_instances *in_b = instances_of(&matching->job->b);
  dseg_instance_comparison *result = matching->result;
  result->other_number += dseg_instance_original_number(in_a, a) != dseg_instance_original_number(in_b, b) ? 1 : 0;
  if (result->classes_compared) {
    result->other_class += matching->classes[class_of(in_a, a)] != (ptrdiff_t)class_of(in_b, b) ? 1 : 0;
  }
  if (in_a->confidence != NULL && in_b->confidence != NULL) {
    const float one = in_a->confidence[a - 1];
    const float two = in_b->confidence[b - 1];
    result->other_confidence += one != two && !(one != one && two != two) ? 1 : 0; /* NaN is the same as NaN */
  }
}

static void add_match(struct matching *matching, const dseg_overlap_entry *pair) {
  dseg_instance_comparison *result = matching->result;
  const uint64_t all = union_of(matching, pair);
  const double iou = (double)pair->voxels / (double)all;
  matching->taken[pair->b] = 1;
  matching->matches[result->matched] = (dseg_instance_match){.a = pair->a,
                                                             .b = pair->b,
                                                             .voxels_a = matching->counts.voxels_a[pair->a],
                                                             .voxels_b = matching->counts.voxels_b[pair->b],
                                                             .voxels_both = pair->voxels,
                                                             .iou = iou};
  result->matched++;
  result->equal += pair->voxels == all ? 1 : 0;
  result->mean_iou += iou;
  for (size_t i = 0; i < DSEG_INSTANCE_THRESHOLDS; i++) { /* 0.5, 0.55, ..., in twentieths */
    result->matched_at[i] += (double)pair->voxels * 20 >= (double)all * (double)(10 + i) ? 1 : 0;
  }
}

static size_t count_present(const uint64_t *voxels, size_t count) {
  size_t present = 0;
  for (size_t number = 1; number <= count; number++) {
    present += voxels[number] > 0 ? 1 : 0;
  }
  return present;
}

/* Shares of 0..1, as evaluations of instance segmentation define them; 1 where both sides have nothing. */
static void reckon(dseg_instance_comparison *result) {
  const double both = (double)result->matched;
  const double a = (double)result->present_a;
  const double b = (double)result->present_b;
  const double sum = result->mean_iou;
  const bool nothing = a == 0 && b == 0;
  result->missed = result->present_a - result->matched;
  result->extra = result->present_b - result->matched;
  result->mean_iou = both > 0 ? sum / both : nothing;
  result->recall = a > 0 ? both / a : nothing;
  result->precision = b > 0 ? both / b : nothing;
  result->f1 = nothing ? 1 : 2 * both / (a + b);
  result->panoptic_quality = nothing ? 1 : 2 * sum / (a + b);
}

static void match_all(struct matching *matching) {
  dseg_instance_comparison *result = matching->result;
  map_classes(matching);
  choose_partners(matching);
  for (size_t number = 1; number <= result->count_a; number++) {
    const dseg_overlap_entry *partner = &matching->partners[number];
    if (partner->voxels > 0 && matching->taken[partner->b] == 0) {
      add_match(matching, partner);
      compare_properties(matching, partner->a, partner->b);
    }
  }
  result->matches = matching->matches;
  result->present_a = count_present(matching->counts.voxels_a, result->count_a);
  result->present_b = count_present(matching->counts.voxels_b, result->count_b);
  reckon(result);
}

static void tell(dseg_compare_job *job, const dseg_instance_comparison *result) {
  if (result->missed > 0 || result->extra > 0) {
    dseg_compare_add(job, DSEG_ASPECT_INSTANCES,
                     "instances: %zu of %zu in A and %zu of %zu in B match none of the other", result->missed,
                     result->present_a, result->extra, result->present_b);
  }
  if (result->equal < result->matched) {
    dseg_compare_add(job, DSEG_ASPECT_INSTANCES, "instances: %zu of %zu that match have other voxels, mean IoU %.6f",
                     result->matched - result->equal, result->matched, result->mean_iou);
  }
  if (result->other_class > 0) {
    dseg_compare_add(job, DSEG_ASPECT_INSTANCES, "instances: %zu of %zu that match are of another class",
                     result->other_class, result->matched);
  }
  if (result->count_a - result->present_a != result->count_b - result->present_b) {
    dseg_compare_add(job, 0, "instances without a voxel: %zu in A, %zu in B", result->count_a - result->present_a,
                     result->count_b - result->present_b);
  }
  if (result->other_number > 0) {
    dseg_compare_add(job, DSEG_ASPECT_NUMBERS, "instances: %zu of %zu that match have another number",
                     result->other_number, result->matched);
  }
  if (result->other_confidence > 0) {
    dseg_compare_add(job, DSEG_ASPECT_DETAILS, "instances: the confidence of %zu of %zu that match differs",
                     result->other_confidence, result->matched);
  }
  if (!result->classes_compared) {
    dseg_compare_add(job, 0, "classes of instances are not compared: %s does not hold them",
                     dseg_source_format(dseg_compare_is_dicom(&job->a) ? job->b.source : job->a.source));
  }
}

static dseg_status check_memory(const struct matching *matching, dseg_error *error) {
  const uint64_t chosen = matching->job->options.memory_limit;
  const uint64_t limit = chosen != 0 ? chosen : STANDARD_MEMORY;
  const uint64_t of_a = (uint64_t)matching->result->count_a * (sizeof(uint64_t) + sizeof *matching->partners);
  const uint64_t of_b = (uint64_t)matching->result->count_b * (sizeof(uint64_t) + sizeof *matching->taken);
  return of_a <= limit && of_b <= limit - of_a
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_LIMIT,
                         "%zu and %zu instances take more than the memory limit of %llu bytes to be compared",
                         matching->result->count_a, matching->result->count_b, (unsigned long long)limit);
}

static dseg_status allocate(struct matching *matching, dseg_error *error) {
  const dseg_compare_job *job = matching->job;
  const size_t count_a = matching->result->count_a;
  const size_t count_b = matching->result->count_b;
  matching->counts.voxels_a = calloc(count_a + 1, sizeof *matching->counts.voxels_a);
  matching->counts.voxels_b = calloc(count_b + 1, sizeof *matching->counts.voxels_b);
  matching->partners = calloc(count_a + 1, sizeof *matching->partners);
  matching->taken = calloc(count_b + 1, 1);
  matching->classes = calloc(job->a.description->segment_count + 1, sizeof *matching->classes);
  return matching->counts.voxels_a != NULL && matching->counts.voxels_b != NULL && matching->partners != NULL &&
                 matching->taken != NULL && matching->classes != NULL
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu and %zu instances", count_a, count_b);
}

static dseg_status count_and_match(struct matching *matching, dseg_error *error) {
  DSEG_TRY(check_memory(matching, error));
  DSEG_TRY(allocate(matching, error));
  DSEG_TRY(dseg_compare_count_instances(matching->job, &matching->counts, error));
  if (matching->counts.both.out_of_memory) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for pairs of instances");
  }
  const size_t most = matching->counts.both.used + 1;
  matching->matches = dseg_arena_alloc(&matching->job->arena, most * sizeof *matching->matches);
  if (matching->matches == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu pairs of instances", most - 1);
  }
  match_all(matching);
  return DSEG_OK;
}

static void release(struct matching *matching) {
  free(matching->counts.voxels_a);
  free(matching->counts.voxels_b);
  dseg_overlap_table_free(&matching->counts.both);
  free(matching->partners);
  free(matching->taken);
  free(matching->classes);
}

dseg_status dseg_compare_instances(dseg_compare_job *job, dseg_error *error) {
  const dseg_instances *a = instances_of(&job->a);
  const dseg_instances *b = instances_of(&job->b);
  if (a == NULL || b == NULL) {
    if (a != b) {
      dseg_compare_add(job, DSEG_ASPECT_INSTANCES, "instances: %zu in %s, none in %s", (a != NULL ? a : b)->count,
                       a != NULL ? "A" : "B", a != NULL ? "B" : "A");
    }
    return DSEG_OK;
  }
  if (!job->map.aligned && !job->map.by_index) {
    return DSEG_OK; /* grids that do not fit on each other were told of */
  }
  struct matching matching = {.job = job, .result = dseg_arena_alloc(&job->arena, sizeof *matching.result)};
  if (matching.result == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for instances");
  }
  *matching.result = (dseg_instance_comparison){
      .count_a = a->count, .count_b = b->count, .classes_compared = !dseg_compare_lacks_classes(job)};
  const dseg_status status = count_and_match(&matching, error);
  release(&matching);
  if (status == DSEG_OK) {
    job->instances = matching.result;
    tell(job, matching.result);
  }
  return status;
}
