/* SPDX-License-Identifier: Apache-2.0 */
/* workers.h - processes that work on numbered jobs, one job at a time each, so that what crashes or leaks in one job
 * costs no other. Each is a copy of this process (fork), made when it is first needed, and made anew when it has ended.
 * Where the system has no such copies (Windows) jobs are done one after the other, in this process.
 *
 *     os_workers *workers = os_workers_create(count, work, user);
 *     while (...) {
 *       while (more && os_workers_has_room(workers)) {
 *         os_workers_give(workers, job++);
 *       }
 *       os_event event = os_workers_wait(workers, 1.0);
 *       ...                                             // event.line is valid until the next call
 *     }
 *     os_workers_destroy(workers);
 *
 * Between create and destroy SIGINT, SIGTERM and SIGHUP do not end this process: os_workers_wait tells them. Workers
 * ignore them, and end when this process does. */
#ifndef DSEG_TOOLS_OS_WORKERS_H
#define DSEG_TOOLS_OS_WORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Does a job, and writes its answer: one line, which ends with a line break and holds no other. */
typedef void (*os_work)(void *user, size_t job, FILE *answer);

typedef struct os_workers os_workers;

typedef enum os_event_kind {
  OS_EVENT_NOTHING = 0, /* time has passed */
  OS_EVENT_ANSWER,      /* job is done: line, of size bytes with its line break */
  OS_EVENT_DEATH,       /* the worker ended while it worked on job: line says how, and size is 0 */
  OS_EVENT_SIGNAL       /* number is a signal's that would have ended the process */
} os_event_kind;

typedef struct os_event {
  os_event_kind kind;
  size_t job;
  const char *line;
  size_t size;
  long process; /* the number of the worker that died */
  int number;
} os_event;

/* At most count processes at once, at least 1. NULL: out of memory. work and user are as they are at the time of
 * os_workers_create: what changes later no worker may see. */
os_workers *os_workers_create(size_t count, os_work work, void *user);

/* Whether a worker has no job. */
bool os_workers_has_room(const os_workers *workers);
/* How many have one. */
size_t os_workers_busy(const os_workers *workers);

/* Gives a job to a worker that has none. 0, or a number of <errno.h> where no process can be made. */
int os_workers_give(os_workers *workers, size_t job);

/* Waits for at most so many seconds. */
os_event os_workers_wait(os_workers *workers, double seconds);

/* Ends the workers with whatever they are doing. */
void os_workers_kill(os_workers *workers);

/* Lets idle workers end, kills others, and puts signals back. NULL ok. */
void os_workers_destroy(os_workers *workers);

/* The number of the calling process. */
long os_process(void);

#endif
