/* SPDX-License-Identifier: Apache-2.0 */
/* system_posix.c - the process and the machine on POSIX systems, see system.h. */
#define _GNU_SOURCE /* sched_getaffinity, getentropy, madvise */
#include "base/os/system.h"

#include <errno.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>
#if defined(__linux__)
#include <sched.h>
#include <sys/mman.h>
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

#if defined(__linux__)
void dseg_os_advise_large_pages(void *block, size_t size) {
  const long page = sysconf(_SC_PAGESIZE);
  if (page <= 0 || size < (size_t)page) {
    return;
  }
  const size_t before = (size_t)page - (size_t)((uintptr_t)block % (uintptr_t)page);
  const size_t pages = (size - before) / (size_t)page;
  (void)madvise((uint8_t *)block + before, pages * (size_t)page, MADV_HUGEPAGE); /* failing is no harm */
}
#else
void dseg_os_advise_large_pages(void *block, size_t size) {
  (void)block, (void)size;
}
#endif

/* A sanitizer sees what is written past the end of memory from malloc only. */
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define LARGE_PAGE ((size_t)2 << 20)

bool dseg_os_can_map_large_pages(void) {
  return true;
}

void *dseg_os_map_large_pages(size_t size) {
  if (size > SIZE_MAX - 2 * LARGE_PAGE) {
    return NULL;
  }
  const size_t rounded = (size + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1);
  uint8_t *mapped = mmap(NULL, rounded + LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) {
    return NULL;
  }
  /* What lies in front of the first large page, and behind the last, is given back. */
  const size_t before = (LARGE_PAGE - (size_t)((uintptr_t)mapped & (LARGE_PAGE - 1))) & (LARGE_PAGE - 1);
  uint8_t *block = mapped + before;
  if (before != 0) {
    (void)munmap(mapped, before);
  }
  if (before != LARGE_PAGE) {
    (void)munmap(block + rounded, LARGE_PAGE - before);
  }
  (void)madvise(block, rounded, MADV_HUGEPAGE); /* failing is no harm */
  return block;
}

void dseg_os_unmap_large_pages(void *block, size_t size) {
  (void)munmap(block, (size + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1));
}
#else
bool dseg_os_can_map_large_pages(void) {
  return false;
}

void *dseg_os_map_large_pages(size_t size) {
  (void)size;
  return NULL;
}

void dseg_os_unmap_large_pages(void *block, size_t size) {
  (void)block, (void)size;
}
#endif

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
