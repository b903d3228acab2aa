/* SPDX-License-Identifier: Apache-2.0 */
/* info.h - one file as `dseg info` shows it. */
#ifndef DSEG_TOOLS_INFO_INFO_H
#define DSEG_TOOLS_INFO_INFO_H

#include "cli/cli.h"
#include "cli/json_out.h"
#include "dseg/dseg.h"

typedef struct info_file {
  const char *path;
  const dseg_source *source;
  const dseg_description *description;
  const dseg_encoding_info *encoding; /* all zero unless DICOM */
  bool regular;                       /* grid is valid: the planes lie on one */
  dseg_grid grid;
} info_file;

void info_show_text(const info_file *file);
void info_put_json(const info_file *file, json_out *json);

/* Names for enums, as DICOM spells them where it does. */
const char *info_kind_name(dseg_voxel_kind kind);
const char *info_algorithm_name(dseg_algorithm_type type);
const char *info_space_name(dseg_space space);
/* The bytes of a DICOM file that are neither pixels nor per-frame functional groups. */
uint64_t info_other_bytes(const dseg_encoding_info *encoding);

#endif
