/* SPDX-License-Identifier: Apache-2.0 */
/* nrrd_write.c - writes NRRD files, attached and detached, with or without segments (.seg.nrrd). */
#include <stdlib.h>
#include <string.h>

#include "base/deflate.h"
#include "base/os/system.h"
#include "formats/seg_nrrd.h"
#include "formats/text.h"
#include "formats/volume_output.h"

static dseg_status append_text(dseg_buffer *out, const char *text, dseg_error *error) {
  return dseg_buffer_append(out, text, strlen(text), error);
}

static dseg_status append_vector(dseg_buffer *out, const double vector[3], dseg_error *error) {
  for (size_t i = 0; i < 3; i++) {
    DSEG_TRY(append_text(out, i == 0 ? "(" : ",", error));
    DSEG_TRY(dseg_text_append_number(out, vector[i], error));
  }
  return append_text(out, ")", error);
}

static const char *type_name(unsigned bits) {
  return bits == 8    ? "unsigned char"
         : bits == 16 ? "unsigned short"
         : bits == 32 ? "unsigned int"
         : bits == 64 ? "double"
                      : "float";
}

/* Several layers are a list as the first, fastest axis. */
static dseg_status append_axes(const dseg_volume *volume, dseg_buffer *out, dseg_error *error) {
  const bool has_list = volume->layer_count > 1;
  DSEG_TRY(dseg_buffer_printf(out, error, "dimension: %d\nspace: left-posterior-superior\nsizes:", has_list ? 4 : 3));
  if (has_list) {
    DSEG_TRY(dseg_buffer_printf(out, error, " %zu", volume->layer_count));
  }
  for (size_t axis = 0; axis < 3; axis++) {
    DSEG_TRY(dseg_buffer_printf(out, error, " %zu", volume->grid.size[axis]));
  }
  DSEG_TRY(append_text(out, has_list ? "\nspace directions: none" : "\nspace directions:", error));
  for (size_t axis = 0; axis < 3; axis++) {
    DSEG_TRY(append_text(out, " ", error));
    DSEG_TRY(append_vector(out, volume->grid.step[axis], error));
  }
  return dseg_buffer_printf(out, error, "\nkinds: %sdomain domain domain\n", has_list ? "list " : "");
}

static dseg_status append_header(const dseg_volume_output *output, bool with_segments, const char *data_name,
                                 dseg_buffer *out, dseg_error *error) {
  const dseg_volume *volume = output->volume;
  const bool is_big = *(const uint8_t *)&(uint16_t){1} == 0;
  DSEG_TRY(dseg_buffer_printf(out, error, "NRRD0004\ntype: %s\n", type_name(volume->bits)));
  DSEG_TRY(append_axes(volume, out, error));
  DSEG_TRY(dseg_buffer_printf(out, error, "endian: %s\nencoding: %s\nspace origin: ", is_big ? "big" : "little",
                              output->is_compressed ? "gzip" : "raw"));
  DSEG_TRY(append_vector(out, volume->grid.origin, error));
  DSEG_TRY(append_text(out, "\n", error));
  if (data_name != NULL) {
    DSEG_TRY(dseg_buffer_printf(out, error, "data file: %s\n", data_name));
  }
  if (with_segments) {
    DSEG_TRY(dseg_seg_nrrd_write(volume, out, error));
  }
  return append_text(out, "\n", error);
}

/* The layers voxel by voxel, as the list axis wants them; malloc'd. */
static dseg_status interleave(const dseg_volume_output *output, uint8_t **voxels, dseg_error *error) {
  const size_t layers = output->volume->layer_count;
  const size_t size = output->voxel_bytes;
  uint8_t *out = malloc(output->bytes);
  if (out == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes", output->bytes);
  }
  for (size_t layer = 0; layer < layers; layer++) {
    const uint8_t *from = (const uint8_t *)output->volume->voxels + layer * output->layer_voxels * size;
    uint8_t *to = out + layer * size;
    for (size_t i = 0; i < output->layer_voxels; i++) {
      memcpy(to + i * layers * size, from + i * size, size);
    }
  }
  *voxels = out;
  return DSEG_OK;
}

static dseg_status write_voxels(const dseg_volume_output *output, const void *user, const dseg_byte_sink *sink,
                                dseg_error *error) {
  (void)user;
  uint8_t *interleaved = NULL;
  if (output->volume->layer_count > 1) {
    DSEG_TRY(interleave(output, &interleaved, error));
  }
  const dseg_view data = {interleaved != NULL ? interleaved : output->volume->voxels, output->bytes};
  const dseg_deflate_options options = dseg_volume_deflate_options(output);
  const dseg_status status = output->is_compressed
                                 ? dseg_deflate_write(DSEG_GZIP, (dseg_view){NULL, 0}, data, &options, sink, error)
                                 : dseg_volume_write_raw(output, data, sink, error);
  free(interleaved);
  return status;
}

static dseg_status write_files(const dseg_volume_output *output, bool with_segments, const char *data_name,
                               dseg_error *error) {
  dseg_buffer header = {0};
  const dseg_os_locale locale = dseg_os_locale_enter();
  dseg_status status = append_header(output, with_segments, data_name, &header, error);
  dseg_os_locale_leave(locale);
  if (status == DSEG_OK) {
    const dseg_view view = {header.data, header.size};
    status = data_name != NULL ? dseg_volume_write_pair(output, view, data_name, write_voxels, NULL, error)
                               : dseg_volume_write_file(output, view, write_voxels, NULL, error);
  }
  dseg_buffer_free(&header);
  return status;
}

dseg_status dseg_nrrd_write(const dseg_volume_output *output, bool with_segments, dseg_error *error) {
  if (with_segments && dseg_volume_has_fractions(output->volume)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "seg.nrrd holds labels, not fractions: write these as .nrrd or .nii.gz");
  }
  if (!output->is_detached) {
    return write_files(output, with_segments, NULL, error);
  }
  char *data_name = dseg_volume_data_name(output, output->is_compressed ? ".raw.gz" : ".raw");
  if (data_name == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
  }
  const dseg_status status = write_files(output, with_segments, data_name, error);
  free(data_name);
  return status;
}
