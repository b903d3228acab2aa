/* SPDX-License-Identifier: Apache-2.0 */
/* planes.c - frames are placed by position (PS3.3 C.7.6.16.2.3, C.8.12.6.1), never by dimension index: writers
 * disagree about the latter. */
#include "seg_read/planes.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/vector.h"

#define FIRST_CAPACITY ((size_t)256)

/* Every bit of value reaches every bit of the result (the finalizer of MurmurHash3, which is in the public domain):
 * whole millimetres differ in the highest bits of a double only, the slot is made of the lowest. */
static uint64_t mix(uint64_t hash, uint64_t value) {
  hash ^= value;
  hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCDu;
  hash = (hash ^ hash >> 33) * 0xC4CEB9FE1A85EC53u;
  return hash ^ hash >> 33;
}

static uint64_t hash_of(const dseg_plane_position *place, bool tiles) {
  uint64_t hash = mix((uint64_t)place->matrix_column << 32 | place->matrix_row, 1);
  for (size_t i = 0; !tiles && i < 3; i++) {
    const double coordinate = place->position[i] + 0.0; /* -0 and 0 are the same place */
    uint64_t bits;
    memcpy(&bits, &coordinate, sizeof bits);
    hash = mix(hash, bits);
  }
  return hash;
}

static bool same_place(const dseg_plane_position *a, const dseg_plane_position *b, bool tiles) {
  const bool same_position =
      a->position[0] == b->position[0] && a->position[1] == b->position[1] && a->position[2] == b->position[2];
  return (tiles || same_position) && a->matrix_column == b->matrix_column && a->matrix_row == b->matrix_row;
}

static uint64_t hash_item(const void *places, size_t item) {
  const dseg_places *all = places;
  return hash_of(&all->items[item], all->tiles);
}

/* A place that is looked for. */
struct wanted {
  const dseg_places *places;
  const dseg_plane_position *place;
};

static bool is_wanted(const void *user, size_t item) {
  const struct wanted *wanted = user;
  return same_place(&wanted->places->items[item], wanted->place, wanted->places->tiles);
}

static dseg_status grow(dseg_places *places, dseg_error *error) {
  const size_t capacity = places->capacity != 0 ? places->capacity * 2 : FIRST_CAPACITY;
  dseg_plane_position *items = realloc(places->items, capacity * sizeof *items);
  places->items = items != NULL ? items : places->items;
  if (items == NULL || !dseg_slots_resize(&places->slots, capacity, places->count, hash_item, places)) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu positions", capacity);
  }
  places->capacity = capacity;
  return DSEG_OK;
}

dseg_status dseg_places_add(dseg_places *places, const dseg_plane_position *place, uint32_t *index, dseg_error *error) {
  if (places->count == places->capacity) {
    DSEG_TRY(grow(places, error));
  }
  const struct wanted wanted = {places, place};
  uint32_t *slot = dseg_slots_find(&places->slots, hash_of(place, places->tiles), is_wanted, &wanted);
  if (*slot == 0) {
    places->items[places->count++] = *place;
    *slot = (uint32_t)places->count;
  }
  *index = *slot - 1;
  if (places->items[*index].source < 0) {
    places->items[*index].source = place->source;
    places->items[*index].source_count = place->source_count;
  }
  return DSEG_OK;
}

void dseg_places_free(dseg_places *places) {
  free(places->items);
  dseg_slots_free(&places->slots);
  *places = (dseg_places){0};
}

static void normal_of(const double orientation[6], double normal[3]) {
  dseg_cross(orientation, orientation + 3, normal);
  const double length = dseg_length(normal);
  for (size_t i = 0; i < 3; i++) {
    normal[i] = length > 0 ? normal[i] / length : 0;
  }
}

double dseg_along_normal(const double orientation[6], const double position[3]) {
  double normal[3];
  normal_of(orientation, normal);
  return dseg_dot(normal, position);
}

/* A place while it is sorted. */
struct sorted {
  double key, second_key;
  uint32_t place;
};

static int compare(const void *a, const void *b) {
  const struct sorted *x = a;
  const struct sorted *y = b;
  if (x->key != y->key) {
    return x->key < y->key ? -1 : 1;
  }
  if (x->second_key != y->second_key) {
    return x->second_key < y->second_key ? -1 : 1;
  }
  return x->place < y->place ? -1 : x->place > y->place;
}

static dseg_status allocate(size_t count, dseg_description *description, struct sorted **sorted, dseg_error *error) {
  *sorted = malloc((count != 0 ? count : 1) * sizeof **sorted);
  description->geometry.planes = dseg_description_alloc(description, count * sizeof(dseg_plane_position));
  if (*sorted == NULL || description->geometry.planes == NULL) {
    free(*sorted);
    (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", count);
    return DSEG_ERROR_MEMORY;
  }
  return DSEG_OK;
}

/* How far two places at the same distance along the normal lie apart within the plane. */
static double shift_within(const double normal[3], const dseg_plane_position *a, const dseg_plane_position *b) {
  double difference[3];
  double along = 0;
  double square = 0;
  for (size_t i = 0; i < 3; i++) {
    difference[i] = b->position[i] - a->position[i];
    along += difference[i] * normal[i];
  }
  for (size_t i = 0; i < 3; i++) {
    const double part = difference[i] - along * normal[i];
    square += part * part;
  }
  return sqrt(square);
}

dseg_status dseg_order_stack(const dseg_places *places, double tolerance, bool descending,
                             dseg_description *description, uint32_t *plane_of_place, dseg_error *error) {
  dseg_geometry *geometry = &description->geometry;
  double normal[3];
  struct sorted *sorted;
  normal_of(geometry->orientation, normal);
  DSEG_TRY(allocate(places->count, description, &sorted, error));
  for (size_t i = 0; i < places->count; i++) {
    const double along = dseg_along_normal(geometry->orientation, places->items[i].position);
    sorted[i] = (struct sorted){descending ? -along : along, 0, (uint32_t)i};
  }
  qsort(sorted, places->count, sizeof *sorted, compare);
  dseg_status status = DSEG_OK;
  double begin = 0;
  for (size_t i = 0; status == DSEG_OK && i < places->count; i++) {
    const dseg_plane_position *place = &places->items[sorted[i].place];
    if (i == 0 || sorted[i].key - begin > tolerance) {
      begin = sorted[i].key;
      geometry->planes[geometry->plane_count++] = *place;
    }
    dseg_plane_position *plane = &geometry->planes[geometry->plane_count - 1];
    const double shift = shift_within(normal, plane, place);
    if (shift > tolerance) {
      status = dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                         "frames at one distance along the normal are shifted by %g mm within the plane: Image "
                         "Position (Patient) (0020,0032) does not describe one stack (PS3.3 C.7.6.16.2.3)",
                         shift);
    }
    if (plane->source < 0) {
      plane->source = place->source;
      plane->source_count = place->source_count;
    }
    plane_of_place[sorted[i].place] = (uint32_t)(geometry->plane_count - 1);
  }
  free(sorted);
  return status;
}

dseg_status dseg_order_tiles(const dseg_places *places, dseg_description *description, uint32_t *plane_of_place,
                             dseg_error *error) {
  struct sorted *sorted;
  DSEG_TRY(allocate(places->count, description, &sorted, error));
  for (size_t i = 0; i < places->count; i++) {
    const dseg_plane_position *place = &places->items[i];
    sorted[i] = (struct sorted){place->matrix_row, place->matrix_column, (uint32_t)i};
  }
  qsort(sorted, places->count, sizeof *sorted, compare);
  for (size_t i = 0; i < places->count; i++) {
    description->geometry.planes[i] = places->items[sorted[i].place];
    plane_of_place[sorted[i].place] = (uint32_t)i;
  }
  description->geometry.plane_count = places->count;
  free(sorted);
  return DSEG_OK;
}
