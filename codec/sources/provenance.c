/* SPDX-License-Identifier: Apache-2.0 */
/* provenance.c - whose the whole of several sources is, and from which images. */
#include "sources/provenance.h"

#include <stdlib.h>
#include <string.h>

#include "model/identity.h"
#include "sources/combined.h"

dseg_status dseg_check_sources(dseg_source *const *sources, size_t count, const dseg_open_options *options,
                               size_t *patient, size_t *frame_of_reference, dseg_error *error) {
  dseg_party *parties = calloc(count, sizeof *parties);
  if (parties == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu sources", count);
  }
  for (size_t i = 0; i < count; i++) {
    const dseg_description *description = sources[i]->description;
    parties[i] = (dseg_party){dseg_combined_name(sources[i]), &description->identity,
                              description->geometry.frame_of_reference_uid};
  }
  dseg_leaders leaders = {0};
  const dseg_status status =
      dseg_check_parties(parties, count, options->other_patient, &options->warnings, &leaders, error);
  free(parties);
  *patient = leaders.patient;
  *frame_of_reference = leaders.frame_of_reference;
  return status;
}

/* A reference of one source. */
struct entry {
  const dseg_instance_reference *reference;
  size_t place; /* among the references of all sources, in turn */
};

static int compare_texts(const char *a, const char *b) {
  return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int compare_images(const dseg_instance_reference *a, const dseg_instance_reference *b) {
  const int order = compare_texts(a->sop_instance_uid, b->sop_instance_uid);
  return order != 0 ? order : (a->frame > b->frame) - (a->frame < b->frame);
}

static int compare_entries(const void *a, const void *b) {
  const struct entry *x = a;
  const struct entry *y = b;
  const int order = compare_images(x->reference, y->reference);
  return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

/* Sets index_of[place] of each reference to the place of the first one with the same image. */
static dseg_status find_firsts(dseg_source *const *sources, size_t count, size_t total, size_t *index_of,
                               dseg_error *error) {
  struct entry *entries = calloc(total, sizeof *entries);
  if (entries == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu references", total);
  }
  size_t place = 0;
  for (size_t i = 0; i < count; i++) {
    const dseg_references *references = &sources[i]->description->references;
    for (size_t j = 0; j < references->count; j++, place++) {
      entries[place] = (struct entry){&references->instances[j], place};
    }
  }
  qsort(entries, total, sizeof *entries, compare_entries);
  for (size_t i = 0; i < total; i++) {
    const bool again = i > 0 && compare_images(entries[i].reference, entries[i - 1].reference) == 0;
    index_of[entries[i].place] = again ? index_of[entries[i - 1].place] : entries[i].place;
  }
  free(entries);
  return DSEG_OK;
}

/* Gathers the references that come first into out, and makes index_of their places there. */
static size_t gather(dseg_source *const *sources, size_t count, size_t *index_of, dseg_instance_reference *out) {
  size_t used = 0;
  size_t place = 0;
  for (size_t i = 0; i < count; i++) {
    const dseg_references *references = &sources[i]->description->references;
    for (size_t j = 0; j < references->count; j++, place++) {
      if (index_of[place] != place && i > 0) {
        index_of[place] = index_of[index_of[place]];
        continue;
      }
      index_of[place] = used; /* those of the first source keep their places, come what may */
      out[used++] = references->instances[j];
    }
  }
  return used;
}

static dseg_status fill_planes(dseg_source *const *sources, size_t count, const size_t *index_of,
                               dseg_description *whole, dseg_error *error) {
  dseg_geometry *geometry = &whole->geometry;
  dseg_plane_position *planes = dseg_description_alloc(whole, geometry->plane_count * sizeof *planes);
  if (planes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", geometry->plane_count);
  }
  memcpy(planes, geometry->planes, geometry->plane_count * sizeof *planes);
  geometry->planes = planes;
  for (size_t i = 0, place = 0; i < count; place += sources[i]->description->references.count, i++) {
    const dseg_description *one = sources[i]->description;
    for (size_t plane = 0; plane < geometry->plane_count; plane++) {
      const int32_t source = one->geometry.planes[plane].source;
      if (planes[plane].source < 0 && source >= 0 && (size_t)source < one->references.count) {
        planes[plane].source = (int32_t)index_of[place + (size_t)source];
      }
    }
  }
  return DSEG_OK;
}

dseg_status dseg_merge_references(dseg_source *const *sources, size_t count, dseg_description *whole,
                                  dseg_error *error) {
  size_t total = 0;
  for (size_t i = 0; i < count; i++) {
    total += sources[i]->description->references.count;
  }
  if (total == 0 || total == sources[0]->description->references.count) {
    return DSEG_OK;
  }
  dseg_instance_reference *merged = dseg_description_alloc(whole, total * sizeof *merged);
  size_t *index_of = calloc(total, sizeof *index_of);
  if (merged == NULL || index_of == NULL || total > INT32_MAX) {
    free(index_of);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu references", total);
  }
  dseg_status status = find_firsts(sources, count, total, index_of, error);
  if (status == DSEG_OK) {
    whole->references.instances = merged;
    whole->references.count = gather(sources, count, index_of, merged);
    status = fill_planes(sources, count, index_of, whole, error);
  }
  free(index_of);
  return status;
}
