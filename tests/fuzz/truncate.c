/* SPDX-License-Identifier: Apache-2.0 */
/* truncate.c - cuts files: at every byte when they are small, at many points when they are not. Each piece must be
 * refused with a message.
 *
 * usage: truncate dicom|volume|metadata FILE|DIRECTORY... */
#include "exercise.h"
#include "files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL = 6000, POINTS = 1500 };

static dseg_status (*exercise)(const uint8_t *data, size_t size, dseg_error *error);
static size_t failures;

/* Size without what may be cut: white space at the end of text, the padding byte of a deflated data set. */
static size_t needed_size(const uint8_t *data, size_t size) {
  while (size > 0 && (data[size - 1] == '\n' || data[size - 1] == ' ')) {
    size--;
  }
  const bool dicom = size > 132 && memcmp(data + 128, "DICM", 4) == 0;
  static const char deflated[] = "1.2.840.10008.1.2.1.99";
  for (size_t i = 132; dicom && i + sizeof deflated < size && i < 600; i++) {
    if (memcmp(data + i, deflated, sizeof deflated - 1) == 0 && data[size - 1] == 0) {
      return size - 1;
    }
  }
  return size;
}

static void run(const char *name, const uint8_t *data, size_t size) {
  dseg_error error = {0};
  const dseg_status whole = exercise(data, size, &error);
  if (whole == DSEG_ERROR_UNSUPPORTED && strstr(error.message, "DSEG_WITH_") != NULL) {
    printf("skipped: cut %s: %s\n", name, error.message); /* this build lacks a library */
    return;
  }
  if (whole != DSEG_OK) {
    fprintf(stderr, "%s: refused as a whole: %s\n", name, error.message);
    failures++;
    return;
  }
  const size_t needed = needed_size(data, size);
  const size_t step = size <= SMALL ? 1 : size / POINTS + 1;
  for (size_t cut = 0; cut < needed; cut += step) {
    /* A block of its own size, so that sanitizers notice a read behind it. */
    uint8_t *piece = malloc(cut > 0 ? cut : 1);
    if (piece == NULL) {
      abort();
    }
    memcpy(piece, data, cut);
    error = (dseg_error){0};
    const dseg_status status = exercise(piece, cut, &error);
    if (status == DSEG_OK || error.message[0] == '\0') {
      fprintf(stderr, "%s: cut to %zu of %zu bytes: %s\n", name, cut, size, dseg_status_text(status));
      failures++;
    }
    free(piece);
  }
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fputs("usage: truncate dicom|volume|metadata FILE|DIRECTORY...\n", stderr);
    return 2;
  }
  exercise = strcmp(argv[1], "dicom") == 0    ? exercise_dicom
             : strcmp(argv[1], "volume") == 0 ? exercise_volume
                                              : exercise_metadata;
  size_t count = 0;
  for (int i = 2; i < argc; i++) {
    count += files_each(argv[i], run);
  }
  printf("%zu files cut, %zu failures\n", count, failures);
  return count > 0 && failures == 0 ? 0 : 1;
}
