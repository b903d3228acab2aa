/* SPDX-License-Identifier: Apache-2.0 */
/* kinds.h - what a review of an archive looks for: the kinds of its findings, with what to do about each. */
#ifndef DSEG_TOOLS_REVIEW_KINDS_H
#define DSEG_TOOLS_REVIEW_KINDS_H

#include <stddef.h>

/* In the order of the documentation and of the columns of the table. */
typedef enum review_kind {
  REVIEW_TRACKING_PATIENTS = 0,
  REVIEW_PATIENT,
  REVIEW_INSTANCE,
  REVIEW_HIERARCHY,
  REVIEW_FRAME_OF_REFERENCE,
  REVIEW_GEOMETRY,
  REVIEW_RASTER,
  REVIEW_CODE_MEANINGS,
  REVIEW_CODE_SPELLING,
  REVIEW_LABEL_CODES,
  REVIEW_TRACKING_CODES,
  REVIEW_DEFAULT_CODES,
  REVIEW_RULE_CODE_MEANING, /* from here on the rules of `dseg validate --codes`, by their names there */
  REVIEW_RULE_CODE_TWO_MEANINGS,
  REVIEW_RULE_CODE_ENTIRE,
  REVIEW_RULE_TYPE_REPEATS_CATEGORY,
  REVIEW_RULE_SIDE_CONTRADICTED,
  REVIEW_RULE_SIDE_UNCODED,
  REVIEW_RULE_TRACKING_UID,
  REVIEW_KINDS
} review_kind;

typedef struct review_kind_row {
  const char *name;    /* [a-z-]+, a column of the table */
  unsigned weight;     /* of one finding in a series' score */
  const char *section; /* of the standard */
  const char *rule;    /* what should hold, one sentence */
  const char *advice;  /* what to do where it does not */
} review_kind_row;

/* kind < REVIEW_KINDS. */
const review_kind_row *review_kind_at(size_t kind);
/* The kind with a name; REVIEW_KINDS: none. */
size_t review_kind_named(const char *name, size_t size);

#endif
