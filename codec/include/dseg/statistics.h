/* SPDX-License-Identifier: Apache-2.0 */
/* statistics.h - how much of a segmentation each segment is, and where:
 *
 *     dseg_statistics *statistics = NULL;
 *     status = dseg_source_statistics(source, NULL, &statistics, &error);
 *     for (size_t i = 0; status == DSEG_OK && i < statistics->segment_count; i++) {
 *       const dseg_segment_statistics *segment = statistics->segments[i];   // of description->segments[i]
 *       printf("%.2f ml\n", segment->size);                                 // where unit is DSEG_SIZE_MILLILITRES
 *     }
 *     dseg_statistics_destroy(statistics);
 *
 * Voxels are read once, some planes at a time. Segments that overlap count all their voxels each. */
#ifndef DSEG_STATISTICS_H
#define DSEG_STATISTICS_H

#include "dseg/source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What sizes are measured in. */
typedef enum dseg_size_unit {
  DSEG_SIZE_UNKNOWN = 0, /* distances between voxels are not known, or planes are on no regular grid */
  DSEG_SIZE_MILLILITRES, /* patient space: of the parallelepiped between neighbours in the grid, sheared ones too */
  DSEG_SIZE_SQUARE_MILLIMETRES /* slides and planes without a frame of reference: Pixel Spacing (0028,0030) alone */
} dseg_size_unit;

typedef struct dseg_statistics_options {
  size_t struct_size; /* sizeof(dseg_statistics_options): see dseg/dseg.h */
  /* Also tell the segments of each plane: plane_count * segment_count bytes of memory. */
  bool by_plane;
  unsigned threads; /* 0: one for each processor */
  dseg_progress progress;
} dseg_statistics_options;

/* One segment. Where voxels is 0, all else is 0 but size, which is 0 or NaN. Indices are those of the grid (of slides
 * the total pixel matrix): column, row, plane, from 0; where planes are on no regular grid, planes count as in the
 * source. Positions are voxels' centres in DICOM's coordinates, mm; NaN without a grid. */
typedef struct dseg_segment_statistics {
  uint64_t voxels;    /* in the segment; with fractions those above 0 */
  double amount;      /* the sum of their fractions of 0..1; without fractions equal to voxels */
  double size;        /* amount in the unit of the whole; NaN when that is unknown */
  size_t low[3];      /* the box around them: the first column, row and plane, ... */
  size_t high[3];     /* ... and behind the last ones */
  double low_mm[3];   /* positions of the voxels at two opposite corners of the box, low, ... */
  double high_mm[3];  /* ... and high - 1: for oblique axes the box is oblique, too */
  double centroid[3]; /* the mean of indices, by fraction */
  double centroid_mm[3];
  size_t plane_count; /* planes of the source (of slides tiles) that have a voxel of it, ... */
  size_t first_plane; /* ... from this one ... */
  size_t last_plane;  /* ... to this one, as dseg_source_read_labels counts them */
} dseg_segment_statistics;

/* Later versions append members here and to segments' structs: read them through the pointers. */
typedef struct dseg_statistics {
  bool has_grid; /* the planes lie on a regular grid */
  dseg_grid grid;
  dseg_size_unit unit;
  double voxel_size; /* in this unit; NaN when it is unknown */
  bool fractions;    /* the source has them */
  bool overlap;      /* voxels belong to more than one segment; false with fractions, where that is usual */
  const dseg_segment_statistics *const *segments; /* segment_count, as in the description */
  size_t segment_count;
  const uint8_t *present; /* by_plane: 1 where plane p of the source has voxels of segment s, at [p * segment_count +
                             s], else 0; NULL when it was not asked for */
} dseg_statistics;

/* Walks over all planes of the source. options may be NULL. On success *statistics is the caller's, to be given to
 * dseg_statistics_destroy; it stays valid when the source is closed.
 *
 * Planes are read as labels; where segments overlap in some of them, these again, segment by segment, as fractions
 * always are. Memory: about 32 MiB of planes, or a plane for each thread where that is more. Planes that are on no
 * regular grid are no failure. Sums are whole numbers: the result does not depend on the number of threads. Other
 * threads may read the source meanwhile. */
DSEG_API dseg_status dseg_source_statistics(dseg_source *source, const dseg_statistics_options *options,
                                            dseg_statistics **statistics, dseg_error *error);

DSEG_API void dseg_statistics_destroy(dseg_statistics *statistics); /* NULL ok */

#ifdef __cplusplus
}
#endif
#endif
