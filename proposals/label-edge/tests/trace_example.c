/* SPDX-License-Identifier: Apache-2.0 */
/* trace_example.c - writes the worked example, annex B of bitstream.md, symbol by symbol; or checks that the text has
 * it.
 *
 * usage: trace_example [BITSTREAM.MD]; the tables having changed, what it prints replaces annex B */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instance.h"
#include "label_edge_writer.h"

enum { ROWS = 7, COLUMNS = 12, PIXELS = ROWS * COLUMNS, WIDTH = COLUMNS / 2, POSITIONS = ROWS * WIDTH };
static const char picture[ROWS][COLUMNS + 1] = {"............", "..333333....", "..333333....", "..33337777..",
                                                "..33335577..", "..33335577..", "....3377...."};

static char text[1 << 14];
static size_t used;

static void say(const char *format, ...) {
  va_list list;
  va_start(list, format);
  used += (size_t)vsnprintf(text + used, sizeof text - used, format, list);
  va_end(list);
}

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

/* ---- The frame, its fragment and its edges */

static void code(instance *image) {
  instance_create(image, ROWS, COLUMNS, 8, 1);
  for (size_t k = 0; k < PIXELS; k++) {
    const char c = picture[k / COLUMNS][k % COLUMNS];
    image->pixels[k] = (uint8_t)(c == '.' ? 0 : c - '0');
  }
  if (instance_encode(image, KNOWS_GRID)) {
    fail("the example cannot be coded");
  }
  uint8_t out[PIXELS];
  instance_decoder decoder;
  if (instance_open(image, &decoder) || instance_decode(image, &decoder, 0, out) ||
      memcmp(out, image->pixels, sizeof out) != 0) {
    fail("the example is decoded to something else");
  }
  instance_close(&decoder);
}

static void find_edges(const instance *image, le_slot *slot) {
  uint32_t label = 0;
  for (uint32_t p = 0; p < POSITIONS; p++) {
    const uint32_t value = image->pixels[p / WIDTH * COLUMNS + p % WIDTH * 2];
    if (value != label) {
      slot->edges[slot->count++] = le_make_edge(p, value, 0);
      label = value;
    }
  }
  slot->edges[slot->count] = POSITIONS;
}

/* ---- The symbols */

/* The state behind each symbol, and in front of all. */
static uint32_t find_states(const le_writer *w, uint32_t *states) {
  const le_encoding_tables *tables = label_edge_encoding_tables();
  uint32_t state = 0;
  for (size_t k = w->count; k-- > 0;) {
    const uint32_t symbol = w->symbols[k];
    states[k] = state;
    if (!(symbol & LE_RAW_BITS)) {
      const struct le_coding coding = tables->symbols[symbol >> 16][symbol & 0xffff];
      const unsigned bits = (state + LE_STATES + coding.bits) >> 16;
      state = tables->states[symbol >> 16][(int32_t)((state + LE_STATES) >> bits) + coding.first];
    }
  }
  return state;
}

static void name_symbol(uint32_t symbol, char *name, size_t room) {
  static const struct {
    const char *name;
    unsigned first;
  } kinds[] = {{"NEW", LE_NEW}, {"BIRTH", LE_BIRTH}, {"GAP", LE_GAP}, {"END", LE_END}, {"EDGE", LE_EDGE}};
  unsigned k = 0;
  while (symbol >> 16 < kinds[k].first && !(symbol & LE_RAW_BITS)) {
    k++;
  }
  if (symbol & LE_RAW_BITS) {
    (void)snprintf(name, room, "B(%u)", symbol >> 16 & 0x7fff);
  } else {
    (void)snprintf(name, room, "S(%s + %u)", kinds[k].name, (unsigned)(symbol >> 16) - kinds[k].first);
  }
}

static bool begins_group(uint32_t symbol) {
  return !(symbol & LE_RAW_BITS) && symbol >> 16 < LE_GAP;
}

/* What a symbol of EDGE or END does: i, j: the next edge of the row above, and the next to be appended. */
static void say_effect(uint32_t symbol, const le_edge *edges, uint32_t *i, uint32_t *j) {
  const uint32_t s = symbol & 0xffff;
  const le_edge above = edges[*i];
  const le_edge own = edges[*j];
  if (symbol >> 16 >= LE_END) {
    say(s ? "a new edge: (%u, %u)" : "no more edges; the state is 0", le_position(own), le_label(own));
    *j += s;
  } else if (s == LE_PASS) {
    say("(%u, %u) ends; above = %u", le_position(above), le_label(above), le_label(above));
    ++*i;
  } else if (s == LE_INSERT) {
    say("in front of the expected %u a new edge: (%u, %u)", le_position(above) + WIDTH, le_position(own),
        le_label(own));
    ++*j;
  } else {
    const int moved = (int)(le_position(own) - le_position(above)) - WIDTH;
    if (s == LE_RELABEL) {
      say("(%u, %u) is relabelled: (%u, %u), history %u; above = %u", le_position(above), le_label(above),
          le_position(own), le_label(own), le_history(own), le_label(above));
    } else {
      say("(%u, %u) moves by %d: (%u, %u), history %u", le_position(above), le_label(above), moved, le_position(own),
          le_label(own), le_history(own));
    }
    ++*i;
    ++*j;
  }
}

static void say_symbols(const le_writer *w, const le_edge *edges) {
  uint32_t states[256];
  uint32_t i = 0;
  uint32_t j = 0;
  if (w->count > sizeof states / sizeof *states) {
    fail("the example is too long");
  }
  say("| read | result | state | then |\n|---|---|---|---|\n");
  say("| B(8) | %u | %u | the first state |\n", find_states(w, states), find_states(w, states));
  for (size_t k = 0; k < w->count;) {
    char read[200] = "";
    char results[100] = "";
    char after[100] = "";
    const size_t first = k;
    do {
      char name[24];
      name_symbol(w->symbols[k], name, sizeof name);
      const char *comma = k == first ? "" : ", ";
      (void)snprintf(read + strlen(read), sizeof read - strlen(read), "%s%s", comma, name);
      (void)snprintf(results + strlen(results), sizeof results - strlen(results), "%s%u", comma,
                     (unsigned)(w->symbols[k] & 0xffff));
      if (!(w->symbols[k] & LE_RAW_BITS)) {
        (void)snprintf(after + strlen(after), sizeof after - strlen(after), "%s%u", comma, states[k]);
      }
    } while (++k < w->count && !begins_group(w->symbols[k]));
    say("| %s | %s | %s | ", read, results, after);
    say_effect(w->symbols[first], edges, &i, &j);
    say(" |\n");
  }
}

static void say_example(const instance *image) {
  le_edge edges[POSITIONS + LE_EDGES_ROOM] = {0};
  le_slot slot = {.edges = edges, .grid = {.width = WIDTH, .height = ROWS, .pixels = POSITIONS}};
  le_writer w = {0};
  find_edges(image, &slot);
  const unsigned label_bits = (image->fragments[0][0] >> LE_TYPE_BITS & 15) + 1u;
  if (image->fragments[0][0] & 3 || label_edge_put_independent(&w, label_bits, &slot)) {
    fail("the example is not an independent frame");
  }
  say("## Annex B. Worked example (informative)\n\n");
  say("A frame of %d rows and %d columns, Bits Allocated 8; `.` is the label 0:\n\n", ROWS, COLUMNS);
  for (int y = 0; y < ROWS; y++) {
    say("    %s\n", picture[y]);
  }
  say("\nThe fragment, with its checksum:\n\n   ");
  for (size_t k = 0; k < image->sizes[0]; k++) {
    say(" %02X", image->fragments[0][k]);
  }
  say("\n\nThe head: type = 0 (B(2)), k = %u (B(4) = %u), and a grid (B(1) = 1): for the columns rule = 1 (B(3)), s = "
      "%d (B(4)); "
      "for the\nrows rule = 0 (B(3)). width = %d, n = %d. The grid is\n\n    ",
      label_bits, label_bits - 1, WIDTH, WIDTH, POSITIONS);
  for (size_t k = 0; k < POSITIONS; k++) {
    say("%s%c", k && k % WIDTH == 0 ? "  " : "", picture[k / WIDTH][k % WIDTH * 2]);
  }
  say("\n\nand its edges are");
  for (uint32_t k = 0; k < slot.count; k++) {
    say("%s(%u, %u)", k == 0 ? " " : k % 13 == 0 ? ",\n" : ", ", le_position(edges[k]), le_label(edges[k]));
  }
  say(". Behind the head:\n\n");
  say_symbols(&w, edges);
  free(w.symbols);
}

int main(int argc, char **argv) {
  static char document[1 << 20];
  instance image;
  code(&image);
  say_example(&image);
  instance_destroy(&image);
  if (argc < 2) {
    fputs(text, stdout);
    return 0;
  }
  FILE *file = fopen(argv[1], "rb");
  if (!file) {
    fail("usage: trace_example [BITSTREAM.MD]");
  }
  document[fread(document, 1, sizeof document - 1, file)] = 0;
  fclose(file);
  if (!strstr(document, text)) {
    fail("bitstream.md: annex B is not what this program prints without an argument");
  }
  return 0;
}
