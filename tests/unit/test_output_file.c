/* SPDX-License-Identifier: Apache-2.0 */
/* Files appear under their name when complete, never before, and never over one that may not be replaced. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/output_file.h"

/* Each test runs in an empty directory of its own. */
static int enter_directory(void **state) {
  char template[] = "/tmp/dseg-test-XXXXXX";
  if (mkdtemp(template) == NULL || chdir(template) != 0) {
    return -1;
  }
  *state = strdup(template);
  return 0;
}

static int count_files(void) {
  int count = 0;
  DIR *directory = opendir(".");
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
  }
  closedir(directory);
  return count;
}

static int leave_directory(void **state) {
  char *name = *state;
  unlink("out.bin");
  rmdir("folder");
  const int outcome = chdir("/") == 0 && rmdir(name) == 0 ? 0 : -1;
  free(name);
  return outcome;
}

static void expect_content(const char *expected) {
  char content[64] = {0};
  FILE *file = fopen("out.bin", "rb");
  assert_non_null(file);
  assert_int_equal(fread(content, 1, sizeof content - 1, file), strlen(expected));
  assert_string_equal(content, expected);
  fclose(file);
}

static void put(const char *path, bool replace, const char *text) {
  dseg_output_file *file = NULL;
  assert_int_equal(dseg_output_create(path, replace, &file, NULL), DSEG_OK);
  assert_int_equal(dseg_output_write(file, text, strlen(text), NULL), DSEG_OK);
  assert_int_equal(dseg_output_commit(file, true, NULL), DSEG_OK);
}

static void name_appears_at_commit(void **state) {
  (void)state;
  dseg_output_file *file = NULL;
  assert_int_equal(dseg_output_create("out.bin", false, &file, NULL), DSEG_OK);
  assert_int_equal(dseg_output_write(file, "ab", 2, NULL), DSEG_OK);
  assert_int_equal(dseg_output_write(file, "cd", 2, NULL), DSEG_OK);
  assert_int_equal(access("out.bin", F_OK), -1);
  assert_true(dseg_output_descriptor(file) >= 0);
  assert_int_equal(dseg_output_commit(file, false, NULL), DSEG_OK);
  expect_content("abcd");
  assert_int_equal(count_files(), 1);
}

static void skipped_bytes_are_zero(void **state) {
  (void)state;
  dseg_output_file *file = NULL;
  static const char expected[100001 + 3] = {'a', [100001] = 'b'};
  static char content[sizeof expected + 1];
  assert_int_equal(dseg_output_create("out.bin", false, &file, NULL), DSEG_OK);
  assert_int_equal(dseg_output_write(file, "a", 1, NULL), DSEG_OK);
  assert_int_equal(dseg_output_skip(file, 100000, NULL), DSEG_OK);
  assert_int_equal(dseg_output_write(file, "b", 1, NULL), DSEG_OK);
  assert_int_equal(dseg_output_skip(file, 0, NULL), DSEG_OK);
  assert_int_equal(dseg_output_skip(file, 2, NULL), DSEG_OK);
  assert_int_equal(dseg_output_commit(file, false, NULL), DSEG_OK);
  FILE *written = fopen("out.bin", "rb");
  assert_non_null(written);
  assert_int_equal(fread(content, 1, sizeof content, written), sizeof expected);
  fclose(written);
  assert_memory_equal(content, expected, sizeof expected);
}

static void mode_follows_umask(void **state) {
  (void)state;
  const mode_t before = umask(027);
  put("out.bin", false, "x");
  umask(before);
  struct stat found;
  assert_int_equal(stat("out.bin", &found), 0);
  assert_int_equal(found.st_mode & 0777, 0640);
}

static void abandoned_file_leaves_nothing(void **state) {
  (void)state;
  dseg_output_file *file = NULL;
  assert_int_equal(dseg_output_create("out.bin", false, &file, NULL), DSEG_OK);
  assert_int_equal(dseg_output_write(file, "ab", 2, NULL), DSEG_OK);
  dseg_output_abandon(file);
  dseg_output_abandon(NULL);
  assert_int_equal(count_files(), 0);
}

static void existing_file_is_replaced_only_on_request(void **state) {
  (void)state;
  put("out.bin", false, "old");
  dseg_output_file *file = NULL;
  dseg_error error = {0};
  assert_int_equal(dseg_output_create("out.bin", false, &file, &error), DSEG_ERROR_OUTPUT);
  assert_null(file);
  assert_string_equal(error.message, "out.bin: the file exists and may not be replaced");
  put("out.bin", true, "new");
  expect_content("new");
  assert_int_equal(count_files(), 1);
}

static void file_created_meanwhile_survives(void **state) {
  (void)state;
  dseg_output_file *file = NULL;
  assert_int_equal(dseg_output_create("out.bin", false, &file, NULL), DSEG_OK);
  assert_int_equal(dseg_output_write(file, "mine", 4, NULL), DSEG_OK);
  put("out.bin", false, "theirs");
  dseg_error error = {0};
  assert_int_equal(dseg_output_commit(file, false, &error), DSEG_ERROR_OUTPUT);
  assert_non_null(strstr(error.message, "exists"));
  expect_content("theirs");
  assert_int_equal(count_files(), 1);
}

static void impossible_names_are_refused(void **state) {
  (void)state;
  dseg_output_file *file = NULL;
  assert_int_equal(dseg_output_create("no/such/directory/out.bin", true, &file, NULL), DSEG_ERROR_OUTPUT);
  assert_int_equal(dseg_output_create("folder/", true, &file, NULL), DSEG_ERROR_OUTPUT);
  assert_int_equal(mkdir("folder", 0777), 0);
  dseg_error error = {0};
  assert_int_equal(dseg_output_create("folder", true, &file, &error), DSEG_ERROR_OUTPUT);
  assert_non_null(strstr(error.message, "folder"));
  assert_null(file);
}

static dseg_output_set *set_of(const char *const *paths, size_t count, bool replace) {
  dseg_output_set *set = dseg_output_set_create();
  assert_non_null(set);
  for (size_t i = 0; i < count; i++) {
    dseg_output_file *file = NULL;
    assert_int_equal(dseg_output_create(paths[i], replace, &file, NULL), DSEG_OK);
    assert_int_equal(dseg_output_write(file, "new", 3, NULL), DSEG_OK);
    assert_int_equal(dseg_output_join(set, file, i == 0, NULL), DSEG_OK);
  }
  return set;
}

static void set_gets_its_names_together(void **state) {
  (void)state;
  static const char *const paths[] = {"out.bin", "second.bin"};
  dseg_output_set *set = set_of(paths, 2, false);
  assert_int_equal(access("out.bin", F_OK), -1);
  assert_int_equal(count_files(), 2);
  assert_int_equal(dseg_output_set_commit(set, NULL), DSEG_OK);
  expect_content("new");
  assert_int_equal(access("second.bin", F_OK), 0);
  assert_int_equal(dseg_output_set_commit(set, NULL), DSEG_OK); /* of nothing */
  dseg_output_set_destroy(set);
  dseg_output_set_destroy(NULL);
  assert_int_equal(count_files(), 2);
  unlink("second.bin");
}

static void set_that_is_destroyed_leaves_nothing(void **state) {
  (void)state;
  static const char *const paths[] = {"out.bin", "second.bin"};
  put("out.bin", false, "old");
  dseg_output_set_destroy(set_of(paths, 2, true));
  expect_content("old");
  assert_int_equal(count_files(), 1);
}

/* The last name is taken when the set is committed. */
static void set_fails_as_a_whole(void **state) {
  (void)state;
  static const char *const paths[] = {"out.bin", "second.bin", "folder"};
  for (int replace = 0; replace < 2; replace++) {
    if (replace != 0) {
      put("out.bin", false, "old");
    }
    dseg_output_set *set = set_of(paths, 3, replace != 0);
    assert_int_equal(mkdir("folder", 0777), 0);
    dseg_error error = {0};
    assert_int_equal(dseg_output_set_commit(set, &error), DSEG_ERROR_OUTPUT);
    assert_int_equal(strncmp(error.message, "folder: ", 8), 0);
    assert_int_equal(count_files(), replace + 1);
    dseg_output_set_destroy(set);
    assert_int_equal(count_files(), replace + 1);
    if (replace != 0) {
      expect_content("old");
    }
    assert_int_equal(rmdir("folder"), 0);
  }
}

static void set_replaces_links_and_names_that_come_twice(void **state) {
  (void)state;
  static const char *const paths[] = {"out.bin", "out.bin", "folder"};
  put("out.bin", false, "old");
  assert_int_equal(link("out.bin", "second.bin"), 0);
  dseg_output_set *set = set_of(paths, 3, true);
  assert_int_equal(mkdir("folder", 0777), 0);
  assert_int_equal(dseg_output_set_commit(set, NULL), DSEG_ERROR_OUTPUT);
  dseg_output_set_destroy(set);
  expect_content("old");
  assert_int_equal(count_files(), 3);
  set = set_of(paths, 2, true);
  assert_int_equal(dseg_output_set_commit(set, NULL), DSEG_OK);
  dseg_output_set_destroy(set);
  expect_content("new");
  assert_int_equal(count_files(), 3);
  unlink("second.bin");
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, enter_directory, leave_directory)

int main(void) {
  const struct CMUnitTest tests[] = {
      IN_DIRECTORY(name_appears_at_commit),
      IN_DIRECTORY(skipped_bytes_are_zero),
      IN_DIRECTORY(mode_follows_umask),
      IN_DIRECTORY(abandoned_file_leaves_nothing),
      IN_DIRECTORY(existing_file_is_replaced_only_on_request),
      IN_DIRECTORY(file_created_meanwhile_survives),
      IN_DIRECTORY(impossible_names_are_refused),
      IN_DIRECTORY(set_gets_its_names_together),
      IN_DIRECTORY(set_that_is_destroyed_leaves_nothing),
      IN_DIRECTORY(set_fails_as_a_whole),
      IN_DIRECTORY(set_replaces_links_and_names_that_come_twice),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
