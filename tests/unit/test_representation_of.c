/* SPDX-License-Identifier: Apache-2.0 */
/* Several representations share a Segmentation Type: SOP Class and Private Creators say which one an object is in. */
#include "dseg/plugin.h"
#include "validate_fixtures.h"
#include "writer_fixture.h"

#define STANDARD "1.2.840.10008.5.1.4.1.1.66.7"
#define STRICT "1.2.3.71"

static const dseg_option options_table[] = {{"sop-class", 0, 2, 0, "0: of its own, 1: the standard's, 2: unknown"},
                                            {NULL, 0, 0, 0, NULL}};

static dseg_status choose_format(const dseg_description *description, const dseg_option_value *options,
                                 size_t option_count, dseg_pixel_format *format, dseg_error *error) {
  static const char *const classes[] = {NULL, STANDARD, "1.2.3.72"};
  (void)description, (void)error;
  *format = (dseg_pixel_format){
      .bits_allocated = 8,
      .sop_class_uid = classes[dseg_get_option(options_table, options, option_count, "sop-class")],
  };
  return DSEG_OK;
}

static dseg_status describe(const dseg_write_context *context, const dseg_written_frames *frames, dseg_data_set *set,
                            dseg_error *error) {
  (void)frames, (void)error;
  assert_non_null(context->dimension_organization_uid);
  assert_true(dseg_data_set_text_is(set, 0x00080016, context->sop_class_uid));
  dseg_data_set_put_text(set, dseg_data_set_put_creator(set, 0x0021, "ONE") | 1, "LO", "one");
  dseg_data_set_put_text(set, dseg_data_set_put_creator(set, 0x0021, "TWO") | 1, "LO", "two");
  dseg_data_set_put_text(set, dseg_data_set_put_creator(set, 0x0021, "THREE") | 1, "LO", "three");
  return DSEG_OK;
}

/* Both are label maps, in a SOP Class of their own or in the standard's. One has block ONE, the other TWO, and it may
 * have ONE, too. */
static int register_both(void **state) {
  static dseg_representation one, two;
  static const char *const classes[] = {STANDARD, NULL}, *const creators[] = {"ONE", NULL};
  one = *dseg_find_representation("labelmap");
  one.name = "test-one";
  one.sop_class_uid = STRICT;
  one.other_sop_classes = classes;
  one.private_creator = "ONE";
  one.flags |= DSEG_PLUGIN_EXPERIMENTAL;
  one.options = options_table;
  one.choose_format = choose_format;
  two = one;
  two.name = "test-two";
  two.private_creator = "TWO";
  two.other_creators = creators;
  two.describe = describe;
  two.proposal_name = "shared";
  two.proposal_version = "3";
  if (dseg_register(&one, NULL, NULL) != DSEG_OK || dseg_register(&two, NULL, NULL) != DSEG_OK) {
    return -1;
  }
  return enter_directory(state);
}

/* Opens a label map with these lines; the name of its representation, or the message. */
static const char *name_of(const char *const lines[8]) {
  static char name[sizeof((dseg_error *)0)->message];
  dicom_file file = {.undefined_lengths = false};
  dseg_input *input = NULL;
  dseg_source *source = NULL;
  dseg_error error = {0};
  build_fixture(LABELMAP, lines, &file);
  assert_int_equal(dseg_input_from_memory((dseg_view){file.bytes.data, file.bytes.size}, &input, NULL), DSEG_OK);
  if (dseg_open_input(input, "fixture", NULL, &source, &error) == DSEG_OK) {
    snprintf(name, sizeof name, "%s", dseg_source_encoding(source)->representation);
    dseg_source_close(source);
  } else {
    snprintf(name, sizeof name, "%s", error.message);
    dseg_input_close(input);
  }
  dseg_buffer_free(&file.bytes);
  return name;
}

static void blocks_decide(void **state) {
  static const struct {
    const char *lines[8];
    const char *name;
  } cases[] = {
      {{0}, "labelmap"},
      {{"00210010 LO SOMEBODY", "00211001 LO x"}, "labelmap"},
      {{"00210010 LO ONE"}, "test-one"},
      {{"00210010 LO TWO"}, "test-two"},
      {{"00210010 LO ONE", "00210011 LO TWO"}, "test-two"},
      {{"00210010 LO TWO", "00330010 LO ONE"}, "test-two"},
      {{"00020002 UI " STRICT, "00080016 UI " STRICT, "00210010 LO ONE"}, "test-one"},
      {{"00020002 UI " STRICT, "00080016 UI " STRICT, "00210010 LO TWO", "00210011 LO ONE"}, "test-two"},
      /* an unknown SOP Class is that of whoever has the type */
      {{"00020002 UI 1.2.3.9", "00080016 UI 1.2.3.9", "00210010 LO ONE"}, "labelmap"},
      /* in an item, or as a value of another element, it is no block */
      {{"00081140[1]/00210010 LO ONE"}, "labelmap"},
      {{"00200010 SH ONE", "00211010 LO TWO"}, "labelmap"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    assert_string_equal(name_of(cases[i].lines), cases[i].name);
  }
}

static void a_class_of_its_own_needs_the_block(void **state) {
  static const char *const lines[8] = {"00020002 UI " STRICT, "00080016 UI " STRICT, "00210010 LO SOMEBODY"};
  (void)state;
  const char *message = name_of(lines);
  assert_non_null(strstr(message, "SOP Class UID (0008,0016) is that of test-one"));
  assert_non_null(strstr(message, "no Private Creator \"ONE\""));
}

static dseg_status write_with(int64_t sop_class, dseg_error *error) {
  const dseg_option_value value = {"sop-class", sop_class};
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation = "test-two",
                                      .representation_options = &value,
                                      .representation_option_count = 1,
                                      .replace = true,
                                      .uid_seed = "two"};
  dseg_description *description = make_description(3, 4, 4, 2);
  dseg_writer *writer = NULL;
  uint8_t labels[12];
  description->has_background = true;
  dseg_status status = dseg_writer_create("two.dcm", description, &options, &writer, error);
  if (status == DSEG_OK) {
    status = write_planes(writer, description, labels, error);
  }
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
  return status;
}

/* An option may choose the SOP Class; a copy has nothing of the blocks that the struct names. */
static void an_option_chooses_the_class(void **state) {
  static const char *const classes[] = {STRICT, STANDARD};
  const dseg_open_options keep = {.struct_size = sizeof(dseg_open_options), .keep_context = true};
  (void)state;
  for (int64_t i = 0; i < 2; i++) {
    dseg_error error = {0};
    dseg_source *source = NULL;
    dseg_data_set *kept = NULL;
    written_file file;
    if (write_with(i, &error) != DSEG_OK || dseg_open("two.dcm", &keep, &source, &error) != DSEG_OK) {
      fail_msg("%s", error.message);
    }
    assert_string_equal(dseg_source_encoding(source)->representation, "test-two");
    assert_string_equal(dseg_source_encoding(source)->sop_class_uid, classes[i]);
    assert_int_equal(dseg_data_set_create(&kept, NULL), DSEG_OK);
    assert_int_equal(dseg_data_set_read(kept, dseg_source_description(source)->attributes, DSEG_EXPLICIT_VR, NULL),
                     DSEG_OK);
    assert_int_equal(dseg_data_set_find_creator(kept, 0x0021, "ONE"), 0);
    assert_int_equal(dseg_data_set_find_creator(kept, 0x0021, "TWO"), 0);
    assert_int_not_equal(dseg_data_set_find_creator(kept, 0x0021, "THREE"), 0);
    dseg_data_set_destroy(kept);
    dseg_source_close(source);
    open_written("two.dcm", &file);
    assert_text(&file, 0x0008103E, "[experimental: shared 3]");
    const dseg_element stored = element_of(&file.part10.meta, 0x00020002);
    assert_true(dseg_element_is(&stored, classes[i]));
    close_written(&file);
  }
}

static void a_class_that_is_not_named_is_refused(void **state) {
  dseg_error error = {0};
  (void)state;
  assert_int_equal(write_with(2, &error), DSEG_ERROR_ARGUMENT);
  assert_non_null(strstr(error.message, "wants SOP Class 1.2.3.72"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_decide),
      cmocka_unit_test(a_class_of_its_own_needs_the_block),
      cmocka_unit_test(an_option_chooses_the_class),
      cmocka_unit_test(a_class_that_is_not_named_is_refused),
  };
  return cmocka_run_group_tests(tests, register_both, leave_directory);
}
