/* SPDX-License-Identifier: Apache-2.0 */
/* default_codes.h - the codes of a segment that comes without any, where a format demands them (Segment Description
 * Macro, PS3.3 Table C.8.20-4; CID 7150, CID 7151). */
#ifndef DSEG_MODEL_DEFAULT_CODES_H
#define DSEG_MODEL_DEFAULT_CODES_H

#define DSEG_DEFAULT_CATEGORY \
  { "91723000", "SCT", "Anatomical Structure" }
#define DSEG_DEFAULT_TYPE \
  { "85756007", "SCT", "Tissue" }

#endif
