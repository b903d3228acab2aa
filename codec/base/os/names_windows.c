/* SPDX-License-Identifier: Apache-2.0 */
/* names_windows.c - names of files on Windows, see names.h. */
#include "base/os/names.h"

#include <stdlib.h>
#include <windows.h>

#include "base/os/windows_shared.h"

/* Calls a function with both names in UTF-16. */
static int with_both(const char *from, const char *to, BOOL (*call)(const wchar_t *from, const wchar_t *to)) {
  wchar_t *wide_from = NULL;
  wchar_t *wide_to = NULL;
  int number = dseg_os_widen(from, &wide_from);
  if (number == 0) {
    number = dseg_os_widen(to, &wide_to);
  }
  if (number == 0 && !call(wide_from, wide_to)) {
    number = dseg_os_last_error();
  }
  free(wide_from);
  free(wide_to);
  return number;
}

static BOOL move(const wchar_t *from, const wchar_t *to) {
  return MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING);
}

static BOOL add_link(const wchar_t *from, const wchar_t *to) {
  return CreateHardLinkW(to, from, NULL);
}

int dseg_os_rename(const char *from, const char *to) {
  return with_both(from, to, move);
}

int dseg_os_link(const char *from, const char *to) {
  return with_both(from, to, add_link);
}

int dseg_os_remove(const char *path) {
  wchar_t *wide = NULL;
  int number = dseg_os_widen(path, &wide);
  if (number == 0 && !DeleteFileW(wide)) {
    number = dseg_os_last_error();
  }
  free(wide);
  return number;
}

/* Directories cannot be flushed: NTFS writes names to its journal. */
void dseg_os_sync_directory_of(const char *path) {
  (void)path;
}
