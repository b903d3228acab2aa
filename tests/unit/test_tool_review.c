/* SPDX-License-Identifier: Apache-2.0 */
/* test_tool_review.c - a review of a made-up archive: nothing is found in one that is clean, and each fault is found in
 * the objects that have it and in no other. */
#include "writer_fixture.h"

#include "review/collector.h"
#include "review/facts.h"

enum { PATIENTS = 10, EACH = 3, OBJECTS = PATIENTS * EACH, SEGMENTS = 3, PLANES = 4 };
#define CT "1.2.840.10008.5.1.4.1.1.2"

static const char *const names[SEGMENTS] = {"liver", "kidney_left", "kidney_right"};

/* An object before it is written: tests change what they are about. */
typedef struct made_object {
  char name[32];
  char patient[32], study[64], frame[64], image_series[64];
  char tracking[SEGMENTS][64];
  char seed[32]; /* of its UIDs */
  const char *label[SEGMENTS];
  dseg_code type[SEGMENTS];
  const char *representation;
  const char *codec;
  bool uncoded; /* the first segment */
  bool without_images;
  double shift; /* of the planes, mm */
} made_object;

typedef struct archive {
  made_object objects[OBJECTS];
  review *review;
} archive;

static void need_terms(void) {
  if (dseg_term_count() == 0) {
    skip();
  }
}

/* Ten patients with three objects each, all as they should be. */
static void make_archive(archive *made, const review_options *options) {
  dseg_error error;
  *made = (archive){.review = NULL};
  for (int i = 0; i < OBJECTS; i++) {
    made_object *object = &made->objects[i];
    const int patient = i / EACH;
    snprintf(object->name, sizeof object->name, "object-%02d.dcm", i);
    snprintf(object->patient, sizeof object->patient, "patient-%d", patient);
    snprintf(object->study, sizeof object->study, "1.2.3.%d", patient + 1);
    snprintf(object->frame, sizeof object->frame, "1.2.4.%d", patient + 1);
    snprintf(object->image_series, sizeof object->image_series, "1.2.5.%d", patient + 1);
    snprintf(object->seed, sizeof object->seed, "object-%d", i);
    object->representation = i % 2 == 0 ? "labelmap" : "binary";
    object->codec = "explicit-le";
    for (int k = 0; k < SEGMENTS; k++) {
      object->label[k] = names[k];
      object->type[k] = dseg_term_find(names[k])->type;
      snprintf(object->tracking[k], sizeof object->tracking[k], "1.2.6.%d.%d", patient + 1, k + 1);
    }
  }
  if (review_create(options, &made->review, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
}

static void put_context(dseg_description *description, const made_object *object) {
  dseg_data_set *set;
  dseg_buffer bytes = {0};
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  if (object->patient[0] != '\0') {
    dseg_data_set_put_text(set, 0x00100020, "LO", object->patient);
  }
  dseg_data_set_put_text(set, 0x0020000D, "UI", object->study);
  assert_int_equal(dseg_data_set_write(set, DSEG_EXPLICIT_VR, &bytes, NULL), DSEG_OK);
  uint8_t *copy = dseg_description_alloc(description, bytes.size);
  memcpy(copy, bytes.data, bytes.size);
  description->context = (dseg_view){copy, bytes.size};
  dseg_buffer_free(&bytes);
  dseg_data_set_destroy(set);
}

static void put_images(dseg_description *description, const made_object *object) {
  dseg_instance_reference *instances = dseg_description_alloc(description, PLANES * sizeof *instances);
  for (uint32_t i = 0; i < PLANES; i++) {
    char uid[80];
    snprintf(uid, sizeof uid, "%s.%u", object->image_series, (unsigned)i + 1);
    instances[i] = (dseg_instance_reference){.sop_class_uid = CT,
                                             .sop_instance_uid = dseg_description_strdup(description, uid),
                                             .series_uid = object->image_series,
                                             .study_uid = object->study};
    description->geometry.planes[i].source = (int32_t)i;
    description->geometry.planes[i].source_count = 1;
  }
  description->references = (dseg_references){.instances = instances, .count = PLANES};
}

static void write_object(const made_object *object) {
  dseg_description *description = make_description(6, 8, PLANES, SEGMENTS);
  description->geometry.frame_of_reference_uid = object->frame;
  for (size_t i = 0; i < PLANES; i++) {
    description->geometry.planes[i].position[2] += object->shift;
  }
  for (int i = 0; i < SEGMENTS; i++) {
    dseg_segment *segment = &description->segments[i];
    dseg_term_apply(dseg_term_find(names[i]), segment, true);
    segment->label = object->label[i];
    segment->type = object->type[i];
    segment->tracking_uid = object->tracking[i];
    segment->tracking_id = "finding";
  }
  if (object->uncoded) {
    description->segments[0].category = (dseg_code){.value = NULL};
    description->segments[0].type = (dseg_code){.value = NULL};
  }
  put_context(description, object);
  if (!object->without_images) {
    put_images(description, object);
  }
  const dseg_write_options options = {.struct_size = sizeof options,
                                      .representation = object->representation,
                                      .frame_codec = object->codec,
                                      .uid_seed = object->seed,
                                      .date_time = "20250101000000",
                                      .replace = true,
                                      .threads = 1};
  write_volume(object->name, description, &options, false);
  dseg_description_destroy(description);
}

/* Writes all objects and reviews them. */
static void review_archive(archive *made) {
  dseg_error error;
  for (int i = 0; i < OBJECTS; i++) {
    dseg_buffer record = {0};
    write_object(&made->objects[i]);
    if (review_observe(made->review, made->objects[i].name, made->objects[i].name, &record, &error) != DSEG_OK ||
        review_take(made->review, (dseg_view){record.data, record.size}, &error) != DSEG_OK) {
      fail_msg("%s", error.message);
    }
    dseg_buffer_free(&record);
    assert_int_equal(remove(made->objects[i].name), 0);
  }
  if (review_finish(made->review, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
}

static void print_findings(const review *all) {
  review_write_text(all, stderr, 0, NULL);
}

/* What is found is of this kind alone, in so many objects; returns its text. */
static const char *only_finding(const archive *made, review_kind kind, unsigned objects) {
  const review *all = made->review;
  if (review_table_count(&all->findings) != 1) {
    print_findings(all);
    fail_msg("%zu findings", review_table_count(&all->findings));
  }
  const review_finding *finding = review_table_item(&all->findings, 0);
  if (finding->kind != (uint32_t)kind || finding->objects != objects) {
    print_findings(all);
    fail_msg("%s in %u objects", review_kind_at(finding->kind)->name, (unsigned)finding->objects);
  }
  return review_table_string(&all->findings, 0) + 1;
}

static void assert_says(const char *text, const char *part) {
  if (strstr(text, part) == NULL) {
    fail_msg("\"%s\" does not say \"%s\"", text, part);
  }
}

/* The name of the finding's first object. */
static const char *example(const archive *made, unsigned number) {
  const review_finding *finding = review_table_item(&made->review->findings, 0);
  return review_table_string(&made->review->texts, review_object_at(made->review, finding->examples[number])->name);
}

static const review_options plain = {.memory_limit = 1 << 28};

static void nothing_is_found_in_a_clean_archive(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  review_archive(&made);
  const review_totals totals = review_total(made.review);
  if (totals.findings != 0) {
    print_findings(made.review);
  }
  assert_int_equal(totals.findings, 0);
  assert_int_equal(totals.objects, OBJECTS);
  assert_int_equal(totals.series, OBJECTS);
  assert_int_equal(totals.patients, PATIENTS);
  assert_int_equal(review_table_count(&made.review->forms), 2);
  review_destroy(made.review);
}

static void a_code_with_another_meaning_is_found(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  /* A code of no table, so that the rules for one object have nothing to say. */
  for (int i = 0; i < OBJECTS; i++) {
    made.objects[i].type[0] = (dseg_code){"4711", "99TEST", i == 4 || i == 7 ? "Large bowel" : "Liver"};
    made.objects[i].label[0] = i == 4 || i == 7 ? "bowel" : "liver";
  }
  review_archive(&made);
  const char *text = only_finding(&made, REVIEW_CODE_MEANINGS, 2);
  assert_says(text, "99TEST 4711 is \"Liver\" in 28 objects, \"Large bowel\" in 2 objects");
  assert_string_equal(example(&made, 0), "object-04.dcm");
  assert_string_equal(example(&made, 1), "object-07.dcm");
  review_destroy(made.review);
}

static void no_meaning_is_preferred_where_none_is_more_frequent(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  for (int i = 0; i < OBJECTS; i++) {
    made.objects[i].type[0] = (dseg_code){"4711", "99TEST", i < OBJECTS / 2 ? "Gut" : "Liver"};
    made.objects[i].label[0] = i < OBJECTS / 2 ? "gut" : "liver";
  }
  review_archive(&made);
  only_finding(&made, REVIEW_CODE_MEANINGS, OBJECTS);
  review_destroy(made.review);
}

static void another_spelling_is_found(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  made.objects[11].type[0].meaning = "LIVER";
  review_archive(&made);
  const char *text = only_finding(&made, REVIEW_CODE_SPELLING, 1);
  assert_says(text, "is \"Liver\" in 29 objects, \"LIVER\" in 1 object");
  assert_string_equal(example(&made, 0), "object-11.dcm");
  review_destroy(made.review);
}

/* Words that the review of one object takes, too, are no other meaning. */
static void words_that_are_accepted_are_another_spelling(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  for (int i = 0; i < OBJECTS - 1; i++) { /* although they are more frequent */
    made.objects[i].type[0].meaning = "Whole liver";
  }
  review_archive(&made);
  assert_says(only_finding(&made, REVIEW_CODE_SPELLING, OBJECTS - 1), "the table has \"Liver\"");
  review_destroy(made.review);
}

static void a_label_with_other_codes_is_found(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  const dseg_code spleen = dseg_term_find("spleen")->type;
  made.objects[3].type[0] = spleen;
  made.objects[3].tracking[0][0] = '\0';
  strcpy(made.objects[3].tracking[0], "1.2.6.99");
  review_archive(&made);
  const char *text = only_finding(&made, REVIEW_LABEL_CODES, 1);
  assert_says(text, "label \"liver\" has SCT 10200004 in 29 objects, SCT 78961009 in 1 object");
  assert_says(text, "the table of terms has SCT 10200004");
  assert_string_equal(example(&made, 0), "object-03.dcm");
  review_destroy(made.review);
}

static void a_tracking_uid_of_two_patients_is_found(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  strcpy(made.objects[29].tracking[1], made.objects[0].tracking[1]);
  review_archive(&made);
  const char *text = only_finding(&made, REVIEW_TRACKING_PATIENTS, EACH + 1);
  assert_says(text, "Tracking UID 1.2.6.1.2: patient patient-0 in 3 objects, patient patient-9 in 1 object");
  review_destroy(made.review);
}

static void a_tracking_uid_with_other_codes_is_found(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  strcpy(made.objects[2].tracking[0], "1.2.6.50");
  strcpy(made.objects[1].tracking[0], "1.2.6.1.3");
  strcpy(made.objects[1].tracking[2], "1.2.6.51");
  review_archive(&made);
  const char *text = only_finding(&made, REVIEW_TRACKING_CODES, 1);
  assert_says(text,
              "Tracking UID 1.2.6.1.3: codes SCT 64033007 + SCT 24028007 in 2 objects, codes SCT 10200004 in 1 object");
  assert_string_equal(example(&made, 0), "object-01.dcm");
  review_destroy(made.review);
}

/* There is room for eight values: the most frequent, then the first by text, whichever is met first. */
static void of_many_values_the_most_frequent_are_told(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  for (int i = 0; i < OBJECTS; i++) {
    strcpy(made.objects[i].tracking[1], "1.2.6.77");
  }
  review_archive(&made);
  const char *text = only_finding(&made, REVIEW_TRACKING_PATIENTS, OBJECTS);
  assert_says(text, "1.2.6.77: patient patient-0 in 3 objects, patient patient-1 in 3 objects, ");
  assert_says(text, "patient patient-7 in 3 objects, others in 6 more");
  review_destroy(made.review);
}

/* Ten objects say ten things, which are met before or after what twenty say. */
static void the_most_frequent_of_many_values_is_right(void **state) {
  (void)state;
  need_terms();
  for (int backwards = 0; backwards < 2; backwards++) {
    char values[10][16];
    archive made;
    make_archive(&made, &plain);
    for (int i = 0; i < OBJECTS; i++) {
      strcpy(made.objects[i].tracking[0], "1.2.6.77");
    }
    for (int i = 0; i < 10; i++) {
      made_object *object = &made.objects[backwards != 0 ? OBJECTS - 1 - i : i];
      snprintf(values[i], sizeof values[i], "%d", 1000 + i);
      object->type[0] = (dseg_code){.value = values[i], .scheme = "99TEST", .meaning = values[i]};
    }
    review_archive(&made);
    const review_finding *found = NULL;
    for (uint32_t i = 0; i < review_table_count(&made.review->findings); i++) {
      const review_finding *finding = review_table_item(&made.review->findings, i);
      found = finding->kind == (uint32_t)REVIEW_TRACKING_CODES ? finding : found;
    }
    assert_non_null(found);
    assert_int_equal(found->objects, 10);
    review_destroy(made.review);
  }
}

static void another_frame_of_reference_is_found(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  strcpy(made.objects[13].frame, "1.2.4.77");
  review_archive(&made);
  const char *text = only_finding(&made, REVIEW_FRAME_OF_REFERENCE, 1);
  assert_says(
      text,
      "images of series 1.2.5.5: frame of reference 1.2.4.5 in 2 objects, frame of reference 1.2.4.77 in 1 object");
  assert_string_equal(example(&made, 0), "object-13.dcm");
  review_destroy(made.review);
}

static void another_patient_of_the_same_images_is_found(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  strcpy(made.objects[20].patient, "patient-X");
  strcpy(made.objects[20].study, "1.2.3.99");
  for (int i = 0; i < SEGMENTS; i++) {
    snprintf(made.objects[20].tracking[i], sizeof made.objects[20].tracking[i], "1.2.6.99.%d", i);
  }
  review_archive(&made);
  assert_says(only_finding(&made, REVIEW_PATIENT, EACH),
              "patient patient-6 in 2 objects, patient patient-X in 1 object");
  review_destroy(made.review);
}

static void a_study_of_two_patients_is_found(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  strcpy(made.objects[29].study, made.objects[0].study);
  made.objects[29].without_images = true;
  review_archive(&made);
  assert_says(only_finding(&made, REVIEW_HIERARCHY, EACH + 1), "study 1.2.3.1: patient patient-0 in 3 objects");
  review_destroy(made.review);
}

static void one_instance_uid_of_two_objects_is_found(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  made.objects[1] = made.objects[0];
  strcpy(made.objects[1].name, "copy.dcm");
  review_archive(&made);
  assert_says(only_finding(&made, REVIEW_INSTANCE, 2), "2 objects of one size");
  assert_int_equal(review_total(made.review).series, OBJECTS - 1);
  review_destroy(made.review);
}

static void uncoded_segments_are_found(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  made.objects[5].uncoded = true;
  strcpy(made.objects[5].tracking[0], "1.2.6.50");
  review_archive(&made);
  only_finding(&made, REVIEW_DEFAULT_CODES, 1);
  assert_string_equal(example(&made, 0), "object-05.dcm");
  review_destroy(made.review);
}

static void rules_for_one_object_are_applied(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  made.objects[8].label[1] = "kidney right";
  made.objects[8].label[2] = "kidney";
  review_archive(&made);
  const review *all = made.review;
  size_t contradicted = 0;
  for (uint32_t i = 0; i < review_table_count(&all->findings); i++) {
    const review_finding *finding = review_table_item(&all->findings, i);
    contradicted += finding->kind == REVIEW_RULE_SIDE_CONTRADICTED;
    assert_int_equal(finding->objects, 1);
    assert_int_equal(finding->examples[0], 8);
  }
  assert_int_equal(contradicted, 1);
  review_destroy(made.review);
}

static void what_cannot_be_verified_is_counted(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  made.objects[0].patient[0] = '\0';
  made.objects[1].without_images = true;
  made.objects[2].label[0] = "Segment 1";
  made.objects[3].type[0] = (dseg_code){"1", "99TEST", "Liver"};
  made.objects[3].label[0] = "my liver";
  strcpy(made.objects[3].tracking[0], "1.2.6.50");
  review_note_unread(made.review);
  review_archive(&made);
  assert_int_equal(review_total(made.review).findings, 0);
  assert_int_equal(review_total(made.review).unread, 1);
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);
  assert_int_equal(review_write_json(made.review, stream, NULL), DSEG_OK);
  fclose(stream);
  assert_says(text, "\"inputs\": 1,");
  assert_says(text, "\"codes\": 1,");
  assert_says(text, "\"private_codes\": 1,");
  assert_says(text, "\"unnamed_segments\": 1,");
  assert_says(text, "\"without_patient\": 1,");
  assert_says(text, "\"without_images\": 1,");
  assert_says(text, "\"not_compared_with_images\": 29");
  free(text);
  review_destroy(made.review);
}

/* One CT image without its pixels. */
static void write_image(const made_object *object, unsigned number, const char *patient, const char *frame) {
  dseg_data_set *set;
  dseg_buffer bytes = {0};
  char uid[80];
  char path[100];
  const double orientation[] = {1, 0, 0, 0, 1, 0};
  const double position[] = {-10, 5, 2.0 * number};
  const double spacing[] = {0.5, 0.25};
  const uint16_t rows = 6;
  const uint16_t columns = 8;
  snprintf(uid, sizeof uid, "%s.%u", object->image_series, number + 1);
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  dseg_data_set_put_text(set, 0x00080016, "UI", CT);
  dseg_data_set_put_text(set, 0x00080018, "UI", uid);
  dseg_data_set_put_text(set, 0x00080060, "CS", "CT");
  dseg_data_set_put_text(set, 0x00100020, "LO", patient);
  dseg_data_set_put_text(set, 0x0020000D, "UI", object->study);
  dseg_data_set_put_text(set, 0x0020000E, "UI", object->image_series);
  dseg_data_set_put_decimals(set, 0x00200032, position, 3);
  dseg_data_set_put_decimals(set, 0x00200037, orientation, 6);
  dseg_data_set_put_text(set, 0x00200052, "UI", frame);
  dseg_data_set_put_text(set, 0x00180050, "DS", "2");
  dseg_data_set_put_u16(set, 0x00280010, "US", &rows, 1);
  dseg_data_set_put_u16(set, 0x00280011, "US", &columns, 1);
  dseg_data_set_put_decimals(set, 0x00280030, spacing, 2);
  const dseg_file_encoding encoding = {.transfer_syntax_uid = "1.2.840.10008.1.2.1",
                                       .implementation_class_uid = "1.2.3",
                                       .implementation_version_name = "TEST"};
  assert_int_equal(dseg_data_set_write_file(set, &encoding, &bytes, NULL, NULL), DSEG_OK);
  snprintf(path, sizeof path, "image-%s.dcm", uid);
  FILE *file = fopen(path, "wb");
  assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
  fclose(file);
  dseg_buffer_free(&bytes);
  dseg_data_set_destroy(set);
}

/* The images of all patients; of one with another patient or frame of reference. */
static void write_images(const archive *made, int other, const char *patient, const char *frame) {
  for (int i = 0; i < OBJECTS; i += EACH) {
    for (unsigned k = 0; k < PLANES; k++) {
      const bool is_other = i / EACH == other;
      write_image(&made->objects[i], k, is_other && patient != NULL ? patient : made->objects[i].patient,
                  is_other && frame != NULL ? frame : made->objects[i].frame);
    }
  }
}

static void make_archive_with_images(archive *made, int other, const char *patient, const char *frame) {
  static const char *const place = ".";
  make_archive(made, &plain);
  write_images(made, other, patient, frame);
  review_destroy(made->review);
  dseg_error error;
  const review_options options = {.references = &place, .reference_count = 1, .memory_limit = 1 << 28};
  if (review_create(&options, &made->review, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  assert_int_equal(review_images_count(made->review->images), PATIENTS * PLANES);
}

static void objects_that_lie_on_their_images_are_clean(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive_with_images(&made, -1, NULL, NULL);
  review_archive(&made);
  if (review_total(made.review).findings != 0) {
    print_findings(made.review);
  }
  assert_int_equal(review_total(made.review).findings, 0);
  for (int i = 0; i < OBJECTS; i++) {
    assert_true(review_object_at(made.review, (size_t)i)->compared);
  }
  review_destroy(made.review);
}

static void planes_beside_their_images_are_found(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive_with_images(&made, -1, NULL, NULL);
  made.objects[17].shift = 3.5;
  review_archive(&made);
  assert_says(only_finding(&made, REVIEW_GEOMETRY, 1), "by up to 3.5 mm");
  assert_string_equal(example(&made, 0), "object-17.dcm");
  review_destroy(made.review);
}

static void images_of_another_frame_of_reference_are_found(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive_with_images(&made, 2, NULL, "1.2.4.88");
  review_archive(&made);
  assert_says(only_finding(&made, REVIEW_FRAME_OF_REFERENCE, EACH),
              "the object lies in 1.2.4.3, the images of series 1.2.5.3 in 1.2.4.88");
  review_destroy(made.review);
}

static void images_of_another_patient_are_found(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive_with_images(&made, 4, "somebody", NULL);
  review_archive(&made);
  assert_says(only_finding(&made, REVIEW_PATIENT, EACH),
              "the object's patient is patient-4, that of the images of series");
  review_destroy(made.review);
}

static void the_table_has_the_worst_series_first(void **state) {
  (void)state;
  need_terms();
  archive made;
  make_archive(&made, &plain);
  made.objects[11].type[0].meaning = "LIVER";                         /* weight 1 */
  strcpy(made.objects[29].tracking[1], made.objects[26].tracking[1]); /* weight 10 */
  strcpy(made.objects[29].patient, "=1+1\"\x1b[31m");                 /* another patient of the same images, too */
  strcpy(made.objects[29].study, "1.2.3.99");
  review_archive(&made);
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);
  assert_int_equal(review_write_csv(made.review, stream, NULL), DSEG_OK);
  fclose(stream);
  const char *line = strstr(text, "\r\n");
  assert_memory_equal(text, "patient,study,series,objects,maker,representation,syntax,score,tracking-patients,", 80);
  assert_non_null(line);
  size_t lines = 0;
  for (const char *at = line; at != NULL; at = strstr(at + 2, "\r\n")) {
    lines++;
  }
  assert_int_equal(lines, OBJECTS + 1);
  assert_null(strchr(text, 0x1b));
  const uint64_t first = made.review->rows[0].score;
  assert_true(first >= 20);
  for (size_t i = 1; i < made.review->row_count; i++) {
    assert_true(made.review->rows[i].score <= made.review->rows[i - 1].score);
  }
  assert_says(text, "\"'=1+1\"\"");
  const review_row *last_found = made.review->rows;
  while (last_found[1].score > 0) {
    last_found++;
  }
  assert_int_equal(last_found->score, 1);
  assert_int_equal(last_found->object, 11);
  free(text);
  review_destroy(made.review);
}

/* All that a review of these records writes. */
static char *write_all(dseg_buffer *records, bool backwards) {
  review *all = NULL;
  char *text = NULL;
  size_t size = 0;
  assert_int_equal(review_create(&plain, &all, NULL), DSEG_OK);
  for (int i = 0; i < OBJECTS; i++) {
    const dseg_buffer *record = &records[backwards ? OBJECTS - 1 - i : i];
    assert_int_equal(review_take(all, (dseg_view){record->data, record->size}, NULL), DSEG_OK);
  }
  assert_int_equal(review_finish(all, NULL), DSEG_OK);
  assert_true(review_total(all).findings > 5);
  FILE *stream = open_memstream(&text, &size);
  assert_int_equal(review_write_csv(all, stream, NULL), DSEG_OK);
  assert_int_equal(review_write_json(all, stream, NULL), DSEG_OK);
  assert_int_equal(review_write_text(all, stream, 0, NULL), DSEG_OK);
  fclose(stream);
  review_destroy(all);
  return text;
}

static void the_order_of_objects_makes_no_difference(void **state) {
  (void)state;
  need_terms();
  archive made;
  dseg_error error;
  dseg_buffer records[OBJECTS] = {{0}};
  make_archive(&made, &plain);
  for (int i = 0; i < OBJECTS; i++) {
    made_object *object = &made.objects[i];
    object->type[0].meaning = i % 3 == 0 ? "LIVER" : i % 5 == 0 ? "Spleen" : "Liver";
    object->label[1] = i % 7 == 0 ? "kidney right" : object->label[1];
    object->uncoded = i % 11 == 0;
    if (i % 4 == 0) {
      strcpy(object->tracking[1], "1.2.6.1.2");
      strcpy(object->frame, "1.2.4.1");
      strcpy(object->study, "1.2.3.1");
    }
    write_object(object);
    if (review_observe(made.review, object->name, object->name, &records[i], &error) != DSEG_OK) {
      fail_msg("%s", error.message);
    }
  }
  char *forwards = write_all(records, false);
  char *backwards = write_all(records, true);
  assert_string_equal(forwards, backwards);
  free(forwards);
  free(backwards);
  for (int i = 0; i < OBJECTS; i++) {
    dseg_buffer_free(&records[i]);
  }
  review_destroy(made.review);
}

/* A record of one object. */
static void make_record(dseg_buffer *record) {
  archive made;
  dseg_error error;
  make_archive(&made, &plain);
  write_object(&made.objects[0]);
  if (review_observe(made.review, made.objects[0].name, "one", record, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  review_destroy(made.review);
}

static void records_are_read_as_they_were_written(void **state) {
  (void)state;
  need_terms();
  dseg_buffer record = {0};
  dseg_buffer again = {0};
  review_facts facts;
  size_t size = 0;
  make_record(&record);
  assert_int_equal(review_facts_read((dseg_view){record.data, record.size}, &facts, &size, NULL), DSEG_OK);
  assert_int_equal(size, record.size);
  assert_int_equal(facts.segment_count, SEGMENTS);
  assert_int_equal(facts.image_series_count, 1);
  assert_int_equal(facts.images_named, PLANES);
  assert_int_equal(facts.name.size, 3);
  assert_int_equal(review_facts_write(&facts, &again, NULL), DSEG_OK);
  assert_int_equal(again.size, record.size);
  assert_memory_equal(again.data, record.data, record.size);
  review_facts_free(&facts);
  dseg_buffer_free(&again);
  dseg_buffer_free(&record);
}

static void damaged_records_are_refused(void **state) {
  (void)state;
  need_terms();
  dseg_buffer record = {0};
  review_facts facts;
  size_t size = 0;
  make_record(&record);
  for (size_t cut = 1; cut < record.size; cut++) { /* cut off: none is there */
    assert_int_equal(review_facts_read((dseg_view){record.data, cut}, &facts, &size, NULL), DSEG_OK);
    assert_int_equal(size, 0);
    review_facts_free(&facts);
  }
  assert_int_equal(review_facts_read((dseg_view){(const uint8_t *)"nothing", 7}, &facts, &size, NULL),
                   DSEG_ERROR_FORMAT);
  for (size_t i = 0; i < record.size; i++) { /* whatever a byte is: refused, or a record */
    for (unsigned bit = 0; bit < 8; bit++) {
      record.data[i] ^= (uint8_t)(1u << bit);
      review *all = NULL;
      assert_int_equal(review_create(&plain, &all, NULL), DSEG_OK);
      const dseg_status status = review_take(all, (dseg_view){record.data, record.size}, NULL);
      assert_true(status == DSEG_OK || status == DSEG_ERROR_FORMAT);
      assert_int_equal(review_finish(all, NULL), DSEG_OK);
      review_destroy(all);
      record.data[i] ^= (uint8_t)(1u << bit);
    }
  }
  dseg_buffer_free(&record);
}

static void memory_is_limited(void **state) {
  (void)state;
  need_terms();
  dseg_buffer record = {0};
  dseg_error error;
  review *all = NULL;
  make_record(&record);
  const review_options options = {.memory_limit = 20000};
  assert_int_equal(review_create(&options, &all, &error), DSEG_OK);
  dseg_status status = DSEG_OK;
  for (int i = 0; status == DSEG_OK && i < 100000; i++) {
    status = review_take(all, (dseg_view){record.data, record.size}, &error);
  }
  assert_int_equal(status, DSEG_ERROR_LIMIT);
  assert_says(error.message, "--memory");
  review_destroy(all);
  for (uint64_t limit = 1; limit < 60000; limit += 97) { /* wherever it ends */
    const review_options few = {.memory_limit = limit};
    assert_int_equal(review_create(&few, &all, &error), DSEG_OK);
    status = review_take(all, (dseg_view){record.data, record.size}, &error);
    status = status == DSEG_OK ? review_finish(all, &error) : status;
    assert_true(status == DSEG_OK || status == DSEG_ERROR_LIMIT);
    review_destroy(all);
  }
  assert_int_equal(status, DSEG_OK);
  dseg_buffer_free(&record);
}

static void what_is_no_segmentation_is_refused(void **state) {
  (void)state;
  dseg_error error;
  dseg_buffer record = {0};
  review *all = NULL;
  assert_int_equal(review_create(&plain, &all, &error), DSEG_OK);
  FILE *file = fopen("text.dcm", "wb");
  fputs("no DICOM", file);
  fclose(file);
  assert_int_equal(review_observe(all, "text.dcm", "text.dcm", &record, &error), DSEG_ERROR_FORMAT);
  assert_int_equal(record.size, 0);
  assert_int_equal(review_finish(all, &error), DSEG_OK);
  assert_int_equal(review_total(all).objects, 0);
  review_destroy(all);
  dseg_buffer_free(&record);
}

/* Rules of `dseg validate --codes` are told by their names and sections there. */
static void rules_are_those_of_the_library(void **state) {
  (void)state;
  for (size_t kind = REVIEW_DEFAULT_CODES; kind < REVIEW_KINDS; kind++) {
    const dseg_rule *rule;
    size_t i = 0;
    while ((rule = dseg_rule_at(i)) != NULL && strcmp(rule->id, review_kind_at(kind)->name) != 0) {
      i++;
    }
    assert_non_null(rule);
    assert_string_equal(rule->section, review_kind_at(kind)->section);
    assert_string_equal(rule->text, review_kind_at(kind)->rule);
  }
}

/* The page has a row for each kind, in the order of the columns. */
static void the_page_has_all_kinds(void **state) {
  (void)state;
  dseg_buffer page = read_file(DSEG_TEST_PAGE);
  assert_int_equal(dseg_buffer_append(&page, "", 1, NULL), DSEG_OK);
  const char *at = strstr((const char *)page.data, "<!-- kinds -->");
  assert_non_null(at);
  for (size_t kind = 0; kind < REVIEW_KINDS; kind++) {
    char row[800];
    const review_kind_row *of = review_kind_at(kind);
    snprintf(row, sizeof row, "\n| `%s` | %u | %s | %s | %s |\n", of->name, of->weight, of->section, of->rule,
             of->advice);
    at = strstr(at, row);
    if (at == NULL) {
      fail_msg("docs/review.md lacks%s", row);
    }
    at += strlen(row) - 1;
  }
  assert_memory_equal(at, "\n\n<!-- end of kinds -->", 23);
  dseg_buffer_free(&page);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_directory, leave_directory)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(nothing_is_found_in_a_clean_archive),
      TEST(a_code_with_another_meaning_is_found),
      TEST(no_meaning_is_preferred_where_none_is_more_frequent),
      TEST(another_spelling_is_found),
      TEST(words_that_are_accepted_are_another_spelling),
      TEST(a_label_with_other_codes_is_found),
      TEST(a_tracking_uid_of_two_patients_is_found),
      TEST(a_tracking_uid_with_other_codes_is_found),
      TEST(of_many_values_the_most_frequent_are_told),
      TEST(the_most_frequent_of_many_values_is_right),
      TEST(another_frame_of_reference_is_found),
      TEST(another_patient_of_the_same_images_is_found),
      TEST(a_study_of_two_patients_is_found),
      TEST(one_instance_uid_of_two_objects_is_found),
      TEST(uncoded_segments_are_found),
      TEST(rules_for_one_object_are_applied),
      TEST(what_cannot_be_verified_is_counted),
      TEST(objects_that_lie_on_their_images_are_clean),
      TEST(planes_beside_their_images_are_found),
      TEST(images_of_another_frame_of_reference_are_found),
      TEST(images_of_another_patient_are_found),
      TEST(the_table_has_the_worst_series_first),
      TEST(the_order_of_objects_makes_no_difference),
      TEST(records_are_read_as_they_were_written),
      TEST(damaged_records_are_refused),
      TEST(memory_is_limited),
      TEST(what_is_no_segmentation_is_refused),
      TEST(rules_are_those_of_the_library),
      TEST(the_page_has_all_kinds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
