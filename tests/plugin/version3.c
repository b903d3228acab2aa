/* SPDX-License-Identifier: Apache-2.0 */
/* version3.c - a frame codec as plug-ins of interface 3 had it: without struct_size, so that everything behind the
 * number is elsewhere. The struct ends where a page that nobody may read begins, right behind the number: whoever looks
 * further ends the process. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dseg/plugin.h"

DSEG_API dseg_status dseg_plugin_register(dseg_registrar registrar, dseg_error *error);

/* The beginning of what dseg/plugin.h had. */
struct codec_3 {
  uint32_t abi;
  const char *name;
  const char *title;
  const char *transfer_syntax_uid;
  uint32_t flags;
};

dseg_status dseg_plugin_register(dseg_registrar registrar, dseg_error *error) {
  const struct codec_3 codec = {3, "test-three", "of interface 3", "1.2.3.4.30",
                                DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_BITS_8};
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  unsigned char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE) != 0) {
    return DSEG_ERROR_MEMORY;
  }
  unsigned char *place = pages + page - sizeof codec.abi;
  memcpy(place, &codec.abi, sizeof codec.abi);
  const dseg_status status = registrar(NULL, (const void *)place, error);
  (void)munmap(pages, 2 * page);
  return status;
}
