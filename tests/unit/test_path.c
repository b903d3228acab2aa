/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a path: the file's name, its directory, and whether it leads out of where it is looked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/path.h"

static void test_name_and_directory(void **state) {
  (void)state;
  static const struct {
    const char *path;
    const char *name;
    size_t directory;
  } cases[] = {
      {"a.dcm", "a.dcm", 0},
      {"x/a.dcm", "a.dcm", 2},
      {"/a.dcm", "a.dcm", 1},
      {"x/y.z/a", "a", 6},
      {"../a.dcm", "a.dcm", 3},
      {"x/", "", 2},
      {"", "", 0},
#ifdef _WIN32
      {"x\\a.dcm", "a.dcm", 2},
      {"C:a.dcm", "a.dcm", 2},
      {"C:\\x/a", "a", 5},
#else
      {"x\\a.dcm", "x\\a.dcm", 0},
      {"C:a", "C:a", 0},
#endif
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    assert_string_equal(dseg_path_name(cases[i].path), cases[i].name);
    assert_int_equal(dseg_path_directory(cases[i].path), cases[i].directory);
  }
}

static void test_leaving_the_directory(void **state) {
  (void)state;
  static const char *const inside[] = {"a.raw", "x/a.raw", "..a", "a..", "x/..a/b", "x//a", "./a", "...", ".", ""};
  static const char *const outside[] = {"/a.raw",   "..",          "../a", "x/../a",
                                        "x/..",     "//a",
#ifdef _WIN32
                                        "..\\a",    "\\a",         "C:a",  "C:\\a",
                                        "x\\..\\a", "a.raw:stream"
#endif
  };
  for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
    assert_false(dseg_path_leaves(inside[i]));
  }
  for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
    assert_true(dseg_path_leaves(outside[i]));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_name_and_directory),
      cmocka_unit_test(test_leaving_the_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
