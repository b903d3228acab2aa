/* SPDX-License-Identifier: Apache-2.0 */
/* volume_look.c - which values occur among voxels that pass by and are not kept: what a description needs to know, in
 * little memory, of a volume of any size. */
#include <stdint.h>
#include <stdlib.h>

#include "formats/value_set.h"
#include "formats/volume_passing.h"
#include "formats/volume_voxels.h"

#define MOST_SETS ((size_t)64) /* of 64 KiB each: layers that alternate need one each */

struct look {
  const dseg_raw_volume *raw;
  dseg_volume_values *values;
  dseg_value_set *sets; /* one, or one for each layer where these alternate */
  size_t set_count;
  size_t chosen; /* the one layer that is looked at; SIZE_MAX: all */
  dseg_voxel_findings findings;
  size_t run;    /* voxels of one layer that follow each other */
  uint64_t seen; /* voxels of all layers */
};

/* values has no other layer than the chosen one. */
static dseg_status end_layer(struct look *look, size_t layer, size_t set, dseg_error *error) {
  const size_t place = look->chosen == SIZE_MAX ? layer : 0;
  DSEG_TRY(dseg_voxels_end_layer(look->raw, &look->sets[set], place, look->values, &look->findings, error));
  dseg_value_set_clear(&look->sets[set]);
  return DSEG_OK;
}

/* A stretch within one run of one layer. */
static dseg_status look_at_stretch(struct look *look, const uint8_t *voxels, size_t count, dseg_error *error) {
  const dseg_raw_volume *raw = look->raw;
  const size_t layer = (size_t)(look->seen / look->run % raw->layer_count);
  const size_t set = look->set_count > 1 ? layer : 0;
  look->seen += count;
  if (look->chosen != SIZE_MAX && look->chosen != layer) {
    return DSEG_OK;
  }
  dseg_value_set_scan(&look->sets[set], raw, voxels, count);
  if (look->sets[set].out_of_memory) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for labels");
  }
  const bool layer_ends = look->set_count == 1 && look->chosen == SIZE_MAX && look->seen % raw->layer_voxels == 0;
  return layer_ends ? end_layer(look, layer, 0, error) : DSEG_OK;
}

static dseg_status look_at(void *user, uint8_t *bytes, size_t size, dseg_error *error) {
  struct look *look = user;
  const dseg_raw_volume *raw = look->raw;
  const size_t voxel_bytes = dseg_voxel_size(raw->type);
  const size_t count = size / voxel_bytes;
  if (raw->swapped) {
    dseg_voxels_swap_bytes(bytes, count, voxel_bytes);
  }
  for (size_t done = 0; done < count;) {
    const size_t left = look->run - (size_t)(look->seen % look->run);
    const size_t stretch = left < count - done ? left : count - done;
    DSEG_TRY(look_at_stretch(look, bytes + done * voxel_bytes, stretch, error));
    done += stretch;
  }
  return DSEG_OK;
}

static dseg_status look_at_all(struct look *look, const dseg_input *input, const dseg_data_place *place, size_t size,
                               dseg_error *error) {
  DSEG_TRY(dseg_volume_data_pass(input, place, size, look_at, look, error));
  for (size_t layer = 0; look->set_count > 1 && layer < look->set_count; layer++) {
    DSEG_TRY(end_layer(look, layer, layer, error));
  }
  if (look->chosen != SIZE_MAX) {
    DSEG_TRY(end_layer(look, 0, 0, error));
  }
  return dseg_voxels_conclude(look->raw, &look->findings, look->values, error);
}

static bool alternates(const dseg_raw_volume *raw) {
  return raw->layer_count > 1 && raw->run != raw->layer_voxels;
}

/* chosen: counted from 1; 0: all layers. */
static dseg_status look_only(const dseg_input *input, const dseg_data_place *place, size_t size, size_t chosen,
                             dseg_raw_volume *raw, dseg_error *error) {
  struct look look = {.raw = raw,
                      .set_count = alternates(raw) && chosen == 0 ? raw->layer_count : 1,
                      .chosen = chosen != 0 ? chosen - 1 : SIZE_MAX,
                      .run = alternates(raw) ? raw->run : raw->layer_voxels};
  look.values = calloc(1, sizeof *look.values);
  look.sets = calloc(look.set_count, sizeof *look.sets);
  if (look.values != NULL) {
    look.values->layer_count = chosen != 0 ? 1 : raw->layer_count;
    look.values->layers = calloc(look.values->layer_count, sizeof *look.values->layers);
  }
  raw->looked = look.values;
  const bool is_short = look.values == NULL || look.values->layers == NULL || look.sets == NULL;
  const dseg_status status = is_short ? dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for labels")
                                      : look_at_all(&look, input, place, size, error);
  for (size_t i = 0; look.sets != NULL && i < look.set_count; i++) {
    dseg_value_set_free(&look.sets[i]);
  }
  free(look.sets);
  return status;
}

static bool can_look(const dseg_raw_volume *raw, const dseg_data_place *place, const dseg_open_options *options) {
  const bool kept = options->instances != 0 && options->describe_only == DSEG_DESCRIBE_AND_PASS;
  return options->describe_only != 0 && !kept && dseg_volume_data_passes(place) &&
         !(alternates(raw) && options->volume == 0 && raw->layer_count > MOST_SETS);
}

static void forget_look(dseg_raw_volume *raw) {
  dseg_volume_values_free(raw->looked);
  free(raw->looked);
  raw->looked = NULL;
}

/* Labels of one volume are looked at, and found again when planes are read; anything else is kept. */
static dseg_status look_and_pass(const dseg_input *input, const dseg_data_place *place, size_t size,
                                 const dseg_open_options *options, dseg_raw_volume *raw, dseg_error *error) {
  const size_t layer = options->volume > 0 ? options->volume - 1 : 0;
  if (raw->layer_count > 1 && options->volume == 0) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_passing_create(input, place, size, layer, raw, &raw->passing, error));
  if (raw->passing == NULL) {
    return DSEG_OK;
  }
  DSEG_TRY(look_only(input, place, size, options->volume, raw, error));
  if (raw->looked->fractions) {
    forget_look(raw);
    dseg_passing_destroy(raw->passing);
    raw->passing = NULL;
  }
  return DSEG_OK;
}

dseg_status dseg_raw_volume_read(const dseg_input *input, const dseg_data_place *place, size_t size,
                                 const dseg_open_options *options, dseg_raw_volume *raw, dseg_error *error) {
  raw->meaning = options;
  if (can_look(raw, place, options)) {
    DSEG_TRY(options->describe_only == DSEG_DESCRIBE_AND_PASS
                 ? look_and_pass(input, place, size, options, raw, error)
                 : look_only(input, place, size, options->volume, raw, error));
  }
  return raw->looked != NULL
             ? DSEG_OK
             : dseg_volume_data_read(input, place, size, options->memory_limit, &raw->block, &raw->offset, error);
}

uint64_t dseg_raw_volume_limit(const dseg_open_options *options) {
  return options->describe_only != 0 ? UINT64_MAX : options->memory_limit;
}
