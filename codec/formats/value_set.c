/* SPDX-License-Identifier: Apache-2.0 */
/* value_set.c - which values occur among voxels.
 *
 * Label volumes consist of runs: the kernels compare whole words with the one before and look at single voxels only
 * where they differ. */
#include "formats/value_set.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory_limit.h"

void dseg_value_set_free(dseg_value_set *set) {
  free(set->high);
  set->high = NULL;
}

void dseg_value_set_clear(dseg_value_set *set) {
  dseg_value_set_free(set);
  memset(set, 0, sizeof *set);
}

static size_t slot_of(const dseg_value_set *set, uint32_t label) {
  const size_t mask = set->high_capacity - 1;
  size_t slot = (label * (size_t)2654435761u) & mask;
  while (set->high[slot] != 0 && set->high[slot] != label) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

static bool widen(dseg_value_set *set) {
  dseg_value_set wider = {0};
  wider.high_capacity = set->high_capacity != 0 ? set->high_capacity * 2 : 1024;
  wider.high = calloc(wider.high_capacity, sizeof *wider.high);
  if (wider.high == NULL) {
    set->out_of_memory = true;
    return false;
  }
  for (size_t i = 0; i < set->high_capacity; i++) {
    if (set->high[i] != 0) {
      wider.high[slot_of(&wider, set->high[i])] = set->high[i];
    }
  }
  free(set->high);
  set->high = wider.high;
  set->high_capacity = wider.high_capacity;
  return true;
}

static void add_high(dseg_value_set *set, uint32_t label) {
  if (set->overfull) {
    return;
  }
  if (set->high_count * 2 >= set->high_capacity && !widen(set)) {
    return;
  }
  const size_t slot = slot_of(set, label);
  if (set->high[slot] == 0) {
    set->high[slot] = label;
    set->high_count++;
  }
}

static void add_label(dseg_value_set *set, uint32_t label) {
  if (label < DSEG_VALUE_SET_LOW) {
    set->low[label] = 1;
  } else {
    add_high(set, label);
  }
}

static void add_other(dseg_value_set *set, double value) {
  if (!set->has_other) {
    set->has_other = true;
    set->other = value;
  }
}

static void add_integer(dseg_value_set *set, int64_t value) {
  if (value >= 0 && value <= (int64_t)UINT32_MAX) {
    add_label(set, (uint32_t)value);
  } else {
    add_other(set, (double)value);
  }
}

/* Labels that were saved as floats, or scaled, are off by their rounding. */
#define NEAR 1e-3
/* Of values within 0..1 only these are no fractions whatever others there are: float rounding of 0 and 1. */
#define NEAREST 1e-5

static bool is_scaled(const dseg_raw_volume *raw) {
  return raw->slope != 1.0 || raw->intercept != 0.0;
}

bool dseg_raw_volume_has_meaning(const dseg_raw_volume *raw) {
  const dseg_open_options *meaning = raw->meaning;
  return is_scaled(raw) ||
         (meaning != NULL && (meaning->round || meaning->has_background || meaning->value_map_count > 0));
}

/* The rounding of a product of floats grows with it. */
static double tolerance(const dseg_raw_volume *raw, double value) {
  return is_scaled(raw) ? fmin(0.25, fmax(NEAR, 1e-5 * fabs(value))) : NEAR;
}

static bool is_value(double value, double wanted) {
  return value == wanted || (isnan(value) && isnan(wanted)) || fabs(value - wanted) <= 1e-6 * fmax(1.0, fabs(wanted));
}

/* The caller's meaning of a value: index in value_maps, their number for the background, -1 for none. */
static ptrdiff_t find_map(const dseg_raw_volume *raw, double value) {
  const dseg_open_options *meaning = raw->meaning;
  if (meaning == NULL) {
    return -1;
  }
  const double nearest = round(value);
  const double whole = fabs(value - nearest) <= tolerance(raw, value) ? nearest : value;
  for (size_t i = 0; i < meaning->value_map_count; i++) {
    const double from = meaning->value_maps[i].from;
    if (is_value(value, from) || whole == from) {
      return (ptrdiff_t)i;
    }
  }
  const bool is_background =
      meaning->has_background && (is_value(value, meaning->background) || whole == meaning->background);
  return is_background ? (ptrdiff_t)meaning->value_map_count : -1;
}

static dseg_value_kind judge_unmapped(const dseg_raw_volume *raw, double value, uint32_t *label) {
  const double nearest = round(value);
  const double off = fabs(value - nearest);
  const bool can_be_label = nearest >= 0 && nearest <= (double)UINT32_MAX;
  *label = can_be_label ? (uint32_t)nearest : 0;
  if (raw->meaning != NULL && raw->meaning->round) {
    return can_be_label ? DSEG_VALUE_LABEL : DSEG_VALUE_OTHER;
  }
  if (value > -NEAR && value < 1.0 + NEAR && off > NEAREST) {
    return off <= NEAR ? DSEG_VALUE_NEAR : DSEG_VALUE_FRACTION;
  }
  return can_be_label && off <= tolerance(raw, value) ? DSEG_VALUE_LABEL : DSEG_VALUE_OTHER;
}

dseg_value_kind dseg_value_judge(const dseg_raw_volume *raw, double value, uint32_t *label) {
  const ptrdiff_t map = find_map(raw, value);
  if (map < 0) {
    return judge_unmapped(raw, value, label);
  }
  *label = (size_t)map < raw->meaning->value_map_count ? raw->meaning->value_maps[map].to : 0;
  return DSEG_VALUE_LABEL;
}

void dseg_value_text(const dseg_raw_volume *raw, double value, char text[32]) {
  const bool is_single = raw->type == DSEG_VOXEL_FLOAT32 && !is_scaled(raw);
  const int most = is_single ? 9 : 17;
  for (int digits = 6; digits <= most; digits++) {
    (void)snprintf(text, 32, "%.*g", digits, value);
    const double read = strtod(text, NULL);
    if (read == value || (is_single && (float)read == (float)value)) {
      return;
    }
  }
}

/* What a product of floats is off by counts as exact. */
static void add_off(dseg_value_set *set, const dseg_raw_volume *raw, double value, uint32_t label) {
  const double off = fabs(value - (double)label);
  if (off > set->off && !(is_scaled(raw) && off <= 1e-6 * fmax(1.0, fabs(value)))) {
    set->off = off;
    set->off_value = value;
  }
}

static void add_real(dseg_value_set *set, const dseg_raw_volume *raw, double value) {
  uint32_t label = 0;
  const ptrdiff_t map = find_map(raw, value);
  if (map >= 0) {
    const bool is_background = (size_t)map == raw->meaning->value_map_count;
    add_label(set, is_background ? 0 : raw->meaning->value_maps[map].to);
    if (!is_background) {
      set->map_used[map] = 1;
    }
    return;
  }
  switch (judge_unmapped(raw, value, &label)) {
    case DSEG_VALUE_NEAR:
      set->has_near = true;
      if (value < -NEAREST || value > 1.0 + NEAREST) {
        set->has_outside = true;
        set->outside = value;
      }
      add_label(set, label);
      add_off(set, raw, value, label);
      break;
    case DSEG_VALUE_LABEL:
      set->has_zero = set->has_zero || label == 0;
      add_label(set, label);
      add_off(set, raw, value, label);
      break;
    case DSEG_VALUE_FRACTION: set->has_fraction = true; break;
    case DSEG_VALUE_OTHER: add_other(set, value); break;
  }
}

/* Eight bytes at a time. */
static void scan_bytes(dseg_value_set *set, const uint8_t *voxels, size_t count) {
  uint64_t before = 0;
  size_t i = 0;
  if (count >= 8) {
    set->low[voxels[0]] = 1;
    memset(&before, voxels[0], sizeof before);
  }
  for (; i + 8 <= count; i += 8) {
    uint64_t word;
    memcpy(&word, voxels + i, sizeof word);
    if (word != before) {
      before = word;
      for (size_t j = 0; j < 8; j++) {
        set->low[voxels[i + j]] = 1;
      }
    }
  }
  for (; i < count; i++) {
    set->low[voxels[i]] = 1;
  }
}

/* Four voxels of two bytes at a time. */
static void scan_shorts(dseg_value_set *set, const uint8_t *voxels, size_t count) {
  uint64_t before = 0;
  set->low[0] = 1; /* 0 is no label: it may be there or not */
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    uint16_t four[4];
    uint64_t word;
    memcpy(&word, voxels + 2 * i, sizeof word);
    if (word != before) {
      before = word;
      memcpy(four, &word, sizeof four);
      for (size_t j = 0; j < 4; j++) {
        set->low[four[j]] = 1;
      }
    }
  }
  for (; i < count; i++) {
    uint16_t value;
    memcpy(&value, voxels + 2 * i, sizeof value);
    set->low[value] = 1;
  }
}

/* One voxel of four or eight bytes at a time; add is called where it differs from the one before. */
#define SCAN(name, type, add)                                                                              \
  static void name(dseg_value_set *set, const dseg_raw_volume *raw, const uint8_t *voxels, size_t count) { \
    type before = 0;                                                                                       \
    (void)raw;                                                                                             \
    for (size_t i = 0; i < count; i++) {                                                                   \
      type value;                                                                                          \
      memcpy(&value, voxels + i * sizeof value, sizeof value);                                             \
      if (value != before) {                                                                               \
        before = value;                                                                                    \
        add;                                                                                               \
      }                                                                                                    \
    }                                                                                                      \
  }

SCAN(scan_uint32, uint32_t, add_label(set, value))
SCAN(scan_int32, int32_t, add_integer(set, value))
SCAN(scan_int64, int64_t, add_integer(set, value))
SCAN(scan_uint64, uint64_t, value <= UINT32_MAX ? add_label(set, (uint32_t)value) : add_other(set, (double)value))
/* 8 and 16 bit signed integers are scanned as unsigned ones: what came out as the upper half was negative. */
static void take_negative(dseg_value_set *set, unsigned bits) {
  const uint32_t range = 1u << bits;
  for (uint32_t value = range / 2; value < range; value++) {
    if (set->low[value] != 0) {
      set->low[value] = 0;
      add_other(set, (double)value - (double)range);
    }
  }
}

double dseg_voxel_value(dseg_voxel_type type, const uint8_t *voxels, size_t i) {
#define VALUE_OF(type)                                       \
  {                                                          \
    type value;                                              \
    memcpy(&value, voxels + i * sizeof value, sizeof value); \
    return (double)value;                                    \
  }
  switch (type) {
    case DSEG_VOXEL_INT8: VALUE_OF(int8_t)
    case DSEG_VOXEL_UINT8: VALUE_OF(uint8_t)
    case DSEG_VOXEL_INT16: VALUE_OF(int16_t)
    case DSEG_VOXEL_UINT16: VALUE_OF(uint16_t)
    case DSEG_VOXEL_INT32: VALUE_OF(int32_t)
    case DSEG_VOXEL_UINT32: VALUE_OF(uint32_t)
    case DSEG_VOXEL_INT64: VALUE_OF(int64_t)
    case DSEG_VOXEL_UINT64: VALUE_OF(uint64_t)
    case DSEG_VOXEL_FLOAT32: VALUE_OF(float)
    case DSEG_VOXEL_FLOAT64: VALUE_OF(double)
  }
#undef VALUE_OF
  return 0;
}

/* Values that mean something else, and floats, whose values may be labels but for rounding. */
static void scan_reals(dseg_value_set *set, const dseg_raw_volume *raw, const uint8_t *voxels, size_t count) {
  double before = 0;
  for (size_t i = 0; i < count; i++) {
    const double value = dseg_voxel_value(raw->type, voxels, i);
    if (i == 0 || value != before) {
      before = value;
      add_real(set, raw, value * raw->slope + raw->intercept);
    }
  }
}

SCAN(scan_float32, float, add_real(set, raw, (double)value))
SCAN(scan_float64, double, add_real(set, raw, value))

size_t dseg_value_set_most(const dseg_raw_volume *raw) {
  const uint64_t limit = dseg_memory_limit(raw->meaning != NULL ? raw->meaning->memory_limit : 0);
  const bool instances = raw->meaning != NULL && raw->meaning->instances != 0;
  const uint64_t most = limit / (instances ? DSEG_INSTANCE_BYTES : DSEG_LABEL_BYTES);
  return most < SIZE_MAX ? (size_t)most : SIZE_MAX;
}

static void scan(dseg_value_set *set, const dseg_raw_volume *raw, const uint8_t *voxels, size_t count) {
  if (dseg_raw_volume_has_meaning(raw)) {
    scan_reals(set, raw, voxels, count);
    return;
  }
  switch (raw->type) {
    case DSEG_VOXEL_UINT8: scan_bytes(set, voxels, count); break;
    case DSEG_VOXEL_INT8:
      scan_bytes(set, voxels, count);
      take_negative(set, 8);
      break;
    case DSEG_VOXEL_UINT16: scan_shorts(set, voxels, count); break;
    case DSEG_VOXEL_INT16:
      scan_shorts(set, voxels, count);
      take_negative(set, 16);
      break;
    case DSEG_VOXEL_UINT32: scan_uint32(set, raw, voxels, count); break;
    case DSEG_VOXEL_INT32: scan_int32(set, raw, voxels, count); break;
    case DSEG_VOXEL_UINT64: scan_uint64(set, raw, voxels, count); break;
    case DSEG_VOXEL_INT64: scan_int64(set, raw, voxels, count); break;
    case DSEG_VOXEL_FLOAT32: scan_float32(set, raw, voxels, count); break;
    case DSEG_VOXEL_FLOAT64: scan_float64(set, raw, voxels, count); break;
  }
}

/* Labels of one call are more than are possible at most, and then no more are added. */
void dseg_value_set_scan(dseg_value_set *set, const dseg_raw_volume *raw, const uint8_t *voxels, size_t count) {
  scan(set, raw, voxels, count);
  set->overfull = set->overfull || set->high_count > dseg_value_set_most(raw);
}

void dseg_value_set_merge(dseg_value_set *into, const dseg_value_set *from) {
  for (size_t i = 0; i < DSEG_VALUE_SET_LOW; i++) {
    into->low[i] |= from->low[i];
  }
  for (size_t i = 0; i < from->high_capacity; i++) {
    if (from->high[i] != 0) {
      add_high(into, from->high[i]);
    }
  }
  if (from->has_other) {
    add_other(into, from->other);
  }
  if (from->has_outside && !into->has_outside) {
    into->has_outside = true;
    into->outside = from->outside;
  }
  if (from->off > into->off) {
    into->off = from->off;
    into->off_value = from->off_value;
  }
  for (size_t i = 0; i < DSEG_VALUE_MAPS_MOST; i++) {
    into->map_used[i] |= from->map_used[i];
  }
  into->has_zero = into->has_zero || from->has_zero;
  into->has_near = into->has_near || from->has_near;
  into->has_fraction = into->has_fraction || from->has_fraction;
  into->overfull = into->overfull || from->overfull;
  into->out_of_memory = into->out_of_memory || from->out_of_memory;
}

static int compare_labels(const void *a, const void *b) {
  const uint32_t first = *(const uint32_t *)a;
  const uint32_t second = *(const uint32_t *)b;
  return (first > second) - (first < second);
}

dseg_status dseg_value_set_list(const dseg_value_set *set, uint32_t **labels, size_t *count, dseg_error *error) {
  size_t low = 0;
  for (size_t i = 1; i < DSEG_VALUE_SET_LOW; i++) {
    low += set->low[i];
  }
  const size_t total = low + set->high_count;
  *labels = NULL;
  *count = total;
  if (total == 0) {
    return DSEG_OK;
  }
  uint32_t *list = malloc(total * sizeof *list);
  if (list == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu labels", total);
  }
  size_t at = 0;
  for (uint32_t i = 1; at < low; i++) {
    if (set->low[i] != 0) {
      list[at++] = i;
    }
  }
  for (size_t i = 0; i < set->high_capacity; i++) {
    if (set->high[i] != 0) {
      list[at++] = set->high[i];
    }
  }
  qsort(list, total, sizeof *list, compare_labels);
  *labels = list;
  return DSEG_OK;
}
