/* SPDX-License-Identifier: Apache-2.0 */
/* check_valid.c - what was written keeps every rule of validation. */
#include "check.h"

static void tell(void *user, const dseg_finding *finding) {
  (void)user;
  CHECK(false, "%s: %s: %s", finding->rule->id, finding->path, finding->message);
}

void check_valid(const char *path, const written_object *written) {
  const uint32_t flags = written->representation->flags | written->codec->flags;
  if ((flags & DSEG_PLUGIN_EXPERIMENTAL) != 0) {
    return; /* the rules are the standard's */
  }
  dseg_validation result;
  dseg_error error = {0};
  const dseg_validate_options options = {.struct_size = sizeof(dseg_validate_options), .found = tell};
  CHECK_OK(dseg_validate(path, &options, &result, &error), error);
  CHECK(result.pixels_checked, "pixels are not checked");
}
