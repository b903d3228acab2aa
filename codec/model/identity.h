/* SPDX-License-Identifier: Apache-2.0 */
/* identity.h - whether what comes together is of one patient and lies in one frame of reference. */
#ifndef DSEG_MODEL_IDENTITY_H
#define DSEG_MODEL_IDENTITY_H

#include "dseg/description.h"

/* One of those that come together. */
typedef struct dseg_party {
  const char *name; /* of its file */
  const dseg_identity *identity;
  const char *frame_of_reference_uid; /* NULL: absent */
} dseg_party;

/* Whose patient and frame of reference hold for the whole: indices. The first party's where nobody says one. */
typedef struct dseg_leaders {
  size_t patient;
  size_t frame_of_reference;
} dseg_leaders;

/* Whether these are two people: two different Patient IDs, or one ID of two issuers (PS3.3 C.7.1.1). */
bool dseg_is_other_patient(const dseg_identity *a, const dseg_identity *b);

/* Compares parties, of which there is at least one. DSEG_ERROR_UNSUPPORTED names two that are of different patients or
 * lie in different frames of reference, unless other_patient: then the first leads, and a warning says so. Other
 * warnings say, once each, which parties do not say their patient or frame of reference, and which are of another
 * study. */
dseg_status dseg_check_parties(const dseg_party *parties, size_t count, bool other_patient,
                               const dseg_warning_sink *warnings, dseg_leaders *leaders, dseg_error *error);

#endif
