/* SPDX-License-Identifier: Apache-2.0 */
/* names.h - names of files: what separates their parts, and changes of them. As in files.h, paths are UTF-8 and
 * functions return 0 or a number of <errno.h>. */
#ifndef DSEG_BASE_OS_NAMES_H
#define DSEG_BASE_OS_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#ifdef _WIN32
#define DSEG_OS_LIST_SEPARATOR ";" /* between directories in an environment variable */
#else
#define DSEG_OS_LIST_SEPARATOR ":"
#endif

/* Whether c ends the name of a drive, or, in other places, the name of a file that a stream of it follows. */
static inline bool dseg_os_ends_drive(char c) {
#ifdef _WIN32
  return c == ':';
#else
  (void)c;
  return false;
#endif
}

/* Whether c ends a part of a path. */
static inline bool dseg_os_is_separator(char c) {
#ifdef _WIN32
  return c == '/' || c == '\\' || dseg_os_ends_drive(c);
#else
  return c == '/';
#endif
}

/* The character that stands for c where names are compared: on some systems letter case makes no difference. */
static inline char dseg_os_fold(char c) {
#ifdef _WIN32
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
#else
  return c;
#endif
}

/* Renames a file, over another where there is one, in one step. */
int dseg_os_rename(const char *from, const char *to);
/* Gives a file a second name; EEXIST where that is taken. Fails on file systems that have no links. */
int dseg_os_link(const char *from, const char *to);
/* Removes the name of a file. */
int dseg_os_remove(const char *path);
/* Waits until the medium has the names in the directory that path begins with. A system that cannot do that does
 * nothing. */
void dseg_os_sync_directory_of(const char *path);

#endif
