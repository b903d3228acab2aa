/* SPDX-License-Identifier: Apache-2.0 */
/* volume_elements.c - reads the elements of a volume, which are not trusted: sizes are compared before anything is made
 * for them, and what a message is about is named, with the number that bitstream.md has for it. */
#include <math.h>
#include <stdio.h>

#include "private_sequence.h"
#include "proposals.h"
#include "volume.h"

#define ORGANIZATION_TYPE 0x00209311u
#define DIMENSIONS 0x00209222u
#define SHARED 0x52009229u

static dseg_status fail_at(dseg_volume_fault *fault, const char *section, uint32_t tag, const char *name,
                           const char *what, dseg_error *error) {
  *fault = (dseg_volume_fault){tag, section};
  return dseg_fail(error, DSEG_ERROR_FORMAT, "%s (%04X,%04X) %s", name, (unsigned)(tag >> 16),
                   (unsigned)(tag & 0xFFFFu), what);
}

static bool has_element(const dseg_data_set *set, uint32_t tag) {
  uint32_t next = tag - 1;
  return dseg_data_set_next(set, &next, NULL) && next == tag;
}

dseg_status dseg_volume_read_form(dseg_data_set *set, bool has_groups, dseg_volume_elements *elements,
                                  dseg_volume_fault *fault, dseg_error *error) {
  const uint32_t block = dseg_data_set_find_creator(set, DSEG_VOLUME_GROUP, DSEG_VOLUME_CREATOR);
  *elements = (dseg_volume_elements){.block = block};
  if (block == 0) {
    return fail_at(fault, "volume E1", DSEG_VOLUME_GROUP << 16 | 0x10, "Private Creator",
                   "of block " DSEG_VOLUME_CREATOR " is missing", error);
  }
  elements->is_strict = dseg_data_set_text_is(set, 0x00080016, DSEG_UID_VOLUME) ||
                        dseg_data_set_text_is(set, 0x00080016, DSEG_UID_LABELMAP_VOLUME) ||
                        (dseg_data_set_text_is(set, 0x00080016, DSEG_UID_SEGMENT_RANGES) && !has_groups) ||
                        dseg_data_set_text_is(set, 0x00080016, DSEG_UID_INSTANCE_LABELS);
  elements->is_slide = !has_element(set, block | DSEG_VOLUME_ORIGIN) && !has_element(set, block | DSEG_VOLUME_PLANES);
  if (elements->is_strict && has_groups) {
    return fail_at(fault, "volume E3", 0x52009230, "Per-Frame Functional Groups Sequence",
                   "stands beside a volume in a SOP Class of its own", error);
  }
  if (elements->is_strict &&
      !dseg_data_set_text_is(set, ORGANIZATION_TYPE, elements->is_slide ? "TILED_FULL" : "VOLUME")) {
    return fail_at(fault, "volume E2", ORGANIZATION_TYPE, "Dimension Organization Type",
                   elements->is_slide ? "is not TILED_FULL" : "is not VOLUME", error);
  }
  return DSEG_OK;
}

static bool all_finite(const double *values, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (!(fabs(values[i]) < HUGE_VAL)) {
      return false;
    }
  }
  return true;
}

/* So many, no more, and finite. */
static bool read_decimals(dseg_data_set *set, uint32_t tag, double *values, size_t count) {
  dseg_view more;
  return dseg_data_set_get_decimals(set, tag, values, count) && !dseg_data_set_get_text(set, tag, count, &more) &&
         all_finite(values, count);
}

/* From the first item of a sequence in Shared Functional Groups. */
static bool read_shared(dseg_data_set *set, uint32_t sequence, uint32_t tag, double *values, size_t count) {
  bool found = false;
  if (!dseg_data_set_enter_item(set, SHARED, 0)) {
    return false;
  }
  if (dseg_data_set_enter_item(set, sequence, 0)) {
    found = read_decimals(set, tag, values, count);
    dseg_data_set_end_item(set);
  }
  dseg_data_set_end_item(set);
  return found;
}

/* *status: whether there was memory for it. */
static bool read_origin(dseg_data_set *set, uint32_t tag, double origin[3], dseg_status *status) {
  dseg_private_sequence sequence;
  bool found = false;
  *status = dseg_open_private_sequence(set, tag, &sequence);
  if (*status == DSEG_OK && dseg_data_set_count_items(sequence.set, sequence.tag) == 1 &&
      dseg_data_set_enter_item(sequence.set, sequence.tag, 0)) {
    found = read_decimals(sequence.set, 0x00200032, origin, 3);
    dseg_data_set_end_item(sequence.set);
  }
  dseg_close_private_sequence(&sequence);
  return found;
}

static dseg_status read_stack(dseg_data_set *set, dseg_volume_elements *elements, dseg_volume_fault *fault,
                              dseg_error *error) {
  const uint32_t origin = elements->block | DSEG_VOLUME_ORIGIN, planes = elements->block | DSEG_VOLUME_PLANES;
  double orientation[6], spacing = 0;
  uint32_t second;
  dseg_status status = DSEG_OK;
  if (!dseg_data_set_get_u32(set, planes, 0, &elements->planes) || dseg_data_set_get_u32(set, planes, 1, &second) ||
      elements->planes == 0 || elements->planes > INT32_MAX) {
    return fail_at(fault, "volume E4", planes, "Number of Volume Planes", "is missing, or not one of 1..2147483647",
                   error);
  }
  if (!read_origin(set, origin, elements->origin, &status)) {
    if (status != DSEG_OK && status != DSEG_ERROR_FORMAT) {
      return dseg_fail(error, status, "out of memory for Volume Origin Sequence");
    }
    return fail_at(fault, "volume E4", origin, "Volume Origin Sequence",
                   "is not one item with Image Position (Patient) (0020,0032)", error);
  }
  if (!read_shared(set, 0x00209116, 0x00200037, orientation, 6) || !dseg_volume_step(orientation, 0, elements->step)) {
    return fail_at(fault, "volume E5", 0x00200037, "Image Orientation (Patient)",
                   "is not in Shared Functional Groups Sequence (5200,9229), or is none", error);
  }
  if (elements->planes > 1 && (!read_shared(set, 0x00289110, 0x00180088, &spacing, 1) || !(spacing > 0))) {
    return fail_at(fault, "volume E5", 0x00180088, "Spacing Between Slices",
                   "is missing in Shared Functional Groups Sequence (5200,9229), or not above 0", error);
  }
  (void)dseg_volume_step(orientation, spacing, elements->step);
  for (size_t axis = 0; axis < 3; axis++) {
    if (!(fabs(elements->origin[axis] + (elements->planes - 1) * elements->step[axis]) < HUGE_VAL)) {
      return fail_at(fault, "volume E5", 0x00180088, "Spacing Between Slices", "puts planes out of space", error);
    }
  }
  return DSEG_OK;
}

static dseg_status read_tiles(dseg_data_set *set, dseg_volume_elements *elements, dseg_volume_fault *fault,
                              dseg_error *error) {
  uint32_t matrix_columns = 0, matrix_rows = 0;
  uint32_t focal_planes = 1;
  uint16_t columns = 0, rows = 0;
  if (dseg_data_set_get_u32(set, 0x00480303, 0, &focal_planes) && focal_planes > 1) {
    return fail_at(fault, "volume E4", 0x00480303, "Total Pixel Matrix Focal Planes", "is above 1", error);
  }
  (void)dseg_data_set_get_u32(set, 0x00480006, 0, &matrix_columns);
  (void)dseg_data_set_get_u32(set, 0x00480007, 0, &matrix_rows);
  (void)dseg_data_set_get_u16(set, 0x00280010, 0, &rows);
  (void)dseg_data_set_get_u16(set, 0x00280011, 0, &columns);
  if (columns == 0 || rows == 0 || matrix_columns == 0 || matrix_rows == 0) {
    return fail_at(fault, "volume E4", 0x00480006, "Total Pixel Matrix Columns",
                   "or Rows (0048,0007) is missing or 0, and there is no Number of Volume Planes", error);
  }
  const uint64_t across = ((uint64_t)matrix_columns + columns - 1) / columns;
  const uint64_t down = ((uint64_t)matrix_rows + rows - 1) / rows;
  if (across * down > INT32_MAX) { /* neither exceeds 32 bits */
    return fail_at(fault, "volume E4", 0x00480006, "Total Pixel Matrix Columns", "has more than 2147483647 tiles",
                   error);
  }
  elements->across = (uint32_t)across;
  elements->planes = (uint32_t)(across * down);
  return DSEG_OK;
}

dseg_status dseg_volume_read_grid(dseg_data_set *set, uint64_t segments, dseg_volume_elements *elements,
                                  dseg_volume_fault *fault, dseg_error *error) {
  DSEG_TRY(elements->is_slide ? read_tiles(set, elements, fault, error) : read_stack(set, elements, fault, error));
  if (segments == 0 || segments > UINT32_MAX) {
    return fail_at(fault, "volume E6", 0x00620002, "Segment Sequence", "has no items", error);
  }
  elements->segments = segments;
  elements->places = elements->planes * segments; /* below 2^63 */
  return DSEG_OK;
}

/* An item of Dimension Index Sequence: the attribute that it points at; 0: none. */
static uint32_t read_pointer(dseg_data_set *set, size_t item) {
  dseg_view bytes;
  uint32_t pointer = 0;
  if (dseg_data_set_enter_item(set, DIMENSIONS, item)) {
    if (dseg_data_set_get_bytes(set, 0x00209165, &bytes) && bytes.size >= 4) {
      pointer =
          (uint32_t)bytes.data[1] << 24 | (uint32_t)bytes.data[0] << 16 | (uint32_t)bytes.data[3] << 8 | bytes.data[2];
    }
    dseg_data_set_end_item(set);
  }
  return pointer;
}

dseg_status dseg_volume_read_order(dseg_data_set *set, dseg_volume_elements *elements, dseg_volume_fault *fault,
                                   dseg_error *error) {
  const size_t count = dseg_data_set_count_items(set, DIMENSIONS);
  size_t segment = SIZE_MAX, position = SIZE_MAX;
  elements->planes_are_slow = false;
  if (elements->is_slide || elements->segments == 1) { /* places have one order */
    return DSEG_OK;
  }
  for (size_t i = count; i-- > 0;) {
    const uint32_t pointer = read_pointer(set, i);
    segment = pointer == 0x0062000B ? i : segment;
    position = pointer == 0x00200032 ? i : position;
  }
  if (segment == SIZE_MAX || position == SIZE_MAX) {
    return fail_at(fault, "volume E7", DIMENSIONS, "Dimension Index Sequence",
                   "does not name both Referenced Segment Number (0062,000B) and Image Position (Patient) (0020,0032)",
                   error);
  }
  elements->planes_are_slow = position < segment;
  return DSEG_OK;
}

static unsigned count_bits(uint8_t byte) {
  unsigned count = 0;
  for (; byte != 0; byte &= (uint8_t)(byte - 1)) {
    count++;
  }
  return count;
}

/* The map's bytes: as many as its places take, and none that is set behind them. *set_bits: how many are. */
static dseg_status check_map(const dseg_volume_elements *elements, uint64_t *set_bits, dseg_volume_fault *fault,
                             dseg_error *error) {
  const uint32_t tag = elements->block | DSEG_VOLUME_MAP;
  const dseg_view map = elements->map;
  const uint64_t size = elements->places / 8 + (elements->places % 8 != 0);
  const unsigned used = (unsigned)(elements->places % 8);
  const uint64_t padded = size + size % 2;
  if (map.size != padded) {
    char what[120];
    (void)snprintf(what, sizeof what, "has %zu bytes, %lu planes of %llu segments take %llu", map.size,
                   (unsigned long)elements->planes, (unsigned long long)elements->segments, (unsigned long long)padded);
    return fail_at(fault, "volume E9", tag, "Frame Presence Map", what, error);
  }
  if ((used != 0 && map.data[size - 1] >> used != 0) || (size % 2 != 0 && map.data[size] != 0)) {
    return fail_at(fault, "volume E10", tag, "Frame Presence Map", "has a bit behind its last place", error);
  }
  *set_bits = 0;
  for (size_t i = 0; i < size; i++) {
    *set_bits += count_bits(map.data[i]);
  }
  return DSEG_OK;
}

dseg_status dseg_volume_read_map(dseg_data_set *set, uint64_t frames, dseg_volume_elements *elements,
                                 dseg_volume_fault *fault, dseg_error *error) {
  const uint32_t tag = elements->block | DSEG_VOLUME_MAP;
  const bool is_part = has_element(set, 0x00209161);
  uint32_t first = 0;
  uint64_t all = elements->places;
  char what[120];
  elements->map = (dseg_view){0};
  if (dseg_data_set_get_bytes(set, tag, &elements->map)) {
    DSEG_TRY(check_map(elements, &all, fault, error));
  } else if (elements->is_slide) {
    return fail_at(fault, "volume E8", tag, "Frame Presence Map", "is missing in a slide", error);
  }
  if (is_part && !dseg_data_set_get_u32(set, 0x00209228, 0, &first)) {
    return fail_at(fault, "volume E11", 0x00209228, "Concatenation Frame Offset Number", "is missing", error);
  }
  elements->first = first;
  elements->frames = frames;
  if (is_part ? first + frames <= all : frames == all) {
    return DSEG_OK;
  }
  (void)snprintf(what, sizeof what, "%s %llu frames, Number of Frames (0028,0008) is %llu%s",
                 elements->map.size > 0 ? "has" : "is missing, and there are places for", (unsigned long long)all,
                 (unsigned long long)frames, is_part ? " behind those of the parts before" : "");
  return fail_at(fault, elements->map.size > 0 ? "volume E11" : "volume E8", tag, "Frame Presence Map", what, error);
}
