/* SPDX-License-Identifier: Apache-2.0 */
/* open.c - opens a segmentation of any kind: one file, memory, or several files as one.
 *
 * Several files are opened one after the other, and each is packed before the next. Many tools write a file for each
 * organ, a mask without a name. So the segment of a volume that has one only, and no name for it, is called like its
 * file, and colours that the readers chose are chosen anew, to differ. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "base/memory_limit.h"
#include "base/options.h"
#include "base/path.h"
#include "dseg/formats.h"
#include "formats/value_set.h"
#include "sources/source.h"

#define NAMES_IN_WARNING ((size_t)3)

static dseg_status complete_options(const dseg_open_options *options, dseg_open_options *complete, dseg_error *error) {
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_open_options, complete, options, error));
  complete->memory_limit = dseg_memory_limit(complete->memory_limit);
  if (complete->value_map_count > DSEG_VALUE_MAPS_MOST ||
      (complete->value_maps == NULL && complete->value_map_count > 0)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "value_maps: %zu items, and there may be %u",
                     complete->value_map_count, DSEG_VALUE_MAPS_MOST);
  }
  return DSEG_OK;
}

/* The source that was found gets its name. */
static dseg_status name_source(dseg_source *found, const char *name, dseg_source **source, dseg_error *error) {
  const size_t size = strlen(name) + 1;
  found->name = malloc(size);
  if (found->name == NULL) {
    dseg_source_close(found);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
  }
  memcpy(found->name, name, size);
  *source = found;
  return DSEG_OK;
}

static dseg_status find_kind(dseg_input *input, const dseg_open_options *options, dseg_source **source,
                             dseg_error *error) {
  DSEG_TRY(dseg_open_dicom(input, options, source, error));
  if (*source != NULL) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_open_volume(input, options, source, error));
  if (*source != NULL) {
    dseg_input_close(input);
    return DSEG_OK;
  }
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "neither DICOM (no DICM prefix, PS3.10 7.1) nor NIfTI, NRRD or MetaImage");
}

/* The input is the source's on success. */
static dseg_status open_input(dseg_input *input, const char *name, const dseg_open_options *options,
                              dseg_source **source, dseg_error *error) {
  const size_t size = strlen(name) + 1;
  char *copy = malloc(size);
  dseg_source *found = NULL;
  if (copy == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "%s: out of memory for a file name", name);
  }
  const dseg_status status = find_kind(input, options, &found, error);
  if (status != DSEG_OK) {
    free(copy);
    dseg_error_prefix(error, name);
    return status;
  }
  memcpy(copy, name, size);
  found->name = copy;
  *source = found;
  return DSEG_OK;
}

/* Opens *input, or path where that is NULL. *input becomes the source's, or is closed, and NULL then. */
static dseg_status open_file(dseg_input **input, const char *path, const dseg_open_options *options,
                             dseg_source **source, dseg_error *error) {
  dseg_input *opened = *input;
  *input = NULL;
  if (opened == NULL) {
    dseg_status status = options->outputs != NULL ? dseg_output_set_add_input(options->outputs, path, error) : DSEG_OK;
    if (status == DSEG_OK) {
      status = dseg_input_from_file(path, options->memory_limit, &opened, error);
    }
    if (status != DSEG_OK) {
      dseg_error_prefix(error, path);
      return status;
    }
  }
  const dseg_status status = open_input(opened, path, options, source, error);
  if (status != DSEG_OK) {
    dseg_input_close(opened);
  }
  return status;
}

dseg_status dseg_open(const char *path, const dseg_open_options *options, dseg_source **source, dseg_error *error) {
  dseg_error_clear(error);
  if (path == NULL || source == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_open: path and source must not be NULL");
  }
  *source = NULL;
  dseg_input *input = NULL;
  dseg_open_options complete;
  DSEG_TRY(complete_options(options, &complete, error));
  return open_file(&input, path, &complete, source, error);
}

dseg_status dseg_open_input(dseg_input *input, const char *name, const dseg_open_options *options, dseg_source **source,
                            dseg_error *error) {
  dseg_error_clear(error);
  if (input == NULL || name == NULL || source == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_open_input: input, name and source must not be NULL");
  }
  *source = NULL;
  dseg_open_options complete;
  DSEG_TRY(complete_options(options, &complete, error));
  return open_input(input, name, &complete, source, error);
}

dseg_status dseg_open_memory(dseg_view bytes, const char *name, const dseg_open_options *options, dseg_source **source,
                             dseg_error *error) {
  dseg_error_clear(error);
  if (name == NULL || source == NULL || (bytes.data == NULL && bytes.size != 0)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_open_memory: bytes, name and source must not be NULL");
  }
  *source = NULL;
  dseg_input *input = NULL;
  dseg_open_options complete;
  DSEG_TRY(complete_options(options, &complete, error));
  DSEG_TRY(dseg_input_from_memory(bytes, &input, error));
  return open_file(&input, name, &complete, source, error);
}

dseg_status dseg_open_array(const dseg_array *array, const char *name, const dseg_open_options *options,
                            dseg_source **source, dseg_error *error) {
  dseg_error_clear(error);
  if (array == NULL || name == NULL || source == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_open_array: array, name and source must not be NULL");
  }
  *source = NULL;
  dseg_array known;
  dseg_source *found = NULL;
  dseg_open_options complete;
  DSEG_TRY(complete_options(options, &complete, error));
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_array, &known, array, error));
  const dseg_status status = dseg_array_source(&known, &complete, &found, error);
  if (status != DSEG_OK) {
    dseg_error_prefix(error, name);
    return status;
  }
  return name_source(found, name, source, error);
}

/* Name of a file without directory and the suffix of a volume. */
static const char *stem_of(const char *path, size_t *length) {
  const char *name = dseg_path_name(path);
  *length = dseg_volume_stem(name);
  return name;
}

/* The segments of one file among many; next: how many the files before it have. */
static dseg_status distinguish(dseg_source *source, const char *path, size_t next, dseg_error *error) {
  dseg_description *description = source->description;
  if (strcmp(source->format, "DICOM") == 0) {
    return DSEG_OK;
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    dseg_segment *segment = &description->segments[i];
    if ((segment->assumed & DSEG_ASSUMED_COLOR) != 0) {
      dseg_default_color(next + i, segment->rgb);
      dseg_rgb_to_cielab(segment->rgb, segment->cielab);
    }
  }
  size_t length = 0;
  const char *stem = stem_of(path, &length);
  if (description->segment_count == 1 && length > 0 && (description->segments[0].assumed & DSEG_ASSUMED_LABEL) != 0) {
    char *label = dseg_description_alloc(description, length + 1);
    if (label == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a segment's label");
    }
    memcpy(label, stem, length);
    description->segments[0].label = label;
    description->segments[0].assumed &= ~(unsigned)DSEG_ASSUMED_LABEL;
  }
  return DSEG_OK;
}

static size_t count_empty(dseg_source *const *sources, size_t count) {
  size_t empty = 0;
  for (size_t i = 0; i < count; i++) {
    empty += sources[i]->description->segment_count == 0;
  }
  return empty;
}

/* One warning for all files without a segment, which names the first of them: a set of masks has dozens. */
static void warn_of_empty(dseg_source *const *sources, const char *const *names, size_t count,
                          const dseg_open_options *options) {
  const size_t empty = count_empty(sources, count);
  char list[NAMES_IN_WARNING * 80] = "";
  size_t used = 0;
  size_t named = 0;
  for (size_t i = 0; i < count && named < NAMES_IN_WARNING; i++) {
    if (sources[i]->description->segment_count == 0) {
      used += (size_t)snprintf(list + used, sizeof list - used, "%s%.70s", named++ > 0 ? ", " : "",
                               dseg_path_name(names[i]));
    }
  }
  if (empty == 1) {
    dseg_warn(&options->warnings, "%s has no segment: all its voxels are background", list);
  } else if (empty > named) {
    dseg_warn(&options->warnings, "%zu of %zu files have no segment, all their voxels are background: %s and %zu more",
              empty, count, list, empty - named);
  } else if (empty > 0) {
    dseg_warn(&options->warnings, "%zu of %zu files have no segment, all their voxels are background: %s", empty, count,
              list);
  }
}

static dseg_status open_all(dseg_input **inputs, const char *const *names, size_t count,
                            const dseg_open_options *options, dseg_source **sources, dseg_error *error) {
  size_t segments = 0;
  dseg_open_options each = *options;
  for (size_t i = 0; i < count; i++) {
    DSEG_TRY(open_file(&inputs[i], names[i], &each, &sources[i], error));
    DSEG_TRY(distinguish(sources[i], names[i], segments, error));
    DSEG_TRY(dseg_pack_source(&sources[i], error));
    each.memory_limit = dseg_memory_left(each.memory_limit, sources[i]->held);
    segments += sources[i]->description->segment_count;
  }
  warn_of_empty(sources, names, count, options);
  return DSEG_OK;
}

static dseg_status open_files(dseg_input **inputs, const char *const *names, size_t count,
                              const dseg_open_options *options, dseg_source **source, dseg_error *error) {
  dseg_source **sources = calloc(count, sizeof(dseg_source *));
  if (sources == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu files", count);
  }
  dseg_status status = open_all(inputs, names, count, options, sources, error);
  if (status == DSEG_OK) {
    status = dseg_combine_sources(sources, count, options, source, error);
  }
  if (status != DSEG_OK) {
    for (size_t i = 0; i < count; i++) {
      dseg_source_close(sources[i]);
    }
  }
  free(sources);
  return status;
}

static dseg_status open_several(dseg_input **inputs, const char *const *names, size_t count,
                                const dseg_open_options *options, dseg_source **source, dseg_error *error) {
  if (count == 1) {
    return open_file(&inputs[0], names[0], options, source, error);
  }
  dseg_source *parts = NULL;
  DSEG_TRY(dseg_open_dicom_parts(inputs, names, count, options, &parts, error));
  return parts != NULL ? name_source(parts, names[0], source, error)
                       : open_files(inputs, names, count, options, source, error);
}

static void close_all(dseg_input *const *inputs, size_t count) {
  for (size_t i = 0; inputs != NULL && i < count; i++) {
    dseg_input_close(inputs[i]);
  }
}

static dseg_status check_names(const char *const *names, size_t count, dseg_source *const *source, dseg_error *error) {
  if (names == NULL || count == 0 || source == NULL) {
    (void)dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_open_many: there must be at least one path, and a source");
    return DSEG_ERROR_ARGUMENT;
  }
  for (size_t i = 0; i < count; i++) {
    if (names[i] == NULL) {
      (void)dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_open_many: path %zu is NULL", i);
      return DSEG_ERROR_ARGUMENT;
    }
  }
  return DSEG_OK;
}

dseg_status dseg_open_inputs(dseg_input *const *inputs, const char *const *names, size_t count,
                             const dseg_open_options *options, dseg_source **source, dseg_error *error) {
  dseg_error_clear(error);
  if (source != NULL) {
    *source = NULL;
  }
  dseg_open_options complete;
  dseg_status status = check_names(names, count, source, error);
  if (status == DSEG_OK) {
    status = complete_options(options, &complete, error);
  }
  if (status != DSEG_OK) {
    close_all(inputs, count);
    return status;
  }
  dseg_input **left = calloc(count, sizeof(dseg_input *));
  if (left == NULL) {
    close_all(inputs, count);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu files", count);
  }
  for (size_t i = 0; inputs != NULL && i < count; i++) {
    left[i] = inputs[i];
  }
  status = open_several(left, names, count, &complete, source, error);
  close_all(left, count);
  free(left);
  return status;
}

dseg_status dseg_open_many(const char *const *paths, size_t count, const dseg_open_options *options,
                           dseg_source **source, dseg_error *error) {
  dseg_error_clear(error);
  return dseg_open_inputs(NULL, paths, count, options, source, error);
}
