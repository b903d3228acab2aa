/* SPDX-License-Identifier: Apache-2.0 */
/* kept_attributes.c - what two objects say of how they came about: algorithms, anatomy and private elements of
 * segments, makers, sources, and whatever else a copy keeps (docs/kept.md). Both sides are DICOM. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/job.h"

enum { TAGS_SHOWN = 6, LIST_BYTES = 256, CONTRIBUTING_EQUIPMENT = 0x0018A001, DERIVATION_IMAGE = 0x00089124 };

static const struct {
  uint32_t tag;
  const char *name;
} names[] = {
    {0x00082112, "Source Image Sequence"},
    {0x00082218, "Anatomic Region Sequence"},
    {0x00082228, "Primary Anatomic Structure Sequence"},
    {DERIVATION_IMAGE, "Derivation Image Sequence"},
    {CONTRIBUTING_EQUIPMENT, "makers, Contributing Equipment Sequence"},
    {0x00620003, "Segmented Property Category Code Sequence"},
    {0x00620007, "Segmentation Algorithm Identification Sequence"},
    {0x0062000F, "Segmented Property Type Code Sequence"},
};

static const char *name_of(uint32_t tag) {
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (names[i].tag == tag) {
      return names[i].name;
    }
  }
  return (tag >> 16 & 1u) != 0 ? "private" : NULL;
}

/* "Name (gggg,eeee), (gggg,eeee)" of up to TAGS_SHOWN of count tags. */
static void list_tags(const uint32_t *tags, size_t count, char list[LIST_BYTES]) {
  size_t length = 0;
  list[0] = '\0';
  for (size_t i = 0; i < count && i < TAGS_SHOWN && length < LIST_BYTES; i++) {
    const char *name = name_of(tags[i]);
    const int added =
        snprintf(list + length, LIST_BYTES - length, "%s%s%s(%04X,%04X)", i > 0 ? ", " : "", name != NULL ? name : "",
                 name != NULL ? " " : "", (unsigned)(tags[i] >> 16), (unsigned)(tags[i] & 0xFFFFu));
    length += added > 0 ? (size_t)added : 0;
  }
  if (count > TAGS_SHOWN && length < LIST_BYTES) {
    snprintf(list + length, LIST_BYTES - length, ", and %zu more", count - TAGS_SHOWN);
  }
}

/* The tags of elements that differ, count of them: the caller's, to be freed; NULL when there are none. */
static dseg_status find_tags(dseg_view a, dseg_view b, uint32_t **tags, size_t *count, dseg_error *error) {
  *tags = NULL;
  DSEG_TRY(dseg_compare_attributes(a, b, NULL, 0, count, error));
  if (*count == 0) {
    return DSEG_OK;
  }
  const size_t room = *count;
  *tags = calloc(room, sizeof **tags);
  return *tags != NULL ? dseg_compare_attributes(a, b, *tags, room, count, error)
                       : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu tags", room);
}

/* Adds to the list, in words: "what: these tags", or "these tags then". */
static void tell(dseg_compare_job *job, dseg_difference_list *list, const uint32_t *tags, size_t count,
                 const char *what, const char *then) {
  char names_of_tags[LIST_BYTES];
  char text[LIST_BYTES + 64];
  if (count > 0) {
    list_tags(tags, count, names_of_tags);
    snprintf(text, sizeof text, "%s%s%s", what, names_of_tags, then);
    dseg_compare_add_tags(job, list, tags, count, text);
  }
}

static void report(dseg_compare_job *job, const uint32_t *tags, size_t count, const char *what) {
  job->found |= count > 0 ? DSEG_ASPECT_PROVENANCE : 0;
  tell(job, &job->differences, tags, count, what, "");
}

dseg_status dseg_compare_segment_provenance(dseg_compare_job *job, dseg_compared_pair *pair, dseg_error *error) {
  const dseg_segment *a = &job->a.description->segments[pair->a];
  const dseg_segment *b = &job->b.description->segments[pair->b];
  uint32_t *tags;
  size_t count = 0;
  if ((job->options.ignore & DSEG_ASPECT_PROVENANCE) != 0) {
    return DSEG_OK;
  }
  const dseg_status status = find_tags(a->attributes, b->attributes, &tags, &count, error);
  if (status == DSEG_OK && count > 0) {
    pair->differs |= DSEG_ASPECT_PROVENANCE;
    tell(job, &pair->differences, tags, count, "", " differs");
  }
  free(tags);
  return status;
}

static int compare_references(const void *a, const void *b) {
  const dseg_instance_reference *one = *(const dseg_instance_reference *const *)a;
  const dseg_instance_reference *two = *(const dseg_instance_reference *const *)b;
  const char *uid_one = one->sop_instance_uid != NULL ? one->sop_instance_uid : "";
  const char *uid_two = two->sop_instance_uid != NULL ? two->sop_instance_uid : "";
  const int order = strcmp(uid_one, uid_two);
  return order != 0 ? order : (one->frame > two->frame) - (one->frame < two->frame);
}

/* By UID and frame; NULL when out of memory. */
static const dseg_instance_reference *const *sort_references(const dseg_references *references) {
  const dseg_instance_reference **sorted = calloc(references->count + 1, sizeof(void *));
  for (size_t i = 0; sorted != NULL && i < references->count; i++) {
    sorted[i] = &references->instances[i];
  }
  if (sorted != NULL) {
    qsort(sorted, references->count, sizeof(void *), compare_references);
  }
  return sorted;
}

/* Whether images to which both refer were used in the same way. */
static dseg_status compare_sorted(const dseg_instance_reference *const *a, size_t count_a,
                                  const dseg_instance_reference *const *b, size_t count_b, bool *same,
                                  dseg_error *error) {
  size_t i = 0;
  size_t j = 0;
  while (*same && i < count_a && j < count_b) {
    const int order = compare_references(&a[i], &b[j]);
    *same = order != 0 || a[i]->former || b[j]->former || a[i]->same_pixels == b[j]->same_pixels;
    if (*same && order == 0 && a[i]->derivation.data != b[j]->derivation.data) {
      size_t count = 0;
      DSEG_TRY(dseg_compare_attributes(a[i]->derivation, b[j]->derivation, NULL, 0, &count, error));
      *same = count == 0;
    }
    i += order <= 0 ? 1 : 0;
    j += order >= 0 ? 1 : 0;
  }
  return DSEG_OK;
}

static dseg_status compare_derivations(dseg_compare_job *job, dseg_error *error) {
  const dseg_references *a = &job->a.description->references;
  const dseg_references *b = &job->b.description->references;
  const uint32_t tag = DERIVATION_IMAGE;
  size_t count = 0;
  if (a->shared || b->shared) {
    DSEG_TRY(dseg_compare_attributes(a->derivation, b->derivation, NULL, 0, &count, error));
    report(job, &tag, a->shared && b->shared ? count : 0, "sources differ: ");
    return DSEG_OK;
  }
  const dseg_instance_reference *const *in_a = sort_references(a);
  const dseg_instance_reference *const *in_b = sort_references(b);
  bool same = true;
  const dseg_status status =
      in_a != NULL && in_b != NULL
          ? compare_sorted(in_a, a->count, in_b, b->count, &same, error)
          : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu references", a->count + b->count);
  free((void *)in_a);
  free((void *)in_b);
  report(job, &tag, same ? 0 : 1, "sources differ: ");
  return status;
}

/* What is said of frames, where both have the same ones: the first that differ are told. */
static dseg_status compare_frames(dseg_compare_job *job, dseg_error *error) {
  const dseg_description *a = job->a.description;
  const dseg_description *b = job->b.description;
  const size_t frames = a->frame_count > b->frame_count ? a->frame_count : b->frame_count;
  uint32_t *tags;
  size_t count = 0;
  dseg_status status = find_tags(a->shared_attributes, b->shared_attributes, &tags, &count, error);
  for (size_t i = 0; status == DSEG_OK && count == 0 && i < frames; i++) {
    const dseg_view none = {NULL, 0};
    const dseg_view of_a = i < a->frame_count ? a->frames[i].attributes : none;
    const dseg_view of_b = i < b->frame_count ? b->frames[i].attributes : none;
    status = find_tags(of_a, of_b, &tags, &count, error);
  }
  if (status == DSEG_OK) {
    report(job, tags, count, "attributes of frames differ: ");
  }
  free(tags);
  return status;
}

static bool has_tag(const dseg_description *description, uint32_t tag) {
  for (size_t i = 0; i < description->dropped_count; i++) {
    if (description->dropped[i] == tag) {
      return true;
    }
  }
  return false;
}

/* Attributes whose values are not compared: a copy never has them. */
static dseg_status compare_dropped(dseg_compare_job *job, const dseg_description *one, const dseg_description *other,
                                   const char *what, dseg_error *error) {
  uint32_t *tags = calloc(one->dropped_count + 1, sizeof *tags);
  size_t count = 0;
  if (tags == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu tags", one->dropped_count);
  }
  for (size_t i = 0; i < one->dropped_count; i++) {
    if (!has_tag(other, one->dropped[i])) {
      tags[count++] = one->dropped[i];
    }
  }
  report(job, tags, count, what);
  free(tags);
  return DSEG_OK;
}

dseg_status dseg_compare_provenance(dseg_compare_job *job, dseg_error *error) {
  const dseg_description *a = job->a.description;
  const dseg_description *b = job->b.description;
  uint32_t *tags;
  size_t count = 0;
  if ((job->options.ignore & DSEG_ASPECT_PROVENANCE) != 0) {
    return DSEG_OK;
  }
  const dseg_status status = find_tags(a->attributes, b->attributes, &tags, &count, error);
  if (status == DSEG_OK) {
    report(job, tags, count, "attributes differ: ");
  }
  free(tags);
  DSEG_TRY(status);
  DSEG_TRY(compare_derivations(job, error));
  DSEG_TRY(compare_frames(job, error));
  DSEG_TRY(compare_dropped(job, a, b, "attributes that only A has: ", error));
  return compare_dropped(job, b, a, "attributes that only B has: ", error);
}
