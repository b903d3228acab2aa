/* large_block.c - memory for whole volumes. */
#ifdef __linux__
#define _DEFAULT_SOURCE /* madvise */
#endif
#include "base/large_block.h"

#include <stdint.h>
#include <stdlib.h>

#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>

#define LARGE ((size_t)8 << 20)

static void ask_for_large_pages(void *block, size_t size) {
  const long page = sysconf(_SC_PAGESIZE);
  if (page <= 0 || size < LARGE) {
    return;
  }
  const size_t before = (size_t)page - (size_t)((uintptr_t)block % (uintptr_t)page);
  const size_t pages = (size - before) / (size_t)page;
  (void)madvise((uint8_t *)block + before, pages * (size_t)page, MADV_HUGEPAGE); /* advice: failing is no harm */
}
#else
static void ask_for_large_pages(void *block, size_t size) {
  (void)block, (void)size;
}
#endif

void *dseg_large_realloc(void *block, size_t size) {
  void *result = realloc(block, size);
  if (result != NULL) {
    ask_for_large_pages(result, size);
  }
  return result;
}
