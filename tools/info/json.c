/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - `dseg info --json`. */
#include <stdio.h>
#include <string.h>

#include "info/info.h"

static void put_code(json_out *json, const char *key, const dseg_code *code) {
  if (code->value == NULL) {
    json_put_string(json, key, NULL);
    return;
  }
  json_begin_object(json, key);
  json_put_string(json, "value", code->value);
  json_put_string(json, "scheme", code->scheme);
  json_put_string(json, "meaning", code->meaning);
  json_end(json);
}

static void put_codes(json_out *json, const char *key, const dseg_code_list *list) {
  if (list->count == 0) {
    return;
  }
  json_begin_array(json, key);
  for (size_t i = 0; i < list->count; i++) {
    put_code(json, NULL, &list->items[i]);
  }
  json_end(json);
}

/* The side that a code of CID 244 (PS3.16) says; NULL: it says none. */
static const char *side_of(const dseg_code *code) {
  static const struct {
    const char *value, *name;
  } sides[] = {{"7771000", "left"}, {"24028007", "right"}, {"51440002", "both"}};
  const bool is_snomed = code->scheme != NULL && strcmp(code->scheme, "SCT") == 0 && code->value != NULL;
  for (size_t i = 0; is_snomed && i < sizeof sides / sizeof sides[0]; i++) {
    if (strcmp(code->value, sides[i].value) == 0) {
      return sides[i].name;
    }
  }
  return NULL;
}

/* The side that the modifiers say; NULL: none. */
static const char *laterality_of(const dseg_segment *segment) {
  const dseg_code_list *const lists[] = {&segment->type_modifiers, &segment->anatomic_region_modifiers};
  const char *side = NULL;
  for (size_t i = 0; i < 2; i++) {
    for (size_t j = 0; side == NULL && j < lists[i]->count; j++) {
      side = side_of(&lists[i]->items[j]);
    }
  }
  return side;
}

static void put_segment(json_out *json, const info_file *file, size_t index) {
  const dseg_segment *segment = &file->description->segments[index];
  json_begin_object(json, NULL);
  json_put_unsigned(json, "number", segment->number);
  if (segment->has_original_number) {
    json_put_unsigned(json, "original_number", segment->original_number);
  }
  json_put_string(json, "label", segment->label);
  if (segment->description != NULL) {
    json_put_string(json, "description", segment->description);
  }
  put_code(json, "category", &segment->category);
  put_code(json, "type", &segment->type);
  put_codes(json, "type_modifiers", &segment->type_modifiers);
  put_codes(json, "anatomic_regions", &segment->anatomic_regions);
  put_codes(json, "anatomic_region_modifiers", &segment->anatomic_region_modifiers);
  json_put_string(json, "laterality", laterality_of(segment));
  json_put_string(json, "algorithm_type", info_algorithm_name(segment->algorithm_type));
  json_put_string(json, "algorithm_name", segment->algorithm_name);
  if (segment->has_color) {
    char color[8];
    snprintf(color, sizeof color, "#%02x%02x%02x", segment->rgb[0], segment->rgb[1], segment->rgb[2]);
    json_put_string(json, "color", color);
  } else {
    json_put_string(json, "color", NULL);
  }
  json_put_string(json, "tracking_id", segment->tracking_id);
  json_put_string(json, "tracking_uid", segment->tracking_uid);
  if (file->instances_of != NULL) {
    json_put_unsigned(json, "instances", file->instances_of[index]);
  }
  if (file->statistics != NULL) {
    info_put_segment_statistics(file, index, json);
  }
  json_end(json);
}

static void put_encoding(json_out *json, const dseg_encoding_info *encoding) {
  const dseg_frame_codec *codec = dseg_find_frame_codec(encoding->transfer_syntax_uid);
  json_put_string(json, "representation", encoding->representation);
  json_put_string(json, "summary", encoding->summary);
  json_begin_object(json, "transfer_syntax");
  json_put_string(json, "name", encoding->frame_codec);
  json_put_string(json, "title", codec != NULL ? codec->title : NULL);
  json_put_string(json, "uid", encoding->transfer_syntax_uid);
  json_put_bool(json, "experimental", codec != NULL && (codec->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0);
  json_put_bool(json, "needs_other_frames", codec != NULL && (codec->flags & DSEG_PLUGIN_OTHER_FRAMES) != 0);
  json_put_bool(json, "learns", codec != NULL && codec->learn != NULL);
  json_end(json);
  json_put_string(json, "sop_class_uid", encoding->sop_class_uid);
  json_put_string(json, "sop_instance_uid", encoding->sop_instance_uid);
  json_put_string(json, "series_uid", encoding->series_uid);
  json_put_string(json, "study_uid", encoding->study_uid);
  json_put_string(json, "photometric_interpretation", encoding->photometric_interpretation);
  json_put_unsigned(json, "bits_allocated", encoding->bits_allocated);
  json_put_string(json, "segments_overlap", encoding->segments_overlap);
  json_put_unsigned(json, "frames", encoding->frame_count);
  json_put_unsigned(json, "frames_without_position", encoding->frames_without_position);
  json_begin_object(json, "bytes");
  json_put_unsigned(json, "file", encoding->file_bytes);
  json_put_unsigned(json, "pixel_data", encoding->pixel_data_bytes);
  json_put_unsigned(json, "per_frame_functional_groups", encoding->per_frame_bytes);
  const double frames = (double)encoding->frame_count;
  json_put_real(json, "per_frame_functional_groups_a_frame",
                frames > 0 ? (double)encoding->per_frame_bytes / frames : 0.0);
  json_put_unsigned(json, "other", info_other_bytes(encoding));
  json_put_unsigned(json, "references", encoding->reference_bytes);
  json_put_unsigned(json, "segments", encoding->segment_bytes);
  json_put_unsigned(json, "offset_tables", encoding->offset_table_bytes);
  json_put_unsigned(json, "items", encoding->item_bytes);
  json_end(json);
}

/* The object's own maker first. */
static void put_makers(json_out *json, const dseg_encoding_info *encoding) {
  json_begin_array(json, "makers");
  for (size_t i = 0; i < encoding->maker_count; i++) {
    json_begin_object(json, NULL);
    json_put_string(json, "manufacturer", encoding->makers[i].manufacturer);
    json_put_string(json, "model_name", encoding->makers[i].model_name);
    json_put_string(json, "software_versions", encoding->makers[i].software_versions);
    json_end(json);
  }
  json_end(json);
}

static void put_grid(json_out *json, const dseg_grid *grid) {
  json_begin_object(json, "grid");
  const double size[3] = {(double)grid->size[0], (double)grid->size[1], (double)grid->size[2]};
  json_put_reals(json, "size", size, 3);
  json_put_reals(json, "origin", grid->origin, 3);
  json_put_reals(json, "step_i", grid->step[0], 3);
  json_put_reals(json, "step_j", grid->step[1], 3);
  json_put_reals(json, "step_k", grid->step[2], 3);
  json_put_real(json, "plane_shift", dseg_grid_shift(grid));
  json_end(json);
}

static void put_geometry(json_out *json, const info_file *file) {
  const dseg_geometry *geometry = &file->description->geometry;
  json_begin_object(json, "geometry");
  json_put_string(json, "space", info_space_name(geometry->space));
  json_put_unsigned(json, "rows", geometry->rows);
  json_put_unsigned(json, "columns", geometry->columns);
  json_put_unsigned(json, "planes", geometry->plane_count);
  json_put_reals(json, "pixel_spacing", geometry->pixel_spacing, 2);
  json_put_real(json, "slice_thickness", geometry->slice_thickness);
  json_put_real(json, "spacing_between_slices", geometry->spacing_between_slices);
  json_put_reals(json, "orientation", geometry->orientation, 6);
  if (geometry->plane_count > 0) {
    json_put_reals(json, "first_position", geometry->planes[0].position, 3);
    json_put_reals(json, "last_position", geometry->planes[geometry->plane_count - 1].position, 3);
  }
  if (geometry->space == DSEG_SPACE_SLIDE) {
    json_put_unsigned(json, "total_pixel_matrix_rows", geometry->matrix_rows);
    json_put_unsigned(json, "total_pixel_matrix_columns", geometry->matrix_columns);
  }
  json_put_string(json, "frame_of_reference_uid", geometry->frame_of_reference_uid);
  if (file->regular) {
    put_grid(json, &file->grid);
  }
  json_end(json);
}

void info_put_json(const info_file *file, const char *key, json_out *json) {
  const dseg_description *description = file->description;
  json_begin_object(json, key);
  json_put_string(json, "file", file->path);
  json_put_string(json, "format", dseg_source_format(file->source));
  if (file->encoding->representation != NULL) {
    put_encoding(json, file->encoding);
    put_makers(json, file->encoding);
  }
  json_put_string(json, "voxels", info_kind_name(description->kind));
  json_put_unsigned(json, "maximum_fraction", description->maximum_fraction);
  if (description->has_background) {
    json_put_unsigned(json, "background", description->background);
  }
  json_put_string(json, "series_description", description->content.series_description);
  json_put_string(json, "content_label", description->content.content_label);
  json_put_string(json, "content_creator", description->content.content_creator_name);
  put_geometry(json, file);
  json_begin_array(json, "segments");
  for (size_t i = 0; i < description->segment_count; i++) {
    put_segment(json, file, i);
  }
  json_end(json);
  info_put_instances(file, json);
  if (file->statistics != NULL) {
    info_put_statistics(file, json);
  }
  json_end(json);
}
