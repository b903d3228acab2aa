/* SPDX-License-Identifier: Apache-2.0 */
/* transcoder.h - what the files of this folder know of the object that is transcoded. */
#ifndef DSEG_TRANSCODE_TRANSCODER_H
#define DSEG_TRANSCODE_TRANSCODER_H

#include "dseg/transcode.h"
#include "seg_read/dicom_object.h"
#include "seg_write/output_stream.h"
#include "seg_write/writer.h"

/* How frames get from one side to the other. */
typedef enum dseg_frame_way {
  DSEG_WAY_VALUE = 0, /* both sides are native: the value of Pixel Data is copied */
  DSEG_WAY_FRAGMENTS, /* both sides have the same codec: fragments are copied */
  DSEG_WAY_ENCODE     /* frames are decoded to canonical ones, and encoded */
} dseg_frame_way;

typedef struct dseg_transcoder {
  dseg_transcode_options options;
  dseg_input *input; /* reads through the caller's */
  dseg_part10 part10;
  uint64_t data_set; /* offset of the data set in part10.input */
  /* A source of which nothing is filled in but what reading frames takes. Its parts are part10. */
  dseg_dicom_source source;
  size_t frame_count;
  const dseg_frame_codec *codec; /* of the target; that of the source is source.codec */
  bool recodes;                  /* elements have another encoding in the target */
  dseg_frame_way way;
  dseg_writer writer; /* DSEG_WAY_ENCODE: a writer of which nothing is filled in but what frames take */
} dseg_transcoder;

static inline bool dseg_codec_is_native(const dseg_frame_codec *codec) {
  return (codec->flags & DSEG_PLUGIN_NATIVE) != 0;
}

#endif
