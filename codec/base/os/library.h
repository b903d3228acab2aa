/* SPDX-License-Identifier: Apache-2.0 */
/* library.h - libraries that are loaded while the program runs. */
#ifndef DSEG_BASE_OS_LIBRARY_H
#define DSEG_BASE_OS_LIBRARY_H

#ifdef _WIN32
#define DSEG_OS_MODULE_SUFFIX ".dll" /* of plug-ins */
#else
#define DSEG_OS_MODULE_SUFFIX ".so"
#endif

typedef void (*dseg_os_function)(void);

/* Loads a library with all that it needs; the same handle for the same library. NULL: *reason has words, which are
 * valid until the next call of this thread. */
void *dseg_os_library_open(const char *path, const char **reason);
/* A function of the library, NULL when it has none of that name. */
dseg_os_function dseg_os_library_function(void *library, const char *name);
/* Undoes one opening. */
void dseg_os_library_close(void *library);

#endif
