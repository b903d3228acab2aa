/* SPDX-License-Identifier: Apache-2.0 */
/* frame_set.c - frames for the frame-codec benchmark, see frame_set.h. */
#include "frame_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"

enum { SYNTHETIC_FRAMES = 64, SYNTHETIC_SIDE = 512, NOISE_LABELS = 100 };

/* Frames as a representation puts them: plane by plane, which is the order of objects, too. */
struct collection {
  struct frame_set *set;
  size_t capacity;
};

static void set_format(struct frame_set *set, uint32_t rows, uint32_t columns, dseg_pixel_format format) {
  set->format = (dseg_frame_info){
      .rows = rows, .columns = columns, .bits_allocated = format.bits_allocated, .palette_color = format.palette_color};
  set->frame_bytes = dseg_frame_bytes(&set->format);
}

static dseg_status grow(struct collection *collection, size_t capacity, dseg_error *error) {
  struct frame_set *set = collection->set;
  uint8_t *frames = malloc(capacity * set->frame_bytes);
  if (frames == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu frames", capacity);
  }
  if (set->count != 0) {
    memcpy(frames, set->frames, set->count * set->frame_bytes);
  }
  free(set->frames);
  set->frames = frames;
  collection->capacity = capacity;
  return DSEG_OK;
}

static dseg_status put_frame(void *user, int32_t segment, dseg_view frame, dseg_error *error) {
  (void)segment;
  struct collection *collection = user;
  struct frame_set *set = collection->set;
  if (set->count == collection->capacity) {
    DSEG_TRY(grow(collection, collection->capacity == 0 ? 256 : 2 * collection->capacity, error));
  }
  memcpy(set->frames + set->count * set->frame_bytes, frame.data, set->frame_bytes);
  set->count++;
  return DSEG_OK;
}

/* Reads plane by plane, with the numbers that description has, and lets the representation make frames. */
static dseg_status make_frames(dseg_source *source, const dseg_representation *representation,
                               const dseg_description *description, struct collection *collection, dseg_error *error) {
  const dseg_geometry *geometry = &description->geometry;
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  uint32_t *labels = malloc(pixels * sizeof *labels);
  uint32_t *values = calloc(description->segment_count + 1, sizeof *values);
  dseg_buffer scratch = {0};
  dseg_write_context context = {.description = description,
                                .format = {.bits_allocated = collection->set->format.bits_allocated,
                                           .palette_color = collection->set->format.palette_color},
                                .rows = geometry->rows,
                                .columns = geometry->columns,
                                .scratch = &scratch};
  const dseg_frame_sink sink = {put_frame, collection};
  dseg_status status =
      labels != NULL && values != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  for (size_t i = 0; status == DSEG_OK && i < description->segment_count; i++) {
    values[i] = description->segments[i].number;
  }
  for (size_t plane = 0; status == DSEG_OK && plane < geometry->plane_count; plane++) {
    const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                        .first_plane = plane,
                                        .plane_count = 1,
                                        .bits = 32,
                                        .values = values,
                                        .background = description->background,
                                        .overlap = DSEG_OVERLAP_LAST};
    status = dseg_source_read_labels(source, &request, labels, pixels * sizeof *labels, NULL, error);
    if (status == DSEG_OK) {
      status = representation->put_labels(&context, labels, 32, &sink, error);
    }
  }
  dseg_buffer_free(&scratch);
  free(values);
  free(labels);
  return status;
}

static dseg_status load(dseg_source *source, const dseg_representation *representation, struct frame_set *set,
                        dseg_error *error) {
  dseg_description *description = NULL;
  DSEG_TRY(dseg_description_copy(dseg_source_description(source), &description, error));
  if ((representation->flags & DSEG_PLUGIN_SEGMENT_FRAMES) != 0) {
    dseg_description_renumber(description);
  }
  description->kind = DSEG_VOXELS_LABELS;
  dseg_pixel_format format = {0};
  struct collection collection = {.set = set};
  dseg_status status = representation->choose_format(description, NULL, 0, &format, error);
  if (status == DSEG_OK) {
    set_format(set, description->geometry.rows, description->geometry.columns, format);
    status = make_frames(source, representation, description, &collection, error);
  }
  if (status == DSEG_OK && set->count == 0) {
    status = dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "no voxel belongs to a segment");
  }
  dseg_description_destroy(description);
  return status;
}

dseg_status frame_set_load(const char *path, const dseg_representation *representation, struct frame_set *set,
                           dseg_error *error) {
  *set = (struct frame_set){0};
  const char *slash = strrchr(path, '/');
  (void)snprintf(set->name, sizeof set->name, "%s", slash != NULL ? slash + 1 : path);
  (void)snprintf(set->kind, sizeof set->kind, "%s", representation->name);
  dseg_source *source = NULL;
  DSEG_TRY(dseg_open(path, NULL, &source, error));
  const dseg_status status = load(source, representation, set, error);
  dseg_source_close(source);
  if (status != DSEG_OK) {
    frame_set_free(set);
  }
  return status;
}

static void fill_noise(struct frame_set *set) {
  uint64_t state = 1;
  for (size_t i = 0; i < set->count * set->frame_bytes; i++) {
    const size_t random = bench_random(&state);
    if (set->format.bits_allocated == 1) {
      set->frames[i] = (uint8_t)random;
    } else if (set->format.bits_allocated == 8 || i % 2 == 0) {
      set->frames[i] = (uint8_t)(random % NOISE_LABELS);
    }
  }
}

dseg_status frame_set_synthetic(const char *name, unsigned bits, struct frame_set *set, dseg_error *error) {
  *set = (struct frame_set){.count = SYNTHETIC_FRAMES};
  (void)snprintf(set->name, sizeof set->name, "%s", name);
  (void)snprintf(set->kind, sizeof set->kind, "%s", bits == 1 ? "binary" : "labelmap");
  set_format(set, SYNTHETIC_SIDE, SYNTHETIC_SIDE, (dseg_pixel_format){.bits_allocated = bits});
  set->frames = malloc(set->count * set->frame_bytes);
  if (set->frames == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  memset(set->frames, 0, set->count * set->frame_bytes);
  if (strcmp(name, "noise") == 0) {
    fill_noise(set);
  }
  return DSEG_OK;
}

void frame_set_as_one(const struct frame_set *set, struct frame_set *one) {
  *one = *set;
  one->format.rows = (uint32_t)(set->format.rows * set->count);
  one->count = 1;
  one->frame_bytes = set->frame_bytes * set->count;
}

void frame_set_free(struct frame_set *set) {
  free(set->frames);
  *set = (struct frame_set){0};
}
