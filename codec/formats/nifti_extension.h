/* SPDX-License-Identifier: Apache-2.0 */
/* nifti_extension.h - what stands between the header of a NIfTI file and its voxels (nifti1.h, "header extensions"):
 * names of labels. */
#ifndef DSEG_FORMATS_NIFTI_EXTENSION_H
#define DSEG_FORMATS_NIFTI_EXTENSION_H

#include "dseg/formats.h"
#include "formats/nifti_header.h"
#include "formats/volume.h"

/* Reads the first size bytes of a file, which may be compressed; *got: how many there are. limit: of what inflating may
 * take. */
typedef dseg_status (*dseg_nifti_start_reader)(const dseg_input *input, uint64_t limit, uint8_t *start, size_t size,
                                               size_t *got, dseg_error *error);

/* Takes the names that extensions have, those of a file with this header. Damage, or more than 16 MiB of extensions, is
 * a warning. */
dseg_status dseg_nifti_read_names(const dseg_input *input, const dseg_nifti_header *header,
                                  dseg_nifti_start_reader read, const dseg_open_options *options,
                                  dseg_volume_content *content, dseg_error *error);

/* Appends extensions with the names of a volume's segments, whose sizes are multiples of 16; none where there are no
 * names. */
dseg_status dseg_nifti_put_extension(const dseg_volume *volume, dseg_buffer *out, dseg_error *error);

#endif
