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

/* Beside those of volume. */
static const dseg_representation *const representations[] = {
    &dseg_proposal_label_sets,
#if DSEG_HAVE_INSTANCES
    &dseg_proposal_instance_labels,
    &dseg_proposal_segment_ranges,
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
  for (const dseg_representation *const *other = representations; *other != NULL; other++) {
    if (dseg_find_representation((*other)->name) != *other) {
      DSEG_TRY(dseg_register(*other, NULL, error));
    }
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
