/* SPDX-License-Identifier: Apache-2.0 */
/* dimensions.c - Multi-frame Dimension (PS3.3 C.7.6.17); the values of frames are checked with the frames. */
#include <inttypes.h>
#include <string.h>

#include "validate/check.h"

#define ORGANIZATIONS DSEG_TAG(0x0020, 0x9221)
#define INDICES DSEG_TAG(0x0020, 0x9222)
#define ORGANIZATION_UID DSEG_TAG(0x0020, 0x9164)

/* An experimental representation may do without what is missing here. */
static bool is_replaced(const dseg_check *check) {
  return (check->facts.replaces & DSEG_REPLACES_DIMENSIONS) != 0;
}

static bool has_organization(const dseg_check *check, const dseg_element *uid) {
  for (dseg_items items = dseg_items_of(check->top, ORGANIZATIONS); dseg_items_next(&items);) {
    const dseg_element other = dseg_get(&items.item, ORGANIZATION_UID);
    if (dseg_same_text(uid, &other)) {
      return true;
    }
  }
  return false;
}

static void check_organizations(dseg_check *check) {
  dseg_items items = dseg_items_of(check->top, ORGANIZATIONS);
  while (dseg_items_next(&items)) {
    const dseg_element uid = dseg_get(&items.item, ORGANIZATION_UID);
    if (!dseg_has_value(&uid)) {
      dseg_found(check, DSEG_RULE_DIMENSION_ORGANIZATION,
                 dseg_in(dseg_at(ORGANIZATIONS), items.number, ORGANIZATION_UID), "is missing");
    }
  }
  if (items.number == 0 && !check->facts.tiled_full && !is_replaced(check)) {
    dseg_found(check, DSEG_RULE_DIMENSION_ORGANIZATION, dseg_at(ORGANIZATIONS), "has no item");
  }
}

static void check_type(dseg_check *check) {
  static const char *const terms[] = {"3D", "3D_TEMPORAL", "TILED_FULL", "TILED_SPARSE"};
  const dseg_element type = dseg_get(check->top, DSEG_TAG(0x0020, 0x9311));
  bool known = type.tag == 0 || is_replaced(check);
  for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
    known = known || dseg_element_is(&type, terms[i]);
  }
  if (!known) {
    dseg_found(check, DSEG_RULE_DIMENSION_ORGANIZATION_TYPE, dseg_at(type.tag), "is %s, which is no defined term",
               dseg_show(&type).text);
  }
}

/* Attributes that segmentations are indexed by, and the functional group each is in (PS3.3 C.7.6.16.2, C.8.20.3,
 * C.8.12.6.1). Others are not known here. */
static uint32_t group_of(uint32_t pointer) {
  static const struct {
    uint32_t pointer, group;
  } known[] = {
      {0x0062000B, 0x0062000A}, {0x00200032, 0x00209113}, {0x00200037, 0x00209116}, {0x0040072A, 0x0048021A},
      {0x0040073A, 0x0048021A}, {0x0040074A, 0x0048021A}, {0x0048021E, 0x0048021A}, {0x0048021F, 0x0048021A},
      {0x00209056, 0x00209111}, {0x00209057, 0x00209111}, {0x00209128, 0x00209111}, {0x00209453, 0x00209111},
  };
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (known[i].pointer == pointer) {
      return known[i].group;
    }
  }
  return 0;
}

static void check_index(dseg_check *check, const dseg_items *index) {
  const size_t place = index->number - 1;
  const dseg_place at = dseg_at(INDICES);
  const dseg_element uid = dseg_get(&index->item, ORGANIZATION_UID);
  if (!dseg_has_value(&uid)) {
    dseg_found(check, DSEG_RULE_DIMENSION_UID, dseg_in(at, index->number, ORGANIZATION_UID), "is missing");
  } else if (dseg_count_items(check->top, ORGANIZATIONS) > 0 && !has_organization(check, &uid)) {
    dseg_found(check, DSEG_RULE_DIMENSION_UID, dseg_in(at, index->number, ORGANIZATION_UID),
               "is %s, which Dimension Organization Sequence (0020,9221) does not list", dseg_show(&uid).text);
  }
  if (place >= DSEG_DIMENSIONS_MAX) {
    return;
  }
  const uint32_t pointer = check->facts.dimensions[place].pointer;
  const uint32_t group = check->facts.dimensions[place].group;
  if (pointer == 0) {
    dseg_found(check, DSEG_RULE_DIMENSION_INDEX, dseg_in(at, index->number, DSEG_TAG(0x0020, 0x9165)), "is missing");
  } else if (group_of(pointer) != 0 && group != group_of(pointer)) {
    dseg_found(check, DSEG_RULE_DIMENSION_GROUP, dseg_in(at, index->number, DSEG_TAG(0x0020, 0x9167)),
               "is (%04X,%04X), attribute (%04X,%04X) is in group (%04X,%04X)", (unsigned)(group >> 16),
               (unsigned)(group & 0xFFFFu), (unsigned)(pointer >> 16), (unsigned)(pointer & 0xFFFFu),
               (unsigned)(group_of(pointer) >> 16), (unsigned)(group_of(pointer) & 0xFFFFu));
  }
}

void dseg_check_dimensions(dseg_check *check) {
  dseg_items indices = dseg_items_of(check->top, INDICES);
  check_organizations(check);
  check_type(check);
  while (dseg_items_next(&indices)) {
    check_index(check, &indices);
  }
  if (indices.number == 0 && !check->facts.tiled_full && !is_replaced(check)) {
    dseg_found(check, DSEG_RULE_DIMENSION_INDEX, dseg_at(INDICES), "has no item");
  }
}
