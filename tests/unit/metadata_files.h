/* SPDX-License-Identifier: Apache-2.0 */
/* metadata_files.h - what the tests of dcmqi's JSON have in common: a file in the working directory, segments,
 * warnings. */
#ifndef DSEG_TESTS_METADATA_FILES_H
#define DSEG_TESTS_METADATA_FILES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/dseg.h"

static inline void put_file(const char *name, const char *text) {
  FILE *file = fopen(name, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
  assert_int_equal(fclose(file), 0);
}

/* A description with segments of these numbers, labelled "old". */
static inline dseg_description *make_description(const uint32_t *numbers, size_t count) {
  dseg_description *description = dseg_description_create();
  assert_non_null(description);
  description->segments = dseg_description_alloc(description, count * sizeof *description->segments);
  description->segment_count = count;
  for (size_t i = 0; i < count; i++) {
    description->segments[i].number = numbers[i];
    description->segments[i].label = "old";
  }
  return description;
}

struct warnings {
  unsigned count;
  char last[1000];
};

static inline void on_warning(void *user, const char *message) {
  struct warnings *warnings = user;
  warnings->count++;
  snprintf(warnings->last, sizeof warnings->last, "%s", message);
}

#endif
