/* SPDX-License-Identifier: Apache-2.0 */
/* view_segments.c - the segments of a view, their numbers, and what stands for "no segment". */
#include <stdlib.h>
#include <string.h>

#include "model/number_set.h"
#include "sources/view_make.h"

/* A segment of the view. */
struct chosen {
  uint32_t source_segment, number;
};

static int compare_numbers(const void *a, const void *b) {
  const struct chosen *x = a;
  const struct chosen *y = b;
  return (x->number > y->number) - (x->number < y->number);
}

static const char *label_of(const dseg_description *description, uint32_t segment) {
  const char *label = description->segments[segment].label;
  return label != NULL ? label : "";
}

/* The segments listed exist, and each is listed once. */
static dseg_status check_list(const dseg_description *source, const dseg_derive_options *options, dseg_error *error) {
  if (options->segments == NULL) {
    return DSEG_OK;
  }
  if (options->segment_count == 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "the view selects no segment");
  }
  uint8_t *listed = calloc(source->segment_count + 1, 1);
  if (listed == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", source->segment_count);
  }
  dseg_status status = DSEG_OK;
  for (size_t i = 0; status == DSEG_OK && i < options->segment_count; i++) {
    const uint32_t segment = options->segments[i];
    if (segment >= source->segment_count) {
      status = dseg_fail(error, DSEG_ERROR_ARGUMENT, "segment %u was asked for, there are %zu (counted from 0)",
                         (unsigned)segment, source->segment_count);
    } else if (listed[segment]++ != 0) {
      status = dseg_fail(error, DSEG_ERROR_ARGUMENT, "segment %u (\"%.64s\") is listed twice", (unsigned)segment,
                         label_of(source, segment));
    }
  }
  free(listed);
  return status;
}

static uint32_t number_of(const dseg_description *source, const dseg_derive_options *options, size_t place,
                          uint32_t segment) {
  switch (options->numbering) {
    case DSEG_VIEW_NUMBERS_COUNT: return (uint32_t)place + 1;
    case DSEG_VIEW_NUMBERS_GIVEN: return options->numbers[place];
    default: return source->segments[segment].number;
  }
}

/* Numbers are unique, and none stands for the background. sorted: by number. */
static dseg_status check_numbers(const dseg_description *source, const dseg_derive_options *options,
                                 const struct chosen *sorted, size_t count, dseg_error *error) {
  const bool given = options->numbering == DSEG_VIEW_NUMBERS_GIVEN;
  for (size_t i = 0; i < count; i++) {
    const uint32_t number = sorted[i].number;
    const char *label = label_of(source, sorted[i].source_segment);
    if (i > 0 && number == sorted[i - 1].number) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "segments \"%.64s\" and \"%.64s\" cannot both have number %u",
                       label_of(source, sorted[i - 1].source_segment), label, (unsigned)number);
    }
    if (options->has_background && number == options->background) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                       "segment \"%.64s\" cannot have number %u, which is to stand for the background", label,
                       (unsigned)number);
    }
    if (given && number == 0 && !options->has_background) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                       "segment \"%.64s\" cannot have number 0, which stands for the background: give another value "
                       "for that, too",
                       label);
    }
  }
  return DSEG_OK;
}

/* What the description says of a segment under its new number. */
static dseg_segment renumbered(const dseg_segment *from, const struct chosen *chosen,
                               const dseg_derive_options *options) {
  dseg_segment segment = *from;
  segment.number = chosen->number;
  if (options->numbering == DSEG_VIEW_NUMBERS_COUNT || segment.original_number == segment.number) {
    segment.has_original_number = false;
    segment.original_number = 0;
  }
  return segment;
}

static dseg_status describe_segments(dseg_view_source *view, const dseg_derive_options *options,
                                     const struct chosen *sorted, size_t count, dseg_error *error) {
  const dseg_description *source = view->source->description;
  dseg_description *description = view->base.description;
  dseg_segment *segments = dseg_description_alloc(description, (count + 1) * sizeof *segments);
  dseg_segment_origin *origins = dseg_description_alloc(description, (count + 1) * sizeof *origins);
  view->source_segment = calloc(count + 1, sizeof *view->source_segment);
  view->segment_of = malloc((source->segment_count + 1) * sizeof *view->segment_of);
  if (segments == NULL || origins == NULL || view->source_segment == NULL || view->segment_of == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", count);
  }
  memset(view->segment_of, 0xFF, source->segment_count * sizeof *view->segment_of); /* DSEG_NO_SEGMENT */
  view->same_order = true;
  for (size_t i = 0; i < count; i++) {
    const uint32_t of_source = sorted[i].source_segment;
    view->source_segment[i] = of_source;
    view->segment_of[of_source] = (uint32_t)i;
    view->same_order = view->same_order && (i == 0 || of_source > view->source_segment[i - 1]);
    segments[i] = renumbered(&source->segments[of_source], &sorted[i], options);
    origins[i] = dseg_source_segment_origin(view->source, of_source);
  }
  view->all_segments = view->same_order && count == source->segment_count;
  description->segments = segments;
  description->segment_count = count;
  view->base.origins = origins;
  return DSEG_OK;
}

dseg_status dseg_view_choose_segments(dseg_view_source *view, const dseg_derive_options *options, dseg_error *error) {
  const dseg_description *source = view->source->description;
  DSEG_TRY(check_list(source, options, error));
  const size_t count = options->segments != NULL ? options->segment_count : source->segment_count;
  struct chosen *sorted = calloc(count + 1, sizeof *sorted);
  if (sorted == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", count);
  }
  for (size_t i = 0; i < count; i++) {
    const uint32_t segment = options->segments != NULL ? options->segments[i] : (uint32_t)i;
    sorted[i] = (struct chosen){segment, number_of(source, options, i, segment)};
  }
  qsort(sorted, count, sizeof *sorted, compare_numbers);
  dseg_status status = check_numbers(source, options, sorted, count, error);
  if (status == DSEG_OK) {
    status = describe_segments(view, options, sorted, count, error);
  }
  free(sorted);
  return status;
}

/* Whether a voxel of the view may belong to no segment. */
static bool needs_background(const dseg_view_source *view) {
  const dseg_description *source = view->source->description;
  if (source->has_background || view->base.description->segment_count < source->segment_count || !view->plain) {
    return true;
  }
  for (size_t i = 0; i < view->base.description->geometry.plane_count; i++) {
    if (view->map.index[2][i] < 0) {
      return true;
    }
  }
  return false;
}

dseg_status dseg_view_choose_background(dseg_view_source *view, const dseg_derive_options *options, dseg_error *error) {
  dseg_description *description = view->base.description;
  if (options->has_background) { /* which no segment has, see check_numbers */
    description->has_background = true;
    description->background = options->background;
    return DSEG_OK;
  }
  if (!needs_background(view)) {
    return DSEG_OK;
  }
  const bool kept =
      description->has_background && dseg_description_find_segment(description, description->background) < 0;
  if (!kept) {
    if (description->segment_count > UINT32_MAX) {
      return dseg_fail(error, DSEG_ERROR_LIMIT, "no number is left for the background");
    }
    description->background = dseg_free_number(description);
  }
  description->has_background = true;
  return DSEG_OK;
}
