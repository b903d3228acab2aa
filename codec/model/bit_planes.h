/* SPDX-License-Identifier: Apache-2.0 */
/* bit_planes.h - kernels between packed bits and bytes: the hot loops of 1-bit frames.
 *
 * Bits are in DICOM's order: the first pixel in the least significant bit of the first byte (PS3.5 8.1.1, Annex
 * D.2). They may start at any bit of the first byte; no byte outside those that hold a bit is touched. */
#ifndef DSEG_MODEL_BIT_PLANES_H
#define DSEG_MODEL_BIT_PLANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dseg/plugin.h"
#include "model/label_paint.h"

/* out[i] |= 1 where bit i is set. */
void dseg_bits_or_to_bytes(const uint8_t *bits, unsigned bit, size_t count, uint8_t *out);

/* Paints count voxels of label_bits (8, 16, 32) each. Words of 64 zero bits cost one test. */
void dseg_bits_paint(const uint8_t *bits, unsigned bit, size_t count, void *out, unsigned label_bits,
                     const dseg_label_paint *paint);

/* Packs mask != 0 into (count + 7) / 8 bytes, zero-padded; returns whether any bit is set. */
bool dseg_bits_pack(const uint8_t *mask, size_t count, uint8_t *bits);

/* Likewise, a bit being set where a value is at least threshold (1..255). */
bool dseg_bits_pack_at_least(const uint8_t *values, uint8_t threshold, size_t count, uint8_t *bits);

/* Sets count bits from position first on; other bits stay. */
void dseg_bits_set_range(uint8_t *bits, size_t first, size_t count);

/* Copies count bits to bit position to of out (which may start at any bit), leaving bits outside as they are. */
void dseg_bits_append(const uint8_t *bits, size_t count, uint8_t *out, size_t to);

/* Copies count bits that start at a bit of the first byte to out, byte aligned and zero-padded. */
void dseg_bits_align(const uint8_t *bits, unsigned bit, size_t count, uint8_t *out);

/* Adds a segment's bits, as dseg_bits_paint does. A plane's add_bits. */
void dseg_paint_segment(const dseg_label_plane *plane, uint32_t segment, const uint8_t *pixels, unsigned bit,
                        size_t count);

#endif
