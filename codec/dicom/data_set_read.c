/* SPDX-License-Identifier: Apache-2.0 */
/* data_set_read.c - the elements of an encoded data set put into one in memory (PS3.5 7.1, 7.5). */
#include <string.h>

#include "dicom/data_set.h"
#include "dicom/elements.h"
#include "dicom/tags.h"
#include "dicom/vr.h"

/* What is read goes into an item of its own first, so that bytes that are malformed change nothing. */
static dseg_status read_elements(dseg_data_set *set, const dseg_elements *from, dseg_item *into, dseg_error *error);

static dseg_status read_items(dseg_data_set *set, const dseg_elements *from,  // NOLINT(misc-no-recursion)
                              const dseg_element *element, dseg_item *outer, dseg_error *error) {
  size_t offset = 0;
  for (;;) {
    dseg_elements elements;
    bool more;
    DSEG_TRY(dseg_sequence_next(from, element, &offset, &elements, &more, error));
    if (!more) {
      return DSEG_OK;
    }
    dseg_item *item = dseg_keep_item(set, outer, dseg_find_kept(outer, element->tag));
    if (item == NULL) {
      return dseg_data_set_status(set, error);
    }
    DSEG_TRY(read_elements(set, &elements, item, error));
  }
}

static dseg_status read_element(dseg_data_set *set, const dseg_elements *from,  // NOLINT(misc-no-recursion)
                                const dseg_element *element, dseg_item *into, dseg_error *error) {
  const bool items = memcmp(element->vr, "SQ", 2) == 0 ||
                     (memcmp(element->vr, "UN", 2) == 0 && element->undefined_length); /* PS3.5 6.2.2, note */
  const char *vr = dseg_vr_is_known(element->vr) ? element->vr : "UN";
  if (element->undefined_length && !items && (element->tag != DSEG_TAG_PIXEL_DATA || vr[0] != 'O')) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "(%04X,%04X) of VR %.2s has undefined length, which sequences and Pixel Data may have (PS3.5 7.1)",
                     element->tag >> 16, element->tag & 0xFFFFu, element->vr);
  }
  if (dseg_find_kept(into, element->tag) != NULL) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "(%04X,%04X) occurs twice (PS3.5 7.1)", element->tag >> 16,
                     element->tag & 0xFFFFu);
  }
  dseg_kept_element *kept = dseg_keep_element(set, into, element->tag, items ? "SQ" : vr);
  if (kept == NULL) {
    return dseg_data_set_status(set, error);
  }
  if (items) {
    return read_items(set, from, element, into, error);
  }
  kept->fragments = element->undefined_length;
  kept->value = dseg_copy_value(set, vr, element->value, &kept->size);
  return dseg_data_set_status(set, error);
}

static dseg_status read_elements(dseg_data_set *set, const dseg_elements *from,  // NOLINT(misc-no-recursion)
                                 dseg_item *into, dseg_error *error) {
  size_t offset = 0;
  for (;;) {
    dseg_element element;
    DSEG_TRY(dseg_elements_next(from, &offset, &element, error));
    if (element.tag == 0) {
      return DSEG_OK;
    }
    if ((element.tag & 0xFFFFu) != 0 || element.tag == 0x00020000) {
      DSEG_TRY(read_element(set, from, &element, into, error));
    }
  }
}

/* Moves the elements of read into the current item. */
static void merge(dseg_data_set *set, const dseg_item *read) {
  for (size_t i = 0; i < read->count; i++) {
    const dseg_kept_element *from = &read->elements[i];
    dseg_kept_element *to = dseg_keep_element(set, set->current, from->tag, from->vr);
    if (to == NULL) {
      return;
    }
    *to = *from;
    for (size_t k = 0; dseg_is_sequence(to) && k < to->size; k++) {
      to->items[k]->outer = set->current;
    }
  }
}

dseg_status dseg_data_set_read(dseg_data_set *set, dseg_view bytes, dseg_vr_encoding encoding, dseg_error *error) {
  dseg_error_clear(error);
  if (set->failure.status == DSEG_OK) {
    dseg_error problem = {.status = DSEG_OK};
    dseg_item read = {.depth = set->current->depth};
    const dseg_elements elements = {.bytes = bytes, .implicit_vr = encoding == DSEG_IMPLICIT_VR};
    const dseg_status status = read_elements(set, &elements, &read, &problem);
    if (status == DSEG_OK) {
      merge(set, &read);
    } else {
      dseg_data_set_fail(set, status, problem.message);
    }
  }
  return dseg_data_set_status(set, error);
}
