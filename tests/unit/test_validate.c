/* SPDX-License-Identifier: Apache-2.0 */
/* test_validate.c - every rule of validation: a file that breaks it and nothing else, and one that keeps it.
 *
 * usage: test_validate                 the tests
 *        test_validate --write DIR     writes all files: RULE-N-bad.dcm, RULE-N-good.dcm, BASE.dcm */
#include <stdio.h>

#include "dseg/plugin.h"
#include "dseg/terms.h"
#include "dseg/validate.h"
#include "validate_fixtures.h"

#define FIXTURES (sizeof fixtures / sizeof fixtures[0])

/* What was found: the ids, each once, with blanks around. */
struct found {
  char ids[4000];
  char messages[8000];
  size_t count;
};

static void note(void *user, const dseg_finding *finding) {
  struct found *found = user;
  char id[80];
  assert_non_null(finding->path);
  assert_true(strlen(finding->message) > 0);
  (void)snprintf(id, sizeof id, " %s ", finding->rule->id);
  if (strstr(found->ids, id) == NULL) {
    strncat(found->ids, id, sizeof found->ids - strlen(found->ids) - 1);
  }
  const size_t used = strlen(found->messages);
  (void)snprintf(found->messages + used, sizeof found->messages - used, "    %s: %s: %s\n", finding->rule->id,
                 finding->path, finding->message);
  found->count += finding->count;
}

static struct found run_rules(const dicom_file *file, bool codes_only, dseg_validation *result) {
  struct found found = {{0}, {0}, 0};
  const dseg_validate_options options = {.struct_size = sizeof(dseg_validate_options),
                                         .found = note,
                                         .user = &found,
                                         .memory_limit = 1 << 24,
                                         .threads = 1,
                                         .codes = true,
                                         .codes_only = codes_only};
  dseg_error error = {0};
  const dseg_view bytes = {file->bytes.data, file->bytes.size};
  if (dseg_validate_memory(bytes, &options, result, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  assert_int_equal(result->errors + result->warnings, found.count);
  return found;
}

static struct found run(const dicom_file *file, dseg_validation *result) {
  return run_rules(file, false, result);
}

static bool is_severe(const char *id) {
  for (size_t i = 0; dseg_rule_at(i) != NULL; i++) {
    if (strcmp(dseg_rule_at(i)->id, id) == 0) {
      return dseg_rule_at(i)->severity == DSEG_SEVERITY_ERROR;
    }
  }
  fail_msg("%s is no rule", id);
  return false;
}

/* Returns false, after a message, when not exactly rule (NULL: nothing) is found. */
static bool finds(const char *what, fixture_base base, const char *const lines[8], bool undefined_lengths,
                  const char *rule) {
  dicom_file file = {.undefined_lengths = undefined_lengths};
  dseg_validation result;
  char wanted[80] = "";
  build_fixture(base, lines, &file);
  const struct found found = run(&file, &result);
  dseg_buffer_free(&file.bytes);
  if (rule != NULL) {
    (void)snprintf(wanted, sizeof wanted, " %s ", rule);
    assert_int_equal(result.errors > 0, is_severe(rule) && found.count > 0);
  }
  if (strcmp(found.ids, wanted) != 0) {
    print_error("%s on base %s: wanted \"%s\", found \"%s\"\n%s", what, fixture_bases[base].name, wanted, found.ids,
                found.messages);
    return false;
  }
  return true;
}

static void test_bases_are_valid(void **state) {
  bool good = true;
  (void)state;
  for (fixture_base base = 0; base < BASE_COUNT; base++) {
    good = finds("base", base, NULL, false, NULL) && good;
    good = finds("base, undefined lengths", base, NULL, true, NULL) && good;
  }
  assert_true(good);
}

static void test_bases_in_implicit_form(void **state) {
  static const char *const implicit[8] = {"00020010 UI 1.2.840.10008.1.2"};
  static const fixture_base native[] = {BINARY, FRACTIONAL, LABELMAP, PALETTE, SLIDE, TILED_FULL, DERIVED, PART};
  (void)state;
  for (size_t i = 0; i < sizeof native / sizeof native[0]; i++) {
    assert_true(finds("implicit", native[i], implicit, false, NULL));
  }
}

static void test_each_fixture(void **state) {
  bool good = true;
  (void)state;
  for (size_t i = 0; i < FIXTURES; i++) {
    char what[100];
    if (dseg_term_count() == 0 && strcmp(fixtures[i].rule, "code-meaning") == 0) {
      continue; /* a build without the table of terms knows no meaning */
    }
    (void)snprintf(what, sizeof what, "good file of %s", fixtures[i].rule);
    good = finds(what, fixtures[i].base, fixtures[i].good, false, NULL) && good;
    (void)snprintf(what, sizeof what, "bad file of %s", fixtures[i].rule);
    good = finds(what, fixtures[i].base, fixtures[i].bad, false, fixtures[i].rule) && good;
    good = finds(what, fixtures[i].base, fixtures[i].bad, true, fixtures[i].rule) && good;
  }
  assert_true(good);
}

static bool reviews_codes(const char *rule) {
  static const char *const rules[] = {"code-meaning",      "code-two-meanings", "code-entire", "type-repeats-category",
                                      "side-contradicted", "side-uncoded",      "tracking-uid"};
  size_t i = 0;
  while (i < sizeof rules / sizeof rules[0] && strcmp(rules[i], rule) != 0) {
    i++;
  }
  return i < sizeof rules / sizeof rules[0];
}

/* The review of codes alone finds what it does beside all others, and nothing else. */
static void test_codes_only(void **state) {
  size_t reviewed = 0;
  (void)state;
  for (size_t i = 0; i < FIXTURES; i++) {
    const bool is_code = reviews_codes(fixtures[i].rule);
    dicom_file file = {.undefined_lengths = false};
    dseg_validation result;
    char wanted[80] = "";
    build_fixture(fixtures[i].base, fixtures[i].bad, &file);
    if (is_code && (dseg_term_count() > 0 || strcmp(fixtures[i].rule, "code-meaning") != 0)) {
      (void)snprintf(wanted, sizeof wanted, " %s ", fixtures[i].rule);
      reviewed++;
    }
    dseg_error error;
    const dseg_validate_options options = {
        .struct_size = sizeof(dseg_validate_options), .codes = true, .codes_only = 1};
    const dseg_view bytes = {file.bytes.data, file.bytes.size};
    if (dseg_validate_memory(bytes, &options, &result, &error) == DSEG_OK) { /* some are too damaged to be opened */
      const struct found found = run_rules(&file, true, &result);
      if (strcmp(found.ids, wanted) != 0) {
        fail_msg("file of %s: found \"%s\"", fixtures[i].rule, found.ids);
      }
      assert_false(result.pixels_checked);
    } else {
      assert_false(is_code);
    }
    dseg_buffer_free(&file.bytes);
  }
  assert_true(reviewed >= 6);
}

/* A rule without a test fails the test. */
static void test_each_rule_has_a_fixture(void **state) {
  const dseg_rule *rule;
  (void)state;
  for (size_t i = 0; (rule = dseg_rule_at(i)) != NULL; i++) {
    bool found = false;
    for (size_t j = 0; j < FIXTURES; j++) {
      found = found || strcmp(fixtures[j].rule, rule->id) == 0;
    }
    if (!found) {
      fail_msg("rule %s has no fixture", rule->id);
    }
  }
}

static void test_table(void **state) {
  const dseg_rule *rule;
  (void)state;
  for (size_t i = 0; (rule = dseg_rule_at(i)) != NULL; i++) {
    assert_true(strspn(rule->id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(rule->id));
    assert_true(strncmp(rule->section, "PS3.", 4) == 0);
    assert_true(rule->text[strlen(rule->text) - 1] == '.');
    for (size_t j = 0; j < i; j++) {
      assert_string_not_equal(rule->id, dseg_rule_at(j)->id);
    }
  }
}

static void test_findings_are_limited(void **state) {
  static const char *const lines[8] = {"-52009230[1]/0062000A", "-52009230[2]/0062000A", "-52009230[3]/0062000A"};
  struct found found = {{0}, {0}, 0};
  dicom_file file = {0};
  dseg_validation result;
  const dseg_validate_options options = {.struct_size = sizeof(dseg_validate_options),
                                         .found = note,
                                         .user = &found,
                                         .findings_per_rule = 1,
                                         .threads = 1};
  (void)state;
  build_fixture(BINARY, lines, &file);
  const dseg_view bytes = {file.bytes.data, file.bytes.size};
  assert_int_equal(dseg_validate_memory(bytes, &options, &result, NULL), DSEG_OK);
  assert_int_equal(result.errors, 3);
  assert_int_equal(found.count, 3); /* one told, two in the summary */
  assert_non_null(strstr(found.messages, "2 more findings"));
  dseg_buffer_free(&file.bytes);
}

static void test_what_cannot_be_checked(void **state) {
  static const char *const other[8] = {"-00620001", "00080016 UI 1.2.840.10008.5.1.4.1.1.2"};
  dicom_file file = {0};
  dseg_validation result;
  dseg_error error = {0};
  (void)state;
  assert_int_equal(dseg_validate_memory((dseg_view){(const uint8_t *)"no", 2}, NULL, &result, &error),
                   DSEG_ERROR_FORMAT);
  build_fixture(BINARY, other, &file);
  error = (dseg_error){0};
  assert_int_equal(dseg_validate_memory((dseg_view){file.bytes.data, file.bytes.size}, NULL, &result, &error),
                   DSEG_ERROR_UNSUPPORTED);
  dseg_buffer_free(&file.bytes);
  assert_int_equal(dseg_validate("/nonexistent/file", NULL, &result, NULL), DSEG_ERROR_INPUT);
  assert_int_equal(dseg_validate(NULL, NULL, &result, NULL), DSEG_ERROR_ARGUMENT);
}

/* Cut anywhere, a file is refused or found wanting, and nothing else happens. */
static dseg_status create_nothing(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  (void)setup;
  (void)error;
  *context = NULL;
  return DSEG_OK;
}

static void destroy_nothing(dseg_codec_context *context) {
  (void)context;
}

static dseg_status first_frame;

/* Refuses the first frame; the second has a pixel of 9. */
static dseg_status decode_some(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                               dseg_error *error) {
  (void)context;
  (void)in;
  if (info->frame == 0) {
    return dseg_fail(error, first_frame, "beyond this codec");
  }
  memset(out.data, 0, out.size);
  out.data[0] = 9;
  return DSEG_OK;
}

/* A codec that refuses a frame does not end the validation of the others. */
static void test_frames_that_a_codec_refuses(void **state) {
  (void)state;
  static const dseg_frame_codec codec = {.abi = DSEG_PLUGIN_ABI,
                                         .struct_size = sizeof(dseg_frame_codec),
                                         .name = "test-some",
                                         .title = "some frames",
                                         .transfer_syntax_uid = "1.2.3.4.9",
                                         .flags = DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_BITS_8,
                                         .create = create_nothing,
                                         .decode = decode_some,
                                         .destroy = destroy_nothing};
  static const char *const lines[8] = {"00020010 UI 1.2.3.4.9", "7FE00010 OB | | 0102 | 0304"};
  static const dseg_status refusals[] = {DSEG_ERROR_FORMAT, DSEG_ERROR_UNSUPPORTED, DSEG_ERROR_LIMIT};
  assert_int_equal(dseg_register(NULL, &codec, NULL), DSEG_OK);
  for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
    dicom_file file = {0};
    dseg_validation result;
    first_frame = refusals[i];
    build_fixture(ENCAPSULATED, lines, &file);
    const struct found found = run(&file, &result);
    dseg_buffer_free(&file.bytes);
    assert_true(result.pixels_checked);
    assert_non_null(strstr(found.messages, "frame 1: beyond this codec"));
    assert_non_null(strstr(found.messages, "frame 2 has pixels of 9"));
  }
}

static void test_cut_files(void **state) {
  (void)state;
  for (fixture_base base = 0; base < BASE_COUNT; base++) {
    dicom_file file = {.undefined_lengths = base % 2 == 1};
    build_fixture(base, NULL, &file);
    for (size_t size = 0; size < file.bytes.size; size++) {
      dseg_validation result;
      uint8_t *copy = test_malloc(size + 1);
      memcpy(copy, file.bytes.data, size);
      if (dseg_validate_memory((dseg_view){copy, size}, NULL, &result, NULL) == DSEG_OK) {
        assert_true(result.errors > 0);
      }
      test_free(copy);
    }
    dseg_buffer_free(&file.bytes);
  }
}

static int write_file(const char *directory, const char *name, size_t number, const char *kind, fixture_base base,
                      const char *const lines[8]) {
  char path[1000];
  dicom_file file = {0};
  (void)snprintf(path, sizeof path, "%s/%s-%zu-%s.dcm", directory, name, number, kind);
  build_fixture(base, lines, &file);
  FILE *stream = fopen(path, "wb");
  const bool good = stream != NULL && fwrite(file.bytes.data, 1, file.bytes.size, stream) == file.bytes.size;
  dseg_buffer_free(&file.bytes);
  return stream != NULL && fclose(stream) == 0 && good ? 0 : 1;
}

static int write_files(const char *directory) {
  int failures = 0;
  for (fixture_base base = 0; base < BASE_COUNT; base++) {
    failures += write_file(directory, fixture_bases[base].name, 0, "base", base, NULL);
  }
  for (size_t i = 0; i < FIXTURES; i++) {
    failures += write_file(directory, fixtures[i].rule, i, "bad", fixtures[i].base, fixtures[i].bad);
    failures += write_file(directory, fixtures[i].rule, i, "good", fixtures[i].base, fixtures[i].good);
  }
  return failures;
}

#define TEST_BLOCK "TEST BLOCK"

/* Tells what its one element says, and that it was given the frames' places. */
static dseg_status inspect(const dseg_inspect_context *context, dseg_error *error) {
  const uint32_t block = dseg_data_set_find_creator(context->set, 0x0021, TEST_BLOCK);
  (void)error;
  assert_int_equal(context->frame_count, 2);
  assert_int_equal(context->inspected_count, 2);
  assert_true(context->inspected[0].has_position && context->inspected[1].has_position);
  assert_true(context->inspected[0].position[2] < context->inspected[1].position[2]);
  if (dseg_data_set_text_is(context->set, block | 1, "WRONG")) {
    context->report(context->user, DSEG_SEVERITY_ERROR, block | 1, "test 1", "is wrong");
  } else if (dseg_data_set_text_is(context->set, block | 1, "DOUBTFUL")) {
    context->report(context->user, DSEG_SEVERITY_WARNING, block | 1, "test 1", "is doubtful");
  }
  return DSEG_OK;
}

/* LABELMAP with a block of private elements, in the standard's SOP Class or in one of its own. */
static dseg_status register_block(void) {
  static dseg_representation block;
  static const char *const classes[] = {"1.2.840.10008.5.1.4.1.1.66.7", NULL};
  block = *dseg_find_representation("labelmap");
  block.name = "test-block";
  block.sop_class_uid = "1.2.3.66";
  block.other_sop_classes = classes;
  block.private_creator = TEST_BLOCK;
  block.inspect = inspect;
  block.flags |= DSEG_PLUGIN_EXPERIMENTAL;
  return dseg_register(&block, NULL, NULL);
}

/* BINARY under another name, as an experiment. */
static int register_experiment(void **state) {
  static dseg_representation experiment;
  (void)state;
  if (register_block() != DSEG_OK) {
    return -1;
  }
  experiment = *dseg_find_representation("binary");
  experiment.name = "test-experiment";
  experiment.segmentation_type = "EXPERIMENT";
  experiment.flags |= DSEG_PLUGIN_EXPERIMENTAL;
  return dseg_register(&experiment, NULL, NULL) == DSEG_OK ? 0 : -1;
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "--write") == 0) {
    return write_files(argv[2]) == 0 ? 0 : 1;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_table),
      cmocka_unit_test(test_each_rule_has_a_fixture),
      cmocka_unit_test(test_bases_are_valid),
      cmocka_unit_test(test_bases_in_implicit_form),
      cmocka_unit_test(test_each_fixture),
      cmocka_unit_test(test_codes_only),
      cmocka_unit_test(test_findings_are_limited),
      cmocka_unit_test(test_what_cannot_be_checked),
      cmocka_unit_test(test_cut_files),
      cmocka_unit_test(test_frames_that_a_codec_refuses),
  };
  return cmocka_run_group_tests(tests, register_experiment, NULL);
}
