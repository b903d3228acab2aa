/* silent.c - a shared object that is no plug-in: it exports nothing that the loader looks for. */
#include "dseg/export.h"

DSEG_API int dseg_test_nothing(void);

int dseg_test_nothing(void) {
  return 0;
}
