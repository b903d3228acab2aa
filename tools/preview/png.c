/* SPDX-License-Identifier: Apache-2.0 */
/* png.c - writes PNG images (ISO/IEC 15948) through libpng.
 *
 * Previews of segmentations have few colours, so an image with at most 256 of them is written with a palette.
 * libpng reports errors by longjmp: everything that must survive one lives in struct encoder, outside the
 * function that calls setjmp. */
#include "preview/png.h"

#if DSEG_HAVE_PNG

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#define COMPRESSION_LEVEL 6
#define PALETTE_COLORS 256
#define TABLE_SIZE 1024 /* a power of 2, so full by a quarter at most */

/* Colours in the order of their first use, found again by an open hash table. */
struct palette {
  png_color colors[PALETTE_COLORS];
  unsigned count;
  uint16_t table[TABLE_SIZE]; /* index in colors + 1; 0: free */
};

struct encoder {
  png_structp png;
  png_infop info;
  dseg_buffer bytes;       /* the encoded file */
  uint8_t *row;            /* one row of palette indices */
  struct palette *palette; /* NULL: true colour */
  dseg_status status;
  dseg_error *error;
};

/* Index of a colour, which is added when it is new; -1 when the palette is full. */
static int palette_index(struct palette *palette, const uint8_t *rgb) {
  const uint32_t key = (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
  uint32_t slot = (key * 2654435761U) >> 22;
  while (palette->table[slot] != 0) {
    const png_color *color = &palette->colors[palette->table[slot] - 1];
    if (color->red == rgb[0] && color->green == rgb[1] && color->blue == rgb[2]) {
      return palette->table[slot] - 1;
    }
    slot = (slot + 1) % TABLE_SIZE;
  }
  if (palette->count == PALETTE_COLORS) {
    return -1;
  }
  palette->colors[palette->count] = (png_color){rgb[0], rgb[1], rgb[2]};
  palette->table[slot] = (uint16_t)++palette->count;
  return (int)palette->count - 1;
}

/* Collects the image's colours; false when there are too many for a palette. */
static bool collect_colors(struct palette *palette, const uint8_t *rgb, size_t pixels) {
  for (size_t i = 0; i < pixels; i++) {
    if (palette_index(palette, rgb + 3 * i) < 0) {
      return false;
    }
  }
  return true;
}

static void on_error(png_structp png, png_const_charp message) {
  struct encoder *encoder = png_get_error_ptr(png);
  encoder->status =
      dseg_fail(encoder->error, encoder->status != DSEG_OK ? encoder->status : DSEG_ERROR_OUTPUT, "PNG: %s", message);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void on_write(png_structp png, png_bytep data, size_t size) {
  struct encoder *encoder = png_get_io_ptr(png);
  encoder->status = dseg_buffer_append(&encoder->bytes, data, size, encoder->error);
  if (encoder->status != DSEG_OK) {
    png_error(png, "out of memory");
  }
}

static void on_flush(png_structp png) {
  (void)png;
}

static void write_header(struct encoder *encoder, uint32_t width, uint32_t height) {
  int depth = 8;
  if (encoder->palette != NULL) {
    const unsigned count = encoder->palette->count;
    depth = count <= 2 ? 1 : count <= 4 ? 2 : count <= 16 ? 4 : 8;
  }
  png_set_compression_level(encoder->png, COMPRESSION_LEVEL);
  png_set_IHDR(encoder->png, encoder->info, width, height, depth,
               encoder->palette != NULL ? PNG_COLOR_TYPE_PALETTE : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (encoder->palette != NULL) {
    png_set_PLTE(encoder->png, encoder->info, encoder->palette->colors, (int)encoder->palette->count);
  }
  png_write_info(encoder->png, encoder->info);
  png_set_packing(encoder->png);
}

/* Everything that may longjmp is called from here. */
static dseg_status encode(struct encoder *encoder, uint32_t width, uint32_t height, const uint8_t *rgb) {
  if (setjmp(png_jmpbuf(encoder->png)) != 0) { /* NOLINT(cert-err52-cpp): libpng's own way */
    return encoder->status;
  }
  png_set_write_fn(encoder->png, encoder, on_write, on_flush);
  write_header(encoder, width, height);
  for (uint32_t y = 0; y < height; y++) {
    const uint8_t *line = rgb + (size_t)y * width * 3;
    if (encoder->palette == NULL) {
      png_write_row(encoder->png, line);
      continue;
    }
    for (size_t x = 0; x < width; x++) {
      encoder->row[x] = (uint8_t)palette_index(encoder->palette, line + 3 * x);
    }
    png_write_row(encoder->png, encoder->row);
  }
  png_write_end(encoder->png, encoder->info);
  return DSEG_OK;
}

static dseg_status prepare(struct encoder *encoder, uint32_t width, const uint8_t *rgb, size_t pixels) {
  encoder->palette = calloc(1, sizeof *encoder->palette);
  encoder->row = malloc(width);
  encoder->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, encoder, on_error, on_warning);
  encoder->info = encoder->png != NULL ? png_create_info_struct(encoder->png) : NULL;
  if (encoder->palette == NULL || encoder->row == NULL || encoder->info == NULL) {
    return dseg_fail(encoder->error, DSEG_ERROR_MEMORY, "out of memory for a PNG image");
  }
  if (!collect_colors(encoder->palette, rgb, pixels)) {
    free(encoder->palette);
    encoder->palette = NULL;
  }
  return DSEG_OK;
}

static void release(struct encoder *encoder) {
  if (encoder->png != NULL) {
    png_destroy_write_struct(&encoder->png, &encoder->info);
  }
  free(encoder->palette);
  free(encoder->row);
  dseg_buffer_free(&encoder->bytes);
}

dseg_status preview_write_png(const dseg_output *output, uint32_t width, uint32_t height, const uint8_t *rgb,
                              dseg_error *error) {
  dseg_error_clear(error);
  if (rgb == NULL || width == 0 || height == 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "a PNG image needs at least one pixel");
  }
  if ((uint64_t)width * height > SIZE_MAX / 3) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "an image of %u x %u pixels is too large", (unsigned)width,
                     (unsigned)height);
  }
  struct encoder encoder = {.error = error, .status = DSEG_OK};
  dseg_status status = prepare(&encoder, width, rgb, (size_t)width * height);
  if (status == DSEG_OK) {
    status = encode(&encoder, width, height, rgb);
  }
  if (status == DSEG_OK) {
    status = dseg_output_put(output, (dseg_view){encoder.bytes.data, encoder.bytes.size}, error);
  }
  release(&encoder);
  return status;
}

#else

dseg_status preview_write_png(const dseg_output *output, uint32_t width, uint32_t height, const uint8_t *rgb,
                              dseg_error *error) {
  dseg_error_clear(error);
  (void)output;
  (void)width;
  (void)height;
  (void)rgb;
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "this build writes no PNG images: it was configured with "
                   "DSEG_WITH_PNG=OFF");
}

#endif
