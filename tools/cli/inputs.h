/* SPDX-License-Identifier: Apache-2.0 */
/* inputs.h - inputs of a subcommand: a directory of masks stands for the files in it.
 *
 *     cli_inputs inputs;
 *     int code = cli_inputs_find(names, count, CLI_ANY_SEGMENTATION, &inputs);
 *     if (code == CLI_OK) {
 *       // inputs.names[0 .. inputs.count)
 *     }
 *     cli_inputs_end(&inputs);
 */
#ifndef DSEG_TOOLS_CLI_INPUTS_H
#define DSEG_TOOLS_CLI_INPUTS_H

#include "cli/cli.h"

typedef enum cli_input_kind {
  CLI_ANY_SEGMENTATION, /* DICOM segmentations, and volumes by their suffix */
  CLI_DICOM_ONLY
} cli_input_kind;

typedef struct cli_inputs {
  const char **names; /* the caller's, and those of directories */
  size_t count;
  size_t room;
  char **found; /* names that were made for files of directories */
  size_t found_count;
  size_t found_room;
} cli_inputs;

/* The names given, where each directory is replaced by the segmentations that lie directly in it, in the order of their
 * names. Hidden files and what is no segmentation are left out; a note counts DICOM images among them. An exit code
 * after a message where a directory holds no segmentation, or cannot be read. End inputs whatever the outcome. */
int cli_inputs_find(const char *const *names, size_t count, cli_input_kind kind, cli_inputs *inputs);
void cli_inputs_end(cli_inputs *inputs);

/* What a file is, told by its beginning, of volumes by its suffix. Of what cannot be opened nothing is known. */
typedef enum cli_file_kind { CLI_FILE_OTHER, CLI_FILE_SEGMENTATION, CLI_FILE_IMAGE, CLI_FILE_UNKNOWN } cli_file_kind;
cli_file_kind cli_kind_of(const char *path, cli_input_kind wanted);

/* Whether a file begins as a DICOM file does; of standard input it is not known, and false. */
bool cli_is_dicom(const char *name);

#endif
