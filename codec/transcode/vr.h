/* SPDX-License-Identifier: Apache-2.0 */
/* vr.h - what the VR of an element means for its encoding (PS3.5 6.2, 7.1, 7.3). */
#ifndef DSEG_TRANSCODE_VR_H
#define DSEG_TRANSCODE_VR_H

#include "dicom/scanner.h"

void dseg_vr_copy(char vr[2], const char *letters);

/* Whether the header has 12 bytes in explicit VR, not 8. */
bool dseg_vr_is_long(const char vr[2]);

/* The VR that an element of an implicit data set has in an explicit one: what PS3.6 says, UN where that is not known
 * here, and where the length needs more than the 16 bits that there are for the VR (PS3.5 6.2.2). */
void dseg_vr_of_implicit(uint32_t tag, const dseg_header *header, char vr[2]);

/* Whether PS3.6 gives SQ. */
bool dseg_tag_is_sequence(uint32_t tag);

/* Bytes of the numbers that a value of this VR is made of, which big endian turns around (PS3.5 7.3). */
size_t dseg_vr_unit(const char vr[2]);
void dseg_turn_around(uint8_t *bytes, size_t size, size_t unit);

#endif
