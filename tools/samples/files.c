/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - files of a set of samples. The set is hidden until it is complete, and so are they. */
#include <errno.h>
#include <string.h>

#include "cli/images.h"
#include "cli/uid.h"
#include "os/os.h"
#include "samples/dicom_edit.h"
#include "samples/samples.h"

dseg_status samples_write_file(const samples_job *job, const char *name, const dseg_buffer *bytes, dseg_error *error) {
  char path[SAMPLES_PATH];
  const dseg_output output = dseg_output_to_file(samples_path(job, name, path), 0, NULL);
  return dseg_output_put(&output, (dseg_view){bytes->data, bytes->size}, error);
}

FILE *samples_open_file(const samples_job *job, const char *name, dseg_error *error) {
  char path[SAMPLES_PATH];
  FILE *stream = os_open(samples_path(job, name, path), "wb");
  if (stream == NULL) {
    dseg_fail(error, DSEG_ERROR_OUTPUT, "%s: cannot be created: %s", path, strerror(errno));
  }
  return stream;
}

dseg_status samples_close_file(const samples_job *job, const char *name, FILE *stream, dseg_error *error) {
  char path[SAMPLES_PATH];
  const bool bad = ferror(stream) != 0;
  if (fclose(stream) != 0 || bad) {
    return dseg_fail(error, DSEG_ERROR_OUTPUT, "%s: cannot be written", samples_path(job, name, path));
  }
  return DSEG_OK;
}

static dseg_status change(const samples_edit *edit, const char *name, dseg_view base, dseg_data_set *set,
                          dseg_buffer *out, dseg_error *error) {
  char syntax[65];
  char uid[65];
  dseg_view pixels = {NULL, 0};
  DSEG_TRY(edit_read(set, base, syntax, &pixels, error));
  cli_uid_from_text(name, uid);
  dseg_data_set_put_text(set, 0x00080018, "UI", uid); /* SOP Instance UID */
  for (size_t i = 0; edit->changes[i] != NULL; i++) {
    DSEG_TRY(edit_apply(set, edit->changes[i], error));
  }
  DSEG_TRY(edit_write(set, edit->syntax != NULL ? edit->syntax : syntax, pixels, out, error));
  return edit->change_bytes != NULL ? edit->change_bytes(set, out, out->size - pixels.size, edit->context, error)
                                    : DSEG_OK;
}

int samples_edit_file(const samples_job *job, const samples_edit *edit, const char *name) {
  char path[SAMPLES_PATH];
  dseg_buffer base = {0};
  dseg_buffer bytes = {0};
  dseg_data_set *set = NULL;
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = cli_read_file(samples_path(job, edit->base, path), &base, &error);
  if (status == DSEG_OK) {
    status = dseg_data_set_create(&set, &error);
  }
  if (status == DSEG_OK) {
    status = change(edit, name, (dseg_view){base.data, base.size}, set, &bytes, &error);
  }
  if (status == DSEG_OK) {
    status = samples_write_file(job, name, &bytes, &error);
  }
  dseg_data_set_destroy(set);
  dseg_buffer_free(&base);
  dseg_buffer_free(&bytes);
  return status == DSEG_OK ? CLI_OK : cli_fail(name, status, &error);
}
