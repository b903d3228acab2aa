/* SPDX-License-Identifier: Apache-2.0 */
/* apply.c - gives segments what a table of names says: labels, codes, colours; and segments to the description that
 * were looked for and not found.
 *
 * Everything is done to a copy of the segments first, so that a fault leaves the description as it was. */
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "formats/add_segments.h"
#include "names/table.h"

/* Text and codes of the table end with it; the description's copies stay. False: no memory. */
static bool copy_text(dseg_description *description, const char **text) {
  *text = dseg_description_strdup(description, *text);
  return *text != NULL;
}

static bool copy_code(dseg_description *description, dseg_code *code) {
  return code->value == NULL || (copy_text(description, &code->value) && copy_text(description, &code->scheme) &&
                                 copy_text(description, &code->meaning));
}

static bool copy_list(dseg_description *description, dseg_code_list *list) {
  if (list->count == 0) {
    return true;
  }
  dseg_code *items = dseg_description_alloc(description, list->count * sizeof *items);
  for (size_t i = 0; items != NULL && i < list->count; i++) {
    items[i] = list->items[i];
    if (!copy_code(description, &items[i])) {
      return false;
    }
  }
  list->items = items;
  return items != NULL;
}

/* Gives a segment what a name says; it keeps the rest. */
static bool take_name(dseg_description *description, const dseg_name *name, dseg_segment *segment,
                      dseg_named_segment *named) {
  const dseg_segment *said = &name->segment;
  segment->label = said->label;
  segment->assumed &= ~(unsigned)DSEG_ASSUMED_LABEL;
  named->label = DSEG_NAME_FROM_TABLE;
  if (said->has_color) {
    segment->has_color = true;
    memcpy(segment->rgb, said->rgb, sizeof segment->rgb);
    memcpy(segment->cielab, said->cielab, sizeof segment->cielab);
    segment->assumed &= ~(unsigned)DSEG_ASSUMED_COLOR;
    named->color = DSEG_NAME_FROM_TABLE;
  }
  if (said->type.value != NULL) {
    segment->category = said->category;
    segment->type = said->type;
    segment->type_modifiers = said->type_modifiers;
    segment->anatomic_regions = said->anatomic_regions;
    segment->anatomic_region_modifiers = said->anatomic_region_modifiers;
    named->codes = DSEG_NAME_FROM_TABLE;
  }
  return copy_text(description, &segment->label) && copy_code(description, &segment->category) &&
         copy_code(description, &segment->type) && copy_list(description, &segment->type_modifiers) &&
         copy_list(description, &segment->anatomic_regions) &&
         copy_list(description, &segment->anatomic_region_modifiers);
}

/* What is known of a segment before a table is read. */
static dseg_named_segment known_before(const dseg_segment *segment) {
  return (dseg_named_segment){
      .label = (segment->assumed & DSEG_ASSUMED_LABEL) != 0 ? DSEG_NAME_FROM_NOBODY : DSEG_NAME_FROM_INPUT,
      .codes = dseg_segment_is_coded(segment) ? DSEG_NAME_FROM_INPUT : DSEG_NAME_FROM_NOBODY,
      .color = !segment->has_color || (segment->assumed & DSEG_ASSUMED_COLOR) != 0 ? DSEG_NAME_FROM_NOBODY
                                                                                   : DSEG_NAME_FROM_INPUT};
}

/* A change to all segments while it is made. */
struct change {
  dseg_changed_segment *segments; /* those of the description, and behind them what is added */
  dseg_named_segment *named;      /* of those of the description */
  size_t count;
};

/* The segments that are there. */
static bool change_known(dseg_description *description, const dseg_name_match *match, struct change *change) {
  for (size_t i = 0; i < description->segment_count; i++) {
    dseg_changed_segment *changed = &change->segments[i];
    changed->segment = description->segments[i];
    changed->change = (dseg_metadata_segment){(uint32_t)i, match->origins[i].file, match->origins[i]};
    change->named[i] = known_before(&changed->segment);
    if (match->is_file_name[i]) {
      changed->segment.label = dseg_description_strdup(description, match->own[i]);
      changed->segment.assumed &= ~(unsigned)DSEG_ASSUMED_LABEL;
      change->named[i].label = DSEG_NAME_FROM_INPUT;
    }
    if (changed->segment.label == NULL ||
        (match->names[i] != NULL && !take_name(description, match->names[i], &changed->segment, &change->named[i]))) {
      return false;
    }
  }
  change->count = description->segment_count;
  return true;
}

/* The names of a list made for this input that no segment has. */
static bool add_absent(const dseg_name_table *table, dseg_description *description, const dseg_name_match *match,
                       struct change *change) {
  for (size_t i = 0; i < table->count; i++) {
    const dseg_name *name = &table->names[i];
    const bool is_background =
        description->has_background && name->has_number && name->number == description->background;
    if (name->is_used || name->is_optional || is_background) {
      continue;
    }
    dseg_changed_segment *added = &change->segments[change->count];
    const uint32_t number = name->has_number ? name->number : UINT32_MAX;
    added->change = (dseg_metadata_segment){UINT32_MAX, 0, {match->is_one_file ? 0 : UINT32_MAX, number}};
    added->segment = (dseg_segment){.assumed = DSEG_ASSUMED_LABEL | DSEG_ASSUMED_COLOR | DSEG_ASSUMED_ALGORITHM};
    dseg_named_segment unused = {.label = DSEG_NAME_FROM_NOBODY};
    if (!take_name(description, name, &added->segment, &unused)) {
      return false;
    }
    change->count++;
  }
  return true;
}

static dseg_status out_of_memory(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for names");
}

/* Where what segments have comes from, in the order that they have now. Only the table knows of those that were added.
 */
static void sort_named(const struct change *change, dseg_named_segment *named) {
  for (size_t i = 0; i < change->count; i++) {
    const uint32_t former = change->segments[i].change.former;
    const dseg_segment *segment = &change->segments[i].segment;
    named[i] =
        former != UINT32_MAX
            ? change->named[former]
            : (dseg_named_segment){
                  DSEG_NAME_FROM_TABLE, segment->type.value != NULL ? DSEG_NAME_FROM_TABLE : DSEG_NAME_FROM_NOBODY,
                  (segment->assumed & DSEG_ASSUMED_COLOR) == 0 ? DSEG_NAME_FROM_TABLE : DSEG_NAME_FROM_NOBODY};
  }
}

/* Gives the description the changed segments, and the caller what was done to them. */
static dseg_status commit(dseg_description *description, const dseg_metadata_files *files, struct change *change,
                          const dseg_names_options *options, bool color, dseg_error *error) {
  const size_t known = description->segment_count;
  dseg_metadata_segment *changes = dseg_description_alloc(description, (change->count + 1) * sizeof *changes);
  dseg_named_segment *named = dseg_description_alloc(description, (change->count + 1) * sizeof *named);
  if (changes == NULL || named == NULL) {
    return out_of_memory(error);
  }
  DSEG_TRY(dseg_add_segments(description, change->segments, known, change->count, error));
  sort_named(change, named);
  for (size_t i = 0; i < change->count; i++) {
    changes[i] = change->segments[i].change;
    if (files->lists != NULL && changes[i].former != UINT32_MAX) {
      files->lists[changes[i].former] = changes[i].list;
    }
  }
  (void)dseg_names_add_codes(description, named, color,
                             options->notes.warn != NULL ? &options->notes : &options->warnings);
  if (files->segments != NULL) {
    *files->segments = changes;
  }
  if (options->named != NULL) {
    *options->named = named;
  }
  return DSEG_OK;
}

static dseg_status change_segments(dseg_name_table *table, dseg_description *description, dseg_name_match *match,
                                   const dseg_names_options *options, struct change *change, dseg_error *error) {
  const bool adds = table->role == DSEG_NAMES_LIST && match->files->segments != NULL;
  const size_t room = description->segment_count + (adds ? table->count : 0) + 1;
  change->segments = calloc(room, sizeof *change->segments);
  change->named = calloc(description->segment_count + 1, sizeof *change->named);
  if (change->segments == NULL || change->named == NULL || !change_known(description, match, change) ||
      (adds && !add_absent(table, description, match, change))) {
    return out_of_memory(error);
  }
  return commit(description, match->files, change, options, table->takes_term_colors, error);
}

static dseg_status apply_names(dseg_name_table *table, dseg_description *description, const dseg_metadata_files *files,
                               const dseg_names_options *options, dseg_error *error) {
  dseg_name_match match;
  struct change change = {.count = 0};
  dseg_status status = dseg_name_match_find(table, description, files, &match, error);
  if (status == DSEG_OK) {
    status = dseg_name_match_check(table, &match, options, error);
  }
  if (status == DSEG_OK) {
    status = change_segments(table, description, &match, options, &change, error);
  }
  free(change.segments);
  free(change.named);
  dseg_name_match_free(&match);
  return status;
}

/* What a JSON of dcmqi's says of a segment is all that is said of it. */
static dseg_named_segment known_from_json(const dseg_segment *segment) {
  dseg_named_segment named = known_before(segment);
  named.label = DSEG_NAME_FROM_TABLE;
  named.codes = named.codes != DSEG_NAME_FROM_NOBODY ? DSEG_NAME_FROM_TABLE : DSEG_NAME_FROM_NOBODY;
  named.color = named.color != DSEG_NAME_FROM_NOBODY ? DSEG_NAME_FROM_TABLE : DSEG_NAME_FROM_NOBODY;
  return named;
}

/* Tells the caller where what segments have comes from. lists: by segment before the reading; changes may be NULL. */
static dseg_status report_json(dseg_description *description, const uint32_t *lists,
                               const dseg_metadata_segment *changes, const dseg_names_options *options,
                               dseg_error *error) {
  dseg_named_segment *named = dseg_description_alloc(description, (description->segment_count + 1) * sizeof *named);
  if (named == NULL) {
    return out_of_memory(error);
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    const uint32_t former = changes != NULL ? changes[i].former : (uint32_t)i;
    const bool is_named = former == UINT32_MAX || lists[former] != UINT32_MAX;
    named[i] = is_named ? known_from_json(&description->segments[i]) : known_before(&description->segments[i]);
  }
  if (options->named != NULL) {
    *options->named = named;
  }
  return DSEG_OK;
}

static dseg_status apply_dcmqi(const dseg_name_table *table, dseg_description *description,
                               const dseg_metadata_files *files, const dseg_names_options *options, dseg_error *error) {
  const dseg_input *input = options->input != NULL ? options->input : table->input;
  const dseg_metadata_segment *changes = NULL;
  uint32_t *lists = calloc(description->segment_count + 1, sizeof *lists);
  if (lists == NULL) {
    return out_of_memory(error);
  }
  dseg_metadata_files all = *files;
  all.segments = files->segments != NULL ? &changes : NULL;
  all.lists = files->lists != NULL ? files->lists : lists;
  dseg_status status = dseg_metadata_read_input(input, table->path, description, &all, &options->warnings, error);
  if (status == DSEG_OK) {
    status = report_json(description, all.lists, changes, options, error);
  }
  if (status == DSEG_OK && files->segments != NULL) {
    *files->segments = changes;
  }
  free(lists);
  return status;
}

dseg_status dseg_name_table_apply(dseg_name_table *table, bool regions, dseg_description *description,
                                  const dseg_names_options *options, dseg_error *error) {
  const dseg_metadata_files none = {.struct_size = sizeof none, .count = 1};
  dseg_metadata_files files;
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_metadata_files, &files, options->files != NULL ? options->files : &none, error));
  files.count = files.count > 0 ? files.count : 1;
  if (options->kind != NULL) {
    *options->kind = table->kind;
  }
  if (table->is_dcmqi) {
    return apply_dcmqi(table, description, &files, options, error);
  }
  if (!table->has_regions || regions) {
    return apply_names(table, description, &files, options, error);
  }
  /* Segments before regions are made of them; a fault puts them back. */
  dseg_segment *const segments = description->segments;
  const size_t count = description->segment_count;
  const dseg_voxel_kind kind = description->kind;
  const dseg_name **made = NULL;
  DSEG_TRY(dseg_name_table_describe_regions(table, description, &made, error));
  free((void *)made);
  const dseg_status status = apply_names(table, description, &files, options, error);
  if (status != DSEG_OK) {
    description->segments = segments;
    description->segment_count = count;
    description->kind = kind;
  }
  return status;
}

dseg_status dseg_names_apply(const char *path, dseg_description *description, const dseg_names_options *options,
                             dseg_error *error) {
  dseg_error_clear(error);
  if (path == NULL || description == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_names_apply: path and description must not be NULL");
  }
  dseg_error own = {.status = DSEG_OK};
  dseg_names_options all;
  dseg_name_table *table = NULL;
  dseg_status status = DSEG_COPY_OPTIONS(dseg_names_options, &all, options, &own);
  if (status == DSEG_OK) {
    status = dseg_name_table_read(path, all.input, &table, &own);
  }
  if (status == DSEG_OK) {
    status = dseg_name_table_apply(table, false, description, &all, &own);
  }
  dseg_name_table_destroy(table);
  if (error != NULL) {
    *error = own;
  }
  return status;
}
