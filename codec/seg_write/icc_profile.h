/* SPDX-License-Identifier: Apache-2.0 */
/* icc_profile.h - the colour profile that PALETTE COLOR needs (PS3.3 C.11.15). */
#ifndef DSEG_SEG_WRITE_ICC_PROFILE_H
#define DSEG_SEG_WRITE_ICC_PROFILE_H

#include <stdint.h>

#define DSEG_ICC_PROFILE_BYTES 520

/* An input device profile of sRGB, as ICC.1:2004-10 (version 4.2) describes it; the same bytes at each call. */
void dseg_icc_srgb(uint8_t profile[DSEG_ICC_PROFILE_BYTES]);

#endif
