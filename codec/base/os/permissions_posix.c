/* SPDX-License-Identifier: Apache-2.0 */
/* permissions_posix.c - a file that replaces another lets the same people read it, see outputs.h. */
#define _GNU_SOURCE /* hidden in strict C17 */
#define _FILE_OFFSET_BITS 64
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/xattr.h>
#endif

#include "base/os/outputs.h"

#if defined(__linux__)
#define ACCESS_LIST "system.posix_acl_access"

/* Copies the list of users and groups, or takes away what the directory has given the new file. False: the two have
 * different lists, and the bits of the group, which stand for the list, must not be taken over. */
static bool take_access_list(int descriptor, const char *path) {
  char list[4096];
  const ssize_t size = getxattr(path, ACCESS_LIST, list, sizeof list);
  if (size > 0) {
    return fsetxattr(descriptor, ACCESS_LIST, list, (size_t)size, 0) == 0;
  }
  if (errno == ENODATA) {
    return fremovexattr(descriptor, ACCESS_LIST) == 0 || errno == ENODATA || errno == EOPNOTSUPP;
  }
  return errno == EOPNOTSUPP || errno == ENOSYS;
}
#else
static bool take_access_list(int descriptor, const char *path) {
  (void)descriptor, (void)path;
  return true;
}
#endif

int dseg_os_take_permissions(int descriptor, const char *path) {
  struct stat from;
  struct stat to;
  if (stat(path, &from) != 0) {
    return errno == ENOENT ? 0 : errno;
  }
  if (fstat(descriptor, &to) != 0) {
    return errno;
  }
  bool same_group = from.st_gid == to.st_gid;
  if (from.st_uid != to.st_uid || !same_group) {
    /* The group alone, where the owner may not be given. */
    same_group = fchown(descriptor, from.st_uid, from.st_gid) == 0 || fchown(descriptor, (uid_t)-1, from.st_gid) == 0 ||
                 same_group;
  }
  const bool same_list = take_access_list(descriptor, path);
  mode_t mode = from.st_mode & 0777;
  if (!same_group || !same_list) { /* another group gets what everybody has */
    mode = (mode & 0707) | (mode & ((mode & 07) << 3));
  }
  if (fchmod(descriptor, mode) == 0) {
    return 0;
  }
  /* Some file systems have one mode for all files. */
  const int number = errno;
  return fstat(descriptor, &to) == 0 && (to.st_mode & 0777 & ~mode) == 0 ? 0 : number;
}
