/* SPDX-License-Identifier: Apache-2.0 */
/* NRRD headers of all kinds, and the segments of seg.nrrd, are read; damaged ones are refused. */
#include "volume_files.h"

#define COUNT ((size_t)24)

static const uint8_t bytes[COUNT] = {0, 1, 2, 3};
static const uint32_t labels[COUNT] = {0, 1, 2, 3};

static const char basics[] = "NRRD0004\n# a comment\ntype: uint8\ndimension: 3\nsizes: 4 3 2\nencoding: raw\n";

/* A file of basics, further lines, an empty line and voxels. */
static dseg_buffer make(const char *first, const char *more, const void *voxels, size_t size) {
  dseg_buffer file = {0};
  append_text(&file, first);
  append_text(&file, more);
  append_text(&file, "\n");
  append(&file, voxels, size);
  return file;
}

static void write_nrrd(const char *path, const char *first, const char *more, const void *voxels, size_t size) {
  dseg_buffer file = make(first, more, voxels, size);
  write_buffer(path, &file);
  dseg_buffer_free(&file);
}

static void check(const char *path, const double first[3], const double last[3]) {
  dseg_source *source = open_volume(path);
  assert_string_equal(source->format, "NRRD");
  expect_labels(source, labels, COUNT);
  expect_corners(source, first, last, 1e-9);
  close_volume(source);
}

static void spaces_and_units(void **state) {
  (void)state;
  const struct {
    const char *lines;
    double first[3], last[3];
  } cases[] = {
      {"space: left-posterior-superior\nspace directions: (2,0,0) (0,3,0) (0,0,5)\nspace origin: (1,2,3)\n",
       {1, 2, 3},
       {7, 8, 8}},
      {"space: RAS\nspace origin: ( 1 , 2 , 3 )\nspace directions: (2, 0, 0) (0, 3, 0) (0, 0, 5)\n",
       {-1, -2, 3},
       {-7, -8, 8}},
      {"space: Left-Anterior-Superior\nspace directions: (0,2,0) (3,0,0) (0,0,-5)\nspace units: \"cm\" \"cm\" \"cm\"\n",
       {0, 0, 0},
       {60, -60, -50}},
      {"space dimension: 3\nspace directions: (2,0,0) (0,3,0) (0,0,5)\n", {0, 0, 0}, {6, 6, 5}},
      {"spacings: 2 3 5\n", {0, 0, 0}, {6, 6, 5}},
      {"spacings: 2 3 nan\naxis mins: 10 20 30\ncenters: cell node cell\n", {11, 20, 30.5}, {17, 26, 31.5}},
      {"kinds: domain domain domain\nunknown field: 12\nsome key:=any: value\n", {0, 0, 0}, {3, 2, 1}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    write_nrrd("a.nrrd", basics, cases[i].lines, bytes, COUNT);
    check("a.nrrd", cases[i].first, cases[i].last);
  }
}

static void every_type_and_byte_order(void **state) {
  (void)state;
  const char *names[] = {"signed char",        "uchar", "int16_t", "unsigned short int", "int", "uint32", "long long",
                         "unsigned long long", "float", "double"};
  for (size_t type = 0; type < 10; type++) {
    for (int big = 0; big <= 1; big++) {
      const size_t size = type < 2 ? 1 : type < 4 ? 2 : type < 6 || type == 8 ? 4 : 8;
      uint8_t voxels[COUNT * 8] = {0};
      for (size_t i = 0; i < 4; i++) { /* as bytes, so that neither order depends on the host */
        uint8_t value[8] = {(uint8_t)i};
        const uint32_t single[] = {0, 0x3f800000, 0x40000000, 0x40400000};
        const uint64_t twice[] = {0, 0x3ff0000000000000, 0x4000000000000000, 0x4008000000000000};
        for (size_t b = 0; type >= 8 && b < size; b++) {
          value[b] = (uint8_t)(type == 8 ? single[i] >> (8 * b) : twice[i] >> (8 * b));
        }
        for (size_t b = 0; b < size; b++) {
          voxels[i * size + b] = value[big != 0 ? size - 1 - b : b];
        }
      }
      char header[200];
      (void)snprintf(header, sizeof header,
                     "NRRD0001\ntype: %s\ndimension: 3\nsizes: 4 3 2\nendian: %s\n"
                     "encoding: raw\n",
                     names[type], big != 0 ? "big" : "little");
      write_nrrd("a.nrrd", header, "", voxels, COUNT * size);
      check("a.nrrd", (const double[]){0, 0, 0}, (const double[]){3, 2, 1});
    }
  }
}

static void encodings_skips_and_files(void **state) {
  (void)state;
  const double first[3] = {0, 0, 0};
  const double last[3] = {3, 2, 1};
  write_nrrd("a.nrrd", "NRRD0003\ntype: uchar\ndimension: 3\nsizes: 4 3 2\nencoding: ascii\n", "",
             "0 1 2 3, 0 0 0 0\n0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0", 48);
  check("a.nrrd", first, last);

  dseg_buffer data = {0};
  append_text(&data, "line\nline\nxyz");
  append(&data, bytes, COUNT);
  write_buffer("voxels.raw", &data);
  write_nrrd("a.nhdr", basics, "line skip: 2\nbyteskip: 3\ndata file: voxels.raw\n", "", 0);
  check("a.nhdr", first, last);
  write_nrrd("a.nhdr", basics, "byte skip: -1\r\ndatafile: voxels.raw\r\n", "", 0);
  check("a.nhdr", first, last);

  dseg_buffer compressed = {0};
  const uint8_t *skipped = data.data + 10; /* "xyz" is inside the compressed data */
  if (deflate_bytes(DSEG_GZIP, skipped, COUNT + 3, &compressed)) {
    const char gzip[] = "NRRD0005\r\ntype: uchar\r\ndimension: 3\r\nsizes: 4 3 2\r\nencoding: gz\r\n";
    dseg_buffer file = make(gzip, "byte skip: 3\r\n\r", compressed.data, compressed.size);
    write_buffer("a.nrrd", &file);
    check("a.nrrd", first, last);
    expect_no_prefix_opens("b.nrrd", &file, 0);
    dseg_buffer_free(&file);
    write_nrrd("a.nrrd", "NRRD0005\ntype: uchar\ndimension: 3\nsizes: 4 3 2\nencoding: gzip\n", "byte skip: -1\n",
               compressed.data, compressed.size);
    check("a.nrrd", first, last);
    write_nrrd("a.nrrd", "NRRD0005\ntype: uchar\ndimension: 3\nsizes: 4 3 2\nencoding: gzip\n", "", compressed.data,
               compressed.size);
    expect_failure("a.nrrd", DSEG_ERROR_FORMAT, "more than the 24 bytes");
  }
  dseg_buffer_free(&compressed);
  dseg_buffer_free(&data);
}

static void names_of_data_files_stay_in_the_directory(void **state) {
  (void)state;
  const char *lines[] = {"data file: /etc/passwd\n", "data file: ../a.raw\n", "data file: b/../../a.raw\n",
                         "data file: LIST\na.raw\n", "data file: a%03d.raw 1 2 1\n"};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    write_nrrd("a.nhdr", basics, lines[i], "", 0);
    expect_failure("a.nhdr", DSEG_ERROR_UNSUPPORTED, "");
  }
  write_nrrd("a.nhdr", basics, "data file: missing.raw\n", "", 0);
  expect_failure("a.nhdr", DSEG_ERROR_INPUT, "missing.raw");
}

/* Two layers, in which the same voxels stand for different segments. */
static void check_layers(const char *path) {
  dseg_source *source = open_volume(path);
  assert_int_equal(source->description->kind, DSEG_VOXELS_MASKS);
  expect_numbers(source, (const uint32_t[]){1, 2}, 2);
  expect_mask(source, 0, (const uint8_t[COUNT]){1, 1, 0}, COUNT);
  expect_mask(source, 1, (const uint8_t[COUNT]){0, 1, 1}, COUNT);
  close_volume(source);
}

static void layers_on_any_axis(void **state) {
  (void)state;
  const uint8_t first[COUNT] = {1, 1, 0};
  const uint8_t second[COUNT] = {0, 1, 1};
  uint8_t voxels[2 * COUNT];
  const char *sizes[] = {"2 4 3 2", "4 2 3 2", "4 3 2 2", "4 3 2 2"};
  const char *kinds[] = {"list domain domain domain", "domain list domain domain", "space space list space",
                         "??? ??? ??? list"};
  const char *directions[] = {"none (1,0,0) (0,1,0) (0,0,1)", "(1,0,0) none (0,1,0) (0,0,1)",
                              "(1,0,0) (0,1,0) none (0,0,1)", "(1,0,0) (0,1,0) (0,0,1) none"};
  for (size_t axis = 0; axis < 4; axis++) {
    const size_t runs[] = {1, 4, 12, 24};
    const size_t run = runs[axis];
    for (size_t i = 0; i < COUNT; i++) {
      voxels[i / run * 2 * run + i % run] = first[i];
      voxels[i / run * 2 * run + run + i % run] = second[i];
    }
    char header[400];
    (void)snprintf(header, sizeof header,
                   "NRRD0004\ntype: uchar\ndimension: 4\nspace: LPS\nsizes: %s\n"
                   "space directions: %s\nkinds: %s\nencoding: raw\n",
                   sizes[axis], directions[axis], kinds[axis]);
    write_nrrd("a.nrrd", header, "", voxels, sizeof voxels);
    check_layers("a.nrrd");
  }
}

static const char segments[] =
    "Segment0_Name:=Liver\\nright\\\\x\nSegment0_Color:=1 0.501961 0\nSegment0_LabelValue:=2\nSegment0_Layer:=0\n"
    "Segment0_Tags:=Segmentation.Status:inprogress|TerminologyEntry:Context~SCT^123037004^Anatomical Structure~"
    "SCT^10200004^Liver~SCT^24028007^Right~Anatomic~SCT^1^Region~^^|\n"
    "Segment1_ID:=x\nSegment1_Name:=Empty\nSegment1_LabelValue:=40\n"
    "Segment7_Name:=Other\nSegment7_LabelValue:=1\nSegmentation_SourceRepresentation:=Binary labelmap\n";

static void segments_of_seg_nrrd(void **state) {
  (void)state;
  write_nrrd("a.seg.nrrd", basics, segments, bytes, COUNT);
  struct warnings warnings = {0};
  dseg_source *source = open_volume_warned("a.seg.nrrd", &warnings);
  assert_string_equal(source->format, "seg.nrrd");
  expect_numbers(source, (const uint32_t[]){1, 2, 3, 40}, 4);
  expect_labels(source, labels, COUNT);
  assert_int_equal(warnings.count, 2); /* no space; a value without a segment */
  assert_non_null(strstr(warnings.last, "value 3"));
  const dseg_segment *liver = &source->description->segments[1];
  assert_string_equal(liver->label, "Liver\nright\\x");
  assert_memory_equal(liver->rgb, ((const uint8_t[]){255, 128, 0}), 3);
  assert_string_equal(liver->category.value, "123037004");
  assert_string_equal(liver->type.meaning, "Liver");
  assert_string_equal(liver->type.scheme, "SCT");
  assert_int_equal(liver->type_modifiers.count, 1);
  assert_string_equal(liver->type_modifiers.items[0].value, "24028007");
  assert_string_equal(liver->anatomic_regions.items[0].meaning, "Region");
  assert_int_equal(liver->anatomic_region_modifiers.count, 0);
  assert_string_equal(source->description->segments[0].label, "Other");
  assert_null(source->description->segments[0].category.value);
  assert_string_equal(source->description->segments[2].label, "Segment 3");
  assert_string_equal(source->description->segments[3].label, "Empty");
  close_volume(source);
}

static void contradictory_segments(void **state) {
  (void)state;
  const struct {
    const char *lines, *text;
  } cases[] = {
      {"Segment0_LabelValue:=1\nSegment1_LabelValue:=1\n", "same label value"},
      {"Segment0_LabelValue:=1\nSegment0_Layer:=3\n", "layer 3"},
      {"Segment0_LabelValue:=-1\n", "Segment0_LabelValue"},
      {"Segment0_LabelValue:=99999999999\n", "Segment0_LabelValue"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    write_nrrd("a.nrrd", basics, cases[i].lines, bytes, COUNT);
    expect_failure("a.nrrd", DSEG_ERROR_FORMAT, cases[i].text);
  }
}

static void contradictory_headers(void **state) {
  (void)state;
  const struct {
    const char *header;
    dseg_status status;
    const char *text;
  } cases[] = {
      {"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 4 3\nencoding: raw\n", DSEG_ERROR_FORMAT, "sizes"},
      {"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 4 3 -2\nencoding: raw\n", DSEG_ERROR_FORMAT, "sizes"},
      {"NRRD0004\ntype: uchar\nsizes: 4 3 2\ndimension: 3\nencoding: raw\n", DSEG_ERROR_FORMAT, "dimension"},
      {"NRRD0004\ntype: uchar\ndimension: 99\n", DSEG_ERROR_FORMAT, "dimension"},
      {"NRRD0004\ntype: block\n", DSEG_ERROR_UNSUPPORTED, "block"},
      {"NRRD0004\ntype: nothing\n", DSEG_ERROR_FORMAT, "type"},
      {"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 4 3 2\nencoding: bzip2\n", DSEG_ERROR_UNSUPPORTED, "bzip2"},
      {"NRRD0004\ntype: short\ndimension: 3\nsizes: 4 3 2\nencoding: raw\n", DSEG_ERROR_FORMAT, "endian"},
      {"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 4 3 9223372036854775807\nencoding: raw\n", DSEG_ERROR_LIMIT,
       "address space"},
      {"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 4000 3000 1000\nencoding: raw\n", DSEG_ERROR_LIMIT, "limit"},
      {"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 400 300 1000\nencoding: gzip\n", DSEG_ERROR_FORMAT,
       "compressed bytes hold"},
      {"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 400 300 1000\nencoding: text\n", DSEG_ERROR_FORMAT, ""},
      {"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 4 3 2\nencoding: raw\nno colon\n", DSEG_ERROR_FORMAT, "colon"},
      {"NRRD0004\ntype: uchar\ndimension: 3\nspace: LPS\nspace directions: (1,0) (0,1) (0,0)\n", DSEG_ERROR_FORMAT,
       "directions"},
      {"NRRD0004\ntype: uchar\ndimension: 3\nspace: LPS\nspace directions: (nan,0,0) (0,1,0) (0,0,1)\n",
       DSEG_ERROR_FORMAT, "directions"},
      {"NRRD0004\ntype: uchar\ndimension: 5\nsizes: 4 3 2 2 2\nencoding: raw\n", DSEG_ERROR_UNSUPPORTED, "several"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    write_nrrd("a.nrrd", cases[i].header, "", bytes, COUNT);
    expect_failure("a.nrrd", cases[i].status, cases[i].text);
  }
}

static void cut_at_every_byte(void **state) {
  (void)state;
  dseg_buffer file = make(basics, segments, bytes, COUNT);
  expect_no_prefix_opens("cut.nrrd", &file, 0);
  dseg_buffer_free(&file);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(spaces_and_units, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(every_type_and_byte_order, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(encodings_skips_and_files, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(names_of_data_files_stay_in_the_directory, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(layers_on_any_axis, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(segments_of_seg_nrrd, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(contradictory_segments, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(contradictory_headers, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(cut_at_every_byte, enter_directory, leave_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
