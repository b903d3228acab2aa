/* SPDX-License-Identifier: Apache-2.0 */
/* volume_passing.h - a source of one volume of labels whose voxels are read, or inflated, again as they are asked for,
 * a plane at a time, and not kept. */
#ifndef DSEG_FORMATS_VOLUME_PASSING_H
#define DSEG_FORMATS_VOLUME_PASSING_H

#include "formats/volume.h"

/* Where the voxels of one volume are found again. */
typedef struct dseg_passing dseg_passing;

/* Opens the file of input once more. place and raw: as they were read; size: bytes of all layers; layer: the one that
 * is read. *passing NULL: it is not possible, or not for its planes in turn. */
dseg_status dseg_passing_create(const dseg_input *input, const dseg_data_place *place, size_t size, size_t layer,
                                const dseg_raw_volume *raw, dseg_passing **passing, dseg_error *error);
void dseg_passing_destroy(dseg_passing *passing); /* may be NULL */

/* Makes the source. Takes over the description and passing on success. A reading of planes that go on where the last
 * one ended is fast; others begin at the first plane where voxels are compressed. Reading fails with DSEG_ERROR_FORMAT
 * where the file does not hold the values any more that the description has. */
dseg_status dseg_passing_source_create(const char *format, dseg_description *description, dseg_passing *passing,
                                       dseg_source **source, dseg_error *error);

#endif
