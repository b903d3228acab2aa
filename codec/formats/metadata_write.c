/* SPDX-License-Identifier: Apache-2.0 */
/* metadata_write.c - writes a description as dcmqi's segmentation JSON (seg-schema.json).
 *
 * Keys come in the schema's order, so that equal descriptions give equal bytes. The schema holds one code where
 * DICOM allows several (modifiers, regions): the first is written. It demands a category and a type: a segment
 * without them gets those that a DICOM object would get. */
#include "base/options.h"
#include "base/outlet.h"
#include "dseg/formats.h"

#if DSEG_HAVE_JANSSON

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "dicom/charset_convert.h"
#include "formats/metadata.h"
#include "model/default_codes.h"

static const dseg_code default_category = DSEG_DEFAULT_CATEGORY;
static const dseg_code default_type = DSEG_DEFAULT_TYPE;

/* Failures are remembered, so that a document is built without a check at each key. */
struct builder {
  bool failed;   /* memory is short */
  bool not_utf8; /* a text is not */
  bool all_texts;
};

static void set(struct builder *builder, json_t *object, const char *key, json_t *value) {
  if (value == NULL || json_object_set_new(object, key, value) != 0) {
    builder->failed = true;
  }
}

static void append(struct builder *builder, json_t *array, json_t *value) {
  if (value == NULL || json_array_append_new(array, value) != 0) {
    builder->failed = true;
  }
}

/* Text of length bytes. What is not UTF-8 is remembered, and replaced by "". */
static json_t *make_text(struct builder *builder, const char *text, size_t length) {
  const bool is_utf8 = dseg_is_utf8((dseg_view){(const uint8_t *)text, length});
  builder->not_utf8 = builder->not_utf8 || !is_utf8;
  return json_stringn_nocheck(text, is_utf8 ? length : 0);
}

/* Text past the schema's length is cut, at a character's end. */
static json_t *limited_text(struct builder *builder, const char *text, dseg_json_vr vr) {
  const size_t limit = dseg_json_max_length(vr);
  return make_text(builder, text, limit == 0 ? strlen(text) : dseg_json_prefix(text, limit));
}

/* What dcmqi writes even where it has nothing to say. */
static bool is_always_there(const char *key) {
  static const char *const keys[] = {"BodyPartExamined",   "ClinicalTrialSeriesID", "ClinicalTrialTimePointID",
                                     "ContentCreatorName", "InstanceNumber",        "SegmentDescription",
                                     "SeriesDescription",  "SeriesNumber"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    if (strcmp(key, keys[i]) == 0) {
      return true;
    }
  }
  return false;
}

/* Absent members are left out, and so is what should be a number or a UID and is not. */
static void set_texts(struct builder *builder, json_t *object, const dseg_json_text_field *fields, size_t count,
                      void *base) {
  for (size_t i = 0; i < count; i++) {
    const char *text = *dseg_json_member(&fields[i], base);
    const bool number = fields[i].vr == DSEG_JSON_IS || fields[i].vr == DSEG_JSON_UI;
    const bool needed = builder->all_texts && is_always_there(fields[i].key);
    if (text == NULL || *text == '\0' || (number && dseg_json_check_text(fields[i].vr, text) != NULL)) {
      if (needed) {
        set(builder, object, fields[i].key, json_string(""));
      }
      continue;
    }
    set(builder, object, fields[i].key, limited_text(builder, text, fields[i].vr));
  }
}

static bool is_code(const dseg_code *code) {
  return code->value != NULL && code->value[0] != '\0' && code->scheme != NULL && code->scheme[0] != '\0';
}

/* The schema wants a meaning, too: without one the value stands there. */
static void set_code(struct builder *builder, json_t *object, const char *key, dseg_code code) {
  json_t *item = json_object();
  if (code.meaning == NULL || code.meaning[0] == '\0') {
    code.meaning = code.value;
  }
  set_texts(builder, item, dseg_json_code_fields, DSEG_JSON_CODE_FIELDS, &code);
  set(builder, object, key, item);
}

/* A code that must be there. */
static void set_required_code(struct builder *builder, json_t *object, const char *key, dseg_code code,
                              dseg_code otherwise) {
  set_code(builder, object, key, is_code(&code) ? code : otherwise);
}

static void set_first_code(struct builder *builder, json_t *object, const char *key, const dseg_code_list *list) {
  if (list->count > 0 && is_code(&list->items[0])) {
    set_code(builder, object, key, list->items[0]);
  }
}

static void set_triple(struct builder *builder, json_t *object, const char *key, unsigned a, unsigned b, unsigned c) {
  json_t *list = json_array();
  append(builder, list, json_integer((json_int_t)a));
  append(builder, list, json_integer((json_int_t)b));
  append(builder, list, json_integer((json_int_t)c));
  set(builder, object, key, list);
}

/* CIELab is written only where it says something else than the RGB value. */
static void set_color(struct builder *builder, json_t *object, const dseg_segment *segment) {
  if (!segment->has_color) {
    return;
  }
  const uint8_t *rgb = segment->rgb;
  const uint16_t *lab = segment->cielab;
  uint16_t derived[3];
  dseg_rgb_to_cielab(rgb, derived);
  set_triple(builder, object, "recommendedDisplayRGBValue", rgb[0], rgb[1], rgb[2]);
  if (memcmp(derived, lab, sizeof derived) != 0) {
    set_triple(builder, object, "RecommendedDisplayCIELabValue", lab[0], lab[1], lab[2]);
  }
}

static json_t *build_segment(struct builder *builder, const dseg_segment *segment, uint32_t label) {
  json_t *object = json_object();
  dseg_segment copy = *segment;
  set(builder, object, "labelID", json_integer((json_int_t)label));
  set_texts(builder, object, dseg_json_segment_fields, 2, &copy);
  set_required_code(builder, object, "SegmentedPropertyCategoryCodeSequence", segment->category, default_category);
  set_required_code(builder, object, "SegmentedPropertyTypeCodeSequence", segment->type, default_type);
  set_first_code(builder, object, "SegmentedPropertyTypeModifierCodeSequence", &segment->type_modifiers);
  set_first_code(builder, object, "AnatomicRegionSequence", &segment->anatomic_regions);
  set_first_code(builder, object, "AnatomicRegionModifierSequence", &segment->anatomic_region_modifiers);
  set(builder, object, "SegmentAlgorithmType", json_string(dseg_json_algorithm_types[segment->algorithm_type]));
  set_texts(builder, object, dseg_json_segment_fields + 2, 1, &copy);
  set_color(builder, object, segment);
  if (segment->tracking_id != NULL && segment->tracking_uid != NULL) {
    set_texts(builder, object, dseg_json_segment_fields + 3, 2, &copy);
  }
  return object;
}

/* The list of one file's segments; NULL with nothing failed when it has none. */
static json_t *build_list(struct builder *builder, const dseg_description *description,
                          const dseg_metadata_files *files, size_t file) {
  json_t *list = json_array();
  for (size_t i = 0; i < description->segment_count; i++) {
    const dseg_segment *segment = &description->segments[i];
    const dseg_segment_origin origin =
        files->origins != NULL ? files->origins[i] : (dseg_segment_origin){0, segment->number};
    if (origin.file == file) {
      append(builder, list, build_segment(builder, segment, origin.number));
    }
  }
  builder->failed = builder->failed || list == NULL;
  return list;
}

/* The schema wants at least one segment in each list: with names, a file without any is left out. */
static void set_segments(struct builder *builder, json_t *root, const dseg_description *description,
                         const dseg_metadata_files *files) {
  json_t *lists = json_array();
  json_t *mapping = json_array();
  for (size_t file = 0; file < (files->count > 0 ? files->count : 1); file++) {
    json_t *list = build_list(builder, description, files, file);
    if (files->names != NULL && json_array_size(list) == 0) {
      json_decref(list);
      continue;
    }
    append(builder, lists, list);
    if (files->names != NULL) {
      const char *name = dseg_path_name(files->names[file]);
      append(builder, mapping, make_text(builder, name, strlen(name)));
    }
  }
  if (json_array_size(mapping) > 0) {
    set(builder, root, "segmentAttributesFileMapping", json_incref(mapping));
  }
  json_decref(mapping);
  if (description->segment_count > 0) {
    set(builder, root, "segmentAttributes", lists);
  } else {
    json_decref(lists);
  }
}

static dseg_status build(const dseg_description *description, const dseg_metadata_files *files, const char *name,
                         json_t **document, dseg_error *error) {
  struct builder builder = {.all_texts = files->all_texts};
  dseg_content content = description->content;
  json_t *root = json_object();
  set(&builder, root, "@schema", json_string(DSEG_METADATA_SCHEMA));
  set_texts(&builder, root, dseg_json_content_fields, DSEG_JSON_CONTENT_FIELDS, &content);
  set_segments(&builder, root, description, files);
  if (builder.failed || builder.not_utf8) {
    json_decref(root);
    return builder.failed ? dseg_fail(error, DSEG_ERROR_MEMORY, "%s: out of memory for metadata", name)
                          : dseg_fail(error, DSEG_ERROR_ARGUMENT, "%s: a text of the metadata is not UTF-8", name);
  }
  *document = root;
  return DSEG_OK;
}

/* The document as text, which jansson writes in pieces. It goes on after some of the failures of keep_piece. */
struct text {
  dseg_buffer bytes;
  dseg_status status;
  dseg_error *error;
};

static int keep_piece(const char *piece, size_t size, void *user) {
  struct text *text = user;
  if (text->status == DSEG_OK) {
    text->status = dseg_buffer_append(&text->bytes, piece, size, text->error);
  }
  return text->status == DSEG_OK ? 0 : -1;
}

static dseg_status format(const json_t *root, const char *name, struct text *text) {
  const int result = json_dump_callback(root, keep_piece, text, JSON_INDENT(2));
  if (text->status == DSEG_OK && result != 0) {
    return dseg_fail(text->error, DSEG_ERROR_MEMORY, "%s: out of memory for metadata", name);
  }
  DSEG_TRY(text->status);
  return dseg_buffer_append(&text->bytes, "\n", 1, text->error);
}

static dseg_status write_document(const dseg_output *output, const dseg_description *description,
                                  const dseg_metadata_files *files, dseg_error *error) {
  const char *name = output->path != NULL ? output->path : "metadata";
  json_t *root = NULL;
  DSEG_TRY(build(description, files, name, &root, error));
  struct text text = {.error = error};
  dseg_status status = format(root, name, &text);
  json_decref(root);
  if (status == DSEG_OK) {
    status = dseg_output_put(output, (dseg_view){text.bytes.data, text.bytes.size}, error);
  }
  dseg_buffer_free(&text.bytes);
  return status;
}

#else

static dseg_status write_document(const dseg_output *output, const dseg_description *description,
                                  const dseg_metadata_files *files, dseg_error *error) {
  (void)description;
  (void)files;
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "%s: this build writes no metadata JSON: it was configured with DSEG_WITH_JANSSON=OFF",
                   output->path != NULL ? output->path : "metadata");
}

#endif

dseg_status dseg_metadata_write_to(const dseg_output *output, const dseg_description *description,
                                   const dseg_metadata_files *files, dseg_error *error) {
  dseg_error_clear(error);
  if (description == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "metadata needs an output and a description");
  }
  dseg_output to;
  dseg_metadata_files all;
  DSEG_TRY(dseg_output_copy(&to, output, error));
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_metadata_files, &all, files, error));
  return write_document(&to, description, &all, error);
}

dseg_status dseg_metadata_write(const char *path, const dseg_description *description, const dseg_metadata_files *files,
                                bool replace, dseg_error *error) {
  dseg_error_clear(error);
  if (path == NULL || description == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "metadata needs a path and a description");
  }
  dseg_metadata_files all;
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_metadata_files, &all, files, error));
  const dseg_output output = dseg_output_to_file(path, replace ? DSEG_OUTPUT_REPLACE : 0, all.set);
  return write_document(&output, description, &all, error);
}
