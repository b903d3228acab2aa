/* SPDX-License-Identifier: Apache-2.0 */
/* The three Segmentation Types: what they refuse, the frames they make of labels and masks, and what they read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/source.h"
#include "model/label_lookup.h"
#include "model/label_planes.h"
#include "model/label_runs.h"
#include "representations/builtin.h"

#define ROWS 13u
#define COLUMNS 37u
#define PIXELS (ROWS * COLUMNS)
#define MOST_SEGMENTS 8u

/* A description of segments with these numbers. */
static dseg_description describe(dseg_segment *segments, const uint32_t *numbers, size_t count, dseg_voxel_kind kind) {
  for (size_t i = 0; i < count; i++) {
    segments[i] = (dseg_segment){.number = numbers[i], .label = "x"};
  }
  return (dseg_description){.kind = kind, .segments = segments, .segment_count = count, .has_background = true};
}

static void expect_refusal(const dseg_representation *representation, const dseg_description *description,
                           dseg_status status, const char *part) {
  dseg_pixel_format format;
  dseg_error error = {0};
  assert_int_equal(representation->choose_format(description, NULL, 0, &format, &error), status);
  if (strstr(error.message, part) == NULL) {
    fail_msg("\"%s\" does not contain \"%s\"", error.message, part);
  }
}

static void formats_follow_from_segments(void **state) {
  (void)state;
  dseg_segment segments[MOST_SEGMENTS];
  dseg_pixel_format format;
  const uint32_t consecutive[3] = {1, 2, 3};
  const uint32_t sparse[3] = {4, 255, 2035};
  dseg_description description = describe(segments, consecutive, 3, DSEG_VOXELS_LABELS);
  assert_int_equal(dseg_representation_binary.choose_format(&description, NULL, 0, &format, NULL), DSEG_OK);
  assert_int_equal(format.bits_allocated, 1);
  assert_int_equal(dseg_representation_labelmap.choose_format(&description, NULL, 0, &format, NULL), DSEG_OK);
  assert_int_equal(format.bits_allocated, 8);
  description.background = 256;
  assert_int_equal(dseg_representation_labelmap.choose_format(&description, NULL, 0, &format, NULL), DSEG_OK);
  assert_int_equal(format.bits_allocated, 16);
  description = describe(segments, sparse, 3, DSEG_VOXELS_LABELS);
  assert_int_equal(dseg_representation_labelmap.choose_format(&description, NULL, 0, &format, NULL), DSEG_OK);
  assert_int_equal(format.bits_allocated, 16);
  description.segment_count = 2;
  assert_int_equal(dseg_representation_labelmap.choose_format(&description, NULL, 0, &format, NULL), DSEG_OK);
  assert_int_equal(format.bits_allocated, 8);
  assert_false(format.palette_color);
  description = describe(segments, consecutive, 3, DSEG_VOXELS_OCCUPANCY);
  description.maximum_fraction = 255;
  assert_int_equal(dseg_representation_fractional.choose_format(&description, NULL, 0, &format, NULL), DSEG_OK);
  assert_int_equal(format.bits_allocated, 8);
}

static void what_does_not_fit_is_refused_with_the_section(void **state) {
  (void)state;
  dseg_segment segments[MOST_SEGMENTS];
  const uint32_t consecutive[3] = {1, 2, 3};
  const uint32_t sparse[2] = {1, 3};
  const uint32_t large[2] = {1, 65536};
  const uint32_t twice[2] = {2, 2};
  dseg_description description = describe(segments, sparse, 2, DSEG_VOXELS_LABELS);
  expect_refusal(&dseg_representation_binary, &description, DSEG_ERROR_UNSUPPORTED, "C.8.20.2.4");
  expect_refusal(&dseg_representation_fractional, &description, DSEG_ERROR_UNSUPPORTED, "C.8.20.2.3.2");
  description = describe(segments, large, 2, DSEG_VOXELS_LABELS);
  expect_refusal(&dseg_representation_labelmap, &description, DSEG_ERROR_LIMIT, "C.8.20-2");
  description = describe(segments, twice, 2, DSEG_VOXELS_LABELS);
  expect_refusal(&dseg_representation_labelmap, &description, DSEG_ERROR_ARGUMENT, "C.8.20.2.4");
  description = describe(segments, consecutive, 3, DSEG_VOXELS_PROBABILITY);
  description.maximum_fraction = 100;
  expect_refusal(&dseg_representation_binary, &description, DSEG_ERROR_UNSUPPORTED, "FRACTIONAL");
  expect_refusal(&dseg_representation_labelmap, &description, DSEG_ERROR_UNSUPPORTED, "FRACTIONAL");
  description.maximum_fraction = 256;
  expect_refusal(&dseg_representation_fractional, &description, DSEG_ERROR_UNSUPPORTED, "(0062,000E)");
  description = describe(segments, consecutive, 3, DSEG_VOXELS_LABELS);
  description.background = 2;
  expect_refusal(&dseg_representation_binary, &description, DSEG_ERROR_ARGUMENT, "background");
  expect_refusal(&dseg_representation_labelmap, &description, DSEG_ERROR_ARGUMENT, "(0028,0120)");
  description = describe(segments, consecutive, 0, DSEG_VOXELS_LABELS);
  expect_refusal(&dseg_representation_binary, &description, DSEG_ERROR_UNSUPPORTED, "(0062,0002)");
  description.has_background = false;
  expect_refusal(&dseg_representation_labelmap, &description, DSEG_ERROR_UNSUPPORTED, "C.8.20.2.3.3");
}

/* What the library tells a representation of the format that it has chosen. */
static void set_format(dseg_write_context *context, const dseg_pixel_format *format) {
  context->format.bits_allocated = format->bits_allocated;
  context->format.palette_color = format->palette_color;
  context->format.replaces = format->replaces;
}

/* What a sink received. */
struct frames {
  size_t count;
  int32_t segments[MOST_SEGMENTS];
  uint8_t *bytes[MOST_SEGMENTS];
  size_t sizes[MOST_SEGMENTS];
};

static dseg_status keep_frame(void *user, int32_t segment, dseg_view frame, dseg_error *error) {
  (void)error;
  struct frames *frames = user;
  assert_true(frames->count < MOST_SEGMENTS);
  frames->segments[frames->count] = segment;
  frames->sizes[frames->count] = frame.size;
  frames->bytes[frames->count] = malloc(frame.size);
  memcpy(frames->bytes[frames->count++], frame.data, frame.size);
  return DSEG_OK;
}

static void free_frames(struct frames *frames) {
  for (size_t i = 0; i < frames->count; i++) {
    free(frames->bytes[i]);
  }
  *frames = (struct frames){0};
}

static void store_label(void *labels, unsigned bits, size_t i, uint32_t value) {
  switch (bits) {
    case 8: ((uint8_t *)labels)[i] = (uint8_t)value; break;
    case 16: ((uint16_t *)labels)[i] = (uint16_t)value; break;
    default: ((uint32_t *)labels)[i] = value; break;
  }
}

/* Stretches of labels; number[used] and those after it do not occur. */
static void fill_labels(void *labels, unsigned bits, const uint32_t *numbers, size_t used, uint32_t background) {
  for (size_t i = 0; i < PIXELS; i++) {
    const size_t stretch = i / 11 % (used + 1);
    store_label(labels, bits, i, stretch == used ? background : numbers[stretch]);
  }
}

static dseg_label_plane plane_for(void *out, unsigned bits, const uint32_t *values, const uint8_t *wanted, size_t count,
                                  dseg_overlap *overlap) {
  return (dseg_label_plane){.out = out,
                            .bits = bits,
                            .segment_count = count,
                            .values = values,
                            .wanted = wanted,
                            .fraction_threshold = 1,
                            .overlap = overlap};
}

static void check_round_trip(const dseg_representation *representation, const dseg_description *description,
                             const uint32_t *numbers, size_t used, unsigned bits) {
  uint32_t labels[PIXELS];
  uint32_t back[PIXELS];
  static uint32_t value_of_pixel[65536];
  const uint8_t wanted[MOST_SEGMENTS] = {1, 1, 1, 1, 1, 1, 1, 1};
  dseg_buffer scratch = {0};
  dseg_overlap overlap = {0};
  struct frames frames = {0};
  const dseg_frame_sink sink = {keep_frame, &frames};
  dseg_write_context context = {.description = description, .rows = ROWS, .columns = COLUMNS, .scratch = &scratch};
  dseg_pixel_format format = {0};
  assert_int_equal(representation->choose_format(description, NULL, 0, &format, NULL), DSEG_OK);
  set_format(&context, &format);
  fill_labels(labels, bits, numbers, used, description->background);
  fill_labels(back, bits, numbers, 0, description->background);
  assert_int_equal(representation->put_labels(&context, labels, bits, &sink, NULL), DSEG_OK);

  dseg_label_plane plane = plane_for(back, bits, numbers, wanted, description->segment_count, &overlap);
  plane.background = description->background;
  for (size_t i = 0; i < 65536; i++) {
    value_of_pixel[i] = description->background;
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    value_of_pixel[numbers[i]] = numbers[i];
  }
  const dseg_label_lookup lookup = {
      value_of_pixel, 65536, dseg_label_identity(value_of_pixel, 65536), NULL, NULL, 0, description->background};
  plane.lookup = &lookup;
  plane.add_pixels = dseg_paint_pixels;
  assert_int_equal(frames.count, representation->flags & DSEG_PLUGIN_LABEL_FRAMES ? used != 0 : used);
  for (size_t i = 0; i < frames.count; i++) {
    const dseg_frame_info info = {.rows = ROWS, .columns = COLUMNS, .bits_allocated = context.format.bits_allocated};
    assert_int_equal(frames.sizes[i], dseg_frame_bytes(&info));
    const dseg_decoded_frame frame = {.pixels = frames.bytes[i],
                                      .rows = ROWS,
                                      .columns = COLUMNS,
                                      .bits_allocated = context.format.bits_allocated,
                                      .segment = frames.segments[i]};
    assert_int_equal(representation->add_to_labels(&frame, &plane, NULL), DSEG_OK);
  }
  assert_memory_equal(back, labels, PIXELS * bits / 8);
  assert_int_equal(overlap.voxels, 0);
  free_frames(&frames);
  dseg_buffer_free(&scratch);
}

static void labels_survive_as_frames(void **state) {
  (void)state;
  dseg_segment segments[MOST_SEGMENTS];
  const uint32_t consecutive[4] = {1, 2, 3, 4};
  const uint32_t sparse[4] = {0, 7, 2035, 65535};
  for (size_t used = 0; used <= 4; used++) {
    for (unsigned bits = 8; bits <= 32; bits *= 2) {
      dseg_description description = describe(segments, consecutive, 4, DSEG_VOXELS_LABELS);
      check_round_trip(&dseg_representation_binary, &description, consecutive, used, bits);
      check_round_trip(&dseg_representation_labelmap, &description, consecutive, used, bits);
      description.background = 200;
      check_round_trip(&dseg_representation_binary, &description, consecutive, used, bits);
      check_round_trip(&dseg_representation_labelmap, &description, consecutive, used, bits);
      description = describe(segments, consecutive, 4, DSEG_VOXELS_PROBABILITY);
      description.maximum_fraction = 100;
      check_round_trip(&dseg_representation_fractional, &description, consecutive, used, bits);
      description = describe(segments, sparse, 4, DSEG_VOXELS_LABELS);
      description.background = 5;
      if (bits != 8) {
        check_round_trip(&dseg_representation_labelmap, &description, sparse, used, bits);
      }
    }
  }
}

static void unknown_labels_are_refused(void **state) {
  (void)state;
  dseg_segment segments[MOST_SEGMENTS];
  const uint32_t numbers[3] = {1, 2, 3};
  const dseg_description description = describe(segments, numbers, 3, DSEG_VOXELS_LABELS);
  uint32_t labels[PIXELS];
  dseg_buffer scratch = {0};
  struct frames frames = {0};
  const dseg_frame_sink sink = {keep_frame, &frames};
  const dseg_write_context context = {.description = &description,
                                      .format = {.bits_allocated = 8},
                                      .rows = ROWS,
                                      .columns = COLUMNS,
                                      .scratch = &scratch};
  const uint32_t strangers[] = {4, 255, 65536, 65537, UINT32_MAX};
  for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
    memset(labels, 0, sizeof labels);
    labels[2 * COLUMNS + 5] = strangers[i];
    dseg_error error = {0};
    assert_int_equal(dseg_representation_binary.put_labels(&context, labels, 32, &sink, &error), DSEG_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "row 2, column 5"));
    assert_int_equal(dseg_representation_labelmap.put_labels(&context, labels, 32, &sink, NULL), DSEG_ERROR_ARGUMENT);
  }
  assert_int_equal(frames.count, 0);
  dseg_buffer_free(&scratch);
}

static void every_voxel_counts_without_background(void **state) {
  (void)state;
  dseg_segment segments[MOST_SEGMENTS];
  const uint32_t numbers[2] = {0, 1};
  dseg_description description = describe(segments, numbers, 2, DSEG_VOXELS_LABELS);
  description.has_background = false;
  const uint8_t labels[PIXELS] = {0};
  dseg_buffer scratch = {0};
  struct frames frames = {0};
  const dseg_frame_sink sink = {keep_frame, &frames};
  dseg_write_context context = {.description = &description, .rows = ROWS, .columns = COLUMNS, .scratch = &scratch};
  dseg_pixel_format format = {0};
  assert_int_equal(dseg_representation_labelmap.choose_format(&description, NULL, 0, &format, NULL), DSEG_OK);
  set_format(&context, &format);
  assert_int_equal(dseg_representation_labelmap.put_labels(&context, labels, 8, &sink, NULL), DSEG_OK);
  assert_int_equal(frames.count, 1);
  free_frames(&frames);
  dseg_buffer_free(&scratch);
}

static void check_mask(const dseg_representation *representation, const dseg_description *description,
                       const uint8_t *mask) {
  dseg_buffer scratch = {0};
  struct frames frames = {0};
  const dseg_frame_sink sink = {keep_frame, &frames};
  dseg_write_context context = {.description = description, .rows = ROWS, .columns = COLUMNS, .scratch = &scratch};
  dseg_pixel_format format = {0};
  assert_int_equal(representation->choose_format(description, NULL, 0, &format, NULL), DSEG_OK);
  set_format(&context, &format);
  assert_int_equal(representation->put_mask(&context, 1, mask, &sink, NULL), DSEG_OK);
  assert_int_equal(frames.count, 1);
  assert_int_equal(frames.segments[0], 1);
  const dseg_decoded_frame frame = {.pixels = frames.bytes[0],
                                    .rows = ROWS,
                                    .columns = COLUMNS,
                                    .bits_allocated = context.format.bits_allocated,
                                    .segment = 1};
  uint8_t back[PIXELS] = {0};
  assert_int_equal(representation->add_to_mask(&frame, 2, back, NULL), DSEG_OK);
  const bool fractions = (representation->flags & DSEG_PLUGIN_FRACTIONS) != 0;
  for (size_t i = 0; i < PIXELS; i++) {
    assert_int_equal(back[i], fractions ? mask[i] : mask[i] != 0);
  }
  free_frames(&frames);
  dseg_buffer_free(&scratch);
}

static void masks_survive_as_frames(void **state) {
  (void)state;
  dseg_segment segments[MOST_SEGMENTS];
  const uint32_t numbers[2] = {1, 2};
  uint8_t mask[PIXELS] = {0};
  dseg_description masks = describe(segments, numbers, 2, DSEG_VOXELS_MASKS);
  check_mask(&dseg_representation_binary, &masks, mask);
  dseg_description fractions = masks;
  fractions.kind = DSEG_VOXELS_OCCUPANCY;
  fractions.maximum_fraction = 100;
  check_mask(&dseg_representation_fractional, &fractions, mask);
  for (size_t i = 0; i < PIXELS; i++) {
    mask[i] = (uint8_t)(i * 7 % 101);
  }
  check_mask(&dseg_representation_binary, &masks, mask);
  check_mask(&dseg_representation_fractional, &fractions, mask);

  dseg_buffer scratch = {0};
  struct frames frames = {0};
  const dseg_frame_sink sink = {keep_frame, &frames};
  const dseg_write_context context = {.description = &fractions, .rows = ROWS, .columns = COLUMNS, .scratch = &scratch};
  mask[3] = 101;
  assert_int_equal(dseg_representation_fractional.put_mask(&context, 0, mask, &sink, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(frames.count, 0);
}

static void label_frames_yield_masks(void **state) {
  (void)state;
  uint16_t pixels[PIXELS];
  const uint32_t numbers[2] = {300, 44};
  fill_labels(pixels, 16, numbers, 2, 0);
  uint8_t mask[PIXELS] = {0};
  const dseg_decoded_frame frame = {
      .pixels = (const uint8_t *)pixels, .rows = ROWS, .columns = COLUMNS, .bits_allocated = 16, .segment = -1};
  assert_int_equal(dseg_representation_labelmap.add_to_mask(&frame, 300, mask, NULL), DSEG_OK);
  for (size_t i = 0; i < PIXELS; i++) {
    assert_int_equal(mask[i], pixels[i] == 300);
  }
}

static void fractions_count_from_the_threshold(void **state) {
  (void)state;
  uint8_t pixels[PIXELS];
  for (size_t i = 0; i < PIXELS; i++) {
    pixels[i] = (uint8_t)(i % 256);
  }
  const uint32_t values[2] = {9, 300};
  const uint8_t wanted[2] = {0, 1};
  uint16_t labels[PIXELS] = {0};
  dseg_overlap overlap = {0};
  dseg_label_plane plane = plane_for(labels, 16, values, wanted, 2, &overlap);
  plane.fraction_threshold = 129;
  const dseg_decoded_frame frame = {
      .pixels = pixels, .rows = ROWS, .columns = COLUMNS, .bits_allocated = 8, .segment = 1};
  assert_int_equal(dseg_representation_fractional.add_to_labels(&frame, &plane, NULL), DSEG_OK);
  for (size_t i = 0; i < PIXELS; i++) {
    assert_int_equal(labels[i], pixels[i] >= 129 ? 300 : 0);
  }
}

/* Two label frames in one place, which the standard forbids: each voxel counts, and the order of segments decides. */
static void label_frames_overlap(void **state) {
  (void)state;
  const uint32_t values[3] = {10, 20, 30};
  const uint8_t wanted[3] = {1, 1, 1};
  static uint32_t value_of_pixel[65536];
  for (unsigned last_wins = 0; last_wins < 2; last_wins++) {
    uint8_t first[PIXELS] = {0};
    uint8_t second[PIXELS] = {0};
    uint8_t out[PIXELS] = {0};
    memset(first, 2, 100);
    memset(second + 50, 3, 100);
    memset(second + 20, 1, 10);
    for (uint32_t i = 1; i <= 3; i++) {
      value_of_pixel[i] = values[i - 1];
    }
    dseg_overlap overlap = {0};
    dseg_label_plane plane = plane_for(out, 8, values, wanted, 3, &overlap);
    const dseg_label_lookup lookup = {
        value_of_pixel, 65536, dseg_label_identity(value_of_pixel, 65536), NULL, NULL, 0, 0};
    plane.lookup = &lookup;
    plane.add_pixels = dseg_paint_pixels;
    plane.last_wins = last_wins != 0;
    dseg_decoded_frame frame = {.pixels = first, .rows = ROWS, .columns = COLUMNS, .bits_allocated = 8, .segment = -1};
    assert_int_equal(dseg_representation_labelmap.add_to_labels(&frame, &plane, NULL), DSEG_OK);
    frame.pixels = second;
    assert_int_equal(dseg_representation_labelmap.add_to_labels(&frame, &plane, NULL), DSEG_OK);
    assert_int_equal(overlap.voxels, 60);
    assert_int_equal(overlap.pair_count, 2);
    assert_int_equal(out[25], last_wins ? 20 : 10);
    assert_int_equal(out[75], last_wins ? 30 : 20);
    assert_int_equal(out[149], 30);
    assert_int_equal(out[150], 0);
  }
}

static void frames_of_another_form_are_refused(void **state) {
  (void)state;
  uint8_t bytes[2 * PIXELS] = {0};
  uint8_t out[PIXELS] = {0};
  const uint32_t values[1] = {1};
  const uint8_t wanted[1] = {1};
  dseg_overlap overlap = {0};
  const dseg_label_plane plane = plane_for(out, 8, values, wanted, 1, &overlap);
  const dseg_representation *const all[] = {&dseg_representation_binary, &dseg_representation_fractional,
                                            &dseg_representation_labelmap};
  const unsigned wrong_bits[] = {8, 16, 1};
  for (size_t i = 0; i < 3; i++) {
    dseg_decoded_frame frame = {
        .pixels = bytes, .rows = ROWS, .columns = COLUMNS, .bits_allocated = wrong_bits[i], .segment = 0};
    dseg_error error = {0};
    assert_int_equal(all[i]->add_to_labels(&frame, &plane, &error), DSEG_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "(0028,0100)"));
    assert_int_equal(all[i]->add_to_mask(&frame, 1, out, NULL), DSEG_ERROR_FORMAT);
  }
  const dseg_decoded_frame nobody = {
      .pixels = bytes, .rows = ROWS, .columns = COLUMNS, .bits_allocated = 1, .segment = -1};
  assert_int_equal(dseg_representation_binary.add_to_labels(&nobody, &plane, NULL), DSEG_ERROR_FORMAT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(formats_follow_from_segments),
      cmocka_unit_test(what_does_not_fit_is_refused_with_the_section),
      cmocka_unit_test(labels_survive_as_frames),
      cmocka_unit_test(unknown_labels_are_refused),
      cmocka_unit_test(every_voxel_counts_without_background),
      cmocka_unit_test(masks_survive_as_frames),
      cmocka_unit_test(label_frames_yield_masks),
      cmocka_unit_test(fractions_count_from_the_threshold),
      cmocka_unit_test(label_frames_overlap),
      cmocka_unit_test(frames_of_another_form_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
