/* SPDX-License-Identifier: Apache-2.0 */
/* legend.c - the heading of the picture, and its legend of segments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/os.h"
#include "preview/preview.h"

enum { COLUMN_LETTERS = 27 /* of the legend, at least */, LINE_GAP = 3 };

static const uint8_t text_color[3] = {216, 216, 224};
static const uint8_t dim_color[3] = {140, 140, 150};

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

/* The name as the picture can show it: a label in letters that its font lacks gives way to the meaning of the segment's
 * code. */
static void name_segment(const picture *canvas, const dseg_segment *segment, char *text, size_t size) {
  const char *label = segment->label != NULL ? segment->label : "";
  const char *meaning = segment->type.meaning;
  const char *side = segment->type_modifiers.count > 0 ? segment->type_modifiers.items[0].meaning : NULL;
  if (picture_has_letters(canvas, label) || meaning == NULL || *meaning == '\0' ||
      !picture_has_letters(canvas, meaning)) {
    (void)snprintf(text, size, "%s", label);
    return;
  }
  (void)snprintf(text, size, "%s%s%s", meaning, side != NULL ? ", " : "", side != NULL ? side : "");
}

/* Number and name; the number once where the name ends with it. */
static void legend_text(const picture *canvas, const dseg_segment *segment, char *text, size_t size) {
  char name[400];
  char number[16];
  name_segment(canvas, segment, name, sizeof name);
  const int digits = snprintf(number, sizeof number, " %u", (unsigned)segment->number);
  const size_t length = strlen(name);
  if (digits > 0 && length > (size_t)digits && strcmp(name + length - (size_t)digits, number) == 0) {
    (void)snprintf(text, size, "%s", name);
  } else {
    (void)snprintf(text, size, "%u %s", (unsigned)segment->number, name);
  }
}

static void draw_line(const preview_job *job, picture *canvas, int64_t x, int64_t y, uint32_t width, size_t segment) {
  const unsigned scale = job->layout.scale;
  const bool is_class = job->description->instances != NULL; /* whose colours are those of its instances */
  const uint32_t swatch = PICTURE_TEXT_HEIGHT * scale;
  const uint32_t used = is_class ? 0 : swatch + 4 * scale;
  const unsigned room = (width - used) / (PICTURE_TEXT_WIDTH * scale);
  char text[420];
  uint8_t color[3];
  if (!is_class) {
    preview_segment_color(job, segment, color);
    picture_fill(canvas, x, y, swatch, swatch, color);
  }
  legend_text(canvas, &job->description->segments[segment], text, sizeof text);
  const bool cut = canvas->texts == NULL && picture_text_length(text) > room && room > 2;
  picture_text(canvas, x + used, y, scale, cut ? room - 2 : room, text, text_color);
  if (cut) {
    picture_text(canvas, x + used + (int64_t)(room - 2) * PICTURE_TEXT_WIDTH * scale, y, scale, 2, "..", dim_color);
  }
}

dseg_status preview_draw_legend(const preview_job *job, picture *canvas, dseg_error *error) {
  const preview_layout *layout = &job->layout;
  const size_t count = job->description->segment_count;
  struct ranked *ranked = calloc(count + 1, sizeof *ranked);
  if (ranked == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the legend");
  }
  size_t shown = 0;
  for (size_t i = 0; i < count; i++) {
    if (job->voxels[i] > 0) {
      ranked[shown++] = (struct ranked){job->voxels[i], i};
    }
  }
  qsort(ranked, shown, sizeof *ranked, compare_ranked);
  const uint32_t line = (PICTURE_TEXT_HEIGHT + LINE_GAP) * layout->scale;
  const uint32_t least = COLUMN_LETTERS * PICTURE_TEXT_WIDTH * layout->scale;
  const uint32_t side_by_side = layout->legend_width / least;
  const uint32_t columns = side_by_side > 0 ? side_by_side : 1;
  const size_t one_below_another = layout->legend_height / line;
  const size_t rows = one_below_another > 0 ? one_below_another : 1;
  const size_t room = rows * columns;
  const size_t lines = shown <= room ? shown : room - 1;
  for (size_t i = 0; i < lines || (i == lines && shown > lines); i++) {
    const uint32_t width = layout->legend_width / columns;
    const int64_t x = layout->legend_left + (int64_t)(i / rows) * width;
    const int64_t y = layout->legend_top + (int64_t)(i % rows) * line;
    if (i < lines) {
      draw_line(job, canvas, x, y, width - PREVIEW_GAP, ranked[i].segment);
    } else {
      char text[40];
      (void)snprintf(text, sizeof text, "and %zu smaller", shown - lines);
      picture_text(canvas, x, y, layout->scale, sizeof text, text, dim_color);
    }
  }
  free(ranked);
  return DSEG_OK;
}

void preview_draw_heading(const preview_job *job, picture *canvas) {
  const dseg_geometry *geometry = &job->description->geometry;
  const preview_layout *layout = &job->layout;
  const char *name = os_path_name(job->input);
  const char *segments = job->description->segment_count == 1 ? "segment" : "segments";
  const unsigned room = (layout->width - 2 * PREVIEW_GAP) / (PICTURE_TEXT_WIDTH * layout->scale);
  char facts[200];
  const dseg_instances *instances = job->description->instances;
  char count[60] = "";
  if (instances != NULL) {
    (void)snprintf(count, sizeof count, "%zu %s of ", instances->count,
                   instances->count == 1 ? "instance" : "instances");
  }
  if (geometry->space == DSEG_SPACE_SLIDE) {
    (void)snprintf(facts, sizeof facts, "%s%zu %s, %u x %u pixels", count, job->description->segment_count, segments,
                   (unsigned)geometry->matrix_columns, (unsigned)geometry->matrix_rows);
  } else {
    (void)snprintf(facts, sizeof facts, "%s%zu %s, %zu %s of %u x %u", count, job->description->segment_count, segments,
                   geometry->plane_count, geometry->plane_count == 1 ? "plane" : "planes", (unsigned)geometry->columns,
                   (unsigned)geometry->rows);
  }
  picture_text(canvas, PREVIEW_GAP, PREVIEW_GAP, layout->scale, room, name, text_color);
  const unsigned used = picture_text_length(name) + 3;
  if (used < room) {
    picture_text(canvas, PREVIEW_GAP + (int64_t)used * PICTURE_TEXT_WIDTH * layout->scale, PREVIEW_GAP, layout->scale,
                 room - used, facts, dim_color);
  }
}
