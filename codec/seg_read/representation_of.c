/* SPDX-License-Identifier: Apache-2.0 */
/* representation_of.c - which representation of the registry an object is in, see representation_of.h. */
#include "seg_read/representation_of.h"

#include <string.h>

#include "dicom/keep.h"

/* Private SOP Classes of this tree's proposals (dseg/plugin.h). */
static const char PROPOSALS[] = DSEG_PRIVATE_UID("3.");

bool dseg_has_sop_class(const dseg_representation *representation, const dseg_element *sop_class_uid) {
  bool has = dseg_element_is(sop_class_uid, representation->sop_class_uid);
  for (const char *const *other = representation->other_sop_classes; !has && other != NULL && *other != NULL; other++) {
    has = dseg_element_is(sop_class_uid, *other);
  }
  return has;
}

static dseg_status has_block(const dseg_elements *data_set, const char *creator, bool *has, dseg_error *error) {
  size_t offset = 0;
  dseg_element element;
  *has = false;
  DSEG_TRY(dseg_elements_next(data_set, &offset, &element, error));
  while (element.tag != 0 && !*has) {
    *has = dseg_is_private_creator(element.tag) && dseg_element_is(&element, creator);
    DSEG_TRY(dseg_elements_next(data_set, &offset, &element, error));
  }
  return DSEG_OK;
}

/* How many of the representation's blocks the data set has; 0 where its own is missing. */
static dseg_status count_blocks(const dseg_elements *data_set, const dseg_representation *representation, size_t *count,
                                dseg_error *error) {
  bool has = false;
  *count = 0;
  if (representation->private_creator == NULL) {
    return DSEG_OK;
  }
  DSEG_TRY(has_block(data_set, representation->private_creator, &has, error));
  if (!has) {
    return DSEG_OK;
  }
  *count = 1;
  for (const char *const *other = representation->other_creators; other != NULL && *other != NULL; other++) {
    DSEG_TRY(has_block(data_set, *other, &has, error));
    *count += has;
  }
  return DSEG_OK;
}

static bool is_of_proposal(const dseg_element *sop_class_uid) {
  const size_t size = sizeof PROPOSALS - 1;
  return sop_class_uid->value.size > size && memcmp(sop_class_uid->value.data, PROPOSALS, size) == 0;
}

dseg_status dseg_representation_of(const dseg_elements *data_set, const dseg_representation **found,
                                   dseg_error *error) {
  const dseg_representation *first = NULL;
  const dseg_representation *best = NULL;
  const dseg_representation *incomplete = NULL;
  const dseg_representation *entry;
  size_t most = 0;
  dseg_element type;
  dseg_element sop_class;
  *found = NULL;
  DSEG_TRY(dseg_elements_find(data_set, DSEG_TAG(0x0062, 0x0001), &type, error));
  DSEG_TRY(dseg_elements_find(data_set, DSEG_TAG(0x0008, 0x0016), &sop_class, error));
  for (size_t i = 0; type.tag != 0 && (entry = dseg_representation_at(i)) != NULL; i++) {
    size_t blocks = 0;
    if (!dseg_element_is(&type, entry->segmentation_type)) {
      continue;
    }
    first = first != NULL ? first : entry;
    if ((entry->flags & DSEG_PLUGIN_EXPERIMENTAL) == 0 || !dseg_has_sop_class(entry, &sop_class)) {
      continue;
    }
    DSEG_TRY(count_blocks(data_set, entry, &blocks, error));
    if (blocks > most) {
      best = entry;
      most = blocks;
    }
    incomplete = incomplete != NULL || blocks > 0 ? incomplete : entry;
  }
  if (best == NULL && incomplete != NULL && incomplete != first && !dseg_has_sop_class(first, &sop_class)) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "SOP Class UID (0008,0016) is that of %s, whose private elements are missing (no Private Creator "
                     "\"%s\")",
                     incomplete->name, incomplete->private_creator);
  }
  if (best == NULL && first != NULL && !dseg_has_sop_class(first, &sop_class) && is_of_proposal(&sop_class)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "SOP Class UID (0008,0016) is of a proposal, or a version of one, that this build does not read");
  }
  *found = best != NULL ? best : first;
  return DSEG_OK;
}
