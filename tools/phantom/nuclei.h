/* SPDX-License-Identifier: Apache-2.0 */
/* nuclei.h - a slide of cell nuclei of three classes: any number of them on a total pixel matrix of any size.
 *
 * The matrix is divided into cells, of which each holds the centre of one nucleus at most: which nuclei may reach into
 * a tile follows from the tile's place, so that a tile is painted without a look at others. A pixel belongs to the
 * nucleus whose centre it is, else to that of the lowest number that it lies in; so every nucleus has one at least.
 * All is reckoned in integers: the same specification gives the same pixels everywhere. */
#ifndef DSEG_TOOLS_PHANTOM_NUCLEI_H
#define DSEG_TOOLS_PHANTOM_NUCLEI_H

#include "dseg/dseg.h"

enum { NUCLEI_CLASSES = 3, NUCLEI_MOST = 100000000, NUCLEI_SIDES = 1000000, NUCLEI_TILE = 512 };
/* Pixels to a nucleus where their number is not given, as in tissue that is dense with them at 0.5 micrometres. */
#define NUCLEI_PIXELS 1000

typedef struct nuclei_spec {
  uint32_t count;         /* 1..NUCLEI_MOST, not more than pixels */
  uint32_t columns, rows; /* of the total pixel matrix, 1..NUCLEI_SIDES */
  uint32_t tile[2];       /* columns and rows of a tile, 1..65535 */
  uint32_t overlap;       /* columns, and rows, that neighbouring tiles share; less than a tile has */
  uint32_t seed;
} nuclei_spec;

typedef struct nuclei {
  nuclei_spec spec;
  uint32_t across, down; /* cells */
  uint32_t reach;        /* no pixel of a nucleus is further from its centre, along columns and along rows */
} nuclei;

/* One nucleus: an ellipse, in sixteenths of a pixel. */
typedef struct nucleus {
  uint32_t column, row; /* of the pixel of its centre */
  int64_t axes[2];      /* semi-axes */
  int64_t direction[2]; /* of the first one: columns and rows, of any length */
} nucleus;

nuclei nuclei_place(const nuclei_spec *spec);
/* The nucleus with a number of 1..count. */
nucleus nuclei_at(const nuclei *made, uint32_t number);
/* 0..NUCLEI_CLASSES - 1. */
uint16_t nuclei_class(const nuclei *made, uint32_t number);

/* The numbers of a rectangle of pixels, width * height; 0 where no nucleus is, and beyond the total pixel matrix. */
void nuclei_paint(const nuclei *made, uint32_t left, uint32_t top, uint32_t width, uint32_t height, uint32_t *out);

/* nuclei_write.c: the description of a slide with all its tiles and instances; NULL when out of memory. */
dseg_description *nuclei_describe(const nuclei *made);

typedef struct nuclei_output {
  const char *path;
  const char *classes;     /* a table of classes, as dseg_instances_write_table writes it; NULL: none */
  const char *frame_codec; /* of a DICOM object: name or UID; NULL: frames are not compressed */
  bool replace;
  unsigned threads;
} nuclei_output;

/* Makes nuclei and writes them: a DICOM object tile by tile, a volume as a whole. An exit code after a message. */
int nuclei_make(const nuclei_spec *spec, const nuclei_output *output);

#endif
