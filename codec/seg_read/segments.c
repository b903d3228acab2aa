/* SPDX-License-Identifier: Apache-2.0 */
/* segments.c - Segment Sequence (0062,0002): the Segment Description Macro (PS3.3 Table C.8.20-4). */
#include "seg_read/segments.h"

#include <stdlib.h>

#include "dicom/keep.h"
#include "model/private_elements.h"

/* A code: its value may stand in one of three attributes (PS3.3 Table 8.8-1). */
static dseg_code read_code(dseg_text_reader *reader, const dseg_elements *item) {
  dseg_code code = {.value = dseg_read_text(reader, item, DSEG_TAG(0x0008, 0x0100))};
  if (code.value == NULL) {
    code.value = dseg_read_text(reader, item, DSEG_TAG(0x0008, 0x0119));
  }
  if (code.value == NULL) {
    code.value = dseg_read_text(reader, item, DSEG_TAG(0x0008, 0x0120));
  }
  code.scheme = dseg_read_text(reader, item, DSEG_TAG(0x0008, 0x0102));
  code.meaning = dseg_read_text(reader, item, DSEG_TAG(0x0008, 0x0104));
  return code;
}

static dseg_status count_items(const dseg_elements *in, const dseg_element *sequence, size_t *count,
                               dseg_error *error) {
  dseg_elements item;
  size_t offset = 0;
  bool more;
  *count = 0;
  DSEG_TRY(dseg_sequence_next(in, sequence, &offset, &item, &more, error));
  while (more) {
    ++*count;
    DSEG_TRY(dseg_sequence_next(in, sequence, &offset, &item, &more, error));
  }
  return DSEG_OK;
}

static dseg_status read_codes(dseg_text_reader *reader, const dseg_elements *in, uint32_t tag, dseg_code_list *list,
                              dseg_error *error) {
  dseg_element sequence;
  dseg_elements item;
  size_t offset = 0;
  size_t count;
  bool more;
  *list = (dseg_code_list){NULL, 0};
  DSEG_TRY(dseg_elements_find(in, tag, &sequence, error));
  DSEG_TRY(count_items(in, &sequence, &count, error));
  if (count == 0) {
    return DSEG_OK;
  }
  dseg_code *codes = dseg_description_alloc(reader->description, count * sizeof *codes);
  if (codes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu codes", count);
  }
  DSEG_TRY(dseg_sequence_next(in, &sequence, &offset, &item, &more, error));
  for (size_t i = 0; more && i < count; i++) {
    codes[i] = read_code(reader, &item);
    DSEG_TRY(reader->status);
    DSEG_TRY(dseg_sequence_next(in, &sequence, &offset, &item, &more, error));
  }
  *list = (dseg_code_list){codes, count};
  return DSEG_OK;
}

static dseg_status read_one_code(dseg_text_reader *reader, const dseg_elements *in, uint32_t tag, dseg_code *code,
                                 dseg_error *error) {
  dseg_elements item;
  bool found;
  DSEG_TRY(dseg_elements_find_item(in, tag, &item, &found, error));
  *code = found ? read_code(reader, &item) : (dseg_code){0};
  return reader->status;
}

static dseg_status read_algorithm(dseg_text_reader *reader, const dseg_elements *in, dseg_segment *segment,
                                  dseg_error *error) {
  dseg_element type;
  DSEG_TRY(dseg_elements_find(in, DSEG_TAG(0x0062, 0x0008), &type, error));
  if (dseg_element_is(&type, "MANUAL")) {
    segment->algorithm_type = DSEG_ALGORITHM_MANUAL;
  } else if (dseg_element_is(&type, "SEMIAUTOMATIC")) {
    segment->algorithm_type = DSEG_ALGORITHM_SEMIAUTOMATIC;
  } else {
    segment->algorithm_type = DSEG_ALGORITHM_AUTOMATIC;
  }
  segment->algorithm_name = dseg_read_text(reader, in, DSEG_TAG(0x0062, 0x0009));
  return reader->status;
}

/* Recommended Display CIELab Value (0062,000D). */
static dseg_status read_color(const dseg_elements *in, dseg_segment *segment, dseg_error *error) {
  dseg_element color;
  DSEG_TRY(dseg_elements_find(in, DSEG_TAG(0x0062, 0x000D), &color, error));
  segment->has_color = true;
  for (size_t i = 0; i < 3; i++) {
    segment->has_color = segment->has_color && dseg_element_u16(in, &color, i, &segment->cielab[i]);
  }
  if (segment->has_color) {
    dseg_cielab_to_rgb(segment->cielab, segment->rgb);
  }
  return DSEG_OK;
}

static dseg_status read_anatomy(dseg_text_reader *reader, const dseg_elements *in, dseg_segment *segment,
                                dseg_error *error) {
  dseg_elements region;
  bool found;
  DSEG_TRY(read_codes(reader, in, DSEG_TAG(0x0008, 0x2218), &segment->anatomic_regions, error));
  DSEG_TRY(dseg_elements_find_item(in, DSEG_TAG(0x0008, 0x2218), &region, &found, error));
  return found ? read_codes(reader, &region, DSEG_TAG(0x0008, 0x2220), &segment->anatomic_region_modifiers, error)
               : DSEG_OK;
}

/* Type modifiers stand in the item of the type; some writers put them beside it. */
static dseg_status read_type(dseg_text_reader *reader, const dseg_elements *in, dseg_segment *segment,
                             dseg_error *error) {
  dseg_elements type;
  bool found;
  DSEG_TRY(read_one_code(reader, in, DSEG_TAG(0x0062, 0x000F), &segment->type, error));
  DSEG_TRY(dseg_elements_find_item(in, DSEG_TAG(0x0062, 0x000F), &type, &found, error));
  if (found) {
    DSEG_TRY(read_codes(reader, &type, DSEG_TAG(0x0062, 0x0011), &segment->type_modifiers, error));
  }
  if (segment->type_modifiers.count == 0) {
    DSEG_TRY(read_codes(reader, in, DSEG_TAG(0x0062, 0x0011), &segment->type_modifiers, error));
  }
  return DSEG_OK;
}

/* The number that the segment had before it was numbered from 1, when a writer of this software kept it. */
static dseg_status read_original_number(const dseg_elements *in, dseg_segment *segment, dseg_error *error) {
  dseg_element number;
  DSEG_TRY(dseg_find_private(in, DSEG_PRIVATE_GROUP, DSEG_SEGMENTS_CREATOR, DSEG_SEGMENTS_ORIGINAL, &number, error));
  segment->has_original_number = dseg_element_u32(in, &number, 0, &segment->original_number);
  return DSEG_OK;
}

static dseg_status read_segment(dseg_text_reader *reader, const dseg_elements *in, dseg_segment *segment,
                                dseg_error *error) {
  dseg_element number;
  uint16_t value;
  DSEG_TRY(dseg_elements_find(in, DSEG_TAG(0x0062, 0x0004), &number, error));
  if (!dseg_element_u16(in, &number, 0, &value)) {
    return dseg_fail(
        error, DSEG_ERROR_FORMAT,
        "an item of Segment Sequence (0062,0002) has no Segment Number (0062,0004) (PS3.3 Table C.8.20-4)");
  }
  segment->number = value;
  segment->label = dseg_read_text(reader, in, DSEG_TAG(0x0062, 0x0005));
  if (segment->label == NULL) {
    segment->label = "";
  }
  segment->description = dseg_read_text(reader, in, DSEG_TAG(0x0062, 0x0006));
  segment->tracking_id = dseg_read_text(reader, in, DSEG_TAG(0x0062, 0x0020));
  segment->tracking_uid = dseg_read_text(reader, in, DSEG_TAG(0x0062, 0x0021));
  DSEG_TRY(reader->status);
  DSEG_TRY(read_one_code(reader, in, DSEG_TAG(0x0062, 0x0003), &segment->category, error));
  DSEG_TRY(read_type(reader, in, segment, error));
  DSEG_TRY(read_algorithm(reader, in, segment, error));
  DSEG_TRY(read_anatomy(reader, in, segment, error));
  DSEG_TRY(read_original_number(in, segment, error));
  return read_color(in, segment, error);
}

static int compare_numbers(const void *a, const void *b) {
  const dseg_segment *x = a;
  const dseg_segment *y = b;
  return x->number < y->number ? -1 : x->number > y->number;
}

static dseg_status sort_segments(dseg_description *description, dseg_error *error) {
  qsort(description->segments, description->segment_count, sizeof *description->segments, compare_numbers);
  for (size_t i = 1; i < description->segment_count; i++) {
    if (description->segments[i].number == description->segments[i - 1].number) {
      return dseg_fail(error, DSEG_ERROR_FORMAT,
                       "Segment Number (0062,0004) %u occurs twice, it is unique in an instance (PS3.3 C.8.20.2.4)",
                       (unsigned)description->segments[i].number);
    }
  }
  return DSEG_OK;
}

dseg_status dseg_read_segments(const dseg_part10 *part10, bool skip_background, dseg_description *description,
                               dseg_error *error) {
  dseg_text_reader reader = {&part10->character_set, description, error, DSEG_OK};
  dseg_element sequence;
  dseg_elements item;
  size_t offset = 0;
  size_t count;
  bool more;
  DSEG_TRY(dseg_elements_find(&part10->elements, DSEG_TAG(0x0062, 0x0002), &sequence, error));
  DSEG_TRY(count_items(&part10->elements, &sequence, &count, error));
  if (count == 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "Segment Sequence (0062,0002) is missing or empty (PS3.3 C.8.20.2)");
  }
  if (count > 65536) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "Segment Sequence (0062,0002) has %zu items, more than Segment Number (0062,0004) can tell apart "
                     "(PS3.3 C.8.20.2.4)",
                     count);
  }
  description->segments = dseg_description_alloc(description, count * sizeof *description->segments);
  if (description->segments == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", count);
  }
  DSEG_TRY(dseg_sequence_next(&part10->elements, &sequence, &offset, &item, &more, error));
  while (more && description->segment_count < count) {
    dseg_segment *segment = &description->segments[description->segment_count];
    *segment = (dseg_segment){0};
    DSEG_TRY(read_segment(&reader, &item, segment, error));
    if (!skip_background || segment->number != description->background) {
      description->segment_count++;
    }
    DSEG_TRY(dseg_sequence_next(&part10->elements, &sequence, &offset, &item, &more, error));
  }
  return sort_segments(description, error);
}
