/* SPDX-License-Identifier: Apache-2.0 */
/* instances.c - whether the columns of instances can be worked with, whoever made them. */
#include "model/instances.h"

static dseg_status fail(const char *who, const char *what, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_FORMAT, "%s: instances %s", who, what);
}

dseg_status dseg_instances_check(const dseg_description *description, const char *who, dseg_error *error) {
  const dseg_instances *instances = description->instances;
  const unsigned values = description->geometry.space == DSEG_SPACE_SLIDE ? 4 : 6;
  if (instances->count >= UINT32_MAX) {
    return fail(who, "are more than 4294967294", error);
  }
  if (instances->count > 0 && description->segment_count == 0) {
    return fail(who, "have no segment that they could be of", error);
  }
  const bool has_planes = description->geometry.plane_count > 0; /* functional groups may not have placed them yet */
  if (instances->boxes != NULL && instances->box_values != values &&
      (has_planes || (instances->box_values != 4 && instances->box_values != 6))) {
    return fail(who, values == 4 ? "of a slide have boxes of 4 values" : "of planes have boxes of 6 values", error);
  }
  for (size_t i = 0; instances->segments != NULL && i < instances->count; i++) {
    if (instances->segments[i] >= description->segment_count) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "%s: instance %zu is of segment index %u, and there are %zu", who,
                       i + 1, (unsigned)instances->segments[i], description->segment_count);
    }
  }
  return DSEG_OK;
}
