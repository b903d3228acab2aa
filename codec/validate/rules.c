/* SPDX-License-Identifier: Apache-2.0 */
/* rules.c - the table of rules. */
#include "validate/rules.h"

#define RULE(name, id, severity, section, text) {id, DSEG_SEVERITY_##severity, section, text},
static const dseg_rule rules[] = {DSEG_RULES(RULE)};

const dseg_rule *dseg_rule_at(size_t index) {
  return index < DSEG_RULE_COUNT ? &rules[index] : NULL;
}

const char *dseg_severity_text(dseg_severity severity) {
  return severity == DSEG_SEVERITY_ERROR ? "error" : "warning";
}
