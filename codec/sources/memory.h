/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h - what a source whose voxels are in memory is made of. */
#ifndef DSEG_SOURCES_MEMORY_H
#define DSEG_SOURCES_MEMORY_H

#include "sources/source.h"

/* Which segment a value means in a layer. */
typedef struct dseg_value_meaning {
  uint32_t layer, value, segment;
} dseg_value_meaning;

typedef struct dseg_memory_source {
  dseg_source base;
  dseg_layer *layers;
  size_t layer_count;
  bool fractions;
  size_t plane_pixels;
  dseg_reals exact;             /* fractions before they were stored, layer by layer; malloc'd; NULL: there are none */
  double off;                   /* largest distance of these from what is stored */
  dseg_value_meaning *meanings; /* one for each segment, sorted by layer, then value */
} dseg_memory_source;

/* NULL when the source is of another kind. */
const dseg_memory_source *dseg_as_memory_source(const dseg_source *source);

/* The meaning of a value, or NULL. */
const dseg_value_meaning *dseg_find_meaning(const dseg_memory_source *memory, size_t layer, uint32_t value);

static inline const uint8_t *dseg_memory_plane(const dseg_memory_source *memory, size_t layer, size_t plane) {
  const dseg_layer *from = &memory->layers[layer];
  return (const uint8_t *)from->voxels + plane * memory->plane_pixels * (from->bits / 8);
}

#endif
