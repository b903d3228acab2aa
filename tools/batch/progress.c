/* SPDX-License-Identifier: Apache-2.0 */
/* progress.c - where a run stands: a line that changes on a terminal, a line now and then elsewhere; and what came of
 * it. */
#include <stdio.h>

#include "batch/batch.h"
#include "os/os.h"

#define SECONDS_ON_TERMINAL 0.5
#define SECONDS_ELSEWHERE 30.0

void batch_progress_begin(batch_progress *progress) {
  *progress = (batch_progress){.start = os_seconds(), .shown = os_seconds(), .terminal = os_shows_progress()};
}

static double megabytes(uint64_t bytes) {
  return (double)bytes / 1e6;
}

/* "1:02:03"; "" where it is not known. */
static void write_left(double seconds, char *text, size_t size) {
  text[0] = '\0';
  if (seconds >= 0 && seconds < 1e8) {
    const unsigned long whole = (unsigned long)seconds;
    (void)snprintf(text, size, ", %lu:%02lu:%02lu left", whole / 3600, whole / 60 % 60, whole % 60);
  }
}

void batch_progress_show(batch_progress *progress, const batch_counts *counts) {
  const double now = os_seconds();
  if (now - progress->shown < (progress->terminal ? SECONDS_ON_TERMINAL : SECONDS_ELSEWHERE)) {
    return;
  }
  progress->shown = now;
  const double seconds = now - progress->start;
  const double left = counts->bytes_in > 0 && progress->bytes >= counts->bytes_in
                          ? seconds * (double)(progress->bytes - counts->bytes_in) / (double)counts->bytes_in
                          : -1;
  char text[200];
  char time[40];
  write_left(left, time, sizeof time);
  (void)snprintf(text, sizeof text, "%zu of %zu objects, %.1f MB/s, %zu failed%s",
                 counts->ok + counts->skipped + counts->failed + counts->failed_before, counts->total,
                 megabytes(counts->bytes_in) / seconds, counts->failed + counts->failed_before, time);
  if (progress->terminal) {
    cli_status(text);
  } else {
    cli_note(NULL, "%s", text);
  }
}

static void put_json(const batch_counts *counts, double seconds, size_t passed_over) {
  json_out json = {.stream = stdout};
  json_begin_object(&json, NULL);
  json_put_unsigned(&json, "objects", counts->total);
  json_put_unsigned(&json, "ok", counts->ok);
  json_put_unsigned(&json, "skipped", counts->skipped);
  json_put_unsigned(&json, "failed", counts->failed);
  json_put_unsigned(&json, "failed_before", counts->failed_before);
  json_put_unsigned(&json, "passed_over", passed_over);
  json_put_unsigned(&json, "bytes_in", counts->bytes_in);
  json_put_unsigned(&json, "bytes_out", counts->bytes_out);
  json_put_real(&json, "seconds", seconds);
  json_end(&json);
}

void batch_progress_end(const batch_progress *progress, const batch_counts *counts, const batch_settings *settings,
                        size_t passed_over) {
  const double seconds = os_seconds() - progress->start;
  const size_t left = counts->total - counts->ok - counts->skipped - counts->failed - counts->failed_before;
  char not_begun[60] = "";
  char other[60] = "";
  char bytes[100] = "";
  if (settings->json) {
    put_json(counts, seconds, passed_over);
  }
  if (left > 0) {
    (void)snprintf(not_begun, sizeof not_begun, ", %zu left", left);
  }
  if (passed_over > 0) {
    (void)snprintf(other, sizeof other, ", %zu other files passed over", passed_over);
  }
  if (settings->kind->writes && counts->ok > 0) {
    (void)snprintf(bytes, sizeof bytes, "; %.1f MB became %.1f MB", megabytes(counts->bytes_in),
                   megabytes(counts->bytes_out));
  }
  cli_note(NULL, "%zu objects: %zu done, %zu done before or twice, %zu failed%s%s%s; %.1f s", counts->total, counts->ok,
           counts->skipped, counts->failed + counts->failed_before, not_begun, other, bytes, seconds);
}
