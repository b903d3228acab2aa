/* SPDX-License-Identifier: Apache-2.0 */
/* uid.h - the unique identifiers that this library makes (PS3.5 section 9 and Annex B).
 *
 * Instances, series and the like get UIDs derived from a UUID under 2.25 (PS3.5 B.2). UIDs that are fixed when
 * the software is written (implementation class, private transfer syntaxes) stand under one root of the
 * project's own, the CMake option DSEG_UID_ROOT: B.2 holds 2.25 unfit for those, so whoever ships instances sets
 * it to a root registered to them; the default is for experiments. */
#ifndef DSEG_BASE_UID_H
#define DSEG_BASE_UID_H

#include <stdint.h>

#include "dseg/status.h"

#define DSEG_UID_SIZE 65 /* 64 characters and a NUL */

/* Implementation Class UID (0002,0012) and Implementation Version Name (0002,0013). */
const char *dseg_implementation_class_uid(void);
const char *dseg_implementation_version_name(void);

/* Where new UIDs come from: random ones without a seed; with it the n-th is always the same. */
typedef struct dseg_uid_source {
  const char *seed;    /* borrowed; NULL: random */
  const char *purpose; /* borrowed; what tells apart objects made from one seed; NULL: nothing */
  uint64_t counter;    /* UIDs made so far */
} dseg_uid_source;

/* DSEG_ERROR_INPUT when the system gives no random bytes. */
dseg_status dseg_uid_make(dseg_uid_source *source, char uid[DSEG_UID_SIZE], dseg_error *error);

/* The UID "2.25." with the UUID's 128 bits, most significant first, as a decimal number. */
void dseg_uid_from_uuid(const uint8_t uuid[16], char uid[DSEG_UID_SIZE]);

#endif
