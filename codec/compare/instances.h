/* SPDX-License-Identifier: Apache-2.0 */
/* instances.h - what is counted of the instances of both sides while their voxels are passed over. */
#ifndef DSEG_COMPARE_INSTANCES_H
#define DSEG_COMPARE_INSTANCES_H

#include "compare/job.h"
#include "compare/overlap_table.h"

/* Voxels of each instance, by its number, and those that two share. */
typedef struct dseg_instance_counts {
  uint64_t *voxels_a, *voxels_b;
  dseg_overlap_table both;
} dseg_instance_counts;

/* slabs.c: counts, for whoever has allocated what voxels_a and voxels_b point to, zeros. */
dseg_status dseg_compare_count_instances(dseg_compare_job *job, dseg_instance_counts *counts, dseg_error *error);

/* instances.c: matches the instances of both sides, and says how they differ. To be called after segments were matched.
 * Nothing happens where neither side has some. */
dseg_status dseg_compare_instances(dseg_compare_job *job, dseg_error *error);
/* Whether both sides have instances, but not the names of their classes: these are not compared then. */
bool dseg_compare_lacks_classes(const dseg_compare_job *job);

#endif
