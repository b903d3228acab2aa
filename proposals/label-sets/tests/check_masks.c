/* SPDX-License-Identifier: Apache-2.0 */
/* check_masks.c - a folder of masks that overlap, as people have them, to label sets and back: every voxel of every
 * mask, and the bytes beside BINARY.
 *
 * usage: check_masks DIRECTORY [FOLD]    FOLD: how many times smaller than BINARY the object has to be, with Label Edge
 * Ends with 77 where the directory is not there. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dseg/convert.h"
#include "dseg/dseg.h"
#include "dseg/proposals.h"

enum { MOST_FILES = 200, SKIPPED = 77 };

static void stop(const char *what, const dseg_error *error) {
  fprintf(stderr, "%s: %s\n", what, error != NULL ? error->message : strerror(errno));
  exit(1);
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Paths of the volumes in a directory, by name. */
static size_t list_files(const char *directory, char *paths[MOST_FILES]) {
  size_t count = 0;
  DIR *opened = opendir(directory);
  if (opened == NULL) {
    printf("skipped: %s: %s\n", directory, strerror(errno));
    exit(SKIPPED);
  }
  for (struct dirent *entry = readdir(opened); entry != NULL && count < MOST_FILES; entry = readdir(opened)) {
    if (strstr(entry->d_name, ".nii") == NULL) {
      continue;
    }
    const size_t size = strlen(directory) + strlen(entry->d_name) + 2;
    paths[count] = malloc(size);
    if (paths[count] == NULL) {
      stop("memory", NULL);
    }
    snprintf(paths[count++], size, "%s/%s", directory, entry->d_name);
  }
  closedir(opened);
  qsort(paths, count, sizeof *paths, compare_names);
  return count;
}

static dseg_buffer write(dseg_source *masks, const char *representation, const char *codec) {
  dseg_buffer bytes = {0};
  dseg_error error = {0};
  const dseg_output output = dseg_output_to_buffer(&bytes);
  const dseg_convert_options options = {.struct_size = sizeof options,
                                        .representation = representation,
                                        .frame_codec = codec,
                                        .format = "dicom",
                                        .threads = 1};
  if (dseg_write(masks, &output, &options, NULL, &error) != DSEG_OK) {
    stop(representation, &error);
  }
  printf("%-10s %-14s %9zu bytes\n", representation, codec, bytes.size);
  return bytes;
}

/* Every mask of the source is one of the object's, in the same order. */
static void compare(dseg_source *masks, dseg_source *object) {
  const dseg_description *before = dseg_source_description(masks);
  const dseg_description *after = dseg_source_description(object);
  const size_t size = (size_t)before->geometry.rows * before->geometry.columns * before->geometry.plane_count;
  uint8_t *expected = malloc(size);
  uint8_t *found = malloc(size);
  dseg_error error = {0};
  if (expected == NULL || found == NULL) {
    stop("memory", NULL);
  }
  if (after->segment_count != before->segment_count || after->geometry.plane_count != before->geometry.plane_count) {
    fprintf(stderr, "%zu segments in %zu planes instead of %zu in %zu\n", after->segment_count,
            after->geometry.plane_count, before->segment_count, before->geometry.plane_count);
    exit(1);
  }
  for (size_t i = 0; i < before->segment_count; i++) {
    if (dseg_source_read_mask(masks, i, 0, before->geometry.plane_count, expected, size, 1, &error) != DSEG_OK ||
        dseg_source_read_mask(object, i, 0, before->geometry.plane_count, found, size, 1, &error) != DSEG_OK) {
      stop("a mask", &error);
    }
    if (memcmp(expected, found, size) != 0) {
      fprintf(stderr, "segment %u is another one\n", (unsigned)after->segments[i].number);
      exit(1);
    }
  }
  free(expected);
  free(found);
}

int main(int argc, char **argv) {
  char *paths[MOST_FILES];
  dseg_error error = {0};
  dseg_source *masks = NULL;
  dseg_source *object = NULL;
  if (argc < 2) {
    fprintf(stderr, "usage: check_masks DIRECTORY [FOLD]\n");
    return 2;
  }
  const size_t count = list_files(argv[1], paths);
  const double fold = argc > 2 ? strtod(argv[2], NULL) : 1;
  if (dseg_register_proposals(&error) != DSEG_OK ||
      dseg_open_many((const char *const *)paths, count, NULL, &masks, &error) != DSEG_OK) {
    stop(argv[1], &error);
  }
  dseg_buffer sets = write(masks, "label-sets", "label-edge");
  dseg_buffer binary = write(masks, "binary", "label-edge");
  if (dseg_open_memory((dseg_view){sets.data, sets.size}, "label sets", NULL, &object, &error) != DSEG_OK) {
    stop("label sets", &error);
  }
  printf("%zu masks: %s\n", count, dseg_source_encoding(object)->summary);
  printf("%.1f %% of BINARY, %.2f times smaller\n", 100.0 * (double)sets.size / (double)binary.size,
         (double)binary.size / (double)sets.size);
  compare(masks, object);
  dseg_source_close(object);
  dseg_source_close(masks);
  const bool small = (double)sets.size * fold <= (double)binary.size;
  if (!small) {
    fprintf(stderr, "not %.1f times smaller than BINARY\n", fold);
  }
  dseg_buffer_free(&sets);
  dseg_buffer_free(&binary);
  for (size_t i = 0; i < count; i++) {
    free(paths[i]);
  }
  return small ? 0 : 1;
}
