/* SPDX-License-Identifier: Apache-2.0 */
/* mitk_nrrd_read.c - labels from the header of an NRRD file as MITK writes it since 2022: a JSON in one line, a list of
 * groups, each a volume of its own, with labels of name, value and colour. */
#include "formats/mitk_nrrd.h"

#include <string.h>

#include "base/options.h"

#define GROUPS_KEY "org.mitk.multilabel.segmentation.labelgroups"

static const char *find_groups(const dseg_nrrd_header *header) {
  for (size_t i = 0; i < header->pair_count; i++) {
    if (strcmp(header->pairs[i].key, GROUPS_KEY) == 0) {
      return header->pairs[i].value;
    }
  }
  return NULL;
}

#if DSEG_HAVE_JANSSON

#include <math.h>

#include "formats/metadata.h"

enum { MOST_LABELS = 65535 };

/* Three shares of 1, in a list or in the value of a property. */
static void read_color(const json_t *label, dseg_segment *segment) {
  const json_t *color = json_object_get(label, "color");
  const json_t *list = json_is_object(color) ? json_object_get(color, "value") : color;
  for (size_t i = 0; i < 3; i++) {
    const json_t *part = json_array_get(list, i);
    if (!json_is_number(part)) {
      return;
    }
    const double share = json_number_value(part);
    segment->rgb[i] = (uint8_t)lround(255 * (share < 0 ? 0 : share > 1 ? 1 : share));
  }
  segment->has_color = true;
  dseg_rgb_to_cielab(segment->rgb, segment->cielab);
}

/* False without memory. */
static bool read_label(const json_t *label, dseg_description *description, dseg_declared_segment *declared,
                       bool *is_known) {
  const json_t *value = json_object_get(label, "value");
  const json_t *name = json_object_get(label, "name");
  const json_int_t number = json_is_integer(value) ? json_integer_value(value) : 0;
  *is_known = number > 0 && number <= UINT32_MAX;
  if (!*is_known) {
    return true;
  }
  declared->value = (uint32_t)number;
  read_color(label, &declared->segment);
  if (json_is_string(name) && json_string_length(name) > 0) {
    declared->segment.label = dseg_description_strdup(description, json_string_value(name));
    return declared->segment.label != NULL;
  }
  return true;
}

static size_t count_labels(const json_t *groups) {
  size_t count = 0;
  for (size_t i = 0; i < json_array_size(groups); i++) {
    count += json_array_size(json_object_get(json_array_get(groups, i), "labels"));
  }
  return count;
}

static dseg_status read_groups(const json_t *groups, const dseg_open_options *options, dseg_volume_content *content,
                               dseg_error *error) {
  const size_t layers = content->raw.layer_count;
  const size_t count = count_labels(groups);
  if (!json_is_array(groups) || json_array_size(groups) != layers || count > MOST_LABELS) {
    dseg_warn(&options->warnings,
              "the header has %zu groups of labels (MITK) for %zu volumes: the names of labels are not read",
              json_array_size(groups), layers);
    return DSEG_OK;
  }
  dseg_declared_segment *declared = dseg_description_alloc(content->description, (count + 1) * sizeof *declared);
  if (declared == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the description of segments");
  }
  size_t used = 0;
  for (size_t i = 0; i < layers; i++) {
    const json_t *labels = json_object_get(json_array_get(groups, i), "labels");
    for (size_t k = 0; k < json_array_size(labels); k++) {
      bool is_known = false;
      declared[used] = (dseg_declared_segment){.layer = (uint32_t)i};
      if (!read_label(json_array_get(labels, k), content->description, &declared[used], &is_known)) {
        return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the description of segments");
      }
      used += is_known ? 1 : 0;
    }
  }
  content->declared = declared;
  content->declared_count = used;
  content->has_layers = true;
  content->volumes_are = NULL;
  return DSEG_OK;
}

dseg_status dseg_mitk_nrrd_read(const dseg_nrrd_header *header, const dseg_open_options *options,
                                dseg_volume_content *content, dseg_error *error) {
  const char *text = find_groups(header);
  if (text == NULL || content->declared_count > 0) {
    return DSEG_OK;
  }
  json_error_t fault;
  json_t *groups = NULL;
  const dseg_status parsed = dseg_json_parse((dseg_view){(const uint8_t *)text, strlen(text)}, &groups, &fault);
  if (parsed == DSEG_ERROR_MEMORY) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the labels of the NRRD header");
  }
  if (parsed != DSEG_OK) {
    dseg_warn(&options->warnings, "the labels in the header (MITK) are no JSON and are not read: %.100s", fault.text);
    return DSEG_OK;
  }
  const dseg_status status = read_groups(groups, options, content, error);
  json_decref(groups);
  return status;
}

#else

dseg_status dseg_mitk_nrrd_read(const dseg_nrrd_header *header, const dseg_open_options *options,
                                dseg_volume_content *content, dseg_error *error) {
  (void)content;
  (void)error;
  if (find_groups(header) != NULL) {
    dseg_warn(&options->warnings,
              "this build does not read the labels of an NRRD header of MITK: it was configured with "
              "DSEG_WITH_JANSSON=OFF");
  }
  return DSEG_OK;
}

#endif
