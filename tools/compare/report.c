/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - what `dseg compare` prints: text for people, JSON for programs (docs/cli-json.md). */
#include <stdio.h>
#include <string.h>

#include "cli/json_out.h"
#include "compare/compare.h"

#define SEGMENTS_IN_TEXT 20

const char *const compare_aspect_names[COMPARE_ASPECTS + 1] = {
    "geometry", "extent", "voxels", "segments", "numbers", "names", "codes", "colors", "details", "provenance", NULL};
static const char *const match_names[] = {"number", "label", "order"};

double compare_dice(const compare_pair *pair) {
  const double sum = pair->sum_a + pair->sum_b;
  return sum > 0 ? 2 * pair->sum_both / sum : 1;
}

bool compare_is_same(const compare_job *job) {
  return job->found == 0;
}

static const dseg_segment *segment_of(const compare_side *side, ptrdiff_t index) {
  return index >= 0 ? &side->description->segments[index] : NULL;
}

static const char *text_or_none(const char *text) {
  return text != NULL ? text : "none";
}

static void print_color(const dseg_segment *segment) {
  if (segment->has_color) {
    printf("#%02x%02x%02x", segment->rgb[0], segment->rgb[1], segment->rgb[2]);
  } else {
    printf("none");
  }
}

static void print_details(const dseg_segment *a, const dseg_segment *b, unsigned differs) {
  if ((differs & COMPARE_NUMBERS) != 0) {
    printf("; number %u in A, %u in B", (unsigned)a->number, (unsigned)b->number);
  }
  if ((differs & COMPARE_NAMES) != 0) {
    printf("; named \"%s\" in B", text_or_none(b->label));
  }
  if ((differs & COMPARE_CODES) != 0) {
    printf("; codes differ (type %s %s in A, %s %s in B)", text_or_none(a->type.scheme), text_or_none(a->type.value),
           text_or_none(b->type.scheme), text_or_none(b->type.value));
  }
  if ((differs & COMPARE_COLORS) != 0) {
    printf("; colour ");
    print_color(a);
    printf(" in A, ");
    print_color(b);
    printf(" in B");
  }
  if ((differs & COMPARE_DETAILS) != 0) {
    printf("; description, algorithm or tracking differs");
  }
  if ((differs & COMPARE_PROVENANCE) != 0) {
    compare_print_provenance(a, b);
  }
}

static void print_voxels(const compare_job *job, const compare_pair *pair) {
  double position[3];
  compare_position(&job->a.grid, pair->first, position);
  printf(": %llu voxels in A, %llu in B, %llu differ", (unsigned long long)pair->voxels_a,
         (unsigned long long)pair->voxels_b, (unsigned long long)pair->differ);
  if (job->fractions) {
    printf(" by up to %.4g", pair->largest);
  }
  printf(", Dice %.6f, first at voxel (%lld, %lld, %lld), position (%.6g, %.6g, %.6g) mm", compare_dice(pair),
         (long long)pair->first[0], (long long)pair->first[1], (long long)pair->first[2], position[0], position[1],
         position[2]);
}

static void print_pair(const compare_job *job, const compare_pair *pair) {
  const dseg_segment *a = segment_of(&job->a, pair->a);
  const dseg_segment *b = segment_of(&job->b, pair->b);
  const dseg_segment *any = a != NULL ? a : b;
  printf("segment %u \"%s\"", (unsigned)any->number, text_or_none(any->label));
  if (a == NULL || b == NULL) {
    printf(" is in %s only", a != NULL ? "A" : "B");
    if (job->voxels_compared) {
      printf(": %llu voxels", (unsigned long long)(a != NULL ? pair->voxels_a : pair->voxels_b));
    }
  } else {
    if ((pair->differs & COMPARE_VOXELS) != 0) {
      print_voxels(job, pair);
    }
    print_details(a, b, pair->differs);
  }
  printf("\n");
}

static void print_summary(const compare_job *job) {
  uint64_t voxels = 0;
  for (size_t i = 0; i < job->pair_count; i++) {
    voxels += job->pairs[i].voxels_a;
  }
  if (compare_is_same(job)) {
    const size_t count = job->a.description->segment_count;
    printf("same: %zu %s", count, count == 1 ? "segment" : "segments");
  } else {
    printf("different");
    for (unsigned i = 0, shown = 0; i < COMPARE_ASPECTS; i++) {
      if ((job->found >> i & 1U) != 0) {
        printf("%s%s", shown++ == 0 ? ": " : ", ", compare_aspect_names[i]);
      }
    }
  }
  if (compare_is_same(job) && job->voxels_compared) {
    printf(", %llu voxels in segments, %zu x %zu x %zu in all", (unsigned long long)voxels, job->a.grid.size[0],
           job->a.grid.size[1], job->a.grid.size[2]);
  }
  printf("\n");
}

void compare_report_text(const compare_job *job) {
  size_t differing = 0;
  print_summary(job);
  if (!compare_is_same(job)) {
    printf("A: %s\nB: %s\n", job->a.path, job->b.path);
  }
  for (size_t i = 0; i < job->message_count; i++) {
    printf("%s%s\n", job->messages[i].aspect == 0 ? "note: " : "", job->messages[i].text);
  }
  for (size_t i = 0; i < job->pair_count; i++) {
    if (job->pairs[i].differs != 0 && differing++ < SEGMENTS_IN_TEXT) {
      print_pair(job, &job->pairs[i]);
    }
  }
  if (differing > SEGMENTS_IN_TEXT) {
    printf("and %zu more segments differ (--json lists all)\n", differing - SEGMENTS_IN_TEXT);
  }
}

static void put_aspects(json_out *json, const char *key, unsigned aspects) {
  json_begin_inline_array(json, key);
  for (unsigned i = 0; i < COMPARE_ASPECTS; i++) {
    if ((aspects >> i & 1U) != 0) {
      json_put_string(json, NULL, compare_aspect_names[i]);
    }
  }
  json_end(json);
}

static void put_side(json_out *json, const char *key, const compare_side *side) {
  const dseg_encoding_info *info = dseg_source_encoding(side->source);
  json_begin_object(json, key);
  json_put_string(json, "file", side->path);
  json_put_string(json, "format", dseg_source_format(side->source));
  json_put_string(json, "representation", info->representation);
  json_begin_inline_array(json, "size");
  for (int axis = 0; axis < 3; axis++) {
    json_put_unsigned(json, NULL, side->grid.size[axis]);
  }
  json_end(json);
  json_put_unsigned(json, "segments", side->description->segment_count);
  json_end(json);
}

static void put_integers(json_out *json, const char *key, const int64_t values[3]) {
  json_begin_inline_array(json, key);
  for (int i = 0; i < 3; i++) {
    json_put_integer(json, NULL, values[i]);
  }
  json_end(json);
}

static void put_geometry(json_out *json, const compare_job *job) {
  const compare_map *map = &job->map;
  const int64_t axes[3] = {map->axis[0], map->axis[1], map->axis[2]};
  const int64_t signs[3] = {map->sign[0], map->sign[1], map->sign[2]};
  json_begin_object(json, "geometry");
  json_put_bool(json, "aligned", map->aligned);
  json_put_real(json, "distance_mm", map->distance);
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

static void put_pair(json_out *json, const compare_job *job, const compare_pair *pair) {
  json_begin_object(json, NULL);
  put_segment(json, "a", segment_of(&job->a, pair->a));
  put_segment(json, "b", segment_of(&job->b, pair->b));
  if (job->voxels_compared) {
    json_put_unsigned(json, "voxels_a", pair->voxels_a);
    json_put_unsigned(json, "voxels_b", pair->voxels_b);
    json_put_unsigned(json, "voxels_differ", pair->differ);
    json_put_real(json, "dice", compare_dice(pair));
  }
  if (job->voxels_compared && job->fractions) {
    json_put_real(json, "largest_difference", pair->largest);
  }
  if (pair->differ > 0) {
    double position[3];
    compare_position(&job->a.grid, pair->first, position);
    json_begin_object(json, "first_difference");
    put_integers(json, "voxel", pair->first);
    json_put_reals(json, "position_mm", position, 3);
    json_end(json);
  }
  put_aspects(json, "differs", pair->differs);
  json_end(json);
}

static void put_messages(json_out *json, const compare_job *job) {
  json_begin_array(json, "messages");
  for (size_t i = 0; i < job->message_count; i++) {
    const compare_message *message = &job->messages[i];
    json_begin_object(json, NULL);
    json_put_string(json, "kind", message->aspect != 0 ? "difference" : "note");
    json_put_string(json, "text", message->text);
    json_end(json);
  }
  json_end(json);
}

void compare_report_json(const compare_job *job) {
  json_out json = {.stream = stdout};
  json_begin_object(&json, NULL);
  json_put_bool(&json, "same", compare_is_same(job));
  put_aspects(&json, "differs", job->found);
  put_side(&json, "a", &job->a);
  put_side(&json, "b", &job->b);
  put_geometry(&json, job);
  json_put_bool(&json, "voxels_compared", job->voxels_compared);
  if (job->voxels_compared && job->first_plane <= job->last_plane) {
    json_begin_inline_array(&json, "planes_that_differ");
    json_put_integer(&json, NULL, job->first_plane);
    json_put_integer(&json, NULL, job->last_plane);
    json_end(&json);
  }
  json_put_string(&json, "matched_by", match_names[job->match]);
  json_begin_array(&json, "segments");
  for (size_t i = 0; i < job->pair_count; i++) {
    put_pair(&json, job, &job->pairs[i]);
  }
  json_end(&json);
  put_messages(&json, job);
  json_end(&json);
}
