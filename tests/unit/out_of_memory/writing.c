/* SPDX-License-Identifier: Apache-2.0 */
/* writing.c - trials that write objects, volumes and metadata, and copy descriptions. */
#include "out_of_memory/trial.h"

/* Segments with much to say: their texts fill several blocks of a description's memory. */
dseg_description *make_described(void) {
  static const uint8_t context[] = {0x08, 0,   0x05, 0,   'C',  'S', 10,   0,   'I', 'S', 'O', '_', 'I', 'R',
                                    ' ',  '1', '9',  '2', 0x10, 0,   0x10, 0,   'P', 'N', 4,   0,   'A', '^',
                                    'B',  ' ', 0x20, 0,   0x0D, 0,   'U',  'I', 4,   0,   '1', '.', '2', 0};
  static const dseg_code modifiers[] = {{"24028007", "SCT", "Right"}, {"7771000", "SCT", "Left"}};
  static const dseg_code regions[] = {{"39607008", "SCT", "Lung"}};
  static const dseg_code region_modifiers[] = {{"51440002", "SCT", "Right and left"}};
  static char longer[SEGMENTS][3000];
  static const char *const uids[] = {"1.2.1", "1.2.2", "1.2.3", "1.2.4"};
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, SEGMENTS);
  dseg_instance_reference *instances = dseg_description_alloc(description, PLANES * sizeof *instances);
  description->context = (dseg_view){context, sizeof context};
  description->references = (dseg_references){.instances = instances, .count = PLANES};
  for (size_t i = 0; i < PLANES; i++) {
    instances[i] = (dseg_instance_reference){.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2",
                                             .sop_instance_uid = uids[i],
                                             .series_uid = "1.2.9",
                                             .study_uid = i < 2 ? "1.2" : "1.3"};
    description->geometry.planes[i].source = (int32_t)i;
  }
  for (size_t i = 0; i < SEGMENTS; i++) {
    dseg_segment *segment = &description->segments[i];
    memset(longer[i], 'a' + (int)i, sizeof longer[i] - 1);
    memcpy(longer[i], "G\xC3\xB6\xC3\x9F", 5);
    longer[i][1000] = '\0';
    segment->label = i % 2 == 0 ? "G\xC3\xB6\xC3\x9F"
                                  "e"
                                : "organ";
    segment->description = longer[i];
    segment->algorithm_name = "network";
    segment->category = (dseg_code){"123037004", "SCT", "Anatomical Structure"};
    segment->type = (dseg_code){"a value that is longer than sixteen", "99X", "long"};
    segment->type_modifiers = (dseg_code_list){modifiers, i % 3};
    segment->anatomic_regions = (dseg_code_list){regions, i % 2};
    segment->anatomic_region_modifiers = (dseg_code_list){region_modifiers, i % 2};
    segment->has_color = true;
    dseg_default_color(i, segment->rgb);
    dseg_rgb_to_cielab(segment->rgb, segment->cielab);
    segment->tracking_id = "tracked";
    segment->tracking_uid = "1.2.3.4.5";
  }
  description->content.series_description = "series";
  description->content.content_creator_name = "M\xC3\xBCller^A";
  description->content.body_part_examined = "CHEST";
  return description;
}

void set_kind(dseg_description *description, const memory_trial *trial) {
  if (strncmp(trial->what, "fractional", 10) == 0) {
    description->kind = DSEG_VOXELS_PROBABILITY;
    description->maximum_fraction = 200;
  }
  const bool is_volume = strstr(trial->what, "-volume") != NULL || strcmp(trial->what, "instance-labels") == 0;
  if (is_volume) { /* which cannot say that images are of another study */
    dseg_instance_reference *instances = (dseg_instance_reference *)description->references.instances;
    for (size_t i = 0; i < description->references.count; i++) {
      instances[i].study_uid = "1.2";
    }
  }
}

dseg_status write_object(const memory_trial *trial, const dseg_description *description, dseg_buffer *bytes,
                         dseg_error *error) {
  const dseg_option_value palette = {"palette", 1};
  const bool has_palette = trial->how != NULL && strcmp(trial->how, "palette") == 0;
  const dseg_output output = dseg_output_to_buffer(bytes);
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation = trial->what,
                                      .frame_codec = has_palette ? NULL : trial->how,
                                      .representation_options = has_palette ? &palette : NULL,
                                      .representation_option_count = has_palette ? 1 : 0,
                                      .uid_seed = "memory",
                                      .date_time = "20250101000000",
                                      .threads = 1};
  dseg_writer *writer = NULL;
  uint8_t labels[PIXELS];
  dseg_status status = dseg_writer_create_to(&output, description, &options, &writer, error);
  for (size_t plane = 0; status == DSEG_OK && plane < PLANES; plane++) {
    fill_plane(description, plane, labels);
    status = description->kind == DSEG_VOXELS_PROBABILITY
                 ? dseg_writer_write_mask(writer, plane, plane, labels, error) /* as fractions */
                 : dseg_writer_write_labels(writer, plane, labels, 8, error);
  }
  if (status == DSEG_OK) {
    status = dseg_writer_finish(writer, error);
  }
  dseg_writer_destroy(writer);
  return status;
}

dseg_status run_write(const memory_trial *trial, FILE *outcome, dseg_error *error) {
  memory.is_paused = true;
  dseg_description *description = make_described();
  dseg_buffer bytes = {0};
  memory.is_paused = false;
  set_kind(description, trial);
  const dseg_status status = write_object(trial, description, &bytes, error);
  put_bytes(outcome, bytes.data, bytes.size);
  assert_true(status == DSEG_OK || bytes.size == 0);
  dseg_buffer_free(&bytes);
  dseg_description_destroy(description);
  return status;
}

/* Voxels of 8, 16 or, how "32", of 32 bits, or, how "floats", fractions. */
static unsigned fill_voxels(const memory_trial *trial, void *voxels, size_t count) {
  const unsigned bits = trial->how == NULL ? 8 : strcmp(trial->how, "floats") == 0 ? 0 : (unsigned)atoi(trial->how);
  for (size_t i = 0; i < count; i++) {
    const uint32_t value = (uint32_t)(i / 7 % (SEGMENTS + 1));
    switch (bits) {
      case 0: ((float *)voxels)[i] = (float)value / (float)SEGMENTS; break;
      case 8: ((uint8_t *)voxels)[i] = (uint8_t)value; break;
      case 16: ((uint16_t *)voxels)[i] = (uint16_t)value; break;
      default: ((uint32_t *)voxels)[i] = value; break;
    }
  }
  return bits;
}

/* One layer, or two where the format has them. */
static dseg_status write_volume_into(const memory_trial *trial, const dseg_description *description,
                                     const dseg_output *output, dseg_error *error) {
  static uint32_t voxels[2 * PLANES * PIXELS];
  static const uint32_t layers[SEGMENTS] = {0, 1, 0, 1};
  const bool layered = strcmp(trial->what, ".seg.nrrd") == 0;
  const dseg_volume_write_options options = {
      .struct_size = sizeof(dseg_volume_write_options), .suffix = trial->what, .threads = 1};
  dseg_volume volume = {.struct_size = sizeof(dseg_volume),
                        .description = description,
                        .bits = fill_voxels(trial, voxels, sizeof voxels / sizeof *voxels),
                        .layer_count = layered ? 2 : 1,
                        .voxels = voxels,
                        .layer_of_segment = layered ? layers : NULL};
  DSEG_TRY(dseg_geometry_to_grid(&description->geometry, &volume.grid, NULL, error));
  return dseg_volume_write_to(output, &volume, &options, error);
}

dseg_status write_volume_to(const memory_trial *trial, const dseg_description *description, dseg_buffer *bytes,
                            dseg_error *error) {
  const dseg_output output = dseg_output_to_buffer(bytes);
  return write_volume_into(trial, description, &output, error);
}

/* A header and its data as two files, or none. */
dseg_status run_write_pair(const memory_trial *trial, FILE *outcome, dseg_error *error) {
  char name[40];
  memory.is_paused = true;
  dseg_description *description = make_described();
  memory.is_paused = false;
  (void)snprintf(name, sizeof name, "volume%s", trial->what);
  const dseg_output output = dseg_output_to_file(name, 0, NULL);
  const dseg_status status = write_volume_into(trial, description, &output, error);
  memory.is_paused = true;
  dseg_description_destroy(description);
  assert_int_equal(count_files(), status == DSEG_OK ? 2 : 0);
  if (status == DSEG_OK) {
    dseg_buffer header = read_file(name);
    put_bytes(outcome, header.data, header.size);
    dseg_buffer_free(&header);
    remove_files();
  }
  memory.is_paused = false;
  return status;
}

dseg_status run_write_volume(const memory_trial *trial, FILE *outcome, dseg_error *error) {
  memory.is_paused = true;
  dseg_description *description = make_described();
  dseg_buffer bytes = {0};
  memory.is_paused = false;
  const dseg_status status = write_volume_to(trial, description, &bytes, error);
  put_bytes(outcome, bytes.data, bytes.size);
  dseg_buffer_free(&bytes);
  dseg_description_destroy(description);
  return status;
}

dseg_status run_write_metadata(const memory_trial *trial, FILE *outcome, dseg_error *error) {
  (void)trial;
  memory.is_paused = true;
  dseg_description *description = make_described();
  dseg_buffer bytes = {0};
  memory.is_paused = false;
  const dseg_output output = dseg_output_to_buffer(&bytes);
  const dseg_status status = dseg_metadata_write_to(&output, description, NULL, error);
  put_bytes(outcome, bytes.data, bytes.size);
  dseg_buffer_free(&bytes);
  dseg_description_destroy(description);
  return status;
}

dseg_status run_copy(const memory_trial *trial, FILE *outcome, dseg_error *error) {
  (void)trial;
  memory.is_paused = true;
  dseg_description *description = make_described();
  dseg_description *copy = NULL;
  memory.is_paused = false;
  const dseg_status status = dseg_description_copy(description, &copy, error);
  if (status == DSEG_OK) {
    put_description(outcome, copy);
  }
  dseg_description_destroy(copy);
  dseg_description_destroy(description);
  return status;
}
