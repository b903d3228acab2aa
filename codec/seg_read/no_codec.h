/* SPDX-License-Identifier: Apache-2.0 */
/* no_codec.h - what is said of an object whose transfer syntax this build has no frame codec for. */
#ifndef DSEG_SEG_READ_NO_CODEC_H
#define DSEG_SEG_READ_NO_CODEC_H

#include "dicom/part10.h"

/* DSEG_ERROR_UNSUPPORTED. Names the transfer syntax, and what is known of it: what this build was built without, or the
 * experimental encoding that the object says it has. */
dseg_status dseg_fail_no_codec(const dseg_part10 *part10, dseg_error *error);

#endif
