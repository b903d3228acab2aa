/* SPDX-License-Identifier: Apache-2.0 */
/* label_planes.c - kernels on planes of labels, see label_planes.h.
 *
 * The usual case, a segment painted on nothing but background, is found by comparing whole ranges and then written
 * as a fill or a copy. Only where a range already holds something does a loop look at single voxels, and only there
 * is overlap counted, exactly. */
#include "model/label_planes.h"

#include <string.h>

#include "model/label_lookup.h"
#include "model/label_runs.h"
#include "model/overlap.h"

/* Pixels that dseg_paint_pixels treats alike: few enough for pixels and labels to stay in the first cache. */
#define STRIP ((size_t)2048)
#define BLOCK ((size_t)32)

static inline void store_label(void *out, unsigned bits, size_t i, uint32_t value) {
  switch (bits) {
    case 8: ((uint8_t *)out)[i] = (uint8_t)value; break;
    case 16: ((uint16_t *)out)[i] = (uint16_t)value; break;
    default: ((uint32_t *)out)[i] = value; break;
  }
}

static inline void fill_labels(void *out, unsigned bits, size_t start, size_t count, uint32_t value) {
  if (bits == 8 || value == 0) {
    memset((uint8_t *)out + start * (bits / 8), (int)value, count * (bits / 8));
    return;
  }
  for (size_t i = start; i < start + count; i++) {
    store_label(out, bits, i, value);
  }
}

/* Whether count labels from start on are all value. No exit within the loop, so that it becomes vector code; callers
 * give ranges that lie in the first cache. */
static inline bool all_labels(const void *labels, unsigned bits, size_t start, size_t count, uint32_t value) {
  const uint8_t *bytes = (const uint8_t *)labels + start * (bits / 8);
  const uint64_t pattern = dseg_label_pattern(value, bits);
  const size_t words = count / (64 / bits);
  uint64_t differs = 0;
  for (size_t i = 0; i < words; i++) {
    differs |= dseg_load_native64(bytes + 8 * i) ^ pattern;
  }
  for (size_t i = words * (64 / bits); i < count; i++) {
    differs |= dseg_label_at(bytes, bits, i) ^ value;
  }
  return differs == 0;
}

/* Whether the segment is among those that are painted, as value. */
static bool has_value(const dseg_label_paint *paint, size_t segment, uint32_t value) {
  return paint->values[segment] == value && (paint->wanted == NULL || paint->wanted[segment] != 0);
}

/* The segment whose voxels are old, or SIZE_MAX. Often values are the numbers 1..N, or were chosen so. */
static size_t segment_of(const dseg_label_paint *paint, uint32_t old) {
  const size_t guess = (size_t)old - 1;
  if (guess < paint->segment_count && has_value(paint, guess, old)) {
    return guess;
  }
  for (size_t i = 0; i < paint->segment_count; i++) {
    if (i != paint->segment && has_value(paint, i, old)) {
      return i;
    }
  }
  return SIZE_MAX;
}

/* Once all pairs that fit are known no segment is looked for any more, so that a plane full of overlap does not
 * search a long list for every run. */
static void count_overlap(const dseg_label_paint *paint, uint32_t old, uint64_t count) {
  dseg_overlap *overlap = paint->overlap;
  for (size_t i = 0; i < overlap->pair_count; i++) {
    const uint32_t first = overlap->pairs[i].first;
    const uint32_t second = overlap->pairs[i].second;
    const bool known = (first == paint->segment && paint->values[second] == old) ||
                       (second == paint->segment && paint->values[first] == old);
    if (known) {
      dseg_overlap_add(overlap, first, second, count);
      return;
    }
  }
  const size_t other = overlap->pair_count < DSEG_OVERLAP_PAIRS ? segment_of(paint, old) : SIZE_MAX;
  if (other != SIZE_MAX) {
    dseg_overlap_add(overlap, (uint32_t)other, paint->segment, count);
  } else {
    overlap->voxels += count;
  }
}

/* True if the painted segment wins over the segment of old. */
static bool replaces(const dseg_label_paint *paint, uint32_t old) {
  if (!paint->by_index) {
    return paint->last_wins;
  }
  const size_t other = segment_of(paint, old);
  return other != SIZE_MAX && (other < paint->segment) == paint->last_wins;
}

/* Paints a range of which some voxels hold something. */
static void paint_occupied(void *out, unsigned bits, size_t start, size_t count, const dseg_label_paint *paint) {
  const size_t end = start + count;
  while (start < end) {
    const uint32_t old = dseg_label_at(out, bits, start);
    const size_t next = dseg_label_run_end(out, bits, start, end);
    bool write = old == paint->background;
    if (!write && old != paint->value) {
      count_overlap(paint, old, next - start);
      write = replaces(paint, old);
    }
    if (write) {
      fill_labels(out, bits, start, next - start, paint->value);
    }
    start = next;
  }
}

static inline void paint_range(void *out, unsigned bits, size_t start, size_t count, const dseg_label_paint *paint) {
  while (count != 0) {
    const size_t part = count < STRIP ? count : STRIP;
    if (all_labels(out, bits, start, part, paint->background)) {
      fill_labels(out, bits, start, part, paint->value);
    } else {
      paint_occupied(out, bits, start, part, paint);
    }
    start += part;
    count -= part;
  }
}

void dseg_paint_range(void *out, unsigned label_bits, size_t start, size_t count, const dseg_label_paint *paint) {
  switch (label_bits) {
    case 8: paint_range(out, 8, start, count, paint); break;
    case 16: paint_range(out, 16, start, count, paint); break;
    default: paint_range(out, 32, start, count, paint); break;
  }
}

static inline bool paint_inside(void *out, unsigned bits, size_t start, const uint8_t *inside,
                                const dseg_label_paint *paint) {
  /* Both loops are without a branch, so that they become vector code. */
  const uint32_t background = paint->background;
  const uint32_t value = paint->value;
  uint32_t occupied = 0;
  for (size_t i = 0; i < 64; i++) {
    occupied |= (dseg_label_at(out, bits, start + i) ^ background) & (0u - inside[i]);
  }
  if (occupied != 0) {
    return false;
  }
  for (size_t i = 0; i < 64; i++) {
    const uint32_t old = dseg_label_at(out, bits, start + i);
    store_label(out, bits, start + i, old ^ ((old ^ value) & (0u - inside[i])));
  }
  return true;
}

bool dseg_paint_inside(void *out, unsigned label_bits, size_t start, const uint8_t inside[64],
                       const dseg_label_paint *paint) {
  switch (label_bits) {
    case 8: return paint_inside(out, 8, start, inside, paint);
    case 16: return paint_inside(out, 16, start, inside, paint);
    default: return paint_inside(out, 32, start, inside, paint);
  }
}

/* Each width with a maximum of its own width: as many lanes as the machine has. */
static inline uint32_t greatest_label(const void *labels, unsigned bits, size_t start, size_t count) {
  if (bits == 8) {
    const uint8_t *bytes = (const uint8_t *)labels + start;
    uint8_t greatest = 0;
    for (size_t i = 0; i < count; i++) {
      greatest = bytes[i] > greatest ? bytes[i] : greatest;
    }
    return greatest;
  }
  if (bits == 16) {
    uint16_t greatest = 0;
    for (size_t i = start; i < start + count; i++) {
      const uint16_t label = (uint16_t)dseg_label_at(labels, 16, i);
      greatest = label > greatest ? label : greatest;
    }
    return greatest;
  }
  uint32_t greatest = 0;
  for (size_t i = start; i < start + count; i++) {
    const uint32_t label = dseg_label_at(labels, 32, i);
    greatest = label > greatest ? label : greatest;
  }
  return greatest;
}

static inline void copy_labels(const void *from, unsigned from_bits, void *to, unsigned to_bits, size_t start,
                               size_t count) {
  if (from_bits == to_bits) {
    const size_t bytes = from_bits / 8;
    memcpy((uint8_t *)to + start * bytes, (const uint8_t *)from + start * bytes, count * bytes);
    return;
  }
  for (size_t i = start; i < start + count; i++) {
    store_label(to, to_bits, i, dseg_label_at(from, from_bits, i));
  }
}

/* Translates runs of pixels: a value of 32 bits may have to be searched for. */
static inline void translate_runs(const void *pixels, void *out, unsigned bits, size_t start, size_t count,
                                  const dseg_label_plane *plane) {
  const size_t end = start + count;
  while (start < end) {
    const size_t next = dseg_label_run_end(pixels, 32, start, end);
    const uint32_t label = dseg_look_up(plane->lookup, dseg_label_at(pixels, 32, start));
    if (label != plane->background) {
      fill_labels(out, bits, start, next - start, label);
    }
    start = next;
  }
}

/* Translates pixels one by one, but for blocks of equal ones. */
static inline void translate(const void *pixels, unsigned pixel_bits, void *out, unsigned bits, size_t start,
                             size_t count, const dseg_label_plane *plane) {
  const uint32_t *value_of_pixel = ((const dseg_label_lookup *)plane->lookup)->table;
  const size_t end = start + count;
  if (pixel_bits == 32) {
    translate_runs(pixels, out, bits, start, count, plane);
    return;
  }
  while (start < end) {
    const size_t part = end - start < BLOCK ? end - start : BLOCK;
    const uint32_t pixel = dseg_label_at(pixels, pixel_bits, start);
    if (!all_labels(pixels, pixel_bits, start, part, pixel)) {
      for (size_t i = start; i < start + part; i++) {
        store_label(out, bits, i, value_of_pixel[dseg_label_at(pixels, pixel_bits, i)]);
      }
    } else if (value_of_pixel[pixel] != plane->background) {
      fill_labels(out, bits, start, part, value_of_pixel[pixel]);
    }
    start += part;
  }
}

/* Adds pixels where labels have been written before. */
static void paint_pixels_occupied(const void *pixels, unsigned pixel_bits, size_t start, size_t count,
                                  const dseg_label_plane *plane) {
  dseg_label_paint paint = {.background = plane->background,
                            .last_wins = plane->last_wins,
                            .by_index = true,
                            .values = plane->values,
                            .wanted = plane->wanted,
                            .segment_count = plane->segment_count,
                            .overlap = plane->overlap};
  const size_t end = start + count;
  while (start < end) {
    const size_t next = dseg_label_run_end(pixels, pixel_bits, start, end);
    paint.value = dseg_look_up(plane->lookup, dseg_label_at(pixels, pixel_bits, start));
    if (paint.value != plane->background) {
      paint.segment = UINT32_MAX;
      paint.segment = (uint32_t)segment_of(&paint, paint.value);
      dseg_paint_range(plane->out, plane->bits, start, next - start, &paint);
    }
    start = next;
  }
}

static inline void paint_pixels(const void *pixels, unsigned pixel_bits, size_t count, unsigned bits,
                                const dseg_label_plane *plane) {
  const uint32_t identity = ((const dseg_label_lookup *)plane->lookup)->identity;
  for (size_t start = 0; start < count; start += STRIP) {
    const size_t part = count - start < STRIP ? count - start : STRIP;
    if (!all_labels(plane->out, bits, start, part, plane->background)) {
      paint_pixels_occupied(pixels, pixel_bits, start, part, plane);
    } else if (greatest_label(pixels, pixel_bits, start, part) < identity) {
      copy_labels(pixels, pixel_bits, plane->out, bits, start, part);
    } else {
      translate(pixels, pixel_bits, plane->out, bits, start, part, plane);
    }
  }
}

static inline void paint_pixels_of(const void *pixels, unsigned pixel_bits, size_t count,
                                   const dseg_label_plane *plane) {
  switch (plane->bits) {
    case 8: paint_pixels(pixels, pixel_bits, count, 8, plane); break;
    case 16: paint_pixels(pixels, pixel_bits, count, 16, plane); break;
    default: paint_pixels(pixels, pixel_bits, count, 32, plane); break;
  }
}

void dseg_paint_pixels(const dseg_label_plane *plane, const void *pixels, unsigned pixel_bits, size_t count) {
  switch (pixel_bits) {
    case 8: paint_pixels_of(pixels, 8, count, plane); break;
    case 16: paint_pixels_of(pixels, 16, count, plane); break;
    default: paint_pixels_of(pixels, 32, count, plane); break;
  }
}

uint32_t dseg_label_of_pixel(const dseg_label_plane *plane, uint32_t pixel) {
  return dseg_look_up(plane->lookup, pixel);
}

void dseg_labels_fill(void *out, unsigned bits, size_t start, size_t count, uint32_t value) {
  switch (bits) {
    case 8: fill_labels(out, 8, start, count, value); break;
    case 16: fill_labels(out, 16, start, count, value); break;
    default: fill_labels(out, 32, start, count, value); break;
  }
}

void dseg_labels_from_indices(const uint32_t *indices, size_t count, const uint32_t *values, uint32_t background,
                              void *out, unsigned bits) {
  for (size_t start = 0; start < count;) {
    const size_t end = dseg_label_run_end(indices, 32, start, count);
    dseg_labels_fill(out, bits, start, end - start, indices[start] == 0 ? background : values[indices[start] - 1]);
    start = end;
  }
}

static inline void labels_to_mask(const void *labels, unsigned bits, size_t count, uint32_t value, uint8_t *mask) {
  for (size_t i = 0; i < count; i++) {
    mask[i] |= dseg_label_at(labels, bits, i) == value;
  }
}

void dseg_labels_to_mask(const void *labels, unsigned bits, size_t count, uint32_t value, uint8_t *mask) {
  switch (bits) {
    case 8: labels_to_mask(labels, 8, count, value, mask); break;
    case 16: labels_to_mask(labels, 16, count, value, mask); break;
    default: labels_to_mask(labels, 32, count, value, mask); break;
  }
}

static inline void convert_to(const void *from, unsigned from_bits, size_t count, void *to, unsigned to_bits) {
  switch (to_bits) {
    case 8: copy_labels(from, from_bits, to, 8, 0, count); break;
    case 16: copy_labels(from, from_bits, to, 16, 0, count); break;
    default: copy_labels(from, from_bits, to, 32, 0, count); break;
  }
}

void dseg_labels_convert(const void *from, unsigned from_bits, size_t count, void *to, unsigned to_bits) {
  switch (from_bits) {
    case 8: convert_to(from, 8, count, to, to_bits); break;
    case 16: convert_to(from, 16, count, to, to_bits); break;
    default: convert_to(from, 32, count, to, to_bits); break;
  }
}

dseg_label_paint dseg_segment_paint(uint32_t segment, const dseg_label_plane *plane) {
  return (dseg_label_paint){.value = plane->values[segment],
                            .background = plane->background,
                            .last_wins = plane->last_wins,
                            .segment = segment,
                            .values = plane->values,
                            .wanted = plane->wanted,
                            .segment_count = plane->segment_count,
                            .overlap = plane->overlap};
}
