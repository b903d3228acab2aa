/* SPDX-License-Identifier: Apache-2.0 */
/* builtin.h - the frame codecs that are part of the library: those of codecs.def. A codec that this build lacks is
 * declared, too, and must not be used. */
#ifndef DSEG_FRAMES_BUILTIN_H
#define DSEG_FRAMES_BUILTIN_H

#include "dseg/plugin.h"

#define DSEG_CODEC(symbol, built, option, name, uid) extern const dseg_frame_codec dseg_frame_##symbol;
#include "frames/codecs.def"
#undef DSEG_CODEC

#endif
