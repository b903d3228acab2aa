/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - the rows, and how they are found.
 *
 * TERM(number, name, keys, category, type, modifier, region, region modifier, colour, EXACT or COARSE, source): members
 * of dseg_term, and the keys of dseg_term_row. */
#include <string.h>

#include "terms/rows.h"

#define SCT(value, meaning) \
  { value, "SCT", meaning }
#define DCM(value, meaning) \
  { value, "DCM", meaning }
#define NCIT(value, meaning) \
  { value, "NCIt", meaning }
#define NO_CODE \
  { NULL, NULL, NULL }
#define LEFT SCT("7771000", "Left")
#define RIGHT SCT("24028007", "Right")
/* CID 7150, Segmentation Property Categories. */
#define ANATOMY SCT("91723000", "Anatomical Structure")
#define TISSUE SCT("85756007", "Tissue")
#define ABNORMAL SCT("49755003", "Morphologically Abnormal Structure")
#define OBJECT SCT("260787004", "Physical object")
#define SUBSTANCE SCT("91720002", "Body Substance")
#define RGB(red, green, blue) \
  { red, green, blue }
#define EXACT false
#define COARSE true
#define TS_PS316 "TotalSegmentator 2.18.0; the code is in PS3.16"
#define TS_OWN "TotalSegmentator 2.18.0, which has the code, too; it is not in PS3.16"
#define FS_PS316 "FreeSurferColorLUT.txt; the code is in PS3.16"
#define FS_OWN "FreeSurferColorLUT.txt; the code is fs2dicom's, and not in PS3.16"
#define FS_COARSE "FreeSurferColorLUT.txt; no source has a code for it, PS3.16 has one for cerebral cortex"
#define PS316 "PS3.16"

#define TERM(number, name, keys, category, type, modifier, region, region_modifier, rgb, coarse, source) \
  {{name, CATALOGUE, number, category, type, modifier, region, region_modifier, rgb, coarse, source}, keys},

static const dseg_term_row rows[] = {
#define CATALOGUE DSEG_TERMS_TOTALSEGMENTATOR
#include "terms/totalsegmentator.def"
#undef CATALOGUE
#define CATALOGUE DSEG_TERMS_TOTALSEGMENTATOR_TASKS
#include "terms/tasks.def"
#undef CATALOGUE
#define CATALOGUE DSEG_TERMS_FREESURFER
#include "terms/freesurfer.def"
#undef CATALOGUE
#define CATALOGUE DSEG_TERMS_GENERAL
#include "terms/general.def"
#undef CATALOGUE
};
#define ROWS (sizeof rows / sizeof rows[0])

const dseg_term_row *dseg_term_row_at(size_t index) {
  return index < ROWS ? &rows[index] : NULL;
}

size_t dseg_term_count(void) {
  return ROWS;
}

const dseg_term *dseg_term_at(size_t index) {
  return index < ROWS ? &rows[index].term : NULL;
}

/* Whether the list of keys has this one. */
static bool has_key(const char *keys, const char *key, size_t length) {
  for (;;) {
    const size_t size = strcspn(keys, "|");
    if (size == length && memcmp(keys, key, size) == 0) {
      return true;
    }
    if (keys[size] == '\0') {
      return false;
    }
    keys += size + 1;
  }
}

const dseg_term *dseg_term_find(const char *name) {
  char key[DSEG_NAME_ROOM];
  if (!dseg_name_normalise(name, key)) {
    return NULL;
  }
  const size_t length = strlen(key);
  for (size_t i = 0; i < ROWS; i++) {
    if (has_key(rows[i].keys, key, length)) {
      return &rows[i].term;
    }
  }
  return NULL;
}

const dseg_term *dseg_term_numbered(dseg_term_catalogue catalogue, uint32_t number) {
  for (size_t i = 0; number != 0 && i < ROWS; i++) {
    if (rows[i].term.catalogue == catalogue && rows[i].term.number == number) {
      return &rows[i].term;
    }
  }
  return NULL;
}

/* A list of one code, or of none. */
static dseg_code_list list_of(const dseg_code *code) {
  return (dseg_code_list){code, code->value != NULL ? 1 : 0};
}

void dseg_term_apply(const dseg_term *term, dseg_segment *segment, bool color) {
  segment->category = term->category;
  segment->type = term->type;
  segment->type_modifiers = list_of(&term->modifier);
  segment->anatomic_regions = list_of(&term->region);
  segment->anatomic_region_modifiers = list_of(&term->region_modifier);
  if (color) {
    segment->has_color = true;
    memcpy(segment->rgb, term->rgb, sizeof segment->rgb);
    dseg_rgb_to_cielab(segment->rgb, segment->cielab);
  }
}
