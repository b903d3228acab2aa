/* SPDX-License-Identifier: Apache-2.0 */
/* same_source.h - what opens from one place opens from every other, as the same segmentation or with the same failure.
 *
 * Fixtures call it for whatever they open. */
#ifndef DSEG_TESTS_SAME_SOURCE_H
#define DSEG_TESTS_SAME_SOURCE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above. */
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "dseg/source.h"
#include "support/trial_reader.h"

#define SAME_FIRST 300
#define SAME_EVERY 61
#define SAME_VOXELS ((size_t)1 << 20) /* more are not compared */

/* All planes as labels of 32 bits; NULL where they cannot be read. */
static inline uint32_t *labels_of(dseg_source *source, size_t *count) {
  const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
  *count = geometry->plane_count * geometry->rows * geometry->columns;
  if (*count > SAME_VOXELS) {
    return NULL;
  }
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                      .plane_count = geometry->plane_count,
                                      .bits = 32,
                                      .overlap = DSEG_OVERLAP_FIRST,
                                      .threads = 2};
  uint32_t *labels = malloc(*count * sizeof *labels);
  assert_non_null(labels);
  if (dseg_source_read_labels(source, &request, labels, *count * sizeof *labels, NULL, NULL) != DSEG_OK) {
    free(labels);
    return NULL;
  }
  return labels;
}

static inline void expect_same_source(dseg_source *a, dseg_source *b) {
  const dseg_description *x = dseg_source_description(a), *y = dseg_source_description(b);
  assert_string_equal(dseg_source_format(a), dseg_source_format(b));
  assert_int_equal(x->kind, y->kind);
  assert_int_equal(x->segment_count, y->segment_count);
  for (size_t i = 0; i < x->segment_count; i++) {
    assert_int_equal(x->segments[i].number, y->segments[i].number);
    assert_string_equal(x->segments[i].label, y->segments[i].label);
  }
  size_t count = 0, other_count = 0;
  uint32_t *labels = labels_of(a, &count), *others = labels_of(b, &other_count);
  assert_int_equal(count, other_count);
  assert_int_equal(labels == NULL, others == NULL);
  if (labels != NULL) {
    assert_memory_equal(labels, others, count * sizeof *labels);
  }
  free(labels);
  free(others);
}

/* Opens from input, which is used up, and expects what was found elsewhere: status, its message behind the name, and
 * with DSEG_OK a source like expected. */
static inline void expect_from_input(dseg_input *input, const dseg_open_options *options, dseg_status status,
                                     const char *message, dseg_source *expected) {
  dseg_source *source = NULL;
  dseg_error error = {DSEG_OK, ""};
  const dseg_status found = dseg_open_input(input, "name", options, &source, &error);
  if (found != DSEG_OK) {
    dseg_input_close(input);
  }
  if (found != status || (status != DSEG_OK && strstr(error.message, message) == NULL)) {
    fail_msg("%s: '%s' instead of %s: '%s'", dseg_status_text(found), error.message, dseg_status_text(status), message);
  }
  if (status == DSEG_OK) {
    expect_same_source(expected, source);
  }
  dseg_source_close(source);
}

/* The k-th read of an opening fails: so does the opening. */
static inline void expect_failures_of_reads(dseg_view bytes, const dseg_open_options *options) {
  size_t reads = SIZE_MAX;
  for (size_t k = 1; k <= reads && k <= 100; k++) {
    trial_reader trial = {.bytes = bytes, .fail_at = k};
    dseg_input *input = NULL;
    dseg_source *source = NULL;
    dseg_error error = {DSEG_OK, ""};
    assert_int_equal(trial_open(&trial, &input), DSEG_OK);
    const dseg_status status = dseg_open_input(input, "name", options, &source, &error);
    reads = trial.reads;
    if (reads < k) { /* it needs no more reads than that */
      if (status != DSEG_OK) {
        dseg_input_close(input);
      }
    } else if (status != DSEG_ERROR_INPUT || strstr(error.message, "the trial ends here") == NULL) {
      fail_msg("read %zu fails: %s: '%s'", k, dseg_status_text(status), error.message);
    } else {
      assert_int_equal(trial.closed, 0);
      dseg_input_close(input);
    }
    dseg_source_close(source);
    assert_int_equal(trial.closed, 1);
  }
}

/* Opens bytes from memory, and from readers that give all at once, piece by piece, late, and not at all; and from a
 * file. message: of the failure, without the name in front. Tests that open thousands of inputs do so for the first
 * SAME_FIRST of them, and then for one in SAME_EVERY. */
static inline void expect_same_everywhere(dseg_view bytes, const dseg_open_options *given, dseg_status status,
                                          const char *message, dseg_source *expected) {
  static size_t calls;
  if (++calls > SAME_FIRST && calls % SAME_EVERY != 0) {
    return;
  }
  dseg_open_options options = given != NULL ? *given : (dseg_open_options){.struct_size = sizeof(dseg_open_options)};
  options.warnings = (dseg_warning_sink){NULL, NULL};
  trial_reader trials[] = {{.bytes = bytes}, {.bytes = bytes, .most = 7, .late = 50}, {.bytes = bytes, .most = 1000}};
  dseg_input *input = NULL;
  assert_int_equal(dseg_input_from_memory(bytes, &input, NULL), DSEG_OK);
  expect_from_input(input, &options, status, message, expected);
  for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
    assert_int_equal(trial_open(&trials[i], &input), DSEG_OK);
    expect_from_input(input, &options, status, message, expected);
    assert_int_equal(trials[i].closed, 1);
  }
  FILE *file = tmpfile();
  assert_non_null(file);
  assert_true(bytes.size == 0 || fwrite(bytes.data, 1, bytes.size, file) == bytes.size);
  assert_int_equal(fflush(file), 0);
  assert_int_equal(dseg_input_from_descriptor(fileno(file), 0, &input, NULL), DSEG_OK);
  fclose(file);
  expect_from_input(input, &options, status, message, expected);
  if (status == DSEG_OK) {
    expect_failures_of_reads(bytes, &options);
  }
}

#endif
