/* SPDX-License-Identifier: Apache-2.0 */
/* read_images.c - one source image: identity, and where its frames lie (PS3.3 C.7.6.2, C.7.6.16.2.1 to .4,
 * C.8.12.6.1, C.8.12.14). Pixels are not read. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "dicom/identity.h"
#include "reference/reference.h"

static bool u32_of(const dseg_elements *elements, uint32_t tag, uint32_t *value) {
  dseg_element element;
  uint16_t small;
  if (dseg_elements_find(elements, tag, &element, NULL) != DSEG_OK || element.tag == 0) {
    return false;
  }
  if (dseg_element_u32(elements, &element, 0, value)) {
    return true;
  }
  if (!dseg_element_u16(elements, &element, 0, &small)) {
    return false;
  }
  *value = small;
  return true;
}

/* 0: absent. */
static int64_t integer_of(const dseg_elements *elements, uint32_t tag) {
  dseg_element element;
  int64_t value = 0;
  return dseg_elements_find(elements, tag, &element, NULL) == DSEG_OK && dseg_element_integer(&element, 0, &value)
             ? value
             : 0;
}

static bool decimals_of(const dseg_elements *elements, uint32_t tag, double *values, size_t count) {
  dseg_element element;
  double read[6];
  if (dseg_elements_find(elements, tag, &element, NULL) != DSEG_OK || element.tag == 0) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    if (!dseg_element_decimal(&element, i, &read[i])) {
      return false;
    }
  }
  memcpy(values, read, count * sizeof *values);
  return true;
}

static bool is_text(const dseg_elements *elements, uint32_t tag, const char *text) {
  dseg_element element;
  return dseg_elements_find(elements, tag, &element, NULL) == DSEG_OK && element.tag != 0 &&
         dseg_element_is(&element, text);
}

/* The item of a functional group in the given item of shared or per-frame groups. */
static bool group_of(const dseg_elements *groups, uint32_t tag, dseg_elements *group) {
  bool found = false;
  return dseg_elements_find_item(groups, tag, group, &found, NULL) == DSEG_OK && found;
}

static dseg_status add_frame(dseg_reference_set *set, const dseg_reference_frame *frame, dseg_error *error) {
  if (set->frame_count == set->frame_capacity) {
    const size_t capacity = set->frame_capacity == 0 ? 64 : set->frame_capacity * 2;
    dseg_reference_frame *frames = realloc(set->frames, capacity * sizeof *frames);
    if (frames == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu frames", capacity);
    }
    set->frames = frames;
    set->frame_capacity = capacity;
  }
  set->frames[set->frame_count++] = *frame;
  return DSEG_OK;
}

/* Attributes of single-frame images stand in the data set itself. */
static void read_plain_place(const dseg_elements *elements, dseg_reference_frame *frame) {
  frame->has_position =
      decimals_of(elements, 0x00200032, frame->position, 3) && decimals_of(elements, 0x00200037, frame->orientation, 6);
  if (!decimals_of(elements, 0x00280030, frame->spacing, 2)) {
    decimals_of(elements, 0x00181164, frame->spacing, 2); /* Imager Pixel Spacing of projections */
  }
  decimals_of(elements, 0x00180050, &frame->thickness, 1);
  decimals_of(elements, 0x00180088, &frame->spacing_between_slices, 1);
}

/* Adds what one item of functional groups says. */
static void read_groups(const dseg_elements *groups, dseg_reference_frame *frame, bool *has_orientation) {
  dseg_elements group;
  if (group_of(groups, 0x00289110, &group)) { /* Pixel Measures */
    decimals_of(&group, 0x00280030, frame->spacing, 2);
    decimals_of(&group, 0x00180050, &frame->thickness, 1);
    decimals_of(&group, 0x00180088, &frame->spacing_between_slices, 1);
  }
  if (group_of(groups, 0x00209116, &group)) { /* Plane Orientation (Patient) */
    *has_orientation = decimals_of(&group, 0x00200037, frame->orientation, 6) || *has_orientation;
  }
  if (group_of(groups, 0x00209113, &group)) { /* Plane Position (Patient) */
    frame->has_position = decimals_of(&group, 0x00200032, frame->position, 3);
  }
  if (group_of(groups, 0x0048021A, &group)) { /* Plane Position (Slide) */
    uint32_t row = 0, column = 0;
    frame->has_position = decimals_of(&group, 0x0040072A, &frame->position[0], 1) &&
                          decimals_of(&group, 0x0040073A, &frame->position[1], 1);
    decimals_of(&group, 0x0040074A, &frame->position[2], 1);
    if (u32_of(&group, 0x0048021E, &column) && u32_of(&group, 0x0048021F, &row) && row > 0 && column > 0) {
      frame->matrix_row = row - 1;
      frame->matrix_column = column - 1;
    }
  }
}

static dseg_status read_per_frame(const dseg_part10 *part10, dseg_reference_set *set, dseg_reference_frame frame,
                                  bool has_orientation, dseg_error *error) {
  dseg_buffer bytes = {0};
  if (part10->per_frame.value_length > DSEG_REFERENCE_MEMORY) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "(5200,9230) exceeds 4 GiB");
  }
  dseg_status status = dseg_buffer_resize(&bytes, (size_t)part10->per_frame.value_length, error);
  if (status == DSEG_OK) {
    status = dseg_input_read(part10->input, part10->per_frame.value_offset, bytes.data, bytes.size, error);
  }
  dseg_elements parent = part10->elements;
  dseg_elements groups;
  parent.bytes = (dseg_view){bytes.data, bytes.size};
  const dseg_element sequence = {.tag = 0x52009230,
                                 .vr = {'S', 'Q'},
                                 .undefined_length = part10->per_frame.undefined_length,
                                 .value = parent.bytes};
  size_t offset = 0;
  bool more = true;
  for (frame.number = 1; status == DSEG_OK; frame.number++) {
    status = dseg_sequence_next(&parent, &sequence, &offset, &groups, &more, error);
    if (status != DSEG_OK || !more) {
      break;
    }
    dseg_reference_frame one = frame;
    bool oriented = has_orientation;
    read_groups(&groups, &one, &oriented);
    one.has_position = one.has_position && oriented;
    status = add_frame(set, &one, error);
  }
  dseg_buffer_free(&bytes);
  return status;
}

/* Tiles in rows from the top left, without an item for each (TILED_FULL, C.7.6.17.3). */
static dseg_status add_full_tiles(const dseg_part10 *part10, dseg_reference_set *set, const dseg_reference_file *file,
                                  dseg_reference_frame frame, dseg_error *error) {
  const uint64_t down = ((uint64_t)file->matrix_rows + file->rows - 1) / file->rows;
  const uint64_t across = ((uint64_t)file->matrix_columns + file->columns - 1) / file->columns;
  uint64_t tiles;
  if (!dseg_mul_u64(down, across, &tiles) || tiles > part10->file_bytes ||
      (uint64_t)file->matrix_rows + file->rows > UINT32_MAX ||
      (uint64_t)file->matrix_columns + file->columns > UINT32_MAX) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "(0048,0006), (0048,0007): more tiles than the file can hold");
  }
  for (uint32_t row = 0; row < file->matrix_rows; row += file->rows) {
    for (uint32_t column = 0; column < file->matrix_columns; column += file->columns) {
      frame.number++;
      frame.matrix_row = row;
      frame.matrix_column = column;
      for (size_t axis = 0; axis < 3; axis++) {
        frame.position[axis] = file->matrix_origin[axis] + column * frame.spacing[1] * frame.orientation[axis] +
                               row * frame.spacing[0] * frame.orientation[3 + axis];
      }
      DSEG_TRY(add_frame(set, &frame, error));
    }
  }
  return DSEG_OK;
}

static bool read_matrix(const dseg_elements *elements, dseg_reference_file *file, dseg_reference_frame *frame) {
  dseg_elements origin;
  file->slide = u32_of(elements, 0x00480006, &file->matrix_columns) &&
                u32_of(elements, 0x00480007, &file->matrix_rows) &&
                decimals_of(elements, 0x00480102, frame->orientation, 6);
  if (file->slide && group_of(elements, 0x00480008, &origin)) {
    decimals_of(&origin, 0x0040072A, &file->matrix_origin[0], 1);
    decimals_of(&origin, 0x0040073A, &file->matrix_origin[1], 1);
    decimals_of(&origin, 0x0040074A, &file->matrix_origin[2], 1);
  }
  return file->slide;
}

static dseg_status add_unplaced_frames(const dseg_part10 *part10, dseg_reference_set *set, dseg_reference_frame frame,
                                       dseg_error *error) {
  const dseg_elements *elements = &part10->elements;
  dseg_element element;
  int64_t count = 1;
  if (dseg_elements_find(elements, 0x00280008, &element, NULL) == DSEG_OK && element.tag != 0) {
    dseg_element_integer(&element, 0, &count);
  }
  if (count > 1 &&
      (uint64_t)count <= part10->file_bytes) { /* frames of one image that do not move, a cine for instance */
    for (frame.number = 1; frame.number <= (uint32_t)count; frame.number++) {
      DSEG_TRY(add_frame(set, &frame, error));
    }
    return DSEG_OK;
  }
  return add_frame(set, &frame, error);
}

static dseg_status read_frames(const dseg_part10 *part10, dseg_reference_set *set, size_t index, dseg_error *error) {
  const dseg_elements *elements = &part10->elements;
  dseg_reference_file *file = &set->files[index];
  dseg_reference_frame frame = {.file = index};
  dseg_elements shared;
  read_plain_place(elements, &frame);
  bool has_orientation = read_matrix(elements, file, &frame);
  if (group_of(elements, 0x52009229, &shared)) {
    read_groups(&shared, &frame, &has_orientation);
  }
  if (file->slide && is_text(elements, 0x00209311, "TILED_FULL")) {
    frame.has_position = true;
    return add_full_tiles(part10, set, file, frame, error);
  }
  if (part10->per_frame.present) {
    return read_per_frame(part10, set, frame, has_orientation, error);
  }
  return add_unplaced_frames(part10, set, frame, error);
}

/* Segmentation, Surface, Label Map and Height Map Segmentation Storage. */
static bool is_segmentation(const char *sop_class_uid) {
  static const char prefix[] = "1.2.840.10008.5.1.4.1.1.66.";
  return strncmp(sop_class_uid, prefix, sizeof prefix - 1) == 0;
}

static dseg_status read_image(const dseg_part10 *part10, dseg_reference_set *set, size_t index,
                              dseg_description *description, bool *is_image, dseg_error *error) {
  const dseg_elements *elements = &part10->elements;
  const dseg_element ascii = {0};
  dseg_text_reader texts = {&ascii, description, error, DSEG_OK};
  dseg_reference_file *file = &set->files[index];
  *is_image = u32_of(elements, 0x00280010, &file->rows) && u32_of(elements, 0x00280011, &file->columns) &&
              file->rows > 0 && file->columns > 0;
  if (!*is_image) {
    return DSEG_OK;
  }
  file->sop_class_uid = dseg_read_text(&texts, elements, 0x00080016);
  file->sop_instance_uid = dseg_read_text(&texts, elements, 0x00080018);
  file->series_uid = dseg_read_text(&texts, elements, 0x0020000E);
  file->study_uid = dseg_read_text(&texts, elements, 0x0020000D);
  file->frame_of_reference_uid = dseg_read_text(&texts, elements, 0x00200052);
  file->modality = dseg_read_text(&texts, elements, 0x00080060);
  texts.character_set = &part10->character_set;
  file->series_description = dseg_read_text(&texts, elements, 0x0008103E);
  file->acquisition = integer_of(elements, 0x00200012);
  file->number = integer_of(elements, 0x00200013);
  file->lossy = is_text(elements, 0x00282110, "01");
  if (file->sop_class_uid == NULL || file->sop_instance_uid == NULL) { /* careless anonymisers empty them here only */
    texts.character_set = &ascii;
    file->sop_class_uid = dseg_read_text(&texts, &part10->meta, 0x00020002);
    file->sop_instance_uid = dseg_read_text(&texts, &part10->meta, 0x00020003);
  }
  DSEG_TRY(texts.status);
  DSEG_TRY(dseg_read_identity(part10, description, &file->identity, error));
  if (file->series_uid == NULL) {
    file->series_uid = "";
  }
  *is_image = file->sop_class_uid == NULL || !is_segmentation(file->sop_class_uid);
  return *is_image ? read_frames(part10, set, index, error) : DSEG_OK;
}

dseg_status dseg_reference_read(dseg_reference_set *set, size_t index, dseg_description *description, bool *is_image,
                                dseg_error *error) {
  const dseg_part10_options how = dseg_reference_part10_options(set);
  dseg_input *input = NULL;
  dseg_part10 part10;
  *is_image = false;
  DSEG_TRY(dseg_input_from_file(set->files[index].path, how.memory_limit, &input, error));
  dseg_status status = dseg_part10_open(input, &how, &part10, is_image, error);
  if (status != DSEG_OK || !*is_image) {
    dseg_input_close(input);
    return status;
  }
  status = read_image(&part10, set, index, description, is_image, error);
  dseg_part10_close(&part10);
  return status;
}
