/* measure.c - clock and peak memory by POSIX. */
#include "measure.h"

#include <sys/resource.h>
#include <time.h>

double bench_seconds(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

unsigned long long bench_peak_bytes(void) {
  struct rusage usage;
  (void)getrusage(RUSAGE_SELF, &usage);
  return (unsigned long long)usage.ru_maxrss * 1024;
}
