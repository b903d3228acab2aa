/* SPDX-License-Identifier: Apache-2.0 */
/* threads.c - a loop shared by threads; an atomic counter hands out the iterations. */
#include "base/threads.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/os/system.h"
#include "base/os/thread.h"

#define MAX_WORKERS 256u

unsigned dseg_worker_count(unsigned threads, size_t count) {
  unsigned workers = threads != 0 ? threads : dseg_os_processor_count();
  if (workers > MAX_WORKERS) {
    workers = MAX_WORKERS;
  }
  if (workers > count) {
    workers = (unsigned)count;
  }
  return workers != 0 ? workers : 1u;
}

struct loop {
  size_t count;
  dseg_task task;
  void *user;
  atomic_size_t next;
  atomic_bool failed;
};

struct worker {
  struct loop *loop;
  unsigned number;
  size_t failed_index;
  dseg_status status;
  dseg_error error;
};

static void run_worker(void *argument) {
  struct worker *worker = argument;
  struct loop *loop = worker->loop;
  while (!atomic_load_explicit(&loop->failed, memory_order_relaxed)) {
    const size_t index = atomic_fetch_add_explicit(&loop->next, 1, memory_order_relaxed);
    if (index >= loop->count) {
      break;
    }
    const dseg_status status = loop->task(loop->user, index, worker->number, &worker->error);
    if (status != DSEG_OK) {
      worker->status = status;
      worker->failed_index = index;
      atomic_store(&loop->failed, true);
    }
  }
}

/* The failure that a loop on one thread would have met first among those that happened. */
static dseg_status first_failure(const struct worker *workers, unsigned count, dseg_error *error) {
  const struct worker *first = NULL;
  for (unsigned i = 0; i < count; i++) {
    if (workers[i].status != DSEG_OK && (first == NULL || workers[i].failed_index < first->failed_index)) {
      first = &workers[i];
    }
  }
  if (first == NULL) {
    return DSEG_OK;
  }
  return dseg_fail(error, first->status, "%s", first->error.message);
}

dseg_status dseg_parallel_for(size_t count, unsigned workers, dseg_task task, void *user, dseg_error *error) {
  if (workers <= 1 || count <= 1) {
    for (size_t i = 0; i < count; i++) {
      DSEG_TRY(task(user, i, 0, error));
    }
    return DSEG_OK;
  }
  struct loop loop = {.count = count, .task = task, .user = user};
  struct worker *all = calloc(workers, sizeof *all);
  dseg_os_thread **threads = calloc(workers, sizeof(dseg_os_thread *));
  if (all == NULL || threads == NULL) {
    free(all);
    free(threads);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %u threads", workers);
  }
  for (unsigned i = 0; i < workers; i++) {
    all[i].loop = &loop;
    all[i].number = i;
  }
  /* A thread that cannot be made is one fewer; the calling thread always works. */
  unsigned started = 1;
  while (started < workers && dseg_os_thread_start(run_worker, &all[started], &threads[started]) == 0) {
    started++;
  }
  run_worker(&all[0]);
  for (unsigned i = 1; i < started; i++) {
    dseg_os_thread_join(threads[i]);
  }
  const dseg_status status = first_failure(all, started, error);
  free(all);
  free(threads);
  return status;
}
