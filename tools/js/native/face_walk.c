/* SPDX-License-Identifier: Apache-2.0 */
/* face_walk.c - passes over all planes, a step at a time, so that JavaScript fetches what a step reads before it, and
 * need not hold all frames. The results are told by face_results.c and face_read.c. */
#include "dseg/walk.h"

#include "face.h"

enum { WALK_STATISTICS, WALK_DIGEST, WALK_DIGEST_AS_MASKS, WALK_LAYERS };

/* NULL: it failed. The walk is to be ended before the source is closed. */
FACE_EXPORT(walk_begin) dseg_walk *face_walk_begin(int kind, dseg_source *source) {
  const dseg_statistics_options statistics = {.struct_size = sizeof statistics, .by_plane = true, .threads = 1};
  const dseg_digest_options digest = {
      .struct_size = sizeof digest, .as_masks = kind == WALK_DIGEST_AS_MASKS, .threads = 1};
  dseg_error *error = face_begin();
  dseg_walk *walk = NULL;
  switch (kind) {
    case WALK_STATISTICS: (void)dseg_statistics_begin(source, &statistics, &walk, error); break;
    case WALK_LAYERS: (void)dseg_layers_begin(source, 1, &walk, error); break;
    default: (void)dseg_digest_begin(source, &digest, &walk, error); break;
  }
  return walk;
}

/* The planes that the next step reads; a count of 0: there is none. */
FACE_EXPORT(walk_first) size_t face_walk_first(const dseg_walk *walk) {
  return walk->first;
}
FACE_EXPORT(walk_count) size_t face_walk_count(const dseg_walk *walk) {
  return walk->count;
}

FACE_EXPORT(walk_step) int face_walk_step(dseg_walk *walk) {
  return (int)walk->step(walk, face_begin());
}

FACE_EXPORT(walk_end) void face_walk_end(dseg_walk *walk) {
  walk->destroy(walk);
}
