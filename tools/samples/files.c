/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - files of a set of samples: written under another name first, or made by changing another file. */
#include <stdlib.h>
#include <string.h>

#include "os/os.h"
#include "samples/samples.h"

static void part_path(const samples_job *job, const char *name, char path[SAMPLES_PATH]) {
  char part[SAMPLES_NAME + 8];
  snprintf(part, sizeof part, "%s.part", name);
  samples_path(job, part, path);
}

FILE *samples_open_file(const samples_job *job, const char *name, dseg_error *error) {
  char path[SAMPLES_PATH];
  part_path(job, name, path);
  FILE *stream = os_open(path, "wb");
  if (stream == NULL) {
    dseg_fail(error, DSEG_ERROR_OUTPUT, "%s cannot be created", path);
  }
  return stream;
}

dseg_status samples_close_file(const samples_job *job, const char *name, FILE *stream, dseg_error *error) {
  char path[SAMPLES_PATH];
  char part[SAMPLES_PATH];
  samples_path(job, name, path);
  part_path(job, name, part);
  const bool bad = ferror(stream) != 0;
  if (fclose(stream) != 0 || bad || os_rename(part, path) != 0) {
    os_remove(part);
    return dseg_fail(error, DSEG_ERROR_OUTPUT, "%s cannot be written", path);
  }
  return DSEG_OK;
}

static dseg_status read_file(const samples_job *job, const char *name, dseg_buffer *bytes, dseg_error *error) {
  enum { PIECE = 1 << 16 };
  char path[SAMPLES_PATH];
  samples_path(job, name, path);
  FILE *stream = os_open(path, "rb");
  if (stream == NULL) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "%s cannot be read", path);
  }
  dseg_status status = DSEG_OK;
  for (size_t got = 1; status == DSEG_OK && got > 0;) {
    status = dseg_buffer_reserve(bytes, PIECE, error);
    got = status == DSEG_OK ? fread(bytes->data + bytes->size, 1, PIECE, stream) : 0;
    bytes->size += got;
  }
  if (status == DSEG_OK && ferror(stream) != 0) {
    status = dseg_fail(error, DSEG_ERROR_INPUT, "%s cannot be read", path);
  }
  fclose(stream);
  return status;
}

static void make_uid(const char *name, char uid[65]) {
  uint8_t digest[DSEG_SHA256_SIZE];
  dseg_sha256 hash;
  dseg_sha256_start(&hash);
  dseg_sha256_add(&hash, name, strlen(name));
  dseg_sha256_finish(&hash, digest);
  samples_uid_from_digest(digest, uid);
}

/* SOP Instance UID, here and in the file meta information. */
static dseg_status set_identity(edit_node *file, const char *name, dseg_error *error) {
  char uid[65];
  char change[96];
  make_uid(name, uid);
  snprintf(change, sizeof change, "00020003 UI %s", uid);
  DSEG_TRY(edit_apply(file, change, error));
  snprintf(change, sizeof change, "00080018 UI %s", uid);
  return edit_apply(file, change, error);
}

static dseg_status change_bytes(const samples_edit *edit, const char *name, dseg_view bytes, dseg_buffer *out,
                                dseg_error *error) {
  edit_node file;
  dseg_status status = edit_read(bytes, &file, error);
  if (status == DSEG_OK) {
    status = set_identity(&file, name, error);
  }
  for (size_t i = 0; status == DSEG_OK && edit->changes[i] != NULL; i++) {
    status = edit_apply(&file, edit->changes[i], error);
  }
  if (status == DSEG_OK && edit->change_tree != NULL) {
    status = edit->change_tree(&file, edit->context, error);
  }
  if (status == DSEG_OK) {
    status = edit_write(&file, out, error);
  }
  edit_free(&file);
  out->size -= out->size * (100 - edit->kept_percent) / 100;
  return status;
}

int samples_edit_file(const samples_job *job, const samples_edit *edit, const char *name) {
  dseg_buffer base = {0};
  dseg_buffer bytes = {0};
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = read_file(job, edit->base, &base, &error);
  if (status == DSEG_OK) {
    status = change_bytes(edit, name, (dseg_view){base.data, base.size}, &bytes, &error);
  }
  if (status == DSEG_OK) {
    FILE *stream = samples_open_file(job, name, &error);
    status = stream != NULL ? DSEG_OK : DSEG_ERROR_OUTPUT;
    if (stream != NULL) {
      fwrite(bytes.data, 1, bytes.size, stream); /* a failure is seen when the file is closed */
      status = samples_close_file(job, name, stream, &error);
    }
  }
  dseg_buffer_free(&base);
  dseg_buffer_free(&bytes);
  return status == DSEG_OK ? CLI_OK : cli_fail(name, status, &error);
}
