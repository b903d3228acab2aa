/* SPDX-License-Identifier: Apache-2.0 */
/* stage_posix.c - directories of what is not complete yet on POSIX systems, see os.h. A living process has a lock of
 * the directory, of which others ask. */
#define _GNU_SOURCE /* locks of open files and the rest are hidden in strict C17 */
#define _FILE_OFFSET_BITS 64
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "os/os.h"

#if defined(F_OFD_SETLK)
#define SET_LOCK F_OFD_SETLK
#define GET_LOCK F_OFD_GETLK
#else
#define SET_LOCK F_SETLK
#define GET_LOCK F_GETLK
#endif

#define SUFFIX ".stage"
#define NEW_SECONDS 60 /* a directory may be so old and have no lock yet */

void os_remove_directory(const char *path) {
  (void)rmdir(path);
}

bool os_is_directory(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static int open_directory(int parent, const char *name) {
  return openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

static bool is_dead(int descriptor) {
  struct stat info;
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  return fstat(descriptor, &info) == 0 && info.st_uid == geteuid() && info.st_mtime < time(NULL) - NEW_SECONDS &&
         fcntl(descriptor, GET_LOCK, &whole) == 0 && whole.l_type == F_UNLCK;
}

/* Removes what is in an open directory, which is closed: files, and directories down to depth. */
static void empty_directory(int descriptor, unsigned depth) {
  DIR *directory = fdopendir(descriptor);
  if (directory == NULL) {
    (void)close(descriptor);
    return;
  }
  for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || unlinkat(dirfd(directory), name, 0) == 0 || depth == 0) {
      continue;
    }
    const int inner = open_directory(dirfd(directory), name);
    if (inner >= 0) {
      empty_directory(inner, depth - 1);
      (void)unlinkat(dirfd(directory), name, AT_REMOVEDIR);
    }
  }
  (void)closedir(directory);
}

void os_empty_stage(const char *path) {
  const int descriptor = open_directory(AT_FDCWD, path);
  if (descriptor >= 0) {
    empty_directory(descriptor, 2);
  }
}

static bool is_stage(const char *name) {
  const size_t length = strlen(name);
  return length > strlen(SUFFIX) && strncmp(name, ".dseg-", 6) == 0 &&
         strcmp(name + length - strlen(SUFFIX), SUFFIX) == 0;
}

static void remove_dead(const char *place) {
  DIR *directory = opendir(*place != '\0' ? place : ".");
  if (directory == NULL) {
    return;
  }
  for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    const int found = is_stage(entry->d_name) ? open_directory(dirfd(directory), entry->d_name) : -1;
    if (found >= 0 && is_dead(found)) {
      empty_directory(found, 2);
      (void)unlinkat(dirfd(directory), entry->d_name, AT_REMOVEDIR);
    } else if (found >= 0) {
      (void)close(found);
    }
  }
  (void)closedir(directory);
}

int os_make_stage(const char *place, char *path, size_t size, bool (*note)(const char *path)) {
  struct timespec now = {0};
  (void)clock_gettime(CLOCK_REALTIME, &now);
  remove_dead(place);
  (void)snprintf(path, size, "%s.dseg-%lx-%llx" SUFFIX, place, (unsigned long)getpid(),
                 (unsigned long long)now.tv_sec * 1000000000u + (unsigned long long)now.tv_nsec);
  if (!note(path)) {
    return ENOMEM;
  }
  const int number = os_make_directory(path);
  if (number != 0) {
    return number;
  }
  const int descriptor = open_directory(AT_FDCWD, path); /* open as long as the process lives */
  struct flock whole = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
  if (descriptor >= 0) { /* where directories have no locks, those of the dead stay */
    (void)fcntl(descriptor, SET_LOCK, &whole);
  }
  return 0;
}
