/* SPDX-License-Identifier: Apache-2.0 */
/* svg.c - see svg.h. */
#include "preview/svg.h"

#include <string.h>

#include "cli/base64.h"
#include "preview/png.h"

/* A usual letter is as wide as one of the built-in font: six tenths of its height in a monospaced font. */
enum { FONT_SIZE = 10 };

/* Bytes of the character that text begins with, 0 where it is none (RFC 3629) or none of XML 1.0. */
static size_t character_size(const char *text) {
  const unsigned char *at = (const unsigned char *)text;
  const size_t size = at[0] < 0x80 ? 1 : at[0] < 0xC2 ? 0 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : at[0] < 0xF5 ? 4 : 0;
  for (size_t i = 1; i < size; i++) {
    if ((at[i] & 0xC0U) != 0x80U) {
      return 0;
    }
  }
  const bool too_long = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xF0 && at[1] < 0x90);
  const bool too_large = at[0] == 0xF4 && at[1] > 0x8F;
  const bool is_surrogate = at[0] == 0xED && at[1] > 0x9F;
  const bool is_none = size == 3 && at[0] == 0xEF && at[1] == 0xBF && at[2] >= 0xBE; /* U+FFFE, U+FFFF */
  const bool is_control = at[0] < 0x20 || at[0] == 0x7F;
  return too_long || too_large || is_surrogate || is_none || is_control ? 0 : size;
}

static dseg_status escape(dseg_buffer *out, const char *text, dseg_error *error) {
  static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */
  while (*text != '\0') {
    const size_t size = character_size(text);
    if (*text == '<' || *text == '&' || *text == '>') {
      DSEG_TRY(dseg_buffer_printf(out, error, "%s", *text == '<' ? "&lt;" : *text == '&' ? "&amp;" : "&gt;"));
    } else if (size == 0) {
      DSEG_TRY(dseg_buffer_append(out, replacement, sizeof replacement - 1, error));
    } else {
      DSEG_TRY(dseg_buffer_append(out, text, size, error));
    }
    text += size > 0 ? size : 1;
  }
  return DSEG_OK;
}

bool svg_add_text(dseg_buffer *texts, int64_t x, int64_t y, unsigned scale, unsigned limit, const char *text,
                  const uint8_t color[3]) {
  dseg_error error = {DSEG_OK, ""};
  const unsigned width = (limit + 1) * PICTURE_TEXT_WIDTH * scale;
  /* An inner picture, which cuts off what there is no room for. */
  dseg_status status =
      dseg_buffer_printf(texts, &error,
                         "<svg x=\"%lld\" y=\"%lld\" width=\"%u\" height=\"%u\"><text x=\"%u\" y=\"%u\" "
                         "font-size=\"%u\" fill=\"#%02x%02x%02x\">",
                         (long long)x - scale, (long long)y - 3 * (long long)scale, width, 14 * scale, scale,
                         (3U + PICTURE_TEXT_HEIGHT) * scale, FONT_SIZE * scale, color[0], color[1], color[2]);
  if (status == DSEG_OK) {
    status = escape(texts, text, &error);
  }
  if (status == DSEG_OK) {
    status = dseg_buffer_printf(texts, &error, "</text></svg>\n");
  }
  return status == DSEG_OK;
}

static dseg_status put(dseg_buffer *out, const picture *canvas, dseg_view png, dseg_error *error) {
  DSEG_TRY(dseg_buffer_printf(
      out, error,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"%u\" "
      "height=\"%u\" "
      "viewBox=\"0 0 %u %u\">\n<image width=\"%u\" height=\"%u\" xlink:href=\"data:image/png;base64,",
      (unsigned)canvas->width, (unsigned)canvas->height, (unsigned)canvas->width, (unsigned)canvas->height,
      (unsigned)canvas->width, (unsigned)canvas->height));
  DSEG_TRY(cli_add_base64(out, png, error));
  DSEG_TRY(dseg_buffer_printf(
      out, error,
      "\"/>\n<g font-family=\"'DejaVu Sans Mono', Menlo, Consolas, monospace\" paint-order=\"stroke\" "
      "stroke=\"#000\" stroke-opacity=\"0.7\" stroke-width=\"2\" stroke-linejoin=\"round\" "
      "xml:space=\"preserve\">\n"));
  DSEG_TRY(dseg_buffer_append(out, canvas->texts->data, canvas->texts->size, error));
  return dseg_buffer_printf(out, error, "</g>\n</svg>\n");
}

dseg_status svg_write(const dseg_output *output, const picture *canvas, dseg_error *error) {
  dseg_buffer png = {0};
  dseg_buffer bytes = {0};
  const dseg_output image = dseg_output_to_buffer(&png);
  dseg_status status = preview_write_png(&image, canvas->width, canvas->height, canvas->rgb, error);
  if (status == DSEG_OK) {
    status = put(&bytes, canvas, (dseg_view){png.data, png.size}, error);
  }
  if (status == DSEG_OK) {
    status = dseg_output_put(output, (dseg_view){bytes.data, bytes.size}, error);
  }
  dseg_buffer_free(&png);
  dseg_buffer_free(&bytes);
  return status;
}
