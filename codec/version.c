/* SPDX-License-Identifier: Apache-2.0 */
/* version.c - the library's version, and the versions of the libraries in this build. */
#include "dseg/version.h"

#include "library_versions.h" /* made by codec/package/libraries.cmake */

const char *dseg_version(void) {
  return DSEG_VERSION_STRING;
}

const char *dseg_build_libraries(void) {
  return DSEG_LIBRARY_VERSIONS;
}
