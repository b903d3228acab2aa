/* builtin.h - the representations and frame codecs that are part of the library. */
#ifndef DSEG_BUILTIN_H
#define DSEG_BUILTIN_H

#include "dseg/plugin.h"

/* Segmentation Type (PS3.3 C.8.20.2.3). */
extern const dseg_representation dseg_representation_labelmap;
extern const dseg_representation dseg_representation_binary;
extern const dseg_representation dseg_representation_fractional;

/* Transfer syntaxes that leave frames as they are (PS3.5 A.1, A.2, A.3, A.5). */
extern const dseg_frame_codec dseg_frame_explicit_le;
extern const dseg_frame_codec dseg_frame_implicit_le;
extern const dseg_frame_codec dseg_frame_explicit_be;
extern const dseg_frame_codec dseg_frame_deflated;

#endif
