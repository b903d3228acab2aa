/* SPDX-License-Identifier: Apache-2.0 */
/* identity.h - takes what tells who a patient is out of data sets, and gives all instances new UIDs by one mapping.
 *
 *     identity who = {.seed = "samples"};
 *     status = identity_replace_file(&who, bytes, "ct1.dcm", &out, &error); // each file; references still resolve
 *     identity_end(&who); */
#ifndef DSEG_TOOLS_SAMPLES_IDENTITY_H
#define DSEG_TOOLS_SAMPLES_IDENTITY_H

#include "dseg/dseg.h"

typedef enum identity_action {
  IDENTITY_BY_VR = 0, /* names, dates and UIDs alone are changed */
  IDENTITY_REMOVE,
  IDENTITY_EMPTY,
  IDENTITY_REPLACE /* by a value that says nothing; a sequence is removed */
} identity_action;

/* identity_table.c */
identity_action identity_find_action(uint32_t tag);

/* What files have in common. Start with the seed and zeros. */
typedef struct identity {
  const char *seed;   /* that new UIDs are derived from, with the old one */
  dseg_buffer person; /* whose files they are: Patient ID (0010,0020) and Issuer (0010,0021) */
} identity;
void identity_end(identity *who);

/* The UID that takes the place of another one; for those of the standard (PS3.6 Annex A) it is the same. */
void identity_map_uid(const identity *who, dseg_view uid, char mapped[65]);

/* Reads the bytes of a Part 10 file, and appends those of the file without identity, whose pixels are the same.
 * DSEG_ERROR_UNSUPPORTED for a deflated or big-endian data set, or where no image is; DSEG_ERROR_INPUT for a file of
 * another patient than the ones before. name stands for the file in messages of the last kind. */
dseg_status identity_replace_file(identity *who, dseg_view bytes, const char *name, dseg_buffer *out,
                                  dseg_error *error);

#endif
