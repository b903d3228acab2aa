/* SPDX-License-Identifier: Apache-2.0 */
/* test_names.c - tables of names: every kind is told by its content, and faults are named with their place. */
#include <stdlib.h>

#include "dseg/terms.h"
#include "metadata_files.h"

#define FILE_NAME "names.txt"

/* The numbers of the segments that names are for; the label is one that nobody said. */
static dseg_description *make_segments(void) {
  static const uint32_t numbers[] = {1, 2, 5};
  dseg_description *description = make_description(numbers, 3);
  for (size_t i = 0; i < 3; i++) {
    description->segments[i].assumed = DSEG_ASSUMED_LABEL | DSEG_ASSUMED_COLOR | DSEG_ASSUMED_ALGORITHM;
  }
  return description;
}

static dseg_status apply_text(const char *text, dseg_description *description, const dseg_names_options *more,
                              dseg_error *error) {
  dseg_input *input = NULL;
  assert_int_equal(dseg_input_from_memory((dseg_view){(const uint8_t *)text, strlen(text)}, &input, NULL), DSEG_OK);
  dseg_names_options options = more != NULL ? *more : (dseg_names_options){.struct_size = sizeof options};
  options.struct_size = sizeof options;
  options.input = input;
  const dseg_status status = dseg_names_apply(FILE_NAME, description, &options, error);
  dseg_input_close(input);
  return status;
}

/* Whether a build reads the text at all: without jansson it reads no JSON. */
static bool is_readable(dseg_status status, const dseg_error *error) {
  return status != DSEG_ERROR_UNSUPPORTED || strstr(error->message, "DSEG_WITH_JANSSON") == NULL;
}

static void test_kinds(void **state) {
  (void)state;
  static const struct {
    const char *text, *kind;
    bool is_list; /* keeps what was not found */
    bool has_colors;
  } cases[] = {
      {"# comment\n0 Unknown 0 0 0 0\n1 liver 1 2 3 0\n2  spleen 4 5 6 0\n5 colon 7 8 9 0\n77 other 1 1 1 0\n",
       "FreeSurfer's colour table", false, true},
      {"# Color table file x\n# 3 values\n1 liver 1 2 3 255\n2 spleen 4 5 6 255\n5 colon 7 8 9 255\n",
       "3D Slicer's colour table", false, true},
      {"# ITK-SnAP\n 0 0 0 0 0 0 0 \"Clear Label\"\n 1 1 2 3 1 1 1 \"liver\"\n 2 4 5 6 1 1 1 \"spleen\"\n"
       " 5 7 8 9 1 1 1 \"colon\"\n",
       "ITK-SNAP's label descriptions", false, true},
      {"1 liver\n2: spleen\r\n5 colon\n", "a list of numbers and names", false, false},
      {"LabelValue,Name\n1,liver\n2,\"spleen\"\n5,colon\n", "a table of numbers and names", false, false},
      {"name;value\nliver;1\nspleen;2\ncolon;5.0\n", "a table of numbers and names", false, false},
      {"1,liver\n2,spleen\n5,colon\n", "a table of numbers and names", false, false},
      {"liver,1,#010203\nspleen,2,#040506\ncolon,5,#070809\n", "a table of numbers, names and colours", false, true},
      {"value\tlabel\tcolor\n0\tbackground\trgba(0,0,0,0)\n1\tliver\trgb(1,2,3)\n2\tspleen\trgb(4,5,6)\n"
       "5\tcolon\trgb(7,8,9)\n",
       "a table of numbers, names and colours", false, true},
      {"index\tname\tabbreviation\tcolor\n1\tliver\tLI\t#010203\n2\tspleen\tSP\t#040506\n5\tcolon\tCO\t#070809\n"
       "9\tstomach\tST\t#aaaaaa\n",
       "BIDS's dseg.tsv", true, true},
      {"LabelValue,Name,Color_R,Color_G,Color_B,Color_A\n1,liver,1,2,3,255\n2,spleen,4,5,6,255\n5,colon,7,8,9,255\n",
       "a table of numbers, names and colours", false, true},
      {"{\"channel_names\":{\"0\":\"CT\"},\"labels\":{\"background\":0,\"liver\":1,\"spleen\":2,\"colon\":5,"
       "\"stomach\":9}}",
       "nnU-Net's dataset.json", true, false},
      {"{\"modality\":{\"0\":\"CT\"},\"labels\":{\"0\":\"background\",\"1\":\"liver\",\"2\":\"spleen\",\"5\":\"colon\","
       "\"9\":\"stomach\"}}",
       "nnU-Net's dataset.json", true, false},
      {"{\"network_data_format\":{\"outputs\":{\"pred\":{\"type\":\"image\",\"channel_def\":{\"0\":\"background\","
       "\"1\":\"liver\",\"2\":\"spleen\",\"5\":\"colon\",\"9\":\"stomach\"}}}}}",
       "MONAI's metadata.json", true, false},
      {"{\"model\":\"x\",\"labels\":{\"1\":\"liver\",\"2\":\"spleen\",\"5\":\"colon\",\"9\":\"stomach\"}}",
       "a label map in JSON", false, false},
      {"\xEF\xBB\xBF{\"1\":\"liver\",\"2\":\"spleen\",\"5\":\"colon\"}", "a list of numbers and names in JSON", false,
       false},
      {"{\"liver\":1,\"spleen\":2,\"colon\":5}", "a list of numbers and names in JSON", false, false},
      {"[{\"value\":1,\"name\":\"liver\",\"color\":[1,2,3]},{\"value\":2,\"name\":\"spleen\",\"color\":\"#040506\"},"
       "{\"value\":5,\"name\":\"colon\",\"color\":[7,8,9]}]",
       "a list of names in JSON", false, true},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    dseg_description *description = make_segments();
    dseg_error error;
    const char *kind = NULL;
    const dseg_metadata_segment *changes = NULL;
    const dseg_metadata_files files = {.struct_size = sizeof files, .segments = &changes};
    const dseg_names_options options = {.files = &files, .kind = &kind};
    const dseg_status status = apply_text(cases[i].text, description, &options, &error);
    if (is_readable(status, &error)) {
      assert_string_equal(error.message, "");
      assert_int_equal(status, DSEG_OK);
      assert_string_equal(kind, cases[i].kind);
      assert_int_equal(description->segment_count, cases[i].is_list ? 4 : 3);
      assert_string_equal(description->segments[0].label, "liver");
      assert_string_equal(description->segments[1].label, "spleen");
      assert_string_equal(description->segments[2].label, "colon");
      if (cases[i].is_list) {
        assert_string_equal(description->segments[3].label, "stomach");
        assert_int_equal(description->segments[3].number, 9);
        assert_int_equal(changes[3].former, UINT32_MAX);
      }
      if (cases[i].has_colors) {
        static const uint8_t first[3] = {1, 2, 3};
        static const uint8_t last[3] = {7, 8, 9};
        assert_memory_equal(description->segments[0].rgb, first, 3);
        assert_memory_equal(description->segments[2].rgb, last, 3);
        assert_int_equal(description->segments[0].assumed, DSEG_ASSUMED_ALGORITHM);
      }
    }
    dseg_description_destroy(description);
  }
}

#define CODES                                                                                                       \
  "LabelValue,Name,SegmentedPropertyCategoryCodeSequence.CodingSchemeDesignator,"                                   \
  "SegmentedPropertyCategoryCodeSequence.CodeValue,SegmentedPropertyCategoryCodeSequence.CodeMeaning,"              \
  "SegmentedPropertyTypeCodeSequence.CodingSchemeDesignator,SegmentedPropertyTypeCodeSequence.CodeValue,"           \
  "SegmentedPropertyTypeCodeSequence.CodeMeaning,SegmentedPropertyTypeModifierCodeSequence.CodingSchemeDesignator," \
  "SegmentedPropertyTypeModifierCodeSequence.CodeValue,SegmentedPropertyTypeModifierCodeSequence.CodeMeaning,"      \
  "DicomRGBColor\n"

static void test_codes(void **state) {
  (void)state;
  dseg_description *description = make_segments();
  dseg_error error;
  const dseg_named_segment *named = NULL;
  const dseg_names_options options = {.named = &named};
  const dseg_status status = apply_text(
      CODES
      "2,\"kidney, left\",SCT,123037004,Anatomical Structure,SCT,64033007,Kidney,SCT,7771000,Left,\"9,8,7\"\n"
      "1,\"thing \"\"x\"\"\",,,,,,,,,,\n",
      description, &options, &error);
  assert_string_equal(error.message, "");
  assert_int_equal(status, DSEG_OK);
  const dseg_segment *kidney = &description->segments[1];
  assert_string_equal(kidney->label, "kidney, left");
  assert_string_equal(kidney->category.value, "123037004");
  assert_string_equal(kidney->type.meaning, "Kidney");
  assert_int_equal(kidney->type_modifiers.count, 1);
  assert_string_equal(kidney->type_modifiers.items[0].value, "7771000");
  assert_true(dseg_segment_is_coded(kidney));
  assert_int_equal(named[1].codes, DSEG_NAME_FROM_TABLE);
  assert_int_equal(named[1].color, DSEG_NAME_FROM_TABLE);
  assert_string_equal(description->segments[0].label, "thing \"x\"");
  assert_int_equal(named[0].codes, DSEG_NAME_FROM_NOBODY);
  assert_int_equal(named[2].label, DSEG_NAME_FROM_NOBODY);
  assert_false(dseg_segment_is_coded(&description->segments[0]));
  dseg_description_destroy(description);
}

/* Nothing is changed by a table that is refused. */
static void test_faults(void **state) {
  (void)state;
  static const struct {
    const char *text, *part;
  } cases[] = {
      {"", "holds no names"},
      {"hello\n", "holds no names"},
      {"\xFF\xFE"
       "1\n",
       "no text in UTF-8"},
      {"1 liver\n2 spleen\n5 colon\n9 stomach\n", "numbers that no voxel has: 9 stomach; there are 1, 2, 5"},
      {"9 stomach\n10 bladder\n", "names no segment: it has the numbers 9, 10, and there are 1, 2, 5"},
      {"1 liver\n2 liver\n5 colon\n", "segments 1 and 2 would both be called \"liver\""},
      {"1 liver\n1 spleen\n", "line 2: two names for the number 1, \"liver\" and \"spleen\""},
      {"1 liver\nx spleen\n", "line 2: \"x\" is no number"},
      {"1 liver 1 2 3 0\n2 spleen 1 2\n", "line 2: a number, a name and a colour"},
      {"1 liver 1 2 300 0\n", "line 1: \"300\" is no part of a colour"},
      {"value,name\n1,liver\n2,\n5,colon\n", "line 3: there is no name here"},
      {"value,name\n1,liver\n-2,spleen\n", "line 3: \"-2\" is no number of voxels"},
      {"value,name,color\n1,liver,blue\n", "line 2: \"blue\" is no colour"},
      {"value,name\n1,\"liver\n", "line 2: a quote that is never closed"},
      {"value,name\n0,background\n", "names no segment"},
      {CODES "1,liver,SCT,1,,SCT,2,x,,,,\n", "line 2: the code 1 has no meaning"},
      {CODES "1,liver,SCT,1,a,,,,,,,\n", "line 2: a category without a type"},
      {CODES "1,liver,SCT,1\\2,a,SCT,2,b,,,,\n", "line 2: a code holds a backslash"},
      {"{\"channel_names\":{},\"labels\":{\"liver\":-1}}", "\"liver\": a label is expected"},
      {"{\"channel_names\":{},\"labels\":{\"liver\":[]}}", "\"liver\": a region without a label"},
      {"{\"channel_names\":{},\"labels\":{\"x\":\"liver\"}}", "\"x\": a number is expected"},
      {"{\"channel_names\":{},\"labels\":{\"whole\":[1,2],\"core\":2}}", "the label 5, which is in no region"},
      {"{\"channel_names\":{},\"labels\":{\"liver\":1,\"spleen\":1}}", "two names for the number 1"},
      {"{\"hello\":\"world\"}", "no metadata of a segmentation"},
      {"[1]", "names are expected, or objects"},
      {"{\"1\":\"liver\"", "line 1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    dseg_description *description = make_segments();
    dseg_error error;
    const dseg_status status = apply_text(cases[i].text, description, NULL, &error);
    if (is_readable(status, &error)) {
      if (strstr(error.message, cases[i].part) == NULL) {
        print_message("%s: %s\n", cases[i].text, error.message);
      }
      assert_non_null(strstr(error.message, cases[i].part));
      assert_int_equal(status, DSEG_ERROR_FORMAT);
      assert_int_equal(strncmp(error.message, FILE_NAME ": ", strlen(FILE_NAME) + 2), 0);
    }
    assert_int_equal(description->segment_count, 3);
    for (size_t k = 0; k < 3; k++) {
      assert_string_equal(description->segments[k].label, "old");
    }
    dseg_description_destroy(description);
  }
}

static void test_present_only(void **state) {
  (void)state;
  dseg_description *description = make_segments();
  dseg_error error;
  const dseg_names_options options = {.present_only = true};
  assert_int_equal(apply_text("1 liver\n2 spleen\n5 colon\n9 stomach\n", description, &options, &error), DSEG_OK);
  assert_int_equal(description->segment_count, 3);
  dseg_description_destroy(description);
}

/* Masks are found by the names of their files, whatever their numbers; the names that no file has were not found. */
static void test_masks(void **state) {
  (void)state;
  static const char *const names[] = {"masks/kidney_left.nii.gz", "masks/Liver.nii.gz"};
  static const dseg_segment_origin origins[] = {{0, 1}, {1, 1}};
  static const uint32_t numbers[] = {1, 2};
  dseg_description *description = make_description(numbers, 2);
  description->segments[0].assumed = DSEG_ASSUMED_LABEL;
  description->segments[1].assumed = DSEG_ASSUMED_LABEL;
  const dseg_metadata_segment *changes = NULL;
  const dseg_metadata_files files = {
      .struct_size = sizeof files, .count = 2, .origins = origins, .names = names, .segments = &changes};
  const dseg_names_options options = {.files = &files};
  dseg_error error;
  const dseg_status status =
      apply_text("index\tname\n1\tliver\n2\tleft kidney\n3\tspleen\n", description, &options, &error);
  assert_string_equal(error.message, "");
  assert_int_equal(status, DSEG_OK);
  assert_int_equal(description->segment_count, 3);
  assert_string_equal(description->segments[0].label, "left kidney");
  assert_string_equal(description->segments[1].label, "liver");
  assert_string_equal(description->segments[2].label, "spleen");
  assert_int_equal(changes[2].former, UINT32_MAX);
  dseg_description_destroy(description);
}

/* A label map's segments become regions, of which labels may be in several. */
static void test_regions(void **state) {
  (void)state;
  dseg_description *description = make_segments();
  dseg_error error;
  const dseg_status status = apply_text(
      "{\"channel_names\":{},\"labels\":{\"background\":0,\"whole\":[1,2,5],\"core\":[2,5],\"rest\":5,\"none\":[7]}}",
      description, NULL, &error);
  if (is_readable(status, &error)) {
    assert_string_equal(error.message, "");
    assert_int_equal(status, DSEG_OK);
    assert_int_equal(description->segment_count, 3);
    assert_string_equal(description->segments[0].label, "whole");
    assert_string_equal(description->segments[1].label, "core");
    assert_string_equal(description->segments[2].label, "rest");
    assert_int_equal(description->segments[2].number, 3);
    assert_int_equal(description->kind, DSEG_VOXELS_MASKS);
  }
  dseg_description_destroy(description);
}

/* A table of terms that is empty refuses; one that is there codes by names, and takes none that is only similar. */
static void test_built_in(void **state) {
  (void)state;
  static const uint32_t numbers[] = {1, 2};
  dseg_description *description = make_description(numbers, 2);
  dseg_error error;
  description->segments[0].label = "kidney_left";
  description->segments[1].label = "kidny_left";
  struct warnings notes = {0, ""};
  const dseg_names_options options = {.struct_size = sizeof options, .notes = {on_warning, &notes}};
  const dseg_status status = dseg_names_apply(DSEG_NAMES_BUILT_IN, description, &options, &error);
  if (dseg_term_count() == 0) {
    assert_int_equal(status, DSEG_ERROR_UNSUPPORTED);
  } else {
    assert_string_equal(error.message, "");
    assert_int_equal(status, DSEG_OK);
    assert_string_equal(description->segments[0].type.value, "64033007");
    assert_string_equal(description->segments[0].type_modifiers.items[0].value, "7771000");
    assert_true(description->segments[0].has_color);
    assert_null(description->segments[1].type.value);
    assert_int_equal(notes.count, 1);
    assert_non_null(strstr(notes.last, "no code is known for \"kidny_left\""));
    assert_non_null(strstr(notes.last, "\"kidney_left\""));
  }
  dseg_description_destroy(description);
}

static void test_arguments(void **state) {
  (void)state;
  dseg_description *description = make_segments();
  dseg_error error;
  assert_int_equal(dseg_names_apply(NULL, description, NULL, &error), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_names_apply("x", NULL, NULL, &error), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_names_apply("no-such-file", description, NULL, &error), DSEG_ERROR_INPUT);
  assert_int_equal(dseg_names_apply("no-such-file", description, NULL, NULL), DSEG_ERROR_INPUT);
  dseg_description_destroy(description);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_kinds),        cmocka_unit_test(test_codes),     cmocka_unit_test(test_faults),
      cmocka_unit_test(test_present_only), cmocka_unit_test(test_masks),     cmocka_unit_test(test_regions),
      cmocka_unit_test(test_built_in),     cmocka_unit_test(test_arguments),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
