/* SPDX-License-Identifier: Apache-2.0 */
/* view_planes.c - fetches planes of a view from its source: on the same raster, shifted, mirrored and turned within the
 * plane, or across the planes of the source. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/threads.h"
#include "model/label_planes.h"
#include "sources/view.h"

/* What is read of the source at once where it cannot go to the caller's buffer. */
#define SCRATCH_BYTES ((size_t)4 << 20)
/* Pixels of a line that are gathered together: lines that need the same part of the source find it in the cache. */
#define TILE ((size_t)64)
/* Planes of the view that one thread fills together across the planes of the source. */
#define TOGETHER ((size_t)16)

static const dseg_geometry *geometry_of(const dseg_plane_reader *reader) {
  return &reader->view->base.description->geometry;
}

static const dseg_geometry *source_geometry(const dseg_plane_reader *reader) {
  return &reader->view->source->description->geometry;
}

static size_t plane_pixels(const dseg_geometry *geometry) {
  return (size_t)geometry->rows * geometry->columns;
}

/* Fractions, of 32 or 64 bits, are 0 there. */
static void fill_background(const dseg_plane_reader *reader, void *out, size_t pixels) {
  if (reader->background == 0) {
    memset(out, 0, pixels * reader->element);
  } else {
    dseg_labels_fill(out, reader->element * 8, 0, pixels, reader->background);
  }
}

/* How many of count planes of the view from the given one on follow each other in the source, forwards (step 1) or
 * backwards (-1). */
static size_t run_length(const int32_t *planes, size_t count, int step) {
  size_t length = 1;
  while (length < count && planes[length] >= 0 && planes[length] == planes[length - 1] + step) {
    length++;
  }
  return length;
}

/* The longest run, its first plane in the source, and whether it goes backwards. */
static size_t find_run(const int32_t *planes, size_t count, size_t *first, bool *backwards) {
  const size_t back = run_length(planes, count, -1);
  *backwards = back > 1;
  *first = (size_t)(back > 1 ? planes[back - 1] : planes[0]);
  return back > 1 ? back : run_length(planes, count, 1);
}

static dseg_status reverse_planes(uint8_t *planes, size_t count, size_t bytes, dseg_error *error) {
  uint8_t *scratch = malloc(bytes);
  if (scratch == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a plane");
  }
  for (size_t i = 0; i < count / 2; i++) {
    uint8_t *a = planes + i * bytes;
    uint8_t *b = planes + (count - 1 - i) * bytes;
    memcpy(scratch, a, bytes);
    memcpy(a, b, bytes);
    memcpy(b, scratch, bytes);
  }
  free(scratch);
  return DSEG_OK;
}

/* Planes on the same raster go straight to out. */
static dseg_status read_plain(dseg_plane_reader *reader, size_t first, size_t count, void *out, dseg_error *error) {
  const int32_t *planes = reader->view->map.index[2] + first;
  const size_t bytes = plane_pixels(geometry_of(reader)) * reader->element;
  for (size_t i = 0; i < count;) {
    uint8_t *place = (uint8_t *)out + i * bytes;
    if (planes[i] < 0) {
      fill_background(reader, place, bytes / reader->element);
      i++;
      continue;
    }
    size_t from = 0;
    bool backwards = false;
    const size_t length = find_run(planes + i, count - i, &from, &backwards);
    DSEG_TRY(reader->read(reader, from, length, place, error));
    if (backwards) {
      DSEG_TRY(reverse_planes(place, length, bytes, error));
    }
    i += length;
  }
  return DSEG_OK;
}

/* Pixels along a line of the view that lie within the source. */
struct line {
  size_t *to;   /* place along the line */
  size_t *from; /* distance in the source, in pixels of its plane */
  size_t count;
  bool whole;  /* the whole line lies within */
  bool copies; /* both are consecutive */
};

static void free_line(struct line *line) {
  free(line->to);
  free(line->from);
}

/* The line along an axis of the view. A source's planes are a distance of 1 apart here: which plane. */
static dseg_status make_line(const dseg_plane_reader *reader, int axis, struct line *line, dseg_error *error) {
  const size_t size = dseg_raster_size(geometry_of(reader), axis);
  const int source_axis = reader->view->map.source_axis[axis];
  const size_t stride = source_axis == 1 ? source_geometry(reader)->columns : 1;
  const int32_t *index = reader->view->map.index[axis];
  *line = (struct line){.to = calloc(size + 1, sizeof *line->to), .from = calloc(size + 1, sizeof *line->from)};
  if (line->to == NULL || line->from == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a line of %zu pixels", size);
  }
  line->copies = true;
  for (size_t i = 0; i < size; i++) {
    if (index[i] >= 0) {
      const size_t n = line->count++;
      line->to[n] = i;
      line->from[n] = (size_t)index[i] * stride;
      line->copies = line->copies && line->to[n] == line->to[0] + n && line->from[n] == line->from[0] + n;
    }
  }
  line->whole = line->count == size;
  return DSEG_OK;
}

static inline void gather(const struct line *line, size_t begin, size_t end, const uint8_t *from, size_t to_stride,
                          uint8_t *to, size_t element) {
  for (size_t i = begin; i < end; i++) {
    memcpy(to + line->to[i] * to_stride * element, from + line->from[i] * element, element);
  }
}

/* Pixels begin to end of a line: to[place * to_stride] = from[distance]. */
static void copy_line(const struct line *line, size_t begin, size_t end, const uint8_t *from, size_t to_stride,
                      uint8_t *to, unsigned element) {
  if (line->copies && to_stride == 1 && begin < end) {
    memcpy(to + line->to[begin] * element, from + line->from[begin] * element, (end - begin) * element);
    return;
  }
  switch (element) {
    case 1: gather(line, begin, end, from, to_stride, to, 1); break;
    case 2: gather(line, begin, end, from, to_stride, to, 2); break;
    case 4: gather(line, begin, end, from, to_stride, to, 4); break;
    default: gather(line, begin, end, from, to_stride, to, 8); break;
  }
}

/* Planes of the view that show one plane of the source each. */
struct turned {
  const dseg_plane_reader *reader;
  struct line columns, rows;
  const uint8_t *scratch; /* planes of the source */
  uint8_t *out;
  size_t count;
  bool backwards;
};

static dseg_status turn_plane(void *user, size_t index, unsigned worker, dseg_error *error) {
  (void)worker;
  (void)error;
  const struct turned *work = user;
  const unsigned element = work->reader->element;
  const dseg_geometry *geometry = geometry_of(work->reader);
  const size_t of_source = work->backwards ? work->count - 1 - index : index;
  const uint8_t *from = work->scratch + of_source * plane_pixels(source_geometry(work->reader)) * element;
  uint8_t *to = work->out + index * plane_pixels(geometry) * element;
  if (!work->columns.whole || !work->rows.whole) {
    fill_background(work->reader, to, plane_pixels(geometry));
  }
  const size_t step = work->columns.copies ? work->columns.count + 1 : TILE;
  for (size_t begin = 0; begin < work->columns.count; begin += step) {
    const size_t end = work->columns.count - begin < step ? work->columns.count : begin + step;
    for (size_t i = 0; i < work->rows.count; i++) {
      copy_line(&work->columns, begin, end, from + work->rows.from[i] * element, 1,
                to + work->rows.to[i] * geometry->columns * element, element);
    }
  }
  return DSEG_OK;
}

/* Memory for some planes of the source, at least one for each thread; *count: how many. */
static dseg_status make_scratch(const dseg_plane_reader *reader, size_t most, uint8_t **scratch, size_t *count,
                                dseg_error *error) {
  const size_t plane = plane_pixels(source_geometry(reader)) * reader->element;
  const size_t workers = dseg_worker_count(reader->threads, most);
  const size_t fitting = plane > 0 ? SCRATCH_BYTES / plane : most;
  *count = fitting > workers ? fitting : workers;
  *count = *count < most ? *count : most;
  size_t bytes;
  *scratch = dseg_mul_size(*count, plane, &bytes) ? malloc(bytes + 1) : NULL;
  return *scratch != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", *count);
}

static dseg_status read_turned_planes(dseg_plane_reader *reader, struct turned *work, uint8_t *scratch, size_t room,
                                      size_t first, size_t count, uint8_t *out, dseg_error *error) {
  const int32_t *planes = reader->view->map.index[2] + first;
  const size_t pixels = plane_pixels(geometry_of(reader));
  for (size_t i = 0; i < count; i += work->count) {
    work->out = out + i * pixels * reader->element;
    work->count = 1;
    if (planes[i] < 0) {
      fill_background(reader, work->out, pixels);
      continue;
    }
    size_t from = 0;
    const size_t left = count - i < room ? count - i : room;
    work->count = find_run(planes + i, left, &from, &work->backwards);
    DSEG_TRY(reader->read(reader, from, work->count, scratch, error));
    DSEG_TRY(dseg_parallel_for(work->count, dseg_worker_count(reader->threads, work->count), turn_plane, work, error));
  }
  return DSEG_OK;
}

static dseg_status read_turned(dseg_plane_reader *reader, size_t first, size_t count, void *out, dseg_error *error) {
  struct turned work = {.reader = reader};
  uint8_t *scratch = NULL;
  size_t room = 0;
  dseg_status status = make_line(reader, 0, &work.columns, error);
  if (status == DSEG_OK) {
    status = make_line(reader, 1, &work.rows, error);
  }
  if (status == DSEG_OK) {
    status = make_scratch(reader, count, &scratch, &room, error);
  }
  if (status == DSEG_OK) {
    work.scratch = scratch;
    status = read_turned_planes(reader, &work, scratch, room, first, count, out, error);
  }
  free(scratch);
  free_line(&work.columns);
  free_line(&work.rows);
  return status;
}

/* A plane of the source, and which line of the view's planes shows it. */
struct slot {
  size_t plane, place;
};

static int compare_slots(const void *a, const void *b) {
  const struct slot *x = a;
  const struct slot *y = b;
  return (x->plane > y->plane) - (x->plane < y->plane);
}

/* Planes of the view across those of the source. */
struct crossed {
  const dseg_plane_reader *reader;
  int axis;           /* of the view's planes: the one that crosses */
  struct line normal; /* planes of the view: distances within a plane of the source */
  struct line line;   /* along the axis of the view's planes that does not cross */
  struct slot *slots; /* along the one that crosses, by plane of the source */
  size_t slot_count;
  size_t line_stride, slot_stride; /* in the view's planes, in pixels */
  const uint8_t *scratch;          /* planes of the source from first_plane on */
  size_t first_plane;
  const struct slot *some; /* those to be filled from scratch */
  size_t some_count;
  uint8_t *out;
  size_t begin, end; /* of normal: those of the planes asked for */
  size_t first;      /* plane of the view that out begins with */
};

/* TOGETHER planes of the view. Tiles of them and of pixels along the line take turns, so that lines of the source are
 * used while they are in the cache. */
static dseg_status cross_planes(void *user, size_t index, unsigned worker, dseg_error *error) {
  (void)worker;
  (void)error;
  const struct crossed *work = user;
  const unsigned element = work->reader->element;
  const size_t pixels = plane_pixels(geometry_of(work->reader));
  const size_t source_bytes = plane_pixels(source_geometry(work->reader)) * element;
  const size_t begin = work->begin + index * TOGETHER;
  const size_t end = work->end - begin < TOGETHER ? work->end : begin + TOGETHER;
  const size_t step = work->line.copies && work->line_stride == 1 ? work->line.count + 1 : TILE;
  for (size_t from = 0; from < work->line.count; from += step) {
    const size_t to = work->line.count - from < step ? work->line.count : from + step;
    for (size_t k = 0; k < work->some_count; k++) {
      const struct slot *slot = &work->some[k];
      const uint8_t *plane = work->scratch + (slot->plane - work->first_plane) * source_bytes;
      uint8_t *out = work->out + slot->place * work->slot_stride * element;
      for (size_t p = begin; p < end; p++) {
        copy_line(&work->line, from, to, plane + work->normal.from[p] * element, work->line_stride,
                  out + (work->normal.to[p] - work->first) * pixels * element, element);
      }
    }
  }
  return DSEG_OK;
}

static dseg_status make_slots(struct crossed *work, dseg_error *error) {
  const size_t size = dseg_raster_size(geometry_of(work->reader), work->axis);
  const int32_t *index = work->reader->view->map.index[work->axis];
  work->slots = calloc(size + 1, sizeof *work->slots);
  if (work->slots == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a line of %zu pixels", size);
  }
  for (size_t i = 0; i < size; i++) {
    if (index[i] >= 0) {
      work->slots[work->slot_count++] = (struct slot){(size_t)index[i], i};
    }
  }
  qsort(work->slots, work->slot_count, sizeof *work->slots, compare_slots);
  return DSEG_OK;
}

/* Reads planes of the source that follow each other, at most room of them, and distributes them. *next: the first slot
 * that is left. */
static dseg_status cross_some(dseg_plane_reader *reader, struct crossed *work, uint8_t *scratch, size_t room,
                              size_t *next, dseg_error *error) {
  const size_t begin = *next;
  size_t end = begin + 1;
  work->first_plane = work->slots[begin].plane;
  while (end < work->slot_count && work->slots[end].plane - work->slots[end - 1].plane <= 1 &&
         work->slots[end].plane - work->first_plane < room) {
    end++;
  }
  *next = end;
  work->some = work->slots + begin;
  work->some_count = end - begin;
  DSEG_TRY(reader->read(reader, work->first_plane, work->slots[end - 1].plane - work->first_plane + 1, scratch, error));
  const size_t parts = (work->end - work->begin + TOGETHER - 1) / TOGETHER;
  return dseg_parallel_for(parts, dseg_worker_count(reader->threads, parts), cross_planes, work, error);
}

static dseg_status cross_all(dseg_plane_reader *reader, struct crossed *work, size_t count, dseg_error *error) {
  work->begin = 0;
  while (work->begin < work->normal.count && work->normal.to[work->begin] < work->first) {
    work->begin++;
  }
  work->end = work->begin;
  while (work->end < work->normal.count && work->normal.to[work->end] - work->first < count) {
    work->end++;
  }
  const bool whole = work->line.whole && work->end - work->begin == count &&
                     work->slot_count == dseg_raster_size(geometry_of(reader), work->axis);
  if (!whole) {
    fill_background(reader, work->out, count * plane_pixels(geometry_of(reader)));
  }
  if (work->begin == work->end || work->line.count == 0 || work->slot_count == 0) {
    return DSEG_OK;
  }
  uint8_t *scratch = NULL;
  size_t room = 0;
  dseg_status status = make_scratch(reader, work->slot_count, &scratch, &room, error);
  work->scratch = scratch;
  for (size_t next = 0; status == DSEG_OK && next < work->slot_count;) {
    status = cross_some(reader, work, scratch, room, &next, error);
  }
  free(scratch);
  return status;
}

static dseg_status read_crossed(dseg_plane_reader *reader, size_t first, size_t count, void *out, dseg_error *error) {
  const int axis = reader->view->map.source_axis[0] == 2 ? 0 : 1;
  const size_t columns = geometry_of(reader)->columns;
  struct crossed work = {.reader = reader,
                         .axis = axis,
                         .line_stride = axis == 0 ? columns : 1,
                         .slot_stride = axis == 0 ? 1 : columns,
                         .out = out,
                         .first = first};
  dseg_status status = make_line(reader, 2, &work.normal, error);
  if (status == DSEG_OK) {
    status = make_line(reader, 1 - axis, &work.line, error);
  }
  if (status == DSEG_OK) {
    status = make_slots(&work, error);
  }
  if (status == DSEG_OK) {
    status = cross_all(reader, &work, count, error);
  }
  free_line(&work.normal);
  free_line(&work.line);
  free(work.slots);
  return status;
}

dseg_status dseg_view_read_planes(dseg_plane_reader *reader, size_t first, size_t count, void *out, dseg_error *error) {
  if (reader->view->plain) {
    return read_plain(reader, first, count, out, error);
  }
  return dseg_raster_map_keeps_planes(&reader->view->map) ? read_turned(reader, first, count, out, error)
                                                          : read_crossed(reader, first, count, out, error);
}
