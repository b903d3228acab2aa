/* label_edge_decode.c - the decoder, from fragment to pixels: numbers of sections are those of bitstream.md.
 *
 * A frame is first decoded into the list of its edges, then painted into the caller's plane. Everything that comes from
 * the fragment is checked: positions grow and stay below the number of pixels, so that lists never overflow and every
 * loop ends. */
#include "label_edge_model.h"

#include <stdlib.h>
#include <string.h>

/* ---- 6.2 Symbols */

/* A context: for each 32 of the range of 4096 the first symbol that it touches: where that symbol's range starts
 * (bits 0 to 11), how long it is (12 to 23), and which it is (24 to 27). */
typedef struct le_table {
  uint32_t first[128];
} le_table;

typedef struct le_reader {
  uint32_t state;
  const uint8_t *next, *end; /* an even number of bytes */
} le_reader;

static void make_tables(le_table tables[LE_CONTEXTS]) {
  for (unsigned c = 0; c < LE_CONTEXTS; c++) {
    uint32_t start = 0;
    for (unsigned s = 0; s < LE_SYMBOLS; s++) {
      const uint32_t length = label_edge_frequencies[c][s];
      for (uint32_t k = (start + 31) / 32; k < (start + length + 31) / 32; k++) {
        tables[c].first[k] = start | length << 12 | (uint32_t)s << 24;
      }
      start += length;
    }
  }
}

static inline void refill(le_reader *r) {
  if (r->state < 1u << 16 && r->next != r->end) {
    r->state = r->state << 16 | (uint32_t)r->next[0] | (uint32_t)r->next[1] << 8;
    r->next += 2;
  }
}

/* The entry of the symbol whose range holds slot, from one in front of it. Short symbols have no entry of their own:
 * context tells how long they are. */
static uint32_t next_entry(uint32_t entry, uint32_t slot, unsigned context) {
  uint32_t start = entry & 0xfff;
  uint32_t length = entry >> 12 & 0xfff;
  uint32_t s = entry >> 24;
  while (slot - start >= length) {
    start += length;
    length = label_edge_frequencies[context][++s];
  }
  return start | length << 12 | s << 24;
}

static inline unsigned get_symbol(le_reader *r, const le_table *tables, unsigned context) {
  const uint32_t slot = r->state & 4095;
  uint32_t entry = tables[context].first[slot >> 5];
  if (slot - (entry & 0xfff) >= (entry >> 12 & 0xfff)) {
    entry = next_entry(entry, slot, context);
  }
  r->state = (entry >> 12 & 0xfff) * (r->state >> LE_PROBABILITY_BITS) + slot - (entry & 0xfff);
  refill(r);
  return entry >> 24;
}

/* Up to 16 bits. */
static inline uint32_t get_bits(le_reader *r, unsigned count) {
  const uint32_t bits = r->state & ((UINT32_C(1) << count) - 1);
  r->state >>= count;
  refill(r);
  return bits;
}

static void start_reading(le_reader *r, const uint8_t *bytes, size_t size) {
  r->state = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
  r->next = bytes + 2;
  r->end = bytes + size;
  if (size > 2) {
    r->state |= (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    r->next += 2;
  }
  get_bits(r, 2); /* the type */
}

static bool all_read(const le_reader *r) {
  return r->state == 1 && r->next == r->end;
}

/* 6.3; UINT32_MAX when it is too large. */
static inline uint32_t get_number(le_reader *r, const le_table *tables, unsigned context) {
  uint32_t n = get_symbol(r, tables, context);
  if (n == LE_LONG_NUMBER) {
    n = get_bits(r, 5);
    if (n > LE_LARGEST_CLASS) {
      return UINT32_MAX;
    }
  }
  uint32_t bits = get_bits(r, n < 16 ? n : 16);
  if (n > 16) {
    bits |= get_bits(r, n - 16) << 16;
  }
  return (UINT32_C(1) << n) - 1 + bits;
}

/* ---- The decoder */

/* A decoded frame that others refer to. */
typedef struct le_slot {
  uint32_t frame; /* number + 1, 0: none */
  uint32_t count;
  le_edge *edges; /* pixels + 1 */
  uint16_t *grid; /* pixels; only with prediction */
  bool painted;
} le_slot;

struct label_edge_decoder {
  le_model model;
  le_segment_contexts contexts;
  le_table tables[LE_CONTEXTS];
  le_slot slots[4];
  uint16_t list[LE_LIST_SIZE];
  unsigned listed;
  label_edge_fetch fetch;
  void *user;
};

label_edge_status label_edge_decoder_create(const label_edge_format *format, const uint8_t *header, size_t size,
                                            label_edge_decoder **decoder) {
  *decoder = NULL;
  label_edge_decoder *d = calloc(1, sizeof *d);
  if (!d) {
    return LABEL_EDGE_NO_MEMORY;
  }
  label_edge_status status = label_edge_read_header(format, header, size, &d->model);
  for (unsigned k = 0; k < (d->model.predict ? 4 : 1) && !status; k++) {
    d->slots[k].edges = malloc(((size_t)d->model.pixels + 1) * sizeof *d->slots[k].edges);
    d->slots[k].grid = d->model.predict ? malloc(d->model.pixels * sizeof *d->slots[k].grid) : NULL;
    if (!d->slots[k].edges || (d->model.predict && !d->slots[k].grid)) {
      status = LABEL_EDGE_NO_MEMORY;
    }
  }
  if (status) {
    label_edge_decoder_destroy(d);
    return status;
  }
  label_edge_segment_contexts(&d->contexts);
  make_tables(d->tables);
  *decoder = d;
  return LABEL_EDGE_OK;
}

void label_edge_decoder_destroy(label_edge_decoder *decoder) {
  if (!decoder) {
    return;
  }
  for (unsigned k = 0; k < 4; k++) {
    free(decoder->slots[k].edges);
    free(decoder->slots[k].grid);
  }
  label_edge_free_model(&decoder->model);
  free(decoder);
}

/* 6.4: a label by its place among the last ones that were given so, or by its index; UINT32_MAX: no such label. */
static inline uint32_t get_listed(label_edge_decoder *d, le_reader *r) {
  const unsigned n = get_symbol(r, d->tables, LE_LIST);
  uint32_t label;
  uint32_t k;
  if (n == LE_LIST_NEW) {
    label = get_bits(r, d->model.label_bits);
    if (label >= d->model.labels) {
      return UINT32_MAX;
    }
    d->listed += d->listed < LE_LIST_SIZE;
    k = d->listed - 1;
  } else {
    k = (1u << n) - 1 + get_bits(r, n);
    if (k >= d->listed) {
      return UINT32_MAX;
    }
    label = d->list[k];
  }
  for (; k > 0; k--) {
    d->list[k] = d->list[k - 1];
  }
  d->list[0] = (uint16_t)label;
  return label;
}

/* ---- 8 Independent frames */

/* Where in the frame the decoder is. */
typedef struct le_place {
  uint32_t from;     /* the first pixel that is not known */
  uint32_t label;    /* of the pixel before, at first 0 */
  uint32_t above;    /* the label above that pixel, as far as the row above has been followed */
  uint32_t expected; /* where the next edge of the row above is, or the number of pixels */
} le_place;

/* A new edge; next: the label of the next edge of the row above. False when it is not in the frame. */
static inline bool insert_edge(label_edge_decoder *d, le_reader *r, le_place *at, uint32_t next) {
  const bool exists = at->expected < d->model.pixels;
  const unsigned differs = at->label != at->above;
  const uint32_t distance = at->expected >= at->from ? at->expected - at->from + 1 : 1;
  const uint32_t gap = get_number(r, d->tables, le_gap_context(distance));
  if (gap >= d->model.pixels - at->from || d->model.labels < 2) {
    return false;
  }
  at->from += gap;
  if (d->model.labels == 2) {
    at->label ^= 1;
    return true;
  }
  const uint32_t before = at->label;
  const unsigned birth = get_symbol(r, d->tables, LE_BIRTH + 2 * differs + exists);
  if (birth == LE_BIRTH_ABOVE) {
    at->label = at->above;
  } else if (birth == LE_BIRTH_NEXT && exists) {
    at->label = next;
  } else {
    at->label = get_listed(d, r);
  }
  return at->label != UINT32_MAX && at->label != before;
}

static bool decode_intra(label_edge_decoder *d, const le_reader *reader, le_slot *slot) {
  const le_table *tables = d->tables;
  const uint32_t pixels = d->model.pixels;
  const uint32_t width = d->model.width;
  le_edge *edges = slot->edges;
  le_edge *next = edges;            /* where the next edge goes */
  const le_edge *reference = edges; /* the next edge of the row above */
  le_reader r = *reader;
  le_place at = {0, 0, 0, 0};
  d->listed = 0;
  *next = pixels;
  for (;;) {
    const le_edge edge = *reference;
    const unsigned differs = at.label != at.above;
    at.expected = le_position(edge) + width;
    if (at.expected < pixels) {
      const unsigned s = get_symbol(&r, tables, LE_EDGE + differs * LE_HISTORIES + le_history(edge));
      if (s < LE_MOVES) {
        const uint32_t position = at.expected + (uint32_t)label_edge_moves[s];
        if (position < at.from || position >= pixels || at.label == le_label(edge)) {
          return false;
        }
        at.label = at.above = le_label(edge);
        at.from = position + 1;
        *next++ = le_make_edge(position, at.label, label_edge_next_history[le_history(edge)][s]);
        *next = pixels;
        reference++;
        continue;
      }
      if (s == LE_PASS) {
        at.above = le_label(edge);
        reference++;
        continue;
      }
    } else {
      if (!get_symbol(&r, tables, LE_END + differs)) {
        break;
      }
      at.expected = pixels;
    }
    if (!insert_edge(d, &r, &at, le_label(edge))) {
      return false;
    }
    *next++ = le_make_edge(at.from, at.label, LE_NEW_EDGE);
    *next = pixels;
    at.from++;
  }
  slot->count = (uint32_t)(next - edges);
  return all_read(&r);
}

/* ---- 9 Predicted frames */

/* A change that is far away, or to another label than expected; false when there is no such label. */
static bool change_otherwise(label_edge_decoder *d, le_reader *r, const le_segment *s, unsigned symbol, uint32_t label,
                             uint32_t *offset, uint32_t *to) {
  if (symbol == LE_FAR) {
    *offset = get_number(r, d->tables, LE_OFFSET);
    *offset += *offset < s->end - s->start ? LE_NEAR : 0;
    return true;
  }
  *offset = get_number(r, d->tables, LE_OFFSET + 1);
  if (d->model.labels == 2) {
    *to = label ^ 1;
    return true;
  }
  uint32_t others[3];
  const unsigned known = le_others(s, label, *to, others);
  const unsigned which = get_symbol(r, d->tables, LE_WHICH);
  if (which == LE_WHICH_LISTED) {
    *to = get_listed(d, r);
    return *to != UINT32_MAX;
  }
  *to = others[which];
  return which < known;
}

static bool decode_predicted(label_edge_decoder *d, const le_reader *reader, le_slot *slot, const le_slot *p,
                             const le_slot *q) {
  const le_table *tables = d->tables;
  const uint32_t pixels = d->model.pixels;
  le_reader r = *reader;
  le_edge *next = slot->edges; /* where the next edge goes */
  uint32_t label = 0;          /* of the pixel before x */
  le_walk walk = {.n = slot->edges,
                  .p = p->edges,
                  .q = q->edges,
                  .grid_p = p->grid,
                  .grid_q = q->grid,
                  .width = d->model.width,
                  .pixels = pixels};
  le_segment s;
  d->listed = 0;
  *next = pixels;
  while (le_next_segment(&walk, &s)) {
    for (uint32_t x = s.start; x < s.end;) {
      const unsigned symbol = get_symbol(&r, tables, le_segment_context(&d->contexts, &s, x, label));
      if (symbol == 0) {
        break;
      }
      uint32_t offset = symbol - 1;
      uint32_t to = le_expected(&s, label);
      if (symbol > LE_NEAR) {
        le_reader rest = r; /* a copy, so that the loop keeps its own in registers */
        const le_segment segment = s;
        if (!change_otherwise(d, &rest, &segment, symbol, label, &offset, &to)) {
          return false;
        }
        r = rest;
      }
      if (offset >= s.end - x || to == label || d->model.labels < 2) {
        return false;
      }
      label = to;
      *next++ = le_make_edge(x + offset, label, 0);
      *next = pixels;
      x += offset + 1;
    }
  }
  slot->count = (uint32_t)(next - slot->edges);
  return all_read(&r);
}

/* ---- 10 Raw frames */

static bool decode_raw(const label_edge_decoder *d, const uint8_t *bytes, size_t size, le_slot *slot) {
  const le_model *m = &d->model;
  const uint64_t needed = ((uint64_t)m->pixels * m->label_bits + 7) / 8;
  if (bytes[0] != LE_RAW || bytes[1] || size != 2 + needed + needed % 2) {
    return false;
  }
  const uint8_t *p = bytes + 2;
  uint64_t waiting = 0;
  unsigned bits = 0;
  uint32_t count = 0;
  uint32_t label = 0;
  for (uint32_t x = 0; x < m->pixels; x++) {
    for (; bits < m->label_bits; bits += 8) {
      waiting |= (uint64_t)*p++ << bits;
    }
    const uint32_t value = (uint32_t)waiting & ((UINT32_C(1) << m->label_bits) - 1);
    waiting >>= m->label_bits;
    bits -= m->label_bits;
    if (value >= m->labels) {
      return false;
    }
    if (value != label) {
      slot->edges[count++] = le_make_edge(x, value, 0);
      label = value;
    }
  }
  slot->edges[count] = m->pixels;
  slot->count = count;
  return !waiting && (p == bytes + size || !*p);
}

/* ---- 4 Frames and those they refer to */

static label_edge_status decode_frame(label_edge_decoder *d, uint32_t frame, const uint8_t *bytes, size_t size,
                                      le_slot **slot);

static label_edge_status fetch_frame(label_edge_decoder *d, uint32_t frame, const uint8_t **bytes, size_t *size) {
  return d->fetch ? d->fetch(d->user, frame, bytes, size) : LABEL_EDGE_NO_ACCESS;
}

/* The slot with a reference. */
static label_edge_status get_frame(label_edge_decoder *d, uint32_t frame, le_slot **slot) {
  *slot = &d->slots[label_edge_slot(frame, d->model.format.frames)];
  if ((*slot)->frame == frame + 1) {
    return LABEL_EDGE_OK;
  }
  const uint8_t *bytes;
  size_t size;
  const label_edge_status status = fetch_frame(d, frame, &bytes, &size);
  return status ? status : decode_frame(d, frame, bytes, size, slot);
}

/* The type of a fragment behind the header, if there is one; -1: none. */
static int open_fragment(uint32_t frame, const uint8_t **bytes, size_t *size) {
  if (frame == 0) {
    const size_t header = label_edge_header_size(*bytes, *size);
    if (!header) {
      return -1;
    }
    *bytes += header;
    *size -= header;
  }
  if (*size % 2 && (*bytes)[--*size] != 0) {
    return -1; /* the padding of a fragment is 0 */
  }
  return *size < 2 ? -1 : (*bytes)[0] & 3;
}

static void paint_slot(label_edge_decoder *d, le_slot *slot) {
  if (!slot->painted) {
    label_edge_paint_grid(slot->edges, d->model.pixels, slot->grid);
    slot->painted = true;
  }
}

static bool decode_type(label_edge_decoder *d, int type, const uint8_t *bytes, size_t size, le_slot *own,
                        const le_slot *p, const le_slot *q) {
  le_reader reader;
  start_reading(&reader, bytes, size);
  own->painted = false;
  if (type == LE_RAW) {
    return decode_raw(d, bytes, size, own);
  }
  if (d->model.pixels > LE_LARGEST_GRID) {
    return false;
  }
  return type == LE_INTRA ? decode_intra(d, &reader, own) : decode_predicted(d, &reader, own, p, q);
}

/* Decodes into the frame's own slot, or finds another slot with the same content. */
static label_edge_status decode_frame(label_edge_decoder *d, uint32_t frame, const uint8_t *bytes, size_t size,
                                      le_slot **slot) {
  const uint32_t frames = d->model.format.frames;
  uint32_t first = 0;
  uint32_t second = 0;
  const unsigned level = d->model.predict ? label_edge_references(frame, frames, &first, &second) : 0;
  le_slot *own = &d->slots[d->model.predict ? label_edge_slot(frame, frames) : 0];
  le_slot *p = own; /* used by predicted frames only */
  le_slot *q = own;
  int type = open_fragment(frame, &bytes, &size);
  uint32_t content = frame;
  if (type == LE_SAME && size == 2) {
    const uint32_t distance = (uint32_t)bytes[0] >> 3 | (uint32_t)bytes[1] << 5;
    const bool later = bytes[0] >> 2 & 1;
    if (!distance || (later ? distance >= frames - frame : distance > frame)) {
      return LABEL_EDGE_BAD_DATA;
    }
    const uint32_t target = later ? frame + distance : frame - distance;
    if (level) {
      return target == first || target == second ? get_frame(d, target, slot) : LABEL_EDGE_BAD_DATA;
    }
    content = d->model.predict ? frame : target;
    if (!later && own->frame == content + 1 && content == target) {
      *slot = own;
      return LABEL_EDGE_OK;
    }
    const label_edge_status status = later ? LABEL_EDGE_BAD_DATA : fetch_frame(d, target, &bytes, &size);
    if (status) {
      return status;
    }
    type = open_fragment(target, &bytes, &size);
    type = type == LE_INTRA || type == LE_RAW ? type : -1;
  }
  label_edge_status status =
      type < 0 || type == LE_SAME || (type == LE_PREDICTED && !level) ? LABEL_EDGE_BAD_DATA : LABEL_EDGE_OK;
  if (!status && type == LE_PREDICTED) {
    status = get_frame(d, first, &p);
    if (!status) {
      paint_slot(d, p);
      status = get_frame(d, second, &q);
    }
    if (!status) {
      paint_slot(d, q);
    }
  }
  if (status) {
    return status;
  }
  own->frame = 0;
  if (!decode_type(d, type, bytes, size, own, p, q)) {
    return LABEL_EDGE_BAD_DATA;
  }
  own->frame = content + 1;
  *slot = own;
  return LABEL_EDGE_OK;
}

/* ---- 11 From edges to pixels: columns and rows that stand for several are repeated */

/* Fills count bytes, and maybe more, as long as all stay in front of end. */
static inline void fill_bytes(uint8_t *out, size_t count, uint64_t pattern, const uint8_t *end) {
  if ((size_t)(end - out) >= count + 64) {
    for (size_t k = 0; k < count; k += 64) {
      for (size_t j = 0; j < 64; j += 8) {
        memcpy(out + k + j, &pattern, 8);
      }
    }
    return;
  }
  for (; count >= 8; count -= 8, out += 8) {
    memcpy(out, &pattern, 8);
  }
  memcpy(out, &pattern, count);
}

/* Paints pixels of 8 or 16 bits; shift: a pixel has 1 << shift bytes. */
static void paint_bytes(const le_model *m, const le_edge *edge, unsigned shift, uint8_t *out) {
  const size_t row_bytes = (size_t)m->format.columns << shift;
  const uint8_t *end = out + row_bytes * m->format.rows;
  const uint64_t each = shift ? UINT64_C(0x0001000100010001) : UINT64_C(0x0101010101010101);
  uint64_t pattern = each * (m->palette ? m->palette[0] : 0);
  uint32_t row_start = 0;
  for (uint32_t r = 0; r < m->height; r++, row_start += m->width) {
    uint8_t *row = out + row_bytes * m->row_starts[r];
    size_t done = 0;
    for (; le_position(*edge) - row_start < m->width; edge++) {
      const size_t to = (size_t)m->column_starts[le_position(*edge) - row_start] << shift;
      fill_bytes(row + done, to - done, pattern, end);
      pattern = each * (m->palette ? m->palette[le_label(*edge)] : le_label(*edge));
      done = to;
    }
    fill_bytes(row + done, row_bytes - done, pattern, end);
    for (uint32_t y = m->row_starts[r] + 1; y < m->row_starts[r + 1]; y++) {
      memcpy(out + row_bytes * y, row, row_bytes);
    }
  }
}

/* Sets bits [first, end). */
static void set_bits(uint8_t *out, uint64_t first, uint64_t end) {
  if (first >= end) {
    return;
  }
  const uint8_t head = (uint8_t)(0xff << first % 8);
  const uint8_t tail = (uint8_t)(0xff >> (7 - (end - 1) % 8));
  const size_t a = (size_t)(first / 8);
  const size_t b = (size_t)((end - 1) / 8);
  if (a == b) {
    out[a] |= head & tail;
    return;
  }
  out[a] |= head;
  memset(out + a + 1, 0xff, b - a - 1);
  out[b] |= tail;
}

static void paint_1(const le_model *m, const le_edge *edge, uint8_t *out) {
  memset(out, 0, label_edge_frame_bytes(&m->format));
  uint32_t row_start = 0;
  uint32_t label = 0;
  for (uint32_t r = 0; r < m->height; r++, row_start += m->width) {
    const le_edge *start = edge;
    const uint32_t before = label;
    for (uint32_t y = m->row_starts[r]; y < m->row_starts[r + 1]; y++) {
      const uint64_t row = (uint64_t)y * m->format.columns;
      uint32_t column = 0;
      label = before;
      for (edge = start; le_position(*edge) - row_start < m->width; edge++) {
        const uint32_t end = m->column_starts[le_position(*edge) - row_start];
        if (m->palette ? m->palette[label] : label) {
          set_bits(out, row + column, row + end);
        }
        label = le_label(*edge);
        column = end;
      }
      if (m->palette ? m->palette[label] : label) {
        set_bits(out, row + column, row + m->format.columns);
      }
    }
  }
}

label_edge_status label_edge_decode(label_edge_decoder *decoder, uint32_t frame, const uint8_t *bytes, size_t size,
                                    void *out, label_edge_fetch fetch, void *user) {
  if (frame >= decoder->model.format.frames) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  decoder->fetch = fetch;
  decoder->user = user;
  le_slot *slot;
  const le_slot *own =
      &decoder->slots[decoder->model.predict ? label_edge_slot(frame, decoder->model.format.frames) : 0];
  label_edge_status status = LABEL_EDGE_OK;
  if (decoder->model.predict && own->frame == frame + 1) {
    slot = (le_slot *)own;
  } else {
    status = decode_frame(decoder, frame, bytes, size, &slot);
  }
  if (status) {
    return status;
  }
  if (decoder->model.format.bits == 1) {
    paint_1(&decoder->model, slot->edges, out);
  } else {
    paint_bytes(&decoder->model, slot->edges, decoder->model.format.bits == 16, out);
  }
  return LABEL_EDGE_OK;
}
