/* SPDX-License-Identifier: Apache-2.0 */
/* instance_describe.c - columns of instances from a data set to a description, and back. */
#include <stdlib.h>
#include <string.h>

#include "instance_columns.h"
#include "volume/volume.h"

static dseg_status out_of_memory(size_t count, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu instances", count);
}

/* A column of 32-bit numbers in the description's memory; NULL, and *ok false, where that is short. */
static uint32_t *take_numbers(dseg_description *description, dseg_view column, uint32_t less, bool *ok) {
  const size_t count = column.size / 4;
  uint32_t *values = count > 0 ? dseg_description_alloc(description, count * sizeof *values) : NULL;
  *ok = *ok && (values != NULL || count == 0);
  for (size_t i = 0; values != NULL && i < count; i++) {
    values[i] = instance_load32(column, i) - less;
  }
  return values;
}

/* From 1 to from 0. An end of 0 is of no pixel, and stays that. */
static uint32_t *take_boxes(dseg_description *description, const instance_columns *columns, bool *ok) {
  uint32_t *boxes = take_numbers(description, columns->boxes, 0, ok);
  const unsigned axes = columns->box_values / 2;
  for (size_t i = 0; boxes != NULL && i < columns->count; i++) {
    uint32_t *box = boxes + i * columns->box_values;
    bool empty = false;
    for (unsigned axis = 0; axis < axes; axis++) {
      empty = empty || box[axes + axis] < box[axis];
    }
    for (unsigned axis = 0; axis < axes; axis++) {
      box[axis] = empty ? 1 : box[axis] - 1;
      box[axes + axis] = empty ? 0 : box[axes + axis] - 1;
    }
  }
  return boxes;
}

static uint16_t *take_segments(dseg_description *description, dseg_view column, const uint32_t *index_of, bool *ok) {
  const size_t count = column.size / 2;
  uint16_t *values = count > 0 ? dseg_description_alloc(description, count * sizeof *values) : NULL;
  *ok = *ok && (values != NULL || count == 0);
  for (size_t i = 0; values != NULL && i < count; i++) {
    values[i] = (uint16_t)index_of[instance_load16(column, i)];
  }
  return values;
}

dseg_status instance_describe(const instance_columns *columns, const uint32_t *index_of, dseg_description *description,
                              dseg_instances **made, dseg_error *error) {
  bool ok = true;
  dseg_instances *instances = dseg_description_alloc(description, sizeof *instances);
  if (instances == NULL) {
    return out_of_memory(columns->count, error);
  }
  *instances = (dseg_instances){.count = columns->count};
  if (index_of != NULL) {
    instances->segments = take_segments(description, columns->segments, index_of, &ok);
  }
  uint32_t *confidence = take_numbers(description, columns->confidence, 0, &ok); /* the bits of floats */
  instances->confidence = (const float *)(const void *)confidence;
  instances->boxes = take_boxes(description, columns, &ok);
  instances->box_values = instances->boxes != NULL ? columns->box_values : 0;
  instances->numbers = take_numbers(description, columns->original, 0, &ok);
  if (columns->uid_root[0] != '\0') {
    instances->uid_root = dseg_description_strdup(description, columns->uid_root);
    ok = ok && instances->uid_root != NULL;
  }
  *made = instances;
  return ok ? DSEG_OK : out_of_memory(columns->count, error);
}

static size_t at_place(const uint32_t *order, size_t place) {
  return order != NULL ? order[place] : place;
}

static void put_confidence(dseg_data_set *set, uint32_t tag, size_t count, const uint32_t *order,
                           const float *confidence, uint8_t *scratch) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, &confidence[at_place(order, i)], sizeof bits);
    for (size_t k = 0; k < 4; k++) {
      scratch[4 * i + k] = (uint8_t)(bits >> 8 * k);
    }
  }
  dseg_data_set_put_bytes(set, tag, "OF", (dseg_view){scratch, 4 * count});
}

/* The planes of boxes are the grid's, which the description's may not be. */
static void put_box(const dseg_description *description, const dseg_volume_grid *grid, const uint32_t *box,
                    unsigned axes, uint32_t *out) {
  bool empty = false;
  for (unsigned axis = 0; axis < axes; axis++) {
    empty = empty || box[axes + axis] < box[axis];
  }
  for (unsigned axis = 0; axis < axes; axis++) {
    uint32_t first = box[axis];
    uint32_t last = box[axes + axis];
    if (axis == 2 && !empty && last < description->geometry.plane_count) {
      const uint32_t one = dseg_volume_plane(grid, &description->geometry.planes[first]);
      const uint32_t other = dseg_volume_plane(grid, &description->geometry.planes[last]);
      first = one < other ? one : other;
      last = one < other ? other : one;
    }
    out[axis] = empty ? 1 : first + 1;
    out[axes + axis] = empty ? 0 : last + 1;
  }
}

static dseg_status put_boxes(const dseg_description *description, dseg_data_set *set, uint32_t tag, size_t count,
                             const uint32_t *order, const uint32_t *boxes, unsigned box_values, uint32_t *scratch,
                             dseg_error *error) {
  dseg_volume_grid grid = {0};
  if (box_values == 6) {
    DSEG_TRY(dseg_volume_find_grid(description, dseg_volume_spacing(&description->geometry), &grid, error));
  }
  for (size_t i = 0; i < count; i++) {
    put_box(description, &grid, boxes + at_place(order, i) * box_values, box_values / 2, scratch + i * box_values);
  }
  dseg_data_set_put_u32(set, tag, "OL", scratch, count * box_values);
  return DSEG_OK;
}

/* The number that an instance had: where each segment is one, that of the segment. */
static uint32_t original_number(const dseg_description *description, size_t index) {
  return description->instances != NULL ? dseg_instance_original_number(description->instances, (uint32_t)index + 1)
                                        : description->segments[index].number;
}

/* Whether a place's original number is another than its own. */
static bool needs_original(const dseg_description *description, size_t count, const uint32_t *order) {
  for (size_t i = 0; i < count; i++) {
    if (original_number(description, at_place(order, i)) != i + 1) {
      return true;
    }
  }
  return false;
}

/* Whether instances have the numbers that they had, which UIDs are made of. */
static bool keeps_numbers(size_t count, const uint32_t *order) {
  for (size_t i = 0; order != NULL && i < count; i++) {
    if (order[i] != i) {
      return false;
    }
  }
  return true;
}

dseg_status instance_put_columns(const dseg_write_context *context, dseg_data_set *set, uint32_t block, size_t count,
                                 const uint32_t *order, const uint32_t *boxes, unsigned box_values, dseg_error *error) {
  const dseg_description *description = context->description;
  const dseg_instances *instances = description->instances;
  const uint32_t number = (uint32_t)count;
  dseg_data_set_put_u32(set, block | INSTANCE_COUNT, "UL", &number, 1);
  if (count == 0) {
    return DSEG_OK;
  }
  uint32_t *scratch = malloc(count * (box_values > 1 ? box_values : 1) * sizeof *scratch);
  if (scratch == NULL) {
    return out_of_memory(count, error);
  }
  dseg_status status = DSEG_OK;
  if (instances != NULL && instances->confidence != NULL) {
    put_confidence(set, block | INSTANCE_CONFIDENCE, count, order, instances->confidence, (uint8_t *)scratch);
  }
  if (boxes != NULL) {
    status = put_boxes(description, set, block | INSTANCE_BOX, count, order, boxes, box_values, scratch, error);
  }
  if (instances != NULL && instances->uid_root != NULL && keeps_numbers(count, order)) {
    dseg_data_set_put_text(set, block | INSTANCE_UID_ROOT, "UI", instances->uid_root);
  } else if (instances != NULL && instances->uid_root != NULL) {
    dseg_warn(context->warnings,
              "UIDs of %zu instances are not written: sorted by class they have other numbers, and would get those of "
              "each other",
              count);
  }
  if (needs_original(description, count, order)) {
    for (size_t i = 0; i < count; i++) {
      scratch[i] = original_number(description, at_place(order, i));
    }
    dseg_data_set_put_u32(set, block | INSTANCE_ORIGINAL, "OL", scratch, count);
  }
  free(scratch);
  return status;
}

static bool is_background(const dseg_label_plane *plane, size_t at) {
  switch (plane->bits) {
    case 8: return ((const uint8_t *)plane->out)[at] == plane->background;
    case 16: return ((const uint16_t *)plane->out)[at] == plane->background;
    default: return ((const uint32_t *)plane->out)[at] == plane->background;
  }
}

static void write_label(const dseg_label_plane *plane, size_t at, uint32_t label) {
  switch (plane->bits) {
    case 8: ((uint8_t *)plane->out)[at] = (uint8_t)label; break;
    case 16: ((uint16_t *)plane->out)[at] = (uint16_t)label; break;
    default: ((uint32_t *)plane->out)[at] = label; break;
  }
}

dseg_status instance_paint(const dseg_label_plane *plane, uint32_t segment, size_t start, size_t end,
                           dseg_error *error) {
  bool is_free = true;
  if (plane->wanted[segment] == 0) {
    return DSEG_OK;
  }
  for (size_t i = start; is_free && i < end; i++) {
    is_free = is_background(plane, i);
  }
  for (size_t i = start; is_free && i < end; i++) {
    write_label(plane, i, plane->values[segment]);
  }
  if (is_free) {
    return DSEG_OK;
  }
  uint8_t *bits = calloc(end / 8 + 1, 1);
  if (bits == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a frame");
  }
  for (size_t i = start; i < end; i++) {
    bits[i / 8] |= (uint8_t)(1u << i % 8);
  }
  plane->add_bits(plane, segment, bits, 0, end);
  free(bits);
  return DSEG_OK;
}
