/* SPDX-License-Identifier: Apache-2.0 */
/* structure.h - whether the bytes of elements can be read to their end. */
#ifndef DSEG_VALIDATE_STRUCTURE_H
#define DSEG_VALIDATE_STRUCTURE_H

#include "validate/check.h"

/* Walks elements, which are the data set (place of depth 0) or item (from 1) of the sequence at place. */
void dseg_check_readable(dseg_check *check, const dseg_elements *elements, dseg_place place, size_t item);

#endif
