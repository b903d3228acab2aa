/* SPDX-License-Identifier: Apache-2.0 */
/* run_process.c - runs a program and prints, as JSON, the seconds that the whole process took, those of its processors
 * (user and system), and its peak memory.
 *
 *   run_process COMMAND...
 *
 * The peak that the system gives for a child is never less than what its parent had, so the parent must be small: an
 * interpreter would not do. The program's standard output is thrown away. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: run_process COMMAND...\n");
    return 2;
  }
  const double start = bench_seconds();
  const pid_t process = fork();
  if (process == 0) {
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    (void)dup2(nowhere, STDOUT_FILENO);
    (void)execvp(argv[1], argv + 1);
    _exit(127);
  }
  int state = 0;
  struct rusage usage = {0};
  if (process < 0 || wait4(process, &state, 0, &usage) != process) {
    fprintf(stderr, "run_process: error: %s was not run\n", argv[1]);
    return 1;
  }
  const double seconds = bench_seconds() - start;
  if (!WIFEXITED(state) || WEXITSTATUS(state) != 0) {
    fprintf(stderr, "run_process: error: %s ended with %s %d\n", argv[1], WIFEXITED(state) ? "exit code" : "signal",
            WIFEXITED(state) ? WEXITSTATUS(state) : WTERMSIG(state));
    return 1;
  }
  const double busy = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                      (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  printf("{\"seconds\": %.9f, \"cpu_seconds\": %.6f, \"peak_bytes\": %llu}\n", seconds, busy,
         (unsigned long long)usage.ru_maxrss * 1024);
  return 0;
}
