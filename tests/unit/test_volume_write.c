/* SPDX-License-Identifier: Apache-2.0 */
/* What is written in a research format is read back with the same voxels, geometry, segments and layers. */
#include "volume_files.h"

/* Odd sizes; large enough for several pieces of compression in every type. */
#define COLUMNS ((size_t)131)
#define ROWS ((size_t)127)
#define PLANES ((size_t)71)
#define COUNT (COLUMNS * ROWS * PLANES)

/* Oblique and left-handed: rotations about z and x, the third axis turned round. */
static dseg_grid make_grid(void) {
  const double a = 0.3;
  const double b = -0.7;
  const double axes[3][3] = {
      {cos(a), sin(a), 0}, {-sin(a) * cos(b), cos(a) * cos(b), sin(b)}, {-sin(a) * sin(b), cos(a) * sin(b), -cos(b)}};
  const double spacing[3] = {0.277340196578731, 0.912345678912345, 3.3333333333333333};
  dseg_grid grid = {.size = {COLUMNS, ROWS, PLANES}, .origin = {-170.860420225865852, 270.86042, -1033.123456789}};
  for (size_t axis = 0; axis < 3; axis++) {
    for (size_t i = 0; i < 3; i++) {
      grid.step[axis][i] = axes[axis][i] * spacing[axis];
    }
  }
  return grid;
}

static void corner(const dseg_grid *grid, double last[3]) {
  for (size_t i = 0; i < 3; i++) {
    last[i] = grid->origin[i];
    for (size_t axis = 0; axis < 3; axis++) {
      last[i] += (double)(grid->size[axis] - 1) * grid->step[axis][i];
    }
  }
}

/* Segments 1, 2 and largest; blobs, noise, and much of nothing. */
static dseg_description *describe(uint32_t largest) {
  dseg_description *description = dseg_description_create();
  assert_non_null(description);
  dseg_segment *segments = dseg_description_alloc(description, 3 * sizeof *segments);
  assert_non_null(segments);
  segments[0] = (dseg_segment){.number = 1,
                               .label = "Back\\slash\nand line ~^|",
                               .has_color = true,
                               .rgb = {1, 128, 254},
                               .category = {"123037004", "SCT", "Anatomical Structure"},
                               .type = {"10200004", "SCT", "Liver"}};
  static const dseg_code region = {"1^2", "99X", "Re~gion"};
  static const dseg_code modifier = {"24028007", "SCT", "Right"};
  segments[0].type_modifiers = (dseg_code_list){&modifier, 1};
  segments[0].anatomic_regions = (dseg_code_list){&region, 1};
  segments[0].anatomic_region_modifiers = (dseg_code_list){&modifier, 1};
  segments[1] = (dseg_segment){.number = 2, .label = "Leber größer", .has_color = true, .rgb = {255, 0, 3}};
  segments[2] = (dseg_segment){.number = largest, .label = "Largest"};
  description->segments = segments;
  description->segment_count = 3;
  return description;
}

static uint32_t label_at(size_t i, uint32_t largest) {
  const size_t row = i / COLUMNS % ROWS;
  if (row < 40) {
    return 0;
  }
  if (row == 60) {
    const uint32_t noise[4] = {0, 1, 2, largest};
    return noise[(i * 2654435761u >> 13) % 4];
  }
  return i % COLUMNS < 50 ? 1 : row < 100 ? 2 : largest;
}

static void *make_voxels(unsigned bits, uint32_t largest) {
  uint8_t *voxels = malloc(COUNT * (bits / 8));
  assert_non_null(voxels);
  for (size_t i = 0; i < COUNT; i++) {
    const uint32_t value = label_at(i, largest);
    if (bits == 8) {
      voxels[i] = (uint8_t)value;
    } else if (bits == 16) {
      memcpy(voxels + 2 * i, &(uint16_t){(uint16_t)value}, 2);
    } else {
      memcpy(voxels + 4 * i, &value, 4);
    }
  }
  return voxels;
}

static void write_volume(const char *path, const dseg_volume *volume, const dseg_volume_write_options *options) {
  dseg_error error = {DSEG_OK, ""};
  if (dseg_volume_write(path, volume, options, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
}

static bool ends_with(const char *text, const char *end) {
  return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

static void check_segments(const dseg_source *source) {
  const dseg_segment *first = &source->description->segments[0];
  assert_string_equal(first->label, "Back\\slash\nand line ~^|");
  assert_memory_equal(first->rgb, ((const uint8_t[]){1, 128, 254}), 3);
  assert_string_equal(first->category.value, "123037004");
  assert_string_equal(first->category.meaning, "Anatomical Structure");
  assert_string_equal(first->type.value, "10200004");
  assert_string_equal(first->type_modifiers.items[0].value, "24028007");
  assert_string_equal(first->anatomic_regions.items[0].value, "1 2");
  assert_string_equal(first->anatomic_regions.items[0].meaning, "Re gion");
  assert_string_equal(first->anatomic_region_modifiers.items[0].meaning, "Right");
  assert_string_equal(source->description->segments[1].label, "Leber größer");
  assert_memory_equal(source->description->segments[1].rgb, ((const uint8_t[]){255, 0, 3}), 3);
}

static void check_file(const char *path, const dseg_grid *grid, uint32_t largest) {
  struct warnings warnings = {0};
  dseg_source *source = open_volume_warned(path, &warnings);
  assert_int_equal(warnings.count, 0);
  expect_numbers(source, (const uint32_t[]){1, 2, largest}, 3);
  double last[3];
  corner(grid, last);
  expect_corners(source, grid->origin, last, 1e-4);
  uint32_t *labels = malloc(COUNT * sizeof *labels);
  assert_non_null(labels);
  read_labels(source, labels, COUNT);
  for (size_t i = 0; i < COUNT; i++) {
    if (labels[i] != label_at(i, largest)) {
      fail_msg("%s: voxel %zu is %lu", path, i, (unsigned long)labels[i]);
    }
  }
  free(labels);
  if (strstr(path, ".seg.") != NULL) {
    check_segments(source);
  }
  close_volume(source);
}

static void every_format_and_type(void **state) {
  (void)state;
  const char *paths[] = {"a.nii",      "a.nii.gz", "a.nrrd", "a.nhdr", "a.seg.nrrd",
                         "a.seg.nhdr", "a.mha",    "a.mhd",  "a.hdr"};
  const uint32_t largest[] = {200, 4100, 4000000000u};
  const dseg_grid grid = make_grid();
  for (size_t type = 0; type < 3; type++) {
    const unsigned bits = 8u << type;
    void *voxels = make_voxels(bits, largest[type]);
    dseg_description *description = describe(largest[type]);
    const dseg_volume volume = {.struct_size = sizeof(dseg_volume),
                                .description = description,
                                .grid = grid,
                                .bits = bits,
                                .layer_count = 1,
                                .voxels = voxels};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
      if (ends_with(paths[i], ".gz") && !dseg_can_deflate()) {
        continue;
      }
      const dseg_volume_write_options options = {
          .struct_size = sizeof(dseg_volume_write_options), .replace = true, .threads = 2};
      write_volume(paths[i], &volume, &options);
      check_file(paths[i], &grid, largest[type]);
      const dseg_volume_write_options plain = {
          .struct_size = sizeof(dseg_volume_write_options), .replace = true, .compression = -1};
      write_volume(paths[i], &volume, &plain);
      check_file(paths[i], &grid, largest[type]);
    }
    dseg_description_destroy(description);
    free(voxels);
  }
}

static void compressed_bytes_do_not_depend_on_threads(void **state) {
  (void)state;
  if (!dseg_can_deflate()) {
    skip();
  }
  void *voxels = make_voxels(8, 200);
  dseg_description *description = describe(200);
  const dseg_volume volume = {.struct_size = sizeof(dseg_volume),
                              .description = description,
                              .grid = make_grid(),
                              .bits = 8,
                              .layer_count = 1,
                              .voxels = voxels};
  const char *paths[] = {"one.nii.gz", "many.nii.gz"};
  for (unsigned i = 0; i < 2; i++) {
    const dseg_volume_write_options options = {
        .struct_size = sizeof(dseg_volume_write_options), .compression = 1, .threads = i == 0 ? 1 : 7};
    write_volume(paths[i], &volume, &options);
  }
  dseg_buffer one = read_bytes(paths[0]);
  dseg_buffer many = read_bytes(paths[1]);
  assert_int_equal(one.size, many.size);
  assert_memory_equal(one.data, many.data, one.size);
  dseg_buffer_free(&one);
  dseg_buffer_free(&many);
  for (int level = 1; level <= 12; level++) {
    const dseg_volume_write_options options = {
        .struct_size = sizeof(dseg_volume_write_options), .compression = level, .replace = true};
    write_volume("level.nii.gz", &volume, &options);
    const dseg_grid grid = make_grid();
    check_file("level.nii.gz", &grid, 200);
  }
  dseg_description_destroy(description);
  free(voxels);
}

/* Whole pieces of zeros, which are compressed once, between two that hold something. */
static void empty_stretches(void **state) {
  (void)state;
  if (!dseg_can_deflate()) {
    skip();
  }
  const size_t size[3] = {1000, 1000, 9};
  const size_t count = size[0] * size[1] * size[2];
  uint8_t *voxels = calloc(count, 1);
  uint8_t *back = malloc(count);
  assert_non_null(voxels);
  assert_non_null(back);
  voxels[100] = 1;
  voxels[count / 2] = 1;
  voxels[count / 2 + 1000] = 1;
  dseg_description *description = describe(1);
  dseg_volume volume = {.struct_size = sizeof(dseg_volume),
                        .description = description,
                        .grid = make_grid(),
                        .bits = 8,
                        .layer_count = 1,
                        .voxels = voxels};
  memcpy(volume.grid.size, size, sizeof size);
  static const char *const paths[] = {"empty.nii.gz", "empty.nrrd", "empty.mha"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    dseg_source *source = NULL;
    const dseg_label_request request = {.struct_size = sizeof(dseg_label_request), .plane_count = size[2], .bits = 8};
    write_volume(paths[i], &volume, NULL);
    assert_int_equal(dseg_open(paths[i], NULL, &source, NULL), DSEG_OK);
    assert_int_equal(dseg_source_read_labels(source, &request, back, count, NULL, NULL), DSEG_OK);
    assert_memory_equal(back, voxels, count);
    dseg_source_close(source);
  }
  dseg_description_destroy(description);
  free(voxels);
  free(back);
}

/* A small volume of two layers that overlap. */
struct layered {
  dseg_description *description;
  dseg_volume volume;
};

static const uint32_t layer_of_segment[3] = {0, 1, 1};
static const uint32_t value_of_segment[3] = {1, 1, 7};

static struct layered make_layered(const void *voxels, unsigned bits) {
  struct layered layered = {.description = describe(3)};
  layered.volume = (dseg_volume){.struct_size = sizeof(dseg_volume),
                                 .description = layered.description,
                                 .grid = make_grid(),
                                 .bits = bits,
                                 .layer_count = 2,
                                 .voxels = voxels,
                                 .layer_of_segment = layer_of_segment,
                                 .value_of_segment = value_of_segment};
  memcpy(layered.volume.grid.size, (const size_t[]){2, 3, 1}, sizeof layered.volume.grid.size);
  return layered;
}

static void layers_and_empty_segments(void **state) {
  (void)state;
  const uint8_t voxels[12] = {1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0};
  struct layered layered = make_layered(voxels, 8);
  const char *paths[] = {"a.seg.nrrd", "a.nrrd", "a.nii"};
  for (size_t i = 0; i < 3; i++) {
    write_volume(paths[i], &layered.volume, NULL);
    dseg_source *source = open_volume(paths[i]);
    assert_int_equal(source->description->kind, DSEG_VOXELS_MASKS);
    /* Only seg.nrrd knows of the segment without voxels: value 7 in the second layer. */
    const uint32_t with_segments[3] = {1, 7, 8};
    expect_numbers(source, i == 0 ? with_segments : (const uint32_t[]){1, 2}, i == 0 ? 3 : 2);
    expect_mask(source, 0, (const uint8_t[]){1, 1, 0, 0, 0, 0}, 6);
    expect_mask(source, i == 0 ? 2 : 1, (const uint8_t[]){0, 1, 1, 0, 0, 0}, 6);
    if (i == 0) {
      assert_string_equal(source->description->segments[1].label, "Largest");
      assert_string_equal(source->description->segments[2].label, "Leber größer");
    }
    close_volume(source);
  }
  dseg_buffer header = read_bytes("a.seg.nrrd");
  append(&header, "", 1);
  assert_non_null(strstr((const char *)header.data, "Segment1_Extent:=0 1 0 1 0 0\n"));
  assert_non_null(strstr((const char *)header.data, "Segment2_Extent:=0 -1 0 -1 0 -1\n"));
  assert_non_null(strstr((const char *)header.data, "Segment2_LabelValue:=7\n"));
  assert_non_null(strstr((const char *)header.data, "Segment2_Layer:=1\n"));
  dseg_buffer_free(&header);
  dseg_error error = {DSEG_OK, ""};
  assert_int_equal(dseg_volume_write("a.mha", &layered.volume, NULL, &error), DSEG_ERROR_UNSUPPORTED);
  dseg_description_destroy(layered.description);
}

static void fractions_as_floats(void **state) {
  (void)state;
  const float voxels[12] = {0, 0.2F, 1, 0, 0, 0, 0.6F, 1, 1, 0, 0, 0};
  struct layered layered = make_layered(voxels, 0);
  const char *paths[] = {"a.nrrd", "a.nii"};
  for (size_t i = 0; i < 2; i++) {
    write_volume(paths[i], &layered.volume, NULL);
    dseg_source *source = open_volume(paths[i]);
    assert_int_equal(source->description->kind, DSEG_VOXELS_PROBABILITY);
    expect_mask(source, 0, (const uint8_t[]){0, 51, 255, 0, 0, 0}, 6);
    expect_mask(source, 1, (const uint8_t[]){153, 255, 255, 0, 0, 0}, 6);
    close_volume(source);
  }
  assert_int_equal(dseg_volume_write("a.seg.nrrd", &layered.volume, NULL, NULL), DSEG_ERROR_UNSUPPORTED);
  dseg_description_destroy(layered.description);
}

static void large_dimensions_make_nifti_2(void **state) {
  (void)state;
  uint8_t *voxels = calloc(40000, 1);
  assert_non_null(voxels);
  voxels[39999] = 1;
  dseg_description *description = describe(3);
  dseg_volume volume = {.struct_size = sizeof(dseg_volume),
                        .description = description,
                        .grid = make_grid(),
                        .bits = 8,
                        .layer_count = 1,
                        .voxels = voxels};
  memcpy(volume.grid.size, (const size_t[]){40000, 1, 1}, sizeof volume.grid.size);
  write_volume("a.nii", &volume, NULL);
  dseg_source *source = open_volume("a.nii");
  assert_string_equal(source->format, "NIfTI-2");
  expect_numbers(source, (const uint32_t[]){1}, 1);
  close_volume(source);
  volume.grid.size[0] = 100;
  write_volume("b.nii", &volume,
               &(dseg_volume_write_options){.struct_size = sizeof(dseg_volume_write_options), .nifti2 = true});
  source = open_volume("b.nii");
  assert_string_equal(source->format, "NIfTI-2");
  close_volume(source);
  dseg_description_destroy(description);
  free(voxels);
}

static void suffixes(void **state) {
  (void)state;
  assert_string_equal(dseg_volume_format_of("x/a.NII")->name, "NIfTI");
  assert_string_equal(dseg_volume_format_of("a.nii.gz")->name, "NIfTI");
  assert_string_equal(dseg_volume_format_of("a.b.nrrd")->name, "NRRD");
  assert_string_equal(dseg_volume_format_of("a.nhdr")->name, "NRRD");
  assert_string_equal(dseg_volume_format_of("a.Seg.Nrrd")->name, "seg.nrrd");
  assert_string_equal(dseg_volume_format_of("a.mha")->name, "MetaImage");
  assert_string_equal(dseg_volume_format_of("a.mhd")->name, "MetaImage");
  assert_string_equal(dseg_volume_format_of("a.hdr")->name, "NIfTI");
  const char *others[] = {"a.dcm", "nii", "a.nii.bz2", "", "a.gz"};
  for (size_t i = 0; i < 5; i++) {
    assert_null(dseg_volume_format_of(others[i]));
  }
  assert_null(dseg_volume_format_of(NULL));
  static const char *const named[] = {"x/liver.nii", "x/liver.NII.GZ", "x/liver.seg.nrrd", "x/liver.seg.nhdr",
                                      "x/liver.mhd", "x/liver.img",    "x/liver.img.gz"};
  for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
    assert_int_equal(dseg_volume_stem(named[i]), strlen("x/liver"));
  }
  assert_int_equal(dseg_volume_stem("liver.dcm"), strlen("liver.dcm"));
  assert_int_equal(dseg_volume_stem(".nrrd"), strlen(".nrrd"));
  assert_int_equal(dseg_volume_stem("x/.nii.gz"), strlen("x/.nii.gz"));
  assert_true(dseg_is_dicom_name("x/a.dcm") && dseg_is_dicom_name("A.DCM") && dseg_is_dicom_name("a.b.seg"));
  assert_false(dseg_is_dicom_name("x/dcm") || dseg_is_dicom_name("a.nrrd") || dseg_is_dicom_name("a.dcm.gz"));
  assert_false(dseg_is_dicom_name("") || dseg_is_dicom_name(NULL));
}

static void what_cannot_be_written_leaves_no_file(void **state) {
  (void)state;
  const uint8_t voxels[12] = {0};
  struct layered layered = make_layered(voxels, 8);
  dseg_volume *volume = &layered.volume;
  volume->layer_count = 1;
  volume->layer_of_segment = NULL;
  assert_int_equal(dseg_volume_write("a.xyz", volume, NULL, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_volume_write("missing/a.nii", volume, NULL, NULL), DSEG_ERROR_OUTPUT);
  assert_int_equal(dseg_volume_write("a\nb.mhd", volume, NULL, NULL), DSEG_ERROR_ARGUMENT);
  volume->bits = 12;
  assert_int_equal(dseg_volume_write("a.nii", volume, NULL, NULL), DSEG_ERROR_ARGUMENT);
  volume->bits = 8;
  volume->grid.size[1] = 0;
  assert_int_equal(dseg_volume_write("a.nii", volume, NULL, NULL), DSEG_ERROR_ARGUMENT);
  volume->grid.size[1] = SIZE_MAX;
  assert_int_equal(dseg_volume_write("a.nii", volume, NULL, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(count_files(), 0);
  volume->grid.size[1] = 3;
  /* The data of a detached header may not be replaced: the header does not appear either. */
  write_bytes("a.raw", "x", 1);
  const dseg_volume_write_options plain = {.struct_size = sizeof(dseg_volume_write_options), .compression = -1};
  assert_int_equal(dseg_volume_write("a.mhd", volume, &plain, NULL), DSEG_ERROR_OUTPUT);
  assert_int_equal(dseg_volume_write("a.nhdr", volume, &plain, NULL), DSEG_ERROR_OUTPUT);
  assert_int_equal(count_files(), 1);
  dseg_description_destroy(layered.description);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(every_format_and_type, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(compressed_bytes_do_not_depend_on_threads, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(empty_stretches, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(layers_and_empty_segments, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(fractions_as_floats, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(large_dimensions_make_nifti_2, enter_directory, leave_directory),
      cmocka_unit_test(suffixes),
      cmocka_unit_test_setup_teardown(what_cannot_be_written_leaves_no_file, enter_directory, leave_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
