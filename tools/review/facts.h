/* SPDX-License-Identifier: Apache-2.0 */
/* facts.h - what a review keeps of one object, and its form as bytes, in which it goes from a worker to the review, or
 * through a file from one run to another.
 *
 * The form: the text "dsegrev1", then the length of what follows (u32, little endian), then numbers and texts in a
 * fixed order. A number is its bits by seven, the lowest first, each byte but the last with 128 added. A text is twice
 * its bytes and then the bytes, or, where the record has had it before, twice its place among the record's different
 * texts and 1. Records follow each other; one that is cut off at the end of a file is left out. */
#ifndef DSEG_TOOLS_REVIEW_FACTS_H
#define DSEG_TOOLS_REVIEW_FACTS_H

#include <stdbool.h>

#include "dseg/buffer.h"

/* What a code is of its segment. */
typedef enum review_role {
  REVIEW_CATEGORY = 0,
  REVIEW_TYPE,
  REVIEW_TYPE_MODIFIER,
  REVIEW_REGION,
  REVIEW_REGION_MODIFIER,
  REVIEW_ROLES
} review_role;

typedef struct review_code {
  uint64_t role; /* review_role */
  dseg_view scheme, value, meaning;
} review_code;

typedef struct review_segment {
  dseg_view label;        /* empty: it has none of its own */
  dseg_view tracking_uid; /* empty: none */
  uint64_t coded;         /* 0: no codes, or those that writers give to segments without any */
  uint64_t code_count;    /* of the object's codes, which follow each other by segment */
} review_segment;

/* What was found in the object itself, or between it and its images. */
typedef struct review_own_finding {
  dseg_view kind; /* name of a kind */
  dseg_view text;
  uint64_t count;
} review_own_finding;

/* Texts are empty where the object does not say it. */
typedef struct review_facts {
  dseg_view name;    /* as the caller calls it */
  dseg_view patient; /* Patient ID (0010,0020), with its issuer where it has one */
  dseg_view study, series, instance;
  dseg_view frame_of_reference; /* empty, too, where dseg made it for want of an image */
  dseg_view maker;
  dseg_view representation, syntax;
  uint64_t bytes;           /* of the file */
  uint64_t images_named;    /* images that it refers to */
  uint64_t images_compared; /* of these, the ones that the review has */
  review_segment *segments;
  uint64_t segment_count;
  review_code *codes;
  uint64_t code_count;
  dseg_view *image_series; /* Series Instance UIDs of the images */
  uint64_t image_series_count;
  review_own_finding *findings;
  uint64_t finding_count;
} review_facts;

/* Appends the record. DSEG_ERROR_LIMIT past 4 GiB, DSEG_ERROR_MEMORY; then bytes has the size it had. */
dseg_status review_facts_write(const review_facts *facts, dseg_buffer *bytes, dseg_error *error);

/* Reads the first record of bytes; its texts point there. *size receives how many bytes it takes, 0 where the record is
 * cut off. Give facts to review_facts_free. DSEG_ERROR_FORMAT for what is no record. */
dseg_status review_facts_read(dseg_view bytes, review_facts *facts, size_t *size, dseg_error *error);
void review_facts_free(review_facts *facts);

#endif
