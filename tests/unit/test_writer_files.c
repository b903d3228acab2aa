/* SPDX-License-Identifier: Apache-2.0 */
/* test_writer_files.c - whole files: transfer syntaxes, concatenations, reproducible bytes, and that a failure
 * leaves nothing behind. */
#include "base/endian.h"
#include "seg_write/pixel_data.h"
#include "writer_fixture.h"

static void transfer_syntaxes_hold_the_same(void **state) {
  (void)state;
  static const struct {
    const char *codec, *uid;
  } cases[] = {{"explicit-le", "1.2.840.10008.1.2.1"},
               {"implicit-le", "1.2.840.10008.1.2"},
               {"1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.1.99"}};
  dseg_description *description = make_description(5, 5, 4, 2);
  dseg_buffer first = {0};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    if (dseg_find_frame_codec(cases[i].codec) == NULL ||
        (dseg_find_frame_codec(cases[i].codec)->flags & DSEG_PLUGIN_CAN_WRITE) == 0) {
      continue; /* deflating needs zlib */
    }
    const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                        .representation = "binary",
                                        .frame_codec = cases[i].codec,
                                        .replace = true};
    write_volume("a.dcm", description, &options, false);
    written_file file;
    open_written("a.dcm", &file);
    assert_string_equal(file.part10.transfer_syntax_uid, cases[i].uid);
    frame_item items[16];
    assert_int_equal(frame_items(&file, items, 16), 6);
    assert_text(&file, 0x00620001, "BINARY");
    if (i == 0) {
      assert_int_equal(dseg_buffer_append(&first, file.pixels.data, file.pixels.size, NULL), DSEG_OK);
    }
    assert_int_equal(file.pixels.size, first.size);
    assert_memory_equal(file.pixels.data, first.data, first.size);
    close_written(&file);
  }
  dseg_buffer_free(&first);
  dseg_description_destroy(description);
}

static void deflated_files_have_even_length(void **state) {
  (void)state;
  for (size_t segments = 1; segments < 9; segments++) {
    dseg_description *description = make_description(5, 5, 4, segments);
    const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                        .frame_codec = "1.2.840.10008.1.2.1.99",
                                        .replace = true,
                                        .uid_seed = "even"};
    dseg_writer *writer = NULL;
    if (dseg_writer_create("a.dcm", description, &options, &writer, NULL) == DSEG_OK) {
      dseg_writer_destroy(writer);
      write_volume("a.dcm", description, &options, false);
      dseg_buffer bytes = read_file("a.dcm");
      assert_int_equal(bytes.size % 2, 0);
      dseg_buffer_free(&bytes);
    }
    dseg_description_destroy(description);
  }
}

static void seeds_give_identical_bytes(void **state) {
  (void)state;
  dseg_description *description = make_description(5, 5, 4, 2);
  description->segments[0].tracking_id = "tumour";
  dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                .representation = "binary",
                                .uid_seed = "a",
                                .date_time = "20231114221320"};
  write_volume("a.dcm", description, &options, false);
  write_volume("b.dcm", description, &options, false);
  options.uid_seed = "b";
  write_volume("c.dcm", description, &options, false);
  options.uid_seed = NULL;
  write_volume("d.dcm", description, &options, false);
  write_volume("e.dcm", description, &options, false);
  assert_true(same_files("a.dcm", "b.dcm"));
  assert_false(same_files("a.dcm", "c.dcm"));
  assert_false(same_files("d.dcm", "e.dcm"));
  written_file file;
  open_written("a.dcm", &file);
  assert_text(&file, 0x00080023, "20231114");
  assert_text(&file, 0x00080033, "221320");
  close_written(&file);
  dseg_description_destroy(description);
}

/* Adds a part's frames, as bits, to those of the parts before. */
static void check_part(const char *path, unsigned number, unsigned total, size_t *offset, const written_file *whole,
                       size_t pixels) {
  dseg_validation validation;
  assert_int_equal(dseg_validate(path, NULL, &validation, NULL), DSEG_OK);
  assert_int_equal(validation.errors, 0);
  assert_int_equal(validation.warnings, 1); /* default-codes: segments of the fixture have none */
  written_file part;
  open_written(path, &part);
  uint32_t frame_offset = 0;
  const dseg_element element = element_of(&part.part10.elements, 0x00209228);
  assert_true(dseg_element_u32(&part.part10.elements, &element, 0, &frame_offset));
  assert_int_equal(frame_offset, *offset);
  assert_int_equal(u16_in(&part.part10.elements, 0x00209162), number);
  assert_int_equal(u16_in(&part.part10.elements, 0x00209163), total);
  assert_true(has(&part, 0x00200242));
  frame_item items[64] = {{0}}, all[64] = {{0}};
  const size_t count = frame_items(&part, items, 64);
  frame_items(whole, all, 64);
  assert_int_equal(integer(&part, 0x00280008), (int64_t)count);
  for (size_t f = 0; f < count; f++) {
    assert_true(items[f].z == all[*offset + f].z && items[f].segment == all[*offset + f].segment);
    assert_memory_equal(items[f].index, all[*offset + f].index, sizeof items[f].index);
    for (size_t i = 0; i < pixels; i++) {
      assert_int_equal(bit_of(&part, pixels, f, i), bit_of(whole, pixels, *offset + f, i));
    }
  }
  *offset += count;
  close_written(&part);
}

static void concatenations_divide_the_frames(void **state) {
  (void)state;
  dseg_description *description = make_description(5, 7, 6, 3);
  dseg_write_options options = {.struct_size = sizeof(dseg_write_options), .representation = "binary"};
  written_file whole;
  write_volume("whole.dcm", description, &options, false);
  open_written("whole.dcm", &whole);
  options.concatenation = true;
  write_volume("one.dcm", description, &options, false); /* fits */
  options.part_bytes = 23;                               /* five frames of 35 bits */
  write_volume("part.dcm", description, &options, false);
  assert_int_equal(count_files(), 2 + 3);
  size_t offset = 0;
  check_part("part-1.dcm", 1, 3, &offset, &whole, 35);
  check_part("part-2.dcm", 2, 3, &offset, &whole, 35);
  check_part("part-3.dcm", 3, 3, &offset, &whole, 35);
  assert_int_equal(offset, integer(&whole, 0x00280008));
  close_written(&whole);
  dseg_description_destroy(description);
}

/* Whether the codec's frames can be divided: each is decoded alone. */
static bool can_divide(const dseg_frame_codec *codec) {
  return codec->learn == NULL && (codec->flags & DSEG_PLUGIN_OTHER_FRAMES) == 0;
}

static void check_parts(const dseg_description *description, const char *const *paths, size_t count) {
  dseg_source *source = NULL;
  dseg_error error = {DSEG_OK, ""};
  uint8_t labels[6][35];
  uint8_t expected[35];
  dseg_overlap overlap = {0};
  const dseg_label_request request = {
      .struct_size = sizeof(dseg_label_request), .plane_count = 6, .bits = 8, .threads = 2};
  assert_int_equal(dseg_open_many(paths, count, NULL, &source, &error), DSEG_OK);
  assert_int_equal(dseg_source_read_labels(source, &request, labels, sizeof labels, &overlap, &error), DSEG_OK);
  for (size_t plane = 0; plane < 6; plane++) {
    fill_plane(description, plane, expected);
    assert_memory_equal(labels[plane], expected, sizeof expected);
  }
  dseg_source_close(source);
  for (size_t i = 0; i < count; i++) {
    dseg_validation validation;
    assert_int_equal(dseg_validate(paths[i], NULL, &validation, &error), DSEG_OK);
    assert_int_equal(validation.errors, 0);
  }
}

/* Each part has offset tables, and contexts of codecs, of its own. */
static void encapsulated_frames_are_divided_on_request(void **state) {
  (void)state;
  static const char *const paths[] = {"part-3.dcm", "part-1.dcm", "part-2.dcm"};
  dseg_description *description = make_description(5, 7, 6, 3);
  size_t divided = 0;
  for (size_t i = 0; dseg_frame_codec_at(i) != NULL; i++) {
    const dseg_frame_codec *codec = dseg_frame_codec_at(i);
    const uint32_t wanted = DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_BITS_8;
    if ((codec->flags & wanted) != wanted || (codec->flags & (DSEG_PLUGIN_NATIVE | DSEG_PLUGIN_LOSSY)) != 0) {
      continue;
    }
    for (int extended = 0; extended < 2; extended++) {
      const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                          .representation = "labelmap",
                                          .frame_codec = codec->name,
                                          .empty_frames = DSEG_EMPTY_KEEP,
                                          .offset_table = extended != 0 ? DSEG_OFFSET_TABLE_EXTENDED : 0,
                                          .replace = true,
                                          .concatenation = true,
                                          .part_bytes = 2 * 35};
      if (can_divide(codec)) {
        write_volume("part.dcm", description, &options, false);
        assert_int_equal(count_files(), 3);
        check_parts(description, paths, 3);
        divided++;
      } else {
        dseg_writer *writer = NULL;
        dseg_error error = {DSEG_OK, ""};
        uint8_t labels[35];
        assert_int_equal(dseg_writer_create("whole.dcm", description, &options, &writer, &error), DSEG_OK);
        fill_plane(description, 0, labels);
        assert_int_equal(dseg_writer_write_labels(writer, 0, labels, 8, &error), DSEG_OK);
        assert_int_equal(dseg_writer_finish(writer, &error), DSEG_ERROR_UNSUPPORTED);
        assert_non_null(strstr(error.message, codec->name));
        dseg_writer_destroy(writer);
      }
    }
  }
  assert_true(divided >= 4); /* rle and encapsulated are always there */
  dseg_description_destroy(description);
}

static void a_part_that_cannot_be_written_takes_the_others_along(void **state) {
  (void)state;
  dseg_description *description = make_description(5, 7, 6, 3);
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options), .representation = "binary", .concatenation = true, .part_bytes = 23};
  FILE *blocking = fopen("part-3.dcm", "wb");
  assert_non_null(blocking);
  fclose(blocking);
  dseg_writer *writer = NULL;
  dseg_error error = {0};
  uint8_t labels[35];
  assert_int_equal(dseg_writer_create("part.dcm", description, &options, &writer, &error), DSEG_OK);
  for (size_t plane = 0; plane < 6; plane++) {
    fill_plane(description, plane, labels);
    assert_int_equal(dseg_writer_write_labels(writer, plane, labels, 8, &error), DSEG_OK);
  }
  assert_int_equal(dseg_writer_finish(writer, &error), DSEG_ERROR_OUTPUT);
  dseg_writer_destroy(writer);
  assert_int_equal(count_files(), 1);
  dseg_description_destroy(description);
}

static void an_unfinished_writer_leaves_no_file(void **state) {
  (void)state;
  dseg_description *description = make_description(5, 7, 6, 3);
  dseg_writer *writer = NULL;
  uint8_t labels[35];
  fill_plane(description, 2, labels);
  assert_int_equal(dseg_writer_create("a.dcm", description, NULL, &writer, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_write_labels(writer, 2, labels, 8, NULL), DSEG_OK);
  dseg_writer_destroy(writer);
  dseg_writer_destroy(NULL);
  assert_int_equal(count_files(), 0);
  dseg_description_destroy(description);
}

static void existing_files_stay(void **state) {
  (void)state;
  dseg_description *description = make_description(5, 7, 6, 3);
  FILE *existing = fopen("a.dcm", "wb");
  fputs("precious", existing);
  fclose(existing);
  dseg_writer *writer = NULL;
  dseg_error error = {0};
  assert_int_equal(dseg_writer_create("a.dcm", description, NULL, &writer, &error), DSEG_ERROR_OUTPUT);
  assert_null(writer);
  assert_int_equal(dseg_writer_create("none/a.dcm", description, NULL, &writer, NULL), DSEG_ERROR_OUTPUT);
  dseg_buffer bytes = read_file("a.dcm");
  assert_int_equal(bytes.size, 8);
  dseg_buffer_free(&bytes);
  assert_int_equal(count_files(), 1);
  dseg_description_destroy(description);
}

/* A codec for the tests: each frame behind one byte more, so that lengths are odd and even. */
static dseg_status tagged_create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  (void)setup, (void)error;
  *context = NULL;
  return DSEG_OK;
}

static dseg_status tagged_encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame,
                                 dseg_buffer *out, dseg_error *error) {
  (void)context;
  const uint8_t tag = (uint8_t)(0xA0 + info->frame);
  DSEG_TRY(dseg_buffer_append(out, &tag, 1, error));
  return dseg_buffer_append(out, frame.data, frame.size, error);
}

static void tagged_destroy(dseg_codec_context *context) {
  (void)context;
}

static const dseg_option tagged_options[] = {{"level", 1, 9, 6, "how hard to try"}, {NULL, 0, 0, 0, NULL}};
static const dseg_frame_codec tagged_codec = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "test-tagged",
    .title = "Frames behind a byte",
    .transfer_syntax_uid = "2.25.1234567890",
    .flags = DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_BITS_1 | DSEG_PLUGIN_BITS_8,
    .options = tagged_options,
    .create = tagged_create,
    .encode = tagged_encode,
    .destroy = tagged_destroy};

static void encapsulated_frames_have_a_table_and_items(void **state) {
  (void)state;
  dseg_error error = {0};
  if (dseg_find_frame_codec("test-tagged") == NULL && dseg_register(NULL, &tagged_codec, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  dseg_description *description = make_description(3, 5, 4, 2);
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options), .representation = "binary", .frame_codec = "test-tagged"};
  write_volume("a.dcm", description, &options, true);
  written_file file;
  open_written("a.dcm", &file);
  assert_string_equal(file.part10.transfer_syntax_uid, "2.25.1234567890");
  assert_true(file.part10.pixel_data.undefined_length);
  assert_memory_equal(file.part10.pixel_data.vr, "OB", 2);
  const uint8_t *p = file.pixels.data;
  const size_t frames = 6, length = 4; /* a byte and 15 bits, padded */
  assert_int_equal(integer(&file, 0x00280008), (int64_t)frames);
  assert_int_equal(file.pixels.size, 8 + 4 * frames + frames * (8 + length));
  assert_int_equal(dseg_load_le32(p), 0xE000FFFEu);
  assert_int_equal(dseg_load_le32(p + 4), 4 * frames);
  const uint8_t *items = p + 8 + 4 * frames;
  for (size_t f = 0; f < frames; f++) {
    assert_int_equal(dseg_load_le32(p + 8 + 4 * f), f * (8 + length));
    const uint8_t *item = items + f * (8 + length);
    assert_int_equal(dseg_load_le32(item), 0xE000FFFEu);
    assert_int_equal(dseg_load_le32(item + 4), length);
    assert_int_equal(item[8 + 3], 0);
  }
  close_written(&file);
  dseg_description_destroy(description);
}

static void codec_options_are_checked(void **state) {
  (void)state;
  if (dseg_find_frame_codec("test-tagged") == NULL) {
    assert_int_equal(dseg_register(NULL, &tagged_codec, NULL), DSEG_OK);
  }
  dseg_description *description = make_description(3, 5, 4, 2);
  static const dseg_option_value wrong[] = {{"level", 10}, {"depth", 1}};
  for (size_t i = 0; i < 2; i++) {
    const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                        .frame_codec = "test-tagged",
                                        .codec_options = &wrong[i],
                                        .codec_option_count = 1};
    dseg_writer *writer = NULL;
    dseg_error error = {0};
    assert_int_equal(dseg_writer_create("a.dcm", description, &options, &writer, &error), DSEG_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, wrong[i].name));
  }
  assert_int_equal(count_files(), 0);
  dseg_description_destroy(description);
}

static void offsets_past_32_bits_take_the_extended_table(void **state) {
  (void)state;
  const dseg_frame_record small[2] = {{.length = 3}, {.length = 4}};
  const dseg_frame_record large[3] = {{.length = 0xFFFFFFF1u}, {.length = 10}, {.length = 7}};
  dseg_buffer out = {0};
  assert_int_equal(dseg_offset_tables(small, 2, false, &out, NULL), DSEG_OK);
  assert_int_equal(out.size, 12 + 8 + 8);
  assert_int_equal(dseg_load_le32(out.data + 12 + 8 + 4), 12);
  out.size = 0;
  assert_int_equal(dseg_offset_tables(large, 3, false, &out, NULL), DSEG_OK);
  assert_int_equal(out.size, 2 * (12 + 24) + 12 + 8);
  assert_int_equal(dseg_load_le32(out.data), 0x00017FE0u);
  assert_memory_equal(out.data + 4, "OV", 2);
  assert_true(dseg_load_le64(out.data + 12) == 0);
  assert_true(dseg_load_le64(out.data + 20) == 0xFFFFFFF2u + (uint64_t)8);
  assert_true(dseg_load_le64(out.data + 28) == 0xFFFFFFF2u + (uint64_t)8 + 18);
  assert_true(dseg_load_le64(out.data + 36 + 12) == 0xFFFFFFF2u);
  assert_true(dseg_load_le64(out.data + 36 + 28) == 8);
  assert_int_equal(dseg_load_le32(out.data + 72 + 12), 0xE000FFFEu); /* an empty Basic Offset Table */
  assert_int_equal(dseg_load_le32(out.data + 72 + 16), 0);
  out.size = 0; /* asked for, too */
  assert_int_equal(dseg_offset_tables(small, 2, true, &out, NULL), DSEG_OK);
  assert_int_equal(out.size, 2 * (12 + 16) + 12 + 8);
  assert_true(dseg_load_le64(out.data + 20) == 12);
  assert_true(dseg_load_le64(out.data + 28 + 12) == 4);
  assert_true(dseg_load_le64(out.data + 28 + 20) == 4);
  assert_int_equal(dseg_load_le32(out.data + 56 + 16), 0);
  out.size = 0; /* the length of neither table would fit */
  assert_int_equal(dseg_offset_tables(small, (size_t)1 << 30, true, &out, NULL), DSEG_ERROR_LIMIT);
  assert_int_equal(out.size, 0);
  dseg_buffer_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(transfer_syntaxes_hold_the_same, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(deflated_files_have_even_length, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(seeds_give_identical_bytes, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(concatenations_divide_the_frames, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(encapsulated_frames_are_divided_on_request, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(a_part_that_cannot_be_written_takes_the_others_along, enter_directory,
                                      leave_directory),
      cmocka_unit_test_setup_teardown(an_unfinished_writer_leaves_no_file, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(existing_files_stay, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(encapsulated_frames_have_a_table_and_items, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(codec_options_are_checked, enter_directory, leave_directory),
      cmocka_unit_test(offsets_past_32_bits_take_the_extended_table),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
