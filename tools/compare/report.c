/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - what `dseg compare` prints: text for people, JSON for programs (docs/cli-json.md). */
#include "compare/report.h"

#include <stdio.h>

#include "cli/json_out.h"
#include "cli/text_out.h"

#define SEGMENTS_IN_TEXT 20

static const char *const match_names[] = {"", "number", "label", "order"}; /* by dseg_match */

static const dseg_segment *segment_of(const compare_side *side, ptrdiff_t index) {
  return index >= 0 ? &dseg_source_description(side->source)->segments[index] : NULL;
}

static void print_voxels(const dseg_comparison *comparison, const dseg_segment_pair *pair) {
  const int64_t *voxel = pair->first_difference;
  const double *position = pair->first_difference_mm;
  cli_print(": %llu voxels in A, %llu in B, %llu differ", (unsigned long long)pair->voxels_a,
            (unsigned long long)pair->voxels_b, (unsigned long long)pair->voxels_differ);
  if (comparison->fractions) {
    cli_print(" by up to %.4g", pair->largest_difference);
  }
  cli_print(", Dice %.6f, first at voxel (%lld, %lld, %lld), position (%.6g, %.6g, %.6g) mm", pair->dice,
            (long long)voxel[0], (long long)voxel[1], (long long)voxel[2], position[0], position[1], position[2]);
}

static void print_pair(const dseg_comparison *comparison, const dseg_segment_pair *pair, const dseg_segment *a,
                       const dseg_segment *b) {
  const dseg_segment *any = a != NULL ? a : b;
  cli_print("segment %u \"%s\"", (unsigned)any->number, any->label != NULL ? any->label : "none");
  if (a == NULL || b == NULL) {
    cli_print(" is in %s only", a != NULL ? "A" : "B");
    if (comparison->voxels_compared) {
      cli_print(": %llu voxels", (unsigned long long)(a != NULL ? pair->voxels_a : pair->voxels_b));
    }
  } else if ((pair->differs & DSEG_ASPECT_VOXELS) != 0) {
    print_voxels(comparison, pair);
  }
  for (size_t i = 0; i < pair->difference_count; i++) {
    cli_print("; %s", pair->differences[i]->text);
  }
  cli_print("\n");
}

static void print_instances(const dseg_instance_comparison *instances) {
  cli_print("instances: %zu match, %zu in A alone, %zu in B alone; mean IoU %.6f, F1 %.6f, panoptic quality %.6f\n",
            instances->matched, instances->missed, instances->extra, instances->mean_iou, instances->f1,
            instances->panoptic_quality);
}

static void print_summary(const dseg_comparison *comparison, size_t segments) {
  uint64_t voxels = 0;
  for (size_t i = 0; i < comparison->pair_count; i++) {
    voxels += comparison->pairs[i]->voxels_a;
  }
  if (comparison->same && comparison->instances != NULL) {
    cli_print("same: %zu instances in %zu %s\n", comparison->instances->present_a, segments,
              segments == 1 ? "segment" : "segments");
    return;
  }
  if (comparison->same) {
    cli_print("same: %zu %s", segments, segments == 1 ? "segment" : "segments");
  } else {
    cli_print("different");
    for (size_t i = 0, shown = 0; dseg_aspect_name(i) != NULL; i++) {
      if ((comparison->differs >> i & 1U) != 0) {
        cli_print("%s%s", shown++ == 0 ? ": " : ", ", dseg_aspect_name(i));
      }
    }
  }
  if (comparison->same && comparison->voxels_compared) {
    const size_t *size = comparison->grid_a.size;
    cli_print(", %llu voxels in segments, %zu x %zu x %zu in all", (unsigned long long)voxels, size[0], size[1],
              size[2]);
  }
  cli_print("\n");
}

void compare_report_text(const dseg_comparison *comparison, const compare_side *a, const compare_side *b) {
  size_t differing = 0;
  print_summary(comparison, dseg_source_description(a->source)->segment_count);
  if (!comparison->same) {
    cli_print("A: %s\n", a->path);
    cli_print("B: %s\n", b->path);
  }
  if (!comparison->same && comparison->instances != NULL) {
    print_instances(comparison->instances);
  }
  for (size_t i = 0; i < comparison->difference_count; i++) {
    const dseg_difference *difference = comparison->differences[i];
    cli_print("%s%s\n", difference->aspect == 0 ? "note: " : "", difference->text);
  }
  for (size_t i = 0; i < comparison->pair_count; i++) {
    const dseg_segment_pair *pair = comparison->pairs[i];
    if (pair->differs != 0 && differing++ < SEGMENTS_IN_TEXT) {
      print_pair(comparison, pair, segment_of(a, pair->a), segment_of(b, pair->b));
    }
  }
  if (differing > SEGMENTS_IN_TEXT) {
    cli_print("and %zu more segments differ (--json lists all)\n", differing - SEGMENTS_IN_TEXT);
  }
}

static void put_aspects(json_out *json, const char *key, unsigned aspects) {
  json_begin_inline_array(json, key);
  for (size_t i = 0; dseg_aspect_name(i) != NULL; i++) {
    if ((aspects >> i & 1U) != 0) {
      json_put_string(json, NULL, dseg_aspect_name(i));
    }
  }
  json_end(json);
}

static void put_side(json_out *json, const char *key, const compare_side *side, const dseg_grid *grid) {
  const dseg_encoding_info *info = dseg_source_encoding(side->source);
  json_begin_object(json, key);
  json_put_string(json, "file", side->path);
  json_put_string(json, "format", dseg_source_format(side->source));
  json_put_string(json, "representation", info->representation);
  json_begin_inline_array(json, "size");
  for (int axis = 0; axis < 3; axis++) {
    json_put_unsigned(json, NULL, grid->size[axis]);
  }
  json_end(json);
  json_put_unsigned(json, "segments", dseg_source_description(side->source)->segment_count);
  json_end(json);
}

static void put_integers(json_out *json, const char *key, const int64_t values[3]) {
  json_begin_inline_array(json, key);
  for (int i = 0; i < 3; i++) {
    json_put_integer(json, NULL, values[i]);
  }
  json_end(json);
}

static void put_geometry(json_out *json, const dseg_grid_map *map) {
  const int64_t axes[3] = {map->axis[0], map->axis[1], map->axis[2]};
  const int64_t signs[3] = {map->sign[0], map->sign[1], map->sign[2]};
  json_begin_object(json, "geometry");
  json_put_bool(json, "aligned", map->aligned);
  json_put_real(json, "distance_mm", map->distance_mm);
  put_integers(json, "axes", axes);
  put_integers(json, "signs", signs);
  put_integers(json, "offset", map->offset);
  json_end(json);
}

static void put_segment(json_out *json, const char *key, const dseg_segment *segment) {
  if (segment == NULL) {
    json_put_string(json, key, NULL);
    return;
  }
  json_begin_object(json, key);
  json_put_unsigned(json, "number", segment->number);
  json_put_string(json, "label", segment->label);
  json_end(json);
}

static void put_pair(json_out *json, const dseg_comparison *comparison, const dseg_segment_pair *pair,
                     const dseg_segment *a, const dseg_segment *b) {
  json_begin_object(json, NULL);
  put_segment(json, "a", a);
  put_segment(json, "b", b);
  if (comparison->voxels_compared) {
    json_put_unsigned(json, "voxels_a", pair->voxels_a);
    json_put_unsigned(json, "voxels_b", pair->voxels_b);
    json_put_unsigned(json, "voxels_differ", pair->voxels_differ);
    json_put_real(json, "dice", pair->dice);
  }
  if (comparison->voxels_compared && comparison->fractions) {
    json_put_real(json, "largest_difference", pair->largest_difference);
  }
  if (pair->voxels_differ > 0) {
    json_begin_object(json, "first_difference");
    put_integers(json, "voxel", pair->first_difference);
    json_put_reals(json, "position_mm", pair->first_difference_mm, 3);
    json_end(json);
  }
  put_aspects(json, "differs", pair->differs);
  json_end(json);
}

static void put_instances(json_out *json, const dseg_instance_comparison *instances) {
  static const char *const thresholds[DSEG_INSTANCE_THRESHOLDS] = {"0.50", "0.55", "0.60", "0.65", "0.70",
                                                                   "0.75", "0.80", "0.85", "0.90", "0.95"};
  json_begin_object(json, "instances");
  json_put_unsigned(json, "count_a", instances->count_a);
  json_put_unsigned(json, "count_b", instances->count_b);
  json_put_unsigned(json, "present_a", instances->present_a);
  json_put_unsigned(json, "present_b", instances->present_b);
  json_put_unsigned(json, "matched", instances->matched);
  json_put_unsigned(json, "missed", instances->missed);
  json_put_unsigned(json, "extra", instances->extra);
  json_put_unsigned(json, "equal", instances->equal);
  json_put_unsigned(json, "other_number", instances->other_number);
  if (instances->classes_compared) {
    json_put_unsigned(json, "other_class", instances->other_class);
  }
  json_put_unsigned(json, "other_confidence", instances->other_confidence);
  json_put_real(json, "mean_iou", instances->mean_iou);
  json_put_real(json, "recall", instances->recall);
  json_put_real(json, "precision", instances->precision);
  json_put_real(json, "f1", instances->f1);
  json_put_real(json, "panoptic_quality", instances->panoptic_quality);
  json_begin_object(json, "matched_at");
  for (size_t i = 0; i < DSEG_INSTANCE_THRESHOLDS; i++) {
    json_put_unsigned(json, thresholds[i], instances->matched_at[i]);
  }
  json_end(json);
  json_end(json);
}

static void put_messages(json_out *json, const dseg_comparison *comparison) {
  json_begin_array(json, "messages");
  for (size_t i = 0; i < comparison->difference_count; i++) {
    const dseg_difference *difference = comparison->differences[i];
    json_begin_object(json, NULL);
    json_put_string(json, "kind", difference->aspect != 0 ? "difference" : "note");
    json_put_string(json, "text", difference->text);
    json_end(json);
  }
  json_end(json);
}

void compare_report_json(const dseg_comparison *comparison, const compare_side *a, const compare_side *b) {
  json_out json = {.stream = stdout};
  json_begin_object(&json, NULL);
  json_put_bool(&json, "same", comparison->same);
  put_aspects(&json, "differs", comparison->differs);
  put_side(&json, "a", a, &comparison->grid_a);
  put_side(&json, "b", b, &comparison->grid_b);
  put_geometry(&json, &comparison->map);
  json_put_bool(&json, "voxels_compared", comparison->voxels_compared);
  if (comparison->planes_differ) {
    json_begin_inline_array(&json, "planes_that_differ");
    json_put_integer(&json, NULL, comparison->first_plane);
    json_put_integer(&json, NULL, comparison->last_plane);
    json_end(&json);
  }
  json_put_string(&json, "matched_by", match_names[comparison->matched_by]);
  json_begin_array(&json, "segments");
  for (size_t i = 0; i < comparison->pair_count; i++) {
    const dseg_segment_pair *pair = comparison->pairs[i];
    put_pair(&json, comparison, pair, segment_of(a, pair->a), segment_of(b, pair->b));
  }
  json_end(&json);
  if (comparison->instances != NULL) {
    put_instances(&json, comparison->instances);
  }
  put_messages(&json, comparison);
  json_end(&json);
}
