/* SPDX-License-Identifier: Apache-2.0 */
/* label_sets.h - what the parts of label sets share.
 *
 * Writing: label_sets_write.c collects which sets of segments occur, and gives each a pixel value for the time being;
 * label_sets_number.c gives them their final ones; label_sets_describe.c says in the object what they are. Reading:
 * label_sets_lists.c takes that out of the object, label_sets_inspect.c checks it, label_sets_read.c reads by it. */
#ifndef DSEG_LABEL_SETS_H
#define DSEG_LABEL_SETS_H

#include "set_table.h"

/* Label Map Segmentation Storage (PS3.4 B.5). */
#define LABEL_SETS_SOP_CLASS "1.2.840.10008.5.1.4.1.1.66.7"

/* The block of private elements (PS3.5 7.8.1), at top level and in each item of the sequence. */
#define LABEL_SETS_CREATOR "DSEG LABEL SETS"
enum {
  LABEL_SETS_GROUP = 0x0021,
  LABEL_SETS_SEQUENCE = 0x01, /* Overlapping Segment Sequence, SQ */
  LABEL_SETS_VALUES = 0x02,   /* Constituent Segment Numbers, OW, in an item */
  LABEL_SETS_PIXEL_VALUES = 65536
};

/* Section of the text, for findings: the rules. */
#define LABEL_SETS_SECTION "label sets, 4"

/* A set of two segments or more that occurs. */
typedef struct label_sets_combination {
  uint32_t set;   /* in the table */
  uint32_t value; /* final */
  size_t first;   /* of its segments, sets[set].size of them, in members */
} label_sets_combination;

/* What is remembered while an object is written. */
typedef struct label_sets_writing {
  label_sets_table table;
  uint32_t *plane; /* sets of the pixels of the plane that masks come for */
  bool plane_used;
  uint32_t *index_of;                   /* by pixel value: the segment of that number, or LABEL_SETS_NO_VALUE */
  uint8_t *occurs_alone;                /* by segment: a pixel belongs to it and to no other */
  uint32_t first_value;                 /* of combinations for the time being: above all numbers */
  label_sets_combination *combinations; /* in the order of their first pixel, the order of those values */
  size_t combination_count, combination_room;
  /* Of label_sets_number: */
  uint32_t *members;     /* segments of all combinations */
  uint32_t *values;      /* by pixel value for the time being: the final one */
  uint32_t *combination; /* by final value: index of the combination + 1, 0 for none */
} label_sets_writing;

/* The final numbers of combinations: see the text, "Numbers". DSEG_ERROR_MEMORY, DSEG_ERROR_LIMIT. */
dseg_status label_sets_number(label_sets_writing *writing, const dseg_description *description, dseg_error *error);

/* Functions of dseg_representation. */
dseg_status label_sets_choose_format(const dseg_description *description, const dseg_option_value *options,
                                     size_t option_count, dseg_pixel_format *format, dseg_error *error);
dseg_status label_sets_begin_write(const dseg_write_context *context, void **state, dseg_error *error);
void label_sets_end_write(void *state);
dseg_status label_sets_put_labels(const dseg_write_context *context, const void *labels, unsigned bits,
                                  const dseg_frame_sink *sink, dseg_error *error);
dseg_status label_sets_put_mask(const dseg_write_context *context, size_t segment, const uint8_t *mask,
                                const dseg_frame_sink *sink, dseg_error *error);
dseg_status label_sets_end_plane(const dseg_write_context *context, const dseg_frame_sink *sink, dseg_error *error);
dseg_status label_sets_settle(const dseg_write_context *context, dseg_settled_pixels *pixels, dseg_error *error);
dseg_status label_sets_describe(const dseg_write_context *context, const dseg_written_frames *frames,
                                dseg_data_set *set, dseg_error *error);
dseg_status label_sets_interpret(const dseg_read_context *context, dseg_interpretation *interpretation,
                                 dseg_error *error);
void label_sets_end_read(void *state);
dseg_status label_sets_add_to_labels(const dseg_decoded_frame *frame, const dseg_label_plane *plane, dseg_error *error);
dseg_status label_sets_add_to_mask(const dseg_decoded_frame *frame, uint32_t number, uint8_t *mask, dseg_error *error);
dseg_status label_sets_inspect(const dseg_inspect_context *context, dseg_error *error);

extern const dseg_option label_sets_options[];

/* The pixel values that one segment is the union of. */
typedef struct label_sets_list {
  uint16_t number;     /* of the segment */
  size_t first, count; /* in values */
} label_sets_list;

/* What Overlapping Segment Sequence says. */
typedef struct label_sets_lists {
  size_t count;
  label_sets_list *lists; /* by ascending number */
  size_t value_count;
  uint16_t *values;   /* ascending in each list */
  uint8_t *described; /* by pixel value: an item of Segment Sequence has this number, or it is the background */
} label_sets_lists;

/* Reads and checks the sequence; hostile input ends in DSEG_ERROR_FORMAT with a message that names the element and the
 * item, and *tag is the element. label_sets_lists_free in any case. */
dseg_status label_sets_read_lists(dseg_data_set *set, uint64_t memory_limit, label_sets_lists *lists, uint32_t *tag,
                                  dseg_error *error);
void label_sets_lists_free(label_sets_lists *lists);

/* The pixel at a place of a frame of 8 or 16 bits, and where the run of pixels ends that are the same. */
static inline uint32_t label_sets_pixel(const void *pixels, unsigned bits, size_t at) {
  return bits == 8 ? ((const uint8_t *)pixels)[at] : ((const uint16_t *)pixels)[at];
}
static inline size_t label_sets_run_end(const void *pixels, unsigned bits, size_t at, size_t count) {
  const uint32_t value = label_sets_pixel(pixels, bits, at);
  do {
    at++;
  } while (at < count && label_sets_pixel(pixels, bits, at) == value);
  return at;
}

#endif
