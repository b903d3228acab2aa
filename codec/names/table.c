/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - a table of names: rows are added, then sorted, then looked up by number or by name. */
#include "names/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

dseg_name_table *dseg_name_table_create(const char *path) {
  dseg_name_table *table = calloc(1, sizeof *table);
  if (table != NULL) {
    table->path = path;
  }
  return table;
}

void dseg_name_table_destroy(dseg_name_table *table) {
  if (table != NULL) {
    dseg_arena_free(&table->arena);
    free(table->names);
    free(table->by_key);
    dseg_input_close(table->input);
    free(table);
  }
}

static dseg_status out_of_memory(const dseg_name_table *table, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "%.300s: out of memory for names", table->path);
}

/* Control characters of a hostile file stay out of messages. */
static void sanitize(char *text) {
  for (; *text != '\0'; text++) {
    if ((unsigned char)*text < 0x20 || *text == 0x7F) {
      *text = '?';
    }
  }
}

dseg_status dseg_name_table_fail(const dseg_name_table *table, size_t line, dseg_error *error, const char *format,
                                 ...) {
  char text[600];
  va_list list;
  va_start(list, format);
  (void)vsnprintf(text, sizeof text, format, list);
  va_end(list);
  sanitize(text);
  return line > 0 && table->has_lines
             ? dseg_fail(error, DSEG_ERROR_FORMAT, "%.300s: line %zu: %s", table->path, line, text)
             : dseg_fail(error, DSEG_ERROR_FORMAT, "%.300s: %s", table->path, text);
}

dseg_name *dseg_name_table_add(dseg_name_table *table, size_t line, dseg_error *error) {
  if (table->count == DSEG_NAMES_MOST) {
    (void)dseg_fail(error, DSEG_ERROR_LIMIT, "%.300s: more than %zu names", table->path, DSEG_NAMES_MOST);
    return NULL;
  }
  if (table->count == table->room) {
    const size_t room = table->room > 0 ? 2 * table->room : 64;
    dseg_name *names = realloc(table->names, room * sizeof *names);
    if (names == NULL) {
      (void)out_of_memory(table, error);
      return NULL;
    }
    table->names = names;
    table->room = room;
  }
  dseg_name *name = &table->names[table->count++];
  *name = (dseg_name){.line = line};
  return name;
}

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

const char *dseg_name_table_text(dseg_name_table *table, const char *text, size_t length, dseg_error *error) {
  while (length > 0 && is_space(text[0])) {
    text++;
    length--;
  }
  while (length > 0 && is_space(text[length - 1])) {
    length--;
  }
  char *copy = dseg_arena_alloc(&table->arena, length + 1);
  if (copy == NULL) {
    (void)out_of_memory(table, error);
    return NULL;
  }
  memcpy(copy, text, length);
  return copy;
}

void dseg_name_key(const char *name, char key[DSEG_NAME_ROOM]) {
  const dseg_term *term = dseg_term_find(name);
  (void)dseg_name_normalise(term != NULL ? term->name : name, key);
}

/* By number, those without one last; then as they stand in the file. */
static int compare_numbers(const void *a, const void *b) {
  const dseg_name *first = a;
  const dseg_name *second = b;
  if (first->has_number != second->has_number) {
    return first->has_number ? -1 : 1;
  }
  if (first->has_number && first->number != second->number) {
    return first->number < second->number ? -1 : 1;
  }
  return (first->line > second->line) - (first->line < second->line);
}

static int compare_keys(const void *a, const void *b) {
  const dseg_name *first = *(dseg_name *const *)a;
  const dseg_name *second = *(dseg_name *const *)b;
  const int order = strcmp(first->key, second->key);
  return order != 0 ? order : (first > second) - (first < second);
}

/* The value 0 is no segment: what it is called is of no use. Nor is a row without a name. */
static dseg_status drop_useless(dseg_name_table *table, dseg_error *error) {
  size_t kept = 0;
  for (size_t i = 0; i < table->count; i++) {
    dseg_name *name = &table->names[i];
    const bool is_background = name->has_number && name->number == 0 && name->members == NULL;
    const bool is_nameless = name->segment.label == NULL || name->segment.label[0] == '\0';
    if (is_nameless && !is_background && table->role != DSEG_NAMES_CATALOGUE) {
      return dseg_name_table_fail(table, name->line, error, "there is no name here");
    }
    if (!is_background && !is_nameless) {
      table->names[kept++] = *name;
    }
  }
  table->count = kept;
  return kept > 0 ? DSEG_OK : dseg_name_table_fail(table, 0, error, "%s, and it names no segment", table->kind);
}

/* A catalogue may say a number twice, as long as nobody asks for it. */
static dseg_status check_numbers(const dseg_name_table *table, dseg_error *error) {
  for (size_t i = 1; table->role != DSEG_NAMES_CATALOGUE && i < table->count; i++) {
    const dseg_name *one = &table->names[i - 1];
    const dseg_name *two = &table->names[i];
    if (two->has_number && one->number == two->number) {
      return dseg_name_table_fail(table, two->line, error, "two names for the number %u, \"%.64s\" and \"%.64s\"",
                                  (unsigned)two->number, one->segment.label, two->segment.label);
    }
  }
  return DSEG_OK;
}

static dseg_status sort_keys(dseg_name_table *table, dseg_error *error) {
  table->by_key = calloc(table->count + 1, sizeof(dseg_name *));
  if (table->by_key == NULL) {
    return out_of_memory(table, error);
  }
  for (size_t i = 0; i < table->count; i++) {
    dseg_name *name = &table->names[i];
    char key[DSEG_NAME_ROOM];
    dseg_name_key(name->segment.label, key);
    name->key = dseg_name_table_text(table, key, strlen(key), error);
    if (name->key == NULL) {
      return DSEG_ERROR_MEMORY;
    }
    if (name->key[0] != '\0') {
      table->by_key[table->key_count++] = name;
    }
  }
  qsort(table->by_key, table->key_count, sizeof(dseg_name *), compare_keys);
  return DSEG_OK;
}

/* Regions, and single labels beside them, are numbered as they stand in the file. */
static dseg_status number_regions(dseg_name_table *table, dseg_error *error) {
  for (size_t i = 0; i < table->count; i++) {
    dseg_name *name = &table->names[i];
    if (name->members == NULL) {
      uint32_t *member = dseg_arena_alloc(&table->arena, sizeof *member);
      if (member == NULL) {
        return out_of_memory(table, error);
      }
      *member = name->number;
      name->members = member;
      name->member_count = 1;
    }
    name->has_number = true;
    name->number = (uint32_t)i + 1;
  }
  return DSEG_OK;
}

dseg_status dseg_name_table_settle(dseg_name_table *table, dseg_error *error) {
  DSEG_TRY(drop_useless(table, error));
  if (table->has_regions) {
    DSEG_TRY(number_regions(table, error));
  }
  for (size_t i = 0; i < table->count; i++) {
    table->has_numbers = table->has_numbers || table->names[i].has_number;
  }
  qsort(table->names, table->count, sizeof *table->names, compare_numbers);
  DSEG_TRY(check_numbers(table, error));
  return sort_keys(table, error);
}

dseg_name *dseg_name_table_find_number(const dseg_name_table *table, uint32_t number) {
  size_t low = 0;
  size_t high = table->count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const dseg_name *name = &table->names[middle];
    if (name->has_number && name->number < number) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const bool is_found = low < table->count && table->names[low].has_number && table->names[low].number == number;
  return is_found ? &table->names[low] : NULL;
}

dseg_name *dseg_name_table_find_name(const dseg_name_table *table, const char *name) {
  char key[DSEG_NAME_ROOM];
  dseg_name_key(name, key);
  size_t low = 0;
  size_t high = table->key_count;
  while (low < high && key[0] != '\0') {
    const size_t middle = low + (high - low) / 2;
    if (strcmp(table->by_key[middle]->key, key) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  dseg_name *found = NULL;
  for (; key[0] != '\0' && low < table->key_count && strcmp(table->by_key[low]->key, key) == 0; low++) {
    const bool is_same = strcmp(table->by_key[low]->segment.label, name) == 0;
    if (found == NULL || is_same) {
      found = table->by_key[low];
    }
    if (is_same) {
      break;
    }
  }
  return found;
}
