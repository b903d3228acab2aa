/* SPDX-License-Identifier: Apache-2.0 */
/* test_threads.c - several threads read one source at the same time, and each gets what one thread alone got. A thread
 * sanitizer looks on in the preset tsan. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/dseg.h"
#include "dseg/proposals.h"

enum { COLUMNS = 24, ROWS = 16, PLANES = 12, SEGMENTS = 5, PIXELS = COLUMNS * ROWS, THREADS = 4, ROUNDS = 60 };

static uint32_t next_random(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

static dseg_description *describe(void) {
  const dseg_grid grid = {{COLUMNS, ROWS, PLANES}, {1, 2, 3}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 2}}};
  dseg_description *description = dseg_description_create();
  assert_non_null(description);
  assert_int_equal(dseg_geometry_from_grid(description, &grid, NULL), DSEG_OK);
  description->segments = dseg_description_alloc(description, SEGMENTS * sizeof *description->segments);
  assert_non_null(description->segments);
  description->segment_count = SEGMENTS;
  for (size_t i = 0; i < SEGMENTS; i++) {
    description->segments[i] = (dseg_segment){.number = (uint32_t)i + 1, .label = "organ"};
  }
  return description;
}

/* Blocks of one segment each, which move from plane to plane. */
static void fill_plane(size_t plane, uint8_t *labels) {
  for (size_t i = 0; i < PIXELS; i++) {
    const size_t block = (i % COLUMNS + plane) / 5 + i / COLUMNS / 4;
    labels[i] = (uint8_t)(block % (SEGMENTS + 1));
  }
}

/* What one thread reads of a source. */
struct truth {
  uint16_t labels[PLANES][PIXELS];
  uint8_t masks[SEGMENTS][PLANES][PIXELS];
  uint8_t present[PLANES][SEGMENTS];
  size_t frames;
  dseg_buffer *stored;
  dseg_frame_location *locations;
};

struct trial {
  dseg_source *source;
  struct truth truth;
  atomic_int failures;
};

/* No two segments overlap here, so that the first layer has them all. */
static dseg_status read_labels(dseg_source *source, size_t first, size_t count, unsigned threads, uint16_t *out) {
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                      .layer = (first + count) % 2,
                                      .first_plane = first,
                                      .plane_count = count,
                                      .bits = 16,
                                      .overlap = DSEG_OVERLAP_LAST,
                                      .threads = threads};
  return dseg_source_read_labels(source, &request, out, count * PIXELS * sizeof *out, NULL, NULL);
}

static void read_truth(dseg_source *source, struct truth *truth) {
  assert_int_equal(dseg_source_description(source)->geometry.plane_count, PLANES);
  assert_int_equal(read_labels(source, 0, PLANES, 1, truth->labels[0]), DSEG_OK);
  for (size_t segment = 0; segment < SEGMENTS; segment++) {
    assert_int_equal(dseg_source_read_mask(source, segment, 0, PLANES, truth->masks[segment][0],
                                           sizeof truth->masks[segment], 1, NULL),
                     DSEG_OK);
  }
  for (size_t plane = 0; plane < PLANES; plane++) {
    assert_int_equal(dseg_source_segments_in_plane(source, plane, truth->present[plane], NULL), DSEG_OK);
  }
  truth->frames = dseg_source_encoding(source)->frame_count;
  truth->stored = calloc(truth->frames + 1, sizeof *truth->stored);
  truth->locations = calloc(truth->frames + 1, sizeof *truth->locations);
  assert_non_null(truth->stored);
  assert_non_null(truth->locations);
  for (size_t i = 0; i < truth->frames; i++) {
    assert_int_equal(dseg_source_frame(source, i, &truth->locations[i], NULL), DSEG_OK);
    assert_int_equal(dseg_source_read_frame(source, i, &truth->stored[i], NULL), DSEG_OK);
  }
}

static void free_truth(struct truth *truth) {
  for (size_t i = 0; i < truth->frames; i++) {
    dseg_buffer_free(&truth->stored[i]);
  }
  free(truth->stored);
  free(truth->locations);
}

/* The checks of one thread: each reads something and compares it. cmocka's assertions are for the first thread only. */
static bool labels_agree(const struct trial *trial, uint32_t *random) {
  static _Thread_local uint16_t out[PLANES][PIXELS];
  const size_t first = next_random(random) % PLANES;
  const size_t count = 1 + next_random(random) % (PLANES - first);
  return read_labels(trial->source, first, count, 1 + next_random(random) % 2, out[0]) == DSEG_OK &&
         memcmp(out, trial->truth.labels[first], count * sizeof out[0]) == 0;
}

static bool masks_agree(const struct trial *trial, uint32_t *random) {
  uint8_t out[2][PIXELS];
  const size_t segment = next_random(random) % SEGMENTS;
  const size_t first = next_random(random) % (PLANES - 1);
  return dseg_source_read_mask(trial->source, segment, first, 2, out[0], sizeof out, 1 + next_random(random) % 2,
                               NULL) == DSEG_OK &&
         memcmp(out, trial->truth.masks[segment][first], sizeof out) == 0;
}

static bool presence_agrees(const struct trial *trial, uint32_t *random) {
  uint8_t out[SEGMENTS];
  const size_t plane = next_random(random) % PLANES;
  return dseg_source_segments_in_plane(trial->source, plane, out, NULL) == DSEG_OK &&
         memcmp(out, trial->truth.present[plane], sizeof out) == 0;
}

static bool frames_agree(const struct trial *trial, uint32_t *random) {
  const struct truth *truth = &trial->truth;
  if (truth->frames == 0) {
    return true;
  }
  const size_t frame = next_random(random) % truth->frames;
  dseg_frame_location location;
  dseg_buffer bytes = {0};
  const bool agree =
      dseg_source_frame(trial->source, frame, &location, NULL) == DSEG_OK &&
      location.offset == truth->locations[frame].offset && location.length == truth->locations[frame].length &&
      dseg_source_read_frame(trial->source, frame, &bytes, NULL) == DSEG_OK &&
      bytes.size == truth->stored[frame].size && memcmp(bytes.data, truth->stored[frame].data, bytes.size) == 0;
  dseg_buffer_free(&bytes);
  return agree;
}

struct thread {
  struct trial *trial;
  uint32_t random;
};

static void *run(void *argument) {
  struct thread *self = argument;
  for (size_t round = 0; round < ROUNDS; round++) {
    const bool agree = labels_agree(self->trial, &self->random) && masks_agree(self->trial, &self->random) &&
                       presence_agrees(self->trial, &self->random) && frames_agree(self->trial, &self->random);
    if (!agree) {
      atomic_fetch_add(&self->trial->failures, 1);
    }
  }
  return NULL;
}

/* The source is closed. alone: the same bytes opened once more, for the truth, so that the threads find the source as
 * it was opened. */
static void read_together(const char *name, dseg_source *source, dseg_source *alone) {
  struct trial *trial = calloc(1, sizeof *trial);
  pthread_t ids[THREADS];
  struct thread threads[THREADS];
  assert_non_null(trial);
  read_truth(alone, &trial->truth);
  trial->source = source;
  for (uint32_t i = 0; i < THREADS; i++) {
    /* Two threads each ask for the same in the same order. */
    threads[i] = (struct thread){trial, 77 + i / 2};
    assert_int_equal(pthread_create(&ids[i], NULL, run, &threads[i]), 0);
  }
  for (size_t i = 0; i < THREADS; i++) {
    assert_int_equal(pthread_join(ids[i], NULL), 0);
  }
  if (atomic_load(&trial->failures) != 0) {
    fail_msg("%s: %d of %d rounds gave something else", name, atomic_load(&trial->failures), THREADS * ROUNDS);
  }
  free_truth(&trial->truth);
  free(trial);
  dseg_source_close(source);
  dseg_source_close(alone);
}

static dseg_source *open_bytes(const dseg_buffer *bytes) {
  dseg_source *source = NULL;
  dseg_error error;
  if (dseg_open_memory((dseg_view){bytes->data, bytes->size}, "bytes", NULL, &source, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  return source;
}

/* A DICOM object in memory; empty where this build does not write such objects. */
static dseg_buffer write_object(const char *representation, const char *codec) {
  dseg_description *description = describe();
  dseg_buffer bytes = {0};
  const dseg_output output = dseg_output_to_buffer(&bytes);
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation = representation,
                                      .frame_codec = codec,
                                      .uid_seed = "threads",
                                      .threads = 1};
  dseg_writer *writer = NULL;
  dseg_error error;
  dseg_status status = dseg_writer_create_to(&output, description, &options, &writer, &error);
  if (status == DSEG_ERROR_UNSUPPORTED) {
    dseg_description_destroy(description);
    return (dseg_buffer){0};
  }
  for (size_t plane = 0; status == DSEG_OK && plane < PLANES; plane++) {
    uint8_t labels[PIXELS];
    fill_plane(plane, labels);
    status = dseg_writer_write_labels(writer, plane, labels, 8, &error);
  }
  if (status == DSEG_OK) {
    status = dseg_writer_finish(writer, &error);
  }
  if (status != DSEG_OK) {
    fail_msg("%s/%s: %s", representation, codec, error.message);
  }
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
  return bytes;
}

/* Every representation with every codec that keeps pixels as they are. */
static void dicom_objects(void **state) {
  (void)state;
  const dseg_representation *representation;
  const dseg_frame_codec *codec;
  assert_int_equal(dseg_register_proposals(NULL), DSEG_OK);
  size_t read = 0;
  for (size_t r = 0; (representation = dseg_representation_at(r)) != NULL; r++) {
    for (size_t c = 0; (codec = dseg_frame_codec_at(c)) != NULL; c++) {
      if ((representation->flags & DSEG_PLUGIN_FRACTIONS) != 0 || (codec->flags & DSEG_PLUGIN_LOSSY) != 0) {
        continue;
      }
      dseg_buffer bytes = write_object(representation->name, codec->name);
      if (bytes.size != 0) {
        char name[80];
        (void)snprintf(name, sizeof name, "%s/%s", representation->name, codec->name);
        read_together(name, open_bytes(&bytes), open_bytes(&bytes));
        read++;
      }
      dseg_buffer_free(&bytes);
    }
  }
  print_message("%zu encodings\n", read);
}

static dseg_buffer write_volume(unsigned bits, const uint8_t *voxels) {
  dseg_description *description = describe();
  dseg_buffer bytes = {0};
  uint16_t *wide = malloc(PLANES * PIXELS * sizeof *wide);
  assert_non_null(wide);
  for (size_t i = 0; i < PLANES * PIXELS; i++) {
    wide[i] = voxels[i];
  }
  const dseg_output output = dseg_output_to_buffer(&bytes);
  const dseg_volume_write_options options = {.struct_size = sizeof(dseg_volume_write_options), .suffix = ".nii"};
  dseg_volume volume = {.struct_size = sizeof(dseg_volume),
                        .description = description,
                        .bits = bits,
                        .layer_count = 1,
                        .voxels = bits == 8 ? (const void *)voxels : (const void *)wide};
  assert_int_equal(dseg_geometry_to_grid(&description->geometry, &volume.grid, NULL, NULL), DSEG_OK);
  assert_int_equal(dseg_volume_write_to(&output, &volume, &options, NULL), DSEG_OK);
  free(wide);
  dseg_description_destroy(description);
  return bytes;
}

static uint8_t *make_voxels(void) {
  uint8_t *voxels = malloc(PLANES * PIXELS);
  assert_non_null(voxels);
  for (size_t plane = 0; plane < PLANES; plane++) {
    fill_plane(plane, voxels + plane * PIXELS);
  }
  return voxels;
}

static void volumes(void **state) {
  (void)state;
  uint8_t *voxels = make_voxels();
  for (unsigned bits = 8; bits <= 16; bits += 8) {
    dseg_buffer bytes = write_volume(bits, voxels);
    read_together("volume", open_bytes(&bytes), open_bytes(&bytes));
    dseg_buffer_free(&bytes);
  }
  free(voxels);
}

static dseg_source *open_parts(const dseg_buffer *parts, size_t count) {
  static const char *const names[SEGMENTS] = {"a", "b", "c", "d", "e"};
  dseg_input *inputs[SEGMENTS] = {NULL};
  dseg_source *source = NULL;
  for (size_t i = 0; i < count; i++) {
    assert_int_equal(dseg_input_from_memory((dseg_view){parts[i].data, parts[i].size}, &inputs[i], NULL), DSEG_OK);
  }
  assert_int_equal(dseg_open_inputs(inputs, names, count, NULL, &source, NULL), DSEG_OK);
  return source;
}

/* A volume for each segment: packed into runs. */
static void combined_volumes(void **state) {
  (void)state;
  uint8_t *voxels = make_voxels();
  uint8_t *mask = malloc(PLANES * PIXELS);
  dseg_buffer parts[SEGMENTS] = {{0}};
  assert_non_null(mask);
  for (size_t segment = 0; segment < SEGMENTS; segment++) {
    for (size_t i = 0; i < PLANES * PIXELS; i++) {
      mask[i] = voxels[i] == segment + 1;
    }
    parts[segment] = write_volume(8, mask);
  }
  read_together("combined volumes", open_parts(parts, SEGMENTS), open_parts(parts, SEGMENTS));
  for (size_t segment = 0; segment < SEGMENTS; segment++) {
    dseg_buffer_free(&parts[segment]);
  }
  free(mask);
  free(voxels);
}

static dseg_source *put_onto(dseg_source *source, const dseg_geometry *geometry) {
  const dseg_derive_options options = {
      .struct_size = sizeof options, .grid = DSEG_VIEW_GRID_ONTO, .onto = geometry, .take_source = true, .threads = 1};
  dseg_source *view = NULL;
  dseg_error error;
  if (dseg_source_derive(source, &options, &view, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  return view;
}

/* The planes of source turned over and back: a view of a view, each across the planes of what it reads from. */
static dseg_source *turn_twice(dseg_source *source) {
  const dseg_grid turned = {{ROWS, PLANES, COLUMNS}, {1, 2, 3}, {{0, 1, 0}, {0, 0, 2}, {1, 0, 0}}};
  dseg_description *sides = dseg_description_create();
  dseg_description *straight = describe();
  assert_non_null(sides);
  assert_int_equal(dseg_geometry_from_grid(sides, &turned, NULL), DSEG_OK);
  dseg_source *view = put_onto(put_onto(source, &sides->geometry), &straight->geometry);
  dseg_description_destroy(sides);
  dseg_description_destroy(straight);
  return view;
}

static void views(void **state) {
  (void)state;
  static const char *const representations[] = {"binary", "labelmap"};
  for (size_t i = 0; i < 2; i++) {
    dseg_buffer bytes = write_object(representations[i], "explicit-le");
    read_together(representations[i], turn_twice(open_bytes(&bytes)), turn_twice(open_bytes(&bytes)));
    dseg_buffer_free(&bytes);
  }
}

enum { VIEWS = 16 };

static void *close_views(void *argument) {
  dseg_source **views = argument;
  for (size_t i = 0; i < VIEWS; i++) {
    dseg_source_close(views[i]);
  }
  return NULL;
}

/* The source goes first, last, or in between. */
static void closing_in_any_order(void **state) {
  (void)state;
  dseg_buffer bytes = write_object("binary", "explicit-le");
  for (size_t round = 0; round < 20; round++) {
    dseg_source *source = open_bytes(&bytes);
    dseg_source *views[THREADS][VIEWS];
    pthread_t ids[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
      for (size_t k = 0; k < VIEWS; k++) {
        dseg_source *from = k % 2 == 0 ? source : views[i][k - 1];
        assert_int_equal(dseg_source_derive(from, NULL, &views[i][k], NULL), DSEG_OK);
      }
    }
    for (size_t i = 0; i < THREADS; i++) {
      assert_int_equal(pthread_create(&ids[i], NULL, close_views, views[i]), 0);
    }
    dseg_source_close(source);
    for (size_t i = 0; i < THREADS; i++) {
      assert_int_equal(pthread_join(ids[i], NULL), 0);
    }
  }
  dseg_buffer_free(&bytes);
}

/* A reader that must not be asked by two threads at once. */
struct slow_reader {
  const dseg_buffer *bytes;
  atomic_int inside;
  atomic_int clashes;
};

static dseg_status read_alone(void *user, uint64_t offset, void *to, size_t size, size_t *got, dseg_error *error) {
  struct slow_reader *reader = user;
  (void)error;
  if (atomic_fetch_add(&reader->inside, 1) != 0) {
    atomic_fetch_add(&reader->clashes, 1);
  }
  *got = size < 100 ? size : 100;
  memcpy(to, reader->bytes->data + offset, *got);
  atomic_fetch_sub(&reader->inside, 1);
  return DSEG_OK;
}

static void reader_that_takes_turns(void **state) {
  (void)state;
  dseg_buffer bytes = write_object("binary", "explicit-le");
  if (bytes.size == 0) {
    print_message("this build writes no DICOM\n");
    return;
  }
  struct slow_reader slow = {.bytes = &bytes};
  const dseg_reader reader = {
      .struct_size = sizeof(dseg_reader), .size = bytes.size, .user = &slow, .read_at = read_alone};
  dseg_input *input = NULL;
  dseg_source *source = NULL;
  assert_int_equal(dseg_input_from_reader(&reader, &input, NULL), DSEG_OK);
  assert_int_equal(dseg_open_input(input, "reader", NULL, &source, NULL), DSEG_OK);
  read_together("reader", source, open_bytes(&bytes));
  assert_int_equal(atomic_load(&slow.clashes), 0);
  dseg_buffer_free(&bytes);
}

/* Each thread opens the bytes for itself, which is when the registry is filled and modules are loaded. */
static void *open_and_read(void *argument) {
  const dseg_buffer *bytes = argument;
  uint16_t labels[PIXELS];
  dseg_source *source = NULL;
  dseg_status status = dseg_open_memory((dseg_view){bytes->data, bytes->size}, "bytes", NULL, &source, NULL);
  if (status == DSEG_OK) {
    status = read_labels(source, 3, 1, 1, labels);
    dseg_source_close(source);
  }
  return status == DSEG_OK ? argument : NULL;
}

static void sources_of_their_own(void **state) {
  (void)state;
  uint8_t *voxels = make_voxels();
  dseg_buffer bytes = write_object("labelmap", "jpeg-ls");
  if (bytes.size == 0) {
    bytes = write_volume(8, voxels);
  }
  pthread_t ids[THREADS];
  for (size_t i = 0; i < THREADS; i++) {
    assert_int_equal(pthread_create(&ids[i], NULL, open_and_read, &bytes), 0);
  }
  for (size_t i = 0; i < THREADS; i++) {
    void *result = NULL;
    assert_int_equal(pthread_join(ids[i], &result), 0);
    assert_ptr_equal(result, &bytes);
  }
  dseg_buffer_free(&bytes);
  free(voxels);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sources_of_their_own),
      cmocka_unit_test(dicom_objects),
      cmocka_unit_test(volumes),
      cmocka_unit_test(combined_volumes),
      cmocka_unit_test(views),
      cmocka_unit_test(closing_in_any_order),
      cmocka_unit_test(reader_that_takes_turns),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
