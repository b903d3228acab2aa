/* volume_open.c - finds which research format a file is in, from its content, and opens it. */
#include <stdlib.h>
#include <string.h>

#include "base/inflate.h"
#include "formats/text.h"
#include "formats/volume.h"
#include "sources/source.h"

typedef dseg_status (*volume_reader)(const dseg_volume_file *, const dseg_open_options *, dseg_volume_content *,
                                     dseg_error *);

static volume_reader find_reader(dseg_view head) {
  if (dseg_is_gzip(head) || dseg_nifti_recognise(head)) {
    return dseg_nifti_read;
  }
  if (dseg_nrrd_recognise(head)) {
    return dseg_nrrd_read;
  }
  return dseg_metaimage_recognise(head) ? dseg_metaimage_read : NULL;
}

static dseg_status read_volume(volume_reader reader, const dseg_volume_file *file, const dseg_open_options *options,
                               dseg_source **source, dseg_error *error) {
  dseg_volume_content content = {.description = dseg_description_create()};
  if (content.description == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a description");
  }
  dseg_status status = reader(file, options, &content, error);
  if (status == DSEG_OK) {
    status = dseg_volume_load(&content, options, source, error);
  }
  free(content.raw.block);
  dseg_description_destroy(content.description);
  return status;
}

static dseg_status open_recognised(const dseg_volume_file *file, const dseg_open_options *options, dseg_source **source,
                                   dseg_error *error) {
  uint8_t head[1024];
  size_t got = 0;
  DSEG_TRY(dseg_volume_file_peek(file, 0, head, sizeof head, &got, error));
  const volume_reader reader = find_reader((dseg_view){head, got});
  return reader != NULL ? read_volume(reader, file, options, source, error) : DSEG_OK;
}

static dseg_status open_named(const char *path, const dseg_open_options *options, dseg_source **source,
                              dseg_error *error) {
  dseg_volume_file file;
  DSEG_TRY(dseg_volume_file_open(path, &file, error));
  const dseg_status status = open_recognised(&file, options, source, error);
  dseg_volume_file_close(&file);
  return status;
}

/* The voxels of a NIfTI pair say nothing about themselves: foo.img is opened through foo.hdr. */
static dseg_status open_pair(const char *path, const dseg_open_options *options, dseg_source **source,
                             dseg_error *error) {
  char *header = dseg_text_join(path, strlen(path) - strlen("img"), "hdr");
  if (header == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
  }
  dseg_volume_file file;
  dseg_status status = DSEG_OK;
  if (dseg_volume_file_open(header, &file, NULL) == DSEG_OK) {
    status = open_recognised(&file, options, source, error);
    dseg_volume_file_close(&file);
  }
  free(header);
  return status;
}

dseg_status dseg_open_volume(const char *path, const dseg_open_options *options, dseg_source **source,
                             dseg_error *error) {
  *source = NULL;
  DSEG_TRY(open_named(path, options, source, error));
  if (*source == NULL && dseg_text_has_suffix(path, ".img")) {
    return open_pair(path, options, source, error);
  }
  return DSEG_OK;
}
