/* SPDX-License-Identifier: Apache-2.0 */
/* findings.c - keeps what is found, and makes a row of each series. */
#include <stdlib.h>
#include <string.h>

#include "review/summary.h"

/* Keeps the objects whose names are first, in order. */
static void note_example(const review *all, review_finding *finding, uint32_t object) {
  const char *name = review_object_name(all, object);
  size_t at = finding->objects < REVIEW_EXAMPLES ? finding->objects : REVIEW_EXAMPLES;
  while (at > 0 && strcmp(review_object_name(all, finding->examples[at - 1]), name) > 0) {
    if (at < REVIEW_EXAMPLES) {
      finding->examples[at] = finding->examples[at - 1];
    }
    at--;
  }
  if (at < REVIEW_EXAMPLES) {
    finding->examples[at] = object;
  }
}

dseg_status review_found(review *all, review_kind kind, const char *text, uint32_t object, uint64_t count,
                         dseg_error *error) {
  dseg_buffer key = {0};
  uint32_t number = 0;
  const uint8_t first = (uint8_t)('A' + (int)kind);
  dseg_status status = dseg_buffer_append(&key, &first, 1, error);
  if (status == DSEG_OK) {
    status = dseg_buffer_append(&key, text, strlen(text), error);
  }
  if (status == DSEG_OK) {
    status = review_table_put(&all->findings, (dseg_view){key.data, key.size}, &number, &all->memory, error);
  }
  dseg_buffer_free(&key);
  if (status != DSEG_OK) {
    return status;
  }
  review_finding *finding = review_table_item(&all->findings, number);
  review_hit *last = finding->last_hit != 0 ? review_array_at(&all->hits, finding->last_hit - 1) : NULL;
  if (last == NULL || last->object != object) {
    if (all->hits.count >= REVIEW_NONE - 1) {
      return dseg_fail(error, DSEG_ERROR_LIMIT, "more than 4,294,967,294 findings: review parts of the archive");
    }
    DSEG_TRY(review_array_extend(&all->hits, 1, &all->memory, error));
    last = review_array_at(&all->hits, all->hits.count - 1);
    *last = (review_hit){.finding = number, .object = object};
    finding->last_hit = (uint32_t)all->hits.count;
    note_example(all, finding, object);
    finding->objects++;
    review_object_at(all, object)->found = true;
  }
  finding->kind = (uint32_t)kind;
  last->count = count < UINT32_MAX - last->count ? last->count + (uint32_t)count : UINT32_MAX;
  finding->count = count < UINT64_MAX - finding->count ? finding->count + count : UINT64_MAX;
  return DSEG_OK;
}

/* The weight of a kind counts once, and once more each time that the number of its findings doubles. */
static uint64_t score_of(const review_row *row) {
  uint64_t score = 0;
  for (size_t kind = 0; kind < REVIEW_KINDS; kind++) {
    for (uint64_t count = row->counts[kind]; count > 0; count /= 2) {
      score += review_kind_at(kind)->weight;
    }
  }
  return score;
}

static int compare_rows(const void *a, const void *b) {
  const review_row *first = a;
  const review_row *second = b;
  if (first->score != second->score) {
    return first->score > second->score ? -1 : 1;
  }
  return strcmp(first->name, second->name);
}

/* The heaviest finding of a row is the one that it shows; of several the one that is first in words. */
static void note_worst(const review *all, review_row *row, uint32_t finding) {
  const review_finding *now = review_table_item(&all->findings, finding);
  const review_finding *before = row->worst != 0 ? review_table_item(&all->findings, row->worst - 1) : NULL;
  const unsigned weight = review_kind_at(now->kind)->weight;
  const unsigned had = before != NULL ? review_kind_at(before->kind)->weight : 0;
  if (weight > had ||
      (weight == had && strcmp(review_finding_text(all, finding), review_finding_text(all, row->worst - 1)) < 0)) {
    row->worst = finding + 1;
  }
}

/* Codes of no table in an object, each once. */
typedef struct unknown_codes {
  uint32_t *last; /* by code: the object that had it last, + 1 */
  uint64_t count;
} unknown_codes;

static dseg_status count_unknown(review *all, uint32_t object, uint32_t use, const uint32_t *meanings, size_t count,
                                 void *user, dseg_error *error) {
  unknown_codes *unknown = user;
  (void)use;
  (void)error;
  for (size_t i = 0; i < count; i++) {
    const review_meaning *meaning = review_table_item(&all->meanings, meanings[i]);
    const review_code_use *code = review_table_item(&all->codes, meaning->code);
    if (!code->known && unknown->last[meaning->code] != object + 1) {
      unknown->last[meaning->code] = object + 1;
      unknown->count++;
    }
  }
  return DSEG_OK;
}

static dseg_status fill_rows(review *all, unknown_codes *unknown, dseg_error *error) {
  for (uint32_t i = 0; i < all->objects.count; i++) {
    const review_object *object = review_object_at(all, i);
    review_row *row = &all->rows[object->series];
    if (row->objects == 0) {
      row->series = object->series;
      row->object = i;
      row->forms = 1;
    } else if (object->form != review_object_at(all, row->object)->form) {
      row->forms = 2;
    }
    if (strcmp(review_object_name(all, i), review_object_name(all, row->object)) < 0) {
      row->object = i;
    }
    row->objects++;
    row->unnamed += object->unnamed;
    row->no_patient += object->patient == REVIEW_NONE;
    row->no_frame_of_reference += object->frame_of_reference == REVIEW_NONE;
    row->not_compared += !object->compared;
    unknown->count = 0;
    DSEG_TRY(review_each_segment(all, i, count_unknown, unknown, error));
    row->unverified_codes += unknown->count;
  }
  for (size_t i = 0; i < all->hits.count; i++) {
    const review_hit *hit = review_array_at(&all->hits, i);
    const review_finding *finding = review_table_item(&all->findings, hit->finding);
    review_row *row = &all->rows[review_object_at(all, hit->object)->series];
    row->counts[finding->kind] += hit->count;
    note_worst(all, row, hit->finding);
  }
  return DSEG_OK;
}

dseg_status review_make_rows(review *all, dseg_error *error) {
  unknown_codes unknown = {.count = 0};
  all->row_count = review_table_count(&all->series);
  all->rows = calloc(all->row_count + 1, sizeof *all->rows);
  unknown.last = calloc(review_table_count(&all->codes) + 1, sizeof *unknown.last);
  if (all->rows == NULL || unknown.last == NULL) {
    free(unknown.last);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a review of %zu series", all->row_count);
  }
  const dseg_status status = fill_rows(all, &unknown, error);
  free(unknown.last);
  for (size_t i = 0; i < all->row_count; i++) {
    all->rows[i].score = score_of(&all->rows[i]);
    all->rows[i].name = review_table_string(&all->series, all->rows[i].series);
  }
  qsort(all->rows, all->row_count, sizeof *all->rows, compare_rows);
  return status;
}

/* A finding to be sorted. */
typedef struct sorted_finding {
  const review_finding *finding;
  const char *text;
  uint32_t number;
} sorted_finding;

static int compare_findings(const void *a, const void *b) {
  const sorted_finding *first = a;
  const sorted_finding *second = b;
  const unsigned weights[] = {review_kind_at(first->finding->kind)->weight,
                              review_kind_at(second->finding->kind)->weight};
  if (weights[0] != weights[1]) {
    return weights[0] > weights[1] ? -1 : 1;
  }
  if (first->finding->kind != second->finding->kind) {
    return first->finding->kind < second->finding->kind ? -1 : 1;
  }
  if (first->finding->objects != second->finding->objects) {
    return first->finding->objects > second->finding->objects ? -1 : 1;
  }
  return strcmp(first->text, second->text);
}

dseg_status review_sort_findings(const review *all, uint32_t **order, dseg_error *error) {
  const size_t count = review_table_count(&all->findings);
  sorted_finding *sorted = calloc(count + 1, sizeof *sorted);
  *order = calloc(count + 1, sizeof **order);
  if (sorted == NULL || *order == NULL) {
    free(sorted);
    free(*order);
    *order = NULL;
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu findings", count);
  }
  for (uint32_t i = 0; i < count; i++) {
    sorted[i] = (sorted_finding){review_table_item(&all->findings, i), review_table_string(&all->findings, i) + 1, i};
  }
  qsort(sorted, count, sizeof *sorted, compare_findings);
  for (size_t i = 0; i < count; i++) {
    (*order)[i] = sorted[i].number;
  }
  free(sorted);
  return DSEG_OK;
}
