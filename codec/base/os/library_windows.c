/* SPDX-License-Identifier: Apache-2.0 */
/* library_windows.c - libraries that are loaded while the program runs on Windows, see library.h. */
#include "base/os/library.h"

#include <stdlib.h>
#include <windows.h>

#include "base/os/system.h"
#include "base/os/windows_shared.h"

void *dseg_os_library_open(const char *path, const char **reason) {
  wchar_t *wide = NULL;
  HMODULE library = NULL;
  int number = dseg_os_widen(path, &wide);
  if (number == 0) {
    library = LoadLibraryExW(wide, NULL, 0);
    number = library != NULL ? 0 : dseg_os_last_error();
  }
  free(wide);
  if (number != 0) {
    *reason = dseg_os_error_text(number);
  }
  return library;
}

dseg_os_function dseg_os_library_function(void *library, const char *name) {
  return (dseg_os_function)GetProcAddress(library, name);
}

void dseg_os_library_close(void *library) {
  (void)FreeLibrary(library);
}
