/* SPDX-License-Identifier: Apache-2.0 */
/* volume_load.c - makes a source from the voxels and segments that a reader found in a file.
 *
 * Segments are those that the file describes, and one for each further value among the voxels. */
#include "formats/volume.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/memory_limit.h"
#include "formats/value_set.h"
#include "formats/volume_instances.h"
#include "formats/volume_passing.h"
#include "formats/volume_voxels.h"
#include "sources/described.h"
#include "sources/source.h"

#define MOST_LAYERS ((size_t)65535) /* far more than there are of masks: each costs a look at all possible labels */

dseg_status dseg_raw_volume_shape(dseg_raw_volume *raw, const size_t size[3], size_t layer_count, size_t run,
                                  uint64_t memory_limit, size_t *bytes, dseg_error *error) {
  size_t voxels = 0;
  const bool fits = dseg_mul_size(size[0], size[1], &voxels) && dseg_mul_size(voxels, size[2], &voxels) &&
                    dseg_mul_size(voxels, layer_count, bytes) &&
                    dseg_mul_size(*bytes, dseg_voxel_size(raw->type), bytes);
  if (fits && *bytes == 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "the volume has no voxel: %zu x %zu x %zu", size[0], size[1], size[2]);
  }
  if (!fits || *bytes > memory_limit) {
    return dseg_fail(error, DSEG_ERROR_LIMIT,
                     "a volume of %zu x %zu x %zu voxels in %zu layers is larger than the memory limit of %llu bytes",
                     size[0], size[1], size[2], layer_count, (unsigned long long)memory_limit);
  }
  if (layer_count > MOST_LAYERS) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "%zu volumes in one file, and %zu are read at most", layer_count,
                     MOST_LAYERS);
  }
  raw->layer_voxels = voxels;
  raw->layer_count = layer_count;
  raw->run = run;
  return DSEG_OK;
}

static dseg_status out_of_memory(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the description of segments");
}

/* All segments, declared ones first and then those found, in an array for at most room. */
struct segments {
  dseg_description *description;
  dseg_declared_segment *items; /* malloc'd */
  size_t count;
};

static int compare_numbers(const void *a, const void *b) {
  const dseg_declared_segment *first = a;
  const dseg_declared_segment *second = b;
  return (first->segment.number > second->segment.number) - (first->segment.number < second->segment.number);
}

/* The declared segments by layer and value. Two of the same would be one. */
static dseg_status take_declared(struct segments *segments, const dseg_volume_content *content, dseg_error *error) {
  if (content->declared_count == 0) {
    return DSEG_OK;
  }
  memcpy(segments->items, content->declared, content->declared_count * sizeof *segments->items);
  segments->count = content->declared_count;
  qsort(segments->items, segments->count, sizeof *segments->items, dseg_compare_places);
  for (size_t i = 0; i < segments->count; i++) {
    const dseg_declared_segment *item = &segments->items[i];
    if (item->layer >= content->raw.layer_count) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "segment '%.100s' is in layer %lu, and there are %zu layers",
                       item->segment.label, (unsigned long)item->layer, content->raw.layer_count);
    }
    if (i > 0 && dseg_compare_places(item - 1, item) == 0) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "segments '%.100s' and '%.100s' have the same label value %lu",
                       item[-1].segment.label, item->segment.label, (unsigned long)item->value);
    }
  }
  return DSEG_OK;
}

static void add_found(struct segments *segments, uint32_t layer, uint32_t value) {
  segments->items[segments->count++] = (dseg_declared_segment){.layer = layer, .value = value};
}

/* Adds the values that occur and no declared segment has; both lists are in order of layer and value. */
static void add_undeclared(struct segments *segments, const dseg_volume_values *values,
                           const dseg_open_options *options) {
  const size_t declared = segments->count;
  size_t next = 0;
  for (uint32_t layer = 0; layer < values->layer_count; layer++) {
    for (size_t i = 0; i < values->layers[layer].count; i++) {
      const uint32_t value = values->layers[layer].labels[i];
      const dseg_declared_segment place = {.layer = layer, .value = value};
      while (next < declared && dseg_compare_places(&segments->items[next], &place) < 0) {
        next++;
      }
      if (next == declared || dseg_compare_places(&segments->items[next], &place) != 0) {
        add_found(segments, layer, value);
        if (declared != 0) {
          dseg_warn(&options->warnings, "voxels have the value %lu, which no segment of the header has",
                    (unsigned long)value);
        }
      }
    }
  }
  qsort(segments->items, segments->count, sizeof *segments->items, dseg_compare_places);
}

/* Labels of all layers together. */
static dseg_status check_count(size_t count, const dseg_open_options *options, dseg_error *error) {
  return count <= options->memory_limit / DSEG_LABEL_BYTES
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_LIMIT, "%zu segments need more than the memory limit of %llu bytes", count,
                         (unsigned long long)options->memory_limit);
}

static dseg_status list_labels(struct segments *segments, const dseg_volume_content *content,
                               const dseg_volume_values *values, const dseg_open_options *options, dseg_error *error) {
  size_t room = content->declared_count;
  for (size_t i = 0; i < values->layer_count; i++) {
    room += values->layers[i].count;
  }
  DSEG_TRY(check_count(room, options, error));
  segments->items = calloc(room + 1, sizeof *segments->items);
  if (segments->items == NULL) {
    return out_of_memory(error);
  }
  DSEG_TRY(take_declared(segments, content, error));
  add_undeclared(segments, values, options);
  dseg_volume_name_labels(content, options, segments->items, segments->count);
  return DSEG_OK;
}

/* One for each layer, with the names that the file has for it. */
static dseg_status list_fractions(struct segments *segments, const dseg_volume_content *content,
                                  const dseg_open_options *options, dseg_error *error) {
  segments->items = calloc(content->raw.layer_count, sizeof *segments->items);
  if (segments->items == NULL) {
    return out_of_memory(error);
  }
  segments->count = content->raw.layer_count;
  for (size_t i = 0; i < content->declared_count; i++) {
    if (content->declared[i].layer < segments->count) {
      segments->items[content->declared[i].layer] = content->declared[i];
    }
  }
  for (size_t i = 0; i < segments->count; i++) {
    segments->items[i].layer = (uint32_t)i;
    segments->items[i].value = (uint32_t)i + 1;
  }
  dseg_volume_name_fractions(content, options, segments->items, segments->count);
  return DSEG_OK;
}

static int compare_values(const void *a, const void *b) {
  const dseg_declared_segment *first = a;
  const dseg_declared_segment *second = b;
  if (first->value != second->value) {
    return first->value < second->value ? -1 : 1;
  }
  return (first->layer > second->layer) - (first->layer < second->layer);
}

/* The number is the value unless an earlier layer has it; those left then follow the highest value. */
static dseg_status number_segments(struct segments *segments, dseg_error *error) {
  dseg_declared_segment *items = segments->items;
  qsort(items, segments->count, sizeof *items, compare_values);
  size_t left = 0;
  for (size_t i = 0; i < segments->count; i++) {
    const bool is_taken = i > 0 && items[i - 1].value == items[i].value;
    items[i].segment.number = is_taken ? 0 : items[i].value;
    left += is_taken ? 1 : 0;
  }
  uint32_t next = segments->count != 0 ? items[segments->count - 1].value : 0;
  if (left > UINT32_MAX - next) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "layers share label values, and no numbers are left above %lu",
                     (unsigned long)next);
  }
  qsort(items, segments->count, sizeof *items, dseg_compare_places);
  for (size_t i = 0; i < segments->count; i++) {
    if (items[i].segment.number == 0) {
      items[i].segment.number = ++next;
    }
  }
  qsort(items, segments->count, sizeof *items, compare_numbers);
  return DSEG_OK;
}

/* Segments without a name or a colour get one. */
static dseg_status complete_segment(dseg_description *description, dseg_segment *segment, size_t index,
                                    dseg_error *error) {
  if (segment->label == NULL) {
    char label[40];
    (void)snprintf(label, sizeof label, "Segment %lu", (unsigned long)segment->number);
    segment->label = dseg_description_strdup(description, label);
    segment->assumed |= DSEG_ASSUMED_LABEL;
  }
  segment->assumed |= DSEG_ASSUMED_ALGORITHM; /* no research format says who or what made it */
  if (!segment->has_color) {
    segment->has_color = true;
    segment->assumed |= DSEG_ASSUMED_COLOR;
    dseg_default_color(index, segment->rgb);
    dseg_rgb_to_cielab(segment->rgb, segment->cielab);
  }
  return segment->label != NULL ? DSEG_OK : out_of_memory(error);
}

static dseg_status describe_segments(const struct segments *segments, dseg_error *error) {
  dseg_description *description = segments->description;
  dseg_segment *list = dseg_description_alloc(description, (segments->count + 1) * sizeof *list);
  if (list == NULL) {
    return out_of_memory(error);
  }
  for (size_t i = 0; i < segments->count; i++) {
    list[i] = segments->items[i].segment;
    DSEG_TRY(complete_segment(description, &list[i], i, error));
  }
  description->segments = list;
  description->segment_count = segments->count;
  return DSEG_OK;
}

/* Hands over the voxels, which are in their final form, and the description. */
static dseg_status create_source(dseg_volume_content *content, const struct segments *segments, unsigned bits,
                                 dseg_source **source, dseg_error *error) {
  dseg_raw_volume *raw = &content->raw;
  dseg_layer *layers = calloc(raw->layer_count, sizeof *layers);
  uint32_t *places = calloc(2 * segments->count + 1, sizeof *places);
  dseg_status status = DSEG_OK;
  if (layers == NULL || places == NULL) {
    status = out_of_memory(error);
  } else {
    for (size_t i = 0; i < raw->layer_count; i++) {
      layers[i] = (dseg_layer){.voxels = raw->block + raw->offset + i * raw->layer_voxels * (bits / 8),
                               .bits = bits,
                               .block = raw->block,
                               .shared = i > 0,
                               .complete = true};
    }
    for (size_t i = 0; i < segments->count; i++) {
      places[i] = segments->items[i].layer;
      places[segments->count + i] = segments->items[i].value;
    }
    status = dseg_memory_source_create(content->format, content->description, layers, raw->layer_count, places,
                                       places + segments->count, source, error);
  }
  if (status == DSEG_OK) {
    raw->block = NULL;
    content->description = NULL;
  }
  free(layers);
  free(places);
  return status;
}

static unsigned bits_for(const dseg_volume_values *values) {
  uint32_t largest = 0;
  for (size_t i = 0; i < values->layer_count && !values->fractions; i++) {
    const dseg_layer_labels *labels = &values->layers[i];
    if (labels->count != 0 && labels->labels[labels->count - 1] > largest) {
      largest = labels->labels[labels->count - 1];
    }
  }
  return largest <= UINT8_MAX ? 8 : largest <= UINT16_MAX ? 16 : 32;
}

/* A second block beside the one that was read. */
static dseg_status check_copy(const dseg_raw_volume *raw, size_t voxel_bytes, const dseg_open_options *options,
                              dseg_error *error) {
  const uint64_t voxels = (uint64_t)raw->layer_voxels * raw->layer_count;
  uint64_t copy = 0;
  if (!dseg_mul_u64(voxels, voxel_bytes, &copy) ||
      copy > dseg_memory_left(options->memory_limit, voxels * dseg_voxel_size(raw->type))) {
    return dseg_fail(error, DSEG_ERROR_LIMIT,
                     "the voxels have to be copied to be converted, and both need more than the memory limit of %llu "
                     "bytes",
                     (unsigned long long)options->memory_limit);
  }
  return DSEG_OK;
}

/* Fractions as they are in the file. */
struct fractions {
  dseg_reals values; /* malloc'd */
  double off;        /* largest distance from what is stored */
};

/* They take memory beside the file's voxels. */
static dseg_status keep_fractions(const dseg_raw_volume *raw, const dseg_open_options *options, struct fractions *kept,
                                  dseg_error *error) {
  DSEG_TRY(check_copy(raw, raw->type == DSEG_VOXEL_FLOAT64 ? sizeof(double) : sizeof(float), options, error));
  return dseg_voxels_fractions(raw, &kept->values, &kept->off, error);
}

/* Brings the voxels, if they were kept, into the form in which a source has them. */
static dseg_status finish_voxels(dseg_raw_volume *raw, unsigned bits, bool fractions, struct fractions *kept,
                                 const dseg_open_options *options, dseg_error *error) {
  if (raw->looked != NULL) {
    return DSEG_OK;
  }
  if (fractions) {
    DSEG_TRY(keep_fractions(raw, options, kept, error));
  }
  if (bits / 8 > dseg_voxel_size(raw->type)) {
    DSEG_TRY(check_copy(raw, bits / 8, options, error));
  }
  return dseg_voxels_convert(raw, bits, fractions, error);
}

/* One class, of which all instances are. */
static dseg_status add_class(struct segments *segments, dseg_error *error) {
  segments->items = calloc(1, sizeof *segments->items);
  if (segments->items == NULL) {
    return out_of_memory(error);
  }
  segments->items[0].segment = (dseg_segment){.number = 1, .label = "Instance", .assumed = DSEG_ASSUMED_LABEL};
  segments->count = 1;
  return describe_segments(segments, error);
}

static dseg_status make_instances(dseg_volume_content *content, const dseg_volume_values *values,
                                  struct segments *segments, const dseg_open_options *options, dseg_source **source,
                                  dseg_error *error) {
  const unsigned bits = bits_for(values);
  const dseg_status status = dseg_volume_check_instances(content, values, options, error);
  if (!DSEG_HAVE_INSTANCES || status != DSEG_OK) {
    return status;
  }
  DSEG_TRY(finish_voxels(&content->raw, bits, false, NULL, options, error));
  DSEG_TRY(add_class(segments, error));
  DSEG_TRY(dseg_volume_describe_instances(content, values, options, error));
  if (content->raw.looked == NULL) {
    return dseg_volume_instance_source(content, values, bits, source, error);
  }
  DSEG_TRY(dseg_described_source_create(content->format, content->description, source, error));
  content->description = NULL;
  return DSEG_OK;
}

static dseg_status make_source(dseg_volume_content *content, const dseg_volume_values *values,
                               struct segments *segments, struct fractions *kept, const dseg_open_options *options,
                               dseg_source **source, dseg_error *error) {
  const unsigned bits = bits_for(values);
  if (options->instances != 0) {
    return make_instances(content, values, segments, options, source, error);
  }
  DSEG_TRY(finish_voxels(&content->raw, bits, values->fractions, kept, options, error));
  if (values->fractions) {
    DSEG_TRY(list_fractions(segments, content, options, error));
    content->description->kind = DSEG_VOXELS_PROBABILITY;
    content->description->maximum_fraction = 255;
  } else {
    DSEG_TRY(list_labels(segments, content, values, options, error));
    content->description->kind = content->raw.layer_count > 1 ? DSEG_VOXELS_MASKS : DSEG_VOXELS_LABELS;
  }
  DSEG_TRY(number_segments(segments, error));
  DSEG_TRY(describe_segments(segments, error));
  if (content->raw.passing != NULL) {
    DSEG_TRY(dseg_passing_source_create(content->format, content->description, content->raw.passing, source, error));
    content->raw.passing = NULL;
    content->description = NULL;
    return DSEG_OK;
  }
  if (content->raw.looked != NULL) {
    DSEG_TRY(dseg_described_source_create(content->format, content->description, source, error));
    content->description = NULL;
    return DSEG_OK;
  }
  DSEG_TRY(create_source(content, segments, bits, source, error));
  if (kept->values.values != NULL) {
    dseg_memory_source_keep_fractions(*source, &kept->values, kept->off);
    kept->values.values = NULL;
  }
  return DSEG_OK;
}

/* Tells what was decided about values. raw: as it was when they were scanned. */
static void note_values(const dseg_raw_volume *raw, const dseg_volume_values *values,
                        const dseg_open_options *options) {
  const dseg_warning_sink *notes = dseg_volume_notes(options);
  if (values->off > 0 && !values->fractions) {
    char text[32];
    dseg_value_text(raw, values->off_value, text);
    dseg_warn(notes, "values that are no integers are taken for the nearest: %s for %.0f is the farthest, off by %.2g",
              text, round(values->off_value), values->off);
  }
  if (options->has_background && options->background != 0 && values->has_zero) {
    dseg_warn(notes, "voxels that are 0 are taken for background, too; --map 0=N makes them a segment");
  }
  for (size_t i = 0; values->map_used != NULL && i < options->value_map_count; i++) {
    if (values->map_used[i] == 0) {
      dseg_warn(notes, "no voxel has the value %.9g, which --map names", options->value_maps[i].from);
    }
  }
}

dseg_status dseg_volume_separate(dseg_raw_volume *raw, const dseg_open_options *options, dseg_error *error) {
  if (raw->layer_count > 1 && raw->run != raw->layer_voxels) {
    DSEG_TRY(check_copy(raw, dseg_voxel_size(raw->type), options, error));
  }
  return dseg_voxels_separate(raw, error);
}

/* Finds which values the voxels have that were kept. */
static dseg_status scan_voxels(dseg_raw_volume *raw, const dseg_open_options *options, dseg_volume_values *values,
                               dseg_error *error) {
  DSEG_TRY(dseg_volume_separate(raw, options, error));
  return dseg_voxels_scan(raw, options->threads, values, error);
}

dseg_status dseg_volume_load(dseg_volume_content *content, const dseg_open_options *options, dseg_source **source,
                             dseg_error *error) {
  DSEG_TRY(dseg_volume_settle(content, options, error));
  DSEG_TRY(dseg_geometry_from_grid(content->description, &content->grid, error));
  dseg_volume_forget_place(content);
  const bool is_kept = content->raw.looked == NULL;
  dseg_volume_values scanned = {0};
  struct segments segments = {.description = content->description};
  struct fractions kept = {.off = 0};
  dseg_status status = is_kept ? scan_voxels(&content->raw, options, &scanned, error) : DSEG_OK;
  if (status == DSEG_OK) {
    const dseg_volume_values *values = is_kept ? &scanned : content->raw.looked;
    note_values(&content->raw, values, options);
    if (!values->fractions) {
      dseg_volume_note_layers(content, options);
    }
    status = make_source(content, values, &segments, &kept, options, source, error);
  }
  free(segments.items);
  free(kept.values.values);
  dseg_volume_values_free(&scanned);
  return status;
}
