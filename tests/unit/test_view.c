/* SPDX-License-Identifier: Apache-2.0 */
/* Views: what is refused and how, numbers and background, what of the description and encoding holds, and how long a
 * view lives. That the voxels are right is test_view_stacks. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/dseg.h"
#include "sources/source.h"

enum { COLUMNS = 4, ROWS = 3, PLANES = 5, SEGMENTS = 4, PIXELS = COLUMNS * ROWS, VOXELS = PIXELS * PLANES };

static dseg_error error;
static char warning[300];

static void keep_warning(void *user, const char *message) {
  (void)user;
  (void)snprintf(warning, sizeof warning, "%s", message);
}

/* Segments 1, 2, 5 and 9, each with the first pixels of one plane; plane 0 is empty. */
static dseg_source *make_source(void) {
  static const char *const labels[] = {"Liver", "Spleen", "Kidney, left", "liver"};
  static const uint32_t numbers[] = {1, 2, 5, 9};
  const dseg_grid grid = {{COLUMNS, ROWS, PLANES}, {10, 20, 30}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 2}}};
  const dseg_layer layer = {.voxels = calloc(VOXELS, 1), .bits = 8, .complete = true};
  dseg_source *source = NULL;
  dseg_description *description = dseg_description_create();
  dseg_instance_reference *images = dseg_description_alloc(description, PLANES * sizeof *images);
  dseg_frame_attributes *frames = dseg_description_alloc(description, PLANES * sizeof *frames);
  assert_int_equal(dseg_geometry_from_grid(description, &grid, NULL), DSEG_OK);
  description->segment_count = SEGMENTS;
  description->segments = dseg_description_alloc(description, SEGMENTS * sizeof *description->segments);
  for (size_t i = 0; i < SEGMENTS; i++) {
    description->segments[i] = (dseg_segment){
        .number = numbers[i], .label = labels[i], .has_original_number = true, .original_number = 70 + (uint32_t)i};
    memset((uint8_t *)layer.voxels + (i + 1) * PIXELS, (int)numbers[i], i + 1);
  }
  for (size_t i = 0; i < PLANES; i++) {
    images[i] = (dseg_instance_reference){.sop_instance_uid = "1.2"};
    frames[i] = (dseg_frame_attributes){.plane = (uint32_t)i, .segment = i < SEGMENTS ? (int32_t)i : -1};
    description->geometry.planes[i].source = (int32_t)i;
  }
  description->references = (dseg_references){.instances = images, .count = PLANES};
  description->frames = frames;
  description->frame_count = PLANES;
  static const uint8_t icon[] = {0x88, 0, 0, 2, 'S', 'Q', 0, 0, 0, 0, 0, 0};
  description->attributes = (dseg_view){icon, sizeof icon};
  description->geometry.frame_of_reference_uid = "1.2.3";
  description->identity = (dseg_identity){.is_known = true, .patient_id = "A"};
  assert_int_equal(dseg_memory_source_create("test", description, &layer, 1, NULL, NULL, &source, NULL), DSEG_OK);
  source->name = malloc(sizeof "file");
  memcpy(source->name, "file", sizeof "file");
  return source;
}

/* The source is the view's. */
static dseg_source *derive(dseg_source *source, dseg_derive_options options) {
  dseg_source *view = NULL;
  options.struct_size = sizeof options;
  options.take_source = true;
  options.warnings = (dseg_warning_sink){keep_warning, NULL};
  warning[0] = '\0';
  if (dseg_source_derive(source, &options, &view, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  return view;
}

static void refuses(dseg_derive_options options, dseg_status status, const char *text) {
  dseg_source *source = make_source();
  dseg_source *view = source;
  options.struct_size = sizeof options;
  options.take_source = true; /* not after a failure */
  assert_int_equal(dseg_source_derive(source, &options, &view, &error), status);
  assert_int_equal(error.status, status);
  if (strstr(error.message, text) == NULL) {
    fail_msg("'%s' is not in: %s", text, error.message);
  }
  assert_null(view);
  dseg_source_close(source);
}

#define ARGUMENT DSEG_ERROR_ARGUMENT

static void options_that_select_nothing_or_too_much(void **state) {
  (void)state;
  static const uint32_t beyond[] = {0, 4}, twice[] = {2, 1, 2};
  static const size_t no_plane[] = {1, 5}, same_plane[] = {3, 0, 3};
  refuses((dseg_derive_options){.segments = beyond, .segment_count = 2}, ARGUMENT,
          "file: segment 4 was asked for, there are 4");
  refuses((dseg_derive_options){.segments = twice, .segment_count = 3}, ARGUMENT,
          "segment 2 (\"Kidney, left\") is listed twice");
  refuses((dseg_derive_options){.segments = twice}, ARGUMENT, "the view selects no segment");
  refuses((dseg_derive_options){.first_plane = 5}, ARGUMENT, "the view selects no plane");
  refuses((dseg_derive_options){.first_plane = 6}, ARGUMENT, "planes from 6 to 6 were asked for, there are 5");
  refuses((dseg_derive_options){.first_plane = 2, .plane_count = 4}, ARGUMENT, "planes from 2 to 6");
  refuses((dseg_derive_options){.plane_count = SIZE_MAX, .first_plane = 1}, ARGUMENT, "there are 5");
  refuses((dseg_derive_options){.planes = no_plane, .plane_count = 2}, ARGUMENT, "plane 5 was asked for");
  refuses((dseg_derive_options){.planes = same_plane, .plane_count = 3}, ARGUMENT, "plane 3 is listed twice");
  refuses((dseg_derive_options){.planes = same_plane}, ARGUMENT, "the view selects no plane");
  refuses((dseg_derive_options){.planes = same_plane, .plane_count = 1, .first_plane = 1}, ARGUMENT,
          "either a list of planes or a range");
  const uint32_t first = 0;
  refuses((dseg_derive_options){.segments = &first, .segment_count = 1, .plane_count = 1, .grid = DSEG_VIEW_GRID_TIGHT},
          DSEG_ERROR_UNSUPPORTED, "no plane holds a voxel");
}

static void options_that_contradict(void **state) {
  (void)state;
  static const uint32_t collide[] = {3, 4, 3, 8}, zero[] = {1, 2, 0, 4};
  const dseg_geometry nothing = {.rows = 1};
  const dseg_description nobody = {.geometry = {.rows = 1}};
  refuses((dseg_derive_options){.numbering = DSEG_VIEW_NUMBERS_GIVEN, .numbers = collide}, ARGUMENT,
          "cannot both have number 3");
  refuses((dseg_derive_options){.numbering = DSEG_VIEW_NUMBERS_GIVEN, .numbers = zero}, ARGUMENT,
          "segment \"Kidney, left\" cannot have number 0");
  refuses((dseg_derive_options){.has_background = true, .background = 5}, ARGUMENT,
          "segment \"Kidney, left\" cannot have number 5, which is to stand for the background");
  refuses((dseg_derive_options){.numbering = DSEG_VIEW_NUMBERS_COUNT, .has_background = true, .background = 4},
          ARGUMENT, "cannot have number 4");
  refuses((dseg_derive_options){.numbering = DSEG_VIEW_NUMBERS_GIVEN}, ARGUMENT, "numbers go together");
  refuses((dseg_derive_options){.numbers = collide}, ARGUMENT, "numbers go together");
  refuses((dseg_derive_options){.numbering = (dseg_view_numbers)3}, ARGUMENT, "no such numbering or grid");
  refuses((dseg_derive_options){.grid = (dseg_view_grid)3}, ARGUMENT, "no such numbering or grid");
  refuses((dseg_derive_options){.threshold = 1.01}, ARGUMENT, "threshold 1.01 is not in 0..1");
  refuses((dseg_derive_options){.threshold = -0.1}, ARGUMENT, "threshold -0.1");
  refuses((dseg_derive_options){.threshold = NAN}, ARGUMENT, "is not in 0..1");
  refuses((dseg_derive_options){.grid = DSEG_VIEW_GRID_ONTO}, ARGUMENT, "either onto or images");
  refuses((dseg_derive_options){.grid = DSEG_VIEW_GRID_ONTO, .onto = &nothing, .images = &nobody}, ARGUMENT,
          "either onto or images");
  refuses((dseg_derive_options){.onto = &nothing}, ARGUMENT, "either onto or images");
  refuses((dseg_derive_options){.grid = DSEG_VIEW_GRID_ONTO, .onto = &nothing}, ARGUMENT, "has no plane");
  assert_int_equal(dseg_source_derive(NULL, NULL, NULL, &error), ARGUMENT);
}

/* A geometry like that of make_source, its planes somewhere else. */
static dseg_geometry moved(dseg_plane_position *planes, double columns, double rows) {
  dseg_geometry geometry = {.space = DSEG_SPACE_PATIENT,
                            .rows = ROWS,
                            .columns = COLUMNS,
                            .pixel_spacing = {1, 1},
                            .orientation = {1, 0, 0, 0, 1, 0},
                            .spacing_between_slices = 2,
                            .plane_count = PLANES,
                            .planes = planes};
  for (size_t i = 0; i < PLANES; i++) {
    planes[i] = (dseg_plane_position){.position = {10 + columns, 20 + rows, 30 + 2.0 * (double)i}, .source = 7};
  }
  return geometry;
}

static void grids_that_do_not_fit(void **state) {
  (void)state;
  dseg_plane_position planes[PLANES];
  dseg_geometry geometry = moved(planes, 0.5, 0);
  const dseg_derive_options options = {.grid = DSEG_VIEW_GRID_ONTO, .onto = &geometry};
  refuses(options, DSEG_ERROR_UNSUPPORTED, "file: ");
  const double tilted[6] = {cos(0.3), sin(0.3), 0, -sin(0.3), cos(0.3), 0};
  geometry = moved(planes, 0, 0);
  memcpy(geometry.orientation, tilted, sizeof tilted);
  refuses(options, DSEG_ERROR_UNSUPPORTED, "17.2"); /* degrees */
  geometry = moved(planes, 1, 0);
  refuses(options, DSEG_ERROR_UNSUPPORTED,
          "4 voxels lie outside the grid that it is put on: 1 \"Liver\" (1), 2 \"Spleen\" (1), 5 \"Kidney, left\" "
          "(1), 9 \"liver\" (1); leave these segments out, or take a grid that holds them");
  geometry = moved(planes, 0, 0);
  geometry.plane_count = 3;
  refuses(options, DSEG_ERROR_UNSUPPORTED,
          "7 voxels lie outside the grid that it is put on: 5 \"Kidney, left\" (3), 9 ");
  geometry = moved(planes, 0, 0);
  geometry.frame_of_reference_uid = "1.2.4";
  refuses(options, DSEG_ERROR_UNSUPPORTED,
          "it lies in frame of reference 1.2.3, the grid that it is put on in 1.2.4 (0020,0052)");
  dseg_description images = {.geometry = moved(planes, 0, 0), .identity = {.is_known = true, .patient_id = "B"}};
  refuses((dseg_derive_options){.grid = DSEG_VIEW_GRID_ONTO, .images = &images}, DSEG_ERROR_UNSUPPORTED,
          "of another patient than the images: Patient ID (0010,0020) A, and B");
}

static void a_part_of_the_planes_is_enough_to_crop(void **state) {
  (void)state;
  dseg_plane_position planes[PLANES];
  dseg_geometry geometry = moved(planes, 1, 0); /* the first column is not there, and the last two planes */
  geometry.plane_count = 3;
  dseg_derive_options options = {.grid = DSEG_VIEW_GRID_ONTO, .onto = &geometry, .crop = true};
  dseg_source *view = derive(make_source(), options);
  assert_string_equal(warning,
                      "1 columns, 0 rows and 2 planes lie outside the grid that it is put on, and are left out");
  uint8_t mask[PIXELS];
  static const uint8_t expected[PIXELS] = {1}; /* the second of the two voxels of segment 2 */
  assert_int_equal(dseg_source_read_mask(view, 1, 2, 1, mask, sizeof mask, 1, NULL), DSEG_OK);
  assert_memory_equal(mask, expected, sizeof expected);
  dseg_source_close(view);
  geometry = moved(planes, COLUMNS, 0);
  refuses(options, DSEG_ERROR_UNSUPPORTED, "file: it lies wholly outside the grid that it is put on");
}

static void empty_margins_are_cut_with_a_word(void **state) {
  (void)state;
  dseg_plane_position planes[PLANES];
  dseg_geometry geometry = moved(planes, 0, -1);
  geometry.columns = 6; /* all columns, the first two rows, and not the empty first plane */
  geometry.planes++;
  geometry.plane_count--;
  dseg_source *view = derive(make_source(), (dseg_derive_options){.grid = DSEG_VIEW_GRID_ONTO, .onto = &geometry});
  assert_string_equal(warning,
                      "0 columns, 1 rows and 1 planes lie outside the grid that it is put on; they are empty, and left "
                      "out");
  uint8_t mask[18];
  static const uint8_t expected[18] = {0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0};
  assert_int_equal(dseg_source_read_mask(view, 1, 1, 1, mask, sizeof mask, 1, NULL), DSEG_OK);
  assert_memory_equal(mask, expected, sizeof expected);
  dseg_source_close(view);
  geometry = moved(planes, 0, 0);
  view = derive(make_source(), (dseg_derive_options){.grid = DSEG_VIEW_GRID_ONTO, .onto = &geometry});
  assert_string_equal(warning, "");
  dseg_source_close(view);
}

static void expect_numbers(const dseg_source *view, const uint32_t *numbers, const char *first_label) {
  const dseg_description *description = dseg_source_description(view);
  for (size_t i = 0; i < description->segment_count; i++) {
    assert_int_equal(description->segments[i].number, numbers[i]);
  }
  assert_string_equal(description->segments[0].label, first_label);
}

static void numbers_and_where_they_came_from(void **state) {
  (void)state;
  static const uint32_t order[] = {3, 0, 1}, given[] = {8, 71, 3};
  dseg_source *view = derive(make_source(), (dseg_derive_options){.segments = order, .segment_count = 3});
  expect_numbers(view, (const uint32_t[]){1, 2, 9}, "Liver");
  assert_true(dseg_source_description(view)->segments[0].has_original_number);
  assert_int_equal(dseg_source_segment_origin(view, 2).number, 9);
  dseg_source_close(view);
  view = derive(make_source(),
                (dseg_derive_options){.segments = order, .segment_count = 3, .numbering = DSEG_VIEW_NUMBERS_COUNT});
  expect_numbers(view, (const uint32_t[]){1, 2, 3}, "liver");
  assert_false(dseg_source_description(view)->segments[0].has_original_number);
  assert_int_equal(dseg_source_segment_origin(view, 0).number, 9);
  dseg_source_close(view);
  view = derive(make_source(),
                (dseg_derive_options){
                    .segments = order, .segment_count = 3, .numbering = DSEG_VIEW_NUMBERS_GIVEN, .numbers = given});
  expect_numbers(view, (const uint32_t[]){3, 8, 71}, "Spleen");
  assert_true(dseg_source_description(view)->segments[0].has_original_number);
  assert_int_equal(dseg_source_description(view)->segments[0].original_number, 71);
  assert_int_equal(dseg_source_segment_origin(view, 2).number, 1);
  dseg_source_close(view);
}

/* A label map without a background, whose segments have the numbers 0 and 1. */
static dseg_source *make_total(void) {
  dseg_source *source = make_source();
  source->description->has_background = false;
  source->description->segment_count = 2;
  source->description->segments[0].number = 0;
  source->description->segments[1].number = 1;
  return source;
}

static void background_is_a_number_that_no_segment_has(void **state) {
  (void)state;
  static const uint32_t second[] = {1}, given[] = {4, 0};
  dseg_source *view = derive(make_total(), (dseg_derive_options){.plane_count = 1});
  assert_false(dseg_source_description(view)->has_background);
  dseg_source_close(view);
  view = derive(make_total(), (dseg_derive_options){.segments = second, .segment_count = 1});
  assert_true(dseg_source_description(view)->has_background);
  assert_int_equal(dseg_source_description(view)->background, 0);
  dseg_source_close(view);
  dseg_plane_position planes[PLANES];
  dseg_geometry geometry = moved(planes, -1, 0);
  geometry.columns += 2;
  view = derive(make_total(), (dseg_derive_options){.grid = DSEG_VIEW_GRID_ONTO, .onto = &geometry});
  assert_true(dseg_source_description(view)->has_background);
  assert_int_equal(dseg_source_description(view)->background, 2);
  dseg_source_close(view);
  view = derive(make_total(),
                (dseg_derive_options){
                    .numbering = DSEG_VIEW_NUMBERS_GIVEN, .numbers = given, .has_background = true, .background = 3});
  assert_int_equal(dseg_source_description(view)->background, 3);
  dseg_source_close(view);
  dseg_source *source = make_source();
  source->description->background = 3; /* which the third segment gets */
  view = derive(source, (dseg_derive_options){.numbering = DSEG_VIEW_NUMBERS_COUNT});
  assert_int_equal(dseg_source_description(view)->background, 0);
  dseg_source_close(view);
}

static void a_view_of_everything_is_the_source(void **state) {
  (void)state;
  dseg_source *source = make_source();
  dseg_source *view = NULL;
  assert_int_equal(dseg_source_derive(source, NULL, &view, NULL), DSEG_OK);
  const dseg_description *description = dseg_source_description(view);
  assert_string_equal(dseg_source_format(view), "test");
  assert_ptr_not_equal(description, dseg_source_description(source));
  assert_int_equal(description->frame_count, PLANES);
  assert_int_equal(description->attributes.size, 12);
  assert_int_equal(description->geometry.planes[3].source, 3);
  assert_false(description->references.shared);
  const uint8_t *labels = dseg_source_view_labels(source, 8, NULL);
  assert_non_null(labels);
  assert_ptr_equal(dseg_source_view_labels(view, 8, NULL), labels);
  assert_null(dseg_source_view_labels(view, 16, NULL));
  assert_int_equal(dseg_source_chunk_planes(view, 8), PLANES);
  dseg_source_close(view);
  view = derive(source, (dseg_derive_options){.first_plane = 2, .plane_count = 2});
  assert_ptr_equal(dseg_source_view_labels(view, 8, NULL), labels + 2 * (size_t)PIXELS);
  dseg_source_close(view);
  static const uint32_t others[] = {1, 2, 5, 10};
  view = derive(make_source(),
                (dseg_derive_options){.numbering = DSEG_VIEW_NUMBERS_GIVEN, .numbers = others, .plane_count = 1});
  assert_null(dseg_source_view_labels(view, 8, NULL));
  assert_non_null(dseg_source_view_labels(view, 8, (const uint32_t[]){1, 2, 5, 9}));
  dseg_source_close(view);
}

static void what_is_said_of_frames_goes_with_them(void **state) {
  (void)state;
  static const uint32_t segments[] = {3, 1};
  static const size_t planes[] = {4, 3, 1};
  dseg_source *view = derive(make_source(), (dseg_derive_options){.segments = segments,
                                                                  .segment_count = 2,
                                                                  .planes = planes,
                                                                  .plane_count = 3,
                                                                  .numbering = DSEG_VIEW_NUMBERS_COUNT});
  const dseg_description *description = dseg_source_description(view);
  assert_int_equal(description->frame_count, 3); /* planes 4 (a label map's), 3 (segment 3) and 1 (segment 1) */
  assert_int_equal(description->frames[0].plane, 0);
  assert_int_equal(description->frames[0].segment, -1);
  assert_int_equal(description->frames[1].plane, 1);
  assert_int_equal(description->frames[1].segment, 0);
  assert_int_equal(description->frames[2].plane, 2);
  assert_int_equal(description->frames[2].segment, 1);
  assert_int_equal(description->geometry.planes[0].source, 4);
  assert_int_equal(description->attributes.size, 0); /* the icon */
  assert_int_equal(description->dropped_count, 1);
  assert_int_equal(description->dropped[0], 0x00880200);
  dseg_source_close(view);
}

static void planes_across_others_were_drawn_on_all_images(void **state) {
  (void)state;
  const dseg_grid grid = {{ROWS, PLANES, COLUMNS}, {10, 20, 30}, {{0, 1, 0}, {0, 0, 2}, {1, 0, 0}}};
  dseg_description *sides = dseg_description_create();
  assert_int_equal(dseg_geometry_from_grid(sides, &grid, NULL), DSEG_OK);
  sides->geometry.planes[1].source = 5;
  dseg_source *view =
      derive(make_source(), (dseg_derive_options){.grid = DSEG_VIEW_GRID_ONTO, .onto = &sides->geometry});
  const dseg_description *description = dseg_source_description(view);
  assert_true(description->references.shared);
  assert_int_equal(description->references.count, PLANES);
  assert_int_equal(description->geometry.planes[1].source, -1);
  assert_int_equal(description->frame_count, 0);
  assert_string_equal(description->geometry.frame_of_reference_uid, "1.2.3");
  dseg_source_close(view);

  const dseg_instance_reference image = {.sop_instance_uid = "1.9"}; /* with the images it is about them */
  static const uint8_t context[] = {0x10, 0, 0x20, 0, 'L', 'O', 2, 0, 'A', ' '};
  sides->references = (dseg_references){.instances = &image, .count = 1};
  sides->context = (dseg_view){context, sizeof context};
  sides->geometry.planes[1].source = 0;
  sides->geometry.frame_of_reference_uid = "1.2.5";
  dseg_source *source = make_source();
  source->description->identity.frame_of_reference_made = true; /* gives way */
  view = derive(source, (dseg_derive_options){.grid = DSEG_VIEW_GRID_ONTO, .images = sides});
  dseg_description_destroy(sides);
  description = dseg_source_description(view);
  assert_false(description->references.shared);
  assert_int_equal(description->references.count, 1);
  assert_string_equal(description->references.instances[0].sop_instance_uid, "1.9");
  assert_int_equal(description->geometry.planes[1].source, 0);
  assert_int_equal(description->context.size, sizeof context);
  assert_string_equal(description->geometry.frame_of_reference_uid, "1.2.5");
  assert_false(description->identity.frame_of_reference_made);
  dseg_source_close(view);
}

/* Each way of reading fails, with a message that says why. */
static void expect_closed(dseg_source *view) {
  uint8_t voxels[VOXELS];
  uint8_t present[SEGMENTS];
  uint32_t layers[SEGMENTS];
  size_t count;
  dseg_source *next = NULL;
  const dseg_label_request request = {.struct_size = sizeof request, .plane_count = PLANES, .bits = 8};
  const char *text = "was closed";
  assert_int_equal(dseg_source_read_labels(view, &request, voxels, VOXELS, NULL, &error), ARGUMENT);
  assert_non_null(strstr(error.message, text));
  assert_int_equal(dseg_source_read_mask(view, 0, 0, PLANES, voxels, VOXELS, 1, &error), ARGUMENT);
  assert_non_null(strstr(error.message, text));
  assert_int_equal(dseg_source_segments_in_plane(view, 0, present, &error), ARGUMENT);
  assert_non_null(strstr(error.message, text));
  assert_int_equal(dseg_source_assign_layers(view, 1, layers, &count, &error), ARGUMENT);
  assert_non_null(strstr(error.message, text));
  const dseg_derive_options tight = {.struct_size = sizeof tight, .grid = DSEG_VIEW_GRID_TIGHT};
  assert_int_equal(dseg_source_derive(view, &tight, &next, &error), ARGUMENT);
  assert_non_null(strstr(error.message, text));
  assert_null(dseg_source_view_labels(view, 8, NULL));
  assert_string_equal(dseg_source_description(view)->segments[2].label, "Kidney, left"); /* is still there */
}

static void a_view_of_a_closed_source_is_not_read(void **state) {
  (void)state;
  dseg_source *source = make_source();
  dseg_source *view = NULL;
  dseg_source *next = NULL;
  assert_int_equal(dseg_source_derive(source, NULL, &view, NULL), DSEG_OK);
  assert_int_equal(dseg_source_derive(view, NULL, &next, NULL), DSEG_OK);
  dseg_source_close(source);
  expect_closed(view);
  expect_closed(next);
  dseg_source_close(view);
  expect_closed(next);
  dseg_source_close(next);

  source = make_source();
  view = derive(source, (dseg_derive_options){.first_plane = 0}); /* which takes the source along */
  assert_int_equal(dseg_source_derive(source, NULL, &next, NULL), DSEG_OK);
  dseg_source_close(view);
  expect_closed(next);
  dseg_source_close(next);
}

static void layers_are_counted_from_1(void **state) {
  (void)state;
  dseg_source *source = make_source();
  uint8_t voxels[VOXELS];
  uint32_t layer_of[SEGMENTS] = {9, 9, 9, 9};
  size_t count = 0;
  dseg_label_request request = {
      .struct_size = sizeof(dseg_label_request), .plane_count = PLANES, .bits = 8, .layer = 2};
  assert_int_equal(dseg_source_read_labels(source, &request, voxels, VOXELS, NULL, &error), ARGUMENT);
  assert_non_null(strstr(error.message, "file: layer 2 was asked for, there are 1 (counted from 1)"));
  assert_int_equal(dseg_source_assign_layers(source, 1, layer_of, &count, &error), DSEG_OK);
  assert_int_equal(count, 1);
  assert_int_equal(layer_of[3], 0);
  assert_int_equal(dseg_source_assign_layers(source, 1, NULL, &count, &error), ARGUMENT);
  dseg_source_close(source);
}

static void segments_are_found_by_number_and_label(void **state) {
  (void)state;
  static const struct {
    const char *texts[2];
    size_t count, expected;
    uint32_t indices[SEGMENTS];
  } cases[] = {
      {{"2"}, 1, 1, {1}},
      {{"2-8"}, 1, 2, {1, 2}},
      {{"liver"}, 1, 2, {0, 3}},
      {{"9,SPLEEN,9"}, 1, 2, {1, 3}},
      {{"Kidney, left", "1"}, 2, 2, {0, 2}},
      {{",5,"}, 1, 1, {2}},
      {{""}, 1, 0, {0}},
      {{"00000000000000000001-000000000000000000002"}, 1, 2, {0, 1}},
  };
  static const struct {
    const char *text, *named;
  } wrong[] = {{"3", "\"3\""},          {"1,10-20", "\"10-20\""}, {"Kidney", "\"Kidney\""},
               {"5-1", "\"5-1\""},      {"2-", "\"2-\""},         {"99999999999999999999999", "\"9"},
               {"Live", "\"Live\""},    {"-1", "\"-1\""},         {"1 2", "\"1 2\""},
               {"livers", "\"livers\""}};
  dseg_source *source = make_source();
  const dseg_description *description = dseg_source_description(source);
  uint32_t indices[SEGMENTS];
  size_t found = 9;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(dseg_find_segments(description, cases[i].texts, cases[i].count, indices, &found, &error), DSEG_OK);
    assert_int_equal(found, cases[i].expected);
    assert_memory_equal(indices, cases[i].indices, found * sizeof *indices);
  }
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    assert_int_equal(dseg_find_segments(description, &wrong[i].text, 1, indices, &found, &error), ARGUMENT);
    assert_non_null(strstr(error.message, wrong[i].named));
    assert_int_equal(found, 0);
  }
  assert_int_equal(dseg_find_segments(description, NULL, 1, indices, &found, &error), ARGUMENT);
  static const char *const none[2] = {"1", NULL};
  assert_int_equal(dseg_find_segments(description, none, 2, indices, &found, &error), ARGUMENT);
  assert_non_null(strstr(error.message, "text 1 is NULL"));
  assert_int_equal(found, 0);
  dseg_source_close(source);
}

/* An object of two segments, which overlap where it is not a label map. */
static dseg_source *open_object(const char *representation, dseg_buffer *bytes) {
  dseg_source *source = make_source();
  dseg_description *description = NULL;
  dseg_writer *writer = NULL;
  const dseg_output output = dseg_output_to_buffer(bytes);
  const dseg_write_options options = {.struct_size = sizeof options, .representation = representation};
  const dseg_open_options open = {.struct_size = sizeof open, .keep_context = true};
  uint8_t mask[PIXELS] = {1, 1, 2};
  assert_int_equal(dseg_description_copy(dseg_source_description(source), &description, NULL), DSEG_OK);
  dseg_source_close(source);
  description->segment_count = 2;
  description->references.count = 0;
  description->frame_count = 0;
  if (strcmp(representation, "fractional") == 0) {
    description->kind = DSEG_VOXELS_OCCUPANCY;
    description->maximum_fraction = 10;
  }
  if (dseg_writer_create_to(&output, description, &options, &writer, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  for (size_t plane = 0; plane < PLANES; plane++) {
    if (strcmp(representation, "labelmap") == 0) {
      assert_int_equal(dseg_writer_write_labels(writer, plane, mask, 8, NULL), DSEG_OK);
      continue;
    }
    assert_int_equal(dseg_writer_write_mask(writer, plane, 0, mask, NULL), DSEG_OK);
    assert_int_equal(dseg_writer_write_mask(writer, plane, 1, mask, NULL), DSEG_OK);
  }
  assert_int_equal(dseg_writer_finish(writer, &error), DSEG_OK);
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
  assert_int_equal(dseg_open_memory((dseg_view){bytes->data, bytes->size}, "object", &open, &source, &error), DSEG_OK);
  return source;
}

static void frames_are_those_of_the_source_or_none(void **state) {
  (void)state;
  dseg_buffer bytes = {0}, one = {0}, other = {0};
  dseg_source *source = open_object("binary", &bytes);
  dseg_source *view = NULL;
  dseg_frame_location location;
  assert_int_equal(dseg_source_derive(source, NULL, &view, NULL), DSEG_OK);
  assert_int_equal(dseg_source_encoding(view)->frame_count, 2 * PLANES);
  assert_string_equal(dseg_source_encoding(view)->segments_overlap, dseg_source_encoding(source)->segments_overlap);
  assert_int_equal(dseg_source_frame(view, 3, &location, NULL), DSEG_OK);
  dseg_frame_range range;
  assert_int_equal(dseg_source_frame_range(view, 3, &range, NULL), DSEG_OK);
  assert_int_equal(range.offset, location.offset); /* of native frames */
  assert_int_equal(range.length, location.length);
  assert_int_equal(range.plane, location.plane);
  assert_int_equal(range.segment, location.segment);
  assert_int_equal(dseg_source_frame_range(view, 2 * PLANES, &range, NULL), ARGUMENT);
  assert_int_equal(dseg_source_read_frame(view, 3, &one, NULL), DSEG_OK);
  assert_int_equal(dseg_source_read_frame(source, 3, &other, NULL), DSEG_OK);
  assert_int_equal(one.size, other.size);
  assert_memory_equal(one.data, other.data, one.size);
  dseg_source_close(source);
  assert_int_equal(dseg_source_frame(view, 3, &location, &error), ARGUMENT);
  assert_int_equal(dseg_source_frame_range(view, 3, &range, &error), ARGUMENT);
  assert_int_equal(dseg_source_read_frame(view, 3, &one, &error), ARGUMENT);
  assert_non_null(strstr(error.message, "was closed"));
  dseg_source_close(view);
  dseg_buffer_free(&bytes);
  dseg_buffer_free(&one);
  dseg_buffer_free(&other);
}

static void an_encoding_says_what_is_still_true(void **state) {
  (void)state;
  dseg_buffer bytes = {0};
  dseg_frame_location location;
  dseg_source *view = derive(open_object("binary", &bytes), (dseg_derive_options){.first_plane = 1});
  const dseg_encoding_info *info = dseg_source_encoding(view);
  assert_string_equal(info->representation, "binary");
  assert_string_equal(info->frame_codec, "explicit-le");
  assert_int_equal(info->bits_allocated, 1);
  assert_int_equal(info->frame_count, 0);
  assert_int_equal(info->file_bytes, 0);
  assert_null(info->segments_overlap); /* it may be others that do */
  assert_int_equal(dseg_source_frame(view, 0, &location, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "object: a view has no frames of its own"));
  dseg_source_close(view);
  bytes.size = 0;
  view = derive(open_object("labelmap", &bytes), (dseg_derive_options){.plane_count = 2});
  assert_string_equal(dseg_source_encoding(view)->segments_overlap, "NO");
  dseg_source_close(view);
  bytes.size = 0;
  view = derive(open_object("fractional", &bytes), (dseg_derive_options){.threshold = 0.2});
  assert_null(dseg_source_encoding(view)->representation);
  assert_int_equal(dseg_source_description(view)->kind, DSEG_VOXELS_MASKS);
  assert_int_equal(dseg_source_description(view)->maximum_fraction, 0);
  uint8_t mask[PIXELS];
  static const uint8_t expected[PIXELS] = {0, 0, 1}; /* 0.2 of 10 is 2 */
  assert_int_equal(dseg_source_read_mask(view, 1, 4, 1, mask, PIXELS, 1, NULL), DSEG_OK);
  assert_memory_equal(mask, expected, PIXELS);
  dseg_source_close(view);
  dseg_buffer_free(&bytes);
}

static void chunks_are_larger_across_planes(void **state) {
  (void)state;
  dseg_source *source = make_source();
  source->description->geometry.rows = 4000; /* nothing is read */
  source->description->geometry.columns = 4000;
  source->description->geometry.plane_count = 5;
  assert_int_equal(dseg_source_chunk_planes(source, 8), 1);
  assert_int_equal(dseg_source_chunk_planes(source, 32), 1);
  source->description->geometry.rows = 1000;
  source->description->geometry.columns = 1000;
  assert_int_equal(dseg_source_chunk_planes(source, 8), 4);
  source->description->geometry.rows = ROWS;
  source->description->geometry.columns = COLUMNS;
  const dseg_grid grid = {{ROWS, PLANES, COLUMNS}, {10, 20, 30}, {{0, 1, 0}, {0, 0, 2}, {1, 0, 0}}};
  dseg_description *sides = dseg_description_create();
  assert_int_equal(dseg_geometry_from_grid(sides, &grid, NULL), DSEG_OK);
  dseg_source *view = derive(source, (dseg_derive_options){.grid = DSEG_VIEW_GRID_ONTO, .onto = &sides->geometry});
  dseg_source *next = NULL;
  assert_int_equal(dseg_source_derive(view, NULL, &next, NULL), DSEG_OK);
  next->description->geometry.rows = 4000;
  next->description->geometry.columns = 4000;
  next->description->geometry.plane_count = 100;
  assert_int_equal(dseg_source_chunk_planes(next, 8), 8);
  dseg_source_close(next);
  dseg_source_close(view);
  dseg_description_destroy(sides);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(options_that_select_nothing_or_too_much),
      cmocka_unit_test(options_that_contradict),
      cmocka_unit_test(grids_that_do_not_fit),
      cmocka_unit_test(a_part_of_the_planes_is_enough_to_crop),
      cmocka_unit_test(empty_margins_are_cut_with_a_word),
      cmocka_unit_test(numbers_and_where_they_came_from),
      cmocka_unit_test(background_is_a_number_that_no_segment_has),
      cmocka_unit_test(a_view_of_everything_is_the_source),
      cmocka_unit_test(what_is_said_of_frames_goes_with_them),
      cmocka_unit_test(planes_across_others_were_drawn_on_all_images),
      cmocka_unit_test(a_view_of_a_closed_source_is_not_read),
      cmocka_unit_test(layers_are_counted_from_1),
      cmocka_unit_test(segments_are_found_by_number_and_label),
      cmocka_unit_test(frames_are_those_of_the_source_or_none),
      cmocka_unit_test(an_encoding_says_what_is_still_true),
      cmocka_unit_test(chunks_are_larger_across_planes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
