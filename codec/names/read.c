/* SPDX-License-Identifier: Apache-2.0 */
/* read.c - finds what kind of table a file is, from its content, and reads it. */
#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "dicom/charset_convert.h"
#include "names/table.h"

#define KINDS                                                                                                       \
  "JSON (dcmqi's, dataset.json of nnU-Net, metadata.json of MONAI, a label map), CSV or TSV with a column name or " \
  "label, lines \"1 liver\", or a colour table of FreeSurfer, ITK-SNAP or 3D Slicer"

static dseg_status fail_kind(const dseg_name_table *table, const char *what, dseg_error *error) {
  return dseg_name_table_fail(table, 0, error, "%s; a table of names is expected: " KINDS, what);
}

static dseg_status read_text(dseg_name_table *table, dseg_view bytes, dseg_error *error) {
  if (!dseg_is_utf8(bytes)) {
    return fail_kind(table, "is no text in UTF-8", error);
  }
  char *text = malloc(bytes.size + 1);
  if (text == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "%.300s: out of memory for names", table->path);
  }
  if (bytes.size > 0) {
    memcpy(text, bytes.data, bytes.size);
  }
  text[bytes.size] = '\0';
  bool is_known = false;
  table->has_lines = true;
  dseg_status status = dseg_name_table_read_delimited(table, text, &is_known, error);
  if (status == DSEG_OK && !is_known) {
    status = dseg_name_table_read_lines(table, text, &is_known, error);
  }
  free(text);
  return status == DSEG_OK && !is_known ? fail_kind(table, "holds no names that are understood", error) : status;
}

/* The first byte that is neither white space nor a byte order mark. */
static uint8_t first_of(dseg_view bytes) {
  size_t at = bytes.size >= 3 && memcmp(bytes.data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
  while (at < bytes.size && strchr(" \t\r\n", bytes.data[at]) != NULL) {
    at++;
  }
  return at < bytes.size ? bytes.data[at] : 0;
}

static dseg_status read_bytes(dseg_name_table *table, const dseg_input *input, dseg_error *error) {
  const uint64_t size = dseg_input_size(input);
  if (size > DSEG_NAMES_BYTES) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "%.300s: a table of names past 64 MiB is not read", table->path);
  }
  dseg_view bytes;
  uint8_t *block = NULL;
  dseg_status status = dseg_input_view(input, 0, (size_t)size, &bytes, &block, error);
  if (status != DSEG_OK) {
    dseg_error_prefix(error, table->path);
    return status;
  }
  const uint8_t first = first_of(bytes);
  if (first == '{' || first == '[') {
    status = dseg_name_table_read_json(table, input, error);
  } else {
    const size_t mark = bytes.size >= 3 && memcmp(bytes.data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    status = read_text(table, (dseg_view){bytes.data + mark, bytes.size - mark}, error);
  }
  free(block);
  return status == DSEG_OK && !table->is_dcmqi ? dseg_name_table_settle(table, error) : status;
}

static dseg_status read_path(dseg_name_table *table, dseg_error *error) {
  dseg_input *input = NULL;
  dseg_status status = dseg_input_from_file(table->path, DSEG_NAMES_BYTES, &input, error);
  if (status != DSEG_OK) {
    dseg_error_prefix(error, table->path);
    return status;
  }
  status = read_bytes(table, input, error);
  if (table->is_dcmqi) {
    table->input = input;
  } else {
    dseg_input_close(input);
  }
  return status;
}

static dseg_status check_terms(const dseg_name_table *table, dseg_error *error) {
  return dseg_term_count() > 0 ? DSEG_OK
                               : dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                                           "this build has no table of terms for \"%s\": it was configured with "
                                           "DSEG_WITH_TERMS=OFF",
                                           table->path);
}

/* FreeSurfer's numbers are the same in all its segmentations. */
static dseg_status take_freesurfer(dseg_name_table *table, dseg_error *error) {
  table->kind = "FreeSurfer's numbers, from the table of terms";
  table->role = DSEG_NAMES_CATALOGUE;
  table->takes_term_colors = true;
  for (size_t i = 0; i < dseg_term_count(); i++) {
    const dseg_term *term = dseg_term_at(i);
    if (term->catalogue != DSEG_TERMS_FREESURFER || term->number == 0) {
      continue;
    }
    dseg_name *name = dseg_name_table_add(table, i + 1, error);
    if (name == NULL) {
      return error->status;
    }
    name->has_number = true;
    name->number = term->number;
    name->segment.label = term->name;
  }
  return dseg_name_table_settle(table, error);
}

/* Of all other names the words stand for files. */
static dseg_status read_by_name(dseg_name_table *table, dseg_error *error) {
  if (strcmp(table->path, DSEG_NAMES_FREESURFER) == 0) {
    DSEG_TRY(check_terms(table, error));
    return take_freesurfer(table, error);
  }
  if (strcmp(table->path, DSEG_NAMES_BUILT_IN) == 0) {
    table->is_built_in = true;
    table->takes_term_colors = true;
    table->kind = "the table of terms";
    return check_terms(table, error);
  }
  return read_path(table, error);
}

dseg_status dseg_name_table_read(const char *path, const dseg_input *input, dseg_name_table **table,
                                 dseg_error *error) {
  dseg_name_table *read = dseg_name_table_create(path);
  *table = NULL;
  if (read == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "%.300s: out of memory for names", path);
  }
  const dseg_status status = input != NULL ? read_bytes(read, input, error) : read_by_name(read, error);
  if (status != DSEG_OK) {
    dseg_name_table_destroy(read);
    return status;
  }
  *table = read;
  return DSEG_OK;
}
