/* SPDX-License-Identifier: Apache-2.0 */
/* do_queries.c - `dseg batch --do validate`, info and compare, which write nothing but their lines. */
#include <stdlib.h>
#include <string.h>

#include "batch/batch.h"
#include "cli/environment.h"

static int check_nothing(const cli_command *command, batch_settings *settings) {
  (void)command, (void)settings;
  return CLI_OK;
}

static dseg_warning_sink notes_of(batch_task *task) {
  return (dseg_warning_sink){batch_note, &task->warnings};
}

/* validate: how often each rule found something, and what at first. */
typedef struct finding {
  const dseg_rule *rule;
  size_t count;
  char *path, *message;
} finding;

typedef struct findings {
  finding *items;
  size_t count, room;
  dseg_validation result;
} findings;

static bool take_validate(const cli_args *args, int id, batch_settings *settings) {
  return validate_take(args, id, &settings->validate);
}

static void add_finding(void *user, const dseg_finding *found) {
  findings *all = user;
  size_t i = 0;
  while (i < all->count && all->items[i].rule != found->rule) {
    i++;
  }
  if (i == all->count) {
    finding *items = cli_grow(all->items, all->count, &all->room, sizeof *items);
    if (items == NULL) { /* the counts say that there are more */
      return;
    }
    all->items = items;
    items[all->count++] = (finding){.rule = found->rule,
                                    .path = batch_copy(found->path, strlen(found->path)),
                                    .message = batch_copy(found->message, strlen(found->message))};
  }
  all->items[i].count += found->count;
}

static dseg_status validate(batch_task *task, dseg_error *error) {
  const batch_settings *settings = task->run->settings;
  findings *all = calloc(1, sizeof *all);
  if (all == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  task->found = all;
  dseg_validate_options options = settings->validate.options;
  options.struct_size = sizeof options;
  options.found = add_finding;
  options.user = all;
  options.notes = notes_of(task);
  options.memory_limit = settings->memory;
  options.threads = 1;
  options.temporary_directory = cli_temporary_directory();
  DSEG_TRY(dseg_validate(task->object->path, &options, &all->result, error));
  task->negative = all->result.errors > 0 ? CLI_NEGATIVE : CLI_OK;
  return DSEG_OK;
}

static void tell_findings(const batch_task *task, json_out *json) {
  const findings *all = task->found;
  json_put_bool(json, "valid", all->result.errors == 0);
  json_put_bool(json, "pixels_checked", all->result.pixels_checked);
  json_put_unsigned(json, "errors", all->result.errors);
  json_put_unsigned(json, "rule_warnings", all->result.warnings);
  json_begin_array(json, "findings");
  for (size_t i = 0; i < all->count; i++) {
    json_begin_object(json, NULL);
    json_put_string(json, "rule", all->items[i].rule->id);
    json_put_string(json, "severity", dseg_severity_text(all->items[i].rule->severity));
    json_put_unsigned(json, "count", all->items[i].count);
    json_put_string(json, "path", all->items[i].path);
    json_put_string(json, "message", all->items[i].message);
    json_end(json);
  }
  json_end(json);
}

static void end_findings(batch_task *task) {
  findings *all = task->found;
  for (size_t i = 0; all != NULL && i < all->count; i++) {
    free(all->items[i].path);
    free(all->items[i].message);
  }
  if (all != NULL) {
    free(all->items);
  }
  free(all);
}

const batch_kind batch_validate = {.name = "validate",
                                   .options = validate_options_table,
                                   .take = take_validate,
                                   .check = check_nothing,
                                   .work = validate,
                                   .tell = tell_findings,
                                   .end = end_findings};

/* info */
static bool take_info(const cli_args *args, int id, batch_settings *settings) {
  return info_take(args, id, &settings->info);
}

static dseg_status info(batch_task *task, dseg_error *error) {
  info_request request = task->run->settings->info;
  const dseg_open_options options = {.struct_size = sizeof options,
                                     .warnings = notes_of(task),
                                     .memory_limit = task->run->settings->memory,
                                     .notes = notes_of(task)};
  info_file *file = calloc(1, sizeof *file);
  if (file == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  task->found = file;
  request.threads = 1;
  DSEG_TRY(info_open(task->object->path, &request, &options, file, error));
  return batch_look(task, file->source, error);
}

static void tell_info(const batch_task *task, json_out *json) {
  info_put_json(task->found, "info", json);
}

static void end_info(batch_task *task) {
  if (task->found != NULL) {
    info_close(task->found);
  }
  free(task->found);
}

const batch_kind batch_info = {.name = "info",
                               .options = info_options_table,
                               .volumes = true,
                               .take = take_info,
                               .check = check_nothing,
                               .work = info,
                               .tell = tell_info,
                               .end = end_info};

/* compare: the input with the file of its name in --to. */
static bool take_compare(const cli_args *args, int id, batch_settings *settings) {
  return compare_take(args, id, &settings->compare);
}

/* What --volume and --spacing say is for what is no DICOM object. */
static dseg_status open_side(batch_task *task, const char *path, dseg_source **source, dseg_error *error) {
  const cli_volume_choice *volume = &task->run->settings->compare.volume;
  dseg_open_options options = {.warnings = notes_of(task), .notes = notes_of(task)};
  if (!cli_is_dicom(path)) {
    options.instances = task->run->settings->compare.instances;
    options.all_volumes = volume->all_volumes;
    options.volume = volume->volume;
    memcpy(options.spacing, volume->spacing, sizeof options.spacing);
  }
  return batch_open(task, path, &options, source, error);
}

typedef struct comparing {
  compare_side sides[2];
  dseg_comparison *comparison;
} comparing;

static dseg_status compare(batch_task *task, dseg_error *error) {
  dseg_compare_options options = task->run->settings->compare.options;
  comparing *both = calloc(1, sizeof *both);
  if (both == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  task->found = both;
  options.struct_size = sizeof options;
  options.threads = 1;
  options.memory_limit = task->run->settings->memory;
  for (int i = 0; i < 2; i++) {
    both->sides[i].path = i == 0 ? task->object->path : task->object->output;
    DSEG_TRY(open_side(task, both->sides[i].path, &both->sides[i].source, error));
  }
  DSEG_TRY(batch_look(task, both->sides[0].source, error));
  DSEG_TRY(dseg_compare(both->sides[0].source, both->sides[1].source, &options, &both->comparison, error));
  task->negative = both->comparison->same ? CLI_OK : CLI_NEGATIVE;
  return DSEG_OK;
}

static void tell_comparison(const batch_task *task, json_out *json) {
  const comparing *both = task->found;
  json_put_bool(json, "same", both->comparison->same);
  json_begin_array(json, "differs");
  for (size_t bit = 0; dseg_aspect_name(bit) != NULL; bit++) {
    if ((both->comparison->differs >> bit & 1U) != 0) {
      json_put_string(json, NULL, dseg_aspect_name(bit));
    }
  }
  json_end(json);
}

static void end_comparison(batch_task *task) {
  comparing *both = task->found;
  if (both != NULL) {
    dseg_comparison_destroy(both->comparison);
    dseg_source_close(both->sides[0].source);
    dseg_source_close(both->sides[1].source);
  }
  free(both);
}

const batch_kind batch_compare = {.name = "compare",
                                  .options = compare_options_table,
                                  .volumes = true,
                                  .take = take_compare,
                                  .check = check_nothing,
                                  .work = compare,
                                  .tell = tell_comparison,
                                  .end = end_comparison};
