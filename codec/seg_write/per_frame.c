/* SPDX-License-Identifier: Apache-2.0 */
/* per_frame.c - what is said of each frame: Derivation Image (PS3.3 C.7.6.16.2.6), Frame Content (C.7.6.16.2.2),
 * Plane Position (C.7.6.16.2.3, C.8.12.6.1), Segmentation (C.8.20.3.1; not in label maps, Table A.51-2).
 *
 * What depends on the plane only is kept for the next frame, which often is of the same plane. */
#include "seg_write/per_frame.h"

#include <stdio.h>

#include "seg_write/kept_frames.h"

void dseg_per_frame_start(dseg_per_frame *per_frame, const dseg_seg_object *object, bool implicit_vr) {
  *per_frame = (dseg_per_frame){.object = object, .implicit_vr = implicit_vr, .plane = SIZE_MAX};
}

void dseg_per_frame_end(dseg_per_frame *per_frame) {
  dseg_buffer_free(&per_frame->derivation);
  dseg_buffer_free(&per_frame->position);
  dseg_buffer_free(&per_frame->generated);
}

static void write_code(dseg_element_writer *writer, uint32_t tag, const char *value, const char *meaning) {
  const size_t sequence = dseg_write_begin_sequence(writer, tag);
  const size_t item = dseg_write_begin_item(writer);
  dseg_write_text(writer, 0x00080100, "SH", value);
  dseg_write_text(writer, 0x00080102, "SH", "DCM");
  dseg_write_text(writer, 0x00080104, "LO", meaning);
  dseg_write_end(writer, item);
  dseg_write_end(writer, sequence);
}

/* The images this plane was drawn on; purpose and derivation as A.51.5.1 demands. */
static void write_derivation(dseg_element_writer *writer, dseg_image_run sources) {
  const size_t sequence = dseg_write_begin_sequence(writer, 0x00089124);
  const size_t item = dseg_write_begin_item(writer);
  const size_t images = dseg_write_begin_sequence(writer, 0x00082112);
  while (sources.count > 0) {
    const size_t image = dseg_write_begin_item(writer);
    dseg_write_source_image(writer, dseg_take_instance(&sources, 0), 0, UINT32_MAX);
    write_code(writer, 0x0040A170, "121322", "Source image for image processing operation");
    dseg_write_end(writer, image);
  }
  dseg_write_end(writer, images);
  write_code(writer, 0x00089215, "113076", "Segmentation");
  dseg_write_end(writer, item);
  dseg_write_end(writer, sequence);
}

static void write_patient_position(dseg_element_writer *writer, const dseg_plane_position *plane) {
  const size_t sequence = dseg_write_begin_sequence(writer, 0x00209113);
  const size_t item = dseg_write_begin_item(writer);
  dseg_write_decimals(writer, 0x00200032, plane->position, 3);
  dseg_write_end(writer, item);
  dseg_write_end(writer, sequence);
}

static void write_slide_position(dseg_element_writer *writer, const dseg_plane_position *plane) {
  const uint32_t column = plane->matrix_column + 1, row = plane->matrix_row + 1; /* from 1 in DICOM */
  const size_t sequence = dseg_write_begin_sequence(writer, 0x0048021A);
  const size_t item = dseg_write_begin_item(writer);
  dseg_write_decimals(writer, 0x0040072A, &plane->position[0], 1);
  dseg_write_decimals(writer, 0x0040073A, &plane->position[1], 1);
  dseg_write_decimals(writer, 0x0040074A, &plane->position[2], 1);
  dseg_write_u32s(writer, 0x0048021E, "SL", &column, 1);
  dseg_write_u32s(writer, 0x0048021F, "SL", &row, 1);
  dseg_write_end(writer, item);
  dseg_write_end(writer, sequence);
}

static dseg_status encode_plane(dseg_per_frame *per_frame, size_t index, dseg_error *error) {
  const dseg_description *description = per_frame->object->description;
  const dseg_plane_position *plane = &description->geometry.planes[index];
  per_frame->derivation.size = 0;
  per_frame->position.size = 0;
  dseg_element_writer derivation = {&per_frame->derivation, per_frame->implicit_vr, DSEG_OK, error};
  const dseg_image_run sources = dseg_plane_images(description, index);
  if (dseg_has_kept_derivation(sources)) {
    DSEG_TRY(dseg_write_kept_derivation(&derivation, sources));
  } else if (sources.count > 0) {
    write_derivation(&derivation, sources);
  }
  DSEG_TRY(derivation.status);
  dseg_element_writer position = {&per_frame->position, per_frame->implicit_vr, DSEG_OK, error};
  if (description->geometry.space == DSEG_SPACE_PATIENT) {
    write_patient_position(&position, plane);
  } else if (description->geometry.space == DSEG_SPACE_SLIDE) {
    write_slide_position(&position, plane);
  }
  per_frame->plane = index;
  return position.status;
}

static size_t index_values(const dseg_dimension_table *table, const dseg_frame_record *frame,
                           uint32_t values[DSEG_DIMENSIONS]) {
  for (size_t i = 0; i < table->count; i++) {
    switch (table->dimensions[i]) {
      case DSEG_DIMENSION_SEGMENT: values[i] = table->segment_index[frame->segment]; break;
      case DSEG_DIMENSION_COLUMN: values[i] = table->column_index[frame->plane]; break;
      case DSEG_DIMENSION_POSITION:
      case DSEG_DIMENSION_ROW:
      case DSEG_DIMENSION_LABEL: values[i] = table->plane_index[frame->plane]; break;
    }
  }
  return table->count;
}

static bool has_dimension(const dseg_dimension_table *table, dseg_dimension dimension) {
  for (size_t i = 0; i < table->count; i++) {
    if (table->dimensions[i] == dimension) {
      return true;
    }
  }
  return false;
}

static void write_frame_content(dseg_element_writer *writer, const dseg_dimension_table *table,
                                const dseg_frame_record *frame) {
  uint32_t values[DSEG_DIMENSIONS];
  const size_t count = index_values(table, frame, values);
  const size_t sequence = dseg_write_begin_sequence(writer, 0x00209111);
  const size_t item = dseg_write_begin_item(writer);
  dseg_write_u32s(writer, 0x00209157, "UL", values, count);
  if (has_dimension(table, DSEG_DIMENSION_LABEL)) {
    char label[32];
    snprintf(label, sizeof label, "Plane %lu", (unsigned long)frame->plane + 1);
    dseg_write_text(writer, 0x00209453, "LO", label);
  }
  dseg_write_end(writer, item);
  dseg_write_end(writer, sequence);
}

static void write_segment(dseg_element_writer *writer, uint32_t number) {
  const size_t sequence = dseg_write_begin_sequence(writer, 0x0062000A);
  const size_t item = dseg_write_begin_item(writer);
  dseg_write_u16(writer, 0x0062000B, (uint16_t)number);
  dseg_write_end(writer, item);
  dseg_write_end(writer, sequence);
}

/* All elements of a frame's item but those that are kept. */
static dseg_status write_item_elements(dseg_per_frame *per_frame, const dseg_frame_record *frame,
                                       dseg_element_writer *writer) {
  const dseg_seg_object *object = per_frame->object;
  dseg_write_raw(writer, per_frame->derivation.data, per_frame->derivation.size);
  write_frame_content(writer, object->dimensions, frame);
  dseg_write_raw(writer, per_frame->position.data, per_frame->position.size);
  if (frame->segment >= 0) {
    write_segment(writer, object->description->segments[frame->segment].number);
  }
  return writer->status;
}

dseg_status dseg_per_frame_item(dseg_per_frame *per_frame, const dseg_frame_record *frame, dseg_buffer *out,
                                dseg_error *error) {
  if (per_frame->plane != frame->plane) {
    DSEG_TRY(encode_plane(per_frame, frame->plane, error));
  }
  const dseg_view kept = dseg_kept_of_frame(per_frame->object->description, frame);
  dseg_element_writer writer = {out, per_frame->implicit_vr, DSEG_OK, error};
  const size_t item = dseg_write_begin_item(&writer);
  DSEG_TRY(writer.status);
  if (kept.size == 0) {
    DSEG_TRY(write_item_elements(per_frame, frame, &writer));
  } else {
    dseg_element_writer generated = {&per_frame->generated, per_frame->implicit_vr, DSEG_OK, error};
    per_frame->generated.size = 0;
    DSEG_TRY(write_item_elements(per_frame, frame, &generated));
    DSEG_TRY(dseg_write_with_kept(&writer, (dseg_view){per_frame->generated.data, per_frame->generated.size}, kept));
  }
  dseg_write_end(&writer, item);
  return writer.status;
}
