/* SPDX-License-Identifier: Apache-2.0 */
/* codes.c - the meanings of codes. */
#include "terms/codes.h"

#include "terms/words.h"

#define PS316 "PS3.16"
#define TOTALSEGMENTATOR "TotalSegmentator 2.18.0"
#define FS2DICOM "fs2dicom"
#define SRT "SNOMED CT's value for SRT T-D000A, which older objects have"

#define CODE(scheme, value, meaning, source) {scheme, value, meaning, source},
static const dseg_known_code codes[] = {
#include "terms/codes.def"
};
#define CODES (sizeof codes / sizeof codes[0])

/* As strcmp does. */
static int compare_text(const char *text, dseg_view other) {
  const size_t length = strlen(text);
  const size_t common = length < other.size ? length : other.size;
  const int order = common > 0 ? memcmp(text, other.data, common) : 0;
  return order != 0 ? order : (length > other.size) - (length < other.size);
}

static int compare(const dseg_known_code *code, dseg_view scheme, dseg_view value) {
  const int order = compare_text(code->scheme, scheme);
  return order != 0 ? order : compare_text(code->value, value);
}

const dseg_known_code *dseg_find_known_code(dseg_view scheme, dseg_view value, size_t *count) {
  size_t low = 0;
  size_t high = CODES;
  while (low < high) { /* the first entry that is not before the code */
    const size_t middle = low + (high - low) / 2;
    if (compare(&codes[middle], scheme, value) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  *count = 0;
  while (low + *count < CODES && compare(&codes[low + *count], scheme, value) == 0) {
    *count += 1;
  }
  return *count > 0 ? &codes[low] : NULL;
}

const dseg_known_code *dseg_known_code_at(size_t index) {
  return index < CODES ? &codes[index] : NULL;
}

const char *dseg_code_meaning(const char *scheme, const char *value) {
  size_t count;
  if (scheme == NULL || value == NULL) {
    return NULL;
  }
  const dseg_known_code *known = dseg_find_known_code(dseg_view_of_text(scheme), dseg_view_of_text(value), &count);
  return known != NULL ? known->meaning : NULL;
}

const char *dseg_code_edition(void) {
  return "the context groups of PS3.16 2026b for segments, and the codes of TotalSegmentator 2.18.0";
}
