/* SPDX-License-Identifier: Apache-2.0 */
/* meta.h - preamble and File Meta Information of the target (PS3.10 7.1). */
#ifndef DSEG_TRANSCODE_META_H
#define DSEG_TRANSCODE_META_H

#include "transcode/transcoder.h"

/* Appends them: what the source has of group 0002, but for the transfer syntax and the implementation that wrote. */
dseg_status dseg_put_meta(const dseg_transcoder *transcoder, dseg_buffer *out, dseg_error *error);

#endif
