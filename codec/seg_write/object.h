/* SPDX-License-Identifier: Apache-2.0 */
/* object.h - what the writer knows of the object it writes, for the parts that make its attributes. */
#ifndef DSEG_SEG_WRITE_OBJECT_H
#define DSEG_SEG_WRITE_OBJECT_H

#include "base/uid.h"
#include "dseg/data_set.h"
#include "dseg/writer.h"

/* One frame, 24 bytes. */
typedef struct dseg_frame_record {
  uint64_t offset; /* in the spool: bytes, or bits when frames are packed without a gap */
  uint32_t length; /* bytes in the spool: of an encapsulated frame, without padding, or of a native one's ... */
  uint32_t start;  /* ... part that is not zero, which begins at this byte of the frame */
  uint32_t plane;
  int32_t segment; /* index, or -1 for a label map's frame */
} dseg_frame_record;

/* A dimension (PS3.3 C.7.6.17): what its index counts. */
typedef enum dseg_dimension {
  DSEG_DIMENSION_SEGMENT,  /* Referenced Segment Number (0062,000B) */
  DSEG_DIMENSION_POSITION, /* Image Position (Patient) (0020,0032) */
  DSEG_DIMENSION_ROW,      /* Row Position In Total Image Pixel Matrix (0048,021F) */
  DSEG_DIMENSION_COLUMN,   /* Column Position In Total Image Pixel Matrix (0048,021E) */
  DSEG_DIMENSION_LABEL     /* Frame Label (0020,9453), where there is no position */
} dseg_dimension;
#define DSEG_DIMENSIONS 3

/* Which dimensions there are, and the index values, from 1 without a gap, of those segments and planes that have
 * frames: the same plane has the same index whatever the segment. */
typedef struct dseg_dimension_table {
  dseg_dimension dimensions[DSEG_DIMENSIONS];
  size_t count;
  uint32_t *segment_index; /* by segment index; NULL for label maps */
  uint32_t *plane_index;   /* by plane; of the position, row, or label */
  uint32_t *column_index;  /* by plane; slides only, else NULL */
  bool equally_spaced;     /* patient space: one frame for a plane, at least two planes, all at one distance */
} dseg_dimension_table;

/* Part of a Concatenation (PS3.3 C.7.6.16.2.2.4). */
typedef struct dseg_concatenation {
  const char *uid;
  const char *source_instance_uid;
  uint16_t number, total; /* from 1 */
} dseg_concatenation;

/* One SOP Instance that is about to be written. */
typedef struct dseg_seg_object {
  const dseg_description *description;
  const dseg_representation *representation;
  const dseg_frame_codec *codec;
  dseg_pixel_format format;
  const dseg_dimension_table *dimensions;
  const char *segments_overlap; /* (0062,0013) */
  double compression_ratio;     /* of a lossy codec; 0: lossless */
  const char *sop_instance_uid;
  const char *series_uid;
  const char *study_uid;              /* where the context has none */
  const char *frame_of_reference_uid; /* where the description has none */
  const char *dimension_organization_uid;
  const char *date, *time;           /* DA and TM */
  size_t first_frame, frame_count;   /* of all frames, those in this instance */
  dseg_concatenation concatenation;  /* total 0: a whole object */
  dseg_uid_source *uids;             /* for Tracking UIDs */
  const dseg_warning_sink *warnings; /* NULL: told before */
} dseg_seg_object;

/* All attributes but Per-Frame Functional Groups and Pixel Data. Failures stay in the data set. */
void dseg_put_seg_modules(dseg_data_set *set, const dseg_seg_object *object);

/* An experimental encoding's marks: the name for File Meta Information; the text of a description, text (NULL: none)
 * behind the mark, without the mark that it may have from another encoding, in out or in text itself (NULL: none). */
const char *dseg_implementation_name(const dseg_seg_object *object, char name[17]);
const char *dseg_marked_text(const dseg_seg_object *object, const char *text, char *out, size_t size);

/* Parts of the above, each in a file of its own. */
void dseg_put_experimental(dseg_data_set *set, const dseg_seg_object *object);
void dseg_put_segments(dseg_data_set *set, const dseg_seg_object *object);
void dseg_put_padding_value(dseg_data_set *set, const dseg_seg_object *object);
void dseg_put_palette(dseg_data_set *set, const dseg_seg_object *object);
void dseg_put_dimensions(dseg_data_set *set, const dseg_seg_object *object);
void dseg_put_shared_groups(dseg_data_set *set, const dseg_seg_object *object);
void dseg_put_references(dseg_data_set *set, const dseg_seg_object *object);
/* Common Instance Reference (C.12.2) of all images of the description, or of those that something refers to. */
void dseg_put_common_references(dseg_data_set *set, const dseg_seg_object *object, bool all);
/* How many of the description's images neither a plane nor a kept element refers to, where planes refer to others. */
dseg_status dseg_count_unused_images(const dseg_description *description, size_t *count, dseg_error *error);
/* Derivation Image (C.7.6.16.2.6) for all frames, in the current item, when references are shared. */
void dseg_put_shared_derivation(dseg_data_set *set, const dseg_references *references);

/* Fills the table for these frames, sorted by plane. DSEG_ERROR_MEMORY. dseg_dimension_table_free in any case. */
dseg_status dseg_dimension_table_fill(dseg_dimension_table *table, const dseg_description *description,
                                      const dseg_representation *representation, const dseg_frame_record *frames,
                                      size_t count, dseg_error *error);
void dseg_dimension_table_free(dseg_dimension_table *table);

/* Some of the description's references, one after the other. */
typedef struct dseg_image_run {
  const dseg_instance_reference *images;
  size_t count;
} dseg_image_run;

/* The images that a plane was drawn on; none where one lacks a UID: Derivation Image needs class and instance, and
 * Common Instance Reference, required with it, the series (Table A.51-1, C.12.2). */
dseg_image_run dseg_plane_images(const dseg_description *description, size_t plane);
bool dseg_reference_is_complete(const dseg_instance_reference *reference);

/* Distance between neighbouring planes, mm: as described, else the smallest between positions; 0 when unknown. */
double dseg_plane_distance(const dseg_geometry *geometry);

/* Puts text made fit for a VR of at most limit characters that may hold neither '\' nor control characters; what
 * is longer is cut at a character's boundary with a warning that names what. */
void dseg_put_clean_text(dseg_data_set *set, uint32_t tag, const char *vr, const char *text, size_t limit,
                         const char *what, const dseg_warning_sink *warnings);
/* Reserves a private block of group 0071 in the current item, the first that nobody has; returns the tag of its first
 * element (PS3.5 7.8.1). */
uint32_t dseg_put_creator(dseg_data_set *set, const char *creator);
/* Puts a sequence with one coded concept (Code Sequence Macro, PS3.3 Table 8.8-1); the item stays open when open. */
void dseg_put_code(dseg_data_set *set, uint32_t tag, dseg_code code, bool open);

#endif
