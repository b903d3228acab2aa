/* SPDX-License-Identifier: Apache-2.0 */
/* value_set.c - which values occur among voxels.
 *
 * Label volumes consist of runs: the kernels compare whole words with the one before and look at single voxels only
 * where they differ. */
#include "formats/value_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
  if (set->high_count > DSEG_VALUE_SET_MOST) {
    set->overfull = true;
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

bool dseg_value_is_label(double value, bool scaled, double *label) {
  *label = round(value);
  return *label == value || (scaled && fabs(value - *label) <= 1e-5 * fmax(1.0, fabs(value)));
}

/* Resampling and softmax leave fractions a little outside 0..1. */
static bool is_fraction(double value) {
  return value > -1e-5 && value < 1.0 + 1e-5;
}

static void add_real(dseg_value_set *set, double value, bool scaled) {
  double label = 0;
  if (dseg_value_is_label(value, scaled, &label) && label >= 0 && label <= (double)UINT32_MAX) {
    add_label(set, (uint32_t)label);
  } else if (is_fraction(value)) {
    set->has_fraction = true;
  } else {
    add_other(set, value);
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
#define SCAN(name, type, add)                                                  \
  static void name(dseg_value_set *set, const uint8_t *voxels, size_t count) { \
    type before = 0;                                                           \
    for (size_t i = 0; i < count; i++) {                                       \
      type value;                                                              \
      memcpy(&value, voxels + i * sizeof value, sizeof value);                 \
      if (value != before) {                                                   \
        before = value;                                                        \
        add;                                                                   \
      }                                                                        \
    }                                                                          \
  }

SCAN(scan_uint32, uint32_t, add_label(set, value))
SCAN(scan_int32, int32_t, add_integer(set, value))
SCAN(scan_int64, int64_t, add_integer(set, value))
SCAN(scan_uint64, uint64_t, value <= UINT32_MAX ? add_label(set, (uint32_t)value) : add_other(set, (double)value))
SCAN(scan_float32, float, add_real(set, (double)value, false))
SCAN(scan_float64, double, add_real(set, value, false))

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

bool dseg_raw_volume_is_scaled(const dseg_raw_volume *raw) {
  return raw->slope != 1.0 || raw->intercept != 0.0;
}

static void scan_scaled(dseg_value_set *set, const dseg_raw_volume *raw, const uint8_t *voxels, size_t count) {
  double before = 0;
  for (size_t i = 0; i < count; i++) {
    const double value = dseg_voxel_value(raw->type, voxels, i);
    if (i == 0 || value != before) {
      before = value;
      add_real(set, value * raw->slope + raw->intercept, true);
    }
  }
}

void dseg_value_set_scan(dseg_value_set *set, const dseg_raw_volume *raw, const uint8_t *voxels, size_t count) {
  if (dseg_raw_volume_is_scaled(raw)) {
    scan_scaled(set, raw, voxels, count);
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
    case DSEG_VOXEL_UINT32: scan_uint32(set, voxels, count); break;
    case DSEG_VOXEL_INT32: scan_int32(set, voxels, count); break;
    case DSEG_VOXEL_UINT64: scan_uint64(set, voxels, count); break;
    case DSEG_VOXEL_INT64: scan_int64(set, voxels, count); break;
    case DSEG_VOXEL_FLOAT32: scan_float32(set, voxels, count); break;
    case DSEG_VOXEL_FLOAT64: scan_float64(set, voxels, count); break;
  }
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
  size_t total = set->high_count;
  for (size_t i = 0; i < DSEG_VALUE_SET_LOW; i++) {
    total += set->low[i];
  }
  total -= set->low[0];
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
  for (uint32_t i = 1; i < DSEG_VALUE_SET_LOW; i++) {
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
