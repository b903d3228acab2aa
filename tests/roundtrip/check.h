/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - counts failed expectations, each told with what was being done. */
#ifndef DSEG_TESTS_CHECK_H
#define DSEG_TESTS_CHECK_H

#include <stdbool.h>

#include "truth.h"

/* What is being done, in front of every message; check_failures counts. One thread only. */
extern char check_context[200];
extern unsigned check_failures;

bool check_that(bool condition, const char *file, int line, const char *format, ...) DSEG_PRINTF(4, 5);
#define CHECK(condition, ...) check_that((condition), __FILE__, __LINE__, __VA_ARGS__)
#define CHECK_OK(call, error) CHECK((call) == DSEG_OK, "%s: %s", #call, (error).message)

/* How the object was written. */
typedef struct written_object {
  const truth_volume *truth;
  const dseg_representation *representation;
  const dseg_frame_codec *codec;
  dseg_empty_frames empty_frames;
  const dseg_option_value *option; /* of the representation; NULL: none */
} written_object;

/* An opened object beside its truth. */
typedef struct opened_object {
  const written_object *written;
  dseg_source *source;
  const dseg_description *description;
  size_t *plane_of; /* the truth's plane for each plane read */
} opened_object;

/* Both NULL, or the same. */
bool check_same_text(const char *a, const char *b);

/* Compares what is told of the encoding, and the stored frames, with the truth. */
void check_frames(const opened_object *reading);

/* Opens path and compares everything that can be asked for with the truth. */
void check_read(const char *path, const written_object *written);

/* Validates path, an object of the standard. */
void check_valid(const char *path, const written_object *written);

#endif
