/* SPDX-License-Identifier: Apache-2.0 */
/* copies.c - images that were found more than once: copies of a file, and directories that were named twice.
 *
 * They have one SOP Instance UID and one place. Anonymisers that give all images one UID leave their places apart, so
 * that these stay. */
#include <stdlib.h>
#include <string.h>

#include "reference/reference.h"

/* A frame while copies are looked for. */
struct entry {
  const dseg_reference_frame *frame;
  const dseg_reference_file *file;
};

static int compare_numbers(int64_t a, int64_t b) {
  return (a > b) - (a < b);
}

/* By what tells images apart. */
static int compare_images(const struct entry *x, const struct entry *y) {
  int order = strcmp(x->file->sop_instance_uid, y->file->sop_instance_uid);
  order = order != 0 ? order : compare_numbers((int64_t)x->frame->number, (int64_t)y->frame->number);
  order = order != 0 ? order : compare_numbers(x->file->number, y->file->number);
  order = order != 0 ? order : compare_numbers(x->frame->has_position, y->frame->has_position);
  order = order != 0 ? order : compare_numbers((int64_t)x->frame->matrix_row, (int64_t)y->frame->matrix_row);
  order = order != 0 ? order : compare_numbers((int64_t)x->frame->matrix_column, (int64_t)y->frame->matrix_column);
  for (int i = 0; order == 0 && i < 3; i++) {
    order = (x->frame->position[i] > y->frame->position[i]) - (x->frame->position[i] < y->frame->position[i]);
  }
  return order;
}

/* Of copies, the one that was found first comes first. */
static int compare_entries(const void *a, const void *b) {
  const struct entry *x = a;
  const struct entry *y = b;
  const int order = compare_images(x, y);
  return order != 0 ? order : (x->frame > y->frame) - (x->frame < y->frame);
}

dseg_status dseg_reference_drop_copies(dseg_reference_set *set, dseg_error *error) {
  struct entry *entries = calloc(set->frame_count + 1, sizeof *entries);
  uint8_t *again = calloc(set->frame_count + 1, 1);
  if (entries == NULL || again == NULL) {
    free(entries);
    free(again);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu frames", set->frame_count);
  }
  size_t count = 0;
  for (size_t i = 0; i < set->frame_count; i++) {
    const dseg_reference_frame *frame = &set->frames[i];
    const dseg_reference_file *file = &set->files[frame->file];
    if (file->sop_instance_uid != NULL) {
      entries[count++] = (struct entry){frame, file};
    }
  }
  qsort(entries, count, sizeof *entries, compare_entries);
  for (size_t i = 1; i < count; i++) {
    again[entries[i].frame - set->frames] = compare_images(&entries[i - 1], &entries[i]) == 0;
  }
  size_t kept = 0;
  for (size_t i = 0; i < set->frame_count; i++) {
    if (again[i] == 0) {
      set->frames[kept++] = set->frames[i];
    }
  }
  set->frame_count = kept;
  free(entries);
  free(again);
  return DSEG_OK;
}
