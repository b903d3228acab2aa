/* SPDX-License-Identifier: Apache-2.0 */
/* system_windows.c - the process and the machine on Windows, see system.h. */
#include "base/os/system.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <bcrypt.h>

#define TICKS_TO_1970 116444736000000000u /* of 100 ns, from 1601 */

const char *dseg_os_error_text(int number) {
  return strerror(number);
}

int dseg_os_random(void *data, size_t size) {
  return BCryptGenRandom(NULL, data, (ULONG)size, BCRYPT_USE_SYSTEM_PREFERRED_RNG) == 0 ? 0 : EIO;
}

uint64_t dseg_os_now(void) {
  FILETIME now;
  GetSystemTimePreciseAsFileTime(&now);
  return (((uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime) - TICKS_TO_1970) * 100u;
}

void dseg_os_time_local(int64_t seconds, struct tm *parts) {
  const __time64_t time = seconds;
  if (_localtime64_s(parts, &time) != 0) {
    *parts = (struct tm){0};
  }
}

unsigned long dseg_os_process_id(void) {
  return GetCurrentProcessId();
}

unsigned dseg_os_processor_count(void) {
  DWORD_PTR own = 0;
  DWORD_PTR all = 0;
  unsigned count = 0;
  if (GetProcessAffinityMask(GetCurrentProcess(), &own, &all)) {
    for (; own != 0; own &= own - 1) {
      count++;
    }
  }
  return count > 0 ? count : 1u;
}

/* own: the name of the locale before; before: whether the thread had one of its own. */
dseg_os_locale dseg_os_locale_enter(void) {
  const int before = _configthreadlocale(_ENABLE_PER_THREAD_LOCALE);
  const char *name = setlocale(LC_ALL, NULL);
  const size_t size = name != NULL ? strlen(name) + 1 : 0;
  char *own = size > 0 ? malloc(size) : NULL;
  if (own != NULL) {
    memcpy(own, name, size);
    (void)setlocale(LC_ALL, "C");
  }
  return (dseg_os_locale){own, (void *)(intptr_t)before};
}

void dseg_os_locale_leave(dseg_os_locale locale) {
  if (locale.own != NULL) {
    (void)setlocale(LC_ALL, locale.own);
    free(locale.own);
  }
  (void)_configthreadlocale((int)(intptr_t)locale.before);
}
