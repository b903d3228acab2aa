/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - what checks find, passed to the caller. */
#include <stdarg.h>
#include <stdio.h>

#include "validate/check.h"

enum { FINDINGS_PER_RULE = 10 };

static void report(dseg_check *check, const dseg_rule *rule, const char *path, const char *message, size_t count) {
  if (check->options->found != NULL) {
    const dseg_finding finding = {.rule = rule, .path = path, .message = message, .count = count};
    check->options->found(check->options->user, &finding);
  }
}

void dseg_found(dseg_check *check, dseg_rule_name name, dseg_place place, const char *format, ...) {
  const dseg_rule *rule = dseg_rule_at(name);
  const size_t limit = check->options->findings_per_rule != 0 ? check->options->findings_per_rule : FINDINGS_PER_RULE;
  *(rule->severity == DSEG_SEVERITY_ERROR ? &check->result.errors : &check->result.warnings) += 1;
  if (++check->findings[name] > limit) {
    return;
  }
  char path[DSEG_PLACE_TEXT];
  char message[400];
  va_list arguments;
  dseg_place_text(&place, path);
  va_start(arguments, format);
  (void)vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  report(check, rule, path, message, 1);
}

void dseg_note(const dseg_check *check, const char *format, ...) {
  char message[600];
  va_list arguments;
  if (check->options->notes.warn == NULL) {
    return;
  }
  va_start(arguments, format);
  (void)vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  check->options->notes.warn(check->options->notes.user, message);
}

void dseg_report_left_out(dseg_check *check) {
  const size_t limit = check->options->findings_per_rule != 0 ? check->options->findings_per_rule : FINDINGS_PER_RULE;
  for (size_t i = 0; i < DSEG_RULE_COUNT; i++) {
    if (check->findings[i] > limit) {
      char message[64];
      const size_t more = check->findings[i] - limit;
      (void)snprintf(message, sizeof message, "%zu more findings of this rule are not listed", more);
      report(check, dseg_rule_at(i), "", message, more);
    }
  }
}
