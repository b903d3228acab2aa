/* SPDX-License-Identifier: Apache-2.0 */
/* test_tool_codes.c - the codes that the program and the library write of themselves mean what they are said to mean.
 *
 * The right values stand here once more. Where they come from: the context groups of DICOM PS3.16 (CID 4 Anatomic
 * Region, CID 244 Laterality, CID 7150 and 7151 for segments, CID 7202 and 7203 for derivation), and for structures
 * that these lack the SNOMED CT codes that TotalSegmentator publishes with its class names. */
#include "writer_fixture.h"

#include "model/default_codes.h"
#include "phantom/anatomy.h"
#include "phantom/phantom.h"

/* What a structure of the phantom is called, its code and meaning in SNOMED CT, and which sides of it there are. The
 * code is that of the structure on either side; the side is a modifier (PS3.3 C.8.20.4.2). */
typedef struct known_structure {
  const char *name, *code, *meaning, *sides;
} known_structure;

static const known_structure known_structures[] = {
    {"liver", "10200004", "Liver", ""},
    {"kidney", "64033007", "Kidney", "LR"},
    {"spleen", "78961009", "Spleen", ""},
    {"aorta", "15825003", "Aorta", ""},
    {"lung upper lobe", "45653009", "Upper lobe of lung", "LR"},
    {"lung lower lobe", "90572001", "Lower lobe of lung", "LR"},
    {"lung middle lobe right", "72481006", "Middle lobe of right lung", ""},
    {"heart", "80891009", "Heart", ""},
    {"atrial appendage", "68786006", "Auricular appendage", "L"},
    {"stomach", "69695003", "Stomach", ""},
    {"pancreas", "15776009", "Pancreas", ""},
    {"gallbladder", "28231008", "Gallbladder", ""},
    {"duodenum", "38848004", "Duodenum", ""},
    {"small bowel", "30315005", "Small Intestine", ""},
    {"colon", "71854001", "Colon", ""},
    {"urinary bladder", "89837001", "Bladder", ""},
    {"prostate", "41216001", "Prostate", ""},
    {"esophagus", "32849002", "Esophagus", ""},
    {"trachea", "44567001", "Trachea", ""},
    {"thyroid gland", "69748006", "Thyroid", ""},
    {"adrenal gland", "23451007", "Adrenal gland", "LR"},
    {"spinal cord", "2748008", "Spinal cord", ""},
    {"sacrum", "54735007", "Sacrum", ""},
    {"hip", "29836001", "Hip", "LR"},
    {"femur", "71341001", "Femur", "LR"},
    {"sternum", "56873002", "Sternum", ""},
    {"costal cartilages", "50016007", "Costal Cartilage", ""},
    {"clavicle", "51299004", "Clavicle", "LR"},
    {"scapula", "79601000", "Scapula", "LR"},
    {"humerus", "85050009", "Humerus", "LR"},
    {"skull", "89546000", "Skull", ""},
    {"autochthonous muscle", "244849004", "Deep muscle of back", "LR"},
    {"iliopsoas", "68455001", "Iliopsoas muscle", "LR"},
    {"gluteus maximus", "181674001", "Gluteus maximus muscle", "LR"},
    {"gluteus medius", "78333006", "Gluteus medius muscle", "LR"},
    {"gluteus minimus", "75297007", "Gluteus minimus muscle", "LR"},
    {"inferior vena cava", "64131007", "Inferior vena cava", ""},
    {"superior vena cava", "48345005", "Superior vena cava", ""},
    {"portal vein and splenic vein", "110765007", "Portal vein and splenic vein", ""},
    {"pulmonary vein", "122972007", "Pulmonary vein", ""},
    {"iliac artery", "73634005", "Common iliac artery", "LR"},
    {"iliac vein", "46027005", "Common iliac vein", "LR"},
    {"brachiocephalic trunk", "12691009", "Brachiocephalic trunk", ""},
    {"subclavian artery", "36765005", "Subclavian artery", "LR"},
    {"common carotid artery", "32062004", "Common carotid artery", "LR"},
    {"brachiocephalic vein", "8887007", "Brachiocephalic vein", "LR"},
    {"rib 1", "48535007", "First rib", "LR"},
    {"rib 2", "78247007", "Second rib", "LR"},
    {"rib 3", "25888004", "Third rib", "LR"},
    {"rib 4", "25523003", "Fourth rib", "LR"},
    {"rib 5", "15339008", "Fifth rib", "LR"},
    {"rib 6", "59558009", "Sixth rib", "LR"},
    {"rib 7", "24915002", "Seventh rib", "LR"},
    {"rib 8", "5953002", "Eighth rib", "LR"},
    {"rib 9", "22565002", "Ninth rib", "LR"},
    {"rib 10", "77644006", "Tenth rib", "LR"},
    {"rib 11", "58830002", "Eleventh rib", "LR"},
    {"rib 12", "43993008", "Twelfth rib", "LR"},
    {"vertebra C7", "87391001", "C7 vertebra", ""},
    {"vertebra T1", "64864005", "T1 vertebra", ""},
    {"vertebra T2", "53733008", "T2 vertebra", ""},
    {"vertebra T3", "1626008", "T3 vertebra", ""},
    {"vertebra T4", "73071006", "T4 vertebra", ""},
    {"vertebra T5", "56401006", "T5 vertebra", ""},
    {"vertebra T6", "45296009", "T6 vertebra", ""},
    {"vertebra T7", "62487009", "T7 vertebra", ""},
    {"vertebra T8", "11068009", "T8 vertebra", ""},
    {"vertebra T9", "82687006", "T9 vertebra", ""},
    {"vertebra T10", "7610001", "T10 vertebra", ""},
    {"vertebra T11", "12989004", "T11 vertebra", ""},
    {"vertebra T12", "23215003", "T12 vertebra", ""},
    {"vertebra L1", "66794005", "L1 vertebra", ""},
    {"vertebra L2", "14293000", "L2 vertebra", ""},
    {"vertebra L3", "36470004", "L3 vertebra", ""},
    {"vertebra L4", "11994002", "L4 vertebra", ""},
    {"vertebra L5", "49668003", "L5 vertebra", ""},
    {"vertebra S1", "65985001", "S1 vertebra", ""},
};
enum { KNOWN_STRUCTURES = sizeof known_structures / sizeof known_structures[0] };

/* All other codes that are written without anybody having given them. */
static const dseg_code known_codes[] = {
    {"7771000", "SCT", "Left"},
    {"24028007", "SCT", "Right"},
    {"91723000", "SCT", "Anatomical Structure"},
    {"85756007", "SCT", "Tissue"},
    {"49755003", "SCT", "Morphologically Abnormal Structure"},
    {"4147007", "SCT", "Mass"},
    {"309825002", "SCT", "Spatial and Relational Concept"},
    {"125040", "DCM", "Background"},
    {"113076", "DCM", "Segmentation"},
    {"121322", "DCM", "Source image for image processing operation"},
};
enum { KNOWN_CODES = sizeof known_codes / sizeof known_codes[0] };

static const known_structure *find_structure(const char *name) {
  for (size_t i = 0; i < KNOWN_STRUCTURES; i++) {
    if (strcmp(known_structures[i].name, name) == 0) {
      return &known_structures[i];
    }
  }
  return NULL;
}

/* The row of the table of terms that a structure of the phantom gets its codes from. */
static const dseg_term *term_of(const phantom_structure *structure) {
  char label[64];
  (void)snprintf(label, sizeof label, "%s%s", structure->name,
                 structure->side == 'L'   ? " left"
                 : structure->side == 'R' ? " right"
                                          : "");
  const dseg_term *term = dseg_term_find(label);
  if (term == NULL) {
    fail_msg("%s is not in the table of terms", label);
  }
  return term;
}

/* A build without the table (DSEG_WITH_TERMS) has nothing to look at. */
static void need_terms(void) {
  if (dseg_term_count() == 0) {
    skip();
  }
}

static void structures_have_their_codes(void **state) {
  need_terms();
  (void)state;
  size_t sides = 0;
  for (size_t i = 0; i < KNOWN_STRUCTURES; i++) {
    sides += known_structures[i].sides[0] == '\0' ? 1 : strlen(known_structures[i].sides);
  }
  assert_int_equal(sides, STRUCTURES);
  for (size_t i = 0; i < STRUCTURES; i++) {
    const phantom_structure *structure = &phantom_structures[i];
    const known_structure *known = find_structure(structure->name);
    const dseg_term *term = term_of(structure);
    if (known == NULL || strcmp(known->code, term->type.value) != 0 ||
        strcmp(known->meaning, term->type.meaning) != 0) {
      fail_msg("%s has the code %s \"%s\"", structure->name, term->type.value, term->type.meaning);
    }
    const char *modifier = structure->side == 'L' ? "7771000" : structure->side == 'R' ? "24028007" : NULL;
    assert_int_equal(modifier == NULL, term->modifier.value == NULL);
    if (modifier != NULL) {
      assert_string_equal(term->modifier.value, modifier);
    }
    const char side[2] = {structure->side, '\0'};
    assert_true(side[0] == '\0' ? known->sides[0] == '\0' : strstr(known->sides, side) != NULL);
    assert_null(strstr(structure->name, "left")); /* said by the side alone, in words and as a code */
  }
}

static void structures_of_one_code_are_the_two_sides(void **state) {
  need_terms();
  (void)state;
  for (size_t i = 0; i < STRUCTURES; i++) {
    for (size_t k = 0; k < i; k++) {
      const phantom_structure *one = &phantom_structures[k];
      const phantom_structure *two = &phantom_structures[i];
      if (strcmp(term_of(one)->type.value, term_of(two)->type.value) == 0) {
        assert_string_equal(one->name, two->name);
        assert_true(one->side == 'L' && two->side == 'R');
      }
    }
  }
}

static bool is_known(const dseg_code *code) {
  for (size_t i = 0; i < KNOWN_STRUCTURES; i++) {
    if (strcmp(known_structures[i].code, code->value) == 0) {
      return strcmp(code->scheme, "SCT") == 0 && strcmp(code->meaning, known_structures[i].meaning) == 0;
    }
  }
  for (size_t i = 0; i < KNOWN_CODES; i++) {
    if (strcmp(known_codes[i].value, code->value) == 0) {
      return strcmp(known_codes[i].scheme, code->scheme) == 0 && strcmp(known_codes[i].meaning, code->meaning) == 0;
    }
  }
  return false;
}

static void default_codes_are_known(void **state) {
  (void)state;
  const dseg_code category = DSEG_DEFAULT_CATEGORY;
  const dseg_code type = DSEG_DEFAULT_TYPE;
  assert_true(is_known(&category));
  assert_true(is_known(&type));
}

/* Which codes of known_codes an object has. */
typedef struct found_codes {
  bool of[KNOWN_CODES];
} found_codes;

static void get_text(const dseg_data_set *set, uint32_t tag, char text[80]) {
  dseg_view view;
  assert_true(dseg_data_set_get_text(set, tag, SIZE_MAX, &view));
  snprintf(text, 80, "%.*s", (int)view.size, (const char *)view.data);
}

/* Every code of the current item and of what is in it. */
static void check_codes(dseg_data_set *set,
                        found_codes *found) {  // NOLINT(misc-no-recursion): as deep as what we wrote
  dseg_view view;
  if (dseg_data_set_get_text(set, 0x00080100, SIZE_MAX, &view)) {
    char value[80], scheme[80], meaning[80];
    get_text(set, 0x00080100, value);
    get_text(set, 0x00080102, scheme);
    get_text(set, 0x00080104, meaning);
    const dseg_code code = {value, scheme, meaning};
    if (!is_known(&code)) {
      fail_msg("(%s, %s, \"%s\") is not known", value, scheme, meaning);
    }
    for (size_t i = 0; i < KNOWN_CODES; i++) {
      found->of[i] = found->of[i] || strcmp(known_codes[i].value, value) == 0;
    }
  }
  char vr[3];
  for (uint32_t tag = 0; dseg_data_set_next(set, &tag, vr);) {
    for (size_t i = 0; i < dseg_data_set_count_items(set, tag); i++) {
      assert_true(dseg_data_set_enter_item(set, tag, i));
      check_codes(set, found);
      dseg_data_set_end_item(set);
    }
  }
}

/* Writes an object with one plane, and looks at its codes. */
static void check_written(dseg_description *description, const char *representation, found_codes *found) {
  dseg_error error = {0};
  dseg_buffer bytes = {0};
  const dseg_output output = dseg_output_to_buffer(&bytes);
  const dseg_write_options options = {.struct_size = sizeof options,
                                      .representation = representation,
                                      .uid_seed = "codes",
                                      .date_time = "20250101000000"};
  const size_t pixels = (size_t)description->geometry.rows * description->geometry.columns;
  uint8_t *mask = calloc(pixels, 1);
  assert_non_null(mask);
  dseg_writer *writer = NULL;
  assert_int_equal(dseg_writer_create_to(&output, description, &options, &writer, &error), DSEG_OK);
  for (size_t plane = 0; plane < description->geometry.plane_count; plane++) {
    mask[0] = 1;
    assert_int_equal(dseg_writer_write_labels(writer, plane, mask, 8, &error), DSEG_OK);
  }
  assert_int_equal(dseg_writer_finish(writer, &error), DSEG_OK);
  dseg_writer_destroy(writer);
  free(mask);
  dseg_data_set *set = NULL;
  assert_int_equal(dseg_data_set_create(&set, &error), DSEG_OK);
  const dseg_view view = {bytes.data + 132, bytes.size - 132};
  if (dseg_data_set_read(set, view, DSEG_EXPLICIT_VR, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  check_codes(set, found);
  dseg_data_set_destroy(set);
  dseg_buffer_free(&bytes);
}

/* With each plane's image, or with images that stand for all planes. */
static void add_references(dseg_description *description, bool shared) {
  static const dseg_instance_reference images[] = {
      {.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2", .sop_instance_uid = "1.2.3.1", .series_uid = "1.2.3"}};
  description->references = (dseg_references){.instances = images, .count = 1, .shared = shared};
  for (size_t i = 0; !shared && i < description->geometry.plane_count; i++) {
    description->geometry.planes[i].source = 0;
  }
}

static void what_is_written_has_known_codes_only(void **state) {
  need_terms();
  (void)state;
  found_codes found = {{false}};
  dseg_error error = {0};
  phantom made;
  const phantom_spec spec = {.labels = STRUCTURES + 3, .size = {16, 16, 4}, .coarse = {16, 16, 4}};
  if (phantom_create(&made, &spec, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  add_references(made.description, false);
  check_written(made.description, "labelmap", &found);
  phantom_destroy(&made);
  dseg_description *bare = make_description(4, 4, 2, 2); /* segments without codes */
  add_references(bare, true);
  check_written(bare, "binary", &found);
  check_written(bare, "labelmap", &found);
  dseg_description_destroy(bare);
  for (size_t i = 0; i < KNOWN_CODES; i++) {
    if (!found.of[i]) {
      fail_msg("nothing has the code of %s", known_codes[i].meaning);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(structures_have_their_codes),
      cmocka_unit_test(structures_of_one_code_are_the_two_sides),
      cmocka_unit_test(default_codes_are_known),
      cmocka_unit_test(what_is_written_has_known_codes_only),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
