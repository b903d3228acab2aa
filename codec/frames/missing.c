/* missing.c - which build option brings a frame codec that this build does not have. */
#include <string.h>

#include "builtin.h"

static const struct {
  const char *name, *uid, *option;
} missing[] = {
#if !DSEG_HAVE_ZLIB
    {"deflated", "1.2.840.10008.1.2.1.99", "DSEG_WITH_ZLIB"},
#endif
#if !DSEG_HAVE_LIBDEFLATE && !DSEG_HAVE_ZLIB
    {"deflated-frame", "1.2.840.10008.1.2.8.1", "DSEG_WITH_LIBDEFLATE"},
#endif
#if !DSEG_HAVE_CHARLS
    {"jpeg-ls", "1.2.840.10008.1.2.4.80", "DSEG_WITH_CHARLS"},
#endif
#if !DSEG_HAVE_OPENJPEG
    {"jpeg2000", "1.2.840.10008.1.2.4.90", "DSEG_WITH_OPENJPEG"},
#endif
#if !DSEG_HAVE_OPENJPEG && !DSEG_HAVE_OPENJPH
    {"htj2k", "1.2.840.10008.1.2.4.201", "DSEG_WITH_OPENJPEG"},
#endif
#if !DSEG_HAVE_LIBJXL
    {"jpeg-xl", "1.2.840.10008.1.2.4.110", "DSEG_WITH_LIBJXL"},
#endif
#if !DSEG_HAVE_DCMJPEG
    {"jpeg-lossless", "1.2.840.10008.1.2.4.70", "DSEG_WITH_DCMJPEG"},
#endif
#if !DSEG_HAVE_JPEG
    {"jpeg", "1.2.840.10008.1.2.4.50", "DSEG_WITH_JPEG"},
#endif
    {"", "", NULL}, /* a table is never empty */
};

const char *dseg_missing_frame_codec(const char *name_or_uid) {
  for (size_t i = 0; name_or_uid != NULL && i < sizeof missing / sizeof missing[0]; i++) {
    if (strcmp(name_or_uid, missing[i].name) == 0 || strcmp(name_or_uid, missing[i].uid) == 0) {
      return missing[i].option;
    }
  }
  return NULL;
}
