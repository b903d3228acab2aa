/* SPDX-License-Identifier: Apache-2.0 */
/* codec_memory.h - how many threads may work on frames within the caller's memory limit. */
#ifndef DSEG_MODEL_CODEC_MEMORY_H
#define DSEG_MODEL_CODEC_MEMORY_H

#include "dseg/frame_codec.h"

/* Lowers *workers, at least 1, to what limit (bytes; 0: none) allows: each has a context of the codec (NULL: none) and
 * two frames. DSEG_ERROR_LIMIT, with the bytes that are needed, when not even one does. */
dseg_status dseg_limit_workers(const dseg_frame_codec *codec, const dseg_codec_setup *setup, uint64_t limit,
                               unsigned *workers, dseg_error *error);

#endif
