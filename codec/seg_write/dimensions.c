/* SPDX-License-Identifier: Apache-2.0 */
/* dimensions.c - the index values of Multi-frame Dimension (PS3.3 C.7.6.17.1).
 *
 * An index counts, from 1 and without a gap, the different values that occur in the object, and a value has one
 * index wherever it occurs. Segments count by number, planes in the description's order, tiles by row and
 * column. */
#include <math.h>
#include <stdlib.h>

#include "seg_write/object.h"

void dseg_dimension_table_free(dseg_dimension_table *table) {
  free(table->segment_index);
  free(table->plane_index);
  free(table->column_index);
  *table = (dseg_dimension_table){.count = 0};
}

/* Numbers the entries that are not 0 from 1 on. */
static void number_used(uint32_t *used, size_t count) {
  uint32_t next = 1;
  for (size_t i = 0; i < count; i++) {
    if (used[i] != 0) {
      used[i] = next++;
    }
  }
}

static int compare_u32(const void *a, const void *b) {
  const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* Replaces each non-zero index[plane] by the rank of its row or column among those in use. */
static dseg_status rank_values(const dseg_geometry *geometry, bool columns, uint32_t *index, dseg_error *error) {
  uint32_t *values = malloc((geometry->plane_count + 1) * sizeof *values);
  if (values == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for dimension indices");
  }
  size_t count = 0;
  for (size_t i = 0; i < geometry->plane_count; i++) {
    if (index[i] != 0) {
      values[count++] = columns ? geometry->planes[i].matrix_column : geometry->planes[i].matrix_row;
    }
  }
  qsort(values, count, sizeof *values, compare_u32);
  size_t distinct = 0;
  for (size_t i = 0; i < count; i++) {
    if (distinct == 0 || values[distinct - 1] != values[i]) {
      values[distinct++] = values[i];
    }
  }
  for (size_t i = 0; i < geometry->plane_count; i++) {
    if (index[i] != 0) {
      const uint32_t value = columns ? geometry->planes[i].matrix_column : geometry->planes[i].matrix_row;
      const uint32_t *found = bsearch(&value, values, distinct, sizeof *values, compare_u32);
      index[i] = (uint32_t)(found - values) + 1;
    }
  }
  free(values);
  return DSEG_OK;
}

/* Whether the planes in use, at least two with one frame each, have one distance between neighbours. */
static bool equally_spaced(const dseg_geometry *geometry, const dseg_frame_record *frames, size_t count) {
  if (geometry->space != DSEG_SPACE_PATIENT || count < 2 || frames[0].plane == frames[1].plane) {
    return false;
  }
  const double *start = geometry->planes[frames[0].plane].position;
  const double *second = geometry->planes[frames[1].plane].position;
  const double step[3] = {second[0] - start[0], second[1] - start[1], second[2] - start[2]};
  const double length = sqrt(step[0] * step[0] + step[1] * step[1] + step[2] * step[2]);
  const double tolerance = 1e-3 + 1e-2 * length;
  for (size_t i = 1; i < count; i++) {
    const double *before = geometry->planes[frames[i - 1].plane].position;
    const double *here = geometry->planes[frames[i].plane].position;
    for (size_t axis = 0; axis < 3; axis++) {
      if (fabs(here[axis] - before[axis] - step[axis]) > tolerance) {
        return false;
      }
    }
  }
  return length > 0.0;
}

static void choose_dimensions(dseg_dimension_table *table, const dseg_geometry *geometry, bool segment_frames) {
  if (segment_frames) {
    table->dimensions[table->count++] = DSEG_DIMENSION_SEGMENT;
  }
  if (geometry->space == DSEG_SPACE_PATIENT) {
    table->dimensions[table->count++] = DSEG_DIMENSION_POSITION;
  } else if (geometry->space == DSEG_SPACE_SLIDE) {
    table->dimensions[table->count++] = DSEG_DIMENSION_ROW;
    table->dimensions[table->count++] = DSEG_DIMENSION_COLUMN;
  } else if (!segment_frames || geometry->plane_count > 1) {
    table->dimensions[table->count++] = DSEG_DIMENSION_LABEL;
  }
}

dseg_status dseg_dimension_table_fill(dseg_dimension_table *table, const dseg_description *description,
                                      const dseg_representation *representation, const dseg_frame_record *frames,
                                      size_t count, dseg_error *error) {
  const dseg_geometry *geometry = &description->geometry;
  const bool slide = geometry->space == DSEG_SPACE_SLIDE;
  const bool segment_frames = (representation->flags & DSEG_PLUGIN_SEGMENT_FRAMES) != 0;
  *table = (dseg_dimension_table){.count = 0};
  choose_dimensions(table, geometry, segment_frames);
  table->plane_index = calloc(geometry->plane_count + 1, sizeof *table->plane_index);
  table->segment_index = calloc(description->segment_count + 1, sizeof *table->segment_index);
  table->column_index = calloc(slide ? geometry->plane_count + 1 : 1, sizeof *table->column_index);
  if (table->plane_index == NULL || table->segment_index == NULL || table->column_index == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for dimension indices");
  }
  for (size_t i = 0; i < count; i++) {
    table->plane_index[frames[i].plane] = 1;
    if (slide) {
      table->column_index[frames[i].plane] = 1;
    }
    if (frames[i].segment >= 0) {
      table->segment_index[frames[i].segment] = 1;
    }
  }
  number_used(table->segment_index, description->segment_count);
  table->equally_spaced = equally_spaced(geometry, frames, count);
  if (!slide) {
    number_used(table->plane_index, geometry->plane_count);
    return DSEG_OK;
  }
  DSEG_TRY(rank_values(geometry, false, table->plane_index, error));
  return rank_values(geometry, true, table->column_index, error);
}
