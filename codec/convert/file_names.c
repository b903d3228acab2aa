/* SPDX-License-Identifier: Apache-2.0 */
/* file_names.c - names of files that stand for the segments of one output. */
#include "convert/file_names.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "dseg/formats.h"

enum { SLUG_LENGTH = 40 };

/* Letters and digits of ASCII in lower case, everything else a hyphen, none doubled or at an end. */
static void make_slug(const char *label, char slug[SLUG_LENGTH + 1]) {
  size_t length = 0;
  for (; *label != '\0' && length < SLUG_LENGTH; label++) {
    const unsigned char c = (unsigned char)*label;
    if (c < 0x80 && isalnum(c) != 0) {
      slug[length++] = (char)tolower(c);
    } else if (length > 0 && slug[length - 1] != '-') {
      slug[length++] = '-';
    }
  }
  while (length > 0 && slug[length - 1] == '-') {
    length--;
  }
  slug[length] = '\0';
}

char *dseg_convert_name_segment(const char *path, const dseg_segment *segment) {
  char slug[SLUG_LENGTH + 1];
  make_slug(segment->label, slug);
  const size_t stem = dseg_volume_stem(path);
  const size_t size = strlen(path) + SLUG_LENGTH + 16;
  char *name = malloc(size);
  if (name != NULL) {
    snprintf(name, size, "%.*s-%" PRIu32 "%s%s%s", (int)stem, path, segment->number, slug[0] != '\0' ? "-" : "", slug,
             path + stem);
  }
  return name;
}

char *dseg_convert_name_counted(const char *path, const char *suffix, size_t number) {
  const size_t stem = dseg_volume_stem(path);
  const char *end = path[stem] != '\0' || suffix == NULL ? path + stem : suffix;
  const size_t size = strlen(path) + strlen(end) + 32;
  char *name = malloc(size);
  if (name != NULL) {
    snprintf(name, size, "%.*s%s%zu%s", (int)stem, path, *dseg_path_name(path) != '\0' ? "-" : "", number, end);
  }
  return name;
}
