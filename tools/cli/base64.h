/* SPDX-License-Identifier: Apache-2.0 */
/* base64.h - bytes as text (RFC 4648, section 4). */
#ifndef DSEG_TOOLS_CLI_BASE64_H
#define DSEG_TOOLS_CLI_BASE64_H

#include "dseg/buffer.h"

/* Appends the text of bytes, without a NUL. */
dseg_status cli_add_base64(dseg_buffer *out, dseg_view bytes, dseg_error *error);
/* Appends the bytes of a text. DSEG_ERROR_FORMAT for what is none; then out is as it was. */
dseg_status cli_read_base64(const char *text, dseg_buffer *out, dseg_error *error);

#endif
