/* SPDX-License-Identifier: Apache-2.0 */
/* syntaxes.c - the standard's transfer syntaxes for images without time (PS3.5 Annex A, 8.2). Where it is
 * not established whether Bits Allocated of 1 is allowed (HTJ2K and JPEG XL, 8.2.14 and 8.2.15) it is taken to be, so
 * that nothing is called an error without a text that says so. */
#include "validate/syntaxes.h"

#include <stddef.h>
#include <string.h>

/* UID, section, encapsulated, one fragment, lossy, 1 bit, 16 bits, palette */
static const dseg_syntax syntaxes[] = {
    {"1.2.840.10008.1.2", "PS3.5 A.1", false, false, false, true, true, true},
    {"1.2.840.10008.1.2.1", "PS3.5 A.2", false, false, false, true, true, true},
    {"1.2.840.10008.1.2.1.98", "PS3.5 A.4.11", true, true, false, true, true, true},
    {"1.2.840.10008.1.2.1.99", "PS3.5 A.5", false, false, false, true, true, true},
    {"1.2.840.10008.1.2.2", "PS3.5 A.3", false, false, false, true, true, true},
    {"1.2.840.10008.1.2.4.50", "PS3.5 8.2.1", true, false, true, false, false, false},
    {"1.2.840.10008.1.2.4.51", "PS3.5 8.2.1", true, false, true, false, true, false},
    {"1.2.840.10008.1.2.4.57", "PS3.5 Table 8.2.1-2", true, false, false, false, true, true},
    {"1.2.840.10008.1.2.4.70", "PS3.5 Table 8.2.1-2", true, false, false, false, true, true},
    {"1.2.840.10008.1.2.4.80", "PS3.5 Table 8.2.3-1", true, false, false, false, true, true},
    {"1.2.840.10008.1.2.4.81", "PS3.5 Table 8.2.3-1", true, false, false, false, true, false},
    {"1.2.840.10008.1.2.4.90", "PS3.5 Table 8.2.4-1", true, false, false, true, true, true},
    {"1.2.840.10008.1.2.4.91", "PS3.5 Table 8.2.4-1", true, false, false, true, true, false},
    {"1.2.840.10008.1.2.4.110", "PS3.5 Table 8.2.15-1", true, false, false, true, true, false},
    {"1.2.840.10008.1.2.4.112", "PS3.5 Table 8.2.15-1", true, false, false, true, true, false},
    {"1.2.840.10008.1.2.4.201", "PS3.5 8.2.14", true, false, false, true, true, true},
    {"1.2.840.10008.1.2.4.202", "PS3.5 8.2.14", true, false, false, true, true, true},
    {"1.2.840.10008.1.2.4.203", "PS3.5 8.2.14", true, false, false, true, true, true},
    {"1.2.840.10008.1.2.5", "PS3.5 Table 8.2.2-1", true, true, false, true, true, true},
    {"1.2.840.10008.1.2.8.1", "PS3.5 A.4.13", true, true, false, true, true, true},
};

const dseg_syntax *dseg_find_syntax(const char *uid) {
  for (size_t i = 0; i < sizeof syntaxes / sizeof syntaxes[0]; i++) {
    if (strcmp(syntaxes[i].uid, uid) == 0) {
      return &syntaxes[i];
    }
  }
  return NULL;
}
