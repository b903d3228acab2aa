/* SPDX-License-Identifier: Apache-2.0 */
/* object.c - the modules of a segmentation object that concern all its frames (PS3.3 A.51). */
#include "seg_read/object.h"

#include <string.h>

#include "model/plugin_call.h"
#include "seg_read/makers.h"
#include "seg_read/palette.h"
#include "seg_read/representation_of.h"
#include "seg_read/segments.h"

struct reader {
  const dseg_part10 *part10;
  dseg_dicom_source *source;
  dseg_description *description;
  dseg_text_reader *texts;
};

static dseg_status find(const struct reader *reader, uint32_t tag, dseg_element *element, dseg_error *error) {
  return dseg_elements_find(&reader->part10->elements, tag, element, error);
}

static const char *read_text(const struct reader *reader, uint32_t tag) {
  return dseg_read_text(reader->texts, &reader->part10->elements, tag);
}

static dseg_status read_u16(const struct reader *reader, uint32_t tag, const char *name, uint16_t *value,
                            dseg_error *error) {
  dseg_element element;
  DSEG_TRY(find(reader, tag, &element, error));
  if (!dseg_element_u16(&reader->part10->elements, &element, 0, value)) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "%s (%04X,%04X) is missing or has no value (PS3.3 C.7.6.3)", name,
                     tag >> 16, tag & 0xFFFFu);
  }
  return DSEG_OK;
}

static dseg_status find_representation(const struct reader *reader, dseg_error *error) {
  dseg_dicom_source *source = reader->source;
  const char *type = read_text(reader, DSEG_TAG(0x0062, 0x0001));
  source->info.sop_class_uid = read_text(reader, DSEG_TAG(0x0008, 0x0016));
  DSEG_TRY(reader->texts->status);
  if (type == NULL) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "a DICOM object, but no segmentation: it has no Segmentation Type (0062,0001); SOP Class UID "
                     "(0008,0016) is %s (PS3.3 A.51)",
                     source->info.sop_class_uid != NULL ? source->info.sop_class_uid : "missing");
  }
  DSEG_TRY(dseg_representation_of(&reader->part10->elements, &source->representation, error));
  if (source->representation == NULL || source->representation->add_to_labels == NULL) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "Segmentation Type (0062,0001) %s is not known to this build",
                     type);
  }
  return DSEG_OK;
}

static dseg_status check_bits(const struct reader *reader, uint16_t bits, dseg_error *error) {
  const dseg_representation *representation = reader->source->representation;
  if ((representation->flags & dseg_bits_flag(bits)) == 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "Bits Allocated (0028,0100) is %u, which %s does not have (PS3.3 Table C.8.20-2)", (unsigned)bits,
                     representation->segmentation_type);
  }
  return DSEG_OK;
}

/* Image Pixel (PS3.3 C.7.6.3). */
static dseg_status read_pixels(const struct reader *reader, dseg_error *error) {
  uint16_t rows;
  uint16_t columns;
  uint16_t bits;
  dseg_element samples;
  uint16_t sample_count = 1;
  dseg_encoding_info *info = &reader->source->info;
  DSEG_TRY(read_u16(reader, DSEG_TAG(0x0028, 0x0010), "Rows", &rows, error));
  DSEG_TRY(read_u16(reader, DSEG_TAG(0x0028, 0x0011), "Columns", &columns, error));
  DSEG_TRY(read_u16(reader, DSEG_TAG(0x0028, 0x0100), "Bits Allocated", &bits, error));
  DSEG_TRY(find(reader, DSEG_TAG(0x0028, 0x0002), &samples, error));
  (void)dseg_element_u16(&reader->part10->elements, &samples, 0, &sample_count);
  if (rows == 0 || columns == 0 || sample_count != 1) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "frames of %u x %u pixels with %u samples (0028,0011), (0028,0010), (0028,0002) (PS3.3 C.7.6.3)",
                     (unsigned)columns, (unsigned)rows, (unsigned)sample_count);
  }
  DSEG_TRY(check_bits(reader, bits, error));
  reader->description->geometry.rows = rows;
  reader->description->geometry.columns = columns;
  info->bits_allocated = bits;
  info->photometric_interpretation = read_text(reader, DSEG_TAG(0x0028, 0x0004));
  return reader->texts->status;
}

static dseg_status read_fractions(const struct reader *reader, dseg_error *error) {
  dseg_element type;
  uint16_t maximum;
  DSEG_TRY(find(reader, DSEG_TAG(0x0062, 0x0010), &type, error));
  DSEG_TRY(read_u16(reader, DSEG_TAG(0x0062, 0x000E), "Maximum Fractional Value", &maximum, error));
  if (maximum == 0 || maximum > 255) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "Maximum Fractional Value (0062,000E) is %u, not in 1..255 (PS3.3 C.8.20.2.3.2)",
                     (unsigned)maximum);
  }
  reader->description->kind = dseg_element_is(&type, "OCCUPANCY") ? DSEG_VOXELS_OCCUPANCY : DSEG_VOXELS_PROBABILITY;
  reader->description->maximum_fraction = maximum;
  return DSEG_OK;
}

/* Reads the kind of voxels, and the background value (PS3.3 C.8.20.2.3): only Pixel Padding Value declares one. */
static dseg_status read_kind(const struct reader *reader, dseg_error *error) {
  dseg_description *description = reader->description;
  const uint32_t flags = reader->source->representation->flags;
  dseg_element padding;
  uint16_t value;
  if ((flags & DSEG_PLUGIN_FRACTIONS) != 0) {
    return read_fractions(reader, error);
  }
  if ((flags & DSEG_PLUGIN_LABEL_FRAMES) == 0) {
    description->kind = DSEG_VOXELS_MASKS;
    return DSEG_OK;
  }
  description->kind = DSEG_VOXELS_LABELS;
  DSEG_TRY(find(reader, DSEG_TAG(0x0028, 0x0120), &padding, error));
  description->has_background = dseg_element_u16(&reader->part10->elements, &padding, 0, &value);
  description->background = description->has_background ? value : 0;
  return DSEG_OK;
}

static dseg_status read_content(const struct reader *reader) {
  dseg_content *content = &reader->description->content;
  content->series_description = read_text(reader, DSEG_TAG(0x0008, 0x103E));
  content->series_number = read_text(reader, DSEG_TAG(0x0020, 0x0011));
  content->instance_number = read_text(reader, DSEG_TAG(0x0020, 0x0013));
  content->content_label = read_text(reader, DSEG_TAG(0x0070, 0x0080));
  content->content_description = read_text(reader, DSEG_TAG(0x0070, 0x0081));
  content->content_creator_name = read_text(reader, DSEG_TAG(0x0070, 0x0084));
  content->body_part_examined = read_text(reader, DSEG_TAG(0x0018, 0x0015));
  content->clinical_trial_series_id = read_text(reader, DSEG_TAG(0x0012, 0x0071));
  content->clinical_trial_time_point_id = read_text(reader, DSEG_TAG(0x0012, 0x0050));
  content->clinical_trial_coordinating_center = read_text(reader, DSEG_TAG(0x0012, 0x0060));
  return reader->texts->status;
}

static dseg_status read_identity(const struct reader *reader, dseg_error *error) {
  dseg_encoding_info *info = &reader->source->info;
  info->sop_instance_uid = read_text(reader, DSEG_TAG(0x0008, 0x0018));
  info->series_uid = read_text(reader, DSEG_TAG(0x0020, 0x000E));
  info->study_uid = read_text(reader, DSEG_TAG(0x0020, 0x000D));
  info->segments_overlap = read_text(reader, DSEG_TAG(0x0062, 0x0013));
  reader->description->geometry.frame_of_reference_uid = read_text(reader, DSEG_TAG(0x0020, 0x0052));
  DSEG_TRY(reader->texts->status);
  DSEG_TRY(dseg_read_makers(reader->texts, &reader->part10->elements, info, error));
  DSEG_TRY(dseg_read_content_date(reader->texts, &reader->part10->elements, info, error));
  info->transfer_syntax_uid = dseg_description_strdup(reader->description, reader->part10->transfer_syntax_uid);
  return info->transfer_syntax_uid != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a UID");
}

/* Total pixel matrix and slide orientation (PS3.3 C.8.12.4); absent but for slides. */
static dseg_status read_slide(const struct reader *reader, dseg_error *error) {
  dseg_geometry *geometry = &reader->description->geometry;
  const dseg_elements *elements = &reader->part10->elements;
  dseg_element element;
  dseg_elements origin;
  bool found;
  DSEG_TRY(find(reader, DSEG_TAG(0x0048, 0x0006), &element, error));
  (void)dseg_element_u32(elements, &element, 0, &geometry->matrix_columns);
  DSEG_TRY(find(reader, DSEG_TAG(0x0048, 0x0007), &element, error));
  (void)dseg_element_u32(elements, &element, 0, &geometry->matrix_rows);
  DSEG_TRY(find(reader, DSEG_TAG(0x0048, 0x0102), &element, error));
  for (size_t i = 0; i < 6; i++) {
    (void)dseg_element_decimal(&element, i, &geometry->orientation[i]);
  }
  DSEG_TRY(dseg_elements_find_item(elements, DSEG_TAG(0x0048, 0x0008), &origin, &found, error));
  static const uint32_t offsets[] = {0x0040072A, 0x0040073A, 0x0040074A};
  for (size_t i = 0; found && i < 3; i++) {
    DSEG_TRY(dseg_elements_find(&origin, offsets[i], &element, error));
    (void)dseg_element_decimal(&element, 0, &geometry->matrix_origin[i]);
  }
  return DSEG_OK;
}

/* Segment Sequence may be absent where the representation says in another way what the segments are. */
static bool describes_segments_itself(const struct reader *reader) {
  dseg_element sequence;
  return (reader->source->representation->replaces & DSEG_REPLACES_SEGMENTS) != 0 &&
         dseg_elements_find(&reader->part10->elements, DSEG_TAG(0x0062, 0x0002), &sequence, NULL) == DSEG_OK &&
         sequence.tag == 0;
}

dseg_status dseg_read_object(const dseg_part10 *part10, dseg_dicom_source *source, dseg_error *error) {
  dseg_text_reader texts = {&part10->character_set, source->base.description, error, DSEG_OK};
  const struct reader reader = {part10, source, source->base.description, &texts};
  dseg_description *description = source->base.description;
  DSEG_TRY(find_representation(&reader, error));
  DSEG_TRY(read_pixels(&reader, error));
  DSEG_TRY(read_kind(&reader, error));
  const bool skip_background = description->kind == DSEG_VOXELS_LABELS && description->has_background;
  if (!describes_segments_itself(&reader)) {
    DSEG_TRY(dseg_read_segments(part10, skip_background, description, error));
  }
  const char *photometric = source->info.photometric_interpretation;
  if (photometric != NULL && strcmp(photometric, "PALETTE COLOR") == 0) {
    DSEG_TRY(dseg_read_palette(&part10->elements, description, error));
  }
  DSEG_TRY(read_slide(&reader, error));
  DSEG_TRY(read_content(&reader));
  DSEG_TRY(read_identity(&reader, error));
  source->codec = dseg_find_frame_codec(part10->transfer_syntax_uid);
  return DSEG_OK;
}

dseg_status dseg_read_frame_count(const dseg_part10 *part10, size_t *count, dseg_error *error) {
  dseg_element element;
  int64_t value = 1;
  DSEG_TRY(dseg_elements_find(&part10->elements, DSEG_TAG(0x0028, 0x0008), &element, error));
  if (element.tag != 0 && (!dseg_element_integer(&element, 0, &value) || value < 1 || value > INT32_MAX)) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "Number of Frames (0028,0008) is not in 1..2147483647 (PS3.3 C.7.6.6)");
  }
  *count = (size_t)value;
  return DSEG_OK;
}
