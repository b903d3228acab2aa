/* SPDX-License-Identifier: Apache-2.0 */
/* meta.c - preamble and File Meta Information (PS3.10 7.1). */
#include "transcode/meta.h"

#include <string.h>

#include "base/endian.h"
#include "base/uid.h"
#include "dicom/element_writer.h"

#define PREAMBLE 128u
#define LENGTH_END (PREAMBLE + 4 + 12) /* behind File Meta Information Group Length (0002,0000) */

/* Elements that the target has in any case, ascending. */
struct needed {
  const char *vr;
  dseg_view value;
  uint32_t tag;
  bool replaces; /* the source's own */
};

static dseg_view view_of(const char *text) {
  return (dseg_view){(const uint8_t *)text, strlen(text)};
}

/* The preamble is an application's own, to find its way in these very bytes: in others it misleads. */
static dseg_status put_preamble(const dseg_transcoder *transcoder, dseg_buffer *out, dseg_error *error) {
  static const uint8_t zeros[PREAMBLE] = {0};
  uint8_t preamble[PREAMBLE];
  DSEG_TRY(dseg_input_read(transcoder->part10.stored, 0, preamble, sizeof preamble, error));
  if (memcmp(preamble, zeros, sizeof zeros) != 0) {
    dseg_warn(&transcoder->options.warnings,
              "the preamble is not kept: it belongs to the file, not to the object, and zeros are in its place (PS3.10 "
              "7.1)");
  }
  DSEG_TRY(dseg_buffer_append(out, zeros, sizeof zeros, error));
  return dseg_buffer_append(out, "DICM", 4, error);
}

static bool is_replaced(const struct needed *needed, size_t count, uint32_t tag) {
  bool result = tag == DSEG_TAG(0x0002, 0x0000);
  for (size_t i = 0; i < count; i++) {
    result = result || (needed[i].tag == tag && needed[i].replaces);
  }
  return result;
}

/* An element that is needed, unless the source's own is copied. */
static dseg_status put_needed(const dseg_elements *meta, const struct needed *needed, dseg_element_writer *writer,
                              dseg_error *error) {
  dseg_element own;
  DSEG_TRY(dseg_elements_find(meta, needed->tag, &own, error));
  if (own.tag == 0 || needed->replaces) {
    dseg_write_element(writer, needed->tag, needed->vr, needed->value.data, needed->value.size);
  }
  return writer->status;
}

static dseg_status put_elements(const dseg_elements *meta, const struct needed *needed, size_t count,
                                dseg_element_writer *writer, dseg_error *error) {
  size_t offset = 0;
  size_t next = 0; /* of needed */
  dseg_element element;
  do {
    const size_t begin = offset;
    DSEG_TRY(dseg_elements_next(meta, &offset, &element, error));
    for (; next < count && (element.tag == 0 || needed[next].tag <= element.tag); next++) {
      DSEG_TRY(put_needed(meta, &needed[next], writer, error));
    }
    if (element.tag != 0 && !is_replaced(needed, count, element.tag)) {
      dseg_write_raw(writer, meta->bytes.data + begin, offset - begin);
    }
  } while (element.tag != 0);
  return writer->status;
}

dseg_status dseg_put_meta(const dseg_transcoder *transcoder, dseg_buffer *out, dseg_error *error) {
  static const uint8_t version[] = {0, 1};
  const dseg_part10 *part10 = &transcoder->part10;
  const dseg_seg_object object = {.representation = transcoder->source.representation, .codec = transcoder->codec};
  char name[17];
  dseg_element class_uid;
  dseg_element instance_uid;
  DSEG_TRY(dseg_elements_find(&part10->elements, DSEG_TAG(0x0008, 0x0016), &class_uid, error));
  DSEG_TRY(dseg_elements_find(&part10->elements, DSEG_TAG(0x0008, 0x0018), &instance_uid, error));
  const struct needed needed[] = {
      {"OB", {version, sizeof version}, DSEG_TAG(0x0002, 0x0001), false},
      {"UI", class_uid.value, DSEG_TAG(0x0002, 0x0002), false},
      {"UI", instance_uid.value, DSEG_TAG(0x0002, 0x0003), false},
      {"UI", view_of(transcoder->codec->transfer_syntax_uid), DSEG_TAG(0x0002, 0x0010), true},
      {"UI", view_of(dseg_implementation_class_uid()), DSEG_TAG(0x0002, 0x0012), true},
      {"SH", view_of(dseg_implementation_name(&object, name)), DSEG_TAG(0x0002, 0x0013), true},
  };
  DSEG_TRY(put_preamble(transcoder, out, error));
  dseg_element_writer writer = {out, false, DSEG_OK, error};
  const uint8_t length[4] = {0};
  dseg_write_element(&writer, DSEG_TAG(0x0002, 0x0000), "UL", length, sizeof length);
  DSEG_TRY(put_elements(&part10->meta, needed, sizeof needed / sizeof needed[0], &writer, error));
  dseg_store_le32(out->data + LENGTH_END - 4, (uint32_t)(out->size - LENGTH_END));
  return DSEG_OK;
}
