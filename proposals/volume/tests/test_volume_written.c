/* SPDX-License-Identifier: Apache-2.0 */
/* Volumes that the library writes, of random shapes: every voxel and every place comes back, nothing is said of frames
 * one by one, and the map is what a plain reading of bitstream.md makes of the voxels. */
#include <math.h>

#include "dseg/plugin.h"
#include "dseg/proposals.h"
#include "proposals.h"
#include "writer_fixture.h"

enum { ROWS = 3, COLUMNS = 5, PIXELS = ROWS * COLUMNS, MOST_PLANES = 40, MOST_SEGMENTS = 9 };

/* A fixed sequence, the same on every machine. */
static uint32_t random_below(uint32_t *state, uint32_t end) {
  *state = *state * 1664525u + 1013904223u;
  return (uint32_t)(((uint64_t)(*state >> 8) * end) >> 24);
}

/* One object: planes of the grid, some of which the description leaves out, in either direction. */
struct trial {
  const char *representation, *codec;
  bool dual, descends, by_segment, fractions, keep_empty;
  uint32_t grid_planes, planes, segments;
  uint32_t slot[MOST_PLANES];                        /* by plane of the description: place along the normal */
  uint8_t masks[MOST_PLANES][MOST_SEGMENTS][PIXELS]; /* by plane of the description */
  double origin[3], orientation[6], spacing;
};

static void choose_planes(struct trial *trial, uint32_t *state) {
  const uint32_t most = 1 + random_below(state, MOST_PLANES);
  uint32_t slot = 0;
  trial->planes = 0;
  while (trial->planes < most) {
    trial->slot[trial->planes++] = slot;
    slot += random_below(state, 5) == 0 ? 1 + random_below(state, 4) : 1; /* gaps, now and then */
  }
  trial->grid_planes = trial->slot[trial->planes - 1] + 1;
}

static void choose_masks(struct trial *trial, uint32_t *state) {
  const uint32_t density = random_below(state, 4); /* none, few, many or all frames */
  const bool labels = strncmp(trial->representation, "labelmap", 8) == 0;
  memset(trial->masks, 0, sizeof trial->masks);
  for (uint32_t plane = 0; plane < trial->planes; plane++) {
    for (uint32_t pixel = 0; pixel < PIXELS; pixel++) {
      for (uint32_t segment = 0; segment < trial->segments; segment++) {
        const bool frame = density == 3 || (density > 0 && (plane * 7 + segment * 5) % 8 < density * 3);
        if (frame && random_below(state, 3) == 0) {
          trial->masks[plane][segment][pixel] = (uint8_t)(trial->fractions ? 1 + random_below(state, 200) : 1);
          if (labels) {
            break;
          }
        }
      }
    }
  }
}

static void choose_trial(struct trial *trial, uint32_t number) {
  static const char *const names[] = {"labelmap-volume", "binary-volume", "fractional-volume"};
  static const char *const codecs[] = {"explicit-le", "implicit-le", "rle"};
  uint32_t state = number * 2654435761u;
  *trial = (struct trial){.representation = names[number % 3], .codec = codecs[number / 3 % 3]};
  trial->fractions = number % 3 == 2;
  if (trial->fractions && strcmp(trial->codec, "rle") == 0) {
    trial->codec = "explicit-le";
  }
  trial->dual = random_below(&state, 3) == 0;
  trial->descends = random_below(&state, 2) == 0;
  trial->by_segment = random_below(&state, 2) == 0;
  trial->keep_empty = random_below(&state, 4) == 0;
  trial->segments = 1 + random_below(&state, MOST_SEGMENTS);
  const double angle = random_below(&state, 1000) / 500.0;
  const double orientation[6] = {cos(angle), sin(angle), 0, 0, 0, -1};
  memcpy(trial->orientation, orientation, sizeof orientation);
  trial->spacing = 0.1 + random_below(&state, 10000) / 1234.0;
  for (size_t axis = 0; axis < 3; axis++) {
    trial->origin[axis] = random_below(&state, 100000) / 77.0 - 500;
  }
  choose_planes(trial, &state);
  choose_masks(trial, &state);
}

/* The place of a plane of the grid, counted from 0 along the normal. */
static void position_of(const struct trial *trial, uint32_t slot, double position[3]) {
  const double *row = trial->orientation, *column = row + 3;
  position[0] = trial->origin[0] + slot * trial->spacing * (row[1] * column[2] - row[2] * column[1]);
  position[1] = trial->origin[1] + slot * trial->spacing * (row[2] * column[0] - row[0] * column[2]);
  position[2] = trial->origin[2] + slot * trial->spacing * (row[0] * column[1] - row[1] * column[0]);
}

static uint32_t index_of(const struct trial *trial, uint32_t plane) {
  return trial->descends ? trial->planes - 1 - plane : plane;
}

static dseg_description *describe(const struct trial *trial) {
  dseg_description *description = make_description(ROWS, COLUMNS, trial->planes, trial->segments);
  dseg_geometry *geometry = &description->geometry;
  memcpy(geometry->orientation, trial->orientation, sizeof trial->orientation);
  geometry->spacing_between_slices = trial->spacing;
  for (uint32_t plane = 0; plane < trial->planes; plane++) {
    position_of(trial, trial->slot[plane], geometry->planes[index_of(trial, plane)].position);
  }
  description->has_background = true;
  description->kind = trial->fractions                                  ? DSEG_VOXELS_PROBABILITY
                      : strncmp(trial->representation, "label", 5) == 0 ? DSEG_VOXELS_LABELS
                                                                        : DSEG_VOXELS_MASKS;
  description->maximum_fraction = trial->fractions ? 200 : 0;
  return description;
}

static void label_plane(const struct trial *trial, uint32_t plane, uint8_t labels[PIXELS]) {
  memset(labels, 0, PIXELS);
  for (uint32_t segment = 0; segment < trial->segments; segment++) {
    for (size_t pixel = 0; pixel < PIXELS; pixel++) {
      labels[pixel] = trial->masks[plane][segment][pixel] != 0 ? (uint8_t)(segment + 1) : labels[pixel];
    }
  }
}

/* Masks without a voxel are left out, so that they have no frame, unless all are kept. */
static dseg_status write_plane(dseg_writer *writer, const struct trial *trial, uint32_t plane, dseg_error *error) {
  static const uint8_t nothing[PIXELS] = {0};
  uint8_t labels[PIXELS];
  const size_t index = index_of(trial, plane);
  if (strncmp(trial->representation, "label", 5) == 0) {
    label_plane(trial, plane, labels);
    return dseg_writer_write_labels(writer, index, labels, 8, error);
  }
  for (uint32_t segment = 0; segment < trial->segments; segment++) {
    const uint8_t *mask = trial->masks[plane][segment];
    if (memcmp(mask, nothing, PIXELS) != 0) {
      DSEG_TRY(dseg_writer_write_mask(writer, index, segment, mask, error));
    }
  }
  return DSEG_OK;
}

static void write_trial(const struct trial *trial, uint64_t part_bytes) {
  const dseg_option_value dual = {"dual", trial->dual};
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options),
      .representation = trial->representation,
      .representation_options = &dual,
      .representation_option_count = 1,
      .frame_codec = trial->codec,
      .empty_frames = trial->keep_empty ? DSEG_EMPTY_KEEP : DSEG_EMPTY_OMIT,
      .frame_order = trial->by_segment ? DSEG_FRAME_ORDER_SEGMENT : DSEG_FRAME_ORDER_PLANE,
      .concatenation = part_bytes > 0,
      .part_bytes = part_bytes,
      .replace = true,
      .uid_seed = "volume"};
  dseg_description *description = describe(trial);
  dseg_writer *writer = NULL;
  dseg_error error = {0};
  dseg_status status = dseg_writer_create("v.dcm", description, &options, &writer, &error);
  for (uint32_t plane = 0; status == DSEG_OK && plane < trial->planes; plane++) {
    status = write_plane(writer, trial, plane, &error);
  }
  if (status == DSEG_OK) {
    status = dseg_writer_finish(writer, &error);
  }
  if (status != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
}

/* The voxels of a plane of the grid; NULL: the description has no such plane. */
static const uint8_t *mask_at(const struct trial *trial, uint32_t slot, uint32_t segment) {
  for (uint32_t plane = 0; plane < trial->planes; plane++) {
    if (trial->slot[plane] == slot) {
      return trial->masks[plane][segment];
    }
  }
  return NULL;
}

static void check_source(const struct trial *trial, dseg_source *source) {
  const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
  assert_string_equal(dseg_source_encoding(source)->representation, trial->representation);
  assert_int_equal(geometry->plane_count, trial->grid_planes);
  assert_true(trial->dual == (dseg_source_encoding(source)->per_frame_bytes > 0));
  for (uint32_t slot = 0; slot < trial->grid_planes; slot++) {
    double position[3];
    position_of(trial, slot, position);
    for (size_t axis = 0; axis < 3; axis++) {
      assert_true(fabs(geometry->planes[slot].position[axis] - position[axis]) < 1e-3);
    }
    for (uint32_t segment = 0; segment < trial->segments; segment++) {
      static const uint8_t nothing[PIXELS] = {0};
      const uint8_t *wanted = mask_at(trial, slot, segment);
      uint8_t got[PIXELS];
      assert_int_equal(dseg_source_read_mask(source, segment, slot, 1, got, sizeof got, 1, NULL), DSEG_OK);
      assert_memory_equal(got, wanted != NULL ? wanted : nothing, PIXELS);
    }
  }
}

static size_t count_errors(const char *path) {
  dseg_validation result;
  const dseg_validate_options options = {.struct_size = sizeof(dseg_validate_options), .threads = 1};
  assert_int_equal(dseg_validate(path, &options, &result, NULL), DSEG_OK);
  return result.errors;
}

static dseg_data_set *read_header(const char *path) {
  dseg_data_set *set = NULL;
  dseg_buffer bytes = read_file(path);
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  assert_int_equal(dseg_data_set_read(set, (dseg_view){bytes.data + 132, bytes.size - 132}, DSEG_EXPLICIT_VR, NULL),
                   DSEG_OK);
  dseg_buffer_free(&bytes);
  return set;
}

/* Whether a frame is there: by its voxels, or since empty ones are kept. */
static bool has_frame(const struct trial *trial, uint32_t slot, uint32_t segment) {
  const bool labels = strncmp(trial->representation, "label", 5) == 0;
  bool any = false;
  for (uint32_t s = labels ? 0 : segment; s < (labels ? trial->segments : segment + 1); s++) {
    const uint8_t *mask = mask_at(trial, slot, s);
    any = any || (mask != NULL && trial->keep_empty);
    for (size_t pixel = 0; mask != NULL && pixel < PIXELS; pixel++) {
      any = any || mask[pixel] != 0;
    }
  }
  return any;
}

/* The map by bitstream.md 5, one place after the other. */
static void check_map(const struct trial *trial) {
  static uint8_t wanted[MOST_PLANES * 5 * MOST_SEGMENTS / 8 + 2];
  const bool labels = strncmp(trial->representation, "label", 5) == 0;
  const uint32_t segments = labels ? 1 : trial->segments;
  dseg_data_set *set = read_header("v.dcm");
  size_t place = 0, frames = 0;
  dseg_view map = {0};
  memset(wanted, 0, sizeof wanted);
  assert_true(dseg_data_set_enter_item(set, 0x00209222, 0));
  dseg_view pointer;
  assert_true(dseg_data_set_get_bytes(set, 0x00209165, &pointer));
  const bool segments_first = memcmp(pointer.data, "\x62\x00\x0B\x00", 4) == 0;
  dseg_data_set_end_item(set);
  for (uint32_t i = 0; i < trial->grid_planes * segments; i++, place++) {
    const uint32_t slot = segments_first || labels ? i % trial->grid_planes : i / segments;
    const uint32_t segment = labels ? 0 : segments_first ? i / trial->grid_planes : i % segments;
    if (has_frame(trial, slot, segment)) {
      wanted[place / 8] |= (uint8_t)(1u << place % 8);
      frames++;
    }
  }
  const uint32_t block = dseg_data_set_find_creator(set, 0x0021, "DSEG VOLUME");
  assert_int_not_equal(block, 0);
  const bool has_map = dseg_data_set_get_bytes(set, block | 3, &map);
  assert_true(has_map == (frames != place));
  if (has_map && frames > 0) { /* an object without a voxel gets one frame */
    assert_int_equal(map.size, ((place + 7) / 8 + 1) / 2 * 2);
    assert_memory_equal(map.data, wanted, map.size);
  }
  assert_true(dseg_data_set_text_is(set, 0x00209311, "VOLUME") == !trial->dual);
  dseg_data_set_destroy(set);
}

static void every_voxel_comes_back(void **state) {
  static struct trial trial;
  (void)state;
  for (uint32_t number = 0; number < 300; number++) {
    dseg_source *source = NULL;
    dseg_error error = {0};
    choose_trial(&trial, number);
    write_trial(&trial, 0);
    if (dseg_open("v.dcm", NULL, &source, &error) != DSEG_OK) {
      fail_msg("trial %u: %s", (unsigned)number, error.message);
    }
    check_source(&trial, source);
    dseg_source_close(source);
    assert_int_equal(count_errors("v.dcm"), 0);
    if (strcmp(trial.codec, "explicit-le") == 0) {
      check_map(&trial);
    }
  }
}

/* Parts have the map of the whole: together, and each alone. */
static void parts_are_read_together_and_alone(void **state) {
  static struct trial trial;
  size_t read = 0;
  (void)state;
  for (uint32_t number = 0; number < 60; number++) {
    const char *const paths[] = {"v-2.dcm", "v-1.dcm"};
    dseg_source *source = NULL;
    dseg_error error = {0};
    choose_trial(&trial, number * 9 + 1); /* BINARY, explicit */
    trial.keep_empty = true;
    const size_t bytes = ((size_t)trial.planes * trial.segments * PIXELS + 7) / 8;
    write_trial(&trial, bytes * 2 / 3);
    if (dseg_open_many(paths, 2, NULL, &source, &error) != DSEG_OK) {
      continue; /* so small that there are more parts, or one */
    }
    check_source(&trial, source);
    const size_t all = dseg_source_encoding(source)->frame_count;
    dseg_frame_location whole, alone;
    assert_int_equal(dseg_source_frame(source, all - 1, &whole, NULL), DSEG_OK);
    dseg_source_close(source);
    if (dseg_open("v-2.dcm", NULL, &source, &error) != DSEG_OK) {
      fail_msg("%s", error.message);
    }
    assert_int_equal(dseg_source_frame(source, dseg_source_encoding(source)->frame_count - 1, &alone, NULL), DSEG_OK);
    assert_int_equal(alone.plane, whole.plane);
    assert_int_equal(alone.segment, whole.segment);
    dseg_source_close(source);
    assert_int_equal(count_errors("v-1.dcm") + count_errors("v-2.dcm"), 0);
    read++;
  }
  assert_true(read > 20);
}

static dseg_status create(const dseg_description *description, const char *representation, dseg_error *error) {
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options), .representation = representation, .replace = true};
  dseg_writer *writer = NULL;
  const dseg_status status = dseg_writer_create("r.dcm", description, &options, &writer, error);
  dseg_writer_destroy(writer);
  return status;
}

/* What is no implicit volume is refused, with the plane. */
static void other_stacks_are_refused(void **state) {
  static const struct {
    size_t plane, axis;
    double by;
    const char *part;
  } cases[] = {
      {2, 2, 0.0011, "plane 3 is not within 0.001 mm"}, /* at unequal distances */
      {3, 0, 0.0011, "plane 4 is not within 0.001 mm"}, /* shifted, as with a tilted gantry */
      {2, 2, -2.0, "plane 3 does not lie behind the one before"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    dseg_description *description = make_description(ROWS, COLUMNS, 5, 2);
    dseg_error error = {0};
    description->kind = DSEG_VOXELS_MASKS;
    assert_int_equal(create(description, "binary-volume", &error), DSEG_OK);
    description->geometry.planes[cases[i].plane].position[cases[i].axis] += cases[i].by;
    assert_int_equal(create(description, "binary-volume", &error), DSEG_ERROR_UNSUPPORTED);
    if (strstr(error.message, cases[i].part) == NULL) {
      fail_msg("%s", error.message);
    }
    dseg_description_destroy(description);
  }
  dseg_description *description = make_description(ROWS, COLUMNS, 1, 2);
  dseg_error error = {0};
  description->geometry.space = DSEG_SPACE_NONE;
  assert_int_not_equal(create(description, "labelmap-volume", &error), DSEG_OK);
  dseg_description_destroy(description);
}

static int start(void **state) {
  return dseg_register_proposals(NULL) == DSEG_OK ? enter_directory(state) : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_voxel_comes_back),
      cmocka_unit_test(parts_are_read_together_and_alone),
      cmocka_unit_test(other_stacks_are_refused),
  };
  return cmocka_run_group_tests(tests, start, leave_directory);
}
