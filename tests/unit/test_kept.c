/* SPDX-License-Identifier: Apache-2.0 */
/* test_kept.c - copies of elements, what they leave out, what two have in common, and how the equipment moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dicom/keep.h"
#include "dseg/data_set.h"
#include "dseg/writer.h"
#include "seg_read/kept_object.h"

#define CONTRIBUTING 0x0018A001u

/* Elements of a data set, which is destroyed; the caller frees bytes. */
static dseg_elements encode(dseg_data_set *set, dseg_vr_encoding encoding, dseg_buffer *bytes) {
  dseg_error error = {0};
  assert_int_equal(dseg_data_set_write(set, encoding, bytes, &error), DSEG_OK);
  dseg_data_set_destroy(set);
  return (dseg_elements){.bytes = {bytes->data, bytes->size}, .implicit_vr = encoding == DSEG_IMPLICIT_VR};
}

static dseg_data_set *new_set(void) {
  dseg_data_set *set = NULL;
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  return set;
}

static dseg_keep_choice choose(const void *user, uint32_t tag) {
  (void)user;
  return tag == 0x00080056 ? DSEG_KEEP_NAME : tag == 0x00080060 ? DSEG_KEEP_NOT : DSEG_KEEP_COPY;
}

static const dseg_keep_rule rule = {.choose = choose, .own_creators = {"OWN"}};

static dseg_data_set *some_elements(void) {
  dseg_data_set *set = new_set();
  dseg_data_set_put_text(set, 0x00080056, "CS", "ONLINE");
  dseg_data_set_put_text(set, 0x00080060, "CS", "SEG");
  dseg_data_set_put_text(set, 0x00181030, "LO", "a protocol");
  dseg_data_set_put_text(set, 0x00710010, "LO", "OWN");
  dseg_data_set_put_text(set, 0x00710011, "LO", "ANOTHER");
  dseg_data_set_put_text(set, 0x00711001, "LO", "ours");
  dseg_data_set_put_text(set, 0x00711101, "LO", "theirs");
  dseg_data_set_begin_item(set, 0x00711102);
  dseg_data_set_put_text(set, 0x00730010, "LO", "INNER");
  dseg_data_set_put_text(set, 0x00731001, "LO", "inside");
  dseg_data_set_end_item(set);
  return set;
}

static void copies_leave_out_what_is_said_elsewhere(void **state) {
  (void)state;
  dseg_error error = {0};
  dseg_buffer bytes = {0};
  dseg_buffer kept = {0};
  dseg_tag_list dropped = {0};
  const dseg_element ascii = {0};
  const dseg_elements from = encode(some_elements(), DSEG_EXPLICIT_VR, &bytes);
  assert_int_equal(dseg_keep_elements(&from, &ascii, &rule, &dropped, &kept, &error), DSEG_OK);
  assert_int_equal(dropped.count, 1);
  assert_int_equal(dropped.items[0], 0x00080056);
  static const uint32_t expected[] = {0x00181030, 0x00710011, 0x00711101, 0x00711102};
  const dseg_elements copy = dseg_kept_elements((dseg_view){kept.data, kept.size});
  dseg_element element;
  size_t offset = 0;
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    assert_int_equal(dseg_elements_next(&copy, &offset, &element, &error), DSEG_OK);
    assert_int_equal(element.tag, expected[i]);
  }
  assert_int_equal(offset, kept.size);
  bool found;
  dseg_elements item;
  assert_int_equal(dseg_elements_find_item(&copy, 0x00711102, &item, &found, &error), DSEG_OK);
  assert_true(found);
  assert_int_equal(dseg_find_private(&item, 0x0073, "INNER", 0x01, &element, &error), DSEG_OK);
  assert_true(dseg_element_is(&element, "inside"));
  assert_int_equal(dseg_find_private(&copy, 0x0071, "OWN", 0x01, &element, &error), DSEG_OK);
  assert_int_equal(element.tag, 0);
  dseg_tag_list_free(&dropped);
  dseg_buffer_free(&bytes);
  dseg_buffer_free(&kept);
}

static void what_is_malformed_costs_itself_only(void **state) {
  (void)state;
  /* A sequence of 8 bytes that are no item, and text behind it. */
  static const uint8_t bytes[] = {0x08, 0x00, 0x40, 0x11, 'S',  'Q', 0,    0,    8,   0,   0, 0, 1,   2,   3,   4,
                                  0,    0,    0,    0,    0x18, 0,   0x30, 0x10, 'L', 'O', 4, 0, 't', 'e', 'x', 't'};
  const dseg_elements from = {.bytes = {bytes, sizeof bytes}};
  const dseg_element ascii = {0};
  dseg_error error = {0};
  dseg_buffer kept = {0};
  dseg_tag_list dropped = {0};
  assert_int_equal(dseg_keep_elements(&from, &ascii, &rule, &dropped, &kept, &error), DSEG_OK);
  assert_int_equal(dropped.count, 1);
  assert_int_equal(dropped.items[0], 0x00081140);
  assert_int_equal(kept.size, 12);
  dseg_tag_list_free(&dropped);
  dseg_buffer_free(&kept);
}

/* Elements of the same data set in both encodings. */
static void same_in_any_encoding(void **state) {
  (void)state;
  dseg_error error = {0};
  dseg_buffer bytes[2] = {{0}, {0}};
  dseg_buffer kept[2] = {{0}, {0}};
  const dseg_element ascii = {0};
  dseg_tag_list dropped = {0};
  for (size_t i = 0; i < 2; i++) {
    const dseg_elements from = encode(some_elements(), i == 0 ? DSEG_EXPLICIT_VR : DSEG_IMPLICIT_VR, &bytes[i]);
    assert_int_equal(dseg_keep_elements(&from, &ascii, &rule, &dropped, &kept[i], &error), DSEG_OK);
  }
  uint32_t tags[4];
  size_t count = 99;
  const dseg_view a = {kept[0].data, kept[0].size};
  const dseg_view b = {kept[1].data, kept[1].size};
  assert_true(a.size != b.size || memcmp(a.data, b.data, a.size) != 0);
  assert_int_equal(dseg_compare_attributes(a, b, tags, 4, &count, &error), DSEG_OK);
  assert_int_equal(count, 0);
  assert_int_equal(dseg_compare_attributes(a, (dseg_view){0}, tags, 2, &count, &error), DSEG_OK);
  assert_int_equal(count, 4);
  assert_int_equal(tags[1], 0x00710011);
  dseg_tag_list_free(&dropped);
  for (size_t i = 0; i < 2; i++) {
    dseg_buffer_free(&bytes[i]);
    dseg_buffer_free(&kept[i]);
  }
}

static dseg_description *describe(const char *protocol, const char *maker) {
  dseg_error error = {0};
  dseg_buffer bytes = {0};
  dseg_description *description = dseg_description_create();
  assert_non_null(description);
  dseg_data_set *set = new_set();
  dseg_data_set_put_text(set, 0x00181030, "LO", protocol);
  dseg_data_set_begin_item(set, CONTRIBUTING);
  dseg_data_set_put_text(set, 0x00080070, "LO", maker);
  dseg_data_set_end_item(set);
  dseg_data_set_put_text(set, 0x00190010, "LO", "A CREATOR");
  (void)encode(set, DSEG_EXPLICIT_VR, &bytes);
  assert_int_equal(dseg_keep_bytes(description, &bytes, &description->attributes, &error), DSEG_OK);
  dseg_buffer_free(&bytes);
  return description;
}

static void several_objects_keep_what_they_agree_on(void **state) {
  (void)state;
  dseg_error error = {0};
  dseg_description *a = describe("one", "maker a");
  dseg_description *b = describe("another", "maker b");
  assert_int_equal(dseg_description_agree(a, b, &error), DSEG_OK);
  assert_int_equal(a->dropped_count, 1);
  assert_int_equal(a->dropped[0], 0x00181030);
  const dseg_elements kept = dseg_kept_elements(a->attributes);
  dseg_element makers;
  dseg_element creator;
  dseg_element protocol;
  assert_int_equal(dseg_elements_find(&kept, CONTRIBUTING, &makers, &error), DSEG_OK);
  assert_int_equal(dseg_elements_find(&kept, 0x00190010, &creator, &error), DSEG_OK);
  assert_int_equal(dseg_elements_find(&kept, 0x00181030, &protocol, &error), DSEG_OK);
  assert_int_equal(creator.tag, 0x00190010);
  assert_int_equal(protocol.tag, 0);
  size_t offset = 0;
  size_t count = 0;
  bool more = true;
  dseg_elements item;
  for (; more; count += more ? 1 : 0) {
    assert_int_equal(dseg_sequence_next(&kept, &makers, &offset, &item, &more, &error), DSEG_OK);
  }
  assert_int_equal(count, 2);
  /* What does not hold any more is named, once. */
  bool found = false;
  assert_int_equal(dseg_description_drop(a, 0x00190010, &found, &error), DSEG_OK);
  assert_true(found);
  assert_int_equal(dseg_description_drop(a, 0x00190010, &found, &error), DSEG_OK);
  assert_false(found);
  assert_int_equal(a->dropped_count, 2);
  assert_int_equal(a->dropped[1], 0x00190010);
  dseg_description_destroy(a);
  dseg_description_destroy(b);
}

/* Items of the equipment that is kept of an object with these attributes. */
static size_t count_makers(dseg_data_set *set) {
  dseg_error error = {0};
  dseg_buffer bytes = {0};
  dseg_buffer kept = {0};
  dseg_tag_list dropped = {0};
  const dseg_part10 object = {.elements = encode(set, DSEG_EXPLICIT_VR, &bytes)};
  assert_int_equal(dseg_keep_equipment(&object, &dropped, &kept, &error), DSEG_OK);
  assert_int_equal(dropped.count, 0);
  dseg_data_set *equipment = new_set();
  assert_int_equal(dseg_data_set_read(equipment, (dseg_view){kept.data, kept.size}, DSEG_EXPLICIT_VR, &error), DSEG_OK);
  const size_t count = dseg_data_set_count_items(equipment, CONTRIBUTING);
  dseg_data_set_destroy(equipment);
  dseg_tag_list_free(&dropped);
  dseg_buffer_free(&kept);
  dseg_buffer_free(&bytes);
  return count;
}

static dseg_data_set *made_by(const char *manufacturer, const char *model) {
  dseg_data_set *set = new_set();
  dseg_data_set_put_text(set, 0x00080070, "LO", manufacturer);
  dseg_data_set_put_text(set, 0x00081090, "LO", model);
  return set;
}

static void a_maker_is_listed_once(void **state) {
  (void)state;
  assert_int_equal(count_makers(new_set()), 0);
  assert_int_equal(count_makers(made_by("dseg project", "dseg")), 0);
  assert_int_equal(count_makers(made_by("a maker", "dseg")), 1);
  assert_int_equal(count_makers(made_by(NULL, "a model")), 1);
  for (int same = 0; same < 2; same++) {
    dseg_data_set *set = made_by("a maker", "a model");
    dseg_data_set_begin_item(set, CONTRIBUTING);
    dseg_data_set_put_text(set, 0x00080070, "LO", "a maker");
    dseg_data_set_put_text(set, 0x00081090, "LO", same ? "a model" : "another model");
    dseg_data_set_end_item(set);
    assert_int_equal(count_makers(set), same ? 1 : 2);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(copies_leave_out_what_is_said_elsewhere),
      cmocka_unit_test(what_is_malformed_costs_itself_only),
      cmocka_unit_test(same_in_any_encoding),
      cmocka_unit_test(several_objects_keep_what_they_agree_on),
      cmocka_unit_test(a_maker_is_listed_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
