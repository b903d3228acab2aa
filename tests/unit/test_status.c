/* SPDX-License-Identifier: Apache-2.0 */
/* test_status.c - errors: the first cause counts, prefixes, names of every status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/status.h"

static void the_first_cause_is_kept(void **state) {
  (void)state;
  dseg_error error = {0};
  assert_int_equal(dseg_fail(&error, DSEG_ERROR_FORMAT, "length %d", 7), DSEG_ERROR_FORMAT);
  assert_int_equal(dseg_fail(&error, DSEG_ERROR_MEMORY, "later"), DSEG_ERROR_MEMORY);
  assert_int_equal(error.status, DSEG_ERROR_FORMAT);
  assert_string_equal(error.message, "length 7");
  dseg_error_prefix(&error, "a.dcm");
  assert_string_equal(error.message, "a.dcm: length 7");
}

static void no_error_object_is_fine(void **state) {
  (void)state;
  assert_int_equal(dseg_fail(NULL, DSEG_ERROR_INPUT, "x"), DSEG_ERROR_INPUT);
  dseg_error_prefix(NULL, "x");
}

static void long_messages_are_cut_and_terminated(void **state) {
  (void)state;
  char text[3000];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  dseg_error error = {0};
  dseg_fail(&error, DSEG_ERROR_FORMAT, "%s", text);
  dseg_error_prefix(&error, text);
  assert_non_null(memchr(error.message, '\0', sizeof error.message));
}

static void every_status_has_a_name(void **state) {
  (void)state;
  for (int status = DSEG_OK; status <= DSEG_ERROR_OVERLAP; status++) {
    assert_true(strlen(dseg_status_text((dseg_status)status)) > 1);
  }
  assert_non_null(dseg_status_text((dseg_status)9999));
}

static void keep(void *user, const char *message) {
  *(size_t *)user = strlen(message);
}

static void warnings_reach_their_sink_if_there_is_one(void **state) {
  (void)state;
  size_t length = 0;
  const dseg_warning_sink sink = {keep, &length};
  dseg_warn(&sink, "%s %d", "planes", 12);
  assert_int_equal(length, 9);
  dseg_warn(&sink, "%3000d", 1); /* cut */
  assert_int_equal(length, sizeof((dseg_error *)NULL)->message - 1);
  dseg_warn(NULL, "x");
  dseg_warn(&(dseg_warning_sink){NULL, NULL}, "x");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_cause_is_kept),
      cmocka_unit_test(no_error_object_is_fine),
      cmocka_unit_test(long_messages_are_cut_and_terminated),
      cmocka_unit_test(every_status_has_a_name),
      cmocka_unit_test(warnings_reach_their_sink_if_there_is_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
