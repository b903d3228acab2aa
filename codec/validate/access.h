/* SPDX-License-Identifier: Apache-2.0 */
/* access.h - reading elements for checks: what is absent or cannot be read has tag 0, since rule "structure" reports
 * broken bytes once; and places in a data set, for messages. */
#ifndef DSEG_VALIDATE_ACCESS_H
#define DSEG_VALIDATE_ACCESS_H

#include "dicom/part10.h"

/* A place: tags from the top down, each sequence with the item that is entered, from 1. */
#define DSEG_PLACE_DEPTH 6u
typedef struct dseg_place {
  unsigned depth;
  uint32_t tag[DSEG_PLACE_DEPTH];
  size_t item[DSEG_PLACE_DEPTH]; /* of the last: 0 */
} dseg_place;

/* An element of the data set itself. */
dseg_place dseg_at(uint32_t tag);
/* An element in item (from 1) of the sequence that place is. */
dseg_place dseg_in(dseg_place place, size_t item, uint32_t tag);
#define DSEG_PLACE_TEXT 160u
void dseg_place_text(const dseg_place *place, char text[DSEG_PLACE_TEXT]);

dseg_element dseg_get(const dseg_elements *in, uint32_t tag);
bool dseg_has_value(const dseg_element *element);
bool dseg_get_u16(const dseg_elements *in, uint32_t tag, uint16_t *value);
bool dseg_get_u32(const dseg_elements *in, uint32_t tag, uint32_t *value);
/* Values of a decimal string, all of them or false. */
bool dseg_get_decimals(const dseg_elements *in, uint32_t tag, double *values, size_t count);
/* The values of a multi-valued text: separators and one. */
size_t dseg_value_count(const dseg_element *text);
/* True when both have the same bytes but for padding. */
bool dseg_same_text(const dseg_element *a, const dseg_element *b);

/* The items of a sequence one after the other:
 *   for (dseg_items at = dseg_items_of(in, tag); dseg_items_next(&at);) { at.item, at.number } */
typedef struct dseg_items {
  dseg_elements parent;
  dseg_element sequence;
  size_t offset;
  size_t number; /* of item, from 1 */
  dseg_elements item;
} dseg_items;
dseg_items dseg_items_of(const dseg_elements *in, uint32_t tag);
bool dseg_items_next(dseg_items *items);
size_t dseg_count_items(const dseg_elements *in, uint32_t tag);

/* An element's value for a message: printable, shortened. */
typedef struct dseg_shown {
  char text[48];
} dseg_shown;
dseg_shown dseg_show(const dseg_element *element);

/* 64-bit FNV-1a, for comparing values whose equality matters, not the values. */
uint64_t dseg_hash(dseg_view bytes);

#endif
