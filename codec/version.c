/* version.c - the library's version, and the versions of the libraries in this build. */
#include "dseg/version.h"

#if DSEG_HAVE_ZLIB
#include <zlib.h>
#endif
#if DSEG_HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif
#if DSEG_HAVE_JANSSON
#include <jansson.h>
#endif
#if DSEG_HAVE_PNG
#include <png.h>
#endif

const char *dseg_version(void) {
  return DSEG_VERSION_TEXT;
}

const char *dseg_build_libraries(void) {
  /* Each entry ends with ", "; the last one, which is always there, does not. */
  return ""
#if DSEG_HAVE_DCMTK
         "DCMTK " DSEG_DCMTK_VERSION
         ", "
#endif
#if DSEG_HAVE_ZLIB
         "zlib " ZLIB_VERSION
         ", "
#endif
#if DSEG_HAVE_LIBDEFLATE
         "libdeflate " LIBDEFLATE_VERSION_STRING
         ", "
#endif
#if DSEG_HAVE_JANSSON
         "jansson " JANSSON_VERSION
         ", "
#endif
#if DSEG_HAVE_PNG
         "libpng " PNG_LIBPNG_VER_STRING
         ", "
#endif
         "libc";
}
