/* SPDX-License-Identifier: Apache-2.0 */
/* Shared objects in directories are loaded and work; those that cannot be used are named with the reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/dseg.h"

static size_t count_codecs(void) {
  size_t count = 0;
  while (dseg_frame_codec_at(count) != NULL) {
    count++;
  }
  return count;
}

static void without_a_path_nothing_is_loaded(void **state) {
  (void)state;
  const size_t before = count_codecs();
  setenv("DSEG_PLUGIN_PATH", PLUGINS "/plugin_good", 1); /* which is the program's to read */
  assert_int_equal(dseg_load_plugins(NULL, NULL), DSEG_OK);
  assert_int_equal(dseg_load_plugins("", NULL), DSEG_OK);
  assert_int_equal(dseg_load_plugins("::", NULL), DSEG_OK);
  assert_int_equal(count_codecs(), before);
}

static void expect_failure(const char *path, const char *part) {
  const size_t before = count_codecs();
  dseg_error error = {0};
  assert_int_not_equal(dseg_load_plugins(path, &error), DSEG_OK);
  if (strstr(error.message, part) == NULL) {
    fail_msg("\"%s\" does not contain \"%s\"", error.message, part);
  }
  assert_int_equal(count_codecs(), before);
}

static void unusable_objects_are_named(void **state) {
  (void)state;
  expect_failure(PLUGINS "/plugin_wrong_abi", "interface 99, this library has ");
  expect_failure(PLUGINS "/plugin_wrong_abi", "plugin_wrong_abi/plugin.so: ");
  expect_failure(PLUGINS "/plugin_version3", "plugin_version3/plugin.so: ");
  expect_failure(PLUGINS "/plugin_version3",
                 "made for interface 3, this library has 5: it has to be built with the "
                 "dseg/plugin.h of this version");
  expect_failure(PLUGINS "/plugin_taken_name", "already a frame codec with the name explicit-le");
  expect_failure(PLUGINS "/plugin_taken_uid", "transfer syntax 1.2.840.10008.1.2.5 is that of rle");
  expect_failure(PLUGINS "/plugin_unresolved", "dseg_test_missing_function");
  expect_failure(PLUGINS "/plugin_no_symbol", "no symbol dseg_plugin_register");
  expect_failure(PLUGINS "/nowhere", "nowhere");
}

static void loaded_codec_works(void **state) {
  (void)state;
  const size_t before = count_codecs();
  assert_int_equal(dseg_load_plugins(":" PLUGINS "/plugin_good", NULL), DSEG_OK);
  assert_int_equal(count_codecs(), before + 1);
  const dseg_frame_codec *codec = dseg_find_frame_codec("test-invert");
  assert_non_null(codec);
  assert_ptr_equal(dseg_find_frame_codec("1.2.3.4.5"), codec);
  assert_ptr_equal(dseg_frame_codec_at(before), codec);

  const uint8_t frame[6] = {0, 1, 2, 3, 4, 255};
  uint8_t back[6] = {0};
  const dseg_frame_info info = {.rows = 2, .columns = 3, .bits_allocated = 8};
  dseg_codec_context *context = NULL;
  dseg_buffer bytes = {0};
  assert_int_equal(codec->create(&(const dseg_codec_setup){.encoding = true}, &context, NULL), DSEG_OK);
  assert_int_equal(codec->encode(context, &info, (dseg_view){frame, 6}, &bytes, NULL), DSEG_OK);
  assert_int_equal(bytes.data[5], 0);
  codec->destroy(context);
  assert_int_equal(codec->create(&(const dseg_codec_setup){.frame_count = 1}, &context, NULL), DSEG_OK);
  assert_int_equal(codec->decode(context, &info, (dseg_view){bytes.data, bytes.size}, (dseg_span){back, 6}, NULL),
                   DSEG_OK);
  assert_memory_equal(back, frame, 6);
  codec->destroy(context);
  dseg_buffer_free(&bytes);
}

static void loading_again_changes_nothing(void **state) {
  (void)state;
  const size_t before = count_codecs();
  assert_int_equal(dseg_load_plugins(PLUGINS "/plugin_good:" PLUGINS "/plugin_good", NULL), DSEG_OK);
  assert_int_equal(count_codecs(), before);
}

static void objects_before_a_failure_stay(void **state) {
  (void)state;
  dseg_error error = {0};
  assert_int_equal(dseg_load_plugins(PLUGINS "/plugin_good:" PLUGINS "/plugin_no_symbol", &error), DSEG_ERROR_INPUT);
  assert_non_null(dseg_find_frame_codec("test-invert"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_a_path_nothing_is_loaded),
      cmocka_unit_test(unusable_objects_are_named),
      cmocka_unit_test(loaded_codec_works),
      cmocka_unit_test(loading_again_changes_nothing),
      cmocka_unit_test(objects_before_a_failure_stay),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
