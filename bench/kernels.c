/* SPDX-License-Identifier: Apache-2.0 */
/* kernels.c - how fast the kernels of codec/model are on this machine: GB/s of voxels, and microseconds for a plane of
 * 512 x 512. A tool for whoever changes them; nothing asserts its figures.
 *
 * Planes are circles, like sections of organs: long runs, and words that are all zeros or all ones but for two in a
 * row. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builtin.h"
#include "dseg/source.h"
#include "measure.h"
#include "model/bit_planes.h"
#include "model/label_lookup.h"
#include "model/label_planes.h"

#define SIDE 512
#define PIXELS ((size_t)SIDE * SIDE)
#define SEGMENTS 108
#define IN_PLANE 20

/* What the kernels work on. */
struct planes {
  uint8_t labels[PIXELS];
  uint16_t labels16[PIXELS];
  uint8_t mask[PIXELS];
  uint8_t bits[PIXELS / 8 + 16]; /* of one organ */
  uint8_t noise[PIXELS / 8 + 16];
  uint8_t out[PIXELS];
  uint16_t out16[PIXELS];
  uint32_t value_of_pixel[65536];
  uint32_t gaps_of_pixel[65536];
  uint32_t values[SEGMENTS];
  uint8_t wanted[SEGMENTS];
  dseg_overlap overlap;
  dseg_description description;
  dseg_segment segments[SEGMENTS];
  dseg_buffer scratch;
  size_t frames;
};

static void draw(struct planes *p) {
  for (int organ = 0; organ < IN_PLANE; organ++) {
    const int x0 = 60 + organ % 5 * 98;
    const int y0 = 60 + organ / 5 * 120;
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        if ((x - x0) * (x - x0) + (y - y0) * (y - y0) < 50 * 50) {
          p->labels[y * SIDE + x] = (uint8_t)(1 + organ * 5);
        }
      }
    }
  }
  uint32_t random = 1;
  for (size_t i = 0; i < PIXELS; i++) {
    p->labels16[i] = p->labels[i];
    p->mask[i] = p->labels[i] == 36;
  }
  (void)dseg_bits_pack(p->mask, PIXELS, p->bits);
  for (size_t i = 0; i < sizeof p->noise; i++) {
    random = random * 1664525u + 1013904223u;
    p->noise[i] = (uint8_t)(random >> 24);
  }
  for (size_t i = 0; i < SEGMENTS; i++) {
    p->values[i] = (uint32_t)i + 1;
    p->wanted[i] = 1;
    p->value_of_pixel[i + 1] = (uint32_t)i + 1;
    p->gaps_of_pixel[i + 1] = (uint32_t)(i * 2 + 1);
    p->segments[i].number = (uint32_t)i + 1;
  }
  p->description = (dseg_description){.has_background = true, .segments = p->segments, .segment_count = SEGMENTS};
}

static dseg_label_paint paint_for(struct planes *p) {
  return (dseg_label_paint){
      .value = 7, .segment = 6, .values = p->values, .segment_count = SEGMENTS, .overlap = &p->overlap};
}

static void clear_only(struct planes *p) {
  memset(p->out, 0, PIXELS);
}

static void paint_organ(struct planes *p) {
  const dseg_label_paint paint = paint_for(p);
  memset(p->out, 0, PIXELS);
  dseg_bits_paint(p->bits, 0, PIXELS, p->out, 8, &paint);
}

static void paint_organ_shifted(struct planes *p) {
  const dseg_label_paint paint = paint_for(p);
  memset(p->out, 0, PIXELS);
  dseg_bits_paint(p->bits, 3, PIXELS, p->out, 8, &paint);
}

static void paint_organ_16(struct planes *p) {
  const dseg_label_paint paint = paint_for(p);
  memset(p->out16, 0, sizeof p->out16);
  dseg_bits_paint(p->bits, 0, PIXELS, p->out16, 16, &paint);
}

static void paint_noise(struct planes *p) {
  const dseg_label_paint paint = paint_for(p);
  memset(p->out, 0, PIXELS);
  dseg_bits_paint(p->noise, 0, PIXELS, p->out, 8, &paint);
}

static void mask_organ(struct planes *p) {
  memset(p->out, 0, PIXELS);
  dseg_bits_or_to_bytes(p->bits, 0, PIXELS, p->out);
}

static void mask_noise(struct planes *p) {
  memset(p->out, 0, PIXELS);
  dseg_bits_or_to_bytes(p->noise, 3, PIXELS, p->out);
}

static void pack(struct planes *p) {
  (void)dseg_bits_pack(p->mask, PIXELS, p->out);
}

static void append(struct planes *p) {
  dseg_bits_append(p->bits, PIXELS, p->out, 5);
}

static void paint_pixels(struct planes *p, const void *pixels, unsigned pixel_bits, const uint32_t *value_of_pixel,
                         void *out, unsigned bits) {
  memset(out, 0, PIXELS * bits / 8);
  const size_t values = (size_t)1 << pixel_bits;
  const dseg_label_lookup lookup = {
      .table = value_of_pixel, .table_size = values, .identity = dseg_label_identity(value_of_pixel, values)};
  const dseg_label_plane plane = {.out = out,
                                  .bits = bits,
                                  .segment_count = SEGMENTS,
                                  .values = p->values,
                                  .wanted = p->wanted,
                                  .lookup = &lookup,
                                  .overlap = &p->overlap};
  dseg_paint_pixels(&plane, pixels, pixel_bits, PIXELS);
}

static void label_frame(struct planes *p) {
  paint_pixels(p, p->labels, 8, p->value_of_pixel, p->out, 8);
}

static void label_frame_relabelled(struct planes *p) {
  paint_pixels(p, p->labels, 8, p->gaps_of_pixel, p->out, 8);
}

static void label_frame_16(struct planes *p) {
  paint_pixels(p, p->labels16, 16, p->value_of_pixel, p->out16, 16);
}

static dseg_status count_frame(void *user, int32_t segment, dseg_view frame, dseg_error *error) {
  (void)segment;
  (void)frame;
  (void)error;
  ((struct planes *)user)->frames++;
  return DSEG_OK;
}

static void put_labels(struct planes *p, const dseg_representation *representation, const void *labels, unsigned bits) {
  const dseg_frame_sink sink = {count_frame, p};
  const dseg_write_context context = {.description = &p->description,
                                      .format = {.bits_allocated = 8},
                                      .rows = SIDE,
                                      .columns = SIDE,
                                      .scratch = &p->scratch};
  (void)representation->put_labels(&context, labels, bits, &sink, NULL);
}

static void put_binary(struct planes *p) {
  put_labels(p, &dseg_representation_binary, p->labels, 8);
}

static void put_binary_16(struct planes *p) {
  put_labels(p, &dseg_representation_binary, p->labels16, 16);
}

static void put_labelmap(struct planes *p) {
  put_labels(p, &dseg_representation_labelmap, p->labels, 8);
}

static void put_labelmap_16(struct planes *p) {
  put_labels(p, &dseg_representation_labelmap, p->labels16, 16);
}

static const struct {
  const char *name;
  void (*run)(struct planes *planes);
} kernels[] = {
    {"clear 8-bit plane (part of those below)", clear_only},
    {"paint organ, 8-bit labels", paint_organ},
    {"paint organ from bit 3", paint_organ_shifted},
    {"paint organ, 16-bit labels", paint_organ_16},
    {"paint noise", paint_noise},
    {"mask of organ", mask_organ},
    {"mask of noise from bit 3", mask_noise},
    {"pack a mask", pack},
    {"append bits at bit 5", append},
    {"label frame, numbers kept", label_frame},
    {"label frame, relabelled", label_frame_relabelled},
    {"label frame, 16 bits", label_frame_16},
    {"plane to 20 BINARY frames", put_binary},
    {"plane to 20 BINARY frames, 16 bits", put_binary_16},
    {"plane to a LABELMAP frame", put_labelmap},
    {"plane to a LABELMAP frame, 16 to 8 bits", put_labelmap_16},
};

/* The best of several rounds: what disturbs a measurement only makes it longer. */
static double measure(void (*run)(struct planes *), struct planes *planes) {
  double best = 1e9;
  for (int round = 0; round < 7; round++) {
    const double start = bench_seconds();
    int count = 0;
    while (bench_seconds() - start < 0.01) {
      run(planes);
      count++;
    }
    const double each = (bench_seconds() - start) / count;
    best = each < best ? each : best;
  }
  return best;
}

int main(void) {
  struct planes *planes = calloc(1, sizeof *planes);
  if (planes == NULL) {
    return 4;
  }
  draw(planes);
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
    const double seconds = measure(kernels[i].run, planes);
    printf("%-42s %8.1f us %8.2f Gvoxel/s\n", kernels[i].name, seconds * 1e6, (double)PIXELS / seconds * 1e-9);
  }
  dseg_buffer_free(&planes->scratch);
  free(planes);
  return 0;
}
