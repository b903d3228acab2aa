/* SPDX-License-Identifier: Apache-2.0 */
/* frame_reader.h - brings frames of one plane after the other into memory, decoded. Serves one thread. */
#ifndef DSEG_SEG_READ_FRAME_READER_H
#define DSEG_SEG_READ_FRAME_READER_H

#include "seg_read/dicom_object.h"

/* In dicom_object.h: typedef struct dseg_frame_reader dseg_frame_reader. */
struct dseg_frame_reader {
  const dseg_dicom_source *source;
  dseg_codec_context *context; /* of the codec, made when first needed */
  size_t context_part;         /* the part (file) it was made for */
  size_t context_first;        /* the number in the object of that part's first frame */
  dseg_buffer stored;          /* bytes as they are in the file */
  dseg_buffer decoded;         /* a canonical frame */
  size_t decoded_frame;        /* which one a codec has put there, counted from 1; 0: none */
  bool reuses_frame; /* the frame decoded last is not decoded again: several masks come from one label frame */
};

/* Lowers *workers, of which each has a reader, to what the source's memory limit allows: see dseg_limit_workers. */
dseg_status dseg_frame_reader_limit(const dseg_dicom_source *source, unsigned *workers, dseg_error *error);

/* NULL when out of memory. */
dseg_frame_reader *dseg_frame_reader_create(const dseg_dicom_source *source);
void dseg_frame_reader_destroy(dseg_frame_reader *reader); /* NULL ok */

/* Receives a frame, which is valid during the call. number: of the frame in the object. */
typedef dseg_status (*dseg_frame_use)(void *user, const dseg_decoded_frame *frame, size_t number, dseg_error *error);

/* Decodes the count frames whose numbers are given, in that order. Those that lie next to each other in the file
 * are read at once. */
dseg_status dseg_frame_reader_run(dseg_frame_reader *reader, const uint32_t *numbers, size_t count, dseg_frame_use use,
                                  void *user, dseg_error *error);

/* How frames are described; frame is 0. */
dseg_frame_info dseg_dicom_frame_form(const dseg_dicom_source *source);

/* Whether dseg_frame_reader_into serves for this source: frames are compressed, or stored in their canonical form. */
bool dseg_frames_can_be_read_into(const dseg_dicom_source *source);
/* One frame, canonical, straight to where it is wanted: size bytes, which are those of a frame. */
dseg_status dseg_frame_reader_into(dseg_frame_reader *reader, uint32_t number, void *out, size_t size,
                                   dseg_error *error);

#endif
