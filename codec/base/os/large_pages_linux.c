/* SPDX-License-Identifier: Apache-2.0 */
/* large_pages_linux.c - large pages of memory, see system.h. */
#define _GNU_SOURCE /* madvise */
#include "base/os/system.h"

#include <sys/mman.h>
#include <unistd.h>

#define LARGE_PAGE ((size_t)2 << 20)

void dseg_os_advise_large_pages(void *block, size_t size) {
  const long page = sysconf(_SC_PAGESIZE);
  if (page <= 0 || size < (size_t)page) {
    return;
  }
  const size_t before = (size_t)page - (size_t)((uintptr_t)block % (uintptr_t)page);
  const size_t pages = (size - before) / (size_t)page;
  (void)madvise((uint8_t *)block + before, pages * (size_t)page, MADV_HUGEPAGE); /* failing is no harm */
}

/* A sanitizer sees what is written past the end of memory from malloc only. */
bool dseg_os_can_map_large_pages(void) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return false;
#else
  return true;
#endif
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
