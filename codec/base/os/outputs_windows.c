/* SPDX-License-Identifier: Apache-2.0 */
/* outputs_windows.c - files that are being written on Windows, see outputs.h. Permissions come from the directory; a
 * file has a name as long as it exists, and no signal ends a process in the middle. */
#include "base/os/outputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "base/os/files.h"
#include "base/os/windows_shared.h"

int dseg_os_identity_of(const char *path, dseg_os_identity *identity) {
  wchar_t *wide = NULL;
  int number = dseg_os_widen(path, &wide);
  if (number != 0) {
    return number;
  }
  /* Directories open with these semantics only. */
  const HANDLE handle = CreateFileW(wide, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                                    OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
  free(wide);
  if (handle == INVALID_HANDLE_VALUE) {
    return dseg_os_last_error();
  }
  BY_HANDLE_FILE_INFORMATION info;
  if (GetFileInformationByHandle(handle, &info)) {
    *identity = (dseg_os_identity){.device = info.dwVolumeSerialNumber,
                                   .file = (uint64_t)info.nFileIndexHigh << 32 | info.nFileIndexLow};
  } else {
    number = dseg_os_last_error();
  }
  (void)CloseHandle(handle);
  return number;
}

/* Links are refused as what is no regular file. */
int dseg_os_read_link(const char *path, char **target) {
  (void)path;
  *target = NULL;
  return EINVAL;
}

int dseg_os_create_nameless(const char *path, bool is_private, int *descriptor) {
  (void)path, (void)is_private;
  *descriptor = -1;
  return EOPNOTSUPP;
}

int dseg_os_name_nameless(int descriptor, const char *path) {
  (void)descriptor, (void)path;
  return EOPNOTSUPP;
}

int dseg_os_create_private(const char *path, int *descriptor) {
  return dseg_os_create(path, descriptor);
}

int dseg_os_take_permissions(int descriptor, const char *path) {
  (void)descriptor, (void)path;
  return 0;
}

bool dseg_os_mark_living(int descriptor) {
  (void)descriptor;
  return true;
}

void dseg_os_remove_dead(const char *path) {
  (void)path;
}

int dseg_os_flush(int descriptor) {
  (void)descriptor;
  return 0;
}

/* An open file cannot be renamed over another. */
bool dseg_os_is_scarce(int descriptor) {
  (void)descriptor;
  return true;
}

void dseg_os_hold_signals(dseg_os_signals *held) {
  memset(held, 0, sizeof *held);
}

void dseg_os_release_signals(const dseg_os_signals *held) {
  (void)held;
}
