/* builtin.h - the representations and frame codecs that are part of the library. */
#ifndef DSEG_BUILTIN_H
#define DSEG_BUILTIN_H

#include "dseg/plugin.h"

/* What the registry holds of each kind. */
#define DSEG_MAX_ENTRIES 64

/* Segmentation Type (PS3.3 C.8.20.2.3). */
extern const dseg_representation dseg_representation_labelmap;
extern const dseg_representation dseg_representation_binary;
extern const dseg_representation dseg_representation_fractional;

/* Transfer syntaxes that leave frames as they are (PS3.5 A.1, A.2, A.3, A.5). */
extern const dseg_frame_codec dseg_frame_explicit_le;
extern const dseg_frame_codec dseg_frame_implicit_le;
extern const dseg_frame_codec dseg_frame_explicit_be;
extern const dseg_frame_codec dseg_frame_deflated;

/* Transfer syntaxes with encapsulated frames (PS3.5 A.4), each in a build that has its library. */
extern const dseg_frame_codec dseg_frame_encapsulated;
extern const dseg_frame_codec dseg_frame_rle;
extern const dseg_frame_codec dseg_frame_deflated_frame;
extern const dseg_frame_codec dseg_frame_jpeg_ls;
extern const dseg_frame_codec dseg_frame_jpeg2000;
extern const dseg_frame_codec dseg_frame_htj2k;
extern const dseg_frame_codec dseg_frame_jpeg_xl;
extern const dseg_frame_codec dseg_frame_jpeg_lossless;
extern const dseg_frame_codec dseg_frame_jpeg;

/* The build option that a frame codec needs which this build lacks, by name or Transfer Syntax UID, for messages that
 * say so; NULL when it is there, or no such codec is part of the library. */
const char *dseg_missing_frame_codec(const char *name_or_uid);

#endif
