/* SPDX-License-Identifier: Apache-2.0 */
/* data_set_private.c - blocks of private elements, and who has reserved them (PS3.5 7.8.1). Through the public
 * interface alone, so that it works on a data set of another kind, too. */
#include <stdio.h>
#include <string.h>

#include "dseg/data_set.h"

enum { FIRST_BLOCK = 0x10, LAST_BLOCK = 0xFF };

static uint32_t creator_tag(uint16_t group, uint32_t block) {
  return (uint32_t)group << 16 | block;
}

static uint32_t block_tag(uint16_t group, uint32_t block) {
  return (uint32_t)group << 16 | block << 8;
}

static bool is_there(const dseg_data_set *set, uint32_t tag) {
  uint32_t found = tag - 1;
  return dseg_data_set_next(set, &found, NULL) && found == tag;
}

uint32_t dseg_data_set_find_creator(const dseg_data_set *set, uint16_t group, const char *creator) {
  for (uint32_t block = FIRST_BLOCK; block <= LAST_BLOCK && (group & 1u) != 0; block++) {
    if (dseg_data_set_text_is(set, creator_tag(group, block), creator)) {
      return block_tag(group, block);
    }
  }
  return 0;
}

uint32_t dseg_data_set_put_creator(dseg_data_set *set, uint16_t group, const char *creator) {
  const uint32_t reserved = dseg_data_set_find_creator(set, group, creator);
  if (reserved != 0) {
    return reserved;
  }
  uint32_t block = FIRST_BLOCK;
  while (block <= LAST_BLOCK && is_there(set, creator_tag(group, block))) {
    block++;
  }
  if ((group & 1u) == 0 || block > LAST_BLOCK || *creator == '\0' || strlen(creator) > 64) {
    char message[160];
    (void)snprintf(message, sizeof message, "group %04X has no block of private elements for \"%.64s\" (PS3.5 7.8.1)",
                   (unsigned)group, creator);
    dseg_data_set_fail(set, DSEG_ERROR_ARGUMENT, message);
    return 0;
  }
  dseg_data_set_put_text(set, creator_tag(group, block), "LO", creator);
  return block_tag(group, block);
}
