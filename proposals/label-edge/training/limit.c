/* SPDX-License-Identifier: Apache-2.0 */
/* limit.c - how few bytes the frames of a label volume could take, by the model of limit_model.h: an estimate, not a
 * codec. It serves evidence.md, "Is 40 % possible?".
 *
 * usage: limit VOLUME [TRAINING-VOLUME...]: prints the volume and, for each of these, the bytes of all frames, each
 * rounded up to an even number; then how many MB/s of pixels the second one gets through:
 * - alone: everything forgotten before each frame,
 * - trained: contexts and weights from the other volumes; what a frame teaches is forgotten before the next,
 * - instance: nothing is forgotten: a bound for tables that are sent once for an image. Frames are not independent. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "instance.h"
#include "label_edge_encode.h"
#include "limit_model.h"

enum { TRAINING_FRAMES = 64 /* of a volume */ };

typedef struct volume {
  instance image;
  le_planned_grid planned;
  uint32_t labels; /* different ones */
  uint8_t *repeats;
  uint16_t *index_of; /* of a pixel value: its number among those, ascending */
  uint16_t *grid;     /* labels of a frame */
  limit_frame work;
} volume;

static uint16_t pixel_value(const instance *image, const uint8_t *pixels, size_t at) {
  uint16_t value = pixels[at];
  if (image->format.bits == 16) {
    memcpy(&value, pixels + at * 2, 2);
  }
  return value;
}

static void number_labels(volume *v) {
  const size_t values = (size_t)1 << v->image.format.bits;
  const size_t pixels = (size_t)v->image.format.rows * v->image.format.columns * v->image.format.frames;
  v->index_of = limit_need(values, sizeof *v->index_of);
  for (size_t k = 0; k < pixels; k++) {
    v->index_of[pixel_value(&v->image, v->image.pixels, k)] = 1;
  }
  for (size_t k = 0; k < values; k++) {
    const bool used = v->index_of[k];
    v->index_of[k] = (uint16_t)v->labels;
    v->labels += used;
  }
}

static void open_volume(volume *v, const char *path) {
  *v = (volume){0};
  label_edge_survey *survey;
  const uint8_t *plan;
  size_t size;
  if (!instance_read(&v->image, path) || label_edge_survey_create(&v->image.format, true, &survey)) {
    exit(1);
  }
  const label_edge_format *format = &v->image.format;
  for (uint32_t k = 0; k < format->frames; k++) {
    label_edge_survey_add(survey, v->image.pixels + v->image.frame_bytes * k);
  }
  if (label_edge_survey_finish(survey, &plan, &size) || !label_edge_plan_grid(format, plan, &v->planned)) {
    fprintf(stderr, "%s: cannot be surveyed\n", path);
    exit(1);
  }
  v->repeats = limit_need(format->frames, 4);
  memcpy(v->repeats, plan + LE_PLAN_GRID, (size_t)format->frames * 4);
  label_edge_survey_destroy(survey);
  number_labels(v);
  v->grid = limit_need(v->planned.grid.pixels, sizeof *v->grid);
  v->work = limit_make_frame(v->planned.grid.width, v->planned.grid.height);
}

static void close_volume(volume *v) {
  label_edge_free_planned(&v->planned);
  free(v->repeats);
  free(v->index_of);
  free(v->grid);
  limit_free_frame(&v->work);
  instance_destroy(&v->image);
}

static bool repeats(const volume *v, uint32_t number) {
  const uint8_t *r = v->repeats + (size_t)number * 4;
  return r[0] || r[1] || r[2] || r[3];
}

/* Bits of a frame. */
static double code_frame(limit_coder *c, volume *v, uint32_t number) {
  const uint8_t *pixels = v->image.pixels + v->image.frame_bytes * number;
  const le_grid *g = &v->planned.grid;
  uint16_t *out = v->grid;
  for (uint32_t y = 0; y < g->height; y++) {
    for (uint32_t x = 0; x < g->width; x++) {
      const size_t at = (size_t)g->row_starts[y] * v->image.format.columns + g->column_starts[x];
      *out++ = v->index_of[pixel_value(&v->image, pixels, at)];
    }
  }
  return limit_code_frame(c, &v->work, v->grid, v->labels);
}

static void train(limit_coder *c, char **paths, int count) {
  c->training = true;
  c->rate = 0.004F;
  for (int k = 0; k < count; k++) {
    volume v;
    open_volume(&v, paths[k]);
    const uint32_t frames = v.image.format.frames;
    const uint32_t step = frames > TRAINING_FRAMES ? frames / TRAINING_FRAMES : 1;
    double bits = 0;
    for (uint32_t z = 0; z < frames; z += step) {
      limit_forget(c);
      bits += repeats(&v, z) ? 0 : code_frame(c, &v, z);
    }
    fprintf(stderr, "trained on %s: %.0f bytes\n", paths[k], bits / 8 * step);
    close_volume(&v);
  }
  c->training = false;
}

typedef enum mode { ALONE, TRAINED, INSTANCE } mode;

static uint64_t measure(limit_coder *c, volume *v, mode how) {
  limit_coder *fresh = limit_need(1, sizeof *fresh);
  *fresh = *c;
  uint64_t bytes = 0;
  for (uint32_t z = 0; z < v->image.format.frames; z++) {
    if (repeats(v, z)) {
      bytes += 2;
      continue;
    }
    if (how != INSTANCE) {
      limit_forget(c);
      memcpy(c->weights, fresh->weights, sizeof c->weights);
    }
    bytes += 2 * (uint64_t)ceil(code_frame(c, v, z) / 16);
  }
  *c = *fresh;
  free(fresh);
  return bytes;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: limit VOLUME [TRAINING-VOLUME...]\n");
    return 2;
  }
  limit_coder *c = limit_need(1, sizeof *c);
  const limit_table trained = limit_make_table(25);
  const limit_table small = limit_make_table(20);
  const limit_table large = limit_make_table(23);
  volume v;
  c->trained = trained;
  c->local = small;
  limit_start(c, 0.15F, 0.03F);
  train(c, argv + 2, argc - 2);
  open_volume(&v, argv[1]);
  c->rate = 0.002F;
  const clock_t before = clock();
  const uint64_t with_training = measure(c, &v, TRAINED);
  const double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
  c->local = large;
  const uint64_t with_all = measure(c, &v, INSTANCE);
  c->trained.cells = NULL;
  c->local = small;
  c->rate = 0.02F;
  limit_start(c, 0, 0.12F);
  const uint64_t alone = measure(c, &v, ALONE);
  printf("%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %.1f\n", argv[1], alone, with_training, with_all,
         (double)v.image.frame_bytes * v.image.format.frames / seconds / 1e6);
  close_volume(&v);
  free(trained.cells);
  free(small.cells);
  free(large.cells);
  free(c);
  return 0;
}
