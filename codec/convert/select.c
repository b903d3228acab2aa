/* SPDX-License-Identifier: Apache-2.0 */
/* select.c - the segments (by number, range or label) and the planes that the output takes. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "convert/job.h"

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

static bool parse_range(const char *text, uint64_t *first, uint64_t *last) {
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
  return parse_range(item, &first, &last) && mark_range(description, first, last, chosen) > 0;
}

static dseg_status refuse_item(dseg_convert_job *job, const char *item, dseg_error *error) {
  const dseg_description *target = job->target;
  const dseg_segment *first = target->segment_count > 0 ? &target->segments[0] : NULL;
  if (first == NULL) {
    dseg_fail(error, DSEG_ERROR_FORMAT, "%s: no segment has the number or label \"%s\": there is none",
              dseg_convert_name(job, DSEG_OPTION_SEGMENTS), item);
  } else {
    dseg_fail(error, DSEG_ERROR_FORMAT,
              "%s: no segment has the number or label \"%s\"; there are %zu, %" PRIu32 " \"%.64s\" for instance",
              dseg_convert_name(job, DSEG_OPTION_SEGMENTS), item, target->segment_count, first->number, first->label);
  }
  return dseg_convert_fail_input(job, DSEG_ERROR_FORMAT, error);
}

/* One text of the options: a label that may hold commas, or a list. */
static dseg_status mark_value(dseg_convert_job *job, const char *value, uint8_t *chosen, dseg_error *error) {
  if (mark_label(job->target, value, chosen) > 0) {
    return DSEG_OK;
  }
  while (*value != '\0') {
    const size_t length = strcspn(value, ",");
    char item[256];
    if (length >= sizeof item) {
      dseg_fail(error, DSEG_ERROR_FORMAT, "%s: \"%.40s...\" is no segment's number or label",
                dseg_convert_name(job, DSEG_OPTION_SEGMENTS), value);
      return dseg_convert_fail_input(job, DSEG_ERROR_FORMAT, error);
    }
    memcpy(item, value, length);
    item[length] = '\0';
    if (length > 0 && !mark_item(job->target, item, chosen)) {
      return refuse_item(job, item, error);
    }
    value += length + (value[length] == ',' ? 1 : 0);
  }
  return DSEG_OK;
}

/* The index in the source of a segment of the target as the JSON left it; see dseg_convert_job. */
static uint32_t source_index(const dseg_convert_job *job, size_t segment) {
  if (job->changes == NULL) {
    return (uint32_t)segment;
  }
  const uint32_t former = job->changes[segment].former;
  return former != UINT32_MAX ? former : (uint32_t)(dseg_source_description(job->source)->segment_count + segment);
}

/* Keeps the chosen segments of the target (all when chosen is NULL). */
static void keep_segments(dseg_convert_job *job, const uint8_t *chosen) {
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

dseg_status dseg_convert_select_segments(dseg_convert_job *job, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  const size_t count = job->target->segment_count;
  job->source_segment = calloc(count + 1, sizeof *job->source_segment);
  job->read_segments = calloc(count + 1, sizeof *job->read_segments);
  const size_t source_count = dseg_source_description(job->source)->segment_count;
  job->values = calloc(source_count + count + 1, sizeof *job->values);
  uint8_t *chosen = calloc(count + 1, 1);
  if (job->source_segment == NULL || job->read_segments == NULL || job->values == NULL || chosen == NULL) {
    free(chosen);
    return dseg_convert_fail_memory(job, error);
  }
  dseg_status status = DSEG_OK;
  for (size_t i = 0; status == DSEG_OK && i < options->segment_count; i++) {
    status = mark_value(job, options->segments[i], chosen, error);
  }
  if (status == DSEG_OK) {
    keep_segments(job, options->segment_count > 0 ? chosen : NULL);
    dseg_convert_list_read_segments(job);
  }
  free(chosen);
  return status;
}

dseg_status dseg_convert_select_planes(dseg_convert_job *job, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  dseg_geometry *geometry = &job->target->geometry;
  size_t first = 0;
  size_t count = geometry->plane_count;
  if (options->first_plane > 0) {
    if (options->last_plane > geometry->plane_count) {
      dseg_fail(error, DSEG_ERROR_FORMAT, "%s %zu-%zu: there are %zu planes",
                dseg_convert_name(job, DSEG_OPTION_PLANES), options->first_plane, options->last_plane,
                geometry->plane_count);
      return dseg_convert_fail_input(job, DSEG_ERROR_FORMAT, error);
    }
    first = options->first_plane - 1;
    count = options->last_plane - first;
  }
  geometry->planes += first;
  geometry->plane_count = count;
  const dseg_status status = dseg_raster_map_identity(geometry, &job->map, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_input(job, status, error);
  }
  for (size_t i = 0; i < count; i++) {
    job->map.index[2][i] += (int32_t)first;
  }
  job->same_raster = true;
  return DSEG_OK;
}
