/* SPDX-License-Identifier: Apache-2.0 */
/* check_valid.c - what was written keeps every rule of validation. */
#include "check.h"

/* Of an experiment a warning says that it is one. */
static void tell(void *user, const dseg_finding *finding) {
  const written_object *written = user;
  const bool is_experiment = (written->representation->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0;
  CHECK(is_experiment && finding->rule->severity == DSEG_SEVERITY_WARNING, "%s: %s: %s", finding->rule->id,
        finding->path, finding->message);
}

void check_valid(const char *path, const written_object *written) {
  if ((written->codec->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0) {
    return; /* the rules are the standard's */
  }
  dseg_validation result;
  dseg_error error = {0};
  const dseg_validate_options options = {
      .struct_size = sizeof(dseg_validate_options), .found = tell, .user = (void *)written};
  CHECK_OK(dseg_validate(path, &options, &result, &error), error);
  CHECK(result.pixels_checked, "pixels are not checked");
}
