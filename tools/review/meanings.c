/* SPDX-License-Identifier: Apache-2.0 */
/* meanings.c - codes that have several meanings in an archive (PS3.3 8.3): other words, or another spelling. */
#include <stdlib.h>
#include <string.h>

#include "dseg/terms.h"
#include "review/collector.h"

/* Meanings of one code that are compared with each other; further ones are found, but not listed. */
enum { MOST_CLASSES = 64, MOST_LISTED = 6 };

/* A meaning while those of one code are compared: no text is put where text points to. */
typedef struct variant {
  const char *text;
  uint32_t number, code, objects;
  uint32_t group; /* of those that are the same in words */
} variant;

/* Meanings that are the same in words. */
typedef struct word_class {
  const char *text; /* one of them */
  uint64_t objects;
  unsigned accepted; /* 2: it is the table's for the code, 1: the table takes it, 0: it does not */
} word_class;

static int compare_variants(const void *a, const void *b) {
  const variant *first = a;
  const variant *second = b;
  if (first->code != second->code) {
    return first->code < second->code ? -1 : 1;
  }
  if (first->objects != second->objects) {
    return first->objects > second->objects ? -1 : 1;
  }
  return strcmp(first->text, second->text);
}

/* A meaning beyond ASCII is in another language: it is not compared. */
static bool is_compared(const char *text) {
  for (; *text != '\0'; text++) {
    if ((unsigned char)*text >= 0x80 || *text == 0x1B) {
      return false;
    }
  }
  return true;
}

static unsigned acceptance(const char *scheme, const char *value, const char *meaning) {
  const char *known = dseg_code_meaning(scheme, value);
  return known != NULL && dseg_same_meaning(known, meaning)         ? 2
         : known != NULL && dseg_code_means(scheme, value, meaning) ? 1
                                                                    : 0;
}

/* Puts the meanings of one code, the most frequent first, into classes; returns how many. */
static size_t classify(variant *variants, size_t count, const char *scheme, const char *value, word_class *classes) {
  size_t class_count = 0;
  for (size_t i = 0; i < count; i++) {
    size_t at = 0;
    while (at < class_count && !dseg_same_meaning(classes[at].text, variants[i].text)) {
      at++;
    }
    if (at == MOST_CLASSES) {
      at--; /* more than anybody reads: found with the last of them */
    } else if (at == class_count) {
      classes[class_count++] =
          (word_class){.text = variants[i].text, .accepted = acceptance(scheme, value, variants[i].text)};
    }
    classes[at].objects += variants[i].objects;
    variants[i].group = (uint32_t)at;
  }
  return class_count;
}

/* The group that is right: one that the table has, before others the one in the most objects; count: none can be told.
 */
static size_t choose_class(const word_class *classes, size_t count) {
  size_t best = 0;
  bool tie = false;
  for (size_t i = 1; i < count; i++) {
    if (classes[i].accepted != classes[best].accepted ? classes[i].accepted > classes[best].accepted
                                                      : classes[i].objects > classes[best].objects) {
      best = i;
      tie = false;
    } else if (classes[i].accepted == classes[best].accepted && classes[i].objects == classes[best].objects) {
      tie = true;
    }
  }
  return tie && classes[best].accepted == 0 ? count : best;
}

/* `SCT 10200004 is "Liver" in 27 objects, "Large bowel" in 2 objects`, and what the table says. group: of these
 * variants alone; SIZE_MAX: of all. */
static dseg_status write_text(const char *scheme, const char *value, const variant *variants, size_t count,
                              size_t group, dseg_buffer *text, dseg_error *error) {
  size_t listed = 0;
  size_t left_out = 0;
  text->size = 0;
  DSEG_TRY(dseg_buffer_printf(text, error, "%.40s %.70s is", scheme, value));
  for (size_t i = 0; i < count; i++) {
    if (group != SIZE_MAX && variants[i].group != group) {
      continue;
    }
    if (listed == MOST_LISTED) {
      left_out++;
      continue;
    }
    DSEG_TRY(dseg_buffer_printf(text, error, "%s \"%.80s\" in %u object%s", listed > 0 ? "," : "", variants[i].text,
                                (unsigned)variants[i].objects, variants[i].objects == 1 ? "" : "s"));
    listed++;
  }
  if (left_out > 0) {
    DSEG_TRY(dseg_buffer_printf(text, error, ", and %zu more meanings", left_out));
  }
  const char *known = dseg_code_meaning(scheme, value);
  DSEG_TRY(known != NULL ? dseg_buffer_printf(text, error, "; the table has \"%s\"", known)
                         : dseg_buffer_printf(text, error, "; no table has the code"));
  return dseg_buffer_append(text, "", 1, error);
}

static dseg_status mark(review *all, const variant *one, review_kind kind, const dseg_buffer *text, dseg_error *error) {
  uint32_t number;
  DSEG_TRY(review_table_put(&all->told, (dseg_view){text->data, text->size - 1}, &number, &all->memory, error));
  review_meaning *meaning = review_table_item(&all->meanings, one->number);
  meaning->kind = (uint32_t)kind;
  meaning->finding = number + 1;
  return DSEG_OK;
}

/* The spelling that is right in a group: the table's, else the most frequent; NULL: none can be told. */
static const char *choose_spelling(const variant *variants, size_t count, size_t group, const char *known) {
  const variant *best = NULL;
  bool tie = false;
  for (size_t i = 0; i < count; i++) {
    if (variants[i].group != group) {
      continue;
    }
    if (known != NULL && strcmp(known, variants[i].text) == 0) {
      return variants[i].text;
    }
    tie = tie || (best != NULL && best->objects == variants[i].objects);
    best = best == NULL ? &variants[i] : best; /* the first is the most frequent */
  }
  return tie ? NULL : best != NULL ? best->text : NULL;
}

/* Marks the meanings of one code that are not the right one. */
static dseg_status compare_code(review *all, const char *scheme, const char *value, variant *variants, size_t count,
                                dseg_buffer *text, dseg_error *error) {
  word_class classes[MOST_CLASSES];
  const size_t class_count = classify(variants, count, scheme, value, classes);
  const size_t right = choose_class(classes, class_count);
  const char *known = dseg_code_meaning(scheme, value);
  for (size_t group = 0; group < class_count; group++) {
    const char *spelling = choose_spelling(variants, count, group, known);
    const bool other_words = group != right && class_count > 1;
    const review_kind kind = other_words && classes[group].accepted == 0 ? REVIEW_CODE_MEANINGS : REVIEW_CODE_SPELLING;
    DSEG_TRY(write_text(scheme, value, variants, count, other_words ? SIZE_MAX : group, text, error));
    for (size_t i = 0; i < count; i++) {
      const bool other_spelling = variants[i].text != spelling; /* each text is there once */
      if (variants[i].group == group && (other_words || other_spelling)) {
        DSEG_TRY(mark(all, &variants[i], kind, text, error));
      }
    }
  }
  return DSEG_OK;
}

static dseg_status find_meaning(review *all, uint32_t object, uint32_t use, const uint32_t *meanings, size_t count,
                                void *user, dseg_error *error) {
  (void)use;
  (void)user;
  for (size_t i = 0; i < count; i++) {
    const review_meaning *meaning = review_table_item(&all->meanings, meanings[i]);
    if (meaning->finding != 0) {
      DSEG_TRY(review_found(all, (review_kind)meaning->kind, review_table_string(&all->told, meaning->finding - 1),
                            object, 1, error));
    }
  }
  return DSEG_OK;
}

static dseg_status compare_all(review *all, variant *variants, dseg_buffer *text, dseg_error *error) {
  const size_t total = review_table_count(&all->meanings);
  size_t count = 0;
  for (uint32_t i = 0; i < total; i++) {
    const review_meaning *meaning = review_table_item(&all->meanings, i);
    const char *said = review_table_string(&all->texts, meaning->text);
    if (*said != '\0' && is_compared(said)) {
      variants[count++] = (variant){.text = said, .number = i, .code = meaning->code, .objects = meaning->objects};
    }
  }
  qsort(variants, count, sizeof *variants, compare_variants);
  for (size_t begin = 0, end; begin < count; begin = end) {
    for (end = begin + 1; end < count && variants[end].code == variants[begin].code;) {
      end++;
    }
    if (end - begin > 1) {
      char key[256];
      const dseg_view code = review_table_text(&all->codes, variants[begin].code);
      const size_t size = code.size < sizeof key - 1 ? code.size : sizeof key - 1;
      memcpy(key, code.data, size);
      key[size] = '\0';
      char *value = strchr(key, REVIEW_SEPARATOR);
      if (value != NULL) {
        *value++ = '\0';
        DSEG_TRY(compare_code(all, key, value, variants + begin, end - begin, text, error));
      }
    }
  }
  for (uint32_t i = 0; i < all->objects.count; i++) {
    DSEG_TRY(review_each_segment(all, i, find_meaning, NULL, error));
  }
  return DSEG_OK;
}

dseg_status review_compare_meanings(review *all, dseg_error *error) {
  const size_t count = review_table_count(&all->meanings);
  variant *variants = calloc(count + 1, sizeof *variants);
  dseg_buffer text = {0};
  if (variants == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a review of %zu meanings", count);
  }
  const dseg_status status = compare_all(all, variants, &text, error);
  dseg_buffer_free(&text);
  free(variants);
  return status;
}
