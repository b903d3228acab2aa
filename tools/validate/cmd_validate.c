/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_validate.c - `dseg validate`: whether files keep the rules of the segmentation IOD. */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/inputs.h"
#include "cli/json_out.h"
#include "cli/streams.h"
#include "cli/text_out.h"
#include "validate/validate.h"

enum { OPTION_JSON, OPTION_RULES, OPTION_CODES, OPTION_ALL, OPTION_THREADS };

const cli_option validate_options_table[] = {
    {OPTION_RULES, "rules", NULL, false, "Rules", "List all rules with their sections, and check nothing."},
    {OPTION_CODES, "codes", NULL, false, NULL,
     "Review the codes of segments, too: meanings, sides and Tracking UIDs. A note says how many codes could not be "
     "verified, and against which edition."},
    {OPTION_ALL, "all", NULL, false, "Output", "Every finding, not only the first 10 of a rule."},
    {OPTION_JSON, "json", NULL, false, NULL, "As JSON: an object, or an array of them for several files."},
    {OPTION_THREADS, "threads", "N", false, "Work", "At most N threads; one for each processor otherwise."},
    {0, NULL, NULL, false, NULL, NULL}};

static int run(int argc, char **argv);

const cli_command cmd_validate = {"validate",
                                  "Check DICOM segmentations against the rules of their IOD.",
                                  "FILE... [options]",
                                  "Findings go to stdout, one a line:\n"
                                  "  file: error|warning: rule: where: what (section of the standard)\n"
                                  "Exit code 0: no errors; 1: at least one; 3: a file cannot be checked.\n"
                                  "FILE - is standard input; a directory stands for the DICOM segmentations that\n"
                                  "lie directly in it.",
                                  validate_options_table,
                                  run};

struct output {
  const char *file;
  json_out *json; /* NULL: text */
};

static void show_finding(void *user, const dseg_finding *finding) {
  const struct output *output = user;
  const dseg_rule *rule = finding->rule;
  if (output->json == NULL) {
    cli_print("%s: %s: %s: %s%s%s (%s)\n", output->file, dseg_severity_text(rule->severity), rule->id, finding->path,
              *finding->path != '\0' ? ": " : "", finding->message, rule->section);
    return;
  }
  json_begin_object(output->json, NULL);
  json_put_string(output->json, "rule", rule->id);
  json_put_string(output->json, "severity", dseg_severity_text(rule->severity));
  json_put_string(output->json, "path", finding->path);
  json_put_string(output->json, "message", finding->message);
  json_put_string(output->json, "section", rule->section);
  json_put_unsigned(output->json, "count", finding->count);
  json_end(output->json);
}

static dseg_status validate(const char *path, const dseg_validate_options *options, dseg_validation *result,
                            dseg_error *error) {
  if (path != cli_standard_input) {
    return dseg_validate(path, options, result, error);
  }
  dseg_input *input = NULL;
  *result = (dseg_validation){0};
  DSEG_TRY(cli_open_input(path, &input, error));
  const dseg_status status = dseg_validate_input(input, options, result, error);
  dseg_input_close(input);
  return status;
}

static int check_file(const char *path, const dseg_validate_options *settings, json_out *json) {
  struct output output = {.file = path, .json = json};
  dseg_validate_options options = *settings;
  dseg_validation result;
  dseg_error error = {0};
  options.found = show_finding;
  options.user = &output;
  options.notes = cli_note_sink(&path);
  if (json != NULL) {
    json_begin_object(json, NULL);
    json_put_string(json, "file", path);
    json_begin_array(json, "findings");
  }
  const dseg_status status = validate(path, &options, &result, &error);
  if (json != NULL) {
    json_end(json);
    json_put_bool(json, "checked", status == DSEG_OK);
    json_put_bool(json, "valid", status == DSEG_OK && result.errors == 0);
    json_put_bool(json, "pixels_checked", result.pixels_checked);
    json_put_unsigned(json, "errors", result.errors);
    json_put_unsigned(json, "warnings", result.warnings);
    json_put_string(json, "failure", status == DSEG_OK ? NULL : error.message);
    json_end(json);
  }
  if (status != DSEG_OK) {
    return cli_fail(path, status, &error);
  }
  return result.errors == 0 ? CLI_OK : CLI_NEGATIVE;
}

static int check_files(const cli_inputs *inputs, const dseg_validate_options *settings, bool as_json) {
  json_out json = {.stream = stdout};
  int exit_code = CLI_OK;
  if (as_json && inputs->count > 1) {
    json_begin_array(&json, NULL);
  }
  for (size_t i = 0; i < inputs->count; i++) {
    const int outcome = check_file(inputs->names[i], settings, as_json ? &json : NULL);
    exit_code = outcome > exit_code ? outcome : exit_code;
  }
  if (as_json && inputs->count > 1) {
    json_end(&json);
  }
  return exit_code;
}

static void show_rules(bool as_json) {
  json_out json = {.stream = stdout};
  const dseg_rule *rule;
  if (as_json) {
    json_begin_array(&json, NULL);
  }
  for (size_t i = 0; (rule = dseg_rule_at(i)) != NULL; i++) {
    if (!as_json) {
      cli_print("%-29s %-7s  %s (%s)\n", rule->id, dseg_severity_text(rule->severity), rule->text, rule->section);
      continue;
    }
    json_begin_object(&json, NULL);
    json_put_string(&json, "rule", rule->id);
    json_put_string(&json, "severity", dseg_severity_text(rule->severity));
    json_put_string(&json, "section", rule->section);
    json_put_string(&json, "text", rule->text);
    json_end(&json);
  }
  if (as_json) {
    json_end(&json);
  }
}

bool validate_take(const cli_args *args, int id, validate_request *request) {
  switch (id) {
    case OPTION_JSON: request->json = true; return true;
    case OPTION_RULES: request->rules = true; return true;
    case OPTION_CODES: request->options.codes = true; return true;
    case OPTION_ALL: request->options.findings_per_rule = SIZE_MAX; return true;
    default: return cli_unsigned(args, 0, 1024, &request->options.threads);
  }
}

static int run(int argc, char **argv) {
  validate_request request = {
      .options = {.struct_size = sizeof(dseg_validate_options), .temporary_directory = cli_temporary_directory()}};
  cli_args args;
  cli_args_begin(&args, &cmd_validate, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    if (id == CLI_STOP) {
      return args.exit_code;
    }
    if (!validate_take(&args, id, &request)) {
      return CLI_USAGE;
    }
  }
  request.options.memory_limit = cli_memory_limit();
  if (request.rules) {
    show_rules(request.json);
    return CLI_OK;
  }
  if (args.name_count == 0) {
    return cli_usage_error(&cmd_validate, "no FILE");
  }
  if (!cli_take_standard_input(&cmd_validate, args.names, args.name_count)) {
    return CLI_USAGE;
  }
  cli_inputs inputs;
  int exit_code = cli_inputs_find(args.names, (size_t)args.name_count, CLI_DICOM_ONLY, &inputs);
  if (exit_code == CLI_OK) {
    exit_code = check_files(&inputs, &request.options, request.json);
  }
  cli_inputs_end(&inputs);
  return exit_code;
}
