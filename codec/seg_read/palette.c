/* SPDX-License-Identifier: Apache-2.0 */
/* palette.c - Palette Color Lookup Tables (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6), as colours of segments.
 *
 * The table's colours are taken for sRGB, whatever the ICC profile says. */
#include "seg_read/palette.h"

/* The table of one of red, green and blue. */
struct channel {
  dseg_element data;
  size_t count;   /* of entries */
  uint16_t first; /* pixel value of the first entry */
  bool bytes;     /* 8 bits an entry, two in a word, the first in the less significant byte */
  unsigned shift; /* of an entry to 8 bits */
};

/* False when there is no usable table. */
static dseg_status read_channel(const dseg_elements *elements, unsigned index, struct channel *channel, bool *usable,
                                dseg_error *error) {
  dseg_element descriptor;
  uint16_t count, bits;
  *usable = false;
  DSEG_TRY(dseg_elements_find(elements, DSEG_TAG(0x0028, 0x1101 + index), &descriptor, error));
  DSEG_TRY(dseg_elements_find(elements, DSEG_TAG(0x0028, 0x1201 + index), &channel->data, error));
  if (!dseg_element_u16(elements, &descriptor, 0, &count) ||
      !dseg_element_u16(elements, &descriptor, 1, &channel->first) ||
      !dseg_element_u16(elements, &descriptor, 2, &bits) || (bits != 8 && bits != 16)) {
    return DSEG_OK;
  }
  channel->count = count == 0 ? 65536 : count;
  /* Some writers give entries of 8 bits 16 each. */
  channel->bytes = bits == 8 && channel->data.value.size < 2 * channel->count;
  channel->shift = bits == 16 ? 8 : 0;
  *usable = channel->data.tag != 0 && channel->data.value.size >= channel->count * (channel->bytes ? 1 : 2);
  return DSEG_OK;
}

/* Values in front of the table have its first entry's colour, those behind it its last one's. */
static uint8_t entry_at(const dseg_elements *elements, const struct channel *channel, uint32_t value) {
  size_t index = value > channel->first ? value - channel->first : 0;
  uint16_t word = 0;
  index = index < channel->count ? index : channel->count - 1;
  if (!channel->bytes) {
    (void)dseg_element_u16(elements, &channel->data, index, &word);
    return (uint8_t)(word >> channel->shift);
  }
  if (!dseg_element_u16(elements, &channel->data, index / 2, &word)) {
    return channel->data.value.data[index]; /* the last of an odd number, not padded */
  }
  return (uint8_t)(index % 2 == 0 ? word : word >> 8);
}

dseg_status dseg_read_palette(const dseg_elements *elements, dseg_description *description, dseg_error *error) {
  struct channel channels[3];
  for (unsigned i = 0; i < 3; i++) {
    bool usable;
    DSEG_TRY(read_channel(elements, i, &channels[i], &usable, error));
    if (!usable) {
      return DSEG_OK;
    }
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    dseg_segment *segment = &description->segments[i];
    if (segment->has_color) {
      continue;
    }
    for (unsigned c = 0; c < 3; c++) {
      segment->rgb[c] = entry_at(elements, &channels[c], segment->number);
    }
    dseg_rgb_to_cielab(segment->rgb, segment->cielab);
    segment->has_color = true;
  }
  return DSEG_OK;
}
