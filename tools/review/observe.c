/* SPDX-License-Identifier: Apache-2.0 */
/* observe.c - what a review keeps of one object: its identity, the codes of its segments, what `dseg validate --codes`
 * finds in it, and how it lies to its images. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dseg/names.h"
#include "dseg/source.h"
#include "dseg/validate.h"
#include "review/collector.h"

/* What is being gathered of one object; texts that are made here are in own. */
typedef struct observation {
  review_facts facts;
  review_own_finding *findings;
  size_t room;
  char *own[256]; /* copies of messages */
  size_t own_count;
  bool no_memory;
  char patient[REVIEW_PATIENT_ROOM];
  char maker[400];
} observation;

/* A message more; past so many an object's messages are counted with the last one. */
static void add_finding(observation *seen, const char *kind, const char *text, uint64_t count) {
  const size_t most = sizeof seen->own / sizeof seen->own[0];
  if (seen->own_count == most) {
    seen->findings[seen->facts.finding_count - 1].count += count;
    return;
  }
  if (seen->facts.finding_count == seen->room) {
    const size_t room = seen->room != 0 ? seen->room * 2 : 16;
    review_own_finding *grown = realloc(seen->findings, room * sizeof *grown);
    if (grown == NULL) {
      seen->no_memory = true;
      return;
    }
    seen->findings = grown;
    seen->room = room;
  }
  char *copy = malloc(strlen(text) + 1);
  if (copy == NULL) {
    seen->no_memory = true;
    return;
  }
  memcpy(copy, text, strlen(text) + 1);
  seen->own[seen->own_count++] = copy;
  seen->findings[seen->facts.finding_count++] =
      (review_own_finding){.kind = review_view(kind), .text = review_view(copy), .count = count};
}

/* The same message of a rule for several segments is one finding. */
static void note_rule(void *user, const dseg_finding *finding) {
  observation *seen = user;
  for (uint64_t i = 0; i < seen->facts.finding_count; i++) {
    const review_own_finding *other = &seen->findings[i];
    if (strcmp((const char *)other->kind.data, finding->rule->id) == 0 &&
        strcmp((const char *)other->text.data, finding->message) == 0) {
      seen->findings[i].count += finding->count;
      return;
    }
  }
  add_finding(seen, finding->rule->id, finding->message, finding->count);
}

static dseg_status review_codes(const review *all, const char *path, observation *seen, dseg_error *error) {
  const dseg_validate_options options = {.struct_size = sizeof(dseg_validate_options),
                                         .found = note_rule,
                                         .user = seen,
                                         .memory_limit = all->object_memory,
                                         .threads = 1,
                                         .temporary_directory = all->temporary_directory,
                                         .codes = true,
                                         .codes_only = 1};
  dseg_validation result;
  return dseg_validate(path, &options, &result, error);
}

static void put_code(review_facts *facts, review_segment *segment, review_role role, const dseg_code *code) {
  if (code->value != NULL) {
    facts->codes[facts->code_count++] = (review_code){.role = role,
                                                      .scheme = review_view(code->scheme),
                                                      .value = review_view(code->value),
                                                      .meaning = review_view(code->meaning)};
    segment->code_count++;
  }
}

static void put_codes(review_facts *facts, review_segment *segment, review_role role, const dseg_code_list *list) {
  for (size_t i = 0; i < list->count; i++) {
    put_code(facts, segment, role, &list->items[i]);
  }
}

static dseg_status take_segments(const dseg_description *description, observation *seen, dseg_error *error) {
  review_facts *facts = &seen->facts;
  size_t codes = 0;
  for (size_t i = 0; i < description->segment_count; i++) {
    const dseg_segment *segment = &description->segments[i];
    codes +=
        2 + segment->type_modifiers.count + segment->anatomic_regions.count + segment->anatomic_region_modifiers.count;
  }
  if (description->segment_count == 0) {
    return DSEG_OK;
  }
  facts->segments = calloc(description->segment_count, sizeof *facts->segments);
  facts->codes = calloc(codes, sizeof *facts->codes);
  if (facts->segments == NULL || facts->codes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a review of %zu segments",
                     description->segment_count);
  }
  size_t uncoded = 0;
  for (size_t i = 0; i < description->segment_count; i++) {
    const dseg_segment *segment = &description->segments[i];
    review_segment *out = &facts->segments[facts->segment_count++];
    const bool labelled = (segment->assumed & DSEG_ASSUMED_LABEL) == 0;
    *out = (review_segment){.label = review_view(labelled ? segment->label : NULL),
                            .tracking_uid = review_view(segment->tracking_uid),
                            .coded = dseg_segment_is_coded(segment)};
    uncoded += out->coded == 0;
    put_code(facts, out, REVIEW_CATEGORY, &segment->category);
    put_code(facts, out, REVIEW_TYPE, &segment->type);
    put_codes(facts, out, REVIEW_TYPE_MODIFIER, &segment->type_modifiers);
    put_codes(facts, out, REVIEW_REGION, &segment->anatomic_regions);
    put_codes(facts, out, REVIEW_REGION_MODIFIER, &segment->anatomic_region_modifiers);
  }
  if (uncoded > 0) {
    add_finding(seen, review_kind_at(REVIEW_DEFAULT_CODES)->name,
                "segments have no codes, or only those of a tissue of a body", uncoded);
  }
  return DSEG_OK;
}

static int compare_views(const void *a, const void *b) {
  const dseg_view *first = a;
  const dseg_view *second = b;
  const size_t common = first->size < second->size ? first->size : second->size;
  const int order = common > 0 ? memcmp(first->data, second->data, common) : 0;
  return order != 0 ? order : (first->size > second->size) - (first->size < second->size);
}

/* The series that the object's images are of, each once; those of a former study are not its images. */
static dseg_status take_image_series(const dseg_description *description, review_facts *facts, dseg_error *error) {
  const dseg_references *references = &description->references;
  if (references->count == 0) {
    return DSEG_OK;
  }
  facts->image_series = calloc(references->count, sizeof *facts->image_series);
  if (facts->image_series == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a review of %zu references", references->count);
  }
  size_t count = 0;
  for (size_t i = 0; i < references->count; i++) {
    const dseg_view uid = review_view(references->instances[i].former ? NULL : references->instances[i].series_uid);
    if (uid.size > 0 && (count == 0 || compare_views(&facts->image_series[count - 1], &uid) != 0)) {
      facts->image_series[count++] = uid;
    }
  }
  if (count > 0) {
    qsort(facts->image_series, count, sizeof *facts->image_series, compare_views);
  }
  for (size_t i = 0; i < count; i++) {
    if (i == 0 || compare_views(&facts->image_series[i], &facts->image_series[i - 1]) != 0) {
      facts->image_series[facts->image_series_count++] = facts->image_series[i];
    }
  }
  return DSEG_OK;
}

static void compare_images(const review *all, const dseg_description *description, observation *seen) {
  review_comparison comparison;
  char text[160];
  review_images_compare(all->images, description, seen->facts.patient, &comparison);
  seen->facts.images_named = comparison.named;
  seen->facts.images_compared = comparison.compared;
  if (comparison.off > 0) {
    (void)snprintf(text, sizeof text, "planes do not lie on the images that they were drawn on, by up to %g mm",
                   comparison.distance);
    add_finding(seen, review_kind_at(REVIEW_GEOMETRY)->name, text, comparison.off);
  }
  const struct {
    review_kind kind;
    const char *text;
  } differences[] = {{REVIEW_PATIENT, comparison.patient},
                     {REVIEW_FRAME_OF_REFERENCE, comparison.frame_of_reference},
                     {REVIEW_RASTER, comparison.raster}};
  for (size_t i = 0; i < sizeof differences / sizeof differences[0]; i++) {
    if (*differences[i].text != '\0') {
      add_finding(seen, review_kind_at(differences[i].kind)->name, differences[i].text, 1);
    }
  }
}

/* "manufacturer, model, versions", as far as they are said. */
static void take_maker(const dseg_encoding_info *encoding, observation *seen) {
  size_t used = 0;
  if (encoding->maker_count > 0) {
    const char *const parts[] = {encoding->makers->manufacturer, encoding->makers->model_name,
                                 encoding->makers->software_versions};
    for (size_t i = 0; i < 3; i++) {
      if (parts[i] != NULL && used < sizeof seen->maker) {
        used +=
            (size_t)snprintf(seen->maker + used, sizeof seen->maker - used, "%s%.120s", used > 0 ? ", " : "", parts[i]);
      }
    }
  }
  seen->facts.maker = review_view(seen->maker);
}

static dseg_status take_source(const review *all, dseg_source *source, observation *seen, dseg_error *error) {
  const dseg_description *description = dseg_source_description(source);
  const dseg_encoding_info *encoding = dseg_source_encoding(source);
  review_facts *facts = &seen->facts;
  if (encoding->sop_class_uid == NULL) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "is no DICOM object (%s): a review is of DICOM segmentations",
                     dseg_source_format(source));
  }
  facts->patient = review_patient(&description->identity, seen->patient);
  facts->study = review_view(encoding->study_uid);
  facts->series = review_view(encoding->series_uid);
  facts->instance = review_view(encoding->sop_instance_uid);
  facts->frame_of_reference =
      review_view(description->identity.frame_of_reference_made ? NULL : description->geometry.frame_of_reference_uid);
  facts->representation = review_view(encoding->representation);
  facts->syntax = review_view(encoding->frame_codec != NULL ? encoding->frame_codec : encoding->transfer_syntax_uid);
  facts->bytes = encoding->file_bytes;
  take_maker(encoding, seen);
  DSEG_TRY(take_segments(description, seen, error));
  DSEG_TRY(take_image_series(description, facts, error));
  compare_images(all, description, seen);
  return seen->no_memory ? dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the findings of a review") : DSEG_OK;
}

dseg_status review_observe(const review *all, const char *path, const char *name, dseg_buffer *record,
                           dseg_error *error) {
  dseg_error_clear(error);
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options),
                                     .memory_limit = all->object_memory,
                                     .keep_context = true,
                                     .threads = 1,
                                     .temporary_directory = all->temporary_directory};
  dseg_source *source = NULL;
  observation *seen = calloc(1, sizeof *seen);
  if (seen == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a review");
  }
  dseg_status status = review_codes(all, path, seen, error);
  if (status == DSEG_OK) {
    status = dseg_open(path, &options, &source, error);
  }
  if (status == DSEG_OK) {
    seen->facts.name = review_view(name);
    status = take_source(all, source, seen, error);
    seen->facts.findings = seen->findings;
    if (status == DSEG_OK) {
      status = review_facts_write(&seen->facts, record, error);
    }
  }
  dseg_source_close(source);
  for (size_t i = 0; i < seen->own_count; i++) {
    free(seen->own[i]);
  }
  seen->facts.findings = seen->findings;
  review_facts_free(&seen->facts);
  free(seen);
  return status;
}
