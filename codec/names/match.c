/* SPDX-License-Identifier: Apache-2.0 */
/* match.c - which name of a table each segment has: by its number in its file, by what it is called, or by what the
 * file of a mask is called. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "names/table.h"

enum { LISTED = 8 };

/* Names or numbers for a message: the first few, and how many there are. */
struct list {
  char text[LISTED * 80];
  size_t length, count;
};

static void add_text(struct list *list, const char *text) {
  if (list->count++ < LISTED) {
    const int more = snprintf(list->text + list->length, sizeof list->text - list->length, "%s%.64s",
                              list->length > 0 ? ", " : "", text);
    list->length += more > 0 ? (size_t)more : 0;
  }
}

static void add_number(struct list *list, uint32_t number) {
  char text[16];
  (void)snprintf(text, sizeof text, "%u", (unsigned)number);
  add_text(list, text);
}

static void end_list(struct list *list) {
  if (list->count > LISTED) {
    (void)snprintf(list->text + list->length, sizeof list->text - list->length, " and %zu more", list->count - LISTED);
  }
}

/* Whether all segments are of one file: even of several, when these are the parts of one object. */
static bool is_one_file(const dseg_name_match *match) {
  for (size_t i = 0; i < match->description->segment_count; i++) {
    if (match->origins[i].file != 0) {
      return false;
    }
  }
  return match->files->count <= 1 || match->description->segment_count > 0;
}

/* The last part of a path without the suffix of a volume, into text, which has room for it. */
static void take_stem(const char *path, char *text) {
  const char *name = dseg_path_name(path);
  const size_t length = dseg_volume_stem(name);
  memcpy(text, name, length);
  text[length] = '\0';
}

/* Of each file how many segments it has, and how much room the names of those need that have one alone. */
static dseg_status find_own_names(dseg_name_match *match, dseg_error *error) {
  const dseg_description *description = match->description;
  const dseg_metadata_files *files = match->files;
  size_t *counts = calloc(files->count + 1, sizeof *counts);
  size_t room = 1;
  for (size_t i = 0; counts != NULL && i < description->segment_count; i++) {
    if (match->origins[i].file < files->count) {
      counts[match->origins[i].file]++;
    }
  }
  for (size_t i = 0; files->names != NULL && i < files->count; i++) {
    room += strlen(dseg_path_name(files->names[i])) + 1;
  }
  match->own_texts = calloc(room, 1);
  if (counts == NULL || match->own_texts == NULL) {
    free(counts);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for names");
  }
  char *text = match->own_texts;
  for (size_t i = 0; i < description->segment_count; i++) {
    const uint32_t file = match->origins[i].file;
    const bool is_alone = file < files->count && counts[file] == 1 && files->names != NULL;
    if ((description->segments[i].assumed & DSEG_ASSUMED_LABEL) == 0) {
      match->own[i] = description->segments[i].label;
    } else if (is_alone) {
      take_stem(files->names[file], text);
      match->own[i] = text;
      match->is_file_name[i] = true;
      text += strlen(text) + 1;
    }
  }
  free(counts);
  return DSEG_OK;
}

/* Whether a catalogue has the number of a name twice, with different names: a table of several models for instance. */
static bool is_ambiguous(const dseg_name_table *table, const dseg_name *name) {
  const dseg_name *next = name + 1;
  return next < table->names + table->count && next->has_number && next->number == name->number &&
         strcmp(next->segment.label, name->segment.label) != 0;
}

/* The name with a segment's number; where there are several that which the segment has already. */
static dseg_status find_by_number(const dseg_name_table *table, const dseg_name_match *match, size_t i,
                                  dseg_name **found, dseg_error *error) {
  *found = dseg_name_table_find_number(table, match->origins[i].number);
  if (*found == NULL || !is_ambiguous(table, *found)) {
    return DSEG_OK;
  }
  const dseg_name *first = *found;
  *found = match->own[i] != NULL ? dseg_name_table_find_name(table, match->own[i]) : NULL;
  if (*found == NULL) {
    return dseg_name_table_fail(table, first[1].line, error, "two names for the number %u, \"%.64s\" and \"%.64s\"",
                                (unsigned)first->number, first->segment.label, first[1].segment.label);
  }
  return DSEG_OK;
}

/* Masks, and tables without numbers, go by names first. */
static dseg_status find_segment(const dseg_name_table *table, dseg_name_match *match, size_t i, dseg_error *error) {
  const bool by_number = table->has_numbers && match->is_one_file;
  const bool by_name = match->own[i] != NULL && !table->has_regions && (match->is_file_name[i] || !by_number);
  dseg_name *name = by_name ? dseg_name_table_find_name(table, match->own[i]) : NULL;
  if (name == NULL && by_number) {
    DSEG_TRY(find_by_number(table, match, i, &name, error));
  }
  match->names[i] = name;
  if (name != NULL) {
    name->is_used = true;
    match->found++;
  }
  return DSEG_OK;
}

dseg_status dseg_name_match_find(dseg_name_table *table, const dseg_description *description,
                                 const dseg_metadata_files *files, dseg_name_match *match, dseg_error *error) {
  const size_t count = description->segment_count;
  *match = (dseg_name_match){.description = description, .files = files};
  match->origins = calloc(count + 1, sizeof *match->origins);
  match->own = calloc(count + 1, sizeof(const char *));
  match->is_file_name = calloc(count + 1, sizeof *match->is_file_name);
  match->names = calloc(count + 1, sizeof(dseg_name *));
  if (match->origins == NULL || match->own == NULL || match->is_file_name == NULL || match->names == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for names");
  }
  for (size_t i = 0; i < count; i++) {
    match->origins[i] = files->origins != NULL && !table->has_regions
                            ? files->origins[i]
                            : (dseg_segment_origin){0, description->segments[i].number};
  }
  match->is_one_file = is_one_file(match);
  DSEG_TRY(find_own_names(match, error));
  for (size_t i = 0; i < count; i++) {
    DSEG_TRY(find_segment(table, match, i, error));
    match->found += table->is_built_in && dseg_term_find(match->own[i]) != NULL ? 1 : 0;
  }
  return DSEG_OK;
}

/* What the table has and what the segments are called. */
static dseg_status fail_nothing(const dseg_name_table *table, const dseg_name_match *match, dseg_error *error) {
  const bool by_number = table->has_numbers && match->is_one_file;
  struct list expected = {.count = 0};
  struct list there = {.count = 0};
  for (size_t i = 0; i < table->count; i++) {
    if (by_number && table->names[i].has_number) {
      add_number(&expected, table->names[i].number);
    } else {
      add_text(&expected, table->names[i].segment.label);
    }
  }
  for (size_t i = 0; i < match->description->segment_count; i++) {
    if (by_number || match->own[i] == NULL) {
      add_number(&there, match->origins[i].number);
    } else {
      add_text(&there, match->own[i]);
    }
  }
  end_list(&expected);
  end_list(&there);
  if (table->is_built_in) {
    return dseg_name_table_fail(
        table, 0, error,
        "no segment has a name of the table, which goes by names of segments and of mask files, "
        "such as liver.nii.gz; there are %s",
        there.text);
  }
  return dseg_name_table_fail(table, 0, error, "%s that names no segment: it has %s %s, and there are %s", table->kind,
                              by_number ? "the numbers" : "the names", expected.text, there.text);
}

/* A plain list is of what is there. */
static dseg_status check_unused(const dseg_name_table *table, const dseg_name_match *match,
                                const dseg_names_options *options, dseg_error *error) {
  struct list unused = {.count = 0};
  struct list there = {.count = 0};
  for (size_t i = 0; i < table->count; i++) {
    if (!table->names[i].is_used) {
      char text[100];
      (void)snprintf(text, sizeof text, "%u %.60s", (unsigned)table->names[i].number, table->names[i].segment.label);
      add_text(&unused, text);
    }
  }
  if (unused.count == 0 || table->role != DSEG_NAMES_PLAIN || options->present_only) {
    return DSEG_OK;
  }
  for (size_t i = 0; i < match->description->segment_count; i++) {
    add_number(&there, match->origins[i].number);
  }
  end_list(&unused);
  end_list(&there);
  return dseg_name_table_fail(
      table, 0, error,
      "%s names numbers that no voxel has: %s; there are %s. Take them out, or leave out what is "
      "not there (--present-only)",
      table->kind, unused.text, there.text);
}

struct labelled {
  const char *label;
  uint32_t number;
};

static int compare_labels(const void *a, const void *b) {
  return strcmp(((const struct labelled *)a)->label, ((const struct labelled *)b)->label);
}

/* Two segments of one name cannot be told apart. */
static dseg_status check_twice(const dseg_name_table *table, const dseg_name_match *match,
                               const dseg_names_options *options, dseg_error *error) {
  struct labelled *all = calloc(match->description->segment_count + 1, sizeof *all);
  size_t count = 0;
  if (all == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for names");
  }
  for (size_t i = 0; i < match->description->segment_count; i++) {
    if (match->names[i] != NULL) {
      all[count++] = (struct labelled){match->names[i]->segment.label, match->description->segments[i].number};
    }
  }
  qsort(all, count, sizeof *all, compare_labels);
  dseg_status status = DSEG_OK;
  for (size_t i = 1; status == DSEG_OK && i < count; i++) {
    if (strcmp(all[i - 1].label, all[i].label) != 0) {
      continue;
    }
    if (table->role != DSEG_NAMES_CATALOGUE) {
      status = dseg_name_table_fail(table, 0, error,
                                    "segments %u and %u would both be called \"%.64s\": a name for each is expected",
                                    (unsigned)all[i - 1].number, (unsigned)all[i].number, all[i].label);
    } else {
      dseg_warn(&options->warnings, "segments %u and %u are both called \"%.64s\"", (unsigned)all[i - 1].number,
                (unsigned)all[i].number, all[i].label);
    }
  }
  free(all);
  return status;
}

/* What the table has no name for stays as it is; or not, where the caller wants all of it named. */
static dseg_status check_unnamed(const dseg_name_table *table, const dseg_name_match *match,
                                 const dseg_names_options *options, dseg_error *error) {
  struct list unnamed = {.count = 0};
  for (size_t i = 0; i < match->description->segment_count; i++) {
    if (match->names[i] == NULL) {
      add_number(&unnamed, match->description->segments[i].number);
    }
  }
  end_list(&unnamed);
  if (unnamed.count > 0 && match->files->complete) {
    return dseg_name_table_fail(table, 0, error, "nothing is said of the segments with the numbers %s", unnamed.text);
  }
  if (unnamed.count > 0) {
    dseg_warn(&options->warnings, "%s: no name for the segments with the numbers %s", table->path, unnamed.text);
  }
  return DSEG_OK;
}

dseg_status dseg_name_match_check(const dseg_name_table *table, const dseg_name_match *match,
                                  const dseg_names_options *options, dseg_error *error) {
  if (match->description->segment_count > 0 && match->found == 0) {
    return fail_nothing(table, match, error);
  }
  if (table->is_built_in) {
    return DSEG_OK;
  }
  DSEG_TRY(check_unused(table, match, options, error));
  DSEG_TRY(check_twice(table, match, options, error));
  return check_unnamed(table, match, options, error);
}

void dseg_name_match_free(dseg_name_match *match) {
  free(match->origins);
  free((void *)match->own);
  free(match->own_texts);
  free(match->is_file_name);
  free((void *)match->names);
}
