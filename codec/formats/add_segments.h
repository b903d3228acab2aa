/* SPDX-License-Identifier: Apache-2.0 */
/* add_segments.h - segments that a list describes and no voxel has: dcmqi's JSON, and other tables of names. */
#ifndef DSEG_FORMATS_ADD_SEGMENTS_H
#define DSEG_FORMATS_ADD_SEGMENTS_H

#include "dseg/formats.h"

/* A segment while a list is read, and what happens to it. */
typedef struct dseg_changed_segment {
  dseg_segment segment;
  dseg_metadata_segment change;
} dseg_changed_segment;

/* Gives the description count segments: the known ones, by number, and those behind them in the list, which no voxel
 * has. Numbers these and sorts the list by number, which is the order of the description's segments then. On failure
 * the description is as it was. */
dseg_status dseg_add_segments(dseg_description *description, dseg_changed_segment *segments, size_t known, size_t count,
                              dseg_error *error);

#endif
