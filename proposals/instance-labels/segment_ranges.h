/* SPDX-License-Identifier: Apache-2.0 */
/* segment_ranges.h - what the parts of the representation `segment-ranges` share: a LABELMAP whose segments have ranges
 * of pixel values, one value for each instance. segment_ranges_write.c and segment_ranges_read.c have its directions.
 */
#ifndef DSEG_SEGMENT_RANGES_H
#define DSEG_SEGMENT_RANGES_H

#include "instance_columns.h"

extern const dseg_option segment_ranges_options[];

/* What an item of Segment Sequence says. */
typedef struct segment_range {
  uint16_t number;      /* of the segment */
  uint16_t first, last; /* pixel values of its instances; first above last: none */
} segment_range;

/* Reads and checks the ranges of all items but the background's: *count of them, by ascending first value, those
 * without a range first. They are malloc'd, and sum up to columns->count. DSEG_ERROR_FORMAT, with fault set. */
dseg_status segment_ranges_read_items(dseg_data_set *set, const instance_columns *columns, segment_range **ranges,
                                      size_t *count, instance_fault *fault, dseg_error *error);

/* Functions of dseg_representation. */
dseg_status segment_ranges_choose_format(const dseg_description *description, const dseg_option_value *options,
                                         size_t option_count, dseg_pixel_format *format, dseg_error *error);
dseg_status segment_ranges_begin_write(const dseg_write_context *context, void **state, dseg_error *error);
void segment_ranges_end_write(void *state);
dseg_status segment_ranges_put_labels(const dseg_write_context *context, const void *labels, unsigned bits,
                                      const dseg_frame_sink *sink, dseg_error *error);
dseg_status segment_ranges_describe(const dseg_write_context *context, const dseg_written_frames *frames,
                                    dseg_data_set *set, dseg_error *error);
dseg_status segment_ranges_interpret(const dseg_read_context *context, dseg_interpretation *interpretation,
                                     dseg_error *error);
void segment_ranges_end_read(void *state);
dseg_status segment_ranges_add_to_labels(const dseg_decoded_frame *frame, const dseg_label_plane *plane,
                                         dseg_error *error);
dseg_status segment_ranges_add_to_mask(const dseg_decoded_frame *frame, uint32_t number, uint8_t *mask,
                                       dseg_error *error);
dseg_status segment_ranges_add_to_instances(const dseg_decoded_frame *frame, uint32_t *numbers, dseg_error *error);
dseg_status segment_ranges_inspect(const dseg_inspect_context *context, dseg_error *error);

#endif
