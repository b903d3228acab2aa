/* SPDX-License-Identifier: Apache-2.0 */
/* nifti_write.c - writes NIfTI-1 and NIfTI-2 as a single file, compressed or not, or as a pair of .hdr and .img. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/deflate.h"
#include "formats/nifti_extension.h"
#include "formats/nifti_header.h"
#include "formats/volume_output.h"

#define NIFTI1_LARGEST ((size_t)32767) /* dim is a short */
#define INTENT_LABEL 1002
#define SCANNER_ANATOMICAL 1 /* NIFTI_XFORM_SCANNER_ANAT */
#define ALIGNED 2            /* NIFTI_XFORM_ALIGNED_ANAT */

static void set_type(unsigned bits, dseg_nifti_header *header) {
  header->datatype = bits == 8    ? DSEG_NIFTI_UINT8
                     : bits == 16 ? DSEG_NIFTI_UINT16
                     : bits == 32 ? DSEG_NIFTI_UINT32
                     : bits == 64 ? DSEG_NIFTI_FLOAT64
                                  : DSEG_NIFTI_FLOAT32;
  header->bits_per_voxel = bits != 0 ? (int)bits : 32;
}

/* Rows of the sform: DICOM's left and posterior become right and anterior. */
static void set_sform(const dseg_grid *grid, dseg_nifti_header *header) {
  for (size_t i = 0; i < 3; i++) {
    const double sign = i < 2 ? -1.0 : 1.0;
    for (size_t axis = 0; axis < 3; axis++) {
      header->rows[i][axis] = sign * grid->step[axis][i];
    }
    header->rows[i][3] = sign * grid->origin[i];
    header->quaternion_offset[i] = header->rows[i][3];
  }
}

/* Unit vectors of the axes in columns; false when they are not perpendicular. */
static bool find_rotation(const dseg_nifti_header *header, double rotation[3][3]) {
  for (size_t axis = 0; axis < 3; axis++) {
    for (size_t i = 0; i < 3; i++) {
      rotation[i][axis] = header->rows[i][axis] / header->pixdim[axis + 1];
    }
  }
  for (size_t a = 0; a < 3; a++) {
    const size_t b = (a + 1) % 3;
    const double product =
        rotation[0][a] * rotation[0][b] + rotation[1][a] * rotation[1][b] + rotation[2][a] * rotation[2][b];
    if (!(fabs(product) < 1e-5)) {
      return false;
    }
  }
  return true;
}

static double determinant(double m[3][3]) {
  return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
         m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

/* The quaternion of a rotation, from its largest component for the sake of precision; a is made positive, as the
 * header does not hold it. A left-handed grid turns its third axis round, which pixdim[0] says. */
static void set_quaternion(dseg_nifti_header *header, double r[3][3]) {
  header->pixdim[0] = 1;
  if (determinant(r) < 0) {
    header->pixdim[0] = -1;
    for (size_t i = 0; i < 3; i++) {
      r[i][2] = -r[i][2];
    }
  }
  const double squares[4] = {1 + r[0][0] + r[1][1] + r[2][2], 1 + r[0][0] - r[1][1] - r[2][2],
                             1 - r[0][0] + r[1][1] - r[2][2], 1 - r[0][0] - r[1][1] + r[2][2]};
  size_t largest = 0;
  for (size_t i = 1; i < 4; i++) {
    largest = squares[i] > squares[largest] ? i : largest;
  }
  /* products[i][j]: four times the product of components i and j */
  const double products[4][4] = {
      {squares[0], r[2][1] - r[1][2], r[0][2] - r[2][0], r[1][0] - r[0][1]},
      {r[2][1] - r[1][2], squares[1], r[0][1] + r[1][0], r[0][2] + r[2][0]},
      {r[0][2] - r[2][0], r[0][1] + r[1][0], squares[2], r[1][2] + r[2][1]},
      {r[1][0] - r[0][1], r[0][2] + r[2][0], r[1][2] + r[2][1], squares[3]},
  };
  const double twice = sqrt(squares[largest]);
  const double sign = products[largest][0] < 0 ? -1.0 : 1.0;
  for (size_t i = 0; i < 3; i++) {
    header->quaternion[i] = sign * products[largest][i + 1] / (2 * twice);
  }
}

static void fill_header(const dseg_volume *volume, bool is_second, dseg_nifti_header *header) {
  *header = (dseg_nifti_header){.version = is_second ? 2 : 1, .slope = 1, .units = DSEG_NIFTI_MILLIMETRE};
  header->dim[0] = volume->layer_count > 1 ? 4 : 3;
  for (size_t i = 0; i < 8; i++) {
    header->dim[i] = i == 0 ? header->dim[0] : 1;
    header->pixdim[i] = 1;
  }
  for (size_t axis = 0; axis < 3; axis++) {
    header->dim[axis + 1] = (int64_t)volume->grid.size[axis];
    header->pixdim[axis + 1] = dseg_grid_spacing(&volume->grid, axis);
  }
  header->dim[4] = (int64_t)volume->layer_count;
  set_type(volume->bits, header);
  header->intent = dseg_volume_has_fractions(volume) ? 0 : INTENT_LABEL;
  set_sform(&volume->grid, header);
  header->sform_code = volume->description->geometry.space == DSEG_SPACE_PATIENT ? SCANNER_ANATOMICAL : ALIGNED;
  double rotation[3][3];
  if (find_rotation(header, rotation)) {
    header->qform_code = header->sform_code;
    set_quaternion(header, rotation);
  }
}

static dseg_status write_compressed(const dseg_volume_output *output, const void *user, const dseg_byte_sink *sink,
                                    dseg_error *error) {
  const dseg_view *header = user;
  const dseg_deflate_options options = dseg_volume_deflate_options(output);
  return dseg_deflate_write(DSEG_GZIP, *header, (dseg_view){output->volume->voxels, output->bytes}, &options, sink,
                            error);
}

static dseg_status write_plain(const dseg_volume_output *output, const void *user, const dseg_byte_sink *sink,
                               dseg_error *error) {
  (void)user;
  return dseg_volume_write_raw(output, (dseg_view){output->volume->voxels, output->bytes}, sink, error);
}

static dseg_status write_pair(const dseg_volume_output *output, dseg_view header, dseg_error *error) {
  char *data_name = dseg_volume_data_name(output, ".img");
  if (data_name == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
  }
  const dseg_status status = dseg_volume_write_pair(output, header, data_name, write_plain, NULL, error);
  free(data_name);
  return status;
}

/* The header with its extension, if there is one. */
static dseg_status put_header(const dseg_volume *volume, const dseg_nifti_header *header, dseg_buffer *bytes,
                              dseg_error *error) {
  dseg_buffer extension = {0};
  uint8_t fixed[DSEG_NIFTI2_BYTES + DSEG_NIFTI_EXTENSION_BYTES];
  dseg_status status = dseg_nifti_put_extension(volume, &extension, error);
  if (status == DSEG_OK) {
    const size_t size = dseg_nifti_format(header, extension.size, fixed);
    status = dseg_buffer_append(bytes, fixed, size, error);
  }
  if (status == DSEG_OK && extension.size > 0) {
    status = dseg_buffer_append(bytes, extension.data, extension.size, error);
  }
  dseg_buffer_free(&extension);
  return status;
}

static dseg_status write_parts(const dseg_volume_output *output, dseg_view header, dseg_error *error) {
  if (output->is_detached) {
    return write_pair(output, header, error);
  }
  if (output->is_compressed) { /* the header is within the compressed stream */
    return dseg_volume_write_file(output, (dseg_view){NULL, 0}, write_compressed, &header, error);
  }
  return dseg_volume_write_file(output, header, write_plain, NULL, error);
}

dseg_status dseg_nifti_write(const dseg_volume_output *output, dseg_error *error) {
  const dseg_volume *volume = output->volume;
  bool is_second = output->nifti2 || volume->layer_count > NIFTI1_LARGEST;
  for (size_t axis = 0; axis < 3; axis++) {
    is_second = is_second || volume->grid.size[axis] > NIFTI1_LARGEST;
  }
  dseg_nifti_header header;
  fill_header(volume, is_second, &header);
  header.has_pair = output->is_detached;
  dseg_buffer bytes = {0};
  dseg_status status = put_header(volume, &header, &bytes, error);
  if (status == DSEG_OK) {
    status = write_parts(output, (dseg_view){bytes.data, bytes.size}, error);
  }
  dseg_buffer_free(&bytes);
  return status;
}
