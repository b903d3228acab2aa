/* SPDX-License-Identifier: Apache-2.0 */
/* mark.c - the mark of experimental transfer syntaxes: one value for each experimental part of the encoding, the
 * transfer syntax's last.
 *
 * The way back takes out what the way there has put in. So values are appended to those of a block that has some, and a
 * block that has none, or is someone else's, is left alone: then another one is taken. */
#include "transcode/mark.h"

#include <stdio.h>
#include <string.h>

#define GROUP 0x0071u
#define FIRST_BLOCK 0x10u
#define LAST_BLOCK 0xFFu
#define VALUE_ELEMENT 0x01u

static uint32_t creator_of(uint32_t block) {
  return DSEG_TAG(GROUP, block);
}

static uint32_t value_of(uint32_t block) {
  return DSEG_TAG(GROUP, block << 8 | VALUE_ELEMENT);
}

static bool is_experimental(const dseg_frame_codec *codec) {
  return (codec->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0;
}

/* What is in group 0071. */
struct blocks {
  bool is_used[LAST_BLOCK + 1];      /* there is a creator, or an element */
  unsigned elements[LAST_BLOCK + 1]; /* without the creator */
  uint32_t own;                      /* the block with values of ours; 0: none */
  bool is_unknown;                   /* they have VR UN, as programs that do not know them may write (PS3.5 6.2.2) */
  dseg_view values;
};

/* Whether an element can hold the mark: text, as far as the data set says. Another VR is someone else's value. */
static bool holds_text(const dseg_elements *elements, const dseg_element *element) {
  dseg_view text;
  const bool may_be = elements->implicit_vr || memcmp(element->vr, "LO", 2) == 0 || memcmp(element->vr, "UN", 2) == 0;
  return may_be && !element->undefined_length && dseg_element_text(element, SIZE_MAX, &text);
}

static dseg_status look_at_blocks(const dseg_elements *elements, struct blocks *blocks, dseg_error *error) {
  dseg_element element;
  bool is_ours[LAST_BLOCK + 1] = {false};
  size_t offset = 0;
  for (;;) {
    DSEG_TRY(dseg_elements_next(elements, &offset, &element, error));
    if (element.tag == 0) {
      return DSEG_OK;
    }
    const uint32_t number = element.tag & 0xFFFFu;
    if (element.tag >> 16 != GROUP || number < FIRST_BLOCK) {
      continue;
    }
    const uint32_t block = number <= LAST_BLOCK ? number : number >> 8;
    blocks->is_used[block] = true;
    if (number <= LAST_BLOCK) {
      is_ours[block] = dseg_element_is(&element, DSEG_MARK_CREATOR);
      continue;
    }
    blocks->elements[block]++;
    if (is_ours[block] && element.tag == value_of(block) && blocks->own == 0 && holds_text(elements, &element)) {
      blocks->own = block;
      blocks->is_unknown = !elements->implicit_vr && memcmp(element.vr, "UN", 2) == 0;
      blocks->values = element.value;
    }
  }
}

/* Bytes of the values without that of a codec, if it is the last, and the backslash in front of it. Those before it
 * stay as they are, padding included. */
static size_t without_codec(dseg_view values, const char *name) {
  const size_t length = strlen(name);
  size_t last = values.size;
  while (last > 0 && values.data[last - 1] != '\\') {
    last--;
  }
  const bool is_it = values.size - last >= length && memcmp(values.data + last, name, length) == 0 &&
                     (values.size - last == length || values.data[last + length] == ' ');
  if (!is_it) {
    return values.size;
  }
  return last > 0 ? last - 1 : 0;
}

static void warn_of_description(const dseg_transcoder *transcoder) {
  static const char start[] = "[experimental: ";
  dseg_element element;
  dseg_view text;
  if (dseg_elements_find(&transcoder->part10.elements, DSEG_TAG(0x0008, 0x103E), &element, NULL) == DSEG_OK &&
      dseg_element_text(&element, SIZE_MAX, &text) && text.size >= strlen(start) &&
      memcmp(text.data, start, strlen(start)) == 0) {
    dseg_warn(&transcoder->options.warnings,
              "Series Description (0008,103E) names the transfer syntax that the object had, and stays as it is");
  }
}

static dseg_status append_codec(dseg_mark *mark, const dseg_frame_codec *codec, dseg_error *error) {
  char text[80];
  const char *version = codec->proposal_version;
  const int size = snprintf(text, sizeof text, "%s%.40s%s%.16s", mark->value.size > 0 ? "\\" : "", codec->name,
                            version != NULL ? " " : "", version != NULL ? version : "");
  return dseg_buffer_append(&mark->value, text, (size_t)size, error);
}

static uint32_t free_block(const struct blocks *blocks) {
  for (uint32_t block = FIRST_BLOCK; block <= LAST_BLOCK; block++) {
    if (!blocks->is_used[block]) {
      return block;
    }
  }
  return 0;
}

dseg_status dseg_mark_plan(const dseg_transcoder *transcoder, dseg_mark *mark, dseg_error *error) {
  const dseg_frame_codec *from = transcoder->source.codec;
  const dseg_frame_codec *to = transcoder->codec;
  struct blocks blocks = {.own = 0};
  if (from == to || (!is_experimental(from) && !is_experimental(to))) {
    return DSEG_OK;
  }
  DSEG_TRY(look_at_blocks(&transcoder->part10.elements, &blocks, error));
  size_t kept = blocks.values.size;
  if (is_experimental(from)) {
    kept = blocks.own != 0 ? without_codec(blocks.values, from->name) : 0;
    warn_of_description(transcoder);
  }
  if (!is_experimental(to) && kept == blocks.values.size) {
    return DSEG_OK; /* there is nothing of the codec */
  }
  if (!is_experimental(to) && kept == 0) {
    mark->removed_value = value_of(blocks.own);
    mark->removed_creator = blocks.elements[blocks.own] == 1 ? creator_of(blocks.own) : 0;
    return DSEG_OK;
  }
  if (blocks.own == 0) {
    const uint32_t block = free_block(&blocks);
    if (block == 0) {
      return dseg_fail(error, DSEG_ERROR_LIMIT,
                       "group 0071 has no free block for the mark of an experimental transfer syntax (PS3.5 7.8.1)");
    }
    blocks.own = block;
    mark->creator = creator_of(block);
  }
  mark->value_tag = value_of(blocks.own);
  mark->vr = blocks.is_unknown ? "UN" : "LO";
  DSEG_TRY(dseg_buffer_append(&mark->value, blocks.values.data, kept, error));
  if (is_experimental(to)) {
    DSEG_TRY(append_codec(mark, to, error));
  }
  return mark->value.size % 2 == 0 ? DSEG_OK : dseg_buffer_append(&mark->value, " ", 1, error);
}

void dseg_mark_free(dseg_mark *mark) {
  dseg_buffer_free(&mark->value);
}
