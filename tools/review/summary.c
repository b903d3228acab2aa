/* SPDX-License-Identifier: Apache-2.0 */
/* summary.c - what the results of a review tell in common. */
#include "review/summary.h"

#include <stdlib.h>
#include <string.h>

review_unverified review_count_unverified(const review *all) {
  review_unverified counts = {0};
  for (uint32_t i = 0; i < review_table_count(&all->codes); i++) {
    const review_code_use *code = review_table_item(&all->codes, i);
    counts.codes += !code->known;
    counts.private_codes += !code->known && code->is_private;
    counts.places += code->known ? 0 : code->objects;
  }
  for (size_t i = 0; i < all->objects.count; i++) {
    const review_object *object = review_object_at(all, i);
    counts.unnamed += object->unnamed;
    counts.no_patient += object->patient == REVIEW_NONE;
    counts.no_frame_of_reference += object->frame_of_reference == REVIEW_NONE;
    counts.no_images += !object->names_images;
    counts.not_compared += object->names_images && !object->compared;
  }
  return counts;
}

review_totals review_total(const review *all) {
  review_totals totals = {.objects = all->objects.count,
                          .series = review_table_count(&all->series),
                          .patients = review_table_count(&all->patients),
                          .findings = review_table_count(&all->findings),
                          .unread = all->unread};
  for (size_t i = 0; i < all->objects.count; i++) {
    totals.objects_with_findings += review_object_at(all, i)->found;
  }
  return totals;
}

/* A form to be sorted. */
typedef struct sorted_form {
  uint32_t number, objects;
  const char *texts[3];
} sorted_form;

static int compare_forms(const void *a, const void *b) {
  const sorted_form *first = a;
  const sorted_form *second = b;
  if (first->objects != second->objects) {
    return first->objects > second->objects ? -1 : 1;
  }
  int order = 0;
  for (size_t i = 0; order == 0 && i < 3; i++) {
    order = strcmp(first->texts[i], second->texts[i]);
  }
  return order;
}

dseg_status review_sort_forms(const review *all, uint32_t **order, dseg_error *error) {
  const size_t count = review_table_count(&all->forms);
  sorted_form *sorted = calloc(count + 1, sizeof *sorted);
  *order = calloc(count + 1, sizeof **order);
  if (sorted == NULL || *order == NULL) {
    free(sorted);
    free(*order);
    *order = NULL;
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu makers", count);
  }
  for (uint32_t i = 0; i < count; i++) {
    const review_form *form = review_table_item(&all->forms, i);
    sorted[i] = (sorted_form){
        i,
        form->objects,
        {review_table_string(&all->texts, form->maker), review_table_string(&all->texts, form->representation),
         review_table_string(&all->texts, form->syntax)}};
  }
  qsort(sorted, count, sizeof *sorted, compare_forms);
  for (size_t i = 0; i < count; i++) {
    (*order)[i] = sorted[i].number;
  }
  free(sorted);
  return DSEG_OK;
}

const char *review_object_name(const review *all, uint32_t object) {
  return review_table_string(&all->texts, review_object_at(all, object)->name);
}

const char *review_series_name(const review *all, uint32_t series) {
  const char *name = review_table_string(&all->series, series);
  return *name == REVIEW_SEPARATOR ? "" : name;
}

const char *review_finding_text(const review *all, uint32_t finding) {
  return review_table_string(&all->findings, finding) + 1; /* behind its kind */
}

dseg_status review_flush(FILE *stream, dseg_error *error) {
  return fflush(stream) == 0 && ferror(stream) == 0
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_OUTPUT, "the results of the review cannot be written");
}
