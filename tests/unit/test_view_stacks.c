/* SPDX-License-Identifier: Apache-2.0 */
/* Random views of random views of every kind of source give the voxels that a naive model gives: segments and planes
 * chosen, other numbers, fractions as masks, tight grids, and grids that are turned, mirrored and shifted. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "views/model.h"

#define ROUNDS 150
#define DEPTH 3

static bool is_fraction(dseg_voxel_kind kind) {
  return kind == DSEG_VOXELS_PROBABILITY || kind == DSEG_VOXELS_OCCUPANCY;
}

static void shuffle(uint32_t *items, size_t count) {
  for (size_t i = count; i > 1; i--) {
    const size_t k = model_random((uint32_t)i);
    const uint32_t item = items[i - 1];
    items[i - 1] = items[k];
    items[k] = item;
  }
}

/* Puts segments of the model into another order, and leaves those beyond count out. */
static void keep_segments(struct model *model, const uint32_t *order, size_t count) {
  struct model old = *model;
  bool used[MODEL_SEGMENTS] = {false};
  for (size_t i = 0; i < count; i++) {
    model->voxels[i] = old.voxels[order[i]];
    model->numbers[i] = old.numbers[order[i]];
    used[order[i]] = true;
  }
  for (size_t i = 0; i < old.segment_count; i++) {
    if (!used[i]) {
      free(old.voxels[i]);
    }
  }
  model->segment_count = count;
}

static void sort_segments(struct model *model) {
  uint32_t order[MODEL_SEGMENTS];
  for (size_t i = 0; i < model->segment_count; i++) {
    order[i] = (uint32_t)i;
    for (size_t k = i; k > 0 && model->numbers[order[k]] < model->numbers[order[k - 1]]; k--) {
      const uint32_t other = order[k];
      order[k] = order[k - 1];
      order[k - 1] = other;
    }
  }
  keep_segments(model, order, model->segment_count);
}

/* Gives each voxel of the new raster what find says is there; index SIZE_MAX along an axis: nothing. */
static void remap(struct model *model, const size_t size[3], const int source_axis[3], size_t index[3][MODEL_SIDE]) {
  struct model old = *model;
  memcpy(model->size, size, sizeof model->size);
  for (size_t i = 0; i < model->segment_count; i++) {
    model->voxels[i] = calloc(model_count(model), 1);
    assert_non_null(model->voxels[i]);
    for (size_t at = 0; at < model_count(model); at++) {
      const size_t place[3] = {at % size[0], at / size[0] % size[1], at / size[0] / size[1]};
      size_t from[3] = {0, 0, 0};
      bool inside = true;
      for (int axis = 0; axis < 3; axis++) {
        from[source_axis[axis]] = index[axis][place[axis]];
        inside = inside && index[axis][place[axis]] != SIZE_MAX;
      }
      model->voxels[i][at] = inside ? old.voxels[i][model_at(&old, from[0], from[1], from[2])] : 0;
    }
    free(old.voxels[i]);
  }
}

static void take_planes(struct model *model, const size_t *planes, size_t count) {
  const int axes[3] = {0, 1, 2};
  const size_t size[3] = {model->size[0], model->size[1], count};
  size_t index[3][MODEL_SIDE];
  int place[MODEL_SIDE];
  for (size_t i = 0; i < MODEL_SIDE; i++) {
    index[0][i] = index[1][i] = i;
  }
  for (size_t i = 0; i < count; i++) {
    index[2][i] = planes[i];
    place[i] = model->place[2][planes[i]];
  }
  memcpy(model->place[2], place, sizeof place);
  remap(model, size, axes, index);
}

static uint64_t voxels_of(const struct model *model) {
  uint64_t count = 0;
  for (size_t i = 0; i < model->segment_count; i++) {
    for (size_t at = 0; at < model_count(model); at++) {
      count += model->voxels[i][at] != 0 ? 1 : 0;
    }
  }
  return count;
}

/* A raster in which the model's voxels have places: other axes along those of space, directions, and margins, which may
 * be negative. Only what the model is made of is known of the result's voxels. */
static struct model random_grid(const struct model *from) {
  struct model to = {.segment_count = 0};
  uint32_t order[3] = {0, 1, 2};
  shuffle(order, 3);
  for (int axis = 0; axis < 3; axis++) {
    const int space = (int)order[axis];
    int of = 0;
    while (from->along[of] != space) {
      of++;
    }
    int low = from->place[of][0];
    int high = low;
    for (size_t i = 0; i < from->size[of]; i++) {
      low = from->place[of][i] < low ? from->place[of][i] : low;
      high = from->place[of][i] > high ? from->place[of][i] : high;
    }
    low -= (int)model_random(4) - (model_random(6) == 0 ? 2 : 0);
    high += (int)model_random(4) - (model_random(6) == 0 ? 2 : 0);
    high = high < low ? low : high;
    const bool backwards = model_random(2) == 0;
    to.along[axis] = space;
    for (int at = low; at <= high && to.size[axis] < MODEL_SIDE; at++) {
      if (axis == 2 && to.size[2] > 0 && at < high && model_random(12) == 0) {
        continue; /* a missing plane */
      }
      to.place[axis][to.size[axis]++] = at;
    }
    for (size_t i = 0; backwards && i < to.size[axis] / 2; i++) {
      const int place = to.place[axis][i];
      to.place[axis][i] = to.place[axis][to.size[axis] - 1 - i];
      to.place[axis][to.size[axis] - 1 - i] = place;
    }
  }
  return to;
}

/* The model on another raster; how many voxels have no place there. */
static uint64_t put_onto(struct model *model, const struct model *to) {
  size_t index[3][MODEL_SIDE];
  int source_axis[3];
  const uint64_t before = voxels_of(model);
  for (int axis = 0; axis < 3; axis++) {
    int of = 0;
    while (model->along[of] != to->along[axis]) {
      of++;
    }
    source_axis[axis] = of;
    for (size_t i = 0; i < to->size[axis]; i++) {
      index[axis][i] = SIZE_MAX;
      for (size_t k = 0; k < model->size[of]; k++) {
        index[axis][i] = model->place[of][k] == to->place[axis][i] ? k : index[axis][i];
      }
    }
  }
  remap(model, to->size, source_axis, index);
  memcpy(model->along, to->along, sizeof to->along);
  memcpy(model->place, to->place, sizeof to->place);
  return before - voxels_of(model);
}

static dseg_source *derive(dseg_source *source, dseg_derive_options *options) {
  dseg_source *view = NULL;
  dseg_error error;
  options->struct_size = sizeof *options;
  options->threads = 2;
  options->take_source = true;
  if (dseg_source_derive(source, options, &view, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  return view;
}

static dseg_source *some_segments(dseg_source *source, struct model *model) {
  uint32_t order[MODEL_SEGMENTS], numbers[MODEL_SEGMENTS];
  for (uint32_t i = 0; i < MODEL_SEGMENTS; i++) {
    order[i] = i;
    numbers[i] = 1 + 9 * i + model_random(9);
  }
  shuffle(order, model->segment_count);
  shuffle(numbers, MODEL_SEGMENTS);
  const size_t count = 1 + model_random((uint32_t)model->segment_count);
  dseg_derive_options options = {.segments = order,
                                 .segment_count = count,
                                 .numbering = (dseg_view_numbers)model_random(3),
                                 .has_background = model_random(3) == 0,
                                 .background = 100 + model_random(9)};
  options.numbers = options.numbering == DSEG_VIEW_NUMBERS_GIVEN ? numbers : NULL;
  dseg_source *view = derive(source, &options);
  keep_segments(model, order, count);
  for (size_t i = 0; i < count; i++) {
    model->numbers[i] = options.numbering == DSEG_VIEW_NUMBERS_COUNT   ? (uint32_t)i + 1
                        : options.numbering == DSEG_VIEW_NUMBERS_GIVEN ? numbers[i]
                                                                       : model->numbers[i];
  }
  sort_segments(model);
  if (options.has_background) {
    assert_int_equal(dseg_source_description(view)->background, options.background);
  }
  return view;
}

static dseg_source *some_planes(dseg_source *source, struct model *model) {
  uint32_t order[MODEL_SIDE];
  size_t planes[MODEL_SIDE];
  for (uint32_t i = 0; i < MODEL_SIDE; i++) {
    order[i] = i;
  }
  const size_t first = model_random((uint32_t)model->size[2]);
  size_t count = 1 + model_random((uint32_t)(model->size[2] - first));
  dseg_derive_options options = {.first_plane = first, .plane_count = count};
  const bool any_order = model_random(2) == 0;
  if (any_order) {
    shuffle(order, model->size[2]);
    options.first_plane = 0;
    options.planes = planes;
  } else if (model_random(3) == 0) {
    options.plane_count = 0;
    count = model->size[2] - first;
  }
  for (size_t i = 0; i < count; i++) {
    planes[i] = any_order ? order[i] : first + i;
  }
  dseg_source *view = derive(source, &options);
  take_planes(model, planes, count);
  return view;
}

static dseg_source *tight(dseg_source *source, struct model *model) {
  dseg_derive_options options = {.struct_size = sizeof options, .grid = DSEG_VIEW_GRID_TIGHT};
  const size_t pixels = model->size[0] * model->size[1];
  size_t first = model->size[2], end = 0, planes[MODEL_SIDE];
  for (size_t i = 0; i < model->segment_count; i++) {
    for (size_t at = 0; at < model_count(model); at++) {
      if (model->voxels[i][at] != 0) {
        first = at / pixels < first ? at / pixels : first;
        end = at / pixels + 1 > end ? at / pixels + 1 : end;
      }
    }
  }
  if (end == 0) {
    dseg_source *view = NULL;
    dseg_error error;
    assert_int_equal(dseg_source_derive(source, &options, &view, &error), DSEG_ERROR_UNSUPPORTED);
    assert_non_null(strstr(error.message, "no plane holds a voxel"));
    assert_null(view);
    return source;
  }
  dseg_source *view = derive(source, &options);
  for (size_t i = first; i < end; i++) {
    planes[i - first] = i;
  }
  take_planes(model, planes, end - first);
  return view;
}

static dseg_source *masks_of_fractions(dseg_source *source, struct model *model) {
  const double threshold = 0.1 + model_random(9) / 10.0;
  dseg_derive_options options = {.threshold = threshold};
  dseg_source *view = derive(source, &options);
  if (!is_fraction(model->kind)) {
    return view;
  }
  const double stored = ceil(threshold * model->maximum - 1e-9);
  for (size_t i = 0; i < model->segment_count; i++) {
    for (size_t at = 0; at < model_count(model); at++) {
      model->voxels[i][at] = model->voxels[i][at] >= (stored > 1 ? stored : 1);
    }
  }
  model->kind = DSEG_VOXELS_MASKS;
  model->maximum = 0;
  return view;
}

static void keep_message(void *user, const char *message) {
  strncpy(user, message, 199);
}

/* Whether no voxel of a model is in a segment. */
static bool is_empty(const struct model *model) {
  for (size_t i = 0; i < model->segment_count; i++) {
    for (size_t at = 0; at < model_count(model); at++) {
      if (model->voxels[i][at] != 0) {
        return false;
      }
    }
  }
  return true;
}

/* What lies outside is refused with its number, or left out where that is asked for and something is left; the source
 * stays as it is when it is refused. */
static dseg_source *other_grid(dseg_source *source, struct model *model) {
  const struct model to = random_grid(model);
  struct model moved = *model;
  dseg_plane_position planes[MODEL_SIDE];
  const dseg_geometry geometry = model_geometry(&to, planes);
  char warning[200] = "", expected[60];
  dseg_source *view = NULL;
  dseg_error error;
  const dseg_derive_options options = {.struct_size = sizeof options,
                                       .grid = DSEG_VIEW_GRID_ONTO,
                                       .onto = &geometry,
                                       .take_source = true,
                                       .warnings = {keep_message, warning},
                                       .threads = 2,
                                       .crop = model_random(2) == 0};
  for (size_t i = 0; i < model->segment_count; i++) {
    moved.voxels[i] = malloc(model_count(model));
    memcpy(moved.voxels[i], model->voxels[i], model_count(model));
  }
  const uint64_t outside = put_onto(&moved, &to);
  const dseg_status status = dseg_source_derive(source, &options, &view, &error);
  if (options.crop && status != DSEG_OK) {
    if (status != DSEG_ERROR_UNSUPPORTED || strstr(error.message, "it lies wholly outside") == NULL ||
        !is_empty(&moved)) {
      fail_msg("%s", error.message);
    }
    model_free(&moved);
    return source;
  }
  if (!options.crop && outside > 0) {
    snprintf(expected, sizeof expected, "%llu voxels lie outside the grid", (unsigned long long)outside);
    if (status != DSEG_ERROR_UNSUPPORTED || strstr(error.message, expected) == NULL) {
      fail_msg("%s instead of %s", error.message, expected);
    }
    model_free(&moved);
    return source;
  }
  if (status != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  if (outside > 0 && strstr(warning, "lie outside the grid that it is put on, and are left out") == NULL) {
    fail_msg("%llu voxels are left out, and the warning is '%s'", (unsigned long long)outside, warning);
  }
  model_free(model);
  *model = moved;
  return view;
}

static void stack_views(dseg_source *source, struct model *model, uint32_t round) {
  static dseg_source *(*const kinds[])(dseg_source *, struct model *) = {some_segments, some_planes,        tight,
                                                                         other_grid,    masks_of_fractions, other_grid};
  model_expect(model, source);
  for (int depth = 0; depth < DEPTH; depth++) {
    const uint32_t kind = (round + (uint32_t)depth * (1 + round / 6)) % 6;
    source = kinds[kind](source, model);
    model_expect(model, source);
  }
  dseg_source_close(source);
}

static void views_of_memory(void **state) {
  (void)state;
  for (uint32_t round = 0; round < ROUNDS; round++) {
    struct model model;
    model_seed(round);
    model_make(&model, (dseg_voxel_kind)(round % 4));
    stack_views(model_in_memory(&model), &model, round / 4);
    model_free(&model);
  }
}

static void views_of_objects(void **state) {
  (void)state;
  static const struct {
    const char *as;
    dseg_voxel_kind kind;
  } forms[] = {
      {"binary", DSEG_VOXELS_MASKS}, {"labelmap", DSEG_VOXELS_LABELS}, {"fractional", DSEG_VOXELS_PROBABILITY}};
  for (uint32_t round = 0; round < ROUNDS; round++) {
    struct model model;
    dseg_buffer bytes = {0};
    model_seed(1000 + round);
    model_make(&model, forms[round % 3].kind);
    stack_views(model_in_dicom(&model, forms[round % 3].as, &bytes), &model, round / 3);
    dseg_buffer_free(&bytes);
    model_free(&model);
  }
}

/* Two files of one geometry as one source, with views below it and above it. */
static void views_of_combined_sources(void **state) {
  (void)state;
  for (uint32_t round = 0; round < ROUNDS; round++) {
    struct model first, second;
    model_seed(2000 + round);
    model_make(&first, DSEG_VOXELS_MASKS);
    while (first.segment_count > MODEL_SEGMENTS / 2) {
      free(first.voxels[--first.segment_count]);
    }
    second = first;
    for (size_t i = 0; i < second.segment_count; i++) {
      second.voxels[i] = calloc(model_count(&second), 1);
      second.numbers[i] = (uint32_t)(20 + i);
      for (size_t at = 0; at < model_count(&second); at++) {
        second.voxels[i][at] = model_random(4) == 0;
      }
    }
    dseg_source *parts[2] = {model_in_memory(&first), model_in_memory(&second)};
    if (round % 3 == 0) {
      for (int i = 0; i < 2; i++) {
        parts[i] = derive(parts[i], &(dseg_derive_options){.threads = 1});
      }
    } else if (round % 3 == 1) {
      assert_int_equal(dseg_pack_source(&parts[1], NULL), DSEG_OK);
      parts[1] = round % 2 == 0 ? derive(parts[1], &(dseg_derive_options){.threads = 1}) : parts[1];
    }
    dseg_source *whole = NULL;
    const dseg_open_options options = {.struct_size = sizeof options};
    assert_int_equal(dseg_combine_sources(parts, 2, &options, &whole, NULL), DSEG_OK);
    struct model model = first;
    for (size_t i = 0; i < second.segment_count; i++) {
      model.voxels[model.segment_count] = second.voxels[i];
      model.numbers[model.segment_count++] = second.numbers[i];
    }
    stack_views(whole, &model, round);
    model_free(&model);
  }
}

/* Overlapping masks and fractions on another grid, written and read again. */
static void views_that_are_written(void **state) {
  (void)state;
  for (uint32_t round = 0; round < ROUNDS / 3; round++) {
    struct model model;
    dseg_plane_position planes[MODEL_SIDE];
    dseg_buffer bytes = {0};
    dseg_error error;
    model_seed(3000 + round);
    model_make(&model, round % 2 == 0 ? DSEG_VOXELS_MASKS : DSEG_VOXELS_PROBABILITY);
    dseg_source *view = other_grid(model_in_memory(&model), &model);
    const dseg_output output = dseg_output_to_buffer(&bytes);
    const dseg_convert_options options = {.struct_size = sizeof options,
                                          .format = "dicom",
                                          .representation = round % 2 == 0 ? "binary" : "fractional",
                                          .empty_frames = DSEG_EMPTY_KEEP,
                                          .threads = 2};
    if (dseg_write(view, &output, &options, NULL, &error) != DSEG_OK) {
      fail_msg("%s", error.message);
    }
    dseg_source_close(view);
    dseg_source *written = NULL;
    assert_int_equal(dseg_open_memory((dseg_view){bytes.data, bytes.size}, "object", NULL, &written, &error), DSEG_OK);
    dseg_geometry geometry = model_geometry(&model, planes); /* a reader sorts planes */
    geometry.frame_of_reference_uid = NULL;
    view = derive(written, &(dseg_derive_options){.grid = DSEG_VIEW_GRID_ONTO, .onto = &geometry});
    model_expect(&model, view);
    dseg_source_close(view);
    dseg_buffer_free(&bytes);
    model_free(&model);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(views_of_memory),
      cmocka_unit_test(views_of_objects),
      cmocka_unit_test(views_of_combined_sources),
      cmocka_unit_test(views_that_are_written),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
