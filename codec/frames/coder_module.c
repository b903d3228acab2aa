/* SPDX-License-Identifier: Apache-2.0 */
/* coder_module.c - coders from shared objects, see coder.h.
 *
 * A module is named without a directory: the dynamic loader then looks where the program's, or the shared libdseg's,
 * run path says, which is relative to the file in what is installed and absolute in programs that link the static
 * library. The directory of the installation that the build was configured for comes second. */
#include <stdio.h>
#include <string.h>

#include "base/os/library.h"
#include "base/os/thread.h"
#include "frames/coder.h"

#define MAX_MODULES 16 /* more than there are coders */

static struct {
  dseg_os_mutex lock;
  struct {
    const char *module;
    const dseg_coder *coder;
  } loaded[MAX_MODULES];
  size_t count;
} modules = {.lock = DSEG_OS_MUTEX_INIT};

static dseg_status fail(const dseg_frame_codec *codec, const dseg_coder_place *place, const char *file,
                        const char *reason, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "frame codec %s: %s cannot be loaded (%s); install %s, and dseg with its modules (%s)", codec->name,
                   file, reason, place->needs, DSEG_CODEC_DIRECTORY);
}

static dseg_status open_module(const dseg_frame_codec *codec, const dseg_coder_place *place, const char *file,
                               void **object, dseg_error *error) {
  const char *reason = NULL;
  *object = dseg_os_library_open(file, &reason);
  if (*object != NULL) {
    return DSEG_OK;
  }
  char first_reason[400];
  (void)snprintf(first_reason, sizeof first_reason, "%s", reason);
  char path[sizeof DSEG_CODEC_DIRECTORY + 64];
  (void)snprintf(path, sizeof path, DSEG_CODEC_DIRECTORY "/%s", file);
  *object = dseg_os_library_open(path, &reason);
  if (*object != NULL) {
    return DSEG_OK;
  }
  /* Where the module is not on the run path, the loader's first answer begins with its name. */
  const bool is_elsewhere = strncmp(first_reason, file, strlen(file)) == 0;
  return fail(codec, place, file, is_elsewhere ? reason : first_reason, error);
}

static dseg_status load(const dseg_frame_codec *codec, const dseg_coder_place *place, const dseg_coder **coder,
                        dseg_error *error) {
  char file[64];
  char name[64];
  (void)snprintf(file, sizeof file, "dseg-%s" DSEG_OS_MODULE_SUFFIX, place->module);
  (void)snprintf(name, sizeof name, "dseg_coder_%s", place->module);
  void *object = NULL;
  DSEG_TRY(open_module(codec, place, file, &object, error));
  const dseg_coder_function function = (dseg_coder_function)dseg_os_library_function(object, name);
  *coder = function != NULL ? function() : NULL;
  if (*coder == NULL || strcmp((*coder)->version, DSEG_VERSION_STRING) != 0) {
    *coder = NULL;
    dseg_os_library_close(object);
    return fail(codec, place, file, "it is not of dseg " DSEG_VERSION_STRING, error);
  }
  return DSEG_OK;
}

dseg_status dseg_coder_load(const dseg_frame_codec *codec, const dseg_coder_place *place, const dseg_coder **coder,
                            dseg_error *error) {
  dseg_status status = DSEG_OK;
  dseg_os_lock(&modules.lock);
  *coder = NULL;
  for (size_t i = 0; i < modules.count; i++) {
    if (strcmp(modules.loaded[i].module, place->module) == 0) {
      *coder = modules.loaded[i].coder;
    }
  }
  if (*coder == NULL) {
    status = load(codec, place, coder, error);
    if (status == DSEG_OK && modules.count < MAX_MODULES) {
      modules.loaded[modules.count].module = place->module;
      modules.loaded[modules.count++].coder = *coder;
    }
  }
  dseg_os_unlock(&modules.lock);
  return status;
}
