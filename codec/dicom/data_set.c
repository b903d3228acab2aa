/* SPDX-License-Identifier: Apache-2.0 */
/* data_set.c - elements and items in memory, kept in the order of their tags. */
#include "dicom/data_set.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

#define FIRST_ROOM ((size_t)4)

dseg_status dseg_data_set_create(dseg_data_set **set, dseg_error *error) {
  dseg_error_clear(error);
  *set = calloc(1, sizeof **set);
  if (*set == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a data set");
  }
  (*set)->current = &(*set)->top;
  return DSEG_OK;
}

void dseg_data_set_destroy(dseg_data_set *set) {
  if (set != NULL) {
    dseg_arena_free(&set->arena);
    free(set);
  }
}

dseg_status dseg_data_set_status(const dseg_data_set *set, dseg_error *error) {
  dseg_error_clear(error);
  return set->failure.status == DSEG_OK ? DSEG_OK : dseg_fail(error, set->failure.status, "%s", set->failure.message);
}

void dseg_data_set_fail(dseg_data_set *set, dseg_status status, const char *message) {
  (void)dseg_fail(&set->failure, status, "%s", message);
}

void dseg_data_set_refuse(dseg_data_set *set, dseg_status status, const char *format, ...) {
  if (set->failure.status != DSEG_OK) {
    return;
  }
  set->failure.status = status;
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(set->failure.message, sizeof set->failure.message, format, arguments);
  va_end(arguments);
}

void *dseg_data_set_alloc(dseg_data_set *set, size_t count, size_t size) {
  size_t bytes;
  void *memory = dseg_mul_size(count, size, &bytes) ? dseg_arena_alloc(&set->arena, bytes) : NULL;
  if (memory == NULL) {
    dseg_data_set_fail(set, DSEG_ERROR_MEMORY, "out of memory for a data set");
  }
  return memory;
}

/* Room for one more of size bytes in an array that the arena owns; NULL and a kept failure when memory is short. */
static void *grow(dseg_data_set *set, void *array, size_t count, size_t *room, size_t size) {
  if (count < *room) {
    return array;
  }
  const size_t wanted = *room == 0 ? FIRST_ROOM : 2 * *room;
  void *grown = dseg_data_set_alloc(set, wanted, size);
  if (grown == NULL) {
    return NULL;
  }
  if (count > 0) {
    memcpy(grown, array, count * size);
  }
  *room = wanted;
  return grown;
}

bool dseg_is_sequence(const dseg_kept_element *element) {
  return memcmp(element->vr, "SQ", 2) == 0;
}

/* Index of the first element whose tag is not below tag. Most tags come in order: the end is tried first. */
static size_t place_of(const dseg_item *item, uint32_t tag) {
  size_t low = 0, high = item->count;
  if (high > 0 && item->elements[high - 1].tag < tag) {
    return high;
  }
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (item->elements[middle].tag < tag) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

dseg_kept_element *dseg_find_kept(const dseg_item *item, uint32_t tag) {
  const size_t place = place_of(item, tag);
  return place < item->count && item->elements[place].tag == tag ? &item->elements[place] : NULL;
}

dseg_kept_element *dseg_keep_element(dseg_data_set *set, dseg_item *item, uint32_t tag, const char vr[2]) {
  const size_t place = place_of(item, tag);
  // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is an array where count is not 0
  if (place == item->count || item->elements[place].tag != tag) {
    dseg_kept_element *elements = grow(set, item->elements, item->count, &item->room, sizeof *elements);
    if (elements == NULL) {
      return NULL;
    }
    item->elements = elements;
    memmove(elements + place + 1, elements + place, (item->count - place) * sizeof *elements);
    item->count++;
  }
  item->elements[place] = (dseg_kept_element){.tag = tag, .vr = {vr[0], vr[1]}};
  return &item->elements[place];
}

dseg_item *dseg_keep_item(dseg_data_set *set, dseg_item *outer, dseg_kept_element *sequence) {
  if (outer->depth == DSEG_DATA_SET_DEPTH) {
    dseg_data_set_refuse(set, DSEG_ERROR_LIMIT, "(%04X,%04X): items are nested deeper than %u", sequence->tag >> 16,
                         sequence->tag & 0xFFFFu, DSEG_DATA_SET_DEPTH);
    return NULL;
  }
  dseg_item **items = grow(set, sequence->items, sequence->size, &sequence->room, sizeof(dseg_item *));
  dseg_item *item = items != NULL ? dseg_data_set_alloc(set, 1, sizeof *item) : NULL;
  if (item == NULL) {
    return NULL;
  }
  *item = (dseg_item){.outer = outer, .depth = outer->depth + 1};
  sequence->items = items;
  sequence->items[sequence->size++] = item;
  return item;
}

bool dseg_data_set_next(const dseg_data_set *set, uint32_t *tag, char vr[3]) {
  const dseg_item *item = set->current;
  const size_t place = *tag < UINT32_MAX ? place_of(item, *tag + 1) : item->count;
  if (place == item->count) {
    return false;
  }
  *tag = item->elements[place].tag;
  if (vr != NULL) {
    memcpy(vr, item->elements[place].vr, 2);
    vr[2] = '\0';
  }
  return true;
}

void dseg_data_set_remove(dseg_data_set *set, uint32_t tag) {
  dseg_item *item = set->current;
  const size_t place = place_of(item, tag);
  if (set->failure.status == DSEG_OK && place < item->count && item->elements[place].tag == tag) {
    item->count--;
    memmove(item->elements + place, item->elements + place + 1, (item->count - place) * sizeof *item->elements);
  }
}

void dseg_data_set_put_sequence(dseg_data_set *set, uint32_t tag) {
  if (dseg_may_put(set, tag, "SQ")) {
    (void)dseg_keep_element(set, set->current, tag, "SQ");
  }
}

void dseg_data_set_begin_item(dseg_data_set *set, uint32_t tag) {
  dseg_kept_element *sequence = dseg_find_kept(set->current, tag);
  if (!dseg_may_put(set, tag, "SQ")) {
    return;
  }
  if (sequence == NULL) {
    sequence = dseg_keep_element(set, set->current, tag, "SQ");
  } else if (!dseg_is_sequence(sequence)) {
    dseg_data_set_refuse(set, DSEG_ERROR_ARGUMENT, "(%04X,%04X) has a value, and no items", tag >> 16, tag & 0xFFFFu);
    return;
  }
  dseg_item *item = sequence != NULL ? dseg_keep_item(set, set->current, sequence) : NULL;
  if (item != NULL) {
    set->current = item;
  }
}

/* The item with this index; NULL when it is not there. */
static dseg_item *item_at(const dseg_data_set *set, uint32_t tag, size_t index) {
  const dseg_kept_element *sequence = dseg_find_kept(set->current, tag);
  return sequence != NULL && dseg_is_sequence(sequence) && index < sequence->size ? sequence->items[index] : NULL;
}

bool dseg_data_set_enter_item(dseg_data_set *set, uint32_t tag, size_t index) {
  dseg_item *item = item_at(set, tag, index);
  if (item != NULL) {
    set->current = item;
  }
  return item != NULL;
}

void dseg_data_set_end_item(dseg_data_set *set) {
  if (set->current->outer != NULL) {
    set->current = set->current->outer;
  } else {
    dseg_data_set_fail(set, DSEG_ERROR_ARGUMENT, "an item ends that did not begin");
  }
}

size_t dseg_data_set_count_items(const dseg_data_set *set, uint32_t tag) {
  const dseg_kept_element *sequence = dseg_find_kept(set->current, tag);
  return sequence != NULL && dseg_is_sequence(sequence) ? sequence->size : 0;
}

void dseg_data_set_remove_item(dseg_data_set *set, uint32_t tag, size_t index) {
  if (set->failure.status == DSEG_OK && item_at(set, tag, index) != NULL) {
    dseg_kept_element *sequence = dseg_find_kept(set->current, tag);
    sequence->size--;
    memmove(sequence->items + index, sequence->items + index + 1, (sequence->size - index) * sizeof(dseg_item *));
  }
}

/* Values are never changed in place, so that copies share them. */
static void copy_elements(dseg_data_set *set, const dseg_item *from,  // NOLINT(misc-no-recursion): depth is limited
                          dseg_item *to) {
  for (size_t i = 0; i < from->count && set->failure.status == DSEG_OK; i++) {
    dseg_kept_element *copy = dseg_keep_element(set, to, from->elements[i].tag, from->elements[i].vr);
    if (copy == NULL) {
      return;
    }
    if (!dseg_is_sequence(copy)) {
      *copy = from->elements[i];
    }
    for (size_t k = 0; dseg_is_sequence(copy) && k < from->elements[i].size; k++) {
      dseg_item *item = dseg_keep_item(set, to, copy);
      if (item != NULL) {
        copy_elements(set, from->elements[i].items[k], item);
      }
    }
  }
}

void dseg_data_set_copy_item(dseg_data_set *set, uint32_t tag, size_t index) {
  const dseg_item *from = item_at(set, tag, index);
  if (from == NULL) {
    dseg_data_set_refuse(set, DSEG_ERROR_ARGUMENT, "(%04X,%04X) has no item with index %zu", tag >> 16, tag & 0xFFFFu,
                         index);
  } else if (set->failure.status == DSEG_OK) {
    dseg_item *item = dseg_keep_item(set, set->current, dseg_find_kept(set->current, tag));
    if (item != NULL) {
      copy_elements(set, from, item);
    }
  }
}
