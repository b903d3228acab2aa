/* SPDX-License-Identifier: Apache-2.0 */
/* MetaImage headers are read, and damaged files are refused. */
#include "volume_files.h"

#define COUNT ((size_t)24)

static const uint8_t bytes[COUNT] = {0, 1, 2, 3};
static const uint32_t labels[COUNT] = {0, 1, 2, 3};

static dseg_buffer make(const char *lines, const void *voxels, size_t size) {
  dseg_buffer file = {0};
  append_text(&file, lines);
  append(&file, voxels, size);
  return file;
}

static void write_meta(const char *path, const char *lines, const void *voxels, size_t size) {
  dseg_buffer file = make(lines, voxels, size);
  write_buffer(path, &file);
  dseg_buffer_free(&file);
}

static void check(const char *path, const double first[3], const double last[3]) {
  dseg_source *source = open_volume(path);
  assert_string_equal(source->format, "MetaImage");
  expect_labels(source, labels, COUNT);
  expect_corners(source, first, last, 1e-9);
  close_volume(source);
}

static const double origin[3] = {0, 0, 0};
static const double last[3] = {3, 2, 1};

static void local_data_and_geometry(void **state) {
  (void)state;
  write_meta("a.mha",
             "ObjectType = Image\r\nNDims = 3\r\nBinaryData = True\r\nBinaryDataByteOrderMSB = False\r\n"
             "TransformMatrix = 0 1 0 1 0 0 0 0 -1\r\nOffset = 1 2 3\r\nCenterOfRotation = 0 0 0\r\n"
             "AnatomicalOrientation = RAI\r\nElementSpacing = 2 3 5\r\nDimSize = 4 3 2\r\nElementType = MET_UCHAR\r\n"
             "ElementDataFile = LOCAL\r\n",
             bytes, COUNT);
  check("a.mha", (const double[]){1, 2, 3}, (const double[]){7, 8, -2});
  write_meta("a.mha",
             "NDims=3\nDimSize=4 3 2\nElementSize=2 3 5\nOrigin=1 1 1\nElementType=MET_CHAR\n"
             "ElementDataFile=LOCAL\n",
             bytes, COUNT);
  check("a.mha", (const double[]){1, 1, 1}, (const double[]){7, 7, 6});
}

static void types_and_byte_orders(void **state) {
  (void)state;
  const char *names[] = {"MET_SHORT", "MET_USHORT", "MET_INT",       "MET_UINT",
                         "MET_LONG",  "MET_ULONG",  "MET_LONG_LONG", "MET_ULONG_LONG"};
  const size_t sizes[] = {2, 2, 4, 4, 4, 4, 8, 8};
  for (size_t type = 0; type < 8; type++) {
    for (int big = 0; big <= 1; big++) {
      uint8_t voxels[COUNT * 8] = {0};
      for (size_t i = 0; i < 4; i++) {
        voxels[i * sizes[type] + (big != 0 ? sizes[type] - 1 : 0)] = (uint8_t)i;
      }
      char lines[300];
      (void)snprintf(lines, sizeof lines,
                     "ObjectType = Image\nNDims = 3\n%s = %s\nDimSize = 4 3 2\nElementType = %s\n"
                     "ElementDataFile = Local\n",
                     type % 2 == 0 ? "BinaryDataByteOrderMSB" : "ElementByteOrderMSB", big != 0 ? "True" : "False",
                     names[type]);
      write_meta("a.mha", lines, voxels, COUNT * sizes[type]);
      check("a.mha", origin, last);
    }
  }
}

static void compressed_and_detached(void **state) {
  (void)state;
  dseg_buffer compressed = {0};
  if (!deflate_bytes(DSEG_ZLIB, bytes, COUNT, &compressed)) {
    skip();
  }
  const char with_size[] =
      "ObjectType = Image\nNDims = 3\nCompressedData = True\nCompressedDataSize = %zu\n"
      "DimSize = 4 3 2\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n";
  char lines[300];
  (void)snprintf(lines, sizeof lines, with_size, compressed.size);
  dseg_buffer file = make(lines, compressed.data, compressed.size);
  write_buffer("a.mha", &file);
  check("a.mha", origin, last);
  expect_no_prefix_opens("b.mha", &file, 0);
  dseg_buffer_free(&file);
  write_buffer("a.zraw", &compressed);
  write_meta("a.mhd",
             "ObjectType = Image\nNDims = 3\nCompressedData = True\nDimSize = 4 3 2\n"
             "ElementType = MET_UCHAR\nElementDataFile = a.zraw\n",
             "", 0);
  check("a.mhd", origin, last);
  dseg_buffer_free(&compressed);
}

static void headers_in_the_data_file(void **state) {
  (void)state;
  uint8_t data[COUNT + 5] = {9, 9, 9, 9, 9};
  memcpy(data + 5, bytes, COUNT);
  write_bytes("a.raw", data, sizeof data);
  const char *sizes[] = {"5", "-1"};
  for (size_t i = 0; i < 2; i++) {
    char lines[200];
    (void)snprintf(lines, sizeof lines,
                   "ObjectType = Image\nNDims = 3\nHeaderSize = %s\nDimSize = 4 3 2\n"
                   "ElementType = MET_UCHAR\nElementDataFile = a.raw\n",
                   sizes[i]);
    write_meta("a.mhd", lines, "", 0);
    check("a.mhd", origin, last);
  }
}

static void text_data(void **state) {
  (void)state;
  write_meta("a.mha",
             "NDims = 3\nBinaryData = False\nDimSize = 4 3 2\nElementType = MET_USHORT\n"
             "ElementDataFile = LOCAL\n",
             "0 1 2 3 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n", 48);
  check("a.mha", origin, last);
}

static void channels_on_request_and_fourth_dimension_are_layers(void **state) {
  (void)state;
  uint8_t voxels[2 * COUNT] = {1, 0, 1, 1, 0, 1};
  write_meta("a.mha",
             "NDims = 3\nDimSize = 4 3 2\nElementNumberOfChannels = 2\nElementType = MET_UCHAR\n"
             "ElementDataFile = LOCAL\n",
             voxels, sizeof voxels);
  expect_failure("a.mha", DSEG_ERROR_UNSUPPORTED, "channels"); /* colours, or vectors */
  const dseg_open_options layers = {.struct_size = sizeof layers, .all_volumes = true};
  dseg_source *source = NULL;
  assert_int_equal(dseg_open("a.mha", &layers, &source, NULL), DSEG_OK);
  expect_mask(source, 0, (const uint8_t[COUNT]){1, 1, 0}, COUNT);
  expect_mask(source, 1, (const uint8_t[COUNT]){0, 1, 1}, COUNT);
  dseg_source_close(source);
  memset(voxels, 0, sizeof voxels);
  voxels[0] = 1;
  voxels[COUNT + 2] = 1;
  write_meta("a.mha", "NDims = 4\nDimSize = 4 3 2 2\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n", voxels,
             sizeof voxels);
  source = open_volume("a.mha");
  expect_mask(source, 1, (const uint8_t[COUNT]){0, 0, 1}, COUNT);
  close_volume(source);
}

static void contradictory_headers(void **state) {
  (void)state;
  const struct {
    const char *lines;
    dseg_status status;
    const char *text;
  } cases[] = {
      {"NDims = 3\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n", DSEG_ERROR_FORMAT, "no DimSize"},
      {"NDims = 9\n", DSEG_ERROR_FORMAT, "NDims"},
      {"NDims = 3\nDimSize = 4 3 0\n", DSEG_ERROR_FORMAT, "DimSize"},
      {"NDims = 3\nDimSize = 4 3 2\nElementSpacing = 1 1\n", DSEG_ERROR_FORMAT, "ElementSpacing"},
      {"NDims = 3\nDimSize = 4 3 2\nElementType = MET_STRING\n", DSEG_ERROR_FORMAT, "ElementType"},
      {"NDims = 3\nDimSize = 4 3 2\nElementType = MET_UCHAR\n", DSEG_ERROR_FORMAT, "no ElementDataFile"},
      {"NDims = 3\nDimSize = 4 3 2\nElementType = MET_USHORT\nElementDataFile = LOCAL\n", DSEG_ERROR_FORMAT,
       "24 bytes"},
      {"NDims = 3\nDimSize = 4 3 2\nElementType = MET_UCHAR\nElementDataFile = LIST\n", DSEG_ERROR_UNSUPPORTED, "LIST"},
      {"NDims = 3\nDimSize = 4 3 2\nElementType = MET_UCHAR\nElementDataFile = ../a.raw\n", DSEG_ERROR_UNSUPPORTED,
       "../a.raw"},
      {"NDims = 3\nDimSize = 4 3 2\nElementType = MET_UCHAR\nElementDataFile = a.raw\n", DSEG_ERROR_INPUT, "a.raw"},
      {"NDims = 3\nDimSize = 4 3 2\nElementType = MET_UCHAR\nCompressedData = True\nCompressedDataSize = 1000\n"
       "ElementDataFile = LOCAL\n",
       DSEG_ERROR_FORMAT, ""},
      {"NDims = 3\nDimSize = 9000000000 9000000000 2\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n",
       DSEG_ERROR_LIMIT, "limit"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    write_meta("a.mha", cases[i].lines, bytes, COUNT);
    expect_failure("a.mha", cases[i].status, cases[i].text);
  }
}

static void cut_at_every_byte(void **state) {
  (void)state;
  dseg_buffer file = make(
      "ObjectType = Image\nNDims = 3\nDimSize = 4 3 2\nElementType = MET_UCHAR\n"
      "ElementDataFile = LOCAL\n",
      bytes, COUNT);
  expect_no_prefix_opens("cut.mha", &file, 0);
  dseg_buffer_free(&file);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(local_data_and_geometry, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(types_and_byte_orders, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(compressed_and_detached, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(headers_in_the_data_file, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(text_data, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(channels_on_request_and_fourth_dimension_are_layers, enter_directory,
                                      leave_directory),
      cmocka_unit_test_setup_teardown(contradictory_headers, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(cut_at_every_byte, enter_directory, leave_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
