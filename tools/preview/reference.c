/* SPDX-License-Identifier: Apache-2.0 */
/* reference.c - draws source images below the segments: each pixel of a cell has the value of the nearest pixel of the
 * nearest image. Images are read one after the other. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/environment.h"
#include "cli/images.h"
#include "preview/image.h"
#include "preview/preview.h"

#define DEFLATED "1.2.840.10008.1.2.1.99"
#define BIG_ENDIAN "1.2.840.10008.1.2.2"

/* The run through the images. */
typedef struct reader {
  preview_job *job;
  const dseg_references *wanted;
  const char **uids;                   /* of these, sorted */
  double reach;                        /* mm from an image to pixels that it may give their values; 0: not known yet */
  float *distances[PREVIEW_MAX_CELLS]; /* of each pixel's value so far */
  bool has_window;
  size_t count; /* of images drawn */
} reader;

static int compare_uids(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_numbers(const void *a, const void *b) {
  const double one = *(const double *)a;
  const double two = *(const double *)b;
  return one < two ? -1 : one > two;
}

static double dot(const double a[3], const double b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* Half of the usual distance between images. */
static dseg_status find_reach(reader *to, const preview_image *first, double thickness, dseg_error *error) {
  double *places = malloc((to->wanted->count + 1) * sizeof *places);
  if (places == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the places of images");
  }
  size_t count = 0;
  for (size_t i = 0; i < to->wanted->count; i++) {
    if (to->wanted->instances[i].has_position) {
      places[count++] = dot(to->wanted->instances[i].position, first->normal);
    }
  }
  qsort(places, count, sizeof *places, compare_numbers);
  size_t gaps = 0;
  for (size_t i = 1; i < count; i++) {
    const double gap = places[i] - places[i - 1];
    if (gap > 1e-3) {
      places[gaps++] = gap;
    }
  }
  qsort(places, gaps, sizeof *places, compare_numbers);
  to->reach = 0.501 * (gaps > 0 ? places[gaps / 2] : thickness > 0 ? thickness : 1.0);
  free(places);
  return DSEG_OK;
}

/* Gives the pixels of a row of a cell the image's values, where it is nearer than those before. */
static void sample_row(const preview_image *from, const preview_cell *cell, uint32_t y, float reach, float *distances) {
  double place[3];
  for (int i = 0; i < 3; i++) {
    place[i] = cell->corner[i] + y * cell->down[i] - from->position[i];
  }
  const double start = dot(place, from->normal);
  const double step = dot(cell->right, from->normal);
  const double end = start + step * (cell->width - 1.0);
  if ((start > reach && end > reach) || (start < -reach && end < -reach)) {
    return;
  }
  const double column = dot(place, from->orientation) / from->spacing[1] + 0.5;
  const double row = dot(place, from->orientation + 3) / from->spacing[0] + 0.5;
  const double column_step = dot(cell->right, from->orientation) / from->spacing[1];
  const double row_step = dot(cell->right, from->orientation + 3) / from->spacing[0];
  for (uint32_t x = 0; x < cell->width; x++) {
    const size_t at = (size_t)y * cell->width + x;
    const float distance = (float)fabs(start + x * step);
    const double i = floor(column + x * column_step);
    const double j = floor(row + x * row_step);
    if (distance <= reach && distance < distances[at] && i >= 0 && j >= 0 && i < from->columns && j < from->rows) {
      distances[at] = distance;
      cell->greys[at] = preview_image_value(from, (size_t)j * from->columns + (size_t)i);
    }
  }
}

static void sample(const reader *to, const preview_image *from) {
  for (size_t i = 0; i < to->job->cell_count; i++) {
    const preview_cell *cell = &to->job->cells[i];
    for (uint32_t y = 0; cell->greys != NULL && y < cell->height; y++) {
      sample_row(from, cell, y, (float)to->reach, to->distances[i]);
    }
  }
}

/* Window Center and Width of the first image that has them (PS3.3 C.11.2.1.2). */
static void take_window(reader *to, const dseg_data_set *set, const preview_image *from) {
  double center = 0;
  double width = 0;
  if (!to->has_window && dseg_data_set_get_decimals(set, 0x00281050, &center, 1) &&
      dseg_data_set_get_decimals(set, 0x00281051, &width, 1) && width > 1) {
    center = from->is_inverted ? -center : center;
    to->has_window = true;
    to->job->black = (float)(center - width / 2);
    to->job->white = (float)(center + width / 2);
  }
}

static bool is_wanted(const reader *to, const dseg_data_set *set) {
  dseg_view text = {NULL, 0};
  char uid[65];
  const char *key = uid;
  if (!dseg_data_set_get_text(set, 0x00080018, SIZE_MAX, &text) || text.size >= sizeof uid) {
    return false;
  }
  memcpy(uid, text.data, text.size);
  uid[text.size] = '\0';
  return bsearch(&key, to->uids, to->wanted->count, sizeof *to->uids, compare_uids) != NULL;
}

static dseg_status draw_image(reader *to, const dseg_data_set *set, const char *syntax, dseg_error *error) {
  preview_image one;
  double thickness = 0;
  DSEG_TRY(preview_image_read(set, syntax, &one, error));
  (void)dseg_data_set_get_decimals(set, 0x00180050, &thickness, 1);
  const dseg_status status = to->reach > 0 ? DSEG_OK : find_reach(to, &one, thickness, error);
  if (status == DSEG_OK) {
    take_window(to, set, &one);
    sample(to, &one);
    to->count++;
  }
  preview_image_free(&one);
  return status;
}

/* What is no image that the segmentation is matched to is passed over. */
static dseg_status draw_bytes(reader *to, dseg_view bytes, dseg_error *error) {
  size_t start = 0;
  char syntax[65];
  if (!cli_read_meta(bytes, &start, syntax)) {
    return DSEG_OK;
  }
  if (strcmp(syntax, DEFLATED) == 0 || strcmp(syntax, BIG_ENDIAN) == 0) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "its data set is %s, which cannot be drawn",
                     strcmp(syntax, DEFLATED) == 0 ? "deflated (PS3.5 A.5)" : "big-endian");
  }
  const bool implicit = strcmp(syntax, PREVIEW_IMPLICIT_VR) == 0;
  dseg_data_set *set = NULL;
  DSEG_TRY(dseg_data_set_create(&set, error));
  dseg_status status = dseg_data_set_read(set, (dseg_view){bytes.data + start, bytes.size - start},
                                          implicit ? DSEG_IMPLICIT_VR : DSEG_EXPLICIT_VR, error);
  if (status == DSEG_OK && is_wanted(to, set)) {
    status = draw_image(to, set, syntax, error);
  }
  dseg_data_set_destroy(set);
  return status;
}

static int draw_file(void *user, const char *path) {
  reader *to = user;
  dseg_buffer bytes = {0};
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = cli_read_file(path, &bytes, &error);
  if (status == DSEG_OK) {
    status = draw_bytes(to, (dseg_view){bytes.data, bytes.size}, &error);
  }
  dseg_buffer_free(&bytes);
  return status == DSEG_OK ? CLI_OK : cli_fail(path, status, &error);
}

/* Without a window: all values that are seen. */
static void find_window(preview_job *job) {
  job->black = INFINITY;
  job->white = -INFINITY;
  for (size_t i = 0; i < job->cell_count; i++) {
    const preview_cell *cell = &job->cells[i];
    for (size_t j = 0; cell->greys != NULL && j < (size_t)cell->width * cell->height; j++) {
      job->black = fminf(job->black, cell->greys[j]);
      job->white = fmaxf(job->white, cell->greys[j]);
    }
  }
  job->white = job->white > job->black ? job->white : job->black + 1;
}

static bool allocate(reader *to) {
  bool good = true;
  to->uids = malloc((to->wanted->count + 1) * sizeof *to->uids);
  for (size_t i = 0; i < to->job->cell_count; i++) {
    preview_cell *cell = &to->job->cells[i];
    const size_t pixels = (size_t)cell->width * cell->height;
    if (cell->shades != NULL || !cell->has_place) {
      continue;
    }
    cell->greys = malloc(pixels * sizeof *cell->greys);
    to->distances[i] = malloc(pixels * sizeof **to->distances);
    good = good && cell->greys != NULL && to->distances[i] != NULL;
    for (size_t j = 0; good && j < pixels; j++) {
      cell->greys[j] = NAN;
      to->distances[i][j] = INFINITY;
    }
  }
  return good && to->uids != NULL;
}

/* An exit code after a message. */
static int draw_all(reader *to) {
  preview_job *job = to->job;
  int code = CLI_OK;
  if (!allocate(to)) {
    cli_error(job->input, "out of memory for the images");
    return CLI_INPUT;
  }
  for (size_t i = 0; i < to->wanted->count; i++) {
    to->uids[i] = to->wanted->instances[i].sop_instance_uid;
  }
  qsort(to->uids, to->wanted->count, sizeof *to->uids, compare_uids);
  for (size_t i = 0; code == CLI_OK && i < job->reference_count; i++) {
    code = cli_walk(job->references[i], draw_file, to);
  }
  if (code == CLI_OK && to->count == 0) {
    cli_error(job->references[0], "--reference: there is no image of the segmentation's planes");
    code = CLI_INPUT;
  }
  if (code == CLI_OK && !to->has_window) {
    find_window(job);
  }
  return code;
}

int preview_read_images(preview_job *job) {
  cli_warnings warnings = {.file = job->input};
  const dseg_reference_options options = {.struct_size = sizeof options,
                                          .warnings = cli_warning_sink(&warnings),
                                          .temporary_directory = cli_temporary_directory(),
                                          .name = job->input};
  dseg_description *matched = NULL;
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = dseg_description_copy(job->description, &matched, &error);
  if (status == DSEG_OK) { /* are they this patient's, and which of them are parallel to the planes? */
    status = dseg_description_add_reference(matched, job->references, job->reference_count, &options, &error);
  }
  cli_warnings_end(&warnings);
  int code = CLI_OK;
  if (status == DSEG_OK) {
    reader to = {.job = job, .wanted = &matched->references};
    code = draw_all(&to);
    free(to.uids);
    for (size_t i = 0; i < job->cell_count; i++) {
      free(to.distances[i]);
    }
  } else {
    code = cli_fail(job->input, status, &error);
  }
  dseg_description_destroy(matched);
  return code;
}
