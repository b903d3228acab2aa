/* SPDX-License-Identifier: Apache-2.0 */
/* outcome.c - descriptions and bytes as text, so that two outcomes can be compared. */
#include "out_of_memory/trial.h"

void remove_files(void) {
  DIR *directory = opendir(".");
  for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    (void)remove(entry->d_name);
  }
  closedir(directory);
}

void put_text_line(FILE *outcome, const char *text) {
  (void)fprintf(outcome, "%s\n", text != NULL ? text : "(absent)");
}

static void put_code(FILE *outcome, const dseg_code *code) {
  put_text_line(outcome, code->value);
  put_text_line(outcome, code->scheme);
  put_text_line(outcome, code->meaning);
}

static void put_codes(FILE *outcome, const dseg_code_list *list) {
  (void)fprintf(outcome, "%zu codes\n", list->count);
  for (size_t i = 0; i < list->count; i++) {
    put_code(outcome, &list->items[i]);
  }
}

void put_bytes(FILE *outcome, const void *bytes, size_t size) {
  if (size > 0) {
    assert_int_equal(fwrite(bytes, 1, size, outcome), size);
  }
}

static void put_segment(FILE *outcome, const dseg_segment *segment) {
  (void)fprintf(outcome, "segment %u %d %d %d %d %d\n", (unsigned)segment->number, (int)segment->algorithm_type,
                segment->has_color, segment->rgb[0], segment->rgb[1], segment->cielab[0]);
  put_text_line(outcome, segment->label);
  put_text_line(outcome, segment->description);
  put_text_line(outcome, segment->algorithm_name);
  put_code(outcome, &segment->category);
  put_code(outcome, &segment->type);
  put_codes(outcome, &segment->type_modifiers);
  put_codes(outcome, &segment->anatomic_regions);
  put_codes(outcome, &segment->anatomic_region_modifiers);
  put_text_line(outcome, segment->tracking_id);
  put_text_line(outcome, segment->tracking_uid);
}

static void put_references(FILE *outcome, const dseg_references *references) {
  (void)fprintf(outcome, "%zu references %d\n", references->count, references->shared);
  for (size_t i = 0; i < references->count; i++) {
    const dseg_instance_reference *instance = &references->instances[i];
    put_text_line(outcome, instance->sop_class_uid);
    put_text_line(outcome, instance->sop_instance_uid);
    put_text_line(outcome, instance->series_uid);
    put_text_line(outcome, instance->study_uid);
  }
}

static void put_content(FILE *outcome, const dseg_content *content) {
  put_text_line(outcome, content->series_description);
  put_text_line(outcome, content->series_number);
  put_text_line(outcome, content->instance_number);
  put_text_line(outcome, content->content_label);
  put_text_line(outcome, content->content_description);
  put_text_line(outcome, content->content_creator_name);
  put_text_line(outcome, content->body_part_examined);
}

void put_description(FILE *outcome, const dseg_description *description) {
  const dseg_geometry *geometry = &description->geometry;
  (void)fprintf(outcome, "kind %d %d %u\n", (int)description->kind, description->has_background,
                (unsigned)description->background);
  for (size_t i = 0; i < description->segment_count; i++) {
    put_segment(outcome, &description->segments[i]);
  }
  (void)fprintf(outcome, "%zu planes of %u x %u, %g\n", geometry->plane_count, (unsigned)geometry->columns,
                (unsigned)geometry->rows, geometry->spacing_between_slices);
  for (size_t i = 0; i < geometry->plane_count; i++) {
    (void)fprintf(outcome, "%g %g %g %d\n", geometry->planes[i].position[0], geometry->planes[i].position[1],
                  geometry->planes[i].position[2], (int)geometry->planes[i].source);
  }
  put_text_line(outcome, geometry->frame_of_reference_uid);
  put_references(outcome, &description->references);
  put_content(outcome, &description->content);
  put_bytes(outcome, description->context.data, description->context.size);
}

void put_encoding(FILE *outcome, const dseg_encoding_info *info) {
  put_text_line(outcome, info->representation);
  put_text_line(outcome, info->frame_codec);
  put_text_line(outcome, info->sop_class_uid);
  put_text_line(outcome, info->sop_instance_uid);
  put_text_line(outcome, info->series_uid);
  put_text_line(outcome, info->study_uid);
  put_text_line(outcome, info->transfer_syntax_uid);
  put_text_line(outcome, info->photometric_interpretation);
  put_text_line(outcome, info->segments_overlap);
  put_text_line(outcome, info->summary);
}
