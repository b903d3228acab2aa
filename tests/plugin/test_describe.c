/* SPDX-License-Identifier: Apache-2.0 */
/* Representations that describe objects in a way of their own (presence.c, wide.c, note.c): what they write is read
 * back by the library, and without an allocation for each frame. Linked to them, so that their allocations count, too.
 */
#include "../unit/out_of_memory/failing_memory.h"
#include "../unit/writer_fixture.h"
#include "linked.h"

enum { ROWS = 7, COLUMNS = 9, PLANES = 6, SEGMENTS = 5, PIXELS = ROWS * COLUMNS };

static int register_all(void **state) {
  assert_int_equal(register_linked(NULL), DSEG_OK);
  memory.is_paused = true;
  return enter_directory(state);
}

static dseg_source *open_with(const char *path, const dseg_open_options *options) {
  dseg_source *source = NULL;
  dseg_error error = {0};
  if (dseg_open(path, options, &source, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  return source;
}

static dseg_write_options options_for(const char *representation, const char *codec) {
  return (dseg_write_options){.struct_size = sizeof(dseg_write_options),
                              .representation = representation,
                              .frame_codec = codec,
                              .replace = true,
                              .uid_seed = "describe",
                              .date_time = "20250101000000"};
}

/* The planes that write_volume writes. */
static void check_volume(dseg_source *source) {
  uint8_t labels[PIXELS], expected[PIXELS];
  const dseg_description *description = dseg_source_description(source);
  const size_t first = description->geometry.plane_count == PLANES ? 0 : 1; /* the outer ones are empty */
  for (size_t i = 0; i < description->geometry.plane_count; i++) {
    const dseg_label_request request = {
        .struct_size = sizeof(dseg_label_request), .first_plane = i, .plane_count = 1, .bits = 8};
    dseg_error error = {0};
    if (dseg_source_read_labels(source, &request, labels, sizeof labels, NULL, &error) != DSEG_OK) {
      fail_msg("%s", error.message);
    }
    for (size_t pixel = 0; pixel < PIXELS; pixel++) {
      expected[pixel] = label_at(PLANES, SEGMENTS, i + first, pixel);
    }
    assert_memory_equal(labels, expected, PIXELS);
  }
}

static void count_findings(void *user, const dseg_finding *finding) {
  size_t *errors = user;
  if (finding->rule->severity == DSEG_SEVERITY_ERROR) {
    print_message("%s: %s\n", finding->rule->id, finding->message);
    ++*errors;
  }
}

static size_t count_errors(const char *path) {
  size_t errors = 0;
  const dseg_validate_options options = {
      .struct_size = sizeof(dseg_validate_options), .found = count_findings, .user = &errors};
  dseg_validation result;
  assert_int_equal(dseg_validate(path, &options, &result, NULL), DSEG_OK);
  return errors;
}

static void frames_are_placed_by_a_map(void **state) {
  static const char *const codecs[] = {"explicit-le", "implicit-le", "deflated", "rle"};
  (void)state;
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, SEGMENTS);
  description->has_background = true;
  for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++) {
    dseg_write_options options = options_for("test-presence", codecs[i]);
    if (dseg_find_frame_codec(codecs[i]) == NULL) {
      continue; /* of a build without zlib */
    }
    for (int order = 0; order < 2; order++) {
      options.frame_order = order == 0 ? DSEG_FRAME_ORDER_PLANE : DSEG_FRAME_ORDER_SEGMENT;
      write_volume("a.dcm", description, &options, order == 1);
      dseg_source *source = open_with("a.dcm", NULL);
      const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
      assert_int_equal(geometry->plane_count, PLANES); /* empty planes do not shrink the grid */
      assert_int_equal(dseg_source_encoding(source)->per_frame_bytes, 0);
      for (size_t plane = 0; plane < PLANES; plane++) {
        assert_memory_equal(geometry->planes[plane].position, description->geometry.planes[plane].position,
                            3 * sizeof(double));
      }
      check_volume(source);
      dseg_source_close(source);
      assert_int_equal(count_errors("a.dcm"), 0);
    }
  }
  dseg_description_destroy(description);
}

static void parts_share_a_map(void **state) {
  (void)state;
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, SEGMENTS);
  description->has_background = true;
  dseg_write_options options = options_for("test-presence", "explicit-le");
  options.concatenation = true;
  options.part_bytes = 80; /* ten frames of 63 bits */
  write_volume("p.dcm", description, &options, false);
  const char *const paths[] = {"p-2.dcm", "p-1.dcm"};
  dseg_source *source = NULL;
  dseg_error error = {0};
  if (dseg_open_many(paths, 2, NULL, &source, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  check_volume(source);
  dseg_source_close(source);
  dseg_description_destroy(description);
}

/* A copy in another representation has nothing of the map. */
static void a_map_is_not_kept(void **state) {
  (void)state;
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, SEGMENTS);
  description->has_background = true;
  const dseg_write_options options = options_for("test-presence", "explicit-le");
  write_volume("a.dcm", description, &options, false);
  const dseg_open_options how = {.struct_size = sizeof(dseg_open_options), .keep_context = true};
  dseg_source *source = open_with("a.dcm", &how);
  const dseg_description *read = dseg_source_description(source);
  dseg_data_set *set = NULL;
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  assert_int_equal(dseg_data_set_read(set, read->attributes, DSEG_EXPLICIT_VR, NULL), DSEG_OK);
  assert_int_equal(dseg_data_set_find_creator(set, 0x0073, "DSEG TEST PRESENCE"), 0);
  dseg_data_set_destroy(set);
  dseg_source_close(source);
  dseg_description_destroy(description);
}

static void keep_text(void *user, const char *message) {
  if (strstr(message, "the note is 'noted'") != NULL) {
    ++*(size_t *)user;
  }
}

static void an_element_comes_back(void **state) {
  static const char *const codecs[] = {"explicit-le", "implicit-le"};
  (void)state;
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, SEGMENTS);
  description->has_background = true;
  for (size_t i = 0; i < 2; i++) {
    size_t notes = 0;
    const dseg_write_options options = options_for("test-note", codecs[i]);
    const dseg_open_options how = {.struct_size = sizeof(dseg_open_options), .warnings = {keep_text, &notes}};
    write_volume("n.dcm", description, &options, false);
    dseg_source *source = open_with("n.dcm", &how);
    assert_int_equal(notes, 1);
    check_volume(source);
    dseg_source_close(source);
    assert_int_equal(count_errors("n.dcm"), 0);
  }
  dseg_description_destroy(description);
}

/* ---- 32 bits ---- */

static const uint32_t wide_numbers[3] = {7, 70000, 4000000000u};

static uint32_t wide_at(size_t plane, size_t pixel) {
  const size_t which = (pixel / 3 + plane) % 4;
  return which == 3 ? 0 : wide_numbers[which];
}

static void write_wide(const char *path, const char *codec) {
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, 3);
  description->has_background = true;
  for (size_t i = 0; i < 3; i++) {
    description->segments[i].number = wide_numbers[i];
    description->segments[i].label = i == 1 ? "Zelle" : "cell";
  }
  const dseg_write_options options = options_for("test-wide", codec);
  dseg_writer *writer = NULL;
  dseg_error error = {0};
  if (dseg_writer_create(path, description, &options, &writer, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  for (size_t plane = 0; plane < PLANES; plane++) {
    uint32_t labels[PIXELS];
    for (size_t i = 0; i < PIXELS; i++) {
      labels[i] = wide_at(plane, i);
    }
    assert_int_equal(dseg_writer_write_labels(writer, plane, labels, 32, &error), DSEG_OK);
  }
  const uint32_t unknown[PIXELS] = {70001};
  assert_int_equal(dseg_writer_write_labels(writer, 0, unknown, 32, &error), DSEG_ERROR_ARGUMENT);
  if (dseg_writer_finish(writer, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
}

static void check_wide(const char *path) {
  dseg_source *source = open_with(path, NULL);
  const dseg_description *description = dseg_source_description(source);
  assert_int_equal(dseg_source_encoding(source)->bits_allocated, 32);
  assert_int_equal(description->segment_count, 3);
  assert_int_equal(description->segments[2].number, 4000000000u);
  assert_string_equal(description->segments[1].label, "Zelle");
  static uint32_t labels[PLANES * PIXELS];
  static uint8_t mask[PLANES * PIXELS], small[PLANES * PIXELS];
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request), .plane_count = PLANES, .bits = 32};
  const uint32_t values[3] = {1, 2, 3}, segments[3] = {0, 1, 2};
  const dseg_label_request renumbered = {.struct_size = sizeof(dseg_label_request),
                                         .plane_count = PLANES,
                                         .bits = 8,
                                         .segments = segments,
                                         .segment_count = 3,
                                         .values = values};
  dseg_error error = {0};
  if (dseg_source_read_labels(source, &request, labels, sizeof labels, NULL, &error) != DSEG_OK ||
      dseg_source_read_labels(source, &renumbered, small, sizeof small, NULL, &error) != DSEG_OK ||
      dseg_source_read_mask(source, 1, 0, PLANES, mask, sizeof mask, 1, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  for (size_t i = 0; i < PLANES * PIXELS; i++) {
    const uint32_t label = wide_at(i / PIXELS, i % PIXELS);
    assert_int_equal(labels[i], label);
    assert_int_equal(mask[i], label == 70000);
    assert_int_equal(small[i], label == 0 ? 0 : label == 7 ? 1 : label == 70000 ? 2 : 3);
  }
  dseg_source_close(source);
}

static void pixels_have_32_bits(void **state) {
  (void)state;
  size_t written = 0;
  const dseg_frame_codec *codec;
  for (size_t i = 0; (codec = dseg_frame_codec_at(i)) != NULL; i++) {
    if ((codec->flags & DSEG_PLUGIN_BITS_32) == 0 || (codec->flags & DSEG_PLUGIN_CAN_WRITE) == 0) {
      continue;
    }
    write_wide("w.dcm", codec->name);
    check_wide("w.dcm");
    assert_int_equal(count_errors("w.dcm"), 0);
    written++;
    const dseg_frame_codec *other;
    for (size_t j = 0; (other = dseg_frame_codec_at(j)) != NULL; j++) {
      const dseg_transcode_options options = {.struct_size = sizeof(dseg_transcode_options),
                                              .transfer_syntax = other->name};
      const dseg_output output = dseg_output_to_file("t.dcm", DSEG_OUTPUT_REPLACE, NULL);
      dseg_input *input = NULL;
      dseg_error error = {0};
      if ((other->flags & DSEG_PLUGIN_CAN_WRITE) == 0 || (other->flags & DSEG_PLUGIN_BIG_ENDIAN) != 0) {
        continue;
      }
      assert_int_equal(dseg_input_from_file("w.dcm", 0, &input, NULL), DSEG_OK);
      const dseg_status status = dseg_transcode(input, "w.dcm", &output, &options, &error);
      dseg_input_close(input);
      if ((other->flags & DSEG_PLUGIN_BITS_32) == 0) {
        assert_int_equal(status, DSEG_ERROR_UNSUPPORTED);
        continue;
      }
      if (status != DSEG_OK) {
        fail_msg("%s to %s: %s", codec->name, other->name, error.message);
      }
      check_wide("t.dcm");
    }
  }
  assert_true(written >= 4);
}

static void the_standard_has_no_32_bits(void **state) {
  (void)state;
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, 2);
  description->segments[1].number = 70000;
  dseg_writer *writer = NULL;
  dseg_error error = {0};
  const dseg_write_options options = options_for("labelmap", "explicit-le");
  assert_int_equal(dseg_writer_create("l.dcm", description, &options, &writer, &error), DSEG_ERROR_LIMIT);
  assert_non_null(strstr(error.message, "Segment Number (0062,0004) is at most 65535"));
  dseg_description_destroy(description);
}

/* ---- many frames ---- */

static void write_many(size_t planes, size_t segments) {
  dseg_description *description = make_description(4, 4, planes, segments);
  description->kind = DSEG_VOXELS_MASKS;
  const dseg_write_options options = options_for("test-presence", "explicit-le");
  dseg_writer *writer = NULL;
  dseg_error error = {0};
  uint8_t mask[16] = {0, 1};
  if (dseg_writer_create("m.dcm", description, &options, &writer, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  for (size_t plane = 0; plane < planes; plane++) {
    for (size_t segment = 0; segment < segments; segment++) {
      assert_int_equal(dseg_writer_write_mask(writer, plane, segment, mask, &error), DSEG_OK);
    }
  }
  if (dseg_writer_finish(writer, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
}

static size_t allocations_to_open(void) {
  memory = (failing_memory){.calls = 0};
  dseg_source *source = open_with("m.dcm", NULL);
  memory.is_paused = true;
  const size_t calls = memory.calls;
  dseg_source_close(source);
  return calls;
}

static void no_frame_costs_an_allocation(void **state) {
  (void)state;
  write_many(10, 100);
  const size_t few = allocations_to_open();
  write_many(1000, 100);
  const size_t many = allocations_to_open();
  dseg_source *source = open_with("m.dcm", NULL);
  assert_int_equal(dseg_source_encoding(source)->frame_count, 100000);
  dseg_frame_location location;
  assert_int_equal(dseg_source_frame(source, 99999, &location, NULL), DSEG_OK);
  assert_int_equal(location.plane, 999);
  assert_int_equal(location.segment, 99);
  dseg_source_close(source);
  print_message("%zu allocations for 1,000 frames, %zu for 100,000\n", few, many);
  assert_true(many <= few + 8);
}

/* ---- hostile input ---- */

/* Opens an object and reads it, as far as it lets itself. */
static void try_bytes(const dseg_buffer *bytes) {
  dseg_input *input = NULL;
  dseg_source *source = NULL;
  uint8_t labels[PIXELS];
  assert_int_equal(dseg_input_from_memory((dseg_view){bytes->data, bytes->size}, &input, NULL), DSEG_OK);
  const dseg_open_options options = {
      .struct_size = sizeof(dseg_open_options), .memory_limit = 1 << 26, .keep_context = true};
  dseg_error error;
  if (dseg_open_input(input, "changed", &options, &source, &error) != DSEG_OK) {
    assert_true(error.message[0] != '\0');
    dseg_input_close(input);
    return;
  }
  const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request), .plane_count = 1, .bits = 8};
  if (geometry->rows == ROWS && geometry->columns == COLUMNS) {
    (void)dseg_source_read_labels(source, &request, labels, sizeof labels, NULL, NULL);
  }
  dseg_source_close(source);
}

static void changed_objects_do_no_harm(void **state) {
  static const char *const representations[] = {"test-presence", "test-wide", "test-note", "test-sets"};
  static const uint8_t changes[] = {0x01, 0xFF};
  (void)state;
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, SEGMENTS);
  description->has_background = true;
  for (size_t i = 0; i < sizeof representations / sizeof representations[0]; i++) {
    const dseg_write_options options = options_for(representations[i], "explicit-le");
    dseg_input *input = NULL;
    dseg_buffer bytes = {0};
    write_volume("h.dcm", description, &options, false);
    assert_int_equal(dseg_input_from_file("h.dcm", 0, &input, NULL), DSEG_OK);
    assert_int_equal(dseg_buffer_resize(&bytes, (size_t)dseg_input_size(input), NULL), DSEG_OK);
    assert_int_equal(dseg_input_read(input, 0, bytes.data, bytes.size, NULL), DSEG_OK);
    dseg_input_close(input);
    for (size_t at = 132; at < bytes.size; at += 1 + at % 3) {
      for (size_t j = 0; j < sizeof changes; j++) {
        bytes.data[at] ^= changes[j];
        try_bytes(&bytes);
        bytes.data[at] ^= changes[j];
      }
    }
    for (const size_t size = bytes.size; bytes.size > 132; bytes.size -= 1 + size / 200) {
      try_bytes(&bytes);
    }
    dseg_buffer_free(&bytes);
  }
  dseg_description_destroy(description);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(frames_are_placed_by_a_map),
      cmocka_unit_test(parts_share_a_map),
      cmocka_unit_test(a_map_is_not_kept),
      cmocka_unit_test(an_element_comes_back),
      cmocka_unit_test(pixels_have_32_bits),
      cmocka_unit_test(the_standard_has_no_32_bits),
      cmocka_unit_test(no_frame_costs_an_allocation),
      cmocka_unit_test(changed_objects_do_no_harm),
  };
  return cmocka_run_group_tests(tests, register_all, leave_directory);
}
