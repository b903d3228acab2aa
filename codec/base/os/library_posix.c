/* SPDX-License-Identifier: Apache-2.0 */
/* library_posix.c - libraries that are loaded while the program runs on POSIX systems, see library.h. */
#include "base/os/library.h"

#include <dlfcn.h>
#include <string.h>

void *dseg_os_library_open(const char *path, const char **reason) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    *reason = dlerror();
    *reason = *reason != NULL ? *reason : "no reason given";
  }
  return library;
}

dseg_os_function dseg_os_library_function(void *library, const char *name) {
  void *symbol = dlsym(library, name);
  /* ISO C has no conversion from an object pointer to a function pointer; POSIX says the bytes are the same. */
  dseg_os_function function = NULL;
  memcpy(&function, &symbol, sizeof function);
  return function;
}

void dseg_os_library_close(void *library) {
  (void)dlclose(library);
}
