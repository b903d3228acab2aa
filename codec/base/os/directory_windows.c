/* SPDX-License-Identifier: Apache-2.0 */
/* directory_windows.c - the names in a directory on Windows, see directory.h. */
#include "base/os/directory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "base/os/name_list.h"
#include "base/os/windows_shared.h"

static int start_search(const char *directory, WIN32_FIND_DATAW *found, HANDLE *search) {
  const size_t length = strlen(directory);
  char *pattern = malloc(length + 3);
  if (pattern == NULL) {
    return ENOMEM;
  }
  memcpy(pattern, directory, length);
  memcpy(pattern + length, "/*", 3);
  wchar_t *wide = NULL;
  int number = dseg_os_widen(pattern, &wide);
  if (number == 0) {
    *search = FindFirstFileW(wide, found);
    number = *search != INVALID_HANDLE_VALUE ? 0 : dseg_os_last_error();
  }
  free(pattern);
  free(wide);
  return number;
}

static int add_name(dseg_os_names *names, const wchar_t *wide) {
  if (wide[0] == L'.') {
    return 0;
  }
  char *name = NULL;
  int number = dseg_os_narrow(wide, &name);
  if (number == 0) {
    number = dseg_os_names_add(names, name);
  }
  free(name);
  return number;
}

int dseg_os_list(const char *directory, dseg_os_names *names) {
  *names = (dseg_os_names){.names = NULL};
  WIN32_FIND_DATAW found;
  HANDLE search = INVALID_HANDLE_VALUE;
  int number = start_search(directory, &found, &search);
  if (number != 0) {
    return number;
  }
  number = add_name(names, found.cFileName);
  while (number == 0 && FindNextFileW(search, &found)) {
    number = add_name(names, found.cFileName);
  }
  if (number == 0 && GetLastError() != ERROR_NO_MORE_FILES) {
    number = dseg_os_last_error();
  }
  (void)FindClose(search);
  return dseg_os_names_finish(names, number);
}
