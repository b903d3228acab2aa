/* SPDX-License-Identifier: Apache-2.0 */
/* charset_convert.h - text of one encoding as UTF-8. ASCII, UTF-8 and ISO 8859-1 are converted in every build, the
 * others by iconv, in builds that found it, or by JavaScript. */
#ifndef DSEG_DICOM_CHARSET_CONVERT_H
#define DSEG_DICOM_CHARSET_CONVERT_H

#include <stdbool.h>

#include "dseg/buffer.h"

/* Whether this build, on this system, converts an encoding. Names are those of iconv; NULL: ASCII. */
bool dseg_charset_converts(const char *encoding);

/* Whether text is UTF-8 without a NUL (RFC 3629). */
bool dseg_is_utf8(dseg_view text);

/* Appends text as UTF-8. A byte that the encoding does not have, and each byte beyond ASCII of an encoding that is not
 * converted, becomes U+FFFD. */
dseg_status dseg_charset_append(const char *encoding, dseg_view text, dseg_buffer *out, dseg_error *error);

#endif
