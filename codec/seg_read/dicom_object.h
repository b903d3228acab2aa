/* SPDX-License-Identifier: Apache-2.0 */
/* dicom_object.h - what an opened DICOM segmentation is made of. */
#ifndef DSEG_SEG_READ_DICOM_OBJECT_H
#define DSEG_SEG_READ_DICOM_OBJECT_H

#include <stdatomic.h>

#include "dseg/plugin.h"
#include "seg_read/frame_table.h"
#include "sources/source.h"

typedef struct dseg_frame_reader dseg_frame_reader; /* frame_reader.h */

typedef struct dseg_dicom_source {
  dseg_source base;
  const dseg_representation *representation;
  const dseg_frame_codec *codec; /* NULL: none in this build for the transfer syntax */
  dseg_part10 *parts;            /* of the concatenation, in order; else one */
  size_t part_count;
  size_t *part_frames; /* frames of each part, which stand in the table in this order */
  dseg_frame_table table;
  dseg_encoding_info info; /* of all parts; texts are in the description's arena */
  bool encapsulated;
  bool swap_pairs;    /* frames are stored as big-endian words of 16 bits */
  void *plugin_state; /* of the representation's interpret */
  uint64_t memory_limit;
  /* Left by one reading for another: what a codec's context knows by then (what was learned, the frame decoded last)
   * serves whoever reads plane after plane. NULL: none. Whoever takes it puts NULL in its place, since several threads
   * may read; all else here stays as it is once the source is open. */
  _Atomic(dseg_frame_reader *) idle_reader;
} dseg_dicom_source;

#endif
