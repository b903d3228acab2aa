/* SPDX-License-Identifier: Apache-2.0 */
/* os_posix.c - what the program asks of POSIX systems, see os.h. */
#define _GNU_SOURCE /* hidden in strict C17 */
#define _FILE_OFFSET_BITS 64
#include "os/os.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <mach-o/dyld.h>
#endif

#include "os/name_list.h"

// NOLINTNEXTLINE(readability-non-const-parameter): Windows changes both
int os_start(int *argc, char ***argv) {
  (void)argc, (void)argv;
  return 0;
}

static void (*cleaner)(void);

/* The default action comes next, when the handler returns and the signal is no longer held. It is set behind the
 * cleaning: another thread may get the same signal meanwhile, and would end the process in the midst of it. That thread
 * cleans, too. */
static void clean_and_end(int number) {
  const struct sigaction action = {.sa_handler = SIG_DFL};
  cleaner();
  (void)sigaction(number, &action, NULL);
  (void)raise(number);
}

void os_clean_at_signals(void (*clean)(void)) {
  static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGXCPU, SIGXFSZ, SIGALRM, SIGUSR1, SIGUSR2};
  struct sigaction action = {.sa_handler = clean_and_end};
  cleaner = clean;
  (void)sigfillset(&action.sa_mask);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    struct sigaction before;
    if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
      (void)sigaction(numbers[i], &action, NULL);
    }
  }
}

void os_raise_file_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
  }
}

bool os_shows_progress(void) {
  return isatty(STDERR_FILENO) == 1;
}

const char *os_standard_input_path(void) {
  return "/dev/stdin";
}

bool os_output_is_terminal(void) {
  return isatty(STDOUT_FILENO) == 1;
}

#if defined(__APPLE__)
bool os_program_path(char *path, size_t size) {
  uint32_t room = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
  return _NSGetExecutablePath(path, &room) == 0;
}
#else
bool os_program_path(char *path, size_t size) {
  const ssize_t length = readlink("/proc/self/exe", path, size);
  const bool complete = length > 0 && (size_t)length < size;
  path[complete ? length : 0] = '\0';
  return complete;
}
#endif

const char *os_path_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

size_t os_directory_length(const char *path) {
  size_t length = strlen(path);
  while (length > 1 && path[length - 1] == '/') {
    length--;
  }
  return length;
}

FILE *os_open(const char *path, const char *mode) {
  return fopen(path, mode);
}

bool os_exists(const char *path) {
  return access(path, F_OK) == 0;
}

uint64_t os_file_size(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && status.st_size > 0 ? (uint64_t)status.st_size : 0;
}

int os_rename(const char *from, const char *to) {
  return rename(from, to) == 0 ? 0 : errno;
}

void os_remove(const char *path) {
  (void)unlink(path);
}

int os_make_directory(const char *path) {
  return mkdir(path, 0777) == 0 ? 0 : errno;
}

bool os_is_empty_directory(const char *path) {
  DIR *directory = opendir(path);
  if (directory == NULL) {
    return false;
  }
  bool empty = true;
  for (const struct dirent *entry = readdir(directory); empty && entry != NULL; entry = readdir(directory)) {
    empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
  }
  (void)closedir(directory);
  return empty;
}

int os_list_directory(const char *path, char ***names, size_t *count) {
  *names = NULL;
  *count = 0;
  DIR *directory = opendir(path);
  if (directory == NULL) {
    return errno;
  }
  bool kept = true;
  for (const struct dirent *entry = readdir(directory); kept && entry != NULL; entry = readdir(directory)) {
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
      kept = os_keep_name(strdup(entry->d_name), names, count);
    }
  }
  (void)closedir(directory);
  return kept ? 0 : ENOMEM;
}

double os_seconds(void) {
  struct timespec now = {0};
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Linux knows the peak of this program alone; what getrusage gives is never less than the peak of the process that
 * started it. Other systems have no such file. */
static uint64_t peak_of_linux(void) {
  FILE *file = fopen("/proc/self/status", "r");
  if (file == NULL) {
    return 0;
  }
  char line[256];
  unsigned long long kilobytes = 0;
  static const char key[] = "VmHWM:";
  while (kilobytes == 0 && fgets(line, sizeof line, file) != NULL) {
    if (strncmp(line, key, sizeof key - 1) == 0) {
      kilobytes = strtoull(line + sizeof key - 1, NULL, 10);
    }
  }
  (void)fclose(file);
  return kilobytes * 1024;
}

uint64_t os_peak_memory(void) {
  const uint64_t peak = peak_of_linux();
  struct rusage usage;
  if (peak != 0 || getrusage(RUSAGE_SELF, &usage) != 0) {
    return peak;
  }
#if defined(__APPLE__)
  return (uint64_t)usage.ru_maxrss; /* bytes there, kilobytes elsewhere */
#else
  return (uint64_t)usage.ru_maxrss * 1024;
#endif
}
