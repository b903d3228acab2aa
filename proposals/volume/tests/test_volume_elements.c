/* SPDX-License-Identifier: Apache-2.0 */
/* The elements of a volume as anybody may write them: each fault is refused by the reader and found by validation, both
 * with the number that bitstream.md has for it, and forms that are allowed are read. */
#include <stdio.h>

#include "dseg/dseg.h"
#include "dseg/proposals.h"
#include "proposals.h"
#include "validate_fixtures.h"

enum { LINES = 14, PIXELS = 9 };

#define META "00020002 UI "
#define CLASS "00080016 UI "
static const char volume_meta[] = META DSEG_UID_VOLUME;
static const char volume_class[] = CLASS DSEG_UID_VOLUME;
static const char labels_meta[] = META DSEG_UID_LABELMAP_VOLUME;
static const char labels_class[] = CLASS DSEG_UID_LABELMAP_VOLUME;
#define STRICT volume_meta, volume_class
#define STRICT_LABELS labels_meta, labels_class

/* Two planes, two segments: BINARY has four frames, segments first. */
static const char *const strict[LINES] = {STRICT,
                                          "-52009230",
                                          "-52009229[1]/00089124",
                                          "-00081115",
                                          "00209311 CS VOLUME",
                                          "00210010 LO DSEG VOLUME",
                                          "00211001[1]/00200032 DS 0\\0\\0",
                                          "00211002 UL 2",
                                          "00211003 OB 0F00"};
static const char *const strict_labels[LINES] = {STRICT_LABELS,
                                                 "-52009230",
                                                 "-52009229[1]/00089124",
                                                 "-00081115",
                                                 "00209311 CS VOLUME",
                                                 "00210010 LO DSEG VOLUME",
                                                 "00211001[1]/00200032 DS 0\\0\\0",
                                                 "00211002 UL 2"};
static const char *const dual[LINES] = {"00210010 LO DSEG VOLUME", "00211001[1]/00200032 DS 0\\0\\0", "00211002 UL 2",
                                        "00211003 OB 0F00"};
/* Three tiles in a row, of which the first two have frames. */
static const char *const slide[LINES] = {STRICT_LABELS,
                                         "-52009230",
                                         "-52009229[1]/00089124",
                                         "-00081115",
                                         "-00209221",
                                         "-00209222",
                                         "00209311 CS TILED_FULL",
                                         "00480006 UL 9",
                                         "00210010 LO DSEG VOLUME",
                                         "00211003 OB 0300"};

static void build(fixture_base base, const char *const form[LINES], const char *const lines[8], dicom_file *file) {
  static dicom_tree tree;
  memset(&tree, 0, sizeof tree);
  apply_base(&tree, base);
  for (size_t i = 0; i < LINES && form[i] != NULL; i++) {
    tree_apply(&tree, form[i]);
  }
  apply_lines(&tree, lines);
  tree_build(&tree, file);
}

/* What validation finds, and what the reader says. */
struct outcome {
  char found[4000];
  size_t errors;
  char message[1200];
  char warning[1200];
};

static void note_finding(void *user, const dseg_finding *finding) {
  struct outcome *outcome = user;
  const size_t used = strlen(outcome->found);
  (void)snprintf(outcome->found + used, sizeof outcome->found - used, "%s: %s %s\n", finding->rule->id, finding->path,
                 finding->message);
}

static void note_warning(void *user, const char *message) {
  struct outcome *outcome = user;
  (void)snprintf(outcome->warning, sizeof outcome->warning, "%s", message);
}

/* labels: of all planes, two or three; NULL: not to be read. */
static void open_file(const dicom_file *file, struct outcome *outcome, size_t planes, uint8_t *labels) {
  dseg_input *input = NULL;
  dseg_source *source = NULL;
  dseg_error error = {0};
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options),
                                     .memory_limit = 1 << 24,
                                     .keep_context = true,
                                     .warnings = {note_warning, outcome}};
  assert_int_equal(dseg_input_from_memory((dseg_view){file->bytes.data, file->bytes.size}, &input, NULL), DSEG_OK);
  if (dseg_open_input(input, "file", &options, &source, &error) != DSEG_OK) {
    (void)snprintf(outcome->message, sizeof outcome->message, "%s", error.message);
    dseg_input_close(input);
    return;
  }
  const dseg_description *description = dseg_source_description(source);
  if (labels != NULL) {
    const dseg_label_request request = {.struct_size = sizeof(dseg_label_request), .plane_count = planes, .bits = 8};
    assert_int_equal(description->geometry.plane_count, planes);
    assert_int_equal(dseg_source_read_labels(source, &request, labels, planes * PIXELS, NULL, &error), DSEG_OK);
  }
  dseg_source_close(source);
}

static struct outcome run(fixture_base base, const char *const form[LINES], const char *const lines[8], size_t planes,
                          uint8_t *labels) {
  static struct outcome outcome;
  dicom_file file = {.undefined_lengths = false};
  dseg_validation result;
  outcome = (struct outcome){.errors = 0};
  const dseg_validate_options options = {.struct_size = sizeof(dseg_validate_options),
                                         .found = note_finding,
                                         .user = &outcome,
                                         .memory_limit = 1 << 24,
                                         .threads = 1};
  build(base, form, lines, &file);
  const dseg_view bytes = {file.bytes.data, file.bytes.size};
  assert_int_equal(dseg_validate_memory(bytes, &options, &result, NULL), DSEG_OK);
  outcome.errors = result.errors;
  open_file(&file, &outcome, planes, labels);
  dseg_buffer_free(&file.bytes);
  return outcome;
}

static void faults_are_refused_and_found(void **state) {
  static const struct {
    const char *section;
    fixture_base base;
    const char *const *form;
    const char *lines[8];
  } cases[] = {
      {"E2", BINARY, strict, {"00209311 CS 3D"}},
      {"E2", LABELMAP, strict_labels, {"-00209311"}},
      {"E2", SLIDE, slide, {"00209311 CS TILED_SPARSE"}},
      {"E3", BINARY, strict, {"52009230[1]/00209113[1]/00200032 DS 0\\0\\0"}},
      {"E4", BINARY, strict, {"-00211001"}},
      {"E4", BINARY, strict, {"00211001[2]/00200032 DS 0\\0\\0"}},
      {"E4", BINARY, strict, {"00211001[1]/00200032 DS 0\\0"}},
      {"E4", BINARY, strict, {"00211001[1]/00200032 DS 0\\0\\one"}},
      {"E4", BINARY, strict, {"00211001[1]/00200032 DS 0\\0\\0\\0"}},
      {"E4", BINARY, strict, {"-00211002"}},
      {"E4", BINARY, strict, {"00211002 UL 2\\2"}},
      {"E4", BINARY, strict, {"00211002 UL 0"}},
      {"E4", BINARY, strict, {"00211002 UL 4294967295"}},
      {"E4", SLIDE, slide, {"00480303 UL 2"}},
      {"E5", BINARY, strict, {"-52009229[1]/00209116"}},
      {"E5", BINARY, strict, {"52009229[1]/00209116[1]/00200037 DS 1\\0\\0\\0\\1\\0\\0"}},
      {"E5", BINARY, strict, {"52009229[1]/00209116[1]/00200037 DS 1\\0\\0\\1\\0\\0"}},
      {"E5", BINARY, strict, {"-52009229[1]/00289110[1]/00180088"}},
      {"E5", BINARY, strict, {"52009229[1]/00289110[1]/00180088 DS 0"}},
      {"E5", BINARY, strict, {"52009229[1]/00289110[1]/00180088 DS -2.5"}},
      {"E7", BINARY, strict, {"-00209222"}},
      {"E7", BINARY, strict, {"00209222[2]/00209165 AT 00209453", "00209222[2]/00209167 AT 00209111"}},
      {"E8", BINARY, strict, {"-00211003", "00211002 UL 3"}},
      {"E8", LABELMAP, strict_labels, {"00211002 UL 3"}},
      {"E8", LABELMAP, strict_labels, {"00211002 UL 1"}},
      {"E8", SLIDE, slide, {"-00211003"}},
      {"E9", BINARY, strict, {"00211003 OB 0F000000"}},
      {"E9", BINARY, strict, {"00211002 UL 9"}},
      {"E9", BINARY, strict, {"00211002 UL 2147483647"}}, /* 2^32 - 2 places */
      {"E10", BINARY, strict, {"00211003 OB 1F00"}},
      {"E10", BINARY, strict, {"00211003 OB 1700"}},
      {"E10", BINARY, strict, {"00211003 OB 0F80"}},
      {"E11", BINARY, strict, {"00211003 OB 0700"}},
      {"E11", BINARY, strict, {"00211003 OB 1F00", "00211002 UL 3"}},
      {"E11", BINARY, strict, {"00211003 OB 0000"}},
      {"E11", BINARY, strict, {"00209161 UI 1.2.3.41", "00209162 US 1", "00209228 UL 1"}},
      {"E12", BINARY, strict, {"00211004 OL 00000000"}},
      {"E12", BINARY, strict, {"00211004 OL 00000000 01000000"}},
      {"E12", BINARY, strict, {"00211005 OL 00000000 00000000"}},
      {"E12", BINARY, strict, {"00211004 OL 00000000 00000000", "00211005 OL 00000000"}},
      {"E12", BINARY, strict, {"00211006[1]/0028135A CS YES"}},
      {"E12", BINARY, strict, {"00211004 OL 00000000 00000000", "00211006 SQ"}},
      {"E12",
       BINARY,
       strict,
       {"00211004 OL 00000000 00000000", "00211006[1]/0028135A CS YES", "00211006[2]/0028135A CS YES"}},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char section[32];
    const struct outcome outcome = run(cases[i].base, cases[i].form, cases[i].lines, 0, NULL);
    (void)snprintf(section, sizeof section, "volume %s", cases[i].section);
    if (strstr(outcome.message, section) == NULL) {
      fail_msg("%s, %s: \"%s\"", section, cases[i].lines[0], outcome.message);
    }
    (void)snprintf(section, sizeof section, "(volume %s)", cases[i].section);
    if (strstr(outcome.found, "proposal: ") == NULL || strstr(outcome.found, section) == NULL) {
      fail_msg("%s, %s: found\n%s", section, cases[i].lines[0], outcome.found);
    }
  }
}

/* Without the block nothing is known of a SOP Class of this proposal. */
static void the_block_is_needed(void **state) {
  static const char *const lines[8] = {"00210010 LO SOMEBODY"};
  (void)state;
  const struct outcome outcome = run(BINARY, strict, lines, 0, NULL);
  assert_non_null(strstr(outcome.message, "whose private elements are missing (no Private Creator \"DSEG VOLUME\")"));
  assert_non_null(strstr(outcome.found, "sop-class: "));
}

/* What the same file without a volume holds: planes by the standard's reader. */
static void expect_labels(const uint8_t *labels, fixture_base base, size_t planes) {
  static const char *const none[LINES] = {NULL};
  static const char *const lines[8] = {NULL};
  uint8_t wanted[3 * PIXELS] = {0};
  const struct outcome outcome = run(base, none, lines, 2, wanted);
  assert_string_equal(outcome.message, "");
  assert_memory_equal(labels, wanted, planes * PIXELS);
}

static void expect_good(fixture_base base, const char *const form[LINES], const char *const lines[8], size_t planes) {
  uint8_t labels[3 * PIXELS];
  const struct outcome outcome = run(base, form, lines, planes, labels);
  if (outcome.errors > 0 || outcome.message[0] != '\0' || outcome.warning[0] != '\0') {
    fail_msg("%s: %s%s\n%s", lines[0] != NULL ? lines[0] : "as it is", outcome.message, outcome.warning, outcome.found);
  }
  expect_labels(labels, base, planes);
}

static void allowed_forms_are_read(void **state) {
  static const struct {
    fixture_base base;
    const char *const *form;
    size_t planes;
    const char *lines[8];
  } cases[] = {
      {BINARY, strict, 2, {0}},
      {BINARY, strict, 2, {"-00211003"}},
      {FRACTIONAL, strict, 2, {0}},
      {LABELMAP, strict_labels, 2, {0}},
      {LABELMAP, strict_labels, 2, {"00211003 OB 0300"}},
      {LABELMAP, strict_labels, 3, {"00211003 OB 0300", "00211002 UL 3"}}, /* a plane behind them, without a frame */
      {SLIDE, slide, 3, {0}},
      {SLIDE, slide, 2, {"00480006 UL 6"}},
      {SLIDE, slide, 3, {"00480303 UL 1", "00211004 OL 09000000", "00211006[1]/0028135A CS YES"}},
      {BINARY, strict, 2, {"00211004 OL 00000000 00000000", "00211006[1]/0028135A CS YES"}},
      {BINARY, dual, 2, {0}},
      {BINARY, dual, 2, {"-00211003"}},
      {LABELMAP, dual, 2, {"-00211003"}},
      /* another block in front of it, and a block of somebody else's that has the same numbers */
      {BINARY,
       dual,
       2,
       {"00210010 LO SOMEBODY", "00210011 LO DSEG VOLUME", "-00211001", "00211101[1]/00200032 DS 0\\0\\0",
        "00211102 UL 2"}},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    expect_good(cases[i].base, cases[i].form, cases[i].lines, cases[i].planes);
  }
}

/* Frames in the order of planes: the segments of a plane follow each other. */
static void places_are_in_either_order(void **state) {
  static const char *const planes_first[8] = {
      "00209222[1]/00209165 AT 00200032", "00209222[1]/00209167 AT 00209113", "00209222[2]/00209165 AT 0062000B",
      "00209222[2]/00209167 AT 0062000A", "7FE00010 OW 0310 0480 0000", /* the second frame and the third have changed
                                                                           places */
  };
  (void)state;
  expect_good(BINARY, strict, planes_first, 2);
}

/* In implicit VR nothing tells that the origin, and what is said of sources, are sequences. */
static void implicit_elements_are_read(void **state) {
  static const char *const implicit[8] = {"00020010 UI 1.2.840.10008.1.2", "00211004 OL 00000000 00000000",
                                          "00211006[1]/0028135A CS YES"};
  (void)state;
  expect_good(BINARY, strict, implicit, 2);
  expect_good(LABELMAP, strict_labels, implicit, 2);
}

/* Functional groups that stand beside a block at fault have all that is needed. */
static void a_dual_object_is_read_by_its_groups(void **state) {
  static const char *const spare[8] = {"00211003 OB 1F00"}, *const elsewhere[8] = {"00211003 OB 1700", "00211002 UL 3"};
  uint8_t labels[3 * PIXELS];
  (void)state;
  struct outcome outcome = run(BINARY, dual, spare, 2, labels);
  assert_non_null(strstr(outcome.warning, "volume E10"));
  assert_non_null(strstr(outcome.warning, "read by its functional groups"));
  assert_non_null(strstr(outcome.found, "(volume E10)"));
  expect_labels(labels, BINARY, 2);
  /* The map is as good as another, and wrong: validation tells. */
  outcome = run(BINARY, dual, elsewhere, 0, NULL);
  assert_non_null(strstr(outcome.found, "frame 3 is in the functional groups elsewhere than in the map"));
  assert_non_null(strstr(outcome.found, "(volume 3.3)"));
}

/* Bytes that the file does not have are not taken from memory. */
static void a_long_map_in_a_short_file_is_refused(void **state) {
  static const uint8_t header[] = {0x21, 0x00, 0x03, 0x10, 'O', 'B', 0, 0};
  static const char *const none[8] = {NULL};
  dicom_file file = {.undefined_lengths = false};
  struct outcome outcome = {.errors = 0};
  (void)state;
  build(BINARY, strict, none, &file);
  size_t at = 0;
  while (memcmp(file.bytes.data + at, header, sizeof header) != 0) {
    at++;
    assert_true(at + sizeof header < file.bytes.size);
  }
  file.bytes.data[at + sizeof header + 3] = 0x80; /* 2 GiB and 2 bytes */
  open_file(&file, &outcome, 0, NULL);
  assert_string_not_equal(outcome.message, "");
  dseg_buffer_free(&file.bytes);
}

/* A line with a map that begins with these bytes, and is size bytes long. */
static const char *map_of(const char *begin, size_t size) {
  static char line[4 * 1000 * 1000 / 8 * 2 + 40];
  const size_t length = (size_t)snprintf(line, sizeof line, "00211003 OB %s", begin);
  const size_t end = strlen("00211003 OB ") + size * 2;
  assert_true(length <= end && end < sizeof line);
  memset(line + length, '0', end - length);
  line[end] = '\0';
  return line;
}

/* A part of a concatenation need not have a frame for each plane, nor a map: a few bytes say how many planes there are.
 */
static void planes_are_bounded(void **state) {
  static const char *const part[8] = {"00209161 UI 1.2.3.41", "00209162 US 1", "00209228 UL 0", "-00211003",
                                      "00211002 UL 2000000000"};
  uint8_t labels[3 * PIXELS];
  (void)state;
  struct outcome outcome = run(BINARY, strict, part, 0, NULL);
  assert_non_null(strstr(outcome.message, "a volume of 2000000000 planes has more than 65535"));
  /* Functional groups make planes of frames that are there. */
  const char *const long_map[8] = {map_of("0F", 140000 / 8), "00211002 UL 70000"};
  outcome = run(BINARY, dual, long_map, 2, labels);
  assert_non_null(strstr(outcome.warning, "a volume of 70000 planes has more than 65535"));
  assert_non_null(strstr(outcome.warning, "read by its functional groups"));
  expect_labels(labels, BINARY, 2);
}

/* So many tiles that they exceed the memory limit, with a map that is as long as it has to be. */
static void tiles_are_bounded_by_the_memory_limit(void **state) {
  const char *const lines[8] = {map_of("03", 4000000 / 8), "00480006 UL 12000000"};
  (void)state;
  const struct outcome outcome = run(SLIDE, slide, lines, 0, NULL);
  assert_non_null(strstr(outcome.message, "4000000 planes or tiles exceed the memory limit"));
}

/* Each fault of several is told in its own words. */
static void several_faults_are_told(void **state) {
  static const char *const lines[8] = {"00209311 CS 3D", "00211003 OB 0F000000"};
  (void)state;
  const struct outcome outcome = run(BINARY, strict, lines, 0, NULL);
  assert_non_null(strstr(outcome.found, "Dimension Organization Type (0020,9311) is not VOLUME (volume E2)"));
  assert_non_null(strstr(outcome.found, "has 4 bytes, 2 planes of 2 segments take 2 (volume E9)"));
}

static int register_volume(void **state) {
  (void)state;
  return dseg_register_proposals(NULL) == DSEG_OK ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(faults_are_refused_and_found),
      cmocka_unit_test(the_block_is_needed),
      cmocka_unit_test(allowed_forms_are_read),
      cmocka_unit_test(places_are_in_either_order),
      cmocka_unit_test(implicit_elements_are_read),
      cmocka_unit_test(a_dual_object_is_read_by_its_groups),
      cmocka_unit_test(a_long_map_in_a_short_file_is_refused),
      cmocka_unit_test(planes_are_bounded),
      cmocka_unit_test(tiles_are_bounded_by_the_memory_limit),
      cmocka_unit_test(several_faults_are_told),
  };
  return cmocka_run_group_tests(tests, register_volume, NULL);
}
