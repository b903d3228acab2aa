/* SPDX-License-Identifier: Apache-2.0 */
/* test_writer_palette.c - label maps as PALETTE COLOR: table, profile, what is refused, and colours read back. */
#include "seg_write/icc_profile.h"
#include "writer_fixture.h"

static const uint8_t colors[2][3] = {{221, 130, 101}, {0, 255, 7}};

/* Segments 1 and a larger one with colours; the third, the largest, has none. */
static dseg_description *make_colored(uint32_t second, uint32_t third) {
  dseg_description *description = make_description(3, 5, 3, 3);
  const uint32_t numbers[3] = {1, second, third};
  for (size_t i = 0; i < 3; i++) {
    description->segments[i].number = numbers[i];
  }
  for (size_t i = 0; i < 2; i++) {
    dseg_segment *segment = &description->segments[i];
    segment->has_color = true;
    memcpy(segment->rgb, colors[i], 3);
    dseg_rgb_to_cielab(segment->rgb, segment->cielab);
  }
  return description;
}

/* One plane of all three segments. */
static void write_palette(const dseg_description *description, const dseg_write_options *options) {
  dseg_error error = {0};
  dseg_writer *writer = NULL;
  uint32_t labels[15] = {0};
  for (size_t i = 0; i < 3; i++) {
    labels[4 * i] = description->segments[i].number;
  }
  if (dseg_writer_create("a.dcm", description, options, &writer, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  assert_int_equal(dseg_writer_write_labels(writer, 1, labels, 32, NULL), DSEG_OK);
  if (dseg_writer_finish(writer, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  dseg_writer_destroy(writer);
}

static unsigned word_at(const written_file *file, uint32_t tag, size_t index) {
  uint16_t word = 0;
  const dseg_element element = element_of(&file->part10.elements, tag);
  assert_true(dseg_element_u16(&file->part10.elements, &element, index, &word));
  return word;
}

/* Table C.8.20-2: no Recommended Display CIELab Value beside a palette. */
static void assert_no_cielab(const written_file *file, size_t segments) {
  dseg_elements item;
  size_t offset = 0;
  bool more = true;
  const dseg_element sequence = element_of(&file->part10.elements, 0x00620002);
  for (size_t i = 0; i < segments; i++) {
    assert_int_equal(dseg_sequence_next(&file->part10.elements, &sequence, &offset, &item, &more, NULL), DSEG_OK);
    assert_true(more);
    assert_int_equal(element_of(&item, 0x0062000D).tag, 0);
  }
}

/* Entry of a table of words, or of bytes. */
static unsigned entry_at(const written_file *file, uint32_t tag, unsigned bits, size_t index) {
  const unsigned word = word_at(file, tag, bits == 16 ? index : index / 2);
  return bits == 16 ? word : word >> index % 2 * 8 & 0xFF;
}

static void colors_stand_in_a_table(void **state) {
  (void)state;
  for (unsigned bits = 8; bits <= 16; bits += 8) {
    const dseg_option_value given[2] = {{"palette", 1}, {"bits", bits}};
    const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                        .representation_options = given,
                                        .representation_option_count = 2,
                                        .replace = true};
    dseg_description *description = make_colored(4, 9);
    write_palette(description, &options);
    written_file file;
    open_written("a.dcm", &file);
    assert_text(&file, 0x00280004, "PALETTE COLOR");
    assert_text(&file, 0x00282002, "SRGB");
    assert_true(has(&file, 0x00282000));
    const unsigned full = bits == 16 ? 257 : 1;
    for (uint32_t c = 0; c < 3; c++) {
      assert_int_equal(word_at(&file, 0x00281101 + c, 0), 12);
      assert_int_equal(word_at(&file, 0x00281101 + c, 1), 0);
      assert_int_equal(word_at(&file, 0x00281101 + c, 2), bits);
      const dseg_element data = element_of(&file.part10.elements, 0x00281201 + c);
      assert_int_equal(data.value.size, 12 * bits / 8);
      assert_memory_equal(data.vr, "OW", 2);
      assert_int_equal(entry_at(&file, data.tag, bits, 0), 0); /* the background */
      assert_int_equal(entry_at(&file, data.tag, bits, 1), colors[0][c] * full);
      assert_int_equal(entry_at(&file, data.tag, bits, 2), 255 * full); /* no segment */
      assert_int_equal(entry_at(&file, data.tag, bits, 4), colors[1][c] * full);
      assert_int_equal(entry_at(&file, data.tag, bits, 10), 255 * full);
    }
    assert_no_cielab(&file, 4);
    close_written(&file);
    dseg_description_destroy(description);
  }
}

static void colors_come_back(void **state) {
  (void)state;
  static const char *const codecs[] = {"explicit-le", "implicit-le"};
  const dseg_option_value palette = {"palette", 1};
  const uint32_t thirds[2] = {9, 65535}; /* 65536 entries are written as 0 */
  for (size_t i = 0; i < 4; i++) {
    const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                        .frame_codec = codecs[i / 2],
                                        .representation_options = &palette,
                                        .representation_option_count = 1,
                                        .replace = true};
    dseg_description *description = make_colored(4, thirds[i % 2]);
    write_palette(description, &options);
    dseg_source *source = NULL;
    dseg_error error = {0};
    if (dseg_open("a.dcm", NULL, &source, &error) != DSEG_OK) {
      fail_msg("%s", error.message);
    }
    const dseg_description *back = dseg_source_description(source);
    uint8_t third[3];
    dseg_default_color(2, third); /* a segment without a colour gets one that can be told from others */
    assert_int_equal(back->segment_count, 3);
    for (size_t s = 0; s < 3; s++) {
      assert_true(back->segments[s].has_color);
      assert_memory_equal(back->segments[s].rgb, s < 2 ? colors[s] : third, 3);
    }
    dseg_source_close(source);
    dseg_description_destroy(description);
  }
}

static void pixels_may_be_made_wide(void **state) {
  (void)state;
  const dseg_option_value options_given[2] = {{"bits", 8}, {"bits", 16}}; /* the last one counts */
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation_options = options_given,
                                      .representation_option_count = 2};
  dseg_description *description = make_colored(4, 9);
  write_palette(description, &options);
  written_file file;
  open_written("a.dcm", &file);
  assert_text(&file, 0x00280004, "MONOCHROME2");
  assert_int_equal(u16_in(&file.part10.elements, 0x00280100), 16);
  assert_false(has(&file, 0x00282000));
  assert_int_equal(file.pixels.size, 3 * 30);
  assert_int_equal(file.pixels.data[30 + 8], 4);
  close_written(&file);
  dseg_description_destroy(description);
}

static void unknown_options_are_refused(void **state) {
  (void)state;
  dseg_description *description = make_colored(4, 9);
  const struct {
    const char *representation, *codec;
    dseg_option_value value;
    const char *message;
  } cases[] = {{"labelmap", NULL, {"colour", 1}, "no option colour"},
               {"labelmap", NULL, {"palette", 2}, "not in 0..1"},
               {"labelmap", NULL, {"bits", 12}, "8 or 16"},
               {"labelmap", "test-gray", {"palette", 1}, "PALETTE COLOR"},
               {"binary", NULL, {"palette", 1}, "no option palette"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                        .representation = cases[i].representation,
                                        .frame_codec = cases[i].codec,
                                        .representation_options = &cases[i].value,
                                        .representation_option_count = 1};
    dseg_error error = {0};
    dseg_writer *writer = NULL;
    if (strcmp(cases[i].representation, "binary") == 0) {
      dseg_description_renumber(description);
    }
    assert_int_not_equal(dseg_writer_create("a.dcm", description, &options, &writer, &error), DSEG_OK);
    if (strstr(error.message, cases[i].message) == NULL) {
      fail_msg("\"%s\" does not contain \"%s\"", error.message, cases[i].message);
    }
    assert_int_equal(count_files(), 0);
  }
  dseg_description_destroy(description);
}

/* Big-endian number in the profile. */
static uint32_t number_at(const uint8_t *profile, size_t at) {
  return (uint32_t)profile[at] << 24 | (uint32_t)profile[at + 1] << 16 | (uint32_t)profile[at + 2] << 8 |
         profile[at + 3];
}

/* ICC.1:2004-10 7.2 and 7.3: size, class and signature; tags lie within the profile, behind one another or shared. */
static void the_profile_is_well_formed(void **state) {
  (void)state;
  uint8_t profile[DSEG_ICC_PROFILE_BYTES];
  dseg_icc_srgb(profile);
  assert_int_equal(number_at(profile, 0), sizeof profile);
  assert_memory_equal(profile + 12, "scnrRGB XYZ ", 12);
  assert_memory_equal(profile + 36, "acsp", 4);
  const uint32_t count = number_at(profile, 128);
  size_t end = 132 + 12 * (size_t)count;
  for (size_t i = 0; i < count; i++) {
    const size_t offset = number_at(profile, 132 + 12 * i + 4), size = number_at(profile, 132 + 12 * i + 8);
    assert_int_equal(offset % 4, 0);
    assert_true(offset == end || offset + size == end);
    end = offset + size;
  }
  assert_int_equal(end, sizeof profile);
}

static dseg_status no_context(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  (void)setup;
  (void)error;
  *context = NULL;
  return DSEG_OK;
}

static dseg_status copy_frame(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame,
                              dseg_buffer *out, dseg_error *error) {
  (void)context;
  (void)info;
  return dseg_buffer_append(out, frame.data, frame.size, error);
}

static void no_destroy(dseg_codec_context *context) {
  (void)context;
}

static const dseg_frame_codec gray = {.abi = DSEG_PLUGIN_ABI,
                                      .struct_size = sizeof(dseg_frame_codec),
                                      .name = "test-gray",
                                      .title = "without palettes",
                                      .transfer_syntax_uid = "1.2.3.4",
                                      .flags = DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_BITS_8 | DSEG_PLUGIN_NO_PALETTE,
                                      .create = no_context,
                                      .encode = copy_frame,
                                      .destroy = no_destroy};

int main(void) {
  if (dseg_register(NULL, &gray, NULL) != DSEG_OK) {
    return 1;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(colors_stand_in_a_table, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(colors_come_back, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(pixels_may_be_made_wide, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(unknown_options_are_refused, enter_directory, leave_directory),
      cmocka_unit_test(the_profile_is_well_formed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
