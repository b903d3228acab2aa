/* measure.h - wall time, peak memory, and one line of JSON, for the benchmark programs. */
#ifndef DSEG_BENCH_MEASURE_H
#define DSEG_BENCH_MEASURE_H

/* Seconds on a clock that only goes forward. */
double bench_seconds(void);

/* The process's greatest resident size until now, in bytes. */
unsigned long long bench_peak_bytes(void);

#endif
