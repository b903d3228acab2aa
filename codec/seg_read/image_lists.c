/* SPDX-License-Identifier: Apache-2.0 */
/* image_lists.c - several images that one frame was derived from (PS3.3 C.7.6.16.2.6), and the order in which the
 * description has images: those of a plane follow each other. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "seg_read/image_set.h"

#define FIRST_CAPACITY ((size_t)64)
#define NOWHERE UINT32_MAX

static dseg_view members_of(const dseg_image_set *set, const dseg_image_list *list) {
  return (dseg_view){set->members.data + list->first, list->size};
}

static uint32_t member(dseg_view images, size_t index) {
  uint32_t image;
  memcpy(&image, images.data + index * sizeof image, sizeof image);
  return image;
}

/* A list that is looked for. */
struct wanted {
  const dseg_image_set *set;
  dseg_view images;
};

static uint64_t hash(dseg_view images) {
  const uint64_t value = dseg_hash_bytes(images);
  return value ^ value >> 29;
}

static uint64_t hash_list(const void *set, size_t list) {
  return hash(members_of(set, &((const dseg_image_set *)set)->lists[list]));
}

static bool is_wanted(const void *user, size_t list) {
  const struct wanted *wanted = user;
  const dseg_view known = members_of(wanted->set, &wanted->set->lists[list]);
  return known.size == wanted->images.size && memcmp(known.data, wanted->images.data, known.size) == 0;
}

static dseg_status grow(dseg_image_set *set, dseg_error *error) {
  const size_t capacity = set->list_capacity != 0 ? set->list_capacity * 2 : FIRST_CAPACITY;
  dseg_image_list *lists = realloc(set->lists, capacity * sizeof *lists);
  set->lists = lists != NULL ? lists : set->lists;
  if (lists == NULL || !dseg_slots_resize(&set->list_slots, capacity, set->list_count, hash_list, set)) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu lists of source images", capacity);
  }
  set->list_capacity = capacity;
  return DSEG_OK;
}

dseg_status dseg_image_set_add_list(dseg_image_set *set, dseg_view images, uint32_t *list, dseg_error *error) {
  *list = 0;
  if (images.size <= sizeof(uint32_t)) {
    return DSEG_OK;
  }
  if (set->list_count == set->list_capacity) {
    DSEG_TRY(grow(set, error));
  }
  const struct wanted wanted = {set, images};
  uint32_t *slot = dseg_slots_find(&set->list_slots, hash(images), is_wanted, &wanted);
  if (*slot == 0) {
    const dseg_image_list added = {.first = set->members.size, .size = images.size, .place = NOWHERE};
    DSEG_TRY(dseg_buffer_append(&set->members, images.data, images.size, error));
    set->lists[set->list_count++] = added;
    *slot = (uint32_t)set->list_count;
  }
  *list = *slot;
  return DSEG_OK;
}

/* The description's references while they are put in order. */
struct ordering {
  const dseg_image_set *set;
  dseg_instance_reference *out;
  size_t count;
  uint32_t *place; /* of each image of the set in out; NOWHERE: not yet */
  uint32_t *seen;  /* by image: the last list that was looked through, counted from 1; ALONE: some plane has it alone */
};
#define ALONE UINT32_MAX

/* Whether the images of a list, counted from 0, can stand in out themselves: nothing else refers to them. */
static bool are_free(const struct ordering *ordering, size_t list) {
  const dseg_view images = members_of(ordering->set, &ordering->set->lists[list]);
  for (size_t i = 0; i < images.size / sizeof(uint32_t); i++) {
    const uint32_t image = member(images, i);
    if (ordering->place[image] != NOWHERE || ordering->seen[image] == ALONE || ordering->seen[image] == list + 1) {
      return false;
    }
    ordering->seen[image] = (uint32_t)list + 1;
  }
  return true;
}

static void place_list(struct ordering *ordering, size_t number) {
  const dseg_image_set *set = ordering->set;
  dseg_image_list *list = &set->lists[number];
  const dseg_view images = members_of(set, list);
  const bool first = are_free(ordering, number);
  list->place = (uint32_t)ordering->count;
  for (size_t i = 0; i < list->count; i++) {
    const uint32_t image = member(images, i);
    ordering->out[ordering->count] = set->items[image];
    ordering->out[ordering->count].derivation = i == 0 ? list->derivation : (dseg_view){0};
    ordering->out[ordering->count].same_pixels = list->same_pixels;
    if (first || (ordering->place[image] == NOWHERE && ordering->seen[image] != ALONE)) {
      ordering->place[image] = (uint32_t)ordering->count;
    }
    ordering->count++;
  }
}

static void place_all(struct ordering *ordering) {
  const dseg_image_set *set = ordering->set;
  const dseg_geometry *geometry = &set->description->geometry;
  for (size_t i = 0; i < set->count; i++) {
    ordering->place[i] = NOWHERE;
  }
  for (size_t i = 0; i < geometry->plane_count; i++) {
    if (geometry->planes[i].source >= 0 && geometry->planes[i].source_count == 0) {
      ordering->seen[geometry->planes[i].source] = ALONE;
    }
  }
  for (size_t i = 0; i < set->list_count; i++) {
    if (set->lists[i].count > 0) {
      place_list(ordering, i);
    }
  }
  for (size_t i = 0; i < set->count; i++) {
    if (ordering->place[i] == NOWHERE) {
      ordering->place[i] = (uint32_t)ordering->count;
      ordering->out[ordering->count++] = set->items[i];
    }
  }
  for (size_t i = 0; i < geometry->plane_count; i++) {
    dseg_plane_position *plane = &geometry->planes[i];
    const dseg_image_list *list = plane->source_count > 0 ? &set->lists[plane->source_count - 1] : NULL;
    if (plane->source >= 0) {
      plane->source = (int32_t)(list != NULL ? list->place : ordering->place[plane->source]);
      plane->source_count = list != NULL ? list->count : 0;
    }
  }
}

/* Counts the members of the lists that planes have; how many references there will be at most. */
static size_t count_members(const dseg_image_set *set) {
  const dseg_geometry *geometry = &set->description->geometry;
  size_t count = set->count;
  for (size_t i = 0; i < geometry->plane_count; i++) {
    const uint32_t number = geometry->planes[i].source_count;
    dseg_image_list *list = number > 0 ? &set->lists[number - 1] : NULL;
    if (list != NULL && list->count == 0) {
      list->count = (uint32_t)(list->size / sizeof(uint32_t));
      count += list->count;
    }
  }
  return count;
}

dseg_status dseg_image_set_finish(dseg_image_set *set, dseg_error *error) {
  if (set->count == 0) {
    return DSEG_OK;
  }
  const size_t most = count_members(set);
  struct ordering ordering = {.set = set};
  ordering.out = dseg_description_alloc(set->description, most * sizeof *ordering.out);
  ordering.place = calloc(set->count, sizeof *ordering.place);
  ordering.seen = calloc(set->count, sizeof *ordering.seen);
  const bool good = ordering.out != NULL && ordering.place != NULL && ordering.seen != NULL && most <= INT32_MAX;
  if (good) {
    place_all(&ordering);
    set->description->references = (dseg_references){ordering.out, ordering.count, set->shared, set->derivation};
  }
  free(ordering.place);
  free(ordering.seen);
  return good ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu references", most);
}
