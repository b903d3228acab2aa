/* SPDX-License-Identifier: Apache-2.0 */
/* instance_labels.h - what the parts of the representation `instance-labels` share: frames of local numbers, and the
 * table from these to instances. instance_labels.c has the representation, instance_labels_write.c and
 * instance_labels_read.c its two directions. */
#ifndef DSEG_INSTANCE_LABELS_H
#define DSEG_INSTANCE_LABELS_H

#include "instance_columns.h"

extern const dseg_option instance_labels_options[];

/* Functions of dseg_representation. */
dseg_status instance_labels_choose_format(const dseg_description *description, const dseg_option_value *options,
                                          size_t option_count, dseg_pixel_format *format, dseg_error *error);
dseg_status instance_labels_begin_write(const dseg_write_context *context, void **state, dseg_error *error);
void instance_labels_end_write(void *state);
dseg_status instance_labels_put_labels(const dseg_write_context *context, const void *labels, unsigned bits,
                                       const dseg_frame_sink *sink, dseg_error *error);
dseg_status instance_labels_settle(const dseg_write_context *context, dseg_settled_pixels *pixels, dseg_error *error);
dseg_status instance_labels_describe(const dseg_write_context *context, const dseg_written_frames *frames,
                                     dseg_data_set *set, dseg_error *error);
dseg_status instance_labels_interpret(const dseg_read_context *context, dseg_interpretation *interpretation,
                                      dseg_error *error);
void instance_labels_end_read(void *state);
dseg_status instance_labels_add_to_labels(const dseg_decoded_frame *frame, const dseg_label_plane *plane,
                                          dseg_error *error);
dseg_status instance_labels_add_to_mask(const dseg_decoded_frame *frame, uint32_t number, uint8_t *mask,
                                        dseg_error *error);
dseg_status instance_labels_add_to_instances(const dseg_decoded_frame *frame, uint32_t *numbers, dseg_error *error);
dseg_status instance_labels_find_instance(void *state, uint32_t number, size_t *frames, size_t room, size_t *count,
                                          dseg_error *error);
dseg_status instance_labels_inspect(const dseg_inspect_context *context, dseg_error *error);

#endif
