/* SPDX-License-Identifier: Apache-2.0 */
/* limit_model.h - a slow model of label frames with far more contexts than a codec could have built in, for limit.c.
 *
 * Each pixel of the grid (bitstream.md, section 3) is a row of yes-or-no questions: is it the label of the first
 * neighbour in the template, of the next different one, ... of a label that was new lately, ... else any label. Each
 * answer is predicted by LIMIT_CONTEXTS contexts, which see up to 32 neighbours, distances to edges of the rows above
 * and how these moved over four rows. A context has a probability from training and one learned from the frame itself;
 * all of them are mixed by weights in the logistic domain, which go on learning. Nothing is coded: what is added up is
 * -log2 of the probabilities that an arithmetic coder would be given. */
#ifndef LABEL_EDGE_LIMIT_MODEL_H
#define LABEL_EDGE_LIMIT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  LIMIT_CONTEXTS = 24,
  LIMIT_INPUTS = 2 * LIMIT_CONTEXTS + 1,
  LIMIT_BUCKETS = 9,
  LIMIT_SETS = 96,
  LIMIT_LISTED = 512
};

typedef struct limit_cell {
  float no; /* probability of a no: the smaller one most of the time */
  uint16_t n, check;
} limit_cell;

typedef struct limit_table {
  limit_cell *cells; /* NULL: there is no such table */
  uint32_t mask;
} limit_table;

/* Labels of a frame with margins of label 0, and for each pixel the run it is in. */
typedef struct limit_frame {
  uint32_t width, height, stride;
  uint16_t *labels, *start, *stop;
  uint32_t *moves; /* at edges: how it moved from the rows above, five bits each, the last move lowest */
} limit_frame;

/* What the model knows; the caller sets trained, local, training and rate. */
typedef struct limit_coder {
  limit_table trained, local;
  bool training; /* whether trained learns */
  float weights[2][LIMIT_SETS][LIMIT_INPUTS][LIMIT_BUCKETS];
  float rate;
  uint64_t hashes[LIMIT_CONTEXTS];
  unsigned contexts;
  unsigned set[2];
  uint16_t list[LIMIT_LISTED];
  unsigned listed;
  double bits;
} limit_coder;

/* Memory, zeroed; exits when there is none. */
void *limit_need(size_t count, size_t size);

/* An empty table of 2^bits cells. */
limit_table limit_make_table(unsigned bits);
/* Sets the weights of all inputs from the one table and from the other. */
void limit_start(limit_coder *c, float trained, float local);
/* Empties the local table and the list of labels. */
void limit_forget(limit_coder *c);

limit_frame limit_make_frame(uint32_t width, uint32_t height);
void limit_free_frame(limit_frame *f);
/* Bits of a frame of width x height labels, all below `labels`, in raster order. f: where to work. */
double limit_code_frame(limit_coder *c, limit_frame *f, const uint16_t *grid, uint32_t labels);

#endif
