/* SPDX-License-Identifier: Apache-2.0 */
/* windows_shared.c - what the files for Windows share, see windows_shared.h. */
#include "base/os/windows_shared.h"

#include <errno.h>
#include <stdlib.h>
#include <windows.h>

int dseg_os_widen(const char *text, wchar_t **wide) {
  *wide = NULL;
  const int size = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, NULL, 0);
  if (size <= 0) {
    return ENOENT;
  }
  *wide = malloc((size_t)size * sizeof **wide);
  if (*wide == NULL) {
    return ENOMEM;
  }
  (void)MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, *wide, size);
  return 0;
}

int dseg_os_narrow(const wchar_t *wide, char **text) {
  const int size = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
  *text = size > 0 ? malloc((size_t)size) : NULL;
  if (*text == NULL) {
    return ENOMEM;
  }
  (void)WideCharToMultiByte(CP_UTF8, 0, wide, -1, *text, size, NULL, NULL);
  return 0;
}

int dseg_os_last_error(void) {
  static const struct {
    DWORD code;
    int number;
  } known[] = {
      {ERROR_FILE_NOT_FOUND, ENOENT},    {ERROR_PATH_NOT_FOUND, ENOENT},    {ERROR_INVALID_NAME, ENOENT},
      {ERROR_BAD_NETPATH, ENOENT},       {ERROR_MOD_NOT_FOUND, ENOENT},     {ERROR_TOO_MANY_OPEN_FILES, EMFILE},
      {ERROR_ACCESS_DENIED, EACCES},     {ERROR_SHARING_VIOLATION, EACCES}, {ERROR_INVALID_HANDLE, EBADF},
      {ERROR_NOT_ENOUGH_MEMORY, ENOMEM}, {ERROR_OUTOFMEMORY, ENOMEM},       {ERROR_WRITE_PROTECT, EROFS},
      {ERROR_NOT_SUPPORTED, ENOSYS},     {ERROR_INVALID_FUNCTION, ENOSYS},  {ERROR_FILE_EXISTS, EEXIST},
      {ERROR_ALREADY_EXISTS, EEXIST},    {ERROR_BROKEN_PIPE, EPIPE},        {ERROR_NO_DATA, EPIPE},
      {ERROR_DISK_FULL, ENOSPC},         {ERROR_HANDLE_DISK_FULL, ENOSPC},  {ERROR_FILENAME_EXCED_RANGE, ENAMETOOLONG},
      {ERROR_DIRECTORY, ENOTDIR},        {ERROR_BAD_EXE_FORMAT, ENOEXEC},   {ERROR_NOT_SAME_DEVICE, EXDEV}};
  const DWORD code = GetLastError();
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (known[i].code == code) {
      return known[i].number;
    }
  }
  return EIO;
}
