/* label_edge_encode.c - the encoder: a frame's edges become symbols (bitstream.md, sections 8 and 9), and these, from
 * the last to the first, a fragment (section 6). */
#include "label_edge_model.h"
#include "label_edge_scan.h"

#include <stdlib.h>
#include <string.h>

/* A frame as edges, and as a grid once another frame is predicted from it. */
typedef struct le_slot {
  uint32_t frame; /* number + 1, 0: none */
  uint32_t count;
  le_edge *edges; /* pixels + 1 */
  uint16_t *grid; /* pixels; NULL until needed */
  bool painted;
} le_slot;

typedef struct le_bytes {
  uint8_t *p;
  size_t size, room;
} le_bytes;

/* A symbol: context << 16 | symbol; raw bits: 1 << 31 | count << 16 | value. */
typedef struct le_symbols {
  uint32_t *p;
  size_t count, room;
} le_symbols;

#define RAW_BITS (UINT32_C(1) << 31)

struct label_edge_encoder {
  le_model model;
  le_segment_contexts contexts;
  uint8_t *repeats;       /* of the plan */
  uint32_t *index_of;     /* of a value; UINT32_MAX: not in the palette */
  uint32_t *grid_columns; /* of a column: grid column; UINT32_MAX: repeats the one before */
  le_change *changes;
  uint16_t starts[LE_CONTEXTS][LE_SYMBOLS]; /* sums of the frequencies */
  le_slot slots[4];
  le_symbols symbols;
  uint16_t list[LE_LIST_SIZE];
  unsigned listed;
  le_bytes best, other;
  bool no_memory;
  uint64_t (*counts)[LE_SYMBOLS];
};

/* ---- Set-up */

label_edge_status label_edge_encoder_create(const label_edge_format *format, const uint8_t *plan, size_t size,
                                            label_edge_encoder **encoder) {
  *encoder = NULL;
  label_edge_encoder *e = calloc(1, sizeof *e);
  if (!e) {
    return LABEL_EDGE_NO_MEMORY;
  }
  label_edge_status status = label_edge_read_header(format, plan, size, &e->model);
  const size_t header = label_edge_header_size(plan, size);
  const size_t repeats = (size_t)format->frames * 4;
  if (!status && size != header + repeats) {
    status = LABEL_EDGE_BAD_FORMAT;
  }
  if (status) {
    label_edge_encoder_destroy(e);
    return status;
  }
  e->repeats = malloc(repeats);
  e->index_of = malloc(65536 * sizeof *e->index_of);
  e->grid_columns = malloc(format->columns * sizeof *e->grid_columns);
  e->changes = malloc(format->columns * sizeof *e->changes);
  if (!e->repeats || !e->index_of || !e->grid_columns || !e->changes) {
    label_edge_encoder_destroy(e);
    return LABEL_EDGE_NO_MEMORY;
  }
  memcpy(e->repeats, plan + header, repeats);
  memset(e->grid_columns, 0xff, format->columns * sizeof *e->grid_columns);
  memset(e->index_of, 0xff, 65536 * sizeof *e->index_of);
  for (uint32_t k = 0; k < e->model.labels; k++) {
    e->index_of[e->model.palette ? e->model.palette[k] : k] = k;
  }
  for (uint32_t k = 0; k < e->model.width; k++) {
    e->grid_columns[e->model.column_starts[k]] = k;
  }
  label_edge_segment_contexts(&e->contexts);
  for (unsigned c = 0; c < LE_CONTEXTS; c++) {
    for (unsigned s = 1; s < LE_SYMBOLS; s++) {
      e->starts[c][s] = (uint16_t)(e->starts[c][s - 1] + label_edge_frequencies[c][s - 1]);
    }
  }
  *encoder = e;
  return LABEL_EDGE_OK;
}

void label_edge_encoder_destroy(label_edge_encoder *encoder) {
  if (!encoder) {
    return;
  }
  label_edge_free_model(&encoder->model);
  for (unsigned k = 0; k < 4; k++) {
    free(encoder->slots[k].edges);
    free(encoder->slots[k].grid);
  }
  free(encoder->repeats);
  free(encoder->index_of);
  free(encoder->grid_columns);
  free(encoder->changes);
  free(encoder->symbols.p);
  free(encoder->best.p);
  free(encoder->other.p);
  free(encoder);
}

void label_edge_encoder_count(label_edge_encoder *encoder, uint64_t (*counts)[LE_SYMBOLS]) {
  encoder->counts = counts;
}

/* ---- From pixels to edges */

/* Fills the slot of a frame unless it holds it already. */
static label_edge_status load_frame(label_edge_encoder *e, le_slot *slot, uint32_t frame, const void *pixels) {
  const le_model *m = &e->model;
  if (slot->frame == frame + 1) {
    return LABEL_EDGE_OK;
  }
  if (!slot->edges) {
    slot->edges = malloc(((size_t)m->pixels + 1) * sizeof *slot->edges);
    if (!slot->edges) {
      return LABEL_EDGE_NO_MEMORY;
    }
  }
  slot->frame = 0;
  slot->painted = false;
  uint32_t count = 0;
  uint32_t label = 0;
  uint32_t row_start = 0;
  for (uint32_t r = 0; r < m->height; r++, row_start += m->width) {
    const uint32_t row = m->row_starts[r];
    const uint32_t found = label_edge_scan_row(&m->format, pixels, row, e->changes);
    for (uint32_t k = 0; k < found; k++) {
      const uint32_t column = e->grid_columns[e->changes[k].column];
      const uint32_t index = e->index_of[e->changes[k].value];
      if (column == UINT32_MAX || index == UINT32_MAX) {
        return LABEL_EDGE_BAD_FORMAT;
      }
      if (index != label) {
        slot->edges[count++] = le_make_edge(row_start + column, index, 0);
        label = index;
      }
    }
    for (uint32_t y = row + 1; y < m->row_starts[r + 1]; y++) {
      if (!label_edge_row_repeats(&m->format, pixels, y)) {
        return LABEL_EDGE_BAD_FORMAT;
      }
    }
  }
  slot->edges[count] = m->pixels;
  slot->count = count;
  slot->frame = frame + 1;
  return LABEL_EDGE_OK;
}

static label_edge_status load_reference(label_edge_encoder *e, uint32_t frame, label_edge_fetch fetch, void *user,
                                        le_slot **slot) {
  le_slot *s = &e->slots[label_edge_slot(frame, e->model.format.frames)];
  *slot = s;
  label_edge_status status = LABEL_EDGE_OK;
  if (s->frame != frame + 1) {
    const uint8_t *pixels;
    size_t size;
    status = fetch ? fetch(user, frame, &pixels, &size) : LABEL_EDGE_NO_ACCESS;
    if (!status && size != label_edge_frame_bytes(&e->model.format)) {
      status = LABEL_EDGE_NO_ACCESS;
    }
    if (!status) {
      status = load_frame(e, s, frame, pixels);
    }
  }
  if (!status && !s->grid) {
    s->grid = malloc(e->model.pixels * sizeof *s->grid);
    if (!s->grid) {
      status = LABEL_EDGE_NO_MEMORY;
    }
  }
  if (!status && !s->painted) {
    label_edge_paint_grid(s->edges, e->model.pixels, s->grid);
    s->painted = true;
  }
  return status;
}

/* ---- Symbols */

static void put(label_edge_encoder *e, uint32_t symbol) {
  if (e->symbols.count == e->symbols.room) {
    const size_t room = e->symbols.room ? e->symbols.room * 2 : 4096;
    uint32_t *p = realloc(e->symbols.p, room * sizeof *p);
    if (!p) {
      e->no_memory = true;
      e->symbols.count = 0;
      return;
    }
    e->symbols.p = p;
    e->symbols.room = room;
  }
  e->symbols.p[e->symbols.count++] = symbol;
}

static void put_symbol(label_edge_encoder *e, unsigned context, unsigned symbol) {
  put(e, (uint32_t)context << 16 | symbol);
}

static void put_bits(label_edge_encoder *e, unsigned count, uint32_t value) {
  if (count > 16) {
    put_bits(e, 16, value & 0xffff);
    value >>= 16;
    count -= 16;
  }
  if (count) {
    put(e, RAW_BITS | (uint32_t)count << 16 | value);
  }
}

/* Section 6.3. */
static void put_number(label_edge_encoder *e, unsigned context, uint32_t number) {
  const unsigned n = le_log2(number + 1);
  put_symbol(e, context, n < LE_LONG_NUMBER ? n : LE_LONG_NUMBER);
  if (n >= LE_LONG_NUMBER) {
    put_bits(e, 5, n);
  }
  put_bits(e, n, number + 1 - (UINT32_C(1) << n));
}

/* Section 6.4. */
static void put_listed(label_edge_encoder *e, uint32_t label) {
  unsigned k = 0;
  while (k < e->listed && e->list[k] != label) {
    k++;
  }
  if (k < e->listed) {
    const unsigned n = le_log2(k + 1);
    put_symbol(e, LE_LIST, n);
    put_bits(e, n, k + 1 - (1u << n));
  } else {
    put_symbol(e, LE_LIST, LE_LIST_NEW);
    put_bits(e, e->model.label_bits, label);
    if (e->listed < LE_LIST_SIZE) {
      e->listed++;
    }
    k = e->listed - 1;
  }
  memmove(e->list + 1, e->list, k * sizeof *e->list);
  e->list[0] = (uint16_t)label;
}

static void begin_frame(label_edge_encoder *e, unsigned type) {
  e->symbols.count = 0;
  e->listed = 0;
  put_bits(e, 2, type);
}

/* Section 8. */
static void put_intra(label_edge_encoder *e, le_edge *edges, uint32_t count) {
  const uint32_t pixels = e->model.pixels;
  const uint32_t width = e->model.width;
  uint32_t label = 0; /* of the pixel before `from` */
  uint32_t above = 0; /* the label above it, as far as the row above has been followed */
  uint32_t from = 0;
  uint32_t i = 0; /* the next edge of the row above */
  begin_frame(e, LE_INTRA);
  for (uint32_t j = 0;;) {
    const uint32_t at = le_position(edges[j]);
    const uint32_t to = le_label(edges[j]);
    uint32_t expected = i < j ? le_position(edges[i]) + width : pixels;
    const bool exists = expected < pixels;
    const unsigned differs = label != above;
    if (exists) {
      const unsigned context = LE_EDGE + differs * LE_HISTORIES + le_history(edges[i]);
      const int64_t moved = (int64_t)at - expected;
      if (j < count && to == le_label(edges[i]) && moved >= -4 && moved <= 4) {
        const unsigned move = (unsigned)(moved > 0 ? 2 * moved : moved < 0 ? -2 * moved - 1 : 0);
        put_symbol(e, context, move);
        edges[j] = le_make_edge(at, to, label_edge_next_history[le_history(edges[i])][move]);
        label = above = to;
        from = at + 1;
        i++;
        j++;
        continue;
      }
      if (j == count || at >= expected) {
        put_symbol(e, context, LE_PASS);
        above = le_label(edges[i++]);
        continue;
      }
      put_symbol(e, context, LE_INSERT);
    } else {
      put_symbol(e, LE_END + differs, j < count);
      if (j == count) {
        return;
      }
      expected = pixels;
    }
    put_number(e, le_gap_context(expected >= from ? expected - from + 1 : 1), at - from);
    if (e->model.labels > 2) {
      const unsigned birth = differs && to == above               ? LE_BIRTH_ABOVE
                             : exists && to == le_label(edges[i]) ? LE_BIRTH_NEXT
                                                                  : LE_BIRTH_LISTED;
      put_symbol(e, LE_BIRTH + 2 * differs + exists, birth);
      if (birth == LE_BIRTH_LISTED) {
        put_listed(e, to);
      }
    }
    edges[j] = le_make_edge(at, to, LE_NEW_EDGE);
    label = to;
    from = at + 1;
    j++;
  }
}

/* Section 9. */
static void put_predicted(label_edge_encoder *e, const le_edge *edges, const le_slot *p, const le_slot *q) {
  le_walk walk = {.n = edges,
                  .p = p->edges,
                  .q = q->edges,
                  .grid_p = p->grid,
                  .grid_q = q->grid,
                  .width = e->model.width,
                  .pixels = e->model.pixels};
  le_segment s;
  uint32_t label = 0;
  begin_frame(e, LE_PREDICTED);
  while (le_next_segment(&walk, &s)) {
    for (uint32_t x = s.start; x < s.end;) {
      const unsigned context = le_segment_context(&e->contexts, &s, x, label);
      const uint32_t at = le_position(*edges);
      if (at >= s.end) {
        put_symbol(e, context, 0);
        break;
      }
      const uint32_t offset = at - x;
      const uint32_t to = le_label(*edges++);
      const uint32_t expected = le_expected(&s, label);
      if (to == expected && offset < LE_NEAR) {
        put_symbol(e, context, 1 + offset);
      } else if (to == expected) {
        put_symbol(e, context, LE_FAR);
        put_number(e, LE_OFFSET, offset - LE_NEAR);
      } else {
        put_symbol(e, context, LE_OTHER);
        put_number(e, LE_OFFSET + 1, offset);
        if (e->model.labels > 2) {
          uint32_t others[3];
          const unsigned known = le_others(&s, label, expected, others);
          const unsigned which = known > 0 && to == others[0]   ? LE_WHICH_SECOND
                                 : known > 1 && to == others[1] ? LE_WHICH_THIRD
                                                                : LE_WHICH_LISTED;
          put_symbol(e, LE_WHICH, which);
          if (which == LE_WHICH_LISTED) {
            put_listed(e, to);
          }
        }
      }
      label = to;
      x = at + 1;
    }
  }
}

/* ---- From symbols to bytes */

static label_edge_status reserve(le_bytes *bytes, size_t room) {
  if (room > bytes->room) {
    uint8_t *p = realloc(bytes->p, room);
    if (!p) {
      return LABEL_EDGE_NO_MEMORY;
    }
    bytes->p = p;
    bytes->room = room;
  }
  return LABEL_EDGE_OK;
}

/* Section 6.2, backwards: words are written from the end of the buffer towards its start. */
static label_edge_status code_symbols(label_edge_encoder *e, le_bytes *out) {
  const size_t room = e->symbols.count * 2 + 4;
  if (e->no_memory || reserve(out, room)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  size_t at = room;
  uint64_t state = 1;
  for (size_t k = e->symbols.count; k-- > 0;) {
    const uint32_t symbol = e->symbols.p[k];
    const unsigned high = symbol >> 16 & 0x7fff;
    const unsigned low = symbol & 0xffff;
    const bool raw = symbol & RAW_BITS;
    const unsigned bits = raw ? high : LE_PROBABILITY_BITS;
    const uint64_t frequency = raw ? 1 : label_edge_frequencies[high][low];
    if (state >= frequency << (32 - bits)) {
      at -= 2;
      out->p[at] = (uint8_t)state;
      out->p[at + 1] = (uint8_t)(state >> 8);
      state >>= 16;
    }
    const uint64_t start = raw ? low : e->starts[high][low];
    state = (state / frequency << bits) + state % frequency + start;
  }
  for (unsigned k = at < room || state > 0xffff ? 4 : 2; k > 0; k--) {
    out->p[--at] = (uint8_t)(state >> 8 * (k - 1));
  }
  out->size = room - at;
  memmove(out->p, out->p + at, out->size);
  return LABEL_EDGE_OK;
}

static size_t raw_size(const le_model *m) {
  const uint64_t bytes = ((uint64_t)m->pixels * m->label_bits + 7) / 8;
  return (size_t)(2 + bytes + bytes % 2);
}

/* Section 10. */
static label_edge_status code_raw(label_edge_encoder *e, const le_slot *slot, le_bytes *out) {
  const le_model *m = &e->model;
  const size_t size = raw_size(m);
  if (reserve(out, size)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  memset(out->p, 0, size);
  out->p[0] = LE_RAW;
  out->size = size;
  uint64_t waiting = 0;
  unsigned bits = 0;
  uint8_t *p = out->p + 2;
  const le_edge *edge = slot->edges;
  uint32_t label = 0;
  for (uint32_t x = 0; x < m->pixels; x++) {
    if (le_position(*edge) == x) {
      label = le_label(*edge++);
    }
    waiting |= (uint64_t)label << bits;
    for (bits += m->label_bits; bits >= 8; bits -= 8, waiting >>= 8) {
      *p++ = (uint8_t)waiting;
    }
  }
  if (bits) {
    *p = (uint8_t)waiting;
  }
  return LABEL_EDGE_OK;
}

static void count_symbols(label_edge_encoder *e) {
  for (size_t k = 0; e->counts && k < e->symbols.count; k++) {
    const uint32_t symbol = e->symbols.p[k];
    if (!(symbol & RAW_BITS)) {
      e->counts[symbol >> 16][symbol & 0xffff]++;
    }
  }
}

static void keep_better(label_edge_encoder *e) {
  if (e->other.size < e->best.size) {
    const le_bytes better = e->other;
    e->other = e->best;
    e->best = better;
  }
}

/* Whether the frame is the same as the one that the survey named; if so its bytes are made (section 4.3). */
static label_edge_status try_repeat(label_edge_encoder *e, uint32_t frame, const void *pixels, label_edge_fetch fetch,
                                    void *user, bool *repeats) {
  const uint8_t *r = e->repeats + (size_t)frame * 4;
  const uint32_t target = (uint32_t)r[0] | (uint32_t)r[1] << 8 | (uint32_t)r[2] << 16 | (uint32_t)r[3] << 24;
  *repeats = false;
  if (!target || !fetch) {
    return LABEL_EDGE_OK;
  }
  const uint8_t *bytes;
  size_t size;
  const label_edge_status status = fetch(user, target - 1, &bytes, &size);
  if (status || size != label_edge_frame_bytes(&e->model.format) || memcmp(bytes, pixels, size) != 0) {
    return status;
  }
  const uint32_t distance = target - 1 > frame ? (target - 1 - frame) << 1 | 1 : (frame - (target - 1)) << 1;
  if (reserve(&e->best, 2)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  e->best.p[0] = (uint8_t)(distance << 2 | LE_SAME);
  e->best.p[1] = (uint8_t)(distance >> 6);
  e->best.size = 2;
  *repeats = true;
  return LABEL_EDGE_OK;
}

label_edge_status label_edge_encode(label_edge_encoder *encoder, uint32_t frame, const void *pixels,
                                    label_edge_fetch fetch, void *user, const uint8_t **bytes, size_t *size) {
  label_edge_encoder *e = encoder;
  const le_model *m = &e->model;
  if (frame >= m->format.frames) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  bool repeats;
  label_edge_status status = try_repeat(e, frame, pixels, fetch, user, &repeats);
  if (status || repeats) {
    *bytes = e->best.p;
    *size = e->best.size;
    return status;
  }
  uint32_t first;
  uint32_t second;
  const bool predict = m->predict && fetch && label_edge_references(frame, m->format.frames, &first, &second);
  le_slot *own = &e->slots[label_edge_slot(frame, m->format.frames)];
  own->frame = 0;
  status = load_frame(e, own, frame, pixels);
  e->no_memory = false;
  e->best.size = raw_size(m);
  bool raw = true;
  if (!status && m->pixels <= LE_LARGEST_GRID) {
    put_intra(e, own->edges, own->count);
    if (!predict) {
      count_symbols(e);
    }
    status = code_symbols(e, &e->other);
    raw = status || e->other.size >= e->best.size;
    keep_better(e);
    if (!status && predict) {
      le_slot *p;
      le_slot *q;
      status = load_reference(e, first, fetch, user, &p);
      if (!status) {
        status = load_reference(e, second, fetch, user, &q);
      }
      if (!status) {
        put_predicted(e, own->edges, p, q);
        count_symbols(e);
        status = code_symbols(e, &e->other);
        raw = raw && e->other.size >= e->best.size;
        keep_better(e);
      }
    }
  }
  if (!status && raw) {
    status = code_raw(e, own, &e->best);
  }
  *bytes = e->best.p;
  *size = e->best.size;
  return status;
}
