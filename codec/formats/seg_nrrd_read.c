/* SPDX-License-Identifier: Apache-2.0 */
/* seg_nrrd_read.c - segments from the key/value pairs of an NRRD header, as 3D Slicer writes them.
 *
 * Keys are SegmentN_NAME with N from 0; among the names are Name, Color, LabelValue, Layer and Tags. Tags hold
 * terminology as TerminologyEntry:context~category~type~modifier~context~region~modifier| where a code is
 * scheme^value^meaning. */
#include <stdlib.h>
#include <string.h>

#include "formats/seg_nrrd.h"
#include "formats/text.h"

#define MOST_SEGMENTS ((size_t)65535) /* where a header does not have more lines */

static dseg_status out_of_memory(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the description of segments");
}

/* "Segment12_Name" gives 12 and "Name". A header of many segments has a line for each at least, which bounds what a
 * number makes a reader allocate. */
static bool split_key(const dseg_nrrd_header *header, const char *key, size_t *index, const char **name) {
  const size_t most = header->pair_count > MOST_SEGMENTS ? header->pair_count : MOST_SEGMENTS;
  static const char prefix[] = "Segment";
  if (strncmp(key, prefix, sizeof prefix - 1) != 0) {
    return false;
  }
  const char *digits = key + sizeof prefix - 1;
  *index = 0;
  size_t length = 0;
  for (; digits[length] >= '0' && digits[length] <= '9' && length < 9; length++) {
    *index = *index * 10 + (size_t)(digits[length] - '0');
  }
  if (length == 0 || digits[length] != '_' || *index >= most) {
    return false;
  }
  *name = digits + length + 1;
  return true;
}

/* Segments while they are read; is_named says which indices occur. */
struct reader {
  dseg_description *description;
  const dseg_open_options *options;
  dseg_declared_segment *items;
  bool *is_named;
  bool *has_value;
  size_t count;
};

/* Takes text up to the first mark, or all of it, and moves *text behind the mark. NULL when out of memory. */
static const char *take_part(dseg_description *description, const char **text, size_t length, char mark) {
  size_t end = 0;
  while (end < length && (*text)[end] != mark) {
    end++;
  }
  char *part = dseg_description_alloc(description, end + 1);
  if (part != NULL) {
    memcpy(part, *text, end);
    part[end] = '\0';
  }
  *text += end < length ? end + 1 : end;
  return part;
}

/* scheme^value^meaning; a code without a value is absent. */
static bool read_code(dseg_description *description, const char *text, dseg_code *code) {
  const char *end = text + strlen(text);
  const char *scheme = take_part(description, &text, (size_t)(end - text), '^');
  const char *value = take_part(description, &text, (size_t)(end - text), '^');
  const char *meaning = take_part(description, &text, (size_t)(end - text), '^');
  if (scheme == NULL || value == NULL || meaning == NULL) {
    return false;
  }
  *code = value[0] != '\0' ? (dseg_code){value, scheme, meaning} : (dseg_code){NULL, NULL, NULL};
  return true;
}

static bool make_list(dseg_description *description, dseg_code code, dseg_code_list *list) {
  if (code.value == NULL) {
    return true;
  }
  dseg_code *item = dseg_description_alloc(description, sizeof *item);
  if (item == NULL) {
    return false;
  }
  *item = code;
  *list = (dseg_code_list){item, 1};
  return true;
}

/* The seven parts of a terminology entry; text is length bytes. */
static bool read_terminology(dseg_description *description, const char *text, size_t length, dseg_segment *segment) {
  enum { CONTEXT, CATEGORY, TYPE, TYPE_MODIFIER, REGION_CONTEXT, REGION, REGION_MODIFIER, PARTS };
  dseg_code codes[PARTS] = {{NULL, NULL, NULL}};
  const char *end = text + length;
  for (size_t i = 0; i < PARTS; i++) {
    const char *part = take_part(description, &text, (size_t)(end - text), '~');
    if (part == NULL || (i != CONTEXT && i != REGION_CONTEXT && !read_code(description, part, &codes[i]))) {
      return false;
    }
  }
  segment->category = codes[CATEGORY];
  segment->type = codes[TYPE];
  return make_list(description, codes[TYPE_MODIFIER], &segment->type_modifiers) &&
         make_list(description, codes[REGION], &segment->anatomic_regions) &&
         make_list(description, codes[REGION_MODIFIER], &segment->anatomic_region_modifiers);
}

/* "name:value|name:value|": only the terminology matters. */
static dseg_status read_tags(struct reader *reader, dseg_segment *segment, const char *value, dseg_error *error) {
  static const char name[] = "TerminologyEntry:";
  const char *entry = strstr(value, name);
  if (entry == NULL) {
    return DSEG_OK;
  }
  entry += sizeof name - 1;
  return read_terminology(reader->description, entry, strcspn(entry, "|"), segment) ? DSEG_OK : out_of_memory(error);
}

static void read_color(struct reader *reader, size_t index, dseg_segment *segment, const char *value) {
  double rgb[3];
  if (!dseg_text_numbers(value, rgb, 3)) {
    dseg_warn(&reader->options->warnings, "Segment%zu_Color is '%.60s', not three numbers", index, value);
    return;
  }
  for (size_t i = 0; i < 3; i++) {
    const double inside = rgb[i] >= 0 ? (rgb[i] <= 1 ? rgb[i] : 1.0) : 0.0;
    segment->rgb[i] = (uint8_t)(inside * 255.0 + 0.5);
  }
  segment->has_color = true;
  dseg_rgb_to_cielab(segment->rgb, segment->cielab);
}

static dseg_status read_number(size_t index, const char *name, const char *value, uint32_t *number, dseg_error *error) {
  long long read = 0;
  if (!dseg_text_next_integer(&value, 0, UINT32_MAX, &read)) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "Segment%zu_%s is '%.60s'", index, name, value);
  }
  *number = (uint32_t)read;
  return DSEG_OK;
}

static dseg_status read_pair(struct reader *reader, size_t index, const char *name, const char *value,
                             dseg_error *error) {
  dseg_declared_segment *item = &reader->items[index];
  reader->is_named[index] = true;
  if (strcmp(name, "Name") == 0) {
    item->segment.label = dseg_description_strdup(reader->description, value);
    return item->segment.label != NULL ? DSEG_OK : out_of_memory(error);
  }
  if (strcmp(name, "LabelValue") == 0) {
    reader->has_value[index] = true;
    return read_number(index, name, value, &item->value, error);
  }
  if (strcmp(name, "Layer") == 0) {
    return read_number(index, name, value, &item->layer, error);
  }
  if (strcmp(name, "Color") == 0) {
    read_color(reader, index, &item->segment, value);
  } else if (strcmp(name, "Tags") == 0) {
    return read_tags(reader, &item->segment, value, error);
  }
  return DSEG_OK;
}

/* Old files have neither LabelValue nor Layer: the first segment's label is 1, and so on in a single volume; in a
 * 4-D volume each segment has a layer of its own with label 1. */
static void complete_places(struct reader *reader, size_t layer_count) {
  for (size_t i = 0; i < reader->count; i++) {
    if (!reader->has_value[i]) {
      reader->items[i].value = layer_count > 1 ? 1 : (uint32_t)i + 1;
      reader->items[i].layer = layer_count > 1 ? (uint32_t)i : 0;
    }
  }
}

static dseg_status keep_named(struct reader *reader, dseg_volume_content *content, dseg_error *error) {
  dseg_declared_segment *kept = dseg_description_alloc(reader->description, reader->count * sizeof *kept);
  if (kept == NULL) {
    return out_of_memory(error);
  }
  for (size_t i = 0; i < reader->count; i++) {
    if (!reader->is_named[i]) {
      continue;
    }
    dseg_declared_segment *item = &reader->items[i];
    if (item->value == 0) {
      dseg_warn(&reader->options->warnings, "Segment%zu has the label value 0, that of the background, and is left out",
                i);
      continue;
    }
    if (item->segment.label == NULL) {
      item->segment.label = "";
    }
    kept[content->declared_count++] = *item;
  }
  content->declared = kept;
  content->format = "seg.nrrd";
  return DSEG_OK;
}

static dseg_status read_pairs(struct reader *reader, const dseg_nrrd_header *header, dseg_volume_content *content,
                              dseg_error *error) {
  for (size_t i = 0; i < header->pair_count; i++) {
    size_t index = 0;
    const char *name = NULL;
    if (split_key(header, header->pairs[i].key, &index, &name)) {
      DSEG_TRY(read_pair(reader, index, name, header->pairs[i].value, error));
    }
  }
  complete_places(reader, content->raw.layer_count);
  return keep_named(reader, content, error);
}

dseg_status dseg_seg_nrrd_read(const dseg_nrrd_header *header, const dseg_open_options *options,
                               dseg_volume_content *content, dseg_error *error) {
  struct reader reader = {.description = content->description, .options = options};
  for (size_t i = 0; i < header->pair_count; i++) {
    size_t index = 0;
    const char *name = NULL;
    if (split_key(header, header->pairs[i].key, &index, &name) && index >= reader.count) {
      reader.count = index + 1;
    }
  }
  if (reader.count == 0) {
    return DSEG_OK;
  }
  reader.items = calloc(reader.count, sizeof *reader.items);
  reader.is_named = calloc(reader.count, sizeof *reader.is_named);
  reader.has_value = calloc(reader.count, sizeof *reader.has_value);
  dseg_status status = DSEG_OK;
  if (reader.items == NULL || reader.is_named == NULL || reader.has_value == NULL) {
    status = out_of_memory(error);
  } else {
    status = read_pairs(&reader, header, content, error);
  }
  free(reader.items);
  free(reader.is_named);
  free(reader.has_value);
  return status;
}
