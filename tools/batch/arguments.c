/* SPDX-License-Identifier: Apache-2.0 */
/* arguments.c - the command line of `dseg batch`: options of its own, and those of the subcommand that --do names, from
 * the subcommand's own table. */
#include <stdlib.h>
#include <string.h>

#include "batch/batch.h"
#include "cli/commands.h"
#include "cli/suggest.h"
#include "os/files.h"
#include "os/os.h"

enum {
  OPTION_TO,
  OPTION_DO,
  OPTION_LIST,
  OPTION_NULL,
  OPTION_NULL_SHORT,
  OPTION_FROM_REPORT,
  OPTION_NAME,
  OPTION_VERIFY,
  OPTION_DIGEST,
  OPTION_REPORT,
  OPTION_CHECKSUM,
  OPTION_RETRY_FAILED,
  OPTION_MAX_FAILURES,
  OPTION_FAIL_FAST,
  OPTION_JOBS,
  OPTION_FORCE,
  OPTION_JSON,
  OPTION_OWN = 1000 /* the first of the subcommand */
};

enum { MOST_JOBS = 1024, LEAST_MEMORY = 256 << 20 /* of a job */ };

const cli_option batch_options_table[] = {
    {OPTION_DO, "do", "transcode|convert|validate|info|compare|review", false, "What is done",
     "The subcommand; its options follow. compare compares each input with the file of its name in --to; review looks "
     "for what is wrong between the objects "
     "(docs/review.md)."},
    {OPTION_TO, "to", "DIR", false, NULL, "The directory of outputs, which is made where it is missing."},
    {OPTION_VERIFY, "verify", NULL, false, NULL,
     "Decode what was written, and compare voxels and attributes with the input; an output that differs is removed, "
     "and "
     "is a failure."},
    {OPTION_DIGEST, "digest", NULL, false, NULL, "Also report the SHA-256 of all voxels (docs/batch.md)."},
    {OPTION_LIST, "list", "FILE", false, "The inputs", "The same as @FILE; may be repeated."},
    {OPTION_NULL, "null", NULL, false, NULL, "Names in lists end with a NUL byte rather than a line break."},
    {OPTION_NULL_SHORT, "0", NULL, false, NULL, "The same."},
    {OPTION_FROM_REPORT, "from-report", "FILE", false, NULL, "The objects that failed in this report."},
    {OPTION_NAME, "name", "TEMPLATE", false, NULL,
     "Names of outputs in DIR, of {relative}, {directory}, {name}, {stem}, {SOPInstanceUID}, {SeriesInstanceUID} and "
     "{StudyInstanceUID}. Otherwise the tree of the inputs is kept. Two inputs with one name are refused before the "
     "work."},
    {OPTION_REPORT, "report", "FILE", false, "The report", "Its place; report.jsonl in --to otherwise."},
    {OPTION_CHECKSUM, "checksum", NULL, false, NULL,
     "Hash inputs: an object is done already when its SHA-256 is that of the report; otherwise its size and time are."},
    {OPTION_RETRY_FAILED, "retry-failed", NULL, false, NULL,
     "Also do again what failed according to the report, which stays failed otherwise."},
    {OPTION_MAX_FAILURES, "max-failures", "N", false, "The run", "Stop when N objects have failed."},
    {OPTION_FAIL_FAST, "fail-fast", NULL, false, NULL, "The same as --max-failures 1."},
    {OPTION_JOBS, "jobs", "N", false, NULL,
     "So many objects at once, each by one thread; one for each processor otherwise. --memory is divided among them, "
     "256M at least for each."},
    {OPTION_FORCE, "force", NULL, false, NULL,
     "Replace files that no earlier run wrote, once the new ones are complete."},
    {OPTION_JSON, "json", NULL, false, NULL, "Say on standard output what came of it, as JSON (docs/cli-json.md)."},
    {0, NULL, NULL, false, NULL, NULL}};

/* Options of subcommands that mean nothing here, or are a batch's own. */
static bool is_left_out(const char *name) {
  static const char *const names[] = {"force",   "threads",        "json",  "rules",         "uid-seed",
                                      "classes", "instance-table", "split", "concatenation", "write-metadata",
                                      NULL};
  size_t i = 0;
  while (names[i] != NULL && strcmp(names[i], name) != 0) {
    i++;
  }
  return names[i] != NULL;
}

static size_t count_options(const cli_option *options) {
  size_t count = 0;
  while (options[count].name != NULL) {
    count++;
  }
  return count;
}

/* A table of both; NULL: out of memory. */
static cli_option *join_tables(const cli_option *own) {
  const size_t count = count_options(batch_options_table);
  const size_t more = count_options(own);
  cli_option *joined = calloc(count + more + 1, sizeof *joined);
  if (joined == NULL) {
    return NULL;
  }
  memcpy(joined, batch_options_table, count * sizeof *joined);
  size_t at = count;
  const char *group = NULL;
  for (size_t i = 0; i < more; i++) {
    group = own[i].group != NULL ? own[i].group : group;
    if (!is_left_out(own[i].name)) {
      joined[at] = own[i];
      joined[at].id += OPTION_OWN;
      joined[at].group = group; /* the heading may have stood with one that is left out */
      group = NULL;
      at++;
    }
  }
  return joined;
}

/* The value of --do, wherever it stands; NULL: there is none. */
static const char *find_do(int argc, char **argv) {
  const char *found = NULL;
  for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
    if (strcmp(argv[i], "--do") == 0 && i + 1 < argc) {
      found = argv[i + 1];
    } else if (strncmp(argv[i], "--do=", 5) == 0) {
      found = argv[i] + 5;
    }
  }
  return found;
}

static const batch_kind *find_kind(const char *name) {
  cli_suggestion suggestion = cli_suggest(name, strlen(name));
  for (const batch_kind *const *kind = batch_kinds; *kind != NULL; kind++) {
    cli_suggest_name(&suggestion, (*kind)->name);
    if (strcmp((*kind)->name, name) == 0) {
      return *kind;
    }
  }
  cli_usage_error(&cmd_batch, "--do: \"%s\" is nothing that a batch does%s", name, cli_did_you_mean(&suggestion, ""));
  return NULL;
}

/* Appends text to what options say; false: out of memory. */
static bool append(batch_settings *settings, const char *text) {
  const size_t before = settings->options != NULL ? strlen(settings->options) : 0;
  const size_t size = strlen(text) + 1;
  char *more = realloc(settings->options, before + size);
  if (more != NULL) {
    memcpy(more + before, text, size);
    settings->options = more;
  }
  return more != NULL;
}

/* Appends a value, in which a blank has a backslash: two sets of options have two texts. */
static bool append_escaped(batch_settings *settings, const char *value) {
  bool good = true;
  for (; good && *value != '\0'; value++) {
    const char text[] = {*value, '\0'};
    good = ((*value != ' ' && *value != '\\') || append(settings, "\\")) && append(settings, text);
  }
  return good;
}

/* Whether a value names a file, not one of the words that the option takes, too. */
static bool is_file_name(const char *option, const char *value) {
  static const char *const files[] = {"reference", "names", "metadata", "grid"};
  static const char *const words[][2] = {
      {"names", "totalsegmentator"}, {"names", "freesurfer"}, {"grid", "tight"}, {"grid", "reference"}};
  bool is_file = false;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    is_file = is_file || strcmp(files[i], option) == 0;
  }
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    is_file = is_file && (strcmp(words[i][0], option) != 0 || strcmp(words[i][1], value) != 0);
  }
  return is_file && os_exists(value);
}

/* Files that options name count by what is in them, not by their names: another machine has them elsewhere. */
static int append_value(batch_settings *settings, const cli_args *args) {
  const bool is_file = settings->kind != &batch_review && is_file_name(args->option->name, args->value);
  char hash[65] = "";
  const int code = is_file ? batch_hash_tree(args->value, hash) : CLI_OK;
  if (code != CLI_OK) {
    return code;
  }
  const bool good = append(settings, is_file ? " sha256:" : " ") &&
                    (is_file ? append(settings, hash) : append_escaped(settings, args->value));
  return good ? CLI_OK : batch_fail_memory();
}

/* An option of the subcommand. */
static int take_own(const cli_args *args, int id, batch_settings *settings) {
  const batch_kind *kind = settings->kind;
  const bool counts = kind->counts != NULL ? kind->counts(id - OPTION_OWN) : strcmp(args->option->name, "sync") != 0;
  if (counts && (!append(settings, " --") || !append(settings, args->option->name))) {
    return batch_fail_memory();
  }
  const int code = counts && args->option->argument != NULL ? append_value(settings, args) : CLI_OK;
  if (code != CLI_OK) {
    return code;
  }
  return settings->kind->take(args, id - OPTION_OWN, settings) ? CLI_OK : CLI_USAGE;
}

/* False after a message. */
static bool take(const cli_args *args, int id, batch_settings *settings) {
  switch (id) {
    case OPTION_TO: settings->to = args->value; return true;
    case OPTION_LIST: settings->lists[settings->list_count++] = args->value; return true;
    case OPTION_NULL:
    case OPTION_NULL_SHORT: settings->null_lists = true; return true;
    case OPTION_FROM_REPORT: settings->from_report = args->value; return true;
    case OPTION_NAME: settings->name = args->value; return true;
    case OPTION_VERIFY: settings->verify = true; return true;
    case OPTION_DIGEST: settings->digest = true; return true;
    case OPTION_REPORT: settings->report = args->value; return true;
    case OPTION_CHECKSUM: settings->checksum = true; return true;
    case OPTION_RETRY_FAILED: settings->retry_failed = true; return true;
    case OPTION_MAX_FAILURES: return cli_unsigned(args, 1, 1000000000, &settings->most_failures);
    case OPTION_FAIL_FAST: settings->most_failures = 1; return true;
    case OPTION_JOBS: return cli_unsigned(args, 1, MOST_JOBS, &settings->jobs);
    case OPTION_FORCE: settings->force = true; return true;
    case OPTION_JSON: settings->json = true; return true;
    default: return true; /* OPTION_DO is known */
  }
}

/* So many jobs that each has some memory. */
static void divide_memory(batch_settings *settings) {
  const uint64_t all = cli_memory_limit();
  uint64_t jobs = settings->jobs != 0 ? settings->jobs : os_processors();
  const uint64_t most = all / LEAST_MEMORY;
  jobs = all != 0 && most < jobs ? most : jobs;
  jobs = jobs > 0 ? jobs : 1;
  settings->jobs = (unsigned)jobs;
  settings->memory = all / jobs;
}

static int check(const cli_command *command, const cli_args *args, batch_settings *settings) {
  const batch_kind *kind = settings->kind;
  const bool needs_place = kind->writes || kind == &batch_compare;
  if (args->name_count == 0 && settings->list_count == 0 && settings->from_report == NULL &&
      settings->review.also_count == 0) {
    return cli_usage_error(command, "no INPUT");
  }
  if (settings->to == NULL && (needs_place || settings->report == NULL)) {
    return cli_usage_error(command, "%s", needs_place ? "no --to" : "neither --to nor --report says where to report");
  }
  if (settings->verify && !kind->writes) {
    return cli_usage_error(command, "--verify: --do %s writes nothing", kind->name);
  }
  if (settings->name != NULL && !needs_place) {
    return cli_usage_error(command, "--name: --do %s writes nothing", kind->name);
  }
  if (settings->name != NULL && settings->from_report != NULL) {
    return cli_usage_error(command, "--name: what is done --from-report goes to where the report says");
  }
  settings->inputs = args->names;
  settings->input_count = (size_t)args->name_count;
  divide_memory(settings);
  return kind->check(command, settings);
}

static int parse(const cli_command *command, int argc, char **argv, batch_settings *settings) {
  cli_args args;
  cli_args_begin(&args, command, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    if (id == CLI_STOP) {
      settings->kind = args.exit_code == CLI_OK ? NULL : settings->kind;
      return args.exit_code;
    }
    const int code = id >= OPTION_OWN ? take_own(&args, id, settings) : take(&args, id, settings) ? CLI_OK : CLI_USAGE;
    if (code != CLI_OK) {
      return code;
    }
  }
  if (settings->kind == NULL) {
    return cli_usage_error(command, "no --do");
  }
  return check(command, &args, settings);
}

/* The report's place, and the hash of what options say. */
static int complete(batch_settings *settings) {
  batch_hash_text(settings->options, settings->options_sha256);
  if (settings->report == NULL) {
    static const char name[] = "/report.jsonl";
    const size_t length = os_directory_length(settings->to);
    char *path = malloc(length + sizeof name);
    if (path == NULL) {
      return batch_fail_memory();
    }
    memcpy(path, settings->to, length);
    memcpy(path + length, name, sizeof name);
    settings->report = path; /* until the process ends */
  }
  return CLI_OK;
}

/* No list can be longer than the command line. */
static bool make_lists(batch_settings *settings, size_t room) {
  settings->lists = calloc(room, sizeof *settings->lists);
  settings->transcode.values = calloc(room, sizeof *settings->transcode.values);
  settings->convert.references = calloc(room, sizeof *settings->convert.references);
  settings->review.references = calloc(room, sizeof *settings->review.references);
  settings->review.also = calloc(room, sizeof *settings->review.also);
  settings->convert.segments = calloc(room, sizeof *settings->convert.segments);
  settings->convert.encoding_options = calloc(room, sizeof *settings->convert.encoding_options);
  return settings->lists != NULL && settings->transcode.values != NULL && settings->convert.references != NULL &&
         settings->review.references != NULL && settings->review.also != NULL && settings->convert.segments != NULL &&
         settings->convert.encoding_options != NULL;
}

int batch_parse(int argc, char **argv, batch_settings *settings) {
  const char *what = find_do(argc, argv);
  *settings = (batch_settings){.kind = what != NULL ? find_kind(what) : NULL};
  if (what != NULL && settings->kind == NULL) {
    return CLI_USAGE;
  }
  if (!make_lists(settings, (size_t)argc + 1)) {
    return batch_fail_memory();
  }
  if (settings->kind == NULL) {
    return parse(&cmd_batch, argc, argv, settings);
  }
  if (settings->kind->prepare != NULL) {
    settings->kind->prepare(settings);
  }
  cli_command command = cmd_batch;
  cli_option *table = join_tables(settings->kind->options);
  if (table == NULL || !append(settings, settings->kind->name)) {
    free(table);
    return batch_fail_memory();
  }
  command.options = table;
  const int code = parse(&command, argc, argv, settings);
  free(table);
  return code == CLI_OK && settings->kind != NULL ? complete(settings) : code;
}

void batch_settings_end(batch_settings *settings) {
  free(settings->lists);
  free(settings->transcode.values);
  free(settings->convert.references);
  free(settings->review.references);
  free(settings->review.also);
  free(settings->convert.segments);
  free(settings->convert.encoding_options);
  free(settings->options);
}
