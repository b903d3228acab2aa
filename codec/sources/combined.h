/* SPDX-License-Identifier: Apache-2.0 */
/* combined.h - several sources of one geometry as one source: what combine.c makes and combined.c reads. */
#ifndef DSEG_SOURCES_COMBINED_H
#define DSEG_SOURCES_COMBINED_H

#include "sources/source.h"

/* Where a segment of the whole is. */
typedef struct dseg_combined_member {
  uint32_t source, segment; /* index of the source, and of the segment there */
  uint32_t number;          /* in the whole */
} dseg_combined_member;

typedef struct dseg_combined {
  dseg_source base;
  dseg_source **sources;
  size_t source_count;
  dseg_combined_member *members; /* by segment index of the whole */
  /* For each source its segments' indices in the whole, one source after the other, and where each source's begin. */
  uint32_t *index_of;
  size_t *first_index_of;
} dseg_combined;

extern const dseg_source_ops dseg_combined_ops;

static inline const uint32_t *dseg_combined_indices(const dseg_combined *combined, size_t source) {
  return combined->index_of + combined->first_index_of[source];
}

/* For messages. */
static inline const char *dseg_combined_name(const dseg_source *source) {
  return source->name != NULL ? source->name : "a source";
}

/* Makes all sources lie on the raster that covers them, see common_raster.c: a source becomes a view that owns it where
 * its own raster is another one. DSEG_ERROR_UNSUPPORTED with both files and the distance where there is no such raster.
 * On failure, too, sources is what the caller is to close. */
dseg_status dseg_share_raster(dseg_source **sources, size_t count, const dseg_open_options *options, dseg_error *error);

/* Frees the struct and its tables, not the sources. */
void dseg_combined_free(dseg_combined *combined);

#endif
