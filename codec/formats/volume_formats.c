/* SPDX-License-Identifier: Apache-2.0 */
/* volume_formats.c - the table of research formats, and what file names say of them. */
#include "formats/volume_formats.h"

#include <string.h>

#include "formats/text.h"

#define POINTER(kind) &(kind),

const dseg_volume_kind *const dseg_volume_kinds[] = {DSEG_VOLUME_ROWS(POINTER) NULL};

const dseg_volume_kind *dseg_volume_find(const char *path, const dseg_volume_suffix **suffix) {
  const dseg_volume_kind *found = NULL;
  size_t longest = 0;
  for (const dseg_volume_kind *const *kind = dseg_volume_kinds; path != NULL && *kind != NULL; kind++) {
    for (const dseg_volume_suffix *candidate = (*kind)->suffixes; candidate->text != NULL; candidate++) {
      const size_t length = strlen(candidate->text);
      if (length > longest && (dseg_text_equal(path, candidate->text) || dseg_text_has_suffix(path, candidate->text))) {
        found = *kind;
        *suffix = candidate;
        longest = length;
      }
    }
  }
  return found;
}

const dseg_volume_format *dseg_volume_format_of(const char *path) {
  const dseg_volume_suffix *suffix = NULL;
  const dseg_volume_kind *kind = dseg_volume_find(path, &suffix);
  return kind != NULL && (suffix->flags & DSEG_SUFFIX_READ_ONLY) == 0 ? &kind->format : NULL;
}

size_t dseg_volume_stem(const char *path) {
  const dseg_volume_suffix *suffix = NULL;
  const size_t length = strlen(path);
  const size_t stem = dseg_volume_find(path, &suffix) != NULL ? length - strlen(suffix->text) : length;
  return stem > 0 && path[stem - 1] != '/' ? stem : length;
}

const char *dseg_volume_suffix_at(size_t index) {
  for (const dseg_volume_kind *const *kind = dseg_volume_kinds; *kind != NULL; kind++) {
    for (const dseg_volume_suffix *suffix = (*kind)->suffixes; suffix->text != NULL; suffix++) {
      if ((suffix->flags & DSEG_SUFFIX_READ_ONLY) == 0 && index-- == 0) {
        return suffix->text;
      }
    }
  }
  return NULL;
}

bool dseg_is_dicom_name(const char *path) {
  static const char *const suffixes[] = {".dcm", ".DCM", ".seg"};
  const size_t length = path != NULL ? strlen(path) : 0;
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
    const size_t size = strlen(suffixes[i]);
    if (length >= size && strcmp(path + length - size, suffixes[i]) == 0) {
      return true;
    }
  }
  return false;
}
