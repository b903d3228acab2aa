/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - names of outputs, from a template, and that no two objects have one. */
#include <stdlib.h>
#include <string.h>

#include "batch/batch.h"
#include "cli/commands.h"
#include "cli/utf8.h"
#include "dseg/formats.h"
#include "dseg/source.h"
#include "os/files.h"
#include "os/os.h"

enum { LONGEST = 8192 };

/* What a template can name. */
static const char *const fields[] = {"relative",          "directory",       "name", "stem", "SOPInstanceUID",
                                     "SeriesInstanceUID", "StudyInstanceUID"};
enum { RELATIVE, DIRECTORY, NAME, STEM, SOP_UID, SERIES_UID, STUDY_UID, FIELDS };

/* A name that is being made. */
typedef struct name_text {
  char text[LONGEST];
  size_t size;
  bool too_long;
} name_text;

static void put(name_text *making, const char *text, size_t size) {
  making->too_long = making->too_long || size >= LONGEST - making->size;
  if (!making->too_long) {
    memcpy(making->text + making->size, text, size);
    making->size += size;
    making->text[making->size] = '\0';
  }
}

/* The index of the field that begins behind a brace, *end behind its other brace; FIELDS: there is none. */
static size_t find_field(const char *at, const char **end) {
  const size_t length = strcspn(at, "}");
  size_t field = 0;
  while (field < FIELDS && (strlen(fields[field]) != length || strncmp(fields[field], at, length) != 0)) {
    field++;
  }
  *end = at + length + 1;
  return at[length] == '}' ? field : FIELDS;
}

/* Bytes of a name without the suffix of its format. */
static size_t stem_length(const char *name) {
  const size_t length = strlen(name);
  const char *suffix = NULL;
  size_t cut = 0;
  for (size_t i = 0; (suffix = dseg_volume_suffix_at(i)) != NULL; i++) {
    const size_t size = strlen(suffix);
    cut = size < length && size > cut && strcmp(name + length - size, suffix) == 0 ? size : cut;
  }
  if (cut == 0 && length > 4 && dseg_is_dicom_name(name)) {
    cut = 4;
  }
  return length - cut;
}

/* UIDs of an object, which has to be opened for them. */
typedef struct object_uids {
  bool known;
  dseg_source *source; /* owned */
} object_uids;

static const char *find_uid(const batch_object *object, size_t field, object_uids *uids, dseg_error *error) {
  if (!uids->known) {
    const dseg_open_options options = {.struct_size = sizeof options,
                                       .threads = 1,
                                       .describe_only = DSEG_DESCRIBE,
                                       .memory_limit = cli_memory_limit()};
    uids->known = true;
    (void)dseg_open(object->path, &options, &uids->source, error);
  }
  const dseg_encoding_info *info = uids->source != NULL ? dseg_source_encoding(uids->source) : NULL;
  const char *uid = info == NULL          ? NULL
                    : field == SOP_UID    ? info->sop_instance_uid
                    : field == SERIES_UID ? info->series_uid
                                          : info->study_uid;
  const bool good = uid != NULL && *uid != '\0' && uid[strspn(uid, "0123456789.")] == '\0' && uid[0] != '.';
  if (!good && (info != NULL || error->message[0] == '\0')) { /* else opening it has said why */
    (void)dseg_fail(error, DSEG_ERROR_FORMAT, "no %s, and --name wants it", fields[field]);
  }
  return good ? uid : NULL;
}

/* False: the object has no such field; error says why. */
static bool put_field(name_text *making, size_t field, const batch_object *object, object_uids *uids,
                      dseg_error *error) {
  const char *name = strrchr(object->relative, '/');
  name = name != NULL ? name + 1 : object->relative;
  const char *uid = NULL;
  switch (field) {
    case RELATIVE: put(making, object->relative, strlen(object->relative)); return true;
    case DIRECTORY: put(making, object->relative, (size_t)(name - object->relative)); return true;
    case NAME: put(making, name, strlen(name)); return true;
    case STEM: put(making, name, stem_length(name)); return true;
    default: uid = find_uid(object, field, uids, error); break;
  }
  if (uid != NULL) {
    put(making, uid, strlen(uid));
  }
  return uid != NULL;
}

static bool has_parent(const char *path) {
  for (const char *part = path; part != NULL; part = strchr(part + 1, '/')) {
    const char *text = *part == '/' ? part + 1 : part;
    if (strcmp(text, "..") == 0 || strncmp(text, "../", 3) == 0) {
      return true;
    }
  }
  return false;
}

static bool expand(name_text *making, const char *template, const batch_object *object, dseg_error *error) {
  object_uids uids = {.known = false};
  const size_t start = making->size;
  bool good = true;
  while (good && *template != '\0') {
    const size_t plain = strcspn(template, "{");
    put(making, template, plain);
    template += plain;
    if (*template == '{') {
      const size_t field = find_field(template + 1, &template);
      good = field < FIELDS && put_field(making, field, object, &uids, error);
    }
  }
  dseg_source_close(uids.source);
  if (good && making->too_long) {
    good = false;
    (void)dseg_fail(error, DSEG_ERROR_LIMIT, "its output's name is too long");
  }
  if (good && (making->text[start] == '/' || has_parent(making->text + start))) { /* of an input named "...dcm", say */
    good = false;
    (void)dseg_fail(error, DSEG_ERROR_FORMAT, "its output's name would lead out of the directory of outputs");
  }
  return good;
}

static int check_template(const char *template) {
  if (*template == '/' || has_parent(template) || *template == '\0') {
    return cli_usage_error(&cmd_batch, "--name: \"%s\" leads out of the directory of outputs", template);
  }
  for (const char *at = strchr(template, '{'); at != NULL; at = strchr(at, '{')) {
    const char *end = NULL;
    if (find_field(at + 1, &end) == FIELDS) {
      return cli_usage_error(&cmd_batch,
                             "--name: \"%.40s\" begins none of {relative}, {directory}, {name}, {stem}, "
                             "{SOPInstanceUID}, {SeriesInstanceUID}, {StudyInstanceUID}",
                             at);
    }
    at = end;
  }
  return CLI_OK;
}

/* Of what converts the suffix says what it is. */
static const char *default_template(const batch_settings *settings, char *text, size_t size) {
  if (settings->kind != &batch_convert) {
    return "{relative}";
  }
  const char *format = settings->convert.options.format;
  (void)snprintf(text, size, "{directory}{stem}%s", format == NULL || *format != '.' ? ".dcm" : format);
  return text;
}

/* One name for one file: takes "//" and "/./" out of what follows the directory of outputs. */
static void make_plain(char *path, size_t from) {
  size_t to = from;
  for (size_t i = from; path[i] != '\0';) {
    const bool begins = to == 0 || path[to - 1] == '/';
    if (begins && path[i] == '/') {
      i++;
    } else if (begins && path[i] == '.' && path[i + 1] == '/') {
      i += 2;
    } else {
      path[to++] = path[i++];
    }
  }
  path[to] = '\0';
}

/* The output's path, and what keeps the object from having one. */
static int name_object(const batch_settings *settings, const char *template, batch_object *object) {
  name_text making = {.size = 0};
  dseg_error error = {DSEG_OK, ""};
  put(&making, settings->to, os_directory_length(settings->to));
  put(&making, "/", making.size > 0 && making.text[making.size - 1] == '/' ? 0 : 1);
  const size_t place = making.size;
  bool good = true;
  if (object->output != NULL && settings->from_report == NULL) {
    put(&making, object->output, strlen(object->output));
  } else if (object->output != NULL) { /* a report has whole paths */
    if (strncmp(object->output, making.text, making.size) == 0 && !has_parent(object->output + making.size)) {
      return CLI_OK;
    }
    (void)dseg_fail(&error, DSEG_ERROR_ARGUMENT, "its output, %s, is not in --to %s", object->output, settings->to);
    good = false;
  } else {
    good = expand(&making, template, object, &error);
  }
  free(object->output);
  object->output = good ? batch_copy(making.text, making.size) : NULL;
  if (object->output != NULL) {
    make_plain(object->output, place);
  }
  if (!good) {
    object->fault = batch_copy(error.message, strlen(error.message));
  }
  return (good ? object->output : object->fault) != NULL ? CLI_OK : batch_fail_memory();
}

/* By name, those of one name in their order. */
static int compare_names(const void *a, const void *b) {
  batch_object *const *first = a;
  batch_object *const *second = b;
  const int order = strcmp((*first)->name, (*second)->name);
  return order != 0 ? order : (*first > *second) - (*first < *second);
}

static int compare_outputs(const void *a, const void *b) {
  batch_object *const *first = a;
  batch_object *const *second = b;
  const int order = strcmp((*first)->output, (*second)->output);
  return order != 0 ? order : compare_names(a, b);
}

/* An object that is named twice is done once. */
static void mark_twice(batch_object **sorted, size_t count) {
  qsort((void *)sorted, count, sizeof(batch_object *), compare_names);
  for (size_t i = 1; i < count; i++) {
    sorted[i]->twice = strcmp(sorted[i - 1]->name, sorted[i]->name) == 0;
  }
}

/* Two inputs, one output. */
static int check_collisions(batch_object **sorted, size_t count) {
  size_t kept = 0;
  int code = CLI_OK;
  for (size_t i = 0; i < count; i++) {
    if (!sorted[i]->twice && sorted[i]->output != NULL) {
      sorted[kept++] = sorted[i];
    }
  }
  if (kept > 0) {
    qsort((void *)sorted, kept, sizeof(batch_object *), compare_outputs);
  }
  for (size_t i = 1; code == CLI_OK && i < kept; i++) {
    if (strcmp(sorted[i - 1]->output, sorted[i]->output) == 0) {
      code = cli_usage_error(&cmd_batch, "%s and %s would both become %s; give other names by --name",
                             sorted[i - 1]->name, sorted[i]->name, sorted[i]->output);
    }
  }
  return code;
}

static int check_names(const batch_settings *settings, const batch_objects *objects) {
  batch_object **sorted = calloc(objects->count > 0 ? objects->count : 1, sizeof(batch_object *));
  if (sorted == NULL) {
    return batch_fail_memory();
  }
  for (size_t i = 0; i < objects->count; i++) {
    sorted[i] = &objects->items[i];
  }
  mark_twice(sorted, objects->count);
  const int code = settings->kind->writes ? check_collisions(sorted, objects->count) : CLI_OK;
  free((void *)sorted);
  return code;
}

static int compare_texts(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The paths of what no output may replace, the inputs and the report, without links and sorted: at most room. */
static size_t find_kept(const batch_settings *settings, const batch_objects *objects, char **kept) {
  size_t count = 0;
  for (size_t i = 0; i <= objects->count; i++) {
    kept[count] = os_real_path(i < objects->count ? objects->items[i].path : settings->report);
    count += kept[count] != NULL ? 1 : 0;
  }
  if (count > 0) {
    qsort((void *)kept, count, sizeof *kept, compare_texts);
  }
  return count;
}

/* Whether an output is one of them, by whatever name or link. Its own input is left to its line. */
static bool would_replace(const batch_settings *settings, const batch_object *object, char **kept, size_t count) {
  if (strcmp(object->output, settings->report) == 0) { /* which may be not there yet */
    return true;
  }
  char *output = os_real_path(object->output);
  char *own = output != NULL ? os_real_path(object->path) : NULL;
  const bool found = output != NULL && (own == NULL || strcmp(own, output) != 0) && count > 0 &&
                     bsearch((const void *)&output, (const void *)kept, count, sizeof *kept, compare_texts) != NULL;
  free(output);
  free(own);
  return found;
}

/* With --force an output could replace what another object is made of. */
static int check_inputs(const batch_settings *settings, const batch_objects *objects) {
  char **kept = calloc(objects->count + 1, sizeof *kept);
  if (kept == NULL) {
    return batch_fail_memory();
  }
  int code = CLI_OK;
  const size_t count = find_kept(settings, objects, kept);
  for (size_t i = 0; code == CLI_OK && i < objects->count; i++) {
    const batch_object *object = &objects->items[i];
    if (object->output != NULL && would_replace(settings, object, kept, count)) {
      code = cli_usage_error(&cmd_batch, "%s would become %s, which is another input, or the report", object->name,
                             object->output);
    }
  }
  for (size_t i = 0; i < count; i++) {
    free(kept[i]);
  }
  free((void *)kept);
  return code;
}

static bool is_utf8(const char *text) {
  const unsigned char *at = (const unsigned char *)text;
  size_t length = 1;
  while (*at != '\0' && length > 0) {
    length = cli_utf8_length(at);
    at += length;
  }
  return length > 0;
}

/* A report is UTF-8: it cannot tell an object of another name from others, nor is it found there again. */
static int refuse_bytes(batch_object *object) {
  static const char why[] =
      "its name is no UTF-8, as those in a report are: a list of {\"input\": ..., \"name\": ...} gives it another";
  if (object->fault == NULL && (!is_utf8(object->name) || (object->output != NULL && !is_utf8(object->output)))) {
    object->fault = batch_copy(why, sizeof why - 1);
    return object->fault != NULL ? CLI_OK : batch_fail_memory();
  }
  return CLI_OK;
}

int batch_name(const batch_settings *settings, batch_objects *objects) {
  char text[64];
  const bool named = settings->kind->writes || settings->kind == &batch_compare;
  const char *template = settings->name != NULL ? settings->name
                         : named                ? default_template(settings, text, sizeof text)
                                                : NULL;
  int code = settings->name != NULL ? check_template(settings->name) : CLI_OK;
  for (size_t i = 0; !named && i < objects->count; i++) { /* a list may say one for another use of it */
    free(objects->items[i].output);
    objects->items[i].output = NULL;
  }
  for (size_t i = 0; named && code == CLI_OK && i < objects->count; i++) {
    code = name_object(settings, template, &objects->items[i]);
  }
  for (size_t i = 0; code == CLI_OK && i < objects->count; i++) {
    code = refuse_bytes(&objects->items[i]);
  }
  if (code == CLI_OK && settings->force && settings->kind->writes) {
    code = check_inputs(settings, objects);
  }
  return code == CLI_OK ? check_names(settings, objects) : code;
}
