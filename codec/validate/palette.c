/* SPDX-License-Identifier: Apache-2.0 */
/* palette.c - Palette Color Lookup Table and ICC Profile (PS3.3 A.51.3, C.7.9, C.11.15, C.7.6.3.1.5, C.7.6.3.1.6). */
#include "validate/check.h"

#define COLORS 3u
static const uint32_t descriptor_tags[COLORS] = {0x00281101, 0x00281102, 0x00281103};
static const uint32_t data_tags[COLORS] = {0x00281201, 0x00281202, 0x00281203};
static const uint32_t segmented_tags[COLORS] = {0x00281221, 0x00281222, 0x00281223};

typedef struct descriptor {
  uint32_t entries;
  uint16_t first, bits;
} descriptor;

static bool read_descriptor(const dseg_check *check, uint32_t tag, descriptor *read) {
  const dseg_element element = dseg_get(check->top, tag);
  uint16_t entries = 0;
  const bool all = dseg_element_u16(check->top, &element, 0, &entries) &&
                   dseg_element_u16(check->top, &element, 1, &read->first) &&
                   dseg_element_u16(check->top, &element, 2, &read->bits);
  read->entries = entries != 0 ? entries : 65536u;
  return all;
}

static void check_color(dseg_check *check, size_t color, const descriptor *first, const descriptor *own) {
  const dseg_element data = dseg_get(check->top, data_tags[color]);
  if (own->bits != 8 && own->bits != 16) {
    dseg_found(check, DSEG_RULE_PALETTE_DESCRIPTOR, dseg_at(descriptor_tags[color]), "has entries of %u bits",
               (unsigned)own->bits);
    return;
  }
  if (own->entries != first->entries || own->first != first->first) {
    dseg_found(check, DSEG_RULE_PALETTE_DESCRIPTOR, dseg_at(descriptor_tags[color]),
               "has %u entries from %u on, the one for red has %u from %u on", (unsigned)own->entries,
               (unsigned)own->first, (unsigned)first->entries, (unsigned)first->first);
    return;
  }
  /* Entries of 8 bits may also stand in a 16-bit word each. */
  const size_t bytes = (size_t)own->entries * (own->bits / 8u);
  const size_t words = (size_t)own->entries * 2u;
  if (data.tag != 0 && data.value.size != bytes + bytes % 2 && data.value.size != words) {
    dseg_found(check, DSEG_RULE_PALETTE_DATA, dseg_at(data_tags[color]), "has %zu bytes for %u entries of %u bits",
               data.value.size, (unsigned)own->entries, (unsigned)own->bits);
  }
}

static void check_range(dseg_check *check, const descriptor *range) {
  for (uint32_t number = 0; number < 65536; number++) {
    if (dseg_bit_at(check->facts.segments, number) &&
        (number < range->first || number - range->first >= range->entries)) {
      dseg_found(check, DSEG_RULE_PALETTE_RANGE, dseg_at(descriptor_tags[0]),
                 "segment %u shares its colour: there are %u entries from %u on", (unsigned)number,
                 (unsigned)range->entries, (unsigned)range->first);
    }
  }
}

static void check_unused(dseg_check *check) {
  for (size_t i = 0; i < COLORS; i++) {
    const dseg_element element = dseg_get(check->top, descriptor_tags[i]);
    if (element.tag != 0) {
      dseg_found(check, DSEG_RULE_PALETTE_UNUSED, dseg_at(element.tag), "is there without PALETTE COLOR");
      return;
    }
  }
}

void dseg_check_palette(dseg_check *check) {
  descriptor descriptors[COLORS] = {{0}};
  bool complete = true;
  if (!check->facts.palette) {
    check_unused(check);
    return;
  }
  for (size_t i = 0; i < COLORS; i++) {
    const dseg_element data = dseg_get(check->top, data_tags[i]);
    const dseg_element segmented = dseg_get(check->top, segmented_tags[i]);
    if (!read_descriptor(check, descriptor_tags[i], &descriptors[i])) {
      dseg_found(check, DSEG_RULE_PALETTE, dseg_at(descriptor_tags[i]), "is missing or not three numbers");
      complete = false;
    } else if (data.tag == 0 && segmented.tag == 0) {
      dseg_found(check, DSEG_RULE_PALETTE, dseg_at(data_tags[i]), "is missing");
    }
  }
  for (size_t i = 0; complete && i < COLORS; i++) {
    check_color(check, i, &descriptors[0], &descriptors[i]);
  }
  if (complete) {
    check_range(check, &descriptors[0]);
  }
  const dseg_element profile = dseg_get(check->top, DSEG_TAG(0x0028, 0x2000));
  if (!dseg_has_value(&profile)) {
    dseg_found(check, DSEG_RULE_ICC_PROFILE, dseg_at(DSEG_TAG(0x0028, 0x2000)), "is missing");
  }
}
