/* SPDX-License-Identifier: Apache-2.0 */
/* Which representations, forms of pixels and frame codecs go together: what does not is refused before anything is
 * written, with the section that says so; found in a file, it is read with that as a warning. Lossy fractions. */
#include "writer_fixture.h"

#include "model/bit_planes.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const dseg_frame_codec *find(const char *name) {
  return dseg_find_frame_codec(name); /* NULL in a build without its library */
}

/* ---- what goes together ---- */

static void pairs_are_told_apart(void **state) {
  (void)state;
  static const struct {
    const char *representation, *codec;
    dseg_frame_info form;
    const char *section; /* NULL: allowed */
  } pairs[] = {
      {"binary", "explicit-le", {.rows = 3, .columns = 3, .bits_allocated = 1}, NULL},
      {"binary", "rle", {.rows = 3, .columns = 3, .bits_allocated = 1}, NULL},
      {"binary", "deflated-frame", {.rows = 3, .columns = 3, .bits_allocated = 1}, NULL},
      {"binary", "jpeg2000", {.rows = 3, .columns = 3, .bits_allocated = 1}, NULL},
      {"binary", "encapsulated", {.rows = 3, .columns = 8, .bits_allocated = 1}, NULL},
      {"binary", "encapsulated", {.rows = 3, .columns = 3, .bits_allocated = 1}, "A.4.11"},
      {"binary", "jpeg-ls", {.rows = 3, .columns = 3, .bits_allocated = 1}, "Table 8.2.3-1"},
      {"binary", "jpeg-lossless", {.rows = 3, .columns = 3, .bits_allocated = 1}, "Table 8.2.1-2"},
      {"binary", "jpeg-xl", {.rows = 3, .columns = 3, .bits_allocated = 1}, "Table 8.2.15-1"},
      {"binary", "htj2k", {.rows = 3, .columns = 3, .bits_allocated = 1}, "8.2.14"},
      {"binary", "jpeg", {.rows = 3, .columns = 3, .bits_allocated = 1}, "Table 8.2.1-1"},
      {"labelmap", "encapsulated", {.rows = 3, .columns = 3, .bits_allocated = 8}, NULL},
      {"labelmap", "jpeg-ls", {.rows = 3, .columns = 3, .bits_allocated = 16, .palette_color = true}, NULL},
      {"labelmap", "jpeg-lossless", {.rows = 3, .columns = 3, .bits_allocated = 16, .palette_color = true}, NULL},
      {"labelmap", "jpeg2000", {.rows = 3, .columns = 3, .bits_allocated = 8, .palette_color = true}, NULL},
      {"labelmap", "htj2k", {.rows = 3, .columns = 3, .bits_allocated = 16, .palette_color = true}, NULL},
      {"labelmap", "jpeg-xl", {.rows = 3, .columns = 3, .bits_allocated = 16}, NULL},
      {"labelmap", "jpeg-xl", {.rows = 3, .columns = 3, .bits_allocated = 8, .palette_color = true}, "Table 8.2.15-1"},
      {"labelmap", "jpeg", {.rows = 3, .columns = 3, .bits_allocated = 8, .palette_color = true}, "Table 8.2.1-1"},
      {"labelmap", "jpeg", {.rows = 3, .columns = 3, .bits_allocated = 8}, "C.8.20.2"},
      {"labelmap", "jpeg", {.rows = 3, .columns = 3, .bits_allocated = 16}, "Table 8.2.1-1"},
      {"fractional", "jpeg", {.rows = 3, .columns = 3, .bits_allocated = 8}, NULL},
      {"fractional", "jpeg-ls", {.rows = 3, .columns = 3, .bits_allocated = 8}, NULL},
  };
  size_t told = 0;
  for (size_t i = 0; i < COUNT(pairs); i++) {
    const dseg_representation *representation = dseg_find_representation(pairs[i].representation);
    const dseg_frame_codec *codec = find(pairs[i].codec);
    if (codec == NULL) {
      continue;
    }
    dseg_error error = {0};
    const dseg_status status = dseg_check_encoding(representation, codec, &pairs[i].form, &error);
    const bool as_expected = pairs[i].section == NULL
                                 ? status == DSEG_OK
                                 : status == DSEG_ERROR_UNSUPPORTED && strstr(error.message, pairs[i].section) != NULL;
    if (!as_expected) {
      fail_msg("%s/%s, %u bits: %s", pairs[i].representation, pairs[i].codec, pairs[i].form.bits_allocated,
               error.message);
    }
    told++;
  }
  assert_true(told >= 5);
}

/* An encoder refuses PALETTE COLOR by itself, too, whoever calls it. */
static void encoders_know_their_pixels(void **state) {
  (void)state;
  const dseg_frame_codec *codec;
  for (size_t i = 0; (codec = dseg_frame_codec_at(i)) != NULL; i++) {
    if ((codec->flags & DSEG_PLUGIN_NO_PALETTE) == 0 || codec->encode == NULL) {
      continue;
    }
    const dseg_frame_info info = {.rows = 2, .columns = 2, .bits_allocated = 8, .palette_color = true};
    const uint8_t frame[4] = {0};
    const dseg_codec_setup setup = {.encoding = true, .format = info, .frame_count = 1};
    dseg_codec_context *context = NULL;
    dseg_buffer out = {0};
    dseg_error error = {0};
    assert_int_equal(codec->create(&setup, &context, &error), DSEG_OK);
    assert_int_equal(codec->encode(context, &info, (dseg_view){frame, sizeof frame}, &out, &error),
                     DSEG_ERROR_UNSUPPORTED);
    assert_non_null(strstr(error.message, "PALETTE COLOR"));
    codec->destroy(context);
    dseg_buffer_free(&out);
  }
}

/* Before a voxel is given, and without a file. */
static void the_writer_refuses(void **state) {
  (void)state;
  static const struct {
    const char *representation, *codec, *section;
  } pairs[] = {{"binary", "jpeg-ls", "PS3.5"},
               {"binary", "encapsulated", "PS3.5 A.4.11"},
               {"binary", "jpeg-xl", "PS3.5"},
               {"labelmap", "jpeg", "PS3.3 C.8.20.2"}};
  dseg_description *description = make_description(3, 5, 4, 2);
  for (size_t i = 0; i < COUNT(pairs); i++) {
    const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                        .representation = pairs[i].representation,
                                        .frame_codec = pairs[i].codec};
    dseg_writer *writer = NULL;
    dseg_error error = {0};
    if (find(pairs[i].codec) != NULL) {
      assert_int_equal(dseg_writer_create("a.dcm", description, &options, &writer, &error), DSEG_ERROR_UNSUPPORTED);
      assert_non_null(strstr(error.message, pairs[i].section));
      assert_int_equal(count_files(), 0);
    }
  }
  dseg_description_destroy(description);
}

/* ---- from the wild ---- */

/* Writes what the writer refuses: frames of another codec under a UID of this test's, which has as many characters as
 * that codec's and is replaced in the file. */
enum trick {
  BYTE_A_PIXEL, /* 1-bit frames as bytes */
  PACKED,       /* eight pixels of 1-bit frames in a byte, as if it were a pixel */
  AS_IT_IS
};

static const dseg_frame_codec *inner;
static enum trick trick;

static dseg_status wild_create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  return inner->create(setup, context, error);
}

static dseg_status wild_encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame,
                               dseg_buffer *out, dseg_error *error) {
  uint8_t bytes[400] = {0};
  const size_t pixels = (size_t)info->rows * info->columns;
  dseg_frame_info form = *info;
  dseg_view pixels_or_bytes = frame;
  form.bits_allocated = 8;
  if (trick == BYTE_A_PIXEL) {
    dseg_bits_or_to_bytes(frame.data, 0, pixels, bytes);
    pixels_or_bytes = (dseg_view){bytes, pixels};
  } else if (trick == PACKED) {
    form.rows = 1;
    form.columns = (uint32_t)frame.size;
  }
  return inner->encode(context, &form, pixels_or_bytes, out, error);
}

static void wild_destroy(dseg_codec_context *context) {
  inner->destroy(context);
}

static void replace_uid(const char *path, const char *from, const char *to) {
  static char bytes[100000];
  FILE *file = fopen(path, "r+b");
  assert_non_null(file);
  const size_t size = fread(bytes, 1, sizeof bytes, file);
  const size_t length = strlen(from);
  assert_int_equal(length, strlen(to));
  size_t found = 0;
  for (size_t i = 0; i + length <= size; i++) {
    if (memcmp(bytes + i, from, length) == 0) {
      memcpy(bytes + i, to, length);
      found++;
    }
  }
  assert_int_equal(found, 1);
  rewind(file);
  assert_int_equal(fwrite(bytes, 1, size, file), size);
  assert_int_equal(fclose(file), 0);
}

static void write_wild(const char *path, const dseg_description *description, const char *representation,
                       const dseg_frame_codec *codec, enum trick how) {
  static const dseg_frame_codec model = {
      .abi = DSEG_PLUGIN_ABI,
      .struct_size = sizeof(dseg_frame_codec),
      .title = "Pixels that it must not have",
      .flags = DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_BITS_1 | DSEG_PLUGIN_BITS_8,
      .create = wild_create,
      .encode = wild_encode,
      .destroy = wild_destroy};
  static const char *const names[] = {"test-wild-19", "test-wild-22", "test-wild-23"};
  static const char *const uids[] = {"2.25.77777777777777", "2.25.77777777777777777", "2.25.777777777777777777"};
  static dseg_frame_codec wild[COUNT(uids)];
  size_t which = 0;
  while (strlen(uids[which]) != strlen(codec->transfer_syntax_uid)) {
    which++;
    assert_true(which < COUNT(uids));
  }
  if (wild[which].abi == 0) {
    wild[which] = model;
    wild[which].name = names[which];
    wild[which].transfer_syntax_uid = uids[which];
    assert_int_equal(dseg_register(NULL, &wild[which], NULL), DSEG_OK);
  }
  inner = codec;
  trick = how;
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation = representation,
                                      .frame_codec = names[which],
                                      .replace = true,
                                      .threads = 1};
  write_volume(path, description, &options, false);
  replace_uid(path, uids[which], codec->transfer_syntax_uid);
}

struct heard {
  size_t count;
  char last[300];
};

static void hear(void *user, const char *message) {
  struct heard *heard = user;
  heard->count++;
  (void)snprintf(heard->last, sizeof heard->last, "%s", message);
}

/* Opens it and reads all planes; the labels of write_volume when exact. */
static void read_wild(const char *path, const dseg_description *description, bool exact, struct heard *heard) {
  const dseg_geometry *geometry = &description->geometry;
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options), .warnings = {hear, heard}, .threads = 1};
  dseg_source *source = NULL;
  dseg_error error = {0};
  *heard = (struct heard){0};
  if (dseg_open(path, &options, &source, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  const size_t planes = dseg_source_description(source)->geometry.plane_count;
  assert_int_equal(planes, geometry->plane_count);
  uint8_t *labels = malloc(planes * pixels), *wanted = malloc(pixels);
  const dseg_label_request request = {
      .struct_size = sizeof(dseg_label_request), .plane_count = planes, .bits = 8, .threads = 1};
  const dseg_status status = dseg_source_read_labels(source, &request, labels, planes * pixels, NULL, &error);
  if (exact) {
    if (status != DSEG_OK) {
      fail_msg("%s", error.message);
    }
    for (size_t plane = 0; plane < planes; plane++) {
      fill_plane(description, plane, wanted);
      assert_memory_equal(labels + plane * pixels, wanted, pixels);
    }
  }
  free(labels);
  free(wanted);
  dseg_source_close(source);
}

static void one_bit_frames_are_read_from_bytes(void **state) {
  (void)state;
  dseg_description *description = make_description(5, 7, 5, 2);
  const dseg_frame_codec *codec;
  for (size_t i = 0; (codec = dseg_frame_codec_at(i)) != NULL; i++) {
    const uint32_t other = DSEG_PLUGIN_BITS_1 | DSEG_PLUGIN_NATIVE | DSEG_PLUGIN_LOSSY | DSEG_PLUGIN_EXPERIMENTAL;
    if ((codec->flags & other) != 0 || codec->encode == NULL || codec->decode == NULL) {
      continue;
    }
    struct heard heard;
    write_wild("wild.dcm", description, "binary", codec, BYTE_A_PIXEL);
    read_wild("wild.dcm", description, true, &heard);
    assert_int_equal(heard.count, 1);
    assert_non_null(strstr(heard.last, codec->pixel_rules));
  }
  dseg_description_destroy(description);
}

static void one_bit_frames_are_read_from_fragments(void **state) {
  (void)state;
  dseg_description *description = make_description(5, 7, 5, 2);
  struct heard heard;
  write_wild("wild.dcm", description, "binary", find("encapsulated"), PACKED);
  read_wild("wild.dcm", description, true, &heard);
  assert_int_equal(heard.count, 1);
  assert_non_null(strstr(heard.last, "A.4.11"));
  dseg_description_destroy(description);
}

/* As some versions of pydicom wrote them: nothing in the object says so. */
static void packed_run_lengths_are_read(void **state) {
  (void)state;
  dseg_description *description = make_description(5, 7, 5, 2);
  struct heard heard;
  write_wild("wild.dcm", description, "binary", find("rle"), PACKED);
  read_wild("wild.dcm", description, true, &heard);
  assert_int_equal(heard.count, 0);
  dseg_description_destroy(description);
}

static void lossy_label_maps_are_read_with_a_warning(void **state) {
  (void)state;
  if (find("jpeg") == NULL) {
    return;
  }
  dseg_description *description = make_description(9, 11, 5, 2);
  struct heard heard;
  write_wild("wild.dcm", description, "labelmap", find("jpeg"), AS_IT_IS);
  read_wild("wild.dcm", description, false, &heard);
  assert_true(heard.count >= 1);
  assert_non_null(strstr(heard.last, "lossy"));
  dseg_description_destroy(description);
}

/* ---- lossy fractions ---- */

enum { SIDE = 40 };

static uint8_t fraction(size_t pixel) {
  const double y = (double)(pixel / SIDE) - 19.0, x = (double)(pixel % SIDE) - 21.0;
  const double value = 255.0 - 0.4 * (x * x + y * y);
  return (uint8_t)(value > 0.0 ? value : 0.0);
}

static void write_fractions(const char *path, const dseg_description *description, const dseg_option_value *option) {
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation = "fractional",
                                      .frame_codec = "jpeg",
                                      .codec_options = option,
                                      .codec_option_count = option != NULL ? 1 : 0,
                                      .threads = 1};
  dseg_writer *writer = NULL;
  dseg_error error = {0};
  uint8_t mask[SIDE * SIDE];
  for (size_t i = 0; i < sizeof mask; i++) {
    mask[i] = fraction(i);
  }
  if (dseg_writer_create(path, description, &options, &writer, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  assert_int_equal(dseg_writer_write_mask(writer, 0, 0, mask, &error), DSEG_OK);
  if (dseg_writer_finish(writer, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  dseg_writer_destroy(writer);
}

/* The mean difference to what was written. */
static double read_fractions(const char *path, struct heard *heard) {
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options), .warnings = {hear, heard}, .threads = 1};
  dseg_source *source = NULL;
  uint8_t mask[SIDE * SIDE];
  double difference = 0.0;
  *heard = (struct heard){0};
  assert_int_equal(dseg_open(path, &options, &source, NULL), DSEG_OK);
  assert_int_equal(dseg_source_read_mask(source, 0, 0, 1, mask, sizeof mask, 1, NULL), DSEG_OK);
  dseg_source_close(source);
  for (size_t i = 0; i < sizeof mask; i++) {
    difference += abs((int)mask[i] - (int)fraction(i));
  }
  return difference / (double)sizeof mask;
}

static void lossy_fractions_say_so(void **state) {
  (void)state;
  if (find("jpeg") == NULL) {
    return;
  }
  dseg_description *description = make_description(SIDE, SIDE, 1, 1);
  description->kind = DSEG_VOXELS_PROBABILITY;
  const dseg_option_value coarse = {"quality", 20};
  struct heard heard;
  write_fractions("fine.dcm", description, NULL);
  const double fine = read_fractions("fine.dcm", &heard);
  assert_int_equal(heard.count, 0);
  write_fractions("coarse.dcm", description, &coarse);
  assert_true(fine < 1.0 && fine < read_fractions("coarse.dcm", &heard));

  written_file file;
  open_written("coarse.dcm", &file);
  assert_text(&file, 0x00282110, "01");
  assert_text(&file, 0x00282114, "ISO_10918_1");
  double ratio = 0.0;
  const dseg_element element = element_of(&file.part10.elements, 0x00282112);
  assert_true(dseg_element_decimal(&element, 0, &ratio));
  /* Of the frame to its fragment, which has a table of one offset in front and may be padded. */
  const double bytes = (double)file.pixels.size - 12.0 - 8.0;
  const double plane = (double)SIDE * (double)SIDE;
  assert_true(ratio > 0.9 * plane / bytes && ratio < 1.1 * plane / bytes);
  close_written(&file);
  dseg_description_destroy(description);
}

/* A further lossy step stands behind the earlier ones. */
static void lossy_steps_add_up(void **state) {
  (void)state;
  if (find("jpeg") == NULL) {
    return;
  }
  static const uint8_t context[] =
      "\x28\x00\x10\x21"
      "CS\x02\x00"
      "01"
      "\x28\x00\x12\x21"
      "DS\x02\x00"
      "30"
      "\x28\x00\x14\x21"
      "CS\x0C\x00"
      "ISO_15444_1 ";
  dseg_description *description = make_description(SIDE, SIDE, 1, 1);
  description->kind = DSEG_VOXELS_PROBABILITY;
  description->context = (dseg_view){context, sizeof context - 1};
  write_fractions("again.dcm", description, NULL);
  written_file file;
  open_written("again.dcm", &file);
  assert_text(&file, 0x00282110, "01");
  const dseg_element method = element_of(&file.part10.elements, 0x00282114);
  assert_memory_equal(method.value.data, "ISO_15444_1\\ISO_10918_1", 23);
  double first = 0.0, second = 0.0;
  const dseg_element ratio = element_of(&file.part10.elements, 0x00282112);
  assert_true(dseg_element_decimal(&ratio, 0, &first) && dseg_element_decimal(&ratio, 1, &second));
  assert_true(first == 30.0 && second > 1.0);
  close_written(&file);
  dseg_description_destroy(description);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pairs_are_told_apart),
      cmocka_unit_test(encoders_know_their_pixels),
      cmocka_unit_test_setup_teardown(the_writer_refuses, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(one_bit_frames_are_read_from_bytes, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(one_bit_frames_are_read_from_fragments, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(packed_run_lengths_are_read, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(lossy_label_maps_are_read_with_a_warning, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(lossy_fractions_say_so, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(lossy_steps_add_up, enter_directory, leave_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
