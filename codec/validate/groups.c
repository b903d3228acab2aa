/* SPDX-License-Identifier: Apache-2.0 */
/* groups.c - checks which functional groups a frame has (PS3.3 A.51.5), and what they hold. */
#include "validate/groups.h"

static void check_segment(dseg_check *check, const dseg_group_set *set) {
  const dseg_place place = dseg_group_element_place(set, DSEG_GROUP_SEGMENT, DSEG_TAG(0x0062, 0x000B));
  const dseg_elements *item = &set->groups[DSEG_GROUP_SEGMENT].item;
  const dseg_element element = dseg_get(item, DSEG_TAG(0x0062, 0x000B));
  uint16_t number;
  uint16_t second;
  if (set->groups[DSEG_GROUP_SEGMENT].items == 0) {
    return; /* rule group-items has told */
  }
  if (check->facts.type == DSEG_TYPE_LABELMAP && check->findings[DSEG_RULE_SEGMENT_IDENTIFICATION_UNUSED] == 0) {
    dseg_found(check, DSEG_RULE_SEGMENT_IDENTIFICATION_UNUSED, dseg_group_place(set, DSEG_GROUP_SEGMENT),
               "is there with LABELMAP");
  }
  if (!dseg_element_u16(item, &element, 0, &number) || dseg_element_u16(item, &element, 1, &second)) {
    dseg_found(check, DSEG_RULE_REFERENCED_SEGMENT, place, "is missing, or not one number");
  } else if (!dseg_bit_at(check->facts.segments, number)) {
    dseg_found(check, DSEG_RULE_REFERENCED_SEGMENT, place, "is %u, which no segment has", (unsigned)number);
  }
}

static void check_index_values(dseg_check *check, const dseg_group_set *set) {
  const dseg_elements *item = &set->groups[DSEG_GROUP_CONTENT].item;
  const dseg_element values = dseg_get(item, DSEG_TAG(0x0020, 0x9157));
  const dseg_place place = dseg_group_element_place(set, DSEG_GROUP_CONTENT, DSEG_TAG(0x0020, 0x9157));
  const size_t wanted = check->facts.dimension_count;
  uint32_t value;
  if (values.tag == 0 && (wanted == 0 || check->facts.tiled_full)) {
    return;
  }
  if (values.value.size != wanted * 4) {
    dseg_found(check, DSEG_RULE_DIMENSION_VALUES, place, "has %zu values for %zu dimensions", values.value.size / 4,
               wanted);
    return;
  }
  for (size_t i = 0; i < wanted; i++) {
    if (!dseg_element_u32(item, &values, i, &value) || value == 0) {
      dseg_found(check, DSEG_RULE_DIMENSION_VALUES, place, "has 0, or no number, as value %zu", i + 1);
      return;
    }
  }
}

void dseg_check_groups(dseg_check *check, const dseg_group_set *set) {
  for (dseg_group_name group = 0; group < DSEG_GROUP_DERIVATION; group++) {
    if (set->groups[group].present && set->groups[group].items != 1) {
      dseg_found(check, DSEG_RULE_GROUP_ITEMS, dseg_group_place(set, group), "has %zu items, must have one",
                 set->groups[group].items);
    }
  }
  if (set->groups[DSEG_GROUP_SEGMENT].present) {
    check_segment(check, set);
  }
  if (set->groups[DSEG_GROUP_CONTENT].items > 0) {
    check_index_values(check, set);
  }
  dseg_check_group_geometry(check, set);
}

/* Groups of the spatial kind (A.51.5, A.51.5.1). */
static void check_places(dseg_check *check, const dseg_group_set *own, const bool *has) {
  static const struct {
    dseg_group_name group;
    dseg_rule_name rule;
  } patient[] = {{DSEG_GROUP_MEASURES, DSEG_RULE_PIXEL_MEASURES},
                 {DSEG_GROUP_POSITION, DSEG_RULE_PLANE_POSITION},
                 {DSEG_GROUP_ORIENTATION, DSEG_RULE_PLANE_ORIENTATION}};
  const dseg_facts *facts = &check->facts;
  if (facts->slide) {
    if (!has[DSEG_GROUP_SLIDE_POSITION] && !has[DSEG_GROUP_DERIVATION] && !facts->tiled_full) {
      dseg_found(check, DSEG_RULE_PLANE_POSITION_SLIDE, dseg_group_place(own, DSEG_GROUP_SLIDE_POSITION),
                 "is missing, and Derivation Image (0008,9124) too");
    }
    return;
  }
  if (facts->has_frame_of_reference) {
    for (size_t i = 0; i < sizeof patient / sizeof patient[0]; i++) {
      if (!has[patient[i].group]) {
        dseg_found(check, patient[i].rule, dseg_group_place(own, patient[i].group),
                   "is missing, there is a Frame of Reference UID (0020,0052)");
      }
    }
  } else if (!has[DSEG_GROUP_DERIVATION] && !has[DSEG_GROUP_POSITION]) {
    dseg_found(check, DSEG_RULE_DERIVATION_IMAGE, dseg_group_place(own, DSEG_GROUP_DERIVATION),
               "is missing or empty, and the frame has no position");
  }
}

void dseg_check_group_presence(dseg_check *check, const dseg_group_set *own, const dseg_group_set *shared) {
  const dseg_facts *facts = &check->facts;
  bool has[DSEG_GROUP_COUNT];
  for (dseg_group_name group = 0; group < DSEG_GROUP_COUNT; group++) {
    has[group] = own->groups[group].present || shared->groups[group].present;
    if (own->groups[group].present && shared->groups[group].present) {
      dseg_found(check, DSEG_RULE_GROUP_TWICE, dseg_group_place(own, group), "is in Shared Functional Groups too");
    }
  }
  has[DSEG_GROUP_DERIVATION] =
      own->groups[DSEG_GROUP_DERIVATION].items + shared->groups[DSEG_GROUP_DERIVATION].items > 0;
  check_places(check, own, has);
  if (!has[DSEG_GROUP_SEGMENT] && !facts->tiled_full &&
      (facts->type == DSEG_TYPE_BINARY || facts->type == DSEG_TYPE_FRACTIONAL)) {
    dseg_found(check, DSEG_RULE_SEGMENT_IDENTIFICATION, dseg_group_place(own, DSEG_GROUP_SEGMENT), "is missing");
  }
  if (!has[DSEG_GROUP_CONTENT] && facts->dimension_count > 0 && !facts->tiled_full) {
    dseg_found(check, DSEG_RULE_DIMENSION_VALUES, dseg_group_place(own, DSEG_GROUP_CONTENT), "is missing");
  }
}
