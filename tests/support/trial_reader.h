/* SPDX-License-Identifier: Apache-2.0 */
/* trial_reader.h - a dseg_reader over bytes in memory that gives them piece by piece, late, or not at all, and counts
 * what it is asked for. */
#ifndef DSEG_TESTS_TRIAL_READER_H
#define DSEG_TESTS_TRIAL_READER_H

#include <string.h>
#include <time.h>

#include "dseg/io.h"

typedef struct trial_reader {
  dseg_view bytes;
  size_t most;         /* bytes given at once; 0: all that is asked for */
  size_t late;         /* every so many reads one comes a moment late; 0: none */
  size_t fail_at;      /* the read that fails, from 1; 0: none */
  bool distant;        /* as in dseg_reader */
  size_t reads;        /* so far */
  uint64_t given;      /* bytes */
  uint64_t first, end; /* what was given lies between these offsets; first is UINT64_MAX at the beginning */
  unsigned closed;
} trial_reader;

static inline dseg_status trial_read_at(void *user, uint64_t offset, void *to, size_t size, size_t *got,
                                        dseg_error *error) {
  trial_reader *trial = (trial_reader *)user;
  trial->reads++;
  if (trial->late != 0 && trial->reads % trial->late == 0) {
    const struct timespec moment = {.tv_nsec = 50000};
    nanosleep(&moment, NULL);
  }
  if (trial->reads == trial->fail_at) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "the trial ends here"); /* which no input may pass on as it is */
  }
  if (size == 0 || offset >= trial->bytes.size || size > trial->bytes.size - offset) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "bytes are asked for that are not there");
  }
  *got = trial->most != 0 && size > trial->most ? 1 + (trial->most - 1) * (trial->reads % 2) : size;
  memcpy(to, trial->bytes.data + offset, *got);
  trial->given += *got;
  trial->first = offset < trial->first ? offset : trial->first;
  trial->end = offset + *got > trial->end ? offset + *got : trial->end;
  return DSEG_OK;
}

static inline void trial_close(void *user) {
  ((trial_reader *)user)->closed++;
}

/* An input of trial, which begins as given but for its counts. */
static inline dseg_status trial_open(trial_reader *trial, dseg_input **input) {
  trial->reads = 0;
  trial->given = 0;
  trial->first = UINT64_MAX;
  trial->end = 0;
  trial->closed = 0;
  const dseg_reader reader = {.struct_size = sizeof reader,
                              .size = trial->bytes.size,
                              .user = trial,
                              .read_at = trial_read_at,
                              .close = trial_close,
                              .distant = trial->distant};
  return dseg_input_from_reader(&reader, input, NULL);
}

#endif
