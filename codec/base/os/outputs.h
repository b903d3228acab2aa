/* SPDX-License-Identifier: Apache-2.0 */
/* outputs.h - what files that are being written ask of the system: which file a name leads to, permissions, files
 * without a name, locks that tell living temporaries from dead ones, signals. As in files.h, paths are UTF-8 and
 * functions return 0 or a number of <errno.h>. */
#ifndef DSEG_BASE_OS_OUTPUTS_H
#define DSEG_BASE_OS_OUTPUTS_H

#include <stdbool.h>
#include <stdint.h>

/* Two names lead to one file or directory where both numbers are the same. */
typedef struct dseg_os_identity {
  uint64_t device, file;
} dseg_os_identity;

/* Of what path leads to, through symbolic links. */
int dseg_os_identity_of(const char *path, dseg_os_identity *identity);

/* Where the symbolic link path leads, relative to its directory: for free(). EINVAL where path is none. */
int dseg_os_read_link(const char *path, char **target);

/* Makes a file for reading and writing that has no name yet, in the directory that path begins with. is_private: only
 * its owner may open it; otherwise the umask limits its permissions. EOPNOTSUPP where the system or the file system has
 * no such files. */
int dseg_os_create_nameless(const char *path, bool is_private, int *descriptor);
/* Gives a file of dseg_os_create_nameless a name; EEXIST where it is taken. */
int dseg_os_name_nameless(int descriptor, const char *path);

/* dseg_os_create, for a file that only its owner may open. */
int dseg_os_create_private(const char *path, int *descriptor);

/* Gives an open file the permissions of the file path, and its owner and group where the process may: never more than
 * path gives. Bits that change who a program runs as are left out. Nothing is done where path does not exist. */
int dseg_os_take_permissions(int descriptor, const char *path);

/* Marks a file as being written, until its descriptor is closed or the process ends. False: another process is about to
 * remove it, and another name is to be taken. Where the file system has no locks nothing is marked, and nothing
 * removed. */
bool dseg_os_mark_living(int descriptor);
/* Removes files named .dseg-...tmp in the directory that path begins with, which belong to this user and which nobody
 * has marked. */
void dseg_os_remove_dead(const char *path);

/* The system reports errors of earlier writes, as it does when a file is closed. */
int dseg_os_flush(int descriptor);
/* Whether so many files are open that those that are complete ought to be closed. */
bool dseg_os_is_scarce(int descriptor);

/* Puts off signals that end the process, in this thread, until _release. */
typedef struct dseg_os_signals {
  _Alignas(8) unsigned char mask[128];
} dseg_os_signals;
void dseg_os_hold_signals(dseg_os_signals *held);
void dseg_os_release_signals(const dseg_os_signals *held);

#endif
