/* SPDX-License-Identifier: Apache-2.0 */
/* dicom_source.h - an opened DICOM segmentation as a source. */
#ifndef DSEG_SEG_READ_DICOM_SOURCE_H
#define DSEG_SEG_READ_DICOM_SOURCE_H

#include "seg_read/dicom_object.h"

/* How the pixels of this object, of one concatenation for instance, are read. */
dseg_status dseg_dicom_read_labels(dseg_source *source, const dseg_label_request *request, void *out,
                                   dseg_overlap *overlap, dseg_error *error);
dseg_status dseg_dicom_read_mask(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count,
                                 uint8_t *out, unsigned threads, dseg_error *error);
dseg_status dseg_dicom_read_instances(dseg_source *source, size_t first_plane, size_t plane_count, uint32_t *out,
                                      unsigned threads, dseg_error *error);
dseg_status dseg_dicom_segments_in_plane(dseg_source *base, size_t plane, uint8_t *present, dseg_error *error);
dseg_status dseg_dicom_frame(const dseg_source *base, size_t frame, dseg_frame_location *location, dseg_error *error);
dseg_status dseg_dicom_frame_range(const dseg_source *base, size_t frame, dseg_frame_range *range, dseg_error *error);
dseg_status dseg_dicom_read_frame(dseg_source *base, size_t frame, dseg_buffer *out, dseg_error *error);

/* warnings.c: warns of what deviates from the standard, or is missing, and can be read all the same. The attributes
 * have been read. */
void dseg_dicom_warn_of_object(const dseg_dicom_source *source, const dseg_open_options *options);

/* Steps of opening, for who reads frames of an object and nothing else. The attributes have been read
 * (dseg_read_object). Counts the frames of each part, checked against Pixel Data and memory_limit; then, whether Pixel
 * Data is encapsulated, and in which order its bytes are. */
dseg_status dseg_dicom_count_frames(const dseg_dicom_source *source, uint64_t memory_limit, size_t *counts,
                                    size_t *total, dseg_error *error);
dseg_status dseg_dicom_read_encoding(dseg_dicom_source *source, dseg_error *error);

/* Finds frames first..first + count - 1 of the table in the Pixel Data of a part, and warns where that is not as it
 * should be. */
dseg_status dseg_dicom_locate_part(dseg_dicom_source *source, size_t part, size_t first, size_t count,
                                   const dseg_open_options *options, dseg_error *error);

/* Makes a source of the opened parts, which are in order and become its own on success. */
dseg_status dseg_dicom_source_create(dseg_part10 *parts, size_t part_count, const dseg_open_options *options,
                                     dseg_source **source, dseg_error *error);

/* How the parts of a source are opened. */
static inline dseg_part10_options dseg_part10_options_of(const dseg_open_options *options) {
  return (dseg_part10_options){.stop_before_pixels = true,
                               .memory_limit = options->memory_limit,
                               .temporary_directory = options->temporary_directory};
}

#endif
