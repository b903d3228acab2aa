/* SPDX-License-Identifier: Apache-2.0 */
/* nrrd_read.c - reads NRRD files, attached and detached: where the axes lie, and the voxels. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/os/system.h"
#include "formats/mitk_nrrd.h"
#include "formats/nrrd_header.h"
#include "formats/seg_nrrd.h"
#include "formats/text.h"
#include "formats/volume_formats.h"
#include "model/vector.h"

/* Which axes are space, in turn, and what lies between them. */
struct axes {
  size_t space[3];
  size_t count;
  size_t layers; /* size of the one other axis */
  size_t other;  /* which that is, where layers is above 1 */
  size_t run;    /* voxels of one layer side by side: the sizes of the space axes before the other axis */
};

static bool is_space(const dseg_nrrd_header *header, size_t axis, bool by_direction, bool by_kind) {
  if (by_direction) {
    return header->axes[axis].has_direction;
  }
  return by_kind ? header->axes[axis].kind == DSEG_NRRD_KIND_SPACE : axis < 3;
}

/* Directions decide where there are any, then kinds; without both the first three axes are space. */
static dseg_status sort_axes(const dseg_nrrd_header *header, struct axes *axes, dseg_error *error) {
  bool by_direction = false;
  bool by_kind = false;
  for (size_t i = 0; i < header->dimension; i++) {
    by_direction = by_direction || header->axes[i].has_direction;
    by_kind = by_kind || header->axes[i].kind != DSEG_NRRD_KIND_UNKNOWN;
  }
  *axes = (struct axes){.layers = 1, .run = 1};
  size_t before = 1;
  for (size_t i = 0; i < header->dimension; i++) {
    const size_t size = header->axes[i].size;
    if (!is_space(header, i, by_direction, by_kind)) {
      if (size > 1 && axes->layers > 1) {
        return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "an NRRD file with several axes that are not space");
      }
      if (size > 1) {
        axes->layers = size;
        axes->other = i;
        axes->run = before;
      }
    } else if (axes->count == 3) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "an NRRD file with more than three axes in space");
    } else {
      axes->space[axes->count++] = i;
      if (!dseg_mul_size(before, size, &before)) {
        return dseg_fail(error, DSEG_ERROR_LIMIT, "NRRD sizes multiply past the address space");
      }
    }
  }
  if (axes->count == 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "an NRRD file without an axis in space");
  }
  if (axes->layers == 1) {
    axes->run = before;
  }
  return DSEG_OK;
}

/* Unit vectors for axes that a volume of fewer than three lacks: across those that there are. */
static void complete_steps(dseg_grid *grid, size_t count) {
  if (count == 2) {
    double normal[3];
    dseg_cross(grid->step[0], grid->step[1], normal);
    const double length = dseg_length(normal);
    for (size_t i = 0; i < 3; i++) {
      grid->step[2][i] = length > 0 ? normal[i] / length : (i == 2 ? 1.0 : 0.0);
    }
  } else if (count == 1) {
    memset(grid->step[1], 0, sizeof grid->step[1]);
    memset(grid->step[2], 0, sizeof grid->step[2]);
    const size_t other = fabs(grid->step[0][1]) > fabs(grid->step[0][0]) ? 0 : 1;
    grid->step[1][other] = 1;
    complete_steps(grid, 2);
  }
}

static void place_in_space(const dseg_nrrd_header *header, const struct axes *axes, dseg_grid *grid) {
  for (size_t i = 0; i < 3; i++) {
    const double to_dicom = header->space_sign[i] * header->space_unit[i];
    grid->origin[i] = header->has_origin ? header->origin[i] * to_dicom : 0;
    for (size_t axis = 0; axis < axes->count; axis++) {
      grid->step[axis][i] = header->axes[axes->space[axis]].direction[i] * to_dicom;
    }
  }
}

/* Without a space: spacings, and the axes' minima, which for voxels that are cells lie at the first one's border. */
static void place_by_spacing(const dseg_nrrd_header *header, const struct axes *axes, dseg_volume_content *content) {
  dseg_grid *grid = &content->grid;
  for (size_t i = 0; i < axes->count; i++) {
    const dseg_nrrd_axis *axis = &header->axes[axes->space[i]];
    content->no_spacing[i] = !(isfinite(axis->spacing) && axis->spacing != 0);
    const double spacing = content->no_spacing[i] ? 1.0 : axis->spacing * axis->unit;
    grid->step[i][i] = spacing;
    if (isfinite(axis->minimum)) {
      grid->origin[i] = axis->minimum * axis->unit + (axis->is_node_centered ? 0.0 : spacing / 2);
    }
  }
}

static dseg_status read_grid(const dseg_nrrd_header *header, const struct axes *axes, const dseg_open_options *options,
                             dseg_volume_content *content, dseg_error *error) {
  dseg_grid *grid = &content->grid;
  bool has_directions = false;
  for (size_t i = 0; i < 3; i++) {
    grid->size[i] = i < axes->count ? header->axes[axes->space[i]].size : 1;
    has_directions = has_directions || (i < axes->count && header->axes[axes->space[i]].has_direction);
    content->no_spacing[i] = i >= axes->count;
  }
  for (size_t i = 0; !has_directions && i < axes->count; i++) {
    if (header->axes[axes->space[i]].unit == 0) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                       "NRRD field 'units' has a unit for axis %zu of which it is not known how many millimetres it "
                       "has: write \"mm\"",
                       axes->space[i] + 1);
    }
  }
  if (has_directions) {
    place_in_space(header, axes, grid);
  } else {
    place_by_spacing(header, axes, content);
  }
  complete_steps(grid, axes->count);
  if (!header->is_anatomical) {
    dseg_warn(&options->warnings,
              "the NRRD header names no anatomical space: coordinates are taken to grow to the left, "
              "posterior and superior");
  }
  return DSEG_OK;
}

/* Moves *offset past count lines. */
static dseg_status skip_lines(const dseg_input *input, unsigned long long count, uint64_t *offset, dseg_error *error) {
  char text[4096];
  while (count > 0) {
    size_t got = 0;
    DSEG_TRY(dseg_input_peek(input, *offset, text, sizeof text, &got, error));
    if (got == 0) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "the file has fewer lines than the NRRD header's line skip");
    }
    size_t used = got;
    for (size_t i = 0; i < got && count > 0; i++) {
      if (text[i] == '\n') {
        count--;
        used = i + 1;
      }
    }
    *offset += count > 0 ? got : used;
  }
  return DSEG_OK;
}

/* Line skip comes before inflating, byte skip after it. */
static dseg_status read_voxels_from(const dseg_input *input, uint64_t offset, const dseg_nrrd_header *header,
                                    const dseg_open_options *options, size_t bytes, dseg_raw_volume *raw,
                                    dseg_error *error) {
  DSEG_TRY(skip_lines(input, header->line_skip, &offset, error));
  const dseg_data_place place = {.encoding = header->encoding,
                                 .offset = offset,
                                 .skip = header->byte_skip > 0 ? (uint64_t)header->byte_skip : 0,
                                 .at_end = header->byte_skip < 0};
  return dseg_raw_volume_read(input, &place, bytes, options, raw, error);
}

static dseg_status read_voxels(const dseg_input *input, const dseg_nrrd_header *header,
                               const dseg_open_options *options, size_t bytes, dseg_raw_volume *raw,
                               dseg_error *error) {
  if (header->data_file == NULL) {
    return read_voxels_from(input, header->data_offset, header, options, bytes, raw, error);
  }
  dseg_input *data = NULL;
  dseg_status status = dseg_volume_open_beside(input, header->data_file, options, &data, error);
  if (status == DSEG_OK) {
    status = read_voxels_from(data, 0, header, options, bytes, raw, error);
    dseg_input_close(data);
  }
  if (status != DSEG_OK) {
    dseg_error_prefix(error, header->data_file);
  }
  return status;
}

static dseg_status read_content(const dseg_input *input, const dseg_nrrd_header *header,
                                const dseg_open_options *options, dseg_volume_content *content, dseg_error *error) {
  dseg_raw_volume *raw = &content->raw;
  const bool is_text = header->encoding == DSEG_DATA_TEXT;
  raw->type = is_text ? DSEG_VOXEL_FLOAT64 : header->type;
  raw->swapped = !is_text && header->has_endian && header->is_big_endian != DSEG_HOST_IS_BIG_ENDIAN;
  raw->slope = 1;
  struct axes axes;
  DSEG_TRY(sort_axes(header, &axes, error));
  DSEG_TRY(read_grid(header, &axes, options, content, error));
  if (axes.layers > 1) {
    content->volumes_are = header->axes[axes.other].things;
    content->has_layers = header->axes[axes.other].is_list;
  }
  size_t bytes = 0;
  DSEG_TRY(dseg_raw_volume_shape(raw, content->grid.size, axes.layers, axes.run, dseg_raw_volume_limit(options), &bytes,
                                 error));
  content->format = "NRRD";
  DSEG_TRY(dseg_seg_nrrd_read(header, options, content, error));
  DSEG_TRY(dseg_mitk_nrrd_read(header, options, content, error));
  DSEG_TRY(dseg_volume_check_layers(content, options, error));
  return read_voxels(input, header, options, bytes, raw, error);
}

static dseg_status read_nrrd(const dseg_input *input, const dseg_open_options *options, dseg_volume_content *content,
                             dseg_error *error) {
  const dseg_os_locale locale = dseg_os_locale_enter();
  dseg_nrrd_header header;
  dseg_status status = dseg_nrrd_header_read(input, options->memory_limit, &header, error);
  if (status == DSEG_OK) {
    status = read_content(input, &header, options, content, error);
  }
  dseg_nrrd_header_free(&header);
  dseg_os_locale_leave(locale);
  return status;
}

static dseg_status write_nrrd(const dseg_volume_output *output, dseg_error *error) {
  return dseg_nrrd_write(output, false, error);
}

static dseg_status write_seg_nrrd(const dseg_volume_output *output, dseg_error *error) {
  return dseg_nrrd_write(output, true, error);
}

static const dseg_volume_suffix suffixes[] = {{".nrrd", 0}, {".nhdr", DSEG_SUFFIX_DETACHED}, {NULL, 0}};

const dseg_volume_kind dseg_volume_nrrd = {
    {"NRRD", DSEG_VOLUME_FRACTIONS}, suffixes, dseg_nrrd_recognise, read_nrrd, write_nrrd,
};

static const dseg_volume_suffix seg_suffixes[] = {{".seg.nrrd", 0}, {".seg.nhdr", DSEG_SUFFIX_DETACHED}, {NULL, 0}};

/* Read as any NRRD file, since both begin alike. */
const dseg_volume_kind dseg_volume_seg_nrrd = {
    {"seg.nrrd", DSEG_VOLUME_LABEL_LAYERS}, seg_suffixes, NULL, NULL, write_seg_nrrd,
};
