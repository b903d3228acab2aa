/* SPDX-License-Identifier: Apache-2.0 */
/* limit_model.c - see limit_model.h. */
#include "limit_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  PIXELS = 32,
  CANDIDATES = 7,
  LABEL_CONTEXTS = 18, /* from here on contexts know labels, which mean nothing in other volumes */
  MARGIN = 8,
  ROWS_ABOVE = 5,
  NO_EDGE = 31
};

/* Neighbours, near ones first. */
static const int8_t template_at[PIXELS][2] = {
    {-1, 0}, {0, -1}, {1, -1},  {-1, -1}, {0, -2},  {2, -1}, {-2, 0},  {1, -2}, {-1, -2}, {-2, -1}, {3, -1},
    {2, -2}, {0, -3}, {-2, -2}, {-3, 0},  {1, -3},  {4, -1}, {-1, -3}, {3, -2}, {-3, -1}, {2, -3},  {-2, -3},
    {0, -4}, {1, -4}, {-1, -4}, {-4, 0},  {-3, -2}, {3, -3}, {5, -1},  {4, -2}, {2, -4},  {0, -5}};
static const uint8_t prefixes[10] = {3, 5, 7, 9, 11, 14, 17, 21, 26, 32};

void *limit_need(size_t count, size_t size) {
  void *p = calloc(count ? count : 1, size);
  if (!p) {
    fprintf(stderr, "out of memory\n");
    exit(1);
  }
  return p;
}

static uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
  return hash ^ hash >> 29;
}

/* ---- One question */

/* The cell of a context; when there is none: NULL, or with make one in the place of the rarer of two. */
static limit_cell *find(const limit_table *t, uint64_t hash, bool make) {
  limit_cell *a = &t->cells[hash & t->mask];
  limit_cell *b = &t->cells[(hash & t->mask) ^ 1];
  const uint16_t check = (uint16_t)(hash >> 48);
  if (a->n && a->check == check) {
    return a;
  }
  if (b->n && b->check == check) {
    return b;
  }
  if (!make) {
    return NULL;
  }
  limit_cell *rare = a->n <= b->n ? a : b;
  *rare = (limit_cell){0.5F, 0, check};
  return rare;
}

static void learn(limit_cell *c, bool yes, unsigned limit) {
  c->no += ((yes ? 0.0F : 1.0F) - c->no) / ((float)c->n + 1.5F);
  c->no = c->no < 1e-6F ? 1e-6F : c->no > 1 - 1e-6F ? 1 - 1e-6F : c->no;
  c->n = (uint16_t)(c->n + (c->n < limit));
}

static unsigned bucket(unsigned n) {
  return n < 4 ? n : n < 8 ? 4 : n < 16 ? 5 : n < 64 ? 6 : n < 256 ? 7 : 8;
}

/* Codes the answer to the question that hashes and sets describe. */
static void code(limit_coder *c, bool yes) {
  limit_cell *cells[LIMIT_INPUTS];
  float x[LIMIT_INPUTS];
  unsigned kind[LIMIT_INPUTS];
  const size_t count = 2 * (size_t)c->contexts + 1;
  for (size_t k = 0; k < c->contexts; k++) {
    const bool general = k < LABEL_CONTEXTS && c->trained.cells && c->hashes[k];
    cells[2 * k] = general ? find(&c->trained, c->hashes[k], c->training) : NULL;
    cells[2 * k + 1] = c->hashes[k] ? find(&c->local, c->hashes[k], true) : NULL;
  }
  cells[count - 1] = NULL;
  float sum = 0;
  for (size_t k = 0; k < count; k++) {
    const limit_cell *in = cells[k];
    kind[k] = in ? bucket(in->n) : 0;
    x[k] = in && in->n ? logf((1 - in->no) / in->no) : k == count - 1 ? 0.3F : 0;
    sum += x[k] * (c->weights[0][c->set[0]][k][kind[k]] + c->weights[1][c->set[1]][k][kind[k]]);
  }
  float p = 1 / (1 + expf(-sum));
  p = p < 1e-6F ? 1e-6F : p > 1 - 1e-6F ? 1 - 1e-6F : p;
  c->bits -= log2(yes ? (double)p : 1 - (double)p);
  const float step = c->rate * ((yes ? 1.0F : 0.0F) - p);
  for (size_t k = 0; k < count; k++) {
    c->weights[0][c->set[0]][k][kind[k]] += step * x[k];
    c->weights[1][c->set[1]][k][kind[k]] += step * x[k];
    if (cells[k] && (k % 2 || c->training)) {
      learn(cells[k], yes, k % 2 ? 250 : 30000);
    }
  }
}

/* ---- One pixel */

static unsigned coarse(unsigned d) {
  return d < 8 ? d : d < 10 ? 8 : d < 13 ? 9 : d < 17 ? 10 : d < 25 ? 11 : d < 33 ? 12 : d < 65 ? 13 : 14;
}

static unsigned clip(unsigned d, unsigned most) {
  return d < most ? d : most;
}

typedef struct place {
  uint16_t candidates[CANDIDATES];
  unsigned count;  /* of them */
  unsigned offset; /* how far the edge of the row above that is due is away: 0..16, the middle is 8; or NO_EDGE */
  bool flat;       /* nothing happens around */
} place;

static void add(uint64_t *hashes, unsigned *n, uint64_t a, uint64_t b) {
  hashes[*n] = mix(mix(*n + 1, a), b);
  ++*n;
}

/* Contexts of the pixel at (x, y), without the question. */
static unsigned look(const limit_frame *f, uint32_t x, uint32_t y, uint64_t *hashes, place *at) {
  const size_t stride = f->stride;
  const size_t here = (size_t)(y + ROWS_ABOVE) * stride + x + MARGIN;
  const uint16_t *l = f->labels + here;
  const uint16_t *start[4];
  const uint16_t *stop[4];
  unsigned left[4];
  unsigned right[4];
  const uint16_t *row[4];
  for (unsigned k = 0; k < 4; k++) {
    const size_t above = here - (k + 1) * stride;
    start[k] = f->start + above;
    stop[k] = f->stop + above;
    row[k] = f->labels + above;
    left[k] = x + MARGIN - *start[k];
    right[k] = *stop[k] - (x + MARGIN);
  }
  const uint16_t w = l[-1];
  const uint16_t n = row[0][0];
  const unsigned run = x + MARGIN - (x ? f->start[here - 1] : MARGIN);
  const uint16_t next = row[0][right[0]];
  unsigned c = 0;
  at->candidates[0] = w;
  at->count = 1;
  at->offset = NO_EDGE;
  at->flat = w == n && n == row[1][0] && n == row[2][0] && left[0] > 4 && right[0] > 6 && left[1] > 3 && right[1] > 5 &&
             left[2] > 2 && right[2] > 3 && run > 4;
  if (at->flat) {
    add(hashes, &c, coarse(right[0]), coarse(run));
    add(hashes, &c, coarse(right[0]), coarse(right[1]));
    add(hashes, &c, coarse(left[0]), coarse(run) << 8 | coarse(right[0]));
    add(hashes, &c, coarse(left[0] + right[0]), w == 0);
    add(hashes, &c, 0, 0);
    while (c < LABEL_CONTEXTS) {
      hashes[c++] = 0;
    }
    add(hashes, &c, w, 1U << 20);
    add(hashes, &c, w, (2U << 20) | next);
    add(hashes, &c, w, (3U << 20) | coarse(right[0]));
    return c;
  }
  uint64_t shape = 0;
  uint64_t shape_7 = 0;
  for (unsigned k = 0; k < PIXELS; k++) {
    const uint16_t label = l[template_at[k][0] + (ptrdiff_t)stride * template_at[k][1]];
    unsigned id = 0;
    while (id < at->count && at->candidates[id] != label) {
      id++;
    }
    if (id == at->count && id < CANDIDATES && k < 20) {
      at->candidates[at->count++] = label;
    }
    shape = mix(shape, id + 1);
    if (k + 1 == prefixes[c]) {
      add(hashes, &c, shape, 0);
    }
    shape_7 = k == 6 ? shape : shape_7;
  }
  /* The next edge that leaves the current label in the row above, and where the current run came from. */
  const uint32_t position = x + MARGIN;
  unsigned moves = 0;
  uint16_t beyond = w;
  unsigned gap = 0;
  for (int d = -7; d <= 8; d++) {
    if ((int)position + d > MARGIN && position + (uint32_t)d < MARGIN + f->width && row[0][d] != row[0][d - 1] &&
        row[0][d - 1] == w && (at->offset == NO_EDGE || abs(d) < abs((int)at->offset - 8))) {
      at->offset = (unsigned)(d + 8);
      moves = f->moves[here - stride + (size_t)(ptrdiff_t)d];
      beyond = row[0][d];
      gap = clip(stop[0][d] - position - (unsigned)d, 7);
    }
  }
  const unsigned own = run < position - MARGIN ? f->moves[here - run] : 0xfffff;
  const unsigned same = (unsigned)(n == w) | (unsigned)(next == w) << 1 | (unsigned)(row[1][0] == n) << 2 |
                        (unsigned)(row[2][0] == row[1][0]) << 3 | (unsigned)(row[1][right[1]] == next) << 4 |
                        (unsigned)(beyond == n) << 5;
  add(hashes, &c, coarse(run) << 16 | coarse(left[0]) << 8 | coarse(right[0]), same & 3);
  add(hashes, &c, clip(left[0], 7) << 9 | clip(right[0], 7) << 6 | clip(left[1], 7) << 3 | clip(right[1], 7), same);
  add(hashes, &c, clip(right[0], 15) << 12 | clip(right[1], 15) << 8 | clip(right[2], 15) << 4 | clip(right[3], 15),
      same);
  add(hashes, &c, clip(left[0], 15) << 12 | clip(left[1], 15) << 8 | clip(left[2], 15) << 4 | clip(left[3], 15), same);
  add(hashes, &c, at->offset << 20 | (moves & 0x3ff), same & 1);
  add(hashes, &c, at->offset << 20 | moves, same & 1);
  add(hashes, &c, at->offset << 16 | (moves & 0x3ff), (own & 0x3ff) << 8 | coarse(run));
  add(hashes, &c, at->offset << 16 | (moves & 0x7fff), gap << 8 | same);
  add(hashes, &c, (uint64_t)w << 16 | n, at->offset);
  add(hashes, &c, (uint64_t)w << 32 | (uint64_t)n << 16 | l[1 - (ptrdiff_t)stride], row[0][-1]);
  add(hashes, &c, w, shape_7);
  add(hashes, &c, (uint64_t)w << 16 | beyond, at->offset << 8 | (moves & 0x1f));
  add(hashes, &c, (uint64_t)w << 16 | n, next);
  add(hashes, &c, w, coarse(run) << 8 | coarse(right[0]));
  return c;
}

/* A label that is not one of the candidates: the lately new ones in turn, else any. */
static void code_listed(limit_coder *c, uint16_t label, uint16_t w, uint16_t n, const place *at, uint32_t labels) {
  uint32_t tested = at->count;
  unsigned k = 0;
  for (; k < c->listed; k++) {
    const uint16_t other = c->list[k];
    bool known = false;
    for (unsigned i = 0; i < at->count; i++) {
      known = known || at->candidates[i] == other;
    }
    if (known) {
      continue;
    }
    const uint64_t rank = mix(99, tested - at->count);
    c->contexts = 0;
    add(c->hashes, &c->contexts, rank, 0);
    add(c->hashes, &c->contexts, rank, c->listed);
    while (c->contexts < LABEL_CONTEXTS) {
      c->hashes[c->contexts++] = 0;
    }
    add(c->hashes, &c->contexts, other, mix(1, 0));
    add(c->hashes, &c->contexts, other, mix(2, w));
    add(c->hashes, &c->contexts, other, mix(3, n));
    add(c->hashes, &c->contexts, other, mix(4, (uint64_t)w << 16 | n));
    c->set[0] = LIMIT_SETS - 1;
    c->set[1] = LIMIT_SETS - 1 - clip(tested - at->count, 4);
    code(c, other == label);
    tested++;
    if (other == label) {
      break;
    }
  }
  if (k == c->listed) {
    c->bits += labels > tested ? log2(labels - tested) : 0;
    c->listed += c->listed < LIMIT_LISTED;
    k = c->listed - 1;
  }
  memmove(c->list + 1, c->list, k * sizeof *c->list);
  c->list[0] = label;
}

static void code_pixel(limit_coder *c, const limit_frame *f, uint32_t x, uint32_t y, uint16_t label, uint32_t labels) {
  uint64_t hashes[LIMIT_CONTEXTS];
  place at;
  const unsigned contexts = look(f, x, y, hashes, &at);
  const size_t here = (size_t)(y + ROWS_ABOVE) * f->stride + x + MARGIN;
  for (unsigned k = 0; k < at.count; k++) {
    for (unsigned i = 0; i < contexts; i++) {
      c->hashes[i] = hashes[i] ? mix(hashes[i], k) : 0;
    }
    c->contexts = contexts;
    c->set[0] = at.flat ? 0 : 1 + clip(k, 4) * 7 + at.count - 1;
    c->set[1] = at.flat ? 0 : 1 + clip(k, 1) * 32 + at.offset;
    code(c, label == at.candidates[k]);
    if (label == at.candidates[k]) {
      return;
    }
  }
  code_listed(c, label, f->labels[here - 1], f->labels[here - f->stride], &at, labels);
}

/* ---- Frames */

/* A pixel is known now: where its run began, and where an edge is, how it moved: from the edge between the same labels,
 * else from one to the same label, within 8 pixels in the row above. */
static void put_pixel(limit_frame *f, uint32_t row, uint32_t x, uint16_t label) {
  const size_t here = (size_t)row * f->stride + x;
  uint16_t *l = f->labels + here;
  *l = label;
  f->start[here] = x > MARGIN && label == l[-1] ? f->start[here - 1] : (uint16_t)x;
  if (x == MARGIN || label == l[-1] || !row) {
    return;
  }
  const size_t above = here - f->stride;
  const uint16_t *up = f->labels + above;
  const int first = x > MARGIN + 8 ? -8 : (int)MARGIN + 1 - (int)x;
  int least = 100;
  f->moves[here] = 0xfffff;
  for (int d = first; d <= 8; d++) {
    const int worth = 2 * abs(d) + 5 * (up[d - 1] != l[-1]);
    if (up[d] != up[d - 1] && up[d] == label && worth < least) {
      least = worth;
      f->moves[here] = (f->moves[above + (size_t)(ptrdiff_t)d] << 5 | (unsigned)(8 - d)) & 0xfffff;
    }
  }
}

/* All pixels of a row are known now: where their runs end. */
static void finish_row(limit_frame *f, uint32_t row) {
  const size_t base = (size_t)row * f->stride;
  const uint32_t end = MARGIN + f->width;
  for (uint32_t x = end; x-- > MARGIN;) {
    f->stop[base + x] =
        x + 1 < end && f->labels[base + x] == f->labels[base + x + 1] ? f->stop[base + x + 1] : (uint16_t)(x + 1);
  }
}

limit_frame limit_make_frame(uint32_t width, uint32_t height) {
  limit_frame f = {.width = width, .height = height, .stride = width + 2 * MARGIN};
  const size_t size = (size_t)f.stride * (f.height + ROWS_ABOVE);
  f.labels = limit_need(size, sizeof *f.labels);
  f.start = limit_need(size, sizeof *f.start);
  f.stop = limit_need(size, sizeof *f.stop);
  f.moves = limit_need(size, sizeof *f.moves);
  return f;
}

void limit_free_frame(limit_frame *f) {
  free(f->labels);
  free(f->start);
  free(f->stop);
  free(f->moves);
}

double limit_code_frame(limit_coder *c, limit_frame *f, const uint16_t *grid, uint32_t labels) {
  const size_t size = (size_t)f->stride * (f->height + ROWS_ABOVE);
  memset(f->labels, 0, size * sizeof *f->labels); /* nothing is left of another frame */
  memset(f->start, 0, size * sizeof *f->start);
  memset(f->stop, 0, size * sizeof *f->stop);
  memset(f->moves, 0, size * sizeof *f->moves);
  c->bits = 0;
  for (uint32_t row = 0; row < f->height + ROWS_ABOVE; row++) {
    for (uint32_t x = 0; x < f->width; x++) {
      uint16_t label = 0;
      if (row >= ROWS_ABOVE) {
        label = *grid++;
        code_pixel(c, f, x, row - ROWS_ABOVE, label, labels);
      }
      put_pixel(f, row, x + MARGIN, label);
    }
    finish_row(f, row);
  }
  return c->bits;
}

/* ---- What is learned */

void limit_start(limit_coder *c, float trained, float local) {
  for (unsigned k = 0; k < LIMIT_INPUTS; k++) {
    for (unsigned s = 0; s < 2 * LIMIT_SETS; s++) {
      for (unsigned b = 0; b < LIMIT_BUCKETS; b++) {
        c->weights[s / LIMIT_SETS][s % LIMIT_SETS][k][b] = k % 2 ? local : k == LIMIT_INPUTS - 1 ? 0 : trained;
      }
    }
  }
}

void limit_forget(limit_coder *c) {
  memset(c->local.cells, 0, ((size_t)c->local.mask + 1) * sizeof *c->local.cells);
  c->listed = 0;
}

limit_table limit_make_table(unsigned bits) {
  return (limit_table){limit_need((size_t)1 << bits, sizeof(limit_cell)), (UINT32_C(1) << bits) - 1};
}
