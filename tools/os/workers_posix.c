/* SPDX-License-Identifier: Apache-2.0 */
/* workers_posix.c - processes that work on jobs, on POSIX systems: see workers.h. A worker reads numbers of jobs from
 * one pipe and writes answers to another. */
#define _GNU_SOURCE /* pipe2 and strsignal are hidden in strict C17 */
#include "os/workers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include "os/os.h"

enum { PIECE = 1 << 16, SIGNALS = 3, IGNORED = 2, PAUSE = 1000 /* ms: so late a signal may be seen */ };

typedef struct worker {
  pid_t process; /* 0: none */
  int jobs;      /* the end that this process writes to */
  int answers;   /* the end that this process reads from */
  bool busy;
  size_t job;
  char *line; /* of the answer, so far */
  size_t size, room;
} worker;

struct os_workers {
  os_work work;
  void *user;
  worker *items;
  struct pollfd *polled; /* count, room for wait */
  size_t count;
  struct sigaction before[SIGNALS + IGNORED];
  char text[128]; /* how a worker ended */
};

static const int ending[SIGNALS] = {SIGINT, SIGTERM, SIGHUP};
/* Of a worker that has ended, and of what a file cannot hold: both are errors of the writing. */
static const int ignored[IGNORED] = {SIGPIPE, SIGXFSZ};

/* The signal that came last and was not told yet. */
static volatile sig_atomic_t pending;

static void note_signal(int number) {
  pending = number;
}

long os_process(void) {
  return (long)getpid();
}

static void take_signals(os_workers *workers) {
  struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
  const struct sigaction ignore = {.sa_handler = SIG_IGN};
  pending = 0;
  (void)sigfillset(&action.sa_mask);
  for (size_t i = 0; i < SIGNALS; i++) {
    (void)sigaction(ending[i], NULL, &workers->before[i]);
    if (workers->before[i].sa_handler != SIG_IGN) {
      (void)sigaction(ending[i], &action, NULL);
    }
  }
  for (size_t i = 0; i < IGNORED; i++) {
    (void)sigaction(ignored[i], &ignore, &workers->before[SIGNALS + i]);
  }
}

os_workers *os_workers_create(size_t count, os_work work, void *user) {
  os_workers *workers = calloc(1, sizeof *workers);
  if (workers == NULL) {
    return NULL;
  }
  *workers = (os_workers){.work = work, .user = user, .count = count > 0 ? count : 1};
  workers->items = calloc(workers->count, sizeof *workers->items);
  workers->polled = calloc(workers->count, sizeof *workers->polled);
  if (workers->items == NULL || workers->polled == NULL) {
    free(workers->items);
    free(workers->polled);
    free(workers);
    return NULL;
  }
  take_signals(workers);
  return workers;
}

bool os_workers_has_room(const os_workers *workers) {
  return os_workers_busy(workers) < workers->count;
}

size_t os_workers_busy(const os_workers *workers) {
  size_t busy = 0;
  for (size_t i = 0; i < workers->count; i++) {
    busy += workers->items[i].busy ? 1 : 0;
  }
  return busy;
}

/* The signals of a worker: it ends when its parent does, by SIGUSR1, which removes what it was writing. */
static void set_worker_signals(pid_t parent) {
  const struct sigaction ignore = {.sa_handler = SIG_IGN};
  for (size_t i = 0; i < SIGNALS; i++) {
    (void)sigaction(ending[i], &ignore, NULL);
  }
#if defined(__linux__)
  (void)prctl(PR_SET_PDEATHSIG, SIGUSR1);
#endif
  if (getppid() != parent) {
    _exit(1);
  }
}

/* All bytes of a job's number, which may come in pieces; false: there are no more. */
static bool read_job(int from, size_t *job) {
  size_t got = 0;
  while (got < sizeof *job) {
    const ssize_t more = read(from, (char *)job + got, sizeof *job - got);
    if (more == 0 || (more < 0 && errno != EINTR)) {
      return false;
    }
    got += more > 0 ? (size_t)more : 0;
  }
  return true;
}

static bool write_job(int to, size_t job) {
  size_t put = 0;
  while (put < sizeof job) {
    const ssize_t more = write(to, (const char *)&job + put, sizeof job - put);
    if (more < 0 && errno != EINTR) {
      return false;
    }
    put += more > 0 ? (size_t)more : 0;
  }
  return true;
}

/* All bytes; false: nobody reads them any more. */
static bool write_answer(int to, const char *bytes, size_t size) {
  while (size > 0) {
    const ssize_t put = write(to, bytes, size);
    if (put < 0 && errno != EINTR) {
      return false;
    }
    bytes += put > 0 ? put : 0;
    size -= put > 0 ? (size_t)put : 0;
  }
  return true;
}

/* The life of a worker: jobs until there are no more, or nobody reads the answers. */
static _Noreturn void serve(const os_workers *workers, int jobs, int answers) {
  size_t job = 0;
  bool good = true;
  while (good && read_job(jobs, &job)) {
    char *answer = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&answer, &size);
    good = stream != NULL;
    if (good) {
      workers->work(workers->user, job, stream);
      good = fclose(stream) == 0 && write_answer(answers, answer, size);
    }
    free(answer);
  }
  _exit(good ? 0 : 1);
}

static void close_ends(const worker *item) {
  (void)close(item->jobs);
  (void)close(item->answers);
}

/* Both pipes, or none. */
static int make_pipes(int jobs[2], int answers[2]) {
  if (pipe(jobs) != 0) {
    return errno;
  }
  if (pipe(answers) != 0) {
    const int number = errno;
    (void)close(jobs[0]);
    (void)close(jobs[1]);
    return number;
  }
  return 0;
}

static int start(os_workers *workers, worker *item) {
  int jobs[2] = {-1, -1};
  int answers[2] = {-1, -1};
  const int number = make_pipes(jobs, answers);
  if (number != 0) {
    return number;
  }
  const pid_t parent = getpid();
  (void)fflush(NULL); /* what waits in streams is written once */
  const pid_t process = fork();
  if (process == 0) {
    set_worker_signals(parent);
    for (size_t i = 0; i < workers->count; i++) {
      if (workers->items[i].process != 0) {
        close_ends(&workers->items[i]); /* another worker sees the end of its jobs only when nobody holds them */
      }
    }
    (void)close(jobs[1]);
    (void)close(answers[0]);
    serve(workers, jobs[0], answers[1]);
  }
  const int failed = process < 0 ? errno : 0;
  (void)close(jobs[0]);
  (void)close(answers[1]);
  *item = (worker){.process = process, .jobs = jobs[1], .answers = answers[0], .line = item->line, .room = item->room};
  if (failed != 0) {
    close_ends(item);
    item->process = 0;
  }
  return failed;
}

/* Waits for a worker that has ended, or is about to. Returns its wait status. */
static int reap(worker *item) {
  int status = 0;
  close_ends(item); /* one that waits for a job ends then */
  while (waitpid(item->process, &status, 0) < 0 && errno == EINTR) {
  }
  item->process = 0;
  item->busy = false;
  item->size = 0;
  return status;
}

int os_workers_give(os_workers *workers, size_t job) {
  worker *item = workers->items;
  while (item->busy) {
    item++;
  }
  for (int attempt = 0; attempt < 2; attempt++) { /* one that had no job may have ended meanwhile */
    const int number = item->process == 0 ? start(workers, item) : 0;
    if (number != 0) {
      return number;
    }
    if (write_job(item->jobs, job)) {
      item->busy = true;
      item->job = job;
      item->size = 0;
      return 0;
    }
    (void)reap(item);
  }
  return EPIPE;
}

static const char *describe(os_workers *workers, int status) {
  if (WIFSIGNALED(status)) {
    (void)snprintf(workers->text, sizeof workers->text, "signal %d (%s)", WTERMSIG(status),
                   strsignal(WTERMSIG(status)));
  } else {
    (void)snprintf(workers->text, sizeof workers->text, "exit code %d", WEXITSTATUS(status));
  }
  return workers->text;
}

/* Reads what is there of an answer. *ended: there is no more to come. */
static bool read_answer(worker *item, bool *ended) {
  if (item->room - item->size < PIECE) {
    char *more = realloc(item->line, item->room + 2 * (size_t)PIECE);
    if (more == NULL) {
      *ended = true;
      (void)kill(item->process, SIGKILL);
      return false;
    }
    item->line = more;
    item->room += 2 * (size_t)PIECE;
  }
  const ssize_t got = read(item->answers, item->line + item->size, PIECE);
  *ended = got == 0 || (got < 0 && errno != EINTR);
  item->size += got > 0 ? (size_t)got : 0;
  return item->size > 0 && item->line[item->size - 1] == '\n';
}

/* The event of a worker that has something to say; OS_EVENT_NOTHING: there is more of it to come. */
static os_event take_answer(os_workers *workers, worker *item) {
  bool ended = false;
  if (read_answer(item, &ended)) {
    item->busy = false;
    return (os_event){.kind = OS_EVENT_ANSWER, .job = item->job, .line = item->line, .size = item->size};
  }
  if (!ended) {
    return (os_event){.kind = OS_EVENT_NOTHING};
  }
  os_event event = {.kind = OS_EVENT_DEATH, .job = item->job, .process = (long)item->process};
  event.line = describe(workers, reap(item));
  return event;
}

static os_event take_signal(void) {
  const os_event event = {.kind = OS_EVENT_SIGNAL, .number = pending};
  pending = 0;
  return event;
}

os_event os_workers_wait(os_workers *workers, double seconds) {
  const double end = os_seconds() + seconds;
  double left = seconds;
  do {
    if (pending != 0) {
      return take_signal();
    }
    for (size_t i = 0; i < workers->count; i++) {
      const worker *item = &workers->items[i];
      workers->polled[i] = (struct pollfd){.fd = item->busy ? item->answers : -1, .events = POLLIN};
    }
    const int pause = left * 1000 < PAUSE ? (int)(left * 1000) + 1 : PAUSE;
    const int ready = poll(workers->polled, (nfds_t)workers->count, pause);
    for (size_t i = 0; ready > 0 && i < workers->count; i++) {
      const os_event event = workers->polled[i].revents != 0 ? take_answer(workers, &workers->items[i])
                                                             : (os_event){.kind = OS_EVENT_NOTHING};
      if (event.kind != OS_EVENT_NOTHING) {
        return event;
      }
    }
    left = end - os_seconds();
  } while (left > 0);
  return (os_event){.kind = OS_EVENT_NOTHING};
}

void os_workers_kill(os_workers *workers) {
  for (size_t i = 0; i < workers->count; i++) {
    if (workers->items[i].process != 0) {
      (void)kill(workers->items[i].process, SIGKILL);
      (void)reap(&workers->items[i]);
    }
  }
}

void os_workers_destroy(os_workers *workers) {
  if (workers == NULL) {
    return;
  }
  for (size_t i = 0; i < workers->count; i++) {
    worker *item = &workers->items[i];
    if (item->process != 0) {
      if (item->busy) {
        (void)kill(item->process, SIGKILL);
      }
      (void)reap(item);
    }
    free(item->line);
  }
  for (size_t i = 0; i < SIGNALS; i++) {
    (void)sigaction(ending[i], &workers->before[i], NULL);
  }
  for (size_t i = 0; i < IGNORED; i++) {
    (void)sigaction(ignored[i], &workers->before[SIGNALS + i], NULL);
  }
  free(workers->items);
  free(workers->polled);
  free(workers);
}
