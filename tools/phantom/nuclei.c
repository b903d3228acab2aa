/* SPDX-License-Identifier: Apache-2.0 */
/* nuclei.c - where nuclei are, and the pixels of a tile; see nuclei.h. */
#include "phantom/nuclei.h"

#include <string.h>

#include "phantom/phantom.h"

enum {
  UNIT = 16,       /* to a pixel */
  WIDEST = 11,     /* pixels of the longer semi-axis, where cells have room for it */
  USUAL_CELL = 31, /* pixels along the side of a cell that does */
  DIRECTIONS = 64  /* steps from the middle of a direction's range */
};

/* What of a nucleus a random number is for. */
enum { FOR_COLUMN, FOR_ROW, FOR_LENGTH, FOR_WIDTH, FOR_COLUMNS, FOR_ROWS, FOR_CLASS };

static uint32_t random_of(const nuclei *made, uint32_t number, int what) {
  return phantom_hash(made->spec.seed, (int32_t)number, what, 0x6E75636C);
}

/* 0..count - 1, evenly. */
static uint32_t choose(const nuclei *made, uint32_t number, int what, uint32_t count) {
  return (uint32_t)((uint64_t)random_of(made, number, what) * count >> 32);
}

/* The greatest number whose square is no more than value. */
static uint64_t square_root(uint64_t value) {
  uint64_t root = 0;
  for (uint64_t bit = (uint64_t)1 << 31; bit > 0; bit >>= 1) {
    if ((root | bit) * (root | bit) <= value) {
      root |= bit;
    }
  }
  return root;
}

/* Cells that are nearly squares, enough of them, and none narrower than a pixel. */
nuclei nuclei_place(const nuclei_spec *spec) {
  nuclei made = {.spec = *spec};
  const uint64_t count = spec->count;
  uint64_t across = square_root(count * spec->columns / spec->rows);
  across = across < 1 ? 1 : across > spec->columns ? spec->columns : across;
  uint64_t down = (count + across - 1) / across;
  if (down > spec->rows) {
    down = spec->rows;
    across = (count + down - 1) / down;
  }
  made.across = (uint32_t)across;
  made.down = (uint32_t)down;
  made.reach = WIDEST + 1;
  return made;
}

/* Where the cell with this index along an axis of so many begins. */
static uint32_t cell_start(uint32_t index, uint32_t cells, uint32_t pixels) {
  return (uint32_t)((uint64_t)index * pixels / cells);
}

/* The last cell that does not begin behind a pixel. */
static uint32_t cell_of(uint32_t pixel, uint32_t cells, uint32_t pixels) {
  return (uint32_t)((((uint64_t)pixel + 1) * cells - 1) / pixels);
}

/* The cell of a number: those without a nucleus are spread evenly. */
static uint64_t cell_of_number(const nuclei *made, uint32_t number) {
  return (uint64_t)(number - 1) * ((uint64_t)made->across * made->down) / made->spec.count;
}

/* The first number whose cell is this one or a later one. */
static uint32_t number_from(const nuclei *made, uint64_t cell) {
  const uint64_t cells = (uint64_t)made->across * made->down;
  return (uint32_t)((cell * made->spec.count + cells - 1) / cells) + 1;
}

nucleus nuclei_at(const nuclei *made, uint32_t number) {
  const nuclei_spec *spec = &made->spec;
  const uint64_t cell = cell_of_number(made, number);
  const uint32_t i = (uint32_t)(cell % made->across);
  const uint32_t j = (uint32_t)(cell / made->across);
  const uint32_t left = cell_start(i, made->across, spec->columns);
  const uint32_t top = cell_start(j, made->down, spec->rows);
  const uint32_t width = cell_start(i + 1, made->across, spec->columns) - left;
  const uint32_t height = cell_start(j + 1, made->down, spec->rows) - top;
  const uint32_t side = width < height ? width : height;
  const uint32_t longest = side < USUAL_CELL ? side * WIDEST * UNIT / USUAL_CELL : WIDEST * UNIT;
  /* A half to all of what there is room for, and as wide as a half to all of its length. */
  const uint32_t length = longest / 2 + choose(made, number, FOR_LENGTH, longest / 2 + 1);
  const uint32_t breadth = length / 2 + choose(made, number, FOR_WIDTH, length / 2 + 1);
  nucleus found = {
      .column = left + choose(made, number, FOR_COLUMN, width),
      .row = top + choose(made, number, FOR_ROW, height),
      .axes = {length > 0 ? length : 1, breadth > 0 ? breadth : 1},
      .direction = {(int64_t)choose(made, number, FOR_COLUMNS, 2 * DIRECTIONS) - DIRECTIONS,
                    (int64_t)choose(made, number, FOR_ROWS, DIRECTIONS) + 1},
  };
  return found;
}

uint16_t nuclei_class(const nuclei *made, uint32_t number) {
  /* Of eight nuclei five, two and one. */
  static const uint16_t classes[8] = {0, 0, 0, 0, 0, 1, 1, 2};
  return classes[choose(made, number, FOR_CLASS, 8)];
}

/* Whether a pixel so far from the centre is in the ellipse. No product comes near 2^63: axes are at most 176, distances
 * 192 and directions 64 each. */
static bool is_inside(const nucleus *from, int64_t columns, int64_t rows) {
  const int64_t x = columns * UNIT;
  const int64_t y = rows * UNIT;
  const int64_t *along = from->direction;
  const int64_t u = (x * along[0] + y * along[1]) * from->axes[1];
  const int64_t v = (y * along[0] - x * along[1]) * from->axes[0];
  const int64_t limit = from->axes[0] * from->axes[1];
  return u * u + v * v <= limit * limit * (along[0] * along[0] + along[1] * along[1]);
}

/* The part of the total pixel matrix that is painted; right and bottom excluded. */
struct window {
  int64_t left, top, right, bottom;
  size_t stride;
  uint32_t *out;
};

static uint32_t *pixel_of(const struct window *window, int64_t column, int64_t row) {
  return window->out + (size_t)(row - window->top) * window->stride + (size_t)(column - window->left);
}

static void paint_center(const struct window *window, const nucleus *from, uint32_t number) {
  if (from->column >= window->left && from->column < window->right && from->row >= window->top &&
      from->row < window->bottom) {
    *pixel_of(window, from->column, from->row) = number;
  }
}

static void paint_ellipse(const struct window *window, const nucleus *from, uint32_t number) {
  const int64_t reach = from->axes[0] / UNIT + 1;
  const int64_t left = from->column - reach > window->left ? from->column - reach : window->left;
  const int64_t top = from->row - reach > window->top ? from->row - reach : window->top;
  const int64_t right = from->column + reach + 1 < window->right ? from->column + reach + 1 : window->right;
  const int64_t bottom = from->row + reach + 1 < window->bottom ? from->row + reach + 1 : window->bottom;
  for (int64_t row = top; row < bottom; row++) {
    for (int64_t column = left; column < right; column++) {
      uint32_t *at = pixel_of(window, column, row);
      if (*at == 0 && is_inside(from, column - from->column, row - from->row)) {
        *at = number;
      }
    }
  }
}

/* Paints centres, or the ellipses, of all nuclei whose cells are near enough, by ascending number. */
static void paint_near(const nuclei *made, const struct window *window, bool centers) {
  const nuclei_spec *spec = &made->spec;
  const int64_t reach = made->reach;
  const int64_t low[2] = {window->left - reach, window->top - reach};
  const int64_t high[2] = {window->right + reach, window->bottom + reach};
  const uint32_t first_i = cell_of(low[0] > 0 ? (uint32_t)low[0] : 0, made->across, spec->columns);
  const uint32_t last_i =
      cell_of(high[0] < spec->columns ? (uint32_t)high[0] : spec->columns - 1, made->across, spec->columns);
  const uint32_t first_j = cell_of(low[1] > 0 ? (uint32_t)low[1] : 0, made->down, spec->rows);
  const uint32_t last_j = cell_of(high[1] < spec->rows ? (uint32_t)high[1] : spec->rows - 1, made->down, spec->rows);
  for (uint32_t j = first_j; j <= last_j; j++) {
    const uint32_t first = number_from(made, (uint64_t)j * made->across + first_i);
    const uint32_t end = number_from(made, (uint64_t)j * made->across + last_i + 1);
    for (uint32_t number = first; number < end; number++) {
      const nucleus found = nuclei_at(made, number);
      if (centers) {
        paint_center(window, &found, number);
      } else {
        paint_ellipse(window, &found, number);
      }
    }
  }
}

void nuclei_paint(const nuclei *made, uint32_t left, uint32_t top, uint32_t width, uint32_t height, uint32_t *out) {
  const int64_t right = (int64_t)left + width;
  const int64_t bottom = (int64_t)top + height;
  const struct window window = {.left = left,
                                .top = top,
                                .right = right < made->spec.columns ? right : made->spec.columns,
                                .bottom = bottom < made->spec.rows ? bottom : made->spec.rows,
                                .stride = width,
                                .out = out};
  memset(out, 0, (size_t)width * height * sizeof *out);
  if (window.left < window.right && window.top < window.bottom) {
    paint_near(made, &window, true);
    paint_near(made, &window, false);
  }
}
