/* SPDX-License-Identifier: Apache-2.0 */
/* group_pass.c - elements and items of functional groups, one after the other. Every item and sequence narrows the
 * scanner's end while it is read, so that no length inside can reach out of it. */
#include "seg_read/group_pass.h"

/* No value we look for is longer; one that is, is taken for absent. */
#define VALUE_MAX 4096u

dseg_status dseg_group_skip(dseg_group_pass *pass, const dseg_header *header, dseg_error *error) {
  uint64_t length;
  return dseg_scanner_skip_value(&pass->scanner, header, &length, error);
}

dseg_status dseg_group_read_value(dseg_group_pass *pass, const dseg_header *header, dseg_element *element,
                                  dseg_error *error) {
  *element = (dseg_element){0};
  if (header->undefined_length || header->length > VALUE_MAX) {
    return dseg_group_skip(pass, header, error);
  }
  DSEG_TRY(dseg_scanner_need(&pass->scanner, header->length, error));
  *element = (dseg_element){.tag = header->tag,
                            .vr = {header->vr[0], header->vr[1]},
                            .value = {dseg_scanner_here(&pass->scanner), header->length}};
  dseg_scanner_skip(&pass->scanner, header->length);
  return DSEG_OK;
}

dseg_status dseg_group_read_elements(dseg_group_pass *pass, bool undefined_length, dseg_group_handler handle,
                                     dseg_error *error) {
  dseg_scanner *scanner = &pass->scanner;
  for (;;) {
    dseg_header header;
    if (!undefined_length && dseg_scanner_left(scanner) == 0) {
      return DSEG_OK;
    }
    DSEG_TRY(dseg_scanner_header(scanner, &header, error));
    if (header.tag >> 16 == 0xFFFE) {
      if (undefined_length && header.tag == DSEG_TAG_ITEM_END) {
        return DSEG_OK;
      }
      return dseg_fail(error, DSEG_ERROR_FORMAT, "(%04X,%04X) before byte %llu stands among data elements (PS3.5 7.5)",
                       header.tag >> 16, header.tag & 0xFFFFu, (unsigned long long)dseg_scanner_position(scanner));
    }
    DSEG_TRY(handle(pass, &header, error));
  }
}

dseg_status dseg_group_read_item(dseg_group_pass *pass, const dseg_header *item, dseg_group_handler handle,
                                 dseg_error *error) {
  dseg_scanner *scanner = &pass->scanner;
  const uint64_t end = scanner->end;
  if (!item->undefined_length) {
    scanner->end = dseg_scanner_position(scanner) + item->length;
  }
  DSEG_TRY(dseg_group_read_elements(pass, item->undefined_length, handle, error));
  scanner->end = end;
  return DSEG_OK;
}

dseg_status dseg_group_next_item(dseg_group_pass *pass, bool undefined_length, dseg_header *item, bool *more,
                                 dseg_error *error) {
  dseg_scanner *scanner = &pass->scanner;
  *more = false;
  if (!undefined_length && dseg_scanner_left(scanner) == 0) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_scanner_header(scanner, item, error));
  if (item->tag == DSEG_TAG_ITEM) {
    *more = true;
    return DSEG_OK;
  }
  if (item->tag == DSEG_TAG_SEQUENCE_END) {
    if (!undefined_length) {
      dseg_scanner_skip(scanner, dseg_scanner_left(scanner));
    }
    return DSEG_OK;
  }
  return dseg_fail(error, DSEG_ERROR_FORMAT, "(%04X,%04X) before byte %llu stands where an item should (PS3.5 7.5)",
                   item->tag >> 16, item->tag & 0xFFFFu, (unsigned long long)dseg_scanner_position(scanner));
}

dseg_status dseg_group_read_sequence(dseg_group_pass *pass, const dseg_header *sequence, dseg_group_handler handle,
                                     dseg_error *error) {
  dseg_scanner *scanner = &pass->scanner;
  const uint64_t end = scanner->end;
  const bool implicit_vr = scanner->implicit_vr;
  const bool big_endian = scanner->big_endian;
  dseg_header item;
  bool more;
  dseg_scanner_enter(scanner, sequence);
  if (!sequence->undefined_length) {
    scanner->end = dseg_scanner_position(scanner) + sequence->length;
  }
  DSEG_TRY(dseg_group_next_item(pass, sequence->undefined_length, &item, &more, error));
  while (more) {
    DSEG_TRY(dseg_group_read_item(pass, &item, handle, error));
    DSEG_TRY(dseg_group_next_item(pass, sequence->undefined_length, &item, &more, error));
  }
  scanner->end = end;
  scanner->implicit_vr = implicit_vr;
  scanner->big_endian = big_endian;
  return DSEG_OK;
}
