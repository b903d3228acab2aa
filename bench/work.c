/* SPDX-License-Identifier: Apache-2.0 */
/* work.c - one piece of work of libdseg in a process of its own, timed from inside.
 *
 *   work open FILE      open only
 *   work labels FILE    open, and read all planes into one label map
 *   work plane FILE     after opening: planes at random, one at a time; the mean is given
 *   work segment FILE   after opening: segments' masks, all planes of each; the mean is given
 *   work statistics FILE
 *                       open, and add up what each segment has of the voxels
 *   work digest FILE    open, and hash the voxels
 *   work instance-plane FILE
 *                       after opening: numbers of instances of planes at random, one at a time; the mean is given
 *   work instance FILE  after opening: instances at random, each found and its planes read; the mean is given
 *   work write SOURCE OUTPUT REPRESENTATION CODEC[:KEY=VALUE]
 *                       an object from the labels of SOURCE, which are read before the clock starts
 * limits:
 *   work read FILE      plain read() of as many bytes as the object's Pixel Data has
 *   work inflate FILE   a .nii.gz file read and decompressed in one go by libdeflate
 * parts of the time of labels:
 *   work copy FILE      Pixel Data through a small buffer, from the page cache
 *   work touch FILE     a label map of that size allocated and filled once
 *   work again FILE     after opening: all planes into a label map that has been touched before
 * options: --threads N (0: all processors), --check (labels: also print a checksum), --context (opened with what a copy
 * keeps, as dseg convert does)
 *
 * Prints one JSON object. seconds, and cpu_seconds of all threads; peak_bytes of the process until the work was done;
 * checksum: CRC-32 of the label map with its values replaced by their ranks (16-bit little endian), so that it does not
 * depend on the numbers of segments. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "dseg/proposals.h"
#include "measure.h"
#include "work.h"

/* Segments are read until this time is over: one at least, 16 or so at most. */
static const double SEGMENTS_SECONDS = 0.5;

dseg_status work_out_of_memory(struct job *job, size_t size) {
  return dseg_fail(&job->error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes", size);
}

struct start work_start_clock(void) {
  return (struct start){.wall = bench_seconds(), .cpu = bench_cpu_seconds()};
}

void work_stop_clock(struct job *job, struct start start, double parts) {
  job->seconds = (bench_seconds() - start.wall) / parts;
  job->cpu_seconds = (bench_cpu_seconds() - start.cpu) / parts;
  job->peak_bytes = bench_peak_bytes();
}

dseg_status work_open(struct job *job, dseg_source **source) {
  const dseg_open_options options = {
      .struct_size = sizeof options, .threads = job->threads, .keep_context = job->context};
  return dseg_open(path_of(job), &options, source, &job->error);
}

size_t work_plane_voxels(const dseg_source *source) {
  const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
  return (size_t)geometry->rows * geometry->columns;
}

unsigned work_bits_for(const dseg_source *source) {
  const dseg_description *description = dseg_source_description(source);
  const size_t count = description->segment_count;
  return count == 0 || description->segments[count - 1].number < 256 ? 8 : 16;
}

static dseg_status run_open(struct job *job) {
  dseg_source *source = NULL;
  const struct start start = work_start_clock();
  DSEG_TRY(work_open(job, &source));
  work_stop_clock(job, start, 1);
  dseg_source_close(source);
  return DSEG_OK;
}

static dseg_status read_labels(struct job *job, dseg_source *source, struct labels *labels) {
  const size_t planes = dseg_source_description(source)->geometry.plane_count;
  labels->bits = work_bits_for(source);
  labels->size = planes * work_plane_voxels(source) * (labels->bits / 8);
  labels->data = dseg_labels_alloc(labels->size);
  if (labels->data == NULL) {
    return work_out_of_memory(job, labels->size);
  }
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                      .plane_count = planes,
                                      .bits = labels->bits,
                                      .overlap = DSEG_OVERLAP_LAST,
                                      .threads = job->threads};
  return dseg_source_read_labels(source, &request, labels->data, labels->size, NULL, &job->error);
}

static dseg_status run_labels(struct job *job) {
  dseg_source *source = NULL;
  struct labels labels = {0};
  const struct start start = work_start_clock();
  DSEG_TRY(work_open(job, &source));
  const dseg_status status = read_labels(job, source, &labels);
  work_stop_clock(job, start, 1);
  if (status == DSEG_OK && job->check) {
    job->has_checksum = true;
    bench_checksums(labels.data, labels.bits, dseg_source_description(source)->geometry.plane_count,
                    work_plane_voxels(source), &job->checksum, &job->checksum_reversed);
  }
  dseg_labels_free(labels.data, labels.size);
  dseg_source_close(source);
  return status;
}

static dseg_status run_statistics(struct job *job) {
  const dseg_statistics_options options = {.struct_size = sizeof options, .threads = job->threads};
  dseg_source *source = NULL;
  dseg_statistics *statistics = NULL;
  const struct start start = work_start_clock();
  DSEG_TRY(work_open(job, &source));
  const dseg_status status = dseg_source_statistics(source, &options, &statistics, &job->error);
  work_stop_clock(job, start, 1);
  dseg_statistics_destroy(statistics);
  dseg_source_close(source);
  return status;
}

static dseg_status run_digest(struct job *job) {
  const dseg_digest_options options = {.struct_size = sizeof options, .threads = job->threads};
  dseg_source *source = NULL;
  dseg_digest digest;
  const struct start start = work_start_clock();
  DSEG_TRY(work_open(job, &source));
  const dseg_status status = dseg_source_digest(source, &options, &digest, &job->error);
  work_stop_clock(job, start, 1);
  dseg_source_close(source);
  return status;
}

static dseg_status read_planes(struct job *job, dseg_source *source, uint8_t *labels, size_t size, unsigned bits) {
  enum { ROUNDS = 64 };
  const size_t planes = dseg_source_description(source)->geometry.plane_count;
  uint64_t state = 1;
  const struct start start = work_start_clock();
  size_t done = 0;
  while (done < ROUNDS && bench_seconds() - start.wall < 2) {
    const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                        .first_plane = bench_random(&state) % planes,
                                        .plane_count = 1,
                                        .bits = bits,
                                        .overlap = DSEG_OVERLAP_LAST,
                                        .threads = job->threads};
    DSEG_TRY(dseg_source_read_labels(source, &request, labels, size, NULL, &job->error));
    done++;
  }
  work_stop_clock(job, start, (double)done);
  return DSEG_OK;
}

static dseg_status run_plane(struct job *job) {
  dseg_source *source = NULL;
  DSEG_TRY(work_open(job, &source));
  const unsigned bits = work_bits_for(source);
  const size_t size = work_plane_voxels(source) * (bits / 8);
  uint8_t *labels = malloc(size);
  const dseg_status status =
      labels == NULL ? work_out_of_memory(job, size) : read_planes(job, source, labels, size, bits);
  free(labels);
  dseg_source_close(source);
  return status;
}

static dseg_status read_segments(struct job *job, dseg_source *source, uint8_t *mask, size_t size) {
  const dseg_description *description = dseg_source_description(source);
  const size_t step = description->segment_count > 16 ? description->segment_count / 16 : 1;
  size_t done = 0;
  const struct start start = work_start_clock();
  for (size_t segment = 0; segment < description->segment_count && bench_seconds() - start.wall < SEGMENTS_SECONDS;
       segment += step) {
    DSEG_TRY(dseg_source_read_mask(source, segment, 0, description->geometry.plane_count, mask, size, job->threads,
                                   &job->error));
    done++;
  }
  work_stop_clock(job, start, (double)(done != 0 ? done : 1));
  return DSEG_OK;
}

static dseg_status run_segment(struct job *job) {
  dseg_source *source = NULL;
  DSEG_TRY(work_open(job, &source));
  const size_t size = work_plane_voxels(source) * dseg_source_description(source)->geometry.plane_count;
  uint8_t *mask = malloc(size);
  if (mask != NULL) {
    memset(mask, 1, size); /* the pages are there before the clock runs */
  }
  const dseg_status status = mask == NULL ? work_out_of_memory(job, size) : read_segments(job, source, mask, size);
  free(mask);
  dseg_source_close(source);
  return status;
}

/* again: the planes are read a second time, and that is timed. */
static dseg_status touch_labels(struct job *job, bool again) {
  dseg_source *source = NULL;
  DSEG_TRY(work_open(job, &source));
  const dseg_description *description = dseg_source_description(source);
  struct labels labels = {.bits = work_bits_for(source)};
  labels.size = description->geometry.plane_count * work_plane_voxels(source) * (labels.bits / 8);
  struct start start = work_start_clock();
  labels.data = malloc(labels.size);
  dseg_status status = labels.data == NULL ? work_out_of_memory(job, labels.size) : DSEG_OK;
  if (status == DSEG_OK) {
    memset(labels.data, 1, labels.size);
  }
  if (again && status == DSEG_OK) {
    const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                        .plane_count = description->geometry.plane_count,
                                        .bits = labels.bits,
                                        .overlap = DSEG_OVERLAP_LAST,
                                        .threads = job->threads};
    start = work_start_clock();
    status = dseg_source_read_labels(source, &request, labels.data, labels.size, NULL, &job->error);
  }
  work_stop_clock(job, start, 1);
  free(labels.data);
  dseg_source_close(source);
  return status;
}

static dseg_status run_touch(struct job *job) {
  return touch_labels(job, false);
}

static dseg_status run_again(struct job *job) {
  return touch_labels(job, true);
}

static const struct {
  const char *name;
  dseg_status (*run)(struct job *);
} jobs[] = {{"open", run_open},
            {"labels", run_labels},
            {"plane", run_plane},
            {"segment", run_segment},
            {"read", work_read},
            {"inflate", work_inflate},
            {"copy", work_copy},
            {"touch", run_touch},
            {"again", run_again},
            {"write", work_write},
            {"statistics", run_statistics},
            {"digest", run_digest},
            {"instance-plane", work_instance_plane},
            {"instance", work_instance}};

static int run_named(const char *name, struct job *job) {
  for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
    if (strcmp(name, jobs[i].name) != 0) {
      continue;
    }
    if (jobs[i].run(job) != DSEG_OK) {
      fprintf(stderr, "work: error: %s\n", job->error.message);
      return 1;
    }
    printf("{\"seconds\": %.9f, \"cpu_seconds\": %.9f, \"peak_bytes\": %llu, \"version\": \"%s\"", job->seconds,
           job->cpu_seconds, job->peak_bytes, dseg_version());
    if (job->has_checksum) {
      printf(", \"checksum\": \"%08" PRIx32 "\", \"checksum_reversed\": \"%08" PRIx32 "\"", job->checksum,
             job->checksum_reversed);
    }
    printf("}\n");
    return 0;
  }
  fprintf(stderr, "work: unknown job %s\n", name);
  return 2;
}

int main(int argc, char **argv) {
  static const struct option options[] = {{"threads", required_argument, NULL, 't'},
                                          {"check", no_argument, NULL, 'c'},
                                          {"context", no_argument, NULL, 'x'},
                                          {NULL, 0, NULL, 0}};
  struct job job = {0};
  int option;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
    if (option == 't') {
      job.threads = (unsigned)strtoul(optarg, NULL, 10);
    } else if (option == 'c') {
      job.check = true;
    } else if (option == 'x') {
      job.context = true;
    } else {
      return 2;
    }
  }
  if (argc - optind < 2) {
    fprintf(stderr,
            "usage: work open|labels|plane|segment|statistics|digest|read|copy|touch|again|inflate|write FILE... "
            "[--threads N] "
            "[--check] [--context]\n");
    return 2;
  }
  job.arguments = argv + optind + 1;
  job.argument_count = argc - optind - 1;
  if (dseg_register_proposals(&job.error) != DSEG_OK ||
      dseg_load_plugins(getenv("DSEG_PLUGIN_PATH"), &job.error) != DSEG_OK) {
    fprintf(stderr, "work: error: %s\n", job.error.message);
    return 1;
  }
  return run_named(argv[optind], &job);
}
