/* SPDX-License-Identifier: Apache-2.0 */
/* data_set.h - how a data set is kept, for the files that make dseg/data_set.h. */
#ifndef DSEG_DICOM_DATA_SET_H
#define DSEG_DICOM_DATA_SET_H

#include "base/arena.h"
#include "dseg/data_set.h"

struct dseg_item;

/* An element with a value, or a sequence. */
typedef struct dseg_kept_element {
  uint32_t tag;
  char vr[2];
  bool fragments; /* Pixel Data of undefined length: value holds its items without the delimiter */
  const uint8_t *value;
  size_t size; /* bytes of the value, items of a sequence */
  struct dseg_item **items;
  size_t room; /* items that fit */
} dseg_kept_element;

typedef struct dseg_item {
  struct dseg_item *outer; /* NULL: the data set itself */
  unsigned depth;
  dseg_kept_element *elements; /* ascending tags */
  size_t count, room;
} dseg_item;

struct dseg_data_set {
  dseg_item top;
  dseg_item *current;
  dseg_arena_block *arena; /* owns items, elements and values */
  dseg_error failure;
};

/* Keeps a failure, when it is the first one, with its message. */
void dseg_data_set_refuse(dseg_data_set *set, dseg_status status, const char *format, ...) DSEG_PRINTF(3, 4);
/* Zeros, or NULL and a kept failure; size * count bytes. */
void *dseg_data_set_alloc(dseg_data_set *set, size_t count, size_t size);

bool dseg_is_sequence(const dseg_kept_element *element);
/* The element with this tag; NULL when there is none. */
dseg_kept_element *dseg_find_kept(const dseg_item *item, uint32_t tag);
/* A new element, or the emptied one that has this tag; NULL and a kept failure when memory is short. */
dseg_kept_element *dseg_keep_element(dseg_data_set *set, dseg_item *item, uint32_t tag, const char vr[2]);
/* A new last item of a sequence in outer; NULL and a kept failure. */
dseg_item *dseg_keep_item(dseg_data_set *set, dseg_item *outer, dseg_kept_element *sequence);

/* Whether the call may put an element of this VR, which is kept as a failure if not. */
bool dseg_may_put(dseg_data_set *set, uint32_t tag, const char *vr);
/* The value of an element of this VR without trailing padding, and its size; NULL and a kept failure when memory is
 * short. */
uint8_t *dseg_copy_value(dseg_data_set *set, const char vr[2], dseg_view bytes, size_t *size);

#endif
