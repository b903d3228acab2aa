/* SPDX-License-Identifier: Apache-2.0 */
/* codes.h - what codes mean, as far as the tables know. */
#ifndef DSEG_TERMS_CODES_H
#define DSEG_TERMS_CODES_H

#include "dseg/terms.h"

/* A code with one of its meanings. */
typedef struct dseg_known_code {
  char scheme[6];
  char value[12];
  const char *meaning;
  const char *source;
} dseg_known_code;

/* The entries of one code, the preferred meaning first; *count receives how many. NULL: the code is not known. */
const dseg_known_code *dseg_find_known_code(dseg_view scheme, dseg_view value, size_t *count);
/* All entries, sorted by scheme and value as bytes; NULL past the end. */
const dseg_known_code *dseg_known_code_at(size_t index);

#endif
