/* SPDX-License-Identifier: Apache-2.0 */
/* metaimage_write.c - writes MetaImage: .mha, or .mhd with its data in a .raw or .zraw file beside it. */
#include <stdlib.h>
#include <string.h>

#include "base/deflate.h"
#include "base/os/system.h"
#include "formats/text.h"
#include "formats/volume_output.h"

static const char *type_name(unsigned bits) {
  return bits == 8    ? "MET_UCHAR"
         : bits == 16 ? "MET_USHORT"
         : bits == 32 ? "MET_UINT"
         : bits == 64 ? "MET_DOUBLE"
                      : "MET_FLOAT";
}

static dseg_status append_numbers(dseg_buffer *out, const char *key, const double *numbers, size_t count,
                                  dseg_error *error) {
  DSEG_TRY(dseg_buffer_printf(out, error, "%s =", key));
  for (size_t i = 0; i < count; i++) {
    DSEG_TRY(dseg_buffer_append(out, " ", 1, error));
    DSEG_TRY(dseg_text_append_number(out, numbers[i], error));
  }
  return dseg_buffer_append(out, "\n", 1, error);
}

static dseg_status append_geometry(const dseg_grid *grid, dseg_buffer *out, dseg_error *error) {
  double directions[9];
  double spacing[3];
  for (size_t axis = 0; axis < 3; axis++) {
    spacing[axis] = dseg_grid_spacing(grid, axis);
    for (size_t i = 0; i < 3; i++) {
      directions[3 * axis + i] = grid->step[axis][i] / spacing[axis];
    }
  }
  DSEG_TRY(append_numbers(out, "TransformMatrix", directions, 9, error));
  DSEG_TRY(append_numbers(out, "Offset", grid->origin, 3, error));
  DSEG_TRY(append_numbers(out, "CenterOfRotation", (const double[3]){0, 0, 0}, 3, error));
  return append_numbers(out, "ElementSpacing", spacing, 3, error);
}

/* compressed: bytes of the compressed data, 0 when it is not. */
static dseg_status append_header(const dseg_volume_output *output, size_t compressed, const char *data_name,
                                 dseg_buffer *out, dseg_error *error) {
  const dseg_volume *volume = output->volume;
  const bool is_big = *(const uint8_t *)&(uint16_t){1} == 0;
  DSEG_TRY(dseg_buffer_printf(out, error,
                              "ObjectType = Image\nNDims = 3\nBinaryData = True\n"
                              "BinaryDataByteOrderMSB = %s\nCompressedData = %s\n",
                              is_big ? "True" : "False", output->is_compressed ? "True" : "False"));
  if (output->is_compressed) {
    DSEG_TRY(dseg_buffer_printf(out, error, "CompressedDataSize = %zu\n", compressed));
  }
  DSEG_TRY(append_geometry(&volume->grid, out, error));
  return dseg_buffer_printf(out, error, "DimSize = %zu %zu %zu\nElementType = %s\nElementDataFile = %s\n",
                            volume->grid.size[0], volume->grid.size[1], volume->grid.size[2], type_name(volume->bits),
                            data_name != NULL ? data_name : "LOCAL");
}

static dseg_status write_view(const dseg_volume_output *output, const void *user, const dseg_byte_sink *sink,
                              dseg_error *error) {
  return dseg_volume_write_raw(output, *(const dseg_view *)user, sink, error);
}

static dseg_status write_files(const dseg_volume_output *output, dseg_view data, const char *data_name,
                               dseg_error *error) {
  dseg_buffer header = {0};
  const dseg_os_locale locale = dseg_os_locale_enter();
  dseg_status status = append_header(output, data.size, data_name, &header, error);
  dseg_os_locale_leave(locale);
  if (status == DSEG_OK) {
    const dseg_view view = {header.data, header.size};
    status = data_name != NULL ? dseg_volume_write_pair(output, view, data_name, write_view, &data, error)
                               : dseg_volume_write_file(output, view, write_view, &data, error);
  }
  dseg_buffer_free(&header);
  return status;
}

/* The header states the compressed size: compression comes first. */
static dseg_status write_data(const dseg_volume_output *output, const char *data_name, dseg_error *error) {
  const dseg_view voxels = {output->volume->voxels, output->bytes};
  if (!output->is_compressed) {
    return write_files(output, voxels, data_name, error);
  }
  dseg_buffer compressed = {0};
  const dseg_byte_sink sink = dseg_buffer_sink(&compressed);
  const dseg_deflate_options options = dseg_volume_deflate_options(output);
  dseg_status status = dseg_deflate_write(DSEG_ZLIB, (dseg_view){NULL, 0}, voxels, &options, &sink, error);
  if (status == DSEG_OK) {
    dseg_volume_output silent = *output;
    silent.progress = (dseg_progress){NULL, NULL};
    status = write_files(&silent, (dseg_view){compressed.data, compressed.size}, data_name, error);
  }
  dseg_buffer_free(&compressed);
  return status;
}

dseg_status dseg_metaimage_write(const dseg_volume_output *output, dseg_error *error) {
  if (output->volume->layer_count > 1) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "MetaImage holds one volume, not %zu layers: write .seg.nrrd or .nii.gz",
                     output->volume->layer_count);
  }
  if (!output->is_detached) {
    return write_data(output, NULL, error);
  }
  char *data_name = dseg_volume_data_name(output, output->is_compressed ? ".zraw" : ".raw");
  if (data_name == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
  }
  const dseg_status status = write_data(output, data_name, error);
  free(data_name);
  return status;
}
