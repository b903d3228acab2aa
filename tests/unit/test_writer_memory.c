/* SPDX-License-Identifier: Apache-2.0 */
/* test_writer_memory.c - a writer for which memory is short at any allocation fails with DSEG_ERROR_MEMORY and leaves
 * no file. */
#include "out_of_memory/failing_memory.h"
#include "writer_fixture.h"

/* Patient and study, a reference for each plane, codes, colours and names. */
static dseg_description *make_described(void) {
  static const uint8_t context[] = {0x08, 0,   0x05, 0,   'C',  'S', 10,   0,   'I', 'S', 'O', '_', 'I', 'R',
                                    ' ',  '1', '9',  '2', 0x10, 0,   0x10, 0,   'P', 'N', 4,   0,   'A', '^',
                                    'B',  ' ', 0x20, 0,   0x0D, 0,   'U',  'I', 4,   0,   '1', '.', '2', 0};
  dseg_description *description = make_description(6, 5, 4, 3);
  description->context = (dseg_view){context, sizeof context};
  dseg_references *references = &description->references;
  dseg_instance_reference *instances = dseg_description_alloc(description, 4 * sizeof *instances);
  references->count = 4;
  references->instances = instances;
  for (size_t i = 0; i < 4; i++) {
    static const char *const uids[] = {"1.2.1", "1.2.2", "1.2.3", "1.2.4"};
    instances[i] = (dseg_instance_reference){.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2",
                                             .sop_instance_uid = uids[i],
                                             .series_uid = "1.2.9",
                                             .study_uid = i < 2 ? "1.2" : "1.3"};
    description->geometry.planes[i].source = (int32_t)i;
  }
  description->segments[0].category = (dseg_code){"123037004", "SCT", "Anatomical Structure"};
  description->segments[0].type = (dseg_code){"a value that is longer than sixteen", "99X", "long"};
  description->segments[1].tracking_id = "tracked";
  description->segments[1].description = "described";
  description->content.series_description = "series";
  return description;
}

static dseg_status write_all(const dseg_description *description, const dseg_write_options *options,
                             dseg_error *error) {
  dseg_writer *writer = NULL;
  uint8_t labels[30];
  dseg_status status = dseg_writer_create("object.dcm", description, options, &writer, error);
  if (status == DSEG_OK) {
    status = write_planes(writer, description, labels, error);
  }
  dseg_writer_destroy(writer);
  return status;
}

static void remove_files(void) {
  DIR *directory = opendir(".");
  for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    remove(entry->d_name);
  }
  closedir(directory);
}

/* Fails one allocation after the other until the writer needs none of them. */
static void fail_each(const dseg_description *description, const dseg_write_options *options) {
  assert_int_equal(write_all(description, options, NULL), DSEG_OK);
  const size_t files = count_files();
  assert_true(options->concatenation ? files > 1 : files == 1);
  remove_files();
  size_t count = 0;
  for (bool done = false; !done; count++) {
    dseg_error error = {0};
    memory.calls = 0;
    memory.failing = count + 1;
    const dseg_status status = write_all(description, options, &error);
    done = memory.calls < memory.failing;
    memory.failing = 0;
    if (status != (done ? DSEG_OK : DSEG_ERROR_MEMORY)) {
      fail_msg("allocation %zu: status %d, \"%s\"", count + 1, (int)status, error.message);
    }
    if (error.status != status) {
      fail_msg("allocation %zu: the error says %d instead of %d", count + 1, (int)error.status, (int)status);
    }
    assert_int_equal(count_files(), done ? files : 0);
  }
  remove_files();
  assert_true(count > 20);
}

static void no_failing_allocation_is_overlooked(void **state) {
  (void)state;
  const dseg_option_value palette = {"palette", 1};
  const dseg_write_options options[] = {
      {.struct_size = sizeof(dseg_write_options), .representation = "binary"},
      {.struct_size = sizeof(dseg_write_options), .representation = "binary", .frame_codec = "implicit-le"},
      {.struct_size = sizeof(dseg_write_options),
       .representation = "labelmap",
       .representation_options = &palette,
       .representation_option_count = 1},
      {.struct_size = sizeof(dseg_write_options),
       .representation = "labelmap",
       .frame_codec = "rle",
       .offset_table = DSEG_OFFSET_TABLE_EXTENDED},
      {.struct_size = sizeof(dseg_write_options), .representation = "binary", .concatenation = true, .part_bytes = 16},
  };
  dseg_description *description = make_described();
  for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
    dseg_write_options each = options[i];
    each.uid_seed = "memory";
    each.threads = 1;
    for (int behind = 0; behind < 2; behind++) {
      memory.all_behind = behind != 0;
      fail_each(description, &each);
    }
  }
  dseg_description_destroy(description);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(no_failing_allocation_is_overlooked, enter_directory, leave_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
