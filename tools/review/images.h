/* SPDX-License-Identifier: Apache-2.0 */
/* images.h - the images that objects refer to, as far as a review is given them: whose they are and where they lie. */
#ifndef DSEG_TOOLS_REVIEW_IMAGES_H
#define DSEG_TOOLS_REVIEW_IMAGES_H

#include "dseg/description.h"
#include "review/table.h"

typedef struct review_images review_images;

/* Reads the images in files and below directories; what is none is counted and passed over. DSEG_ERROR_INPUT where a
 * path cannot be read. */
dseg_status review_images_read(const char *const *paths, size_t count, review_memory *memory, review_images **images,
                               dseg_error *error);
void review_images_free(review_images *images); /* NULL ok */

/* How many images, and how many other files, were found. */
size_t review_images_count(const review_images *images);
size_t review_images_others(const review_images *images);

/* What comparing an object with its images found; texts are made where a count is not 0. */
typedef struct review_comparison {
  uint64_t named;    /* images that the object refers to, but those of a former study */
  uint64_t compared; /* of these, the ones that were read */
  uint64_t off;      /* planes that do not lie on an image they were drawn on, by the largest distance: */
  double distance;   /* mm */
  char patient[300], frame_of_reference[300], raster[300]; /* what differs; empty: nothing */
} review_comparison;

/* The description was read with dseg_open_options.keep_context, patient is review_patient's. Any thread may call. */
void review_images_compare(const review_images *images, const dseg_description *description, dseg_view patient,
                           review_comparison *comparison);

/* Room for whose an object is: Patient ID (0010,0020), with its issuer where it has one (PS3.3 C.7.1.1). */
#define REVIEW_PATIENT_ROOM 400u
/* Empty where nobody says it. Returns the view of text. */
dseg_view review_patient(const dseg_identity *identity, char text[REVIEW_PATIENT_ROOM]);

#endif
