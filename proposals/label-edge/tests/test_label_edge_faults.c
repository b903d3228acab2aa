/* SPDX-License-Identifier: Apache-2.0 */
/* test_label_edge_faults.c - each error that bitstream.md names is one: fragments that break one rule, beside ones that
 * do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "instance.h"
#include "label_edge_writer.h"

/* ---- Faults in heads, raw frames and frames of type "same" */

typedef struct fault {
  const char *what; /* and the section */
  uint32_t rows, columns;
  unsigned bits;
  uint32_t frame;
  uint8_t bytes[8]; /* without the checksum */
  size_t size;
  label_edge_status status;
} fault;

/* Bits of a head: type, k, has a grid; then from bit 7 on the rest. */
#define HEAD(type, k, grid) ((type) | ((k)-1) << 2 | (grid) << 6)

static void test_faults(void **state) {
  (void)state;
  static const fault faults[] = {
      {"type 1 (4.1)", 2, 2, 8, 0, {HEAD(1, 1, 0), 0}, 2, LABEL_EDGE_BAD_TYPE},
      {"back is 0 (4.3)", 2, 2, 8, 3, {2, 0}, 2, LABEL_EDGE_BAD_TYPE},
      {"back leads in front of frame 0 (4.3)", 2, 2, 8, 3, {2 | 4 << 2, 0}, 2, LABEL_EDGE_BAD_TYPE},
      {"more behind back (4.3)", 2, 2, 8, 3, {2 | 1 << 2, 0, 0, 0}, 4, LABEL_EDGE_BAD_TYPE},
      {"k above Bits Allocated (4.2)", 2, 2, 1, 0, {HEAD(0, 2, 0), 0}, 2, LABEL_EDGE_BAD_DATA},
      {"k above Bits Allocated, raw (4.2)", 1, 1, 8, 0, {HEAD(3, 9, 0), 0, 0, 0}, 4, LABEL_EDGE_BAD_DATA},
      {"raw: none", 1, 4, 8, 0, {HEAD(3, 2, 0), 0xe4}, 2, LABEL_EDGE_OK},
      {"raw, by rule 1 of 2 in 4: none", 1, 4, 8, 0, {HEAD(3, 2, 1) | 1 << 7, 2 << 2, 0xe, 0}, 4, LABEL_EDGE_OK},
      {"rule 5 (4.2)",
       1,
       4,
       8,
       0,
       {(uint8_t)(HEAD(3, 2, 1) | 5 << 7), 5 >> 1 | 2 << 2, 0xe, 0},
       4,
       LABEL_EDGE_BAD_DATA},
      {"s is 0 (4.2)", 1, 4, 8, 0, {HEAD(3, 2, 1) | 1 << 7, 0, 0xe, 0}, 4, LABEL_EDGE_BAD_DATA},
      {"a rule with s for one row (4.2)", 1, 4, 8, 0, {HEAD(3, 2, 1), 1 << 2, 0xe4, 0}, 4, LABEL_EDGE_BAD_DATA},
      {"the first bit of rule 4 is 0 (4.2)",
       1,
       4,
       8,
       0,
       {HEAD(3, 2, 1), 4 >> 1 | 2 << 2, 0xe, 0},
       4,
       LABEL_EDGE_BAD_DATA},
      {"the head goes on behind the frame (4.2)", 9, 9, 8, 0, {HEAD(3, 2, 1), 4 >> 1 | 1 << 2}, 2, LABEL_EDGE_BAD_DATA},
      {"raw, too short (9)", 1, 9, 8, 0, {HEAD(3, 2, 0), 0xe4}, 2, LABEL_EDGE_BAD_DATA},
      {"raw, too long (9)", 1, 4, 8, 0, {HEAD(3, 2, 0), 0xe4, 0, 0}, 4, LABEL_EDGE_BAD_DATA},
      {"raw, a bit between head and labels (9)", 1, 4, 8, 0, {HEAD(3, 2, 0) | 1 << 7, 0xe4}, 2, LABEL_EDGE_BAD_DATA},
      {"raw, a bit behind the labels (9)", 1, 3, 8, 0, {HEAD(3, 2, 0), 0xe4}, 2, LABEL_EDGE_BAD_DATA},
      {"raw, a byte behind the labels (9)", 1, 8, 8, 0, {HEAD(3, 2, 0), 0xe4, 0xe4, 1}, 4, LABEL_EDGE_BAD_DATA},
  };
  for (size_t k = 0; k < sizeof faults / sizeof *faults; k++) {
    const fault *f = &faults[k];
    const label_edge_format format = {.rows = f->rows, .columns = f->columns, .bits = f->bits, .frames = 9};
    uint8_t bytes[16];
    memcpy(bytes, f->bytes, f->size);
    instance_set_checksum(bytes, f->size);
    const label_edge_status status = instance_decode_alone(&format, f->frame, bytes, f->size + LE_CHECKSUM);
    if (status != f->status) {
      print_error("%s: %d, not %d\n", f->what, (int)status, (int)f->status);
    }
    assert_int_equal(status, f->status);
  }
}

/* ---- Faults among the symbols: frames that the writer puts together, whatever the tables are */

static le_writer w;
static uint32_t symbols[256];

static void begin(unsigned label_bits) {
  w = (le_writer){.symbols = symbols, .label_bits = label_bits};
}

static void put_bits(unsigned count, uint32_t value) {
  w.symbols[w.count++] = LE_RAW_BITS | count << 16 | value;
}

/* A new edge gap pixels behind `from`, when the next one of the row above, or the end, is at expected. */
static void put_gap(uint32_t expected, uint32_t from, uint32_t gap) {
  label_edge_put_number(&w, le_gap_context(expected >= from ? expected - from + 1 : 1), gap);
}

static size_t finish(uint8_t *bytes) {
  uint8_t head_byte = (uint8_t)HEAD(LE_INDEPENDENT, w.label_bits, 0);
  const le_head head = {.bytes = &head_byte, .bits = 7};
  le_bytes out = {0};
  assert_int_equal(label_edge_write(&w, label_edge_encoding_tables(), &head, &out), LABEL_EDGE_OK);
  const size_t size = out.size;
  assert_true(size <= 300);
  memcpy(bytes, out.p, size);
  free(out.p);
  return size;
}

/* What the symbols so far are to a decoder. */
static void expect(const char *what, uint32_t rows, uint32_t columns, label_edge_status expected) {
  const label_edge_format format = {.rows = rows, .columns = columns, .bits = 8, .frames = 1};
  uint8_t bytes[300];
  const size_t size = finish(bytes);
  const label_edge_status status = instance_decode_alone(&format, 0, bytes, size);
  if (status != expected) {
    print_error("%s: %d, not %d\n", what, (int)status, (int)expected);
  }
  assert_int_equal(status, expected);
}

/* The first edge of a frame of 4 x 4 pixels, at 0; which label is to follow. */
static void begin_edge(unsigned label_bits) {
  begin(label_bits);
  le_put(&w, LE_END, 1);
  put_gap(16, 0, 0);
}

/* Ends a frame of 4 x 4 pixels with one edge, of whatever label, by ending the edge that is expected in row 1. */
static void end_frame(void) {
  le_put(&w, LE_EDGE + LE_HISTORIES + LE_NEW_EDGE, LE_PASS);
  le_put(&w, LE_END, 0);
}

static void test_labels(void **state) {
  (void)state;
  static const struct {
    const char *what;
    unsigned k, birth, fresh, bits, value;
    label_edge_status status;
  } cases[] = {
      {"the next new label: none", 2, LE_LIST_NEW, LE_NEW_NEXT, 0, 0, LABEL_EDGE_OK},
      {"any label: none", 2, LE_LIST_NEW, LE_NEW_ANY, 2, 3, LABEL_EDGE_OK},
      {"b = 2 without E[i + 1] (8)", 2, LE_BIRTH_SECOND, 99, 0, 0, LABEL_EDGE_BAD_DATA},
      {"b = 3 with i < 2 (8)", 2, LE_BIRTH_BEFORE, 99, 0, 0, LABEL_EDGE_BAD_DATA},
      {"a list without such an entry (6.4)", 2, LE_LISTED, 99, 0, 0, LABEL_EDGE_BAD_DATA},
      {"a new label below 0 (6.4)", 4, LE_LIST_NEW, LE_NEW_DOWN + 1, 1, 0, LABEL_EDGE_BAD_DATA},
      {"a new label of 2^k (6.4)", 4, LE_LIST_NEW, LE_NEW_UP + 3, 3, 7, LABEL_EDGE_BAD_DATA},
      {"the label before, as the next down (8)", 4, LE_LIST_NEW, LE_NEW_DOWN, 0, 0, LABEL_EDGE_BAD_DATA},
      {"the label before, as any (8)", 4, LE_LIST_NEW, LE_NEW_ANY, 4, 0, LABEL_EDGE_BAD_DATA},
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    begin_edge(cases[k].k);
    le_put(&w, LE_BIRTH, cases[k].birth);
    if (cases[k].birth == LE_LIST_NEW) {
      le_put(&w, LE_NEW, cases[k].fresh);
    }
    if (cases[k].bits) {
      put_bits(cases[k].bits, cases[k].value);
    }
    end_frame();
    expect(cases[k].what, 4, 4, cases[k].status);
  }
}

/* Two edges of row 0, at 0 and at 1; then what becomes of the first. */
static void begin_two(unsigned symbol) {
  begin_edge(1);
  le_put(&w, LE_EDGE + LE_HISTORIES + LE_NEW_EDGE, LE_INSERT);
  put_gap(4, 1, 0);
  le_put(&w, LE_EDGE + LE_NEW_EDGE, symbol);
}

static void test_moves(void **state) {
  (void)state;
  begin_edge(1);
  end_frame();
  expect("one edge: none", 4, 4, LABEL_EDGE_OK);

  begin_edge(1);
  le_put(&w, LE_EDGE + LE_HISTORIES + LE_NEW_EDGE, 0);
  le_put(&w, LE_EDGE + 17, LE_PASS);
  le_put(&w, LE_END, 0);
  expect("a move to where the label is the same (8)", 4, 4, LABEL_EDGE_BAD_DATA);

  begin_two(3); /* by -2, to 2; then the other edge, and that one, end */
  le_put(&w, LE_EDGE + LE_NEW_EDGE, LE_PASS);
  le_put(&w, LE_EDGE + LE_HISTORIES + 5, LE_PASS);
  le_put(&w, LE_END, 0);
  expect("a move to what is known first: none", 4, 4, LABEL_EDGE_OK);
  begin_two(5); /* by -3 */
  le_put(&w, LE_EDGE + LE_NEW_EDGE, LE_PASS);
  le_put(&w, LE_EDGE + LE_HISTORIES + 5, LE_PASS);
  le_put(&w, LE_END, 0);
  expect("a move in front of what is known (8)", 4, 4, LABEL_EDGE_BAD_DATA);

  for (unsigned symbol = 0; symbol <= 2; symbol += 2) { /* from 7, the last pixel, by 0 and by 1 */
    begin(1);
    le_put(&w, LE_END, 1);
    put_gap(8, 0, 3);
    le_put(&w, LE_EDGE + LE_HISTORIES + LE_NEW_EDGE, LE_INSERT);
    put_gap(7, 4, 0);
    le_put(&w, LE_EDGE + LE_NEW_EDGE, symbol);
    le_put(&w, LE_END, 0);
    expect("a move out of the frame (8)", 2, 4, symbol ? LABEL_EDGE_BAD_DATA : LABEL_EDGE_OK);
  }
}

static void test_new_edges(void **state) {
  (void)state;
  for (uint32_t gap = 7; gap <= 8; gap++) {
    begin(1);
    le_put(&w, LE_END, 1);
    put_gap(8, 0, gap);
    le_put(&w, LE_END + 1, 0);
    expect("a new edge behind the frame (8)", 2, 4, gap == 8 ? LABEL_EDGE_BAD_DATA : LABEL_EDGE_OK);
  }
}

/* Edges at 0 to 3, and perhaps at 4, where the one at 0 is expected, and relabelled. */
static void test_relabelled(void **state) {
  (void)state;
  for (uint32_t last = 3; last <= 4; last++) {
    begin_edge(1);
    uint32_t label = 1;
    for (uint32_t from = 1; from <= last; from++, label ^= 1) {
      le_put(&w, LE_EDGE + LE_HISTORIES * label + LE_NEW_EDGE, LE_INSERT);
      put_gap(4, from, 0);
    }
    le_put(&w, LE_EDGE + LE_HISTORIES * label + LE_NEW_EDGE, LE_RELABEL);
    for (uint32_t k = 1; k <= last; k++) {
      le_put(&w, LE_EDGE + (k % 2 == 0 ? LE_HISTORIES : 0) + LE_NEW_EDGE, LE_PASS);
    }
    le_put(&w, LE_EDGE + LE_HISTORIES + 17, LE_PASS);
    le_put(&w, LE_END, 0);
    expect("an edge that is relabelled in front of what is known (8)", 4, 4,
           last == 4 ? LABEL_EDGE_BAD_DATA : LABEL_EDGE_OK);
  }
}

/* A number may be longer than it has to be, but not of a class above 28. */
static void test_numbers(void **state) {
  (void)state;
  for (unsigned class = 0; class < 32; class += class == 1 ? 27 : 1) {
    begin(1);
    le_put(&w, LE_END, 1);
    le_put(&w, le_gap_context(4097), LE_LONG_NUMBER);
    put_bits(5, class);
    put_bits(16, class ? 1 : 0);
    w.symbols[w.count - 1] = LE_RAW_BITS | (class < 16 ? class : 16) << 16;
    if (class > 16) {
      put_bits(class - 16, 0);
    }
    le_put(&w, LE_EDGE + LE_HISTORIES + LE_NEW_EDGE, LE_PASS);
    le_put(&w, LE_END, 0);
    expect("a number of a class of its own", 64, 64, class < 2 ? LABEL_EDGE_OK : LABEL_EDGE_BAD_DATA);
  }
}

static void test_ends(void **state) {
  (void)state;
  const label_edge_format format = {.rows = 20, .columns = 20, .bits = 8, .frames = 1};
  uint8_t bytes[300] = {0};
  begin(1);
  le_put(&w, LE_END, 0);
  const size_t size = finish(bytes) - LE_CHECKSUM;
  assert_int_equal(instance_decode_alone(&format, 0, bytes, size + LE_CHECKSUM), LABEL_EDGE_OK);
  bytes[size - 1] |= 0x80;
  instance_set_checksum(bytes, size);
  assert_int_equal(instance_decode_alone(&format, 0, bytes, size + LE_CHECKSUM),
                   LABEL_EDGE_BAD_DATA); /* a bit left that is not 0 */
  bytes[size - 1] &= 0x7f;
  bytes[size] = bytes[size + 1] = 0;
  instance_set_checksum(bytes, size + 2);
  assert_int_equal(instance_decode_alone(&format, 0, bytes, size + 2 + LE_CHECKSUM),
                   LABEL_EDGE_BAD_DATA); /* more bits left */
  bytes[0] = HEAD(LE_INDEPENDENT, 1, 0);
  bytes[1] = 1; /* a state, and no bits */
  instance_set_checksum(bytes, 2);
  assert_int_equal(instance_decode_alone(&format, 0, bytes, 2 + LE_CHECKSUM), LABEL_EDGE_BAD_DATA);
}

/* A column of eight pixels, all of them edges; then the edge at 0 moves by -2, to -1, and the column begins anew: there
 * would be more edges than pixels. */
static void test_move_in_front_of_the_frame(void **state) {
  (void)state;
  begin(1);
  le_put(&w, LE_END, 1);
  put_gap(8, 0, 0);
  uint32_t label = 1;
  for (uint32_t from = 1; from < 8; from++, label ^= 1) {
    le_put(&w, LE_EDGE + LE_HISTORIES * label + LE_NEW_EDGE, LE_INSERT);
    put_gap(1, from, 0);
  }
  le_put(&w, LE_EDGE + LE_NEW_EDGE, 3);
  label = 1;
  for (uint32_t from = 0; from < 8; from++, label ^= 1) {
    le_put(&w, LE_EDGE + LE_HISTORIES * (label != 1) + LE_NEW_EDGE, LE_INSERT);
    put_gap(2, from, 0);
  }
  expect("a move in front of the frame", 8, 1, LABEL_EDGE_BAD_DATA);
}

/* The first fragment of version 2 began with a header. */
static void test_old_version(void **state) {
  (void)state;
  const label_edge_format format = {.rows = 6, .columns = 12, .bits = 8, .frames = 3};
  uint8_t bytes[] = {'L', 'E', 2, 1, 22, 0, 0, 0, 6, 0, 12, 0, 8, 0, 3, 0, 0, 0, 1, 0, 3, 0, 0xa8, 0x25};
  assert_int_equal(instance_decode_alone(&format, 0, bytes, sizeof bytes), LABEL_EDGE_OLD_VERSION);
  bytes[2] = 77;
  assert_int_equal(instance_decode_alone(&format, 0, bytes, sizeof bytes), LABEL_EDGE_BAD_CHECKSUM);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_faults),     cmocka_unit_test(test_labels),
      cmocka_unit_test(test_moves),      cmocka_unit_test(test_new_edges),
      cmocka_unit_test(test_relabelled), cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_ends),       cmocka_unit_test(test_move_in_front_of_the_frame),
      cmocka_unit_test(test_old_version)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
