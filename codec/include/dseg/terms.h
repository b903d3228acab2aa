/* SPDX-License-Identifier: Apache-2.0 */
/* terms.h - the codes of structures by their names: one table, with the source of each row (docs/terminology.md).
 *
 *     const dseg_term *term = dseg_term_find("Left-Kidney");  // "kidney_left", "left kidney", "kidney_l" are the same
 *     if (term != NULL) {
 *       dseg_term_apply(term, &segment, true);                // codes and colour; label and number stay
 *     } else {
 *       const dseg_term *near[5];
 *       const size_t count = dseg_term_near("kidny_left", near, 5);  // to show to a person, never to write
 *     }
 *
 * A name is found by its normal form alone (dseg_name_normalise), never by likeness: a wrong code is worse than none.
 * Everything here has static storage and never changes: all functions may be called from any thread, allocate nothing
 * and cannot fail. A library that was built with DSEG_WITH_TERMS=OFF has an empty table: counts are 0, look-ups give
 * NULL, and dseg_name_normalise works all the same. */
#ifndef DSEG_TERMS_H
#define DSEG_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dseg/description.h"
#include "dseg/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whose names they are. Numbers of labels count within one catalogue. */
typedef enum dseg_term_catalogue {
  DSEG_TERMS_TOTALSEGMENTATOR =
      0, /* task "total" of TotalSegmentator 2: numbers 1 to 117 are the values of its labels */
  DSEG_TERMS_TOTALSEGMENTATOR_TASKS, /* what its other tasks find; each task has numbers of its own: 0 here */
  DSEG_TERMS_FREESURFER,             /* aseg and aparc: numbers of FreeSurferColorLUT.txt */
  DSEG_TERMS_GENERAL                 /* organs without a number, lesions, findings */
} dseg_term_catalogue;

/* One row. Codes whose value is NULL are absent. Later versions append members: read rows through the pointer. */
typedef struct dseg_term {
  const char *name; /* as its catalogue spells it: "kidney_left", "Left-Hippocampus", "liver_tumor" */
  dseg_term_catalogue catalogue;
  uint32_t number;           /* in its catalogue; 0: none */
  dseg_code category;        /* Segmented Property Category Code Sequence (0062,0003) */
  dseg_code type;            /* Segmented Property Type Code Sequence (0062,000F) */
  dseg_code modifier;        /* (0062,0011): nearly always the side */
  dseg_code region;          /* Anatomic Region Sequence (0008,2218): where a lesion or an implant is */
  dseg_code region_modifier; /* (0008,2220): the side of the region */
  uint8_t rgb[3];            /* recommended colour, sRGB */
  /* The codes say less than the name, since no code of the source says it all: cortical areas are "Cerebral cortex"
   * with the side. The label keeps the name, and whoever codes by the table counts these for the user. */
  bool is_coarse;
  const char *source; /* where name, colour and codes come from */
} dseg_term;

/* The rows: those of a catalogue follow each other, by number where they have one; NULL past the end. */
DSEG_API size_t dseg_term_count(void);
DSEG_API const dseg_term *dseg_term_at(size_t index);

/* The row with this name or synonym; NULL: none. name may be NULL. */
DSEG_API const dseg_term *dseg_term_find(const char *name);
/* The row with this number in a catalogue; NULL: none, and always for number 0. */
DSEG_API const dseg_term *dseg_term_numbered(dseg_term_catalogue catalogue, uint32_t number);

/* Fills out with up to most rows whose names are like this one, the best first, and returns how many. They are
 * suggestions for a person: none of them is to be written without being asked for. Linear in the table. */
DSEG_API size_t dseg_term_near(const char *name, const dseg_term **out, size_t most);

/* Gives a segment the row's codes, and its colour if color is true; what the row does not have, the segment does not
 * have afterwards. Number, label and all else stay as they are. The segment points to the table, which a description
 * may do, since it never frees what it did not allocate. */
DSEG_API void dseg_term_apply(const dseg_term *term, dseg_segment *segment, bool color);

/* The meaning of a code as PS3.16 has it, or as the row's source has it where PS3.16 does not; NULL: the code is in
 * neither, which says nothing against it. scheme: "SCT" or "DCM"; "SRT", the retired form of SNOMED, is not known. */
DSEG_API const char *dseg_code_meaning(const char *scheme, const char *value);
/* Whether the review of codes (dseg/validate.h) takes a meaning for the code: it has the words of one that PS3.16 or a
 * row's source has, or shares with it a word that tells structures apart ("Left kidney" for Kidney) and is the meaning
 * of no other code. False, too, for a code that is in neither. No argument may be NULL. */
DSEG_API bool dseg_code_means(const char *scheme, const char *value, const char *meaning);
/* Whether the words of two meanings are the same but for case, signs between them, plural, and words that name no
 * structure: "Kidneys" and "Kidney structure (body structure)" are. Neither may be NULL. */
DSEG_API bool dseg_same_meaning(const char *a, const char *b);
/* What the codes were taken from, for messages: "the context groups of PS3.16 that ... has"; never NULL. */
DSEG_API const char *dseg_code_edition(void);

/* Room for a normal form with its final NUL. */
#define DSEG_NAME_ROOM 128u
/* Writes the normal form of a name into normal: lower case, parts of letters and digits with single spaces between
 * them, endings of files (".nii.gz", ".nrrd", ".mha") cut off, and the side as the last word: "left" or "right" for l,
 * r, lh, rh, left and right wherever they stand as a word of their own. Letters beyond ASCII stay as they are. Two
 * names are the same if their normal forms are. Returns false, with normal empty, for a name that is NULL, has no
 * letter or digit, or is too long. */
DSEG_API bool dseg_name_normalise(const char *name, char normal[DSEG_NAME_ROOM]);

#ifdef __cplusplus
}
#endif
#endif
