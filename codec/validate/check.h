/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - one validation under way: the file, what is known of it (facts), and the report of findings. */
#ifndef DSEG_VALIDATE_CHECK_H
#define DSEG_VALIDATE_CHECK_H

#include "dseg/plugin.h"
#include "dseg/source.h"
#include "validate/access.h"
#include "validate/rules.h"
#include "validate/syntaxes.h"

typedef enum dseg_segmentation_type {
  DSEG_TYPE_UNKNOWN = 0,
  DSEG_TYPE_BINARY,
  DSEG_TYPE_FRACTIONAL,
  DSEG_TYPE_LABELMAP
} dseg_segmentation_type;

#define DSEG_DIMENSIONS_MAX 16u

/* What several checks need; 0 or false where the file does not say. */
typedef struct dseg_facts {
  dseg_segmentation_type type;
  /* The experimental representation of the registry that the object is in, and what of the standard's attributes
   * (DSEG_REPLACES_*) it may do without: nothing in a SOP Class of the standard. NULL and 0: it is in the standard's.
   */
  const dseg_representation *experimental;
  uint32_t replaces;
  bool standard_class;       /* SOP Class UID is below 1.2.840.10008 */
  const dseg_syntax *syntax; /* NULL: not known */
  bool encapsulated;         /* by the transfer syntax, or as Pixel Data has it when that is not known */
  uint16_t rows, columns, bits;
  uint64_t frames; /* Number of Frames */
  bool palette;    /* Photometric Interpretation is PALETTE COLOR */
  bool tiled_full;
  bool is_3d; /* Dimension Organization Type is 3D */
  bool slide; /* frames lie on a slide */
  bool has_frame_of_reference;
  bool part; /* of a concatenation */
  uint32_t matrix_rows, matrix_columns;
  dseg_elements shared; /* the item of Shared Functional Groups Sequence; empty when there is none */
  size_t segment_count; /* items of Segment Sequence */
  uint8_t segments[65536 / 8];
  size_t dimension_count;
  struct {
    uint32_t pointer, group;
  } dimensions[DSEG_DIMENSIONS_MAX];
} dseg_facts;

typedef struct dseg_check {
  const dseg_validate_options *options;
  dseg_part10 file;
  const dseg_elements *top; /* the data set without its long parts */
  dseg_facts facts;
  dseg_validation result;
  size_t findings[DSEG_RULE_COUNT];
  uint64_t memory_limit;
} dseg_check;

static inline bool dseg_bit_at(const uint8_t *bits, uint32_t number) {
  return (bits[number / 8] >> number % 8 & 1) != 0;
}
static inline void dseg_set_bit_at(uint8_t *bits, uint32_t number) {
  bits[number / 8] = (uint8_t)(bits[number / 8] | 1u << number % 8);
}

/* Reports a finding. */
void dseg_found(dseg_check *check, dseg_rule_name name, dseg_place place, const char *format, ...) DSEG_PRINTF(4, 5);
/* Reports how many findings of each rule were not passed on, since they were more than the caller's limit. */
void dseg_report_left_out(dseg_check *check);
/* Tells what could not be checked. */
void dseg_note(const dseg_check *check, const char *format, ...) DSEG_PRINTF(2, 3);

/* Whether an item of Segment Sequence is the one that stands for no segment in a label map. */
bool dseg_is_background_item(const dseg_check *check, const dseg_items *segment);

/* The checks, in this order; each says its rules in its file. Those that allocate can fail. */
void dseg_read_facts(dseg_check *check);
void dseg_check_structure(dseg_check *check);
dseg_status dseg_check_values(dseg_check *check, dseg_error *error);
void dseg_check_modules(dseg_check *check);
void dseg_check_image(dseg_check *check);
void dseg_check_palette(dseg_check *check);
void dseg_check_segments(dseg_check *check);
dseg_status dseg_check_codes(dseg_check *check, dseg_error *error); /* nothing unless a review is asked for */
void dseg_check_concatenation(dseg_check *check);
void dseg_check_dimensions(dseg_check *check);
dseg_status dseg_check_frames(dseg_check *check, dseg_error *error); /* groups, geometry, references of each frame */
/* What an experimental representation says of its own elements; the frames have been looked at. */
dseg_status dseg_check_proposal(dseg_check *check, const dseg_inspected_frame *frames, size_t count, dseg_error *error);
void dseg_check_native_pixels(dseg_check *check);
dseg_status dseg_check_encapsulation(dseg_check *check, dseg_error *error);

/* base: the file opened by the reader. */
dseg_status dseg_check_pixels(dseg_check *check, dseg_source *base, dseg_error *error);

#endif
