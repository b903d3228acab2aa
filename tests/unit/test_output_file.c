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
  assert_int_equal(access("second.bin", F_OK), -1);
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

static void expect_refused(dseg_output_set *set, const char *path, const char *what, const char *other) {
  dseg_output_file *file = NULL;
  dseg_error error = {0};
  assert_int_equal(dseg_output_create(path, true, &file, NULL), DSEG_OK);
  assert_int_equal(dseg_output_join(set, file, false, &error), DSEG_ERROR_ARGUMENT);
  assert_int_equal(strncmp(error.message, path, strlen(path)), 0);
  assert_non_null(strstr(error.message, what));
  assert_non_null(strstr(error.message, other));
  assert_int_equal(dseg_output_set_check(set, &path, 1, &error), DSEG_ERROR_ARGUMENT);
  assert_non_null(strstr(error.message, other));
}

/* By the same name, another way to it, a hard link or a symbolic one: whether the files exist or not. */
static void set_has_no_file_twice(void **state) {
  (void)state;
  static const char *const paths[] = {"out.bin"};
  static const char twice[] = "two outputs have the same name";
  for (int exists = 0; exists < 2; exists++) {
    if (exists != 0) {
      put("out.bin", false, "old");
      assert_int_equal(link("out.bin", "hard.bin"), 0);
    }
    assert_int_equal(symlink("out.bin", "soft.bin"), 0);
    assert_int_equal(mkdir("folder", 0777), 0);
    assert_int_equal(symlink("..", "folder/up"), 0);
    dseg_output_set *set = set_of(paths, 1, true);
    expect_refused(set, "out.bin", twice, "out.bin is");
    expect_refused(set, "./out.bin", twice, "out.bin is");
    expect_refused(set, "soft.bin", twice, "out.bin is");
    expect_refused(set, "folder/up/out.bin", twice, "out.bin is");
    if (exists != 0) {
      expect_refused(set, "hard.bin", twice, "out.bin is");
    }
    static const char *const two[] = {"new.bin", "folder/up/new.bin"};
    assert_int_equal(dseg_output_set_check(set, two, 1, NULL), DSEG_OK);
    assert_int_equal(dseg_output_set_check(set, two, 2, NULL), DSEG_ERROR_ARGUMENT);
    assert_int_equal(dseg_output_set_commit(set, NULL), DSEG_OK);
    expect_content("new");
    dseg_output_set_destroy(set);
    unlink("soft.bin");
    unlink("folder/up");
    rmdir("folder");
    if (exists != 0) {
      unlink("hard.bin");
    }
    unlink("out.bin");
    assert_int_equal(count_files(), 0);
  }
}

static void set_writes_no_input(void **state) {
  (void)state;
  static const char is_input[] = "an output is an input";
  put("out.bin", false, "old");
  assert_int_equal(mkdir("folder", 0777), 0);
  assert_int_equal(mkdir("folder/deep", 0777), 0);
  put("folder/deep/a.dcm", false, "image");
  assert_int_equal(link("folder/deep/a.dcm", "hard.bin"), 0);
  dseg_output_set *set = dseg_output_set_create();
  assert_int_equal(dseg_output_set_add_input(set, "./out.bin", NULL), DSEG_OK);
  assert_int_equal(dseg_output_set_add_input(set, "folder", NULL), DSEG_OK);
  assert_int_equal(dseg_output_set_add_input(set, "gone", NULL), DSEG_OK);
  expect_refused(set, "out.bin", is_input, "./out.bin is");
  expect_refused(set, "folder/deep/a.dcm", is_input, "folder/deep/a.dcm is");
  expect_refused(set, "hard.bin", is_input, "folder/deep/a.dcm is");
  static const char *const free_names[] = {"gone", "folder/deep/b.dcm"};
  assert_int_equal(dseg_output_set_check(set, free_names, 2, NULL), DSEG_OK);
  dseg_output_set_destroy(set);
  expect_content("old");
  unlink("hard.bin");
  unlink("folder/deep/a.dcm");
  rmdir("folder/deep");
}

static void expect_mode(const char *path, unsigned mode) {
  struct stat found;
  assert_int_equal(stat(path, &found), 0);
  assert_int_equal(found.st_mode & 07777, mode);
}

static void replaced_file_keeps_its_mode(void **state) {
  (void)state;
  static const unsigned modes[][2] = {{0600, 0600}, {0444, 0444}, {0666, 0666}, {04755, 0755}, {02750, 0750}};
  const mode_t before = umask(022);
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
    put("out.bin", false, "old");
    assert_int_equal(chmod("out.bin", modes[i][0]), 0);
    dseg_output_file *file = NULL;
    assert_int_equal(dseg_output_create("out.bin", true, &file, NULL), DSEG_OK);
    struct stat open_file;
    assert_int_equal(fstat(dseg_output_descriptor(file), &open_file), 0);
    assert_int_equal(open_file.st_mode & 07777, modes[i][1]); /* while it is written, too */
    assert_int_equal(dseg_output_commit(file, false, NULL), DSEG_OK);
    expect_mode("out.bin", modes[i][1]);
    unlink("out.bin");
  }
  /* The mode of the moment when it is replaced counts. */
  put("out.bin", false, "old");
  dseg_output_file *file = NULL;
  assert_int_equal(dseg_output_create("out.bin", true, &file, NULL), DSEG_OK);
  assert_int_equal(chmod("out.bin", 0640), 0);
  assert_int_equal(dseg_output_commit(file, false, NULL), DSEG_OK);
  expect_mode("out.bin", 0640);
  umask(before);
}

/* Only a privileged process may give files away. */
static void replaced_file_keeps_its_owner(void **state) {
  (void)state;
  if (geteuid() != 0) {
    print_message("skipped: a file's owner can be kept by root alone\n");
    skip();
  }
  put("out.bin", false, "old");
  assert_int_equal(chown("out.bin", 1234, 5678), 0);
  put("out.bin", true, "new");
  struct stat found;
  assert_int_equal(stat("out.bin", &found), 0);
  assert_int_equal(found.st_uid, 1234);
  assert_int_equal(found.st_gid, 5678);
}

static void symbolic_link_is_followed(void **state) {
  (void)state;
  assert_int_equal(mkdir("folder", 0777), 0);
  put("folder/real", false, "old");
  assert_int_equal(chmod("folder/real", 0600), 0);
  assert_int_equal(symlink("real", "folder/second"), 0);
  assert_int_equal(symlink("folder/second", "out.bin"), 0);
  dseg_output_file *file = NULL;
  dseg_error error = {0};
  assert_int_equal(dseg_output_create("out.bin", false, &file, &error), DSEG_ERROR_OUTPUT);
  put("out.bin", true, "new");
  struct stat found;
  assert_int_equal(lstat("out.bin", &found), 0);
  assert_true(S_ISLNK(found.st_mode));
  assert_int_equal(lstat("folder/real", &found), 0);
  assert_true(S_ISREG(found.st_mode));
  assert_int_equal(found.st_mode & 0777, 0600);
  expect_content("new");
  unlink("folder/real");
  put("out.bin", true, "again"); /* the link led to nothing */
  expect_content("again");
  unlink("folder/real");
  unlink("folder/second");
  assert_int_equal(symlink("second", "folder/second"), 0);
  error = (dseg_error){0};
  assert_int_equal(dseg_output_create("out.bin", true, &file, &error), DSEG_ERROR_OUTPUT);
  assert_non_null(strstr(error.message, "out.bin: the symbolic link"));
  unlink("folder/second");
}

static void special_files_are_not_replaced(void **state) {
  (void)state;
  dseg_output_file *file = NULL;
  dseg_error error = {0};
  assert_int_equal(mkfifo("out.bin", 0600), 0);
  assert_int_equal(dseg_output_create("out.bin", true, &file, &error), DSEG_ERROR_OUTPUT);
  assert_non_null(strstr(error.message, "special file"));
  error = (dseg_error){0};
  assert_int_equal(dseg_output_create("/dev/null", true, &file, &error), DSEG_ERROR_OUTPUT);
  assert_non_null(strstr(error.message, "/dev/null: it is a device"));
  assert_int_equal(count_files(), 1);
}

static void set_adopts_files(void **state) {
  (void)state;
  put("first", false, "new");
  put("out.bin", false, "old");
  dseg_output_set *set = dseg_output_set_create();
  dseg_error error = {0};
  assert_int_equal(dseg_output_set_adopt(set, "first", "out.bin", 0, &error), DSEG_ERROR_OUTPUT);
  assert_int_equal(access("first", F_OK), 0);
  assert_int_equal(dseg_output_set_adopt(set, "first", "out.bin", DSEG_OUTPUT_REPLACE, &error), DSEG_OK);
  assert_int_equal(dseg_output_set_adopt(set, "first", "./out.bin", DSEG_OUTPUT_REPLACE, &error), DSEG_ERROR_ARGUMENT);
  assert_int_equal(access("first", F_OK), 0);
  expect_content("old");
  assert_int_equal(dseg_output_set_commit(set, &error), DSEG_OK);
  expect_content("new");
  assert_int_equal(count_files(), 1);
  put("first", false, "newer");
  assert_int_equal(dseg_output_set_adopt(set, "first", "out.bin", DSEG_OUTPUT_REPLACE, &error), DSEG_OK);
  dseg_output_set_destroy(set);
  expect_content("new");
  assert_int_equal(count_files(), 1);
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
      IN_DIRECTORY(set_has_no_file_twice),
      IN_DIRECTORY(set_writes_no_input),
      IN_DIRECTORY(set_adopts_files),
      IN_DIRECTORY(replaced_file_keeps_its_mode),
      IN_DIRECTORY(replaced_file_keeps_its_owner),
      IN_DIRECTORY(symbolic_link_is_followed),
      IN_DIRECTORY(special_files_are_not_replaced),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
