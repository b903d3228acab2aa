/* SPDX-License-Identifier: Apache-2.0 */
/* workers_windows.c - jobs are done one after the other in this process, see workers.h: Windows makes no copies of a
 * process. */
#include "os/workers.h"

#include <errno.h>
#include <stdlib.h>

struct os_workers {
  os_work work;
  void *user;
  bool busy;
  size_t job;
  char *line;
};

long os_process(void) {
  return 0;
}

os_workers *os_workers_create(size_t count, os_work work, void *user) {
  (void)count;
  os_workers *workers = calloc(1, sizeof *workers);
  if (workers != NULL) {
    *workers = (os_workers){.work = work, .user = user};
  }
  return workers;
}

bool os_workers_has_room(const os_workers *workers) {
  return !workers->busy;
}

size_t os_workers_busy(const os_workers *workers) {
  return workers->busy ? 1 : 0;
}

int os_workers_give(os_workers *workers, size_t job) {
  workers->busy = true;
  workers->job = job;
  return 0;
}

/* The answer, from a temporary file. */
static os_event take_answer(os_workers *workers, FILE *stream) {
  workers->work(workers->user, workers->job, stream);
  const long size = fflush(stream) == 0 ? ftell(stream) : -1;
  free(workers->line);
  workers->line = size > 0 ? malloc((size_t)size) : NULL;
  rewind(stream);
  if (workers->line == NULL || fread(workers->line, 1, (size_t)size, stream) != (size_t)size) {
    return (os_event){.kind = OS_EVENT_DEATH, .job = workers->job, .line = "out of memory for its answer"};
  }
  return (os_event){.kind = OS_EVENT_ANSWER, .job = workers->job, .line = workers->line, .size = (size_t)size};
}

os_event os_workers_wait(os_workers *workers, double seconds) {
  (void)seconds;
  if (!workers->busy) {
    return (os_event){.kind = OS_EVENT_NOTHING};
  }
  workers->busy = false;
  FILE *stream = tmpfile();
  os_event event = {.kind = OS_EVENT_DEATH, .job = workers->job, .line = "no temporary file for its answer"};
  if (stream != NULL) {
    event = take_answer(workers, stream);
    (void)fclose(stream);
  }
  return event;
}

void os_workers_kill(os_workers *workers) {
  workers->busy = false;
}

void os_workers_destroy(os_workers *workers) {
  if (workers != NULL) {
    free(workers->line);
    free(workers);
  }
}
