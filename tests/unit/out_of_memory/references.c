/* SPDX-License-Identifier: Apache-2.0 */
/* references.c - trials that take patient, geometry and references from images. */
#include "dseg/data_set.h"
#include "out_of_memory/trial.h"

static const char *const slice_names[] = {"c.dcm", "a.dcm", "b.dcm", "d.dcm"};

void write_slices(void) {
  for (size_t i = 0; i < PLANES; i++) {
    const dseg_file_encoding encoding = {.transfer_syntax_uid = "1.2.840.10008.1.2.1",
                                         .implementation_class_uid = "1.2.3",
                                         .implementation_version_name = "TEST"};
    const uint16_t size[2] = {ROWS, COLUMNS};
    char text[64];
    dseg_data_set *set = NULL;
    dseg_buffer bytes = {0};
    assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
    dseg_data_set_put_text(set, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2");
    (void)snprintf(text, sizeof text, "1.2.5.%zu", i);
    dseg_data_set_put_text(set, 0x00080018, "UI", text);
    dseg_data_set_put_text(set, 0x00080060, "CS", "CT");
    dseg_data_set_put_text(set, 0x0008103E, "LO", "Thorax");
    dseg_data_set_put_text(set, 0x00100010, "PN", "Doe^Jane");
    dseg_data_set_put_text(set, 0x0020000D, "UI", "1.2.9");
    dseg_data_set_put_text(set, 0x0020000E, "UI", "1.2.4");
    (void)snprintf(text, sizeof text, "-10\\5\\%zu", 2 * i);
    dseg_data_set_put_text(set, 0x00200032, "DS", text);
    dseg_data_set_put_text(set, 0x00200037, "DS", "1\\0\\0\\0\\1\\0");
    dseg_data_set_put_text(set, 0x00200052, "UI", "1.2.7");
    dseg_data_set_put_u16(set, 0x00280010, "US", &size[0], 1);
    dseg_data_set_put_u16(set, 0x00280011, "US", &size[1], 1);
    dseg_data_set_put_text(set, 0x00280030, "DS", "0.5\\0.25");
    assert_int_equal(dseg_data_set_write_file(set, &encoding, &bytes, NULL, NULL), DSEG_OK);
    FILE *file = fopen(slice_names[i], "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
    dseg_buffer_free(&bytes);
    dseg_data_set_destroy(set);
  }
}

/* what: "geometry" to take it from the images, too. */
dseg_status run_reference(const memory_trial *trial, FILE *outcome, dseg_error *error) {
  static const char *const paths[] = {"."};
  const bool geometry = trial->what != NULL;
  const dseg_reference_options options = {.struct_size = sizeof(dseg_reference_options),
                                          .warnings = {put_warning, outcome}};
  memory.is_paused = true;
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, SEGMENTS);
  if (geometry) {
    description->geometry = (dseg_geometry){.space = DSEG_SPACE_NONE};
  }
  memory.is_paused = false;
  const dseg_status status = dseg_description_add_reference(description, geometry ? paths : slice_names,
                                                            geometry ? 1 : PLANES, &options, error);
  put_description(outcome, description);
  dseg_description_destroy(description);
  return status;
}
