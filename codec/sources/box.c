/* SPDX-License-Identifier: Apache-2.0 */
/* box.c - voxels of a box of a source's grid, whatever the planes behind it are: slices at their places in the grid,
 * some perhaps missing, or the tiles of a slide's total pixel matrix. Only planes that touch the box are read. */
#include "sources/box.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/options.h"
#include "dseg/instances.h"
#include "model/label_planes.h"
#include "model/overlap.h"
#include "sources/source.h"

/* Planes that are read together, so that threads share them, take about as much. */
#define BATCH_BYTES ((size_t)16 << 20)

/* A box that is being read. */
struct box {
  dseg_source *source;
  const dseg_geometry *geometry;
  const dseg_box_grid *layout;
  const dseg_box_request *request;
  size_t voxel_bytes;
  size_t size[3];
  uint8_t *out;
  dseg_overlap *overlap;
};

dseg_status dseg_box_grid_find(const dseg_geometry *geometry, dseg_box_grid *layout, dseg_error *error) {
  const size_t planes = geometry->plane_count;
  *layout = (dseg_box_grid){.plane_of_slot = NULL};
  size_t *slots = calloc(planes + 1, sizeof *slots);
  if (slots == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", planes);
  }
  dseg_status status = dseg_geometry_to_grid(geometry, &layout->grid, slots, error);
  if (status == DSEG_OK && geometry->space != DSEG_SPACE_SLIDE) {
    layout->plane_of_slot = calloc(layout->grid.size[2] + 1, sizeof *layout->plane_of_slot);
    if (layout->plane_of_slot == NULL) {
      status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", layout->grid.size[2]);
    }
  }
  if (status == DSEG_OK && layout->plane_of_slot != NULL) {
    for (size_t k = 0; k < layout->grid.size[2]; k++) {
      layout->plane_of_slot[k] = -1;
    }
    for (size_t plane = 0; plane < planes; plane++) {
      layout->plane_of_slot[slots[plane]] = (ptrdiff_t)plane;
    }
  }
  free(slots);
  return status;
}

void dseg_box_grid_free(dseg_box_grid *layout) {
  free(layout->plane_of_slot);
  layout->plane_of_slot = NULL;
}

static struct box begin(dseg_source *source, const dseg_box_grid *layout, const dseg_box_request *request, void *out,
                        dseg_overlap *overlap) {
  struct box box = {.source = source,
                    .geometry = &source->description->geometry,
                    .layout = layout,
                    .request = request,
                    .voxel_bytes = request->bits == 0 ? 1 : request->bits / 8,
                    .out = out,
                    .overlap = overlap};
  for (int axis = 0; axis < 3; axis++) {
    box.size[axis] = request->high[axis] - request->low[axis];
  }
  return box;
}

static size_t plane_bytes(const struct box *box) {
  return (size_t)box->geometry->rows * box->geometry->columns * box->voxel_bytes;
}

/* The labels that the box asks for, of some planes of the source. */
static dseg_label_request labels_of(const dseg_box_request *request, size_t first, size_t count) {
  return (dseg_label_request){.struct_size = sizeof(dseg_label_request),
                              .first_plane = first,
                              .plane_count = count,
                              .bits = request->bits,
                              .values = request->values,
                              .segments = request->segments,
                              .segment_count = request->segment_count,
                              .background = request->background,
                              .overlap = request->overlap,
                              .threshold = request->threshold,
                              .threads = request->threads};
}

static dseg_status read_planes(const struct box *box, size_t first, size_t count, void *out, dseg_error *error) {
  const dseg_box_request *request = box->request;
  const size_t bytes = count * plane_bytes(box);
  if (request->instances != 0) {
    return dseg_source_read_instances(box->source, first, count, out, bytes, request->threads, error);
  }
  if (request->bits == 0) {
    return dseg_source_read_mask(box->source, request->segment, first, count, out, bytes, request->threads, error);
  }
  if (request->bits == DSEG_BOX_FRACTIONS) {
    const dseg_reals reals = {out, DSEG_BOX_FRACTIONS};
    return dseg_source_read_fractions(box->source, request->segment, first, count, &reals, request->threads, error);
  }
  const dseg_label_request labels = labels_of(request, first, count);
  dseg_overlap found = {0};
  const dseg_status status = dseg_source_read_labels(box->source, &labels, out, bytes, &found, error);
  dseg_overlap_merge(box->overlap, &found);
  return status;
}

static void fill_background(const struct box *box, uint8_t *out, size_t voxels) {
  if (out == NULL) {
    return; /* check_buffer has refused it, which clang's analyzer does not see */
  }
  if (box->request->bits == 0 || box->request->bits == DSEG_BOX_FRACTIONS || box->request->instances != 0) {
    memset(out, 0, voxels * box->voxel_bytes);
  } else {
    dseg_labels_fill(out, box->request->bits, 0, voxels, box->request->background);
  }
}

/* Planes that follow each other in the grid and in the source are read together, at most most of them. */
static size_t run_length(const struct box *box, size_t k, size_t most) {
  const ptrdiff_t *planes = box->layout->plane_of_slot;
  size_t count = 1;
  while (count < most && k + count < box->request->high[2] && planes[k] >= 0 &&
         planes[k + count] == planes[k] + (ptrdiff_t)count) {
    count++;
  }
  return count;
}

/* The box has all columns and rows: planes are read to their places. */
static dseg_status read_whole_slices(const struct box *box, dseg_error *error) {
  for (size_t k = box->request->low[2]; k < box->request->high[2];) {
    const size_t count = run_length(box, k, SIZE_MAX);
    uint8_t *out = box->out + (k - box->request->low[2]) * plane_bytes(box);
    const ptrdiff_t plane = box->layout->plane_of_slot[k];
    if (plane < 0) {
      fill_background(box, out, box->size[0] * box->size[1]);
    } else {
      DSEG_TRY(read_planes(box, (size_t)plane, count, out, error));
    }
    k += count;
  }
  return DSEG_OK;
}

/* Copies what the box and a plane have in common. The plane's first pixel lies at column x, row y of the grid, the
 * slice of the box is number slice. */
static void copy_part(const struct box *box, const uint8_t *plane, size_t x, size_t y, size_t slice) {
  const size_t *low = box->request->low;
  const size_t *high = box->request->high;
  const size_t columns = box->geometry->columns;
  const size_t left = x > low[0] ? x : low[0];
  const size_t top = y > low[1] ? y : low[1];
  const size_t right = x + columns < high[0] ? x + columns : high[0];
  const size_t bottom = y + box->geometry->rows < high[1] ? y + box->geometry->rows : high[1];
  for (size_t row = top; left < right && row < bottom; row++) {
    const size_t from = (row - y) * columns + (left - x);
    const size_t to = (slice * box->size[1] + (row - low[1])) * box->size[0] + (left - low[0]);
    memcpy(box->out + to * box->voxel_bytes, plane + from * box->voxel_bytes, (right - left) * box->voxel_bytes);
  }
}

static bool touches(const struct box *box, size_t plane) {
  const size_t x = box->geometry->planes[plane].matrix_column;
  const size_t y = box->geometry->planes[plane].matrix_row;
  return x < box->request->high[0] && y < box->request->high[1] && x + box->geometry->columns > box->request->low[0] &&
         y + box->geometry->rows > box->request->low[1];
}

static dseg_status read_tiles(const struct box *box, uint8_t *scratch, size_t most, dseg_error *error) {
  const size_t planes = box->geometry->plane_count;
  for (size_t plane = 0; plane < planes;) {
    size_t count = 0;
    while (count < most && plane + count < planes && touches(box, plane + count)) {
      count++;
    }
    if (count > 0) {
      DSEG_TRY(read_planes(box, plane, count, scratch, error));
    }
    for (size_t i = 0; i < count; i++) {
      const dseg_plane_position *tile = &box->geometry->planes[plane + i];
      copy_part(box, scratch + i * plane_bytes(box), tile->matrix_column, tile->matrix_row, 0);
    }
    plane += count > 0 ? count : 1;
  }
  return DSEG_OK;
}

static dseg_status read_slices(const struct box *box, uint8_t *scratch, size_t most, dseg_error *error) {
  for (size_t k = box->request->low[2]; k < box->request->high[2];) {
    const size_t count = run_length(box, k, most);
    const ptrdiff_t plane = box->layout->plane_of_slot[k];
    if (plane >= 0) {
      DSEG_TRY(read_planes(box, (size_t)plane, count, scratch, error));
    }
    for (size_t i = 0; plane >= 0 && i < count; i++) {
      copy_part(box, scratch + i * plane_bytes(box), 0, 0, k + i - box->request->low[2]);
    }
    k += count;
  }
  return DSEG_OK;
}

/* Planes that fit in a batch: enough for the threads, but never a volume. */
static size_t batch_planes(const struct box *box) {
  const size_t fit = BATCH_BYTES / plane_bytes(box);
  const size_t most = box->layout->plane_of_slot != NULL ? box->size[2] : box->geometry->plane_count;
  return fit < 1 ? 1 : fit > most ? most : fit;
}

static dseg_status read_parts(const struct box *box, dseg_error *error) {
  const size_t most = batch_planes(box);
  size_t bytes;
  uint8_t *scratch = dseg_mul_size(most, plane_bytes(box), &bytes) ? malloc(bytes) : NULL;
  if (scratch == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", most);
  }
  fill_background(box, box->out, box->size[0] * box->size[1] * box->size[2]);
  const dseg_status status = box->layout->plane_of_slot == NULL ? read_tiles(box, scratch, most, error)
                                                                : read_slices(box, scratch, most, error);
  free(scratch);
  return status;
}

dseg_status dseg_box_read(dseg_source *source, const dseg_box_grid *layout, const dseg_box_request *request, void *out,
                          dseg_overlap *overlap, dseg_error *error) {
  const struct box box = begin(source, layout, request, out, overlap);
  const bool whole =
      layout->plane_of_slot != NULL && box.size[0] == box.geometry->columns && box.size[1] == box.geometry->rows;
  return whole ? read_whole_slices(&box, error) : read_parts(&box, error);
}

static dseg_status add_plane(const struct box *box, size_t plane, uint8_t *present, uint8_t *scratch,
                             dseg_error *error) {
  DSEG_TRY(dseg_source_segments_in_plane(box->source, plane, scratch, error));
  for (size_t i = 0; i < box->source->description->segment_count; i++) {
    present[i] |= scratch[i];
  }
  return DSEG_OK;
}

dseg_status dseg_box_segments(dseg_source *source, const dseg_box_grid *layout, const dseg_box_request *request,
                              uint8_t *present, uint8_t *scratch, dseg_error *error) {
  const struct box box = begin(source, layout, request, NULL, NULL);
  memset(present, 0, source->description->segment_count);
  if (layout->plane_of_slot == NULL) {
    for (size_t plane = 0; plane < box.geometry->plane_count; plane++) {
      if (touches(&box, plane)) {
        DSEG_TRY(add_plane(&box, plane, present, scratch, error));
      }
    }
    return DSEG_OK;
  }
  for (size_t k = request->low[2]; k < request->high[2]; k++) {
    if (layout->plane_of_slot[k] >= 0) {
      DSEG_TRY(add_plane(&box, (size_t)layout->plane_of_slot[k], present, scratch, error));
    }
  }
  return DSEG_OK;
}

/* The box lies within the grid, and has voxels. */
static dseg_status check_box(const dseg_grid *grid, const dseg_box_request *request, dseg_error *error) {
  static const char *const names[3] = {"columns", "rows", "planes"};
  for (int axis = 0; axis < 3; axis++) {
    if (request->low[axis] >= request->high[axis]) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "the box is empty: %s %zu to %zu, the end excluded", names[axis],
                       request->low[axis], request->high[axis]);
    }
    if (request->high[axis] > grid->size[axis]) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                       "the box lies outside the grid: %s %zu to %zu, the end excluded, of %zu", names[axis],
                       request->low[axis], request->high[axis], grid->size[axis]);
    }
  }
  return DSEG_OK;
}

static dseg_status check_buffer(const dseg_box_request *request, const void *out, size_t size, dseg_error *error) {
  if (request->instances != 0 && request->bits != 32) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "instances of %u bits were asked for; they have 32", request->bits);
  }
  if (request->bits != 0 && request->bits != 8 && request->bits != 16 && request->bits != 32) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "voxels of %u bits were asked for; 8, 16 and 32, and 0 for a mask, are possible", request->bits);
  }
  const size_t voxel_bytes = request->bits == 0 ? 1 : request->bits / 8;
  if (out == NULL || (uintptr_t)out % voxel_bytes != 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "the buffer is NULL or not aligned for voxels of %u bits",
                     (unsigned)(8 * voxel_bytes));
  }
  size_t expected = voxel_bytes;
  for (int axis = 0; axis < 3; axis++) {
    if (!dseg_mul_size(expected, request->high[axis] - request->low[axis], &expected)) {
      return dseg_fail(error, DSEG_ERROR_LIMIT, "the box exceeds the address space");
    }
  }
  if (size != expected) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "the buffer has %zu bytes, the box takes %zu", size, expected);
  }
  return DSEG_OK;
}

/* A box that no plane touches is not read, and how voxels are asked for would not be checked. */
static dseg_status check_voxels(dseg_source *source, const dseg_box_request *request, dseg_error *error) {
  if (request->instances != 0) {
    return dseg_source_read_instances(source, 0, 0, NULL, 0, 1, error);
  }
  if (request->bits == 0) {
    return DSEG_OK; /* the segment of a mask is known */
  }
  const dseg_label_request labels = labels_of(request, 0, 0);
  return dseg_source_read_labels(source, &labels, NULL, 0, NULL, error);
}

static dseg_status check_request(const dseg_source *source, const dseg_box_grid *layout,
                                 const dseg_box_request *request, const void *out, size_t size, dseg_error *error) {
  const size_t count = source->description->segment_count;
  DSEG_TRY(check_box(&layout->grid, request, error));
  DSEG_TRY(check_buffer(request, out, size, error));
  return request->bits != 0 || request->segment < count
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_ARGUMENT, "segment %zu was asked for, there are %zu (counted from 0)",
                         request->segment, count);
}

dseg_status dseg_source_read_box(dseg_source *source, const dseg_box_request *request, void *out, size_t size,
                                 dseg_overlap *overlap, dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || request == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_source_read_box: source and request must not be NULL");
  }
  dseg_overlap found = {0};
  dseg_box_request complete;
  dseg_box_grid layout = {.plane_of_slot = NULL};
  dseg_status status = DSEG_COPY_OPTIONS(dseg_box_request, &complete, request, error);
  if (status == DSEG_OK) {
    status = dseg_box_grid_find(&source->description->geometry, &layout, error);
  }
  if (status == DSEG_OK) {
    status = check_request(source, &layout, &complete, out, size, error);
  }
  if (status != DSEG_OK && source->name != NULL) { /* what follows does so itself */
    dseg_error_prefix(error, source->name);
  }
  if (status == DSEG_OK) {
    status = check_voxels(source, &complete, error);
  }
  if (status == DSEG_OK) {
    status = dseg_box_read(source, &layout, &complete, out, &found, error);
  }
  dseg_box_grid_free(&layout);
  if (overlap != NULL) {
    *overlap = found;
  }
  return status;
}
