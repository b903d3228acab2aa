/* SPDX-License-Identifier: Apache-2.0 */
/* identity.c - whether images and segmentation belong together, and what stays of the segmentation's former images. */
#include <stdlib.h>
#include <string.h>

#include "dicom/keep.h"
#include "model/identity.h"
#include "reference/reference.h"

dseg_status dseg_reference_check_identity(const dseg_reference_set *set, const dseg_description *description,
                                          const dseg_reference_options *options, size_t *patient,
                                          const char **frame_of_reference_uid, dseg_error *error) {
  const size_t images = dseg_reference_count_images(set);
  dseg_party *parties = calloc(images + 1, sizeof *parties);
  if (parties == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu images", images);
  }
  for (size_t i = 0; i < images; i++) {
    const dseg_reference_file *file = &set->files[i];
    parties[i] = (dseg_party){file->path, &file->identity, file->frame_of_reference_uid};
  }
  parties[images] = (dseg_party){options->name != NULL ? options->name : "the segmentation", &description->identity,
                                 description->geometry.frame_of_reference_uid};
  dseg_leaders leaders = {0};
  const dseg_status status =
      dseg_check_parties(parties, images + 1, options->other_patient, &options->warnings, &leaders, error);
  *patient = leaders.patient < images ? leaders.patient : SIZE_MAX;
  *frame_of_reference_uid = parties[leaders.frame_of_reference].frame_of_reference_uid;
  free(parties);
  return status;
}

/* How the images' patient and study differ from those of the segmentation. */
struct change {
  bool other_patient, other_study;
};

/* Patient, visit and study (PS3.3 C.7.1, C.7.2), of which the images say what holds; what was requested for another
 * study; and what nobody but its maker can read. */
static bool is_outdated(const void *user, uint32_t tag) {
  const struct change *change = user;
  const uint32_t group = tag >> 16;
  switch (tag) {
    case 0x00080092:                                                      /* Referring Physician's Address */
    case 0x00080094:                                                      /* and telephone numbers */
    case 0x00081110:                                                      /* Referenced Study Sequence */
    case 0x00081120: return true;                                         /* Referenced Patient Sequence */
    case 0x00081111:                                                      /* Referenced Performed Procedure Step */
    case 0x00400275: return change->other_patient || change->other_study; /* Request Attributes Sequence */
    default: break;
  }
  return group == 0x0010 || group == 0x0012 || group == 0x0032 || group == 0x0038 ||
         ((group & 1u) != 0 && change->other_patient);
}

dseg_status dseg_reference_drop_outdated(dseg_description *description, const dseg_identity *former,
                                         dseg_error *error) {
  const dseg_identity *now = &description->identity;
  const bool both = former->study_uid != NULL && now->study_uid != NULL;
  const struct change change = {dseg_is_other_patient(former, now),
                                both && strcmp(former->study_uid, now->study_uid) != 0};
  const dseg_tag_choice choice = {is_outdated, &change};
  bool found;
  return dseg_drop_attributes(description, &choice, &found, error);
}

static int compare_uids(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The UIDs of the images that are there, sorted; NULL: out of memory. */
static const char **sort_uids(const dseg_references *references, size_t *count) {
  const char **uids = calloc(references->count + 1, sizeof(char *));
  *count = 0;
  for (size_t i = 0; uids != NULL && i < references->count; i++) {
    if (references->instances[i].sop_instance_uid != NULL) {
      uids[(*count)++] = references->instances[i].sop_instance_uid;
    }
  }
  if (uids != NULL) {
    qsort((void *)uids, *count, sizeof *uids, compare_uids);
  }
  return uids;
}

dseg_status dseg_reference_keep_former(dseg_description *description, const dseg_references *former,
                                       const char *study_uid, dseg_error *error) {
  const dseg_references now = description->references;
  if (former->count == 0 || now.shared) {
    return DSEG_OK;
  }
  size_t known = 0;
  const char **uids = sort_uids(&now, &known);
  dseg_instance_reference *all = dseg_description_alloc(description, (now.count + former->count) * sizeof *all);
  if (uids == NULL || all == NULL) {
    free((void *)uids);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu references", now.count + former->count);
  }
  memcpy(all, now.instances, now.count * sizeof *all);
  size_t count = now.count;
  for (size_t i = 0; i < former->count; i++) {
    const dseg_instance_reference *reference = &former->instances[i];
    const bool other = reference->sop_instance_uid != NULL && reference->study_uid != NULL &&
                       strcmp(reference->study_uid, study_uid) != 0;
    if (other && bsearch(&reference->sop_instance_uid, (const void *)uids, known, sizeof *uids, compare_uids) == NULL) {
      all[count] = *reference;
      all[count++].former = true;
    }
  }
  free((void *)uids);
  description->references.instances = all;
  description->references.count = count;
  return DSEG_OK;
}
