/* SPDX-License-Identifier: Apache-2.0 */
/* layout.c - one pass over the data set that decides what becomes of each top-level element, and what it takes. */
#include "transcode/layout.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "transcode/vr.h"

#define WINDOW ((size_t)1 << 16)
#define TAG_OFFSETS DSEG_TAG(0x7FE0, 0x0001)      /* Extended Offset Table */
#define TAG_LENGTHS DSEG_TAG(0x7FE0, 0x0002)      /* Extended Offset Table Lengths */
#define TAG_TOTAL_LENGTH DSEG_TAG(0x7FE0, 0x0003) /* Encapsulated Pixel Data Value Total Length */
#define TAG_ICON DSEG_TAG(0x0088, 0x0200)         /* Icon Image Sequence */

static dseg_status add_element(dseg_layout *layout, size_t at, const dseg_top_element *element, uint64_t limit,
                               dseg_error *error) {
  if (layout->count == layout->room) {
    const size_t room = layout->room == 0 ? 256 : layout->room * 2;
    if (room > limit / sizeof *layout->elements) {
      return dseg_fail(error, DSEG_ERROR_LIMIT, "a list of %zu elements exceeds the memory limit of %" PRIu64 " bytes",
                       room, limit);
    }
    dseg_top_element *grown = realloc(layout->elements, room * sizeof *grown);
    if (grown == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu elements", room);
    }
    layout->elements = grown;
    layout->room = room;
  }
  memmove(layout->elements + at + 1, layout->elements + at, (layout->count - at) * sizeof *layout->elements);
  layout->elements[at] = *element;
  layout->count++;
  return DSEG_OK;
}

/* Frames that are copied with their value keep what is said of them. */
static bool is_table(const dseg_transcoder *transcoder, uint32_t tag) {
  return transcoder->way != DSEG_WAY_VALUE && (tag == TAG_OFFSETS || tag == TAG_LENGTHS || tag == TAG_TOTAL_LENGTH);
}

static dseg_fate fate_of(const dseg_transcoder *transcoder, const dseg_mark *mark, const dseg_header *header) {
  const uint32_t tag = header->tag;
  if (tag == DSEG_TAG_PIXEL_DATA) {
    return DSEG_FATE_PIXELS;
  }
  if (is_table(transcoder, tag) || tag == mark->removed_creator || tag == mark->removed_value) {
    return DSEG_FATE_LEAVE_OUT;
  }
  if (tag == mark->value_tag) {
    return DSEG_FATE_MARK;
  }
  const bool is_group_length = (tag & 0xFFFFu) == 0 && header->length == 4 && memcmp(header->vr, "UL", 2) == 0;
  return is_group_length ? DSEG_FATE_GROUP_LENGTH : DSEG_FATE_KEEP;
}

static void warn_of_table(const dseg_transcoder *transcoder, uint32_t tag) {
  if (tag == TAG_TOTAL_LENGTH) {
    dseg_warn(&transcoder->options.warnings,
              "Encapsulated Pixel Data Value Total Length (7FE0,0003) is left out: it tells of the fragments that the "
              "object had");
  } else if (!transcoder->source.encapsulated) {
    dseg_warn(&transcoder->options.warnings,
              "(%04X,%04X), an offset table, is left out: native Pixel Data has none (PS3.3 C.7.6.3.1.8)", tag >> 16,
              tag & 0xFFFFu);
  }
}

/* A compressed icon has the transfer syntax that the object has, which is about to change (PS3.5 A.4). Elements that
 * are recoded are looked at there. */
static dseg_status check_icon(const dseg_transcoder *transcoder, dseg_error *error) {
  dseg_elements icon;
  dseg_element pixels;
  bool found = false;
  if (transcoder->way == DSEG_WAY_FRAGMENTS) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_elements_find_item(&transcoder->part10.elements, TAG_ICON, &icon, &found, error));
  if (!found) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_elements_find(&icon, DSEG_TAG_PIXEL_DATA, &pixels, error));
  return pixels.tag != 0 && pixels.undefined_length
             ? dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                         "Icon Image Sequence (0088,0200) has compressed Pixel Data, which cannot be in another "
                         "transfer syntax (PS3.5 A.4)")
             : DSEG_OK;
}

static uint64_t size_of_mark(const dseg_transcoder *transcoder, const dseg_mark *mark) {
  const bool implicit_vr = (transcoder->codec->flags & DSEG_PLUGIN_IMPLICIT_VR) != 0;
  return (!implicit_vr && (dseg_vr_is_long(mark->vr) || mark->value.size > UINT16_MAX) ? 12 : 8) + mark->value.size;
}

/* Bytes of an element in the target. element->value of a group length is what the source says. */
static dseg_status measure(const dseg_transcoder *transcoder, dseg_layout *layout, dseg_scanner *scanner,
                           const dseg_header *header, uint64_t pixel_bytes, dseg_top_element *element,
                           dseg_error *error) {
  uint64_t length = 0;
  if (element->fate == DSEG_FATE_KEEP && transcoder->recodes) {
    return dseg_recode_element(&layout->recoder, header, &element->size, error);
  }
  if (element->fate == DSEG_FATE_GROUP_LENGTH) {
    DSEG_TRY(dseg_scanner_need(scanner, 4, error));
    const uint8_t *value = dseg_scanner_here(scanner);
    element->value = scanner->big_endian ? dseg_load_be32(value) : dseg_load_le32(value);
  }
  DSEG_TRY(dseg_scanner_skip_value(scanner, header, &length, error));
  element->size = dseg_scanner_position(scanner) - element->begin;
  if (element->fate == DSEG_FATE_GROUP_LENGTH) {
    element->size = 12;
  } else if (element->fate == DSEG_FATE_PIXELS) {
    element->size = pixel_bytes;
  } else if (element->fate == DSEG_FATE_MARK) {
    element->size = size_of_mark(transcoder, &layout->mark);
  } else if (element->fate == DSEG_FATE_LEAVE_OUT) {
    element->size = 0;
  }
  return DSEG_OK;
}

static dseg_status pass_over(const dseg_transcoder *transcoder, dseg_layout *layout, dseg_scanner *scanner,
                             uint64_t pixel_bytes, dseg_error *error) {
  bool has_pixels = false;
  while (dseg_scanner_left(scanner) > 0) {
    dseg_header header;
    bool is_filling = false;
    dseg_top_element element = {.begin = dseg_scanner_position(scanner)};
    if (has_pixels) {
      DSEG_TRY(dseg_scanner_find_filling(scanner, &is_filling, error));
    }
    if (is_filling) {
      return DSEG_OK;
    }
    DSEG_TRY(dseg_scanner_header(scanner, &header, error));
    element.tag = header.tag;
    element.fate = fate_of(transcoder, &layout->mark, &header);
    has_pixels = has_pixels || element.fate == DSEG_FATE_PIXELS;
    if (element.fate == DSEG_FATE_LEAVE_OUT && is_table(transcoder, header.tag)) {
      warn_of_table(transcoder, header.tag);
    }
    DSEG_TRY(measure(transcoder, layout, scanner, &header, pixel_bytes, &element, error));
    element.end = dseg_scanner_position(scanner);
    layout->end = element.end;
    DSEG_TRY(add_element(layout, layout->count, &element, transcoder->options.memory_limit, error));
  }
  return DSEG_OK;
}

/* Puts an element of the mark, unless it is there, in its place in the ascending order of tags. */
static dseg_status put_in(dseg_layout *layout, uint32_t tag, dseg_fate fate, uint64_t size, uint64_t limit,
                          dseg_error *error) {
  const dseg_top_element element = {.tag = tag, .fate = fate, .size = size};
  size_t at = 0;
  for (size_t i = 0; i < layout->count; i++) {
    if (layout->elements[i].tag == tag) {
      return DSEG_OK;
    }
  }
  while (at < layout->count && layout->elements[at].tag < tag) {
    at++;
  }
  return add_element(layout, at, &element, limit, error);
}

static dseg_status put_mark_in(const dseg_transcoder *transcoder, dseg_layout *layout, dseg_error *error) {
  const dseg_mark *mark = &layout->mark;
  const uint64_t limit = transcoder->options.memory_limit;
  if (mark->creator != 0) {
    DSEG_TRY(put_in(layout, mark->creator, DSEG_FATE_CREATOR, 8 + strlen(DSEG_MARK_CREATOR), limit, error));
  }
  return mark->value_tag != 0
             ? put_in(layout, mark->value_tag, DSEG_FATE_MARK, size_of_mark(transcoder, mark), limit, error)
             : DSEG_OK;
}

/* Group lengths (PS3.5 7.2) that were right are right in the target, too. */
static size_t set_group_lengths(dseg_layout *layout) {
  size_t wrong = 0;
  for (size_t i = 0; i < layout->count; i++) {
    dseg_top_element *length = &layout->elements[i];
    uint64_t source = 0;
    uint64_t target = 0;
    if (length->fate != DSEG_FATE_GROUP_LENGTH) {
      continue;
    }
    for (size_t k = i + 1; k < layout->count && layout->elements[k].tag >> 16 == length->tag >> 16 &&
                           layout->elements[k].fate != DSEG_FATE_GROUP_LENGTH;
         k++) {
      source += layout->elements[k].end - layout->elements[k].begin;
      target += layout->elements[k].size;
    }
    if (length->value == source && target < UINT32_MAX) {
      length->value = (uint32_t)target;
    } else if (source != target) {
      wrong++;
    }
  }
  return wrong;
}

static void warn_of_elements(const dseg_transcoder *transcoder, const dseg_layout *layout, size_t wrong_lengths) {
  const dseg_recoder *recoder = &layout->recoder;
  if (recoder->lost_vrs > 0) {
    dseg_warn(
        &transcoder->options.warnings,
        "implicit VR does not say the VR of %zu elements that this build would not find again, (%04X,%04X) with %.2s "
        "first: turned back to explicit VR they have UN, or what PS3.6 gives (PS3.5 6.2.2)",
        recoder->lost_vrs, recoder->first_lost >> 16, recoder->first_lost & 0xFFFFu, recoder->first_lost_vr);
  }
  if (wrong_lengths > 0) {
    dseg_warn(&transcoder->options.warnings,
              "%zu group lengths (gggg,0000) are not the length of their group, or would exceed it, and stay as they "
              "are (PS3.5 7.2)",
              wrong_lengths);
  }
}

dseg_status dseg_layout_make(const dseg_transcoder *transcoder, uint64_t pixel_bytes, dseg_layout *layout,
                             dseg_error *error) {
  const dseg_part10 *part10 = &transcoder->part10;
  dseg_scanner scanner;
  DSEG_TRY(check_icon(transcoder, error));
  DSEG_TRY(dseg_mark_plan(transcoder, &layout->mark, error));
  DSEG_TRY(
      dseg_scanner_open(&scanner, part10->input, transcoder->data_set, dseg_input_size(part10->input), WINDOW, error));
  scanner.implicit_vr = part10->elements.implicit_vr;
  scanner.big_endian = part10->elements.big_endian;
  layout->recoder.scanner = &scanner;
  layout->recoder.input = part10->input;
  layout->recoder.from_implicit = scanner.implicit_vr;
  layout->recoder.from_big_endian = scanner.big_endian;
  layout->recoder.to_implicit = (transcoder->codec->flags & DSEG_PLUGIN_IMPLICIT_VR) != 0;
  layout->recoder.memory_limit = transcoder->options.memory_limit;
  const dseg_status status = pass_over(transcoder, layout, &scanner, pixel_bytes, error);
  layout->recoder.scanner = NULL;
  dseg_scanner_close(&scanner);
  DSEG_TRY(status);
  DSEG_TRY(put_mark_in(transcoder, layout, error));
  warn_of_elements(transcoder, layout, layout->recoder.wrong_group_lengths + set_group_lengths(layout));
  return DSEG_OK;
}

void dseg_layout_free(dseg_layout *layout) {
  free(layout->elements);
  dseg_mark_free(&layout->mark);
  dseg_recoder_free(&layout->recoder);
}
