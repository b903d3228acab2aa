/* SPDX-License-Identifier: Apache-2.0 */
/* volume_output.c - files of volumes: one, or a header and its data, that appear when they are complete. */
#include "formats/volume_output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "formats/text.h"

#define PIECE ((size_t)8 << 20)

dseg_deflate_options dseg_volume_deflate_options(const dseg_volume_output *output) {
  return (dseg_deflate_options){.level = output->level, .threads = output->threads, .progress = output->progress};
}

dseg_status dseg_volume_write_raw(const dseg_volume_output *output, dseg_view data, const dseg_byte_sink *sink,
                                  dseg_error *error) {
  for (size_t at = 0; at < data.size; at += PIECE) {
    if (output->progress.report != NULL) {
      output->progress.report(output->progress.user, at, data.size);
    }
    DSEG_TRY(sink->write(sink->user, data.data + at, data.size - at < PIECE ? data.size - at : PIECE, error));
  }
  if (output->progress.report != NULL) {
    output->progress.report(output->progress.user, data.size, data.size);
  }
  return DSEG_OK;
}

static dseg_status write_parts(const dseg_volume_output *output, dseg_view header, dseg_data_writer write_data,
                               const void *user, dseg_outlet *header_outlet, dseg_outlet *data_outlet,
                               dseg_error *error) {
  DSEG_TRY(dseg_outlet_write(header_outlet, header.data, header.size, error));
  const dseg_byte_sink sink = dseg_outlet_sink(data_outlet);
  return write_data(output, user, &sink, error);
}

/* After the last step that may fail for another reason: files without a set have their names. */
static dseg_status add_file(const dseg_volume_output *output, const char *path, uint64_t bytes, dseg_error *error) {
  dseg_volume_files *files = output->files;
  if (files == NULL) {
    return DSEG_OK;
  }
  char *copy = path != NULL ? dseg_text_join(path, strlen(path), "") : NULL;
  if (copy == NULL && path != NULL) {
    dseg_volume_files_free(files);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
  }
  files->paths[files->count] = copy;
  files->bytes[files->count++] = bytes;
  return DSEG_OK;
}

dseg_status dseg_volume_write_file(const dseg_volume_output *output, dseg_view header, dseg_data_writer write_data,
                                   const void *user, dseg_error *error) {
  dseg_outlet outlet = {.is_open = false};
  DSEG_TRY(dseg_outlet_open(&outlet, output->to, error));
  const dseg_status status = write_parts(output, header, write_data, user, &outlet, &outlet, error);
  if (status != DSEG_OK) {
    dseg_outlet_abandon(&outlet);
    return status;
  }
  const uint64_t bytes = outlet.written;
  DSEG_TRY(dseg_outlet_complete(&outlet, 1, error));
  return add_file(output, output->to->path, bytes, error);
}

/* A name in the directory of path. */
static char *beside(const char *path, const char *name) {
  return dseg_text_join(path, dseg_path_directory(path), name);
}

dseg_status dseg_volume_write_pair(const dseg_volume_output *output, dseg_view header, const char *data_name,
                                   dseg_data_writer write_data, const void *user, dseg_error *error) {
  /* The data gets its name first: for a moment, data without a header is better than a header without data. */
  dseg_outlet outlets[2] = {{.is_open = false}, {.is_open = false}};
  dseg_output data = *output->to;
  char *data_path = beside(output->to->path, data_name);
  if (data_path == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
  }
  data.path = data_path;
  dseg_status status = dseg_outlet_open(&outlets[1], output->to, error);
  if (status == DSEG_OK) {
    status = dseg_outlet_open(&outlets[0], &data, error);
  }
  if (status == DSEG_OK) {
    status = write_parts(output, header, write_data, user, &outlets[1], &outlets[0], error);
  }
  const uint64_t bytes[2] = {outlets[0].written, outlets[1].written};
  if (status == DSEG_OK) {
    status = dseg_outlet_complete(outlets, 2, error);
  }
  if (status == DSEG_OK) {
    status = add_file(output, output->to->path, bytes[1], error);
  }
  if (status == DSEG_OK) {
    status = add_file(output, data_path, bytes[0], error);
  }
  dseg_outlet_abandon(&outlets[0]);
  dseg_outlet_abandon(&outlets[1]);
  free(data_path);
  return status;
}

char *dseg_volume_data_name(const dseg_volume_output *output, const char *suffix) {
  const char *name = dseg_path_name(output->to->path);
  const char *dot = strrchr(name, '.');
  return dseg_text_join(name, dot != NULL ? (size_t)(dot - name) : strlen(name), suffix);
}

double dseg_grid_spacing(const dseg_grid *grid, size_t axis) {
  const double *step = grid->step[axis];
  return sqrt(step[0] * step[0] + step[1] * step[1] + step[2] * step[2]);
}
