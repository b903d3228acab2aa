/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge.h - Label Edge coding of label-map frames: the core, which knows neither DICOM nor files.
 *
 * A frame is a raster of labels. What is coded are its edges: the positions, in raster order, where the label differs
 * from that of the pixel before. bitstream.md is the normative text; the numbers of sections below are its own. C17, no
 * dependency but libc; label_edge_decode.c needs nothing of label_edge_encode.c.
 *
 * Each frame is decoded from its own fragment, but for frames of type "same" (4.3). A frame in memory is canonical:
 * 1 bit: rows * columns bits without gaps, the first in the least significant bit of the first byte, padded with zero
 * bits to a byte; 8: bytes; 16: native-endian uint16_t, aligned. */
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
  LABEL_EDGE_BAD_CHECKSUM, /* of the bytes to decode: the checksum, or there is no place for one (4.1) */
  LABEL_EDGE_OLD_VERSION,  /* the same, and they begin as the first fragment of an earlier version does */
  LABEL_EDGE_BAD_TYPE,     /* the frame's type, or what it refers to (4) */
  LABEL_EDGE_BAD_DATA,     /* what codes the frame (4.2 to 9) */
  LABEL_EDGE_BAD_FORMAT,   /* no such format, or no such frame in it */
  LABEL_EDGE_NO_ACCESS     /* another frame is needed, and fetch failed or is NULL: label_edge_needed_frame */
} label_edge_status;

typedef struct label_edge_format {
  uint32_t rows, columns; /* 1..65535 */
  unsigned bits;          /* 1, 8 or 16 */
  uint32_t frames;        /* in the instance, at least 1 */
} label_edge_format;

/* Bytes of one frame in memory; 0 when there is no such format. */
size_t label_edge_frame_bytes(const label_edge_format *format);

/* Gives the bytes of another frame of the instance: coded ones to a decoder, canonical ones to an encoder. They stay
 * valid until the call that fetches returns. */
typedef label_edge_status (*label_edge_fetch)(void *user, uint32_t frame, const uint8_t **bytes, size_t *size);

/* ---- Decoding: label_edge_decode.c */

typedef struct label_edge_decoder label_edge_decoder;

/* Bytes that a decoder of such frames allocates at most, whatever it is given; UINT64_MAX: there is no such format. */
uint64_t label_edge_decoder_memory(const label_edge_format *format);

/* One thread uses a decoder at a time. */
label_edge_status label_edge_decoder_create(const label_edge_format *format, label_edge_decoder **decoder);
void label_edge_decoder_destroy(label_edge_decoder *decoder); /* NULL ok */

/* Decodes one frame into out, which holds label_edge_frame_bytes. bytes: its fragment, untrusted. fetch is called for
 * the frame that one of type "same" names, once at most; it may be NULL. On an error out holds anything. Frames of type
 * "same" that name the two frames that such frames named last decode nothing, but for raw ones. */
label_edge_status label_edge_decode(label_edge_decoder *decoder, uint32_t frame, const uint8_t *bytes, size_t size,
                                    void *out, label_edge_fetch fetch, void *user);

/* After LABEL_EDGE_NO_ACCESS: the frame that could not be had. */
uint32_t label_edge_needed_frame(const label_edge_decoder *decoder);

/* ---- Encoding: label_edge_encode.c, label_edge_survey.c */

/* What is good to know of all frames before the first is coded: which rows and columns repeat everywhere, and which
 * frames are the same. */
typedef struct label_edge_survey label_edge_survey;

/* same: repeated frames are looked for, too. */
label_edge_status label_edge_survey_create(const label_edge_format *format, bool same, label_edge_survey **survey);
/* All frames, in order. */
label_edge_status label_edge_survey_add(label_edge_survey *survey, const void *pixels);
/* The plan, for encoders only, valid until the survey is destroyed. */
label_edge_status label_edge_survey_finish(label_edge_survey *survey, const uint8_t **plan, size_t *size);
void label_edge_survey_destroy(label_edge_survey *survey); /* NULL ok */

typedef struct label_edge_encoder label_edge_encoder;

/* Bytes that an encoder allocates at most, as label_edge_decoder_memory says of a decoder. */
uint64_t label_edge_encoder_memory(const label_edge_format *format);

/* plan is copied; NULL: frames are coded without knowing others, and none is of type "same". */
label_edge_status label_edge_encoder_create(const label_edge_format *format, const uint8_t *plan, size_t size,
                                            label_edge_encoder **encoder);
void label_edge_encoder_destroy(label_edge_encoder *encoder); /* NULL ok */

/* Codes one frame, in any order; any frame can be coded, surveyed or not. bytes: the fragment, valid until the next
 * call. fetch is called only for the frame that this one seems to repeat, once at most, and may be NULL. */
label_edge_status label_edge_encode(label_edge_encoder *encoder, uint32_t frame, const void *pixels,
                                    label_edge_fetch fetch, void *user, const uint8_t **bytes, size_t *size);

/* For making the built-in tables: counts[context][symbol] is added to for each frame that is coded. NULL: stop. */
void label_edge_encoder_count(label_edge_encoder *encoder, uint64_t (*counts)[16]);

/* ---- Prediction (prediction.md): another transfer syntax, of which the core knows nothing. Each call is as the one
 * above whose name has no "predicted"; what differs is said. */

typedef struct label_edge_predicted_decoder label_edge_predicted_decoder;

uint64_t label_edge_predicted_decoder_memory(const label_edge_format *format);
label_edge_status label_edge_predicted_decoder_create(const label_edge_format *format,
                                                      label_edge_predicted_decoder **decoder);
void label_edge_predicted_decoder_destroy(label_edge_predicted_decoder *decoder); /* NULL ok */
/* fetch is called for frames that this one refers to, five times at most. Frames that are read in order are decoded
 * once each, raw ones that others refer to twice. */
label_edge_status label_edge_predicted_decode(label_edge_predicted_decoder *decoder, uint32_t frame,
                                              const uint8_t *bytes, size_t size, void *out, label_edge_fetch fetch,
                                              void *user);
uint32_t label_edge_predicted_needed_frame(const label_edge_predicted_decoder *decoder);

typedef struct label_edge_predicted_encoder label_edge_predicted_encoder;

uint64_t label_edge_predicted_encoder_memory(const label_edge_format *format);
/* plan: of a survey that looked for repeated frames, or not; NULL: none. */
label_edge_status label_edge_predicted_encoder_create(const label_edge_format *format, const uint8_t *plan, size_t size,
                                                      label_edge_predicted_encoder **encoder);
void label_edge_predicted_encoder_destroy(label_edge_predicted_encoder *encoder); /* NULL ok */
/* pixels are those that fetch gives for the frame. fetch is called for those that it may refer to, four times at most;
 * NULL: no frame is predicted. */
label_edge_status label_edge_predicted_encode(label_edge_predicted_encoder *encoder, uint32_t frame, const void *pixels,
                                              label_edge_fetch fetch, void *user, const uint8_t **bytes, size_t *size);
void label_edge_predicted_encoder_count(label_edge_predicted_encoder *encoder, uint64_t (*counts)[16]);

#ifdef __cplusplus
}
#endif
#endif
