/* SPDX-License-Identifier: Apache-2.0 */
/* syntaxes.h - what the transfer syntaxes allow (PS3.5 Annex A and 8.2), whatever this build can decode. */
#ifndef DSEG_VALIDATE_SYNTAXES_H
#define DSEG_VALIDATE_SYNTAXES_H

#include <stdbool.h>

typedef struct dseg_syntax {
  const char *uid;
  const char *section;
  bool encapsulated;
  bool one_fragment; /* a frame is one fragment */
  bool lossy;        /* always */
  bool one_bit;      /* Bits Allocated 1 is allowed; 8 and 16 are by all */
  bool sixteen_bits;
  bool palette; /* PALETTE COLOR with 8 and 16 bits */
} dseg_syntax;

/* NULL: none that the standard has for images without time. */
const dseg_syntax *dseg_find_syntax(const char *uid);

#endif
