/* SPDX-License-Identifier: Apache-2.0 */
/* identity.h - whose a DICOM object is. */
#ifndef DSEG_DICOM_IDENTITY_H
#define DSEG_DICOM_IDENTITY_H

#include "dicom/part10.h"

/* Reads the patient, the study, and whether dseg has made the frame of reference. Text goes to the arena of texts. */
dseg_status dseg_read_identity(const dseg_part10 *part10, dseg_description *texts, dseg_identity *identity,
                               dseg_error *error);

#endif
