/* SPDX-License-Identifier: Apache-2.0 */
/* nifti_read.c - reads NIfTI-1 and NIfTI-2: .nii, .nii.gz, and pairs of .hdr and .img.
 *
 * Orientation: the sform where sform_code is set, else the qform, else voxel sizes alone ("method 3, 2, 1" of
 * nifti1.h). NIfTI's axes point right, anterior, superior; DICOM's left, posterior, superior (PS3.3 C.7.6.2.1.1). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/inflate.h"
#include "base/inflate_stream.h"
#include "base/zlib_stream.h"
#include "formats/nifti_extension.h"
#include "formats/nifti_header.h"
#include "formats/text.h"
#include "formats/volume_formats.h"

static bool voxel_type(int datatype, dseg_voxel_type *type) {
  switch (datatype) {
    case DSEG_NIFTI_UINT8: *type = DSEG_VOXEL_UINT8; return true;
    case DSEG_NIFTI_INT16: *type = DSEG_VOXEL_INT16; return true;
    case DSEG_NIFTI_INT32: *type = DSEG_VOXEL_INT32; return true;
    case DSEG_NIFTI_FLOAT32: *type = DSEG_VOXEL_FLOAT32; return true;
    case DSEG_NIFTI_FLOAT64: *type = DSEG_VOXEL_FLOAT64; return true;
    case DSEG_NIFTI_INT8: *type = DSEG_VOXEL_INT8; return true;
    case DSEG_NIFTI_UINT16: *type = DSEG_VOXEL_UINT16; return true;
    case DSEG_NIFTI_UINT32: *type = DSEG_VOXEL_UINT32; return true;
    case DSEG_NIFTI_INT64: *type = DSEG_VOXEL_INT64; return true;
    case DSEG_NIFTI_UINT64: *type = DSEG_VOXEL_UINT64; return true;
    default: return false;
  }
}

/* What nifti1.h says of dimensions past the third: the fourth is time where it has a unit; the fifth holds what intent
 * calls vectors, matrices or colours. */
static void name_volumes(const dseg_nifti_header *header, dseg_volume_content *content) {
  static const struct {
    int intent;
    const char *name;
  } names[] = {{1004, "elements of matrices"},    {1005, "elements of matrices"},
               {1006, "components of vectors"},   {1007, "components of vectors"},
               {1008, "coordinates of points"},   {1010, "components of quaternions"},
               {2003, "the red, green and blue"}, {2004, "the red, green, blue and opacity"}};
  const int unit = header->units & 0x38;
  const bool has_fourth = header->dim[0] >= 4 && header->dim[4] > 1;
  const bool has_fifth = header->dim[0] >= 5 && header->dim[5] > 1;
  if (has_fourth && unit != 0) {
    content->volumes_are = unit == DSEG_NIFTI_SECOND || unit == DSEG_NIFTI_MILLISECOND || unit == DSEG_NIFTI_MICROSECOND
                               ? "points in time (xyzt_units)"
                               : "points of a spectrum (xyzt_units)";
  }
  for (size_t i = 0; has_fifth && i < sizeof names / sizeof *names; i++) {
    if (header->intent == names[i].intent) {
      content->volumes_are = names[i].name;
    }
  }
}

/* The first three dimensions are space; all others together count layers. */
static dseg_status read_shape(const dseg_nifti_header *header, const dseg_open_options *options,
                              dseg_volume_content *content, size_t *bytes, dseg_error *error) {
  if (header->dim[0] < 1 || header->dim[0] > 7) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "NIfTI dim[0] is %lld, not 1..7", (long long)header->dim[0]);
  }
  size_t layers = 1;
  for (size_t i = 1; i <= 7; i++) {
    const int64_t dim = i <= (size_t)header->dim[0] ? header->dim[i] : 1;
    if (dim < 1) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "NIfTI dim[%zu] is %lld", i, (long long)dim);
    }
    if (i <= 3) {
      content->grid.size[i - 1] = (size_t)dim;
    } else if (!dseg_mul_size(layers, (size_t)dim, &layers)) {
      return dseg_fail(error, DSEG_ERROR_LIMIT, "NIfTI dim[4..7] multiply past the address space");
    }
  }
  DSEG_TRY(dseg_raw_volume_shape(&content->raw, content->grid.size, layers, 0, dseg_raw_volume_limit(options), bytes,
                                 error));
  content->raw.run = content->raw.layer_voxels;
  name_volumes(header, content);
  return DSEG_OK;
}

/* A 3 x 4 matrix from voxel indices to millimetres in NIfTI's axes. */
typedef double affine[3][4];

static bool is_usable(affine matrix) {
  for (size_t i = 0; i < 3; i++) {
    for (size_t j = 0; j < 4; j++) {
      if (!isfinite(matrix[i][j])) {
        return false;
      }
    }
  }
  const double determinant = matrix[0][0] * (matrix[1][1] * matrix[2][2] - matrix[1][2] * matrix[2][1]) -
                             matrix[0][1] * (matrix[1][0] * matrix[2][2] - matrix[1][2] * matrix[2][0]) +
                             matrix[0][2] * (matrix[1][0] * matrix[2][1] - matrix[1][1] * matrix[2][0]);
  return fabs(determinant) > 1e-30;
}

/* Voxel sizes; an axis of one voxel often has none. */
static void read_sizes(const dseg_nifti_header *header, double sizes[3]) {
  for (size_t i = 0; i < 3; i++) {
    const double size = fabs(header->pixdim[i + 1]);
    sizes[i] = isfinite(size) && size > 0 ? size : 1.0;
  }
}

/* The quaternion's rotation (nifti1.h, "method 2"): a is what makes it a unit quaternion, pixdim[0] turns the third
 * axis round. */
static void from_quaternion(const dseg_nifti_header *header, affine matrix) {
  double b = header->quaternion[0];
  double c = header->quaternion[1];
  double d = header->quaternion[2];
  double a = 1.0 - (b * b + c * c + d * d);
  if (a < 1e-7) { /* rounded: half a turn */
    const double length = sqrt(b * b + c * c + d * d);
    b /= length;
    c /= length;
    d /= length;
    a = 0;
  } else {
    a = sqrt(a);
  }
  const double rotation[3][3] = {
      {a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)},
      {2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)},
      {2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b},
  };
  double sizes[3];
  read_sizes(header, sizes);
  sizes[2] = header->pixdim[0] < 0 ? -sizes[2] : sizes[2];
  for (size_t i = 0; i < 3; i++) {
    for (size_t j = 0; j < 3; j++) {
      matrix[i][j] = rotation[i][j] * sizes[j];
    }
    matrix[i][3] = header->quaternion_offset[i];
  }
}

/* Which of the axes have no size in the header. */
static void find_missing_sizes(const dseg_nifti_header *header, bool missing[3]) {
  for (size_t i = 0; i < 3; i++) {
    const double size = fabs(header->pixdim[i + 1]);
    missing[i] = !(isfinite(size) && size > 0);
  }
}

static void from_sizes(const dseg_nifti_header *header, affine matrix) {
  double sizes[3];
  read_sizes(header, sizes);
  memset(matrix, 0, sizeof(affine));
  for (size_t i = 0; i < 3; i++) {
    matrix[i][i] = sizes[i];
  }
}

/* Where the last voxel of each axis, and of all, lies: how far apart two matrices put it at most. */
static double largest_distance(const dseg_grid *grid, affine a, affine b) {
  double largest = 0;
  for (size_t corner = 0; corner < 8; corner++) {
    double square = 0;
    for (size_t i = 0; i < 3; i++) {
      double difference = a[i][3] - b[i][3];
      for (size_t axis = 0; axis < 3; axis++) {
        const double extent = (corner >> axis & 1) != 0 ? (double)(grid->size[axis] - 1) : 0.0;
        difference += (a[i][axis] - b[i][axis]) * extent;
      }
      square += difference * difference;
    }
    largest = fmax(largest, sqrt(square));
  }
  return largest;
}

/* Programs differ in which of the two they prefer: where these contradict each other the user must know. */
static void warn_of_contradiction(const dseg_nifti_header *header, const dseg_open_options *options,
                                  const dseg_grid *grid, affine sform) {
  affine qform;
  from_quaternion(header, qform);
  if (!is_usable(qform)) {
    return;
  }
  double sizes[3];
  read_sizes(header, sizes);
  const double distance = largest_distance(grid, sform, qform);
  if (distance > 0.1 * fmin(sizes[0], fmin(sizes[1], sizes[2]))) {
    dseg_warn(&options->warnings, "the NIfTI sform and qform differ by up to %.3g; the sform is used", distance);
  }
}

static void read_affine(const dseg_nifti_header *header, const dseg_open_options *options, const dseg_grid *grid,
                        affine matrix, bool missing_sizes[3]) {
  if (header->sform_code > 0) {
    memcpy(matrix, header->rows, sizeof(affine));
    if (is_usable(matrix)) {
      if (header->qform_code > 0) {
        warn_of_contradiction(header, options, grid, matrix);
      }
      return;
    }
    dseg_warn(&options->warnings, "the NIfTI sform is not an invertible matrix and is not used");
  }
  find_missing_sizes(header, missing_sizes);
  if (header->qform_code > 0) {
    from_quaternion(header, matrix);
    if (is_usable(matrix)) {
      return;
    }
    dseg_warn(&options->warnings, "the NIfTI qform is not a rotation and is not used");
  }
  dseg_warn(&options->warnings,
            "NIfTI sform_code and qform_code give no orientation: axes are taken to point right, anterior and "
            "superior from the origin");
  from_sizes(header, matrix);
}

static double millimetres(const dseg_nifti_header *header) {
  switch (header->units & 7) {
    case DSEG_NIFTI_METRE: return 1000.0;
    case DSEG_NIFTI_MICRON: return 1e-3;
    default: return 1.0;
  }
}

static void read_grid(const dseg_nifti_header *header, const dseg_open_options *options, dseg_volume_content *content) {
  affine matrix;
  dseg_grid *grid = &content->grid;
  read_affine(header, options, grid, matrix, content->no_spacing);
  const double unit = millimetres(header);
  for (size_t coordinate = 0; coordinate < 3; coordinate++) {
    const double to_dicom = coordinate < 2 ? -unit : unit;
    for (size_t axis = 0; axis < 3; axis++) {
      grid->step[axis][coordinate] = to_dicom * matrix[coordinate][axis];
    }
    grid->origin[coordinate] = to_dicom * matrix[coordinate][3];
  }
}

/* Everything but the voxels. */
static dseg_status read_header(const dseg_nifti_header *header, const dseg_open_options *options,
                               dseg_volume_content *content, size_t *bytes, dseg_error *error) {
  dseg_raw_volume *raw = &content->raw;
  if (header->datatype == DSEG_NIFTI_RGB || header->datatype == DSEG_NIFTI_RGBA) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "NIfTI datatype %d: colours, which no labels can be told from; save the labels themselves",
                     header->datatype);
  }
  if ((header->units & 7) > DSEG_NIFTI_MICRON) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "NIfTI xyzt_units is %d, of which %d is no unit of length",
                     header->units, header->units & 7);
  }
  if (!voxel_type(header->datatype, &raw->type)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "NIfTI datatype %d: not a real number of 8 to 64 bits",
                     header->datatype);
  }
  if (header->bits_per_voxel != 0 && (size_t)header->bits_per_voxel != 8 * dseg_voxel_size(raw->type)) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "NIfTI datatype %d and bitpix %d contradict each other",
                     header->datatype, header->bits_per_voxel);
  }
  raw->swapped = header->big_endian != DSEG_HOST_IS_BIG_ENDIAN;
  const bool has_slope = isfinite(header->slope) && header->slope != 0 && isfinite(header->intercept);
  raw->slope = has_slope ? header->slope : 1;
  raw->intercept = has_slope ? header->intercept : 0;
  content->format = header->version == 2 ? "NIfTI-2" : "NIfTI-1";
  DSEG_TRY(read_shape(header, options, content, bytes, error));
  read_grid(header, options, content);
  return dseg_volume_check_layers(content, options, error);
}

/* Where the voxels begin. In a single file they cannot overlap the header; 0 there is a common mistake. */
static dseg_status voxel_offset(const dseg_nifti_header *header, uint64_t *offset, dseg_error *error) {
  const uint64_t headers = header->has_pair ? 0 : dseg_nifti_header_bytes(header);
  if (!(header->voxel_offset >= 0 && header->voxel_offset < 9e18)) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "NIfTI vox_offset is %g", header->voxel_offset);
  }
  const uint64_t stated = (uint64_t)header->voxel_offset;
  *offset = stated > headers ? stated : headers;
  return DSEG_OK;
}

/* The voxels of header, at their offset in file, which may be compressed. */
static dseg_status read_voxels(const dseg_input *input, const dseg_nifti_header *header, size_t bytes,
                               const dseg_open_options *options, dseg_volume_content *content, dseg_error *error) {
  uint64_t offset = 0;
  DSEG_TRY(voxel_offset(header, &offset, error));
  uint8_t magic[2] = {0, 0};
  size_t got = 0;
  DSEG_TRY(dseg_input_peek(input, 0, magic, sizeof magic, &got, error));
  dseg_data_place place = {.encoding = DSEG_DATA_RAW, .offset = offset};
  if (dseg_is_gzip((dseg_view){magic, got})) {
    place = (dseg_data_place){.encoding = DSEG_DATA_DEFLATED, .skip = offset};
  }
  return dseg_raw_volume_read(input, &place, bytes, options, &content->raw, error);
}

/* Opens the .img or .img.gz file beside the .hdr file, in either case of letters. */
static dseg_status open_image(const dseg_input *header, const dseg_open_options *options, dseg_input **image,
                              dseg_error *error) {
  static const char *const suffixes[] = {"img", "img.gz", "IMG"};
  const char *path = dseg_input_path(header);
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
    char *name = dseg_text_join(path, strlen(path) - strlen("hdr"), suffixes[i]);
    if (name == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
    }
    const dseg_status status = dseg_volume_open_file(name, options, image, error);
    free(name);
    if (status == DSEG_OK || status == DSEG_ERROR_MEMORY) {
      return status;
    }
  }
  dseg_error_clear(error);
  return dseg_fail(error, DSEG_ERROR_INPUT, "a NIfTI .hdr file without an .img file beside it");
}

/* The first bytes of a file that is not compressed. */
static dseg_status read_start(const dseg_input *input, uint64_t limit, uint8_t *start, size_t size, size_t *got,
                              dseg_error *error) {
  (void)limit;
  return dseg_input_peek(input, 0, start, size, got, error);
}

static dseg_status read_pair(const dseg_input *input, const dseg_nifti_header *header, size_t bytes,
                             const dseg_open_options *options, dseg_volume_content *content, dseg_error *error) {
  DSEG_TRY(dseg_volume_needs_path(input, "the .img file of this NIfTI .hdr file", error));
  if (!dseg_text_has_suffix(dseg_input_path(input), ".hdr")) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "the header says that its voxels are in an .img file, but is not named .hdr");
  }
  dseg_input *image = NULL;
  DSEG_TRY(open_image(input, options, &image, error));
  const dseg_status status = read_voxels(image, header, bytes, options, content, error);
  dseg_input_close(image);
  return status;
}

static dseg_status read_plain(const dseg_input *input, const dseg_open_options *options, dseg_volume_content *content,
                              dseg_error *error) {
  uint8_t head[DSEG_NIFTI2_BYTES];
  size_t got = 0;
  dseg_nifti_header header;
  size_t bytes = 0;
  DSEG_TRY(dseg_input_peek(input, 0, head, sizeof head, &got, error));
  if (!dseg_nifti_parse((dseg_view){head, got}, &header)) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "not a NIfTI header");
  }
  DSEG_TRY(read_header(&header, options, content, &bytes, error));
  DSEG_TRY(dseg_nifti_read_names(input, &header, read_start, options, content, error));
  return header.has_pair ? read_pair(input, &header, bytes, options, content, error)
                         : read_voxels(input, &header, bytes, options, content, error);
}

/* The first bytes of a compressed file: of one in memory, or, if this build has zlib, of any. */
static dseg_status inflate_head(const dseg_input *input, uint64_t limit, uint8_t *head, size_t size, size_t *got,
                                dseg_error *error) {
  if (!dseg_has_zlib()) {
    const dseg_view compressed = {dseg_input_memory(input), (size_t)dseg_input_size(input)};
    return dseg_gunzip_start(compressed, limit, head, size, got, error);
  }
  dseg_inflate_stream *stream = NULL;
  DSEG_TRY(dseg_inflate_stream_create(input, 0, 0, &stream, error));
  const dseg_status status = dseg_inflate_stream_read(stream, head, size, got, error);
  dseg_inflate_stream_destroy(stream);
  return status;
}

/* The first bytes are inflated for the header, then all. */
static dseg_status read_compressed(const dseg_input *input, const dseg_open_options *options,
                                   dseg_volume_content *content, dseg_error *error) {
  uint8_t head[DSEG_NIFTI2_BYTES];
  size_t got = 0;
  dseg_nifti_header header;
  size_t bytes = 0;
  DSEG_TRY(inflate_head(input, options->memory_limit, head, sizeof head, &got, error));
  if (!dseg_nifti_parse((dseg_view){head, got}, &header)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "a gzip file that holds no NIfTI volume");
  }
  if (header.has_pair) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "a compressed NIfTI .hdr file");
  }
  DSEG_TRY(read_header(&header, options, content, &bytes, error));
  DSEG_TRY(dseg_nifti_read_names(input, &header, inflate_head, options, content, error));
  return read_voxels(input, &header, bytes, options, content, error);
}

/* Without zlib the file has to be in memory, and is read once. */
static dseg_status load_compressed(const dseg_input *input, const dseg_open_options *options,
                                   dseg_volume_content *content, dseg_error *error) {
  if (dseg_has_zlib() || dseg_input_memory(input) != NULL) {
    return read_compressed(input, options, content, error);
  }
  const uint64_t size = dseg_input_size(input);
  if (size > options->memory_limit || size > SIZE_MAX) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "%llu bytes are needed, more than the memory limit of %llu bytes",
                     (unsigned long long)size, (unsigned long long)options->memory_limit);
  }
  dseg_view bytes;
  uint8_t *block = NULL;
  dseg_input *loaded = NULL;
  DSEG_TRY(dseg_input_view(input, 0, (size_t)size, &bytes, &block, error));
  dseg_status status = dseg_input_from_memory(bytes, &loaded, error);
  if (status == DSEG_OK) {
    status = read_compressed(loaded, options, content, error);
  }
  dseg_input_close(loaded);
  free(block);
  return status;
}

static dseg_status read_nifti(const dseg_input *input, const dseg_open_options *options, dseg_volume_content *content,
                              dseg_error *error) {
  uint8_t magic[2];
  size_t got = 0;
  DSEG_TRY(dseg_input_peek(input, 0, magic, sizeof magic, &got, error));
  return dseg_is_gzip((dseg_view){magic, got}) ? load_compressed(input, options, content, error)
                                               : read_plain(input, options, content, error);
}

/* No other format is compressed as a whole. */
static bool recognise(dseg_view head) {
  dseg_nifti_header header;
  return dseg_is_gzip(head) || dseg_nifti_parse(head, &header);
}

static const dseg_volume_suffix suffixes[] = {
    {".nii", DSEG_SUFFIX_PLAIN},
    {".nii.gz", DSEG_SUFFIX_COMPRESSED},
    {".hdr", DSEG_SUFFIX_PLAIN | DSEG_SUFFIX_DETACHED},
    {".img", DSEG_SUFFIX_READ_ONLY},
    {".img.gz", DSEG_SUFFIX_READ_ONLY},
    {".gz", DSEG_SUFFIX_READ_ONLY},
    {NULL, 0},
};

const dseg_volume_kind dseg_volume_nifti = {
    {"NIfTI", DSEG_VOLUME_FRACTIONS | DSEG_VOLUME_FRACTION_LAYERS}, suffixes, recognise, read_nifti, dseg_nifti_write,
};
