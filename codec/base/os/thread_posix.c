/* SPDX-License-Identifier: Apache-2.0 */
/* thread_posix.c - threads, locks, and what is done once on POSIX systems, see thread.h. */
#include "base/os/thread.h"

#include <errno.h>
#include <stdlib.h>

struct dseg_os_thread {
  pthread_t thread;
  void (*run)(void *argument);
  void *argument;
};

static void *run_thread(void *argument) {
  const dseg_os_thread *thread = argument;
  thread->run(thread->argument);
  return NULL;
}

int dseg_os_thread_start(void (*run)(void *argument), void *argument, dseg_os_thread **thread) {
  dseg_os_thread *made = malloc(sizeof *made);
  if (made == NULL) {
    return ENOMEM;
  }
  made->run = run;
  made->argument = argument;
  const int number = pthread_create(&made->thread, NULL, run_thread, made);
  if (number != 0) {
    free(made);
    return number;
  }
  *thread = made;
  return 0;
}

void dseg_os_thread_join(dseg_os_thread *thread) {
  (void)pthread_join(thread->thread, NULL);
  free(thread);
}

void dseg_os_run_once(dseg_os_once *once, void (*run)(void)) {
  (void)pthread_once(once, run);
}

void dseg_os_lock(dseg_os_mutex *mutex) {
  (void)pthread_mutex_lock(mutex);
}

void dseg_os_unlock(dseg_os_mutex *mutex) {
  (void)pthread_mutex_unlock(mutex);
}
