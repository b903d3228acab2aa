/* SPDX-License-Identifier: Apache-2.0 */
/* proposal.c - rules proposal and proposal-doubt: an experimental representation inspects its private elements. */
#include "model/plugin_call.h"
#include "seg_read/interpret.h"
#include "validate/check.h"

static void report(void *user, dseg_severity severity, uint32_t tag, const char *section, const char *text) {
  dseg_check *check = user;
  dseg_found(check, severity == DSEG_SEVERITY_ERROR ? DSEG_RULE_PROPOSAL : DSEG_RULE_PROPOSAL_DOUBT, dseg_at(tag),
             "%s (%s)", text, section);
}

static dseg_status inspect(dseg_check *check, dseg_data_set *set, const dseg_inspected_frame *frames, size_t count,
                           dseg_error *error) {
  const dseg_representation *representation = check->facts.experimental;
  const dseg_inspect_context context = {.set = set,
                                        .frame_count = (size_t)check->facts.frames,
                                        .segment_count = check->facts.segment_count,
                                        .is_standard = check->facts.standard_class,
                                        .is_part = check->facts.part,
                                        .inspected = frames,
                                        .inspected_count = count,
                                        .memory_limit = check->memory_limit,
                                        .report = report,
                                        .user = check};
  return dseg_of_plugin(representation->inspect(&context, error), representation->name, "inspect", error);
}

dseg_status dseg_check_proposal(dseg_check *check, const dseg_inspected_frame *frames, size_t count,
                                dseg_error *error) {
  dseg_data_set *set = NULL;
  dseg_error broken = {0};
  if (check->facts.experimental == NULL || check->facts.experimental->inspect == NULL) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_data_set_create(&set, error));
  dseg_status status = dseg_read_attributes(&check->file, set, &broken);
  if (status == DSEG_OK) {
    status = inspect(check, set, frames, count, error);
  } else if (status == DSEG_ERROR_MEMORY) {
    (void)dseg_fail(error, status, "%s", broken.message);
  } else { /* rule structure has told */
    dseg_note(check, "the elements of %s are not checked: %s", check->facts.experimental->name, broken.message);
    status = DSEG_OK;
  }
  dseg_data_set_destroy(set);
  return status;
}
