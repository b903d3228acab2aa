/* test_dicom_source.c - DICOM segmentations opened and read, in every encoding, whole, in parts and damaged. */
#include "seg_files.h"

#include <stdlib.h>
#include <unistd.h>

#include "dseg/source.h"

static const uint16_t two_segments[] = {2, 1}; /* in no particular order */

/* Segment-major, planes from feet to head but for the gap; frames of 15 bits begin anywhere in a byte. */
static const seg_frame binary_frames[] = {
    FRAME(1, -2.5, 1, 1, 0, 0, 0, 1),
    FRAME(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
    FRAME(1, 2.5, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1),
    FRAME(2, 2.5, 0, 1, 0, 1),
    FRAME(2, -2.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1),
};
#define BINARY_FRAMES (sizeof binary_frames / sizeof binary_frames[0])

static seg_form binary_form(void) {
  return (seg_form){.transfer_syntax = LITTLE,
                    .type = "BINARY",
                    .bits = 1,
                    .padding = -1,
                    .segments = two_segments,
                    .segment_count = 2,
                    .frames = binary_frames,
                    .frame_count = BINARY_FRAMES};
}

static dicom_file file;
static dseg_error error;
static char warning[1000];

static void keep_warning(void *user, const char *message) {
  (void)user;
  (void)snprintf(warning, sizeof warning, "%s", message);
}

static dseg_source *open_with(const dseg_open_options *options) {
  dseg_source *source = NULL;
  error = (dseg_error){0};
  warning[0] = '\0';
  const dseg_view bytes = {file.bytes.data, file.bytes.size};
  return dseg_open_memory(bytes, "test", options, &source, &error) == DSEG_OK ? source : NULL;
}

static dseg_source *open_file(void) {
  const dseg_open_options options = {.warnings = {keep_warning, NULL}};
  dseg_source *source = open_with(&options);
  if (source == NULL) {
    fail_msg("%s", error.message);
  }
  return source;
}

static void fails_with(dseg_status status, const char *text) {
  assert_null(open_with(NULL));
  assert_int_equal(error.status, status);
  assert_non_null(strstr(error.message, text));
}

static int free_file(void **state) {
  (void)state;
  dseg_buffer_free(&file.bytes);
  return 0;
}

/* Reads all planes as labels of 8 bits. */
static dseg_status read_labels(dseg_source *source, dseg_overlap_policy policy, uint8_t *out) {
  const size_t planes = dseg_source_description(source)->geometry.plane_count;
  const dseg_label_request request = {.plane_count = planes, .bits = 8, .overlap = policy, .threads = 2};
  return dseg_source_read_labels(source, &request, out, planes * (size_t)SEG_PIXELS, NULL, &error);
}

static const uint8_t expected_labels[3 * SEG_PIXELS] = {
    1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 2, 2, 2, 2, 2, /* z = -2.5 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, /* z = 0 */
    1, 2, 1, 2, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, /* z = 2.5 */
};

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
    assert_memory_equal(labels, expected_labels, sizeof labels);
    assert_int_equal(dseg_source_read_mask(source, 1, 0, 2, mask, sizeof mask, 1, &error), DSEG_OK);
    for (size_t j = 0; j < sizeof mask; j++) {
      assert_int_equal(mask[j], expected_labels[j] == 2);
    }
    dseg_source_close(source);
  }
}

static void test_description(void **state) {
  (void)state;
  const seg_form form = binary_form();
  build_seg(&file, &form);
  const dseg_open_options options = {.keep_context = true};
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
  dseg_encoding_info info;
  dseg_frame_location location;
  uint8_t present[2];
  dseg_buffer frame = {0};
  dseg_source_encoding(source, &info);
  assert_string_equal(info.representation, "binary");
  assert_string_equal(info.frame_codec, "explicit-le");
  assert_string_equal(info.sop_instance_uid, "1.2.3.4");
  assert_int_equal(info.frame_count, 5);
  assert_int_equal(info.pixel_data_bytes, 10);
  assert_int_equal(info.file_bytes, file.bytes.size);
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

static void test_planes_keep_the_writers_direction(void **state) {
  (void)state;
  seg_frame frames[] = {FRAME(1, 5, 1), FRAME(1, 0, 0, 1), FRAME(1, -5, 0, 0, 1)};
  seg_form form = binary_form();
  form.frames = frames;
  form.frame_count = 3;
  build_seg(&file, &form);
  dseg_source *source = open_file();
  assert_true(dseg_source_description(source)->geometry.planes[0].position[2] == 5);
  dseg_source_close(source);
  /* Positions that differ by rounding only are one plane. */
  frames[0].segment = 2;
  frames[0].z = 0.0004;
  build_seg(&file, &form);
  source = open_file();
  assert_int_equal(dseg_source_description(source)->geometry.plane_count, 2);
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

static const seg_frame label_frames[] = {FRAME(0, 1, 7, 7, 300, 0, 7), FRAME(0, 0, 300)};

static seg_form label_form(const char *transfer_syntax) {
  static const uint16_t segments[] = {0, 7, 300};
  return (seg_form){.transfer_syntax = transfer_syntax,
                    .type = "LABELMAP",
                    .bits = 16,
                    .padding = 0,
                    .segments = segments,
                    .segment_count = 3,
                    .frames = label_frames,
                    .frame_count = 2};
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
    dseg_label_request request = {.plane_count = 2, .bits = 16};
    assert_int_equal(dseg_source_read_labels(source, &request, labels, sizeof labels, NULL, &error), DSEG_OK);
    assert_true(labels[0] == 7 && labels[2] == 300 && labels[3] == 0 && labels[15] == 300);
    request = (dseg_label_request){.plane_count = 2, .bits = 8, .values = values, .background = 9};
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

static void test_value_that_is_not_described(void **state) {
  (void)state;
  seg_form form = label_form(LITTLE);
  form.segment_count = 2;
  build_seg(&file, &form);
  dseg_source *source = open_file();
  uint16_t labels[2 * SEG_PIXELS];
  const dseg_label_request request = {.plane_count = 2, .bits = 16, .threads = 1};
  error = (dseg_error){0};
  assert_int_equal(dseg_source_read_labels(source, &request, labels, sizeof labels, NULL, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "plane 0 has the pixel value 300 at row 0, column 2"));
  assert_non_null(strstr(error.message, "C.8.20.2.3.3"));
  dseg_source_close(source);
}

static void test_segment_that_is_not_described(void **state) {
  (void)state;
  seg_form form = binary_form();
  form.segment_count = 1; /* number 2 */
  build_seg(&file, &form);
  fails_with(DSEG_ERROR_FORMAT, "frame 1 belongs to segment 1");
}

static void test_two_frames_at_one_place(void **state) {
  (void)state;
  static const seg_frame frames[] = {FRAME(1, 0, 1), FRAME(2, 0, 1), FRAME(1, 0, 1)};
  seg_form form = binary_form();
  form.frames = frames;
  form.frame_count = 3;
  build_seg(&file, &form);
  fails_with(DSEG_ERROR_UNSUPPORTED, "frames 1 and 3 lie at the same position");
}

static void test_more_frames_than_pixels(void **state) {
  (void)state;
  const seg_form form = binary_form();
  put_seg_head(&file, &form);
  put_value(&file, 0x7FE00010, "OB", "\1\1\1\1\1\1\1\1", 8);
  fails_with(DSEG_ERROR_FORMAT, "(7FE0,0010)");
}

static void test_one_frame_without_groups(void **state) {
  (void)state;
  static const uint16_t one[] = {1};
  seg_form form = binary_form();
  uint8_t labels[SEG_PIXELS];
  form.frame_count = 1;
  form.segments = one;
  form.segment_count = 1;
  form.without_positions = true;
  put_seg_head(&file, &form);
  put_pixels(&file, &form);
  dseg_source *source = open_file();
  assert_int_equal(dseg_source_description(source)->geometry.space, DSEG_SPACE_NONE);
  assert_int_equal(dseg_source_description(source)->geometry.plane_count, 1);
  assert_int_equal(read_labels(source, DSEG_OVERLAP_ERROR, labels), DSEG_OK);
  assert_memory_equal(labels, "\1\1\0\0\0\1\0", 7);
  dseg_source_close(source);
}

static void test_no_positions(void **state) {
  (void)state;
  seg_form form = binary_form();
  form.without_positions = true;
  build_seg(&file, &form);
  dseg_source *source = open_file();
  dseg_encoding_info info;
  dseg_frame_location location;
  dseg_source_encoding(source, &info);
  assert_int_equal(info.frames_without_position, BINARY_FRAMES);
  assert_int_equal(dseg_source_description(source)->geometry.plane_count, 3);
  assert_int_equal(dseg_source_frame(source, 4, &location, &error), DSEG_OK);
  assert_int_equal(location.plane, 1); /* the second of its segment */
  dseg_source_close(source);
}

static void test_planes_without_positions_are_source_images(void **state) {
  (void)state;
  static const seg_frame frames[] = {
      {1, 0, {1}, 0, "1.2.77", "5"}, {1, 0, {1}, 0, "1.2.77", "9"}, {2, 0, {0, 1}, 0, "1.2.77", "2"}};
  seg_form form = binary_form();
  dseg_frame_location location;
  form.without_positions = true;
  form.frames = frames;
  form.frame_count = 3;
  build_seg(&file, &form);
  const dseg_open_options options = {.keep_context = true};
  dseg_source *source = open_with(&options);
  assert_non_null(source);
  const dseg_description *description = dseg_source_description(source);
  assert_int_equal(description->geometry.plane_count, 3);
  assert_int_equal(dseg_source_frame(source, 2, &location, &error), DSEG_OK);
  assert_int_equal(location.plane, 0); /* frame 2 of the source comes before frame 5 */
  assert_int_equal(description->references.instances[description->geometry.planes[2].source].frame, 9);
  assert_string_equal(description->references.instances[0].sop_instance_uid, "1.2.77");
  dseg_source_close(source);
}

static void test_frames_shifted_within_a_plane(void **state) {
  (void)state;
  static const seg_frame frames[] = {{1, 0, {1}, 0, NULL, NULL}, {2, 0, {0, 1}, 3.25, NULL, NULL}};
  seg_form form = binary_form();
  form.frames = frames;
  form.frame_count = 2;
  build_seg(&file, &form);
  fails_with(DSEG_ERROR_UNSUPPORTED, "shifted by 3.25 mm");
}

/* Tiles vary along a row first, then down; segments come last (PS3.3 C.7.6.17.3). */
static void test_tiled_full(void **state) {
  (void)state;
  static const seg_frame frames[] = {
      FRAME(0, 0, 1), FRAME(0, 0, 0, 1), FRAME(0, 0, 0, 0, 1), FRAME(0, 0, 0, 0, 0, 1), FRAME(0, 0, 0, 0, 0, 0, 1),
      FRAME(0, 0, 0), FRAME(0, 0, 0),    FRAME(0, 0, 0)};
  seg_form form = binary_form();
  uint8_t labels[4 * SEG_PIXELS];
  dseg_frame_location location;
  form.without_positions = true;
  form.matrix_columns = SEG_COLUMNS + 1;
  form.matrix_rows = SEG_ROWS + 1;
  form.frames = frames;
  form.frame_count = 8;
  put_seg_head(&file, &form);
  put_pixels(&file, &form);
  dseg_source *source = open_file();
  const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
  assert_int_equal(geometry->space, DSEG_SPACE_SLIDE);
  assert_int_equal(geometry->plane_count, 4);
  assert_true(geometry->planes[1].matrix_column == SEG_COLUMNS && geometry->planes[1].matrix_row == 0);
  assert_true(geometry->planes[2].matrix_column == 0 && geometry->planes[2].matrix_row == SEG_ROWS);
  assert_int_equal(dseg_source_frame(source, 4, &location, &error), DSEG_OK);
  assert_true(location.segment == 1 && location.plane == 0);
  assert_int_equal(read_labels(source, DSEG_OVERLAP_ERROR, labels), DSEG_OK);
  assert_true(labels[0] == 1 && labels[4] == 2 && labels[15 + 1] == 1 && labels[30 + 2] == 1 && labels[45 + 3] == 1);
  dseg_source_close(source);
  form.frame_count = 7;
  put_seg_head(&file, &form);
  put_pixels(&file, &form);
  fails_with(DSEG_ERROR_UNSUPPORTED, "2 x 2 tiles and 2 segments");
}

static void test_padded_frames_by_request(void **state) {
  (void)state;
  seg_form form = binary_form();
  uint8_t labels[3 * SEG_PIXELS];
  form.pad_frames_to_bytes = true;
  build_seg(&file, &form);
  put_value(&file, 0xFFFCFFFC, "OB", "\0", 2);
  const dseg_open_options options = {.padded_bit_frames = true};
  dseg_source *source = open_with(&options);
  assert_non_null(source);
  assert_int_equal(read_labels(source, DSEG_OVERLAP_ERROR, labels), DSEG_OK);
  assert_memory_equal(labels, expected_labels, sizeof labels);
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

/* Cut at any byte, an object is refused when it is opened. */
static void test_truncation_at_every_byte(void **state) {
  (void)state;
  for (int i = 0; i < 2; i++) {
    seg_form form = binary_form();
    form.undefined_lengths = i == 1;
    build_seg(&file, &form);
    for (size_t size = 0; size < file.bytes.size; size++) {
      /* A copy of exactly that size, so that a sanitizer sees what is read behind it. */
      uint8_t *bytes = malloc(size + 1);
      dseg_source *source = NULL;
      assert_non_null(bytes);
      memcpy(bytes + 1, file.bytes.data, size);
      assert_int_not_equal(dseg_open_memory((dseg_view){bytes + 1, size}, "cut", NULL, &source, NULL), DSEG_OK);
      assert_null(source);
      free(bytes);
    }
  }
}

/* With any byte changed, an object is refused or read; nothing else happens. */
static void test_any_byte_changed(void **state) {
  (void)state;
  static const uint8_t changes[] = {0x00, 0xFF, 0x01, 0x80};
  uint8_t *labels = malloc((size_t)1 << 22);
  assert_non_null(labels);
  for (int undefined = 0; undefined < 2; undefined++) {
    seg_form form = label_form(LITTLE);
    form.undefined_lengths = undefined == 1;
    build_seg(&file, &form);
    for (size_t i = 132; i < file.bytes.size * sizeof changes; i++) {
      uint8_t *byte = &file.bytes.data[i / sizeof changes];
      const uint8_t before = *byte;
      *byte ^= changes[i % sizeof changes];
      dseg_source *source = open_with(NULL);
      if (source != NULL) {
        const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
        const size_t size = geometry->plane_count * geometry->rows * geometry->columns;
        const dseg_label_request request = {.plane_count = geometry->plane_count, .bits = 8, .threads = 1};
        if (size <= (size_t)1 << 22) {
          (void)dseg_source_read_labels(source, &request, labels, size, NULL, NULL);
        }
      }
      dseg_source_close(source);
      *byte = before;
    }
  }
  free(labels);
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
  dseg_encoding_info info;
  save_part("part-1.dcm", 1, 3, 0, 2);
  save_part("part-2.dcm", 2, 3, 2, 2);
  save_part("part-3.dcm", 3, 3, 4, 1);
  error = (dseg_error){0};
  assert_int_equal(dseg_open_many(paths, 3, NULL, &source, &error), DSEG_OK);
  dseg_source_encoding(source, &info);
  assert_int_equal(info.frame_count, BINARY_FRAMES);
  assert_int_equal(read_labels(source, DSEG_OVERLAP_ERROR, labels), DSEG_OK);
  assert_memory_equal(labels, expected_labels, sizeof labels);
  dseg_source_close(source);

  assert_int_equal(dseg_open_many(paths + 1, 2, NULL, &source, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "(0020,9163)"));
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
      cmocka_unit_test(test_planes_keep_the_writers_direction),
      cmocka_unit_test(test_overlap_policies),
      cmocka_unit_test(test_fractions),
      cmocka_unit_test(test_label_map_of_16_bits),
      cmocka_unit_test(test_background_only_by_padding_value),
      cmocka_unit_test(test_value_that_is_not_described),
      cmocka_unit_test(test_segment_that_is_not_described),
      cmocka_unit_test(test_two_frames_at_one_place),
      cmocka_unit_test(test_more_frames_than_pixels),
      cmocka_unit_test(test_one_frame_without_groups),
      cmocka_unit_test(test_no_positions),
      cmocka_unit_test(test_planes_without_positions_are_source_images),
      cmocka_unit_test(test_frames_shifted_within_a_plane),
      cmocka_unit_test(test_tiled_full),
      cmocka_unit_test(test_padded_frames_by_request),
      cmocka_unit_test(test_extra_pixel_bytes_are_told),
      cmocka_unit_test(test_truncation_at_every_byte),
      cmocka_unit_test(test_any_byte_changed),
      cmocka_unit_test(test_concatenation),
  };
  return cmocka_run_group_tests(tests, NULL, free_file);
}
