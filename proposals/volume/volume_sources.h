/* SPDX-License-Identifier: Apache-2.0 */
/* volume_sources.h - what writing and reading of source images share. */
#ifndef DSEG_PROPOSAL_VOLUME_SOURCES_H
#define DSEG_PROPOSAL_VOLUME_SOURCES_H

#include "volume.h"

#define DSEG_VOLUME_SHARED 0x52009229u        /* Shared Functional Groups Sequence */
#define DSEG_VOLUME_DERIVATION 0x00089124u    /* Derivation Image Sequence */
#define DSEG_VOLUME_SOURCE_IMAGES 0x00082112u /* Source Image Sequence */

static inline void dseg_volume_put_le(uint8_t *at, uint32_t value) {
  for (unsigned i = 0; i < 4; i++) {
    at[i] = (uint8_t)(value >> 8 * i);
  }
}
static inline uint32_t dseg_volume_get_le(const uint8_t *at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* ---- The instances that an object lists (volume_instances.c) ---- */

/* An instance in a list. */
typedef struct dseg_volume_instance {
  dseg_view uid;
  uint32_t place;
} dseg_volume_instance;

/* Appends all instances of Referenced Series Sequence in order, as dseg_volume_instance, from 1; an item without a UID
 * counts, too. The views are the data set's. */
dseg_status dseg_volume_list_instances(dseg_data_set *set, dseg_buffer *list, dseg_error *error);
size_t dseg_volume_count_instances(dseg_data_set *set);
/* Sorts a list by UID, and finds an instance in one that is sorted; NULL: it is not there. */
void dseg_volume_sort_instances(dseg_buffer *list);
const dseg_volume_instance *dseg_volume_find_instance(const dseg_buffer *list, dseg_view uid);

/* ---- What is said of all source images alike (volume_derivation.c) ---- */

/* The image of a plane; NULL: it has none that can be named. */
const dseg_instance_reference *dseg_volume_image_of(const dseg_description *description, size_t plane);

/* Puts Derivation Image of all frames into Shared Functional Groups (strict form), and what it says of its source
 * images beside their UIDs and the usual purpose into Plane Source Description Sequence of the block. Where planes say
 * different things, the usual is put, and a warning counts those planes (strict form). */
dseg_status dseg_volume_put_derivation(const dseg_write_context *context, uint32_t block, dseg_data_set *set,
                                       dseg_error *error);
/* Reads it for references that planes name: same_pixels and derivation, in the description's memory. */
dseg_status dseg_volume_take_derivation(const dseg_read_context *context, const dseg_volume_elements *elements,
                                        bool *same_pixels, dseg_view *derivation, dseg_error *error);

#endif
