/* SPDX-License-Identifier: Apache-2.0 */
/* encapsulation.c - fragments and offset tables of encapsulated Pixel Data (PS3.5 A.4, PS3.3 C.7.6.3.1.8). */
#include <inttypes.h>
#include <stdlib.h>

#include "base/endian.h"
#include "dicom/scanner.h"
#include "validate/check.h"

#define WINDOW ((size_t)1 << 16)
#define BASIC_TABLE DSEG_TAG_PIXEL_DATA
#define EXTENDED_TABLE DSEG_TAG(0x7FE0, 0x0001)
#define EXTENDED_LENGTHS DSEG_TAG(0x7FE0, 0x0002)

struct fragment {
  uint64_t offset; /* of the item, from the first behind the table */
  uint32_t length;
};

struct items {
  dseg_check *check;
  uint64_t table_offset; /* of the value of Basic Offset Table, in the file */
  uint32_t table_length;
  dseg_buffer fragments;
  size_t count;
};

static const struct fragment *fragment_at(const struct items *items, size_t i) {
  return (const struct fragment *)(const void *)items->fragments.data + i;
}

static int compare_offset(const void *key, const void *entry) {
  const uint64_t offset = *(const uint64_t *)key;
  const struct fragment *fragment = entry;
  return (offset > fragment->offset) - (offset < fragment->offset);
}

/* The fragment whose item is at offset; NULL when there is none. Fragments ascend. */
static const struct fragment *find_fragment(const struct items *items, uint64_t offset) {
  return items->count == 0
             ? NULL
             : bsearch(&offset, items->fragments.data, items->count, sizeof(struct fragment), compare_offset);
}

static dseg_status read_items(struct items *items, dseg_scanner *scanner, dseg_error *error) {
  dseg_header header = {0};
  uint64_t base = 0;
  bool first = true;
  while (dseg_scanner_left(scanner) > 0) {
    const uint64_t offset = dseg_scanner_position(scanner);
    DSEG_TRY(dseg_scanner_header(scanner, &header, error));
    if (header.tag != DSEG_TAG_ITEM || header.undefined_length) {
      return DSEG_OK;
    }
    if (first) {
      items->table_offset = dseg_scanner_position(scanner);
      items->table_length = header.length;
      base = items->table_offset + header.length;
    } else {
      const struct fragment fragment = {.offset = offset - base, .length = header.length};
      if (items->fragments.size > items->check->memory_limit / 8) {
        return dseg_fail(error, DSEG_ERROR_LIMIT, "the list of fragments exceeds the memory limit");
      }
      DSEG_TRY(dseg_buffer_append(&items->fragments, &fragment, sizeof fragment, error));
      items->count++;
    }
    first = false;
    dseg_scanner_skip(scanner, header.length);
  }
  return DSEG_OK;
}

static void check_fragments(const struct items *items, bool has_table) {
  dseg_check *check = items->check;
  const dseg_place place = dseg_at(DSEG_TAG_PIXEL_DATA);
  const uint64_t frames = check->facts.frames;
  for (size_t i = 0; i < items->count; i++) {
    if (fragment_at(items, i)->length % 2 != 0) {
      dseg_found(check, DSEG_RULE_FRAGMENT_LENGTH, place, "fragment %zu has %" PRIu32 " bytes", i + 1,
                 fragment_at(items, i)->length);
    }
  }
  if (frames == 0) {
    return;
  }
  if (items->count < frames) {
    dseg_found(check, DSEG_RULE_FRAGMENTS, place, "has %zu fragments for %" PRIu64 " frames", items->count, frames);
  } else if (items->count > frames && check->facts.syntax != NULL && check->facts.syntax->one_fragment) {
    dseg_found(check, DSEG_RULE_FRAGMENT_PER_FRAME, place, "has %zu fragments for %" PRIu64 " frames (%s)",
               items->count, frames, check->facts.syntax->section);
  } else if (items->count > frames && frames > 1 && !has_table) {
    dseg_found(check, DSEG_RULE_FRAMES_AMBIGUOUS, place, "has %zu fragments for %" PRIu64 " frames, and no table",
               items->count, frames);
  }
}

static dseg_status check_basic_table(const struct items *items, dseg_error *error) {
  dseg_check *check = items->check;
  const dseg_place place = dseg_at(BASIC_TABLE);
  const uint64_t frames = check->facts.frames;
  if (items->table_length == 0) {
    return DSEG_OK;
  }
  if (items->table_length % 4 != 0 || (frames != 0 && items->table_length / 4 != frames)) {
    dseg_found(check, DSEG_RULE_BASIC_OFFSET_TABLE, place, "the table has %" PRIu32 " bytes for %" PRIu64 " frames",
               items->table_length, frames);
    return DSEG_OK;
  }
  dseg_buffer table = {0};
  dseg_status status = dseg_buffer_resize(&table, items->table_length, error);
  if (status == DSEG_OK) {
    status = dseg_input_read(check->file.input, items->table_offset, table.data, table.size, error);
  }
  uint32_t before = 0;
  for (size_t i = 0; status == DSEG_OK && i < table.size / 4; i++) {
    const uint32_t offset = dseg_load_le32(table.data + i * 4);
    if (find_fragment(items, offset) == NULL || (i == 0) != (offset == 0) || (i > 0 && offset <= before)) {
      dseg_found(check, DSEG_RULE_BASIC_OFFSET_TABLE, place, "entry %zu is %" PRIu32 ", where no frame begins", i + 1,
                 offset);
      break;
    }
    before = offset;
  }
  dseg_buffer_free(&table);
  return status;
}

static void check_extended_table(const struct items *items) {
  dseg_check *check = items->check;
  const dseg_element offsets = dseg_get(check->top, EXTENDED_TABLE);
  const dseg_element lengths = dseg_get(check->top, EXTENDED_LENGTHS);
  const uint64_t frames = check->facts.frames;
  if (offsets.tag == 0 && lengths.tag == 0) {
    return;
  }
  if (items->table_length != 0) {
    dseg_found(check, DSEG_RULE_OFFSET_TABLES, dseg_at(EXTENDED_TABLE), "is there, Basic Offset Table is not empty");
  }
  if (offsets.value.size == 0 || offsets.value.size % 8 != 0 || offsets.value.size != lengths.value.size ||
      (frames != 0 && offsets.value.size / 8 != frames)) {
    dseg_found(check, DSEG_RULE_EXTENDED_OFFSET_TABLE, dseg_at(EXTENDED_TABLE),
               "has %zu bytes, its lengths (7FE0,0002) %zu, for %" PRIu64 " frames", offsets.value.size,
               lengths.value.size, frames);
    return;
  }
  for (size_t i = 0; i < offsets.value.size / 8; i++) {
    const uint64_t offset = dseg_load_le64(offsets.value.data + i * 8);
    const uint64_t length = dseg_load_le64(lengths.value.data + i * 8);
    const struct fragment *fragment = find_fragment(items, offset);
    if (fragment == NULL) {
      dseg_found(check, DSEG_RULE_EXTENDED_OFFSET_TABLE, dseg_at(EXTENDED_TABLE),
                 "entry %zu is %" PRIu64 ", where no fragment begins", i + 1, offset);
      return;
    }
    if (length + length % 2 != fragment->length) {
      dseg_found(check, DSEG_RULE_EXTENDED_OFFSET_TABLE, dseg_at(EXTENDED_LENGTHS),
                 "entry %zu is %" PRIu64 ", the fragment has %" PRIu32 " bytes", i + 1, length, fragment->length);
      return;
    }
  }
}

dseg_status dseg_check_encapsulation(dseg_check *check, dseg_error *error) {
  const dseg_located *pixels = &check->file.pixel_data;
  struct items items = {.check = check};
  dseg_scanner scanner;
  if (!pixels->present || !pixels->undefined_length || !check->facts.encapsulated) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_scanner_open(&scanner, check->file.input, pixels->value_offset,
                             pixels->value_offset + pixels->value_length, WINDOW, error));
  dseg_status status = read_items(&items, &scanner, error);
  dseg_scanner_close(&scanner);
  if (status == DSEG_OK) {
    const dseg_element extended = dseg_get(check->top, EXTENDED_TABLE);
    check_fragments(&items, items.table_length != 0 || extended.tag != 0);
    check_extended_table(&items);
    status = check_basic_table(&items, error);
  }
  dseg_buffer_free(&items.fragments);
  return status;
}
