/* SPDX-License-Identifier: Apache-2.0 */
/* thread.h - threads, locks, and what is done once. */
#ifndef DSEG_BASE_OS_THREAD_H
#define DSEG_BASE_OS_THREAD_H

#ifdef _WIN32
typedef struct dseg_os_once {
  void *state; /* an INIT_ONCE */
} dseg_os_once;
typedef struct dseg_os_mutex {
  void *state; /* an SRWLOCK */
} dseg_os_mutex;
/* clang-format off */
#define DSEG_OS_ONCE_INIT {0}
#define DSEG_OS_MUTEX_INIT {0}
/* clang-format on */
#elif defined(__wasm__)
typedef int dseg_os_once;
typedef int dseg_os_mutex;
#define DSEG_OS_ONCE_INIT 0
#define DSEG_OS_MUTEX_INIT 0
#else
#include <pthread.h>
typedef pthread_once_t dseg_os_once;
typedef pthread_mutex_t dseg_os_mutex;
#define DSEG_OS_ONCE_INIT PTHREAD_ONCE_INIT
#define DSEG_OS_MUTEX_INIT PTHREAD_MUTEX_INITIALIZER
#endif

typedef struct dseg_os_thread dseg_os_thread;

/* Runs a function on a new thread. Returns 0 or a number of <errno.h>; on success dseg_os_thread_join is to follow. */
int dseg_os_thread_start(void (*run)(void *argument), void *argument, dseg_os_thread **thread);
/* Waits for the function's end. The thread is used up. */
void dseg_os_thread_join(dseg_os_thread *thread);

/* Calls run unless it was called for this object before; returns when that call has returned. once is a static object
 * that begins as DSEG_OS_ONCE_INIT. */
void dseg_os_run_once(dseg_os_once *once, void (*run)(void));

/* A mutex begins as DSEG_OS_MUTEX_INIT and needs no end. It is not recursive. */
void dseg_os_lock(dseg_os_mutex *mutex);
void dseg_os_unlock(dseg_os_mutex *mutex);

#endif
