/* SPDX-License-Identifier: Apache-2.0 */
/* decimal.h - decimal numbers as DICOM writes them (DS and IS, PS3.5 6.2), in any locale. */
#ifndef DSEG_DICOM_DECIMAL_H
#define DSEG_DICOM_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The double nearest to the text, which needs no NUL and may have spaces around it; false when it is not a
 * decimal number, or not a finite one. */
bool dseg_parse_decimal(const char *text, size_t size, double *value);

/* Likewise an integer; false when it does not fit. */
bool dseg_parse_integer(const char *text, size_t size, int64_t *value);

#endif
