/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - texts, each kept once and numbered from 0, with an item for each; and arrays that grow. All of a review's
 * memory is counted against one limit. */
#ifndef DSEG_TOOLS_REVIEW_TABLE_H
#define DSEG_TOOLS_REVIEW_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dseg/buffer.h"

/* No number. */
#define REVIEW_NONE UINT32_MAX

typedef struct review_memory {
  uint64_t limit, used; /* bytes */
} review_memory;

/* Items of one size, zeroed when they are made. Start with {.size = sizeof item}. */
typedef struct review_array {
  void *items;
  size_t size; /* of an item */
  size_t count, room;
} review_array;

/* Appends count zeroed items. DSEG_ERROR_LIMIT, DSEG_ERROR_MEMORY; then the array is as it was. */
dseg_status review_array_extend(review_array *array, size_t count, review_memory *memory, dseg_error *error);
void review_array_free(review_array *array);
static inline void *review_array_at(const review_array *array, size_t index) {
  return (char *)array->items + index * array->size;
}

/* Start with {.items = {.size = sizeof item}}, 0: the texts alone. */
typedef struct review_table {
  review_array bytes; /* the texts, each with a NUL behind it */
  review_array texts; /* where they are */
  review_array items;
  uint32_t *slots; /* numbers of texts + 1, by hash; 0: free */
  size_t slot_count;
  uint64_t seed;
} review_table;

/* The number of a text, which is appended with a zeroed item where it is not there. */
dseg_status review_table_put(review_table *table, dseg_view text, uint32_t *number, review_memory *memory,
                             dseg_error *error);
/* REVIEW_NONE: it is not there. */
uint32_t review_table_find(const review_table *table, dseg_view text);
void review_table_free(review_table *table);

static inline size_t review_table_count(const review_table *table) {
  return table->texts.count;
}
/* What these give is valid until the next put. */
dseg_view review_table_text(const review_table *table, uint32_t number);
const char *review_table_string(const review_table *table, uint32_t number); /* "" of REVIEW_NONE */
static inline void *review_table_item(const review_table *table, uint32_t number) {
  return review_array_at(&table->items, number);
}

static inline dseg_view review_view(const char *text) {
  dseg_view view = {(const uint8_t *)text, 0};
  while (text != NULL && text[view.size] != '\0') {
    view.size++;
  }
  return view;
}

#endif
