/* SPDX-License-Identifier: Apache-2.0 */
/* test_palette.c - colours of segments from palettes of every form, and from those that contradict themselves. */
#include "dicom_files.h"
#include "seg_read/palette.h"

/* What stands in the three tables; each channel's entries are those given plus its index. */
typedef struct palette_form {
  bool big_endian, implicit_vr;
  uint16_t descriptor[3];
  bool bytes; /* two entries in a word */
  size_t entries;
  bool without_blue;
} palette_form;

static uint16_t entry(const palette_form *form, size_t index, unsigned channel) {
  const unsigned value = (unsigned)(index * 3 + channel);
  return (uint16_t)(form->descriptor[2] == 16 ? value << 8 | 0x55 : value);
}

static void put_tables(dicom_file *file, const palette_form *form) {
  for (unsigned c = 0; c < 3; c++) {
    put_header(file, 0x00281101 + c, "US", 6);
    for (size_t i = 0; i < 3; i++) {
      put_u16(file, form->descriptor[i]);
    }
  }
  for (unsigned c = 0; c < (form->without_blue ? 2u : 3u); c++) {
    const size_t words = form->bytes ? (form->entries + 1) / 2 : form->entries;
    put_header(file, 0x00281201 + c, "OW", (uint32_t)(2 * words));
    for (size_t i = 0; i < words; i++) {
      const size_t next = form->bytes ? 2 * i : i;
      const unsigned high = form->bytes && next + 1 < form->entries ? entry(form, next + 1, c) : 0;
      put_u16(file, (uint16_t)(entry(form, next, c) | high << 8));
    }
  }
}

/* Reads the palette for segments with these numbers; free with dseg_description_destroy. */
static dseg_description *read_palette(const palette_form *form, const uint32_t *numbers, size_t count) {
  dicom_file file = {.big_endian = form->big_endian, .implicit_vr = form->implicit_vr};
  put_tables(&file, form);
  const dseg_elements elements = {
      {file.bytes.data, file.bytes.size}, .implicit_vr = form->implicit_vr, .big_endian = form->big_endian};
  dseg_description *description = dseg_description_create();
  description->segments = dseg_description_alloc(description, count * sizeof *description->segments);
  description->segment_count = count;
  for (size_t i = 0; i < count; i++) {
    description->segments[i].number = numbers[i];
  }
  assert_int_equal(dseg_read_palette(&elements, description, NULL), DSEG_OK);
  dseg_buffer_free(&file.bytes);
  return description;
}

static void assert_color(const dseg_segment *segment, size_t index) {
  assert_true(segment->has_color);
  for (size_t c = 0; c < 3; c++) {
    assert_int_equal(segment->rgb[c], index * 3 + c);
  }
}

static void tables_of_every_form(void **state) {
  (void)state;
  const palette_form forms[] = {{.descriptor = {7, 0, 16}, .entries = 7},
                                {.descriptor = {7, 0, 8}, .entries = 7, .bytes = true},
                                {.descriptor = {8, 0, 8}, .entries = 8, .bytes = true},
                                {.descriptor = {7, 0, 8}, .entries = 7}, /* 16 bits for 8 */
                                {.descriptor = {7, 0, 8}, .entries = 7, .bytes = true, .big_endian = true},
                                {.descriptor = {7, 0, 16}, .entries = 7, .big_endian = true},
                                {.descriptor = {7, 0, 16}, .entries = 7, .implicit_vr = true}};
  const uint32_t numbers[3] = {1, 4, 6};
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    dseg_description *description = read_palette(&forms[i], numbers, 3);
    for (size_t s = 0; s < 3; s++) {
      assert_color(&description->segments[s], numbers[s]);
    }
    dseg_description_destroy(description);
  }
}

/* C.7.6.3.1.5: what lies outside the table has the colour of its nearer end. */
static void values_outside_the_table(void **state) {
  (void)state;
  const palette_form form = {.descriptor = {4, 10, 16}, .entries = 4};
  const uint32_t numbers[4] = {9, 10, 13, 60000};
  dseg_description *description = read_palette(&form, numbers, 4);
  const size_t expected[4] = {0, 0, 3, 3};
  for (size_t s = 0; s < 4; s++) {
    assert_color(&description->segments[s], expected[s]);
  }
  dseg_description_destroy(description);
}

static void tables_that_contradict_themselves_give_no_color(void **state) {
  (void)state;
  const palette_form forms[] = {{.descriptor = {8, 0, 16}, .entries = 7},
                                {.descriptor = {0, 0, 16}, .entries = 7}, /* 65536 */
                                {.descriptor = {9, 0, 8}, .entries = 7, .bytes = true},
                                {.descriptor = {7, 0, 12}, .entries = 7},
                                {.descriptor = {7, 0, 16}, .entries = 7, .without_blue = true}};
  const uint32_t numbers[1] = {1};
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    dseg_description *description = read_palette(&forms[i], numbers, 1);
    assert_false(description->segments[0].has_color);
    dseg_description_destroy(description);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tables_of_every_form),
      cmocka_unit_test(values_outside_the_table),
      cmocka_unit_test(tables_that_contradict_themselves_give_no_color),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
