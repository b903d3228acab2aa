/* SPDX-License-Identifier: Apache-2.0 */
/* planes.c - which planes of a segmentation a preview shows, and how they are turned and cropped; and slides. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "preview/preview.h"

static bool is_fraction(const dseg_description *description) {
  return description->kind == DSEG_VOXELS_PROBABILITY || description->kind == DSEG_VOXELS_OCCUPANCY;
}

static int dominant_axis(const double direction[3]) {
  int axis = 0;
  for (int i = 1; i < 3; i++) {
    axis = fabs(direction[i]) > fabs(direction[axis]) ? i : axis;
  }
  return axis;
}

/* Radiology's view of patient space (coordinates as in PS3.3 C.7.6.2.1.1): x, or y in sagittal planes, to the right;
 * y, or minus z, downwards. */
static void turn_view(preview_view *view, const dseg_geometry *geometry) {
  const double *along_columns = geometry->orientation;
  const double *along_rows = geometry->orientation + 3;
  const int across = dominant_axis(along_columns);
  const int down = dominant_axis(along_rows);
  if (geometry->space != DSEG_SPACE_PATIENT || across == down) {
    return;
  }
  view->transposed = across == 2 || (across == 1 && down == 0);
  const double *right = view->transposed ? along_rows : along_columns;
  const double *bottom = view->transposed ? along_columns : along_rows;
  const int bottom_axis = dominant_axis(bottom);
  view->flip_x = right[dominant_axis(right)] < 0;
  view->flip_y = (bottom[bottom_axis] < 0) != (bottom_axis == 2);
}

static void set_view(preview_view *view, const dseg_geometry *geometry) {
  const bool spaced = geometry->pixel_spacing[0] > 0 && geometry->pixel_spacing[1] > 0;
  const double row_distance = spaced ? geometry->pixel_spacing[0] : 1;
  const double column_distance = spaced ? geometry->pixel_spacing[1] : 1;
  turn_view(view, geometry);
  view->width = view->transposed ? geometry->rows : geometry->columns;
  view->height = view->transposed ? geometry->columns : geometry->rows;
  view->pixel_width = view->transposed ? row_distance : column_distance;
  view->pixel_height = view->transposed ? column_distance : row_distance;
  view->right = view->width;
  view->bottom = view->height;
}

/* Voxel of the plane (index in labels) at a displayed voxel. */
static size_t voxel_at(const preview_job *job, uint32_t x, uint32_t y) {
  const preview_view *view = &job->view;
  const size_t across = view->flip_x ? view->width - 1 - x : x;
  const size_t down = view->flip_y ? view->height - 1 - y : y;
  const size_t columns = job->description->geometry.columns;
  return view->transposed ? across * columns + down : down * columns + across;
}

dseg_status preview_prepare(preview_job *job, dseg_error *error) {
  const dseg_description *description = job->description;
  const size_t pixels = (size_t)description->geometry.rows * description->geometry.columns;
  const size_t segments = description->segment_count;
  set_view(&job->view, &description->geometry);
  job->voxels = calloc(segments + 1, sizeof *job->voxels);
  job->values = calloc(segments + 1, sizeof *job->values);
  job->present = calloc(segments + 1, 1);
  job->labels = pixels <= SIZE_MAX / 4 ? malloc(pixels * 4 + 4) : NULL;
  bool good = job->voxels != NULL && job->values != NULL && job->present != NULL && job->labels != NULL;
  if (is_fraction(description)) {
    job->weights = malloc(pixels + 1);
    job->mask = malloc(pixels + 1);
    good = good && job->weights != NULL && job->mask != NULL;
  }
  if (!good) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a plane");
  }
  for (size_t i = 0; i < segments; i++) {
    job->values[i] = (uint32_t)(i + 1);
  }
  return DSEG_OK;
}

void preview_release(preview_job *job) {
  for (size_t i = 0; i < job->cell_count; i++) {
    free(job->cells[i].labels);
    free(job->cells[i].weights);
    free(job->cells[i].shades);
    free(job->cells[i].greys);
  }
  free(job->voxels);
  free(job->values);
  free(job->present);
  free(job->labels);
  free(job->weights);
  free(job->mask);
}

/* The segment with the largest fraction has the voxel. */
static dseg_status read_fractions(preview_job *job, size_t plane, size_t pixels, dseg_error *error) {
  const dseg_description *description = job->description;
  const uint32_t maximum = description->maximum_fraction > 0 ? description->maximum_fraction : 1;
  memset(job->labels, 0, pixels * sizeof *job->labels);
  memset(job->weights, 0, pixels);
  DSEG_TRY(dseg_source_segments_in_plane(job->source, plane, job->present, error));
  for (size_t segment = 0; segment < description->segment_count; segment++) {
    if (job->present[segment] == 0) {
      continue;
    }
    DSEG_TRY(dseg_source_read_mask(job->source, segment, plane, 1, job->mask, pixels, job->threads, error));
    for (size_t i = 0; i < pixels; i++) {
      const uint8_t weight = (uint8_t)(job->mask[i] >= maximum ? 255 : job->mask[i] * 255U / maximum);
      if (weight > job->weights[i]) {
        job->weights[i] = weight;
        job->labels[i] = (uint32_t)(segment + 1);
      }
    }
  }
  return DSEG_OK;
}

size_t preview_segment_of(const preview_job *job, uint32_t label) {
  const dseg_instances *instances = job->description->instances;
  if (instances == NULL) {
    return label - 1;
  }
  return instances->segments != NULL ? instances->segments[label - 1] : 0;
}

dseg_status preview_read_plane(preview_job *job, size_t plane, dseg_error *error) {
  const size_t pixels = (size_t)job->description->geometry.rows * job->description->geometry.columns;
  if (job->description->instances != NULL) {
    return dseg_source_read_instances(job->source, plane, 1, job->labels, pixels * sizeof *job->labels, job->threads,
                                      error);
  }
  if (job->weights != NULL) {
    return read_fractions(job, plane, pixels, error);
  }
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                      .first_plane = plane,
                                      .plane_count = 1,
                                      .bits = 32,
                                      .values = job->values,
                                      .overlap = job->overlap,
                                      .threads = job->threads};
  return dseg_source_read_labels(job->source, &request, job->labels, pixels * 4, NULL, error);
}

/* What the planes shown hold. */
struct bounds {
  uint32_t left, top, right, bottom;
};

/* Adds the plane in labels to the counts and bounds; false when it is empty. */
static bool add_plane(preview_job *job, struct bounds *bounds) {
  bool found = false;
  for (uint32_t y = 0; y < job->view.height; y++) {
    for (uint32_t x = 0; x < job->view.width; x++) {
      const uint32_t label = job->labels[voxel_at(job, x, y)];
      if (label != 0) {
        found = true;
        job->voxels[preview_segment_of(job, label)]++;
        bounds->left = x < bounds->left ? x : bounds->left;
        bounds->top = y < bounds->top ? y : bounds->top;
        bounds->right = x + 1 > bounds->right ? x + 1 : bounds->right;
        bounds->bottom = y + 1 > bounds->bottom ? y + 1 : bounds->bottom;
      }
    }
  }
  return found;
}

static dseg_status is_filled(preview_job *job, size_t plane, bool *filled, dseg_error *error) {
  const size_t pixels = (size_t)job->description->geometry.rows * job->description->geometry.columns;
  DSEG_TRY(dseg_source_segments_in_plane(job->source, plane, job->present, error));
  *filled = false;
  if (memchr(job->present, 1, job->description->segment_count) == NULL) {
    return DSEG_OK;
  }
  DSEG_TRY(preview_read_plane(job, plane, error));
  for (size_t i = 0; i < pixels && !*filled; i++) {
    *filled = job->labels[i] != 0;
  }
  return DSEG_OK;
}

/* Narrows first_plane and last_plane to planes that hold something; *any is false when none does. */
static dseg_status skip_empty_ends(preview_job *job, bool *any, dseg_error *error) {
  *any = false;
  for (size_t plane = job->first_plane; !*any && plane <= job->last_plane; plane++) {
    DSEG_TRY(is_filled(job, plane, any, error));
    job->first_plane = plane;
  }
  bool filled = false;
  for (size_t plane = job->last_plane; *any && !filled; plane--) {
    DSEG_TRY(is_filled(job, plane, &filled, error));
    job->last_plane = plane;
  }
  return DSEG_OK;
}

/* A margin around what is there, so that it does not stick to the edges. */
static void crop(preview_view *view, const struct bounds *bounds) {
  const uint32_t width = bounds->right - bounds->left;
  const uint32_t height = bounds->bottom - bounds->top;
  const uint32_t margin = 3 + (width > height ? width : height) / 16;
  view->left = bounds->left > margin ? bounds->left - margin : 0;
  view->top = bounds->top > margin ? bounds->top - margin : 0;
  view->right = bounds->right + margin < view->width ? bounds->right + margin : view->width;
  view->bottom = bounds->bottom + margin < view->height ? bounds->bottom + margin : view->height;
}

/* Takes the plane in the middle of begin..end (end excluded), or the next one that holds something. */
static dseg_status choose_from_part(preview_job *job, size_t begin, size_t end, struct bounds *bounds,
                                    dseg_error *error) {
  const size_t count = end - begin;
  for (size_t i = 0; i < count; i++) {
    const size_t plane = begin + (count / 2 + i) % count;
    DSEG_TRY(preview_read_plane(job, plane, error));
    if (add_plane(job, bounds)) {
      job->planes[job->plane_count++] = plane;
      return DSEG_OK;
    }
  }
  return DSEG_OK;
}

static dseg_status choose_planes(preview_job *job, dseg_error *error) {
  bool any;
  DSEG_TRY(skip_empty_ends(job, &any, error));
  const size_t range = job->last_plane - job->first_plane + 1;
  const size_t wanted = !any ? 0 : range < PREVIEW_MAX_CELLS ? range : PREVIEW_MAX_CELLS;
  struct bounds bounds = {UINT32_MAX, UINT32_MAX, 0, 0};
  for (size_t i = 0; i < wanted; i++) {
    DSEG_TRY(choose_from_part(job, job->first_plane + i * range / wanted, job->first_plane + (i + 1) * range / wanted,
                              &bounds, error));
  }
  if (job->plane_count > 0 && job->reference_count == 0) {
    crop(&job->view, &bounds);
  }
  return DSEG_OK;
}

/* Brings the plane that was read to the cell's size: the nearest voxel. */
static void sample_plane(const preview_job *job, preview_cell *cell) {
  const preview_view *view = &job->view;
  const uint32_t width = view->right - view->left;
  const uint32_t height = view->bottom - view->top;
  for (uint32_t y = 0; y < cell->height; y++) {
    const uint32_t from_y = view->top + (uint32_t)(((uint64_t)y * 2 + 1) * height / (2 * (uint64_t)cell->height));
    for (uint32_t x = 0; x < cell->width; x++) {
      const uint32_t from_x = view->left + (uint32_t)(((uint64_t)x * 2 + 1) * width / (2 * (uint64_t)cell->width));
      const size_t voxel = voxel_at(job, from_x, from_y);
      cell->labels[(size_t)y * cell->width + x] = job->labels[voxel];
      if (cell->weights != NULL) {
        cell->weights[(size_t)y * cell->width + x] = job->weights[voxel];
      }
    }
  }
}

/* mm of a pixel of a cell that shows a plane. */
static void find_place(const preview_job *job, const preview_cell *cell, size_t plane, double x, double y,
                       double place[3]) {
  const dseg_geometry *geometry = &job->description->geometry;
  const preview_view *view = &job->view;
  const double right = view->left + (x + 0.5) / cell->width * (view->right - view->left) - 0.5;
  const double bottom = view->top + (y + 0.5) / cell->height * (view->bottom - view->top) - 0.5;
  const double across = view->flip_x ? view->width - 1.0 - right : right;
  const double down = view->flip_y ? view->height - 1.0 - bottom : bottom;
  const double column = (view->transposed ? down : across) * geometry->pixel_spacing[1];
  const double row = (view->transposed ? across : down) * geometry->pixel_spacing[0];
  for (int i = 0; i < 3; i++) {
    place[i] =
        geometry->planes[plane].position[i] + column * geometry->orientation[i] + row * geometry->orientation[3 + i];
  }
}

static void place_cell(const preview_job *job, preview_cell *cell, size_t plane) {
  const dseg_geometry *geometry = &job->description->geometry;
  double right[3];
  double down[3];
  cell->has_place =
      geometry->space == DSEG_SPACE_PATIENT && geometry->pixel_spacing[0] > 0 && geometry->pixel_spacing[1] > 0;
  find_place(job, cell, plane, 0, 0, cell->corner);
  find_place(job, cell, plane, 1, 0, right);
  find_place(job, cell, plane, 0, 1, down);
  for (int i = 0; i < 3; i++) {
    cell->right[i] = right[i] - cell->corner[i];
    cell->down[i] = down[i] - cell->corner[i];
  }
}

dseg_status preview_show_planes(preview_job *job, dseg_error *error) {
  DSEG_TRY(choose_planes(job, error));
  const preview_view *view = &job->view;
  const double width = fmax(1, view->right - view->left);
  const double height = fmax(1, view->bottom - view->top);
  DSEG_TRY(preview_lay_out_planes(job, width * view->pixel_width, height * view->pixel_height, width, error));
  for (size_t i = 0; i < job->plane_count; i++) {
    preview_cell *cell = &job->cells[i];
    DSEG_TRY(preview_read_plane(job, job->planes[i], error));
    sample_plane(job, cell);
    place_cell(job, cell, job->planes[i]);
    (void)snprintf(cell->title, sizeof cell->title, "%zu", job->planes[i] + 1);
  }
  return DSEG_OK;
}

/* The pixels of the picture that fall on a slide's tile. */
static void sample_tile(const preview_job *job, const dseg_plane_position *tile, preview_cell *cell) {
  const dseg_geometry *geometry = &job->description->geometry;
  const double step_x = (double)geometry->matrix_columns / cell->width;
  const double step_y = (double)geometry->matrix_rows / cell->height;
  const uint32_t first_y = (uint32_t)fmax(0, floor(tile->matrix_row / step_y - 0.5));
  const uint32_t first_x = (uint32_t)fmax(0, floor(tile->matrix_column / step_x - 0.5));
  for (uint32_t y = first_y; y < cell->height; y++) {
    const double from_y = floor((y + 0.5) * step_y) - tile->matrix_row;
    if (from_y >= geometry->rows) {
      break;
    }
    for (uint32_t x = first_x; x < cell->width && from_y >= 0; x++) {
      const double from_x = floor((x + 0.5) * step_x) - tile->matrix_column;
      if (from_x >= geometry->columns) {
        break;
      }
      if (from_x >= 0) {
        const size_t voxel = (size_t)from_y * geometry->columns + (size_t)from_x;
        cell->labels[(size_t)y * cell->width + x] = job->labels[voxel];
        if (cell->weights != NULL) {
          cell->weights[(size_t)y * cell->width + x] = job->weights[voxel];
        }
      }
    }
  }
}

dseg_status preview_show_slide(preview_job *job, dseg_error *error) {
  const dseg_geometry *geometry = &job->description->geometry;
  const double width = fmax(1, geometry->matrix_columns);
  DSEG_TRY(preview_lay_out_planes(job, width, fmax(1, geometry->matrix_rows), width, error));
  preview_cell *cell = &job->cells[0];
  for (size_t plane = job->first_plane; plane <= job->last_plane; plane++) {
    DSEG_TRY(preview_read_plane(job, plane, error));
    sample_tile(job, &geometry->planes[plane], cell);
  }
  for (size_t i = 0; i < (size_t)cell->width * cell->height; i++) {
    if (cell->labels[i] != 0) {
      job->voxels[preview_segment_of(job, cell->labels[i])]++; /* what the picture shows of each segment */
    }
  }
  return DSEG_OK;
}
