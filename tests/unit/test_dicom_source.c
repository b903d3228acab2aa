/* SPDX-License-Identifier: Apache-2.0 */
/* test_dicom_source.c - DICOM segmentations opened and read, in every encoding, whole and in parts. */
#include <stdlib.h>
#include <unistd.h>

#include "dicom_source_fixture.h"

static void test_binary_in_every_encoding(void **state) {
  (void)state;
  static const char *const syntaxes[] = {LITTLE, IMPLICIT, BIG};
  for (size_t i = 0; i < 6; i++) {
    seg_form form = binary_form();
    form.transfer_syntax = syntaxes[i / 2];
    form.undefined_lengths = i % 2 == 1;
    build_seg(&file, &form);
    dseg_source *source = open_file();
    uint8_t labels[3 * SEG_PIXELS];
    uint8_t mask[2 * SEG_PIXELS];
    assert_int_equal(read_labels(source, DSEG_OVERLAP_ERROR, labels), DSEG_OK);
    assert_expected_labels(labels);
    assert_int_equal(dseg_source_read_mask(source, 1, 0, 2, mask, sizeof mask, 1, &error), DSEG_OK);
    for (size_t j = 0; j < sizeof mask; j++) {
      assert_int_equal(mask[j], labels[j] == 2);
    }
    dseg_source_close(source);
  }
}

static void test_description(void **state) {
  (void)state;
  const seg_form form = binary_form();
  build_seg(&file, &form);
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options), .keep_context = true};
  dseg_source *source = open_with(&options);
  assert_non_null(source);
  const dseg_description *description = dseg_source_description(source);
  const dseg_geometry *geometry = &description->geometry;
  assert_int_equal(description->segment_count, 2);
  assert_int_equal(description->segments[0].number, 1);
  assert_string_equal(description->segments[1].label, "segment 2");
  assert_string_equal(description->segments[1].type.value, "10200004");
  assert_string_equal(description->segments[1].category.scheme, "SCT");
  assert_int_equal(description->segments[0].algorithm_type, DSEG_ALGORITHM_SEMIAUTOMATIC);
  assert_true(description->segments[0].has_color);
  assert_true(description->segments[0].rgb[0] > 200 && description->segments[0].rgb[1] < 60); /* red */
  assert_int_equal(description->kind, DSEG_VOXELS_MASKS);
  assert_int_equal(geometry->space, DSEG_SPACE_PATIENT);
  assert_int_equal(geometry->plane_count, 3);
  assert_true(geometry->planes[0].position[2] == -2.5 && geometry->planes[2].position[2] == 2.5);
  assert_true(geometry->planes[1].position[0] == -10 && geometry->planes[1].position[1] == 20.5);
  assert_int_equal(geometry->planes[0].source, -1);
  assert_true(geometry->pixel_spacing[0] == 0.5 && geometry->pixel_spacing[1] == 0.75);
  assert_true(geometry->slice_thickness == 2.5 && geometry->spacing_between_slices == 0);
  assert_string_equal(geometry->frame_of_reference_uid, "1.2.3.9");
  /* The context is in UTF-8. */
  static const char name[] = "\x10\x00\x10\x00PN\x08\x00M\xC3\xBCller ";
  bool found = false;
  for (size_t i = 0; i + sizeof name - 1 <= description->context.size; i++) {
    found = found || memcmp(description->context.data + i, name, sizeof name - 1) == 0;
  }
  assert_true(found);
  dseg_source_close(source);
}

static void test_encoding_and_frames(void **state) {
  (void)state;
  const seg_form form = binary_form();
  build_seg(&file, &form);
  dseg_source *source = open_file();
  dseg_frame_location location;
  uint8_t present[2];
  dseg_buffer frame = {0};
  const dseg_encoding_info *info = dseg_source_encoding(source);
  assert_string_equal(info->representation, "binary");
  assert_string_equal(info->frame_codec, "explicit-le");
  assert_string_equal(info->sop_instance_uid, "1.2.3.4");
  assert_int_equal(info->frame_count, 5);
  assert_int_equal(info->pixel_data_bytes, 10);
  assert_int_equal(info->file_bytes, file.bytes.size);
  assert_int_equal(dseg_source_frame(source, 3, &location, &error), DSEG_OK);
  assert_int_equal(location.plane, 2);
  assert_int_equal(location.segment, 1);
  assert_int_equal(location.bit, 45 % 8);
  assert_int_equal(location.offset, file.bytes.size - 10 + 45 / 8);
  assert_int_equal(dseg_source_read_frame(source, 3, &frame, &error), DSEG_OK);
  assert_int_equal(frame.size, location.length);
  assert_memory_equal(frame.data, file.bytes.data + location.offset, frame.size);
  dseg_buffer_free(&frame);
  assert_int_equal(dseg_source_segments_in_plane(source, 1, present, &error), DSEG_OK);
  assert_true(present[0] == 1 && present[1] == 0);
  dseg_source_close(source);
}

static void test_overlap_policies(void **state) {
  (void)state;
  static const seg_frame frames[] = {FRAME(2, 0, 1, 1), FRAME(1, 0, 0, 1, 1)};
  seg_form form = binary_form();
  uint8_t labels[SEG_PIXELS];
  form.frames = frames;
  form.frame_count = 2;
  build_seg(&file, &form);
  dseg_source *source = open_file();
  error = (dseg_error){0};
  assert_int_equal(read_labels(source, DSEG_OVERLAP_ERROR, labels), DSEG_ERROR_OVERLAP);
  assert_non_null(strstr(error.message, "1 (segment 1) and 2 (segment 2) in 1"));
  assert_int_equal(read_labels(source, DSEG_OVERLAP_FIRST, labels), DSEG_OK);
  assert_true(labels[0] == 2 && labels[1] == 1 && labels[2] == 1);
  assert_int_equal(read_labels(source, DSEG_OVERLAP_LAST, labels), DSEG_OK);
  assert_true(labels[0] == 2 && labels[1] == 2 && labels[2] == 1);
  dseg_source_close(source);
}

static void test_fractions(void **state) {
  (void)state;
  static const seg_frame frames[] = {FRAME(1, 0, 0, 99, 100, 200), FRAME(2, 0, 100, 1)};
  seg_form form = binary_form();
  uint8_t out[SEG_PIXELS];
  form.type = "FRACTIONAL";
  form.bits = 8;
  form.frames = frames;
  form.frame_count = 2;
  build_seg(&file, &form);
  dseg_source *source = open_file();
  assert_int_equal(dseg_source_description(source)->kind, DSEG_VOXELS_OCCUPANCY);
  assert_int_equal(dseg_source_description(source)->maximum_fraction, 200);
  assert_int_equal(dseg_source_read_mask(source, 0, 0, 1, out, sizeof out, 1, &error), DSEG_OK);
  assert_true(out[0] == 0 && out[1] == 99 && out[2] == 100 && out[3] == 200);
  assert_int_equal(read_labels(source, DSEG_OVERLAP_ERROR, out), DSEG_OK);
  assert_true(out[0] == 2 && out[1] == 0 && out[2] == 1 && out[3] == 1);
  dseg_source_close(source);
}

static void test_label_map_of_16_bits(void **state) {
  (void)state;
  static const char *const syntaxes[] = {LITTLE, BIG};
  for (size_t i = 0; i < 2; i++) {
    const seg_form form = label_form(syntaxes[i]);
    build_seg(&file, &form);
    dseg_source *source = open_file();
    const dseg_description *description = dseg_source_description(source);
    uint16_t labels[2 * SEG_PIXELS];
    uint8_t bytes[2 * SEG_PIXELS];
    const uint32_t values[] = {1, 2};
    assert_true(description->has_background);
    assert_int_equal(description->segment_count, 2); /* background is not among them */
    assert_true(description->geometry.planes[0].position[2] == 1);
    dseg_label_request request = {.struct_size = sizeof(dseg_label_request), .plane_count = 2, .bits = 16};
    assert_int_equal(dseg_source_read_labels(source, &request, labels, sizeof labels, NULL, &error), DSEG_OK);
    assert_true(labels[0] == 7 && labels[2] == 300 && labels[3] == 0 && labels[15] == 300);
    request = (dseg_label_request){
        .struct_size = sizeof(dseg_label_request), .plane_count = 2, .bits = 8, .values = values, .background = 9};
    assert_int_equal(dseg_source_read_labels(source, &request, bytes, sizeof bytes, NULL, &error), DSEG_OK);
    assert_true(bytes[0] == 1 && bytes[2] == 2 && bytes[3] == 9 && bytes[15] == 2);
    assert_int_equal(dseg_source_read_mask(source, 1, 0, 2, bytes, sizeof bytes, 1, &error), DSEG_OK);
    assert_true(bytes[0] == 0 && bytes[2] == 1 && bytes[15] == 1);
    dseg_source_close(source);
  }
}

static void test_background_only_by_padding_value(void **state) {
  (void)state;
  seg_form form = label_form(LITTLE);
  form.padding = -1;
  build_seg(&file, &form);
  dseg_source *source = open_file();
  assert_false(dseg_source_description(source)->has_background);
  assert_int_equal(dseg_source_description(source)->segment_count, 3);
  dseg_source_close(source);
}

/* As cornerstone3D's adapters write label maps: no Pixel Padding Value, and no item for 0. */
static void test_background_that_nothing_describes(void **state) {
  (void)state;
  static const uint16_t numbers[] = {7, 300};
  seg_form form = label_form(LITTLE);
  form.padding = -1;
  form.segments = numbers;
  form.segment_count = 2;
  build_seg(&file, &form);
  dseg_source *source = open_file();
  assert_non_null(strstr(warning, "pixels of 0 are read as background"));
  assert_true(dseg_source_description(source)->has_background);
  assert_int_equal(dseg_source_description(source)->background, 0);
  uint16_t labels[2 * SEG_PIXELS];
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request), .plane_count = 2, .bits = 16};
  assert_int_equal(dseg_source_read_labels(source, &request, labels, sizeof labels, NULL, &error), DSEG_OK);
  assert_true(labels[0] == 7 && labels[2] == 300 && labels[3] == 0 && labels[15] == 300);
  dseg_source_close(source);
}

static void test_no_background_where_no_pixel_is_0(void **state) {
  (void)state;
  static const uint16_t numbers[] = {7, 300};
  static const seg_frame frames[] = {FRAME(0, 1, 7, 7, 300, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7)};
  seg_form form = label_form(LITTLE);
  form.padding = -1;
  form.segments = numbers;
  form.segment_count = 2;
  form.frames = frames;
  form.frame_count = 1;
  build_seg(&file, &form);
  dseg_source *source = open_file();
  assert_string_equal(warning, "");
  assert_false(dseg_source_description(source)->has_background);
  dseg_source_close(source);
}

static void test_value_that_is_not_described(void **state) {
  (void)state;
  seg_form form = label_form(LITTLE);
  form.segment_count = 2;
  build_seg(&file, &form);
  dseg_source *source = open_file();
  uint16_t labels[2 * SEG_PIXELS];
  const dseg_label_request request = {
      .struct_size = sizeof(dseg_label_request), .plane_count = 2, .bits = 16, .threads = 1};
  error = (dseg_error){0};
  assert_int_equal(dseg_source_read_labels(source, &request, labels, sizeof labels, NULL, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "plane 0 has the pixel value 300 at row 0, column 2"));
  assert_non_null(strstr(error.message, "C.8.20.2.3.3"));
  dseg_source_close(source);
}

static void test_padded_frames_by_request(void **state) {
  (void)state;
  seg_form form = binary_form();
  uint8_t labels[3 * SEG_PIXELS];
  form.pad_frames_to_bytes = true;
  build_seg(&file, &form);
  put_value(&file, 0xFFFCFFFC, "OB", "\0", 2);
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options), .padded_bit_frames = true};
  dseg_source *source = open_with(&options);
  assert_non_null(source);
  assert_int_equal(read_labels(source, DSEG_OVERLAP_ERROR, labels), DSEG_OK);
  assert_expected_labels(labels);
  dseg_source_close(source);
}

static void test_extra_pixel_bytes_are_told(void **state) {
  (void)state;
  seg_form form = binary_form();
  put_seg_head(&file, &form);
  put_sequence(&file, 0x52009230);
  for (size_t i = 0; i < form.frame_count; i++) {
    put_frame_groups(&file, &form, &form.frames[i]);
  }
  put_sequence_end(&file);
  static const uint8_t zeros[20] = {0};
  put_value(&file, 0x7FE00010, "OW", zeros, sizeof zeros);
  dseg_source *source = open_file();
  assert_non_null(strstr(warning, "10 bytes more"));
  dseg_source_close(source);
}

/* Text beyond the character set: dcmjs writes UTF-8 and no Specific Character Set. */
static void test_text_beyond_its_character_set(void **state) {
  (void)state;
  static const struct {
    const char *character_set, *label, *read, *told;
  } cases[] = {
      {"", "segment", "segment 1", ""},
      {"", "L\xC3\xA4sion", "Läsion 1", "no Specific Character Set (0008,0005): it is read as UTF-8"},
      {"", "L\xE4sion", "L\xEF\xBF\xBDsion 1", "no Specific Character Set (0008,0005)"},
      {"ISO_IR 100", "L\xE4sion", "Läsion 1", ""},
      {"ISO_IR 192", "L\xE4sion", "L\xEF\xBF\xBDsion 1", "Specific Character Set (0008,0005) does not have"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    seg_form form = binary_form();
    form.character_set = cases[i].character_set;
    form.label = cases[i].label;
    build_seg(&file, &form);
    dseg_source *source = open_file();
    assert_string_equal(dseg_source_description(source)->segments[0].label, cases[i].read);
    assert_true(cases[i].told[0] != '\0' ? strstr(warning, cases[i].told) != NULL : warning[0] == '\0');
    dseg_source_close(source);
  }
}

/* Text that cannot be converted is replaced, and the reader is told. */
static void test_unknown_character_sets_are_told(void **state) {
  (void)state;
  seg_form form = binary_form();
  form.character_set = "ISO_IR 1000";
  build_seg(&file, &form);
  dseg_source *source = open_file();
  assert_non_null(strstr(warning, "(0008,0005) has 'ISO_IR 1000'"));
  dseg_source_close(source);
}

/* What tells of other pixels than a segmentation has does not change them, and is told. */
static void test_contradicting_pixel_attributes_are_told(void **state) {
  (void)state;
  static const struct {
    uint16_t stored, high, sign;
    const char *told;
  } cases[] = {
      {1, 0, 0, ""}, {8, 0, 0, "(0028,0101) is 8"}, {1, 7, 0, "(0028,0102) is 7"}, {1, 0, 1, "(0028,0103) is 1"}};
  uint8_t expected[60] = {0};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    seg_form form = binary_form();
    form.bits_stored = cases[i].stored;
    form.high_bit = cases[i].high;
    form.pixel_representation = cases[i].sign;
    build_seg(&file, &form);
    dseg_source *source = open_file();
    assert_true(cases[i].told[0] != '\0' ? strstr(warning, cases[i].told) != NULL : warning[0] == '\0');
    const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
    const size_t size = geometry->plane_count * geometry->rows * geometry->columns;
    const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                        .plane_count = geometry->plane_count,
                                        .bits = 8,
                                        .overlap = DSEG_OVERLAP_FIRST};
    uint8_t labels[60] = {0};
    assert_true(size <= sizeof labels);
    assert_int_equal(dseg_source_read_labels(source, &request, labels, size, NULL, &error), DSEG_OK);
    if (i == 0) {
      memcpy(expected, labels, sizeof labels);
    }
    assert_memory_equal(labels, expected, sizeof labels);
    dseg_source_close(source);
  }
}

/* Writes the file under a name in the working directory. */
static void save(const char *name) {
  FILE *out = fopen(name, "wb");
  assert_non_null(out);
  assert_int_equal(fwrite(file.bytes.data, 1, file.bytes.size, out), file.bytes.size);
  assert_int_equal(fclose(out), 0);
}

static void save_part(const char *name, uint16_t part, uint16_t parts, size_t first, size_t count) {
  seg_form form = binary_form();
  form.part = part;
  form.parts = parts;
  form.frame_offset = (uint32_t)first;
  form.frames = binary_frames + first;
  form.frame_count = count;
  build_seg(&file, &form);
  save(name);
}

static void test_concatenation(void **state) {
  (void)state;
  const char *const paths[] = {"part-3.dcm", "part-1.dcm", "part-2.dcm"};
  uint8_t labels[3 * SEG_PIXELS];
  dseg_source *source = NULL;
  save_part("part-1.dcm", 1, 3, 0, 2);
  save_part("part-2.dcm", 2, 3, 2, 2);
  save_part("part-3.dcm", 3, 3, 4, 1);
  error = (dseg_error){0};
  assert_int_equal(dseg_open_many(paths, 3, NULL, &source, &error), DSEG_OK);
  const dseg_encoding_info *info = dseg_source_encoding(source);
  assert_int_equal(info->frame_count, BINARY_FRAMES);
  assert_int_equal(read_labels(source, DSEG_OVERLAP_ERROR, labels), DSEG_OK);
  assert_expected_labels(labels);
  dseg_source_close(source);

  assert_int_equal(dseg_open_many(paths + 1, 2, NULL, &source, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "(0020,9163)"));
  const dseg_open_options telling = {.struct_size = sizeof(dseg_open_options), .warnings = {keep_warning, NULL}};
  warning[0] = '\0';
  assert_int_equal(dseg_open("part-2.dcm", &telling, &source, &error), DSEG_OK); /* as far as it goes */
  assert_non_null(strstr(warning, "part 2 of a Concatenation"));
  dseg_source_close(source);
  save_part("part-3.dcm", 2, 3, 2, 2);
  error = (dseg_error){0};
  assert_int_equal(dseg_open_many(paths, 3, NULL, &source, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "given twice"));
  save_part("part-3.dcm", 3, 3, 3, 1);
  error = (dseg_error){0};
  assert_int_equal(dseg_open_many(paths, 3, NULL, &source, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "(0020,9228)"));
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(unlink(paths[i]), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_binary_in_every_encoding),
      cmocka_unit_test(test_description),
      cmocka_unit_test(test_encoding_and_frames),
      cmocka_unit_test(test_overlap_policies),
      cmocka_unit_test(test_fractions),
      cmocka_unit_test(test_label_map_of_16_bits),
      cmocka_unit_test(test_background_only_by_padding_value),
      cmocka_unit_test(test_background_that_nothing_describes),
      cmocka_unit_test(test_no_background_where_no_pixel_is_0),
      cmocka_unit_test(test_value_that_is_not_described),
      cmocka_unit_test(test_padded_frames_by_request),
      cmocka_unit_test(test_extra_pixel_bytes_are_told),
      cmocka_unit_test(test_text_beyond_its_character_set),
      cmocka_unit_test(test_unknown_character_sets_are_told),
      cmocka_unit_test(test_contradicting_pixel_attributes_are_told),
      cmocka_unit_test(test_concatenation),
  };
  return cmocka_run_group_tests(tests, NULL, free_file);
}
