/* frame_reader.h - brings frames of one plane after the other into memory, decoded. Serves one thread. */
#ifndef DSEG_DICOM_FRAME_READER_H
#define DSEG_DICOM_FRAME_READER_H

#include "dicom/dicom_source.h"

typedef struct dseg_frame_reader {
  const dseg_dicom_source *source;
  dseg_codec_context *context; /* of the codec, made when first needed */
  size_t context_part;         /* the part (file) it was made for */
  size_t context_first;        /* the number in the object of that part's first frame */
  dseg_buffer stored;          /* bytes as they are in the file */
  dseg_buffer decoded;         /* a canonical frame */
} dseg_frame_reader;

/* Receives a frame, which is valid during the call. number: of the frame in the object. */
typedef dseg_status (*dseg_frame_use)(void *user, const dseg_decoded_frame *frame, size_t number, dseg_error *error);

/* Decodes the count frames whose numbers are given, in that order. Those that lie next to each other in the file
 * are read at once. */
dseg_status dseg_frame_reader_run(dseg_frame_reader *reader, const uint32_t *numbers, size_t count, dseg_frame_use use,
                                  void *user, dseg_error *error);

/* How frames are described; frame is 0. */
dseg_frame_info dseg_dicom_frame_form(const dseg_dicom_source *source);

/* True when a frame's bytes are its canonical form, so that they can be read where they are wanted. */
bool dseg_frames_are_canonical(const dseg_dicom_source *source);

void dseg_frame_reader_close(dseg_frame_reader *reader);

#endif
