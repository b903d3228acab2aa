/* SPDX-License-Identifier: Apache-2.0 */
/* access.c - reading elements for checks. */
#include "validate/access.h"

#include <stdio.h>
#include <string.h>

dseg_place dseg_at(uint32_t tag) {
  return (dseg_place){.depth = 1, .tag = {tag}};
}

dseg_place dseg_in(dseg_place place, size_t item, uint32_t tag) {
  if (place.depth < DSEG_PLACE_DEPTH) {
    place.item[place.depth - 1] = item;
    place.tag[place.depth++] = tag;
  }
  return place;
}

void dseg_place_text(const dseg_place *place, char text[DSEG_PLACE_TEXT]) {
  size_t used = 0;
  text[0] = '\0';
  for (unsigned i = 0; i < place->depth && used + 40 < DSEG_PLACE_TEXT; i++) {
    char item[24] = "";
    if (place->item[i] != 0) {
      (void)snprintf(item, sizeof item, "[%zu]", place->item[i]);
    }
    used += (size_t)snprintf(text + used, DSEG_PLACE_TEXT - used, "%s(%04X,%04X)%s", i > 0 ? "/" : "",
                             (unsigned)(place->tag[i] >> 16), (unsigned)(place->tag[i] & 0xFFFFu), item);
  }
}

dseg_element dseg_get(const dseg_elements *in, uint32_t tag) {
  dseg_element element;
  return dseg_elements_find(in, tag, &element, NULL) == DSEG_OK ? element : (dseg_element){0};
}

bool dseg_has_value(const dseg_element *element) {
  return element->tag != 0 && element->value.size > 0;
}

bool dseg_get_u16(const dseg_elements *in, uint32_t tag, uint16_t *value) {
  const dseg_element element = dseg_get(in, tag);
  return dseg_element_u16(in, &element, 0, value);
}

bool dseg_get_u32(const dseg_elements *in, uint32_t tag, uint32_t *value) {
  const dseg_element element = dseg_get(in, tag);
  return dseg_element_u32(in, &element, 0, value);
}

bool dseg_get_decimals(const dseg_elements *in, uint32_t tag, double *values, size_t count) {
  const dseg_element element = dseg_get(in, tag);
  for (size_t i = 0; i < count; i++) {
    if (!dseg_element_decimal(&element, i, &values[i])) {
      return false;
    }
  }
  return dseg_value_count(&element) == count;
}

size_t dseg_value_count(const dseg_element *text) {
  if (!dseg_has_value(text)) {
    return 0;
  }
  size_t count = 1;
  for (size_t i = 0; i < text->value.size; i++) {
    count += text->value.data[i] == '\\';
  }
  return count;
}

bool dseg_same_text(const dseg_element *a, const dseg_element *b) {
  dseg_view first;
  dseg_view second;
  return dseg_element_text(a, SIZE_MAX, &first) && dseg_element_text(b, SIZE_MAX, &second) &&
         first.size == second.size && memcmp(first.data, second.data, first.size) == 0;
}

dseg_items dseg_items_of(const dseg_elements *in, uint32_t tag) {
  return (dseg_items){.parent = *in, .sequence = dseg_get(in, tag)};
}

bool dseg_items_next(dseg_items *items) {
  bool more = false;
  if (items->sequence.tag == 0 ||
      dseg_sequence_next(&items->parent, &items->sequence, &items->offset, &items->item, &more, NULL) != DSEG_OK) {
    return false;
  }
  items->number += more;
  return more;
}

size_t dseg_count_items(const dseg_elements *in, uint32_t tag) {
  dseg_items items = dseg_items_of(in, tag);
  while (dseg_items_next(&items)) {
  }
  return items.number;
}

dseg_shown dseg_show(const dseg_element *element) {
  dseg_shown shown;
  dseg_view text;
  size_t used = 0;
  if (element->tag == 0) {
    (void)snprintf(shown.text, sizeof shown.text, "missing");
    return shown;
  }
  if (!dseg_element_text(element, SIZE_MAX, &text)) {
    (void)snprintf(shown.text, sizeof shown.text, "empty");
    return shown;
  }
  while (used < text.size && used + 4 < sizeof shown.text) {
    const bool printable = text.data[used] >= 0x20 && text.data[used] < 0x7F;
    shown.text[used] = (char)(printable ? text.data[used] : (uint8_t)'?');
    used++;
  }
  (void)snprintf(shown.text + used, sizeof shown.text - used, "%s", used < text.size ? "..." : "");
  return shown;
}

uint64_t dseg_hash(dseg_view bytes) {
  uint64_t hash = 0xCBF29CE484222325u;
  for (size_t i = 0; i < bytes.size; i++) {
    hash = (hash ^ bytes.data[i]) * 0x100000001B3u;
  }
  return hash;
}
