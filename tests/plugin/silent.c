/* SPDX-License-Identifier: Apache-2.0 */
/* silent.c - a shared object that is no plug-in: it exports nothing that the loader looks for. */
#include "dseg/export.h"

DSEG_API int dseg_test_nothing(void);

#ifdef SILENT_CALLS_NOTHING_THERE
extern int dseg_test_missing_function(void);

int dseg_test_nothing(void) {
  return dseg_test_missing_function();
}
#else
int dseg_test_nothing(void) {
  return 0;
}
#endif
