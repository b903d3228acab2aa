/* SPDX-License-Identifier: Apache-2.0 */
/* private_sequence.h - a private sequence of a data set that may have passed through somebody who does not know it. */
#ifndef DSEG_PROPOSAL_PRIVATE_SEQUENCE_H
#define DSEG_PROPOSAL_PRIVATE_SEQUENCE_H

#include "dseg/plugin.h"

/* Where its items are: in the sequence with this tag of this data set. */
typedef struct dseg_private_sequence {
  dseg_data_set *set;
  uint32_t tag;
  dseg_data_set *own; /* the same data set where it was made for them, else NULL */
} dseg_private_sequence;

/* Opens the element of the current item. VR UN: implicit VR does not tell what a private element is, and its items are
 * then in implicit VR (PS3.5 6.2.2); they are read into another data set. DSEG_ERROR_FORMAT: there is no such element,
 * or it is no sequence; DSEG_ERROR_MEMORY, DSEG_ERROR_LIMIT. The message is the caller's. dseg_close_private_sequence
 * in any case, before set is destroyed. */
dseg_status dseg_open_private_sequence(dseg_data_set *set, uint32_t tag, dseg_private_sequence *sequence);
void dseg_close_private_sequence(dseg_private_sequence *sequence);

#endif
