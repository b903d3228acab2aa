/* SPDX-License-Identifier: Apache-2.0 */
/* set.c - the samples made so far: each is inspected and kept with the command that makes it. */
#include <stdio.h>
#include <string.h>

#include "samples/samples.h"

sample *samples_new(samples_job *job, samples_group group, const char *file) {
  sample *samples = cli_grow(job->samples, job->sample_count, &job->sample_room, sizeof *samples);
  if (samples == NULL) {
    cli_error(NULL, "out of memory");
    return NULL;
  }
  job->samples = samples;
  sample *item = &job->samples[job->sample_count++];
  *item = (sample){.group = group};
  snprintf(item->file, sizeof item->file, "%s", file);
  return item;
}

int samples_keep(samples_job *job, samples_group group, const char *file, const char *command, const char *purpose) {
  dseg_error error = {DSEG_OK, ""};
  char path[SAMPLES_PATH];
  sample *item = samples_new(job, group, file);
  if (item == NULL) {
    return CLI_INPUT;
  }
  snprintf(item->command, sizeof item->command, "%s", command);
  item->purpose = purpose;
  samples_path(job, file, path);
  const dseg_status status = group == SAMPLES_ENCODING || group == SAMPLES_EDGE_CASE
                                 ? samples_inspect(job, item, &error)
                                 : samples_hash_file(job, item, &error);
  return status == DSEG_OK ? CLI_OK : cli_fail(path, status, &error);
}

int samples_keep_own(samples_job *job, samples_group group, const char *file, const char *purpose) {
  samples_command command = {0};
  size_t first = 0; /* any object of the set does as a source */
  while (first < job->sample_count && job->samples[first].group != SAMPLES_ENCODING) {
    first++;
  }
  samples_show(&command, "samples");
  samples_show(&command, first < job->sample_count ? job->samples[first].file : "phantom");
  samples_show_option(&command, "again", "--edge-cases");
  return samples_fits(job, &command) ? samples_keep(job, group, file, command.text, purpose) : CLI_USAGE;
}
