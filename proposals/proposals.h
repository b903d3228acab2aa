/* SPDX-License-Identifier: Apache-2.0 */
/* proposals.h - the proposals' representations and frame codecs, which dseg/proposals.h registers.
 *
 * A new proposal adds its number and its extern here, a row in proposals.c, and its sources in CMakeLists.txt; the dseg
 * program, the tests over the registry and the benchmarks then have it. */
#ifndef DSEG_PROPOSALS_LIST_H
#define DSEG_PROPOSALS_LIST_H

#include "dseg/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Private UIDs (DSEG_PRIVATE_UID) in use: 2.P.V are transfer syntaxes, 3.P.V SOP Classes; P is the proposal, V the
 * version of its text. Text that changes what bytes mean needs another V. A number is never used again for something
 * else. P 1   zstd, P 2   label-edge, P 3   label-edge-predicted,
 * P 4   volume (BINARY and FRACTIONAL), P 5   volume (LABELMAP), P 6   label-sets, in SOP Classes of others,
 * P 7   segment-ranges, P 8   instance-labels, both of the text instance-labels */
#define DSEG_UID_ZSTD_FRAMES DSEG_PRIVATE_UID("2.1.1")
#define DSEG_UID_LABEL_EDGE_FRAMES DSEG_PRIVATE_UID("2.2.3")
#define DSEG_UID_LABEL_EDGE_PREDICTED_FRAMES DSEG_PRIVATE_UID("2.3.3")
#define DSEG_UID_VOLUME DSEG_PRIVATE_UID("3.4.1")
#define DSEG_UID_LABELMAP_VOLUME DSEG_PRIVATE_UID("3.5.1")
#define DSEG_UID_SEGMENT_RANGES DSEG_PRIVATE_UID("3.7.1")
#define DSEG_UID_INSTANCE_LABELS DSEG_PRIVATE_UID("3.8.1")

extern const dseg_frame_codec dseg_proposal_zstd; /* with DSEG_WITH_ZSTD */
extern const dseg_frame_codec dseg_proposal_label_edge;
extern const dseg_frame_codec dseg_proposal_label_edge_predicted;
/* The representations of volume, made of the standard's; NULL past the end. Not from two threads at first. */
const dseg_representation *dseg_proposal_volume(size_t index);
extern const dseg_representation dseg_proposal_label_sets;
extern const dseg_representation dseg_proposal_instance_labels; /* with DSEG_WITH_INSTANCES, like the next */
extern const dseg_representation dseg_proposal_segment_ranges;

#ifdef __cplusplus
}
#endif
#endif
