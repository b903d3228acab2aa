/* SPDX-License-Identifier: Apache-2.0 */
/* frame_json.h - what the programs about frame codecs print alike, as parts of a JSON object on standard output. Not
 * for several threads. */
#ifndef BENCH_FRAME_JSON_H
#define BENCH_FRAME_JSON_H

#include "dseg/plugin.h"

/* A JSON string; control characters become spaces. */
void frame_json_text(const char *text);

/* , "experimental": ..., "library": ... of a codec; the library is "" where it has none. */
void frame_json_codec(const dseg_frame_codec *codec);

#endif
