/* SPDX-License-Identifier: Apache-2.0 */
/* names.h - names, codes and colours of segments, from whatever table somebody has: docs/names.md lists the kinds,
 * which are told by content.
 *
 *     const dseg_named_segment *named = NULL;
 *     const dseg_names_options options = {.struct_size = sizeof options, .named = &named};
 *     dseg_status status = dseg_names_apply("dataset.json", description, &options, &error);
 *     // description->segments[i] has its name now, and named[i].codes says where its codes come from
 *
 * dseg_convert does the same with its option metadata (dseg/convert.h). */
#ifndef DSEG_NAMES_H
#define DSEG_NAMES_H

#include "dseg/formats.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The table that ships, as the name of a file: segments get the codes and colours of what they are called
 * (dseg/terms.h). A file of this name is "./totalsegmentator". */
#define DSEG_NAMES_BUILT_IN "totalsegmentator"
/* Likewise FreeSurfer's structures, by the numbers that they have in all its segmentations. */
#define DSEG_NAMES_FREESURFER "freesurfer"

/* Where something of a segment comes from. */
typedef enum dseg_name_source {
  DSEG_NAME_FROM_NOBODY = 0, /* made up, as "Segment 3" is; of codes: there are none */
  DSEG_NAME_FROM_INPUT,      /* the segmentation, or the name of its file */
  DSEG_NAME_FROM_TABLE,      /* the table that was read */
  DSEG_NAME_FROM_TERMS       /* the library's own table, by the segment's name */
} dseg_name_source;

typedef struct dseg_named_segment {
  dseg_name_source label, codes, color;
} dseg_named_segment;

typedef struct dseg_names_options {
  size_t struct_size; /* sizeof(dseg_names_options): see dseg/dseg.h */
  /* Which files the segments come from (dseg_metadata_files: count, origins, names, complete; lists and segments are
   * filled as there); NULL: one file, in which a segment has its own number. */
  const dseg_metadata_files *files;
  const dseg_input *input; /* what is read in the place of the path, which stands for it in messages; NULL: the path */
  /* A plain list may name what no segment has. Without it that is DSEG_ERROR_FORMAT. */
  bool present_only;
  dseg_warning_sink warnings;
  dseg_warning_sink notes; /* names that look like that of a term; what was decided. NULL: warnings get them */
  /* Receives, by index of the description's segments after it, where what they have comes from, in the description's
   * memory. NULL: not wanted. */
  const dseg_named_segment **named;
  const char **kind; /* receives what the table is, "nnU-Net's dataset.json" for instance, static; NULL: not wanted */
} dseg_names_options;

/* Reads a table of names and gives the description's segments what it says: labels, codes, colours. Segments without a
 * code get that of dseg_term_find(label), if there is one, and the colour of that where they have none of their own.
 *
 * Segments are found by their numbers in their file, or, where each file is one mask, or the table has no numbers, by
 * the name of the segment or of the file. What becomes of a name that no segment has depends on the kind. A list made
 * for this input (dcmqi's JSON, dataset.json, metadata.json, dseg.tsv) says what was looked for: with files->segments
 * it becomes a segment without a voxel. A catalogue names what is there and nothing else. A plain list of numbers and
 * names is refused. Regions of dataset.json (lists of labels) take the place of the segments that they consist of.
 *
 * options may be NULL. DSEG_ERROR_FORMAT: no table of a kind that is known, or one that names no segment of the
 * description, or two by one name; the message says what was expected. DSEG_ERROR_LIMIT: a file past 64 MiB, or more
 * than a million names. On failure the description is as it was. Serves one thread for each description. */
DSEG_API dseg_status dseg_names_apply(const char *path, dseg_description *description,
                                      const dseg_names_options *options, dseg_error *error);

/* Whether a segment has codes of its own: neither none nor those that a writer gives to one without any. */
DSEG_API bool dseg_segment_is_coded(const dseg_segment *segment);

#ifdef __cplusplus
}
#endif
#endif
