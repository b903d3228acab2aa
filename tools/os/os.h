/* SPDX-License-Identifier: Apache-2.0 */
/* os.h - what the program asks of the operating system. Paths are UTF-8 on every system; functions that can fail
 * return 0 or a number of <errno.h>. */
#ifndef DSEG_TOOLS_OS_OS_H
#define DSEG_TOOLS_OS_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* To be called first: arguments become UTF-8, and what goes through standard streams stays as it is, line ends
 * included. Returns 0 or ENOMEM. */
int os_start(int *argc, char ***argv);

/* clean is called when a signal ends the process, from the signal's handler: it has to be async-signal-safe. The
 * process then ends by that signal. Signals that are ignored stay so. To be called once. On Windows nothing is done. */
void os_clean_at_signals(void (*clean)(void));
/* Lets the process have as many open files as the system allows it. */
void os_raise_file_limit(void);

/* Whether standard error is a terminal, which shows progress. */
bool os_shows_progress(void);
/* Whether standard output is a terminal, for which binary data is not meant. */
bool os_output_is_terminal(void);

/* Writes the path of this program's file; false where the system does not say it, or it is too long. */
bool os_program_path(char *path, size_t size);

/* The last part of a path. */
const char *os_path_name(const char *path);
/* Bytes of a directory's path without the separators at its end, which are no part of its name. */
size_t os_directory_length(const char *path);

/* fopen. */
FILE *os_open(const char *path, const char *mode);
bool os_exists(const char *path);
/* Bytes of a file; 0 where there is none. */
uint64_t os_file_size(const char *path);
/* Renames a file, over another where there is one. */
int os_rename(const char *from, const char *to);
/* Removes a file, if it is there. */
void os_remove(const char *path);

/* Makes a directory; EEXIST where the name is taken. */
int os_make_directory(const char *path);
/* Makes a directory with a hidden name in the directory place, which is "" or ends with a separator, and writes its
 * path. It counts as living while this process does; those of dead processes there are removed with what is in them.
 * note is given the path before. ENOMEM where note says false. */
int os_make_stage(const char *place, char *path, size_t size, bool (*note)(const char *path));
/* Removes what is in such a directory; on Windows nothing. */
void os_empty_stage(const char *path);
/* Removes a directory that is empty, if it is there. */
void os_remove_directory(const char *path);
bool os_is_directory(const char *path);
/* Whether path is a directory that can be read and has nothing in it. */
bool os_is_empty_directory(const char *path);

/* The names in a directory but "." and "..", in no order: malloc'd, as is the list of them. ENOTDIR for what is no
 * directory. */
int os_list_directory(const char *path, char ***names, size_t *count);

/* A name of the file that standard input is, if it is one; NULL where there is none. */
const char *os_standard_input_path(void);

/* Seconds of a clock that never goes back. */
double os_seconds(void);
/* The largest resident size of the process so far, in bytes; 0 where it is not known. */
uint64_t os_peak_memory(void);

#endif
