/* SPDX-License-Identifier: Apache-2.0 */
/* picture.h - a picture in memory: coloured pixels, rectangles, and text in a small built-in font, or beside the pixels
 * for a program that has fonts. */
#ifndef DSEG_TOOLS_PREVIEW_PICTURE_H
#define DSEG_TOOLS_PREVIEW_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "dseg/buffer.h"

/* Size of a character's cell at scale 1: 5 x 7 pixels and one pixel between characters; letters like g reach two
 * pixels below. */
enum { PICTURE_TEXT_WIDTH = 6, PICTURE_TEXT_HEIGHT = 7 };

typedef struct picture {
  uint32_t width, height;
  uint8_t *rgb;       /* height * width * 3 bytes; owned */
  dseg_buffer *texts; /* not NULL: texts are no pixels, but appended here as elements of SVG; the caller's */
  bool failed;        /* there was no memory for one */
} picture;

/* A picture of one colour; false when out of memory. */
bool picture_create(picture *canvas, uint32_t width, uint32_t height, const uint8_t color[3]);
void picture_free(picture *canvas);

/* What lies outside the picture is left out, here and below. */
void picture_set(picture *canvas, int64_t x, int64_t y, const uint8_t color[3]);
void picture_fill(picture *canvas, int64_t x, int64_t y, uint32_t width, uint32_t height, const uint8_t color[3]);

/* UTF-8 text with its top left corner at (x, y), at most limit characters; what the font lacks becomes '?'. Beside the
 * pixels nothing is lacking, and characters take the room that they need: of limit usual ones. */
void picture_text(picture *canvas, int64_t x, int64_t y, unsigned scale, unsigned limit, const char *text,
                  const uint8_t color[3]);

/* The same over an image: with a shadow. */
void picture_text_over(picture *canvas, int64_t x, int64_t y, unsigned scale, unsigned limit, const char *text,
                       const uint8_t color[3]);

/* Whether none of the text's characters would become '?'. */
bool picture_has_letters(const picture *canvas, const char *text);

/* Characters (not bytes) in UTF-8 text. */
unsigned picture_text_length(const char *text);

#endif
