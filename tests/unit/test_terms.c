/* SPDX-License-Identifier: Apache-2.0 */
/* test_terms.c - the table of terms: every row is found by its names and no other row is, all structures of the
 * catalogues are there, sides mirror each other, and codes are those of the schemes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/terms.h"
#include "terms/codes.h"

static void expect_normal(const char *name, const char *wanted) {
  char normal[DSEG_NAME_ROOM];
  assert_int_equal(dseg_name_normalise(name, normal), wanted[0] != '\0');
  assert_string_equal(normal, wanted);
}

static void test_normal_forms(void **state) {
  char long_name[2 * DSEG_NAME_ROOM];
  (void)state;
  expect_normal("kidney_left", "kidney left");
  expect_normal("Left-Kidney", "kidney left");
  expect_normal("  KIDNEY (L) ", "kidney left");
  expect_normal("rib_left_1", "rib 1 left");
  expect_normal("ctx-rh-insula", "ctx insula right");
  expect_normal("vertebrae_L1.nii.gz", "vertebrae l1");
  expect_normal("kidney_right.SEG.NRRD", "kidney right");
  expect_normal(".nii.gz", "nii gz"); /* no ending without a name */
  expect_normal("left", "left");
  expect_normal("left_to_right", "left to right"); /* two sides are no side */
  expect_normal("Gro\xC3\x9Fhirn links", "gro\xC3\x9Fhirn links");
  expect_normal("", "");
  expect_normal("_-_", "");
  expect_normal(NULL, "");
  memset(long_name, 'a', sizeof long_name);
  long_name[DSEG_NAME_ROOM] = '\0';
  expect_normal(long_name, "");
  long_name[DSEG_NAME_ROOM - 1] = '\0';
  expect_normal(long_name, long_name);
}

#if DSEG_TEST_TERMS
#include "terms/rows.h"

/* Copies the next key, and moves keys behind it; false at the end. */
static bool next_key(const char **keys, char key[DSEG_NAME_ROOM]) {
  if (**keys == '\0') {
    return false;
  }
  const size_t size = strcspn(*keys, "|");
  assert_true(size > 0 && size < DSEG_NAME_ROOM);
  memcpy(key, *keys, size);
  key[size] = '\0';
  *keys += size + ((*keys)[size] == '|');
  return true;
}

/* A key that two rows have would find the first of them for both. */
static void test_each_row_is_found(void **state) {
  const dseg_term_row *row;
  size_t count = 0;
  (void)state;
  for (; (row = dseg_term_row_at(count)) != NULL; count++) {
    const char *keys = row->keys;
    char key[DSEG_NAME_ROOM];
    char normal[DSEG_NAME_ROOM];
    assert_ptr_equal(dseg_term_at(count), &row->term);
    assert_ptr_equal(dseg_term_find(row->term.name), &row->term);
    assert_true(dseg_name_normalise(row->term.name, normal));
    assert_int_equal(strcspn(keys, "|"), strlen(normal));
    assert_memory_equal(keys, normal, strlen(normal));
    while (next_key(&keys, key)) {
      assert_true(dseg_name_normalise(key, normal));
      assert_string_equal(key, normal);
      if (dseg_term_find(key) != &row->term) {
        fail_msg("\"%s\" of %s finds %s", key, row->term.name, dseg_term_find(key)->name);
      }
    }
  }
  assert_int_equal(count, dseg_term_count());
  assert_null(dseg_term_at(count));
  assert_null(dseg_term_find("no such structure"));
  assert_null(dseg_term_find(NULL));
}

static void test_catalogues(void **state) {
  size_t cortical[2] = {0, 0};
  (void)state;
  for (uint32_t number = 1; number <= 117; number++) {
    const dseg_term *term = dseg_term_numbered(DSEG_TERMS_TOTALSEGMENTATOR, number);
    assert_non_null(term);
    assert_ptr_equal(term, dseg_term_at(number - 1));
    assert_false(term->is_coarse);
  }
  assert_null(dseg_term_numbered(DSEG_TERMS_TOTALSEGMENTATOR, 118));
  assert_null(dseg_term_numbered(DSEG_TERMS_TOTALSEGMENTATOR, 0));
  assert_string_equal(dseg_term_numbered(DSEG_TERMS_TOTALSEGMENTATOR, 5)->name, "liver");
  assert_string_equal(dseg_term_numbered(DSEG_TERMS_FREESURFER, 17)->name, "Left-Hippocampus");
  for (uint32_t number = 1001; number <= 1035; number++) {
    const dseg_term *left = dseg_term_numbered(DSEG_TERMS_FREESURFER, number);
    const dseg_term *right = dseg_term_numbered(DSEG_TERMS_FREESURFER, number + 1000);
    assert_int_equal(left == NULL, number == 1004); /* corpus callosum, which is no cortex */
    assert_int_equal(right == NULL, number == 1004);
    if (left != NULL && right != NULL) {
      assert_int_equal(left->is_coarse, strcmp(left->type.value, "40146001") == 0);
      cortical[0] += left->is_coarse;
      cortical[1] += right->is_coarse;
    }
  }
  assert_int_equal(cortical[0], 32); /* all 34 but insula and entorhinal cortex */
  assert_int_equal(cortical[1], 32);
}

/* Numbers go up within a catalogue, and catalogues follow each other. */
static void test_order(void **state) {
  (void)state;
  for (size_t i = 1; i < dseg_term_count(); i++) {
    const dseg_term *before = dseg_term_at(i - 1);
    const dseg_term *term = dseg_term_at(i);
    assert_true(before->catalogue <= term->catalogue);
    if (before->catalogue == term->catalogue && term->number != 0) {
      assert_true(before->number < term->number);
    }
  }
}

/* The key with the other side; false: it names none. */
static bool mirror(const char *key, char other[DSEG_NAME_ROOM]) {
  const size_t length = strlen(key);
  if (length > 5 && strcmp(key + length - 5, " left") == 0) {
    (void)snprintf(other, DSEG_NAME_ROOM, "%.*s right", (int)(length - 5), key);
    return true;
  }
  if (length > 6 && strcmp(key + length - 6, " right") == 0) {
    (void)snprintf(other, DSEG_NAME_ROOM, "%.*s left", (int)(length - 6), key);
    return true;
  }
  return false;
}

static void expect_mirrored(const dseg_code *a, const dseg_code *b) {
  const bool left = a->value != NULL && strcmp(a->value, "7771000") == 0;
  const bool right = a->value != NULL && strcmp(a->value, "24028007") == 0;
  if (left || right) {
    assert_string_equal(b->value, left ? "24028007" : "7771000");
  } else if (a->value == NULL) {
    assert_null(b->value);
  } else {
    assert_string_equal(a->value, b->value);
  }
}

static void test_sides_mirror(void **state) {
  static const char *const single[] = {"atrial appendage left", "lung middle lobe right"};
  static const char *const named_by_code[] = {"heart atrium left", "heart atrium right", "heart ventricle left",
                                              "heart ventricle right"};
  size_t found = 0;
  size_t pairs = 0;
  (void)state;
  for (size_t i = 0; i < dseg_term_count(); i++) {
    const dseg_term *term = dseg_term_at(i);
    char key[DSEG_NAME_ROOM];
    char other[DSEG_NAME_ROOM];
    assert_true(dseg_name_normalise(term->name, key));
    if (!mirror(key, other)) {
      assert_true(term->modifier.value == NULL || strcmp(term->modifier.meaning, "Left") != 0);
      assert_true(term->modifier.value == NULL || strcmp(term->modifier.meaning, "Right") != 0);
      continue;
    }
    const dseg_term *mirrored = dseg_term_find(other);
    bool is_named = false;
    for (size_t j = 0; j < sizeof named_by_code / sizeof named_by_code[0]; j++) {
      is_named = is_named || strcmp(key, named_by_code[j]) == 0;
    }
    if (is_named) {
      assert_non_null(mirrored);
      assert_null(term->modifier.value);
      assert_string_not_equal(term->type.value, mirrored->type.value);
      continue;
    }
    if (mirrored == NULL) {
      assert_true(strcmp(key, single[0]) == 0 || strcmp(key, single[1]) == 0);
      found++;
      continue;
    }
    assert_true(term->modifier.value != NULL || term->region_modifier.value != NULL);
    assert_string_equal(term->type.value, mirrored->type.value);
    assert_string_equal(term->category.value, mirrored->category.value);
    expect_mirrored(&term->modifier, &mirrored->modifier);
    expect_mirrored(&term->region, &mirrored->region);
    expect_mirrored(&term->region_modifier, &mirrored->region_modifier);
    pairs++;
  }
  assert_int_equal(found, 2);
  assert_true(pairs > 200 && pairs % 2 == 0);
}

/* The check digit of SNOMED CT's identifiers (Verhoeff), and the partition of concepts: "00" before it. */
static bool is_concept(const char *value) {
  static const char turned[] = "1576283094";
  const size_t length = strlen(value);
  uint8_t permutation[8][10];
  unsigned check = 0;
  if (length < 6 || length > 18 || strspn(value, "0123456789") != length || memcmp(value + length - 3, "00", 2) != 0) {
    return false;
  }
  for (uint8_t digit = 0; digit < 10; digit++) {
    permutation[0][digit] = digit;
    permutation[1][digit] = (uint8_t)(turned[digit] - '0');
  }
  for (size_t i = 2; i < 8; i++) {
    for (size_t digit = 0; digit < 10; digit++) {
      permutation[i][digit] = permutation[i - 1][permutation[1][digit]];
    }
  }
  for (size_t i = 0; i < length; i++) {
    const unsigned digit = permutation[i % 8][(size_t)(value[length - 1 - i] - '0')];
    /* the product in the dihedral group of ten elements */
    const unsigned rest = check < 5 ? (check + digit % 5) % 5 : (check + 10 - digit % 5) % 5;
    const bool flips = (check < 5) != (digit < 5);
    check = flips ? 5 + rest : rest;
  }
  return check == 0;
}

static void expect_code(const dseg_code *code) {
  if (code->value == NULL) {
    assert_null(code->scheme);
    assert_null(code->meaning);
    return;
  }
  const char *meaning = dseg_code_meaning(code->scheme, code->value);
  if (meaning == NULL || strcmp(meaning, code->meaning) != 0) {
    fail_msg("%s %s \"%s\" is \"%s\" among the codes", code->scheme, code->value, code->meaning,
             meaning != NULL ? meaning : "missing");
  }
}

static void test_rows_have_known_codes(void **state) {
  (void)state;
  for (size_t i = 0; i < dseg_term_count(); i++) {
    const dseg_term *term = dseg_term_at(i);
    assert_non_null(term->category.value);
    assert_non_null(term->type.value);
    assert_string_not_equal(term->category.value, term->type.value);
    assert_true(strlen(term->source) > 0 && strlen(term->name) <= 64);
    expect_code(&term->category);
    expect_code(&term->type);
    expect_code(&term->modifier);
    expect_code(&term->region);
    expect_code(&term->region_modifier);
    assert_true(term->region.value != NULL || term->region_modifier.value == NULL);
  }
}

static void test_codes_are_well_formed(void **state) {
  const dseg_known_code *before = NULL;
  const dseg_known_code *code;
  size_t concepts = 0;
  (void)state;
  assert_false(is_concept("10200005")); /* the test of the test: one digit off, two changed round */
  assert_false(is_concept("12000004"));
  for (size_t i = 0; (code = dseg_known_code_at(i)) != NULL; i++) {
    if (strcmp(code->scheme, "SCT") == 0) {
      if (!is_concept(code->value)) {
        fail_msg("%s is no identifier of SNOMED CT", code->value);
      }
      concepts++;
    }
    assert_true(strlen(code->meaning) > 0 && strlen(code->meaning) <= 64);
    if (before != NULL) {
      const int scheme = strcmp(before->scheme, code->scheme);
      const int order = scheme != 0 ? scheme : strcmp(before->value, code->value);
      if (order > 0 || (order == 0 && strcmp(before->meaning, code->meaning) == 0)) {
        fail_msg("%s %s \"%s\" is not in order, or there twice", code->scheme, code->value, code->meaning);
      }
    }
    before = code;
  }
  assert_true(concepts > 1000);
}

static void test_words_of_meanings(void **state) {
  (void)state;
  assert_true(dseg_same_meaning("Kidneys", "Kidney structure (body structure)"));
  assert_true(dseg_same_meaning("upper lobe, left", "Upper Lobe Left"));
  assert_false(dseg_same_meaning("Left kidney", "Right kidney"));
  assert_false(dseg_same_meaning("Liver", ""));
  assert_true(dseg_code_means("SCT", "64033007", "kidneys"));
  assert_true(dseg_code_means("SCT", "64033007", "Endo-renal")); /* of CID 4 */
  assert_true(dseg_code_means("SCT", "64033007", "Left kidney"));
  assert_false(dseg_code_means("SCT", "64033007", "Liver"));
  assert_false(dseg_code_means("SCT", "22083002", "Hepatic artery")); /* which has another code */
  assert_false(dseg_code_means("99TEST", "64033007", "Kidney"));
}

static void test_meanings(void **state) {
  (void)state;
  assert_string_equal(dseg_code_meaning("SCT", "10200004"), "Liver");
  assert_string_equal(dseg_code_meaning("SCT", "64033007"), "Kidney"); /* CID 4 has "Endo-renal" */
  assert_string_equal(dseg_code_meaning("SCT", "78333006"), "Gluteus medius muscle");
  assert_string_equal(dseg_code_meaning("DCM", "125040"), "Background");
  assert_null(dseg_code_meaning("DCM", "10200004"));
  assert_null(dseg_code_meaning("SCT", "1020000"));
  assert_null(dseg_code_meaning("SCT", "102000041"));
  assert_null(dseg_code_meaning("SCT", ""));
  assert_null(dseg_code_meaning(NULL, "10200004"));
  assert_non_null(strstr(dseg_code_edition(), "PS3.16 20"));
}

static void expect_near(const char *name, const char *wanted) {
  const dseg_term *near[5];
  const size_t count = dseg_term_near(name, near, 5);
  assert_null(dseg_term_find(name)); /* near names are never found */
  assert_in_range(count, 1, 5);
  assert_string_equal(near[0]->name, wanted);
}

static void test_near_names(void **state) {
  const dseg_term *near[40];
  (void)state;
  expect_near("kidny_left", "kidney_left");
  expect_near("livr", "liver");
  expect_near("liver_left", "liver");
  expect_near("upper lobe left", "lung_upper_lobe_left");
  assert_int_equal(dseg_term_near("qwertzuiop", near, 5), 0);
  assert_int_equal(dseg_term_near("left", near, 5), 0);
  assert_int_equal(dseg_term_near("", near, 5), 0);
  assert_int_equal(dseg_term_near("liver_left", near, 0), 0);
  assert_in_range(dseg_term_near("lesion", near, 40), 2, 32);
  assert_string_equal(near[0]->name, "lesion");
}

static void test_applied(void **state) {
  dseg_segment segment = {.number = 7, .label = "mine"};
  const dseg_code old = {"1", "99X", "old"};
  (void)state;
  segment.type_modifiers = (dseg_code_list){&old, 1};
  dseg_term_apply(dseg_term_find("kidney cyst left"), &segment, false);
  assert_string_equal(segment.category.value, "49755003");
  assert_string_equal(segment.type.meaning, "Cyst");
  assert_int_equal(segment.type_modifiers.count, 0);
  assert_int_equal(segment.anatomic_regions.count, 1);
  assert_string_equal(segment.anatomic_regions.items[0].meaning, "Kidney");
  assert_string_equal(segment.anatomic_region_modifiers.items[0].meaning, "Left");
  assert_false(segment.has_color);
  dseg_term_apply(dseg_term_find("kidney_right"), &segment, true);
  assert_string_equal(segment.type_modifiers.items[0].meaning, "Right");
  assert_int_equal(segment.anatomic_regions.count, 0);
  assert_true(segment.has_color && segment.rgb[0] == 34 && segment.cielab[0] != 0);
  assert_int_equal(segment.number, 7);
  assert_string_equal(segment.label, "mine");
}

/* What is wrong in the tables that the rows come from is not repeated. */
static void test_known_faults_of_sources(void **state) {
  (void)state;
  assert_string_equal(dseg_term_find("subclavian_artery_left")->type.value, "36765005");
  assert_string_equal(dseg_term_find("subclavian_artery_right")->type.value, "36765005");
  assert_string_equal(dseg_term_find("gluteus_minimus")->type.value, "75297007");
  assert_string_equal(dseg_term_find("gluteus_minimus")->type.meaning, "Gluteus minimus muscle");
  assert_string_not_equal(dseg_term_find("phalanges_hand")->region.value,
                          dseg_term_find("phalanges_feet")->region.value);
  assert_null(dseg_term_find("Left-non-WM-hypointensities"));
}
#else
static void test_no_table(void **state) {
  const dseg_term *near[1];
  (void)state;
  assert_int_equal(dseg_term_count(), 0);
  assert_null(dseg_term_at(0));
  assert_null(dseg_term_find("liver"));
  assert_null(dseg_term_numbered(DSEG_TERMS_TOTALSEGMENTATOR, 5));
  assert_int_equal(dseg_term_near("liver", near, 1), 0);
  assert_null(dseg_code_meaning("SCT", "10200004"));
  assert_non_null(dseg_code_edition());
}
#endif

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_normal_forms),
#if DSEG_TEST_TERMS
    cmocka_unit_test(test_each_row_is_found),
    cmocka_unit_test(test_catalogues),
    cmocka_unit_test(test_order),
    cmocka_unit_test(test_sides_mirror),
    cmocka_unit_test(test_rows_have_known_codes),
    cmocka_unit_test(test_codes_are_well_formed),
    cmocka_unit_test(test_meanings),
    cmocka_unit_test(test_words_of_meanings),
    cmocka_unit_test(test_near_names),
    cmocka_unit_test(test_applied),
    cmocka_unit_test(test_known_faults_of_sources),
#else
    cmocka_unit_test(test_no_table),
#endif
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
