/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h - what the subcommands of the dseg program share: options and their help, messages, exit codes, progress.
 *
 * A subcommand is one file cmd_NAME.c with one const cli_command, listed in commands.h. Its run function walks over
 * its arguments like this:
 *
 *     cli_args args;
 *     cli_args_begin(&args, &cli_command_info, argc, argv);
 *     for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
 *       switch (id) {
 *         case OPTION_THREADS: if (!cli_unsigned(&args, 0, 1024, &threads)) return CLI_USAGE; break;
 *         case CLI_STOP: return args.exit_code;   // help was shown, or a mistake was reported
 *       }
 *     }
 *     // args.names[0 .. args.name_count) are the arguments that are not options
 *
 * Messages go to stderr as "file: severity: what"; results go to stdout. */
#ifndef DSEG_TOOLS_CLI_CLI_H
#define DSEG_TOOLS_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dseg/plugin.h"
#include "dseg/status.h"

/* Exit codes of the program. */
enum {
  CLI_OK = 0,
  CLI_NEGATIVE = 1, /* the answer is no: differs, not valid */
  CLI_USAGE = 2,    /* the command line is wrong */
  CLI_INPUT = 3,    /* an input cannot be used for this */
  CLI_OUTPUT = 4    /* the output cannot be written */
};

/* One option; a table of them ends with a name of NULL. --help, -h, --version and --memory are always there. Members
 * are in the order in which tables read well. */
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding)
typedef struct cli_option {
  int id;               /* what cli_next returns: 0 or more */
  const char *name;     /* without the dashes; of one letter: a short option, -x */
  const char *argument; /* placeholder of its value in help; NULL: takes none */
  bool list;            /* takes all values up to the next option; "--name=VALUE" takes one */
  const char *group;    /* heading under which help shows it from here on; NULL: that of the option before */
  const char *help;     /* wrapped by help */
} cli_option;

typedef struct cli_command {
  const char *name;
  const char *summary;   /* one line */
  const char *arguments; /* "INPUT... OUTPUT [options]" */
  const char *details;   /* paragraphs shown below the usage, wrapped by hand at 80 columns; may be NULL */
  const cli_option *options;
  int (*run)(int argc, char **argv); /* argv[0] is the subcommand's name; returns an exit code */
} cli_command;

/* The options that every subcommand has, with one wording for all. */
extern const cli_option cli_general_options[];

/* What the program is, in one line, and what its exit codes mean. */
extern const char cli_program_summary[];
extern const char cli_exit_codes[];

/* Returned by cli_next. */
enum { CLI_END = -1, CLI_STOP = -2 };

/* A walk over the arguments. Public members: value, names, name_count, exit_code. */
typedef struct cli_args {
  const cli_command *command;
  char **argv;
  int argc;
  int position;             /* of the next argument to look at */
  const cli_option *option; /* the one returned last */
  bool in_list;             /* option is a list that may go on */
  bool greedy;              /* lists go on up to the next option */
  bool quiet;               /* a trial walk: no messages */
  bool only_names;          /* after "--" */
  const char *value;        /* of the option returned last; NULL when it takes none */
  const char **names;       /* arguments that are not options, in order: argv is reused for them */
  int name_count;
  int exit_code; /* after CLI_STOP */
} cli_args;

/* Lists ("--reference DIR|FILE...") go on up to the next option, unless that would leave no other argument at all:
 * then each takes one value, so that "--reference DIR INPUT OUTPUT" means what it looks like. */
void cli_args_begin(cli_args *args, const cli_command *command, int argc, char **argv);

/* The id of the next option (once for each value of a list), CLI_END, or CLI_STOP: return args->exit_code then. */
int cli_next(cli_args *args);

/* What --memory, which every subcommand has, says: for the memory_limit of options of the library. 0: not given, which
 * is the library's standard. */
uint64_t cli_memory_limit(void);

/* The value of the option returned last, as a number within limits; otherwise false after a message. */
bool cli_integer(const cli_args *args, int64_t minimum, int64_t maximum, int64_t *number);
bool cli_unsigned(const cli_args *args, unsigned minimum, unsigned maximum, unsigned *number);
/* KEY=VALUE with a whole number; the name points into argv, cut at the equals sign. */
bool cli_option_value(const cli_args *args, dseg_option_value *option);
/* "A-B" or "A", whole numbers with A <= B. */
bool cli_range(const char *text, uint64_t *first, uint64_t *last);
bool cli_real(const cli_args *args, double minimum, double maximum, double *number);
/* Index of the value in names (ending with NULL). */
bool cli_choice(const cli_args *args, const char *const *names, int *index);

/* A mistake on the command line: prints "dseg COMMAND: error: ..." and where help is; returns CLI_USAGE. */
int cli_usage_error(const cli_command *command, const char *format, ...) DSEG_PRINTF(2, 3);

/* Help of one subcommand on stdout. */
void cli_show_help(const cli_command *command);
/* Version of the program and its libraries on stdout. */
void cli_show_version(void);

/* "file: severity: what" on stderr; file NULL: the program's name. Clears the progress line. */
void cli_error(const char *file, const char *format, ...) DSEG_PRINTF(2, 3);
void cli_warning(const char *file, const char *format, ...) DSEG_PRINTF(2, 3);
void cli_note(const char *file, const char *format, ...) DSEG_PRINTF(2, 3);

/* In messages and progress, path is shown in the place of hidden, both the caller's; NULL: no longer. */
void cli_show_as(const char *hidden, const char *path);

/* Prints the message of a failed call and returns the exit code of its status: CLI_OUTPUT for DSEG_ERROR_OUTPUT,
 * CLI_USAGE for DSEG_ERROR_ARGUMENT, CLI_INPUT for everything else. A message that begins with the file's name does
 * not get it twice. */
int cli_fail(const char *file, dseg_status status, const dseg_error *error);

/* The message behind a leading "file: "; file may be NULL. */
const char *cli_without_file(const char *message, const char *file);

/* Prints warnings of the library for a file: a message once, and at most 20 different ones. Start with {file}. */
typedef struct cli_warnings {
  const char *file;
  unsigned count;      /* so far, with those not shown */
  uint64_t hashes[20]; /* of the messages shown */
} cli_warnings;
dseg_warning_sink cli_warning_sink(cli_warnings *warnings);
/* Shows each as a note; file is the name of what they are about, or NULL. */
dseg_warning_sink cli_note_sink(const char **file);
/* Says how many warnings were not shown, if any. */
void cli_warnings_end(const cli_warnings *warnings);

/* Progress on stderr, when it is a terminal. what stays the caller's and is shown in front. */
typedef struct cli_progress {
  const char *what;
  bool visible;
  int percent; /* shown last */
} cli_progress;
void cli_progress_begin(cli_progress *progress, const char *what);
void cli_progress_show(cli_progress *progress, unsigned long long done, unsigned long long total);
void cli_progress_end(cli_progress *progress);
/* To hand to the library; progress must outlive it. */
dseg_progress cli_progress_sink(cli_progress *progress);

/* Shows a line on a terminal, standard error, in the place of the one before; the next message clears it. */
void cli_status(const char *text);

/* An array with room for one more item of size bytes behind count of them; *room is how many it has room for. NULL when
 * out of memory: then it is as it was. */
void *cli_grow(void *items, size_t count, size_t *room, size_t size);

#endif
