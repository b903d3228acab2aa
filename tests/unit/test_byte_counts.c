/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of where an object's bytes go is what a reader of its elements counts. */
#include "dseg/plugin.h"
#include "writer_fixture.h"

enum { ROWS = 6, COLUMNS = 8, PLANES = 5 };

static dseg_description *make_described(void) {
  static const char *const uids[PLANES] = {"1.2.3.101", "1.2.3.102", "1.2.3.103", "1.2.3.104", "1.2.3.105"};
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, 3);
  dseg_instance_reference *instances = dseg_description_alloc(description, PLANES * sizeof *instances);
  description->has_background = true;
  for (size_t i = 0; i < PLANES; i++) {
    instances[i] = (dseg_instance_reference){
        .sop_class_uid = "1.2.840.10008.5.1.4.1.1.2", .sop_instance_uid = uids[i], .series_uid = "1.2.3.10"};
    description->geometry.planes[i].source = (int32_t)i;
  }
  description->references = (dseg_references){.instances = instances, .count = PLANES};
  return description;
}

static size_t size_of(const dseg_data_set *set) {
  dseg_buffer bytes = {0};
  assert_int_equal(dseg_data_set_write(set, DSEG_EXPLICIT_VR, &bytes, NULL), DSEG_OK);
  const size_t size = bytes.size;
  dseg_buffer_free(&bytes);
  return size;
}

/* What an element takes: the data set is so much smaller without it. */
static size_t bytes_of(dseg_data_set *set, uint32_t tag) {
  const size_t with = size_of(set);
  dseg_data_set_remove(set, tag);
  return with - size_of(set);
}

static void check(const char *codec, dseg_offset_table table) {
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation = "binary",
                                      .frame_codec = codec,
                                      .offset_table = table,
                                      .replace = true,
                                      .uid_seed = "bytes"};
  const bool encapsulated = strcmp(codec, "rle") == 0, extended = table == DSEG_OFFSET_TABLE_EXTENDED;
  dseg_description *description = make_described();
  dseg_source *source = NULL;
  dseg_data_set *set = NULL;
  write_volume("b.dcm", description, &options, false);
  assert_int_equal(dseg_open("b.dcm", NULL, &source, NULL), DSEG_OK);
  const dseg_encoding_info *info = dseg_source_encoding(source);
  dseg_buffer bytes = read_file("b.dcm");
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  assert_int_equal(dseg_data_set_read(set, (dseg_view){bytes.data + 132, bytes.size - 132}, DSEG_EXPLICIT_VR, NULL),
                   DSEG_OK);
  assert_int_equal(info->file_bytes, bytes.size);
  assert_int_equal(info->reference_bytes, bytes_of(set, 0x00081115));
  assert_true(info->reference_bytes > 0);
  assert_int_equal(info->segment_bytes, bytes_of(set, 0x00620002));
  assert_int_equal(info->per_frame_bytes, bytes_of(set, 0x52009230));
  assert_int_equal(info->offset_table_bytes, !encapsulated ? 0
                                             : extended    ? bytes_of(set, 0x7FE00001) + bytes_of(set, 0x7FE00002)
                                                           : 4 * info->frame_count);
  assert_int_equal(info->item_bytes, encapsulated ? 8 * (info->frame_count + 2) : 0);
  dseg_data_set_destroy(set);
  dseg_buffer_free(&bytes);
  dseg_source_close(source);
  dseg_description_destroy(description);
}

static void bytes_are_counted(void **state) {
  (void)state;
  check("explicit-le", DSEG_OFFSET_TABLE_BASIC);
  check("rle", DSEG_OFFSET_TABLE_BASIC);
  check("rle", DSEG_OFFSET_TABLE_EXTENDED);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_are_counted),
  };
  return cmocka_run_group_tests(tests, enter_directory, leave_directory);
}
