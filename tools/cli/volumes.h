/* SPDX-License-Identifier: Apache-2.0 */
/* volumes.h - options about volumes that several subcommands have: which one of a file, and how far voxels are apart.
 */
#ifndef DSEG_TOOLS_CLI_VOLUMES_H
#define DSEG_TOOLS_CLI_VOLUMES_H

#include "cli/cli.h"

#define CLI_VOLUME_HELP                                                                                             \
  "Of a file with several volumes this one, counted from 1; all: each is a layer of segments, whatever the header " \
  "calls them. Otherwise points in time, colours and components of vectors are refused."
#define CLI_SPACING_HELP \
  "Millimetres from voxel to voxel along rows, columns and from plane to plane, where the input does not say it."

#define CLI_INSTANCES_HELP                                                                                           \
  "Every value of a volume but the background is an instance, a number of an object, and no segment. DICOM objects " \
  "know themselves."

/* What the options say, for the members of these names in options of the library. Starts as zeros. */
typedef struct cli_volume_choice {
  bool all_volumes;
  size_t volume;
  double spacing[3];
} cli_volume_choice;

/* The value of --volume or --spacing; false after a message. */
bool cli_take_volume(const cli_args *args, cli_volume_choice *choice);
bool cli_take_spacing(const cli_args *args, cli_volume_choice *choice);

/* A value of voxels, a number or nan, and where it ends. */
bool cli_read_value(const char *text, char **end, double *value);

#endif
