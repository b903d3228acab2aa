/* SPDX-License-Identifier: Apache-2.0 */
/* svg.h - pictures as SVG (W3C SVG 1.1): the pixels as an embedded PNG image, and the texts as text, which whatever
 * shows the file draws in its own fonts. */
#ifndef DSEG_TOOLS_PREVIEW_SVG_H
#define DSEG_TOOLS_PREVIEW_SVG_H

#include "dseg/io.h"
#include "preview/picture.h"

/* Appends UTF-8 text as an element: see picture_text. What is not UTF-8, and control characters, become U+FFFD. False:
 * out of memory. */
bool svg_add_text(dseg_buffer *texts, int64_t x, int64_t y, unsigned scale, unsigned limit, const char *text,
                  const uint8_t color[3]);

/* Writes a picture with its texts. DSEG_ERROR_UNSUPPORTED in builds without libpng. */
dseg_status svg_write(const dseg_output *output, const picture *canvas, dseg_error *error);

#endif
