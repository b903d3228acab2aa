/* SPDX-License-Identifier: Apache-2.0 */
/* label_sets.c - the representation `label-sets`: a LABELMAP whose segments may overlap. A pixel value stands for a set
 * of segments, and one sequence says for which. Everyone else reads the LABELMAP. */
#include "label_sets.h"
#include "proposals.h"
#include "volume/volume.h"

/* As an implicit volume. */
static const char *const other_sop_classes[] = {DSEG_UID_LABELMAP_VOLUME, NULL};
static const char *const other_creators[] = {DSEG_VOLUME_CREATOR, NULL};

const dseg_representation dseg_proposal_label_sets = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_representation),
    .name = "label-sets",
    .title = "LABELMAP whose values may stand for several segments",
    .sop_class_uid = LABEL_SETS_SOP_CLASS,
    .segmentation_type = "LABELMAP",
    .flags = DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_BITS_8 |
             DSEG_PLUGIN_BITS_16 | DSEG_PLUGIN_LABEL_FRAMES | DSEG_PLUGIN_OWN_VALUES,
    .options = label_sets_options,
    .add_to_labels = label_sets_add_to_labels,
    .add_to_mask = label_sets_add_to_mask,
    .choose_format = label_sets_choose_format,
    .put_labels = label_sets_put_labels,
    .put_mask = label_sets_put_mask,
    .proposal_version = "1",
    .replaces = DSEG_VOLUME_REPLACES, /* with option volume=1 */
    .private_creator = LABEL_SETS_CREATOR,
    .describe = label_sets_describe,
    .interpret = label_sets_interpret,
    .end_read = label_sets_end_read,
    .begin_write = label_sets_begin_write,
    .end_write = label_sets_end_write,
    .end_plane = label_sets_end_plane,
    .other_sop_classes = other_sop_classes,
    .other_creators = other_creators,
    .inspect = label_sets_inspect,
    .settle = label_sets_settle,
};
