/* SPDX-License-Identifier: Apache-2.0 */
/* read_json.c - tables of names in JSON: dataset.json of nnU-Net (and of the Medical Segmentation Decathlon),
 * metadata.json of MONAI bundles, label maps ("labels", as Imaging Data Commons has them), and plain ones. dcmqi's is
 * recognised here, and read in formats/. */
#include "names/table.h"

#if DSEG_HAVE_JANSSON

#include <stdio.h>
#include <string.h>

#include "formats/metadata.h"

static dseg_status fail(const dseg_name_table *table, dseg_error *error, const char *key, const char *what) {
  return dseg_name_table_fail(table, 0, error, "\"%.*s\": %s", (int)dseg_json_prefix(key, 60), key, what);
}

static bool is_dcmqi(const json_t *root) {
  static const char *const keys[] = {"@schema", "segmentAttributes", "segmentAttributesFileMapping"};
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
    if (json_object_get(root, keys[i]) != NULL) {
      return true;
    }
  }
  for (size_t i = 0; i < DSEG_JSON_CONTENT_FIELDS; i++) {
    if (json_object_get(root, dseg_json_content_fields[i].key) != NULL) {
      return true;
    }
  }
  return false;
}

/* Keys that say for which data a model was trained. */
static bool is_dataset(const json_t *root) {
  static const char *const keys[] = {"channel_names",       "modality",       "numTraining", "file_ending", "training",
                                     "regions_class_order", "tensorImageSize"};
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
    if (json_object_get(root, keys[i]) != NULL) {
      return true;
    }
  }
  return false;
}

static dseg_name *add_name(dseg_name_table *table, const char *label, dseg_error *error) {
  dseg_name *name = dseg_name_table_add(table, table->count + 1, error);
  if (name != NULL) {
    name->segment.label = dseg_name_table_text(table, label, strlen(label), error);
  }
  return name != NULL && name->segment.label != NULL ? name : NULL;
}

static dseg_status read_label(const dseg_name_table *table, const char *key, const json_t *value, uint32_t *number,
                              dseg_error *error) {
  const json_int_t label = json_is_integer(value) ? json_integer_value(value) : -1;
  if (label < 0 || label > UINT32_MAX) {
    return fail(table, error, key, "a label is expected, a whole number from 0 to 4294967295, or a list of them");
  }
  *number = (uint32_t)label;
  return DSEG_OK;
}

/* A list of labels: a region. */
static dseg_status read_members(dseg_name_table *table, const char *key, const json_t *list, dseg_name *name,
                                dseg_error *error) {
  const size_t count = json_array_size(list);
  uint32_t *members = dseg_arena_alloc(&table->arena, (count + 1) * sizeof *members);
  if (members == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "%.300s: out of memory for names", table->path);
  }
  for (size_t i = 0; i < count; i++) {
    DSEG_TRY(read_label(table, key, json_array_get(list, i), &members[i], error));
  }
  if (count == 0) {
    return fail(table, error, key, "a region without a label");
  }
  name->members = members;
  name->member_count = count;
  name->has_number = true;
  name->number = members[0];
  table->has_regions = table->has_regions || count > 1;
  return DSEG_OK;
}

/* "liver": 1, "tumor": [1, 2], and from former versions "1": "liver". */
static dseg_status read_pair(dseg_name_table *table, const char *key, const json_t *value, dseg_error *error) {
  uint32_t number = 0;
  const bool is_text = json_is_string(value);
  if (is_text && !dseg_name_read_number(key, strlen(key), &number)) {
    return fail(table, error, key, "a number is expected as the key of a name");
  }
  dseg_name *name = add_name(table, is_text ? json_string_value(value) : key, error);
  if (name == NULL) {
    return error->status;
  }
  if (json_is_array(value)) {
    return read_members(table, key, value, name, error);
  }
  name->has_number = true;
  name->number = number;
  return is_text ? DSEG_OK : read_label(table, key, value, &name->number, error);
}

static dseg_status read_pairs(dseg_name_table *table, json_t *pairs, dseg_error *error) {
  const char *key;
  json_t *value;
  json_object_foreach(pairs, key, value) {
    DSEG_TRY(read_pair(table, key, value, error));
  }
  return DSEG_OK;
}

/* One object of a list: keys as columns of a table are called. */
static dseg_status read_object(dseg_name_table *table, json_t *object, bool *has_more, dseg_error *error) {
  dseg_name *name = dseg_name_table_add(table, table->count + 1, error);
  if (name == NULL) {
    return error->status;
  }
  dseg_name_row row = {.given = 0};
  const char *key;
  json_t *value;
  json_object_foreach(object, key, value) {
    const int field = dseg_name_field_of(key, strlen(key));
    char text[64];
    if (json_is_string(value)) {
      DSEG_TRY(
          dseg_name_take_field(table, name, &row, field, json_string_value(value), json_string_length(value), error));
    } else if (json_is_integer(value)) {
      (void)snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
      DSEG_TRY(dseg_name_take_field(table, name, &row, field, text, strlen(text), error));
    } else if (json_is_array(value) && field == DSEG_FIELD_COLOR && json_array_size(value) >= 3) {
      double rgb[3];
      for (size_t i = 0; i < 3; i++) {
        rgb[i] = json_number_value(json_array_get(value, i));
      }
      const bool are_shares = json_is_real(json_array_get(value, 0));
      dseg_name_set_color(name, rgb, are_shares ? 1 : 255);
    }
    *has_more = *has_more || field >= DSEG_FIELD_COLOR;
  }
  return dseg_name_complete_row(table, name, &row, error);
}

/* ["background", "liver"], by index; or a list of objects. */
static dseg_status read_list(dseg_name_table *table, json_t *list, dseg_error *error) {
  bool has_more = false;
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *item = json_array_get(list, i);
    if (json_is_string(item)) {
      dseg_name *name = add_name(table, json_string_value(item), error);
      if (name == NULL) {
        return error->status;
      }
      name->has_number = true;
      name->number = (uint32_t)i;
    } else if (json_is_object(item)) {
      DSEG_TRY(read_object(table, item, &has_more, error));
    } else {
      return dseg_name_table_fail(table, 0, error, "[%zu] is %s: names are expected, or objects with number and name",
                                  i, dseg_json_type_text(json_typeof(item)));
    }
  }
  table->role = has_more ? DSEG_NAMES_CATALOGUE : DSEG_NAMES_PLAIN;
  return DSEG_OK;
}

static dseg_status read_labels(dseg_name_table *table, json_t *labels, dseg_error *error) {
  if (json_is_array(labels)) {
    return read_list(table, labels, error);
  }
  return json_is_object(labels) ? read_pairs(table, labels, error)
                                : fail(table, error, "labels", "an object or a list of names is expected");
}

/* nnU-Net's label "ignore" stands for voxels of which nothing is known. */
static void mark_ignored(const dseg_name_table *table) {
  for (size_t i = 0; i < table->count; i++) {
    table->names[i].is_optional = strcmp(table->names[i].segment.label, "ignore") == 0;
  }
}

static dseg_status read_dataset(dseg_name_table *table, json_t *labels, dseg_error *error) {
  DSEG_TRY(read_labels(table, labels, error));
  mark_ignored(table);
  table->role = DSEG_NAMES_LIST;
  table->kind = "nnU-Net's dataset.json";
  return DSEG_OK;
}

/* network_data_format.outputs.pred.channel_def of MONAI bundles; the first output that has one. */
static json_t *find_channels(const json_t *root) {
  json_t *outputs = json_object_get(json_object_get(root, "network_data_format"), "outputs");
  const char *key;
  json_t *output;
  json_object_foreach(outputs, key, output) {
    json_t *channels = json_object_get(output, "channel_def");
    if (json_is_object(channels)) {
      return channels;
    }
  }
  return NULL;
}

static bool is_plain(json_t *root) {
  const char *key;
  json_t *value;
  uint32_t number = 0;
  json_object_foreach(root, key, value) {
    const bool by_number = json_is_string(value) && dseg_name_read_number(key, strlen(key), &number);
    if (!by_number && !json_is_integer(value) && !json_is_array(value)) {
      return false;
    }
  }
  return json_object_size(root) > 0;
}

static dseg_status read_root(dseg_name_table *table, json_t *root, dseg_error *error) {
  if (json_is_array(root)) {
    table->kind = "a list of names in JSON";
    return read_list(table, root, error);
  }
  json_t *channels = find_channels(root);
  json_t *labels = json_object_get(root, "labels");
  if (is_dcmqi(root)) {
    table->is_dcmqi = true;
    table->kind = "dcmqi's JSON";
    return DSEG_OK;
  }
  if (channels != NULL) {
    table->role = DSEG_NAMES_LIST;
    table->kind = "MONAI's metadata.json";
    return read_pairs(table, channels, error);
  }
  if (labels != NULL && is_dataset(root)) {
    return read_dataset(table, labels, error);
  }
  if (json_is_object(labels) || json_is_array(labels)) {
    DSEG_TRY(read_labels(table, labels, error));
    table->role = DSEG_NAMES_CATALOGUE;
    table->kind = "a label map in JSON";
    return DSEG_OK;
  }
  if (is_plain(root)) {
    table->role = DSEG_NAMES_PLAIN;
    table->kind = "a list of numbers and names in JSON";
    return read_pairs(table, root, error);
  }
  return dseg_name_table_fail(table, 0, error,
                              "no metadata of a segmentation: none of its keys is one of dcmqi's seg-schema.json, such "
                              "as segmentAttributes, nor "
                              "\"labels\" of dataset.json, nor network_data_format of metadata.json with channel_def, "
                              "and it is no list of numbers "
                              "and names");
}

dseg_status dseg_name_table_read_json(dseg_name_table *table, const dseg_input *input, dseg_error *error) {
  const dseg_json_reader reader = {.input = input, .path = table->path, .error = error};
  json_t *root = NULL;
  dseg_status status = dseg_json_load(&reader, &root);
  if (status == DSEG_OK) {
    status = read_root(table, root, error);
  }
  json_decref(root);
  return status;
}

#else

dseg_status dseg_name_table_read_json(dseg_name_table *table, const dseg_input *input, dseg_error *error) {
  (void)input;
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "%s: this build reads no metadata JSON: it was configured with DSEG_WITH_JANSSON=OFF", table->path);
}

#endif
