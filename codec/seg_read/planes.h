/* SPDX-License-Identifier: Apache-2.0 */
/* planes.h - makes planes of the places that frames name. */
#ifndef DSEG_SEG_READ_PLANES_H
#define DSEG_SEG_READ_PLANES_H

#include "base/slots.h"
#include "dseg/description.h"

/* The places that frames name, each once. Start with {0}, or {.tiles = true}. */
typedef struct dseg_places {
  bool tiles; /* matrix_row and matrix_column alone tell places apart, else all but source does */
  dseg_plane_position *items;
  size_t count, capacity;
  dseg_slots slots; /* of items, by place */
} dseg_places;

/* Adds a place, or finds it. One without a source gets that of place. */
dseg_status dseg_places_add(dseg_places *places, const dseg_plane_position *place, uint32_t *index, dseg_error *error);
void dseg_places_free(dseg_places *places);

/* The distance along the normal of a stack. */
double dseg_along_normal(const double orientation[6], const double position[3]);

/* Orders places along the normal of geometry->orientation, those within tolerance (mm) becoming one plane, and
 * sets geometry->planes. plane_of_place: places->count numbers. DSEG_ERROR_UNSUPPORTED when places at one
 * distance lie apart within the plane. */
dseg_status dseg_order_stack(const dseg_places *places, double tolerance, bool descending,
                             dseg_description *description, uint32_t *plane_of_place, dseg_error *error);

/* Orders places by row, then by column of the total pixel matrix. */
dseg_status dseg_order_tiles(const dseg_places *places, dseg_description *description, uint32_t *plane_of_place,
                             dseg_error *error);

#endif
