/* SPDX-License-Identifier: Apache-2.0 */
/* recode.c - data elements from one encoding to another, in two passes. */
#include "transcode/recode.h"

#include <inttypes.h>
#include <string.h>

#include "base/endian.h"
#include "dicom/element_writer.h"
#include "model/private_elements.h"
#include "transcode/vr.h"

#define UNDEFINED 0xFFFFFFFFu
#define ITEM_HEADER 8u

/* Group length (gggg,0000) of an item that is passed over, while its group lasts (PS3.5 7.2). */
struct group {
  bool is_open;
  uint32_t group, value;
  size_t slot; /* of its value in the target among the lengths */
  uint64_t source, target;
};

static dseg_status recode_element(dseg_recoder *recoder, const dseg_header *header, unsigned depth, uint64_t *size,
                                  dseg_error *error);

dseg_status dseg_recoder_flush(dseg_recoder *recoder, dseg_error *error) {
  const size_t size = recoder->out.size;
  recoder->out.size = 0;
  return size == 0 ? DSEG_OK : dseg_stream_write(recoder->stream, recoder->out.data, size, error);
}

void dseg_recoder_free(dseg_recoder *recoder) {
  dseg_buffer_free(&recoder->out);
  dseg_buffer_free(&recoder->lengths);
}

/* A place for a length that is known later. */
static dseg_status reserve_length(dseg_recoder *recoder, size_t *slot, dseg_error *error) {
  static const uint8_t none[sizeof(uint32_t)] = {0};
  if (recoder->lengths.size >= recoder->memory_limit) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "lengths of items exceed the memory limit of %" PRIu64 " bytes",
                     recoder->memory_limit);
  }
  *slot = recoder->lengths.size;
  return dseg_buffer_append(&recoder->lengths, none, sizeof none, error);
}

static void set_length(dseg_recoder *recoder, size_t slot, uint32_t length) {
  memcpy(recoder->lengths.data + slot, &length, sizeof length);
}

static uint32_t take_length(dseg_recoder *recoder) {
  uint32_t length;
  memcpy(&length, recoder->lengths.data + recoder->next_length, sizeof length);
  recoder->next_length += sizeof length;
  return length;
}

/* The length that a container has in its header. slot: where the pass that measures puts it in the end. */
static dseg_status container_length(dseg_recoder *recoder, bool undefined, uint32_t *length, size_t *slot,
                                    dseg_error *error) {
  *length = UNDEFINED;
  *slot = SIZE_MAX;
  if (undefined) {
    return DSEG_OK;
  }
  if (recoder->stream == NULL) {
    return reserve_length(recoder, slot, error);
  }
  *length = take_length(recoder);
  return DSEG_OK;
}

static dseg_status close_container(dseg_recoder *recoder, const dseg_header *header, size_t slot, uint64_t size,
                                   dseg_error *error) {
  if (slot == SIZE_MAX) {
    return DSEG_OK;
  }
  if (size >= UNDEFINED) {
    return dseg_fail(error, DSEG_ERROR_LIMIT,
                     "(%04X,%04X) needs %" PRIu64 " bytes in the target, past the 32 bits of a length (PS3.5 7.1)",
                     header->tag >> 16, header->tag & 0xFFFFu, size);
  }
  set_length(recoder, slot, (uint32_t)size);
  return DSEG_OK;
}

/* Header of an item or a delimiter, which is the same in all encodings but for byte order. */
static dseg_status put_item_header(dseg_recoder *recoder, uint32_t tag, uint32_t length, dseg_error *error) {
  uint8_t bytes[ITEM_HEADER];
  if (recoder->stream == NULL) {
    return DSEG_OK;
  }
  dseg_store_le16(bytes, (uint16_t)(tag >> 16));
  dseg_store_le16(bytes + 2, (uint16_t)tag);
  dseg_store_le32(bytes + 4, length);
  return dseg_buffer_append(&recoder->out, bytes, sizeof bytes, error);
}

static dseg_status put_delimiter(dseg_recoder *recoder, const dseg_header *header, uint64_t *size, dseg_error *error) {
  *size += ITEM_HEADER;
  return put_item_header(recoder, header->tag, header->undefined_length ? UNDEFINED : header->length, error);
}

/* Remembers the block that a Private Creator reserves for the numbers of segments (PS3.5 7.8.1). */
static dseg_status note_creator(dseg_recoder *recoder, const dseg_header *header, dseg_error *error) {
  static const char creator[] = DSEG_SEGMENTS_CREATOR;
  const size_t size = sizeof creator - 1;
  const uint32_t block = header->tag & 0xFFFFu;
  if (header->tag >> 16 != DSEG_PRIVATE_GROUP || block < 0x10 || block > 0xFF || header->undefined_length ||
      header->length != size + size % 2) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_scanner_need(recoder->scanner, header->length, error));
  const uint8_t *value = dseg_scanner_here(recoder->scanner);
  if (memcmp(value, creator, size) == 0 && (size % 2 == 0 || value[size] == ' ')) {
    recoder->own_number = (header->tag & 0xFFFF0000u) | block << 8 | DSEG_SEGMENTS_ORIGINAL;
  }
  return DSEG_OK;
}

/* What implicit VR means, this build's own private element included. */
static void vr_of_implicit(const dseg_recoder *recoder, const dseg_header *header, char vr[2]) {
  dseg_vr_of_implicit(header->tag, header, vr);
  if (header->tag == recoder->own_number && header->length == 4) {
    dseg_vr_copy(vr, "UL");
  }
}

/* The VR in the target; notes one that an implicit target does not keep. */
static void choose_vr(dseg_recoder *recoder, const dseg_header *header, char vr[2]) {
  vr_of_implicit(recoder, header, vr);
  if (recoder->from_implicit) {
    return;
  }
  if (recoder->to_implicit && recoder->stream == NULL && memcmp(vr, header->vr, 2) != 0) {
    if (recoder->lost_vrs == 0) {
      recoder->first_lost = header->tag;
      dseg_vr_copy(recoder->first_lost_vr, header->vr);
    }
    recoder->lost_vrs++;
  }
  dseg_vr_copy(vr, header->vr);
}

static dseg_status put_header(dseg_recoder *recoder, uint32_t tag, const char vr[2], uint32_t length, uint64_t *size,
                              dseg_error *error) {
  *size += !recoder->to_implicit && dseg_vr_is_long(vr) ? 12 : 8;
  if (recoder->stream == NULL) {
    return DSEG_OK;
  }
  dseg_element_writer writer = {&recoder->out, recoder->to_implicit, DSEG_OK, error};
  dseg_write_header(&writer, tag, vr, length);
  return writer.status;
}

static void close_group(dseg_recoder *recoder, struct group *group) {
  if (!group->is_open || recoder->stream != NULL) {
    return;
  }
  const bool is_right = group->value == group->source && group->target < UNDEFINED;
  recoder->wrong_group_lengths += is_right ? 0 : 1;
  set_length(recoder, group->slot, is_right ? (uint32_t)group->target : group->value);
  group->is_open = false;
}

static bool is_group_length(const dseg_header *header) {
  return (header->tag & 0xFFFFu) == 0 && header->length == 4 && memcmp(header->vr, "UL", 2) == 0;
}

/* A group length in an item: it stays right where it was. */
static dseg_status put_group_length(dseg_recoder *recoder, const dseg_header *header, struct group *group,
                                    uint64_t *size, dseg_error *error) {
  dseg_scanner *scanner = recoder->scanner;
  uint8_t bytes[4];
  char vr[2];
  choose_vr(recoder, header, vr);
  DSEG_TRY(dseg_scanner_need(scanner, sizeof bytes, error));
  const uint8_t *value = dseg_scanner_here(scanner);
  *group = (struct group){.is_open = recoder->stream == NULL,
                          .group = header->tag >> 16,
                          .value = recoder->from_big_endian ? dseg_load_be32(value) : dseg_load_le32(value)};
  dseg_scanner_skip(scanner, sizeof bytes);
  DSEG_TRY(put_header(recoder, header->tag, vr, sizeof bytes, size, error));
  *size += sizeof bytes;
  if (recoder->stream == NULL) {
    return reserve_length(recoder, &group->slot, error);
  }
  dseg_store_le32(bytes, take_length(recoder));
  return dseg_buffer_append(&recoder->out, bytes, sizeof bytes, error);
}

static dseg_status unexpected(const dseg_recoder *recoder, const dseg_header *header, const char *where,
                              dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_FORMAT, "(%04X,%04X) before byte %" PRIu64 " does not belong in %s (PS3.5 7.5)",
                   header->tag >> 16, header->tag & 0xFFFFu, dseg_scanner_position(recoder->scanner), where);
}

/* The elements of an item, up to its end or delimiter. */
static dseg_status put_elements(dseg_recoder *recoder, const dseg_header *item, unsigned depth, uint64_t *size,
                                dseg_error *error) {
  struct group group = {.is_open = false};
  while (item->undefined_length || dseg_scanner_left(recoder->scanner) > 0) {
    dseg_header header;
    const uint64_t begin = dseg_scanner_position(recoder->scanner);
    const uint64_t before = *size;
    DSEG_TRY(dseg_scanner_header(recoder->scanner, &header, error));
    if (header.tag >> 16 != group.group) {
      close_group(recoder, &group);
    }
    if (header.tag == DSEG_TAG_ITEM_END) {
      DSEG_TRY(put_delimiter(recoder, &header, size, error));
      if (item->undefined_length) {
        break;
      }
      continue;
    }
    if (header.tag >> 16 == 0xFFFE) {
      return unexpected(recoder, &header, "an item", error);
    }
    if (is_group_length(&header)) {
      close_group(recoder, &group);
      DSEG_TRY(put_group_length(recoder, &header, &group, size, error));
      continue;
    }
    uint64_t element = 0;
    DSEG_TRY(recode_element(recoder, &header, depth, &element, error));
    *size += element;
    group.source += dseg_scanner_position(recoder->scanner) - begin;
    group.target += *size - before;
  }
  close_group(recoder, &group);
  return DSEG_OK;
}

static dseg_status put_item(dseg_recoder *recoder, const dseg_header *item, unsigned depth, uint64_t *size,
                            dseg_error *error) {
  const uint32_t own_number = recoder->own_number;
  uint32_t length = 0;
  size_t slot = 0;
  uint64_t inside = 0;
  const uint64_t end = recoder->scanner->end;
  DSEG_TRY(container_length(recoder, item->undefined_length, &length, &slot, error));
  DSEG_TRY(put_item_header(recoder, DSEG_TAG_ITEM, length, error));
  if (!item->undefined_length) {
    recoder->scanner->end = dseg_scanner_position(recoder->scanner) + item->length;
  }
  recoder->own_number = 0;
  DSEG_TRY(put_elements(recoder, item, depth, &inside, error));
  recoder->own_number = own_number;
  recoder->scanner->end = end;
  *size += ITEM_HEADER + inside;
  return close_container(recoder, item, slot, inside, error);
}

/* The items of a sequence, up to its end or delimiter. Some writers put a delimiter although there is a length. */
static dseg_status put_items(dseg_recoder *recoder, const dseg_header *sequence, unsigned depth, uint64_t *size,
                             dseg_error *error) {
  while (sequence->undefined_length || dseg_scanner_left(recoder->scanner) > 0) {
    dseg_header header;
    DSEG_TRY(dseg_scanner_header(recoder->scanner, &header, error));
    if (header.tag == DSEG_TAG_SEQUENCE_END) {
      DSEG_TRY(put_delimiter(recoder, &header, size, error));
      if (sequence->undefined_length) {
        break;
      }
      continue;
    }
    if (header.tag != DSEG_TAG_ITEM) {
      return unexpected(recoder, &header, "a sequence", error);
    }
    DSEG_TRY(put_item(recoder, &header, depth, size, error));
    if (recoder->stream != NULL) {
      DSEG_TRY(dseg_recoder_flush_when_large(recoder, error));
    }
  }
  return DSEG_OK;
}

static dseg_status put_sequence(dseg_recoder *recoder, const dseg_header *header, const char vr[2], unsigned depth,
                                uint64_t *size, dseg_error *error) {
  uint32_t length = 0;
  size_t slot = 0;
  uint64_t inside = 0;
  const uint64_t end = recoder->scanner->end;
  if (depth > DSEG_MAX_DEPTH) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "sequences are nested deeper than %u at byte %" PRIu64, DSEG_MAX_DEPTH,
                     dseg_scanner_position(recoder->scanner));
  }
  DSEG_TRY(container_length(recoder, header->undefined_length, &length, &slot, error));
  DSEG_TRY(put_header(recoder, header->tag, vr, length, size, error));
  if (!header->undefined_length) {
    recoder->scanner->end = dseg_scanner_position(recoder->scanner) + header->length;
  }
  DSEG_TRY(put_items(recoder, header, depth, &inside, error));
  recoder->scanner->end = end;
  *size += inside;
  return close_container(recoder, header, slot, inside, error);
}

static dseg_status recode_element(dseg_recoder *recoder, const dseg_header *header, unsigned depth, uint64_t *size,
                                  dseg_error *error) {
  const bool is_unknown = !recoder->from_implicit && memcmp(header->vr, "UN", 2) == 0;
  char vr[2];
  *size = 0;
  DSEG_TRY(note_creator(recoder, header, error));
  choose_vr(recoder, header, vr);
  if (dseg_header_is_fragments(header)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "(%04X,%04X) before byte %" PRIu64
                     " is encapsulated beside Pixel Data, an icon for instance: it cannot be in another transfer "
                     "syntax (PS3.5 A.4)",
                     header->tag >> 16, header->tag & 0xFFFFu, dseg_scanner_position(recoder->scanner));
  }
  if (header->undefined_length && is_unknown) {
    DSEG_TRY(put_header(recoder, header->tag, vr, UNDEFINED, size, error));
    return dseg_recode_unknown_items(recoder, header, size, error);
  }
  if (header->undefined_length || memcmp(vr, "SQ", 2) == 0) {
    return put_sequence(recoder, header, vr, depth + 1, size, error);
  }
  if (recoder->to_implicit && dseg_tag_is_sequence(header->tag)) {
    DSEG_TRY(dseg_recode_check_items(recoder, header, error));
  }
  DSEG_TRY(put_header(recoder, header->tag, vr, header->length, size, error));
  return dseg_recode_value(recoder, header, size, error);
}

dseg_status dseg_recode_element(dseg_recoder *recoder, const dseg_header *header, uint64_t *size, dseg_error *error) {
  return recode_element(recoder, header, 0, size, error);
}
