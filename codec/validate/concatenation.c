/* SPDX-License-Identifier: Apache-2.0 */
/* concatenation.c - the attributes of a part of a concatenation (PS3.3 C.7.6.16, 7.5.1). */
#include "validate/check.h"

static const uint32_t all_tags[] = {0x00200242, 0x00209161, 0x00209162, 0x00209163, 0x00209228};

void dseg_check_concatenation(dseg_check *check) {
  uint16_t number = 0;
  uint16_t total = 0;
  uint32_t offset = 0;
  if (!check->facts.part) {
    for (size_t i = 0; i < sizeof all_tags / sizeof all_tags[0]; i++) {
      const dseg_element element = dseg_get(check->top, all_tags[i]);
      if (element.tag != 0) {
        dseg_found(check, DSEG_RULE_CONCATENATION, dseg_at(element.tag),
                   "is there, but no Concatenation UID (0020,9161)");
      }
    }
    return;
  }
  const dseg_element source = dseg_get(check->top, DSEG_TAG(0x0020, 0x0242));
  if (!dseg_has_value(&source)) {
    dseg_found(check, DSEG_RULE_CONCATENATION, dseg_at(DSEG_TAG(0x0020, 0x0242)), "is missing");
  }
  const bool has_number = dseg_get_u16(check->top, DSEG_TAG(0x0020, 0x9162), &number);
  const bool has_total = dseg_get_u16(check->top, DSEG_TAG(0x0020, 0x9163), &total);
  if (!has_number) {
    dseg_found(check, DSEG_RULE_CONCATENATION, dseg_at(DSEG_TAG(0x0020, 0x9162)), "is missing");
  } else if (number == 0 || (has_total && number > total)) {
    dseg_found(check, DSEG_RULE_CONCATENATION_NUMBER, dseg_at(DSEG_TAG(0x0020, 0x9162)), "is %u of %u parts",
               (unsigned)number, (unsigned)total);
  }
  if (!dseg_get_u32(check->top, DSEG_TAG(0x0020, 0x9228), &offset)) {
    dseg_found(check, DSEG_RULE_CONCATENATION, dseg_at(DSEG_TAG(0x0020, 0x9228)), "is missing");
  } else if (number != 0 && (number == 1) != (offset == 0)) {
    dseg_found(check, DSEG_RULE_CONCATENATION_OFFSET, dseg_at(DSEG_TAG(0x0020, 0x9228)), "is %u in part %u",
               (unsigned)offset, (unsigned)number);
  }
}
