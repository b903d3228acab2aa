/* dicom_source.h - an opened DICOM segmentation. */
#ifndef DSEG_SEG_READ_DICOM_SOURCE_H
#define DSEG_SEG_READ_DICOM_SOURCE_H

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

/* How the pixels of this object, of one concatenation for instance, are read. */
dseg_status dseg_dicom_read_labels(dseg_source *source, const dseg_label_request *request, void *out,
                                   dseg_overlap *overlap, dseg_error *error);
dseg_status dseg_dicom_read_mask(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count,
                                 uint8_t *out, unsigned threads, dseg_error *error);
dseg_status dseg_dicom_segments_in_plane(dseg_source *base, size_t plane, uint8_t *present, dseg_error *error);
dseg_status dseg_dicom_frame(const dseg_source *base, size_t frame, dseg_frame_location *location, dseg_error *error);
dseg_status dseg_dicom_read_frame(dseg_source *base, size_t frame, dseg_buffer *out, dseg_error *error);

/* dicom_warnings.c: warns of what deviates from the standard, or is missing, and can be read all the same. The
 * attributes have been read.
 */
void dseg_dicom_warn_of_object(const dseg_dicom_source *source, const dseg_open_options *options);

/* Makes a source of the opened parts, which are in order and become its own on success. */
dseg_status dseg_dicom_source_create(dseg_part10 *parts, size_t part_count, const dseg_open_options *options,
                                     dseg_source **source, dseg_error *error);

#endif
