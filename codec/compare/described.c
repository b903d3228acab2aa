/* SPDX-License-Identifier: Apache-2.0 */
/* described.c - how segments that correspond are described differently: numbers, names, codes, colours, details. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/job.h"

enum { COLOR_BYTES = 8 }; /* "#rrggbb" */

static bool same_text(const char *a, const char *b) {
  return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

/* Meanings are not compared: the same code has several spellings. */
static bool same_code(const dseg_code *a, const dseg_code *b) {
  return same_text(a->value, b->value) && same_text(a->scheme, b->scheme);
}

/* DICOM requires category and type (PS3.3 Table C.8.20-4), so that a general code stands in where none was known: one
 * side without a code is no difference. */
static bool same_required_code(const dseg_code *a, const dseg_code *b) {
  return a->value == NULL || b->value == NULL || same_code(a, b);
}

static bool same_code_list(const dseg_code_list *a, const dseg_code_list *b) {
  if (a->count != b->count) {
    return false;
  }
  for (size_t i = 0; i < a->count; i++) {
    if (!same_code(&a->items[i], &b->items[i])) {
      return false;
    }
  }
  return true;
}

static bool same_codes(const dseg_segment *a, const dseg_segment *b) {
  return same_required_code(&a->category, &b->category) && same_required_code(&a->type, &b->type) &&
         same_code_list(&a->type_modifiers, &b->type_modifiers) &&
         same_code_list(&a->anatomic_regions, &b->anatomic_regions) &&
         same_code_list(&a->anatomic_region_modifiers, &b->anatomic_region_modifiers);
}

/* One step of 255 is what conversion to CIELab and back may cost. */
static bool same_color(const dseg_segment *a, const dseg_segment *b) {
  if (a->has_color != b->has_color) {
    return false;
  }
  for (int i = 0; a->has_color && i < 3; i++) {
    if (abs(a->rgb[i] - b->rgb[i]) > 1) {
      return false;
    }
  }
  return true;
}

static bool same_details(const dseg_segment *a, const dseg_segment *b) {
  return same_text(a->description, b->description) && a->algorithm_type == b->algorithm_type &&
         same_text(a->algorithm_name, b->algorithm_name) && same_text(a->tracking_id, b->tracking_id) &&
         same_text(a->tracking_uid, b->tracking_uid);
}

bool dseg_compare_is_dicom(const dseg_compare_side *side) {
  return strcmp(dseg_source_format(side->source), "DICOM") == 0;
}

/* Whether the format of a side says which segments there are, with names and codes; else all it has is values. */
static bool lists_segments(const dseg_compare_side *side) {
  return dseg_compare_is_dicom(side) || strcmp(dseg_source_format(side->source), "seg.nrrd") == 0;
}

/* BINARY and FRACTIONAL objects cannot choose their numbers. */
static bool numbers_are_prescribed(const dseg_compare_side *side) {
  const dseg_encoding_info *info = dseg_source_encoding(side->source);
  return info->representation != NULL &&
         (strcmp(info->representation, "binary") == 0 || strcmp(info->representation, "fractional") == 0);
}

static const char *text_or_none(const char *text) {
  return text != NULL ? text : "none";
}

static void tell_color(char text[COLOR_BYTES], const dseg_segment *segment) {
  if (segment->has_color) {
    snprintf(text, COLOR_BYTES, "#%02x%02x%02x", segment->rgb[0], segment->rgb[1], segment->rgb[2]);
  } else {
    snprintf(text, COLOR_BYTES, "none");
  }
}

static void tell_codes(dseg_compare_job *job, dseg_compared_pair *pair, const dseg_code *a, const dseg_code *b) {
  dseg_compare_add_to_pair(job, pair, DSEG_ASPECT_CODES, "codes differ (type %s %s in A, %s %s in B)",
                           text_or_none(a->scheme), text_or_none(a->value), text_or_none(b->scheme),
                           text_or_none(b->value));
}

/* In words what pair->differs says of two segments. */
static void tell_pair(dseg_compare_job *job, dseg_compared_pair *pair, unsigned differs) {
  const dseg_segment *a = &job->a.description->segments[pair->a];
  const dseg_segment *b = &job->b.description->segments[pair->b];
  if ((differs & DSEG_ASPECT_NUMBERS) != 0) {
    dseg_compare_add_to_pair(job, pair, DSEG_ASPECT_NUMBERS, "number %u in A, %u in B", (unsigned)a->number,
                             (unsigned)b->number);
  }
  if ((differs & DSEG_ASPECT_NAMES) != 0) {
    dseg_compare_add_to_pair(job, pair, DSEG_ASPECT_NAMES, "named \"%s\" in B", text_or_none(b->label));
  }
  if ((differs & DSEG_ASPECT_CODES) != 0) {
    tell_codes(job, pair, &a->type, &b->type);
  }
  if ((differs & DSEG_ASPECT_COLORS) != 0) {
    char in_a[COLOR_BYTES];
    char in_b[COLOR_BYTES];
    tell_color(in_a, a);
    tell_color(in_b, b);
    dseg_compare_add_to_pair(job, pair, DSEG_ASPECT_COLORS, "colour %s in A, %s in B", in_a, in_b);
  }
  if ((differs & DSEG_ASPECT_DETAILS) != 0) {
    dseg_compare_add_to_pair(job, pair, DSEG_ASPECT_DETAILS, "description, algorithm or tracking differs");
  }
}

/* A segment on one side only. Without voxels it is missed only where both formats list segments. */
static unsigned lonely_difference(const dseg_compare_job *job, const dseg_compared_pair *pair) {
  const bool empty = job->voxels_compared && pair->voxels_a == 0 && pair->voxels_b == 0;
  const bool listed = lists_segments(&job->a) && lists_segments(&job->b);
  return empty && !listed ? 0 : DSEG_ASPECT_SEGMENTS & ~job->options.ignore;
}

static bool has_codes(const dseg_segment *segment) {
  return segment->category.value != NULL && segment->type.value != NULL;
}

static size_t count_without_codes(const dseg_compare_job *job) {
  size_t count = 0;
  for (size_t i = 0; i < job->pair_count; i++) {
    const dseg_compared_pair *pair = &job->pairs[i];
    if (pair->a >= 0 && pair->b >= 0) {
      const bool in_a = has_codes(&job->a.description->segments[pair->a]);
      const bool in_b = has_codes(&job->b.description->segments[pair->b]);
      count += in_a != in_b ? 1 : 0;
    }
  }
  return count;
}

static void add_notes(dseg_compare_job *job, size_t renumbered, size_t empty) {
  if (renumbered > 0) {
    dseg_compare_add(
        job, 0,
        "segments with another number: %zu (BINARY and FRACTIONAL objects are numbered 1 to N, PS3.3 C.8.20.2.4)",
        renumbered);
  }
  if (empty > 0) {
    dseg_compare_add(job, 0, "segments without voxels on one side only, as the other's format cannot list them: %zu",
                     empty);
  }
  if (!lists_segments(&job->a) || !lists_segments(&job->b)) {
    dseg_compare_add(job, 0, "names, codes and colours are not compared: %s does not hold them",
                     dseg_source_format(lists_segments(&job->a) ? job->b.source : job->a.source));
    return;
  }
  const size_t without_codes = count_without_codes(job);
  if (without_codes > 0 && (job->options.ignore & DSEG_ASPECT_CODES) == 0) {
    dseg_compare_add(job, 0, "segments with codes on one side only: %zu", without_codes);
  }
}

/* The number that a segment has where there are no rules for it. */
static uint32_t own_number(const dseg_segment *segment) {
  return segment->has_original_number ? segment->original_number : segment->number;
}

static bool same_own_number(const dseg_compare_job *job, const dseg_compared_pair *pair) {
  return own_number(&job->a.description->segments[pair->a]) == own_number(&job->b.description->segments[pair->b]);
}

/* What differs between two segments that correspond. A number that no rule prescribes counts; else it is renumbered. */
static dseg_status compare_pair(dseg_compare_job *job, dseg_compared_pair *pair, bool prescribed, size_t *renumbered,
                                dseg_error *error) {
  const dseg_segment *a = &job->a.description->segments[pair->a];
  const dseg_segment *b = &job->b.description->segments[pair->b];
  unsigned differs = a->number != b->number ? DSEG_ASPECT_NUMBERS : 0;
  if (lists_segments(&job->a) && lists_segments(&job->b)) {
    differs |= same_text(a->label, b->label) ? 0 : DSEG_ASPECT_NAMES;
    differs |= same_codes(a, b) ? 0 : DSEG_ASPECT_CODES;
    differs |= same_color(a, b) ? 0 : DSEG_ASPECT_COLORS;
  }
  const bool both_dicom = dseg_compare_is_dicom(&job->a) && dseg_compare_is_dicom(&job->b);
  if (both_dicom) {
    differs |= same_details(a, b) ? 0 : DSEG_ASPECT_DETAILS;
  }
  differs &= ~job->options.ignore;
  if ((differs & DSEG_ASPECT_NUMBERS) != 0 && (prescribed || same_own_number(job, pair))) {
    differs &= ~(unsigned)DSEG_ASPECT_NUMBERS;
    (*renumbered)++;
  }
  pair->differs = differs;
  tell_pair(job, pair, differs);
  return both_dicom ? dseg_compare_segment_provenance(job, pair, error) : DSEG_OK;
}

dseg_status dseg_compare_described(dseg_compare_job *job, dseg_error *error) {
  const bool prescribed = numbers_are_prescribed(&job->a) || numbers_are_prescribed(&job->b);
  size_t renumbered = 0;
  size_t empty = 0;
  for (size_t i = 0; i < job->pair_count; i++) {
    dseg_compared_pair *pair = &job->pairs[i];
    if (pair->a < 0 || pair->b < 0) {
      pair->differs = lonely_difference(job, pair);
      empty += pair->differs == 0 && (job->options.ignore & DSEG_ASPECT_SEGMENTS) == 0 ? 1 : 0;
    } else {
      DSEG_TRY(compare_pair(job, pair, prescribed, &renumbered, error));
    }
    if (pair->differ > 0) {
      pair->differs |= DSEG_ASPECT_VOXELS & ~job->options.ignore;
    }
    job->found |= pair->differs;
  }
  add_notes(job, renumbered, empty);
  return dseg_compare_is_dicom(&job->a) && dseg_compare_is_dicom(&job->b) ? dseg_compare_provenance(job, error)
                                                                          : DSEG_OK;
}
