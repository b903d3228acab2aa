/* SPDX-License-Identifier: Apache-2.0 */
/* collect.c - makes a review and adds what was kept of objects to its tables. */
#include <stdlib.h>
#include <string.h>

#include "dseg/terms.h"
#include "review/collector.h"

dseg_status review_create(const review_options *options, review **made, dseg_error *error) {
  dseg_error_clear(error);
  *made = NULL;
  review *all = calloc(1, sizeof *all);
  if (all == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a review");
  }
  const uint64_t limit = options->memory_limit != 0 ? options->memory_limit : (uint64_t)4 << 30;
  all->memory.limit = limit;
  all->object_memory = options->object_memory_limit;
  all->temporary_directory = options->temporary_directory;
  all->patients.items.size = sizeof(review_chain);
  all->studies.items.size = sizeof(review_chain);
  all->series.items.size = sizeof(review_chain);
  all->instances.items.size = sizeof(review_chain);
  all->image_series.items.size = sizeof(review_chain);
  all->tracking.items.size = sizeof(review_chain);
  all->codes.items.size = sizeof(review_code_use);
  all->meanings.items.size = sizeof(review_meaning);
  all->uses.items.size = sizeof(review_use);
  all->forms.items.size = sizeof(review_form);
  all->findings.items.size = sizeof(review_finding);
  all->objects.size = sizeof(review_object);
  all->links.size = sizeof(review_link);
  all->hits.size = sizeof(review_hit);
  dseg_status status = DSEG_OK;
  if (options->reference_count > 0) {
    status = review_images_read(options->references, options->reference_count, &all->memory, &all->images, error);
  }
  if (status == DSEG_OK && options->reference_count > 0 && review_images_count(all->images) == 0) {
    status = dseg_fail(error, DSEG_ERROR_INPUT, "%s: no DICOM image is there", options->references[0]);
  }
  if (status != DSEG_OK) {
    review_destroy(all);
    return status;
  }
  *made = all;
  return DSEG_OK;
}

void review_destroy(review *all) {
  if (all == NULL) {
    return;
  }
  review_table *const tables[] = {&all->texts,         &all->patients,     &all->studies,  &all->series,
                                  &all->instances,     &all->image_series, &all->tracking, &all->codes,
                                  &all->meanings,      &all->labels,       &all->uses,     &all->segments,
                                  &all->segment_lists, &all->forms,        &all->told,     &all->findings};
  for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
    review_table_free(tables[i]);
  }
  review_array_free(&all->objects);
  review_array_free(&all->links);
  review_array_free(&all->hits);
  review_images_free(all->images);
  free(all->rows);
  free(all);
}

static dseg_status put_text(review *all, dseg_view text, uint32_t *number, dseg_error *error) {
  *number = REVIEW_NONE;
  return text.size > 0 ? review_table_put(&all->texts, text, number, &all->memory, error) : DSEG_OK;
}

/* Notes that an object has what a table numbers by this key: REVIEW_NONE where the key is empty. */
static dseg_status put_link(review *all, review_table *table, dseg_view key, uint32_t object, uint32_t codes,
                            uint32_t *number, dseg_error *error) {
  *number = REVIEW_NONE;
  if (key.size == 0) {
    return DSEG_OK;
  }
  DSEG_TRY(review_table_put(table, key, number, &all->memory, error));
  DSEG_TRY(review_array_extend(&all->links, 1, &all->memory, error));
  review_chain *chain = review_table_item(table, *number);
  *review_link_at(all, (uint32_t)all->links.count - 1) =
      (review_link){.object = object, .next = chain->first, .codes = codes};
  chain->first = (uint32_t)all->links.count;
  chain->count++;
  return DSEG_OK;
}

static dseg_status append_text(dseg_buffer *key, dseg_view text, char behind, dseg_error *error) {
  DSEG_TRY(dseg_buffer_append(key, text.data, text.size, error));
  return dseg_buffer_append(key, &behind, 1, error);
}

static dseg_view view_of(const dseg_buffer *buffer) {
  return (dseg_view){buffer->data, buffer->size};
}

/* The numbers of a code and of it with its meaning; each is counted once for an object. */
static dseg_status put_code(review *all, const review_code *code, uint32_t object, uint32_t *meaning, dseg_buffer *key,
                            dseg_error *error) {
  uint32_t number;
  key->size = 0;
  DSEG_TRY(append_text(key, code->scheme, REVIEW_SEPARATOR, error));
  DSEG_TRY(dseg_buffer_append(key, code->value.data, code->value.size, error));
  const size_t before = review_table_count(&all->codes);
  DSEG_TRY(review_table_put(&all->codes, view_of(key), &number, &all->memory, error));
  review_code_use *use = review_table_item(&all->codes, number);
  if (review_table_count(&all->codes) > before) {
    DSEG_TRY(dseg_buffer_append(key, "", 1, error));
    char *text = (char *)key->data;
    text[code->scheme.size] = '\0';
    use->known = dseg_code_meaning(text, text + code->scheme.size + 1) != NULL;
    use->is_private = strncmp(text, "99", 2) == 0;
  }
  use->objects += use->last_object != object + 1;
  use->last_object = object + 1;
  key->size = 0;
  DSEG_TRY(dseg_buffer_append(key, &number, sizeof number, error));
  DSEG_TRY(dseg_buffer_append(key, code->meaning.data, code->meaning.size, error));
  DSEG_TRY(review_table_put(&all->meanings, view_of(key), meaning, &all->memory, error));
  review_meaning *item = review_table_item(&all->meanings, *meaning);
  item->code = number;
  item->objects += item->last_object != object + 1;
  item->last_object = object + 1;
  return put_text(all, code->meaning, &item->text, error);
}

dseg_status review_write_codes(const review_code *codes, size_t count, dseg_buffer *text, dseg_error *error) {
  static const char *const between[REVIEW_ROLES] = {"", "", " + ", " in ", " + "};
  text->size = 0;
  for (size_t i = 0; i < count; i++) {
    if (codes[i].role != REVIEW_CATEGORY) {
      const char *before = text->size > 0 ? between[codes[i].role] : "";
      DSEG_TRY(dseg_buffer_append(text, before, strlen(before), error));
      DSEG_TRY(append_text(text, codes[i].scheme, ' ', error));
      DSEG_TRY(dseg_buffer_append(text, codes[i].value.data, codes[i].value.size, error));
    }
  }
  return DSEG_OK;
}

/* A label that says nothing of what the segment is: "Segment 3", "Label 1", "ROI". */
static bool tells_nothing(const char *normal) {
  static const char *const words[] = {"segment", "label",     "region", "roi",  "mask",
                                      "object",  "structure", "class",  "left", "right"};
  for (const char *at = normal; *at != '\0';) {
    const size_t size = strcspn(at, " ");
    bool nothing = strspn(at, "0123456789") == size;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
      nothing = nothing || (strlen(words[i]) == size && strncmp(at, words[i], size) == 0);
    }
    if (!nothing) {
      return false;
    }
    at += size;
    at += strspn(at, " ");
  }
  return true;
}

/* The label of a segment in normal form; false where it says nothing of what the segment is. */
static bool read_label(const review_segment *segment, char normal[DSEG_NAME_ROOM]) {
  char label[DSEG_NAME_ROOM];
  if (segment->label.size == 0 || segment->label.size >= sizeof label) {
    return false;
  }
  memcpy(label, segment->label.data, segment->label.size);
  label[segment->label.size] = '\0';
  return dseg_name_normalise(label, normal) && !tells_nothing(normal);
}

/* The use of a label with codes. */
static dseg_status put_use(review *all, const char *normal, const dseg_buffer *codes, uint32_t object, uint32_t *use,
                           dseg_error *error) {
  review_use made = {0};
  DSEG_TRY(review_table_put(&all->labels, review_view(normal), &made.label, &all->memory, error));
  DSEG_TRY(put_text(all, view_of(codes), &made.codes, error));
  const uint32_t key[] = {made.label, made.codes};
  DSEG_TRY(review_table_put(&all->uses, (dseg_view){(const uint8_t *)key, sizeof key}, use, &all->memory, error));
  review_use *item = review_table_item(&all->uses, *use);
  item->label = made.label;
  item->codes = made.codes;
  item->objects += item->last_object != object + 1;
  item->last_object = object + 1;
  return DSEG_OK;
}

/* Room for the keys of one object. */
typedef struct key_room {
  dseg_buffer key, codes, numbers, list;
} key_room;

/* A segment: what is the same of it in many objects becomes one number, which is appended to the list. */
static dseg_status put_segment(review *all, const review_segment *segment, const review_code *codes,
                               review_object *object, uint32_t number, key_room *keys, dseg_error *error) {
  uint32_t use = REVIEW_NONE;
  uint32_t same;
  uint32_t tracked;
  char normal[DSEG_NAME_ROOM];
  const bool named = read_label(segment, normal);
  const size_t count = codes != NULL ? (size_t)segment->code_count : 0;
  DSEG_TRY(review_write_codes(codes, count, &keys->codes, error));
  if (named && segment->coded != 0) {
    DSEG_TRY(put_use(all, normal, &keys->codes, number, &use, error));
  }
  object->unnamed += !named;
  keys->numbers.size = 0;
  DSEG_TRY(dseg_buffer_append(&keys->numbers, &use, sizeof use, error));
  for (size_t i = 0; i < count; i++) {
    uint32_t meaning;
    DSEG_TRY(put_code(all, &codes[i], number, &meaning, &keys->key, error));
    DSEG_TRY(dseg_buffer_append(&keys->numbers, &meaning, sizeof meaning, error));
  }
  DSEG_TRY(review_table_put(&all->segments, view_of(&keys->numbers), &same, &all->memory, error));
  DSEG_TRY(dseg_buffer_append(&keys->list, &same, sizeof same, error));
  if (segment->tracking_uid.size > 0) {
    uint32_t text;
    DSEG_TRY(put_text(all, view_of(&keys->codes), &text, error));
    DSEG_TRY(put_link(all, &all->tracking, segment->tracking_uid, number, text, &tracked, error));
  }
  return DSEG_OK;
}

static int compare_numbers(const void *a, const void *b) {
  const uint32_t first = *(const uint32_t *)a;
  const uint32_t second = *(const uint32_t *)b;
  return (first > second) - (first < second);
}

static dseg_status put_segments(review *all, const review_facts *facts, review_object *object, uint32_t number,
                                key_room *keys, dseg_error *error) {
  uint64_t code = 0;
  for (uint64_t i = 0; i < facts->segment_count; i++) {
    const review_segment *segment = &facts->segments[i];
    DSEG_TRY(put_segment(all, segment, facts->codes != NULL ? facts->codes + code : NULL, object, number, keys, error));
    code += segment->code_count;
  }
  if (keys->list.size > 0) {
    qsort(keys->list.data, keys->list.size / sizeof(uint32_t), sizeof(uint32_t), compare_numbers);
  }
  return review_table_put(&all->segment_lists, view_of(&keys->list), &object->segments, &all->memory, error);
}

static dseg_status put_form(review *all, const review_facts *facts, review_object *object, dseg_error *error) {
  uint32_t key[3];
  DSEG_TRY(put_text(all, facts->maker, &key[0], error));
  DSEG_TRY(put_text(all, facts->representation, &key[1], error));
  DSEG_TRY(put_text(all, facts->syntax, &key[2], error));
  DSEG_TRY(
      review_table_put(&all->forms, (dseg_view){(const uint8_t *)key, sizeof key}, &object->form, &all->memory, error));
  review_form *form = review_table_item(&all->forms, object->form);
  form->maker = key[0];
  form->representation = key[1];
  form->syntax = key[2];
  form->objects++;
  form->bytes += facts->bytes;
  return DSEG_OK;
}

/* What is found in the object itself; kinds that this version does not know are another version's. */
static dseg_status put_findings(review *all, const review_facts *facts, uint32_t number, key_room *keys,
                                dseg_error *error) {
  for (uint64_t i = 0; i < facts->finding_count; i++) {
    const review_own_finding *finding = &facts->findings[i];
    const size_t kind = review_kind_named((const char *)finding->kind.data, finding->kind.size);
    if (kind < REVIEW_KINDS) {
      keys->key.size = 0;
      DSEG_TRY(append_text(&keys->key, finding->text, '\0', error));
      DSEG_TRY(review_found(all, (review_kind)kind, (const char *)keys->key.data, number, finding->count, error));
    }
  }
  return DSEG_OK;
}

static dseg_status put_object(review *all, const review_facts *facts, key_room *keys, dseg_error *error) {
  const uint32_t number = (uint32_t)all->objects.count;
  if (all->objects.count >= REVIEW_NONE - 1) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "more than 4,294,967,294 objects: review parts of the archive");
  }
  uint32_t unused;
  review_object object = {.bytes = facts->bytes,
                          .names_images = facts->images_named > 0,
                          .compared = facts->images_named > 0 && facts->images_compared == facts->images_named};
  DSEG_TRY(review_array_extend(&all->objects, 1, &all->memory, error));
  DSEG_TRY(put_text(all, facts->name, &object.name, error));
  DSEG_TRY(put_text(all, facts->frame_of_reference, &object.frame_of_reference, error));
  DSEG_TRY(put_link(all, &all->patients, facts->patient, number, 0, &object.patient, error));
  DSEG_TRY(put_link(all, &all->studies, facts->study, number, 0, &object.study, error));
  DSEG_TRY(put_link(all, &all->instances, facts->instance, number, 0, &unused, error));
  /* An object without Series Instance UID is a series of its own. */
  dseg_view series = facts->series;
  if (series.size == 0) {
    keys->key.size = 0;
    DSEG_TRY(append_text(&keys->key, (dseg_view){NULL, 0}, REVIEW_SEPARATOR, error));
    DSEG_TRY(append_text(&keys->key, facts->name, REVIEW_SEPARATOR, error));
    DSEG_TRY(append_text(&keys->key, facts->instance, REVIEW_SEPARATOR, error));
    series = view_of(&keys->key);
  }
  DSEG_TRY(put_link(all, &all->series, series, number, 0, &object.series, error));
  for (uint64_t i = 0; i < facts->image_series_count; i++) {
    DSEG_TRY(put_link(all, &all->image_series, facts->image_series[i], number, 0, &unused, error));
  }
  DSEG_TRY(put_form(all, facts, &object, error));
  DSEG_TRY(put_segments(all, facts, &object, number, keys, error));
  *review_object_at(all, number) = object;
  return put_findings(all, facts, number, keys, error);
}

dseg_status review_take(review *all, dseg_view records, dseg_error *error) {
  dseg_error_clear(error);
  dseg_status status = DSEG_OK;
  key_room keys = {.key = {0}};
  for (size_t at = 0; status == DSEG_OK && at < records.size;) {
    review_facts facts;
    size_t size = 0;
    status = review_facts_read((dseg_view){records.data + at, records.size - at}, &facts, &size, error);
    if (status != DSEG_OK) {
      break;
    }
    if (size == 0) {
      review_note_unread(all);
      break;
    }
    keys.list.size = 0;
    status = put_object(all, &facts, &keys, error);
    review_facts_free(&facts);
    at += size;
  }
  dseg_buffer_free(&keys.key);
  dseg_buffer_free(&keys.codes);
  dseg_buffer_free(&keys.numbers);
  dseg_buffer_free(&keys.list);
  return status;
}

void review_note_unread(review *all) {
  all->unread++;
}

dseg_status review_each_segment(review *all, uint32_t object, review_segment_visit visit, void *user,
                                dseg_error *error) {
  const uint32_t list = review_object_at(all, object)->segments;
  const size_t count = review_table_text(&all->segment_lists, list).size / sizeof(uint32_t);
  uint32_t before = REVIEW_NONE;
  for (size_t i = 0; i < count; i++) {
    uint32_t same;
    memcpy(&same, review_table_text(&all->segment_lists, list).data + i * sizeof same, sizeof same);
    if (same == before) {
      continue; /* two segments that are told alike */
    }
    before = same;
    const dseg_view numbers = review_table_text(&all->segments, same);
    const size_t meanings = numbers.size / sizeof(uint32_t) - 1;
    uint32_t use;
    uint32_t some[64];
    memcpy(&use, numbers.data, sizeof use);
    for (size_t from = 0; from < meanings || from == 0; from += 64) {
      const size_t piece = meanings - from < 64 ? meanings - from : 64;
      memcpy(some, numbers.data + (from + 1) * sizeof use, piece * sizeof use);
      DSEG_TRY(visit(all, object, from == 0 ? use : REVIEW_NONE, some, piece, user, error));
    }
  }
  return DSEG_OK;
}
