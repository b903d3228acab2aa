/* SPDX-License-Identifier: Apache-2.0 */
/* value_form.h - whether a text value is well formed for its VR (PS3.5 6.2), and what it can only have meant. */
#ifndef DSEG_DICOM_VALUE_FORM_H
#define DSEG_DICOM_VALUE_FORM_H

#include <stdbool.h>

#include "dseg/buffer.h"

/* Whether a value of this VR may hold several, separated by '\' (PS3.5 6.4): not ST, LT, UT, UR and what is no text. */
bool dseg_vr_has_values(const char vr[2]);

/* Why one value, UTF-8 without the separators of several, is not well formed: for a message, behind "it"; NULL: it is
 * well formed, as what is empty is. Spaces around a value that do not count are not looked at, but for the length. */
const char *dseg_value_fault(const char vr[2], dseg_view value);

/* Appends to out the well-formed value that a malformed one can only have meant: text cut at its limit of characters,
 * without control characters; a date or a time without its separators; capitals in code strings. *mended false, and
 * nothing appended: there is none. DSEG_ERROR_MEMORY. */
dseg_status dseg_mend_value(const char vr[2], dseg_view value, dseg_buffer *out, bool *mended, dseg_error *error);

#endif
