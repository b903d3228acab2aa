/* SPDX-License-Identifier: Apache-2.0 */
/* images.c - the images that objects refer to: see images.h. */
#include "review/images.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/images.h"
#include "dseg/writer.h"

/* A series of images; numbers are those of texts. */
typedef struct image_series {
  uint32_t patient, frame_of_reference;
  uint32_t rows, columns;
  double spacing[2]; /* between rows, between columns, mm */
  double orientation[6];
  double distance; /* between planes, mm; 0: unknown */
  bool placed;     /* its images have positions in a patient */
} image_series;

/* An image, by its SOP Instance UID and frame. */
typedef struct image_place {
  uint32_t series;
  bool placed;
  double position[3];
} image_place;

struct review_images {
  review_table texts;
  review_table series;
  review_table images;
  size_t others;
  review_memory *memory;
  dseg_error *error; /* of the walk that reads */
  dseg_status status;
};

dseg_view review_patient(const dseg_identity *identity, char text[REVIEW_PATIENT_ROOM]) {
  const char *issuer = identity->issuer != NULL ? identity->issuer : identity->issuer_entity;
  text[0] = '\0';
  if (identity->patient_id != NULL) {
    (void)snprintf(text, REVIEW_PATIENT_ROOM, issuer != NULL ? "%s (issuer %s)" : "%s", identity->patient_id, issuer);
  }
  return review_view(text);
}

/* The key of an image or one of its frames. */
static dseg_view image_key(const char *instance, uint32_t frame, char text[96]) {
  (void)snprintf(text, 96, frame != 0 ? "%.70s/%u" : "%.70s", instance, (unsigned)frame);
  return review_view(text);
}

static dseg_status put_text(review_images *images, dseg_view text, uint32_t *number, dseg_error *error) {
  *number = REVIEW_NONE;
  return text.size > 0 ? review_table_put(&images->texts, text, number, images->memory, error) : DSEG_OK;
}

static dseg_status put_series(review_images *images, const dseg_description *image, uint32_t *number,
                              dseg_error *error) {
  const dseg_geometry *geometry = &image->geometry;
  const size_t before = review_table_count(&images->series);
  char patient[REVIEW_PATIENT_ROOM];
  DSEG_TRY(review_table_put(&images->series, review_view(image->references.instances[0].series_uid), number,
                            images->memory, error));
  if (review_table_count(&images->series) == before) {
    return DSEG_OK;
  }
  image_series series = {
      .rows = geometry->rows,
      .columns = geometry->columns,
      .spacing = {geometry->pixel_spacing[0], geometry->pixel_spacing[1]},
      .distance = geometry->spacing_between_slices > 0 ? geometry->spacing_between_slices : geometry->slice_thickness,
      .placed = geometry->space == DSEG_SPACE_PATIENT};
  for (size_t i = 0; i < 6; i++) {
    series.orientation[i] = geometry->orientation[i];
  }
  DSEG_TRY(put_text(images, review_patient(&image->identity, patient), &series.patient, error));
  DSEG_TRY(put_text(images, review_view(geometry->frame_of_reference_uid), &series.frame_of_reference, error));
  *(image_series *)review_table_item(&images->series, *number) = series;
  return DSEG_OK;
}

/* What one file says of itself. */
static dseg_status put_image(review_images *images, const dseg_description *image, dseg_error *error) {
  const dseg_geometry *geometry = &image->geometry;
  uint32_t series;
  DSEG_TRY(put_series(images, image, &series, error));
  for (size_t i = 0; i < geometry->plane_count; i++) {
    const dseg_plane_position *plane = &geometry->planes[i];
    const size_t last =
        plane->source < 0 ? 0 : (size_t)plane->source + (plane->source_count > 0 ? plane->source_count : 1);
    for (size_t k = plane->source < 0 ? 0 : (size_t)plane->source; k < last && k < image->references.count; k++) {
      const dseg_instance_reference *instance = &image->references.instances[k];
      char key[96];
      uint32_t number;
      DSEG_TRY(review_table_put(&images->images, image_key(instance->sop_instance_uid, instance->frame, key), &number,
                                images->memory, error));
      *(image_place *)review_table_item(&images->images, number) =
          (image_place){.series = series,
                        .placed = geometry->space == DSEG_SPACE_PATIENT,
                        .position = {plane->position[0], plane->position[1], plane->position[2]}};
    }
  }
  return DSEG_OK;
}

static int visit_file(void *user, const char *path) {
  review_images *images = user;
  dseg_error refusal;
  dseg_description *image = dseg_description_create();
  if (image == NULL) {
    images->status = dseg_fail(images->error, DSEG_ERROR_MEMORY, "out of memory for an image");
    return CLI_INPUT;
  }
  const dseg_status status = dseg_description_add_reference(image, &path, 1, NULL, &refusal);
  if (status == DSEG_ERROR_MEMORY) {
    images->status = dseg_fail(images->error, status, "%s", refusal.message);
  } else if (status != DSEG_OK || image->references.count == 0 || image->references.instances[0].series_uid == NULL) {
    images->others++;
  } else {
    images->status = put_image(images, image, images->error);
  }
  dseg_description_destroy(image);
  return images->status == DSEG_OK ? CLI_OK : CLI_INPUT;
}

dseg_status review_images_read(const char *const *paths, size_t count, review_memory *memory, review_images **images,
                               dseg_error *error) {
  *images = NULL;
  review_images *made = calloc(1, sizeof *made);
  if (made == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the images of a review");
  }
  made->series.items.size = sizeof(image_series);
  made->images.items.size = sizeof(image_place);
  made->memory = memory;
  made->error = error;
  for (size_t i = 0; made->status == DSEG_OK && i < count; i++) {
    if (cli_walk(paths[i], visit_file, made) != CLI_OK && made->status == DSEG_OK) {
      made->status = dseg_fail(error, DSEG_ERROR_INPUT, "%s: the images there cannot be read", paths[i]);
    }
  }
  made->error = NULL;
  if (made->status != DSEG_OK) {
    const dseg_status status = made->status;
    review_images_free(made);
    return status;
  }
  *images = made;
  return DSEG_OK;
}

void review_images_free(review_images *images) {
  if (images != NULL) {
    review_table_free(&images->texts);
    review_table_free(&images->series);
    review_table_free(&images->images);
    free(images);
  }
}

size_t review_images_count(const review_images *images) {
  return images != NULL ? review_table_count(&images->images) : 0;
}

size_t review_images_others(const review_images *images) {
  return images != NULL ? images->others : 0;
}

static void find_normal(const double orientation[6], double normal[3]) {
  const double *row = orientation;
  const double *column = orientation + 3;
  normal[0] = row[1] * column[2] - row[2] * column[1];
  normal[1] = row[2] * column[0] - row[0] * column[2];
  normal[2] = row[0] * column[1] - row[1] * column[0];
}

static double dot(const double a[3], const double b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static bool is_near(double a, double b) {
  return fabs(a - b) <= 1e-3 * (fabs(a) + fabs(b)) / 2;
}

static void compare_identity(const review_images *images, const image_series *series, const char *series_uid,
                             const dseg_description *description, dseg_view patient, review_comparison *comparison) {
  const char *frame =
      description->identity.frame_of_reference_made ? NULL : description->geometry.frame_of_reference_uid;
  if (patient.size > 0 && series->patient != REVIEW_NONE &&
      review_table_find(&images->texts, patient) != series->patient) {
    (void)snprintf(comparison->patient, sizeof comparison->patient,
                   "the object's patient is %.80s, that of the images of series %.64s is %.80s",
                   (const char *)patient.data, series_uid, review_table_string(&images->texts, series->patient));
  }
  if (frame != NULL && series->frame_of_reference != REVIEW_NONE &&
      review_table_find(&images->texts, review_view(frame)) != series->frame_of_reference) {
    (void)snprintf(comparison->frame_of_reference, sizeof comparison->frame_of_reference,
                   "the object lies in %.64s, the images of series %.64s in %.64s", frame, series_uid,
                   review_table_string(&images->texts, series->frame_of_reference));
  }
}

/* Whether the object's planes are parallel to the images of the series; notes what of the raster differs. */
static bool compare_raster(const image_series *series, const char *series_uid, const dseg_geometry *geometry,
                           review_comparison *comparison) {
  double own[3];
  double theirs[3];
  find_normal(geometry->orientation, own);
  find_normal(series->orientation, theirs);
  const bool parallel = fabs(dot(own, theirs)) > 1 - 1e-4;
  const bool same = geometry->rows == series->rows && geometry->columns == series->columns &&
                    is_near(geometry->pixel_spacing[0], series->spacing[0]) &&
                    is_near(geometry->pixel_spacing[1], series->spacing[1]);
  if (!parallel) {
    (void)snprintf(comparison->raster, sizeof comparison->raster,
                   "its planes are not parallel to the images of series %.64s", series_uid);
  } else if (!same) {
    (void)snprintf(comparison->raster, sizeof comparison->raster,
                   "%ux%u pixels of %g x %g mm, the images of series %.64s %ux%u of %g x %g mm",
                   (unsigned)geometry->columns, (unsigned)geometry->rows, geometry->pixel_spacing[1],
                   geometry->pixel_spacing[0], series_uid, (unsigned)series->columns, (unsigned)series->rows,
                   series->spacing[1], series->spacing[0]);
  }
  return parallel;
}

/* Whether a plane lies on an image that it was drawn on, within 5 % of the distance between images. */
static void compare_plane(const image_place *image, const image_series *series, const dseg_geometry *geometry,
                          const dseg_plane_position *plane, bool *off, review_comparison *comparison) {
  double normal[3];
  find_normal(geometry->orientation, normal);
  const double difference[3] = {plane->position[0] - image->position[0], plane->position[1] - image->position[1],
                                plane->position[2] - image->position[2]};
  const double distance = fabs(dot(normal, difference));
  const double tolerance = series->distance > 0 ? 0.05 * series->distance : 0.05;
  if (distance > tolerance || !(distance == distance)) {
    *off = true;
    comparison->distance = distance > comparison->distance ? distance : comparison->distance;
  }
}

/* The image that an object refers to; NULL: it was not read. */
static const image_place *find_image(const review_images *images, const dseg_instance_reference *reference) {
  char key[96];
  uint32_t number = REVIEW_NONE;
  if (images != NULL && reference->sop_instance_uid != NULL) {
    number = review_table_find(&images->images, image_key(reference->sop_instance_uid, reference->frame, key));
  }
  return number != REVIEW_NONE ? review_table_item(&images->images, number) : NULL;
}

static void compare_planes(const review_images *images, const dseg_description *description,
                           review_comparison *comparison) {
  const dseg_geometry *geometry = &description->geometry;
  for (size_t i = 0; i < geometry->plane_count; i++) {
    const dseg_plane_position *plane = &geometry->planes[i];
    const size_t first = plane->source < 0 ? 0 : (size_t)plane->source;
    const size_t count = plane->source < 0 ? 0 : plane->source_count > 0 ? plane->source_count : 1;
    bool off = false;
    for (size_t k = first; k < first + count && k < description->references.count; k++) {
      const dseg_instance_reference *reference = &description->references.instances[k];
      const image_place *image = find_image(images, reference);
      if (image == NULL || !image->placed) {
        continue;
      }
      const image_series *series = review_table_item(&images->series, image->series);
      if (compare_raster(series, review_table_string(&images->series, image->series), geometry, comparison)) {
        compare_plane(image, series, geometry, plane, &off, comparison);
      }
    }
    comparison->off += off;
  }
}

void review_images_compare(const review_images *images, const dseg_description *description, dseg_view patient,
                           review_comparison *comparison) {
  const dseg_references *references = &description->references;
  *comparison = (review_comparison){.named = 0};
  uint32_t before = REVIEW_NONE;
  for (size_t i = 0; i < references->count; i++) {
    const image_place *image = find_image(images, &references->instances[i]);
    comparison->named += !references->instances[i].former;
    if (image == NULL || references->instances[i].former) {
      continue;
    }
    comparison->compared++;
    if (image->series != before) {
      before = image->series;
      compare_identity(images, review_table_item(&images->series, before), review_table_string(&images->series, before),
                       description, patient, comparison);
    }
  }
  if (comparison->compared > 0 && description->geometry.space == DSEG_SPACE_PATIENT && !references->shared) {
    compare_planes(images, description, comparison);
  }
}
