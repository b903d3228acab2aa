/* SPDX-License-Identifier: Apache-2.0 */
/* info.h - one file as `dseg info` shows it. */
#ifndef DSEG_TOOLS_INFO_INFO_H
#define DSEG_TOOLS_INFO_INFO_H

#include "cli/cli.h"
#include "cli/json_out.h"
#include "cli/text_out.h"
#include "cli/volumes.h"
#include "dseg/dseg.h"

/* What options say. */
typedef struct info_request {
  bool json, statistics;
  bool instances;    /* the values of volumes are */
  const char *table; /* of instances, which is written beside what is shown; NULL: none */
  bool force;        /* the table replaces a file */
  cli_volume_choice volume;
  unsigned threads;
} info_request;

extern const cli_option info_options_table[];

/* Takes the option that cli_next returned; false after a message. */
bool info_take(const cli_args *args, int id, info_request *request);

typedef struct info_file {
  const char *path;
  dseg_source *source;
  const dseg_description *description;
  const dseg_encoding_info *encoding; /* all zero unless DICOM */
  bool regular;                       /* grid is valid: the planes lie on one */
  dseg_grid grid;
  dseg_statistics *statistics;                   /* NULL: not asked for */
  size_t *instances_of;                          /* by segment; NULL: there are none */
  dseg_instance_statistics *instance_statistics; /* NULL: not asked for, or there are none */
} info_file;

/* Opens a file and looks at it as the request says; options are those of opening that the request does not have. Then
 * info_close, whatever the outcome. path stays the caller's. */
dseg_status info_open(const char *path, const info_request *request, const dseg_open_options *options, info_file *file,
                      dseg_error *error);
void info_close(info_file *file);

/* statistics.c: fills in file->statistics, and shows it: of the whole, and of the segment with this index. */
dseg_status info_read_statistics(info_file *file, unsigned threads, dseg_error *error);
void info_show_statistics(const info_file *file);
void info_put_statistics(const info_file *file, json_out *json);
void info_put_segment_statistics(const info_file *file, size_t index, json_out *json);

/* instances.c: counts those of each class, and measures them, where there are some. */
dseg_status info_count_instances(info_file *file, dseg_error *error);
dseg_status info_read_instance_statistics(info_file *file, unsigned threads, dseg_error *error);
void info_show_instances(const info_file *file);
void info_put_instances(const info_file *file, json_out *json);
/* A table of all of them, which were measured: text with a line for each. */
dseg_status info_write_instances(const info_file *file, const dseg_output *output, dseg_error *error);

void info_show_text(const info_file *file);
/* key: as of json_begin_object. */
void info_put_json(const info_file *file, const char *key, json_out *json);

/* Names for enums, as DICOM spells them where it does. */
const char *info_kind_name(dseg_voxel_kind kind);
const char *info_algorithm_name(dseg_algorithm_type type);
const char *info_space_name(dseg_space space);
/* The bytes of a DICOM file that are neither pixels nor per-frame functional groups. */
uint64_t info_other_bytes(const dseg_encoding_info *encoding);

#endif
