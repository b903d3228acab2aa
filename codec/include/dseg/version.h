/* version.h - the library's version, and what it was built with. */
#ifndef DSEG_VERSION_H
#define DSEG_VERSION_H

#include "dseg/export.h"

#ifdef __cplusplus
extern "C" {
#endif

DSEG_API const char *dseg_version(void); /* "0.1.0" */
/* Libraries in this build with their versions, as "DCMTK 3.6.7, libdeflate 1.14, ..."; never NULL. */
DSEG_API const char *dseg_build_libraries(void);

#ifdef __cplusplus
}
#endif
#endif
