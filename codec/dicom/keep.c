/* SPDX-License-Identifier: Apache-2.0 */
/* keep.c - copies elements for a description, one after the other, so that one that is malformed costs itself only. */
#include "dicom/keep.h"

#include <stdlib.h>
#include <string.h>

#include "dicom/context.h"
#include "dicom/vr.h"

#define FIRST_CAPACITY ((size_t)16)

dseg_status dseg_tag_list_add(dseg_tag_list *list, uint32_t tag, dseg_error *error) {
  size_t at = list->count;
  while (at > 0 && list->items[at - 1] >= tag) {
    at--;
  }
  if (at < list->count && list->items[at] == tag) {
    return DSEG_OK;
  }
  if (list->count == list->capacity) {
    const size_t capacity = list->capacity != 0 ? 2 * list->capacity : FIRST_CAPACITY;
    uint32_t *items = realloc(list->items, capacity * sizeof *items);
    if (items == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu tags", capacity);
    }
    list->items = items;
    list->capacity = capacity;
  }
  memmove(list->items + at + 1, list->items + at, (list->count - at) * sizeof *list->items);
  list->items[at] = tag;
  list->count++;
  return DSEG_OK;
}

void dseg_tag_list_free(dseg_tag_list *list) {
  free(list->items);
  *list = (dseg_tag_list){0};
}

/* The first element of the block that a creator reserves. */
static uint32_t block_of(uint32_t creator) {
  return (creator & 0xFFFF0000u) | (creator & 0xFFu) << 8;
}

static bool is_own_creator(const dseg_keep_rule *rule, const dseg_element *element) {
  bool own = false;
  for (size_t i = 0; i < 2; i++) {
    own = own || (rule->own_creators[i] != NULL && dseg_element_is(element, rule->own_creators[i]));
  }
  for (const char *const *more = rule->more_creators; !own && more != NULL && *more != NULL; more++) {
    own = dseg_element_is(element, *more);
  }
  return own;
}

/* Blocks of one group that are not copied; creators stand in front of their blocks. */
struct own_blocks {
  uint32_t group;
  bool blocks[256];
};

static bool is_in_own_block(struct own_blocks *own, const dseg_keep_rule *rule, const dseg_element *element) {
  if (element->tag >> 16 != own->group) {
    *own = (struct own_blocks){.group = element->tag >> 16};
  }
  if (!dseg_is_private_creator(element->tag)) {
    return own->blocks[element->tag >> 8 & 0xFFu];
  }
  if (!is_own_creator(rule, element)) {
    return false;
  }
  own->blocks[element->tag & 0xFFu] = true;
  return true;
}

static dseg_status copy_one(const dseg_elements *from, const dseg_element *element, const dseg_element *character_set,
                            dseg_tag_list *dropped, dseg_buffer *out, dseg_error *error) {
  const size_t size = out->size;
  const dseg_status status = dseg_copy_element(from, element, character_set, out, error);
  if (!dseg_is_malformed(status)) {
    return status;
  }
  out->size = size;
  return dseg_tag_list_add(dropped, element->tag, error);
}

dseg_status dseg_keep_elements(const dseg_elements *from, const dseg_element *character_set, const dseg_keep_rule *rule,
                               dseg_tag_list *dropped, dseg_buffer *out, dseg_error *error) {
  size_t offset = 0;
  uint32_t last = 0;
  struct own_blocks own = {.group = 0};
  dseg_element element;
  DSEG_TRY(dseg_elements_next(from, &offset, &element, error));
  while (element.tag != 0) {
    const uint32_t tag = element.tag;
    dseg_keep_choice choice = (tag & 0xFFFFu) == 0 ? DSEG_KEEP_NOT : rule->choose(rule->user, tag);
    if (is_in_own_block(&own, rule, &element)) {
      choice = DSEG_KEEP_NOT;
    }
    if (choice == DSEG_KEEP_NAME || (choice == DSEG_KEEP_COPY && tag <= last)) {
      DSEG_TRY(dseg_tag_list_add(dropped, tag, error));
    } else if (choice == DSEG_KEEP_COPY) {
      DSEG_TRY(copy_one(from, &element, character_set, dropped, out, error));
    }
    last = tag > last ? tag : last;
    DSEG_TRY(dseg_elements_next(from, &offset, &element, error));
  }
  return DSEG_OK;
}

dseg_status dseg_keep_common(dseg_view a, dseg_view b, dseg_tag_list *dropped, dseg_buffer *out, dseg_error *error) {
  const dseg_elements in_a = dseg_kept_elements(a);
  const dseg_elements in_b = dseg_kept_elements(b);
  size_t end_a = 0;
  size_t end_b = 0;
  dseg_element of_a;
  dseg_element of_b;
  DSEG_TRY(dseg_elements_next(&in_a, &end_a, &of_a, error));
  DSEG_TRY(dseg_elements_next(&in_b, &end_b, &of_b, error));
  while (of_a.tag != 0 || of_b.tag != 0) {
    const bool only_b = of_a.tag == 0 || (of_b.tag != 0 && of_b.tag < of_a.tag);
    const bool only_a = !only_b && (of_b.tag == 0 || of_a.tag < of_b.tag);
    bool same = false;
    if (!only_a && !only_b) {
      DSEG_TRY(dseg_same_element(&in_a, &of_a, &in_b, &of_b, &same, error));
    }
    if (same) {
      const uint8_t *begin = of_a.value.data - (dseg_vr_form(of_a.vr) == DSEG_VR_SHORT ? 8 : 12);
      DSEG_TRY(dseg_buffer_append(out, begin, (size_t)(a.data + end_a - begin), error));
    } else {
      DSEG_TRY(dseg_tag_list_add(dropped, only_b ? of_b.tag : of_a.tag, error));
    }
    if (!only_b) {
      DSEG_TRY(dseg_elements_next(&in_a, &end_a, &of_a, error));
    }
    if (!only_a) {
      DSEG_TRY(dseg_elements_next(&in_b, &end_b, &of_b, error));
    }
  }
  return DSEG_OK;
}

dseg_status dseg_find_private(const dseg_elements *elements, uint16_t group, const char *creator, uint8_t low,
                              dseg_element *found, dseg_error *error) {
  size_t offset = 0;
  uint32_t wanted = 0;
  dseg_element element;
  *found = (dseg_element){0};
  DSEG_TRY(dseg_elements_next(elements, &offset, &element, error));
  while (element.tag != 0) {
    if (element.tag >> 16 == group && dseg_is_private_creator(element.tag) && dseg_element_is(&element, creator)) {
      wanted = block_of(element.tag) | low;
    } else if (element.tag == wanted && wanted != 0) {
      *found = element;
      return DSEG_OK;
    }
    DSEG_TRY(dseg_elements_next(elements, &offset, &element, error));
  }
  return DSEG_OK;
}

dseg_status dseg_keep_bytes(dseg_description *description, const dseg_buffer *bytes, dseg_view *kept,
                            dseg_error *error) {
  *kept = (dseg_view){0};
  if (bytes->size == 0) {
    return DSEG_OK;
  }
  uint8_t *copy = dseg_description_alloc(description, bytes->size);
  if (copy == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes of attributes", bytes->size);
  }
  memcpy(copy, bytes->data, bytes->size);
  *kept = (dseg_view){copy, bytes->size};
  return DSEG_OK;
}
