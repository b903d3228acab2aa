/* SPDX-License-Identifier: Apache-2.0 */
/* plugins.c - loads the shared objects in the directories that DSEG_PLUGIN_PATH lists and lets them register.
 *
 * Only names that end in ".so" (".dll" on Windows) count, in alphabetical order within a directory, so that the
 * registry's order does not depend on the file system. An object that has registered something stays loaded until the
 * process ends: its structs live in it. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/os/directory.h"
#include "base/os/files.h"
#include "base/os/library.h"
#include "base/os/names.h"
#include "base/os/system.h"
#include "dseg/buffer.h"
#include "dseg/plugin.h"
#include "registry.h"

#define ENTRY_POINT "dseg_plugin_register"

typedef dseg_status (*entry_point)(dseg_registrar registrar, dseg_error *error);

static size_t registered_count(void) {
  size_t representations = 0;
  size_t codecs = 0;
  while (dseg_representation_at(representations) != NULL) {
    representations++;
  }
  while (dseg_frame_codec_at(codecs) != NULL) {
    codecs++;
  }
  return representations + codecs;
}

static dseg_status register_from(void *object, dseg_error *error) {
  const entry_point enter = (entry_point)dseg_os_library_function(object, ENTRY_POINT);
  if (enter == NULL) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "the object has no symbol " ENTRY_POINT);
  }
  return enter(dseg_register, error);
}

/* Objects that have registered something. */
static void *registered_objects[2 * DSEG_MAX_ENTRIES];
static size_t registered_object_count;
static char *registered_paths[2 * DSEG_MAX_ENTRIES]; /* of their files */

static bool is_registered(const void *object) {
  for (size_t i = 0; i < registered_object_count; i++) {
    if (registered_objects[i] == object) {
      return true;
    }
  }
  return false;
}

static dseg_status load_object(const char *path, dseg_error *error) {
  const char *reason = NULL;
  dseg_os_facts facts;
  if (dseg_os_facts_of_path(path, &facts) == 0 && facts.kind != DSEG_OS_REGULAR) { /* a FIFO would be waited for */
    return dseg_fail(error, DSEG_ERROR_INPUT, "%s: the plug-in cannot be loaded: it is not a regular file", path);
  }
  const size_t size = strlen(path) + 1;
  char *copy = malloc(size);
  if (copy == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "%s: out of memory for a file name", path);
  }
  memcpy(copy, path, size);
  void *object = dseg_os_library_open(path, &reason);
  dseg_status status = DSEG_OK;
  bool keeps = false;
  if (object == NULL) {
    status = dseg_fail(error, DSEG_ERROR_INPUT, "%s: the plug-in cannot be loaded: %s", path, reason);
  } else if (is_registered(object)) {
    dseg_os_library_close(object);
  } else {
    const size_t before = registered_count();
    status = register_from(object, error);
    keeps = registered_count() > before;
    if (status != DSEG_OK) {
      dseg_error_prefix(error, path);
    }
    if (!keeps) {
      dseg_os_library_close(object);
    }
  }
  if (keeps) {
    registered_paths[registered_object_count] = copy;
    registered_objects[registered_object_count++] = object;
  } else {
    free(copy);
  }
  return status;
}

const char *dseg_plugin_file_at(size_t index) {
  return index < registered_object_count ? registered_paths[index] : NULL;
}

static bool is_object(const char *name) {
  const size_t length = strlen(name);
  const size_t suffix = strlen(DSEG_OS_MODULE_SUFFIX);
  return length > suffix && strcmp(name + length - suffix, DSEG_OS_MODULE_SUFFIX) == 0;
}

static dseg_status load_directory(const char *directory, dseg_error *error) {
  dseg_os_names found;
  const int number = dseg_os_list(directory, &found);
  if (number != 0) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "%s: the directory of plug-ins cannot be read: %s", directory,
                     dseg_os_error_text(number));
  }
  dseg_status status = DSEG_OK;
  dseg_buffer path = {0};
  for (size_t i = 0; i < found.count && status == DSEG_OK; i++) {
    if (is_object(found.names[i])) {
      path.size = 0;
      status = dseg_buffer_printf(&path, error, "%s/%s", directory, found.names[i]);
      if (status == DSEG_OK) {
        status = load_object((const char *)path.data, error);
      }
    }
  }
  dseg_os_names_free(&found);
  dseg_buffer_free(&path);
  return status;
}

dseg_status dseg_load_plugins(const char *directories, dseg_error *error) {
  dseg_error_clear(error);
  (void)dseg_representation_at(0);
  const char *list = directories;
  dseg_buffer directory = {0};
  dseg_status status = DSEG_OK;
  while (status == DSEG_OK && list != NULL && *list != '\0') {
    const size_t length = strcspn(list, DSEG_OS_LIST_SEPARATOR);
    if (length != 0) {
      directory.size = 0;
      status = dseg_buffer_printf(&directory, error, "%.*s", (int)length, list);
      if (status == DSEG_OK) {
        status = load_directory((const char *)directory.data, error);
      }
    }
    list += length;
    list += *list != '\0';
  }
  dseg_buffer_free(&directory);
  return status;
}
