/* SPDX-License-Identifier: Apache-2.0 */
/* draw.c - draws the montage of planes, or a slide as a whole, and the legend of its segments. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/os.h"
#include "preview/preview.h"

enum { GAP = 8 };
#define MAX_SCALE 16.0

static const uint8_t background[3] = {18, 18, 22};
static const uint8_t cell_color[3] = {0, 0, 0};
static const uint8_t text_color[3] = {216, 216, 224};
static const uint8_t dim_color[3] = {140, 140, 150};

/* Where things stand in the picture. */
struct layout {
  uint32_t columns, rows;           /* of cells */
  uint32_t cell_width, cell_height; /* pixels */
  uint32_t top;                     /* of the cells */
  uint32_t legend_left;
  unsigned scale; /* of text */
  uint32_t width, height;
};

/* A plane at the size it is drawn: segment index + 1 or 0, and with fractions their weight. */
struct cell {
  uint32_t width, height;
  uint32_t *labels;
  uint8_t *weights; /* NULL: labels only */
};

static dseg_status fail_memory(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the picture");
}

static bool is_slide(const preview_job *job) {
  return job->description->geometry.space == DSEG_SPACE_SLIDE;
}

/* Millimetres (or pixels) of what one cell shows. */
static void shown_size(const preview_job *job, double *width, double *height) {
  const dseg_geometry *geometry = &job->description->geometry;
  const preview_view *view = &job->view;
  *width = is_slide(job) ? geometry->matrix_columns : (view->right - view->left) * view->pixel_width;
  *height = is_slide(job) ? geometry->matrix_rows : (view->bottom - view->top) * view->pixel_height;
  *width = *width > 0 ? *width : 1;
  *height = *height > 0 ? *height : 1;
}

/* The number of columns that makes the montage about as high as three quarters of its width, with few places empty. */
static uint32_t choose_columns(uint32_t cells, double aspect) {
  uint32_t best = 1;
  double best_fault = INFINITY;
  for (uint32_t columns = 1; columns <= cells; columns++) {
    const uint32_t rows = (cells + columns - 1) / columns;
    const double wasted = (double)(rows * columns - cells) / (rows * columns);
    const double fault = fabs(log(rows * aspect / columns / 0.75)) + 4 * wasted;
    if (fault < best_fault) {
      best_fault = fault;
      best = columns;
    }
  }
  return best;
}

/* The size of a cell: as wide as there is room for, but no voxel larger than MAX_SCALE, and the picture no higher than
 * four times its width. */
static void size_cells(const preview_job *job, struct layout *layout, uint32_t room) {
  double shown_width;
  double shown_height;
  shown_size(job, &shown_width, &shown_height);
  const double voxels = is_slide(job) ? shown_width : shown_width / job->view.pixel_width;
  const double most_height = 4.0 * job->size / layout->rows;
  const double width = fmin((double)room / layout->columns, MAX_SCALE * voxels);
  const double height = width * shown_height / shown_width;
  const double shrink = height > most_height ? most_height / height : 1;
  layout->cell_width = (uint32_t)fmax(1, width * shrink);
  layout->cell_height = (uint32_t)fmax(1, height * shrink);
}

static void lay_out(const preview_job *job, struct layout *layout) {
  double shown_width;
  double shown_height;
  shown_size(job, &shown_width, &shown_height);
  const uint32_t cells = job->plane_count > 0 ? (uint32_t)job->plane_count : 1;
  const uint32_t columns = job->columns > 0 ? job->columns : choose_columns(cells, shown_height / shown_width);
  const uint32_t legend = job->size / 4;
  layout->columns = columns < cells ? columns : cells;
  layout->rows = (cells + layout->columns - 1) / layout->columns;
  layout->scale = job->size >= 900 ? 2 : 1;
  layout->top = 2 * GAP + PICTURE_TEXT_HEIGHT * layout->scale;
  size_cells(job, layout, job->size - legend - GAP * (layout->columns + 1));
  layout->legend_left = GAP + layout->columns * (layout->cell_width + GAP);
  layout->width = layout->legend_left + legend;
  layout->height = layout->top + layout->rows * (layout->cell_height + GAP);
  const uint32_t least = layout->top + 12 * (PICTURE_TEXT_HEIGHT + 3) * layout->scale;
  layout->height = layout->height > least ? layout->height : least;
}

/* Brings the plane that was read to the cell's size: the nearest voxel. */
static void sample_plane(const preview_job *job, const struct cell *cell) {
  const preview_view *view = &job->view;
  const uint32_t width = view->right - view->left;
  const uint32_t height = view->bottom - view->top;
  for (uint32_t y = 0; y < cell->height; y++) {
    const uint32_t from_y = view->top + (uint32_t)(((uint64_t)y * 2 + 1) * height / (2 * (uint64_t)cell->height));
    for (uint32_t x = 0; x < cell->width; x++) {
      const uint32_t from_x = view->left + (uint32_t)(((uint64_t)x * 2 + 1) * width / (2 * (uint64_t)cell->width));
      const size_t voxel = preview_voxel(job, from_x, from_y);
      cell->labels[(size_t)y * cell->width + x] = job->labels[voxel];
      if (cell->weights != NULL) {
        cell->weights[(size_t)y * cell->width + x] = job->weights[voxel];
      }
    }
  }
}

/* The pixels of the picture that fall on a slide's tile. */
static void sample_tile(const preview_job *job, const dseg_plane_position *tile, const struct cell *cell) {
  const dseg_geometry *geometry = &job->description->geometry;
  const double step_x = (double)geometry->matrix_columns / cell->width;
  const double step_y = (double)geometry->matrix_rows / cell->height;
  const uint32_t first_y = (uint32_t)fmax(0, floor(tile->matrix_row / step_y - 0.5));
  const uint32_t first_x = (uint32_t)fmax(0, floor(tile->matrix_column / step_x - 0.5));
  for (uint32_t y = first_y; y < cell->height; y++) {
    const double from_y = floor((y + 0.5) * step_y) - tile->matrix_row;
    if (from_y >= geometry->rows) {
      break;
    }
    for (uint32_t x = first_x; x < cell->width && from_y >= 0; x++) {
      const double from_x = floor((x + 0.5) * step_x) - tile->matrix_column;
      if (from_x >= geometry->columns) {
        break;
      }
      if (from_x >= 0) {
        const size_t voxel = (size_t)from_y * geometry->columns + (size_t)from_x;
        cell->labels[(size_t)y * cell->width + x] = job->labels[voxel];
        if (cell->weights != NULL) {
          cell->weights[(size_t)y * cell->width + x] = job->weights[voxel];
        }
      }
    }
  }
}

/* A slide as a whole; counts what the picture shows of each segment. */
static dseg_status sample_slide(preview_job *job, const struct cell *cell, dseg_error *error) {
  for (size_t plane = job->first_plane; plane <= job->last_plane; plane++) {
    DSEG_TRY(preview_read_plane(job, plane, error));
    sample_tile(job, &job->description->geometry.planes[plane], cell);
  }
  for (size_t i = 0; i < (size_t)cell->width * cell->height; i++) {
    if (cell->labels[i] != 0) {
      job->voxels[cell->labels[i] - 1]++;
    }
  }
  return DSEG_OK;
}

static void segment_color(const preview_job *job, size_t segment, uint8_t color[3]) {
  const dseg_segment *described = &job->description->segments[segment];
  if (described->has_color) {
    memcpy(color, described->rgb, 3);
  } else {
    dseg_default_color(segment, color);
  }
}

static void darken(uint8_t color[3], unsigned percent) {
  for (int i = 0; i < 3; i++) {
    color[i] = (uint8_t)(color[i] * percent / 100);
  }
}

/* A pixel on the inner edge of its segment; the edge between two segments belongs to one of them only. */
static bool is_edge(const struct cell *cell, uint32_t x, uint32_t y) {
  const uint32_t *at = cell->labels + (size_t)y * cell->width + x;
  return (x + 1 < cell->width && at[1] != *at) || (y + 1 < cell->height && at[cell->width] != *at) ||
         (x > 0 && at[-1] == 0) || (y > 0 && at[-(ptrdiff_t)cell->width] == 0);
}

static void draw_cell(const preview_job *job, picture *canvas, const struct cell *cell, uint32_t left, uint32_t top) {
  picture_fill(canvas, left, top, cell->width, cell->height, cell_color);
  for (uint32_t y = 0; y < cell->height; y++) {
    for (uint32_t x = 0; x < cell->width; x++) {
      const size_t at = (size_t)y * cell->width + x;
      if (cell->labels[at] == 0) {
        continue;
      }
      uint8_t color[3];
      segment_color(job, cell->labels[at] - 1, color);
      if (cell->weights != NULL) {
        darken(color, 10 + cell->weights[at] * 90U / 255U);
      } else if (is_edge(cell, x, y)) {
        darken(color, 65);
      }
      picture_set(canvas, left + (int64_t)x, top + (int64_t)y, color);
    }
  }
}

static dseg_status draw_cells(preview_job *job, picture *canvas, const struct layout *layout, const struct cell *cell,
                              dseg_error *error) {
  for (size_t i = 0; i < job->plane_count; i++) {
    const uint32_t left = GAP + (uint32_t)(i % layout->columns) * (layout->cell_width + GAP);
    const uint32_t top = layout->top + (uint32_t)(i / layout->columns) * (layout->cell_height + GAP);
    char number[24];
    DSEG_TRY(preview_read_plane(job, job->planes[i], error));
    sample_plane(job, cell);
    draw_cell(job, canvas, cell, left, top);
    snprintf(number, sizeof number, "%zu", job->planes[i] + 1);
    const unsigned scale = layout->cell_width >= 120 ? layout->scale : 1;
    picture_text(canvas, left + 4, top + 4, scale, 20, number, text_color);
  }
  return DSEG_OK;
}

/* Segments with voxels in the picture, the largest first. */
struct ranked {
  uint64_t voxels;
  size_t segment;
};

static int compare_ranked(const void *a, const void *b) {
  const struct ranked *one = a;
  const struct ranked *two = b;
  if (one->voxels != two->voxels) {
    return one->voxels > two->voxels ? -1 : 1;
  }
  return one->segment < two->segment ? -1 : 1;
}

/* Number and label; the number once where the label ends with it. */
static void legend_text(const dseg_segment *segment, char *text, size_t size) {
  const char *label = segment->label != NULL ? segment->label : "";
  char number[16];
  const int digits = snprintf(number, sizeof number, " %u", (unsigned)segment->number);
  const size_t length = strlen(label);
  if (digits > 0 && length > (size_t)digits && strcmp(label + length - (size_t)digits, number) == 0) {
    snprintf(text, size, "%s", label);
  } else {
    snprintf(text, size, "%u %s", (unsigned)segment->number, label);
  }
}

static void draw_legend_line(const preview_job *job, picture *canvas, const struct layout *layout, int64_t y,
                             size_t segment) {
  const dseg_segment *described = &job->description->segments[segment];
  const unsigned scale = layout->scale;
  const uint32_t swatch = PICTURE_TEXT_HEIGHT * scale;
  const int64_t text_left = layout->legend_left + swatch + 4 * (int64_t)scale;
  const unsigned room = (unsigned)((layout->width - text_left) / ((int64_t)PICTURE_TEXT_WIDTH * scale));
  char text[200];
  uint8_t color[3];
  segment_color(job, segment, color);
  picture_fill(canvas, layout->legend_left, y, swatch, swatch, color);
  legend_text(described, text, sizeof text);
  const bool cut = picture_text_length(text) > room && room > 2;
  picture_text(canvas, text_left, y, scale, cut ? room - 2 : room, text, text_color);
  if (cut) {
    picture_text(canvas, text_left + (int64_t)(room - 2) * PICTURE_TEXT_WIDTH * scale, y, scale, 2, "..", dim_color);
  }
}

static dseg_status draw_legend(const preview_job *job, picture *canvas, const struct layout *layout,
                               dseg_error *error) {
  const size_t count = job->description->segment_count;
  struct ranked *ranked = calloc(count + 1, sizeof *ranked);
  if (ranked == NULL) {
    return fail_memory(error);
  }
  size_t shown = 0;
  for (size_t i = 0; i < count; i++) {
    if (job->voxels[i] > 0) {
      ranked[shown++] = (struct ranked){job->voxels[i], i};
    }
  }
  qsort(ranked, shown, sizeof *ranked, compare_ranked);
  const uint32_t line = (PICTURE_TEXT_HEIGHT + 3) * layout->scale;
  const size_t room = (layout->height - layout->top - GAP) / line;
  const size_t lines = shown <= room ? shown : room - 1;
  int64_t y = layout->top;
  for (size_t i = 0; i < lines; i++, y += line) {
    draw_legend_line(job, canvas, layout, y, ranked[i].segment);
  }
  if (shown > lines) {
    char text[40];
    snprintf(text, sizeof text, "and %zu smaller", shown - lines);
    picture_text(canvas, layout->legend_left, y, layout->scale, 40, text, dim_color);
  }
  free(ranked);
  return DSEG_OK;
}

static void draw_heading(const preview_job *job, picture *canvas, const struct layout *layout) {
  const dseg_geometry *geometry = &job->description->geometry;
  const char *name = os_path_name(job->input);
  const char *segments = job->description->segment_count == 1 ? "segment" : "segments";
  const unsigned room = (layout->width - 2 * GAP) / (PICTURE_TEXT_WIDTH * layout->scale);
  char facts[120];
  if (is_slide(job)) {
    snprintf(facts, sizeof facts, "   %zu %s, %u x %u pixels", job->description->segment_count, segments,
             (unsigned)geometry->matrix_columns, (unsigned)geometry->matrix_rows);
  } else {
    snprintf(facts, sizeof facts, "   %zu %s, %zu %s of %u x %u", job->description->segment_count, segments,
             geometry->plane_count, geometry->plane_count == 1 ? "plane" : "planes", (unsigned)geometry->columns,
             (unsigned)geometry->rows);
  }
  picture_text(canvas, GAP, GAP, layout->scale, room, name, text_color);
  const unsigned used = picture_text_length(name);
  if (used < room) {
    picture_text(canvas, GAP + (int64_t)used * PICTURE_TEXT_WIDTH * layout->scale, GAP, layout->scale, room - used,
                 facts, dim_color);
  }
}

static dseg_status draw_all(preview_job *job, picture *canvas, const struct layout *layout, const struct cell *cell,
                            dseg_error *error) {
  draw_heading(job, canvas, layout);
  if (is_slide(job)) {
    DSEG_TRY(sample_slide(job, cell, error));
    draw_cell(job, canvas, cell, GAP, layout->top);
  } else {
    DSEG_TRY(draw_cells(job, canvas, layout, cell, error));
  }
  return draw_legend(job, canvas, layout, error);
}

dseg_status preview_draw(preview_job *job, picture *canvas, dseg_error *error) {
  struct layout layout;
  lay_out(job, &layout);
  const size_t pixels = (size_t)layout.cell_width * layout.cell_height;
  struct cell cell = {layout.cell_width, layout.cell_height, calloc(pixels, sizeof *cell.labels), NULL};
  if (job->weights != NULL) {
    cell.weights = calloc(pixels, 1);
  }
  dseg_status status = DSEG_OK;
  if (cell.labels == NULL || (job->weights != NULL && cell.weights == NULL) ||
      !picture_create(canvas, layout.width, layout.height, background)) {
    status = fail_memory(error);
  } else {
    status = draw_all(job, canvas, &layout, &cell, error);
  }
  free(cell.labels);
  free(cell.weights);
  return status;
}
