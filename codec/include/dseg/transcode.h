/* SPDX-License-Identifier: Apache-2.0 */
/* transcode.h - the same DICOM object in another transfer syntax: one instance, its elements as they are, its frames
 * encoded anew without loss.
 *
 *     const dseg_transcode_options options = {.struct_size = sizeof options, .transfer_syntax = "rle"};
 *     dseg_input *input = NULL;
 *     dseg_status status = dseg_input_from_file("seg.dcm", 0, &input, &error);
 *     if (status == DSEG_OK) {
 *       const dseg_output output = dseg_output_to_file("seg-rle.dcm", 0, NULL);
 *       status = dseg_transcode(input, "seg.dcm", &output, &options, &error);
 *       dseg_input_close(input);
 *     }
 *
 * What is the same afterwards: every element of the data set, private ones included, with its value and its VR, the
 * order of elements and items, and how the lengths of sequences and items are given. What differs: Pixel Data
 * (7FE0,0010), its VR and form; the offset tables (7FE0,0001), (7FE0,0002) and that in Pixel Data; group lengths, which
 * stay right where they were right (PS3.5 7.2); File Meta Information (group 0002). Turned back to the syntax that it
 * came from, explicit or implicit, the data set has the same bytes again, but that a native Pixel Data of 1 or 8 bits
 * that had VR OW has OB (PS3.5 A.2). What cannot be the same is named in a warning, each kind once:
 * - Implicit VR has no room for a VR: that of a private element, or another than PS3.6 gives, is UN or what PS3.6 gives
 *   after the way back (PS3.5 6.2.2);
 * - bits and bytes of native Pixel Data behind its last frame that are not zero have no place among compressed frames;
 * - a group length that was wrong stays so.
 *
 * Lossless targets only: what a lossy codec makes is another instance (PS3.3 C.7.6.1.1.5). Frames that a lossy codec
 * made are decoded, with a warning, since decoders differ; Lossy Image Compression (0028,2110) stays as it is, as that
 * section says of decompressed images. An experimental target adds its mark, values in a block "DSEG PROPOSALS" of
 * group 0071, and nothing else; the way back takes it out. */
#ifndef DSEG_TRANSCODE_H
#define DSEG_TRANSCODE_H

#include "dseg/io.h"
#include "dseg/plugin.h"
#include "dseg/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What was done. Texts have static storage. */
typedef struct dseg_transcoding {
  const char *from, *to; /* names of the frame codecs */
  uint64_t frames;
  uint64_t decoded_frames; /* 0: frames were passed on as they were */
} dseg_transcoding;

typedef struct dseg_transcode_options {
  size_t struct_size;          /* sizeof(dseg_transcode_options): see dseg/dseg.h */
  const char *transfer_syntax; /* name or UID of a frame codec of the registry; needed */
  /* For that codec. With any, frames that have this transfer syntax already are encoded anew, too. */
  const dseg_option_value *codec_options;
  size_t codec_option_count;
  dseg_offset_table offset_table; /* native frames have none */
  unsigned threads;               /* that decode and encode frames; 0: one for each processor */
  dseg_warning_sink warnings;
  dseg_progress progress;          /* frames encoded, or decoded for native ones */
  uint64_t memory_limit;           /* bytes at most for attributes and tables of frames; 0: 4 GiB */
  const char *temporary_directory; /* of frames on their way, and of an inflated data set; NULL: the system's */
  dseg_transcoding *result;        /* filled on success; may be NULL */
} dseg_transcode_options;

/* Writes the object in input to output. input stays the caller's; name is how messages call it, and may be NULL. The
 * object is any DICOM segmentation that dseg_open_input reads, in any of its encodings; one part of a Concatenation is
 * an object of its own. An output to a path may replace a file (DSEG_OUTPUT_REPLACE), the input's own too, which is
 * read to its end before. Frames wait in a temporary file, or in memory for an output to a buffer.
 * DSEG_ERROR_ARGUMENT: no transfer_syntax, or an option that the codec does not have. DSEG_ERROR_UNSUPPORTED: a codec
 * that this build lacks or that is lossy, pixels that the transfer syntax is not for, or no segmentation.
 * DSEG_ERROR_FORMAT: the object is damaged. DSEG_ERROR_LIMIT: native Pixel Data past 2^32 - 2 bytes, or attributes past
 * the memory limit. On any failure nothing is written, but for what a function has got of an output that then failed.
 */
DSEG_API dseg_status dseg_transcode(const dseg_input *input, const char *name, const dseg_output *output,
                                    const dseg_transcode_options *options, dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
