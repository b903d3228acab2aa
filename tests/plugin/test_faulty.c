/* SPDX-License-Identifier: Apache-2.0 */
/* Plug-ins that do not keep their promises are caught, with a message that names them. Each is a copy of a plug-in of
 * the library with one function in the place of its own. */
#include <math.h>

#include "../unit/writer_fixture.h"
#include "frames/builtin.h"
#include "representations/builtin.h"

enum { ROWS = 7, COLUMNS = 8, PLANES = 5, SEGMENTS = 3, PIXELS = ROWS * COLUMNS };

/* How the one representation and the one codec misbehave. */
static enum fault {
  NONE,
  DESCRIBE_SILENT,
  DESCRIBE_CHANGES,
  DESCRIBE_REMOVES,
  DESCRIBE_NESTED,
  DESCRIBE_ITEM,
  DESCRIBE_PIXELS,
  DESCRIBE_GROUPS,
  DESCRIBE_OPEN,
  DESCRIBE_BAD_PUT,
  DESCRIBE_TAIL,
  REPLACES_MORE,
  OTHER_BITS,
  INTERPRET_SILENT,
  INTERPRET_NOTHING,
  INTERPRET_TWICE,
  INTERPRET_OUTSIDE,
  INTERPRET_STEP,
  INTERPRET_TOO_MANY,
  INTERPRET_SEGMENT,
  INTERPRET_PLANES,
  INTERPRET_POSITION,
  INTERPRET_SOURCE,
  INTERPRET_SOURCES,
  INTERPRET_SHRINKS,
  INTERPRET_BOTH,
  INTERPRET_NUMBERS,
  END_PLANE_SILENT,
  SETTLE_SILENT,
  SETTLE_WIDER,
  SETTLE_ZERO,
  SETTLE_LARGE,
  ENCODE_SILENT,
  DECODE_SILENT,
  DECODE_NOTHING
} fault;

static dseg_status choose_format(const dseg_description *description, const dseg_option_value *options,
                                 size_t option_count, dseg_pixel_format *format, dseg_error *error) {
  (void)options;
  DSEG_TRY(dseg_representation_labelmap.choose_format(description, NULL, option_count, format, error));
  format->replaces = fault == REPLACES_MORE ? DSEG_REPLACES_SEGMENTS : 0;
  format->bits_allocated = fault == OTHER_BITS ? 32 : 8;
  return DSEG_OK;
}

static dseg_status describe(const dseg_write_context *context, const dseg_written_frames *frames, dseg_data_set *set,
                            dseg_error *error) {
  const uint16_t one = 1;
  (void)context;
  (void)frames;
  (void)error;
  switch (fault) {
    case DESCRIBE_SILENT: return DSEG_ERROR_UNSUPPORTED;
    case DESCRIBE_CHANGES: dseg_data_set_put_u16(set, 0x00280010, "US", &one, 1); break;
    case DESCRIBE_REMOVES: dseg_data_set_remove(set, 0x00280011); break;
    case DESCRIBE_NESTED:
      (void)dseg_data_set_enter_item(set, 0x00620002, 0);
      dseg_data_set_put_u16(set, 0x00620004, "US", &(const uint16_t){77}, 1);
      dseg_data_set_end_item(set);
      break;
    case DESCRIBE_ITEM: dseg_data_set_remove_item(set, 0x00620002, 1); break;
    case DESCRIBE_PIXELS: dseg_data_set_put_bytes(set, 0x7FE00010, "OW", (dseg_view){(const uint8_t *)"ab", 2}); break;
    case DESCRIBE_GROUPS: dseg_data_set_put_sequence(set, 0x52009230); break;
    case DESCRIBE_OPEN: dseg_data_set_begin_item(set, 0x0040A170); break;
    case DESCRIBE_BAD_PUT: dseg_data_set_put_text(set, 0x00100010, "XX", "a"); break;
    case DESCRIBE_TAIL: /* behind Per-Frame Functional Groups, and more of an item: both are allowed */
      dseg_data_set_put_text(set, dseg_data_set_put_creator(set, 0x5301, "TAIL") | 1, "LO", "behind");
      (void)dseg_data_set_enter_item(set, 0x00620002, 0);
      dseg_data_set_put_text(set, dseg_data_set_put_creator(set, 0x0073, "TAIL") | 1, "LO", "inside");
      dseg_data_set_end_item(set);
      break;
    default: break;
  }
  return DSEG_OK;
}

static dseg_status put_mask(const dseg_write_context *context, size_t segment, const uint8_t *mask,
                            const dseg_frame_sink *sink, dseg_error *error) {
  (void)context, (void)segment, (void)mask, (void)sink, (void)error;
  return DSEG_OK;
}

static dseg_status end_plane(const dseg_write_context *context, const dseg_frame_sink *sink, dseg_error *error) {
  (void)context, (void)sink, (void)error;
  return fault == END_PLANE_SILENT ? DSEG_ERROR_UNSUPPORTED : DSEG_OK;
}

/* Frames have 8 bits. */
static dseg_status settle(const dseg_write_context *context, dseg_settled_pixels *pixels, dseg_error *error) {
  static const uint32_t zero[] = {1, 1}, large[] = {0, 256};
  (void)context, (void)error;
  switch (fault) {
    case SETTLE_SILENT: return DSEG_ERROR_UNSUPPORTED;
    case SETTLE_WIDER: pixels->bits_allocated = 16; break;
    case SETTLE_ZERO: *pixels = (dseg_settled_pixels){8, zero, 2}; break;
    case SETTLE_LARGE: *pixels = (dseg_settled_pixels){8, large, 2}; break;
    default: break;
  }
  return DSEG_OK;
}

static dseg_status make_planes(const dseg_read_context *context, size_t count) {
  dseg_geometry *geometry = &context->description->geometry;
  geometry->space = DSEG_SPACE_PATIENT;
  geometry->plane_count = count;
  geometry->planes = dseg_description_alloc(context->description, (count + 1) * sizeof *geometry->planes);
  for (size_t i = 0; i < count; i++) {
    geometry->planes[i] = (dseg_plane_position){.position = {0, 0, (double)i}, .source = -1};
  }
  return DSEG_OK;
}

static dseg_status interpret(const dseg_read_context *context, dseg_interpretation *said, dseg_error *error) {
  const size_t frames = context->frame_count;
  dseg_geometry *geometry = &context->description->geometry;
  if (fault < INTERPRET_SILENT || fault > INTERPRET_NUMBERS) {
    said->by_frame_groups = true;
    return DSEG_OK;
  }
  (void)make_planes(context, frames);
  switch (fault) {
    case INTERPRET_SILENT: return DSEG_ERROR_FORMAT;
    case INTERPRET_NOTHING: return context->place(context->user, 1, frames - 1, 1, 1, -1, error);
    case INTERPRET_OUTSIDE: return context->place(context->user, 0, 1, (uint32_t)frames, 0, -1, error);
    case INTERPRET_STEP: return context->place(context->user, 0, frames, 1, -1, -1, error);
    case INTERPRET_TOO_MANY: return context->place(context->user, 1, frames, 0, 0, -1, error);
    case INTERPRET_SEGMENT: return context->place(context->user, 0, 1, 0, 0, 0, error);
    default: break;
  }
  DSEG_TRY(context->place(context->user, 0, frames, 0, 1, -1, error));
  switch (fault) {
    case INTERPRET_TWICE: return context->place(context->user, 0, 1, 0, 0, -1, error);
    case INTERPRET_PLANES: geometry->planes = NULL; break;
    case INTERPRET_POSITION: geometry->planes[1].position[2] = (double)INFINITY; break;
    case INTERPRET_SOURCE: geometry->planes[1].source = 12; break;
    case INTERPRET_SOURCES:
      context->description->references.instances =
          dseg_description_alloc(context->description, 2 * sizeof(dseg_instance_reference));
      context->description->references.count = 2;
      geometry->planes[1].source = 1;
      geometry->planes[1].source_count = 2;
      break;
    case INTERPRET_SHRINKS: geometry->plane_count = 1; break;
    case INTERPRET_BOTH: said->by_frame_groups = true; break;
    case INTERPRET_NUMBERS: context->description->segments[0].number = 256; break;
    default: break;
  }
  return DSEG_OK;
}

static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  return fault == ENCODE_SILENT ? DSEG_ERROR_LIMIT : dseg_frame_encapsulated.encode(context, info, frame, out, error);
}

static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  switch (fault) {
    case DECODE_SILENT: return DSEG_ERROR_FORMAT;
    case DECODE_NOTHING: return DSEG_OK;
    default: return dseg_frame_encapsulated.decode(context, info, in, out, error);
  }
}

static int register_faulty(void **state) {
  static dseg_representation representation;
  static dseg_frame_codec codec;
  representation = dseg_representation_labelmap;
  representation.name = "test-faulty";
  representation.sop_class_uid = "1.2.3.4.20";
  representation.segmentation_type = "TEST FAULTY";
  representation.flags |= DSEG_PLUGIN_EXPERIMENTAL;
  representation.options = NULL;
  representation.choose_format = choose_format;
  representation.put_mask = put_mask;
  representation.end_plane = end_plane;
  representation.settle = settle;
  representation.describe = describe;
  representation.interpret = interpret;
  codec = dseg_frame_encapsulated;
  codec.name = "test-silent";
  codec.transfer_syntax_uid = "1.2.3.4.21";
  codec.flags |= DSEG_PLUGIN_EXPERIMENTAL;
  codec.encode = encode;
  codec.decode = decode;
  assert_int_equal(dseg_register(&representation, NULL, NULL), DSEG_OK);
  assert_int_equal(dseg_register(NULL, &codec, NULL), DSEG_OK);
  return enter_directory(state);
}

static dseg_status try_write(const char *codec, dseg_error *error) {
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, SEGMENTS);
  description->has_background = true;
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation = "test-faulty",
                                      .frame_codec = codec,
                                      .replace = true};
  dseg_writer *writer = NULL;
  dseg_status status = dseg_writer_create("f.dcm", description, &options, &writer, error);
  for (size_t plane = 0; status == DSEG_OK && plane < PLANES; plane++) {
    uint8_t labels[PIXELS];
    fill_plane(description, plane, labels);
    status = dseg_writer_write_labels(writer, plane, labels, 8, error);
  }
  if (status == DSEG_OK) {
    status = dseg_writer_finish(writer, error);
  }
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
  return status;
}

static dseg_status try_read(dseg_error *error) {
  dseg_source *source = NULL;
  dseg_status status = dseg_open("f.dcm", NULL, &source, error);
  if (status == DSEG_OK) {
    static uint8_t labels[PLANES * PIXELS];
    const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                        .plane_count = dseg_source_description(source)->geometry.plane_count,
                                        .bits = 8};
    status = dseg_source_read_labels(source, &request, labels, sizeof labels, NULL, error);
  }
  dseg_source_close(source);
  return status;
}

static void expect(dseg_status status, const dseg_error *error, const char *name, const char *part) {
  if (status == DSEG_OK || strstr(error->message, name) == NULL || strstr(error->message, part) == NULL) {
    fail_msg("fault %d: status %d, \"%s\" does not contain \"%s\"", (int)fault, (int)status, error->message, part);
  }
}

static void writing_faults_are_named(void **state) {
  static const struct {
    enum fault fault;
    const char *part;
  } faults[] = {{DESCRIBE_SILENT, "describe failed and did not say why"},
                {DESCRIBE_CHANGES, "changed (0028,0010)"},
                {DESCRIBE_REMOVES, "removed (0028,0011)"},
                {DESCRIBE_NESTED, "changed (0062,0004)"},
                {DESCRIBE_ITEM, "(0062,000"},
                {DESCRIBE_PIXELS, "(7FE0,0010)"},
                {DESCRIBE_GROUPS, "(5200,9230)"},
                {DESCRIBE_OPEN, "left an item open"},
                {DESCRIBE_BAD_PUT, "(0010,0010)"},
                {SETTLE_SILENT, "settle failed and did not say why"},
                {SETTLE_WIDER, "settle wants 16 bits a pixel instead of 8"},
                {SETTLE_ZERO, "changes the value 0"},
                {SETTLE_LARGE, "a value that 8 bits do not hold"},
                {REPLACES_MORE, "choose_format"},
                {OTHER_BITS, "choose_format"}};
  (void)state;
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
    dseg_error error = {0};
    fault = faults[i].fault;
    const dseg_status status = try_write("explicit-le", &error);
    expect(status, &error, "test-faulty", faults[i].part);
    assert_int_equal(count_files(), 0);
  }
}

/* Whatever it is that ends the plane. */
static void an_end_of_a_plane_that_fails_is_named(void **state) {
  enum { MASK, LABELS, FINISH, WAYS };
  static const uint8_t mask[PIXELS] = {1}, labels[PIXELS] = {1};
  (void)state;
  fault = END_PLANE_SILENT;
  for (int way = 0; way < WAYS; way++) {
    dseg_description *description = make_description(ROWS, COLUMNS, PLANES, SEGMENTS);
    description->has_background = true;
    const dseg_write_options options = {.struct_size = sizeof(dseg_write_options), .representation = "test-faulty"};
    dseg_writer *writer = NULL;
    dseg_error error = {0};
    assert_int_equal(dseg_writer_create("f.dcm", description, &options, &writer, &error), DSEG_OK);
    assert_int_equal(dseg_writer_write_mask(writer, 0, 0, mask, &error), DSEG_OK);
    const dseg_status status = way == MASK     ? dseg_writer_write_mask(writer, 1, 0, mask, &error)
                               : way == LABELS ? dseg_writer_write_labels(writer, 1, labels, 8, &error)
                                               : dseg_writer_finish(writer, &error);
    expect(status, &error, "test-faulty", "end_plane failed and did not say why");
    dseg_writer_destroy(writer);
    dseg_description_destroy(description);
    assert_int_equal(count_files(), 0);
  }
}

static void reading_faults_are_named(void **state) {
  static const struct {
    enum fault fault;
    const char *part;
  } faults[] = {{INTERPRET_SILENT, "interpret failed and did not say why"},
                {INTERPRET_NOTHING, "places 4 of 5 frames"},
                {INTERPRET_TWICE, "frame 1 is placed twice"},
                {INTERPRET_OUTSIDE, "frame 1 is placed on plane 5 of 5"},
                {INTERPRET_STEP, "frame 3 is placed on plane -1 of 5"},
                {INTERPRET_TOO_MANY, "places frames 2 to 6 of 5"},
                {INTERPRET_SEGMENT, "placed in segment 0"},
                {INTERPRET_PLANES, "no planes"},
                {INTERPRET_POSITION, "not finite"},
                {INTERPRET_SOURCE, "source image that is not there"},
                {INTERPRET_SOURCES, "source image that is not there"},
                {INTERPRET_SHRINKS, "fewer planes"},
                {INTERPRET_BOTH, "functional groups are to give"},
                {INTERPRET_NUMBERS, "number"}};
  dseg_error error = {0};
  (void)state;
  fault = NONE;
  if (try_write("explicit-le", &error) != DSEG_OK || try_read(&error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
    fault = faults[i].fault;
    const dseg_status status = try_read(&error);
    expect(status, &error, "test-faulty", faults[i].part);
  }
  remove("f.dcm");
}

static void elements_may_stand_behind_the_groups(void **state) {
  dseg_error error = {0};
  (void)state;
  fault = DESCRIBE_TAIL;
  if (try_write("explicit-le", &error) != DSEG_OK || try_read(&error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  written_file file;
  open_written("f.dcm", &file);
  assert_true(file.part10.per_frame.value_length > 0); /* found, in front of what is behind it */
  dseg_element element;
  assert_int_equal(dseg_elements_find(&file.part10.elements, 0x53011001, &element, NULL), DSEG_OK);
  assert_true(dseg_element_is(&element, "behind"));
  close_written(&file);
  remove("f.dcm");
}

static uint64_t much_memory(const dseg_codec_setup *setup) {
  (void)setup;
  return (uint64_t)1 << 30;
}

/* A codec that needs a gigabyte for each context. */
static void a_codec_counts_for_the_memory_limit(void **state) {
  static dseg_frame_codec codec;
  (void)state;
  codec = dseg_frame_encapsulated;
  codec.name = "test-large";
  codec.transfer_syntax_uid = "1.2.3.4.22";
  codec.flags |= DSEG_PLUGIN_EXPERIMENTAL;
  codec.memory = much_memory;
  assert_int_equal(dseg_register(NULL, &codec, NULL), DSEG_OK);
  dseg_error error = {0};
  fault = NONE;
  if (try_write("test-large", &error) != DSEG_OK || try_read(&error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options), .memory_limit = 1000000};
  dseg_source *source = NULL;
  assert_int_equal(dseg_open("f.dcm", &options, &source, NULL), DSEG_OK); /* nothing is decoded yet */
  uint8_t mask[PIXELS];
  const dseg_status status = dseg_source_read_mask(source, 0, 1, 1, mask, sizeof mask, 1, &error);
  assert_int_equal(status, DSEG_ERROR_LIMIT);
  expect(status, &error, "test-large", "needs 10737");
  dseg_source_close(source);
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, SEGMENTS);
  const dseg_write_options small = {.struct_size = sizeof(dseg_write_options),
                                    .frame_codec = "test-large",
                                    .representation = "binary",
                                    .replace = true,
                                    .memory_limit = 1000000};
  dseg_writer *writer = NULL;
  uint8_t labels[PIXELS];
  assert_int_equal(dseg_writer_create("g.dcm", description, &small, &writer, NULL), DSEG_OK);
  memset(labels, 1, sizeof labels);
  description->has_background = true;
  assert_int_equal(dseg_writer_write_labels(writer, 1, labels, 8, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_finish(writer, &error), DSEG_ERROR_LIMIT);
  assert_non_null(strstr(error.message, "the memory limit is 1000000 bytes"));
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
  remove("f.dcm");
}

static void silent_codecs_are_named(void **state) {
  dseg_error error = {0};
  (void)state;
  fault = ENCODE_SILENT;
  dseg_status status = try_write("test-silent", &error);
  expect(status, &error, "test-silent", "encode failed and did not say why");
  fault = NONE;
  if (try_write("test-silent", &error) != DSEG_OK || try_read(&error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  fault = DECODE_SILENT;
  status = try_read(&error);
  expect(status, &error, "test-silent", "decode failed and did not say why");
  fault = DECODE_NOTHING;
  status = try_read(&error);
  expect(status, &error, "test-silent", "frame 1: decode reports success and has written nothing");
  remove("f.dcm");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(writing_faults_are_named), cmocka_unit_test(an_end_of_a_plane_that_fails_is_named),
      cmocka_unit_test(reading_faults_are_named), cmocka_unit_test(elements_may_stand_behind_the_groups),
      cmocka_unit_test(silent_codecs_are_named),  cmocka_unit_test(a_codec_counts_for_the_memory_limit),
  };
  return cmocka_run_group_tests(tests, register_faulty, leave_directory);
}
