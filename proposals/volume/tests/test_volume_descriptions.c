/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of the source images of all planes alike, and how they were derived: said once in the strict form, with
 * every frame in the standard's, and nothing of it is lost on the way. */
#include "images.h"

static void set_description(dseg_description *description, size_t end, bool same_pixels, dseg_view derivation) {
  dseg_instance_reference *instances = dseg_description_alloc(description, IMAGES * sizeof *instances);
  memcpy(instances, description->references.instances, IMAGES * sizeof *instances);
  for (size_t i = 0; i < end; i++) {
    instances[i].same_pixels = same_pixels;
    instances[i].derivation = derivation;
  }
  description->references.instances = instances;
}

static void put_code(dseg_data_set *set, uint32_t sequence, const char *value, const char *meaning) {
  dseg_data_set_begin_item(set, sequence);
  dseg_data_set_put_text(set, 0x00080100, "SH", value);
  dseg_data_set_put_text(set, 0x00080102, "SH", "DCM");
  dseg_data_set_put_text(set, 0x00080104, "LO", meaning);
  dseg_data_set_end_item(set);
}

/* Derivation Image Sequence of a frame as somebody else writes it, without the image: with a description, and another
 * meaning of the purpose. preserved: Spatial Locations Preserved; NULL: none. */
static dseg_view by_others(dseg_description *description, const char *preserved) {
  dseg_data_set *set = NULL;
  dseg_buffer bytes = {0};
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  dseg_data_set_begin_item(set, 0x00089124);
  dseg_data_set_put_text(set, 0x00082111, "ST", "made by others");
  dseg_data_set_begin_item(set, 0x00082112);
  if (preserved != NULL) {
    dseg_data_set_put_text(set, 0x0028135A, "CS", preserved);
  }
  put_code(set, 0x0040A170, "121322", "Source of it");
  dseg_data_set_end_item(set);
  put_code(set, 0x00089215, "113076", "Segmentation");
  dseg_data_set_end_item(set);
  assert_int_equal(dseg_data_set_write(set, DSEG_EXPLICIT_VR, &bytes, NULL), DSEG_OK);
  uint8_t *kept = dseg_description_alloc(description, bytes.size);
  assert_non_null(kept);
  memcpy(kept, bytes.data, bytes.size);
  const dseg_view view = {kept, bytes.size};
  dseg_buffer_free(&bytes);
  dseg_data_set_destroy(set);
  return view;
}

static void expect_description(const dseg_description *description, bool same_pixels, dseg_view derivation) {
  for (size_t plane = 0; plane < PLANES; plane++) {
    const dseg_instance_reference *image = image_of(description, plane);
    if (image != NULL) {
      assert_true(image->same_pixels == same_pixels);
      assert_int_equal(image->derivation.size, derivation.size);
      assert_true(derivation.size == 0 || memcmp(image->derivation.data, derivation.data, derivation.size) == 0);
    }
  }
}

/* What is said of the images of all planes alike comes back, also by way of the standard's form. */
static void the_description_of_images_comes_back(void **state) {
  (void)state;
  for (size_t i = 0; i < 8; i++) {
    const bool same_pixels = i % 2 == 0, by_standard = i >= 4;
    warning_log log = {0};
    const dseg_warning_sink warnings = {log_warning, &log};
    dseg_description *description = make_volume(false);
    dseg_error error = {0};
    const dseg_view derivation =
        i % 4 < 2 ? by_others(description, same_pixels ? NULL : "REORIENTED_ONLY") : (dseg_view){0};
    set_description(description, IMAGES, same_pixels, derivation);
    if (write_with(description, by_standard ? "labelmap" : "labelmap-volume", false, &warnings, &error) != DSEG_OK) {
      fail_msg("%s", error.message);
    }
    dseg_source *source = open_kept();
    if (by_standard) {
      if (write_with(dseg_source_description(source), "labelmap-volume", false, &warnings, &error) != DSEG_OK) {
        fail_msg("%s", error.message);
      }
      dseg_source_close(source);
      source = open_kept();
    }
    assert_int_equal(log.count, 0);
    expect_description(dseg_source_description(source), same_pixels, derivation);
    dseg_validation result;
    dseg_source_close(source);
    assert_int_equal(dseg_validate("s.dcm", NULL, &result, NULL), DSEG_OK);
    assert_int_equal(result.errors, 0);
    dseg_description_destroy(description);
  }
}

/* What differs between planes is not written, and counted. */
static void descriptions_that_differ_are_told(void **state) {
  warning_log log = {0};
  const dseg_warning_sink warnings = {log_warning, &log};
  dseg_error error = {0};
  (void)state;
  dseg_description *description = make_volume(false);
  set_description(description, 2, false, (dseg_view){0});
  assert_int_equal(write_with(description, "labelmap-volume", false, &warnings, &error), DSEG_OK);
  assert_int_equal(log.count, 1);
  assert_non_null(strstr(log.last, "planes: what Derivation Image Sequence (0008,9124) says"));
  dseg_source *source = open_kept();
  expect_description(dseg_source_description(source), false, (dseg_view){0});
  dseg_source_close(source);
  log.count = 0;
  assert_int_equal(write_with(description, "labelmap-volume", true, &warnings, &error), DSEG_OK);
  assert_int_equal(log.count, 0); /* functional groups say it */
  dseg_description_destroy(description);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_description_of_images_comes_back),
      cmocka_unit_test(descriptions_that_differ_are_told),
  };
  return cmocka_run_group_tests(tests, start_in_directory, leave_directory);
}
