/* SPDX-License-Identifier: Apache-2.0 */
/* group_pass.h - one pass over functional groups: where it is, and steps from element to element. */
#ifndef DSEG_SEG_READ_GROUP_PASS_H
#define DSEG_SEG_READ_GROUP_PASS_H

#include "dicom/scanner.h"
#include "seg_read/derivation.h"
#include "seg_read/image_set.h"

#define DSEG_GROUP_UID_BYTES 64u

/* What is known of one frame. */
typedef struct dseg_groups {
  bool has_segment;
  bool has_position;       /* Image Position (Patient) */
  bool has_orientation;    /* Image Orientation (Patient) */
  bool has_slide_position; /* Plane Position (Slide) */
  bool has_pixel_spacing;
  bool placed_per_frame;         /* one of the positions, or the source, is the frame's own */
  uint16_t segment;              /* Referenced Segment Number (0062,000B) */
  int32_t source;                /* first source image, in the set of references; -1: none, or not asked for */
  uint32_t source_list;          /* all of them, as the set counts lists from 1; 0: the first alone */
  int32_t matrix_column;         /* (0048,021E), from 1 */
  int32_t matrix_row;            /* (0048,021F) */
  double position[3];            /* (0020,0032), or (0040,072A), (0040,073A), (0040,074A) */
  double orientation[6];         /* (0020,0037) */
  double pixel_spacing[2];       /* (0028,0030) */
  double slice_thickness;        /* (0018,0050), 0: absent */
  double spacing_between_slices; /* (0018,0088) */
} dseg_groups;

typedef struct dseg_group_pass {
  dseg_scanner scanner;
  dseg_groups *groups;
  dseg_image_set *references; /* NULL: sources are not wanted */
  /* The source image being read: */
  uint8_t sop_class[DSEG_GROUP_UID_BYTES], instance[DSEG_GROUP_UID_BYTES];
  size_t sop_class_size, instance_size;
  dseg_buffer frames;  /* Referenced Frame Number (0008,1160), of 32 bits */
  dseg_buffer sources; /* images of the sequence read so far: places in the set, of 32 bits */
  size_t source_count; /* source images read so far */
  bool is_shared;      /* the groups of all frames are read */
  dseg_buffer raw;     /* Derivation Image Sequence as it stands there; empty: too long to be kept */
  dseg_derivation derivation;
  dseg_buffer others;  /* elements of the item that nothing here reads, as a description has them */
  dseg_buffer content; /* those of Frame Content Sequence */
} dseg_group_pass;

/* Reads or skips the value of an element. */
typedef dseg_status (*dseg_group_handler)(dseg_group_pass *pass, const dseg_header *header, dseg_error *error);

static inline dseg_elements dseg_group_encoding(const dseg_group_pass *pass) {
  return (dseg_elements){.implicit_vr = pass->scanner.implicit_vr, .big_endian = pass->scanner.big_endian};
}

/* Whether what nothing reads is kept for a copy. */
static inline bool dseg_group_keeps(const dseg_group_pass *pass) {
  return pass->references != NULL && pass->references->dropped != NULL;
}

dseg_status dseg_group_skip(dseg_group_pass *pass, const dseg_header *header, dseg_error *error);

/* The value of a short element; tag 0 when it is too long. It is valid until the scanner goes on. */
dseg_status dseg_group_read_value(dseg_group_pass *pass, const dseg_header *header, dseg_element *element,
                                  dseg_error *error);

/* Elements up to the end of the item that the scanner is in. */
dseg_status dseg_group_read_elements(dseg_group_pass *pass, bool undefined_length, dseg_group_handler handle,
                                     dseg_error *error);

dseg_status dseg_group_read_item(dseg_group_pass *pass, const dseg_header *item, dseg_group_handler handle,
                                 dseg_error *error);

/* The next item's header; *more is false at the end of the sequence, which the scanner has passed then. */
dseg_status dseg_group_next_item(dseg_group_pass *pass, bool undefined_length, dseg_header *item, bool *more,
                                 dseg_error *error);

/* All items of a sequence, each element given to handle. */
dseg_status dseg_group_read_sequence(dseg_group_pass *pass, const dseg_header *sequence, dseg_group_handler handle,
                                     dseg_error *error);

#endif
