/* SPDX-License-Identifier: Apache-2.0 */
/* test_writer_refusals.c - what a writer does not take, and attributes made from what it does. */
#include "writer_fixture.h"

static dseg_status create(const dseg_description *description, const dseg_write_options *options, dseg_error *error) {
  dseg_writer *writer = NULL;
  *error = (dseg_error){.status = DSEG_OK};
  const dseg_status status = dseg_writer_create("a.dcm", description, options, &writer, error);
  dseg_writer_destroy(writer);
  return status;
}

static void descriptions_are_checked(void **state) {
  (void)state;
  const dseg_write_options binary = {.struct_size = sizeof(dseg_write_options), .representation = "binary"},
                           labels = {.struct_size = sizeof(dseg_write_options), .representation = "labelmap"};
  dseg_error error;
  dseg_description *d = make_description(4, 4, 3, 2);
  assert_int_equal(create(d, &binary, &error), DSEG_OK);
  d->segments[1].number = 3;
  assert_int_equal(create(d, &binary, &error), DSEG_ERROR_ARGUMENT);
  assert_non_null(strstr(error.message, "C.8.20.2.4"));
  assert_int_equal(create(d, &labels, &error), DSEG_OK);
  d->segments[1].number = 1;
  assert_int_equal(create(d, &labels, &error), DSEG_ERROR_ARGUMENT);
  d->segments[1].number = 70000;
  assert_int_equal(create(d, &labels, &error), DSEG_ERROR_LIMIT);
  d->segments[1].number = 2;
  d->segment_count = 0;
  assert_int_equal(create(d, &binary, &error), DSEG_ERROR_ARGUMENT);
  assert_int_equal(create(d, &labels, &error), DSEG_OK);
  d->segment_count = 2;
  d->geometry.rows = 65536;
  assert_int_equal(create(d, &binary, &error), DSEG_ERROR_ARGUMENT);
  d->geometry.rows = 0;
  assert_int_equal(create(d, &binary, &error), DSEG_ERROR_ARGUMENT);
  d->geometry.rows = 4;
  d->geometry.plane_count = 0;
  assert_int_equal(create(d, &binary, &error), DSEG_ERROR_ARGUMENT);
  d->geometry.plane_count = 3;
  d->geometry.pixel_spacing[1] = 0.0;
  assert_int_equal(create(d, &binary, &error), DSEG_ERROR_ARGUMENT);
  d->geometry.space = DSEG_SPACE_NONE; /* then pixels need a source image */
  assert_int_equal(create(d, &binary, &error), DSEG_ERROR_ARGUMENT);
  assert_non_null(strstr(error.message, "A.51.5.1"));
  assert_int_equal(dseg_writer_create(NULL, d, NULL, NULL, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(count_files(), 0);
  dseg_description_destroy(d);
}

static void encodings_are_checked(void **state) {
  (void)state;
  dseg_error error;
  dseg_description *d = make_description(4, 4, 3, 2);
  const dseg_write_options unknown = {.struct_size = sizeof(dseg_write_options), .representation = "surface"},
                           no_codec = {.struct_size = sizeof(dseg_write_options), .frame_codec = "zip"};
  const dseg_write_options big_endian = {.struct_size = sizeof(dseg_write_options),
                                         .frame_codec = "1.2.840.10008.1.2.2"};
  assert_int_equal(create(d, &unknown, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "surface"));
  assert_int_equal(create(d, &no_codec, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "zip"));
  assert_non_null(strstr(error.message, "dseg_frame_codec_at"));
  assert_int_equal(create(d, &big_endian, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "cannot be written"));
  dseg_description_destroy(d);
}

static void planes_and_values_are_checked(void **state) {
  (void)state;
  dseg_error error = {0};
  dseg_description *d = make_description(4, 5, 3, 2);
  dseg_writer *writer = NULL;
  uint8_t labels[20] = {0};
  uint16_t wide[20] = {0};
  uint32_t wider[20] = {0};
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options), .representation = "binary"};
  assert_int_equal(dseg_writer_create("a.dcm", d, &options, &writer, NULL), DSEG_OK);
  for (size_t at = 0; at < 20; at++) { /* wherever it stands */
    labels[at] = 9;
    wide[at] = 512;
    wider[at] = 65537;
    error = (dseg_error){.status = DSEG_OK};
    assert_int_equal(dseg_writer_write_labels(writer, 1, labels, 8, &error), DSEG_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "value 9"));
    error = (dseg_error){.status = DSEG_OK};
    assert_int_equal(dseg_writer_write_labels(writer, 1, wide, 16, &error), DSEG_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "value 512"));
    error = (dseg_error){.status = DSEG_OK};
    assert_int_equal(dseg_writer_write_labels(writer, 1, wider, 32, &error), DSEG_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "value 65537"));
    labels[at] = 0;
    wide[at] = 0;
    wider[at] = 0;
  }
  assert_int_equal(dseg_writer_write_labels(writer, 3, labels, 8, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_writer_write_labels(writer, 0, labels, 12, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_writer_write_labels(writer, 0, NULL, 8, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_writer_write_labels(writer, 0, labels, 8, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_write_labels(writer, 0, labels, 8, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_writer_write_mask(writer, 0, 1, labels, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_writer_write_mask(writer, 1, 2, labels, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_writer_write_mask(writer, 1, 1, labels, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_write_mask(writer, 1, 0, labels, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_writer_finish(writer, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_finish(writer, NULL), DSEG_ERROR_ARGUMENT);
  dseg_writer_destroy(writer);
  dseg_description_destroy(d);
}

static void label_maps_take_no_masks(void **state) {
  (void)state;
  dseg_description *d = make_description(4, 5, 3, 2);
  dseg_writer *writer = NULL;
  const uint8_t mask[20] = {1};
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options), .representation = "labelmap"};
  assert_int_equal(dseg_writer_create("a.dcm", d, &options, &writer, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_write_mask(writer, 0, 0, mask, NULL), DSEG_ERROR_ARGUMENT);
  dseg_writer_destroy(writer);
  dseg_description_destroy(d);
}

/* 300 empty frames of 16 MiB, of which one is on the disk: refused at the one that is too much. */
static void more_than_4_gib_of_native_pixels_is_refused(void **state) {
  (void)state;
  dseg_description *d = make_description(4096, 4096, 300, 1);
  d->kind = DSEG_VOXELS_PROBABILITY;
  d->maximum_fraction = 255;
  dseg_writer *writer = NULL;
  dseg_error error = {0};
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options), .representation = "fractional", .empty_frames = DSEG_EMPTY_KEEP};
  assert_int_equal(dseg_writer_create("a.dcm", d, &options, &writer, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_finish(writer, &error), DSEG_ERROR_LIMIT);
  assert_non_null(strstr(error.message, "concatenation"));
  assert_non_null(strstr(error.message, "256 frames"));
  dseg_writer_destroy(writer);
  assert_int_equal(count_files(), 0);
  dseg_description_destroy(d);
}

static void long_labels_are_cut_between_characters(void **state) {
  (void)state;
  dseg_description *d = make_description(2, 2, 1, 2);
  char label[260];
  for (size_t i = 0; i < 80; i++) {
    memcpy(label + 3 * i, "\xE2\x82\xAC", 4); /* 80 characters of three bytes each */
  }
  d->segments[0].label = "left\\right\nbelow";
  d->segments[1].label = label;
  warning_log log = {0};
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options), .representation = "binary", .warnings = {log_warning, &log}};
  write_volume("a.dcm", d, &options, false);
  assert_int_equal(log.count, 2); /* characters, and then length */
  assert_non_null(strstr(log.last, "64 characters"));
  written_file file;
  open_written("a.dcm", &file);
  const dseg_elements segment = item_of(&file.part10.elements, 0x00620002);
  const dseg_element element = element_of(&segment, 0x00620005);
  assert_true(dseg_element_is(&element, "left/right below"));
  const dseg_element sequence = element_of(&file.part10.elements, 0x00620002);
  dseg_elements item;
  size_t offset = 0;
  bool more;
  assert_int_equal(dseg_sequence_next(&file.part10.elements, &sequence, &offset, &item, &more, NULL), DSEG_OK);
  assert_int_equal(dseg_sequence_next(&file.part10.elements, &sequence, &offset, &item, &more, NULL), DSEG_OK);
  const dseg_element second = element_of(&item, 0x00620005);
  assert_int_equal(second.value.size, 64 * 3);
  assert_memory_equal(second.value.data, label, (size_t)64 * 3);
  close_written(&file);
  dseg_description_destroy(d);
}

/* A code of a damaged object may lack any part; the crash that this was is no more. */
static void incomplete_codes_are_left_out(void **state) {
  (void)state;
  static const dseg_code codes[] = {
      {NULL, "SCT", "no value"}, {"1", NULL, "no scheme"}, {"1", "SCT", NULL}, {"24028007", "SCT", "Right"}};
  dseg_description *d = make_description(2, 2, 1, 1);
  d->segments[0].category = (dseg_code){NULL, "SCT", "no value"};
  d->segments[0].type_modifiers = (dseg_code_list){codes, 4};
  d->segments[0].anatomic_regions = (dseg_code_list){codes, 4};
  d->segments[0].anatomic_region_modifiers = (dseg_code_list){codes + 3, 1};
  d->segments[0].tracking_uid = "abc";
  warning_log log = {0};
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options), .representation = "binary", .warnings = {log_warning, &log}};
  write_volume("a.dcm", d, &options, false);
  assert_int_equal(log.count, 1 + 3 + 1 + 3 + 1);
  written_file file;
  open_written("a.dcm", &file);
  const dseg_elements segment = item_of(&file.part10.elements, 0x00620002);
  const dseg_elements region = item_of(&segment, 0x00082218);
  const dseg_element meaning = element_of(&region, 0x00080104);
  assert_true(dseg_element_is(&meaning, "Right"));
  const dseg_element modifiers = element_of(&region, 0x00082220);
  assert_int_equal(modifiers.tag, 0); /* they belonged to another region */
  const dseg_element uid = element_of(&segment, 0x00620021);
  assert_memory_equal(uid.value.data, "2.25.", 5);
  close_written(&file);
  dseg_description_destroy(d);
}

static void codes_find_their_attribute(void **state) {
  (void)state;
  dseg_description *d = make_description(2, 2, 1, 1);
  d->segments[0].category = (dseg_code){"12345678901234567", "99TEST", "long"};
  d->segments[0].type = (dseg_code){"urn:oid:1.2.3", NULL, "URN"};
  d->segments[0].tracking_uid = "1.2.3.4";
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options), .representation = "binary"};
  write_volume("a.dcm", d, &options, false);
  written_file file;
  open_written("a.dcm", &file);
  const dseg_elements segment = item_of(&file.part10.elements, 0x00620002);
  const dseg_elements category = item_of(&segment, 0x00620003), type = item_of(&segment, 0x0062000F);
  const dseg_element long_value = element_of(&category, 0x00080119), urn = element_of(&type, 0x00080120);
  const dseg_element tracking = element_of(&segment, 0x00620020);
  assert_true(dseg_element_is(&long_value, "12345678901234567"));
  assert_true(dseg_element_is(&urn, "urn:oid:1.2.3"));
  assert_int_equal(element_of(&type, 0x00080102).tag, 0);
  assert_int_equal(element_of(&category, 0x00080100).tag, 0);
  assert_true(dseg_element_is(&tracking, "segment")); /* 1C: with a Tracking UID there is an ID */
  close_written(&file);
  dseg_description_destroy(d);
}

static void sources_become_derivations(void **state) {
  (void)state;
  dseg_description *d = make_description(2, 2, 3, 1);
  static const dseg_instance_reference references[] = {
      {.sop_class_uid = "1.2", .sop_instance_uid = "1.2.1", .series_uid = "1.3", .study_uid = "1.4"},
      {.sop_class_uid = "1.2", .sop_instance_uid = "1.2.2", .study_uid = "1.4"}};
  d->references = (dseg_references){.instances = references, .count = 2};
  d->geometry.planes[0].source = 0;
  d->geometry.planes[1].source = 1; /* lacks its series */
  warning_log log = {0};
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation = "binary",
                                      .empty_frames = DSEG_EMPTY_KEEP,
                                      .warnings = {log_warning, &log}};
  write_volume("a.dcm", d, &options, false);
  assert_int_equal(log.count, 1);
  written_file file;
  frame_item items[3] = {{0}};
  open_written("a.dcm", &file);
  assert_int_equal(frame_items(&file, items, 3), 3);
  assert_true(items[0].has_derivation && !items[1].has_derivation && !items[2].has_derivation);
  /* The study is new, so that of the images is another. */
  const dseg_elements study = item_of(&file.part10.elements, 0x00081200);
  const dseg_elements series = item_of(&study, 0x00081115), instance = item_of(&series, 0x0008114A);
  const dseg_element uid = element_of(&instance, 0x00081155);
  assert_true(dseg_element_is(&uid, "1.2.1"));
  close_written(&file);
  dseg_description_destroy(d);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(descriptions_are_checked, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(encodings_are_checked, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(planes_and_values_are_checked, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(label_maps_take_no_masks, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(more_than_4_gib_of_native_pixels_is_refused, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(long_labels_are_cut_between_characters, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(incomplete_codes_are_left_out, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(codes_find_their_attribute, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(sources_become_derivations, enter_directory, leave_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
