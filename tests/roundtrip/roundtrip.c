/* SPDX-License-Identifier: Apache-2.0 */
/* roundtrip.c - writes small segmentations with every representation and frame codec of the registry and reads them
 * back through the public interface. A new entry in the registry is covered without a change here.
 *
 * usage: roundtrip [CASE...]    names of truth.c's cases; all when none is given */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "dseg/proposals.h"

enum { ABILITIES = DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE };

static unsigned pairs_written;

static bool exists(const char *path) {
  FILE *file = fopen(path, "rb");
  return file != NULL && fclose(file) == 0;
}

static dseg_status write_planes(dseg_writer *writer, const truth_volume *truth, bool as_masks, dseg_error *error) {
  uint8_t *plane_values = malloc(truth->plane_voxels * sizeof(uint32_t));
  if (plane_values == NULL) {
    abort();
  }
  dseg_status status = DSEG_OK;
  const uint32_t largest = truth->description->segments[truth->which->segments - 1].number;
  for (size_t i = 0; status == DSEG_OK && i < truth->which->planes; i++) {
    /* Last plane first for every second object: planes may come in any order. */
    const size_t plane = as_masks ? truth->which->planes - 1 - i : i;
    if (!as_masks) {
      const unsigned bits = i % 2 == 1 ? 32 : largest > 255 ? 16 : 8;
      truth_plane_labels(truth, plane, bits, plane_values);
      status = dseg_writer_write_labels(writer, plane, plane_values, bits, error);
      continue;
    }
    for (size_t segment = 0; status == DSEG_OK && segment < truth->which->segments; segment++) {
      for (size_t j = 0; j < truth->plane_voxels; j++) {
        plane_values[j] = truth_mask_at(truth, segment, plane * truth->plane_voxels + j);
      }
      status = dseg_writer_write_mask(writer, plane, segment, plane_values, error);
    }
  }
  free(plane_values);
  return status;
}

static dseg_status write_to(const dseg_output *output, const written_object *written, bool as_masks,
                            dseg_error *error) {
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation = written->representation->name,
                                      .representation_options = written->option,
                                      .representation_option_count = written->option != NULL ? 1 : 0,
                                      .frame_codec = written->codec->name,
                                      .empty_frames = written->empty_frames,
                                      .uid_seed = written->truth->which->name,
                                      .date_time = "20250101000000"};
  dseg_writer *writer = NULL;
  dseg_status status = dseg_writer_create_to(output, written->truth->description, &options, &writer, error);
  if (status == DSEG_OK) {
    status = write_planes(writer, written->truth, as_masks, error);
  }
  if (status == DSEG_OK) {
    CHECK(output->path == NULL || !exists(output->path), "the file is there before it is finished");
    CHECK(output->buffer == NULL || output->buffer->size == 0, "bytes are there before the object is finished");
    status = dseg_writer_finish(writer, error);
  }
  dseg_writer_destroy(writer);
  return status;
}

static dseg_status append(void *user, const void *bytes, size_t size, dseg_error *error) {
  return dseg_buffer_append(user, bytes, size, error);
}

/* The same bytes go to a buffer, or to a function. */
static void check_same_bytes(const char *path, const written_object *written, bool as_masks) {
  dseg_buffer bytes = {0};
  dseg_error error = {0};
  const dseg_output output = as_masks ? dseg_output_to_function(append, &bytes) : dseg_output_to_buffer(&bytes);
  const dseg_status status = write_to(&output, written, as_masks, &error);
  CHECK(status == DSEG_OK, "is not written to memory: %s", error.message);
  FILE *file = fopen(path, "rb");
  uint8_t *content = malloc(bytes.size + 1);
  const bool same = file != NULL && content != NULL && fread(content, 1, bytes.size + 1, file) == bytes.size &&
                    memcmp(content, bytes.data, bytes.size) == 0;
  CHECK(same, "has other bytes in memory (%zu) than in a file", bytes.size);
  if (file != NULL) {
    fclose(file);
  }
  free(content);
  dseg_buffer_free(&bytes);
}

static dseg_status write_object(const char *path, const written_object *written, bool as_masks, dseg_error *error) {
  const dseg_output output = dseg_output_to_file(path, DSEG_OUTPUT_REPLACE, NULL);
  return write_to(&output, written, as_masks, error);
}

/* Why the pair must be refused, or NULL. */
static const char *refusal(const written_object *written) {
  dseg_pixel_format format = {0};
  const dseg_description *description = written->truth->description;
  const size_t options = written->option != NULL ? 1 : 0;
  if (written->representation->choose_format(description, written->option, options, &format, NULL) != DSEG_OK) {
    return "the representation cannot hold it";
  }
  const truth_case *which = written->truth->which;
  const dseg_frame_info form = {.rows = which->rows,
                                .columns = which->columns,
                                .bits_allocated = format.bits_allocated,
                                .palette_color = format.palette_color};
  if (dseg_check_encoding(written->representation, written->codec, &form, NULL) != DSEG_OK) {
    return "representation and frame codec do not go together";
  }
  if (written->representation->put_mask == NULL && written->truth->masks != NULL) {
    return "the representation takes no masks";
  }
  return NULL;
}

static void check_object(const written_object *written, bool as_masks) {
  const char *path = "object.dcm";
  remove(path);
  dseg_error error = {0};
  const dseg_status status = write_object(path, written, as_masks, &error);
  const char *reason = refusal(written);
  if (reason != NULL) {
    CHECK(status != DSEG_OK, "is written although %s", reason);
    CHECK(status == DSEG_OK || error.message[0] != '\0', "is refused without a message");
    CHECK(status == DSEG_OK || !exists(path), "is refused but leaves a file");
    return;
  }
  if (status == DSEG_ERROR_ARGUMENT || status == DSEG_ERROR_FORMAT || status == DSEG_ERROR_UNSUPPORTED) {
    bool empty = true;
    for (size_t plane = 0; plane < written->truth->which->planes; plane++) {
      empty = empty && truth_plane_is_empty(written->truth, plane);
    }
    if (empty && written->empty_frames == DSEG_EMPTY_OMIT) {
      CHECK(!exists(path), "is refused but leaves a file"); /* an object has at least one frame */
      return;
    }
  }
  if (CHECK(status == DSEG_OK, "%s", error.message)) {
    pairs_written++;
    check_read(path, written);
    check_valid(path, written);
    check_same_bytes(path, written, as_masks);
  }
  remove(path);
}

/* Would this be too much of a test: very many segments in more than one way, or with codecs that only see pixels, of
 * which tests/unit/test_frame_codecs.c gives them all values? */
static bool is_too_long(const written_object *written, bool as_masks) {
  const bool many = written->truth->which->segments > 1000;
  const bool native = (written->codec->flags & DSEG_PLUGIN_NATIVE) != 0;
  const bool plain = written->empty_frames == DSEG_EMPTY_BOUNDS && written->option == NULL;
  return many && (as_masks || !native || !plain);
}

/* From labels, from masks, or both, whichever the representation and the truth can do. */
static void check_ways(const written_object *written) {
  const truth_volume *truth = written->truth;
  const dseg_representation *representation = written->representation;
  const bool segment_frames = (representation->flags & DSEG_PLUGIN_SEGMENT_FRAMES) != 0;
  for (int as_masks = truth->masks != NULL; as_masks <= (segment_frames || truth->masks != NULL); as_masks++) {
    if (is_too_long(written, as_masks != 0)) {
      continue;
    }
    snprintf(check_context, sizeof check_context, "%s as %s/%s, empty frames %d, option %s, from %s",
             truth->which->name, representation->name, written->codec->name, (int)written->empty_frames,
             written->option != NULL ? written->option->name : "none", as_masks != 0 ? "masks" : "labels");
    check_object(written, as_masks != 0);
  }
}

/* With each policy of empty frames, and with each option of the representation at its maximum. */
static void check_pair(const dseg_representation *representation, const dseg_frame_codec *codec,
                       const truth_case *which) {
  const bool segment_frames = (representation->flags & DSEG_PLUGIN_SEGMENT_FRAMES) != 0;
  const bool fractions = which->fill == FILL_FRACTIONS;
  if (fractions != ((representation->flags & DSEG_PLUGIN_FRACTIONS) != 0)) {
    return; /* the round trip would change values */
  }
  if ((codec->flags & DSEG_PLUGIN_LOSSY) != 0) {
    return; /* so would this; tests/unit/frame_codecs looks how much */
  }
  truth_volume truth;
  truth_make(&truth, which, segment_frames);
  for (int empty = DSEG_EMPTY_BOUNDS; empty <= DSEG_EMPTY_KEEP; empty++) {
    const written_object written = {&truth, representation, codec, (dseg_empty_frames)empty, NULL};
    check_ways(&written);
  }
  for (const dseg_option *option = representation->options; option != NULL && option->name != NULL; option++) {
    const dseg_option_value most = {option->name, option->maximum};
    const written_object written = {&truth, representation, codec, DSEG_EMPTY_BOUNDS, &most};
    check_ways(&written);
  }
  truth_free(&truth);
}

/* Representations that share a Segmentation Type with another have its pixels, which are tried there with every codec
 * and in numbers: both forms of VR, and one codec with an offset table, are enough for what is said around small
 * frames. */
static bool is_enough(const dseg_representation *representation, const dseg_frame_codec *codec,
                      const truth_case *which) {
  static const char *const names[] = {"explicit-le", "implicit-le", "rle"};
  bool chosen = dseg_find_representation(representation->segmentation_type) == representation;
  const bool small = (size_t)which->rows * which->columns < 10000 && which->segments < 100;
  for (size_t i = 0; small && i < sizeof names / sizeof names[0]; i++) {
    chosen = chosen || strcmp(codec->name, names[i]) == 0;
  }
  return chosen;
}

static void check_case(const truth_case *which) {
  const dseg_representation *representation;
  for (size_t i = 0; (representation = dseg_representation_at(i)) != NULL; i++) {
    const dseg_frame_codec *codec;
    for (size_t j = 0; (codec = dseg_frame_codec_at(j)) != NULL; j++) {
      if ((representation->flags & codec->flags & ABILITIES) == ABILITIES && is_enough(representation, codec, which)) {
        check_pair(representation, codec, which);
      }
    }
  }
}

int main(int argc, char **argv) {
  dseg_error error = {0};
  CHECK_OK(dseg_register_proposals(&error), error);
  CHECK_OK(dseg_load_plugins(getenv("DSEG_PLUGIN_PATH"), &error), error);
  for (const truth_case *which = truth_cases; which->name != NULL; which++) {
    bool wanted = argc < 2;
    for (int i = 1; i < argc; i++) {
      wanted = wanted || strcmp(argv[i], which->name) == 0;
    }
    if (wanted) {
      check_case(which);
    }
  }
  CHECK(pairs_written > 0, "nothing was written");
  printf("%u objects written and read, %u failures\n", pairs_written, check_failures);
  return check_failures == 0 ? 0 : 1;
}
