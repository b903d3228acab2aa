/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_survey.c - one look over all frames: labels, repeated columns and rows, repeated frames; the header. */
#include "label_edge_model.h"
#include "label_edge_scan.h"

#include <stdlib.h>
#include <string.h>

struct label_edge_survey {
  label_edge_format format;
  bool predict;
  uint32_t added;
  uint64_t value_used[1024]; /* a bit for each value */
  uint8_t *column_changes;   /* columns: differs from the one before, in some row of some frame */
  uint8_t *row_changes;      /* rows */
  uint64_t *hashes;          /* frames */
  le_change *changes;        /* columns */
  uint8_t *plan;
};

label_edge_status label_edge_survey_create(const label_edge_format *format, bool predict, label_edge_survey **survey) {
  *survey = NULL;
  if (!label_edge_frame_bytes(format)) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  label_edge_survey *s = calloc(1, sizeof *s);
  if (!s) {
    return LABEL_EDGE_NO_MEMORY;
  }
  s->format = *format;
  s->predict = predict;
  s->column_changes = calloc(format->columns, 1);
  s->row_changes = calloc(format->rows, 1);
  s->hashes = calloc(format->frames, sizeof *s->hashes);
  s->changes = calloc(format->columns, sizeof *s->changes);
  if (!s->column_changes || !s->row_changes || !s->hashes || !s->changes) {
    label_edge_survey_destroy(s);
    return LABEL_EDGE_NO_MEMORY;
  }
  s->column_changes[0] = 1;
  s->row_changes[0] = 1;
  *survey = s;
  return LABEL_EDGE_OK;
}

void label_edge_survey_destroy(label_edge_survey *survey) {
  if (survey) {
    free(survey->column_changes);
    free(survey->row_changes);
    free(survey->hashes);
    free(survey->changes);
    free(survey->plan);
    free(survey);
  }
}

static uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
  return hash ^ hash >> 29;
}

label_edge_status label_edge_survey_add(label_edge_survey *survey, const void *pixels) {
  if (survey->added == survey->format.frames) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  uint64_t hash = 0;
  for (uint32_t y = 0; y < survey->format.rows; y++) {
    if (y && label_edge_row_repeats(&survey->format, pixels, y)) {
      continue;
    }
    survey->row_changes[y] = 1;
    const uint32_t count = label_edge_scan_row(&survey->format, pixels, y, survey->changes);
    hash = mix(hash, y);
    for (uint32_t k = 0; k < count; k++) {
      survey->column_changes[survey->changes[k].column] = 1;
      survey->value_used[survey->changes[k].value / 64] |= UINT64_C(1) << survey->changes[k].value % 64;
      hash = mix(hash, (uint64_t)survey->changes[k].column << 16 | survey->changes[k].value);
    }
  }
  survey->hashes[survey->added++] = hash;
  return LABEL_EDGE_OK;
}

/* ---- The header (bitstream.md, section 5) */

static void put_number(uint8_t **p, uint32_t number) {
  while (number >= 0x80) {
    *(*p)++ = (uint8_t)(number | 0x80);
    number >>= 7;
  }
  *(*p)++ = (uint8_t)number;
}

static void put_16(uint8_t *p, uint32_t value) {
  p[0] = (uint8_t)value;
  p[1] = (uint8_t)(value >> 8);
}

static void put_32(uint8_t *p, uint32_t value) {
  for (unsigned k = 0; k < 4; k++) {
    p[k] = (uint8_t)(value >> 8 * k);
  }
}

/* The first run of values that are used, from *first on: [*first, end); 0: there is none. */
static uint32_t next_run(const label_edge_survey *survey, uint32_t *first) {
  const uint32_t limit = UINT32_C(1) << survey->format.bits;
  const uint64_t *used = survey->value_used;
  uint32_t v = *first;
  while (v < limit && !(used[v / 64] >> v % 64 & 1)) {
    v += v % 64 == 0 && !used[v / 64] ? 64 : 1;
  }
  *first = v;
  while (v < limit && used[v / 64] >> v % 64 & 1) {
    v++;
  }
  return v > *first ? v : 0;
}

/* The palette: runs of consecutive values. p NULL: only counts its bytes. Returns them. */
static size_t put_palette(const label_edge_survey *survey, uint8_t *p, uint32_t *values) {
  uint8_t scratch[8];
  uint32_t runs = 0;
  uint32_t first = 0;
  uint32_t end;
  for (; (end = next_run(survey, &first)); first = end) {
    runs++;
  }
  uint8_t *q = p ? p : scratch;
  const uint8_t *start = q;
  put_number(&q, runs);
  size_t size = (size_t)(q - start);
  uint32_t behind = 0; /* the last run */
  *values = 0;
  for (first = 0; (end = next_run(survey, &first)); first = behind = end) {
    start = q = p ? p + size : scratch;
    put_number(&q, first - behind);
    put_number(&q, end - first - 1);
    size += (size_t)(q - start);
    *values += end - first;
  }
  return size;
}

static uint8_t *put_axis(uint8_t *p, const uint8_t *changes, uint32_t count) {
  for (uint32_t k = 0; k < count; k++) {
    p[k / 8] |= (uint8_t)(changes[k] << k % 8);
  }
  return p + ((size_t)count + 7) / 8;
}

static size_t put_header(const label_edge_survey *survey, size_t palette_bytes, uint32_t values, uint8_t *header) {
  const uint32_t columns = survey->format.columns;
  const uint32_t rows = survey->format.rows;
  uint64_t width = 0;
  uint64_t height = 0;
  for (uint32_t k = 0; k < columns; k++) {
    width += survey->column_changes[k];
  }
  for (uint32_t k = 0; k < rows; k++) {
    height += survey->row_changes[k];
  }
  /* A palette that needs more than half a percent of the pixels would not pay in frames that are stored raw. */
  const double instance = (double)label_edge_frame_bytes(&survey->format) * survey->format.frames;
  const bool palette = survey->format.bits > 1 && values < (UINT32_C(1) << survey->format.bits) &&
                       (double)palette_bytes < instance / 200 + 64;
  const bool grid = width * height <= (uint64_t)columns * rows / 8 * 7;
  uint8_t *p = header + LE_FIXED_HEADER;
  if (palette) {
    p += put_palette(survey, p, &values);
  }
  if (grid) {
    p = put_axis(p, survey->column_changes, columns);
    p = put_axis(p, survey->row_changes, rows);
  }
  p += (p - header) & 1;
  header[0] = 'L';
  header[1] = 'E';
  header[2] = LE_VERSION;
  header[3] = (uint8_t)(palette | grid << 1 | survey->predict << 2);
  put_32(header + 4, (uint32_t)(p - header));
  put_16(header + 8, rows);
  put_16(header + 10, columns);
  put_16(header + 12, survey->format.bits);
  put_32(header + 14, survey->format.frames);
  return (size_t)(p - header);
}

/* ---- Frames that repeat (section 4.3): for each frame the one that it seems to repeat plus 1, or 0. */

static void put_repeats(const label_edge_survey *survey, uint8_t *repeats) {
  const uint64_t *hashes = survey->hashes;
  const uint32_t frames = survey->format.frames;
  uint32_t root = 0; /* the last frame that may be repeated from afar */
  for (uint32_t f = 0; f < frames; f++) {
    uint32_t first;
    uint32_t second;
    uint32_t target = 0;
    if (survey->predict && label_edge_references(f, frames, &first, &second)) {
      target = hashes[f] == hashes[first] ? first + 1 : hashes[f] == hashes[second] ? second + 1 : 0;
    } else if (f && hashes[f] == hashes[root] && f - root <= LE_LARGEST_DISTANCE) {
      target = root + 1;
    } else {
      root = f;
    }
    put_32(repeats + (size_t)f * 4, target);
  }
}

label_edge_status label_edge_survey_finish(label_edge_survey *survey, const uint8_t **plan, size_t *size) {
  if (survey->added != survey->format.frames) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  uint32_t values;
  const size_t palette_bytes = put_palette(survey, NULL, &values);
  const size_t header_room =
      LE_FIXED_HEADER + palette_bytes + ((size_t)survey->format.columns + survey->format.rows) / 8 + 4;
  free(survey->plan);
  survey->plan = calloc(1, header_room + (size_t)survey->format.frames * 4);
  if (!survey->plan) {
    return LABEL_EDGE_NO_MEMORY;
  }
  const size_t header = put_header(survey, palette_bytes, values, survey->plan);
  put_repeats(survey, survey->plan + header);
  *plan = survey->plan;
  *size = header + (size_t)survey->format.frames * 4;
  return LABEL_EDGE_OK;
}
