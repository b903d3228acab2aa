/* SPDX-License-Identifier: Apache-2.0 */
/* convert.h - what the parts of `dseg convert` share.
 *
 * A job goes from the source's planes and segments to those of the output: convert_prepare opens the inputs and
 * settles which segments, planes and numbers the output has; convert_to_dicom and convert_to_volume then fetch the
 * output's voxels through convert_read_labels and convert_read_mask, a few planes at a time, and write them. */
#ifndef DSEG_TOOLS_CONVERT_CONVERT_H
#define DSEG_TOOLS_CONVERT_CONVERT_H

#include "cli/streams.h"
#include "dseg/dseg.h"

typedef enum convert_grid {
  CONVERT_GRID_INPUT = 0, /* the planes of the input */
  CONVERT_GRID_TIGHT,     /* without empty planes at both ends */
  CONVERT_GRID_REFERENCE  /* those of the reference images */
} convert_grid;

typedef enum convert_numbering {
  CONVERT_NUMBERS_KEEP = 0, /* those of the input, unless the output cannot have them */
  CONVERT_NUMBERS_NEW,      /* 1, 2, 3, ... */
  CONVERT_NUMBERS_IN_TURN,  /* likewise: first the segments of the first file, in the metadata's order of files */
  CONVERT_NUMBERS_OF_FILES  /* exactly those that the files have, or it is an error */
} convert_numbering;

/* The command line. Lists are owned; strings are argv's. */
typedef struct convert_options {
  const char *const *inputs;
  size_t input_count;
  const char *output;               /* cli_standard_output for "-" */
  const char *suffix;               /* of the output's format, by --format; NULL: the output's own */
  const dseg_volume_format *format; /* of the output; NULL: DICOM */
  const char *representation;       /* --as; NULL: not given */
  const char **references;
  size_t reference_count;
  const char **segments;
  size_t segment_count;
  const char *metadata;
  const char *write_metadata;
  size_t first_plane, last_plane; /* from 1; 0: not given */
  bool overlap_given;
  dseg_overlap_policy overlap;
  convert_grid grid;
  bool split;
  bool present_only; /* segments without a voxel are left out */
  convert_numbering numbering;
  double threshold; /* 0: not given */
  unsigned threads;
  bool force;
  bool sync;
  bool json;
  bool padded_bit_frames;
  bool offset_table_given;
  bool nifti2;
  bool other_patient;
  int compression;
  const char *series_description;
  const char *series_number;
  dseg_option_value *options; /* --option, of the representation or of the frame codec */
  size_t option_count;
  dseg_write_options write; /* what concerns DICOM output only */
  /* If set, receives "the output cannot hold this input" (CLI_OUTPUT) instead of a message; notes, and warnings about
   * the inputs, are then left out, too. */
  dseg_error *refusal;
  const char *dicom_only; /* an option given that concerns DICOM output only; NULL: none */
  /* What the command lines of dcmqi need: */
  bool is_dcmqi;          /* messages do not name options of dseg convert */
  bool complete_metadata; /* the JSON has to name every segment */
  bool shared_references; /* every frame derives from all reference images, wherever they lie */
  bool keep_background;   /* in volumes, too, the background keeps its value */
  bool ascending;         /* planes ascend along the normal, as ITK has them */
  bool stored_fractions;  /* volumes hold fractions as they are stored, in bytes */
} convert_options;

/* cmd_convert.c: the whole of `dseg convert`, for other subcommands; argv[0] is "convert", and strings may be changed.
 * refusal: as in convert_options. */
int convert_run(int argc, char **argv, dseg_error *refusal);

/* convert_execute.c: converts; returns an exit code after a message. */
int convert_execute(const convert_options *options);

/* Where the output's pixels come from. Source pixel (r, c) of a plane lies at start + r * row_step + c * column_step
 * in the output's plane. */
typedef struct convert_map {
  ptrdiff_t *source_plane; /* by plane of the output; -1: empty */
  bool same_raster;        /* planes are the same in both */
  ptrdiff_t start, row_step, column_step;
} convert_map;

/* What was written, for --json. */
typedef struct convert_result {
  char **files;
  size_t file_count;
  uint64_t layers; /* of a volume */
} convert_result;

typedef struct convert_job {
  const convert_options *options;
  cli_warnings warnings;
  cli_progress progress;
  dseg_source *source;
  dseg_description *target;                  /* what is written; owned */
  const dseg_volume_format *format;          /* of the output; NULL: DICOM */
  const dseg_representation *representation; /* of the output; NULL for volumes */
  /* By segment index of the target: index in the source. Absent segments, which the JSON describes and the source does
   * not have, have indices from the source's segment_count on. */
  uint32_t *source_segment;
  const dseg_metadata_segment *changes; /* by segment of the target as the JSON left it; NULL: there was no JSON */
  uint32_t *read_segments;              /* read_count of them: source_segment without those that are absent */
  size_t read_count;
  uint32_t *metadata_lists; /* by segment index of the source: the list of the JSON that names it */
  uint32_t *values;         /* by source_segment: number in the target; 0 where it is left out */
  unsigned bits;            /* 8, 16 or 32: enough for the target's numbers and background */
  bool fractions;           /* the output holds fractions */
  uint32_t mask_maximum;    /* what a mask's "inside" becomes: 1, or the largest fraction */
  uint8_t *mask_plane;      /* scratch for rasters that differ: one plane of the source */
  convert_map map;
  convert_result result;
  dseg_output_set *outputs; /* all that is written joins it; owned */
} convert_job;

/* convert_prepare.c: opens the inputs and fills in the job; returns an exit code after a message. The job is to be
 * given to convert_finish whatever the outcome. */
int convert_prepare(convert_job *job, const convert_options *options);
/* Once all outputs are complete: they get their names, or none does. Returns an exit code after a message. */
int convert_commit(convert_job *job);
void convert_finish(convert_job *job);
/* Reports a failure with the input or the output it concerns, and returns its exit code. */
int convert_fail_input(const convert_job *job, dseg_status status, const dseg_error *error);
int convert_fail_output(const convert_job *job, const char *path, dseg_status status, const dseg_error *error);
int convert_fail_memory(const convert_job *job);
/* The name that stands for the inputs in messages. */
const char *convert_input_name(const convert_job *job);

/* convert_select.c: leaves the segments and planes in the target that the options ask for. */
int convert_select_segments(convert_job *job);
int convert_select_planes(convert_job *job);
/* "A-B" or "A", counted from 1. */
bool convert_parse_range(const char *text, uint64_t *first, uint64_t *last);

/* absent.c: segments that are described and have no voxel. */
/* Whether the segment with this index of the target is described by the JSON alone. */
bool convert_is_absent(const convert_job *job, size_t segment);
/* Where the segment of a source_segment comes from, absent ones from the JSON; list: as in metadata_lists. */
dseg_segment_origin convert_segment_origin(const convert_job *job, uint32_t source_segment, uint32_t *list);
/* Lists read_segments anew: whenever segments of the target are dropped or change their order. */
void convert_list_read_segments(convert_job *job);
/* Drops the segments of the target whose keep is 0, with a note: some of them, by name, and one, or several: what
 * becomes of it or them. */
void convert_drop_segments(convert_job *job, const uint8_t *keep, const char *one, const char *several);
/* Drops what the output cannot describe, and with --present-only what has no voxel, with a note each. */
int convert_settle_absent(convert_job *job);
/* Says which segments stay described although no voxel has them. */
int convert_note_absent(const convert_job *job);
/* Refuses an output without a segment that needs one. */
int convert_check_segments(const convert_job *job);

/* convert_numbers.c: settles the target's segment numbers, background and bits, with a note where numbers change. */
int convert_number_segments(convert_job *job);

/* convert_grid.c: --grid tight, and --reference with or without --grid reference. */
int convert_tighten(convert_job *job);
void convert_ascend(convert_job *job);
int convert_apply_reference(convert_job *job);

/* kept.c: drops what does not hold in the target any more, and names all that is not kept. Returns an exit code. */
int convert_settle_attributes(convert_job *job);

/* convert_planes.c: planes of the output. out has count * rows * columns values of job->bits. segments: indices in
 * the target (NULL: all). overlap is added to. */
dseg_status convert_read_labels(convert_job *job, size_t first, size_t count, const uint32_t *segments,
                                size_t segment_count, dseg_overlap_policy policy, void *out, dseg_overlap *overlap,
                                dseg_error *error);
/* One byte a voxel: 0 or job->mask_maximum, or stored fractions when the output holds fractions. */
dseg_status convert_read_mask(convert_job *job, size_t segment, size_t plane, uint8_t *out, dseg_error *error);
/* present: by segment of the target; scratch: by segment of the source. */
dseg_status convert_segments_in_plane(convert_job *job, size_t plane, uint8_t *present, uint8_t *scratch,
                                      dseg_error *error);
/* How many planes make a chunk of a few megabytes. */
size_t convert_chunk_planes(const convert_job *job);
/* Sets every value of count values of bits to value. */
void convert_fill(void *out, unsigned bits, size_t count, uint32_t value);

/* convert_overlap.c: adds up what several reads found. */
void convert_merge_overlap(dseg_overlap *into, const dseg_overlap *from);
/* Reads planes first.. only to count overlap. */
dseg_status convert_scan_overlap(convert_job *job, size_t first, dseg_overlap *overlap, dseg_error *error);
/* Names the segments and voxels that overlap, and what to do; returns CLI_INPUT. */
int convert_refuse_overlap(const convert_job *job, const dseg_overlap *overlap, const char *why, const char *advice);

/* convert_layers.c: the lowest layer for each segment of the target so that no two in a layer overlap. layer_of has
 * an item for each segment. */
dseg_status convert_assign_layers(convert_job *job, uint32_t *layer_of, size_t *layer_count, dseg_error *error);

/* convert_dicom.c, convert_volume.c, convert_split.c: write the output; return an exit code after a message. */
int convert_to_dicom(convert_job *job);
int convert_to_volume(convert_job *job);
int convert_split_volumes(convert_job *job);
/* A file for each group of segments: job->result.files has their names. group_of: by segment of the target; a group of
 * fractions has one segment. */
int convert_write_groups(convert_job *job, const uint32_t *group_of);
/* Fails when two of these are one file, or one is an input of the run: before the work rather than after it. */
int convert_check_names(const convert_job *job, const char *const *paths, size_t count);
/* Fails when path exists and may not be replaced: before the work rather than after it. */
int convert_check_output(const convert_job *job, const char *path);
/* Fills a volume's voxels with labels of some segments, or with one segment's fractions. */
dseg_status convert_fill_labels(convert_job *job, const dseg_grid *grid, const size_t *slots, const uint32_t *segments,
                                size_t segment_count, dseg_overlap_policy policy, void *voxels, dseg_overlap *overlap,
                                dseg_error *error);
dseg_status convert_fill_fractions(convert_job *job, const dseg_grid *grid, const size_t *slots, size_t segment,
                                   float *voxels, dseg_error *error);
dseg_status convert_fill_stored(convert_job *job, const dseg_grid *grid, const size_t *slots, size_t segment,
                                uint8_t *voxels, dseg_error *error);
/* A file of the run, or standard output. */
dseg_output convert_output(const convert_job *job, const char *path);
/* Says that the output's format holds no fractions; returns CLI_OUTPUT. */
int convert_refuse_fractions(const convert_job *job);
dseg_volume_write_options convert_volume_options(convert_job *job);
/* slots: plane_count items, to be freed. */
dseg_status convert_volume_grid(convert_job *job, dseg_grid *grid, size_t **slots, size_t *voxel_count,
                                dseg_error *error);

/* convert_report.c: remembers a file that was written, and shows them all for --json. */
bool convert_add_file(convert_job *job, const char *path);
int convert_report(const convert_job *job, double seconds);

#endif
