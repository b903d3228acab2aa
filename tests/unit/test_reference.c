/* SPDX-License-Identifier: Apache-2.0 */
/* test_reference.c - patient, geometry and references from source images: slices, multi-frame, slides, projections. */
#include <sys/stat.h>

#include "dseg/data_set.h"
#include "writer_fixture.h"

static const char ct_class[] = "1.2.840.10008.5.1.4.1.1.2";

/* What the images of the tests differ in. */
typedef struct source_image { /* NOLINT(clang-analyzer-optin.performance.Padding): in the order people read */
  const char *name, *instance, *series;
  uint32_t rows, columns;
  bool placed;
  double z;
  bool lossy;
} source_image;

static void put_identity(dseg_data_set *set, const source_image *image) {
  const uint16_t rows = (uint16_t)image->rows, columns = (uint16_t)image->columns;
  dseg_data_set_put_text(set, 0x00080016, "UI", ct_class);
  dseg_data_set_put_text(set, 0x00080018, "UI", image->instance);
  dseg_data_set_put_text(set, 0x00080060, "CS", "CT");
  dseg_data_set_put_text(set, 0x0008103E, "LO", "Thorax");
  dseg_data_set_put_text(set, 0x00100010, "PN", "Doe^Jane");
  dseg_data_set_put_text(set, 0x00100020, "LO", "4711");
  dseg_data_set_put_text(set, 0x0020000D, "UI", "1.2.9");
  dseg_data_set_put_text(set, 0x0020000E, "UI", image->series);
  dseg_data_set_put_u16(set, 0x00280010, "US", &rows, 1);
  dseg_data_set_put_u16(set, 0x00280011, "US", &columns, 1);
  if (image->lossy) {
    dseg_data_set_put_text(set, 0x00282110, "CS", "01");
    dseg_data_set_put_text(set, 0x00282112, "DS", "12");
    dseg_data_set_put_text(set, 0x00282114, "CS", "ISO_15444_1");
  }
}

static void save(dseg_data_set *set, const char *name) {
  const dseg_file_encoding encoding = {.transfer_syntax_uid = "1.2.840.10008.1.2.4.90", /* pixels are not needed */
                                       .implementation_class_uid = "1.2.3",
                                       .implementation_version_name = "TEST"};
  dseg_buffer bytes = {0};
  dseg_error error = {0};
  if (dseg_data_set_write_file(set, &encoding, &bytes, NULL, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  dseg_data_set_destroy(set);
  FILE *file = fopen(name, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
  fclose(file);
  dseg_buffer_free(&bytes);
}

static void write_slice(const source_image *image) {
  dseg_data_set *set = NULL;
  char position[64];
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  put_identity(set, image);
  if (image->placed) {
    snprintf(position, sizeof position, "-10\\-20\\%g", image->z);
    dseg_data_set_put_text(set, 0x00180050, "DS", "2.5");
    dseg_data_set_put_text(set, 0x00200032, "DS", position);
    dseg_data_set_put_text(set, 0x00200037, "DS", "1\\0\\0\\0\\1\\0");
    dseg_data_set_put_text(set, 0x00200052, "UI", "1.2.7");
    dseg_data_set_put_text(set, 0x00280030, "DS", "0.5\\0.25");
  }
  save(set, image->name);
}

/* Five slices at 2 mm whose file names are not in the order of their positions. */
static void write_series(void) {
  static const source_image slices[] = {{"d.dcm", "1.2.3.1", "1.2.5", 4, 6, true, 0.0, false},
                                        {"b.dcm", "1.2.3.2", "1.2.5", 4, 6, true, 2.0, false},
                                        {"e.dcm", "1.2.3.3", "1.2.5", 4, 6, true, 4.0, true},
                                        {"a.dcm", "1.2.3.4", "1.2.5", 4, 6, true, 6.0, false},
                                        {"c.dcm", "1.2.3.5", "1.2.5", 4, 6, true, 8.0, false}};
  for (size_t i = 0; i < sizeof slices / sizeof slices[0]; i++) {
    write_slice(&slices[i]);
  }
}

static dseg_status add(dseg_description *description, const char *path, warning_log *log, dseg_error *error) {
  const dseg_reference_options options = {.struct_size = sizeof(dseg_reference_options),
                                          .warnings = {log_warning, log}};
  *error = (dseg_error){.status = DSEG_OK};
  return dseg_description_add_reference(description, &path, 1, log != NULL ? &options : NULL, error);
}

static const char *source_uid(const dseg_description *description, size_t plane) {
  const int32_t source = description->geometry.planes[plane].source;
  return source < 0 ? "" : description->references.instances[source].sop_instance_uid;
}

static void a_series_gives_the_geometry(void **state) {
  (void)state;
  dseg_error error;
  write_series();
  FILE *other = fopen("notes.txt", "w");
  fputs("not DICOM", other);
  fclose(other);
  dseg_description *description = dseg_description_create();
  assert_int_equal(add(description, ".", NULL, &error), DSEG_OK);
  const dseg_geometry *geometry = &description->geometry;
  assert_int_equal(geometry->space, DSEG_SPACE_PATIENT);
  assert_int_equal(geometry->rows, 4);
  assert_int_equal(geometry->columns, 6);
  assert_int_equal(geometry->plane_count, 5);
  assert_true(geometry->pixel_spacing[0] == 0.5 && geometry->pixel_spacing[1] == 0.25);
  assert_true(geometry->slice_thickness == 2.5 && geometry->spacing_between_slices == 2.0);
  assert_string_equal(geometry->frame_of_reference_uid, "1.2.7");
  assert_int_equal(description->references.count, 5);
  for (size_t i = 0; i < 5; i++) {
    char uid[16];
    snprintf(uid, sizeof uid, "1.2.3.%zu", i + 1);
    assert_true(geometry->planes[i].position[2] == 2.0 * (double)i);
    assert_string_equal(source_uid(description, i), uid);
    assert_string_equal(description->references.instances[i].series_uid, "1.2.5");
    assert_string_equal(description->references.instances[i].study_uid, "1.2.9");
  }
  dseg_description_destroy(description);
}

static void planes_find_the_slices_they_lie_on(void **state) {
  (void)state;
  dseg_error error;
  warning_log log = {0};
  write_series();
  /* Four planes of another raster, seen from below and mirrored; the last is beyond the series. */
  dseg_description *description = make_description(9, 9, 4, 1);
  dseg_geometry *geometry = &description->geometry;
  geometry->orientation[4] = -1.0;
  for (size_t i = 0; i < 4; i++) {
    geometry->planes[i] = (dseg_plane_position){.position = {3.0, 7.0, 4.0 + 2.0 * (double)i + 0.0005}};
  }
  assert_int_equal(add(description, ".", &log, &error), DSEG_OK);
  assert_string_equal(source_uid(description, 0), "1.2.3.3");
  assert_string_equal(source_uid(description, 1), "1.2.3.4");
  assert_string_equal(source_uid(description, 2), "1.2.3.5");
  assert_int_equal(geometry->planes[3].source, -1);
  assert_int_equal(log.count, 1);
  assert_non_null(strstr(log.last, "1 of 4"));
  assert_string_equal(geometry->frame_of_reference_uid, "1.2.7");

  /* Between slices, or turned, nothing is found. */
  log.count = 0;
  for (size_t i = 0; i < 4; i++) {
    geometry->planes[i].position[2] += 0.5;
  }
  assert_int_equal(add(description, ".", &log, &error), DSEG_OK);
  assert_non_null(strstr(log.last, "4 of 4"));
  geometry->planes[0].position[2] = 4.0;
  geometry->orientation[4] = 0.8;
  geometry->orientation[5] = 0.6;
  assert_int_equal(add(description, ".", &log, &error), DSEG_OK);
  assert_non_null(strstr(log.last, "4 of 4"));
  geometry->orientation[4] = 1.0;
  geometry->orientation[5] = 0.0;
  assert_int_equal(log.count, 2);
  dseg_description_destroy(description);
}

/* Another space is refused, unless it is meant: then planes lie where they did, in the space of the images. */
static void another_space_is_refused(void **state) {
  (void)state;
  dseg_error error;
  warning_log log = {0};
  write_series();
  dseg_description *description = make_description(9, 9, 1, 1);
  description->geometry.planes[0] = (dseg_plane_position){.position = {3.0, 7.0, 4.0}};
  description->geometry.frame_of_reference_uid = "9.9";
  assert_int_equal(add(description, ".", &log, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "the segmentation"));
  assert_non_null(strstr(error.message, "9.9"));
  assert_non_null(strstr(error.message, "1.2.7"));
  assert_int_equal(log.count, 0);
  assert_string_equal(description->geometry.frame_of_reference_uid, "9.9");
  assert_int_equal(description->references.count, 0);

  static const char *const path = ".";
  const dseg_reference_options options = {.struct_size = sizeof(dseg_reference_options),
                                          .warnings = {log_warning, &log},
                                          .name = "mine",
                                          .other_patient = true};
  assert_int_equal(dseg_description_add_reference(description, &path, 1, &options, &error), DSEG_OK);
  assert_int_equal(log.count, 1);
  assert_non_null(strstr(log.last, "mine has 9.9"));
  assert_string_equal(source_uid(description, 0), "1.2.3.3");
  assert_string_equal(description->geometry.frame_of_reference_uid, "1.2.7");
  dseg_description_destroy(description);
}

static void a_description_of_another_patient_is_refused(void **state) {
  (void)state;
  dseg_error error;
  write_series();
  dseg_description *description = make_description(9, 9, 1, 1);
  description->identity = (dseg_identity){.is_known = true, .patient_id = "4712"};
  assert_int_equal(add(description, ".", NULL, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "\"4711\" and \"4712\""));
  description->identity.patient_id = "4711";
  assert_int_equal(add(description, ".", NULL, &error), DSEG_OK);
  assert_string_equal(description->identity.study_uid, "1.2.9");
  dseg_description_destroy(description);
}

static void the_object_carries_patient_study_and_lossy_compression(void **state) {
  (void)state;
  dseg_error error;
  write_series();
  dseg_description *description = dseg_description_create();
  assert_int_equal(add(description, ".", NULL, &error), DSEG_OK);
  dseg_segment segment = {.number = 1, .label = "liver"};
  description->segments = &segment;
  description->segment_count = 1;
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options), .representation = "binary", .empty_frames = DSEG_EMPTY_KEEP};
  write_volume("seg.out", description, &options, false);
  written_file file;
  frame_item items[5] = {{0}};
  open_written("seg.out", &file);
  assert_text(&file, 0x00100010, "Doe^Jane");
  assert_text(&file, 0x0020000D, "1.2.9");
  assert_text(&file, 0x00080060, "SEG");
  assert_text(&file, 0x00282110, "01");
  assert_text(&file, 0x00282114, "ISO_15444_1");
  assert_text(&file, 0x00081090, "dseg");
  const dseg_elements series = item_of(&file.part10.elements, 0x00081115);
  const dseg_element uid = element_of(&series, 0x0020000E);
  assert_true(dseg_element_is(&uid, "1.2.5"));
  assert_int_equal(frame_items(&file, items, 5), 5);
  assert_true(items[0].has_derivation && items[4].has_derivation);
  close_written(&file);
  /* A directory with the result beside its source still counts as one series. */
  assert_int_equal(add(description, ".", NULL, &error), DSEG_OK);
  assert_int_equal(description->references.count, 5);
  dseg_description_destroy(description);
}

static void several_series_are_refused_by_name(void **state) {
  (void)state;
  dseg_error error;
  const source_image other = {"f.dcm", "1.2.4.1", "1.2.6", 4, 6, true, 0.0, false};
  write_series();
  assert_int_equal(mkdir("sub", 0777), 0);
  assert_int_equal(chdir("sub"), 0);
  write_slice(&other);
  assert_int_equal(chdir(".."), 0);
  dseg_description *description = dseg_description_create();
  assert_int_equal(add(description, ".", NULL, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "1.2.5"));
  assert_non_null(strstr(error.message, "1.2.6"));
  assert_non_null(strstr(error.message, "Thorax"));
  assert_int_equal(description->geometry.plane_count, 0);
  assert_int_equal(description->references.count, 0);
  assert_int_equal(add(description, "sub", NULL, &error), DSEG_OK);
  assert_int_equal(description->geometry.plane_count, 1);
  dseg_description_destroy(description);
  remove("sub/f.dcm");
}

static void what_is_named_must_be_an_image(void **state) {
  (void)state;
  dseg_error error;
  FILE *other = fopen("notes.txt", "w");
  fputs("not DICOM", other);
  fclose(other);
  dseg_description *description = dseg_description_create();
  assert_int_equal(add(description, "notes.txt", NULL, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "notes.txt"));
  assert_int_equal(add(description, "absent", NULL, &error), DSEG_ERROR_INPUT);
  assert_int_equal(add(description, ".", NULL, &error), DSEG_ERROR_FORMAT);
  assert_int_equal(dseg_description_add_reference(description, NULL, 0, NULL, NULL), DSEG_ERROR_ARGUMENT);
  dseg_description_destroy(description);
}

/* An enhanced image of three frames, the last at the bottom. */
static void write_enhanced(void) {
  const source_image image = {"multi.dcm", "1.2.3.9", "1.2.5", 4, 6, false, 0.0, false};
  dseg_data_set *set = NULL;
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  put_identity(set, &image);
  dseg_data_set_put_text(set, 0x00200052, "UI", "1.2.7");
  dseg_data_set_put_text(set, 0x00280008, "IS", "3");
  dseg_data_set_begin_item(set, 0x52009229);
  dseg_data_set_begin_item(set, 0x00209116);
  dseg_data_set_put_text(set, 0x00200037, "DS", "1\\0\\0\\0\\1\\0");
  dseg_data_set_end_item(set);
  dseg_data_set_begin_item(set, 0x00289110);
  dseg_data_set_put_text(set, 0x00180050, "DS", "3");
  dseg_data_set_put_text(set, 0x00280030, "DS", "0.5\\0.5");
  dseg_data_set_end_item(set);
  dseg_data_set_end_item(set);
  for (int i = 0; i < 3; i++) {
    dseg_data_set_begin_item(set, 0x52009230);
    dseg_data_set_begin_item(set, 0x00209113);
    dseg_data_set_put_text(set, 0x00200032, "DS", i == 0 ? "0\\0\\6" : i == 1 ? "0\\0\\3" : "0\\0\\0");
    dseg_data_set_end_item(set);
    dseg_data_set_end_item(set);
  }
  save(set, "multi.dcm");
}

static void frames_of_an_enhanced_image(void **state) {
  (void)state;
  dseg_error error;
  write_enhanced();
  dseg_description *description = dseg_description_create();
  assert_int_equal(add(description, "multi.dcm", NULL, &error), DSEG_OK);
  assert_int_equal(description->geometry.plane_count, 3);
  assert_true(description->geometry.spacing_between_slices == 3.0 && description->geometry.slice_thickness == 3.0);
  for (uint32_t i = 0; i < 3; i++) {
    const int32_t source = description->geometry.planes[i].source;
    assert_int_equal(description->references.instances[source].frame, 3 - i);
    assert_true(description->geometry.planes[i].position[2] == 3.0 * i);
  }
  dseg_description_destroy(description);
}

static void write_slide(const char *name, uint32_t matrix_columns) {
  const source_image image = {name, "1.2.3.9", "1.2.5", 4, 6, false, 0.0, false};
  dseg_data_set *set = NULL;
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  put_identity(set, &image);
  dseg_data_set_put_text(set, 0x00209311, "CS", "TILED_FULL");
  const uint32_t matrix_rows = 8;
  dseg_data_set_put_u32(set, 0x00480006, "UL", &matrix_columns, 1);
  dseg_data_set_put_u32(set, 0x00480007, "UL", &matrix_rows, 1);
  dseg_data_set_begin_item(set, 0x00480008);
  dseg_data_set_put_text(set, 0x0040072A, "DS", "20");
  dseg_data_set_put_text(set, 0x0040073A, "DS", "40");
  dseg_data_set_end_item(set);
  dseg_data_set_put_text(set, 0x00480102, "DS", "0\\-1\\0\\-1\\0\\0");
  dseg_data_set_begin_item(set, 0x52009229);
  dseg_data_set_begin_item(set, 0x00289110);
  dseg_data_set_put_text(set, 0x00280030, "DS", "0.01\\0.02");
  dseg_data_set_end_item(set);
  dseg_data_set_end_item(set);
  save(set, name);
}

static void tiles_of_a_slide(void **state) {
  (void)state;
  dseg_error error;
  write_slide("full.dcm", 13); /* three tiles in a row, two rows */
  write_slide("small.dcm", 6);
  dseg_description *description = dseg_description_create();
  assert_int_equal(add(description, ".", NULL, &error), DSEG_OK);
  dseg_geometry *geometry = &description->geometry;
  assert_int_equal(geometry->space, DSEG_SPACE_SLIDE);
  assert_int_equal(geometry->matrix_columns, 13);
  assert_int_equal(geometry->plane_count, 6);
  assert_int_equal(geometry->planes[4].matrix_row, 4);
  assert_int_equal(geometry->planes[4].matrix_column, 6);
  assert_int_equal(description->references.instances[geometry->planes[4].source].frame, 5);
  assert_true(geometry->planes[4].position[0] > 19.959 && geometry->planes[4].position[0] < 19.961);
  assert_true(geometry->planes[4].position[1] > 39.879 && geometry->planes[4].position[1] < 39.881);
  geometry->planes[0] = geometry->planes[5];
  geometry->plane_count = 1;
  assert_int_equal(add(description, ".", NULL, &error), DSEG_OK);
  assert_int_equal(description->references.instances[geometry->planes[0].source].frame, 6);
  dseg_description_destroy(description);
}

static void a_slide_of_too_many_tiles_is_refused(void **state) {
  (void)state;
  dseg_error error;
  write_slide("full.dcm", 4294967295u);
  dseg_description *description = dseg_description_create();
  assert_int_equal(add(description, "full.dcm", NULL, &error), DSEG_ERROR_FORMAT);
  dseg_description_destroy(description);
}

static void projections_correspond_pixel_by_pixel(void **state) {
  (void)state;
  dseg_error error;
  warning_log log = {0};
  const source_image projection = {"cr.dcm", "1.2.3.1", "1.2.5", 4, 6, false, 0.0, false};
  write_slice(&projection);
  dseg_description *description = dseg_description_create();
  assert_int_equal(add(description, "cr.dcm", NULL, &error), DSEG_OK);
  assert_int_equal(description->geometry.space, DSEG_SPACE_NONE);
  assert_int_equal(description->geometry.plane_count, 1);
  dseg_description_destroy(description);

  description = make_description(4, 6, 1, 1);
  assert_int_equal(add(description, "cr.dcm", &log, &error), DSEG_OK);
  assert_int_equal(log.count, 0);
  assert_int_equal(description->geometry.space, DSEG_SPACE_NONE);
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options), .representation = "binary"};
  write_volume("seg.out", description, &options, false);
  written_file file;
  open_written("seg.out", &file);
  assert_false(has(&file, 0x00200052));
  close_written(&file);
  dseg_description_destroy(description);

  description = make_description(5, 6, 1, 1); /* another raster: nothing corresponds */
  assert_int_equal(add(description, "cr.dcm", &log, &error), DSEG_OK);
  assert_int_equal(log.count, 1);
  assert_int_equal(description->geometry.space, DSEG_SPACE_PATIENT);
  dseg_description_destroy(description);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_series_gives_the_geometry, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(planes_find_the_slices_they_lie_on, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(another_space_is_refused, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(a_description_of_another_patient_is_refused, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(the_object_carries_patient_study_and_lossy_compression, enter_directory,
                                      leave_directory),
      cmocka_unit_test_setup_teardown(several_series_are_refused_by_name, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(what_is_named_must_be_an_image, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(frames_of_an_enhanced_image, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(tiles_of_a_slide, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(a_slide_of_too_many_tiles_is_refused, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(projections_correspond_pixel_by_pixel, enter_directory, leave_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
