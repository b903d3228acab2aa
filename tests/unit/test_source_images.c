/* SPDX-License-Identifier: Apache-2.0 */
/* test_source_images.c - several images at one plane, several series, other orientations among them: from files of
 * images to what is written, and from what is written back. */
#include <sys/stat.h>

#include "dseg/data_set.h"
#include "dseg/source.h"
#include "writer_fixture.h"

static const char axial[] = "1\\0\\0\\0\\1\\0";
static const char coronal[] = "1\\0\\0\\0\\0\\-1";
static const char sagittal[] = "0\\1\\0\\0\\0\\-1";

/* What images of the tests differ in. NULL and 0: what most have. */
typedef struct source_image { /* NOLINT(clang-analyzer-optin.performance.Padding): in the order people read */
  const char *name, *instance, *position;
  const char *orientation, *series, *study, *acquisition;
  uint16_t rows;
  bool lossy;
} source_image;

static void write_image(const source_image *image) {
  const dseg_file_encoding encoding = {.transfer_syntax_uid = "1.2.840.10008.1.2.1",
                                       .implementation_class_uid = "1.2.3",
                                       .implementation_version_name = "TEST"};
  const uint16_t rows = image->rows > 0 ? image->rows : 4;
  const uint16_t columns = 6;
  dseg_data_set *set = NULL;
  dseg_buffer bytes = {0};
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  dseg_data_set_put_text(set, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2");
  dseg_data_set_put_text(set, 0x00080018, "UI", image->instance);
  dseg_data_set_put_text(set, 0x00080060, "CS", "CT");
  dseg_data_set_put_text(set, 0x00100010, "PN", "Doe^Jane");
  dseg_data_set_put_text(set, 0x00100020, "LO", "4711");
  dseg_data_set_put_text(set, 0x0020000D, "UI", image->study != NULL ? image->study : "1.2.9");
  dseg_data_set_put_text(set, 0x0020000E, "UI", image->series != NULL ? image->series : "1.2.5");
  dseg_data_set_put_text(set, 0x00200012, "IS", image->acquisition != NULL ? image->acquisition : "1");
  dseg_data_set_put_text(set, 0x00180050, "DS", "2");
  dseg_data_set_put_text(set, 0x00200032, "DS", image->position);
  dseg_data_set_put_text(set, 0x00200037, "DS", image->orientation != NULL ? image->orientation : axial);
  dseg_data_set_put_text(set, 0x00200052, "UI", "1.2.7");
  dseg_data_set_put_text(set, 0x00280030, "DS", "1\\1");
  dseg_data_set_put_u16(set, 0x00280010, "US", &rows, 1);
  dseg_data_set_put_u16(set, 0x00280011, "US", &columns, 1);
  if (image->lossy) {
    dseg_data_set_put_text(set, 0x00282110, "CS", "01");
    dseg_data_set_put_text(set, 0x00282112, "DS", "12");
    dseg_data_set_put_text(set, 0x00282114, "CS", "ISO_15444_1");
  }
  assert_int_equal(dseg_data_set_write_file(set, &encoding, &bytes, NULL, NULL), DSEG_OK);
  dseg_data_set_destroy(set);
  FILE *file = fopen(image->name, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
  assert_int_equal(fclose(file), 0);
  dseg_buffer_free(&bytes);
}

static void write_images(const source_image *images, size_t count) {
  for (size_t i = 0; i < count; i++) {
    write_image(&images[i]);
  }
}

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define WRITE(array) write_images(array, COUNT(array))

static dseg_status add_paths(dseg_description *description, const char *const *paths, size_t count,
                             const dseg_geometry *like, warning_log *log, dseg_error *error) {
  const dseg_reference_options options = {
      .struct_size = sizeof(dseg_reference_options), .warnings = {log_warning, log}, .like = like};
  *log = (warning_log){0};
  *error = (dseg_error){.status = DSEG_OK};
  return dseg_description_add_reference(description, paths, count, &options, error);
}

static void add(dseg_description *description, const char *const *paths, size_t count, warning_log *log) {
  dseg_error error;
  if (add_paths(description, paths, count, NULL, log, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
}

/* The images of a plane as "1.2.3.1 1.2.3.2:4". */
static void assert_sources(const dseg_description *description, size_t plane, const char *expected) {
  const dseg_plane_position *place = &description->geometry.planes[plane];
  char text[400] = "";
  size_t length = 0;
  const size_t count = place->source < 0 ? 0 : place->source_count > 1 ? place->source_count : 1;
  for (size_t i = 0; i < count; i++) {
    const dseg_instance_reference *image = &description->references.instances[place->source + (int32_t)i];
    length += (size_t)snprintf(text + length, sizeof text - length, "%s%s", i > 0 ? " " : "", image->sop_instance_uid);
    if (image->frame > 0) {
      length += (size_t)snprintf(text + length, sizeof text - length, ":%u", (unsigned)image->frame);
    }
  }
  assert_string_equal(text, expected);
}

/* Slices at z 0, 2, 4 and a localizer of each other orientation. */
static void write_with_localizers(bool localizers_first) {
  const source_image images[] = {
      {.name = "m1.dcm", .instance = "1.2.3.1", .position = "0\\0\\0"},
      {.name = "m2.dcm", .instance = "1.2.3.2", .position = "0\\0\\2"},
      {.name = "m3.dcm", .instance = "1.2.3.3", .position = "0\\0\\4"},
      {.name = localizers_first ? "a.dcm" : "z.dcm",
       .instance = "1.2.3.8",
       .position = "0\\0\\0",
       .orientation = coronal},
      {.name = localizers_first ? "b.dcm" : "y.dcm",
       .instance = "1.2.3.9",
       .position = "0\\0\\0",
       .orientation = sagittal},
  };
  WRITE(images);
}

static void localizers_are_left_out_wherever_they_stand(void **state) {
  static const char *const here[] = {"."};
  (void)state;
  for (int first = 0; first < 2; first++) {
    warning_log log;
    remove(first == 0 ? "a.dcm" : "z.dcm");
    remove(first == 0 ? "b.dcm" : "y.dcm");
    write_with_localizers(first == 1);
    dseg_description *description = make_description(9, 9, 3, 1);
    add(description, here, 1, &log);
    assert_int_equal(log.count, 1);
    assert_non_null(strstr(log.last, "2 of 5 images of the reference are left out"));
    assert_non_null(strstr(log.last, first == 1 ? "a.dcm" : "y.dcm"));
    assert_sources(description, 0, "1.2.3.1");
    assert_sources(description, 1, "1.2.3.2");
    assert_sources(description, 2, "1.2.3.3");
    dseg_description_destroy(description);

    description = dseg_description_create();
    add(description, here, 1, &log);
    assert_int_equal(log.count, 1);
    assert_int_equal(description->geometry.plane_count, 3);
    assert_true(description->geometry.orientation[4] == 1.0 && description->geometry.spacing_between_slices == 2.0);
    assert_sources(description, 2, "1.2.3.3");
    dseg_description_destroy(description);
  }
}

/* Of the same series the volume decides: its sagittal planes are planes of two of its axes, oblique ones are not. */
static void a_volume_chooses_the_images_it_is_to_lie_on(void **state) {
  static const char *const here[] = {"."};
  static const source_image images[] = {
      {.name = "1.dcm", .instance = "1.2.3.1", .position = "0\\0\\0", .orientation = sagittal},
      {.name = "2.dcm", .instance = "1.2.3.2", .position = "0\\0\\0", .orientation = "0.8\\0.6\\0\\0\\0\\-1"},
      {.name = "3.dcm", .instance = "1.2.3.3", .position = "-1.2\\1.6\\0", .orientation = "0.8\\0.6\\0\\0\\0\\-1"},
  };
  dseg_error error;
  warning_log log;
  (void)state;
  WRITE(images);
  dseg_description *description = dseg_description_create();
  add(description, here, 1, &log);
  assert_int_equal(description->geometry.plane_count, 2);
  assert_true(description->geometry.orientation[0] == 0.8);
  assert_non_null(strstr(log.last, "1 of 3"));
  dseg_description_destroy(description);

  dseg_description *volume = make_description(9, 9, 3, 1);
  description = dseg_description_create();
  assert_int_equal(add_paths(description, here, 1, &volume->geometry, &log, &error), DSEG_OK);
  assert_int_equal(description->geometry.plane_count, 1);
  assert_sources(description, 0, "1.2.3.1");
  assert_non_null(strstr(log.last, "2 of 3"));
  dseg_description_destroy(description);
  dseg_description_destroy(volume);
}

/* Of two sets that are parallel to planes of the volume's axes, that of its spacing is meant, although it is smaller.
 */
static void a_volume_chooses_images_of_its_spacing(void **state) {
  static const char *const here[] = {"."};
  static const source_image images[] = {
      {.name = "1.dcm", .instance = "1.2.3.1", .position = "0\\0\\0", .orientation = sagittal},
      {.name = "2.dcm", .instance = "1.2.3.2", .position = "2\\0\\0", .orientation = sagittal},
      {.name = "3.dcm", .instance = "1.2.3.3", .position = "0\\0\\0"},
  };
  dseg_error error;
  warning_log log;
  (void)state;
  WRITE(images);
  dseg_description *volume = make_description(4, 6, 3, 1);
  volume->geometry.pixel_spacing[0] = volume->geometry.pixel_spacing[1] = 1.0;
  dseg_description *description = dseg_description_create();
  assert_int_equal(add_paths(description, here, 1, &volume->geometry, &log, &error), DSEG_OK);
  assert_sources(description, 0, "1.2.3.3");
  dseg_description_destroy(description);
  dseg_description_destroy(volume);
}

/* The same angle moves the last pixel of a long image further: 0.02 degrees are 0.001 mm in 4 rows, and 0.35 mm in 1000
 * rows, of which 5 % of 2 mm are allowed. */
static void an_angle_counts_by_the_pixel_it_moves_farthest(void **state) {
  static const char turned[] = "1\\0\\0\\0\\0.99999994\\0.00034907";
  static const char *const few[] = {"few.dcm"};
  static const char *const many[] = {"many.dcm"};
  static const source_image images[] = {
      {.name = "few.dcm", .instance = "1.2.3.1", .position = "0\\0\\0", .orientation = turned},
      {.name = "many.dcm", .instance = "1.2.3.2", .position = "0\\0\\-0.17", .orientation = turned, .rows = 1000},
  };
  warning_log log;
  (void)state;
  WRITE(images);
  dseg_description *description = make_description(9, 9, 2, 1);
  add(description, few, 1, &log);
  assert_sources(description, 0, "1.2.3.1");
  add(description, many, 1, &log);
  assert_sources(description, 0, "");
  assert_non_null(strstr(log.last, "2 of 2 planes lie on no image of the reference: none is parallel"));
  dseg_description_destroy(description);
}

/* Two phases: names in no order, planes of either acquisition at the same places but for what strings round away. */
static void write_phases(void) {
  static const source_image images[] = {
      {.name = "a.dcm", .instance = "1.2.3.12", .position = "0\\0\\0.0004", .acquisition = "2"},
      {.name = "b.dcm", .instance = "1.2.3.1", .position = "0\\0\\0"},
      {.name = "c.dcm", .instance = "1.2.3.2", .position = "0\\0\\2"},
      {.name = "d.dcm", .instance = "1.2.3.22", .position = "0\\0\\2", .acquisition = "2"},
      {.name = "e.dcm", .instance = "1.2.3.32", .position = "0\\0\\4", .acquisition = "2"},
      {.name = "f.dcm", .instance = "1.2.3.3", .position = "0\\0\\4"},
  };
  WRITE(images);
}

static void all_images_of_a_place_are_sources(void **state) {
  static const char *const here[] = {"."};
  warning_log log;
  (void)state;
  write_phases();
  dseg_description *description = make_description(9, 9, 4, 1);
  add(description, here, 1, &log);
  assert_int_equal(log.count, 1);
  assert_non_null(strstr(log.last, "1 of 4 planes lie on no image"));
  assert_sources(description, 0, "1.2.3.1 1.2.3.12");
  assert_sources(description, 1, "1.2.3.2 1.2.3.22");
  assert_sources(description, 2, "1.2.3.3 1.2.3.32");
  assert_sources(description, 3, "");
  dseg_description_destroy(description);
  description = dseg_description_create();
  add(description, here, 1, &log);
  assert_int_equal(log.count, 0);
  assert_int_equal(description->geometry.plane_count, 3);
  assert_true(description->geometry.spacing_between_slices == 2.0);
  assert_sources(description, 0, "1.2.3.1 1.2.3.12");
  assert_sources(description, 2, "1.2.3.3 1.2.3.32");
  dseg_description_destroy(description);
}

static void open_seg(const char *path, dseg_source **source) {
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options), .keep_context = true};
  dseg_error error = {0};
  if (dseg_open(path, &options, source, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
}

/* The instances that Common Instance Reference lists, series by series, other studies in brackets. */
static void list_series_of(const dseg_elements *in, char *text, size_t size) {
  dseg_element sequence = element_of(in, 0x00081115);
  dseg_elements series;
  size_t outer = 0;
  bool more = true;
  while (dseg_sequence_next(in, &sequence, &outer, &series, &more, NULL) == DSEG_OK && more) {
    dseg_view uid = {0};
    const dseg_element series_uid = element_of(&series, 0x0020000E);
    assert_true(dseg_element_text(&series_uid, 0, &uid));
    size_t used = strlen(text);
    (void)snprintf(text + used, size - used, "%.*s:", (int)uid.size, (const char *)uid.data);
    const dseg_element instances = element_of(&series, 0x0008114A);
    dseg_elements item;
    size_t inner = 0;
    bool again = true;
    while (dseg_sequence_next(&series, &instances, &inner, &item, &again, NULL) == DSEG_OK && again) {
      const dseg_element instance = element_of(&item, 0x00081155);
      assert_true(dseg_element_text(&instance, 0, &uid));
      used = strlen(text);
      (void)snprintf(text + used, size - used, " %.*s", (int)uid.size, (const char *)uid.data);
    }
    used = strlen(text);
    (void)snprintf(text + used, size - used, ";");
  }
}

static void assert_listed(const char *path, const char *expected) {
  char text[600] = "";
  written_file file;
  open_written(path, &file);
  list_series_of(&file.part10.elements, text, sizeof text);
  if (has(&file, 0x00081200)) {
    const dseg_elements study = item_of(&file.part10.elements, 0x00081200);
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "[");
    list_series_of(&study, text, sizeof text);
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "]");
  }
  close_written(&file);
  assert_string_equal(text, expected);
}

static const dseg_write_options binary = {
    .struct_size = sizeof(dseg_write_options), .representation = "binary", .empty_frames = DSEG_EMPTY_OMIT};

/* The first and the last plane are empty: frames refer to the images of the others, and nothing else is listed. */
static void only_images_of_frames_are_listed(void **state) {
  static const char *const here[] = {"."};
  warning_log log;
  dseg_source *source = NULL;
  (void)state;
  write_phases();
  dseg_description *description = make_description(4, 6, 3, 1);
  add(description, here, 1, &log);
  write_volume("seg.out", description, &binary, false);
  assert_listed("seg.out", "1.2.5: 1.2.3.2 1.2.3.22;");
  description->references.shared = true;
  write_volume("shared.out", description, &binary, false);
  assert_listed("shared.out", "1.2.5: 1.2.3.1 1.2.3.12 1.2.3.2 1.2.3.22 1.2.3.3 1.2.3.32;");
  dseg_description_destroy(description);
  open_seg("seg.out", &source);
  const dseg_description *read = dseg_source_description(source);
  assert_int_equal(read->geometry.plane_count, 1);
  assert_int_equal(read->references.count, 2);
  assert_int_equal(read->dropped_count, 0);
  assert_sources(read, 0, "1.2.3.2 1.2.3.22");
  assert_string_equal(read->references.instances[1].series_uid, "1.2.5");
  assert_int_equal(read->references.instances[0].derivation.size, 0);
  dseg_source_close(source);
}

static void write_two_series(void) {
  static const source_image images[] = {
      {.name = "t1/a.dcm", .instance = "1.2.3.1", .position = "0\\0\\0"},
      {.name = "t1/b.dcm", .instance = "1.2.3.2", .position = "0\\0\\2"},
      {.name = "t2/a.dcm",
       .instance = "1.2.4.1",
       .position = "0\\0\\0",
       .series = "1.2.6",
       .study = "1.2.10",
       .rows = 8,
       .lossy = true},
      {.name = "t2/b.dcm",
       .instance = "1.2.4.2",
       .position = "0\\0\\2",
       .series = "1.2.6",
       .study = "1.2.10",
       .rows = 8,
       .lossy = true},
      {.name = "t2/c.dcm",
       .instance = "1.2.4.3",
       .position = "0\\0\\4",
       .series = "1.2.6",
       .study = "1.2.10",
       .rows = 8,
       .lossy = true},
  };
  assert_int_equal(mkdir("t1", 0777), 0);
  assert_int_equal(mkdir("t2", 0777), 0);
  WRITE(images);
}

static void remove_two_series(void) {
  static const char *const names[] = {"t1/a.dcm", "t1/b.dcm", "t2/a.dcm", "t2/b.dcm", "t2/c.dcm", "t1", "t2"};
  for (size_t i = 0; i < COUNT(names); i++) {
    remove(names[i]);
  }
}

/* The first path names patient, study and grid; what derives from a lossy image is lossy, whichever series has it. */
static void frames_refer_to_the_images_of_all_series(void **state) {
  static const char *const both[] = {"t1", "t2"};
  static const char *const all[] = {"."};
  dseg_error error;
  warning_log log;
  (void)state;
  write_two_series();
  dseg_description *description = dseg_description_create();
  assert_int_equal(add_paths(description, all, 1, NULL, &log, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "1.2.5"));
  assert_non_null(strstr(error.message, "1.2.6"));
  add(description, both, 2, &log);
  assert_int_equal(log.count, 1);
  assert_non_null(strstr(log.last, "another Study Instance UID"));
  assert_int_equal(description->geometry.plane_count, 2);
  assert_int_equal(description->geometry.rows, 4);
  assert_string_equal(description->identity.study_uid, "1.2.9");
  assert_sources(description, 0, "1.2.3.1 1.2.4.1");
  assert_sources(description, 1, "1.2.3.2 1.2.4.2");
  dseg_segment segment = {.number = 1, .label = "liver"};
  description->segments = &segment;
  description->segment_count = 1;
  dseg_write_options options = binary;
  options.empty_frames = DSEG_EMPTY_KEEP;
  write_volume("seg.out", description, &options, false);
  assert_listed("seg.out", "1.2.5: 1.2.3.1 1.2.3.2;[1.2.6: 1.2.4.1 1.2.4.2;]");
  written_file file;
  open_written("seg.out", &file);
  assert_text(&file, 0x00282110, "01");
  assert_text(&file, 0x00282114, "ISO_15444_1");
  close_written(&file);
  dseg_description_destroy(description);

  description = make_description(9, 9, 3, 1); /* a plane of the second series alone has its image */
  add(description, both, 2, &log);
  assert_sources(description, 1, "1.2.3.2 1.2.4.2");
  assert_sources(description, 2, "1.2.4.3");
  dseg_description_destroy(description);
  remove_two_series();
}

/* References as an application may give them: frames of one image, an image that two planes share in part, of two
 * series in turns. */
static void frames_of_one_image_stand_in_one_item(void **state) {
  static const dseg_instance_reference images[] = {
      {.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2.1",
       .sop_instance_uid = "1.2.3.1",
       .series_uid = "1.2.5",
       .frame = 3},
      {.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2.1",
       .sop_instance_uid = "1.2.3.1",
       .series_uid = "1.2.5",
       .frame = 4},
      {.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2.1",
       .sop_instance_uid = "1.2.4.1",
       .series_uid = "1.2.6",
       .frame = 7},
      {.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2.1",
       .sop_instance_uid = "1.2.3.1",
       .series_uid = "1.2.5",
       .frame = 4},
      {.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2.1", .sop_instance_uid = "1.2.3.2", .series_uid = "1.2.5"},
      {.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2.1", .sop_instance_uid = "1.2.3.9", .series_uid = "1.2.5"},
  };
  static const char *const once[] = {"seg.out", "copy.out"};
  dseg_source *source = NULL;
  (void)state;
  dseg_description *description = make_description(4, 6, 4, 1);
  description->references = (dseg_references){.instances = images, .count = COUNT(images)};
  description->geometry.planes[1].source = 0;
  description->geometry.planes[1].source_count = 3;
  description->geometry.planes[2].source = 3;
  description->geometry.planes[2].source_count = 2;
  write_volume("seg.out", description, &binary, false);
  dseg_description_destroy(description);
  for (size_t i = 0; i < COUNT(once); i++) { /* and a copy of what was read says the same */
    assert_listed(once[i], "1.2.5: 1.2.3.1 1.2.3.2;1.2.6: 1.2.4.1;");
    written_file file;
    frame_item frames[2] = {{0}};
    open_written(once[i], &file);
    assert_int_equal(frame_items(&file, frames, 2), 2);
    close_written(&file);
    open_seg(once[i], &source);
    const dseg_description *read = dseg_source_description(source);
    assert_int_equal(read->dropped_count, 0);
    assert_sources(read, 0, "1.2.3.1:3 1.2.3.1:4 1.2.4.1:7");
    assert_sources(read, 1, "1.2.3.1:4 1.2.3.2");
    if (i == 0) {
      dseg_description *copy = NULL;
      assert_int_equal(dseg_description_copy(read, &copy, NULL), DSEG_OK);
      dseg_write_options options = binary;
      options.empty_frames = DSEG_EMPTY_KEEP;
      write_volume("copy.out", copy, &options, false);
      dseg_description_destroy(copy);
    }
    dseg_source_close(source);
  }
}

/* Two objects of other images and one place: a frame of the whole was drawn on those of both. */
static void merged_objects_keep_the_images_of_all(void **state) {
  static const dseg_instance_reference first[] = {
      {.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2", .sop_instance_uid = "1.2.3.1", .series_uid = "1.2.5"},
      {.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2", .sop_instance_uid = "1.2.3.2", .series_uid = "1.2.5"}};
  static const dseg_instance_reference second[] = {
      {.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2", .sop_instance_uid = "1.2.4.1", .series_uid = "1.2.6"},
      {.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2", .sop_instance_uid = "1.2.3.2", .series_uid = "1.2.5"}};
  static const char *const both[] = {"a.out", "b.out"};
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options), .keep_context = true};
  dseg_write_options all = binary;
  dseg_source *source = NULL;
  (void)state;
  all.empty_frames = DSEG_EMPTY_KEEP;
  dseg_description *description = make_description(4, 6, 2, 1);
  description->geometry.frame_of_reference_uid = "1.2.7";
  for (int i = 0; i < 2; i++) {
    description->references = (dseg_references){.instances = i == 0 ? first : second, .count = 2};
    description->geometry.planes[0].source = 0;
    description->geometry.planes[1].source = 1;
    write_volume(both[i], description, &all, false);
  }
  dseg_description_destroy(description);
  assert_int_equal(dseg_open_many(both, 2, &options, &source, NULL), DSEG_OK);
  assert_sources(dseg_source_description(source), 0, "1.2.3.1 1.2.4.1");
  assert_sources(dseg_source_description(source), 1, "1.2.3.2");
  assert_int_equal(dseg_source_description(source)->references.count, 3);
  assert_int_equal(dseg_source_description(source)->dropped_count, 0);
  dseg_source_close(source);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(localizers_are_left_out_wherever_they_stand, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(a_volume_chooses_the_images_it_is_to_lie_on, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(a_volume_chooses_images_of_its_spacing, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(an_angle_counts_by_the_pixel_it_moves_farthest, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(all_images_of_a_place_are_sources, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(only_images_of_frames_are_listed, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(frames_refer_to_the_images_of_all_series, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(frames_of_one_image_stand_in_one_item, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(merged_objects_keep_the_images_of_all, enter_directory, leave_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
