/* SPDX-License-Identifier: Apache-2.0 */
/* What the library asks of the operating system: files without a name, places in files, directories, threads. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/os/directory.h"
#include "base/os/files.h"
#include "base/os/library.h"
#include "base/os/names.h"
#include "base/os/system.h"
#include "base/os/thread.h"

#ifndef _WIN32
#include <sys/stat.h>
#include <unistd.h>
#endif

/* The tests run in a directory of their own: names do not collide. */
static void make_file(const char *path, const char *content) {
  int descriptor = -1;
  (void)dseg_os_remove(path); /* of a run that failed */
  assert_int_equal(dseg_os_create(path, &descriptor), 0);
  assert_int_equal(dseg_os_write(descriptor, content, strlen(content)), 0);
  assert_int_equal(dseg_os_close(descriptor), 0);
}

static void expect_file(const char *path, const char *content) {
  char found[64];
  size_t got = 0;
  int descriptor = -1;
  assert_int_equal(dseg_os_open_read(path, &descriptor), 0);
  assert_int_equal(dseg_os_read_at(descriptor, 0, found, sizeof found, &got), 0);
  assert_int_equal(got, strlen(content));
  assert_memory_equal(found, content, got);
  assert_int_equal(dseg_os_close(descriptor), 0);
}

static void test_places_in_a_file(void **state) {
  (void)state;
  int descriptor = -1;
  size_t got = 0;
  char bytes[16];
  assert_int_equal(dseg_os_create_unnamed("", &descriptor), 0);
  assert_int_equal(dseg_os_write(descriptor, "abc\n", 4), 0); /* a line's end stays one byte */
  assert_int_equal(dseg_os_write_at(descriptor, 1, "B", 1), 0);
  assert_int_equal(dseg_os_skip(descriptor, 2), 0);
  assert_int_equal(dseg_os_write(descriptor, "d", 1), 0); /* behind what was skipped, wherever write_at wrote */
  assert_int_equal(dseg_os_read_at(descriptor, 0, bytes, sizeof bytes, &got), 0);
  assert_int_equal(got, 7);
  assert_memory_equal(bytes, "aBc\n\0\0d", 7);
  assert_int_equal(dseg_os_read_at(descriptor, 7, bytes, 1, &got), 0);
  assert_int_equal(got, 0);
  dseg_os_facts facts;
  assert_int_equal(dseg_os_facts_of(descriptor, &facts), 0);
  assert_int_equal(facts.kind, DSEG_OS_REGULAR);
  assert_int_equal(facts.size, 7);
  assert_int_equal(dseg_os_sync(descriptor), 0);
  assert_int_equal(dseg_os_close(descriptor), 0);
}

static void test_copies(void **state) {
  (void)state;
  int from = -1;
  int to = -1;
  size_t got = 0;
  char bytes[16];
  assert_int_equal(dseg_os_create_unnamed("", &from), 0);
  assert_int_equal(dseg_os_create_unnamed(NULL, &to), 0);
  assert_int_equal(dseg_os_write(from, "0123456789", 10), 0);
  assert_int_equal(dseg_os_write(to, "x", 1), 0);
  const uint64_t copied = dseg_os_copy(to, from, 2, 20);
  assert_true(copied == 8 || copied == 0); /* all that there is, or nothing on systems that cannot */
  assert_int_equal(dseg_os_read_at(to, 0, bytes, sizeof bytes, &got), 0);
  assert_int_equal(got, 1 + copied);
  assert_memory_equal(bytes, "x23456789", got);
  assert_int_equal(dseg_os_close(from), 0);
  assert_int_equal(dseg_os_close(to), 0);
}

static void test_unnamed_files_have_no_name(void **state) {
  (void)state;
  int descriptor = -1;
  dseg_os_names before;
  dseg_os_names after;
  assert_int_equal(dseg_os_list(".", &before), 0);
  assert_int_equal(dseg_os_create_unnamed(".", &descriptor), 0);
  assert_int_equal(dseg_os_close(descriptor), 0);
  assert_int_equal(dseg_os_create_unnamed("./", &descriptor), 0);
  assert_int_equal(dseg_os_close(descriptor), 0);
  assert_int_equal(dseg_os_list(".", &after), 0);
  assert_int_equal(before.count, after.count);
  dseg_os_names_free(&before);
  dseg_os_names_free(&after);
  assert_int_equal(dseg_os_create_unnamed("no such directory/", &descriptor), ENOENT);
}

static void test_names(void **state) {
  (void)state;
  int descriptor = -1;
  dseg_os_facts facts;
  assert_int_equal(dseg_os_open_read("os-a", &descriptor), ENOENT);
  assert_int_equal(dseg_os_facts_of_path("os-a", &facts), ENOENT);
  make_file("os-a", "first");
  make_file("os-b", "second");
  assert_int_equal(dseg_os_create("os-a", &descriptor), EEXIST);
  assert_int_equal(dseg_os_link("os-a", "os-b"), EEXIST);
  assert_int_equal(dseg_os_link("os-a", "os-c"), 0);
  expect_file("os-c", "first");
  assert_int_equal(dseg_os_rename("os-b", "os-a"), 0); /* over the file that is there */
  expect_file("os-a", "second");
  expect_file("os-c", "first");
  assert_int_equal(dseg_os_facts_of_name("os-a", &facts), 0);
  assert_int_equal(facts.kind, DSEG_OS_REGULAR);
  assert_int_equal(facts.size, 6);
  assert_int_equal(dseg_os_facts_of_path(".", &facts), 0);
  assert_int_equal(facts.kind, DSEG_OS_DIRECTORY);
  dseg_os_sync_directory_of("os-a");
  assert_int_equal(dseg_os_remove("os-a"), 0);
  assert_int_equal(dseg_os_remove("os-a"), ENOENT);
  assert_int_equal(dseg_os_remove("os-c"), 0);
}

static void test_list_is_in_order(void **state) {
  (void)state;
  static const char *const made[] = {"os-z", "os-B", "os-\xC3\xA4", ".os-hidden", "os-a"};
  static const char *const expected[] = {"os-B", "os-a", "os-z", "os-\xC3\xA4"};
  for (size_t i = 0; i < 5; i++) {
    make_file(made[i], "");
  }
  dseg_os_names names;
  assert_int_equal(dseg_os_list(".", &names), 0);
  size_t found = 0;
  for (size_t i = 0; i < names.count; i++) {
    assert_int_not_equal(names.names[i][0], '.');
    if (strncmp(names.names[i], "os-", 3) == 0) {
      assert_true(found < 4);
      assert_string_equal(names.names[i], expected[found++]);
    }
  }
  assert_int_equal(found, 4);
  dseg_os_names_free(&names);
  for (size_t i = 0; i < 5; i++) {
    assert_int_equal(dseg_os_remove(made[i]), 0);
  }
  assert_int_equal(dseg_os_list("no such directory", &names), ENOENT);
  assert_int_equal(names.count, 0);
}

#ifndef _WIN32
static void test_a_pipe_does_not_block(void **state) {
  (void)state;
  int reader = -1;
  size_t got = 1;
  char byte = 0;
  dseg_os_facts facts;
  (void)unlink("os-pipe");
  assert_int_equal(mkfifo("os-pipe", 0600), 0);
  assert_int_equal(dseg_os_open_read("os-pipe", &reader), 0);
  assert_int_equal(dseg_os_facts_of(reader, &facts), 0);
  assert_int_equal(facts.kind, DSEG_OS_PIPE);
  assert_int_equal(dseg_os_read(reader, &byte, 1, &got), 0); /* nobody writes: the end */
  assert_int_equal(got, 0);
  FILE *writer = fopen("os-pipe", "wb");
  assert_non_null(writer);
  assert_int_equal(dseg_os_read(reader, &byte, 1, &got), EAGAIN);
  assert_int_equal(dseg_os_set_blocking(reader), 0);
  assert_int_equal(fputc('x', writer), 'x');
  assert_int_equal(fclose(writer), 0);
  assert_int_equal(dseg_os_read(reader, &byte, 1, &got), 0);
  assert_int_equal(got, 1);
  assert_int_equal(byte, 'x');
  assert_int_equal(dseg_os_close(reader), 0);
  assert_int_equal(unlink("os-pipe"), 0);
}
#endif

static dseg_os_once once = DSEG_OS_ONCE_INIT;
static dseg_os_mutex mutex = DSEG_OS_MUTEX_INIT;
static int once_calls, sum;

static void count_once(void) {
  once_calls++;
}

static void work(void *argument) {
  const int *times = argument;
  dseg_os_run_once(&once, count_once);
  for (int i = 0; i < *times; i++) {
    dseg_os_lock(&mutex);
    sum++;
    dseg_os_unlock(&mutex);
  }
}

static void test_threads(void **state) {
  (void)state;
  dseg_os_thread *threads[4];
  int times = 10000;
  for (size_t i = 0; i < 4; i++) {
    assert_int_equal(dseg_os_thread_start(work, &times, &threads[i]), 0);
  }
  for (size_t i = 0; i < 4; i++) {
    dseg_os_thread_join(threads[i]);
  }
  assert_int_equal(once_calls, 1);
  assert_int_equal(sum, 4 * times);
  assert_true(dseg_os_processor_count() >= 1);
}

static void test_process(void **state) {
  (void)state;
  uint8_t first[16] = {0};
  uint8_t second[16] = {0};
  assert_int_equal(dseg_os_random(first, sizeof first), 0);
  assert_int_equal(dseg_os_random(second, sizeof second), 0);
  assert_memory_not_equal(first, second, sizeof first);
  struct tm parts;
  dseg_os_time_local(1735689600 + 36 * 3600 + 61, &parts); /* noon of 2 January in UTC */
  assert_int_equal(parts.tm_year, 125);
  assert_int_equal(parts.tm_mon, 0);
  assert_in_range(parts.tm_mday, 1, 3);
  assert_int_equal(parts.tm_sec, 1);
  assert_true(dseg_os_now() / 1000000000u > 1735689600u);
  assert_true(dseg_os_process_id() != 0);
  assert_true(strlen(dseg_os_error_text(ENOENT)) > 0);
  assert_string_not_equal(dseg_os_error_text(ENOENT), dseg_os_error_text(EEXIST));
}

static void test_a_library_that_is_not_there(void **state) {
  (void)state;
  const char *reason = NULL;
  assert_null(dseg_os_library_open("./no-such-library" DSEG_OS_MODULE_SUFFIX, &reason));
  assert_non_null(reason);
  assert_true(strlen(reason) > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_places_in_a_file),
      cmocka_unit_test(test_copies),
      cmocka_unit_test(test_unnamed_files_have_no_name),
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_list_is_in_order),
#ifndef _WIN32
      cmocka_unit_test(test_a_pipe_does_not_block),
#endif
      cmocka_unit_test(test_threads),
      cmocka_unit_test(test_process),
      cmocka_unit_test(test_a_library_that_is_not_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
