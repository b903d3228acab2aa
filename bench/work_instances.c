/* SPDX-License-Identifier: Apache-2.0 */
/* work_instances.c - pieces of work on a source with many objects: one plane, or one object, of all. */
#include <stdlib.h>

#include "dseg/instances.h"
#include "measure.h"
#include "work.h"

enum { ROUNDS = 64 };
static const double SECONDS = 2; /* none is begun later */

/* The numbers of an instance's planes, which are found without pixels, and then of these planes its voxels. */
static dseg_status read_instance(struct job *job, dseg_source *source, uint32_t number, uint32_t *out, size_t size) {
  size_t count, first[ROUNDS];
  DSEG_TRY(dseg_source_instance_planes(source, number, first, ROUNDS, &count, &job->error));
  for (size_t i = 0; i < count && i < ROUNDS; i++) {
    DSEG_TRY(dseg_source_read_instances(source, first[i], 1, out, size, job->threads, &job->error));
  }
  return DSEG_OK;
}

static dseg_status read_at_random(struct job *job, dseg_source *source, bool one_instance, uint32_t *out, size_t size) {
  const dseg_description *description = dseg_source_description(source);
  uint64_t state = 1;
  size_t done = 0;
  const struct start start = work_start_clock();
  while (done < ROUNDS && bench_seconds() - start.wall < SECONDS) {
    if (one_instance) {
      const uint32_t number = (uint32_t)(bench_random(&state) % description->instances->count) + 1;
      DSEG_TRY(read_instance(job, source, number, out, size));
    } else {
      const size_t plane = bench_random(&state) % description->geometry.plane_count;
      DSEG_TRY(dseg_source_read_instances(source, plane, 1, out, size, job->threads, &job->error));
    }
    done++;
  }
  work_stop_clock(job, start, (double)done);
  return DSEG_OK;
}

static dseg_status run_at_random(struct job *job, bool one_instance) {
  dseg_source *source = NULL;
  DSEG_TRY(work_open(job, &source));
  const dseg_instances *instances = dseg_source_description(source)->instances;
  const size_t size = work_plane_voxels(source) * sizeof(uint32_t);
  uint32_t *out = malloc(size);
  dseg_status status = DSEG_OK;
  if (instances == NULL || instances->count == 0) {
    status = dseg_fail(&job->error, DSEG_ERROR_UNSUPPORTED, "%s has no instances", path_of(job));
  } else if (out == NULL) {
    status = work_out_of_memory(job, size);
  } else {
    status = read_at_random(job, source, one_instance, out, size);
  }
  free(out);
  dseg_source_close(source);
  return status;
}

dseg_status work_instance_plane(struct job *job) {
  return run_at_random(job, false);
}

dseg_status work_instance(struct job *job) {
  return run_at_random(job, true);
}
