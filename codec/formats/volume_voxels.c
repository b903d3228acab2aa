/* SPDX-License-Identifier: Apache-2.0 */
/* volume_voxels.c - from voxels as they stand in a file to layers of labels or fractions.
 *
 * A volume may be most of the memory there is: where type and order allow it nothing is copied, and types that become
 * smaller do so in place. */
#include "formats/volume_voxels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/memory_limit.h"
#include "base/threads.h"
#include "formats/value_set.h"

#define CHUNK ((size_t)1 << 20) /* voxels that one thread scans at a time */
#define BLOCK ((size_t)2048)    /* voxels converted at a time: their labels stay in the first cache */

size_t dseg_voxel_size(dseg_voxel_type type) {
  switch (type) {
    case DSEG_VOXEL_INT8:
    case DSEG_VOXEL_UINT8: return 1;
    case DSEG_VOXEL_INT16:
    case DSEG_VOXEL_UINT16: return 2;
    case DSEG_VOXEL_INT32:
    case DSEG_VOXEL_UINT32:
    case DSEG_VOXEL_FLOAT32: return 4;
    case DSEG_VOXEL_INT64:
    case DSEG_VOXEL_UINT64:
    case DSEG_VOXEL_FLOAT64: return 8;
  }
  return 8;
}

void dseg_volume_values_free(dseg_volume_values *values) {
  for (size_t i = 0; values->layers != NULL && i < values->layer_count; i++) {
    free(values->layers[i].labels);
  }
  free(values->layers);
  free(values->map_used);
  *values = (dseg_volume_values){0};
}

/* One voxel at a time is what vectors as the fastest axis need: a copy of known size is a single move. */
static void gather(uint8_t *to, const uint8_t *from, size_t size, size_t count, size_t stride) {
#define GATHER(bytes)                                     \
  for (size_t i = 0; i < count; i++) {                    \
    memcpy(to + i * (bytes), from + i * stride, (bytes)); \
  }
  switch (size) {
    case 1: GATHER(1) break;
    case 2: GATHER(2) break;
    case 4: GATHER(4) break;
    case 8: GATHER(8) break;
    default: GATHER(size) break;
  }
#undef GATHER
}

dseg_status dseg_voxels_separate(dseg_raw_volume *raw, dseg_error *error) {
  if (raw->layer_count == 1 || raw->run == raw->layer_voxels) {
    return DSEG_OK;
  }
  const size_t layer_bytes = raw->layer_voxels * dseg_voxel_size(raw->type);
  const size_t run_bytes = raw->run * dseg_voxel_size(raw->type);
  uint8_t *block = malloc(layer_bytes * raw->layer_count);
  if (block == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu layers", raw->layer_count);
  }
  for (size_t layer = 0; layer < raw->layer_count; layer++) {
    gather(block + layer * layer_bytes, raw->block + raw->offset + layer * run_bytes, run_bytes,
           raw->layer_voxels / raw->run, run_bytes * raw->layer_count);
  }
  free(raw->block);
  raw->block = block;
  raw->offset = 0;
  raw->run = raw->layer_voxels;
  return DSEG_OK;
}

void dseg_voxels_swap_bytes(uint8_t *voxels, size_t count, size_t size) {
#define SWAP(type, swap)                                     \
  for (size_t i = 0; i < count; i++) {                       \
    type value;                                              \
    memcpy(&value, voxels + i * sizeof value, sizeof value); \
    value = swap(value);                                     \
    memcpy(voxels + i * sizeof value, &value, sizeof value); \
  }
  switch (size) {
    case 2: SWAP(uint16_t, __builtin_bswap16) break;
    case 4: SWAP(uint32_t, __builtin_bswap32) break;
    case 8: SWAP(uint64_t, __builtin_bswap64) break;
    default: break;
  }
#undef SWAP
}

struct scan {
  const dseg_raw_volume *raw;
  uint8_t *voxels;      /* of the layer */
  dseg_value_set *sets; /* by worker */
};

static dseg_status scan_chunk(void *user, size_t index, unsigned worker, dseg_error *error) {
  struct scan *scan = user;
  const size_t first = index * CHUNK;
  const size_t left = scan->raw->layer_voxels - first;
  const size_t count = left < CHUNK ? left : CHUNK;
  const size_t size = dseg_voxel_size(scan->raw->type);
  uint8_t *voxels = scan->voxels + first * size;
  if (scan->raw->swapped) {
    dseg_voxels_swap_bytes(voxels, count, size);
  }
  dseg_value_set_scan(&scan->sets[worker], scan->raw, voxels, count);
  return scan->sets[worker].out_of_memory ? dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for labels") : DSEG_OK;
}

static dseg_status refuse_value(const dseg_raw_volume *raw, double value, dseg_error *error) {
  char text[32];
  dseg_value_text(raw, value, text);
  const bool is_between = isfinite(value) && value > -0.5;
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "a voxel has the value %s: neither a label (an integer from 0 to 4294967295) nor a fraction "
                   "(0..1); %s%s%s",
                   text, is_between ? "--round takes the nearest integers, --map " : "--background ", text,
                   is_between ? "=N gives it another value" : " takes it for no segment");
}

static dseg_status refuse_many(const dseg_raw_volume *raw, size_t most, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_LIMIT,
                   "the voxels have more than %zu values, an image rather than a segmentation, or their segments need "
                   "more than the memory limit of %llu bytes",
                   most, (unsigned long long)dseg_memory_limit(raw->meaning != NULL ? raw->meaning->memory_limit : 0));
}

static dseg_status judge(const dseg_raw_volume *raw, const dseg_value_set *set, const dseg_layer_labels *labels,
                         dseg_voxel_findings *findings, dseg_error *error) {
  if (set->has_other) {
    return refuse_value(raw, set->other, error);
  }
  const size_t most = dseg_value_set_most(raw);
  if (set->overfull || labels->count > most) {
    return refuse_many(raw, most, error);
  }
  findings->has_fraction = findings->has_fraction || set->has_fraction;
  findings->has_near = findings->has_near || set->has_near;
  if (set->has_outside) {
    findings->has_outside = true;
    findings->outside = set->outside;
  }
  if (labels->count != 0 && labels->labels[labels->count - 1] > findings->largest) {
    findings->largest = labels->labels[labels->count - 1];
  }
  return DSEG_OK;
}

/* Values near 0 and 1 are fractions where nothing speaks against it. */
dseg_status dseg_voxels_conclude(const dseg_raw_volume *raw, const dseg_voxel_findings *findings,
                                 dseg_volume_values *values, dseg_error *error) {
  if (findings->has_fraction && findings->largest > 1) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "the voxels are fractions as well as labels up to %lu; --round takes the nearest integers",
                     (unsigned long)findings->largest);
  }
  if (findings->has_fraction && findings->has_outside) {
    return refuse_value(raw, findings->outside, error);
  }
  values->fractions =
      findings->has_fraction || (findings->has_near && findings->largest <= 1 && !findings->has_outside);
  return DSEG_OK;
}

/* Adds what is told of a layer's values. */
static dseg_status add_told(const dseg_raw_volume *raw, const dseg_value_set *set, dseg_volume_values *values,
                            dseg_error *error) {
  const size_t maps = raw->meaning != NULL ? raw->meaning->value_map_count : 0;
  if (maps > 0 && values->map_used == NULL) {
    values->map_used = calloc(maps, 1);
    if (values->map_used == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the meaning of values");
    }
  }
  for (size_t i = 0; i < maps; i++) {
    values->map_used[i] |= set->map_used[i];
  }
  if (set->off > values->off) {
    values->off = set->off;
    values->off_value = set->off_value;
  }
  values->has_zero = values->has_zero || set->has_zero;
  return DSEG_OK;
}

dseg_status dseg_voxels_end_layer(const dseg_raw_volume *raw, const dseg_value_set *set, size_t layer,
                                  dseg_volume_values *values, dseg_voxel_findings *findings, dseg_error *error) {
  dseg_layer_labels *labels = &values->layers[layer];
  DSEG_TRY(dseg_value_set_list(set, &labels->labels, &labels->count, error));
  DSEG_TRY(judge(raw, set, labels, findings, error));
  return add_told(raw, set, values, error);
}

static dseg_status scan_layers(dseg_raw_volume *raw, dseg_value_set *sets, unsigned workers, dseg_volume_values *values,
                               dseg_error *error) {
  const size_t chunks = (raw->layer_voxels - 1) / CHUNK + 1;
  const size_t layer_bytes = raw->layer_voxels * dseg_voxel_size(raw->type);
  dseg_voxel_findings findings = {.largest = 0};
  for (size_t layer = 0; layer < raw->layer_count; layer++) {
    struct scan scan = {raw, raw->block + raw->offset + layer * layer_bytes, sets};
    DSEG_TRY(dseg_parallel_for(chunks, workers, scan_chunk, &scan, error));
    for (unsigned i = 1; i < workers; i++) {
      dseg_value_set_merge(&sets[0], &sets[i]);
    }
    DSEG_TRY(dseg_voxels_end_layer(raw, &sets[0], layer, values, &findings, error));
    for (unsigned i = 0; i < workers; i++) {
      dseg_value_set_clear(&sets[i]);
    }
  }
  raw->swapped = false;
  return dseg_voxels_conclude(raw, &findings, values, error);
}

dseg_status dseg_voxels_scan(dseg_raw_volume *raw, unsigned threads, dseg_volume_values *values, dseg_error *error) {
  const unsigned workers = dseg_worker_count(threads, (raw->layer_voxels - 1) / CHUNK + 1);
  *values =
      (dseg_volume_values){.layers = calloc(raw->layer_count, sizeof *values->layers), .layer_count = raw->layer_count};
  dseg_value_set *sets = calloc(workers, sizeof *sets);
  if (values->layers == NULL || sets == NULL) {
    free(sets);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for labels");
  }
  const dseg_status status = scan_layers(raw, sets, workers, values, error);
  for (unsigned i = 0; i < workers; i++) {
    dseg_value_set_free(&sets[i]);
  }
  free(sets);
  return status;
}

/* The fraction that a value stands for; those a little outside 0..1 stay there. */
static double fraction_of(const dseg_raw_volume *raw, double value) {
  uint32_t label = 0;
  const dseg_open_options *meaning = raw->meaning;
  const bool has_maps = meaning != NULL && (meaning->has_background || meaning->value_map_count > 0);
  return has_maps && dseg_value_judge(raw, value, &label) == DSEG_VALUE_LABEL ? (double)label : value;
}

static uint32_t stored_fraction(double fraction) {
  return (uint32_t)(fmin(fmax(fraction, 0.0), 1.0) * 255.0 + 0.5);
}

/* A float is as exact as integers and floats with a slope are; doubles may be more. */
static bool needs_doubles(const dseg_raw_volume *raw) {
  const size_t count = raw->layer_voxels * raw->layer_count;
  const uint8_t *from = raw->block + raw->offset;
  for (size_t i = 0; raw->type == DSEG_VOXEL_FLOAT64 && i < count; i++) {
    const double value = fraction_of(raw, dseg_voxel_value(raw->type, from, i) * raw->slope + raw->intercept);
    if ((double)(float)value != value) {
      return true;
    }
  }
  return false;
}

dseg_status dseg_voxels_fractions(const dseg_raw_volume *raw, dseg_reals *fractions, double *off, dseg_error *error) {
  const size_t count = raw->layer_voxels * raw->layer_count;
  const uint8_t *from = raw->block + raw->offset;
  const unsigned bits = needs_doubles(raw) ? 64 : 32;
  size_t bytes = 0;
  void *values = dseg_mul_size(count, bits / 8, &bytes) ? malloc(bytes) : NULL;
  if (values == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu fractions", count);
  }
  *off = 0;
  for (size_t i = 0; i < count; i++) {
    const double value = fraction_of(raw, dseg_voxel_value(raw->type, from, i) * raw->slope + raw->intercept);
    if (bits == 64) {
      ((double *)values)[i] = value;
    } else {
      ((float *)values)[i] = (float)value;
    }
    *off = fmax(*off, fabs(value - stored_fraction(value) / 255.0));
  }
  *fractions = (dseg_reals){values, bits};
  return DSEG_OK;
}

/* Labels or fractions of count voxels whose values mean something else. They have been scanned: they fit. */
static void read_meanings(const dseg_raw_volume *raw, const uint8_t *voxels, size_t count, bool fractions,
                          uint32_t *labels) {
  double before = NAN;
  for (size_t i = 0; i < count; i++) {
    const double stored = dseg_voxel_value(raw->type, voxels, i);
    if (i > 0 && stored == before) {
      labels[i] = labels[i - 1];
      continue;
    }
    before = stored;
    const double value = stored * raw->slope + raw->intercept;
    if (fractions) {
      labels[i] = stored_fraction(fraction_of(raw, value));
    } else {
      labels[i] = 0;
      (void)dseg_value_judge(raw, value, &labels[i]);
    }
  }
}

static void read_labels(dseg_voxel_type type, const uint8_t *voxels, size_t count, uint32_t *labels) {
#define READ(type)                                           \
  for (size_t i = 0; i < count; i++) {                       \
    type value;                                              \
    memcpy(&value, voxels + i * sizeof value, sizeof value); \
    labels[i] = (uint32_t)value;                             \
  }
#define READ_NEAREST(type)                                   \
  for (size_t i = 0; i < count; i++) {                       \
    type value;                                              \
    memcpy(&value, voxels + i * sizeof value, sizeof value); \
    labels[i] = (uint32_t)((double)value + 0.5);             \
  }
  switch (type) {
    case DSEG_VOXEL_INT8:
    case DSEG_VOXEL_UINT8: READ(uint8_t) break;
    case DSEG_VOXEL_INT16:
    case DSEG_VOXEL_UINT16: READ(uint16_t) break;
    case DSEG_VOXEL_INT32:
    case DSEG_VOXEL_UINT32: READ(uint32_t) break;
    case DSEG_VOXEL_INT64:
    case DSEG_VOXEL_UINT64: READ(uint64_t) break;
    case DSEG_VOXEL_FLOAT32: READ_NEAREST(float) break;
    case DSEG_VOXEL_FLOAT64: READ_NEAREST(double) break;
  }
#undef READ_NEAREST
#undef READ
}

void dseg_voxels_read_labels(const dseg_raw_volume *raw, const uint8_t *voxels, size_t count, uint32_t *labels) {
  if (dseg_raw_volume_has_meaning(raw)) {
    read_meanings(raw, voxels, count, false, labels);
  } else {
    read_labels(raw->type, voxels, count, labels);
  }
}

static void write_labels(const uint32_t *labels, size_t count, unsigned bits, uint8_t *to) {
#define WRITE(type)                                      \
  for (size_t i = 0; i < count; i++) {                   \
    const type value = (type)labels[i];                  \
    memcpy(to + i * sizeof value, &value, sizeof value); \
  }
  if (bits == 8) {
    WRITE(uint8_t)
  } else if (bits == 16) {
    WRITE(uint16_t)
  } else {
    WRITE(uint32_t)
  }
#undef WRITE
}

static bool is_right_already(const dseg_raw_volume *raw, unsigned bits, bool fractions) {
  return !fractions && !dseg_raw_volume_has_meaning(raw) && raw->type != DSEG_VOXEL_FLOAT32 &&
         raw->type != DSEG_VOXEL_FLOAT64 && dseg_voxel_size(raw->type) * 8 == bits;
}

/* Aligned voxels are what all who read the layer expect; offsets in files need not be multiples of anything. */
static void align(dseg_raw_volume *raw, size_t bytes, size_t size) {
  if (raw->offset % size != 0) {
    memmove(raw->block, raw->block + raw->offset, bytes);
    raw->offset = 0;
  }
}

dseg_status dseg_voxels_convert(dseg_raw_volume *raw, unsigned bits, bool fractions, dseg_error *error) {
  const size_t count = raw->layer_voxels * raw->layer_count;
  const size_t before = dseg_voxel_size(raw->type);
  const size_t after = bits / 8;
  if (is_right_already(raw, bits, fractions)) {
    align(raw, count * after, after);
    return DSEG_OK;
  }
  uint8_t *to = raw->block;
  if (after > before) { /* by another meaning only */
    to = dseg_mul_size(count, after, &(size_t){0}) ? malloc(count * after) : NULL;
    if (to == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu voxels", count);
    }
  }
  const uint8_t *from = raw->block + raw->offset;
  uint32_t labels[BLOCK];
  for (size_t i = 0; i < count; i += BLOCK) {
    const size_t block = count - i < BLOCK ? count - i : BLOCK;
    if (fractions) {
      read_meanings(raw, from + i * before, block, true, labels);
    } else {
      dseg_voxels_read_labels(raw, from + i * before, block, labels);
    }
    write_labels(labels, block, bits, to + i * after);
  }
  if (to != raw->block) {
    free(raw->block);
    raw->block = to;
  } else {
    uint8_t *smaller = count != 0 ? realloc(raw->block, count * after) : NULL;
    raw->block = smaller != NULL ? smaller : raw->block;
  }
  raw->offset = 0;
  raw->type = bits == 8 ? DSEG_VOXEL_UINT8 : bits == 16 ? DSEG_VOXEL_UINT16 : DSEG_VOXEL_UINT32;
  raw->slope = 1;
  raw->intercept = 0;
  raw->meaning = NULL;
  return DSEG_OK;
}
