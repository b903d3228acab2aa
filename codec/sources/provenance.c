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

/* Sets first_of[place] of each reference to the place of the first one with the same image. */
static dseg_status find_firsts(dseg_source *const *sources, size_t count, size_t total, size_t *first_of,
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
    first_of[entries[i].place] = again ? first_of[entries[i - 1].place] : entries[i].place;
  }
  free(entries);
  return DSEG_OK;
}

/* The references of the whole while they are gathered. */
struct gathering {
  dseg_source *const *sources;
  size_t count;
  const size_t *first_of; /* by place among the references of all sources: the first place of the same image */
  size_t *placed;         /* by place, where it is a first one: its place in out, counted from 1; 0: none */
  size_t *seen;           /* likewise the last plane, counted from 1, that has it */
  dseg_instance_reference *out;
  size_t used;
};

/* How many images the plane of a source was drawn on. */
static size_t run_of(const dseg_description *description, size_t plane) {
  const dseg_plane_position *place = &description->geometry.planes[plane];
  const size_t count = place->source_count > 1 ? place->source_count : 1;
  const size_t total = description->references.count;
  return place->source >= 0 && (size_t)place->source < total && count <= total - (size_t)place->source ? count : 0;
}

static size_t count_runs(dseg_source *const *sources, size_t count) {
  size_t total = 0;
  for (size_t i = 0; i < count; i++) {
    const dseg_description *one = sources[i]->description;
    for (size_t plane = 0; plane < one->geometry.plane_count; plane++) {
      total += run_of(one, plane);
    }
    total += one->references.count;
  }
  return total;
}

/* Puts the images of a plane of all sources behind those gathered, each once. A single one that is there is taken. */
static void gather_plane(struct gathering *gathering, size_t plane, dseg_plane_position *place) {
  const size_t begin = gathering->used;
  size_t single = 0;
  size_t contributing = 0;
  for (size_t i = 0, base = 0; i < gathering->count;
       base += gathering->sources[i]->description->references.count, i++) {
    const dseg_description *one = gathering->sources[i]->description;
    const size_t source = (size_t)one->geometry.planes[plane].source;
    const size_t run = run_of(one, plane);
    const size_t before = gathering->used;
    for (size_t j = 0; j < run; j++) {
      const size_t first = gathering->first_of[base + source + j];
      if (gathering->seen[first] != plane + 1) {
        gathering->seen[first] = plane + 1;
        gathering->out[gathering->used++] = one->references.instances[source + j];
        single = first;
      }
    }
    contributing += gathering->used > before ? 1 : 0;
  }
  const size_t count = gathering->used - begin;
  place->source = count > 0 ? (int32_t)begin : -1;
  place->source_count = count > 1 ? (uint32_t)count : 0;
  for (size_t i = begin; contributing > 1 && i < gathering->used; i++) {
    gathering->out[i].derivation = (dseg_view){0}; /* each was said of some of the images */
  }
  if (count == 1 && gathering->placed[single] != 0) {
    gathering->used--;
    place->source = (int32_t)gathering->placed[single] - 1;
  } else if (count == 1) {
    gathering->placed[single] = gathering->used;
  }
}

/* Puts the images that no plane was drawn on behind the others. */
static void gather_others(struct gathering *gathering) {
  for (size_t i = 0, place = 0; i < gathering->count; i++) {
    const dseg_references *references = &gathering->sources[i]->description->references;
    for (size_t j = 0; j < references->count; j++, place++) {
      if (gathering->first_of[place] == place && gathering->seen[place] == 0) {
        gathering->out[gathering->used++] = references->instances[j];
      }
    }
  }
}

static dseg_status gather(struct gathering *gathering, dseg_description *whole, dseg_error *error) {
  dseg_geometry *geometry = &whole->geometry;
  dseg_plane_position *planes = dseg_description_alloc(whole, geometry->plane_count * sizeof *planes);
  if (planes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", geometry->plane_count);
  }
  memcpy(planes, geometry->planes, geometry->plane_count * sizeof *planes);
  geometry->planes = planes;
  for (size_t plane = 0; !whole->references.shared && plane < geometry->plane_count; plane++) {
    gather_plane(gathering, plane, &planes[plane]);
  }
  gather_others(gathering);
  whole->references.instances = gathering->out;
  whole->references.count = gathering->used;
  whole->references.derivation = (dseg_view){0}; /* of the first source's images alone */
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
  const size_t most = count_runs(sources, count);
  dseg_instance_reference *out = most <= INT32_MAX ? dseg_description_alloc(whole, most * sizeof *out) : NULL;
  size_t *tables = calloc(total, 3 * sizeof *tables);
  if (out == NULL || tables == NULL) {
    free(tables);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu references", most);
  }
  struct gathering gathering = {.sources = sources,
                                .count = count,
                                .first_of = tables,
                                .placed = tables + total,
                                .seen = tables + 2 * total,
                                .out = out};
  dseg_status status = find_firsts(sources, count, total, tables, error);
  if (status == DSEG_OK) {
    status = gather(&gathering, whole, error);
  }
  free(tables);
  return status;
}
