/* SPDX-License-Identifier: Apache-2.0 */
/* value_set.h - which values occur among voxels, found at the speed of memory where neighbours are alike. */
#ifndef DSEG_FORMATS_VALUE_SET_H
#define DSEG_FORMATS_VALUE_SET_H

#include "formats/volume.h"

/* Values that a caller may give a meaning (dseg_open_options.value_maps). */
#define DSEG_VALUE_MAPS_MOST 4096u
/* Labels below this are kept as flags, others in a hash table. */
#define DSEG_VALUE_SET_LOW 65536u
/* What a label becomes takes about as much in the descriptions of a source, of views of it, and of an output. */
#define DSEG_LABEL_BYTES 1024u
/* The same of a label that is an instance: a value in columns. */
#define DSEG_INSTANCE_BYTES 64u

/* Starts as zeros, of which low makes this too large for the stack. */
typedef struct dseg_value_set {
  uint8_t low[DSEG_VALUE_SET_LOW]; /* 1 where the label occurs */
  uint32_t *high;                  /* capacity slots; 0: free */
  size_t high_count, high_capacity;
  bool has_fraction; /* values between integers, all within 0..1 */
  bool has_near;     /* values near 0 or 1, which are fractions where there are others, and labels else */
  bool has_other;    /* values that are neither labels nor fractions, of which one: */
  double other;
  bool has_outside; /* values near 0 or 1 that are no fractions, of which one: */
  double outside;
  double off, off_value; /* the largest distance of a value from its label; 0: all are integers */
  bool has_zero;         /* a value is 0, and the caller gave it no meaning; known only where values have one */
  uint8_t map_used[DSEG_VALUE_MAPS_MOST]; /* by value_maps: 1 where a voxel has the value */
  bool overfull;                          /* more labels than dseg_value_set_most */
  bool out_of_memory;
} dseg_value_set;

/* So many labels the caller's memory limit has room for. Segment Number (0062,0004) counts to 65535, but volumes may
 * hold more. */
size_t dseg_value_set_most(const dseg_raw_volume *raw);

void dseg_value_set_free(dseg_value_set *set); /* what it owns, not set itself */

/* Adds the values of count voxels, in the host's byte order. */
void dseg_value_set_scan(dseg_value_set *set, const dseg_raw_volume *raw, const uint8_t *voxels, size_t count);

void dseg_value_set_merge(dseg_value_set *into, const dseg_value_set *from);

void dseg_value_set_clear(dseg_value_set *set);

/* Sets *labels to the labels that occur, ascending, without 0; malloc'd, NULL when there are none. */
dseg_status dseg_value_set_list(const dseg_value_set *set, uint32_t **labels, size_t *count, dseg_error *error);

/* Whether stored values mean something else: by a slope, or because the caller says so. */
bool dseg_raw_volume_has_meaning(const dseg_raw_volume *raw);

/* The stored value of voxel i. */
double dseg_voxel_value(dseg_voxel_type type, const uint8_t *voxels, size_t i);

/* Finds the label that a value, slope and intercept applied, stands for, or nearest. */
typedef enum dseg_value_kind {
  DSEG_VALUE_LABEL = 0,
  DSEG_VALUE_NEAR,     /* near 0 or 1: a fraction where there are others, else a label */
  DSEG_VALUE_FRACTION, /* label is not set */
  DSEG_VALUE_OTHER     /* likewise */
} dseg_value_kind;
dseg_value_kind dseg_value_judge(const dseg_raw_volume *raw, double value, uint32_t *label);

/* value with as many digits as tell it from others of its type. */
void dseg_value_text(const dseg_raw_volume *raw, double value, char text[32]);

#endif
