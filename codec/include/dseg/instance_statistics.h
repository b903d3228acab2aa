/* SPDX-License-Identifier: Apache-2.0 */
/* instance_statistics.h - how large each instance is, and where; for a million of them as for three.
 *
 *     dseg_instance_statistics *statistics = NULL;
 *     status = dseg_source_instance_statistics(source, NULL, &statistics, &error);
 *     for (size_t i = 0; status == DSEG_OK && i < statistics->count; i++) {
 *       printf("%zu: %" PRIu64 "\n", i + 1, statistics->voxels[i]);   // of the instance with the number i + 1
 *     }
 *     dseg_instance_statistics_destroy(statistics); */
#ifndef DSEG_INSTANCE_STATISTICS_H
#define DSEG_INSTANCE_STATISTICS_H

#include "dseg/instances.h"
#include "dseg/statistics.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dseg_instance_statistics_options {
  size_t struct_size; /* sizeof(dseg_instance_statistics_options): see dseg/dseg.h */
  unsigned threads;   /* 0: one for each processor */
  dseg_progress progress;
  /* Bytes that what is added up and told of instances may take: a small file may say that it has any number of them,
   * without a voxel. Voxels are not counted. 0: 4 GiB. */
  uint64_t memory_limit;
} dseg_instance_statistics_options;

/* Columns have an item for each instance, by its number less 1. Indices are those of the grid (of slides the total
 * pixel matrix): column, row, plane, from 0. Later versions append members: read it through the pointer. */
typedef struct dseg_instance_statistics {
  dseg_grid grid;
  dseg_size_unit unit;
  double voxel_size;            /* in this unit; NaN when it is unknown */
  size_t count;                 /* of the description's instances */
  size_t present;               /* those that have a voxel */
  uint64_t least, median, most; /* voxels of one of these; 0 where there is none. Of an even number the lower median */
  const uint64_t *voxels;
  /* 6 each: first column, row and plane, last column, row and plane, the last ones inclusive. An instance without a
   * voxel has a last value below its first. */
  const uint32_t *boxes;
  const double *centroids; /* 3 each: the mean of indices; NaN without a voxel */
} dseg_instance_statistics;

/* Walks over the source once. options may be NULL. On success *statistics is the caller's, to be given to
 * dseg_instance_statistics_destroy; it stays valid when the source is closed.
 *
 * A voxel of the grid counts once, where tiles overlap as the later one has it. Sums are whole numbers: the result does
 * not depend on the number of threads. Memory: 120 bytes an instance, 56 more for each thread beyond the first (there
 * are fewer threads where that exceeds 256 MiB), and about 32 MiB of voxels, or a row of tiles where that is more.
 * DSEG_ERROR_LIMIT: more instances than the memory limit has room for, or a plane or a row of tiles of 4 GiB.
 * DSEG_ERROR_UNSUPPORTED: there are no instances, or the planes are on no regular grid. Other threads may read the
 * source meanwhile. */
DSEG_API dseg_status dseg_source_instance_statistics(dseg_source *source,
                                                     const dseg_instance_statistics_options *options,
                                                     dseg_instance_statistics **statistics, dseg_error *error);

DSEG_API void dseg_instance_statistics_destroy(dseg_instance_statistics *statistics); /* NULL ok */

#ifdef __cplusplus
}
#endif
#endif
