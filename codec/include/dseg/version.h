/* SPDX-License-Identifier: Apache-2.0 */
/* version.h - the library's version, and what it was built with. */
#ifndef DSEG_VERSION_H
#define DSEG_VERSION_H

#include "dseg/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of these headers. Before 1.0 a new MINOR may break programs, a new PATCH does not. */
#define DSEG_VERSION_MAJOR 0
#define DSEG_VERSION_MINOR 5
#define DSEG_VERSION_PATCH 0
/* As a number, for #if DSEG_VERSION >= 200: MAJOR * 10000 + MINOR * 100 + PATCH. */
#define DSEG_VERSION (DSEG_VERSION_MAJOR * 10000 + DSEG_VERSION_MINOR * 100 + DSEG_VERSION_PATCH)
/* As a string literal: "0.5.0". */
#define DSEG_VERSION_STRING              \
  DSEG_VERSION_TEXT_(DSEG_VERSION_MAJOR) \
  "." DSEG_VERSION_TEXT_(DSEG_VERSION_MINOR) "." DSEG_VERSION_TEXT_(DSEG_VERSION_PATCH)
#define DSEG_VERSION_TEXT_(number) DSEG_VERSION_TEXT__(number)
#define DSEG_VERSION_TEXT__(number) #number

/* The version of the library that the program runs with, which for a shared library may be newer than the headers:
 * DSEG_VERSION_STRING of its build. */
DSEG_API const char *dseg_version(void);
/* All libraries that this build may use, with the versions of the headers that it was compiled with, as "DCMTK 3.6.7,
 * libdeflate 1.14, ..., libc"; never NULL. None of them is loaded for it. */
DSEG_API const char *dseg_build_libraries(void);

#ifdef __cplusplus
}
#endif
#endif
