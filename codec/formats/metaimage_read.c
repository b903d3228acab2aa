/* SPDX-License-Identifier: Apache-2.0 */
/* metaimage_read.c - reads MetaImage (.mha, and .mhd with its data file) as ITK's MetaIO defines it.
 *
 * Lines of "Key = value"; ElementDataFile is the last, and the voxels follow it when it is LOCAL. Coordinates are
 * those of ITK, which are DICOM's: left, posterior, superior. AnatomicalOrientation describes the axes once more and
 * is passed over, as ITK does. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/os/system.h"
#include "formats/text.h"
#include "formats/volume_formats.h"

#define LONGEST_HEADER ((size_t)1 << 20)
#define MOST_DIMENSIONS 4

struct header {
  char *text; /* owned */
  uint64_t data_offset;
  size_t dimensions;
  size_t sizes[MOST_DIMENSIONS];
  double spacing[MOST_DIMENSIONS];
  double element_size[MOST_DIMENSIONS];
  bool has_spacing, has_element_size;
  double offset[MOST_DIMENSIONS];
  double matrix[MOST_DIMENSIONS * MOST_DIMENSIONS];
  bool has_matrix;
  bool has_type;
  dseg_voxel_type type;
  bool is_big_endian;
  bool is_binary;
  bool is_compressed;
  unsigned long long compressed_size;
  long long header_size;
  unsigned long long channels;
  double unit;           /* millimetres in a unit of length */
  const char *data_file; /* "": not met yet */
};

/* The key of a line "key = value", trimmed; NULL without an equals sign. */
static char *split_line(char *line, char **value) {
  char *equals = strchr(line, '=');
  if (equals == NULL) {
    return NULL;
  }
  *equals = '\0';
  *value = dseg_text_trim(equals + 1);
  return dseg_text_trim(line);
}

static bool recognise(dseg_view head) {
  static const char *const first_keys[] = {"ObjectType", "NDims", "Comment", "ObjectSubType", "TransformType"};
  char text[512];
  const size_t size = head.size < sizeof text - 1 ? head.size : sizeof text - 1;
  memcpy(text, head.data, size);
  text[size] = '\0';
  char *line_end = strpbrk(text, "\r\n");
  if (line_end == NULL) {
    return false;
  }
  *line_end = '\0';
  char *value = NULL;
  const char *key = split_line(text, &value);
  for (size_t i = 0; key != NULL && i < sizeof first_keys / sizeof *first_keys; i++) {
    if (strcmp(key, first_keys[i]) == 0) {
      return true;
    }
  }
  return false;
}

static bool read_type(const char *value, struct header *header) {
  static const struct {
    const char *name;
    dseg_voxel_type type;
  } names[] = {
      {"MET_CHAR", DSEG_VOXEL_INT8},         {"MET_UCHAR", DSEG_VOXEL_UINT8},   {"MET_SHORT", DSEG_VOXEL_INT16},
      {"MET_USHORT", DSEG_VOXEL_UINT16},     {"MET_INT", DSEG_VOXEL_INT32},     {"MET_UINT", DSEG_VOXEL_UINT32},
      {"MET_LONG", DSEG_VOXEL_INT32},        {"MET_ULONG", DSEG_VOXEL_UINT32},  {"MET_LONG_LONG", DSEG_VOXEL_INT64},
      {"MET_ULONG_LONG", DSEG_VOXEL_UINT64}, {"MET_FLOAT", DSEG_VOXEL_FLOAT32}, {"MET_DOUBLE", DSEG_VOXEL_FLOAT64},
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strcmp(value, names[i].name) == 0) {
      header->type = names[i].type;
      header->has_type = true;
      return true;
    }
  }
  return false;
}

static bool is_true(const char *value) {
  return value[0] == 'T' || value[0] == 't' || value[0] == '1';
}

static bool read_sizes(const char *value, struct header *header) {
  for (size_t i = 0; i < header->dimensions; i++) {
    long long size = 0;
    if (!dseg_text_next_integer(&value, 1, INT64_MAX, &size) || (unsigned long long)size > SIZE_MAX) {
      return false;
    }
    header->sizes[i] = (size_t)size;
  }
  return header->dimensions != 0;
}

static bool read_dimensions(const char *value, struct header *header) {
  long long dimensions = 0;
  if (header->dimensions != 0 || !dseg_text_next_integer(&value, 1, MOST_DIMENSIONS, &dimensions)) {
    return false;
  }
  header->dimensions = (size_t)dimensions;
  return true;
}

static bool read_unsigned(const char *value, unsigned long long *number) {
  long long read = 0;
  const bool ok = dseg_text_next_integer(&value, 0, INT64_MAX, &read);
  *number = (unsigned long long)read;
  return ok;
}

static bool is_one_of(const char *key, const char *a, const char *b, const char *c) {
  return strcmp(key, a) == 0 || strcmp(key, b) == 0 || strcmp(key, c) == 0;
}

/* False for a value that cannot be. Keys that say nothing about voxels or place are passed over. */
static bool read_field(const char *key, const char *value, struct header *header) {
  const size_t n = header->dimensions;
  if (strcmp(key, "NDims") == 0) {
    return read_dimensions(value, header);
  }
  if (strcmp(key, "DimSize") == 0) {
    return read_sizes(value, header);
  }
  if (strcmp(key, "ElementType") == 0) {
    return read_type(value, header);
  }
  if (strcmp(key, "ElementSpacing") == 0) {
    header->has_spacing = true;
    return dseg_text_numbers(value, header->spacing, n);
  }
  if (strcmp(key, "ElementSize") == 0) {
    header->has_element_size = true;
    return dseg_text_numbers(value, header->element_size, n);
  }
  if (is_one_of(key, "Offset", "Position", "Origin")) {
    return dseg_text_numbers(value, header->offset, n);
  }
  if (is_one_of(key, "TransformMatrix", "Rotation", "Orientation")) {
    header->has_matrix = true;
    return dseg_text_numbers(value, header->matrix, n * n);
  }
  if (strcmp(key, "DistanceUnits") == 0) {
    header->unit = strcmp(value, "um") == 0 ? 1e-3 : strcmp(value, "cm") == 0 ? 10 : strcmp(value, "m") == 0 ? 1000 : 1;
    return header->unit != 1 || strcmp(value, "mm") == 0 || strcmp(value, "?") == 0;
  }
  if (strcmp(key, "BinaryDataByteOrderMSB") == 0 || strcmp(key, "ElementByteOrderMSB") == 0) {
    header->is_big_endian = is_true(value);
  } else if (strcmp(key, "BinaryData") == 0) {
    header->is_binary = is_true(value);
  } else if (strcmp(key, "CompressedData") == 0) {
    header->is_compressed = is_true(value);
  } else if (strcmp(key, "CompressedDataSize") == 0) {
    return read_unsigned(value, &header->compressed_size);
  } else if (strcmp(key, "HeaderSize") == 0) {
    return dseg_text_next_integer(&value, -1, INT64_MAX, &header->header_size);
  } else if (strcmp(key, "ElementNumberOfChannels") == 0) {
    return read_unsigned(value, &header->channels) && header->channels > 0;
  } else if (strcmp(key, "ElementDataFile") == 0) {
    header->data_file = value;
  }
  return true;
}

/* Reads lines until the one that names the data. size bytes of text are there, and a NUL. */
static dseg_status read_lines(struct header *header, size_t size, dseg_error *error) {
  char *line = header->text;
  const char *end = header->text + size;
  while (line < end && header->data_file[0] == '\0') {
    char *line_end = memchr(line, '\n', (size_t)(end - line));
    if (line_end == NULL) {
      line_end = header->text + size;
    }
    *line_end = '\0';
    char *value = NULL;
    const char *key = split_line(line, &value);
    if (key != NULL && !read_field(key, value, header)) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "MetaImage %.60s cannot be '%.200s'", key, value);
    }
    line = line_end + 1;
  }
  header->data_offset = (uint64_t)(line - header->text);
  return DSEG_OK;
}

static dseg_status check(const struct header *header, dseg_error *error) {
  const char *missing = header->dimensions == 0        ? "NDims"
                        : header->sizes[0] == 0        ? "DimSize"
                        : !header->has_type            ? "ElementType"
                        : header->data_file[0] == '\0' ? "ElementDataFile"
                                                       : NULL;
  return missing == NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_FORMAT, "the MetaImage header has no %s", missing);
}

static dseg_status read_header(const dseg_input *input, struct header *header, dseg_error *error) {
  *header = (struct header){.is_binary = true, .channels = 1, .unit = 1, .data_file = ""};
  const uint64_t all = dseg_input_size(input);
  const size_t room = all < LONGEST_HEADER ? (size_t)all : LONGEST_HEADER;
  header->text = malloc(room + 1);
  if (header->text == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the MetaImage header");
  }
  size_t size = 0;
  DSEG_TRY(dseg_input_peek(input, 0, header->text, room, &size, error));
  header->text[size] = '\0';
  DSEG_TRY(read_lines(header, size, error));
  return check(header, error);
}

/* TransformMatrix holds, for each axis in turn, the direction in which its index grows. */
static void read_grid(const struct header *header, dseg_volume_content *content) {
  dseg_grid *grid = &content->grid;
  const size_t n = header->dimensions;
  const double *sizes = header->has_spacing ? header->spacing : header->has_element_size ? header->element_size : NULL;
  for (size_t axis = 0; axis < 3; axis++) {
    content->no_spacing[axis] = !(sizes != NULL && axis < n && isfinite(sizes[axis]) && sizes[axis] != 0);
    const double spacing = content->no_spacing[axis] ? 1.0 : sizes[axis] * header->unit;
    grid->size[axis] = axis < n ? header->sizes[axis] : 1;
    grid->origin[axis] = axis < n ? header->offset[axis] * header->unit : 0;
    for (size_t i = 0; i < 3; i++) {
      const bool is_given = header->has_matrix && axis < n && i < n;
      const double direction = is_given ? header->matrix[axis * n + i] : (axis == i ? 1.0 : 0.0);
      grid->step[axis][i] = direction * spacing;
    }
  }
}

static dseg_status read_place(const struct header *header, uint64_t offset, dseg_data_place *place, dseg_error *error) {
  *place = (dseg_data_place){.offset = offset};
  if (header->is_compressed) {
    place->encoding = DSEG_DATA_DEFLATED;
    place->length = header->compressed_size;
  } else if (!header->is_binary) {
    place->encoding = DSEG_DATA_TEXT;
  }
  if (header->header_size > 0) {
    place->offset = (uint64_t)header->header_size;
  } else if (header->header_size < 0) {
    place->at_end = true;
    if (place->encoding != DSEG_DATA_RAW) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "MetaImage HeaderSize -1 with data that is not raw");
    }
  }
  return DSEG_OK;
}

static dseg_status read_voxels_from(const dseg_input *input, uint64_t offset, const struct header *header, size_t bytes,
                                    const dseg_open_options *options, dseg_raw_volume *raw, dseg_error *error) {
  dseg_data_place place;
  DSEG_TRY(read_place(header, offset, &place, error));
  return dseg_raw_volume_read(input, &place, bytes, options, raw, error);
}

static dseg_status read_voxels(const dseg_input *input, const struct header *header, size_t bytes,
                               const dseg_open_options *options, dseg_raw_volume *raw, dseg_error *error) {
  if (dseg_text_equal(header->data_file, "LOCAL")) {
    return read_voxels_from(input, header->data_offset, header, bytes, options, raw, error);
  }
  if (strncmp(header->data_file, "LIST", 4) == 0 || strchr(header->data_file, '%') != NULL) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "MetaImage data in several files ('ElementDataFile = %.100s')",
                     header->data_file);
  }
  dseg_input *data = NULL;
  dseg_status status = dseg_volume_open_beside(input, header->data_file, options, &data, error);
  if (status == DSEG_OK) {
    status = read_voxels_from(data, 0, header, bytes, options, raw, error);
    dseg_input_close(data);
  }
  if (status != DSEG_OK) {
    dseg_error_prefix(error, header->data_file);
  }
  return status;
}

/* Channels alternate voxel by voxel; a fourth dimension holds volumes one after the other. */
static dseg_status read_content(const dseg_input *input, const struct header *header, const dseg_open_options *options,
                                dseg_volume_content *content, dseg_error *error) {
  dseg_raw_volume *raw = &content->raw;
  const bool is_text = header->is_binary ? false : !header->is_compressed;
  raw->type = is_text ? DSEG_VOXEL_FLOAT64 : header->type;
  raw->swapped = !is_text && header->is_big_endian != DSEG_HOST_IS_BIG_ENDIAN;
  raw->slope = 1;
  content->format = "MetaImage";
  read_grid(header, content);
  content->volumes_are = header->channels > 1 ? "channels, colours or components of vectors" : NULL;
  const size_t volumes = header->dimensions == 4 ? header->sizes[3] : 1;
  if (header->channels > 1 && volumes > 1) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "a MetaImage of four dimensions and several channels");
  }
  const size_t layers = header->channels > 1 ? (size_t)header->channels : volumes;
  size_t bytes = 0;
  DSEG_TRY(dseg_raw_volume_shape(raw, content->grid.size, layers, 1, dseg_raw_volume_limit(options), &bytes, error));
  raw->run = header->channels > 1 ? 1 : raw->layer_voxels;
  DSEG_TRY(dseg_volume_check_layers(content, options, error));
  return read_voxels(input, header, bytes, options, raw, error);
}

static dseg_status read_metaimage(const dseg_input *input, const dseg_open_options *options,
                                  dseg_volume_content *content, dseg_error *error) {
  const dseg_os_locale locale = dseg_os_locale_enter();
  struct header header;
  dseg_status status = read_header(input, &header, error);
  if (status == DSEG_OK) {
    status = read_content(input, &header, options, content, error);
  }
  free(header.text);
  dseg_os_locale_leave(locale);
  return status;
}

static const dseg_volume_suffix suffixes[] = {{".mha", 0}, {".mhd", DSEG_SUFFIX_DETACHED}, {NULL, 0}};

const dseg_volume_kind dseg_volume_metaimage = {
    {"MetaImage", DSEG_VOLUME_FRACTIONS}, suffixes, recognise, read_metaimage, dseg_metaimage_write,
};
