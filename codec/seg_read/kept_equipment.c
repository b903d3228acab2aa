/* SPDX-License-Identifier: Apache-2.0 */
/* kept_equipment.c - who made an object, moved to Contributing Equipment Sequence (0018,A001), since the equipment of a
 * copy is this software (PS3.3 C.7.5.1, C.12.1). */
#include <stdio.h>
#include <string.h>

#include "dicom/context.h"
#include "dicom/element_writer.h"
#include "model/maker.h"
#include "seg_read/kept_object.h"

#define CONTRIBUTING DSEG_TAG(0x0018, 0xA001)

/* What tells makers apart. */
static const uint32_t identity[] = {
    DSEG_TAG(0x0008, 0x0070), /* Manufacturer */
    DSEG_TAG(0x0008, 0x1090), /* Manufacturer's Model Name */
    DSEG_TAG(0x0018, 0x1000), /* Device Serial Number */
    DSEG_TAG(0x0018, 0x1020), /* Software Versions */
};

/* What an item has of the equipment, Manufacturer aside, which it must have; ascending. */
static const uint32_t moved[] = {
    DSEG_TAG(0x0008, 0x1010), /* Station Name */
    DSEG_TAG(0x0008, 0x1090), /* Manufacturer's Model Name */
    DSEG_TAG(0x0018, 0x1000), /* Device Serial Number */
    DSEG_TAG(0x0018, 0x1002), /* Device UID */
    DSEG_TAG(0x0018, 0x100A), /* UDI Sequence */
    DSEG_TAG(0x0018, 0x100B), /* Manufacturer's Device Class UID */
    DSEG_TAG(0x0018, 0x1020), /* Software Versions */
    DSEG_TAG(0x0018, 0x1050), /* Spatial Resolution */
    DSEG_TAG(0x0018, 0x1200), /* Date of Last Calibration */
    DSEG_TAG(0x0018, 0x1201), /* Time of Last Calibration */
    DSEG_TAG(0x0018, 0x1204), /* Date of Manufacture */
    DSEG_TAG(0x0018, 0x1205), /* Date of Installation */
};

static dseg_status same_text(const dseg_elements *a, const dseg_elements *b, uint32_t tag, bool *same,
                             dseg_error *error) {
  dseg_element of_a;
  dseg_element of_b;
  dseg_view text_a;
  dseg_view text_b;
  DSEG_TRY(dseg_elements_find(a, tag, &of_a, error));
  DSEG_TRY(dseg_elements_find(b, tag, &of_b, error));
  const bool has_a = dseg_element_text(&of_a, SIZE_MAX, &text_a);
  const bool has_b = dseg_element_text(&of_b, SIZE_MAX, &text_b);
  *same =
      has_a == has_b && (!has_a || (text_a.size == text_b.size && memcmp(text_a.data, text_b.data, text_a.size) == 0));
  return DSEG_OK;
}

/* Whether an item of the sequence names the maker already. */
static dseg_status is_listed(const dseg_elements *object, const dseg_element *sequence, bool *listed,
                             dseg_error *error) {
  dseg_elements item;
  size_t offset = 0;
  bool more;
  *listed = false;
  DSEG_TRY(dseg_sequence_next(object, sequence, &offset, &item, &more, error));
  while (more && !*listed) {
    *listed = true;
    for (size_t i = 0; *listed && i < sizeof identity / sizeof identity[0]; i++) {
      DSEG_TRY(same_text(object, &item, identity[i], listed, error));
    }
    DSEG_TRY(dseg_sequence_next(object, sequence, &offset, &item, &more, error));
  }
  return DSEG_OK;
}

/* Whether the object names a maker at all, other than this software. */
static dseg_status has_maker(const dseg_elements *object, bool *has, dseg_error *error) {
  dseg_element manufacturer;
  dseg_element element;
  dseg_view text;
  *has = false;
  DSEG_TRY(dseg_elements_find(object, identity[0], &manufacturer, error));
  DSEG_TRY(dseg_elements_find(object, identity[1], &element, error));
  if (dseg_element_is(&manufacturer, DSEG_MANUFACTURER) && dseg_element_is(&element, DSEG_MODEL_NAME)) {
    return DSEG_OK;
  }
  for (size_t i = 0; !*has && i < sizeof identity / sizeof identity[0]; i++) {
    DSEG_TRY(dseg_elements_find(object, identity[i], &element, error));
    *has = dseg_element_text(&element, SIZE_MAX, &text);
  }
  return DSEG_OK;
}

/* When the object was made: Content Date and Time, which a copy has of its own. Left out unless both are well formed.
 */
static dseg_status write_time(const dseg_elements *object, dseg_element_writer *writer, dseg_error *error) {
  dseg_element element;
  dseg_view date;
  dseg_view time;
  char text[32];
  DSEG_TRY(dseg_elements_find(object, DSEG_TAG(0x0008, 0x0023), &element, error));
  const bool has_date = dseg_element_text(&element, 0, &date) && date.size == 8;
  DSEG_TRY(dseg_elements_find(object, DSEG_TAG(0x0008, 0x0033), &element, error));
  if (!has_date || !dseg_element_text(&element, 0, &time) || time.size > 13) {
    return DSEG_OK;
  }
  (void)snprintf(text, sizeof text, "%.8s%.*s", (const char *)date.data, (int)time.size, (const char *)time.data);
  if (strspn(text, "0123456789.") == strlen(text) && memchr(date.data, '.', date.size) == NULL) {
    dseg_write_text(writer, DSEG_TAG(0x0018, 0xA002), "DT", text);
  }
  return DSEG_OK;
}

/* Processing Equipment of CID 7005, Contributing Equipment Purposes of Reference (PS3.16). */
static void write_purpose(dseg_element_writer *writer) {
  const size_t sequence = dseg_write_begin_sequence(writer, DSEG_TAG(0x0040, 0xA170));
  const size_t item = dseg_write_begin_item(writer);
  dseg_write_text(writer, DSEG_TAG(0x0008, 0x0100), "SH", "109102");
  dseg_write_text(writer, DSEG_TAG(0x0008, 0x0102), "SH", "DCM");
  dseg_write_text(writer, DSEG_TAG(0x0008, 0x0104), "LO", "Processing Equipment");
  dseg_write_end(writer, item);
  dseg_write_end(writer, sequence);
}

static dseg_keep_choice choose_moved(const void *user, uint32_t tag) {
  (void)user;
  for (size_t i = 0; i < sizeof moved / sizeof moved[0]; i++) {
    if (moved[i] == tag) {
      return DSEG_KEEP_COPY;
    }
  }
  return DSEG_KEEP_NOT;
}

static dseg_keep_choice choose_manufacturer(const void *user, uint32_t tag) {
  (void)user;
  return tag == identity[0] ? DSEG_KEEP_COPY : DSEG_KEEP_NOT;
}

static dseg_status write_maker(const dseg_part10 *part10, dseg_tag_list *dropped, dseg_element_writer *writer,
                               dseg_error *error) {
  const dseg_keep_rule manufacturer = {.choose = choose_manufacturer};
  const dseg_keep_rule rest = {.choose = choose_moved};
  const dseg_elements *object = &part10->elements;
  dseg_element element;
  dseg_view text;
  const size_t item = dseg_write_begin_item(writer);
  DSEG_TRY(writer->status);
  DSEG_TRY(dseg_elements_find(object, identity[0], &element, error));
  if (dseg_element_text(&element, SIZE_MAX, &text)) {
    DSEG_TRY(dseg_keep_elements(object, &part10->character_set, &manufacturer, dropped, writer->out, error));
  } else {
    dseg_write_text(writer, identity[0], "LO", "Unknown"); /* Type 1 in the item */
  }
  DSEG_TRY(dseg_keep_elements(object, &part10->character_set, &rest, dropped, writer->out, error));
  DSEG_TRY(write_time(object, writer, error));
  write_purpose(writer);
  dseg_write_end(writer, item);
  return writer->status;
}

/* The items of the object's own sequence. */
static dseg_status write_listed(const dseg_part10 *part10, const dseg_element *sequence, dseg_element_writer *writer,
                                dseg_error *error) {
  enum { HEADER = 12 };
  dseg_buffer copy = {0};
  dseg_status status = dseg_copy_element(&part10->elements, sequence, &part10->character_set, &copy, error);
  if (status == DSEG_OK && copy.size >= HEADER) {
    dseg_write_raw(writer, copy.data + HEADER, copy.size - HEADER);
    status = writer->status;
  }
  dseg_buffer_free(&copy);
  return status;
}

dseg_status dseg_keep_equipment(const dseg_part10 *part10, dseg_tag_list *dropped, dseg_buffer *out,
                                dseg_error *error) {
  dseg_element_writer writer = {out, false, DSEG_OK, error};
  dseg_element sequence;
  bool wanted;
  bool listed = false;
  DSEG_TRY(dseg_elements_find(&part10->elements, CONTRIBUTING, &sequence, error));
  DSEG_TRY(has_maker(&part10->elements, &wanted, error));
  if (sequence.tag != 0) {
    DSEG_TRY(is_listed(&part10->elements, &sequence, &listed, error));
  }
  wanted = wanted && !listed;
  if (sequence.value.size == 0 && !wanted) {
    return DSEG_OK;
  }
  const size_t mark = dseg_write_begin_sequence(&writer, CONTRIBUTING);
  DSEG_TRY(writer.status);
  if (sequence.value.size != 0) {
    DSEG_TRY(write_listed(part10, &sequence, &writer, error));
  }
  if (wanted) {
    DSEG_TRY(write_maker(part10, dropped, &writer, error));
  }
  dseg_write_end(&writer, mark);
  return writer.status;
}
