/* SPDX-License-Identifier: Apache-2.0 */
/* table_none.c - a build without the tables (DSEG_WITH_TERMS): nothing is found. */
#include "terms/codes.h"

size_t dseg_term_count(void) {
  return 0;
}

const dseg_term *dseg_term_at(size_t index) {
  (void)index;
  return NULL;
}

const dseg_term *dseg_term_find(const char *name) {
  (void)name;
  return NULL;
}

const dseg_term *dseg_term_numbered(dseg_term_catalogue catalogue, uint32_t number) {
  (void)catalogue;
  (void)number;
  return NULL;
}

size_t dseg_term_near(const char *name, const dseg_term **out, size_t most) {
  (void)name;
  (void)out;
  (void)most;
  return 0;
}

void dseg_term_apply(const dseg_term *term, dseg_segment *segment, bool color) {
  (void)term;
  (void)segment;
  (void)color;
}

const dseg_known_code *dseg_find_known_code(dseg_view scheme, dseg_view value, size_t *count) {
  (void)scheme;
  (void)value;
  *count = 0;
  return NULL;
}

const dseg_known_code *dseg_known_code_at(size_t index) {
  (void)index;
  return NULL;
}

const char *dseg_code_meaning(const char *scheme, const char *value) {
  (void)scheme;
  (void)value;
  return NULL;
}

const char *dseg_code_edition(void) {
  return "none, which this build was made without (DSEG_WITH_TERMS)";
}
