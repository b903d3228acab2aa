/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - the dseg program: picks the subcommand, by its first argument or by the name it was called by. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/guard.h"
#include "dseg/io.h"
#include "dseg/proposals.h"
#include "os/os.h"

/* What subcommands find in the registry, apart from what is built in. */
static int register_plugins(void) {
  dseg_error error = {0};
  dseg_status status = dseg_register_proposals(&error);
  if (status == DSEG_OK) {
    status = dseg_load_plugins(cli_plugin_directories(), &error);
  }
  return status == DSEG_OK ? CLI_OK : cli_fail(NULL, status, &error);
}

static int run_command(const cli_command *command, int argc, char **argv) {
  const int registered = register_plugins();
  if (registered != CLI_OK && command != &cmd_codecs) { /* which lists what there is all the same */
    return registered;
  }
  const int exit_code = command->run(argc, argv);
  return exit_code != CLI_OK ? exit_code : registered;
}

/* dcmqi's programs are links to this one. */
static const cli_command *command_called_by(const char *path) {
  return cli_find_command(os_path_name(path));
}

static int run(int argc, char **argv) {
  const cli_command *called = argc > 0 ? command_called_by(argv[0]) : NULL;
  if (called != NULL) {
    return run_command(called, argc, argv);
  }
  if (argc < 2) {
    fputs("Usage: dseg SUBCOMMAND [options]\nSee dseg --help.\n", stderr);
    return CLI_USAGE;
  }
  const char *name = argv[1];
  if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
    cli_show_overview();
    return CLI_OK;
  }
  if (strcmp(name, "--version") == 0) {
    cli_show_version();
    return CLI_OK;
  }
  const cli_command *command = cli_find_command(name);
  if (command == NULL) {
    return cli_unknown_command(name);
  }
  return run_command(command, argc - 1, argv + 1);
}

/* From the handler of a signal. */
static void clean(void) {
  dseg_output_remove_temporaries();
  cli_remove_guarded();
}

int main(int argc, char **argv) {
  if (os_start(&argc, &argv) != 0) {
    cli_error(NULL, "out of memory for the arguments");
    return CLI_INPUT;
  }
  os_raise_file_limit(); /* files of a set stay open until all are complete */
  os_clean_at_signals(clean);
  const int exit_code = run(argc, argv);
  if (fflush(stdout) != 0 || ferror(stdout)) {
    cli_error(NULL, "standard output cannot be written");
    return CLI_OUTPUT;
  }
  return exit_code;
}
