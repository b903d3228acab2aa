/* SPDX-License-Identifier: Apache-2.0 */
/* thread_windows.c - threads, locks, and what is done once on Windows, see thread.h. */
#include "base/os/thread.h"

#include <assert.h>
#include <errno.h>
#include <process.h>
#include <stdlib.h>
#include <windows.h>

static_assert(sizeof(dseg_os_once) == sizeof(INIT_ONCE), "INIT_ONCE is one pointer");
static_assert(sizeof(dseg_os_mutex) == sizeof(SRWLOCK), "SRWLOCK is one pointer");

struct dseg_os_thread {
  HANDLE handle;
  void (*run)(void *argument);
  void *argument;
};

static unsigned __stdcall run_thread(void *argument) {
  const dseg_os_thread *thread = argument;
  thread->run(thread->argument);
  return 0;
}

int dseg_os_thread_start(void (*run)(void *argument), void *argument, dseg_os_thread **thread) {
  dseg_os_thread *made = malloc(sizeof *made);
  if (made == NULL) {
    return ENOMEM;
  }
  made->run = run;
  made->argument = argument;
  const uintptr_t handle = _beginthreadex(NULL, 0, run_thread, made, 0, NULL);
  if (handle == 0) {
    free(made);
    return EAGAIN;
  }
  made->handle = (HANDLE)handle;
  *thread = made;
  return 0;
}

void dseg_os_thread_join(dseg_os_thread *thread) {
  (void)WaitForSingleObject(thread->handle, INFINITE);
  (void)CloseHandle(thread->handle);
  free(thread);
}

struct call {
  void (*run)(void);
};

static BOOL CALLBACK run_call(PINIT_ONCE once, PVOID argument, PVOID *context) {
  (void)once, (void)context;
  const struct call *call = argument;
  call->run();
  return TRUE;
}

void dseg_os_run_once(dseg_os_once *once, void (*run)(void)) {
  struct call call = {run};
  (void)InitOnceExecuteOnce((PINIT_ONCE)(void *)once, run_call, &call, NULL);
}

void dseg_os_lock(dseg_os_mutex *mutex) {
  AcquireSRWLockExclusive((PSRWLOCK)(void *)mutex);
}

void dseg_os_unlock(dseg_os_mutex *mutex) {
  ReleaseSRWLockExclusive((PSRWLOCK)(void *)mutex);
}
