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

static dseg_status register_representations(dseg_error *error) {
  const dseg_representation *volume;
  for (size_t i = 0; (volume = dseg_proposal_volume(i)) != NULL; i++) {
    if (dseg_find_representation(volume->name) != volume) {
      DSEG_TRY(dseg_register(volume, NULL, error));
    }
  }
  if (dseg_find_representation(dseg_proposal_label_sets.name) != &dseg_proposal_label_sets) {
    DSEG_TRY(dseg_register(&dseg_proposal_label_sets, NULL, error));
  }
  return DSEG_OK;
}

dseg_status dseg_register_proposals(dseg_error *error) {
  dseg_error_clear(error);
  for (const dseg_frame_codec *const *codec = codecs; *codec != NULL; codec++) {
    if (dseg_find_frame_codec((*codec)->name) != *codec) {
      DSEG_TRY(dseg_register(NULL, *codec, error));
    }
  }
  return register_representations(error);
}
