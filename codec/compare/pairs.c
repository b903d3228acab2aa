/* SPDX-License-Identifier: Apache-2.0 */
/* pairs.c - which segment of A corresponds to which of B. */
#include <stdlib.h>
#include <string.h>

#include "compare/job.h"

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

dseg_status dseg_compare_choose_match(const dseg_compare_job *job, dseg_match *match, dseg_error *error) {
  const dseg_description *a = job->a.description;
  const dseg_description *b = job->b.description;
  if (same_numbers(a, b)) {
    *match = DSEG_MATCH_NUMBER;
    return DSEG_OK;
  }
  bool same = false;
  DSEG_TRY(compare_labels(a, b, &same, error));
  if (same) {
    *match = DSEG_MATCH_LABEL;
  } else {
    *match = a->segment_count == b->segment_count ? DSEG_MATCH_ORDER : DSEG_MATCH_NUMBER;
  }
  return DSEG_OK;
}

dseg_status dseg_compare_check_match(const dseg_compare_job *job, dseg_match match, dseg_error *error) {
  const dseg_description *a = job->a.description;
  const dseg_description *b = job->b.description;
  bool same = true;
  if (match == DSEG_MATCH_LABEL) {
    DSEG_TRY(compare_labels(a, b, &same, error));
  }
  if (!same) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "segments cannot be matched by label: the two do not have the same labels, each once");
  }
  if (match == DSEG_MATCH_ORDER && a->segment_count != b->segment_count) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "segments cannot be matched by order: A has %zu, B has %zu",
                     a->segment_count, b->segment_count);
  }
  return (unsigned)match <= DSEG_MATCH_ORDER
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_ARGUMENT, "match %u is no way to match segments", (unsigned)match);
}

/* Numbers ascend on both sides: one walk finds pairs and those left over. */
static void match_by_number(dseg_compare_job *job) {
  const dseg_description *a = job->a.description;
  const dseg_description *b = job->b.description;
  size_t i = 0;
  size_t j = 0;
  while (i < a->segment_count || j < b->segment_count) {
    dseg_compared_pair *pair = &job->pairs[job->pair_count++];
    *pair = (dseg_compared_pair){.a = -1, .b = -1};
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

static dseg_status match_by_label(dseg_compare_job *job, dseg_error *error) {
  const size_t count = job->a.description->segment_count;
  struct labelled *in_a = sort_by_label(job->a.description);
  struct labelled *in_b = sort_by_label(job->b.description);
  if (in_a == NULL || in_b == NULL) {
    free(in_a);
    free(in_b);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for segments");
  }
  for (size_t i = 0; i < count; i++) {
    job->pairs[in_a[i].index] = (dseg_compared_pair){.a = (ptrdiff_t)in_a[i].index, .b = (ptrdiff_t)in_b[i].index};
  }
  job->pair_count = count;
  free(in_a);
  free(in_b);
  return DSEG_OK;
}

dseg_status dseg_compare_match_segments(dseg_compare_job *job, dseg_match match, dseg_error *error) {
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
    case DSEG_MATCH_NUMBER: match_by_number(job); break;
    case DSEG_MATCH_LABEL: return match_by_label(job, error);
    case DSEG_MATCH_CHOSEN:
    case DSEG_MATCH_ORDER:
      for (size_t i = 0; i < count_a; i++) {
        job->pairs[job->pair_count++] = (dseg_compared_pair){.a = (ptrdiff_t)i, .b = (ptrdiff_t)i};
      }
      break;
  }
  return DSEG_OK;
}
