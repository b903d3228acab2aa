/* SPDX-License-Identifier: Apache-2.0 */
/* system_posix.c - the process and the machine on POSIX systems, see system.h. */
#define _GNU_SOURCE /* sched_getaffinity, getentropy */
#include "base/os/system.h"

#include <errno.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>
#if defined(__linux__)
#include <sched.h>
#endif
#if defined(__APPLE__)
#include <sys/random.h> /* getentropy */
#include <xlocale.h>
#endif

const char *dseg_os_error_text(int number) {
  return strerror(number);
}

int dseg_os_random(void *data, size_t size) {
  return getentropy(data, size) == 0 ? 0 : errno;
}

uint64_t dseg_os_now(void) {
  struct timespec now = {0};
  (void)clock_gettime(CLOCK_REALTIME, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void dseg_os_time_local(int64_t seconds, struct tm *parts) {
  const time_t time = (time_t)seconds;
  if (localtime_r(&time, parts) == NULL) {
    *parts = (struct tm){0};
  }
}

unsigned long dseg_os_process_id(void) {
  return (unsigned long)getpid();
}

unsigned dseg_os_processor_count(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    const int count = CPU_COUNT(&set);
    return count > 0 ? (unsigned)count : 1u;
  }
#endif
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (unsigned)online : 1u;
}

dseg_os_locale dseg_os_locale_enter(void) {
  const locale_t own = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (own == (locale_t)0) {
    return (dseg_os_locale){NULL, NULL};
  }
  return (dseg_os_locale){(void *)own, (void *)uselocale(own)};
}

void dseg_os_locale_leave(dseg_os_locale locale) {
  if (locale.own != NULL) {
    uselocale((locale_t)locale.before);
    freelocale((locale_t)locale.own);
  }
}
