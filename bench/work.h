/* SPDX-License-Identifier: Apache-2.0 */
/* work.h - what the pieces of work of work.c share. */
#ifndef DSEG_BENCH_WORK_H
#define DSEG_BENCH_WORK_H

#include <stdbool.h>

#include "dseg/dseg.h"

struct job {
  char **arguments; /* behind the job's name */
  int argument_count;
  unsigned threads;
  bool check;
  bool context; /* sources are opened with what a copy keeps, as dseg convert and the Python package do */
  dseg_error error;
  double seconds, cpu_seconds;
  unsigned long long peak_bytes;
  bool has_checksum;
  uint32_t checksum, checksum_reversed;
};

/* A label map that was read. */
struct labels {
  uint8_t *data;
  size_t size;
  unsigned bits;
};

/* When a piece of work began: by the clock, and by what the processors had done by then. */
struct start {
  double wall, cpu;
};

static inline const char *path_of(const struct job *job) {
  return job->arguments[0];
}

dseg_status work_out_of_memory(struct job *job, size_t size);
struct start work_start_clock(void);
/* parts: how many times the work was done; seconds are of one. */
void work_stop_clock(struct job *job, struct start start, double parts);
dseg_status work_open(struct job *job, dseg_source **source);
size_t work_plane_voxels(const dseg_source *source);
unsigned work_bits_for(const dseg_source *source);

/* work_limits.c, work_write.c */
dseg_status work_read(struct job *job);
dseg_status work_inflate(struct job *job);
dseg_status work_copy(struct job *job);
dseg_status work_write(struct job *job);
/* work_instances.c */
dseg_status work_instance_plane(struct job *job);
dseg_status work_instance(struct job *job);

#endif
