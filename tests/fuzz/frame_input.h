/* SPDX-License-Identifier: Apache-2.0 */
/* frame_input.h - how the fuzz target of frame codecs reads its input, for it and for what makes its seeds. */
#ifndef DSEG_TESTS_FRAME_INPUT_H
#define DSEG_TESTS_FRAME_INPUT_H

#include "dseg/plugin.h"

/* Codec (of those that decode encapsulated frames, in the order of the registry, from 0), bits (0, 1, 2: 1, 8, 16),
 * rows less 1 and columns less 1 (2 bytes each, the lower first); behind them the frame's bytes. */
enum { FRAME_INPUT_HEADER = 6, FRAME_INPUT_MOST = 600 };

static inline const dseg_frame_codec *frame_input_codec(size_t number) {
  const dseg_frame_codec *codec;
  for (size_t i = 0; (codec = dseg_frame_codec_at(i)) != NULL; i++) {
    if (codec->decode != NULL && (codec->flags & DSEG_PLUGIN_NATIVE) == 0 && number-- == 0) {
      return codec;
    }
  }
  return NULL;
}

#endif
