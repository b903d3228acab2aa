/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_survey.c - one look over all frames: which columns and rows repeat everywhere, and which frames. */
#include "label_edge_encode.h"
#include "label_edge_scan.h"

#include <stdlib.h>

enum { LE_MOST_PLANNING = 1 << 26 };

struct label_edge_survey {
  label_edge_format format;
  uint32_t added;
  uint8_t *column_changes; /* columns: differs from the one before, in some row of some frame */
  uint8_t *row_changes;    /* rows */
  uint64_t *hashes;        /* frames; NULL: not asked for */
  le_change *changes;      /* columns */
  uint8_t *plan;
};

label_edge_status label_edge_survey_create(const label_edge_format *format, bool same, label_edge_survey **survey) {
  *survey = NULL;
  if (!label_edge_frame_bytes(format)) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  label_edge_survey *s = calloc(1, sizeof *s);
  if (!s) {
    return LABEL_EDGE_NO_MEMORY;
  }
  s->format = *format;
  s->column_changes = calloc(format->columns, 1);
  s->row_changes = calloc(format->rows, 1);
  s->hashes = same ? calloc(format->frames, sizeof *s->hashes) : NULL;
  s->changes = calloc(format->columns, sizeof *s->changes);
  if (!s->column_changes || !s->row_changes || (same && !s->hashes) || !s->changes) {
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
      hash = mix(hash, (uint64_t)survey->changes[k].column << 16 | survey->changes[k].value);
    }
  }
  if (survey->hashes) {
    survey->hashes[survey->added] = hash;
  }
  survey->added++;
  return LABEL_EDGE_OK;
}

/* ---- The grid of all frames (bitstream.md, section 5) */

/* Whether a rule keeps all of these columns (rows). */
static bool keeps_all(unsigned rule, uint32_t source, uint32_t count, const uint32_t *kept, uint32_t number,
                      uint64_t *work) {
  const bool outermost = rule == LE_RULE_OUTERMOST;
  const uint64_t a = outermost ? source - 1 : source;
  const uint64_t b = rule == LE_RULE_LEFT ? 0 : rule == LE_RULE_CENTRES ? source / 2 : (count - 1) / 2;
  const uint64_t c = outermost ? count - 1 : count; /* not 0: one column is kept by itself */
  for (uint32_t k = 1; k < number; k++) {
    const uint64_t place = kept[k] * a + b;
    if (place / c == (place - a) / c) {
      *work += k;
      return false;
    }
  }
  return true;
}

/* The first rule that keeps what changes, with the fewest source columns (rows), into the plan; else rule 0. kept: room
 * for count. */
static void plan_axis(const uint8_t *changes, uint32_t count, uint32_t *kept, uint8_t plan[LE_PLAN_AXIS]) {
  uint32_t number = 0;
  for (uint32_t k = 0; k < count; k++) {
    kept[number] = k;
    number += changes[k];
  }
  uint64_t work = 0; /* is bounded: frames of 65535 columns might need 2^40 steps */
  for (uint32_t source = number; count > 1 && source < (uint64_t)count * 15 / 16 && work < LE_MOST_PLANNING; source++) {
    for (unsigned rule = LE_RULE_LEFT; rule <= LE_RULE_OUTERMOST; rule++) {
      if (keeps_all(rule, source, count, kept, number, &work)) {
        plan[0] = (uint8_t)rule;
        plan[1] = (uint8_t)source;
        plan[2] = (uint8_t)(source >> 8);
        return;
      }
    }
  }
}

static uint32_t sum(const uint8_t *changes, uint32_t count) {
  uint32_t kept = 0;
  for (uint32_t k = 0; k < count; k++) {
    kept += changes[k];
  }
  return kept;
}

static label_edge_status put_grid(const label_edge_survey *survey, uint8_t plan[LE_PLAN_GRID]) {
  const uint32_t columns = survey->format.columns;
  const uint32_t rows = survey->format.rows;
  const uint64_t kept = (uint64_t)sum(survey->column_changes, columns) * sum(survey->row_changes, rows);
  if (kept > (uint64_t)columns * rows / 8 * 7) {
    return LABEL_EDGE_OK;
  }
  uint32_t *scratch = calloc(columns > rows ? columns : rows, sizeof *scratch);
  if (!scratch) {
    return LABEL_EDGE_NO_MEMORY;
  }
  plan_axis(survey->column_changes, columns, scratch, plan);
  plan_axis(survey->row_changes, rows, scratch, plan + LE_PLAN_AXIS);
  free(scratch);
  return LABEL_EDGE_OK;
}

/* ---- Frames that repeat (section 4.3): for each frame the one that it seems to repeat plus 1, or 0. */

static void put_repeats(const label_edge_survey *survey, uint8_t *repeats) {
  const uint64_t *hashes = survey->hashes;
  uint32_t root = 0; /* the last frame that may be repeated */
  for (uint32_t f = 0; f < survey->format.frames; f++) {
    uint32_t target = 0;
    if (f && hashes[f] == hashes[root] && f - root <= LE_LARGEST_BACK) {
      target = root + 1;
    } else {
      root = f;
    }
    for (unsigned k = 0; k < 4; k++) {
      repeats[(size_t)f * 4 + k] = (uint8_t)(target >> 8 * k);
    }
  }
}

label_edge_status label_edge_survey_finish(label_edge_survey *survey, const uint8_t **plan, size_t *size) {
  if (survey->added != survey->format.frames) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  *size = LE_PLAN_GRID + (survey->hashes ? (size_t)survey->format.frames * 4 : 0);
  free(survey->plan);
  survey->plan = calloc(1, *size);
  if (!survey->plan) {
    return LABEL_EDGE_NO_MEMORY;
  }
  const label_edge_status status = put_grid(survey, survey->plan);
  if (survey->hashes) {
    put_repeats(survey, survey->plan + LE_PLAN_GRID);
  }
  *plan = survey->plan;
  return status;
}
