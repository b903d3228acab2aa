/* SPDX-License-Identifier: Apache-2.0 */
/* job.h - what the parts of a comparison share.
 *
 * align.c finds how the voxels of A's grid and of B's correspond, pairs.c which segments do, slabs.c walks over both, a
 * slab at a time, and result.c puts together what the caller gets. Voxel indices are those of A's grid, from 0; outside
 * A's extent they may be negative. */
#ifndef DSEG_COMPARE_JOB_H
#define DSEG_COMPARE_JOB_H

#include "base/arena.h"
#include "dseg/compare.h"
#include "sources/box.h"

/* Differences in the order in which they were found; in the result's arena. */
typedef struct dseg_difference_node {
  dseg_difference difference;
  struct dseg_difference_node *next;
} dseg_difference_node;
typedef struct dseg_difference_list {
  dseg_difference_node *first, *last;
  size_t count;
} dseg_difference_list;

/* One of the two. */
typedef struct dseg_compare_side {
  const char *name; /* for messages */
  dseg_source *source;
  const dseg_description *description;
  dseg_box_grid layout;
} dseg_compare_side;

/* Two segments that correspond, or one that has no counterpart (the other index is -1). */
typedef struct dseg_compared_pair {
  ptrdiff_t a, b;
  uint64_t voxels_a, voxels_b; /* voxels in the segment; with fractions those above 0 */
  uint64_t differ;
  double sum_a, sum_b, sum_both; /* of fractions 0..1, and of the smaller of both: for the Dice coefficient */
  double largest;                /* difference between fractions */
  int64_t first[3];              /* where the first difference is, if differ > 0 */
  unsigned differs;              /* DSEG_ASPECT_NUMBERS, _NAMES, ... */
  dseg_difference_list differences;
} dseg_compared_pair;

typedef struct dseg_compare_job {
  dseg_compare_side a, b;
  dseg_compare_options options;
  dseg_grid_map map;
  dseg_match match;
  dseg_compared_pair *pairs;
  size_t pair_count;
  bool voxels_compared;
  int64_t first_plane, last_plane; /* planes of A in which voxels differ; first > last: none */
  bool fractions;                  /* voxels were compared as fractions */
  unsigned found;                  /* aspects that differ */
  dseg_difference_list differences;
  const dseg_instance_comparison *instances; /* in the result's arena; NULL: none were compared */
  dseg_arena_block *arena;                   /* of the result */
  bool out_of_memory;                        /* for a difference */
} dseg_compare_job;

/* align.c: the map between the grids of a and b (whose steps along axes of size 1 are adapted to each other). */
void dseg_compare_align(const dseg_grid *a, const dseg_grid *b, double tolerance, dseg_grid_map *map);
/* Aligns both sides and says how their geometries differ. */
void dseg_compare_geometry(dseg_compare_job *job);
/* Centre of a voxel, mm. */
void dseg_grid_position(const dseg_grid *grid, const int64_t index[3], double position[3]);

/* pairs.c: fills pairs. */
dseg_status dseg_compare_match_segments(dseg_compare_job *job, dseg_match match, dseg_error *error);
/* The first way of matching that suits both sides. */
dseg_status dseg_compare_choose_match(const dseg_compare_job *job, dseg_match *match, dseg_error *error);
/* DSEG_ERROR_ARGUMENT unless both sides can be matched in this way. */
dseg_status dseg_compare_check_match(const dseg_compare_job *job, dseg_match match, dseg_error *error);

/* described.c: says how segments' numbers, names, codes, ... differ. To be called after the voxels were compared. */
dseg_status dseg_compare_described(dseg_compare_job *job, dseg_error *error);
/* A DICOM object, or a source that keeps what one says. */
bool dseg_compare_is_dicom(const dseg_compare_side *side);

/* kept_attributes.c: what a copy keeps of two segments, both DICOM; adds to the pair's differences. */
dseg_status dseg_compare_segment_provenance(dseg_compare_job *job, dseg_compared_pair *pair, dseg_error *error);
/* The same of both objects. */
dseg_status dseg_compare_provenance(dseg_compare_job *job, dseg_error *error);

/* slabs.c: counts voxels and differences of each pair. */
dseg_status dseg_compare_voxels(dseg_compare_job *job, dseg_error *error);

/* differences.c: adds to what is told of the whole, or of a pair, unless the aspect is ignored. Failures are noted in
 * job->out_of_memory. */
void dseg_compare_add(dseg_compare_job *job, unsigned aspect, const char *format, ...) DSEG_PRINTF(3, 4);
void dseg_compare_add_to_pair(dseg_compare_job *job, dseg_compared_pair *pair, unsigned aspect, const char *format, ...)
    DSEG_PRINTF(4, 5);
/* The same, with the tags of elements that differ, count of them, which are copied. */
void dseg_compare_add_tags(dseg_compare_job *job, dseg_difference_list *list, const uint32_t *tags, size_t count,
                           const char *text);

#endif
