/* SPDX-License-Identifier: Apache-2.0 */
/* thread_wasm.c - threads, locks, and what is done once in WebAssembly, see thread.h: an instance has one thread. */
#include "base/os/thread.h"

#include <errno.h>

int dseg_os_thread_start(void (*run)(void *argument), void *argument, dseg_os_thread **thread) {
  (void)run, (void)argument, (void)thread;
  return EAGAIN;
}

void dseg_os_thread_join(dseg_os_thread *thread) {
  (void)thread;
}

void dseg_os_run_once(dseg_os_once *once, void (*run)(void)) {
  if (*once == 0) {
    *once = 1;
    run();
  }
}

// NOLINTNEXTLINE(readability-non-const-parameter): other systems change it
void dseg_os_lock(dseg_os_mutex *mutex) {
  (void)mutex;
}

// NOLINTNEXTLINE(readability-non-const-parameter): likewise
void dseg_os_unlock(dseg_os_mutex *mutex) {
  (void)mutex;
}
