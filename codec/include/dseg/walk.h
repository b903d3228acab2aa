/* SPDX-License-Identifier: Apache-2.0 */
/* walk.h - a pass over all planes of a source, step by step: what statistics, digests and layers are found with, for
 * who has to fetch the bytes of planes before they are read.
 *
 *     DSEG_TRY(dseg_digest_begin(source, options, &walk, error));
 *     status = dseg_walk_all(walk, error);   // or a step at a time, once the planes' bytes are there
 *     ...                                    // dseg_digest_end
 *     walk->destroy(walk);
 *
 * A walk serves one thread, and its source stays open. After a step that failed it can only be destroyed. */
#ifndef DSEG_WALK_H
#define DSEG_WALK_H

#include "dseg/digest.h"
#include "dseg/source.h"
#include "dseg/statistics.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dseg_walk {
  size_t first, count; /* the planes that the next step reads; count 0: there is none */
  dseg_status (*step)(struct dseg_walk *walk, dseg_error *error);
  void (*destroy)(struct dseg_walk *walk);
} dseg_walk;

static inline dseg_status dseg_walk_all(dseg_walk *walk, dseg_error *error) {
  dseg_error_clear(error);
  while (walk->count > 0) {
    const dseg_status status = walk->step(walk, error);
    if (status != DSEG_OK) {
      return status;
    }
  }
  return DSEG_OK;
}

/* On success the walk is the caller's, else NULL; options may be NULL. DSEG_ERROR_ARGUMENT, DSEG_ERROR_MEMORY. The
 * results are taken when no step is left, and are those of dseg_source_statistics, dseg_source_digest and
 * dseg_source_assign_layers, which are made of these. */
DSEG_API dseg_status dseg_statistics_begin(dseg_source *source, const dseg_statistics_options *options,
                                           dseg_walk **walk, dseg_error *error);
DSEG_API dseg_status dseg_statistics_end(dseg_walk *walk, dseg_statistics **statistics, dseg_error *error);
DSEG_API dseg_status dseg_digest_begin(dseg_source *source, const dseg_digest_options *options, dseg_walk **walk,
                                       dseg_error *error);
DSEG_API void dseg_digest_end(dseg_walk *walk, dseg_digest *digest);
/* The table stays with the source: no table is made where it has one. */
DSEG_API dseg_status dseg_layers_begin(dseg_source *source, unsigned threads, dseg_walk **walk, dseg_error *error);
DSEG_API dseg_status dseg_layers_end(dseg_walk *walk, dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
