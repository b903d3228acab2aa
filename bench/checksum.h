/* SPDX-License-Identifier: Apache-2.0 */
/* checksum.h - what tells whether two programs read the same voxels. */
#ifndef DSEG_BENCH_CHECKSUM_H
#define DSEG_BENCH_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "measure.h"

/* CRC-32 of a label map (bits 8 or 16) whose values are replaced by their ranks (16-bit little endian), so that it does
 * not depend on the numbers of segments; 0 is the background, whether it occurs or not. backward: of the planes from
 * the last to the first. */
void bench_checksums(const void *labels, unsigned bits, size_t planes, size_t plane_voxels, uint32_t *forward,
                     uint32_t *backward);

#endif
