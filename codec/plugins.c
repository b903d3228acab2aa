/* plugins.c - loads the shared objects in the directories that DSEG_PLUGIN_PATH lists and lets them register.
 *
 * Only names that end in ".so" count, in alphabetical order within a directory, so that the registry's order does
 * not depend on the file system. An object that has registered something stays loaded until the process ends: its
 * structs live in it. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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
  void *symbol = dlsym(object, ENTRY_POINT);
  if (symbol == NULL) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "the object has no symbol " ENTRY_POINT);
  }
  /* ISO C has no conversion from an object pointer to a function pointer; POSIX says the bytes are the same. */
  entry_point enter;
  memcpy(&enter, &symbol, sizeof enter);
  return enter(dseg_register, error);
}

/* Objects that have registered something. */
static void *registered_objects[2 * DSEG_MAX_ENTRIES];
static size_t registered_object_count;

static bool is_registered(const void *object) {
  for (size_t i = 0; i < registered_object_count; i++) {
    if (registered_objects[i] == object) {
      return true;
    }
  }
  return false;
}

static dseg_status load_object(const char *path, dseg_error *error) {
  void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (object == NULL) {
    const char *reason = dlerror();
    return dseg_fail(error, DSEG_ERROR_INPUT, "%s: the plug-in cannot be loaded: %s", path,
                     reason != NULL ? reason : "no reason given");
  }
  if (is_registered(object)) {
    (void)dlclose(object);
    return DSEG_OK;
  }
  const size_t before = registered_count();
  const dseg_status status = register_from(object, error);
  if (status != DSEG_OK) {
    dseg_error_prefix(error, path);
  }
  if (registered_count() > before) {
    registered_objects[registered_object_count++] = object;
  } else {
    (void)dlclose(object);
  }
  return status;
}

static int is_object(const struct dirent *entry) {
  const size_t length = strlen(entry->d_name);
  return length > 3 && strcmp(entry->d_name + length - 3, ".so") == 0;
}

static dseg_status load_directory(const char *directory, dseg_error *error) {
  struct dirent **entries = NULL;
  const int count = scandir(directory, &entries, is_object, alphasort);
  if (count < 0) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "%s: the directory of plug-ins cannot be read: %s", directory,
                     strerror(errno));
  }
  dseg_status status = DSEG_OK;
  dseg_buffer path = {0};
  for (int i = 0; i < count; i++) {
    if (status == DSEG_OK) {
      path.size = 0;
      status = dseg_buffer_printf(&path, error, "%s/%s", directory, entries[i]->d_name);
    }
    if (status == DSEG_OK) {
      status = load_object((const char *)path.data, error);
    }
    free(entries[i]);
  }
  free(entries);
  dseg_buffer_free(&path);
  return status;
}

dseg_status dseg_load_plugins(dseg_error *error) {
  (void)dseg_representation_at(0);
  const char *list = getenv("DSEG_PLUGIN_PATH");
  dseg_buffer directory = {0};
  dseg_status status = DSEG_OK;
  while (status == DSEG_OK && list != NULL && *list != '\0') {
    const size_t length = strcspn(list, ":");
    if (length != 0) {
      directory.size = 0;
      status = dseg_buffer_printf(&directory, error, "%.*s", (int)length, list);
      if (status == DSEG_OK) {
        status = load_directory((const char *)directory.data, error);
      }
    }
    list += length;
    list += *list == ':';
  }
  dseg_buffer_free(&directory);
  return status;
}
