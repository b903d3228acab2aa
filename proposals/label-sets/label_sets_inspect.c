/* SPDX-License-Identifier: Apache-2.0 */
/* label_sets_inspect.c - what validation asks of label sets: lists that can be read, and items of Segment Sequence that
 * agree with them. What the standard asks of a LABELMAP is checked beside. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "label_sets.h"
#include "volume/volume.h"

static void report(const dseg_inspect_context *context, dseg_severity severity, uint32_t tag, const char *text) {
  context->report(context->user, severity, tag, LABEL_SETS_SECTION, text);
}

/* Whether a segment shares a value with another. uses: by value, in how many lists it is. */
static bool shares_value(const label_sets_lists *lists, const label_sets_list *list, const uint32_t *uses) {
  for (size_t i = list->first; i < list->first + list->count; i++) {
    if (uses[lists->values[i]] > 1) {
      return true;
    }
  }
  return false;
}

/* Of a segment that overlaps no other nothing needs to be said. */
static dseg_status check_needed(const dseg_inspect_context *context, const label_sets_lists *lists, uint32_t tag,
                                dseg_error *error) {
  uint32_t *uses = calloc(LABEL_SETS_PIXEL_VALUES, sizeof *uses);
  if (uses == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for pixel values");
  }
  for (size_t i = 0; i < lists->value_count; i++) {
    uses[lists->values[i]]++;
  }
  for (size_t i = 0; i < lists->count; i++) {
    if (!shares_value(lists, &lists->lists[i], uses)) {
      char text[120];
      snprintf(text, sizeof text, "segment %u has an item although it overlaps no other",
               (unsigned)lists->lists[i].number);
      report(context, DSEG_SEVERITY_WARNING, tag, text);
    }
  }
  free(uses);
  return DSEG_OK;
}

dseg_status label_sets_inspect(const dseg_inspect_context *context, dseg_error *error) {
  label_sets_lists lists;
  dseg_error problem = {0};
  uint32_t tag = 0;
  dseg_status status = label_sets_read_lists(context->set, context->memory_limit, &lists, &tag, &problem);
  const uint32_t sequence =
      dseg_data_set_find_creator(context->set, LABEL_SETS_GROUP, LABEL_SETS_CREATOR) | LABEL_SETS_SEQUENCE;
  if (status == DSEG_ERROR_FORMAT) {
    report(context, DSEG_SEVERITY_ERROR, tag, problem.message);
    status = DSEG_OK;
  } else if (status != DSEG_OK) {
    (void)dseg_fail(error, status, "%s", problem.message);
  } else {
    status = check_needed(context, &lists, sequence, error);
  }
  label_sets_lists_free(&lists);
  DSEG_TRY(status);
  const bool is_volume = dseg_data_set_find_creator(context->set, DSEG_VOLUME_GROUP, DSEG_VOLUME_CREATOR) != 0;
  return is_volume || !context->is_standard ? dseg_volume_inspect(context, true, error) : DSEG_OK;
}
