/* SPDX-License-Identifier: Apache-2.0 */
/* face_read.c - voxels: labels, masks, layers, a view on other planes. */
#include <stdlib.h>
#include <string.h>

#include "dseg/walk.h"
#include "face.h"

/* Planes of labels into out. segments: indices; NULL: all. Of segments that overlap the last one wins. Returns the
 * voxels that belong to several; -1: it failed. */
FACE_EXPORT(labels)
double face_labels(dseg_source *source, size_t first, size_t count, unsigned bits, const uint32_t *segments,
                   size_t segment_count, size_t layer, void *out, size_t size) {
  dseg_error *error = face_begin();
  dseg_overlap overlap = {.voxels = 0};
  const dseg_label_request request = {.struct_size = sizeof request,
                                      .first_plane = first,
                                      .plane_count = count,
                                      .bits = bits,
                                      .segments = segments,
                                      .segment_count = segment_count,
                                      .overlap = DSEG_OVERLAP_LAST,
                                      .threads = 1,
                                      .layer = layer};
  const dseg_status status = dseg_source_read_labels(source, &request, out, size, &overlap, error);
  return status == DSEG_OK ? (double)overlap.voxels : -1.0;
}

/* Blocks of a page, from begin to end; the last one may be shorter. */
enum { PAGE = 4096 };

static bool is_zero(const uint8_t *bytes, size_t size) {
  uint64_t any = 0;
  size_t i = 0;
  for (; any == 0 && i + 64 <= size; i += 64) {
    uint64_t words[8];
    memcpy(words, bytes + i, sizeof words);
    any = words[0] | words[1] | words[2] | words[3] | words[4] | words[5] | words[6] | words[7];
  }
  for (; any == 0 && i < size; i++) {
    any = bytes[i];
  }
  return any == 0;
}

static const uint8_t *skip(const uint8_t *begin, const uint8_t *end, bool zeros) {
  while (begin < end) {
    const size_t size = (size_t)(end - begin) < PAGE ? (size_t)(end - begin) : PAGE;
    if (is_zero(begin, size) != zeros) {
      break;
    }
    begin += size;
  }
  return begin;
}

/* The first block that holds something, or that holds nothing; end: there is none. */
FACE_EXPORT(skip_zeros) const uint8_t *face_skip_zeros(const uint8_t *begin, const uint8_t *end) {
  return skip(begin, end, true);
}
FACE_EXPORT(skip_filled) const uint8_t *face_skip_filled(const uint8_t *begin, const uint8_t *end) {
  return skip(begin, end, false);
}

/* Planes of the mask of the segment with this index. */
FACE_EXPORT(mask)
int face_mask(dseg_source *source, size_t segment, size_t first, size_t count, uint8_t *out, size_t size) {
  return (int)dseg_source_read_mask(source, segment, first, count, out, size, 1, face_begin());
}

/* The layer of each segment, from 0, which stay with the source: of a walk without a step left. Returns how many layers
 * there are; -1: it failed. */
FACE_EXPORT(layers) double face_layers(dseg_walk *walk, dseg_source *source, uint32_t *layer_of) {
  dseg_error *error = face_begin();
  size_t count = 0;
  dseg_status status = dseg_layers_end(walk, error);
  if (status == DSEG_OK) {
    status = dseg_source_assign_layers(source, 1, layer_of, &count, error);
  }
  return status == DSEG_OK ? (double)count : -1.0;
}

/* How many planes of labels to ask for at once. */
FACE_EXPORT(chunk_planes) size_t face_chunk_planes(dseg_source *source, unsigned bits) {
  return dseg_source_chunk_planes(source, bits);
}

/* The source on count planes of one raster, by ascending position along their normal: spacing (2 numbers) and
 * orientation (6) of all, then the position of each (3). crop: what lies outside is left out, else it has to be empty.
 * The view is to be closed before the source. NULL: it failed. */
FACE_EXPORT(onto)
dseg_source *face_onto(dseg_source *source, uint32_t rows, uint32_t columns, const double *numbers, size_t count,
                       int crop) {
  dseg_error *error = face_begin();
  const dseg_geometry *own = &dseg_source_description(source)->geometry;
  dseg_plane_position *planes = calloc(count != 0 ? count : 1, sizeof *planes);
  if (planes == NULL) {
    (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", count);
    return NULL;
  }
  dseg_geometry geometry = {.space = own->space, .rows = rows, .columns = columns, .plane_count = count};
  geometry.planes = planes;
  memcpy(geometry.pixel_spacing, numbers, sizeof geometry.pixel_spacing);
  memcpy(geometry.orientation, numbers + 2, sizeof geometry.orientation);
  for (size_t p = 0; p < count; p++) {
    planes[p].source = -1;
    memcpy(planes[p].position, numbers + 8 + 3 * p, sizeof planes[p].position);
  }
  const dseg_derive_options options = {.struct_size = sizeof options,
                                       .grid = DSEG_VIEW_GRID_ONTO,
                                       .onto = &geometry,
                                       .warnings = face_warnings(),
                                       .threads = 1,
                                       .crop = crop != 0};
  dseg_source *view = NULL;
  (void)dseg_source_derive(source, &options, &view, error);
  free(planes);
  return view;
}
