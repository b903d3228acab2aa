/* SPDX-License-Identifier: Apache-2.0 */
/* pixels.h - Pixel Data (7FE0,0010) on its way to another transfer syntax. */
#ifndef DSEG_TRANSCODE_PIXELS_H
#define DSEG_TRANSCODE_PIXELS_H

#include "transcode/transcoder.h"

/* Decodes and encodes frames where that is needed, so that they wait in the writer's spool, and *bytes is what Pixel
 * Data takes with the offset tables in front of it. output: where the object goes. dseg_pixels_free in any case. */
dseg_status dseg_pixels_prepare(dseg_transcoder *transcoder, const dseg_output *output, uint64_t *bytes,
                                dseg_error *error);

/* Writes the tables and the element. */
dseg_status dseg_pixels_write(dseg_transcoder *transcoder, dseg_output_stream *stream, dseg_error *error);

void dseg_pixels_free(dseg_transcoder *transcoder);

#endif
