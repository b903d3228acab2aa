/* SPDX-License-Identifier: Apache-2.0 */
/* job.h - what the parts of a conversion (dseg/convert.h) share.
 *
 * A job goes from the source's planes and segments to those of the output: dseg_convert_prepare settles which segments,
 * planes and numbers the output has; dseg_convert_to_dicom and the two for volumes then fetch the output's voxels
 * through dseg_convert_read_labels and dseg_convert_read_mask, a few planes at a time, and write them. */
#ifndef DSEG_CONVERT_JOB_H
#define DSEG_CONVERT_JOB_H

#include "convert/report.h"
#include "dseg/convert.h"
#include "names/table.h"
#include "sources/source.h"

typedef struct dseg_convert_job dseg_convert_job;

/* Passes warnings about a file on; job and file must outlive it. */
typedef struct dseg_convert_warnings {
  const dseg_convert_job *job;
  const char *file; /* NULL: several */
} dseg_convert_warnings;
dseg_warning_sink dseg_convert_warning_sink(dseg_convert_warnings *warnings);
dseg_warning_sink dseg_convert_note_sink(dseg_convert_warnings *notes);

struct dseg_convert_job {
  const dseg_convert_options *options;
  dseg_source *source;          /* borrowed; regions once they are made */
  dseg_name_table *names_table; /* the options' metadata; owned; NULL: none */
  dseg_source *regions;         /* of the source that was opened, as the table has them; owned; NULL: none */
  dseg_source *view;            /* of the source: the planes and segments of the target; owned */
  /* The view with all planes, which may still be turned, where the view has those of DSEG_GRID_TIGHT alone; owned;
   * NULL: the view. */
  dseg_source *whole_view;
  /* The names of the files that were opened together, file_count of them; one for a source. The first may be NULL. */
  const char *const *names;
  size_t file_count;
  const char *output_name; /* in messages */
  dseg_output output;      /* path, or the others; its set is never NULL for a path */
  dseg_output_set *set;    /* that files join; borrowed; NULL only where the output is none */

  dseg_description *target;                  /* what is written; owned */
  const dseg_volume_format *format;          /* of the output; NULL: DICOM */
  const dseg_representation *representation; /* of the output; NULL for volumes */
  /* By segment index of the target: index in the view, and in the source until there is one. Absent segments, which the
   * JSON describes and the source does not have, have indices from its segment_count on. */
  uint32_t *source_segment;
  const dseg_metadata_segment *changes; /* by segment of the target as the metadata left it; NULL: there was none */
  uint32_t *read_segments;              /* read_count of them: source_segment without those that are absent */
  size_t read_count;
  uint32_t *metadata_lists; /* by segment index of the view: the list of the JSON that names it */
  uint32_t *values;         /* by source_segment: number in the target; 0 where it is left out */
  unsigned bits;            /* 8, 16 or 32: enough for the target's numbers and background */
  bool fractions;           /* the output holds fractions */
  bool instances;           /* labels of the output are numbers of instances, or segments made of them */
  bool told_of_classes;     /* that voxels of classes, but of no instance, are left out */
  uint32_t mask_maximum;    /* what a mask's "inside" becomes: 1, or the largest fraction */
  bool same_raster;         /* planes have the same pixels as those of the source */
  bool has_gaps;            /* voxels of the target have no place in the source */
  /* Several volumes: by segment of the target the one it is in, and their names; else NULL. */
  uint32_t *group_of;
  char **group_names;
  size_t group_count; /* files; 1 for one */
  dseg_convert_warnings input_warnings;
  dseg_convert_options masked; /* the options, with a threshold for fractions that are masks */
  bool took_inputs;            /* the options' inputs are used up */
  dseg_convert_report *report;
};

/* Whether the output, an object, holds a mask for each segment, so that segments may overlap. */
static inline bool dseg_convert_takes_masks(const dseg_convert_job *job) {
  return job->representation->put_mask != NULL;
}

/* prepare.c: settles the output, once job->source is open. */
dseg_status dseg_convert_prepare(dseg_convert_job *job, dseg_error *error);

/* messages.c */
/* How messages call an option. */
const char *dseg_convert_name(const dseg_convert_job *job, dseg_convert_option option);
/* The name that stands for the inputs in messages; NULL: there are several. */
const char *dseg_convert_input_name(const dseg_convert_job *job);
void dseg_convert_note(const dseg_convert_job *job, const char *file, const char *format, ...) DSEG_PRINTF(3, 4);
/* Puts the input, the file or the output that a failure is about before its message, and keeps whose it is for the
 * result. Each returns status. */
dseg_status dseg_convert_fail_input(dseg_convert_job *job, dseg_status status, dseg_error *error);
dseg_status dseg_convert_fail_file(dseg_convert_job *job, const char *file, dseg_status status, dseg_error *error);
dseg_status dseg_convert_fail_output(dseg_convert_job *job, const char *path, dseg_status status, dseg_error *error);
dseg_status dseg_convert_fail_memory(dseg_convert_job *job, dseg_error *error);

/* Progress of one of several parts of equal size that make the whole. */
typedef struct dseg_convert_progress {
  dseg_progress whole;
  unsigned long long part, parts;
} dseg_convert_progress;
dseg_progress dseg_convert_progress_sink(dseg_convert_progress *progress);
void dseg_convert_show_progress(const dseg_convert_progress *progress, unsigned long long done,
                                unsigned long long total);

/* select.c: leaves the segments in the target that the options ask for; then makes the view of these and of the planes
 * asked for, which is the target's geometry. */
dseg_status dseg_convert_select_segments(dseg_convert_job *job, dseg_error *error);
dseg_status dseg_convert_select_view(dseg_convert_job *job, dseg_error *error);

/* absent.c: segments that are described and have no voxel. */
/* Whether the segment with this index of the target is described by the JSON alone. */
bool dseg_convert_is_absent(const dseg_convert_job *job, size_t segment);
/* Where the segment of a source_segment comes from, absent ones from the JSON; list: as in metadata_lists. */
dseg_segment_origin dseg_convert_segment_origin(const dseg_convert_job *job, uint32_t source_segment, uint32_t *list);
/* Lists read_segments anew: whenever segments of the target are dropped or change their order. */
void dseg_convert_list_read_segments(dseg_convert_job *job);
/* Drops the segments of the target whose keep is 0, with a note: some of them, by name, and one, or several: what
 * becomes of it or them. */
void dseg_convert_drop_segments(dseg_convert_job *job, const uint8_t *keep, const char *one, const char *several);
/* Drops what the output cannot describe, and with present_only what has no voxel, with a note each. */
dseg_status dseg_convert_settle_absent(dseg_convert_job *job, dseg_error *error);
/* Says which segments stay described although no voxel has them. */
dseg_status dseg_convert_note_absent(dseg_convert_job *job, dseg_error *error);
/* Refuses an output without a segment that needs one. */
dseg_status dseg_convert_check_segments(dseg_convert_job *job, dseg_error *error);

/* masks.c: fractions of an object that are 0 and the maximum alone become masks where the output holds no fractions:
 * with a note, and without a threshold. */
dseg_status dseg_convert_settle_masks(dseg_convert_job *job, dseg_error *error);

/* spacing.c: refuses a volume whose header does not say how far its voxels are apart. */
dseg_status dseg_convert_check_spacing(dseg_convert_job *job, dseg_error *error);
/* Gives a volume's grid the spacing that the options have for what an object does not say; fails without. */
dseg_status dseg_convert_complete_grid(dseg_convert_job *job, dseg_grid *grid, dseg_error *error);

/* numbers.c: settles the target's segment numbers, background and bits, with a note where numbers change. */
dseg_status dseg_convert_number_segments(dseg_convert_job *job, dseg_error *error);

/* instances.c. */
/* Whether values of a research volume become instances: the options' representation has them. */
bool dseg_convert_wants_instances(const dseg_convert_options *options, bool dicom);
dseg_status dseg_convert_check_instances(const dseg_convert_options *options, bool dicom, dseg_error *error);
/* How the input is opened for them. images: to be destroyed when it is open; NULL: none. */
dseg_status dseg_convert_instance_options(dseg_convert_job *job, dseg_open_options *open_options,
                                          dseg_description **images, dseg_error *error);
/* Gives the source, which was opened here, the classes of the options' table. */
dseg_status dseg_convert_read_classes(dseg_convert_job *job, dseg_error *error);
/* Whether the output has instances, with a note where it has none; and, when segments and numbers are settled, what
 * follows for these. */
dseg_status dseg_convert_settle_instances(dseg_convert_job *job, dseg_error *error);
dseg_status dseg_convert_finish_instances(dseg_convert_job *job, dseg_error *error);
/* Planes of numbers, in 32 bits, as the output has them. */
dseg_status dseg_convert_read_numbers(dseg_convert_job *job, size_t first, size_t count, uint32_t *out,
                                      dseg_error *error);
dseg_status dseg_convert_write_classes(dseg_convert_job *job, dseg_error *error);

/* grid.c: references, and DSEG_GRID_REFERENCE. Leaves target->geometry, view, same_raster and has_gaps in step. */
/* Puts the view onto other planes, which are copied; nothing is resampled. */
dseg_status dseg_convert_put_onto(dseg_convert_job *job, const dseg_geometry *to, dseg_error *error);
dseg_status dseg_convert_apply_reference(dseg_convert_job *job, dseg_error *error);

/* slices.c: DSEG_GRID_FILE, DSEG_GRID_TIGHT, and which axis the planes are stacked along. */
dseg_status dseg_convert_choose_planes(dseg_convert_job *job, dseg_error *error);
/* The volume that images may turn, NULL: none; and what to do when they have. */
const dseg_geometry *dseg_convert_volume_to_turn(const dseg_convert_job *job);
dseg_status dseg_convert_follow_images(dseg_convert_job *job, dseg_error *error);
/* Says that planes are shifted against each other. */
void dseg_convert_note_shift(const dseg_convert_job *job);

/* kept.c: drops what does not hold in the target any more, and names all that is not kept. */
dseg_status dseg_convert_settle_attributes(dseg_convert_job *job, dseg_error *error);

/* planes.c: planes of the output. out has count * rows * columns values of job->bits. segments: indices in the view
 * (NULL: all that are read). overlap is added to. */
dseg_status dseg_convert_read_labels(dseg_convert_job *job, size_t first, size_t count, const uint32_t *segments,
                                     size_t segment_count, dseg_overlap_policy policy, void *out, dseg_overlap *overlap,
                                     dseg_error *error);
/* One byte a voxel of count planes: 0 or job->mask_maximum, or stored fractions when the output holds fractions. */
dseg_status dseg_convert_read_mask(dseg_convert_job *job, size_t segment, size_t first, size_t count, uint8_t *out,
                                   dseg_error *error);
/* How many planes of one segment's mask to read at once: 1, but where planes lie across those that they are read from,
 * since each reading then passes over all of these. */
size_t dseg_convert_mask_planes(const dseg_convert_job *job);
/* present: by segment of the target; scratch: by segment of the view. */
dseg_status dseg_convert_segments_in_planes(dseg_convert_job *job, size_t first, size_t count, uint8_t *present,
                                            uint8_t *scratch, dseg_error *error);

/* overlap.c */
/* Whether a voxel of several segments becomes one of one segment's, and whose. */
bool dseg_convert_flattens(const dseg_convert_job *job);
dseg_overlap_policy dseg_convert_policy(const dseg_convert_job *job);
/* Reads planes first.. only to count overlap. */
dseg_status dseg_convert_scan_overlap(dseg_convert_job *job, size_t first, dseg_overlap *overlap, dseg_error *error);
/* Names the segments and voxels that overlap, and what to do. */
dseg_status dseg_convert_refuse_overlap(dseg_convert_job *job, const dseg_overlap *overlap, const char *why,
                                        const char *advice, dseg_error *error);

/* volume.c: DSEG_ERROR_LIMIT where bytes of a volume and what the source holds exceed the caller's limit. */
dseg_status dseg_convert_check_memory(const dseg_convert_job *job, uint64_t bytes, dseg_error *error);
/* The layer of each segment of the target, so that no two in one overlap (dseg_source_assign_layers). */
dseg_status dseg_convert_assign_layers(dseg_convert_job *job, uint32_t *layer_of, size_t *layer_count,
                                       dseg_error *error);

/* dicom.c, volume.c, split.c: write the output. */
dseg_status dseg_convert_to_dicom(dseg_convert_job *job, dseg_error *error);
dseg_status dseg_convert_to_volume(dseg_convert_job *job, dseg_error *error);
dseg_status dseg_convert_split_volumes(dseg_convert_job *job, dseg_error *error);
/* metadata_files.c: reads the metadata, and makes the regions that it has of the source; applies it; and writes the
 * JSON that is asked for. */
dseg_status dseg_convert_read_metadata(dseg_convert_job *job, dseg_error *error);
dseg_status dseg_convert_apply_metadata(dseg_convert_job *job, dseg_error *error);
dseg_status dseg_convert_write_metadata(dseg_convert_job *job, dseg_error *error);

/* said.c: what the options say of the algorithm; and what nobody says of segments, which is assumed with a note, or
 * refused. */
dseg_status dseg_convert_set_algorithm(dseg_convert_job *job, dseg_error *error);
dseg_status dseg_convert_check_said(dseg_convert_job *job, dseg_error *error);

/* outputs.c */
/* Fails when two of these are one file, or one is an input of the run: before the work rather than after it. */
dseg_status dseg_convert_check_names(dseg_convert_job *job, const char *const *paths, size_t count, dseg_error *error);
/* Fails when path exists and may not be replaced: before the work rather than after it. flags: DSEG_OUTPUT_. */
dseg_status dseg_convert_check_output(dseg_convert_job *job, const char *path, unsigned flags, dseg_error *error);
/* The output, with another path. */
dseg_output dseg_convert_output(const dseg_convert_job *job, const char *path);

/* fill.c: a volume's voxels. slots: plane_count items, to be freed. */
dseg_status dseg_convert_volume_grid(dseg_convert_job *job, dseg_grid *grid, size_t **slots, size_t *voxel_count,
                                     dseg_error *error);
/* Labels of some segments, or one segment's fractions. */
dseg_status dseg_convert_fill_labels(dseg_convert_job *job, const dseg_grid *grid, const size_t *slots,
                                     const uint32_t *segments, size_t segment_count, dseg_overlap_policy policy,
                                     void *voxels, dseg_overlap *overlap, dseg_error *error);
dseg_status dseg_convert_fill_fractions(dseg_convert_job *job, const dseg_grid *grid, const size_t *slots,
                                        size_t segment, const dseg_reals *voxels, dseg_error *error);
dseg_status dseg_convert_fill_stored(dseg_convert_job *job, const dseg_grid *grid, const size_t *slots, size_t segment,
                                     uint8_t *voxels, dseg_error *error);
/* Bits of a fraction in the volume that is written: as many as the source has, 32 or 64. */
unsigned dseg_convert_fraction_bits(const dseg_convert_job *job);
/* Says that the output's format holds no fractions. */
dseg_status dseg_convert_refuse_fractions(dseg_convert_job *job, dseg_error *error);
/* Writes a volume and adds its files to the report. */
dseg_status dseg_convert_write_volume(dseg_convert_job *job, const char *path, const dseg_volume *volume,
                                      dseg_convert_progress *progress, dseg_error *error);

#endif
