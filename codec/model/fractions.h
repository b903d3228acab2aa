/* SPDX-License-Identifier: Apache-2.0 */
/* fractions.h - planes of stored fractions, 8 bits each. */
#ifndef DSEG_MODEL_FRACTIONS_H
#define DSEG_MODEL_FRACTIONS_H

#include "dseg/plugin.h"

/* The least stored fraction of 1..maximum that is inside from this share of the maximum on; at least 1. */
uint32_t dseg_stored_threshold(double share, uint32_t maximum);

/* Paints a segment where its stored fractions, count of them, are at least plane->fraction_threshold.
 * DSEG_ERROR_ARGUMENT for a threshold that is not in 1..255. */
dseg_status dseg_paint_fractions(const dseg_label_plane *plane, uint32_t segment, const uint8_t *fractions,
                                 size_t count, dseg_error *error);

#endif
