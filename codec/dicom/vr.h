/* SPDX-License-Identifier: Apache-2.0 */
/* vr.h - value representations (PS3.5 6.2): how their length is encoded, and those of the standard's elements. */
#ifndef DSEG_DICOM_VR_H
#define DSEG_DICOM_VR_H

#include <stdbool.h>
#include <stdint.h>

typedef enum dseg_vr_form_kind {
  DSEG_VR_INVALID = 0, /* cannot be a value representation */
  DSEG_VR_SHORT,       /* 16-bit length (PS3.5 Table 7.1-2) */
  DSEG_VR_LONG         /* 2 reserved bytes and a 32-bit length (PS3.5 Table 7.1-1) */
} dseg_vr_form_kind;

/* A VR of two letters that is not known has the long form, as PS3.5 7.1.2 promises for those to come. */
dseg_vr_form_kind dseg_vr_form(const char vr[2]);

/* Whether PS3.5 6.2 has this VR. */
bool dseg_vr_is_known(const char vr[2]);
/* Whether values of this VR are characters. */
bool dseg_vr_is_text(const char vr[2]);

/* What an implicit data set leaves unsaid (PS3.6): the VR of the standard's elements, of one that has a choice only
 * where it is known in a segmentation; "UL" for group lengths, "LO" for private creators, and "UN" for every other
 * tag. */
void dseg_vr_of_tag(uint32_t tag, char vr[2]);

#endif
