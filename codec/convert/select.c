/* SPDX-License-Identifier: Apache-2.0 */
/* select.c - the segments (by number, range or label) and the planes that the output takes. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "convert/convert.h"

static bool parse_number(const char **text, uint64_t *number) {
  if (**text < '0' || **text > '9') {
    return false;
  }
  char *end = NULL;
  errno = 0;
  *number = strtoull(*text, &end, 10);
  *text = end;
  return errno == 0;
}

bool convert_parse_range(const char *text, uint64_t *first, uint64_t *last) {
  if (!parse_number(&text, first)) {
    return false;
  }
  *last = *first;
  if (*text == '-') {
    text++;
    if (!parse_number(&text, last)) {
      return false;
    }
  }
  return *text == '\0' && *last >= *first;
}

static char lower(char c) {
  if (c >= 'A' && c <= 'Z') {
    return (char)(c + 'a' - 'A');
  }
  return c;
}

static bool equal_but_case(const char *a, const char *b) {
  while (*a != '\0' && lower(*a) == lower(*b)) {
    a++;
    b++;
  }
  return lower(*a) == lower(*b);
}

/* Marks the segments with this label, letter case ignored; how many. */
static size_t mark_label(const dseg_description *description, const char *label, uint8_t *chosen) {
  size_t count = 0;
  for (size_t i = 0; i < description->segment_count; i++) {
    if (equal_but_case(description->segments[i].label, label)) {
      chosen[i] = 1;
      count++;
    }
  }
  return count;
}

/* Likewise those with numbers in a range. */
static size_t mark_range(const dseg_description *description, uint64_t first, uint64_t last, uint8_t *chosen) {
  size_t count = 0;
  for (size_t i = 0; i < description->segment_count; i++) {
    const uint32_t number = description->segments[i].number;
    if (number >= first && number <= last) {
      chosen[i] = 1;
      count++;
    }
  }
  return count;
}

/* One item between commas; changes nothing and returns false when no segment is meant by it. */
static bool mark_item(const dseg_description *description, const char *item, uint8_t *chosen) {
  uint64_t first = 0;
  uint64_t last = 0;
  if (mark_label(description, item, chosen) > 0) {
    return true;
  }
  return convert_parse_range(item, &first, &last) && mark_range(description, first, last, chosen) > 0;
}

/* One value of --segments: a label that may hold commas, or a list. */
static int mark_value(const convert_job *job, const char *value, uint8_t *chosen) {
  if (mark_label(job->target, value, chosen) > 0) {
    return CLI_OK;
  }
  while (*value != '\0') {
    const size_t length = strcspn(value, ",");
    char item[256];
    if (length >= sizeof item) {
      cli_error(convert_input_name(job), "--segments: \"%.40s...\" is no segment's number or label", value);
      return CLI_INPUT;
    }
    memcpy(item, value, length);
    item[length] = '\0';
    if (length > 0 && !mark_item(job->target, item, chosen)) {
      cli_error(convert_input_name(job), "--segments: no segment has the number or label \"%s\"; see dseg info", item);
      return CLI_INPUT;
    }
    value += length + (value[length] == ',' ? 1 : 0);
  }
  return CLI_OK;
}

/* The index in the source of a segment of the target as the JSON left it; see convert_job. */
static uint32_t source_index(const convert_job *job, size_t segment) {
  if (job->changes == NULL) {
    return (uint32_t)segment;
  }
  const uint32_t former = job->changes[segment].former;
  return former != UINT32_MAX ? former : (uint32_t)(dseg_source_description(job->source)->segment_count + segment);
}

/* Keeps the chosen segments of the target (all when chosen is NULL). */
static void keep_segments(convert_job *job, const uint8_t *chosen) {
  dseg_description *target = job->target;
  size_t kept = 0;
  for (size_t i = 0; i < target->segment_count; i++) {
    if (chosen == NULL || chosen[i] != 0) {
      job->source_segment[kept] = source_index(job, i);
      target->segments[kept++] = target->segments[i];
    }
  }
  target->segment_count = kept;
}

int convert_select_segments(convert_job *job) {
  const convert_options *options = job->options;
  const size_t count = job->target->segment_count;
  job->source_segment = calloc(count + 1, sizeof *job->source_segment);
  job->read_segments = calloc(count + 1, sizeof *job->read_segments);
  const size_t source_count = dseg_source_description(job->source)->segment_count;
  job->values = calloc(source_count + count + 1, sizeof *job->values);
  uint8_t *chosen = calloc(count + 1, 1);
  if (job->source_segment == NULL || job->read_segments == NULL || job->values == NULL || chosen == NULL) {
    free(chosen);
    return convert_fail_memory(job);
  }
  int exit_code = CLI_OK;
  for (size_t i = 0; exit_code == CLI_OK && i < options->segment_count; i++) {
    exit_code = mark_value(job, options->segments[i], chosen);
  }
  if (exit_code == CLI_OK) {
    keep_segments(job, options->segment_count > 0 ? chosen : NULL);
    convert_list_read_segments(job);
  }
  free(chosen);
  return exit_code;
}

int convert_select_planes(convert_job *job) {
  const convert_options *options = job->options;
  dseg_geometry *geometry = &job->target->geometry;
  job->map = (convert_map){.same_raster = true};
  job->map.source_plane = calloc(geometry->plane_count + 1, sizeof *job->map.source_plane);
  if (job->map.source_plane == NULL) {
    return convert_fail_memory(job);
  }
  size_t first = 0;
  size_t count = geometry->plane_count;
  if (options->first_plane > 0) {
    if (options->last_plane > geometry->plane_count) {
      cli_error(convert_input_name(job), "--planes %zu-%zu: there are %zu planes", options->first_plane,
                options->last_plane, geometry->plane_count);
      return CLI_INPUT;
    }
    first = options->first_plane - 1;
    count = options->last_plane - first;
  }
  for (size_t i = 0; i < count; i++) {
    job->map.source_plane[i] = (ptrdiff_t)(first + i);
  }
  geometry->planes += first;
  geometry->plane_count = count;
  return CLI_OK;
}
