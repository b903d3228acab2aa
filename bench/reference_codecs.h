/* SPDX-License-Identifier: Apache-2.0 */
/* reference_codecs.h - what the frame codecs are held against: they have the struct of a frame codec but are in no
 * registry, since they are no transfer syntaxes. */
#ifndef DSEG_BENCH_REFERENCE_CODECS_H
#define DSEG_BENCH_REFERENCE_CODECS_H

#include "dseg/plugin.h"

/* The limit: memcpy of each frame. */
extern const dseg_frame_codec reference_memcpy;

/* A whole volume as one gzip stream, as .nii.gz has it, compressed by zlib at level 6 and decompressed by zlib or by
 * libdeflate. To be used with frame_set_as_one. */
extern const dseg_frame_codec reference_gzip_zlib;
extern const dseg_frame_codec reference_gzip_libdeflate;

/* zstd -19 with the frame before as prefix, in chains of 16 frames: label maps only. Where the build has zstd
 * (DSEG_HAVE_ZSTD). Decoded frames stay where they are until the context is destroyed. */
extern const dseg_frame_codec reference_zstd_prefix;

#endif
