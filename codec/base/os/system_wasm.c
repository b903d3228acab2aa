/* SPDX-License-Identifier: Apache-2.0 */
/* system_wasm.c - the process and the machine in WebAssembly, see system.h: what JavaScript knows of them. */
#include "base/os/system.h"

#include <string.h>

#include "base/os/host_wasm.h"

const char *dseg_os_error_text(int number) {
  return strerror(number);
}

int dseg_os_random(void *data, size_t size) {
  dseg_host_random(data, size);
  return 0;
}

uint64_t dseg_os_now(void) {
  return (uint64_t)(dseg_host_now() * 1e6);
}

void dseg_os_time_local(int64_t seconds, struct tm *parts) {
  int32_t local[6];
  dseg_host_local((double)seconds, local);
  *parts = (struct tm){.tm_sec = local[0],
                       .tm_min = local[1],
                       .tm_hour = local[2],
                       .tm_mday = local[3],
                       .tm_mon = local[4],
                       .tm_year = local[5]};
}

unsigned long dseg_os_process_id(void) {
  return 1;
}

unsigned dseg_os_processor_count(void) {
  return 1;
}

/* Nobody leaves the "C" locale. */
dseg_os_locale dseg_os_locale_enter(void) {
  return (dseg_os_locale){NULL, NULL};
}

void dseg_os_locale_leave(dseg_os_locale locale) {
  (void)locale;
}
