/* SPDX-License-Identifier: Apache-2.0 */
/* format_decimal.h - numbers as DICOM's Decimal String (PS3.5 Table 6.2-1, DS). */
#ifndef DSEG_BASE_FORMAT_DECIMAL_H
#define DSEG_BASE_FORMAT_DECIMAL_H

#include <stddef.h>

#define DSEG_DECIMAL_SIZE 17 /* 16 characters and a NUL */

/* Writes value as a DS of at most 16 characters: the shortest text that gives the same double again, or else as
 * many digits as fit. Fixed point where it is no longer than the exponential form. Independent of the locale.
 * Returns the length; infinities and NaN, which DS cannot hold, give "0". */
size_t dseg_format_decimal(double value, char text[DSEG_DECIMAL_SIZE]);

#endif
