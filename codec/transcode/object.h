/* SPDX-License-Identifier: Apache-2.0 */
/* object.h - opens the object that is transcoded, and decides how its frames get to the other side. */
#ifndef DSEG_TRANSCODE_OBJECT_H
#define DSEG_TRANSCODE_OBJECT_H

#include "transcode/transcoder.h"

/* transcoder->options are complete. Reads what frames take, locates them, and checks that the target can have them.
 * dseg_transcoder_close in any case. */
dseg_status dseg_transcoder_open(dseg_transcoder *transcoder, const dseg_input *input, dseg_error *error);
void dseg_transcoder_close(dseg_transcoder *transcoder);

#endif
