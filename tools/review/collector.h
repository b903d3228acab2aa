/* SPDX-License-Identifier: Apache-2.0 */
/* collector.h - what a review has gathered. Things are numbered from 0 in tables; memory is in proportion to objects,
 * and to the different codes, labels and UIDs in them. */
#ifndef DSEG_TOOLS_REVIEW_COLLECTOR_H
#define DSEG_TOOLS_REVIEW_COLLECTOR_H

#include "review/facts.h"
#include "review/images.h"
#include "review/kinds.h"
#include "review/review.h"
#include "review/table.h"

enum { REVIEW_EXAMPLES = 3 };
/* Between scheme and value in the key of a code. */
enum { REVIEW_SEPARATOR = 0x1F };

/* Objects that have something: a chain of links, the last one first. */
typedef struct review_chain {
  uint32_t first; /* number of a link + 1; 0: none */
  uint32_t count;
} review_chain;

typedef struct review_link {
  uint32_t object;
  uint32_t next;  /* as first */
  uint32_t codes; /* of a Tracking UID: the text of the codes that the segment has */
} review_link;

typedef struct review_object {
  uint32_t name;               /* texts */
  uint32_t patient;            /* patients; REVIEW_NONE: not said */
  uint32_t study, series;      /* studies, series; studies may be REVIEW_NONE */
  uint32_t frame_of_reference; /* texts; REVIEW_NONE: not said */
  uint32_t form;               /* forms */
  uint32_t segments;           /* segment_lists */
  uint64_t bytes;
  uint32_t unnamed;  /* segments without a label that tells what they are */
  bool names_images; /* it refers to images, */
  bool compared;     /* and all of them were there to compare it with */
  bool found;        /* it has a finding */
} review_object;

/* A code with one meaning. */
typedef struct review_meaning {
  uint32_t code; /* codes */
  uint32_t text; /* texts: the meaning */
  uint32_t objects;
  uint32_t last_object; /* + 1: for counting each once */
  uint32_t kind;        /* of its finding */
  uint32_t finding;     /* told + 1; 0: none */
} review_meaning;

/* A label with one set of codes: what is counted is the same. */
typedef struct review_use {
  uint32_t label; /* labels */
  uint32_t codes; /* texts */
  uint32_t objects;
  uint32_t last_object;
  uint32_t finding; /* as of a meaning */
} review_use;

/* How objects are made: maker, representation, syntax. */
typedef struct review_form {
  uint32_t maker, representation, syntax; /* texts */
  uint32_t objects;
  uint64_t bytes;
} review_form;

typedef struct review_finding {
  uint32_t kind;
  uint32_t objects;
  uint64_t count;
  uint32_t examples[REVIEW_EXAMPLES]; /* objects, those whose names are first */
  uint32_t last_hit;                  /* + 1 */
} review_finding;

typedef struct review_hit {
  uint32_t finding, object;
  uint32_t count;
} review_hit;

/* A series in the table. */
typedef struct review_row {
  const char *name;        /* of the series, while rows are sorted */
  uint32_t series, object; /* object: the one of it whose name is first */
  uint32_t objects;
  uint32_t worst; /* finding + 1 */
  uint32_t forms; /* different ones; of the first the table tells maker, representation and syntax */
  uint64_t score;
  uint64_t counts[REVIEW_KINDS];
  uint64_t unverified_codes;                                /* (object, code) of no table */
  uint64_t unnamed;                                         /* segments */
  uint32_t no_patient, no_frame_of_reference, not_compared; /* objects */
} review_row;

struct review {
  review_memory memory;
  uint64_t object_memory; /* for opening one */
  const char *temporary_directory;
  review_images *images;
  review_table texts;
  review_table patients;     /* review_chain */
  review_table studies;      /* review_chain */
  review_table series;       /* review_chain */
  review_table instances;    /* review_chain */
  review_table image_series; /* review_chain */
  review_table tracking;     /* review_chain */
  review_table codes;        /* "scheme\x1fvalue"; a review_code_use */
  review_table meanings;     /* review_meaning */
  review_table labels;       /* normal forms; items: whether it has several sets of codes is found at the end */
  review_table uses;         /* review_use */
  review_table segments;     /* what is the same of segments: numbers of a use and of meanings */
  review_table segment_lists;
  review_table forms;    /* review_form */
  review_table told;     /* texts of findings of meanings and uses, until objects have them */
  review_table findings; /* kind and text; review_finding */
  review_array objects;  /* review_object */
  review_array links;    /* review_link */
  review_array hits;     /* review_hit */
  review_row *rows;
  size_t row_count;
  uint64_t unread;
};

/* A code, and whether a table has it. */
typedef struct review_code_use {
  bool known;
  bool is_private; /* its scheme begins with 99 (PS3.3 8.2) */
  uint32_t objects;
  uint32_t last_object; /* + 1 */
} review_code_use;

static inline review_object *review_object_at(const review *all, size_t number) {
  return review_array_at(&all->objects, number);
}
static inline review_link *review_link_at(const review *all, uint32_t number) {
  return review_array_at(&all->links, number);
}

/* findings.c. Notes that an object has a finding; text says what, with all codes and UIDs that it is about. */
dseg_status review_found(review *all, review_kind kind, const char *text, uint32_t object, uint64_t count,
                         dseg_error *error);
/* Makes the rows of the table. */
dseg_status review_make_rows(review *all, dseg_error *error);
/* The numbers of all findings, by weight of kind, then kind, then number of objects, then text: free it. */
dseg_status review_sort_findings(const review *all, uint32_t **order, dseg_error *error);

/* collect.c. A segment's codes but its category, without their meanings, in place of text: "SCT 64033007 + SCT
 * 7771000", with a region "SCT 4147007 in SCT 64033007 + SCT 7771000". */
dseg_status review_write_codes(const review_code *codes, size_t count, dseg_buffer *text, dseg_error *error);

/* Calls visit for what is the same of each of an object's segments: the number of its use or REVIEW_NONE,
 * and its meanings. */
typedef dseg_status (*review_segment_visit)(review *all, uint32_t object, uint32_t use, const uint32_t *meanings,
                                            size_t count, void *user, dseg_error *error);
dseg_status review_each_segment(review *all, uint32_t object, review_segment_visit visit, void *user,
                                dseg_error *error);

/* meanings.c, labels.c, identity.c: findings between objects. */
dseg_status review_compare_meanings(review *all, dseg_error *error);
dseg_status review_compare_labels(review *all, dseg_error *error);
dseg_status review_compare_identity(review *all, dseg_error *error);

#endif
