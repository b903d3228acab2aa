/* SPDX-License-Identifier: Apache-2.0 */
/* volume_instances.h - a research volume whose values are instances (dseg_open_options.instances). */
#ifndef DSEG_FORMATS_VOLUME_INSTANCES_H
#define DSEG_FORMATS_VOLUME_INSTANCES_H

#include "formats/volume_voxels.h"

/* DSEG_ERROR_UNSUPPORTED where values are no instances: fractions, several volumes, segments that the header describes.
 */
dseg_status dseg_volume_check_instances(const dseg_volume_content *content, const dseg_volume_values *values,
                                        const dseg_open_options *options, dseg_error *error);

/* Gives the description, whose segment is their class, its instances, and the planes that options want. */
dseg_status dseg_volume_describe_instances(dseg_volume_content *content, const dseg_volume_values *values,
                                           const dseg_open_options *options, dseg_error *error);

/* The voxels, of bits each, become numbers of instances; makes the source. The raw block and the description are its
 * own on success, and NULL here. */
dseg_status dseg_volume_instance_source(dseg_volume_content *content, const dseg_volume_values *values, unsigned bits,
                                        dseg_source **source, dseg_error *error);

#endif
