/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - texts, each kept once: see table.h. */
#include "review/table.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIRST_ROOM = 16, FIRST_SLOTS = 64 };

typedef struct text_place {
  size_t offset, size;
  uint64_t hash;
} text_place;

static dseg_status count_memory(review_memory *memory, uint64_t bytes, dseg_error *error) {
  if (bytes > memory->limit - memory->used) {
    return dseg_fail(
        error, DSEG_ERROR_LIMIT,
        "the review needs more memory than the limit of %llu bytes: raise --memory, or review parts of the "
        "archive",
        (unsigned long long)memory->limit);
  }
  memory->used += bytes;
  return DSEG_OK;
}

dseg_status review_array_extend(review_array *array, size_t count, review_memory *memory, dseg_error *error) {
  if (count > array->room - array->count) {
    const size_t least = array->room > SIZE_MAX / 2 || count > SIZE_MAX / 2 ? SIZE_MAX : array->count + count;
    size_t room = array->room < FIRST_ROOM ? FIRST_ROOM : array->room + array->room / 2;
    room = room < least ? least : room;
    if (array->size != 0 && room > SIZE_MAX / array->size) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a review");
    }
    const uint64_t more = (uint64_t)(room - array->room) * array->size;
    DSEG_TRY(count_memory(memory, more, error));
    void *items = array->size != 0 ? realloc(array->items, room * array->size) : NULL;
    if (array->size != 0 && items == NULL) {
      memory->used -= more;
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a review");
    }
    array->items = items;
    array->room = room;
  }
  if (array->size != 0 && count > 0) {
    memset(review_array_at(array, array->count), 0, count * array->size);
  }
  array->count += count;
  return DSEG_OK;
}

void review_array_free(review_array *array) {
  free(array->items);
  *array = (review_array){.size = array->size};
}

/* FNV-1a from a seed of this run's, so that texts of a hostile archive cannot be made to meet in one slot. */
static uint64_t hash_text(const review_table *table, dseg_view text) {
  uint64_t hash = 0xcbf29ce484222325u ^ table->seed;
  for (size_t i = 0; i < text.size; i++) {
    hash = (hash ^ text.data[i]) * 0x100000001b3u;
  }
  hash ^= hash >> 32;
  hash *= 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 29;
}

static bool is_text(const review_table *table, size_t number, uint64_t hash, dseg_view text) {
  const text_place *place = review_array_at(&table->texts, number);
  return place->hash == hash && place->size == text.size &&
         (text.size == 0 || memcmp(review_array_at(&table->bytes, place->offset), text.data, text.size) == 0);
}

/* The slot that has the text, or a free one. */
static uint32_t *find_slot(const review_table *table, uint64_t hash, dseg_view text) {
  size_t at = (size_t)hash & (table->slot_count - 1);
  while (table->slots[at] != 0 && !is_text(table, table->slots[at] - 1, hash, text)) {
    at = (at + 1) & (table->slot_count - 1);
  }
  return &table->slots[at];
}

static dseg_status grow_slots(review_table *table, review_memory *memory, dseg_error *error) {
  const size_t count = table->slot_count == 0 ? FIRST_SLOTS : table->slot_count * 2;
  const uint64_t more = (uint64_t)(count - table->slot_count) * sizeof *table->slots;
  DSEG_TRY(count_memory(memory, more, error));
  uint32_t *slots = calloc(count, sizeof *slots);
  if (slots == NULL) {
    memory->used -= more;
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a review");
  }
  free(table->slots);
  table->slots = slots;
  table->slot_count = count;
  for (size_t i = 0; i < table->texts.count; i++) {
    const text_place *place = review_array_at(&table->texts, i);
    size_t at = (size_t)place->hash & (count - 1);
    while (slots[at] != 0) {
      at = (at + 1) & (count - 1);
    }
    slots[at] = (uint32_t)i + 1;
  }
  return DSEG_OK;
}

/* Appends the text and its item, or nothing. */
static dseg_status append(review_table *table, dseg_view text, uint64_t hash, review_memory *memory,
                          dseg_error *error) {
  const size_t bytes = table->bytes.count;
  const size_t texts = table->texts.count;
  if (texts >= REVIEW_NONE - 1) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "more than 4,294,967,294 different texts: review parts of the archive");
  }
  dseg_status status = review_array_extend(&table->bytes, text.size + 1, memory, error);
  if (status == DSEG_OK) {
    status = review_array_extend(&table->texts, 1, memory, error);
  }
  if (status == DSEG_OK) {
    status = review_array_extend(&table->items, 1, memory, error);
  }
  if (status != DSEG_OK) {
    table->bytes.count = bytes;
    table->texts.count = texts;
    return status;
  }
  if (text.size > 0) {
    memcpy(review_array_at(&table->bytes, bytes), text.data, text.size);
  }
  *(text_place *)review_array_at(&table->texts, texts) = (text_place){bytes, text.size, hash};
  return DSEG_OK;
}

dseg_status review_table_put(review_table *table, dseg_view text, uint32_t *number, review_memory *memory,
                             dseg_error *error) {
  if (table->slot_count == 0) {
    table->bytes.size = 1;
    table->texts.size = sizeof(text_place);
    table->seed = (uint64_t)(uintptr_t)table * 0x9e3779b97f4a7c15u ^ (uint64_t)time(NULL);
  }
  if (table->slot_count - table->slot_count / 4 <= table->texts.count) {
    DSEG_TRY(grow_slots(table, memory, error));
  }
  const uint64_t hash = hash_text(table, text);
  uint32_t *slot = find_slot(table, hash, text);
  if (*slot == 0) {
    DSEG_TRY(append(table, text, hash, memory, error));
    *slot = (uint32_t)table->texts.count;
  }
  *number = *slot - 1;
  return DSEG_OK;
}

uint32_t review_table_find(const review_table *table, dseg_view text) {
  if (table->slot_count == 0) {
    return REVIEW_NONE;
  }
  const uint32_t *slot = find_slot(table, hash_text(table, text), text);
  return *slot != 0 ? *slot - 1 : REVIEW_NONE;
}

dseg_view review_table_text(const review_table *table, uint32_t number) {
  const text_place *place = review_array_at(&table->texts, number);
  return (dseg_view){review_array_at(&table->bytes, place->offset), place->size};
}

const char *review_table_string(const review_table *table, uint32_t number) {
  return number != REVIEW_NONE ? (const char *)review_table_text(table, number).data : "";
}

void review_table_free(review_table *table) {
  review_array_free(&table->bytes);
  review_array_free(&table->texts);
  review_array_free(&table->items);
  free(table->slots);
  *table = (review_table){.items = {.size = table->items.size}};
}
