/* SPDX-License-Identifier: Apache-2.0 */
/* face_json.c - what a segmentation is, as JSON with the names of types/index.d.ts. Planes come as numbers
 * (face_open.c). */
#include "face.h"

static void put_optional(json_out *json, const char *key, const char *text) {
  if (text != NULL && text[0] != '\0') {
    json_put_string(json, key, text);
  }
}

static void put_code(json_out *json, const char *key, const dseg_code *code) {
  json_begin_object(json, key);
  json_put_string(json, "value", code->value != NULL ? code->value : "");
  json_put_string(json, "scheme", code->scheme != NULL ? code->scheme : "");
  json_put_string(json, "meaning", code->meaning != NULL ? code->meaning : "");
  json_end(json);
}

static void put_codes(json_out *json, const char *key, const dseg_code_list *list) {
  json_begin_array(json, key);
  for (size_t i = 0; i < list->count; i++) {
    put_code(json, NULL, &list->items[i]);
  }
  json_end(json);
}

static void put_segment(json_out *json, const dseg_segment *segment, size_t index) {
  static const char *const algorithms[] = {"AUTOMATIC", "SEMIAUTOMATIC", "MANUAL"};
  uint8_t rgb[3] = {segment->rgb[0], segment->rgb[1], segment->rgb[2]};
  if (!segment->has_color) {
    dseg_default_color(index, rgb);
  }
  const double color[3] = {rgb[0], rgb[1], rgb[2]};
  json_begin_object(json, NULL);
  json_put_unsigned(json, "number", segment->number);
  json_put_string(json, "label", segment->label);
  put_optional(json, "description", segment->description);
  json_put_reals(json, "rgb", color, 3);
  json_put_bool(json, "hasColor", segment->has_color);
  if (segment->has_color) {
    const double cielab[3] = {segment->cielab[0], segment->cielab[1], segment->cielab[2]};
    json_put_reals(json, "cielab", cielab, 3);
  }
  json_put_string(json, "algorithmType", algorithms[segment->algorithm_type]);
  put_optional(json, "algorithmName", segment->algorithm_name);
  put_code(json, "category", &segment->category);
  put_code(json, "type", &segment->type);
  put_codes(json, "typeModifiers", &segment->type_modifiers);
  put_codes(json, "anatomicRegions", &segment->anatomic_regions);
  put_codes(json, "anatomicRegionModifiers", &segment->anatomic_region_modifiers);
  put_optional(json, "trackingId", segment->tracking_id);
  put_optional(json, "trackingUid", segment->tracking_uid);
  if (segment->has_original_number) {
    json_put_unsigned(json, "originalNumber", segment->original_number);
  }
  json_end(json);
}

static void put_geometry(json_out *json, const dseg_geometry *geometry) {
  static const char *const spaces[] = {"none", "patient", "slide"};
  json_begin_object(json, "geometry");
  json_put_string(json, "space", spaces[geometry->space]);
  json_put_unsigned(json, "rows", geometry->rows);
  json_put_unsigned(json, "columns", geometry->columns);
  json_put_reals(json, "pixelSpacing", geometry->pixel_spacing, 2);
  json_put_reals(json, "orientation", geometry->orientation, 6);
  json_put_real(json, "sliceThickness", geometry->slice_thickness);
  json_put_real(json, "spacingBetweenSlices", geometry->spacing_between_slices);
  put_optional(json, "frameOfReferenceUid", geometry->frame_of_reference_uid);
  json_end(json);
}

static void put_encoding(json_out *json, dseg_source *source) {
  const dseg_encoding_info *encoding = dseg_source_encoding(source);
  const dseg_frame_codec *codec =
      encoding->transfer_syntax_uid != NULL ? dseg_find_frame_codec(encoding->transfer_syntax_uid) : NULL;
  const dseg_representation *representation =
      encoding->representation != NULL ? dseg_find_representation(encoding->representation) : NULL;
  const unsigned flags = (codec != NULL ? codec->flags : 0) | (representation != NULL ? representation->flags : 0);
  json_begin_object(json, "encoding");
  json_put_string(json, "format", dseg_source_format(source));
  put_optional(json, "representation", encoding->representation);
  put_optional(json, "frameCodec", encoding->frame_codec);
  put_optional(json, "sopClassUid", encoding->sop_class_uid);
  put_optional(json, "sopInstanceUid", encoding->sop_instance_uid);
  put_optional(json, "seriesUid", encoding->series_uid);
  put_optional(json, "studyUid", encoding->study_uid);
  put_optional(json, "transferSyntax", encoding->transfer_syntax_uid);
  json_put_bool(json, "experimental", (flags & DSEG_PLUGIN_EXPERIMENTAL) != 0);
  if (encoding->bits_allocated != 0) {
    json_put_unsigned(json, "bitsAllocated", encoding->bits_allocated);
  }
  json_put_unsigned(json, "frameCount", encoding->frame_count);
  json_put_unsigned(json, "fileBytes", encoding->file_bytes);
  json_put_unsigned(json, "pixelDataBytes", encoding->pixel_data_bytes);
  json_put_unsigned(json, "perFrameBytes", encoding->per_frame_bytes);
  put_optional(json, "segmentsOverlap", encoding->segments_overlap);
  json_end(json);
}

static void put_references(json_out *json, const dseg_references *references) {
  json_begin_array(json, "references");
  for (size_t i = 0; i < references->count; i++) {
    const dseg_instance_reference *image = &references->instances[i];
    json_begin_object(json, NULL);
    json_put_string(json, "sopClassUid", image->sop_class_uid != NULL ? image->sop_class_uid : "");
    json_put_string(json, "sopInstanceUid", image->sop_instance_uid != NULL ? image->sop_instance_uid : "");
    put_optional(json, "seriesUid", image->series_uid);
    put_optional(json, "studyUid", image->study_uid);
    json_put_unsigned(json, "frame", image->frame);
    json_end(json);
  }
  json_end(json);
}

FACE_EXPORT(describe) int face_describe(dseg_source *source) {
  static const char *const kinds[] = {"labels", "masks", "probability", "occupancy"};
  const dseg_description *description = dseg_source_description(source);
  (void)face_begin();
  json_out *json = face_begin_text();
  if (json == NULL) {
    return (int)DSEG_ERROR_MEMORY;
  }
  json_begin_object(json, NULL);
  json_put_string(json, "kind", kinds[description->kind]);
  json_put_unsigned(json, "maximumFraction", description->maximum_fraction);
  json_put_unsigned(json, "planeCount", description->geometry.plane_count);
  json_put_unsigned(json, "chunkPlanes", dseg_source_chunk_planes(source, 8));
  json_begin_array(json, "segments");
  for (size_t i = 0; i < description->segment_count; i++) {
    put_segment(json, &description->segments[i], i);
  }
  json_end(json);
  put_geometry(json, &description->geometry);
  put_encoding(json, source);
  put_references(json, &description->references);
  json_end(json);
  return face_end_text();
}
