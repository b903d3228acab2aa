/* SPDX-License-Identifier: Apache-2.0 */
/* combine.c - makes one source of several whose voxels lie on one raster: the segments of all files in one list.
 *
 * A segment keeps its number unless an earlier file has it already, or it is 0, which is the background of the whole;
 * then it gets the next number after the greatest. */
#include <stdlib.h>

#include "sources/combined.h"
#include "sources/provenance.h"

static bool holds_fractions(const dseg_source *source) {
  return source->description->kind == DSEG_VOXELS_PROBABILITY || source->description->kind == DSEG_VOXELS_OCCUPANCY;
}

static dseg_status check_kinds(const dseg_source *first, const dseg_source *other, dseg_error *error) {
  if (!holds_fractions(first) && !holds_fractions(other)) {
    return DSEG_OK;
  }
  if (first->description->kind != other->description->kind ||
      first->description->maximum_fraction != other->description->maximum_fraction) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "%s and %s cannot be combined: one holds fractions, the other does not hold the same kind of them "
                     "with the same maximum",
                     dseg_combined_name(first), dseg_combined_name(other));
  }
  return DSEG_OK;
}

static int compare_numbers(const void *a, const void *b) {
  const dseg_combined_member *x = a;
  const dseg_combined_member *y = b;
  return (x->number > y->number) - (x->number < y->number);
}

static int compare_number_then_file(const void *a, const void *b) {
  const dseg_combined_member *x = a;
  const dseg_combined_member *y = b;
  const int order = compare_numbers(a, b);
  return order != 0 ? order : (x->source > y->source) - (x->source < y->source);
}

static int compare_file_then_segment(const void *a, const void *b) {
  const dseg_combined_member *x = a;
  const dseg_combined_member *y = b;
  if (x->source != y->source) {
    return x->source < y->source ? -1 : 1;
  }
  return (x->segment > y->segment) - (x->segment < y->segment);
}

/* Gives numbers, and sorts by them. Those that collide come last, in the order of files. */
static dseg_status number_members(dseg_combined_member *members, size_t count, dseg_error *error) {
  qsort(members, count, sizeof *members, compare_number_then_file);
  uint64_t next = count != 0 ? (uint64_t)members[count - 1].number + 1 : 1;
  size_t kept = 0;
  dseg_combined_member *colliding = calloc(count + 1, sizeof *colliding);
  if (colliding == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", count);
  }
  size_t collisions = 0;
  for (size_t i = 0; i < count; i++) {
    if (members[i].number == 0 || (kept > 0 && members[i].number == members[kept - 1].number)) {
      colliding[collisions++] = members[i];
    } else {
      members[kept++] = members[i];
    }
  }
  qsort(colliding, collisions, sizeof *colliding, compare_file_then_segment);
  for (size_t i = 0; i < collisions; i++) {
    colliding[i].number = (uint32_t)next++;
    members[kept++] = colliding[i];
  }
  free(colliding);
  if (next - 1 > UINT32_MAX) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "no number is left for %zu segments whose numbers collide", collisions);
  }
  return DSEG_OK;
}

/* The tables of the whole, with members in the order of files. */
static dseg_status allocate_tables(dseg_combined *combined, dseg_source **sources, size_t count, size_t *segment_total,
                                   dseg_error *error) {
  combined->sources = calloc(count, sizeof(dseg_source *));
  combined->first_index_of = calloc(count, sizeof *combined->first_index_of);
  if (combined->sources == NULL || combined->first_index_of == NULL) {
    (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu sources", count);
    return DSEG_ERROR_MEMORY;
  }
  combined->source_count = count;
  size_t total = 0;
  for (size_t i = 0; i < count; i++) {
    combined->sources[i] = sources[i];
    combined->first_index_of[i] = total;
    total += sources[i]->description->segment_count;
  }
  if (total > INT32_MAX) {
    (void)dseg_fail(error, DSEG_ERROR_LIMIT, "%zu segments in %zu files", total, count);
    return DSEG_ERROR_LIMIT;
  }
  combined->members = calloc(total + 1, sizeof *combined->members);
  combined->index_of = calloc(total + 1, sizeof *combined->index_of);
  if (combined->members == NULL || combined->index_of == NULL) {
    (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", total);
    return DSEG_ERROR_MEMORY;
  }
  for (size_t source = 0; source < count; source++) {
    const dseg_description *description = sources[source]->description;
    for (size_t i = 0; i < description->segment_count; i++) {
      combined->members[combined->first_index_of[source] + i] =
          (dseg_combined_member){(uint32_t)source, (uint32_t)i, description->segments[i].number};
    }
  }
  *segment_total = total;
  return DSEG_OK;
}

/* What the objects among the sources say alike; volumes say nothing, and contradict nobody. */
static dseg_status agree(const dseg_combined *combined, dseg_description *whole, dseg_error *error) {
  size_t first = 0;
  while (first + 1 < combined->source_count && !combined->sources[first]->description->identity.is_known) {
    first++;
  }
  const dseg_description *object = combined->sources[first]->description;
  whole->attributes = object->attributes;
  whole->dropped = object->dropped;
  whole->dropped_count = object->dropped_count;
  whole->shared_attributes = object->shared_attributes;
  whole->frames = object->frames;
  whole->frame_count = object->frame_count;
  DSEG_TRY(dseg_description_drop_frames(whole, error)); /* segments have other indices */
  for (size_t i = first + 1; i < combined->source_count; i++) {
    if (combined->sources[i]->description->identity.is_known) {
      DSEG_TRY(dseg_description_agree(whole, combined->sources[i]->description, error));
    }
  }
  return DSEG_OK;
}

/* The description of the whole. It borrows text and arrays from those of the sources, which live as long. */
static dseg_status describe(dseg_combined *combined, size_t segment_total, size_t patient, size_t frame_of_reference,
                            dseg_error *error) {
  dseg_description *whole = dseg_description_create();
  combined->base.description = whole;
  if (whole == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a description");
  }
  const dseg_source *first = combined->sources[0];
  void *arena = whole->arena;
  *whole = *first->description;
  whole->arena = arena;
  whole->instances = NULL; /* numbers of several files are not told apart */
  whole->identity = combined->sources[patient]->description->identity;
  whole->context = combined->sources[patient]->description->context;
  const dseg_description *space = combined->sources[frame_of_reference]->description;
  whole->geometry.frame_of_reference_uid = space->geometry.frame_of_reference_uid;
  whole->identity.frame_of_reference_made = space->identity.frame_of_reference_made;
  whole->has_background = true;
  whole->background = 0;
  whole->kind = holds_fractions(first) ? first->description->kind : DSEG_VOXELS_MASKS;
  whole->segment_count = segment_total;
  whole->segments = dseg_description_alloc(whole, (segment_total + 1) * sizeof *whole->segments);
  dseg_segment_origin *origins = dseg_description_alloc(whole, (segment_total + 1) * sizeof *origins);
  if (whole->segments == NULL || origins == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", segment_total);
  }
  for (size_t i = 0; i < segment_total; i++) {
    const dseg_combined_member *member = &combined->members[i];
    const dseg_segment *segment = &combined->sources[member->source]->description->segments[member->segment];
    whole->segments[i] = *segment;
    whole->segments[i].number = member->number;
    origins[i] = (dseg_segment_origin){member->source, segment->number};
    combined->index_of[combined->first_index_of[member->source] + member->segment] = (uint32_t)i;
  }
  combined->base.origins = origins;
  DSEG_TRY(dseg_merge_references(combined->sources, combined->source_count, whole, error));
  return agree(combined, whole, error);
}

static void warn_of_instances(dseg_source *const *sources, size_t count, const dseg_open_options *options) {
  size_t with_instances = 0;
  for (size_t i = 0; i < count; i++) {
    with_instances += sources[i]->description->instances != NULL ? 1 : 0;
  }
  if (DSEG_HAVE_INSTANCES && with_instances > 0) {
    dseg_warn(&options->warnings, "%zu of %zu files have instances; opened together they have their classes alone",
              with_instances, count);
  }
}

dseg_status dseg_combine_sources(dseg_source **sources, size_t count, const dseg_open_options *options,
                                 dseg_source **source, dseg_error *error) {
  size_t patient = 0;
  size_t frame_of_reference = 0;
  DSEG_TRY(dseg_check_sources(sources, count, options, &patient, &frame_of_reference, error));
  for (size_t i = 1; i < count; i++) {
    DSEG_TRY(check_kinds(sources[0], sources[i], error));
  }
  DSEG_TRY(dseg_share_raster(sources, count, options, error));
  dseg_combined *combined = calloc(1, sizeof *combined);
  if (combined == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu sources", count);
  }
  combined->base.ops = &dseg_combined_ops;
  combined->base.format = sources[0]->format;
  size_t segment_total = 0;
  dseg_status status = allocate_tables(combined, sources, count, &segment_total, error);
  if (status == DSEG_OK) {
    status = number_members(combined->members, segment_total, error);
  }
  if (status == DSEG_OK) {
    status = describe(combined, segment_total, patient, frame_of_reference, error);
  }
  if (status != DSEG_OK) {
    dseg_description_destroy(combined->base.description);
    dseg_combined_free(combined);
    return status;
  }
  for (size_t i = 0; i < count; i++) {
    combined->base.held += sources[i]->held;
  }
  warn_of_instances(sources, count, options);
  *source = &combined->base;
  return DSEG_OK;
}
