/* SPDX-License-Identifier: Apache-2.0 */
/* args.c - walks over a subcommand's arguments and reads the values of its options. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/suggest.h"

enum { NAME = -3 /* an argument that is not an option */, NO_MEMORY_OPTION = -4 };

static int step(cli_args *args);

/* How many arguments would be neither options nor their values. */
static int count_names(const cli_args *args) {
  cli_args trial = *args;
  trial.quiet = true;
  int count = 0;
  for (int id = step(&trial); id != CLI_END && id != CLI_STOP; id = step(&trial)) {
    count += id == NAME;
  }
  return count;
}

void cli_args_begin(cli_args *args, const cli_command *command, int argc, char **argv) {
  *args = (cli_args){.command = command, .argv = argv, .argc = argc, .position = 1, .greedy = true};
  args->names = (const char **)argv; /* a name is stored at or before its own place */
  args->greedy = count_names(args) > 0;
}

static int stop(cli_args *args, int exit_code) {
  args->exit_code = exit_code;
  return CLI_STOP;
}

static bool looks_like_option(const char *argument) {
  return argument[0] == '-' && argument[1] != '\0';
}

static const cli_option *find_option(const cli_command *command, const char *name, size_t length) {
  for (const cli_option *option = command->options; option != NULL && option->name != NULL; option++) {
    if (strlen(option->name) == length && strncmp(option->name, name, length) == 0) {
      return option;
    }
  }
  return NULL;
}

static uint64_t memory_limit; /* of the process */

uint64_t cli_memory_limit(void) {
  return memory_limit;
}

/* Bytes, or with K, M, G or T units of 2^10, 2^20, 2^30 or 2^40 of them; "B" and "iB" may follow. */
static bool parse_size(const char *text, uint64_t *size) {
  static const char units[] = "KMGT";
  char *end = NULL;
  errno = 0;
  const double number = strtod(text, &end);
  if (end == text || errno != 0 || !(number > 0)) {
    return false;
  }
  const char *unit = *end != '\0' ? strchr(units, toupper((unsigned char)*end)) : NULL;
  const double bytes = unit != NULL ? ldexp(number, 10 * (int)(unit - units + 1)) : number;
  end += unit != NULL ? 1 : 0;
  if (unit != NULL && end[0] == 'i' && end[1] == 'B') {
    end++;
  }
  end += *end == 'B' ? 1 : 0;
  if (*end != '\0' || bytes < 1 || bytes >= 9e18) {
    return false;
  }
  *size = (uint64_t)bytes;
  return true;
}

/* The option that every subcommand has. */
static int take_memory(cli_args *args, const char *argument) {
  static const char name[] = "--memory";
  const size_t length = sizeof name - 1;
  if (strncmp(argument, name, length) != 0 || (argument[length] != '=' && argument[length] != '\0')) {
    return NO_MEMORY_OPTION;
  }
  const char *value = argument[length] == '=' ? argument + length + 1 : NULL;
  if (value == NULL && args->position < args->argc) {
    value = args->argv[args->position++];
  }
  if (value == NULL || !parse_size(value, &memory_limit)) {
    return stop(args, args->quiet ? CLI_USAGE
                                  : cli_usage_error(args->command, "--memory: \"%s\" is no size such as 500M or 16G",
                                                    value != NULL ? value : ""));
  }
  return step(args);
}

static int report_unknown(const cli_command *command, const char *argument) {
  const char *word = argument + strspn(argument, "-");
  cli_suggestion suggestion = cli_suggest(word, strcspn(word, "="));
  for (const cli_option *option = command->options; option != NULL && option->name != NULL; option++) {
    cli_suggest_name(&suggestion, option->name);
  }
  cli_suggest_name(&suggestion, "help");
  cli_suggest_name(&suggestion, "memory");
  cli_suggest_name(&suggestion, "version");
  return cli_usage_error(command, "unknown option %s%s", argument, cli_did_you_mean(&suggestion, "--"));
}

static int take_option(cli_args *args, const char *argument) {
  if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
    if (!args->quiet) {
      cli_show_help(args->command);
    }
    return stop(args, CLI_OK);
  }
  if (strcmp(argument, "--version") == 0) {
    if (!args->quiet) {
      cli_show_version();
    }
    return stop(args, CLI_OK);
  }
  const int memory = take_memory(args, argument);
  if (memory != NO_MEMORY_OPTION) {
    return memory;
  }
  const size_t length = strcspn(argument, "=");
  const bool is_long = strncmp(argument, "--", 2) == 0;
  const cli_option *option = NULL;
  if (is_long && length > 3) {
    option = find_option(args->command, argument + 2, length - 2);
  } else if (!is_long && strlen(argument) == 2) {
    option = find_option(args->command, argument + 1, 1);
  }
  if (option == NULL) {
    return stop(args, args->quiet ? CLI_USAGE : report_unknown(args->command, argument));
  }
  args->option = option;
  const char *attached = argument[length] == '=' ? argument + length + 1 : NULL;
  if ((option->argument == NULL) != (attached == NULL) && option->argument == NULL) {
    return stop(args, args->quiet ? CLI_USAGE : cli_usage_error(args->command, "--%s takes no value", option->name));
  }
  args->value = attached;
  if (option->argument != NULL && attached == NULL) {
    if (args->position >= args->argc) {
      return stop(args, args->quiet ? CLI_USAGE
                                    : cli_usage_error(args->command, "--%s needs a value (%s)", option->name,
                                                      option->argument));
    }
    args->value = args->argv[args->position++];
    args->in_list = option->list && args->greedy;
  }
  return option->id;
}

/* Looks at one argument: an option's id, NAME with the argument in value, CLI_END or CLI_STOP. */
static int step(cli_args *args) {
  if (args->position >= args->argc) {
    return CLI_END;
  }
  const char *argument = args->argv[args->position++];
  if (!args->only_names && strcmp(argument, "--") == 0) {
    args->only_names = true;
    args->in_list = false;
    return step(args);
  }
  if (!args->only_names && looks_like_option(argument)) {
    args->in_list = false;
    return take_option(args, argument);
  }
  args->value = argument;
  return args->in_list ? args->option->id : NAME;
}

int cli_next(cli_args *args) {
  int id = step(args);
  while (id == NAME) {
    args->names[args->name_count++] = args->value;
    id = step(args);
  }
  return id;
}

bool cli_integer(const cli_args *args, int64_t minimum, int64_t maximum, int64_t *number) {
  char *end = NULL;
  errno = 0;
  const long long value = strtoll(args->value, &end, 10);
  if (errno != 0 || end == args->value || *end != '\0' || value < minimum || value > maximum) {
    cli_usage_error(args->command, "--%s: \"%s\" is not a whole number from %lld to %lld", args->option->name,
                    args->value, (long long)minimum, (long long)maximum);
    return false;
  }
  *number = value;
  return true;
}

bool cli_option_value(const cli_args *args, dseg_option_value *option) {
  char *text = args->argv[args->position - 1];
  text += strlen(text) - strlen(args->value); /* "--option=KEY=VALUE" */
  char *equals = strchr(text, '=');
  char *end = NULL;
  const long long number = equals != NULL ? strtoll(equals + 1, &end, 10) : 0;
  if (equals == NULL || end == equals + 1 || *end != '\0') {
    cli_usage_error(args->command, "--option: \"%s\" is not KEY=VALUE with a whole number", text);
    return false;
  }
  *equals = '\0';
  *option = (dseg_option_value){text, number};
  return true;
}

bool cli_unsigned(const cli_args *args, unsigned minimum, unsigned maximum, unsigned *number) {
  int64_t value = 0;
  if (!cli_integer(args, minimum, maximum, &value)) {
    return false;
  }
  *number = (unsigned)value;
  return true;
}

static bool parse_number(const char **text, uint64_t *number) {
  if (**text < '0' || **text > '9') {
    return false;
  }
  char *end = NULL;
  errno = 0;
  *number = strtoull(*text, &end, 10);
  *text = end;
  return errno == 0;
}

bool cli_range(const char *text, uint64_t *first, uint64_t *last) {
  if (!parse_number(&text, first)) {
    return false;
  }
  *last = *first;
  if (*text == '-') {
    text++;
    if (!parse_number(&text, last)) {
      return false;
    }
  }
  return *text == '\0' && *last >= *first;
}

bool cli_real(const cli_args *args, double minimum, double maximum, double *number) {
  char *end = NULL;
  const double value = strtod(args->value, &end);
  if (end == args->value || *end != '\0' || !isfinite(value) || value < minimum || value > maximum) {
    cli_usage_error(args->command, "--%s: \"%s\" is not a number from %g to %g", args->option->name, args->value,
                    minimum, maximum);
    return false;
  }
  *number = value;
  return true;
}

bool cli_choice(const cli_args *args, const char *const *names, int *index) {
  cli_suggestion suggestion = cli_suggest(args->value, strlen(args->value));
  for (int i = 0; names[i] != NULL; i++) {
    cli_suggest_name(&suggestion, names[i]);
    if (strcmp(names[i], args->value) == 0) {
      *index = i;
      return true;
    }
  }
  cli_usage_error(args->command, "--%s: \"%s\" is none of %s%s", args->option->name, args->value,
                  args->option->argument, cli_did_you_mean(&suggestion, ""));
  return false;
}
