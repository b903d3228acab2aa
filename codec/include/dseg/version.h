/* version.h - the library's version, and what it was built with. */
#ifndef DSEG_VERSION_H
#define DSEG_VERSION_H

#include "dseg/export.h"

#ifdef __cplusplus
extern "C" {
#endif

DSEG_API const char *dseg_version(void); /* "0.1.0" */
/* All libraries that this build may use, with the versions of the headers that it was compiled with, as "DCMTK 3.6.7,
 * libdeflate 1.14, ..., libc"; never NULL. None of them is loaded for it. */
DSEG_API const char *dseg_build_libraries(void);

#ifdef __cplusplus
}
#endif
#endif
