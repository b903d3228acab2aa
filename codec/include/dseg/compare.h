/* SPDX-License-Identifier: Apache-2.0 */
/* compare.h - what differs between two segmentations, whatever their encodings and formats.
 *
 *     dseg_comparison *comparison = NULL;
 *     status = dseg_compare(a, b, NULL, &comparison, &error);
 *     if (status == DSEG_OK && !comparison->same) {
 *       for (size_t i = 0; i < comparison->pair_count; i++) {
 *         const dseg_segment_pair *pair = comparison->pairs[i];
 *         ...                                   // pair->voxels_differ, pair->dice, pair->first_difference_mm
 *       }
 *     }
 *     dseg_comparison_destroy(comparison);
 *
 * Voxels are compared where they lie in the patient: axes may run in other orders and directions, and either side may
 * have planes, rows and columns that the other lacks, which are background there. Grids that do not fit on each other
 * are compared by index where they have the same size.
 *
 * Names, codes and colours are compared where the formats of both sides hold them; details and provenance where both
 * are DICOM objects that were opened with keep_context (dseg/source.h). Not compared: identity (UIDs, patient, dates),
 * which a copy changes, meanings of codes, which have several spellings, and colours that are one step of 255 apart. */
#ifndef DSEG_COMPARE_H
#define DSEG_COMPARE_H

#include "dseg/source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What may differ; values are bits, to be combined. */
typedef enum dseg_aspect {
  DSEG_ASPECT_GEOMETRY = 1 << 0,   /* where voxels lie */
  DSEG_ASPECT_EXTENT = 1 << 1,     /* planes, rows or columns that one side alone has */
  DSEG_ASPECT_VOXELS = 1 << 2,     /* voxels of a segment that both sides have */
  DSEG_ASPECT_SEGMENTS = 1 << 3,   /* a segment of one side is missing on the other */
  DSEG_ASPECT_NUMBERS = 1 << 4,    /* Segment Number (0062,0004) */
  DSEG_ASPECT_NAMES = 1 << 5,      /* Segment Label (0062,0005) */
  DSEG_ASPECT_CODES = 1 << 6,      /* categories, types, anatomic regions, modifiers */
  DSEG_ASPECT_COLORS = 1 << 7,     /* Recommended Display CIELab Value (0062,000D) */
  DSEG_ASPECT_DETAILS = 1 << 8,    /* description, algorithm, tracking */
  DSEG_ASPECT_PROVENANCE = 1 << 9, /* how it came about: algorithms, anatomy, makers, sources, private elements */
  DSEG_ASPECT_INSTANCES = 1 << 10, /* voxels and classes of instances (dseg/instances.h) */
} dseg_aspect;

/* "geometry", "extent", "voxels", "segments", "numbers", "names", "codes", "colors", "details", "provenance",
 * "instances": the name of bit number index, from 0; NULL behind the last one. Any thread may call. */
DSEG_API const char *dseg_aspect_name(size_t index);

/* How segments of the two sides correspond. */
typedef enum dseg_match {
  DSEG_MATCH_CHOSEN = 0, /* by number where all numbers agree, else by label where all labels do, else by order where
                            the voxels agree then, else by number */
  DSEG_MATCH_NUMBER,     /* Segment Number (0062,0004) */
  DSEG_MATCH_LABEL,      /* Segment Label (0062,0005): both sides have the same labels, each once */
  DSEG_MATCH_ORDER       /* the first with the first: both sides have as many segments */
} dseg_match;

typedef struct dseg_compare_options {
  size_t struct_size; /* sizeof(dseg_compare_options): see dseg/dseg.h */
  double tolerance;   /* mm: voxels lie at the same place when the far corners agree to so much; 0: 0.001 */
  unsigned ignore;    /* aspects whose differences do not count */
  dseg_match match;
  unsigned threads; /* 0: one for each processor */
  dseg_progress progress;
  /* Bytes that counts of instances may take, 24 for one of A and 9 for one of B: a small file may say that it has any
   * number of them, without a voxel. 0: 4 GiB. */
  uint64_t memory_limit;
} dseg_compare_options;

/* Something that differs, or, with aspect 0, something worth a note. */
typedef struct dseg_difference {
  unsigned aspect;      /* one dseg_aspect, or 0 */
  const char *text;     /* for people, one line: "colour #800000 in A, none in B" */
  const uint32_t *tags; /* provenance: elements that differ, (0xGGGGEEEE); tag_count of them */
  size_t tag_count;
} dseg_difference;

/* How indices in the grid of A become indices in that of B: index along B's axis axis[n] =
 * sign[n] * (index along A's axis n) + offset[n]. Axes: 0 columns, 1 rows, 2 planes. */
typedef struct dseg_grid_map {
  bool aligned;       /* voxels coincide within the tolerance */
  bool by_index;      /* they do not, but sizes agree, and voxels were compared by index */
  int axis[3];        /* by axis of A: that of B */
  int sign[3];        /* 1 or -1 */
  int64_t offset[3];  /* by axis of A */
  int64_t low[3];     /* the box around both extents, in A's indices: the first voxel, ... */
  int64_t high[3];    /* ... and the end, excluded */
  double distance_mm; /* the largest distance at the corners of that box; 0 when no map was found */
} dseg_grid_map;

/* Two segments that correspond, or one that has no counterpart. */
typedef struct dseg_segment_pair {
  ptrdiff_t a, b; /* indices in the descriptions' segments; -1: on the other side only */
  /* Voxels in the segment, with fractions those above 0; and those that differ. 0 where none were compared. */
  uint64_t voxels_a, voxels_b, voxels_differ;
  double dice;               /* 2 |A and B| / (|A| + |B|), with fractions of sums and of the smaller; 1 when both are
                                empty */
  double largest_difference; /* of two fractions, 0..1; 1 between masks that differ */
  /* The first voxel that differs in the order of A's grid, if voxels_differ is not 0: column, row, plane; outside A's
   * extent they may be negative. And its centre. */
  int64_t first_difference[3];
  double first_difference_mm[3];
  unsigned differs; /* aspects that do and are not ignored; DSEG_ASPECT_SEGMENTS for one without a counterpart */
  const dseg_difference *const *differences; /* in words, but for voxels and segments; difference_count of them */
  size_t difference_count;
} dseg_segment_pair;

/* Two instances that match: at least half of the voxels that are in either are in both. An instance matches one of the
 * other side at most. */
typedef struct dseg_instance_match {
  uint32_t a, b; /* their numbers, from 1 */
  uint64_t voxels_a, voxels_b, voxels_both;
  double iou; /* voxels in both by voxels in either, 0.5..1 */
} dseg_instance_match;

/* matched_at: with IoU of at least 0.5, 0.55, ..., 0.95. */
#define DSEG_INSTANCE_THRESHOLDS 10

/* Instances of two sides, matched by the voxels that they share, whatever their numbers are. Where no instance matches
 * and there are some, shares are 0; where there are none on both sides they are 1. */
typedef struct dseg_instance_comparison {
  size_t count_a, count_b;     /* in the descriptions */
  size_t present_a, present_b; /* those that have voxels: the others count for nothing */
  size_t matched;              /* A taken for the truth: true positives, ... */
  size_t missed;               /* ... false negatives, ... */
  size_t extra;                /* ... false positives */
  size_t equal;                /* of those that match: the same voxels, ... */
  size_t other_number;         /* ... another number, ... */
  size_t other_class;          /* ... of segments that do not correspond, ... */
  size_t other_confidence;     /* ... another confidence, where both sides have one */
  bool classes_compared;       /* false where a side is no DICOM object */
  double mean_iou;             /* of those that match */
  double recall, precision;    /* matched by present_a, by present_b */
  double f1;                   /* twice matched by the sum of both */
  double panoptic_quality;     /* twice the sum of IoU by the sum of both */
  size_t matched_at[DSEG_INSTANCE_THRESHOLDS];
  const dseg_instance_match *matches; /* matched of them, by number in A */
} dseg_instance_comparison;

/* Later versions append members: read it through the pointer. Everything in it belongs to it. */
typedef struct dseg_comparison {
  bool same;                             /* nothing differs that counts */
  unsigned differs;                      /* the aspects that do */
  dseg_grid grid_a, grid_b;              /* of the two sources */
  dseg_grid_map map;                     /* from one to the other */
  dseg_match matched_by;                 /* never DSEG_MATCH_CHOSEN */
  bool voxels_compared;                  /* false when the grids cannot be brought together at all */
  bool fractions;                        /* one side has fractions: masks were compared with them as 0 and 1 */
  bool planes_differ;                    /* a voxel differs, ... */
  int64_t first_plane, last_plane;       /* ... in planes from here to here of A's grid */
  const dseg_segment_pair *const *pairs; /* pair_count, by A's segments; without a counterpart by number */
  size_t pair_count;
  const dseg_difference *const *differences; /* of the whole, and notes; difference_count of them */
  size_t difference_count;
  const dseg_instance_comparison *instances; /* NULL: a side has none, or voxels were not compared */
} dseg_comparison;

/* Compares two sources. options may be NULL. On success *comparison is the caller's, to be given to
 * dseg_comparison_destroy; it stays valid when the sources are closed. Differences are no failure.
 *
 * Instances are compared in a second pass; where a side that has them is no DICOM object, their classes, the segments,
 * are not compared at all.
 *
 * Memory: slabs of both sides, 32 MiB each, or 256 MiB where the planes of one run across those of the other.
 * DSEG_ERROR_UNSUPPORTED when the planes of a side are on no regular grid; DSEG_ERROR_LIMIT when one plane of both
 * takes more than 4 GiB, or instances more than the memory limit; DSEG_ERROR_ARGUMENT for a match that the segments do
 * not allow. Other threads may read the sources meanwhile. */
DSEG_API dseg_status dseg_compare(dseg_source *a, dseg_source *b, const dseg_compare_options *options,
                                  dseg_comparison **comparison, dseg_error *error);

DSEG_API void dseg_comparison_destroy(dseg_comparison *comparison); /* NULL ok */

#ifdef __cplusplus
}
#endif
#endif
