/* SPDX-License-Identifier: Apache-2.0 */
/* segment_runs.c - sorts a plane's runs of labels by segment, see segment_runs.h.
 *
 * The scratch buffer holds, one after the other: the caller's bytes, each segment's first and last run, and the
 * runs in the order of the plane, linked by segment. It grows by one row's possible runs at a time. */
#include "model/segment_runs.h"

#include <string.h>

#include "base/checked.h"
#include "model/label_runs.h"

struct finder {
  const dseg_description *description;
  const void *labels;
  uint32_t *first, *last; /* by segment index */
  dseg_segment_run *runs;
  uint32_t count;
};

static dseg_status refuse_label(uint32_t label, size_t at, size_t columns, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_ARGUMENT, "label %u at row %zu, column %zu belongs to no segment", (unsigned)label,
                   at / columns, at % columns);
}

/* The runs of one row, start to end. There is room for all its pixels. */
static inline dseg_status find_in_row(struct finder *finder, unsigned bits, size_t start, size_t end,
                                      dseg_error *error) {
  const dseg_description *description = finder->description;
  const size_t columns = end - start;
  const size_t segment_count = description->segment_count;
  while (start < end) {
    const uint32_t label = dseg_label_at(finder->labels, bits, start);
    const size_t next = dseg_label_run_end(finder->labels, bits, start, end);
    if (label != description->background || !description->has_background) {
      const size_t segment = (size_t)label - 1;
      if (segment >= segment_count) {
        return refuse_label(label, start, columns, error);
      }
      const uint32_t run = finder->count++;
      finder->runs[run] = (dseg_segment_run){(uint32_t)start, (uint32_t)(next - start), DSEG_NO_RUN};
      if (finder->first[segment] == DSEG_NO_RUN) {
        finder->first[segment] = run;
      } else {
        finder->runs[finder->last[segment]].next = run;
      }
      finder->last[segment] = run;
    }
    start = next;
  }
  return DSEG_OK;
}

static dseg_status find_in_row_of(struct finder *finder, unsigned bits, size_t start, size_t end, dseg_error *error) {
  switch (bits) {
    case 8: return find_in_row(finder, 8, start, end, error);
    case 16: return find_in_row(finder, 16, start, end, error);
    default: return find_in_row(finder, 32, start, end, error);
  }
}

static size_t align(size_t size) {
  return (size + 15) / 16 * 16;
}

dseg_status dseg_segment_runs_find(const dseg_description *description, const void *labels, unsigned bits,
                                   uint32_t rows, uint32_t columns, size_t extra, dseg_buffer *scratch,
                                   dseg_segment_runs *result, dseg_error *error) {
  if ((uint64_t)rows * columns >= DSEG_NO_RUN) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "a plane of %u x %u pixels is too large", (unsigned)columns,
                     (unsigned)rows);
  }
  const size_t table = align(extra);
  const size_t table_bytes = description->segment_count * sizeof(uint32_t);
  const size_t runs = align(table + 2 * table_bytes);
  DSEG_TRY(dseg_buffer_resize(scratch, runs, error));
  if (table_bytes != 0) {
    memset(scratch->data + table, 0xff, table_bytes);
  }
  struct finder finder = {.description = description, .labels = labels};
  for (size_t row = 0; row < rows; row++) {
    scratch->size = runs + finder.count * sizeof(dseg_segment_run);
    DSEG_TRY(dseg_buffer_reserve(scratch, columns * sizeof(dseg_segment_run), error));
    finder.first = (uint32_t *)(void *)(scratch->data + table);
    finder.last = finder.first + description->segment_count;
    finder.runs = (dseg_segment_run *)(void *)(scratch->data + runs);
    DSEG_TRY(find_in_row_of(&finder, bits, row * columns, (row + 1) * columns, error));
  }
  scratch->size = runs + finder.count * sizeof(dseg_segment_run);
  result->first = (uint32_t *)(void *)(scratch->data + table);
  result->runs = (dseg_segment_run *)(void *)(scratch->data + runs);
  return DSEG_OK;
}
