/* SPDX-License-Identifier: Apache-2.0 */
/* frame_codec.h - the public helpers for frame codecs, under the name that the files of this folder use. */
#ifndef DSEG_FRAMES_FRAME_CODEC_H
#define DSEG_FRAMES_FRAME_CODEC_H

#include "dseg/frame_codec.h"

#endif
