/* SPDX-License-Identifier: Apache-2.0 */
/* fragments.c - fragments of encapsulated Pixel Data (PS3.5 A.4) and the offset tables (PS3.3 C.7.6.3.1.8).
 *
 * A table is trusted when each frame that it tells of is made of whole items: that takes one look at each header, and
 * no look at what is between. Where a look costs a request, the first and the last frame are looked at: a table of
 * frames that follow each other from the first item to the last can hardly be wrong then, and a frame's items are
 * checked once more when it is read. */
#include "seg_read/fragments.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "dicom/scanner.h"

#define ITEM_HEADER 8u
#define WINDOW ((size_t)1 << 16)
#define SMALL_FRAME_BYTES 1024u

struct locator {
  dseg_frame *frames;
  size_t count;
  uint16_t part;
  const dseg_part10 *part10;
  uint64_t base; /* of the first item behind the Basic Offset Table */
  uint64_t end;  /* of the input */
};

/* What was read of the input last, to look at headers. */
struct window {
  uint64_t begin;
  size_t size;
  uint8_t bytes[4096];
};

struct item_header {
  uint32_t tag, length;
};

static dseg_status read_header(const struct locator *locator, uint64_t offset, struct item_header *item,
                               dseg_error *error) {
  uint8_t bytes[ITEM_HEADER];
  DSEG_TRY(dseg_input_read(locator->part10->input, offset, bytes, sizeof bytes, error));
  item->tag = DSEG_TAG(dseg_load_le16(bytes), dseg_load_le16(bytes + 2));
  item->length = dseg_load_le32(bytes + 4);
  return DSEG_OK;
}

/* Whether the header that was read at offset is that of an item of defined length within the input. */
static bool is_item(const struct locator *locator, uint64_t offset, const struct item_header *item) {
  return item->tag == DSEG_TAG_ITEM && item->length <= locator->end - offset - ITEM_HEADER;
}

static bool set_frame(struct locator *locator, size_t i, uint64_t begin, uint64_t end) {
  if (end < begin || end > locator->end || end - begin > UINT32_MAX) {
    return false;
  }
  locator->frames[i].offset = begin;
  locator->frames[i].length = (uint32_t)(end - begin);
  locator->frames[i].part = locator->part;
  return true;
}

/* The item at offset, through a window on the input: headers of frames of few bytes are read together, and nothing of
 * larger ones but their headers. *found is false where there is no item. */
static dseg_status find_item(const struct locator *locator, struct window *window, uint64_t offset,
                             uint32_t frame_bytes, bool *found, uint32_t *length, dseg_error *error) {
  *found = false;
  if (offset < window->begin || offset - window->begin + ITEM_HEADER > window->size) {
    const uint64_t left = offset < locator->end ? locator->end - offset : 0;
    window->begin = offset;
    window->size = 0;
    if (left < ITEM_HEADER) {
      return DSEG_OK;
    }
    const size_t most = frame_bytes < SMALL_FRAME_BYTES ? sizeof window->bytes : ITEM_HEADER;
    const size_t size = left < most ? (size_t)left : most;
    DSEG_TRY(dseg_input_read(locator->part10->input, offset, window->bytes, size, error));
    window->size = size;
  }
  const uint8_t *header = window->bytes + (offset - window->begin);
  *length = dseg_load_le32(header + 4);
  *found = DSEG_TAG(dseg_load_le16(header), dseg_load_le16(header + 2)) == DSEG_TAG_ITEM;
  return DSEG_OK;
}

/* Whether a frame is made of whole items, or of exactly one. */
static dseg_status check_frame(const struct locator *locator, struct window *window, const dseg_frame *frame,
                               bool one_item, bool *good, dseg_error *error) {
  uint64_t at = 0;
  *good = false;
  do {
    uint32_t length = 0;
    bool found = false;
    if (frame->length - at < ITEM_HEADER) {
      return DSEG_OK;
    }
    DSEG_TRY(find_item(locator, window, frame->offset + at, frame->length, &found, &length, error));
    if (!found || length > frame->length - at - ITEM_HEADER || (one_item && length != frame->length - ITEM_HEADER)) {
      return DSEG_OK;
    }
    at += ITEM_HEADER + (uint64_t)length;
  } while (at < frame->length);
  *good = true;
  return DSEG_OK;
}

/* Whether each frame begins where the one before it ends, the first one at the first item. */
static bool frames_follow(const struct locator *locator) {
  uint64_t next = locator->base;
  for (size_t i = 0; i < locator->count; i++) {
    if (locator->frames[i].offset != next) {
      return false;
    }
    next += locator->frames[i].length;
  }
  return true;
}

/* Whether every frame is made of whole items, or of exactly one. */
static dseg_status check_items(const struct locator *locator, bool one_item, bool *good, dseg_error *error) {
  struct window window = {.size = 0};
  const bool sparse = dseg_input_is_distant(locator->part10->input) && frames_follow(locator);
  *good = true;
  for (size_t i = 0; *good && i < locator->count; i++) {
    if (!sparse || i == 0 || i + 1 == locator->count) {
      DSEG_TRY(check_frame(locator, &window, &locator->frames[i], one_item, good, error));
    }
  }
  return DSEG_OK;
}

static uint64_t load64(const dseg_element *element, size_t i) {
  return dseg_load_le64(element->value.data + i * 8);
}

/* Extended Offset Table (7FE0,0001): offsets of items, and the lengths of the frames (7FE0,0002). The tables are in
 * memory: a fault of theirs is none of the input. */
static dseg_status use_extended_table(struct locator *locator, bool *good, dseg_error *error) {
  dseg_element offsets;
  dseg_element lengths;
  const dseg_elements *elements = &locator->part10->elements;
  *good = false;
  if (dseg_elements_find(elements, DSEG_TAG(0x7FE0, 0x0001), &offsets, NULL) != DSEG_OK ||
      dseg_elements_find(elements, DSEG_TAG(0x7FE0, 0x0002), &lengths, NULL) != DSEG_OK ||
      offsets.value.size / 8 != locator->count || lengths.value.size / 8 != locator->count) {
    return DSEG_OK;
  }
  for (size_t i = 0; i < locator->count; i++) {
    const uint64_t offset = load64(&offsets, i);
    const uint64_t length = load64(&lengths, i);
    if (offset > locator->end || length > DSEG_FRAGMENT_LIMIT ||
        !set_frame(locator, i, locator->base + offset, locator->base + offset + ITEM_HEADER + length + length % 2)) {
      return DSEG_OK;
    }
  }
  return check_items(locator, true, good, error);
}

/* Where the items from offset on end: at the Sequence Delimitation Item; *found is false where something else is. */
static dseg_status find_end(const struct locator *locator, uint64_t offset, uint64_t *end, bool *found,
                            dseg_error *error) {
  *found = false;
  while (offset <= locator->end && locator->end - offset >= ITEM_HEADER) {
    struct item_header item;
    DSEG_TRY(read_header(locator, offset, &item, error));
    if (item.tag == DSEG_TAG_SEQUENCE_END) {
      *end = offset;
      *found = true;
      return DSEG_OK;
    }
    if (!is_item(locator, offset, &item)) {
      return DSEG_OK;
    }
    offset += ITEM_HEADER + (uint64_t)item.length;
  }
  return DSEG_OK;
}

/* The offsets of a Basic Offset Table, one for each frame. */
static dseg_status apply_basic_table(struct locator *locator, const uint8_t *offsets, bool *good, dseg_error *error) {
  uint64_t end = 0;
  *good = dseg_load_le32(offsets) == 0;
  if (*good) {
    const uint64_t last = locator->base + dseg_load_le32(offsets + (locator->count - 1) * 4);
    DSEG_TRY(find_end(locator, last, &end, good, error));
  }
  for (size_t i = locator->count; *good && i-- > 0;) {
    const uint64_t begin = locator->base + dseg_load_le32(offsets + i * 4);
    *good = begin < end && set_frame(locator, i, begin, end);
    end = begin;
  }
  return *good ? check_items(locator, false, good, error) : DSEG_OK;
}

/* Basic Offset Table: the value of the first item. */
static dseg_status use_basic_table(struct locator *locator, uint64_t table, uint32_t table_bytes, bool *good,
                                   dseg_error *error) {
  dseg_view offsets;
  uint8_t *block = NULL;
  *good = false;
  if (table_bytes / 4 != locator->count || table_bytes == 0) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_input_view(locator->part10->input, table, table_bytes, &offsets, &block, error));
  const dseg_status status = apply_basic_table(locator, offsets.data, good, error);
  free(block);
  return status;
}

/* Without a table: item after item. */
static dseg_status walk(struct locator *locator, dseg_error *error) {
  dseg_scanner scanner;
  size_t fragments = 0;
  dseg_status status = DSEG_OK;
  DSEG_TRY(dseg_scanner_open(&scanner, locator->part10->input, locator->base, locator->end, WINDOW, error));
  uint64_t end = locator->base;
  for (;;) {
    dseg_header item;
    const uint64_t begin = dseg_scanner_position(&scanner);
    status = dseg_scanner_header(&scanner, &item, error);
    if (status != DSEG_OK || item.tag == DSEG_TAG_SEQUENCE_END) {
      break;
    }
    if (item.tag != DSEG_TAG_ITEM || item.undefined_length) {
      status = dseg_fail(error, DSEG_ERROR_FORMAT, "Pixel Data (7FE0,0010) has no item at byte %" PRIu64 " (PS3.5 A.4)",
                         begin);
      break;
    }
    dseg_scanner_skip(&scanner, item.length);
    end = dseg_scanner_position(&scanner);
    if (fragments < locator->count && !set_frame(locator, fragments, begin, end)) {
      status = dseg_fail(error, DSEG_ERROR_LIMIT, "a fragment at byte %" PRIu64 " exceeds 4 GiB", begin);
      break;
    }
    fragments++;
  }
  dseg_scanner_close(&scanner);
  DSEG_TRY(status);
  if (locator->count == 1 && fragments > 1 && set_frame(locator, 0, locator->base, end)) {
    return DSEG_OK;
  }
  if (fragments != locator->count) {
    return dseg_fail(
        error, DSEG_ERROR_FORMAT,
        "Pixel Data (7FE0,0010) has %zu fragments for %zu frames, and no offset table that tells them apart "
        "(PS3.5 A.4)",
        fragments, locator->count);
  }
  return DSEG_OK;
}

dseg_status dseg_locate_encapsulated(dseg_frame_table *table, size_t first, size_t count, uint16_t part,
                                     const dseg_part10 *part10, const dseg_warning_sink *warnings,
                                     uint64_t *value_bytes, dseg_error *error) {
  struct locator locator = {.frames = table->frames + first,
                            .count = count,
                            .part = part,
                            .part10 = part10,
                            .end = dseg_input_size(part10->input)};
  struct item_header basic;
  dseg_element extended;
  const uint64_t table_item = part10->pixel_data.value_offset;
  const bool has_item = table_item <= locator.end && locator.end - table_item >= ITEM_HEADER;
  if (has_item) {
    DSEG_TRY(read_header(&locator, table_item, &basic, error));
  }
  if (!has_item || !is_item(&locator, table_item, &basic)) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "Pixel Data (7FE0,0010) does not begin with a Basic Offset Table (PS3.5 A.4)");
  }
  locator.base = table_item + ITEM_HEADER + basic.length;
  DSEG_TRY(dseg_elements_find(&part10->elements, DSEG_TAG(0x7FE0, 0x0001), &extended, error));
  const bool has_table = extended.tag != 0 || basic.length != 0;
  bool good = false;
  DSEG_TRY(use_extended_table(&locator, &good, error));
  if (!good) {
    DSEG_TRY(use_basic_table(&locator, table_item + ITEM_HEADER, basic.length, &good, error));
  }
  if (!good) {
    if (has_table) {
      dseg_warn(warnings,
                "the offset table of Pixel Data is wrong (PS3.5 A.4): frames are found by walking the fragments");
    }
    DSEG_TRY(walk(&locator, error));
  }
  *value_bytes = 0;
  for (size_t i = 0; i < count; i++) {
    const uint64_t end = locator.frames[i].offset + locator.frames[i].length - table_item;
    *value_bytes = end > *value_bytes ? end : *value_bytes;
  }
  return DSEG_OK;
}

dseg_status dseg_fragment_length(uint64_t bytes, uint32_t *length, dseg_error *error) {
  if (bytes > DSEG_FRAGMENT_LIMIT) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "a compressed frame of %" PRIu64 " bytes exceeds a fragment (PS3.5 A.4)",
                     bytes);
  }
  *length = (uint32_t)(bytes + bytes % 2);
  return DSEG_OK;
}

/* Checks the items in a frame's bytes, and moves their values together at the front. */
static dseg_status join_fragments(uint8_t *bytes, size_t size, const dseg_frame *frame, size_t *joined,
                                  dseg_error *error) {
  size_t from = 0;
  size_t to = 0;
  while (from < size) {
    const uint8_t *header = bytes + from;
    const uint32_t length = size - from >= ITEM_HEADER ? dseg_load_le32(header + 4) : 0;
    if (size - from < ITEM_HEADER || DSEG_TAG(dseg_load_le16(header), dseg_load_le16(header + 2)) != DSEG_TAG_ITEM ||
        length > size - from - ITEM_HEADER) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "Pixel Data (7FE0,0010) has no item at byte %" PRIu64 " (PS3.5 A.4)",
                       frame->offset + from);
    }
    memmove(bytes + to, header + ITEM_HEADER, length);
    to += length;
    from += ITEM_HEADER + (size_t)length;
  }
  *joined = to;
  return DSEG_OK;
}

dseg_status dseg_read_fragments(const dseg_input *input, const dseg_frame *frame, dseg_buffer *out, dseg_error *error) {
  const size_t before = out->size;
  size_t joined = 0;
  DSEG_TRY(dseg_buffer_resize(out, before + frame->length, error));
  dseg_status status = dseg_input_read(input, frame->offset, out->data + before, frame->length, error);
  if (status == DSEG_OK) {
    status = join_fragments(out->data + before, frame->length, frame, &joined, error);
  }
  out->size = before + joined;
  return status;
}

dseg_status dseg_measure_fragments(const dseg_input *input, const dseg_frame *frame, uint64_t *offset, uint32_t *length,
                                   dseg_error *error) {
  *offset = frame->offset + ITEM_HEADER;
  *length = 0;
  for (uint64_t at = 0; at + ITEM_HEADER <= frame->length;) {
    uint8_t header[ITEM_HEADER];
    DSEG_TRY(dseg_input_read(input, frame->offset + at, header, sizeof header, error));
    const uint32_t size = dseg_load_le32(header + 4);
    *length += size;
    at += ITEM_HEADER + (uint64_t)size;
  }
  return DSEG_OK;
}
