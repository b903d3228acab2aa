/* SPDX-License-Identifier: Apache-2.0 */
/* The registry holds what is built in, in order, and refuses entries that could not be used or found. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/plugin.h"
#include "frames/builtin.h"
#include "representations/builtin.h"

static void *find_in_thread(void *argument) {
  (void)argument;
  return (void *)(uintptr_t)dseg_find_frame_codec("1.2.840.10008.1.2");
}

/* Runs first: several threads at once make the first look-up. */
static void first_lookup_may_come_from_any_thread(void **state) {
  (void)state;
  pthread_t threads[8];
  for (size_t i = 0; i < 8; i++) {
    assert_int_equal(pthread_create(&threads[i], NULL, find_in_thread, NULL), 0);
  }
  for (size_t i = 0; i < 8; i++) {
    void *found = NULL;
    assert_int_equal(pthread_join(threads[i], &found), 0);
    assert_ptr_equal(found, &dseg_frame_implicit_le);
  }
}

static void builtin_entries_come_in_order_of_preference(void **state) {
  (void)state;
  const char *const representations[] = {"labelmap", "binary", "fractional"};
  for (size_t i = 0; i < 3; i++) {
    assert_string_equal(dseg_representation_at(i)->name, representations[i]);
  }
  assert_string_equal(dseg_frame_codec_at(0)->name, "explicit-le");
  assert_string_equal(dseg_frame_codec_at(1)->name, "implicit-le");
  assert_null(dseg_representation_at(1000));
  assert_null(dseg_frame_codec_at(1000));
}

static void entries_are_found_by_each_of_their_keys(void **state) {
  (void)state;
  assert_ptr_equal(dseg_find_representation("binary"), &dseg_representation_binary);
  assert_ptr_equal(dseg_find_representation("FRACTIONAL"), &dseg_representation_fractional);
  assert_ptr_equal(dseg_find_representation("1.2.840.10008.5.1.4.1.1.66.7"), &dseg_representation_labelmap);
  assert_ptr_equal(dseg_find_frame_codec("explicit-be"), &dseg_frame_explicit_be);
  assert_null(dseg_find_representation("none"));
  assert_null(dseg_find_representation(NULL));
  assert_null(dseg_find_frame_codec("1.2.840"));
  assert_null(dseg_find_frame_codec(NULL));
}

/* A row of codecs.def is that of the codec's struct; a build without the codec names the option. */
static void every_codec_of_the_library_is_there_or_named(void **state) {
  (void)state;
  static const struct {
    const char *option, *name, *uid;
  } rows[] = {
#define DSEG_CODEC(symbol, built, option, name, uid) {option, name, uid},
#include "frames/codecs.def"
#undef DSEG_CODEC
  };
  size_t found = 0;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const dseg_frame_codec *codec = dseg_find_frame_codec(rows[i].uid);
    assert_ptr_equal(codec, dseg_find_frame_codec(rows[i].name));
    if (codec != NULL) {
      assert_ptr_equal(codec, dseg_frame_codec_at(found));
      assert_string_equal(codec->name, rows[i].name);
      assert_string_equal(codec->transfer_syntax_uid, rows[i].uid);
      assert_null(dseg_missing_codec_option(rows[i].name));
      found++;
    } else {
      assert_non_null(rows[i].option);
      assert_string_equal(dseg_missing_codec_option(rows[i].name), rows[i].option);
      assert_string_equal(dseg_missing_codec_option(rows[i].uid), rows[i].option);
    }
  }
  assert_null(dseg_missing_codec_option("no-codec"));
  assert_null(dseg_missing_codec_option(NULL));
}

static void expect_codec_refused(const dseg_frame_codec *codec, const char *part) {
  dseg_error error = {0};
  assert_int_equal(dseg_register(NULL, codec, &error), DSEG_ERROR_ARGUMENT);
  if (strstr(error.message, part) == NULL) {
    fail_msg("\"%s\" does not contain \"%s\"", error.message, part);
  }
}

static dseg_frame_codec valid_codec(void) {
  dseg_frame_codec codec = dseg_frame_explicit_le;
  codec.name = "test-codec";
  codec.transfer_syntax_uid = "1.2.3";
  return codec;
}

static void unusable_codecs_are_refused(void **state) {
  (void)state;
  const dseg_option twice[] = {{"level", 0, 9, 6, "help"}, {"level", 0, 9, 6, "help"}, {NULL, 0, 0, 0, NULL}};
  const dseg_option beyond[] = {{"level", 0, 9, 10, "help"}, {NULL, 0, 0, 0, NULL}};
  const dseg_option unnamed[] = {{"Level", 0, 9, 6, "help"}, {NULL, 0, 0, 0, NULL}};
  dseg_frame_codec codec = valid_codec();
  codec.abi = DSEG_PLUGIN_ABI + 1;
  char expected[80];
  snprintf(expected, sizeof expected, "made for interface %u, this library has %u", DSEG_PLUGIN_ABI + 1,
           DSEG_PLUGIN_ABI);
  expect_codec_refused(&codec, expected);
  codec = valid_codec();
  codec.struct_size = 0;
  expect_codec_refused(&codec, "struct_size is 0: set it to sizeof(dseg_frame_codec)");
  codec.struct_size = (size_t)1 << 20;
  expect_codec_refused(&codec, "struct_size is 1048576");
  const char *const bad_names[] = {NULL, "", "Upper", "with space", "under_score"};
  for (size_t i = 0; i < sizeof bad_names / sizeof *bad_names; i++) {
    codec = valid_codec();
    codec.name = bad_names[i];
    expect_codec_refused(&codec, "no name");
  }
  const char *const bad_uids[] = {
      NULL, "", ".1", "1.", "1..2", "1.a", "1.23456789012345678901234567890123456789012345678901234567890123456789"};
  for (size_t i = 0; i < sizeof bad_uids / sizeof *bad_uids; i++) {
    codec = valid_codec();
    codec.transfer_syntax_uid = bad_uids[i];
    expect_codec_refused(&codec, "Transfer Syntax UID");
  }
  codec = valid_codec();
  codec.title = NULL;
  expect_codec_refused(&codec, "title");
  codec = valid_codec();
  codec.flags = DSEG_PLUGIN_BITS_8;
  expect_codec_refused(&codec, "neither read nor write");
  codec = valid_codec();
  codec.flags = DSEG_PLUGIN_CAN_READ;
  expect_codec_refused(&codec, "Bits Allocated");
  codec = valid_codec();
  codec.decode = NULL;
  expect_codec_refused(&codec, "decode");
  codec = valid_codec();
  codec.encode = NULL;
  expect_codec_refused(&codec, "encode");
  codec = valid_codec();
  codec.create = NULL;
  expect_codec_refused(&codec, "create");
  codec = valid_codec();
  codec.destroy = NULL;
  expect_codec_refused(&codec, "destroy");
  codec = valid_codec();
  codec.options = twice;
  expect_codec_refused(&codec, "twice");
  codec.options = beyond;
  expect_codec_refused(&codec, "range");
  codec.options = unnamed;
  expect_codec_refused(&codec, "Level");
  codec = valid_codec();
  codec.name = "implicit-le";
  expect_codec_refused(&codec, "already");
  codec = valid_codec();
  codec.transfer_syntax_uid = "1.2.840.10008.1.2.1";
  expect_codec_refused(&codec, "explicit-le");
  codec = valid_codec();
  codec.flags |= DSEG_PLUGIN_EXPERIMENTAL;
  codec.transfer_syntax_uid = "1.2.840.10008.1.2.4.96";
  expect_codec_refused(&codec, "a UID of the standard");
  codec = valid_codec();
  codec.proposal_version = "1\\2";
  expect_codec_refused(&codec, "version");
  codec.proposal_version = "of many characters";
  expect_codec_refused(&codec, "version");
  assert_null(dseg_find_frame_codec("test-codec"));
}

static void expect_representation_refused(const dseg_representation *representation, const char *part) {
  dseg_error error = {0};
  assert_int_equal(dseg_register(representation, NULL, &error), DSEG_ERROR_ARGUMENT);
  if (strstr(error.message, part) == NULL) {
    fail_msg("\"%s\" does not contain \"%s\"", error.message, part);
  }
}

static dseg_representation valid_representation(void) {
  dseg_representation representation = dseg_representation_binary;
  representation.name = "test-representation";
  representation.segmentation_type = "TEST";
  return representation;
}

static void unusable_representations_are_refused(void **state) {
  (void)state;
  dseg_representation r = valid_representation();
  r.sop_class_uid = "x";
  expect_representation_refused(&r, "SOP Class UID");
  r = valid_representation();
  r.segmentation_type = "lower case";
  expect_representation_refused(&r, "(0062,0001)");
  r = valid_representation();
  r.segmentation_type = "LABELMAP";
  expect_representation_refused(&r, "that of labelmap");
  r = valid_representation();
  r.name = "binary";
  expect_representation_refused(&r, "already");
  r = valid_representation();
  r.put_mask = NULL;
  expect_representation_refused(&r, "put_mask");
  r = valid_representation();
  r.add_to_labels = NULL;
  expect_representation_refused(&r, "add_to_labels");
  r = valid_representation();
  r.choose_format = NULL;
  expect_representation_refused(&r, "choose_format");
}

static void only_experiments_go_beyond_the_standard(void **state) {
  (void)state;
  dseg_representation r = valid_representation();
  r.flags |= DSEG_PLUGIN_BITS_32;
  expect_representation_refused(&r, "experimental ones only");
  r = valid_representation();
  r.private_creator = "SOMEBODY";
  expect_representation_refused(&r, "experimental ones only");
  r.flags |= DSEG_PLUGIN_EXPERIMENTAL;
  r.replaces = DSEG_REPLACES_FRAME_GROUPS;
  expect_representation_refused(&r, "describe");
  r.replaces = 1u << 20;
  expect_representation_refused(&r, "does not know");
  r.replaces = 0;
  r.private_creator = "";
  expect_representation_refused(&r, "Private Creator");
}

/* Objects of one type are told apart by SOP Class and Private Creator. */
static void types_are_shared_by_those_with_a_creator(void **state) {
  static dseg_representation first, second;
  static const char *const wrong_classes[] = {"1.2.3.5", "1..2", NULL}, *const wrong_creators[] = {"", NULL};
  (void)state;
  dseg_representation r = valid_representation();
  r.segmentation_type = "BINARY";
  r.flags |= DSEG_PLUGIN_EXPERIMENTAL;
  expect_representation_refused(&r, "nothing tells their objects apart");
  r.private_creator = "FIRST";
  r.other_sop_classes = wrong_classes;
  expect_representation_refused(&r, "\"1..2\" is no valid SOP Class UID");
  r.other_sop_classes = NULL;
  r.other_creators = wrong_creators;
  expect_representation_refused(&r, "a Private Creator is not");
  r.other_creators = NULL;
  r.proposal_name = "Volume";
  expect_representation_refused(&r, "no name for a proposal");
  r.proposal_name = "volume";
  first = r;
  assert_int_equal(dseg_register(&first, NULL, NULL), DSEG_OK);
  r.name = "test-second";
  expect_representation_refused(&r, "that of test-representation");
  r.private_creator = "SECOND";
  second = r;
  assert_int_equal(dseg_register(&second, NULL, NULL), DSEG_OK);
  assert_ptr_equal(dseg_find_representation("BINARY"), &dseg_representation_binary);
  assert_ptr_equal(dseg_find_representation("1.2.840.10008.5.1.4.1.1.66.4"), &dseg_representation_binary);
  assert_ptr_equal(dseg_find_representation("test-second"), &second);
  r.name = "test-standard";
  r.flags &= ~(uint32_t)DSEG_PLUGIN_EXPERIMENTAL;
  r.private_creator = NULL;
  r.proposal_name = NULL;
  expect_representation_refused(&r, "that of binary");
}

static dseg_status end_plane(const dseg_write_context *context, const dseg_frame_sink *sink, dseg_error *error) {
  (void)context, (void)sink, (void)error;
  return DSEG_OK;
}

static dseg_status begin_write(const dseg_write_context *context, void **state, dseg_error *error) {
  (void)context, (void)state, (void)error;
  return DSEG_OK;
}

/* What one function begins another has to end. */
static void functions_come_in_pairs(void **state) {
  (void)state;
  dseg_representation r = valid_representation();
  r.flags = (r.flags | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_LABEL_FRAMES) & ~(uint32_t)DSEG_PLUGIN_SEGMENT_FRAMES;
  r.put_mask = NULL;
  r.end_plane = end_plane;
  expect_representation_refused(&r, "put_mask");
  r.end_plane = NULL;
  r.begin_write = begin_write;
  expect_representation_refused(&r, "end_write");
}

/* A struct of an earlier version of the interface, which is shorter, and of a later one, which has more. */
static void structs_may_have_another_size(void **state) {
  static struct {
    dseg_frame_codec codec;
    uint64_t more;
  } longer;
  static dseg_frame_codec shorter;
  (void)state;
  shorter = valid_codec();
  shorter.name = "test-shorter";
  shorter.transfer_syntax_uid = "1.2.3.1";
  shorter.struct_size = offsetof(dseg_frame_codec, pixel_rules);
  shorter.pixel_rules = (const char *)1; /* is not read */
  assert_int_equal(dseg_register(NULL, &shorter, NULL), DSEG_OK);
  const dseg_frame_codec *found = dseg_find_frame_codec("test-shorter");
  assert_non_null(found);
  assert_null(found->pixel_rules);
  assert_true(found->decode == shorter.decode);
  longer.codec = valid_codec();
  longer.codec.name = "test-longer";
  longer.codec.transfer_syntax_uid = "1.2.3.2";
  longer.codec.struct_size = sizeof longer;
  longer.more = 1;
  expect_codec_refused(&longer.codec, "needs a later version of the library");
  longer.more = 0;
  assert_int_equal(dseg_register(NULL, &longer.codec, NULL), DSEG_OK);
  assert_non_null(dseg_find_frame_codec("test-longer"));
}

static void one_entry_is_registered_at_a_time(void **state) {
  (void)state;
  const dseg_frame_codec codec = valid_codec();
  const dseg_representation representation = valid_representation();
  assert_int_equal(dseg_register(NULL, NULL, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_register(&representation, &codec, NULL), DSEG_ERROR_ARGUMENT);
}

static void registered_entries_are_found_last(void **state) {
  (void)state;
  static dseg_frame_codec codec;
  codec = valid_codec();
  assert_int_equal(dseg_register(NULL, &codec, NULL), DSEG_OK);
  assert_ptr_equal(dseg_find_frame_codec("test-codec"), &codec);
  size_t count = 0;
  while (dseg_frame_codec_at(count) != NULL) {
    count++;
  }
  assert_ptr_equal(dseg_frame_codec_at(count - 1), &codec);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(first_lookup_may_come_from_any_thread),
      cmocka_unit_test(builtin_entries_come_in_order_of_preference),
      cmocka_unit_test(entries_are_found_by_each_of_their_keys),
      cmocka_unit_test(every_codec_of_the_library_is_there_or_named),
      cmocka_unit_test(unusable_codecs_are_refused),
      cmocka_unit_test(unusable_representations_are_refused),
      cmocka_unit_test(only_experiments_go_beyond_the_standard),
      cmocka_unit_test(types_are_shared_by_those_with_a_creator),
      cmocka_unit_test(functions_come_in_pairs),
      cmocka_unit_test(structs_may_have_another_size),
      cmocka_unit_test(one_entry_is_registered_at_a_time),
      cmocka_unit_test(registered_entries_are_found_last),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
