/* SPDX-License-Identifier: Apache-2.0 */
/* Several sources whose voxels lie on one raster become one, whatever their extent, the order and the direction of
 * their axes: each voxel of the whole is looked up where it lies in the patient. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sources/source.h"

#define MOST 24 /* voxels of the space along an axis */

static const double spacing[3] = {0.75, 1.25, 2.5};
static const double origin[3] = {-31, 17, 250};

static uint64_t state_of_random = 7;

static unsigned below(unsigned limit) {
  state_of_random = state_of_random * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)((state_of_random >> 33) % limit);
}

/* What a source is made of: where its first voxel lies in the space, and where its axes lead. */
struct part {
  int low[3], high[3];   /* by axis of the space */
  int along[3], sign[3]; /* by axis of the source */
  uint32_t number;       /* of its segment, a box in the middle of it */
  int inner_low[3], inner_high[3];
};

static void random_part(struct part *part, uint32_t number) {
  static const int turns[6][3] = {{0, 1, 2}, {1, 0, 2}, {2, 1, 0}, {0, 2, 1}, {1, 2, 0}, {2, 0, 1}};
  memcpy(part->along, turns[below(6)], sizeof part->along);
  part->number = number;
  for (int axis = 0; axis < 3; axis++) {
    part->sign[axis] = below(2) == 0 ? 1 : -1;
    part->low[axis] = (int)below(MOST / 2);
    part->high[axis] = part->low[axis] + 3 + (int)below(MOST / 2 - 3);
    part->inner_low[axis] = part->low[axis] + (int)below(2);
    part->inner_high[axis] = part->high[axis] - (int)below(2);
  }
}

static bool is_inside(const struct part *part, const int voxel[3]) {
  bool inside = true;
  for (int axis = 0; axis < 3; axis++) {
    inside = inside && voxel[axis] >= part->inner_low[axis] && voxel[axis] <= part->inner_high[axis];
  }
  return inside;
}

/* A source in memory, packed into runs or not. */
static dseg_source *open_part(const struct part *part, bool packed) {
  dseg_grid grid = {{0}, {0}, {{0}}};
  memcpy(grid.origin, origin, sizeof origin);
  for (int axis = 0; axis < 3; axis++) {
    const int along = part->along[axis];
    grid.size[axis] = (size_t)(part->high[along] - part->low[along] + 1);
    grid.step[axis][along] = part->sign[axis] * spacing[along];
    grid.origin[along] += spacing[along] * (part->sign[axis] > 0 ? part->low[along] : part->high[along]);
  }
  dseg_description *description = dseg_description_create();
  assert_int_equal(dseg_geometry_from_grid(description, &grid, NULL), DSEG_OK);
  description->segments = dseg_description_alloc(description, sizeof *description->segments);
  description->segments[0] = (dseg_segment){.number = part->number, .label = "organ"};
  description->segment_count = 1;
  const dseg_layer layer = {.voxels = calloc(grid.size[0] * grid.size[1], grid.size[2]), .bits = 8};
  uint8_t *place = layer.voxels;
  for (size_t k = 0; k < grid.size[2]; k++) {
    for (size_t j = 0; j < grid.size[1]; j++) {
      for (size_t i = 0; i < grid.size[0]; i++) {
        const size_t index[3] = {i, j, k};
        int voxel[3];
        for (int axis = 0; axis < 3; axis++) {
          const int along = part->along[axis];
          voxel[along] =
              part->sign[axis] > 0 ? part->low[along] + (int)index[axis] : part->high[along] - (int)index[axis];
        }
        *place++ = is_inside(part, voxel) ? (uint8_t)part->number : 0;
      }
    }
  }
  dseg_source *source = NULL;
  assert_int_equal(dseg_memory_source_create("test", description, &layer, 1, NULL, NULL, &source, NULL), DSEG_OK);
  if (packed) {
    assert_int_equal(dseg_pack_source(&source, NULL), DSEG_OK);
  }
  return source;
}

/* Where a voxel of the whole lies in the space. */
static void find_voxel(const dseg_geometry *geometry, size_t column, size_t row, size_t plane, int voxel[3]) {
  for (int c = 0; c < 3; c++) {
    const double position = geometry->planes[plane].position[c] +
                            geometry->orientation[c] * geometry->pixel_spacing[1] * (double)column +
                            geometry->orientation[3 + c] * geometry->pixel_spacing[0] * (double)row;
    const double place = (position - origin[c]) / spacing[c];
    voxel[c] = (int)lround(place);
    assert_true(fabs(place - voxel[c]) < 1e-6);
  }
}

static void check_whole(const struct part *parts, size_t count, dseg_source *whole) {
  const dseg_geometry *geometry = &dseg_source_description(whole)->geometry;
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  const size_t voxels = pixels * geometry->plane_count;
  const dseg_label_request request = {.struct_size = sizeof request,
                                      .plane_count = geometry->plane_count,
                                      .bits = 8,
                                      .overlap = DSEG_OVERLAP_FIRST,
                                      .threads = 2};
  uint8_t *labels = malloc(voxels);
  uint8_t *mask = malloc(count * voxels);
  assert_int_equal(dseg_source_read_labels(whole, &request, labels, voxels, NULL, NULL), DSEG_OK);
  for (size_t segment = 0; segment < count; segment++) {
    assert_int_equal(
        dseg_source_read_mask(whole, segment, 0, geometry->plane_count, mask + segment * voxels, voxels, 1, NULL),
        DSEG_OK);
  }
  uint64_t seen = 0;
  uint64_t expected_total = 0;
  for (size_t i = 0; i < voxels; i++) {
    int voxel[3];
    find_voxel(geometry, i % geometry->columns, i % pixels / geometry->columns, i / pixels, voxel);
    uint32_t expected = 0;
    for (size_t part = count; part-- > 0;) {
      const bool inside = is_inside(&parts[part], voxel);
      assert_int_equal(mask[part * voxels + i], inside);
      expected = inside ? parts[part].number : expected;
      seen += inside ? 1 : 0;
    }
    assert_int_equal(labels[i], expected);
  }
  for (size_t part = 0; part < count; part++) {
    uint64_t size = 1;
    for (int axis = 0; axis < 3; axis++) {
      size *= (uint64_t)(parts[part].inner_high[axis] - parts[part].inner_low[axis] + 1);
    }
    expected_total += size;
  }
  assert_int_equal(seen, expected_total); /* nothing lies outside */
  free(labels);
  free(mask);
}

static void parts_are_put_together(void **state) {
  (void)state;
  for (int round = 0; round < 150; round++) {
    struct part parts[3];
    dseg_source *sources[3];
    for (uint32_t i = 0; i < 3; i++) {
      random_part(&parts[i], i + 1);
      sources[i] = open_part(&parts[i], below(2) == 0);
    }
    dseg_source *whole = NULL;
    dseg_error error = {0};
    const dseg_open_options options = {.struct_size = sizeof options};
    if (dseg_combine_sources(sources, 3, &options, &whole, &error) != DSEG_OK) {
      fail_msg("round %d: %s", round, error.message);
    }
    check_whole(parts, 3, whole);
    dseg_source_close(whole);
  }
}

/* The order of axes and the directions are those of the first. */
static void the_first_decides(void **state) {
  (void)state;
  for (int round = 0; round < 20; round++) {
    struct part parts[2];
    random_part(&parts[0], 1);
    random_part(&parts[1], 2);
    dseg_source *sources[2] = {open_part(&parts[0], false), open_part(&parts[1], true)};
    const dseg_geometry *first = &dseg_source_description(sources[0])->geometry;
    double orientation[6];
    memcpy(orientation, first->orientation, sizeof orientation);
    dseg_source *whole = NULL;
    const dseg_open_options options = {.struct_size = sizeof options};
    assert_int_equal(dseg_combine_sources(sources, 2, &options, &whole, NULL), DSEG_OK);
    assert_memory_equal(dseg_source_description(whole)->geometry.orientation, orientation, sizeof orientation);
    dseg_source_close(whole);
  }
}

static void other_rasters_are_refused(void **state) {
  (void)state;
  struct part parts[2];
  random_part(&parts[0], 1);
  random_part(&parts[1], 2);
  dseg_source *sources[2] = {open_part(&parts[0], false), open_part(&parts[1], false)};
  dseg_geometry *geometry = &sources[1]->description->geometry;
  for (size_t plane = 0; plane < geometry->plane_count; plane++) {
    geometry->planes[plane].position[0] += 0.3 * spacing[0];
    geometry->planes[plane].position[1] += 0.3 * spacing[1];
    geometry->planes[plane].position[2] += 0.3 * spacing[2];
  }
  dseg_source *whole = NULL;
  dseg_error error = {0};
  const dseg_open_options options = {.struct_size = sizeof options};
  assert_int_equal(dseg_combine_sources(sources, 2, &options, &whole, &error), DSEG_ERROR_UNSUPPORTED);
  assert_null(whole);
  assert_non_null(strstr(error.message, "do not share one geometry"));
  assert_non_null(strstr(error.message, " mm"));
  dseg_source_close(sources[0]);
  dseg_source_close(sources[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parts_are_put_together),
      cmocka_unit_test(the_first_decides),
      cmocka_unit_test(other_rasters_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
