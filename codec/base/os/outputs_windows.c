/* SPDX-License-Identifier: Apache-2.0 */
/* outputs_windows.c - files that are being written on Windows, see outputs.h. Links are refused as what is no regular
 * file, and permissions come from the directory: outputs_none.c has what follows from that. */
#include "base/os/outputs.h"

#include <stdlib.h>
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

int dseg_os_create_private(const char *path, int *descriptor) {
  return dseg_os_create(path, descriptor);
}

/* An open file cannot be renamed over another. */
bool dseg_os_is_scarce(int descriptor) {
  (void)descriptor;
  return true;
}
