/* SPDX-License-Identifier: Apache-2.0 */
/* label_planes.h - planes of labels: unsigned integers of 8, 16 or 32 bits, one for each voxel.
 *
 * Positions and counts are in voxels. Kernels take the width as a number and branch on it outside their loops. */
#ifndef DSEG_MODEL_LABEL_PLANES_H
#define DSEG_MODEL_LABEL_PLANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dseg/plugin.h"
#include "model/label_paint.h"

/* Writes paint->value to count voxels from start on, as dseg_bits_paint does for set bits. */
void dseg_paint_range(void *out, unsigned label_bits, size_t start, size_t count, const dseg_label_paint *paint);

/* The same for 64 voxels from start on, at whose index inside is 1; elsewhere it is 0. False, and nothing is done, when
 * one of those inside does not hold background. */
bool dseg_paint_inside(void *out, unsigned label_bits, size_t start, const uint8_t inside[64],
                       const dseg_label_paint *paint);

/* Adds a label map's frame of count pixels of pixel_bits (8, 16, 32) to a plane of as many labels, whose lookup is a
 * dseg_label_lookup. Where another frame has already written another label, that counts as overlap, and the order of
 * segments decides which one stays. A plane's add_pixels and label_of_pixel. */
void dseg_paint_pixels(const dseg_label_plane *plane, const void *pixels, unsigned pixel_bits, size_t count);
uint32_t dseg_label_of_pixel(const dseg_label_plane *plane, uint32_t pixel);

/* How a plane's request has a segment painted. */
dseg_label_paint dseg_segment_paint(uint32_t segment, const dseg_label_plane *plane);

/* Writes value to count voxels from start on. */
void dseg_labels_fill(void *out, unsigned bits, size_t start, size_t count, uint32_t value);

/* Writes values[index - 1] for each of count indices of 32 bits, and background for index 0. */
void dseg_labels_from_indices(const uint32_t *indices, size_t count, const uint32_t *values, uint32_t background,
                              void *out, unsigned bits);

/* mask[i] |= 1 where the label is value. */
void dseg_labels_to_mask(const void *labels, unsigned bits, size_t count, uint32_t value, uint8_t *mask);

/* Copies count labels to another width; values must fit it. */
void dseg_labels_convert(const void *from, unsigned from_bits, size_t count, void *to, unsigned to_bits);

#endif
