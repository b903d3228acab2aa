/* dicom_object.h - what an opened DICOM segmentation is made of. */
#ifndef DSEG_SEG_READ_DICOM_OBJECT_H
#define DSEG_SEG_READ_DICOM_OBJECT_H

#include "dseg/plugin.h"
#include "seg_read/frame_table.h"
#include "sources/source.h"

/* What is said of the whole object; texts are in the description's arena. */
typedef struct dseg_object_info {
  const char *sop_class_uid, *sop_instance_uid, *series_uid, *study_uid;
  const char *transfer_syntax_uid, *photometric_interpretation, *segments_overlap;
  unsigned bits_allocated;
  uint64_t file_bytes, pixel_data_bytes, per_frame_bytes; /* of all parts */
  size_t frames_without_position;
} dseg_object_info;

typedef struct dseg_frame_reader dseg_frame_reader; /* frame_reader.h */

typedef struct dseg_dicom_source {
  dseg_source base;
  const dseg_representation *representation;
  const dseg_frame_codec *codec; /* NULL: none in this build for the transfer syntax */
  dseg_part10 *parts;            /* of the concatenation, in order; else one */
  size_t part_count;
  size_t *part_frames; /* frames of each part, which stand in the table in this order */
  dseg_frame_table table;
  dseg_object_info info;
  bool encapsulated;
  bool swap_pairs; /* frames are stored as big-endian words of 16 bits */
  /* Left by the last reading for the next one: what a codec's context knows by then (what was learned, the frame
   * decoded last) serves whoever reads plane after plane. NULL: none. */
  dseg_frame_reader *idle_reader;
} dseg_dicom_source;

#endif
