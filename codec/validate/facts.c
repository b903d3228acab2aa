/* SPDX-License-Identifier: Apache-2.0 */
/* facts.c - what several checks need to know of the object, read once. */
#include <string.h>

#include "seg_read/representation_of.h"
#include "validate/check.h"

static dseg_segmentation_type read_type(const dseg_elements *top) {
  const dseg_element type = dseg_get(top, DSEG_TAG(0x0062, 0x0001));
  return dseg_element_is(&type, "BINARY")       ? DSEG_TYPE_BINARY
         : dseg_element_is(&type, "FRACTIONAL") ? DSEG_TYPE_FRACTIONAL
         : dseg_element_is(&type, "LABELMAP")   ? DSEG_TYPE_LABELMAP
                                                : DSEG_TYPE_UNKNOWN;
}

static void read_experimental(dseg_facts *facts, const dseg_elements *top) {
  static const char standard[] = "1.2.840.10008.";
  const dseg_element sop_class = dseg_get(top, DSEG_TAG(0x0008, 0x0016));
  const dseg_representation *representation;
  facts->standard_class =
      sop_class.value.size > sizeof standard - 1 && memcmp(sop_class.value.data, standard, sizeof standard - 1) == 0;
  if (dseg_representation_of(top, &representation, NULL) == DSEG_OK && representation != NULL &&
      (representation->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0) {
    facts->experimental = representation;
    facts->replaces = facts->standard_class ? 0 : representation->replaces;
  }
}

static void read_pixels(dseg_facts *facts, const dseg_elements *top) {
  const dseg_element photometric = dseg_get(top, DSEG_TAG(0x0028, 0x0004));
  const dseg_element frames = dseg_get(top, DSEG_TAG(0x0028, 0x0008));
  int64_t count;
  (void)dseg_get_u16(top, DSEG_TAG(0x0028, 0x0010), &facts->rows);
  (void)dseg_get_u16(top, DSEG_TAG(0x0028, 0x0011), &facts->columns);
  (void)dseg_get_u16(top, DSEG_TAG(0x0028, 0x0100), &facts->bits);
  facts->palette = dseg_element_is(&photometric, "PALETTE COLOR");
  if (frames.tag == 0) {
    facts->frames = 1; /* as readers take it */
  } else if (dseg_element_integer(&frames, 0, &count) && count > 0 && count <= INT32_MAX) {
    facts->frames = (uint64_t)count;
  }
}

static void read_space(dseg_facts *facts, const dseg_elements *top) {
  const dseg_element organization = dseg_get(top, DSEG_TAG(0x0020, 0x9311));
  const dseg_element frame_of_reference = dseg_get(top, DSEG_TAG(0x0020, 0x0052));
  const dseg_element slide_orientation = dseg_get(top, DSEG_TAG(0x0048, 0x0102));
  const dseg_element concatenation = dseg_get(top, DSEG_TAG(0x0020, 0x9161));
  facts->tiled_full = dseg_element_is(&organization, "TILED_FULL");
  facts->is_3d = dseg_element_is(&organization, "3D");
  facts->slide = facts->tiled_full || dseg_element_is(&organization, "TILED_SPARSE") || slide_orientation.tag != 0;
  facts->has_frame_of_reference = dseg_has_value(&frame_of_reference);
  facts->part = dseg_has_value(&concatenation);
  (void)dseg_get_u32(top, DSEG_TAG(0x0048, 0x0006), &facts->matrix_columns);
  (void)dseg_get_u32(top, DSEG_TAG(0x0048, 0x0007), &facts->matrix_rows);
}

static void read_segment_numbers(dseg_facts *facts, const dseg_elements *top) {
  dseg_items items = dseg_items_of(top, DSEG_TAG(0x0062, 0x0002));
  while (dseg_items_next(&items)) {
    uint16_t number;
    if (dseg_get_u16(&items.item, DSEG_TAG(0x0062, 0x0004), &number)) {
      dseg_set_bit_at(facts->segments, number);
    }
  }
  facts->segment_count = items.number;
}

/* The value of an Attribute Tag: two 16-bit words. */
static uint32_t read_tag(const dseg_elements *in, uint32_t tag) {
  dseg_element element = dseg_get(in, tag);
  uint16_t group = 0;
  uint16_t number = 0;
  if (element.vr[0] == 'A' && element.vr[1] == 'T') {
    element.vr[0] = 'U'; /* words are read as those of VR US are */
    element.vr[1] = 'S';
  }
  const bool both = dseg_element_u16(in, &element, 0, &group) && dseg_element_u16(in, &element, 1, &number);
  return both ? DSEG_TAG(group, number) : 0;
}

static void read_dimensions(dseg_facts *facts, const dseg_elements *top) {
  for (dseg_items items = dseg_items_of(top, DSEG_TAG(0x0020, 0x9222)); dseg_items_next(&items);) {
    if (facts->dimension_count < DSEG_DIMENSIONS_MAX) {
      facts->dimensions[facts->dimension_count].pointer = read_tag(&items.item, DSEG_TAG(0x0020, 0x9165));
      facts->dimensions[facts->dimension_count].group = read_tag(&items.item, DSEG_TAG(0x0020, 0x9167));
      facts->dimension_count++;
    }
  }
}

void dseg_read_facts(dseg_check *check) {
  dseg_facts *facts = &check->facts;
  const dseg_elements *top = check->top;
  bool found;
  facts->type = read_type(top);
  read_experimental(facts, top);
  facts->syntax = dseg_find_syntax(check->file.transfer_syntax_uid);
  facts->encapsulated = facts->syntax != NULL ? facts->syntax->encapsulated : check->file.pixel_data.undefined_length;
  read_pixels(facts, top);
  read_space(facts, top);
  read_segment_numbers(facts, top);
  read_dimensions(facts, top);
  if (dseg_elements_find_item(top, DSEG_TAG(0x5200, 0x9229), &facts->shared, &found, NULL) != DSEG_OK || !found) {
    facts->shared = (dseg_elements){.implicit_vr = top->implicit_vr, .big_endian = top->big_endian};
  }
  const dseg_element slide_group = dseg_get(&facts->shared, DSEG_TAG(0x0048, 0x021A));
  facts->slide = facts->slide || slide_group.tag != 0;
}
