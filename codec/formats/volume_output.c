/* volume_output.c - files of volumes: one, or a header and its data, that appear when they are complete. */
#include "formats/volume_output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

dseg_status dseg_volume_write_file(const dseg_volume_output *output, dseg_view header, dseg_data_writer write_data,
                                   const void *user, dseg_error *error) {
  dseg_output_file *file = NULL;
  DSEG_TRY(dseg_output_create(output->path, output->replace, &file, error));
  const dseg_byte_sink sink = dseg_file_sink(file);
  dseg_status status = header.size != 0 ? sink.write(sink.user, header.data, header.size, error) : DSEG_OK;
  if (status == DSEG_OK) {
    status = write_data(output, user, &sink, error);
  }
  if (status != DSEG_OK) {
    dseg_output_abandon(file);
    return status;
  }
  return dseg_output_join(output->set, file, false, error);
}

static dseg_status write_both(const dseg_volume_output *output, dseg_view header, dseg_data_writer write_data,
                              const void *user, dseg_output_file *header_file, dseg_output_file *data_file,
                              dseg_error *error) {
  DSEG_TRY(dseg_output_write(header_file, header.data, header.size, error));
  const dseg_byte_sink sink = dseg_file_sink(data_file);
  return write_data(output, user, &sink, error);
}

/* A name in the directory of path. */
static char *beside(const char *path, const char *name) {
  const char *slash = strrchr(path, '/');
  return dseg_text_join(path, slash != NULL ? (size_t)(slash - path) + 1 : 0, name);
}

dseg_status dseg_volume_write_pair(const dseg_volume_output *output, dseg_view header, const char *data_name,
                                   dseg_data_writer write_data, const void *user, dseg_error *error) {
  char *data_path = beside(output->path, data_name);
  if (data_path == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
  }
  dseg_output_file *header_file = NULL;
  dseg_output_file *data_file = NULL;
  dseg_status status = dseg_output_create(output->path, output->replace, &header_file, error);
  if (status == DSEG_OK) {
    status = dseg_output_create(data_path, output->replace, &data_file, error);
  }
  if (status == DSEG_OK) {
    status = write_both(output, header, write_data, user, header_file, data_file, error);
  }
  if (status == DSEG_OK) {
    /* For a moment, data without a header is better than a header without data. */
    dseg_output_file *files[2] = {data_file, header_file};
    status = dseg_output_join_all(output->set, files, 2, false, error);
  } else {
    dseg_output_abandon(header_file);
    dseg_output_abandon(data_file);
  }
  free(data_path);
  return status;
}

char *dseg_volume_data_name(const dseg_volume_output *output, const char *suffix) {
  const char *slash = strrchr(output->path, '/');
  const char *name = slash != NULL ? slash + 1 : output->path;
  const char *dot = strrchr(name, '.');
  return dseg_text_join(name, dot != NULL ? (size_t)(dot - name) : strlen(name), suffix);
}

double dseg_grid_spacing(const dseg_grid *grid, size_t axis) {
  const double *step = grid->step[axis];
  return sqrt(step[0] * step[0] + step[1] * step[1] + step[2] * step[2]);
}
