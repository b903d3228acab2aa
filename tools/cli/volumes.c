/* SPDX-License-Identifier: Apache-2.0 */
/* volumes.c - options about volumes that several subcommands have: see volumes.h. */
#include "cli/volumes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool cli_read_value(const char *text, char **end, double *value) {
  *value = strtod(text, end);
  return *end != text && !isinf(*value);
}

bool cli_take_volume(const cli_args *args, cli_volume_choice *choice) {
  unsigned volume = 0;
  choice->all_volumes = strcmp(args->value, "all") == 0;
  if (!choice->all_volumes && !cli_unsigned(args, 1, INT32_MAX, &volume)) {
    return false;
  }
  choice->volume = volume;
  return true;
}

bool cli_take_spacing(const cli_args *args, cli_volume_choice *choice) {
  const char *text = args->value;
  char *end = NULL;
  for (int axis = 0; axis < 3; axis++) {
    double *spacing = &choice->spacing[axis];
    if (!cli_read_value(text, &end, spacing) || !(*spacing > 0) || *end != (axis < 2 ? ',' : '\0')) {
      cli_usage_error(args->command, "--spacing: \"%s\" is not X,Y,Z in millimetres, all above 0", args->value);
      return false;
    }
    text = end + 1;
  }
  return true;
}
