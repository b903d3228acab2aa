/* SPDX-License-Identifier: Apache-2.0 */
/* test_metadata.c - dcmqi's segmentation JSON: what is read, and faults are named with their place. */
#include <stdlib.h>

#include "metadata_files.h"
#include "support/trial_reader.h"

#define FILE_NAME "metadata.json"
#define CODE "{\"CodeValue\":\"85756007\",\"CodingSchemeDesignator\":\"SCT\",\"CodeMeaning\":\"Tissue\"}"
#define REQUIRED                                                                                   \
  "\"SegmentedPropertyCategoryCodeSequence\":" CODE ",\"SegmentedPropertyTypeCodeSequence\":" CODE \
  ",\"SegmentAlgorithmType\":\"MANUAL\""

/* The same from memory, and from readers that give it piece by piece, or fail. */
static void expect_same_from_readers(const char *text, const uint32_t *numbers, dseg_status status,
                                     const dseg_error *expected) {
  const dseg_view bytes = {(const uint8_t *)text, strlen(text)};
  trial_reader trials[] = {{.bytes = bytes, .most = 7}, {.bytes = bytes, .fail_at = 1}};
  for (size_t i = 0; i < 3; i++) {
    dseg_input *input = NULL;
    dseg_error found = {DSEG_OK, ""};
    dseg_description *description = make_description(numbers, 2);
    assert_int_equal(i < 2 ? trial_open(&trials[i], &input) : dseg_input_from_memory(bytes, &input, NULL), DSEG_OK);
    const dseg_status outcome = dseg_metadata_read_input(input, FILE_NAME, description, NULL, NULL, &found);
    const bool fails = i == 1 && trials[i].reads > 0;
    assert_int_equal(outcome, fails ? DSEG_ERROR_INPUT : status);
    assert_string_equal(found.message,
                        fails ? FILE_NAME ": cannot be read at byte 0: the trial ends here" : expected->message);
    dseg_input_close(input);
    dseg_description_destroy(description);
  }
}

/* Reads text for the segments 1 and 5. */
static dseg_status read_text(const char *text, dseg_description **description, struct warnings *warnings,
                             dseg_error *error) {
  static const uint32_t numbers[] = {1, 5};
  const dseg_warning_sink sink = {on_warning, warnings};
  *warnings = (struct warnings){0, ""};
  *error = (dseg_error){DSEG_OK, ""};
  put_file(FILE_NAME, text);
  *description = make_description(numbers, 2);
  const dseg_status status = dseg_metadata_read(FILE_NAME, *description, NULL, &sink, error);
  expect_same_from_readers(text, numbers, status, error);
  return status;
}

static void test_example(void **state) {
  (void)state;
  dseg_description *description;
  struct warnings warnings;
  dseg_error error;
  const dseg_status status = read_text(
      "\xEF\xBB\xBF{\"@schema\": \"https://raw.githubusercontent.com/qiicr/dcmqi/master/doc/schemas/seg-schema.json#\","
      "\"SeriesDescription\":\"M\xC3\xBCller\",\"SeriesNumber\":\"300\",\"BodyPartExamined\":\"\","
      "\"segmentAttributes\":[[{\"labelID\":5,\"SegmentLabel\":\"Liver\",\"SegmentDescription\":\"a\\nb\"," REQUIRED
      ",\"AnatomicRegionSequence\":" CODE
      ",\"recommendedDisplayRGBValue\":[221,130,101],"
      "\"TrackingIdentifier\":\"t\",\"TrackingUniqueIdentifier\":\"1.2.3\"},{\"labelID\":1," REQUIRED "}]]}",
      &description, &warnings, &error);
  assert_string_equal(error.message, "");
  assert_int_equal(status, DSEG_OK);
  assert_int_equal(warnings.count, 0);
  assert_string_equal(description->content.series_description, "M\xC3\xBCller");
  assert_string_equal(description->content.series_number, "300");
  assert_null(description->content.body_part_examined);
  const dseg_segment *one = &description->segments[0];
  assert_string_equal(one->label, "Tissue"); /* the type's meaning where there is no label */
  assert_int_equal(one->algorithm_type, DSEG_ALGORITHM_MANUAL);
  assert_false(one->has_color);
  const dseg_segment *five = &description->segments[1];
  assert_string_equal(five->label, "Liver");
  assert_string_equal(five->description, "a\nb");
  assert_string_equal(five->category.value, "85756007");
  assert_int_equal(five->anatomic_regions.count, 1);
  assert_string_equal(five->anatomic_regions.items[0].scheme, "SCT");
  assert_true(five->has_color);
  assert_int_equal(five->rgb[0], 221);
  uint8_t rgb[3];
  dseg_cielab_to_rgb(five->cielab, rgb);
  assert_memory_equal(rgb, five->rgb, 3);
  assert_string_equal(five->tracking_uid, "1.2.3");
  dseg_description_destroy(description);
}

struct fault {
  const char *text;
  const char *message; /* part of it */
};

static const struct fault faults[] = {
    {"{\"segmentAttributes\": [\n [ }", "line 2, column"},
    {"[]", "an object is expected here, not a list"},
    {"", "line 1"},
    {"{\"SeriesNumber\": 300}", "SeriesNumber: a text is expected here, not an integer"},
    {"{\"SeriesNumber\": \"3OO\"}", "SeriesNumber: the text is no integer"},
    {"{\"SeriesNumber\": \"1\", \"SeriesNumber\": \"1\"}", "duplicate"},
    {"{\"ContentLabel\": \"A0123456789ABCDEF\"}", "longer than 16 characters"},
    {"{\"@schema\": \"x/sr-tid1500-schema.json#\"}", "@schema: this is metadata for another kind"},
    {"{\"segmentAttributes\": {}}", "segmentAttributes: a list is expected"},
    {"{}", "no metadata of a segmentation"},
    {"{\"labels\": {\"background\": 0, \"liver\": 1}, \"channel_names\": {\"0\": \"CT\"}}",
     "no metadata of a segmentation"},
    {"{\"segmentAttributes\": [{}]}", "segmentAttributes[0]: a list of segments for each input file"},
    {"{\"segmentAttributes\": [[1]]}", "segmentAttributes[0][0]: an object is expected"},
    {"{\"segmentAttributes\": [[{" REQUIRED "}]]}", "segmentAttributes[0][0]: labelID is missing"},
    {"{\"segmentAttributes\": [[{\"labelID\":1}]]}", "SegmentedPropertyCategoryCodeSequence is missing (PS3.3"},
    {"{\"segmentAttributes\": [[{\"labelID\":\"1\"," REQUIRED "}]]}", "segmentAttributes[0][0].labelID: an integer"},
    {"{\"segmentAttributes\": [[{\"labelID\":1.0," REQUIRED "}]]}", "segmentAttributes[0][0].labelID: an integer"},
    {"{\"segmentAttributes\": [[{\"labelID\":-1," REQUIRED "}]]}", "labelID: -1 is not in 0..4294967295"},
    {"{\"segmentAttributes\": [[{\"labelID\":1," REQUIRED "},{\"labelID\":1," REQUIRED "}]]}",
     "segmentAttributes[0][1].labelID: 1 comes twice for one file: first in segmentAttributes[0][0]"},
    {"{\"segmentAttributes\": [[{\"labelID\":1," REQUIRED "}],[{\"labelID\":1," REQUIRED "}]]}",
     "segmentAttributes[1][0].labelID: 1 comes twice"},
    {"{\"segmentAttributes\": [[{\"labelID\":1," REQUIRED ",\"recommendedDisplayRGBValue\":[1,2]}]]}",
     "recommendedDisplayRGBValue: 3 numbers are expected, not 2"},
    {"{\"segmentAttributes\": [[{\"labelID\":1," REQUIRED ",\"recommendedDisplayRGBValue\":[1,2,256]}]]}",
     "recommendedDisplayRGBValue[2]: 256 is not in 0..255"},
    {"{\"segmentAttributes\": [[{\"labelID\":1," REQUIRED ",\"TrackingUniqueIdentifier\":\"1.x\"}]]}",
     "TrackingUniqueIdentifier: a UID holds digits and dots only"},
    {"{\"segmentAttributes\": [[{\"labelID\":1," REQUIRED ",\"AnatomicRegionSequence\":{\"CodeValue\":\"1\"}}]]}",
     "AnatomicRegionSequence: CodingSchemeDesignator is missing or empty"},
    {"{\"segmentAttributes\": [[{\"labelID\":1,\"SegmentAlgorithmType\":\"auto\","
     "\"SegmentedPropertyCategoryCodeSequence\":" CODE ",\"SegmentedPropertyTypeCodeSequence\":" CODE "}]]}",
     "SegmentAlgorithmType: one of AUTOMATIC"},
    {"{\"segmentAttributesFileMapping\": [\"a\",\"b\"], \"segmentAttributes\": [[{\"labelID\":1," REQUIRED "}]]}",
     "segmentAttributesFileMapping: 2 file names for 1 lists"},
};

static void test_faults(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
    dseg_description *description;
    struct warnings warnings;
    dseg_error error;
    assert_int_equal(read_text(faults[i].text, &description, &warnings, &error), DSEG_ERROR_FORMAT);
    if (strstr(error.message, faults[i].message) == NULL) {
      fail_msg("\"%s\" does not say \"%s\"", error.message, faults[i].message);
    }
    assert_ptr_equal(strstr(error.message, FILE_NAME), error.message);
    assert_string_equal(description->segments[0].label, "old");
    assert_null(description->content.series_number);
    dseg_description_destroy(description);
  }
}

static void test_warnings(void **state) {
  (void)state;
  static const struct fault notes[] = {
      {"{\"colour\": 1, \"segmentAttributes\": [[{\"labelID\":1," REQUIRED "},{\"labelID\":5," REQUIRED "}]]}",
       "unknown key, ignored (dcmqi seg-schema.json): colour"},
      {"{\"a\": 1, \"b\": 1, \"segmentAttributes\": [[{\"labelID\":1," REQUIRED "},{\"labelID\":5," REQUIRED "}]]}",
       "unknown keys, ignored (dcmqi seg-schema.json): a, b"},
      {"{\"a\": 1, \"b\": 1, \"c\": 1, \"d\": 1, \"e\": 1, \"segmentAttributes\": [[{\"labelID\":1," REQUIRED
       "},{\"labelID\":5," REQUIRED "}]]}",
       "unknown keys, ignored (dcmqi seg-schema.json): a, b, c and 2 more"},
      {"{\"segmentAttributes\": [[{\"labelID\":1," REQUIRED ",\"x\":{}},{\"labelID\":5," REQUIRED "}]]}",
       "segmentAttributes[0][0]: unknown key, ignored (dcmqi seg-schema.json): x"},
      {"{\"segmentAttributes\": [[{\"labelID\":1," REQUIRED "}]]}", "no metadata for the segments with the numbers: 5"},
      {"{\"segmentAttributes\": [[{\"labelID\":1," REQUIRED "},{\"labelID\":5," REQUIRED "},{\"labelID\":7," REQUIRED
       "}]]}",
       "no segment has the labelID: 7"},
      {"{\"segmentAttributes\": [[{\"labelID\":1," REQUIRED ",\"TrackingIdentifier\":\"t\"},{\"labelID\":5," REQUIRED
       "}]]}",
       "need each other"},
      {"{\"ContentLabel\":\"liver\",\"segmentAttributes\": [[{\"labelID\":1," REQUIRED "},{\"labelID\":5," REQUIRED
       "}]]}",
       "ContentLabel: a Code String holds capital letters"},
  };
  for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
    dseg_description *description;
    struct warnings warnings;
    dseg_error error;
    assert_int_equal(read_text(notes[i].text, &description, &warnings, &error), DSEG_OK);
    assert_int_equal(warnings.count, 1);
    if (strstr(warnings.last, notes[i].message) == NULL) {
      fail_msg("\"%s\" does not say \"%s\"", warnings.last, notes[i].message);
    }
    dseg_description_destroy(description);
  }
}

static void test_background_needs_no_segment(void **state) {
  (void)state;
  dseg_description *description;
  struct warnings warnings;
  dseg_error error;
  assert_int_equal(read_text("{\"segmentAttributes\": [[{\"labelID\":0," REQUIRED "},{\"labelID\":1," REQUIRED
                             "},{\"labelID\":5," REQUIRED "}]]}",
                             &description, &warnings, &error),
                   DSEG_OK);
  assert_int_equal(warnings.count, 0);
  dseg_description_destroy(description);
}

/* Reads text for the segments 1 and 5, those that it names in addition included. */
static dseg_status read_with_absent(const char *text, dseg_description *description, struct warnings *warnings,
                                    const dseg_metadata_segment **segments) {
  const dseg_metadata_files files = {.struct_size = sizeof files, .segments = segments};
  const dseg_warning_sink sink = {on_warning, warnings};
  dseg_error error = {DSEG_OK, ""};
  *warnings = (struct warnings){0, ""};
  put_file(FILE_NAME, text);
  return dseg_metadata_read(FILE_NAME, description, &files, &sink, &error);
}

static void test_what_no_voxel_has_is_added(void **state) {
  (void)state;
  static const uint32_t numbers[] = {1, 5};
  struct warnings warnings;
  const dseg_metadata_segment *segments = NULL;
  dseg_description *description = make_description(numbers, 2);
  assert_int_equal(read_with_absent("{\"segmentAttributes\": [[{\"labelID\":3,\"SegmentLabel\":\"C\"," REQUIRED
                                    "},{\"labelID\":0," REQUIRED "},{\"labelID\":70000," REQUIRED
                                    "},{\"labelID\":1,\"SegmentLabel\":\"A\"," REQUIRED "},{\"labelID\":5," REQUIRED
                                    "},{\"labelID\":9,\"recommendedDisplayRGBValue\":[1,2,3]," REQUIRED "}]]}",
                                    description, &warnings, &segments),
                   DSEG_OK);
  assert_int_equal(warnings.count, 0);
  static const uint32_t expected[] = {1, 3, 5, 9, 10}; /* 70000 can be no Segment Number */
  static const uint32_t former[] = {0, UINT32_MAX, 1, UINT32_MAX, UINT32_MAX};
  static const uint32_t labels[] = {1, 3, 5, 9, 70000};
  assert_int_equal(description->segment_count, 5);
  for (size_t i = 0; i < 5; i++) {
    assert_int_equal(description->segments[i].number, expected[i]);
    assert_int_equal(segments[i].former, former[i]);
    assert_int_equal(segments[i].list, 0);
    assert_int_equal(segments[i].origin.file, 0);
    assert_int_equal(segments[i].origin.number, labels[i]);
    assert_true(description->segments[i].has_color || former[i] != UINT32_MAX);
    assert_non_null(description->segments[i].label);
  }
  assert_string_equal(description->segments[0].label, "A");
  assert_string_equal(description->segments[1].label, "C");
  assert_int_equal(description->segments[3].rgb[2], 3);
  dseg_description_destroy(description);
}

static void test_labels_of_other_segments_are_taken(void **state) {
  (void)state;
  static const uint32_t numbers[] = {1, 2};
  static const dseg_segment_origin origins[] = {{0, 1}, {1, 1}};
  const dseg_metadata_segment *segments = NULL;
  const dseg_metadata_files files = {
      .struct_size = sizeof files, .count = 2, .origins = origins, .segments = &segments};
  dseg_description *description = make_description(numbers, 2);
  put_file(FILE_NAME, "{\"segmentAttributes\": [[{\"labelID\":1," REQUIRED "},{\"labelID\":2," REQUIRED
                      "}],[{\"labelID\":1," REQUIRED "},{\"labelID\":4," REQUIRED "},{\"labelID\":2," REQUIRED "}]]}");
  assert_int_equal(dseg_metadata_read(FILE_NAME, description, &files, NULL, NULL), DSEG_OK);
  /* 2 is the second file's segment 1: both files' absent segment 2 get numbers after the greatest. */
  static const uint32_t expected[] = {1, 2, 4, 5, 6};
  static const dseg_segment_origin from[] = {{0, 1}, {1, 1}, {1, 4}, {0, 2}, {1, 2}};
  assert_int_equal(description->segment_count, 5);
  for (size_t i = 0; i < 5; i++) {
    assert_int_equal(description->segments[i].number, expected[i]);
    assert_int_equal(segments[i].origin.file, from[i].file);
    assert_int_equal(segments[i].origin.number, from[i].number);
    assert_int_equal(segments[i].list, from[i].file);
  }
  dseg_description_destroy(description);
}

static void test_a_fault_adds_nothing(void **state) {
  (void)state;
  static const uint32_t numbers[] = {1, 5};
  struct warnings warnings;
  const dseg_metadata_segment *segments = NULL;
  dseg_description *description = make_description(numbers, 2);
  assert_int_equal(read_with_absent("{\"segmentAttributes\": [[{\"labelID\":3," REQUIRED "},{\"labelID\":4}]]}",
                                    description, &warnings, &segments),
                   DSEG_ERROR_FORMAT);
  assert_int_equal(description->segment_count, 2);
  assert_null(segments);
  dseg_description_destroy(description);
}

/* Two files, both with a segment 1; the second's has the number 2 in the description. */
static const dseg_segment_origin two_origins[] = {{0, 1}, {1, 1}};
static const char *const two_names[] = {"dir/first.nrrd", "second.nrrd"};
#define TWO_LISTS                                                            \
  "\"segmentAttributes\": [[{\"labelID\":1,\"SegmentLabel\":\"A\"," REQUIRED \
  "}],[{\"labelID\":1,\"SegmentLabel\":\"B\"," REQUIRED "}]]}"

static dseg_status read_two(const char *text, const char *const *names, dseg_description **description,
                            dseg_error *error) {
  static const uint32_t numbers[] = {1, 2};
  const dseg_metadata_files files = {
      .struct_size = sizeof(dseg_metadata_files), .count = 2, .origins = two_origins, .names = names};
  *error = (dseg_error){DSEG_OK, ""};
  put_file(FILE_NAME, text);
  *description = make_description(numbers, 2);
  return dseg_metadata_read(FILE_NAME, *description, &files, NULL, error);
}

static void test_lists_belong_to_files(void **state) {
  (void)state;
  dseg_description *description;
  dseg_error error;
  assert_int_equal(read_two("{" TWO_LISTS, NULL, &description, &error), DSEG_OK);
  assert_string_equal(description->segments[0].label, "A");
  assert_string_equal(description->segments[1].label, "B");
  dseg_description_destroy(description);

  const char *mapped = "{\"segmentAttributesFileMapping\":[\"second.nrrd\",\"first.nrrd\"]," TWO_LISTS;
  assert_int_equal(read_two(mapped, two_names, &description, &error), DSEG_OK);
  assert_string_equal(description->segments[0].label, "B");
  assert_string_equal(description->segments[1].label, "A");
  dseg_description_destroy(description);

  const char *half = "{\"segmentAttributesFileMapping\":[\"second.nrrd\",\"other.nrrd\"]," TWO_LISTS;
  assert_int_equal(read_two(half, two_names, &description, &error), DSEG_OK);
  assert_string_equal(description->segments[0].label, "old");
  assert_string_equal(description->segments[1].label, "A");
  dseg_description_destroy(description);

  const char *none = "{\"segmentAttributesFileMapping\":[\"x\",\"y\"]," TWO_LISTS;
  assert_int_equal(read_two(none, two_names, &description, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "no entry names an input file"));
  dseg_description_destroy(description);

  const char *one = "{\"segmentAttributes\": [[{\"labelID\":1," REQUIRED "}]]}";
  assert_int_equal(read_two(one, two_names, &description, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "1 lists for 2 input files"));
  dseg_description_destroy(description);
}

static void test_lists_are_told(void **state) {
  (void)state;
  static const uint32_t numbers[] = {1, 2};
  uint32_t lists[2] = {7, 7};
  dseg_metadata_files files = {.struct_size = sizeof(dseg_metadata_files),
                               .count = 2,
                               .origins = two_origins,
                               .names = two_names,
                               .lists = lists};
  dseg_error error = {DSEG_OK, ""};
  dseg_description *description = make_description(numbers, 2);
  put_file(FILE_NAME, "{\"segmentAttributesFileMapping\":[\"second.nrrd\",\"first.nrrd\"]," TWO_LISTS);
  assert_int_equal(dseg_metadata_read(FILE_NAME, description, &files, NULL, &error), DSEG_OK);
  assert_int_equal(lists[0], 1);
  assert_int_equal(lists[1], 0);

  put_file(FILE_NAME, "{\"segmentAttributesFileMapping\":[\"second.nrrd\",\"other.nrrd\"]," TWO_LISTS);
  assert_int_equal(dseg_metadata_read(FILE_NAME, description, &files, NULL, &error), DSEG_OK);
  assert_int_equal(lists[0], UINT32_MAX);
  assert_int_equal(lists[1], 0);
  files.complete = true;
  assert_int_equal(dseg_metadata_read(FILE_NAME, description, &files, NULL, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "nothing is said of the segments with the numbers 1"));
  dseg_description_destroy(description);
}

static void test_label_from_description(void **state) {
  (void)state;
  static const char *const texts[][2] = {
      {"\"SegmentDescription\":\"Left lobe\",", "Left lobe"},
      {"\"SegmentDescription\":\"\",", "Tissue"},
      {"\"SegmentDescription\":\"More than sixty-four characters, which are too many for a label in DICOM\",",
       "Tissue"}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    char text[1000];
    snprintf(text, sizeof text, "{\"segmentAttributes\": [[{\"labelID\":1,%s" REQUIRED "}]]}", texts[i][0]);
    struct warnings warnings = {0, ""};
    dseg_error error = {DSEG_OK, ""};
    dseg_description *description = NULL;
    assert_int_equal(read_text(text, &description, &warnings, &error), DSEG_OK);
    assert_string_equal(description->segments[0].label, texts[i][1]);
    dseg_description_destroy(description);
  }
}

static void test_hostile_nesting(void **state) {
  (void)state;
  const size_t depth = 1000000;
  char *text = malloc(depth + 1);
  assert_non_null(text);
  memset(text, '[', depth);
  text[depth] = '\0';
  dseg_description *description;
  struct warnings warnings;
  dseg_error error;
  assert_int_equal(read_text(text, &description, &warnings, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "line 1"));
  free(text);
  dseg_description_destroy(description);
}

static void test_missing_file(void **state) {
  (void)state;
  dseg_description *description = dseg_description_create();
  dseg_error error = {DSEG_OK, ""};
  assert_int_equal(dseg_metadata_read("no-such.json", description, NULL, NULL, &error), DSEG_ERROR_INPUT);
  dseg_description_destroy(description);
}

static void test_unsupported(void **state) {
  (void)state;
  dseg_description *description = dseg_description_create();
  dseg_error error = {DSEG_OK, ""};
  assert_int_equal(dseg_metadata_read(FILE_NAME, description, NULL, NULL, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "DSEG_WITH_JANSSON"));
  error = (dseg_error){DSEG_OK, ""};
  assert_int_equal(dseg_metadata_write(FILE_NAME, description, NULL, true, &error), DSEG_ERROR_UNSUPPORTED);
  dseg_description_destroy(description);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_example),
      cmocka_unit_test(test_faults),
      cmocka_unit_test(test_warnings),
      cmocka_unit_test(test_background_needs_no_segment),
      cmocka_unit_test(test_what_no_voxel_has_is_added),
      cmocka_unit_test(test_labels_of_other_segments_are_taken),
      cmocka_unit_test(test_a_fault_adds_nothing),
      cmocka_unit_test(test_lists_belong_to_files),
      cmocka_unit_test(test_lists_are_told),
      cmocka_unit_test(test_label_from_description),
      cmocka_unit_test(test_hostile_nesting),
      cmocka_unit_test(test_missing_file),
  };
  const struct CMUnitTest without[] = {cmocka_unit_test(test_unsupported)};
  if (strstr(dseg_build_libraries(), "jansson") == NULL) {
    return cmocka_run_group_tests(without, NULL, NULL);
  }
  return cmocka_run_group_tests(tests, NULL, NULL);
}
