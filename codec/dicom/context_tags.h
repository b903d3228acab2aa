/* SPDX-License-Identifier: Apache-2.0 */
/* context_tags.h - the attributes that a segmentation takes over from its images: those that its modules have (PS3.3
 * Tables A.51-1, A.51-2) of patient, study, equipment and specimen, and nothing else that images say of a person. */
#ifndef DSEG_DICOM_CONTEXT_TAGS_H
#define DSEG_DICOM_CONTEXT_TAGS_H

#include <stddef.h>
#include <stdint.h>

typedef enum dseg_module {
  DSEG_MODULE_PATIENT = 0,        /* C.7.1.1 */
  DSEG_MODULE_TRIAL_SUBJECT,      /* C.7.1.3 */
  DSEG_MODULE_STUDY,              /* C.7.2.1 */
  DSEG_MODULE_PATIENT_STUDY,      /* C.7.2.2 */
  DSEG_MODULE_TRIAL_STUDY,        /* C.7.2.3 */
  DSEG_MODULE_TRIAL_SERIES,       /* C.7.3.2: from segmentations only, since images are of another series */
  DSEG_MODULE_FRAME_OF_REFERENCE, /* C.7.4.1 */
  DSEG_MODULE_EQUIPMENT,          /* C.7.5.1, without what describes the scanner's pixels and calibration */
  DSEG_MODULE_IMAGE,              /* C.8.20.2: what is derived from a lossy image says so, too */
  DSEG_MODULE_SPECIMEN,           /* C.7.6.22 */
  DSEG_MODULE_COMMON              /* SOP Common, C.12.1 */
} dseg_module;

typedef struct dseg_context_tag {
  uint32_t tag;
  char vr[3];
  uint8_t values; /* 1: one at most; 0: any number */
  uint8_t type;   /* 1, 2; 3 for all that need not be there, conditionally required or not */
  dseg_module module;
  const char *terms; /* Enumerated Values, separated by '\'; NULL: any */
  const char *name;
} dseg_context_tag;

/* NULL: not taken over. */
const dseg_context_tag *dseg_find_context_tag(uint32_t tag);
/* All of them by ascending tags. */
const dseg_context_tag *dseg_context_tags(size_t *count);

#endif
