/* SPDX-License-Identifier: Apache-2.0 */
/* group_set.c - the functional groups of one item, and their places for messages. */
#include "validate/groups.h"

static const uint32_t group_tags[DSEG_GROUP_COUNT] = {0x00289110, 0x00209113, 0x00209116, 0x0048021A,
                                                      0x0062000A, 0x00209111, 0x00089124};

void dseg_read_groups(const dseg_elements *elements, dseg_place place, size_t number, dseg_group_set *set) {
  size_t offset = 0;
  dseg_element element;
  *set = (dseg_group_set){.elements = *elements, .place = place, .number = number};
  while (dseg_elements_next(elements, &offset, &element, NULL) == DSEG_OK && element.tag != 0) {
    for (size_t i = 0; i < DSEG_GROUP_COUNT; i++) {
      if (element.tag == group_tags[i] && !set->groups[i].present) {
        set->groups[i].present = true;
        set->groups[i].item = (dseg_elements){.implicit_vr = elements->implicit_vr, .big_endian = elements->big_endian};
        for (dseg_items items = {.parent = *elements, .sequence = element}; dseg_items_next(&items);) {
          set->groups[i].item = items.number == 1 ? items.item : set->groups[i].item;
          set->groups[i].items = items.number;
        }
      }
    }
  }
}

dseg_place dseg_group_place(const dseg_group_set *set, dseg_group_name group) {
  return dseg_in(set->place, set->number, group_tags[group]);
}

dseg_place dseg_group_element_place(const dseg_group_set *set, dseg_group_name group, uint32_t tag) {
  return dseg_in(dseg_group_place(set, group), 1, tag);
}

const dseg_elements *dseg_group_item(const dseg_group_set *own, const dseg_group_set *shared, dseg_group_name group) {
  return own->groups[group].present      ? &own->groups[group].item
         : shared->groups[group].present ? &shared->groups[group].item
                                         : NULL;
}
