/* SPDX-License-Identifier: Apache-2.0 */
/* measure.c - clock and peak memory by POSIX and Linux's /proc. */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds_of(clockid_t clock) {
  struct timespec now;
  (void)clock_gettime(clock, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double bench_seconds(void) {
  return seconds_of(CLOCK_MONOTONIC);
}

double bench_cpu_seconds(void) {
  return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

/* A value in kB of /proc/self/status; 0 where there is none. */
static unsigned long long status_bytes(const char *format) {
  FILE *file = fopen("/proc/self/status", "r");
  if (file == NULL) {
    return 0;
  }
  char line[256];
  unsigned long long kilobytes = 0;
  while (fgets(line, sizeof line, file) != NULL && sscanf(line, format, &kilobytes) != 1) {
  }
  (void)fclose(file);
  return kilobytes * 1024;
}

unsigned long long bench_peak_bytes(void) {
  return status_bytes("VmHWM: %llu");
}

unsigned long long bench_reset_peak(void) {
  FILE *file = fopen("/proc/self/clear_refs", "w");
  if (file != NULL) {
    (void)fputs("5\n", file);
    (void)fclose(file);
  }
  return status_bytes("VmRSS: %llu");
}

size_t bench_random(uint64_t *state) {
  *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (size_t)(*state >> 33);
}

static int compare_doubles(const void *a, const void *b) {
  const double first = *(const double *)a, second = *(const double *)b;
  return (first > second) - (first < second);
}

double bench_median(double *values, size_t count) {
  if (count == 0) {
    return 0;
  }
  qsort(values, count, sizeof *values, compare_doubles);
  return count % 2 != 0 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

uint32_t bench_crc32(uint32_t crc, const uint8_t *bytes, size_t size) {
  static uint32_t table[256];
  if (table[1] == 0) {
    for (uint32_t i = 0; i < 256; i++) {
      uint32_t value = i;
      for (int bit = 0; bit < 8; bit++) {
        value = (value & 1) != 0 ? UINT32_C(0xEDB88320) ^ (value >> 1) : value >> 1;
      }
      table[i] = value;
    }
  }
  crc = ~crc;
  for (size_t i = 0; i < size; i++) {
    crc = table[(crc ^ bytes[i]) & 0xFF] ^ (crc >> 8);
  }
  return ~crc;
}
