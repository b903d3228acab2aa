/* SPDX-License-Identifier: Apache-2.0 */
/* frame_share.c - work on frames by copies of a process, see frame_share.h.
 *
 * Each copy keeps what it makes until it is done; then it goes through a pipe: the outcome, the sizes of its pieces in
 * the order of frames, and all bytes. The caller does its own share first, so that nobody waits for a full pipe. */
#include "frame_share.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

enum { MOST_PROCESSES = 64 };

/* What a copy sends first. */
struct outcome {
  dseg_status status;
  char message[256];
  double seconds;
};

struct copy {
  pid_t process;
  int end;
};

/* What all processes know. */
struct share {
  size_t count;
  unsigned processes;
  frame_job job;
  void *user;
  struct frame_piece *pieces;
};

static bool is_of(const struct share *share, size_t frame, unsigned process) {
  return frame / FRAME_STRETCH % share->processes == process;
}

static dseg_status do_share(const struct share *share, unsigned process, dseg_buffer *out, dseg_error *error) {
  for (size_t frame = 0; frame < share->count; frame++) {
    if (is_of(share, frame, process)) {
      share->pieces[frame].start = out->size;
      DSEG_TRY(share->job(share->user, frame, out, error));
      share->pieces[frame].size = out->size - share->pieces[frame].start;
    }
  }
  return DSEG_OK;
}

static bool send_all(int end, const void *data, size_t size) {
  for (const char *next = data; size != 0;) {
    const ssize_t sent = write(end, next, size);
    if (sent <= 0) {
      return false;
    }
    next += sent;
    size -= (size_t)sent;
  }
  return true;
}

static bool receive_all(int end, void *data, size_t size) {
  for (char *next = data; size != 0;) {
    const ssize_t got = read(end, next, size);
    if (got <= 0) {
      return false;
    }
    next += got;
    size -= (size_t)got;
  }
  return true;
}

/* Never returns. */
static void serve(const struct share *share, unsigned process, int end) {
  dseg_buffer out = {0};
  dseg_error error = {0};
  struct outcome outcome = {0};
  const double start = bench_cpu_seconds();
  outcome.status = do_share(share, process, &out, &error);
  outcome.seconds = bench_cpu_seconds() - start;
  (void)snprintf(outcome.message, sizeof outcome.message, "%.250s", error.message);
  bool sent = send_all(end, &outcome, sizeof outcome);
  for (size_t frame = 0; sent && outcome.status == DSEG_OK && frame < share->count; frame++) {
    sent = !is_of(share, frame, process) || send_all(end, &share->pieces[frame].size, sizeof(size_t));
  }
  sent = sent && (outcome.status != DSEG_OK || send_all(end, out.data, out.size));
  _exit(sent ? 0 : 1);
}

static dseg_status start_copy(const struct share *share, unsigned process, struct copy *copy, dseg_error *error) {
  int ends[2];
  if (pipe(ends) != 0) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "no pipe");
  }
  copy->process = fork();
  if (copy->process == 0) {
    (void)close(ends[0]);
    serve(share, process, ends[1]);
  }
  (void)close(ends[1]);
  copy->end = ends[0];
  if (copy->process < 0) {
    (void)close(ends[0]);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "no process");
  }
  return DSEG_OK;
}

/* Appends what a copy made to out. */
static dseg_status collect(const struct share *share, unsigned process, int end, dseg_buffer *out, double *seconds,
                           dseg_error *error) {
  struct outcome outcome;
  if (!receive_all(end, &outcome, sizeof outcome)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "a process that shared the work ended");
  }
  if (outcome.status != DSEG_OK) {
    return dseg_fail(error, outcome.status, "%s", outcome.message);
  }
  *seconds += outcome.seconds;
  const size_t before = out->size;
  size_t after = before;
  for (size_t frame = 0; frame < share->count; frame++) {
    struct frame_piece *piece = &share->pieces[frame];
    if (is_of(share, frame, process)) {
      piece->start = after;
      if (!receive_all(end, &piece->size, sizeof piece->size)) {
        return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "a process that shared the work ended");
      }
      after += piece->size;
    }
  }
  DSEG_TRY(dseg_buffer_resize(out, after, error));
  return receive_all(end, out->data + before, after - before)
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "a process that shared the work ended");
}

dseg_status frame_share_run(size_t count, unsigned processes, frame_job job, void *user, dseg_buffer *out,
                            struct frame_piece *pieces, double *seconds, dseg_error *error) {
  const struct share share = {.count = count,
                              .processes = processes < 1                ? 1
                                           : processes > MOST_PROCESSES ? MOST_PROCESSES
                                                                        : processes,
                              .job = job,
                              .user = user,
                              .pieces = pieces};
  struct copy copies[MOST_PROCESSES] = {{0}};
  unsigned started = 1; /* the caller is the first */
  dseg_status status = DSEG_OK;
  while (status == DSEG_OK && started < share.processes) {
    status = start_copy(&share, started, &copies[started], error);
    started += status == DSEG_OK;
  }
  const double start = bench_cpu_seconds();
  if (status == DSEG_OK) {
    status = do_share(&share, 0, out, error);
  }
  *seconds = bench_cpu_seconds() - start;
  for (unsigned i = 1; i < started; i++) {
    if (status == DSEG_OK) {
      status = collect(&share, i, copies[i].end, out, seconds, error);
    }
    if (status != DSEG_OK) { /* it may wait for a pipe that nobody empties any more */
      (void)kill(copies[i].process, SIGKILL);
    }
    (void)close(copies[i].end);
    (void)waitpid(copies[i].process, NULL, 0);
  }
  return status;
}

unsigned frame_share_processors(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}
