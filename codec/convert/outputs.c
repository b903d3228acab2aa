/* SPDX-License-Identifier: Apache-2.0 */
/* outputs.c - the names of what is written: checked before the work. */
#include <string.h>

#include "base/os/files.h"
#include "convert/job.h"

dseg_status dseg_convert_check_output(dseg_convert_job *job, const char *path, unsigned flags, dseg_error *error) {
  dseg_os_facts facts;
  if (path == NULL || (flags & DSEG_OUTPUT_REPLACE) != 0 || dseg_os_facts_of_path(path, &facts) != 0) {
    return DSEG_OK;
  }
  dseg_fail(error, DSEG_ERROR_OUTPUT, "exists; %s replaces it", dseg_convert_name(job, DSEG_OPTION_REPLACE));
  return dseg_convert_fail_output(job, path, DSEG_ERROR_OUTPUT, error);
}

dseg_status dseg_convert_check_names(dseg_convert_job *job, const char *const *paths, size_t count, dseg_error *error) {
  const dseg_status status = dseg_output_set_check(job->set, paths, count, error);
  const char *named = NULL; /* the path that the message begins with */
  for (size_t i = 0; status != DSEG_OK && i < count; i++) {
    const size_t length = strlen(paths[i]);
    if (strncmp(error->message, paths[i], length) == 0 && error->message[length] == ':') {
      named = paths[i];
    }
  }
  return status == DSEG_OK ? DSEG_OK : dseg_convert_fail_output(job, named, status, error);
}

dseg_output dseg_convert_output(const dseg_convert_job *job, const char *path) {
  dseg_output output = job->output;
  output.path = path;
  output.set = path != NULL ? job->set : NULL;
  return output;
}
