/* SPDX-License-Identifier: Apache-2.0 */
/* deflated.h - data sets that are deflated as a whole (PS3.5 A.5). */
#ifndef DSEG_DICOM_DEFLATED_H
#define DSEG_DICOM_DEFLATED_H

#include "base/input.h"

/* Inflates what follows begin in input to a temporary file without a name, in directory (NULL: the system's). limit:
 * bytes of it at most (deflate itself cannot exceed 1032 times its input). DSEG_ERROR_UNSUPPORTED without zlib. */
dseg_status dseg_inflate_data_set(const dseg_input *input, uint64_t begin, uint64_t limit, const char *directory,
                                  dseg_input **inflated, dseg_error *error);

#endif
