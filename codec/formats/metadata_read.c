/* SPDX-License-Identifier: Apache-2.0 */
/* metadata_read.c - reads dcmqi's segmentation JSON and applies it to a description: its top level, and
 * which object of segmentAttributes belongs to which segment.
 *
 * Everything is read into copies first, so that a fault anywhere leaves the description as it was. */
#include "base/input.h"
#include "dseg/formats.h"

#if DSEG_HAVE_JANSSON

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "formats/add_segments.h"
#include "formats/metadata.h"

#define NUMBERS_IN_WARNING 10

/* One object of segmentAttributes. */
struct entry {
  uint32_t file;
  uint32_t label;
  uint32_t list, item; /* where it stands */
  json_t *object;
};

/* A segment of the description, to be found by its file and number there. */
struct target {
  dseg_segment_origin origin;
  size_t segment;
  uint32_t list; /* that names it */
  bool named;
};

struct job {
  dseg_json_reader reader;
  const dseg_metadata_files *files;
  struct entry *entries; /* all that belong to a file, by file and label */
  size_t entry_count;
  struct target *targets;         /* all segments, by file and number */
  dseg_changed_segment *segments; /* copies to be changed, and behind them what is added */
  size_t segment_count;
};

static bool is_top_key(const char *key) {
  for (size_t i = 0; i < DSEG_JSON_CONTENT_FIELDS; i++) {
    if (strcmp(key, dseg_json_content_fields[i].key) == 0) {
      return true;
    }
  }
  return strcmp(key, "@schema") == 0 || strcmp(key, "segmentAttributes") == 0 ||
         strcmp(key, "segmentAttributesFileMapping") == 0;
}

/* dcmqi has schemas for other objects, too: a JSON for one of them is a mistake worth telling. */
static dseg_status check_schema(const dseg_json_reader *reader, const json_t *root) {
  const json_t *schema = json_object_get(root, "@schema");
  if (schema == NULL) {
    return DSEG_OK;
  }
  const dseg_json_place place = {NULL, "@schema", 0};
  DSEG_TRY(dseg_json_expect(reader, &place, schema, JSON_STRING));
  const char *name = strstr(json_string_value(schema), "-schema.json");
  if (name != NULL && strstr(json_string_value(schema), "seg-schema.json") == NULL) {
    return dseg_json_fail(reader, &place, "this is metadata for another kind of object, not for a segmentation");
  }
  return DSEG_OK;
}

/* A JSON of another program's, or of a study, has none of the keys that are looked for: nothing would come of it. */
static dseg_status check_kind(const dseg_json_reader *reader, json_t *root) {
  const char *key;
  json_t *value;
  json_object_foreach(root, key, value) {
    if (is_top_key(key)) {
      return DSEG_OK;
    }
  }
  return dseg_json_fail(reader, NULL,
                        "no metadata of a segmentation: none of its keys is one of dcmqi's seg-schema.json, such as "
                        "segmentAttributes");
}

static int compare_numbers(uint32_t file_a, uint32_t number_a, uint32_t file_b, uint32_t number_b) {
  if (file_a != file_b) {
    return file_a < file_b ? -1 : 1;
  }
  return number_a == number_b ? 0 : number_a < number_b ? -1 : 1;
}

static int compare_entries(const void *a, const void *b) {
  const struct entry *first = a;
  const struct entry *second = b;
  const int order = compare_numbers(first->file, first->label, second->file, second->label);
  return order != 0 ? order : compare_numbers(first->list, first->item, second->list, second->item);
}

static int compare_targets(const void *a, const void *b) {
  const struct target *first = a;
  const struct target *second = b;
  return compare_numbers(first->origin.file, first->origin.number, second->origin.file, second->origin.number);
}

static dseg_status read_label(const dseg_json_reader *reader, const dseg_json_place *place, const json_t *object,
                              uint32_t *label) {
  const json_t *value = json_object_get(object, "labelID");
  if (value == NULL) {
    return dseg_json_fail(reader, place, "labelID is missing (dcmqi seg-schema.json)");
  }
  json_int_t number = 0;
  DSEG_TRY(dseg_json_read_integer(reader, &(dseg_json_place){place, "labelID", 0}, value, 0, UINT32_MAX, &number));
  *label = (uint32_t)number;
  return DSEG_OK;
}

/* The object of a mask is that of the file with its name, whatever its labelID; of a name that no file has it is one
 * that was looked for and not found, in no file. */
static void find_mask(const struct job *job, struct entry *entry) {
  const json_t *label = json_object_get(entry->object, "SegmentLabel");
  const size_t file = json_is_string(label) ? dseg_json_file_called(job->files, json_string_value(label)) : SIZE_MAX;
  entry->file = file != DSEG_JSON_NO_FILE ? (uint32_t)file : UINT32_MAX;
  for (size_t i = 0; file != DSEG_JSON_NO_FILE && i < job->reader.description->segment_count; i++) {
    if (job->files->origins[i].file == file) {
      entry->label = job->files->origins[i].number;
    }
  }
}

/* Collects the entries of all lists, and reads those of lists without a file, for their faults. */
static dseg_status collect_list(struct job *job, const json_t *list, size_t list_index, size_t file) {
  const dseg_json_place root = {NULL, "segmentAttributes", 0};
  const dseg_json_place outer = {&root, NULL, list_index};
  for (size_t i = 0; i < json_array_size(list); i++) {
    const dseg_json_place place = {&outer, NULL, i};
    json_t *object = json_array_get(list, i);
    struct entry entry = {.list = (uint32_t)list_index, .item = (uint32_t)i, .object = object};
    DSEG_TRY(dseg_json_expect(&job->reader, &place, object, JSON_OBJECT));
    DSEG_TRY(read_label(&job->reader, &place, object, &entry.label));
    if (file == DSEG_JSON_NO_FILE) {
      dseg_segment unused = {0};
      DSEG_TRY(dseg_json_read_segment(&job->reader, &place, object, &unused));
      continue;
    }
    entry.file = (uint32_t)file;
    if (file == DSEG_JSON_BY_LABEL) {
      find_mask(job, &entry);
    }
    job->entries[job->entry_count++] = entry;
  }
  return DSEG_OK;
}

static dseg_status check_duplicates(const struct job *job) {
  for (size_t i = 1; i < job->entry_count; i++) {
    const struct entry *one = &job->entries[i - 1];
    const struct entry *two = &job->entries[i];
    if (one->file != two->file || one->label != two->label) {
      continue;
    }
    const dseg_json_place root = {NULL, "segmentAttributes", 0};
    const dseg_json_place outer = {&root, NULL, two->list};
    const dseg_json_place inner = {&outer, NULL, two->item};
    return dseg_json_fail(&job->reader, &(dseg_json_place){&inner, "labelID", 0},
                          "%u comes twice for one file: first in segmentAttributes[%u][%u]", (unsigned)two->label,
                          (unsigned)one->list, (unsigned)one->item);
  }
  return DSEG_OK;
}

static dseg_status collect_entries(struct job *job, const json_t *root, const json_t *lists) {
  const dseg_json_place place = {NULL, "segmentAttributes", 0};
  DSEG_TRY(dseg_json_expect(&job->reader, &place, lists, JSON_ARRAY));
  const size_t list_count = json_array_size(lists);
  size_t total = 0;
  for (size_t i = 0; i < list_count; i++) {
    const json_t *list = json_array_get(lists, i);
    if (json_is_object(list)) {
      return dseg_json_fail(&job->reader, &(dseg_json_place){&place, NULL, i},
                            "a list of segments for each input file is expected here, not an object: write [[{...}]]");
    }
    DSEG_TRY(dseg_json_expect(&job->reader, &(dseg_json_place){&place, NULL, i}, list, JSON_ARRAY));
    total += json_array_size(list);
  }
  size_t *file_of_list = calloc(list_count + 1, sizeof *file_of_list);
  job->entries = calloc(total + 1, sizeof *job->entries);
  if (file_of_list == NULL || job->entries == NULL) {
    free(file_of_list);
    return dseg_fail(job->reader.error, DSEG_ERROR_MEMORY, "out of memory for metadata");
  }
  dseg_status status = dseg_json_assign_files(&job->reader, job->files, root, list_count, file_of_list);
  for (size_t i = 0; status == DSEG_OK && i < list_count; i++) {
    status = collect_list(job, json_array_get(lists, i), i, file_of_list[i]);
  }
  free(file_of_list);
  DSEG_TRY(status);
  qsort(job->entries, job->entry_count, sizeof *job->entries, compare_entries);
  return check_duplicates(job);
}

static dseg_status collect_targets(struct job *job) {
  const dseg_description *description = job->reader.description;
  const size_t count = description->segment_count;
  job->targets = calloc(count + 1, sizeof *job->targets);
  job->segments = calloc(count + job->entry_count + 1, sizeof *job->segments);
  if (job->targets == NULL || job->segments == NULL) {
    return dseg_fail(job->reader.error, DSEG_ERROR_MEMORY, "out of memory for metadata");
  }
  for (size_t i = 0; i < count; i++) {
    job->segments[i].segment = description->segments[i];
    job->targets[i].segment = i;
    job->targets[i].origin = job->files->origins != NULL ? job->files->origins[i]
                                                         : (dseg_segment_origin){0, description->segments[i].number};
  }
  job->segment_count = count;
  qsort(job->targets, count, sizeof *job->targets, compare_targets);
  return DSEG_OK;
}

/* Numbers for a warning: the first few, and how many there are. */
struct numbers {
  char text[200];
  size_t length, count;
};

static void add_number(struct numbers *numbers, uint32_t number) {
  if (numbers->count++ < NUMBERS_IN_WARNING) {
    const int more = snprintf(numbers->text + numbers->length, sizeof numbers->text - numbers->length, "%s%u",
                              numbers->length > 0 ? ", " : "", (unsigned)number);
    numbers->length += more > 0 ? (size_t)more : 0;
  }
}

static void warn_numbers(const struct job *job, const struct numbers *numbers, const char *what) {
  if (numbers->count > NUMBERS_IN_WARNING) {
    dseg_json_warn(&job->reader, NULL, "%s: %s and %zu more", what, numbers->text, numbers->count - NUMBERS_IN_WARNING);
  } else if (numbers->count > 0) {
    dseg_json_warn(&job->reader, NULL, "%s: %s", what, numbers->text);
  }
}

/* What an entry without a target is read into: a segment to be added, or NULL. */
static dseg_segment *add_unmatched(struct job *job, const struct entry *entry, struct numbers *unmatched) {
  const dseg_description *description = job->reader.description;
  if (description->has_background && entry->label == description->background) {
    return NULL; /* what the background is called */
  }
  if (job->files->segments == NULL || entry->label == 0) {
    add_number(unmatched, entry->label);
    return NULL;
  }
  dseg_changed_segment *added = &job->segments[job->segment_count++];
  added->change = (dseg_metadata_segment){UINT32_MAX, entry->list, {entry->file, entry->label}};
  return &added->segment;
}

/* Entries and targets are in the same order: one walk finds the pairs, and who is left over on either side. */
static dseg_status match_segments(struct job *job) {
  const dseg_description *description = job->reader.description;
  const dseg_json_place root = {NULL, "segmentAttributes", 0};
  struct numbers unmatched = {0};
  struct numbers unnamed = {0};
  size_t next = 0;
  for (size_t i = 0; i < job->entry_count; i++) {
    const struct entry *entry = &job->entries[i];
    const dseg_json_place outer = {&root, NULL, entry->list};
    const dseg_json_place place = {&outer, NULL, entry->item};
    const struct target wanted = {.origin = {entry->file, entry->label}};
    while (next < description->segment_count && compare_targets(&job->targets[next], &wanted) < 0) {
      next++;
    }
    dseg_segment unused = {0};
    dseg_segment *segment = NULL;
    if (next < description->segment_count && compare_targets(&job->targets[next], &wanted) == 0) {
      segment = &job->segments[job->targets[next].segment].segment;
      job->targets[next].list = entry->list;
      job->targets[next].named = true;
    } else {
      segment = add_unmatched(job, entry, &unmatched);
    }
    DSEG_TRY(dseg_json_read_segment(&job->reader, &place, entry->object, segment != NULL ? segment : &unused));
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    if (!job->targets[i].named) {
      add_number(&unnamed, description->segments[job->targets[i].segment].number);
    }
  }
  warn_numbers(job, &unmatched, "no segment has the labelID");
  if (unnamed.count > 0 && job->files->complete) {
    return dseg_json_fail(&job->reader, &root, "nothing is said of the segments with the numbers %s%s", unnamed.text,
                          unnamed.count > NUMBERS_IN_WARNING ? ", ..." : "");
  }
  warn_numbers(job, &unnamed, "no metadata for the segments with the numbers");
  return DSEG_OK;
}

static void report_lists(const struct job *job) {
  for (size_t i = 0; i < job->reader.description->segment_count; i++) {
    const struct target *target = &job->targets[i];
    const uint32_t list = target->named ? target->list : UINT32_MAX;
    job->segments[target->segment].change = (dseg_metadata_segment){(uint32_t)target->segment, list, target->origin};
    if (job->files->lists != NULL) {
      job->files->lists[target->segment] = list;
    }
  }
}

/* Gives the description what was read; on failure it is as it was. */
static dseg_status take_segments(struct job *job) {
  dseg_description *description = job->reader.description;
  dseg_metadata_segment *changes = NULL;
  if (job->files->segments != NULL) {
    changes = dseg_description_alloc(description, (job->segment_count + 1) * sizeof *changes);
    if (changes == NULL) {
      return dseg_fail(job->reader.error, DSEG_ERROR_MEMORY, "out of memory for metadata");
    }
  }
  if (job->segment_count > description->segment_count) {
    DSEG_TRY(dseg_add_segments(description, job->segments, description->segment_count, job->segment_count,
                               job->reader.error));
  } else {
    for (size_t i = 0; i < job->segment_count; i++) {
      description->segments[i] = job->segments[i].segment;
    }
  }
  for (size_t i = 0; changes != NULL && i < job->segment_count; i++) {
    changes[i] = job->segments[i].change;
  }
  if (changes != NULL) {
    *job->files->segments = changes;
  }
  return DSEG_OK;
}

static dseg_status apply(struct job *job, json_t *root) {
  dseg_description *description = job->reader.description;
  const dseg_json_reader *reader = &job->reader;
  dseg_content content = description->content;
  DSEG_TRY(dseg_json_expect(reader, NULL, root, JSON_OBJECT));
  DSEG_TRY(check_schema(reader, root));
  DSEG_TRY(check_kind(reader, root));
  DSEG_TRY(dseg_json_read_texts(reader, NULL, root, dseg_json_content_fields, DSEG_JSON_CONTENT_FIELDS, &content));
  dseg_json_warn_unknown(reader, NULL, root, is_top_key);
  const json_t *lists = json_object_get(root, "segmentAttributes");
  if (lists != NULL) {
    DSEG_TRY(collect_entries(job, root, lists));
  }
  DSEG_TRY(collect_targets(job));
  DSEG_TRY(match_segments(job));
  report_lists(job);
  DSEG_TRY(take_segments(job));
  description->content = content;
  return DSEG_OK;
}

static dseg_status read_input(const dseg_input *input, const char *name, dseg_description *description,
                              const dseg_metadata_files *files, const dseg_warning_sink *warnings, dseg_error *error) {
  dseg_metadata_files all = *files;
  all.count = all.count > 0 ? all.count : 1;
  struct job job = {.files = &all,
                    .reader = {.input = input,
                               .path = name,
                               .description = description,
                               .error = error,
                               .warnings = warnings != NULL ? *warnings : (dseg_warning_sink){NULL, NULL}}};
  json_t *root = NULL;
  dseg_status status = dseg_json_load(&job.reader, &root);
  if (status == DSEG_OK) {
    status = apply(&job, root);
  }
  json_decref(root);
  free(job.entries);
  free(job.targets);
  free(job.segments);
  return status;
}

dseg_status dseg_metadata_read_input(const dseg_input *input, const char *name, dseg_description *description,
                                     const dseg_metadata_files *files, const dseg_warning_sink *warnings,
                                     dseg_error *error) {
  dseg_error_clear(error);
  if (input == NULL || name == NULL || description == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "metadata needs an input, a name and a description");
  }
  dseg_metadata_files all;
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_metadata_files, &all, files, error));
  return read_input(input, name, description, &all, warnings, error);
}

dseg_status dseg_metadata_read(const char *path, dseg_description *description, const dseg_metadata_files *files,
                               const dseg_warning_sink *warnings, dseg_error *error) {
  dseg_error_clear(error);
  if (path == NULL || description == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "metadata needs a path and a description");
  }
  dseg_metadata_files all;
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_metadata_files, &all, files, error));
  dseg_input *input = NULL;
  dseg_status status = dseg_input_from_file(path, DSEG_METADATA_BYTES, &input, error);
  if (status != DSEG_OK) {
    dseg_error_prefix(error, path);
    return status;
  }
  status = read_input(input, path, description, &all, warnings, error);
  dseg_input_close(input);
  return status;
}

#else

dseg_status dseg_metadata_read_input(const dseg_input *input, const char *name, dseg_description *description,
                                     const dseg_metadata_files *files, const dseg_warning_sink *warnings,
                                     dseg_error *error) {
  dseg_error_clear(error);
  (void)input;
  (void)description;
  (void)files;
  (void)warnings;
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "%s: this build reads no metadata JSON: it was configured with DSEG_WITH_JANSSON=OFF", name);
}

dseg_status dseg_metadata_read(const char *path, dseg_description *description, const dseg_metadata_files *files,
                               const dseg_warning_sink *warnings, dseg_error *error) {
  dseg_error_clear(error);
  return dseg_metadata_read_input(NULL, path, description, files, warnings, error);
}

#endif
