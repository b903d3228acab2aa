/* SPDX-License-Identifier: Apache-2.0 */
/* dcmqi.h - what the three command lines of dcmqi (docs/dcmqi.md) share: options of every program of its kind, lists
 * with commas, exit codes, and the XML by which 3D Slicer learns its options. */
#ifndef DSEG_TOOLS_DCMQI_DCMQI_H
#define DSEG_TOOLS_DCMQI_DCMQI_H

#include "convert/convert.h"

/* Options of all programs that follow 3D Slicer's execution model; their ids are above those of a program's own. */
enum { DCMQI_VERBOSE = 100, DCMQI_XML, DCMQI_ECHO, DCMQI_PROCESS, DCMQI_RETURN };

#define DCMQI_COMMON_OPTIONS                                                                              \
  {DCMQI_VERBOSE, "verbose", NULL, false, NULL, "Say what was written."},                                 \
      {DCMQI_XML, "xml", NULL, false, "For programs that call this one", "Describe the options as XML."}, \
      {DCMQI_ECHO, "echo", NULL, false, NULL, "Show the command line."},                                  \
      {DCMQI_PROCESS, "processinformationaddress", "ADDRESS", false, NULL, "Accepted, without effect."},  \
      {DCMQI_RETURN, "returnparameterfile", "FILE", false, NULL, "Accepted, without effect."}, {          \
    0, NULL, NULL, false, NULL, NULL                                                                      \
  }

/* The command line as far as it is the same for all three. */
typedef struct dcmqi_common {
  const cli_command *command;
  bool verbose;
  bool stop; /* nothing is left to do: --xml */
} dcmqi_common;

/* Takes one of the common options. */
void dcmqi_take_common(dcmqi_common *common, int id, int argc, char **argv);

/* Appends the parts of text between commas to list, which grows. The parts live in text, which is cut. False when
 * out of memory. */
bool dcmqi_split(char *text, const char ***list, size_t *count);

/* The argument that cli_next returned last, to be cut. */
char *dcmqi_value(const cli_args *args);

/* Prints that a required option is missing, or an argument that is no option; CLI_OK if neither. required: names of
 * options and their values, ending with NULL. */
int dcmqi_check(const cli_args *args, const char *const *required);

/* dcmqi's programs end with 0 or 1. */
int dcmqi_exit_code(int exit_code);

/* A conversion, as one of the command lines asks for it. */
typedef struct dcmqi_request {
  dcmqi_common common;
  const char *const *inputs;
  size_t input_count;
  bool from_dicom;      /* the one input has to be a DICOM object */
  const char *output;   /* files that exist are replaced */
  const char *metadata; /* JSON to write; NULL: none */
  dseg_convert_options options;
} dcmqi_request;

/* Converts, and says what was written when --verbose asks for it. Returns an exit code of dseg. */
int dcmqi_convert(dcmqi_request *request);

/* xml.c: the options of a command in the form of 3D Slicer's execution model, on stdout. */
void dcmqi_show_xml(const cli_command *command);

#endif
