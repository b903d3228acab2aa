/* SPDX-License-Identifier: Apache-2.0 */
/* rows.h - the table of terms as its own files see it. */
#ifndef DSEG_TERMS_ROWS_H
#define DSEG_TERMS_ROWS_H

#include "dseg/terms.h"

typedef struct dseg_term_row {
  dseg_term term;
  const char *keys; /* normal forms of the name and its synonyms, separated by '|'; no other row has one of them */
} dseg_term_row;

/* The rows; NULL past the end. */
const dseg_term_row *dseg_term_row_at(size_t index);

#endif
