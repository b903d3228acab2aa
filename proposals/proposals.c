/* SPDX-License-Identifier: Apache-2.0 */
/* proposals.c - the table of proposals in this build. */
#include "dseg/proposals.h"

#include "proposals.h"

static const dseg_frame_codec *const codecs[] = {
    &dseg_proposal_label_edge,
    &dseg_proposal_label_edge_predicted,
#if DSEG_HAVE_ZSTD
    &dseg_proposal_zstd,
#endif
    NULL,
};

dseg_status dseg_register_proposals(dseg_error *error) {
  dseg_error_clear(error);
  for (const dseg_frame_codec *const *codec = codecs; *codec != NULL; codec++) {
    if (dseg_find_frame_codec((*codec)->name) != *codec) {
      DSEG_TRY(dseg_register(NULL, *codec, error));
    }
  }
  return DSEG_OK;
}
