/* SPDX-License-Identifier: Apache-2.0 */
/* outputs_posix.c - files that are being written on POSIX systems, see outputs.h. */
#define _GNU_SOURCE /* O_TMPFILE, locks of open files and the rest are hidden in strict C17 */
#define _FILE_OFFSET_BITS 64
#include "base/os/outputs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os/files.h"

/* A lock of the open file, where there are such: one of the process is lost as soon as any descriptor of the file is
 * closed, and does not keep the process from itself. */
#if defined(F_OFD_SETLK)
#define SET_LOCK F_OFD_SETLK
#else
#define SET_LOCK F_SETLK
#endif

int dseg_os_identity_of(const char *path, dseg_os_identity *identity) {
  struct stat info;
  if (stat(path, &info) != 0) {
    return errno;
  }
  *identity = (dseg_os_identity){.device = (uint64_t)info.st_dev, .file = (uint64_t)info.st_ino};
  return 0;
}

int dseg_os_read_link(const char *path, char **target) {
  struct stat info;
  *target = NULL;
  /* The system does not follow links of other users in directories where everybody may make some, and says so. */
  if (stat(path, &info) != 0 && errno != ENOENT) {
    return errno;
  }
  for (size_t size = 256; size <= (size_t)1 << 20; size *= 2) {
    char *text = malloc(size);
    if (text == NULL) {
      return ENOMEM;
    }
    const ssize_t length = readlink(path, text, size);
    if (length >= 0 && (size_t)length < size) {
      text[length] = '\0';
      *target = text;
      return 0;
    }
    const int number = errno;
    free(text);
    if (length < 0) {
      return number;
    }
  }
  return ENAMETOOLONG;
}

/* "DIRECTORY/." of a path, for free(); NULL: no memory. */
static char *directory_of(const char *path) {
  const char *slash = strrchr(path, '/');
  const size_t length = slash != NULL ? (size_t)(slash - path) + 1 : 0;
  char *directory = malloc(length + 2);
  if (directory != NULL) {
    memcpy(directory, path, length);
    memcpy(directory + length, ".", 2);
  }
  return directory;
}

#if defined(__linux__) /* elsewhere nameless_none.c */
enum { LINK_SIZE = 40 };

/* The name by which a process finds its own open files, where /proc is mounted. */
static void link_name(int descriptor, char name[LINK_SIZE]) {
  (void)snprintf(name, LINK_SIZE, "/proc/self/fd/%d", descriptor);
}

int dseg_os_create_nameless(const char *path, bool is_private, int *descriptor) {
  char *directory = directory_of(path);
  *descriptor = -1;
  if (directory == NULL) {
    return ENOMEM;
  }
  *descriptor = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, is_private ? 0600 : 0666);
  int number = *descriptor >= 0 ? 0 : errno;
  free(directory);
  if (number == EISDIR || number == EINVAL || number == ENOENT) { /* what systems say that do not know such files */
    number = EOPNOTSUPP;
  }
  if (number == 0) {
    char name[LINK_SIZE];
    link_name(*descriptor, name);
    if (access(name, F_OK) != 0) {
      (void)close(*descriptor);
      *descriptor = -1;
      number = EOPNOTSUPP;
    }
  }
  return number;
}

int dseg_os_name_nameless(int descriptor, const char *path) {
  char name[LINK_SIZE];
  link_name(descriptor, name);
  return linkat(AT_FDCWD, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
}
#endif

int dseg_os_create_private(const char *path, int *descriptor) {
  *descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  return *descriptor >= 0 ? 0 : errno;
}

static int lock(int descriptor) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  return fcntl(descriptor, SET_LOCK, &whole) == 0 ? 0 : errno;
}

bool dseg_os_mark_living(int descriptor) {
  const int number = lock(descriptor);
  struct stat info;
  if (number == EAGAIN || number == EACCES) {
    return false;
  }
  /* Another process may have removed the name between the making of the file and the lock. */
  return number != 0 || fstat(descriptor, &info) != 0 || info.st_nlink > 0;
}

/* .dseg-, letters, digits and hyphens, .tmp; on systems whose locks do not keep the process from itself,
 * not with the number of this process. */
static bool is_temporary(const char *name) {
  static const char first[] = ".dseg-";
  static const char last[] = ".tmp";
  const size_t length = strlen(name);
  if (length <= sizeof first + sizeof last || strncmp(name, first, sizeof first - 1) != 0 ||
      strcmp(name + length - (sizeof last - 1), last) != 0) {
    return false;
  }
  const char *middle = name + sizeof first - 1;
#if !defined(F_OFD_SETLK)
  if (strtoul(middle, NULL, 16) == (unsigned long)getpid()) {
    return false;
  }
#endif
  return strspn(middle, "0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") ==
         length - (sizeof first - 1) - (sizeof last - 1);
}

static void remove_if_dead(int directory, const char *name) {
  const int descriptor = openat(directory, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) {
    return;
  }
  struct stat info;
  if (fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == geteuid() && lock(descriptor) == 0) {
    (void)unlinkat(directory, name, 0);
  }
  (void)close(descriptor);
}

void dseg_os_remove_dead(const char *path) {
  char *directory = directory_of(path);
  DIR *opened = directory != NULL ? opendir(directory) : NULL;
  free(directory);
  if (opened == NULL) {
    return;
  }
  for (const struct dirent *entry = readdir(opened); entry != NULL; entry = readdir(opened)) {
    if (is_temporary(entry->d_name)) {
      remove_if_dead(dirfd(opened), entry->d_name);
    }
  }
  (void)closedir(opened);
}

int dseg_os_flush(int descriptor) {
  const int duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) {
    return errno == EMFILE ? 0 : errno;
  }
  const int number = dseg_os_close(duplicate);
#if !defined(F_OFD_SETLK)
  (void)lock(descriptor); /* closing the other descriptor has ended it */
#endif
  return number;
}

bool dseg_os_is_scarce(int descriptor) {
  struct rlimit limit;
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
         (rlim_t)descriptor >= limit.rlim_cur / 2;
}

_Static_assert(sizeof(sigset_t) <= sizeof(dseg_os_signals), "a mask of signals has room");

/* Those that tell of a fault in this thread cannot wait. */
void dseg_os_hold_signals(dseg_os_signals *held) {
  static const int faults[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP};
  sigset_t all;
  sigset_t before;
  (void)sigfillset(&all);
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
    (void)sigdelset(&all, faults[i]);
  }
  (void)sigemptyset(&before);
  (void)pthread_sigmask(SIG_BLOCK, &all, &before);
  memcpy(held->mask, &before, sizeof before);
}

void dseg_os_release_signals(const dseg_os_signals *held) {
  sigset_t before;
  memcpy(&before, held->mask, sizeof before);
  (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}
