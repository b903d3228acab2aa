/* SPDX-License-Identifier: Apache-2.0 */
/* instance_labels.c - the representation `instance-labels`: frames whose pixels count the instances of the frame, a
 * table that says which these are, and columns that say what they are. */
#include "instance_labels.h"

#include <stdio.h>

#include "proposals.h"
#include "volume/volume.h"

dseg_status instance_labels_inspect(const dseg_inspect_context *context, dseg_error *error) {
  uint16_t bits = 16;
  (void)dseg_data_set_get_u16(context->set, 0x00280100, 0, &bits);
  const instance_form form = {
      .is_labels = true, .frames = context->frame_count, .is_part = context->is_part, .bits = bits};
  instance_columns columns;
  instance_fault fault = {0, ""};
  dseg_error why = {DSEG_OK, ""};
  dseg_status status = instance_read_columns(context->set, &form, &columns, &fault, &why);
  if (status == DSEG_OK) {
    status = instance_check_unique(&columns, &fault, &why);
  }
  if (status == DSEG_ERROR_FORMAT) {
    context->report(context->user, DSEG_SEVERITY_ERROR, fault.tag, fault.section, why.message);
  } else if (status != DSEG_OK) {
    return dseg_fail(error, status, "%s", why.message);
  }
  return dseg_volume_inspect(context, true, error);
}

static const char *const other_creators[] = {DSEG_VOLUME_CREATOR, NULL};

const dseg_representation dseg_proposal_instance_labels = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_representation),
    .name = "instance-labels",
    .title = "LABELMAP of many objects of few classes, as an implicit volume",
    .sop_class_uid = DSEG_UID_INSTANCE_LABELS,
    .segmentation_type = "LABELMAP",
    .flags = DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_BITS_8 |
             DSEG_PLUGIN_BITS_16 | DSEG_PLUGIN_LABEL_FRAMES | DSEG_PLUGIN_OWN_VALUES | DSEG_PLUGIN_INSTANCES,
    .options = instance_labels_options,
    .add_to_labels = instance_labels_add_to_labels,
    .add_to_mask = instance_labels_add_to_mask,
    .choose_format = instance_labels_choose_format,
    .put_labels = instance_labels_put_labels,
    .proposal_version = "1",
    .replaces = DSEG_VOLUME_REPLACES,
    .private_creator = INSTANCE_CREATOR,
    .describe = instance_labels_describe,
    .interpret = instance_labels_interpret,
    .end_read = instance_labels_end_read,
    .begin_write = instance_labels_begin_write,
    .end_write = instance_labels_end_write,
    .other_creators = other_creators,
    .inspect = instance_labels_inspect,
    .settle = instance_labels_settle,
    .add_to_instances = instance_labels_add_to_instances,
    .find_instance = instance_labels_find_instance,
};
