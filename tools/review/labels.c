/* SPDX-License-Identifier: Apache-2.0 */
/* labels.c - labels whose segments have several sets of codes in an archive (PS3.3 C.8.20.4). */
#include <stdlib.h>
#include <string.h>

#include "dseg/terms.h"
#include "review/collector.h"

enum { MOST_LISTED = 6 };

/* A label's use with a set of codes, while those of one label are compared: no text is put where codes points to. */
typedef struct variant {
  const char *codes;
  uint32_t number, label, objects;
} variant;

static int compare_variants(const void *a, const void *b) {
  const variant *first = a;
  const variant *second = b;
  if (first->label != second->label) {
    return first->label < second->label ? -1 : 1;
  }
  if (first->objects != second->objects) {
    return first->objects > second->objects ? -1 : 1;
  }
  return strcmp(first->codes, second->codes);
}

/* The codes that the table of terms has for a label, as review_write_codes tells them; empty: it has none. */
static dseg_status find_term(const char *label, dseg_buffer *codes, dseg_error *error) {
  const dseg_term *term = dseg_term_find(label);
  review_code items[4];
  size_t count = 0;
  codes->size = 0;
  if (term == NULL) {
    return DSEG_OK;
  }
  const struct {
    review_role role;
    const dseg_code *code;
  } parts[] = {{REVIEW_TYPE, &term->type},
               {REVIEW_TYPE_MODIFIER, &term->modifier},
               {REVIEW_REGION, &term->region},
               {REVIEW_REGION_MODIFIER, &term->region_modifier}};
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    if (parts[i].code->value != NULL) {
      items[count++] = (review_code){.role = parts[i].role,
                                     .scheme = review_view(parts[i].code->scheme),
                                     .value = review_view(parts[i].code->value)};
    }
  }
  return review_write_codes(items, count, codes, error);
}

/* The use that is right: that of the table of terms, else the one in the most objects; count: none can be told. */
static size_t choose(const variant *variants, size_t count, const char *term) {
  for (size_t i = 0; i < count; i++) {
    if (strcmp(variants[i].codes, term) == 0) {
      return i;
    }
  }
  return variants[0].objects > variants[1].objects ? 0 : count;
}

static dseg_status write_text(const char *label, const variant *variants, size_t count, const char *term,
                              dseg_buffer *text, dseg_error *error) {
  text->size = 0;
  DSEG_TRY(dseg_buffer_printf(text, error, "label \"%.128s\" has", label));
  for (size_t i = 0; i < count && i < MOST_LISTED; i++) {
    DSEG_TRY(dseg_buffer_printf(text, error, "%s %.200s in %u object%s", i > 0 ? "," : "", variants[i].codes,
                                (unsigned)variants[i].objects, variants[i].objects == 1 ? "" : "s"));
  }
  if (count > MOST_LISTED) {
    DSEG_TRY(dseg_buffer_printf(text, error, ", and %zu more sets of codes", count - MOST_LISTED));
  }
  return *term != '\0' ? dseg_buffer_printf(text, error, "; the table of terms has %s", term) : DSEG_OK;
}

/* Marks the uses of one label that are not the right one. */
static dseg_status compare_label(review *all, const variant *variants, size_t count, dseg_buffer *term,
                                 dseg_buffer *text, dseg_error *error) {
  const char *label = review_table_string(&all->labels, variants->label);
  uint32_t number;
  DSEG_TRY(find_term(label, term, error));
  DSEG_TRY(dseg_buffer_append(term, "", 1, error));
  const size_t right = choose(variants, count, (const char *)term->data);
  DSEG_TRY(write_text(label, variants, count, (const char *)term->data, text, error));
  DSEG_TRY(review_table_put(&all->told, (dseg_view){text->data, text->size}, &number, &all->memory, error));
  for (size_t i = 0; i < count; i++) {
    if (i != right) {
      ((review_use *)review_table_item(&all->uses, variants[i].number))->finding = number + 1;
    }
  }
  return DSEG_OK;
}

static dseg_status find_use(review *all, uint32_t object, uint32_t number, const uint32_t *meanings, size_t count,
                            void *user, dseg_error *error) {
  (void)meanings;
  (void)count;
  (void)user;
  const review_use *use = number != REVIEW_NONE ? review_table_item(&all->uses, number) : NULL;
  return use == NULL || use->finding == 0
             ? DSEG_OK
             : review_found(all, REVIEW_LABEL_CODES, review_table_string(&all->told, use->finding - 1), object, 1,
                            error);
}

static dseg_status compare_all(review *all, variant *variants, dseg_error *error) {
  const size_t total = review_table_count(&all->uses);
  size_t count = 0;
  for (uint32_t i = 0; i < total; i++) {
    const review_use *use = review_table_item(&all->uses, i);
    if (use->codes != REVIEW_NONE) {
      variants[count++] = (variant){.codes = review_table_string(&all->texts, use->codes),
                                    .number = i,
                                    .label = use->label,
                                    .objects = use->objects};
    }
  }
  qsort(variants, count, sizeof *variants, compare_variants);
  dseg_buffer term = {0};
  dseg_buffer text = {0};
  dseg_status status = DSEG_OK;
  for (size_t begin = 0, end; status == DSEG_OK && begin < count; begin = end) {
    for (end = begin + 1; end < count && variants[end].label == variants[begin].label;) {
      end++;
    }
    if (end - begin > 1) {
      status = compare_label(all, variants + begin, end - begin, &term, &text, error);
    }
  }
  dseg_buffer_free(&term);
  dseg_buffer_free(&text);
  for (uint32_t i = 0; status == DSEG_OK && i < all->objects.count; i++) {
    status = review_each_segment(all, i, find_use, NULL, error);
  }
  return status;
}

dseg_status review_compare_labels(review *all, dseg_error *error) {
  const size_t count = review_table_count(&all->uses);
  variant *variants = calloc(count + 1, sizeof *variants);
  if (variants == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a review of %zu labels", count);
  }
  const dseg_status status = compare_all(all, variants, error);
  free(variants);
  return status;
}
