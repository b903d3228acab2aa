/* SPDX-License-Identifier: Apache-2.0 */
/* cells.c - draws the cells: images, segments in their colours, titles, and what is left, right, in front, behind, at
 * the head and at the feet. */
#include <math.h>
#include <string.h>

#include "preview/preview.h"

enum { TICK = 6, INSET = 4 };

/* Shares of a segment's colour over an image, of 100. */
enum { FILL = 45, EDGE = 90 };

static const uint8_t cell_color[3] = {0, 0, 0};
static const uint8_t text_color[3] = {216, 216, 224};
static const uint8_t mark_color[3] = {255, 214, 102};
static const uint8_t tick_color[3] = {150, 150, 160};

void preview_segment_color(const preview_job *job, size_t segment, uint8_t color[3]) {
  const dseg_segment *described = &job->description->segments[segment];
  if (described->has_color) {
    memcpy(color, described->rgb, 3);
  } else {
    dseg_default_color(segment, color);
  }
}

/* Instances are told apart: neighbours on a slide often have numbers that are a row of them apart, so that colours do
 * not follow the numbers, but what looks random. */
static void color_of(const preview_job *job, uint32_t label, uint8_t color[3]) {
  if (job->description->instances != NULL) {
    dseg_default_color((size_t)(label * UINT32_C(0x9E3779B1) >> 12), color);
  } else {
    preview_segment_color(job, label - 1, color);
  }
}

static void darken(uint8_t color[3], unsigned percent) {
  for (int i = 0; i < 3; i++) {
    color[i] = (uint8_t)(color[i] * percent / 100);
  }
}

static void mix(uint8_t color[3], uint8_t grey, unsigned percent) {
  for (int i = 0; i < 3; i++) {
    color[i] = (uint8_t)((color[i] * percent + grey * (100 - percent)) / 100);
  }
}

/* A pixel on the inner edge of its segment; the edge between two segments belongs to one of them only. */
static bool is_edge(const preview_cell *cell, uint32_t x, uint32_t y) {
  const uint32_t *at = cell->labels + (size_t)y * cell->width + x;
  return (x + 1 < cell->width && at[1] != *at) || (y + 1 < cell->height && at[cell->width] != *at) ||
         (x > 0 && at[-1] == 0) || (y > 0 && at[-(ptrdiff_t)cell->width] == 0);
}

static uint8_t grey_of(const preview_job *job, float value) {
  const float part = (value - job->black) / (job->white - job->black);
  return !(part > 0) ? 0 : part >= 1 ? 255 : (uint8_t)(part * 255);
}

/* A pixel that has a segment. */
static void color_pixel(const preview_job *job, const preview_cell *cell, uint32_t x, uint32_t y, uint8_t color[3]) {
  const size_t at = (size_t)y * cell->width + x;
  const bool has_image = cell->greys != NULL;
  color_of(job, cell->labels[at], color);
  if (cell->shades != NULL) {
    darken(color, cell->shades[at] * 100U / 255U);
  } else if (cell->weights != NULL && has_image) {
    mix(color, grey_of(job, cell->greys[at]), cell->weights[at] * (unsigned)EDGE / 255U);
  } else if (cell->weights != NULL) {
    darken(color, 10 + cell->weights[at] * 90U / 255U);
  } else if (has_image) {
    mix(color, grey_of(job, cell->greys[at]), is_edge(cell, x, y) ? EDGE : FILL);
  } else if (is_edge(cell, x, y)) {
    darken(color, 65);
  }
}

static void draw_pixels(const preview_job *job, picture *canvas, const preview_cell *cell) {
  picture_fill(canvas, cell->left, cell->top, cell->width, cell->height, cell_color);
  for (uint32_t y = 0; y < cell->height; y++) {
    for (uint32_t x = 0; x < cell->width; x++) {
      const size_t at = (size_t)y * cell->width + x;
      uint8_t color[3] = {0, 0, 0};
      if (cell->labels[at] != 0) {
        color_pixel(job, cell, x, y, color);
      } else if (cell->greys != NULL) {
        memset(color, grey_of(job, cell->greys[at]), sizeof color);
      } else {
        continue;
      }
      picture_set(canvas, cell->left + (int64_t)x, cell->top + (int64_t)y, color);
    }
  }
}

/* Where the other sections are. */
static void draw_ticks(picture *canvas, const preview_cell *cell) {
  const uint32_t length = cell->width > 8 * TICK && cell->height > 8 * TICK ? TICK : 0;
  if (cell->cut_x < cell->width) {
    picture_fill(canvas, cell->left + (int64_t)cell->cut_x, cell->top, 1, length, tick_color);
    picture_fill(canvas, cell->left + (int64_t)cell->cut_x, (int64_t)cell->top + cell->height - length, 1, length,
                 tick_color);
  }
  if (cell->cut_y < cell->height) {
    picture_fill(canvas, cell->left, cell->top + (int64_t)cell->cut_y, length, 1, tick_color);
    picture_fill(canvas, (int64_t)cell->left + cell->width - length, cell->top + (int64_t)cell->cut_y, length, 1,
                 tick_color);
  }
}

/* Where a direction leads in the patient, as in Patient Orientation (PS3.3 C.7.6.1.1.1): letters of the axes, the main
 * one first, of those that it follows by more than a little. */
static void name_direction(const double direction[3], double sign, char letters[4]) {
  static const char names[3][2] = {{'L', 'R'}, {'P', 'A'}, {'H', 'F'}};
  const double length = sqrt(direction[0] * direction[0] + direction[1] * direction[1] + direction[2] * direction[2]);
  size_t count = 0;
  bool used[3] = {false, false, false};
  for (int i = 0; i < 3 && length > 0; i++) {
    int main = -1;
    for (int axis = 0; axis < 3; axis++) {
      if (!used[axis] && (main < 0 || fabs(direction[axis]) > fabs(direction[main]))) {
        main = axis;
      }
    }
    used[main] = true;
    if (fabs(direction[main]) > 0.2 * length) {
      letters[count++] = names[main][sign * direction[main] > 0 ? 0 : 1];
    }
  }
  letters[count] = '\0';
}

static void draw_marks(picture *canvas, const preview_cell *cell, unsigned scale) {
  const int64_t height = (int64_t)PICTURE_TEXT_HEIGHT * scale;
  const int64_t middle_x = cell->left + (int64_t)cell->width / 2;
  const int64_t middle_y = cell->top + (int64_t)cell->height / 2 - height / 2;
  for (int sign = -1; sign <= 1; sign += 2) {
    char across[4];
    char down[4];
    name_direction(cell->right, sign, across);
    name_direction(cell->down, sign, down);
    const int64_t width_across = (int64_t)strlen(across) * PICTURE_TEXT_WIDTH * scale;
    const int64_t width_down = (int64_t)strlen(down) * PICTURE_TEXT_WIDTH * scale;
    const int64_t x = sign < 0 ? cell->left + INSET : (int64_t)cell->left + cell->width - INSET - width_across;
    const int64_t y = sign < 0 ? cell->top + INSET : (int64_t)cell->top + cell->height - INSET - height;
    picture_text_over(canvas, x, middle_y, scale, 4, across, mark_color);
    picture_text_over(canvas, middle_x - width_down / 2, y, scale, 4, down, mark_color);
  }
}

/* As much of it as there is room for beside the mark in the middle: its part up to the comma, or nothing. */
static void draw_title(picture *canvas, const preview_cell *cell, unsigned scale) {
  const uint32_t letter = PICTURE_TEXT_WIDTH * scale;
  const uint32_t room = cell->has_place ? cell->width / 2 : cell->width;
  const size_t letters = room > 2 * letter ? (room - letter) / letter : 0;
  const size_t all = strlen(cell->title);
  const size_t part = strcspn(cell->title, ",");
  char title[PREVIEW_TITLE];
  memcpy(title, cell->title, sizeof title);
  title[all <= letters || !cell->has_place ? all : part <= letters ? part : 0] = '\0';
  if (title[0] != '\0') {
    picture_text_over(canvas, cell->left + INSET, cell->top + INSET, scale, PREVIEW_TITLE, title, text_color);
  }
}

void preview_draw_cells(const preview_job *job, picture *canvas) {
  for (size_t i = 0; i < job->cell_count; i++) {
    const preview_cell *cell = &job->cells[i];
    const unsigned scale = cell->width >= 120 ? job->layout.scale : 1;
    draw_pixels(job, canvas, cell);
    draw_ticks(canvas, cell);
    draw_title(canvas, cell, scale);
    if (cell->has_place && cell->width >= 5U * PICTURE_TEXT_WIDTH * scale &&
        cell->height >= 5U * PICTURE_TEXT_HEIGHT * scale) {
      draw_marks(canvas, cell, scale);
    }
  }
}
