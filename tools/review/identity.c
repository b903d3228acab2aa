/* SPDX-License-Identifier: Apache-2.0 */
/* identity.c - UIDs that stand for several things: between patients, studies, series and frames of reference. */
#include <stdlib.h>
#include <string.h>

#include "review/collector.h"

/* Different values that are told apart; what has further ones is found all the same. */
enum { MOST_VALUES = 8 };

/* What objects that share a UID should have in common. */
typedef struct shared_question {
  const review_table *table;                                   /* chains of objects by a UID */
  const char *subject;                                         /* "Tracking UID" */
  const char *what;                                            /* "patient" */
  uint32_t (*ask)(const review *all, const review_link *link); /* REVIEW_NONE: the object does not say it */
  const review_table *values;                                  /* whose texts they are */
  review_kind kind;
  bool all; /* nobody knows who is right: all objects have it */
} shared_question;

static uint32_t patient_of(const review *all, const review_link *link) {
  return review_object_at(all, link->object)->patient;
}

static uint32_t study_of(const review *all, const review_link *link) {
  return review_object_at(all, link->object)->study;
}

static uint32_t frame_of(const review *all, const review_link *link) {
  return review_object_at(all, link->object)->frame_of_reference;
}

/* That of objects which were not compared with the images themselves. */
static uint32_t uncompared_frame_of(const review *all, const review_link *link) {
  const review_object *object = review_object_at(all, link->object);
  return object->compared ? REVIEW_NONE : object->frame_of_reference;
}

static uint32_t codes_of(const review *all, const review_link *link) {
  (void)all;
  return link->codes;
}

/* The different answers of a chain. */
typedef struct answers {
  uint32_t values[MOST_VALUES];
  uint32_t counts[MOST_VALUES];
  size_t count;
  uint32_t further; /* objects with a value that there was no room for */
} answers;

/* What an object says. */
typedef struct said {
  uint32_t value, object;
} said;

static int compare_said(const void *a, const void *b) {
  const said *first = a;
  const said *second = b;
  return first->value != second->value ? (first->value > second->value) - (first->value < second->value)
                                       : (first->object > second->object) - (first->object < second->object);
}

/* The most frequent first, then by text: the order of objects does not count. */
static bool is_before(const shared_question *question, uint32_t value, uint32_t count, uint32_t other,
                      uint32_t other_count) {
  return count != other_count
             ? count > other_count
             : strcmp(review_table_string(question->values, value), review_table_string(question->values, other)) < 0;
}

/* Keeps the first MOST_VALUES in that order. */
static void keep_answer(const shared_question *question, uint32_t value, uint32_t count, answers *found) {
  size_t at = found->count;
  if (at < MOST_VALUES) {
    found->count++;
  } else if (is_before(question, value, count, found->values[at - 1], found->counts[at - 1])) {
    at--;
    found->further += found->counts[at];
  } else {
    found->further += count;
    return;
  }
  for (; at > 0 && is_before(question, value, count, found->values[at - 1], found->counts[at - 1]); at--) {
    found->values[at] = found->values[at - 1];
    found->counts[at] = found->counts[at - 1];
  }
  found->values[at] = value;
  found->counts[at] = count;
}

/* An object counts once for each value that its segments have. */
static dseg_status count_answers(const review *all, const shared_question *question, const review_chain *chain,
                                 answers *found, dseg_error *error) {
  said *items = calloc(chain->count, sizeof *items);
  size_t count = 0;
  *found = (answers){.count = 0};
  if (items == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a review");
  }
  for (uint32_t at = chain->first; at != 0; at = review_link_at(all, at - 1)->next) {
    const review_link *link = review_link_at(all, at - 1);
    items[count] = (said){question->ask(all, link), link->object};
    count += items[count].value != REVIEW_NONE ? 1 : 0;
  }
  qsort(items, count, sizeof *items, compare_said);
  for (size_t begin = 0, end = 0; begin < count; begin = end) {
    uint32_t objects = 1;
    for (end = begin + 1; end < count && items[end].value == items[begin].value; end++) {
      objects += items[end].object != items[end - 1].object ? 1 : 0;
    }
    keep_answer(question, items[begin].value, objects, found);
  }
  free(items);
  return DSEG_OK;
}

static dseg_status write_text(const shared_question *question, uint32_t number, const answers *found, dseg_buffer *text,
                              dseg_error *error) {
  text->size = 0;
  DSEG_TRY(
      dseg_buffer_printf(text, error, "%s %.70s:", question->subject, review_table_string(question->table, number)));
  for (size_t i = 0; i < found->count; i++) {
    DSEG_TRY(dseg_buffer_printf(text, error, "%s %s %.120s in %u object%s", i > 0 ? "," : "", question->what,
                                review_table_string(question->values, found->values[i]), (unsigned)found->counts[i],
                                found->counts[i] == 1 ? "" : "s"));
  }
  if (found->further > 0) {
    DSEG_TRY(dseg_buffer_printf(text, error, ", others in %u more", (unsigned)found->further));
  }
  return dseg_buffer_append(text, "", 1, error);
}

/* Every object with another answer than the most frequent one has the finding; all have it where none is more frequent,
 * or where frequency says nothing. */
static dseg_status ask_chain(review *all, const shared_question *question, uint32_t number, dseg_buffer *text,
                             dseg_error *error) {
  answers found;
  const review_chain chain = *(const review_chain *)review_table_item(question->table, number);
  if (chain.count < 2) {
    return DSEG_OK;
  }
  DSEG_TRY(count_answers(all, question, &chain, &found, error));
  if (found.count < 2) {
    return DSEG_OK;
  }
  DSEG_TRY(write_text(question, number, &found, text, error));
  const uint32_t right = question->all || found.counts[0] == found.counts[1] ? REVIEW_NONE : found.values[0];
  for (uint32_t at = chain.first; at != 0; at = review_link_at(all, at - 1)->next) {
    const uint32_t value = question->ask(all, review_link_at(all, at - 1));
    if (value != REVIEW_NONE && value != right) {
      DSEG_TRY(
          review_found(all, question->kind, (const char *)text->data, review_link_at(all, at - 1)->object, 1, error));
    }
  }
  return DSEG_OK;
}

/* Several objects of one SOP Instance UID. */
static dseg_status compare_instances(review *all, dseg_buffer *text, dseg_error *error) {
  for (uint32_t i = 0; i < review_table_count(&all->instances); i++) {
    const review_chain chain = *(const review_chain *)review_table_item(&all->instances, i);
    if (chain.count < 2) {
      continue;
    }
    text->size = 0;
    DSEG_TRY(dseg_buffer_printf(text, error, "SOP Instance UID %.70s: %u objects",
                                review_table_string(&all->instances, i), (unsigned)chain.count));
    uint64_t bytes = UINT64_MAX;
    bool same = true;
    for (uint32_t at = chain.first; at != 0; at = review_link_at(all, at - 1)->next) {
      const review_object *object = review_object_at(all, review_link_at(all, at - 1)->object);
      same = same && (bytes == UINT64_MAX || bytes == object->bytes);
      bytes = object->bytes;
    }
    DSEG_TRY(dseg_buffer_printf(text, error, same ? " of one size, which may be copies" : " of different sizes"));
    DSEG_TRY(dseg_buffer_append(text, "", 1, error));
    for (uint32_t at = chain.first; at != 0; at = review_link_at(all, at - 1)->next) {
      DSEG_TRY(
          review_found(all, REVIEW_INSTANCE, (const char *)text->data, review_link_at(all, at - 1)->object, 1, error));
    }
  }
  return DSEG_OK;
}

dseg_status review_compare_identity(review *all, dseg_error *error) {
  const shared_question questions[] = {
      {&all->tracking, "Tracking UID", "patient", patient_of, &all->patients, REVIEW_TRACKING_PATIENTS, true},
      {&all->tracking, "Tracking UID", "codes", codes_of, &all->texts, REVIEW_TRACKING_CODES, false},
      {&all->image_series, "images of series", "patient", patient_of, &all->patients, REVIEW_PATIENT, true},
      {&all->studies, "study", "patient", patient_of, &all->patients, REVIEW_HIERARCHY, true},
      {&all->series, "series", "study", study_of, &all->studies, REVIEW_HIERARCHY, true},
      {&all->image_series, "images of series", "frame of reference", uncompared_frame_of, &all->texts,
       REVIEW_FRAME_OF_REFERENCE, false},
      {&all->series, "series", "frame of reference", frame_of, &all->texts, REVIEW_FRAME_OF_REFERENCE, false},
  };
  dseg_buffer text = {0};
  dseg_status status = compare_instances(all, &text, error);
  for (size_t i = 0; status == DSEG_OK && i < sizeof questions / sizeof questions[0]; i++) {
    for (uint32_t k = 0; status == DSEG_OK && k < review_table_count(questions[i].table); k++) {
      status = ask_chain(all, &questions[i], k, &text, error);
    }
  }
  dseg_buffer_free(&text);
  return status;
}

dseg_status review_finish(review *all, dseg_error *error) {
  dseg_error_clear(error);
  DSEG_TRY(review_compare_meanings(all, error));
  DSEG_TRY(review_compare_labels(all, error));
  DSEG_TRY(review_compare_identity(all, error));
  return review_make_rows(all, error);
}
