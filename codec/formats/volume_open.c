/* SPDX-License-Identifier: Apache-2.0 */
/* volume_open.c - finds which research format an input is in, from its content, and opens it. */
#include <stdlib.h>
#include <string.h>

#include "formats/text.h"
#include "formats/volume_data.h"
#include "formats/volume_formats.h"
#include "formats/volume_passing.h"
#include "formats/volume_voxels.h"
#include "sources/source.h"

#define HEAD_BYTES 1024

static const dseg_volume_kind *find_kind(dseg_view head) {
  for (const dseg_volume_kind *const *kind = dseg_volume_kinds; *kind != NULL; kind++) {
    if ((*kind)->recognise != NULL && (*kind)->recognise(head)) {
      return *kind;
    }
  }
  return NULL;
}

static dseg_status read_volume(const dseg_volume_kind *kind, const dseg_input *input, const dseg_open_options *options,
                               dseg_source **source, dseg_error *error) {
  dseg_volume_content content = {.description = dseg_description_create()};
  if (content.description == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a description");
  }
  dseg_status status = kind->open(input, options, &content, error);
  if (status == DSEG_OK) {
    status = dseg_volume_load(&content, options, source, error);
  }
  free(content.raw.block);
  if (content.raw.looked != NULL) {
    dseg_volume_values_free(content.raw.looked);
    free(content.raw.looked);
  }
  dseg_passing_destroy(content.raw.passing);
  dseg_description_destroy(content.description);
  return status;
}

static dseg_status open_recognised(const dseg_input *input, const dseg_open_options *options, dseg_source **source,
                                   dseg_error *error) {
  uint8_t head[HEAD_BYTES];
  size_t got = 0;
  DSEG_TRY(dseg_input_peek(input, 0, head, sizeof head, &got, error));
  const dseg_volume_kind *kind = find_kind((dseg_view){head, got});
  return kind != NULL ? read_volume(kind, input, options, source, error) : DSEG_OK;
}

/* The voxels of a NIfTI pair say nothing about themselves: foo.img is opened through foo.hdr. */
static dseg_status open_pair(const char *path, const dseg_open_options *options, dseg_source **source,
                             dseg_error *error) {
  char *name = dseg_text_join(path, strlen(path) - strlen("img"), "hdr");
  if (name == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
  }
  dseg_input *header = NULL;
  dseg_status status = dseg_volume_open_file(name, options, &header, error);
  free(name);
  if (status != DSEG_OK) { /* without a header beside it the file is of no known kind */
    return status == DSEG_ERROR_MEMORY ? status : DSEG_OK;
  }
  status = open_recognised(header, options, source, error);
  dseg_input_close(header);
  return status;
}

dseg_status dseg_open_volume(const dseg_input *input, const dseg_open_options *options, dseg_source **source,
                             dseg_error *error) {
  *source = NULL;
  DSEG_TRY(open_recognised(input, options, source, error));
  const char *path = dseg_input_path(input);
  if (*source == NULL && path != NULL && dseg_text_has_suffix(path, ".img")) {
    return open_pair(path, options, source, error);
  }
  return DSEG_OK;
}
