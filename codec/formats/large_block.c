/* large_block.c - memory for whole volumes. */
#ifdef __linux__
#define _DEFAULT_SOURCE /* madvise */
#endif
#include "formats/large_block.h"

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
  const uintptr_t mask = (uintptr_t)page - 1;
  const uintptr_t first = ((uintptr_t)block + mask) & ~mask;
  const uintptr_t end = ((uintptr_t)block + size) & ~mask;
  (void)madvise((void *)first, end - first, MADV_HUGEPAGE); /* only advice: failing is no harm */
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
