/* SPDX-License-Identifier: Apache-2.0 */
/* measure.h - wall and processor time, peak memory, checksums and a fixed random sequence, for the benchmark programs.
 */
#ifndef DSEG_BENCH_MEASURE_H
#define DSEG_BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

/* Seconds on a clock that only goes forward. */
double bench_seconds(void);

/* Seconds that all threads of this process have had of the processors, the system's work for them included. */
double bench_cpu_seconds(void);

/* The process's greatest resident size until now, in bytes, or since bench_reset_peak. */
unsigned long long bench_peak_bytes(void);

/* Starts bench_peak_bytes anew from the present resident size, which is returned. */
unsigned long long bench_reset_peak(void);

/* A fixed sequence, so that every run asks for the same planes and frames. Start with any state. */
size_t bench_random(uint64_t *state);

/* Middle one of count values, which are sorted by this; 0 for none. */
double bench_median(double *values, size_t count);

/* CRC-32 as zlib and Python's zlib.crc32 have it. */
uint32_t bench_crc32(uint32_t crc, const uint8_t *bytes, size_t size);

#endif
