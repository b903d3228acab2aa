/* SPDX-License-Identifier: Apache-2.0 */
/* random_data_sets.c - reads encoded data sets made of a random number, some of them damaged, and says what is written
 * of each. Linked with the library's data set and with DCMTK's: compare_random.py compares what the two say.
 *
 * usage: random_data_sets COUNT      a line for each data set and VR form: number, form, "refused" or size and digest
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dseg/data_set.h"

static uint32_t state;
static dseg_buffer bytes;

static uint32_t below(uint32_t limit) {
  state = state * 1664525u + 1013904223u;
  return (state >> 8) % limit;
}

static void put(const void *data, size_t size) {
  if (dseg_buffer_append(&bytes, data, size, NULL) != DSEG_OK) {
    abort();
  }
}

static void put_u16(uint32_t value) {
  put((const uint8_t[2]){(uint8_t)value, (uint8_t)(value >> 8)}, 2);
}

static void put_u32(uint32_t value) {
  put_u16(value & 0xFFFF);
  put_u16(value >> 16);
}

static void put_tag(uint32_t tag) {
  put_u16(tag >> 16);
  put_u16(tag & 0xFFFF);
}

/* Begins a part of undefined length, or of one that end_part sets; returns where the length is. */
static size_t begin_part(bool undefined) {
  put_u32(undefined ? UINT32_MAX : 0);
  return bytes.size - 4;
}

static void end_part(size_t at, bool undefined, uint32_t delimiter) {
  if (undefined) {
    put_tag(delimiter);
    put_u32(0);
    return;
  }
  const uint32_t length = (uint32_t)(bytes.size - at - 4);
  for (size_t i = 0; i < 4; i++) {
    bytes.data[at + i] = (uint8_t)(length >> 8 * i);
  }
}

static void put_elements(unsigned depth);

static void put_items(unsigned depth) {
  const bool undefined = below(3) == 0;
  put_u16(0);
  const size_t sequence = begin_part(undefined);
  for (uint32_t left = depth > 3 ? 0 : below(3); left > 0; left--) {
    const bool open = below(3) == 0;
    put_tag(0xFFFEE000);
    const size_t item = begin_part(open);
    put_elements(depth + 1);
    end_part(item, open, 0xFFFEE00D);
  }
  end_part(sequence, undefined, 0xFFFEE0DD);
}

/* number_size: bytes of a number of a binary VR, 0 for text. */
static void put_value(const char *vr, uint32_t number_size) {
  uint8_t value[32];
  uint32_t size = 2 * below(12);
  for (uint32_t i = 0; i < size; i++) {
    value[i] = (uint8_t) "AB12. \\x^\xC3"[below(10)];
  }
  if (size > 0 && below(3) == 0) {
    value[size - 1] = strcmp(vr, "UI") == 0 && below(2) == 0 ? '\0' : ' ';
  }
  size -= number_size != 0 ? size % number_size : 0;
  if (strcmp(vr, "UN") == 0 || strcmp(vr, "UT") == 0) {
    put_u16(0);
    put_u32(size);
  } else {
    put_u16(size);
  }
  put(value, size);
}

static void put_elements(unsigned depth) {
  static const struct {
    uint32_t tag;
    char vr[3];
    uint32_t number_size;
  } kinds[] = {
      {0x00080020, "DA", 0}, {0x00080030, "TM", 0}, {0x00080050, "SH", 0}, {0x00080051, "SQ", 0}, {0x00080070, "LO", 0},
      {0x00080081, "ST", 0}, {0x00080090, "PN", 0}, {0x00080096, "SQ", 0}, {0x00081032, "SQ", 0}, {0x00100010, "PN", 0},
      {0x00100020, "LO", 0}, {0x00100040, "CS", 0}, {0x00101010, "AS", 0}, {0x00101030, "DS", 0}, {0x00104000, "LT", 0},
      {0x0018A001, "SQ", 0}, {0x00189087, "FD", 8}, {0x0020000D, "UI", 0}, {0x00200010, "SH", 0}, {0x00200013, "IS", 0},
      {0x00200052, "UI", 0}, {0x00209165, "AT", 4}, {0x00282114, "CS", 0}, {0x00400560, "SQ", 0}, {0x0040A730, "SQ", 0},
      {0x00480001, "FL", 4}, {0x00480006, "UL", 4}, {0x0062000D, "US", 2}, {0x00620020, "UT", 0}, {0x00710010, "LO", 0},
      {0x00711001, "UN", 0},
  };
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    if (below(depth > 0 ? 8 : 4) == 0) {
      put_tag(kinds[i].tag);
      put(kinds[i].vr, 2);
      if (strcmp(kinds[i].vr, "SQ") == 0) {
        put_items(depth);
      } else {
        put_value(kinds[i].vr, kinds[i].number_size);
      }
    }
  }
}

/* Every fourth has a byte changed, every fourth is cut. */
static void make(uint32_t number) {
  state = number * 2654435761u;
  bytes.size = 0;
  put_elements(0);
  const uint32_t damage = below(4);
  if (bytes.size > 0 && damage == 0) {
    bytes.data[below((uint32_t)bytes.size)] = (uint8_t)below(256);
  } else if (damage == 1) {
    bytes.size = below((uint32_t)bytes.size + 1);
  }
}

static void say(const dseg_data_set *set, uint32_t number, bool implicit_vr) {
  const dseg_file_encoding encoding = {.transfer_syntax_uid = implicit_vr ? "1.2.840.10008.1.2" : "1.2.840.10008.1.2.1",
                                       .implicit_vr = implicit_vr,
                                       .implementation_class_uid = "1.2.3",
                                       .implementation_version_name = "TEST"};
  dseg_buffer out = {0};
  dseg_error error = {0};
  printf("%u %s ", (unsigned)number, implicit_vr ? "implicit" : "explicit");
  if (dseg_data_set_write_file(set, &encoding, &out, NULL, &error) != DSEG_OK) {
    printf("refused %s\n", error.message);
  } else {
    uint64_t digest = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < out.size; i++) {
      digest = (digest ^ out.data[i]) * 1099511628211u;
    }
    printf("%zu %016" PRIx64 "\n", out.size, digest);
  }
  dseg_buffer_free(&out);
}

int main(int argc, char **argv) {
  const uint32_t count = argc == 2 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
  for (uint32_t number = 1; number <= count; number++) {
    dseg_data_set *set = NULL;
    if (dseg_data_set_create(&set, NULL) != DSEG_OK) {
      return 1;
    }
    make(number);
    dseg_data_set_put_text(set, 0x00080016, "UI", "1.2");
    dseg_data_set_put_text(set, 0x00080018, "UI", "1.3");
    (void)dseg_data_set_read(set, (dseg_view){bytes.data, bytes.size}, DSEG_EXPLICIT_VR, NULL);
    say(set, number, false);
    say(set, number, true);
    dseg_data_set_destroy(set);
  }
  dseg_buffer_free(&bytes);
  return count > 0 ? 0 : 2;
}
