/* SPDX-License-Identifier: Apache-2.0 */
/* earlier.c - what a report says of objects, found by their names: a hash table with open addressing. */
#include <stdlib.h>
#include <string.h>

#include "batch/batch.h"
#include "batch/json_in.h"

typedef struct known {
  char *name; /* NULL: free */
  batch_record record;
} known;

struct batch_earlier {
  known *entries;
  size_t room; /* a power of two */
  size_t count;
};

enum { KEYS = 12, FIRST_ROOM = 64 };
enum { INPUT, OUTPUT, STATUS, BYTES_IN, BYTES_OUT, MTIME_IN, SHA256_IN, OPTIONS, VERIFIED, DO, COPY, PATH };

batch_earlier *batch_earlier_create(void) {
  batch_earlier *earlier = calloc(1, sizeof *earlier);
  known *entries = calloc(FIRST_ROOM, sizeof *entries);
  if (earlier == NULL || entries == NULL) {
    free(earlier);
    free(entries);
    return NULL;
  }
  *earlier = (batch_earlier){.entries = entries, .room = FIRST_ROOM};
  return earlier;
}

static size_t hash_name(const char *name) {
  uint64_t hash = 14695981039346656037u; /* FNV-1a */
  for (; *name != '\0'; name++) {
    hash = (hash ^ (uint8_t)*name) * 1099511628211u;
  }
  return (size_t)(hash ^ hash >> 32);
}

/* The entry with this name, or the free one in its place. */
static known *find(known *entries, size_t room, const char *name) {
  size_t at = hash_name(name) & (room - 1);
  while (entries[at].name != NULL && strcmp(entries[at].name, name) != 0) {
    at = (at + 1) & (room - 1);
  }
  return &entries[at];
}

static bool grow(batch_earlier *earlier) {
  if (earlier->count < earlier->room / 2) {
    return true;
  }
  const size_t room = 2 * earlier->room;
  known *entries = calloc(room, sizeof *entries);
  if (entries == NULL) {
    return false;
  }
  for (size_t i = 0; i < earlier->room; i++) {
    if (earlier->entries[i].name != NULL) {
      *find(entries, room, earlier->entries[i].name) = earlier->entries[i];
    }
  }
  free(earlier->entries);
  earlier->entries = entries;
  earlier->room = room;
  return true;
}

static void end_record(batch_record *record) {
  free(record->path);
  free(record->output);
  free(record->written);
  free(record->mtime_in);
  free(record->sha256_in);
  free(record->copy);
}

static uint64_t to_number(const char *text) {
  return text != NULL ? strtoull(text, NULL, 10) : 0;
}

static bool is_text(const char *text, const char *wanted) {
  return text != NULL && strcmp(text, wanted) == 0;
}

/* Takes the texts that a record keeps out of the members. */
static batch_record make_record(json_member *members) {
  batch_record record = {.ok = is_text(members[STATUS].text, "ok"),
                         .verified = is_text(members[VERIFIED].text, "true"),
                         .path = members[PATH].text,
                         .output = members[OUTPUT].text,
                         .bytes_in = to_number(members[BYTES_IN].text),
                         .bytes_out = to_number(members[BYTES_OUT].text),
                         .mtime_in = members[MTIME_IN].text,
                         .sha256_in = members[SHA256_IN].text,
                         .copy = members[COPY].text};
  if (members[OPTIONS].text != NULL) {
    (void)snprintf(record.options_sha256, sizeof record.options_sha256, "%s", members[OPTIONS].text);
  }
  members[PATH].text = members[OUTPUT].text = members[MTIME_IN].text = members[SHA256_IN].text = members[COPY].text =
      NULL;
  return record;
}

bool batch_earlier_take(batch_earlier *earlier, const char *line) {
  json_member members[KEYS] = {{.key = "input"},     {.key = "output"},         {.key = "status"},
                               {.key = "bytes_in"},  {.key = "bytes_out"},      {.key = "mtime_in"},
                               {.key = "sha256_in"}, {.key = "options_sha256"}, {.key = "verified"},
                               {.key = "do"},        {.key = "copy"},           {.key = "path"}};
  if (!json_read_members(line, members, KEYS) || members[INPUT].text == NULL ||
      (!is_text(members[STATUS].text, "ok") && !is_text(members[STATUS].text, "failed"))) {
    json_free_members(members, KEYS);
    return true;
  }
  const bool good = grow(earlier);
  known *entry = good ? find(earlier->entries, earlier->room, members[INPUT].text) : NULL;
  if (good && entry->name == NULL) {
    entry->name = members[INPUT].text;
    members[INPUT].text = NULL;
    earlier->count++;
  }
  if (good) {
    batch_record record = make_record(members);
    const bool writes =
        is_text(members[DO].text, batch_transcode.name) || is_text(members[DO].text, batch_convert.name);
    if (!record.ok || !writes) { /* a failure leaves what was written before, and so does what writes nothing */
      record.written = entry->record.written;
      entry->record.written = NULL;
    } else if (record.output != NULL) {
      record.written = batch_copy(record.output, strlen(record.output));
    }
    end_record(&entry->record);
    entry->record = record;
  }
  json_free_members(members, KEYS);
  return good;
}

const batch_record *batch_earlier_find(const batch_earlier *earlier, const char *name) {
  const known *entry = find(earlier->entries, earlier->room, name);
  return entry->name != NULL ? &entry->record : NULL;
}

int batch_earlier_failed(const batch_earlier *earlier,
                         int (*visit)(void *user, const char *name, const batch_record *record), void *user) {
  int code = CLI_OK;
  for (size_t i = 0; code == CLI_OK && i < earlier->room; i++) {
    if (earlier->entries[i].name != NULL && !earlier->entries[i].record.ok) {
      code = visit(user, earlier->entries[i].name, &earlier->entries[i].record);
    }
  }
  return code;
}

void batch_earlier_destroy(batch_earlier *earlier) {
  if (earlier == NULL) {
    return;
  }
  for (size_t i = 0; i < earlier->room; i++) {
    free(earlier->entries[i].name);
    end_record(&earlier->entries[i].record);
  }
  free(earlier->entries);
  free(earlier);
}
