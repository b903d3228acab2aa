/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge.h - Label Edge coding of label-map frames: the core, which knows neither DICOM nor files.
 *
 * A frame is a raster of labels. What is coded are its edges: the positions, in raster order, where the label differs
 * from that of the pixel before. bitstream.md is the normative text; the numbers of sections below are its own. C17, no
 * dependency but libc; label_edge_decode.c needs nothing of label_edge_encode.c.
 *
 * All frames of an instance have one format and one header (section 5), which is kept in front of frame 0. A frame in
 * memory is canonical: 1 bit: rows * columns bits without gaps, the first in the least significant bit of the first
 * byte, padded with zero bits to a byte; 8: bytes; 16: native-endian uint16_t, aligned. */
#ifndef LABEL_EDGE_H
#define LABEL_EDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum label_edge_status {
  LABEL_EDGE_OK = 0,
  LABEL_EDGE_NO_MEMORY,
  LABEL_EDGE_BAD_HEADER, /* of the bytes to decode: the header (bitstream.md, section 5) */
  LABEL_EDGE_BAD_TYPE,   /* the frame's type, what it refers to, or padding (4) */
  LABEL_EDGE_BAD_DATA,   /* what codes the frame (6 to 10) */
  LABEL_EDGE_BAD_FORMAT, /* no such format, or the frame is not one of those that were surveyed */
  LABEL_EDGE_NO_ACCESS   /* fetch failed */
} label_edge_status;

typedef struct label_edge_format {
  uint32_t rows, columns; /* 1..65535 */
  unsigned bits;          /* 1, 8 or 16 */
  uint32_t frames;        /* in the instance, at least 1 */
} label_edge_format;

/* Bytes of one frame in memory; 0 when there is no such format. */
size_t label_edge_frame_bytes(const label_edge_format *format);

/* Gives the bytes of another frame of the instance: coded ones to a decoder (those of frame 0 with the header),
 * canonical ones to an encoder. They stay valid until the call that fetches returns; it fetches six at most. */
typedef label_edge_status (*label_edge_fetch)(void *user, uint32_t frame, const uint8_t **bytes, size_t *size);

/* ---- Decoding: label_edge_decode.c */

typedef struct label_edge_decoder label_edge_decoder;

/* Size of the header at the start of frame 0's bytes, 0 when there is none. */
size_t label_edge_header_size(const uint8_t *bytes, size_t size);

/* Reads the header and reserves all the memory that decoding will need; one thread uses a decoder at a time. */
label_edge_status label_edge_decoder_create(const label_edge_format *format, const uint8_t *header, size_t size,
                                            label_edge_decoder **decoder);
void label_edge_decoder_destroy(label_edge_decoder *decoder); /* NULL ok */

/* Decodes one frame into out, which holds label_edge_frame_bytes. bytes: the frame's, those of frame 0 with the
 * header; untrusted. fetch is called for frames that this one refers to; NULL: there are none. On an error out holds
 * anything. Frames that are read in order are decoded once each, raw ones that others refer to twice. */
label_edge_status label_edge_decode(label_edge_decoder *decoder, uint32_t frame, const uint8_t *bytes, size_t size,
                                    void *out, label_edge_fetch fetch, void *user);

/* ---- Encoding: label_edge_encode.c, label_edge_survey.c */

/* What must be known of all frames before the first is coded: which labels there are, which rows and columns repeat
 * everywhere, and which frames are the same. */
typedef struct label_edge_survey label_edge_survey;

label_edge_status label_edge_survey_create(const label_edge_format *format, bool predict, label_edge_survey **survey);
/* All frames, in order. */
label_edge_status label_edge_survey_add(label_edge_survey *survey, const void *pixels);
/* The plan, valid until the survey is destroyed: the header (label_edge_header_size), then four bytes for each frame
 * that only the encoder reads. */
label_edge_status label_edge_survey_finish(label_edge_survey *survey, const uint8_t **plan, size_t *size);
void label_edge_survey_destroy(label_edge_survey *survey); /* NULL ok */

typedef struct label_edge_encoder label_edge_encoder;

/* plan is copied. */
label_edge_status label_edge_encoder_create(const label_edge_format *format, const uint8_t *plan, size_t size,
                                            label_edge_encoder **encoder);
void label_edge_encoder_destroy(label_edge_encoder *encoder); /* NULL ok */

/* Codes one frame, in any order. bytes: without the header, always an even number, valid until the next call. fetch
 * gives the frames that this one may be predicted from; without prediction it is not called but for frames that seem
 * to be the same, and may be NULL. */
label_edge_status label_edge_encode(label_edge_encoder *encoder, uint32_t frame, const void *pixels,
                                    label_edge_fetch fetch, void *user, const uint8_t **bytes, size_t *size);

/* For making the built-in tables: counts[context][symbol] is added to for each frame that is coded. NULL: stop. */
void label_edge_encoder_count(label_edge_encoder *encoder, uint64_t (*counts)[16]);

#ifdef __cplusplus
}
#endif
#endif
