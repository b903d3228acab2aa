/* dseg_bench.c - one piece of work of libdseg in a process of its own, timed from inside.
 *
 *   dseg_bench open FILE               open only
 *   dseg_bench labels FILE [THREADS]   open and read all planes into one label map
 *   dseg_bench plane FILE [THREADS]    after opening: planes at random, one at a time; the mean is given
 *   dseg_bench segment FILE [THREADS]  after opening: segments' masks, all planes of each; the mean is given
 *   dseg_bench read FILE               the limit: plain read() of as many bytes as the file's Pixel Data has
 *
 * Prints one JSON object: seconds, peak_bytes, checksum (CRC-32) of the label map's bytes. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dseg/dseg.h"
#include "measure.h"
#include "proposals.h"

struct job {
  const char *path;
  unsigned threads;
  dseg_error error;
  double seconds;
  uint32_t checksum;
};

/* CRC-32 as zlib and Python's zlib.crc32 have it, so that peers' results can be compared. */
static uint32_t checksum_of(const uint8_t *bytes, size_t size) {
  uint32_t table[256];
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; bit++) {
      value = (value & 1) != 0 ? UINT32_C(0xEDB88320) ^ (value >> 1) : value >> 1;
    }
    table[i] = value;
  }
  uint32_t crc = UINT32_MAX;
  for (size_t i = 0; i < size; i++) {
    crc = table[(crc ^ bytes[i]) & 0xFF] ^ (crc >> 8);
  }
  return ~crc;
}

static dseg_status open_job(struct job *job, dseg_source **source) {
  const dseg_open_options options = {.threads = job->threads};
  return dseg_open(job->path, &options, source, &job->error);
}

static size_t plane_voxels(const dseg_source *source) {
  const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
  return (size_t)geometry->rows * geometry->columns;
}

static unsigned bits_for(const dseg_source *source) {
  const dseg_description *description = dseg_source_description(source);
  const size_t count = description->segment_count;
  return count == 0 || description->segments[count - 1].number < 256 ? 8 : 16;
}

static dseg_status run_open(struct job *job) {
  dseg_source *source = NULL;
  const double start = bench_seconds();
  DSEG_TRY(open_job(job, &source));
  job->seconds = bench_seconds() - start;
  dseg_source_close(source);
  return DSEG_OK;
}

static dseg_status run_labels(struct job *job) {
  dseg_source *source = NULL;
  const double start = bench_seconds();
  DSEG_TRY(open_job(job, &source));
  const size_t planes = dseg_source_description(source)->geometry.plane_count;
  const unsigned bits = bits_for(source);
  const size_t size = planes * plane_voxels(source) * (bits / 8);
  uint8_t *labels = malloc(size);
  if (labels == NULL) {
    dseg_source_close(source);
    return dseg_fail(&job->error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes", size);
  }
  const dseg_label_request request = {
      .plane_count = planes, .bits = bits, .overlap = DSEG_OVERLAP_LAST, .threads = job->threads};
  const dseg_status status = dseg_source_read_labels(source, &request, labels, size, NULL, &job->error);
  job->seconds = bench_seconds() - start;
  if (status == DSEG_OK) {
    job->checksum = checksum_of(labels, size);
  }
  free(labels);
  dseg_source_close(source);
  return status;
}

/* A fixed sequence, so that every run asks for the same planes. */
static size_t next_random(uint64_t *state) {
  *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (size_t)(*state >> 33);
}

static dseg_status read_planes(struct job *job, dseg_source *source, uint8_t *labels, size_t size, unsigned bits) {
  enum { ROUNDS = 64 };
  const size_t planes = dseg_source_description(source)->geometry.plane_count;
  uint64_t state = 1;
  const double start = bench_seconds();
  for (int i = 0; i < ROUNDS; i++) {
    const dseg_label_request request = {.first_plane = next_random(&state) % planes,
                                        .plane_count = 1,
                                        .bits = bits,
                                        .overlap = DSEG_OVERLAP_LAST,
                                        .threads = job->threads};
    DSEG_TRY(dseg_source_read_labels(source, &request, labels, size, NULL, &job->error));
    job->checksum ^= labels[size / 2];
  }
  job->seconds = (bench_seconds() - start) / ROUNDS;
  return DSEG_OK;
}

static dseg_status run_plane(struct job *job) {
  dseg_source *source = NULL;
  DSEG_TRY(open_job(job, &source));
  const unsigned bits = bits_for(source);
  const size_t size = plane_voxels(source) * (bits / 8);
  uint8_t *labels = malloc(size);
  const dseg_status status = labels == NULL
                                 ? dseg_fail(&job->error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes", size)
                                 : read_planes(job, source, labels, size, bits);
  free(labels);
  dseg_source_close(source);
  return status;
}

static dseg_status read_segments(struct job *job, dseg_source *source, uint8_t *mask, size_t size) {
  const dseg_description *description = dseg_source_description(source);
  const size_t step = description->segment_count > 16 ? description->segment_count / 16 : 1;
  size_t rounds = 0;
  const double start = bench_seconds();
  for (size_t segment = 0; segment < description->segment_count; segment += step) {
    DSEG_TRY(dseg_source_read_mask(source, segment, 0, description->geometry.plane_count, mask, size, job->threads,
                                   &job->error));
    job->checksum ^= mask[size / 2];
    rounds++;
  }
  job->seconds = (bench_seconds() - start) / (double)(rounds != 0 ? rounds : 1);
  return DSEG_OK;
}

static dseg_status run_segment(struct job *job) {
  dseg_source *source = NULL;
  DSEG_TRY(open_job(job, &source));
  const size_t size = plane_voxels(source) * dseg_source_description(source)->geometry.plane_count;
  uint8_t *mask = malloc(size);
  if (mask != NULL) {
    memset(mask, 1, size); /* the pages are there before the clock runs */
  }
  const dseg_status status = mask == NULL
                                 ? dseg_fail(&job->error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes", size)
                                 : read_segments(job, source, mask, size);
  free(mask);
  dseg_source_close(source);
  return status;
}

static dseg_status read_all(struct job *job, int descriptor, uint8_t *bytes, size_t size) {
  size_t done = 0;
  while (done < size) {
    const ssize_t count = read(descriptor, bytes + done, size - done);
    if (count <= 0) {
      return dseg_fail(&job->error, DSEG_ERROR_INPUT, "%s: cannot be read", job->path);
    }
    done += (size_t)count;
  }
  return DSEG_OK;
}

static dseg_status run_read(struct job *job) {
  dseg_source *source = NULL;
  DSEG_TRY(open_job(job, &source));
  dseg_encoding_info info;
  dseg_source_encoding(source, &info);
  dseg_source_close(source);
  const size_t size = (size_t)info.pixel_data_bytes;
  const int descriptor = open(job->path, O_RDONLY);
  if (descriptor < 0) {
    return dseg_fail(&job->error, DSEG_ERROR_INPUT, "%s: cannot be opened", job->path);
  }
  const double start = bench_seconds();
  uint8_t *bytes = malloc(size);
  const dseg_status status = bytes == NULL
                                 ? dseg_fail(&job->error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes", size)
                                 : read_all(job, descriptor, bytes, size);
  job->seconds = bench_seconds() - start;
  free(bytes);
  (void)close(descriptor);
  return status;
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    dseg_status (*run)(struct job *);
  } jobs[] = {
      {"open", run_open}, {"labels", run_labels}, {"plane", run_plane}, {"segment", run_segment}, {"read", run_read}};
  if (argc < 3) {
    fprintf(stderr, "usage: dseg_bench open|labels|plane|segment|read FILE [THREADS]\n");
    return 2;
  }
  struct job job = {.path = argv[2], .threads = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0};
  if (dseg_register_proposals(&job.error) != DSEG_OK || dseg_load_plugins(&job.error) != DSEG_OK) {
    fprintf(stderr, "dseg_bench: error: %s\n", job.error.message);
    return 1;
  }
  for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
    if (strcmp(argv[1], jobs[i].name) != 0) {
      continue;
    }
    if (jobs[i].run(&job) != DSEG_OK) {
      fprintf(stderr, "dseg_bench: error: %s\n", job.error.message);
      return 1;
    }
    printf("{\"seconds\": %.6f, \"peak_bytes\": %llu, \"checksum\": \"%08" PRIx32 "\"}\n", job.seconds,
           bench_peak_bytes(), job.checksum);
    return 0;
  }
  fprintf(stderr, "dseg_bench: unknown job %s\n", argv[1]);
  return 2;
}
