/* SPDX-License-Identifier: Apache-2.0 */
/* compare.h - what the parts of `dseg compare` share.
 *
 * Two segmentations are compared in patient coordinates: compare_align finds how the voxels of A's grid and of B's
 * correspond, compare_match_segments pairs their segments, compare_voxels walks over both a slab at a time, and
 * compare_report prints what was found. Voxel indices in results are those of A's grid, (i, j, k), from 0; outside
 * A's extent they may be negative. */
#ifndef DSEG_TOOLS_COMPARE_COMPARE_H
#define DSEG_TOOLS_COMPARE_COMPARE_H

#include "cli/cli.h"
#include "dseg/dseg.h"

/* What may differ; also what --ignore takes. */
enum {
  COMPARE_GEOMETRY = 1U << 0,
  COMPARE_EXTENT = 1U << 1,
  COMPARE_VOXELS = 1U << 2,
  COMPARE_SEGMENTS = 1U << 3, /* a segment of one side is missing on the other */
  COMPARE_NUMBERS = 1U << 4,
  COMPARE_NAMES = 1U << 5,
  COMPARE_CODES = 1U << 6,
  COMPARE_COLORS = 1U << 7,
  COMPARE_DETAILS = 1U << 8,    /* description, algorithm, tracking */
  COMPARE_PROVENANCE = 1U << 9, /* how it came about: algorithms, anatomy, makers, sources, private elements */
  COMPARE_ASPECTS = 10
};
extern const char *const compare_aspect_names[COMPARE_ASPECTS + 1]; /* by bit; ends with NULL */

/* One of the two. */
typedef struct compare_side {
  const char *path;
  dseg_source *source;
  const dseg_description *description;
  dseg_grid grid;
  ptrdiff_t *plane_of_slot; /* by k of the grid: the source's plane, or -1 where none is; NULL for slides */
} compare_side;

/* How indices in A's grid become indices in B's: index along B's axis axis[a] = sign[a] * (A's along a) + offset[a]. */
typedef struct compare_map {
  bool aligned;            /* the grids' voxels coincide within the tolerance */
  bool by_index;           /* they do not, but sizes agree and voxels are compared by index */
  int axis[3];             /* of B, by axis of A */
  int sign[3];             /* 1 or -1 */
  int64_t offset[3];       /* by axis of A */
  int64_t low[3], high[3]; /* the box around both extents in A's indices, high excluded */
  double distance;         /* the largest distance between corresponding corners, mm; 0 when there is no map */
} compare_map;

/* Two segments that correspond, or one that has no counterpart (the other index is -1). */
typedef struct compare_pair {
  ptrdiff_t a, b;
  uint64_t voxels_a, voxels_b; /* voxels in the segment; with fractions those above 0 */
  uint64_t differ;
  double sum_a, sum_b, sum_both; /* of fractions 0..1, and of the smaller of both: for the Dice coefficient */
  double largest;                /* difference between fractions */
  int64_t first[3];              /* where the first difference is, if differ > 0 */
  unsigned differs;              /* COMPARE_NUMBERS, _NAMES, ... */
} compare_pair;

typedef enum compare_match { COMPARE_BY_NUMBER = 0, COMPARE_BY_LABEL, COMPARE_BY_ORDER } compare_match;

enum { COMPARE_MESSAGE_BYTES = 400 };

/* Something to tell: a difference when aspect is not 0, else a note. */
typedef struct compare_message {
  unsigned aspect;
  char text[COMPARE_MESSAGE_BYTES];
} compare_message;

typedef struct compare_job {
  compare_side a, b;
  double tolerance; /* mm */
  unsigned ignore;  /* aspects */
  unsigned threads;
  cli_progress progress;
  compare_map map;
  compare_match match;
  compare_pair *pairs;
  size_t pair_count;
  bool voxels_compared;
  int64_t first_plane, last_plane; /* planes of A in which voxels differ; first > last: none */
  bool fractions;                  /* voxels were compared as fractions */
  unsigned found;                  /* aspects that differ */
  compare_message *messages;
  size_t message_count, message_room;
  bool out_of_memory; /* for a message */
} compare_job;

/* compare_grid.c: fills side's grid and plane_of_slot. */
dseg_status compare_read_grid(compare_side *side, dseg_error *error);
/* The map between the grids of a and b (whose steps along axes of size 1 are adapted to each other). */
void compare_align(const dseg_grid *a, const dseg_grid *b, double tolerance, compare_map *map);
/* Aligns both sides and says how their geometries differ. */
void compare_geometry(compare_job *job);
/* Position of a voxel of A, mm. */
void compare_position(const dseg_grid *grid, const int64_t index[3], double position[3]);

/* compare_segments.c: fills pairs. DSEG_ERROR_MEMORY only. */
dseg_status compare_match_segments(compare_job *job, compare_match match, dseg_error *error);
/* The first way of matching that suits both sides. */
dseg_status compare_choose_match(const compare_job *job, compare_match *match, dseg_error *error);
/* Whether the format of a side says which segments there are, with names and codes; else all it has is values. */
bool compare_lists_segments(const compare_side *side);
/* Says how segments' numbers, names, codes, ... differ. To be called after the voxels were compared. */
dseg_status compare_metadata(compare_job *job, dseg_error *error);

/* provenance.c: of two segments, of both objects; and what differs between two segments, printed. */
dseg_status compare_segment_provenance(const dseg_segment *a, const dseg_segment *b, bool *same, dseg_error *error);
dseg_status compare_provenance(compare_job *job, dseg_error *error);
void compare_print_provenance(const dseg_segment *a, const dseg_segment *b);

/* compare_box.c: voxels of a box low..high (high excluded) of a side's own grid, i fastest, clipped to the grid by the
 * caller. With segment -1: labels, 4 bytes a voxel, values by segment index, DSEG_ERROR_OVERLAP where segments
 * overlap; else that segment's mask, 1 byte a voxel. */
dseg_status compare_read_box(compare_side *side, const int64_t low[3], const int64_t high[3], ptrdiff_t segment,
                             const uint32_t *values, unsigned threads, void *out, dseg_error *error);
/* Sets present[i] to 1 for segments that may have voxels in the box. present has segment_count bytes; scratch too. */
dseg_status compare_segments_in_box(compare_side *side, const int64_t low[3], const int64_t high[3], uint8_t *present,
                                    uint8_t *scratch, dseg_error *error);

/* compare_voxels.c: counts voxels and differences of each pair. */
dseg_status compare_voxels(compare_job *job, dseg_error *error);

/* compare_messages.c */
void compare_add(compare_job *job, unsigned aspect, const char *format, ...) DSEG_PRINTF(3, 4);
/* 2 * |A and B| / (|A| + |B|); 1 when both are empty. */
double compare_dice(const compare_pair *pair);
bool compare_is_same(const compare_job *job);
void compare_report_text(const compare_job *job);
void compare_report_json(const compare_job *job);

#endif
