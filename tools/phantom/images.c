/* SPDX-License-Identifier: Apache-2.0 */
/* images.c - the files of a phantom's CT series: they wait in a hidden directory until all is complete. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/guard.h"
#include "os/os.h"
#include "phantom/phantom.h"

enum { STAGE_NAME = 80, IMAGE_NAME = 24 };

static int fail_memory(void) {
  cli_error(NULL, "out of memory");
  return CLI_INPUT;
}

static int check_directory(const phantom_series *series) {
  const char *directory = series->directory;
  const bool is_directory = os_is_directory(directory);
  if (!series->exists || (is_directory && (series->replace || os_is_empty_directory(directory)))) {
    return CLI_OK;
  }
  cli_error(directory, "is no empty directory%s", is_directory ? "; --force writes into it and replaces images" : "");
  return CLI_OUTPUT;
}

int phantom_series_begin(phantom_series *series, const char *directory, bool replace) {
  const size_t length = os_directory_length(directory);
  *series = (phantom_series){.directory = malloc(length + 1), .replace = replace};
  if (series->directory == NULL) {
    return fail_memory();
  }
  (void)snprintf(series->directory, length + 1, "%s", directory);
  series->exists = os_exists(series->directory);
  const int code = check_directory(series);
  if (code != CLI_OK) {
    return code;
  }
  const size_t size = length + STAGE_NAME;
  const size_t parent = (size_t)(os_path_name(series->directory) - series->directory);
  char *place = malloc(size);
  series->stage = malloc(size);
  if (place == NULL || series->stage == NULL) {
    free(place);
    return fail_memory();
  }
  (void)snprintf(place, size, "%.*s%s", (int)(series->exists ? length : parent), series->directory,
                 series->exists ? "/" : "");
  const int number = os_make_stage(place, series->stage, size, cli_guard);
  free(place);
  if (number != 0) {
    cli_error(directory, "cannot be made: %s", strerror(number));
    return CLI_OUTPUT;
  }
  return CLI_OK;
}

/* The path of an image; the caller's, NULL when out of memory. */
static char *name_image(const char *directory, size_t index) {
  const size_t size = strlen(directory) + IMAGE_NAME;
  char *path = malloc(size);
  if (path != NULL) {
    (void)snprintf(path, size, "%s/" PHANTOM_IMAGE_NAME, directory, index + 1);
  }
  return path;
}

dseg_status phantom_series_add(phantom_series *series, const dseg_buffer *bytes, dseg_error *error) {
  char *path = name_image(series->stage, series->count);
  dseg_status status = DSEG_OK;
  if (path == NULL || !cli_guard(path)) {
    status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  } else {
    const dseg_output output = dseg_output_to_file(path, 0, NULL);
    status = dseg_output_put(&output, (dseg_view){bytes->data, bytes->size}, error);
    series->count += status == DSEG_OK ? 1 : 0;
  }
  free(path);
  return status;
}

/* It goes when nothing is put into it. */
static dseg_status make_directory(const char *directory, dseg_error *error) {
  if (!cli_guard(directory)) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  const int number = os_make_directory(directory);
  return number == 0 ? DSEG_OK
                     : dseg_fail(error, DSEG_ERROR_OUTPUT, "%s: cannot be made: %s", directory, strerror(number));
}

dseg_status phantom_series_join(const phantom_series *series, dseg_output_set *set, dseg_error *error) {
  dseg_status status = series->exists ? DSEG_OK : make_directory(series->directory, error);
  for (size_t i = 0; status == DSEG_OK && i < series->count; i++) {
    char *from = name_image(series->stage, i);
    char *path = name_image(series->directory, i);
    status = from != NULL && path != NULL
                 ? dseg_output_set_adopt(set, from, path, series->replace ? DSEG_OUTPUT_REPLACE : 0, error)
                 : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
    free(from);
    free(path);
  }
  return status;
}

void phantom_series_end(phantom_series *series) {
  if (series->stage != NULL) {
    os_remove_directory(series->stage);
  }
  free(series->stage);
  free(series->directory);
  *series = (phantom_series){0};
}

void phantom_remove_further_images(const char *directory, size_t count) {
  for (bool more = true; more; count++) {
    char *path = name_image(directory, count);
    more = path != NULL && os_exists(path);
    if (more) {
      os_remove(path);
    }
    free(path);
  }
}
