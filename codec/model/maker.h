/* SPDX-License-Identifier: Apache-2.0 */
/* maker.h - what this software calls itself in General Equipment (PS3.3 C.7.5.1). */
#ifndef DSEG_MODEL_MAKER_H
#define DSEG_MODEL_MAKER_H

#define DSEG_MANUFACTURER "dseg project" /* Manufacturer (0008,0070) */
#define DSEG_MODEL_NAME "dseg"           /* Manufacturer's Model Name (0008,1090) */

#endif
