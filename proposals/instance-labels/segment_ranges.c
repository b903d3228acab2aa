/* SPDX-License-Identifier: Apache-2.0 */
/* segment_ranges.c - the representation `segment-ranges`: a LABELMAP in which one item of Segment Sequence describes as
 * many instances as a range has pixel values. */
#include "segment_ranges.h"

#include <stdlib.h>

#include "proposals.h"
#include "volume/volume.h"

/* Columns, then ranges. */
static dseg_status inspect_elements(const dseg_inspect_context *context, instance_fault *fault, dseg_error *why) {
  const instance_form form = {.frames = context->frame_count, .is_part = context->is_part, .bits = 16};
  instance_columns columns;
  segment_range *ranges = NULL;
  size_t count = 0;
  DSEG_TRY(instance_read_columns(context->set, &form, &columns, fault, why));
  DSEG_TRY(instance_check_unique(&columns, fault, why));
  const dseg_status status = segment_ranges_read_items(context->set, &columns, &ranges, &count, fault, why);
  free(ranges);
  return status;
}

dseg_status segment_ranges_inspect(const dseg_inspect_context *context, dseg_error *error) {
  instance_fault fault = {0, ""};
  dseg_error why = {DSEG_OK, ""};
  const dseg_status status = inspect_elements(context, &fault, &why);
  if (status == DSEG_ERROR_FORMAT) {
    context->report(context->user, DSEG_SEVERITY_ERROR, fault.tag, fault.section, why.message);
  } else if (status != DSEG_OK) {
    return dseg_fail(error, status, "%s", why.message);
  }
  const bool is_volume = dseg_data_set_find_creator(context->set, DSEG_VOLUME_GROUP, DSEG_VOLUME_CREATOR) != 0;
  return is_volume ? dseg_volume_inspect(context, true, error) : DSEG_OK;
}

static const char *const other_creators[] = {DSEG_VOLUME_CREATOR, NULL};

const dseg_representation dseg_proposal_segment_ranges = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_representation),
    .name = "segment-ranges",
    .title = "LABELMAP whose segments have ranges of values, one for each object",
    .sop_class_uid = DSEG_UID_SEGMENT_RANGES,
    .segmentation_type = "LABELMAP",
    .flags = DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_BITS_8 |
             DSEG_PLUGIN_BITS_16 | DSEG_PLUGIN_LABEL_FRAMES | DSEG_PLUGIN_OWN_VALUES | DSEG_PLUGIN_INSTANCES,
    .options = segment_ranges_options,
    .add_to_labels = segment_ranges_add_to_labels,
    .add_to_mask = segment_ranges_add_to_mask,
    .choose_format = segment_ranges_choose_format,
    .put_labels = segment_ranges_put_labels,
    .proposal_version = "1",
    .replaces = DSEG_VOLUME_REPLACES, /* with option volume=1 */
    .private_creator = INSTANCE_CREATOR,
    .describe = segment_ranges_describe,
    .interpret = segment_ranges_interpret,
    .end_read = segment_ranges_end_read,
    .begin_write = segment_ranges_begin_write,
    .end_write = segment_ranges_end_write,
    .other_creators = other_creators,
    .inspect = segment_ranges_inspect,
    .add_to_instances = segment_ranges_add_to_instances,
};
