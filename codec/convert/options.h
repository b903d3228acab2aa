/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - which options of a conversion go together, and what its output is. */
#ifndef DSEG_CONVERT_OPTIONS_H
#define DSEG_CONVERT_OPTIONS_H

#include <stdbool.h>

#include "dseg/convert.h"

/* *format: NULL for DICOM. DSEG_ERROR_ARGUMENT where neither the options nor the output's path says what to write. */
dseg_status dseg_convert_find_format(const dseg_convert_options *options, const dseg_output *output,
                                     const dseg_volume_format **format, dseg_error *error);

/* DSEG_ERROR_ARGUMENT for values out of range, and for options that this output has no use for. */
dseg_status dseg_convert_check_options(const dseg_convert_options *options, const dseg_output *output, bool dicom,
                                       dseg_error *error);

#endif
