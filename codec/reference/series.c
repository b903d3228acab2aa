/* SPDX-License-Identifier: Apache-2.0 */
/* series.c - which images are of one series, and which of them speaks for the segmentation.
 *
 * Several series are several paths that the caller names, so that nobody gets the images of a whole study by chance,
 * and the first is known that gives patient, study and grid. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/reference.h"

size_t dseg_reference_count_images(const dseg_reference_set *set) {
  size_t count = 0;
  while (count < set->file_count && set->files[count].series_uid != NULL) {
    count++;
  }
  return count;
}

/* An image while series are told apart. */
struct entry {
  const dseg_reference_file *file;
  size_t index;
};

static int by_series(const void *a, const void *b) {
  const struct entry *x = a;
  const struct entry *y = b;
  const int order = strcmp(x->file->series_uid, y->file->series_uid);
  return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

/* Appends "modality, description (uid): n files" of the series of a path that has the first file of it there at index.
 */
static void list_series(const dseg_reference_set *set, size_t images, size_t index, char *text, size_t size) {
  const dseg_reference_file *file = &set->files[index];
  size_t count = 0;
  for (size_t i = index; i < images; i++) {
    const dseg_reference_file *other = &set->files[i];
    count += other->named_path == file->named_path && other->series == file->series ? 1 : 0;
  }
  const size_t used = strlen(text);
  snprintf(text + used, size - used, "; %s %s (%s): %zu file%s", file->modality != NULL ? file->modality : "?",
           file->series_description != NULL ? file->series_description : "without description", file->series_uid, count,
           count == 1 ? "" : "s");
}

/* Files of one path follow each other. */
static dseg_status check_path(const dseg_reference_set *set, size_t images, size_t begin, size_t end,
                              dseg_error *error) {
  char text[800] = "";
  size_t series = 0;
  for (size_t i = begin; i < end; i++) {
    size_t earlier = begin;
    while (set->files[earlier].series != set->files[i].series) {
      earlier++;
    }
    if (earlier == i) {
      series++;
      list_series(set, images, i, text, sizeof text);
    }
    if (series > 1 && strlen(text) + 1 == sizeof text) {
      break;
    }
  }
  return series <= 1 ? DSEG_OK
                     : dseg_fail(error, DSEG_ERROR_FORMAT,
                                 "the reference has images of several series in one directory: name the files or the "
                                 "directory of each that counts, first the one that gives patient, study and grid%s",
                                 text);
}

dseg_status dseg_reference_number_series(dseg_reference_set *set, dseg_error *error) {
  const size_t images = dseg_reference_count_images(set);
  struct entry *entries = calloc(images + 1, sizeof *entries);
  if (entries == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu images", images);
  }
  for (size_t i = 0; i < images; i++) {
    entries[i] = (struct entry){&set->files[i], i};
  }
  qsort(entries, images, sizeof *entries, by_series);
  for (size_t i = 0; i < images; i++) {
    const bool again = i > 0 && strcmp(entries[i].file->series_uid, entries[i - 1].file->series_uid) == 0;
    set->files[entries[i].index].series = again ? set->files[entries[i - 1].index].series : entries[i].index;
  }
  free(entries);
  dseg_status status = DSEG_OK;
  for (size_t begin = 0, end = 0; status == DSEG_OK && begin < images; begin = end) {
    while (end < images && set->files[end].named_path == set->files[begin].named_path) {
      end++;
    }
    status = check_path(set, images, begin, end, error);
  }
  return status;
}

/* A lossy image of the leading series, or of another. */
static size_t find_lossy(const dseg_reference_set *set, const dseg_identity *patient, bool leading) {
  const size_t images = dseg_reference_count_images(set);
  for (size_t i = 0; i < images; i++) {
    const char *other = set->files[i].identity.patient_id;
    const bool same = patient->patient_id == NULL || (other != NULL && strcmp(patient->patient_id, other) == 0);
    if (set->files[i].lossy && same && (set->files[i].series == set->files[0].series) == leading) {
      return i;
    }
  }
  return SIZE_MAX;
}

size_t dseg_reference_context_file(const dseg_reference_set *set, size_t patient) {
  const size_t lossy = find_lossy(set, &set->files[patient].identity, true);
  return lossy != SIZE_MAX ? lossy : patient;
}

size_t dseg_reference_lossy_file(const dseg_reference_set *set, size_t speaker) {
  return set->files[speaker].lossy ? SIZE_MAX : find_lossy(set, &set->files[speaker].identity, false);
}
