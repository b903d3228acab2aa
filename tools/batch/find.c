/* SPDX-License-Identifier: Apache-2.0 */
/* find.c - the objects that a command line names: files, what lies below directories, lists, failures of a report. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "batch/batch.h"
#include "cli/images.h"
#include "cli/inputs.h"
#include "cli/streams.h"
#include "os/files.h"
#include "os/os.h"

int batch_fail_memory(void) {
  cli_error(NULL, "out of memory");
  return CLI_INPUT;
}

char *batch_copy(const char *text, size_t size) {
  char *copy = text != NULL ? malloc(size + 1) : NULL;
  if (copy != NULL) {
    memcpy(copy, text, size);
    copy[size] = '\0';
  }
  return copy;
}

static char *copy_text(const char *text) {
  return batch_copy(text, text != NULL ? strlen(text) : 0);
}

static void end_object(batch_object *object) {
  free(object->path);
  free(object->name);
  free(object->relative);
  free(object->output);
  free(object->sha256);
  free(object->fault);
}

int batch_add(batch_objects *objects, batch_object object) {
  batch_object *items = cli_grow(objects->items, objects->count, &objects->room, sizeof *items);
  objects->items = items != NULL ? items : objects->items;
  if (items == NULL || object.path == NULL || object.name == NULL || object.relative == NULL) {
    end_object(&object);
    return batch_fail_memory();
  }
  items[objects->count++] = object;
  return CLI_OK;
}

void batch_objects_end(batch_objects *objects) {
  for (size_t i = 0; i < objects->count; i++) {
    end_object(&objects->items[i]);
  }
  free(objects->items);
  *objects = (batch_objects){.items = NULL};
}

static int add_file(batch_objects *objects, const char *path, const char *relative) {
  return batch_add(
      objects, (batch_object){copy_text(path), copy_text(path), copy_text(relative), NULL, NULL, NULL, false, false});
}

/* A walk below a directory. */
typedef struct walk {
  batch_objects *objects;
  size_t root; /* bytes of the directory's path with its separator */
  cli_input_kind wanted;
  char *avoided; /* the directory of outputs, below this one, with a separator; NULL: it is elsewhere */
} walk;

static int visit_file(void *user, const char *path) {
  walk *along = user;
  const char *relative = path + along->root;
  if (along->avoided != NULL && strncmp(relative, along->avoided, strlen(along->avoided)) == 0) {
    return CLI_OK;
  }
  const cli_file_kind kind = os_path_name(path)[0] == '.' ? CLI_FILE_OTHER : cli_kind_of(path, along->wanted);
  if (kind == CLI_FILE_SEGMENTATION || kind == CLI_FILE_UNKNOWN) { /* the report says why it cannot be opened */
    return add_file(along->objects, path, relative);
  }
  along->objects->passed_over++;
  return CLI_OK;
}

/* Where directory is below root, with a separator at its end; malloc'd, NULL: it is not there, or is root. */
static char *find_below(const char *root, const char *directory) {
  char *outer = os_real_path(root);
  char *inner = directory != NULL ? os_real_path(directory) : NULL;
  char *below = NULL;
  const size_t length = outer != NULL ? os_directory_length(outer) : 0;
  if (inner != NULL && length > 0 && strncmp(inner, outer, length) == 0 &&
      (inner[length] == '/' || inner[length] == '\\') && inner[length + 1] != '\0') {
    const size_t size = strlen(inner + length + 1);
    below = malloc(size + 2);
    if (below != NULL) {
      memcpy(below, inner + length + 1, size);
      memcpy(below + size, "/", 2);
    }
  }
  free(outer);
  free(inner);
  return below;
}

static int add_directory(const batch_settings *settings, const char *path, batch_objects *objects) {
  const bool has_outputs = settings->kind->writes || settings->kind == &batch_compare;
  const size_t length = os_directory_length(path);
  char *root = batch_copy(path, length);
  if (root == NULL) {
    return batch_fail_memory();
  }
  walk along = {.objects = objects,
                .root = length + 1,
                .wanted = settings->kind->volumes ? CLI_ANY_SEGMENTATION : CLI_DICOM_ONLY,
                .avoided = find_below(root, has_outputs ? settings->to : NULL)};
  const int code = cli_walk(root, visit_file, &along);
  free(along.avoided);
  free(root);
  return code;
}

static int add_input(const batch_settings *settings, const char *name, batch_objects *objects) {
  if (cli_is_stream(name)) {
    return batch_read_list(name, settings->null_lists, objects);
  }
  if (name[0] == '@') {
    return batch_read_list(name + 1, settings->null_lists, objects);
  }
  if (os_is_directory(name)) {
    return add_directory(settings, name, objects);
  }
  return add_file(objects, name, os_path_name(name));
}

/* An object that failed goes to where it was to go. Its path was read where its name is another. */
static int add_failed(void *user, const char *name, const batch_record *record) {
  batch_object object = {copy_text(record->path != NULL ? record->path : name),
                         copy_text(name),
                         copy_text(os_path_name(name)),
                         copy_text(record->output),
                         NULL,
                         NULL,
                         false,
                         false};
  return batch_add(user, object);
}

static int compare_names(const void *a, const void *b) {
  return strcmp(((const batch_object *)a)->name, ((const batch_object *)b)->name);
}

static int add_failures(const char *path, batch_objects *objects) {
  batch_earlier *earlier = batch_earlier_create();
  const size_t before = objects->count;
  int code = earlier != NULL ? batch_report_read(path, earlier) : batch_fail_memory();
  if (code == CLI_OK) {
    code = batch_earlier_failed(earlier, add_failed, objects);
  }
  if (objects->count > before) {
    qsort(objects->items + before, objects->count - before, sizeof *objects->items, compare_names);
  }
  batch_earlier_destroy(earlier);
  return code;
}

int batch_find(const batch_settings *settings, batch_objects *objects) {
  int code = CLI_OK;
  for (size_t i = 0; code == CLI_OK && i < settings->input_count; i++) {
    code = add_input(settings, settings->inputs[i], objects);
  }
  for (size_t i = 0; code == CLI_OK && i < settings->list_count; i++) {
    code = batch_read_list(settings->lists[i], settings->null_lists, objects);
  }
  if (code == CLI_OK && settings->from_report != NULL) {
    code = add_failures(settings->from_report, objects);
  }
  return code;
}
