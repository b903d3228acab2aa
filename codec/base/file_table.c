/* SPDX-License-Identifier: Apache-2.0 */
/* file_table.c - files and names of files, see file_table.h. Open addressing, at most half full. */
#include "base/file_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/os/names.h"
#include "base/path.h"

struct dseg_file_entry {
  dseg_file_key key;
  char *label; /* NULL: empty */
};

static uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 29);
}

static size_t place_of(const dseg_file_table *table, dseg_file_key key) {
  size_t place = (size_t)mix(mix(mix(0, key.identity.device), key.identity.file), key.name) & (table->room - 1);
  while (table->entries[place].label != NULL) {
    const dseg_file_key *there = &table->entries[place].key;
    if (there->identity.device == key.identity.device && there->identity.file == key.identity.file &&
        there->name == key.name) {
      break;
    }
    place = (place + 1) & (table->room - 1);
  }
  return place;
}

static bool grow(dseg_file_table *table) {
  dseg_file_table larger = {.room = table->room > 0 ? 2 * table->room : 16, .count = table->count};
  larger.entries = calloc(larger.room, sizeof *larger.entries);
  if (larger.entries == NULL) {
    return false;
  }
  for (size_t i = 0; i < table->room; i++) {
    if (table->entries[i].label != NULL) {
      larger.entries[place_of(&larger, table->entries[i].key)] = table->entries[i];
    }
  }
  free(table->entries);
  *table = larger;
  return true;
}

dseg_status dseg_file_table_add(dseg_file_table *table, dseg_file_key key, const char *label, dseg_error *error) {
  if (dseg_file_table_find(table, key) != NULL) {
    return DSEG_OK;
  }
  const size_t size = strlen(label) + 1;
  char *copy = malloc(size);
  if (copy == NULL || (2 * (table->count + 1) > table->room && !grow(table))) {
    free(copy);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "%s: out of memory for a file name", label);
  }
  memcpy(copy, label, size);
  table->entries[place_of(table, key)] = (struct dseg_file_entry){.key = key, .label = copy};
  table->count++;
  return DSEG_OK;
}

const char *dseg_file_table_find(const dseg_file_table *table, dseg_file_key key) {
  return table->room > 0 ? table->entries[place_of(table, key)].label : NULL;
}

void dseg_file_table_free(dseg_file_table *table) {
  for (size_t i = 0; i < table->room; i++) {
    free(table->entries[i].label);
  }
  free(table->entries);
  *table = (dseg_file_table){.entries = NULL};
}

/* "DIRECTORY/." of a path, for free(); NULL: no memory. */
static char *directory_of(const char *path) {
  const size_t length = dseg_path_directory(path);
  char *directory = malloc(length + 2);
  if (directory != NULL) {
    memcpy(directory, path, length);
    memcpy(directory + length, ".", 2);
  }
  return directory;
}

/* In 64 bits: different names in one directory do not meet by chance. */
static uint64_t hash_name(const char *name) {
  uint64_t hash = DSEG_HASH_START;
  for (; *name != '\0'; name++) {
    hash = dseg_hash_step(hash, (uint8_t)dseg_os_fold(*name));
  }
  return hash != 0 ? hash : 1;
}

dseg_status dseg_file_key_of_name(const char *path, bool *found, dseg_file_key *key, dseg_error *error) {
  char *directory = directory_of(path);
  if (directory == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "%s: out of memory for a file name", path);
  }
  *found = dseg_os_identity_of(directory, &key->identity) == 0;
  key->name = hash_name(dseg_path_name(path));
  free(directory);
  return DSEG_OK;
}

bool dseg_file_key_of_file(const char *path, dseg_file_key *key) {
  key->name = 0;
  return dseg_os_identity_of(path, &key->identity) == 0;
}
