/* SPDX-License-Identifier: Apache-2.0 */
/* same_attributes.c - whether kept elements say the same, whatever encoding they came from: in implicit VR a private
 * element has VR UN, and a private sequence of defined length is one value (PS3.5 6.2.2). */
#include <string.h>

#include "dicom/keep.h"

static bool is_sequence(const dseg_element *element) {
  return memcmp(element->vr, "SQ", 2) == 0;
}

/* A value without what pads it to even length. */
static dseg_view without_padding(dseg_view value) {
  while (value.size > 0 && (value.data[value.size - 1] == ' ' || value.data[value.size - 1] == '\0')) {
    value.size--;
  }
  return value;
}

static dseg_status same_items(const dseg_elements *in_a, const dseg_element *a,  // NOLINT(misc-no-recursion)
                              const dseg_elements *in_b, const dseg_element *b, bool *same, dseg_error *error) {
  dseg_elements item_a;
  dseg_elements item_b;
  size_t offset_a = 0;
  size_t offset_b = 0;
  bool more_a;
  bool more_b;
  for (*same = true; *same;) {
    DSEG_TRY(dseg_sequence_next(in_a, a, &offset_a, &item_a, &more_a, error));
    DSEG_TRY(dseg_sequence_next(in_b, b, &offset_b, &item_b, &more_b, error));
    *same = more_a == more_b;
    if (!more_a || !more_b) {
      return DSEG_OK;
    }
    DSEG_TRY(dseg_same_elements(&item_a, &item_b, NULL, same, error));
  }
  return DSEG_OK;
}

dseg_status dseg_same_element(const dseg_elements *in_a, const dseg_element *a,  // NOLINT(misc-no-recursion): no deeper
                              const dseg_elements *in_b, const dseg_element *b,  // than what was read
                              bool *same, dseg_error *error) {
  if (is_sequence(a) || is_sequence(b)) {
    dseg_error malformed = {.status = DSEG_OK}; /* a value that is no sequence is another one */
    const dseg_status status = same_items(in_a, a, in_b, b, same, &malformed);
    *same = *same && status == DSEG_OK;
    return status == DSEG_ERROR_MEMORY ? dseg_fail(error, status, "%s", malformed.message) : DSEG_OK;
  }
  const dseg_view of_a = without_padding(a->value);
  const dseg_view of_b = without_padding(b->value);
  *same = of_a.size == of_b.size && (of_a.size == 0 || memcmp(of_a.data, of_b.data, of_a.size) == 0);
  return DSEG_OK;
}

/* When an item was made is no difference, nor whether dates were replaced as a patient's identity was, which is not
 * compared. */
static bool is_passed_over(const dseg_element *element) {
  return element->tag == DSEG_TAG(0x0018, 0xA002) || element->tag == DSEG_TAG(0x0028, 0x0303);
}

/* The next element that is compared: one that is empty says nothing. */
static dseg_status next(const dseg_elements *in, size_t *offset, dseg_element *element, dseg_error *error) {
  do {
    DSEG_TRY(dseg_elements_next(in, offset, element, error));
  } while (element->tag != 0 && (element->value.size == 0 || is_passed_over(element)));
  return DSEG_OK;
}

dseg_status dseg_same_elements(const dseg_elements *a, const dseg_elements *b,  // NOLINT(misc-no-recursion)
                               dseg_tag_list *differing, bool *same, dseg_error *error) {
  size_t offset_a = 0;
  size_t offset_b = 0;
  dseg_element of_a;
  dseg_element of_b;
  *same = true;
  DSEG_TRY(next(a, &offset_a, &of_a, error));
  DSEG_TRY(next(b, &offset_b, &of_b, error));
  while (of_a.tag != 0 || of_b.tag != 0) {
    const bool only_b = of_a.tag == 0 || (of_b.tag != 0 && of_b.tag < of_a.tag);
    const bool only_a = !only_b && (of_b.tag == 0 || of_a.tag < of_b.tag);
    bool equal = false;
    if (!only_a && !only_b) {
      DSEG_TRY(dseg_same_element(a, &of_a, b, &of_b, &equal, error));
    }
    *same = *same && equal;
    if (!equal && differing != NULL) {
      DSEG_TRY(dseg_tag_list_add(differing, only_b ? of_b.tag : of_a.tag, error));
    }
    if (!only_b) {
      DSEG_TRY(next(a, &offset_a, &of_a, error));
    }
    if (!only_a) {
      DSEG_TRY(next(b, &offset_b, &of_b, error));
    }
  }
  return DSEG_OK;
}

dseg_status dseg_compare_attributes(dseg_view a, dseg_view b, uint32_t *tags, size_t room, size_t *count,
                                    dseg_error *error) {
  dseg_error_clear(error);
  const dseg_elements of_a = dseg_kept_elements(a);
  const dseg_elements of_b = dseg_kept_elements(b);
  dseg_tag_list differing = {0};
  bool same;
  const dseg_status status = dseg_same_elements(&of_a, &of_b, &differing, &same, error);
  *count = differing.count;
  for (size_t i = 0; i < differing.count && i < room; i++) {
    tags[i] = differing.items[i];
  }
  dseg_tag_list_free(&differing);
  return status;
}
