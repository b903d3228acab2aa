/* SPDX-License-Identifier: Apache-2.0 */
/* segments.c - which segment of A corresponds to which of B, and how the two are described differently. */
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"

static bool same_text(const char *a, const char *b) {
  return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

/* A segment's label with its index, to be sorted by label. */
struct labelled {
  const char *label;
  size_t index;
};

static int compare_labelled(const void *a, const void *b) {
  const struct labelled *one = a;
  const struct labelled *two = b;
  return strcmp(one->label, two->label);
}

/* Segments sorted by label; NULL when out of memory or there are none. */
static struct labelled *sort_by_label(const dseg_description *description) {
  const size_t count = description->segment_count;
  struct labelled *sorted = count > 0 ? calloc(count, sizeof *sorted) : NULL;
  for (size_t i = 0; sorted != NULL && i < count; i++) {
    const char *label = description->segments[i].label;
    sorted[i] = (struct labelled){label != NULL ? label : "", i};
  }
  if (sorted != NULL) {
    qsort(sorted, count, sizeof *sorted, compare_labelled);
  }
  return sorted;
}

static bool same_numbers(const dseg_description *a, const dseg_description *b) {
  if (a->segment_count != b->segment_count) {
    return false;
  }
  for (size_t i = 0; i < a->segment_count; i++) {
    if (a->segments[i].number != b->segments[i].number) {
      return false;
    }
  }
  return true;
}

/* Whether labels are unique on either side and the same on both. */
static dseg_status compare_labels(const dseg_description *a, const dseg_description *b, bool *same, dseg_error *error) {
  *same = false;
  if (a->segment_count != b->segment_count || a->segment_count == 0) {
    return DSEG_OK;
  }
  struct labelled *in_a = sort_by_label(a);
  struct labelled *in_b = sort_by_label(b);
  const bool sorted = in_a != NULL && in_b != NULL;
  *same = sorted;
  for (size_t i = 0; *same && i < a->segment_count; i++) {
    *same = in_a[i].label[0] != '\0' && strcmp(in_a[i].label, in_b[i].label) == 0 &&
            (i == 0 || strcmp(in_a[i - 1].label, in_a[i].label) != 0);
  }
  free(in_a);
  free(in_b);
  return sorted ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for segments");
}

dseg_status compare_choose_match(const compare_job *job, compare_match *match, dseg_error *error) {
  const dseg_description *a = job->a.description;
  const dseg_description *b = job->b.description;
  if (same_numbers(a, b)) {
    *match = COMPARE_BY_NUMBER;
    return DSEG_OK;
  }
  bool same = false;
  DSEG_TRY(compare_labels(a, b, &same, error));
  if (same) {
    *match = COMPARE_BY_LABEL;
  } else {
    *match = a->segment_count == b->segment_count ? COMPARE_BY_ORDER : COMPARE_BY_NUMBER;
  }
  return DSEG_OK;
}

/* Numbers ascend on both sides: one walk finds pairs and those left over. */
static void match_by_number(compare_job *job) {
  const dseg_description *a = job->a.description;
  const dseg_description *b = job->b.description;
  size_t i = 0;
  size_t j = 0;
  while (i < a->segment_count || j < b->segment_count) {
    compare_pair *pair = &job->pairs[job->pair_count++];
    *pair = (compare_pair){.a = -1, .b = -1};
    const bool has_a = i < a->segment_count;
    const bool has_b = j < b->segment_count;
    if (has_a && (!has_b || a->segments[i].number <= b->segments[j].number)) {
      pair->a = (ptrdiff_t)i;
    }
    if (has_b && (!has_a || b->segments[j].number <= a->segments[i].number)) {
      pair->b = (ptrdiff_t)j;
    }
    i += pair->a >= 0 ? 1 : 0;
    j += pair->b >= 0 ? 1 : 0;
  }
}

static dseg_status match_by_label(compare_job *job, dseg_error *error) {
  const size_t count = job->a.description->segment_count;
  struct labelled *in_a = sort_by_label(job->a.description);
  struct labelled *in_b = sort_by_label(job->b.description);
  if (in_a == NULL || in_b == NULL) {
    free(in_a);
    free(in_b);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for segments");
  }
  for (size_t i = 0; i < count; i++) {
    job->pairs[in_a[i].index] = (compare_pair){.a = (ptrdiff_t)in_a[i].index, .b = (ptrdiff_t)in_b[i].index};
  }
  job->pair_count = count;
  free(in_a);
  free(in_b);
  return DSEG_OK;
}

dseg_status compare_match_segments(compare_job *job, compare_match match, dseg_error *error) {
  const size_t count_a = job->a.description->segment_count;
  const size_t count_b = job->b.description->segment_count;
  free(job->pairs);
  job->pair_count = 0;
  job->match = match;
  job->pairs = calloc(count_a + count_b + 1, sizeof *job->pairs);
  if (job->pairs == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for segments");
  }
  switch (match) {
    case COMPARE_BY_NUMBER: match_by_number(job); break;
    case COMPARE_BY_LABEL: return match_by_label(job, error);
    case COMPARE_BY_ORDER:
      for (size_t i = 0; i < count_a; i++) {
        job->pairs[job->pair_count++] = (compare_pair){.a = (ptrdiff_t)i, .b = (ptrdiff_t)i};
      }
      break;
  }
  return DSEG_OK;
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

static bool is_dicom(const compare_side *side) {
  return strcmp(dseg_source_format(side->source), "DICOM") == 0;
}

bool compare_lists_segments(const compare_side *side) {
  return is_dicom(side) || strcmp(dseg_source_format(side->source), "seg.nrrd") == 0;
}

/* BINARY and FRACTIONAL objects cannot choose their numbers. */
static bool numbers_are_prescribed(const compare_side *side) {
  const dseg_encoding_info *info = dseg_source_encoding(side->source);
  return info->representation != NULL &&
         (strcmp(info->representation, "binary") == 0 || strcmp(info->representation, "fractional") == 0);
}

static dseg_status pair_differences(const compare_job *job, const compare_pair *pair, unsigned *result,
                                    dseg_error *error) {
  const dseg_segment *a = &job->a.description->segments[pair->a];
  const dseg_segment *b = &job->b.description->segments[pair->b];
  unsigned differs = a->number != b->number ? COMPARE_NUMBERS : 0;
  bool same = true;
  if (compare_lists_segments(&job->a) && compare_lists_segments(&job->b)) {
    differs |= same_text(a->label, b->label) ? 0 : COMPARE_NAMES;
    differs |= same_codes(a, b) ? 0 : COMPARE_CODES;
    differs |= same_color(a, b) ? 0 : COMPARE_COLORS;
  }
  if (is_dicom(&job->a) && is_dicom(&job->b)) {
    differs |= same_details(a, b) ? 0 : COMPARE_DETAILS;
    DSEG_TRY(compare_segment_provenance(a, b, &same, error));
    differs |= same ? 0 : COMPARE_PROVENANCE;
  }
  *result = differs & ~job->ignore;
  return DSEG_OK;
}

/* A segment on one side only. Without voxels it is missed only where both formats list segments. */
static unsigned lonely_difference(const compare_job *job, const compare_pair *pair) {
  const bool empty = job->voxels_compared && pair->voxels_a == 0 && pair->voxels_b == 0;
  const bool listed = compare_lists_segments(&job->a) && compare_lists_segments(&job->b);
  return empty && !listed ? 0 : COMPARE_SEGMENTS & ~job->ignore;
}

static bool has_codes(const dseg_segment *segment) {
  return segment->category.value != NULL && segment->type.value != NULL;
}

static size_t count_without_codes(const compare_job *job) {
  size_t count = 0;
  for (size_t i = 0; i < job->pair_count; i++) {
    const compare_pair *pair = &job->pairs[i];
    if (pair->a >= 0 && pair->b >= 0) {
      const bool in_a = has_codes(&job->a.description->segments[pair->a]);
      const bool in_b = has_codes(&job->b.description->segments[pair->b]);
      count += in_a != in_b ? 1 : 0;
    }
  }
  return count;
}

static void add_notes(compare_job *job, size_t renumbered, size_t empty) {
  if (renumbered > 0) {
    compare_add(
        job, 0,
        "segments with another number: %zu (BINARY and FRACTIONAL objects are numbered 1 to N, PS3.3 C.8.20.2.4)",
        renumbered);
  }
  if (empty > 0) {
    compare_add(job, 0, "segments without voxels on one side only, as the other's format cannot list them: %zu", empty);
  }
  if (!compare_lists_segments(&job->a) || !compare_lists_segments(&job->b)) {
    compare_add(job, 0, "names, codes and colours are not compared: %s does not hold them",
                dseg_source_format(compare_lists_segments(&job->a) ? job->b.source : job->a.source));
    return;
  }
  const size_t without_codes = count_without_codes(job);
  if (without_codes > 0 && (job->ignore & COMPARE_CODES) == 0) {
    compare_add(job, 0, "segments with codes on one side only: %zu", without_codes);
  }
}

/* The number that a segment has where there are no rules for it. */
static uint32_t own_number(const dseg_segment *segment) {
  return segment->has_original_number ? segment->original_number : segment->number;
}

static bool same_own_number(const compare_job *job, const compare_pair *pair) {
  return own_number(&job->a.description->segments[pair->a]) == own_number(&job->b.description->segments[pair->b]);
}

dseg_status compare_metadata(compare_job *job, dseg_error *error) {
  const bool prescribed = numbers_are_prescribed(&job->a) || numbers_are_prescribed(&job->b);
  size_t renumbered = 0;
  size_t empty = 0;
  for (size_t i = 0; i < job->pair_count; i++) {
    compare_pair *pair = &job->pairs[i];
    if (pair->a < 0 || pair->b < 0) {
      pair->differs = lonely_difference(job, pair);
      empty += pair->differs == 0 && (job->ignore & COMPARE_SEGMENTS) == 0 ? 1 : 0;
    } else {
      DSEG_TRY(pair_differences(job, pair, &pair->differs, error));
      if ((prescribed || same_own_number(job, pair)) && (pair->differs & COMPARE_NUMBERS) != 0) {
        pair->differs &= ~(unsigned)COMPARE_NUMBERS;
        renumbered++;
      }
    }
    if (pair->differ > 0) {
      pair->differs |= COMPARE_VOXELS & ~job->ignore;
    }
    job->found |= pair->differs;
  }
  add_notes(job, renumbered, empty);
  return is_dicom(&job->a) && is_dicom(&job->b) ? compare_provenance(job, error) : DSEG_OK;
}
