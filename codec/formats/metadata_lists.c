/* SPDX-License-Identifier: Apache-2.0 */
/* metadata_lists.c - which list of segmentAttributes belongs to which file. */
#include "dseg/formats.h"

#if DSEG_HAVE_JANSSON

#include <string.h>

#include "dseg/terms.h"
#include "formats/metadata.h"

/* The mapping may have been written on another system: both separators count, on all. */
static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  const char *backslash = strrchr(path, '\\');
  const char *last = slash == NULL || (backslash != NULL && backslash > slash) ? backslash : slash;
  return last != NULL ? last + 1 : path;
}

static size_t find_file(const dseg_metadata_files *files, const char *name) {
  for (size_t i = 0; i < files->count; i++) {
    if (strcmp(base_name(files->names[i]), base_name(name)) == 0) {
      return i;
    }
  }
  return DSEG_JSON_NO_FILE;
}

/* Sets file_of_list for each outer list from segmentAttributesFileMapping. */
static dseg_status apply_mapping(const dseg_json_reader *reader, const dseg_metadata_files *files,
                                 const json_t *mapping, size_t list_count, size_t *file_of_list) {
  const dseg_json_place place = {NULL, "segmentAttributesFileMapping", 0};
  size_t matched = 0;
  for (size_t i = 0; i < list_count; i++) {
    const dseg_json_place item = {&place, NULL, i};
    const json_t *value = json_array_get(mapping, i);
    DSEG_TRY(dseg_json_expect(reader, &item, value, JSON_STRING));
    file_of_list[i] = find_file(files, json_string_value(value));
    for (size_t k = 0; k < i; k++) {
      if (file_of_list[i] != DSEG_JSON_NO_FILE && file_of_list[k] == file_of_list[i]) {
        return dseg_json_fail(reader, &item, "%s stands for the same file as entry %zu", json_string_value(value), k);
      }
    }
    if (file_of_list[i] == DSEG_JSON_NO_FILE) {
      dseg_json_warn(reader, &item, "%s is none of the input files", json_string_value(value));
    } else {
      matched++;
    }
  }
  if (matched == 0 && list_count == 1 && files->count == 1) {
    file_of_list[0] = 0; /* the one file has been renamed */
    matched = 1;
  }
  return matched > 0 ? DSEG_OK : dseg_json_fail(reader, &place, "no entry names an input file");
}

/* All segments are of one file: even several are, when they are the parts of one object. */
static bool is_one_file(const dseg_json_reader *reader, const dseg_metadata_files *files) {
  for (size_t i = 0; files->count > 1 && i < reader->description->segment_count; i++) {
    if (files->origins == NULL || files->origins[i].file != 0) {
      return false;
    }
  }
  return files->count == 1 || files->origins != NULL;
}

/* Several files, each with one segment, or none. */
static bool are_masks(const dseg_json_reader *reader, const dseg_metadata_files *files) {
  const dseg_description *description = reader->description;
  if (files->count < 2 || files->origins == NULL || description->segment_count > files->count) {
    return false;
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    for (size_t k = 0; k < i; k++) {
      if (files->origins[k].file == files->origins[i].file) {
        return false;
      }
    }
  }
  return true;
}

size_t dseg_json_file_called(const dseg_metadata_files *files, const char *name) {
  char wanted[DSEG_NAME_ROOM];
  char normal[DSEG_NAME_ROOM];
  if (!dseg_name_normalise(name, wanted)) {
    return DSEG_JSON_NO_FILE;
  }
  for (size_t i = 0; i < files->count; i++) {
    if (dseg_name_normalise(base_name(files->names[i]), normal) && strcmp(wanted, normal) == 0) {
      return i;
    }
  }
  return DSEG_JSON_NO_FILE;
}

/* Whether a SegmentLabel of the list is what a file is called. */
static bool names_mask(const dseg_metadata_files *files, const json_t *list) {
  for (size_t i = 0; i < json_array_size(list); i++) {
    const json_t *label = json_object_get(json_array_get(list, i), "SegmentLabel");
    if (json_is_string(label) && dseg_json_file_called(files, json_string_value(label)) != DSEG_JSON_NO_FILE) {
      return true;
    }
  }
  return false;
}

dseg_status dseg_json_assign_files(const dseg_json_reader *reader, const dseg_metadata_files *files, const json_t *root,
                                   size_t list_count, size_t *file_of_list) {
  const json_t *mapping = json_object_get(root, "segmentAttributesFileMapping");
  const dseg_json_place place = {NULL, "segmentAttributesFileMapping", 0};
  if (mapping != NULL) {
    DSEG_TRY(dseg_json_expect(reader, &place, mapping, JSON_ARRAY));
    if (json_array_size(mapping) != list_count) {
      return dseg_json_fail(reader, &place, "%zu file names for %zu lists of segmentAttributes",
                            json_array_size(mapping), list_count);
    }
    if (files->names != NULL) {
      return apply_mapping(reader, files, mapping, list_count, file_of_list);
    }
  }
  if (list_count == 1 && files->names != NULL && !files->complete && are_masks(reader, files) &&
      names_mask(files, json_array_get(json_object_get(root, "segmentAttributes"), 0))) {
    file_of_list[0] = DSEG_JSON_BY_LABEL;
    return DSEG_OK;
  }
  if (list_count != files->count && (files->complete || !is_one_file(reader, files))) {
    return dseg_json_fail(reader, &(dseg_json_place){NULL, "segmentAttributes", 0},
                          "%zu lists for %zu input files: one list for each file is expected", list_count,
                          files->count);
  }
  for (size_t i = 0; i < list_count; i++) {
    file_of_list[i] = list_count == files->count ? i : 0;
  }
  return DSEG_OK;
}

#endif
