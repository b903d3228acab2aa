/* SPDX-License-Identifier: Apache-2.0 */
/* codes.h - what the review of codes has gathered from Segment Sequence. */
#ifndef DSEG_VALIDATE_CODES_H
#define DSEG_VALIDATE_CODES_H

#include "validate/check.h"

/* A code of a segment: Code Value, or its long or URN form (PS3.3 8.8). */
typedef struct dseg_segment_code {
  dseg_view scheme, value; /* empty where absent */
  dseg_element meaning;
  uint32_t segment;  /* item of Segment Sequence, from 1 */
  uint32_t sequence; /* tag of the sequence in the segment's item */
  uint32_t modifier; /* tag of the sequence in that one's item; 0: the code is of sequence itself */
  uint32_t item;     /* of sequence, from 1 */
  uint32_t of;       /* item of modifier, from 1 */
} dseg_segment_code;

typedef struct dseg_segment_codes {
  dseg_segment_code *items;
  size_t count, room;
} dseg_segment_codes;

/* Reads the code of an item. */
dseg_segment_code dseg_read_code(const dseg_elements *item);
bool dseg_same_code(const dseg_segment_code *a, const dseg_segment_code *b);
/* The place of Code Meaning (0008,0104). */
dseg_place dseg_code_place(const dseg_segment_code *code);
/* Text without padding; empty where there is none. */
dseg_view dseg_text_of(const dseg_element *element);

/* code_meanings.c: rules code-meaning, code-two-meanings, code-entire; and a note of what is not verified. Sorts codes.
 */
void dseg_review_meanings(dseg_check *check, dseg_segment_codes *codes);
/* code_sides.c: rules side-contradicted, side-uncoded. */
void dseg_review_sides(dseg_check *check, const dseg_items *segment);

#endif
