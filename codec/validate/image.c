/* SPDX-License-Identifier: Apache-2.0 */
/* image.c - Segmentation Series, Segmentation Image and Image Pixel modules (PS3.3 C.8.20.1, C.8.20.2, C.7.6.3), the
 * padding value (A.51.4), and what the transfer syntax allows (PS3.5 8.2). */
#include "model/plugin_call.h"
#include "seg_read/representation_of.h"
#include "validate/check.h"

static void check_text(dseg_check *check, uint32_t tag, const char *wanted, dseg_rule_name rule) {
  const dseg_element element = dseg_get(check->top, tag);
  if (!dseg_element_is(&element, wanted)) {
    dseg_found(check, rule, dseg_at(tag), "is %s, must be %s", dseg_show(&element).text, wanted);
  }
}

static void check_u16(dseg_check *check, uint32_t tag, unsigned wanted, dseg_rule_name rule) {
  uint16_t value;
  if (!dseg_get_u16(check->top, tag, &value)) {
    dseg_found(check, rule, dseg_at(tag), "is missing, must be %u", wanted);
  } else if (value != wanted) {
    dseg_found(check, rule, dseg_at(tag), "is %u, must be %u", (unsigned)value, wanted);
  }
}

static const char *type_text(dseg_segmentation_type type) {
  static const char *const texts[] = {"unknown", "BINARY", "FRACTIONAL", "LABELMAP"};
  return texts[type];
}

/* A Segmentation Type of its own, or a SOP Class of its own for one of the standard's. */
static void check_experimental_type(dseg_check *check, const dseg_element *type, const dseg_element *sop_class) {
  const dseg_representation *experimental = check->facts.experimental;
  if (check->facts.type == DSEG_TYPE_UNKNOWN) {
    dseg_found(check, DSEG_RULE_SEGMENTATION_TYPE_PRIVATE, dseg_at(type->tag), "is %s: an experiment, %s",
               dseg_show(type).text, experimental->title);
  } else if (!check->facts.standard_class) {
    dseg_found(check, DSEG_RULE_SOP_CLASS_PRIVATE, dseg_at(sop_class->tag), "is %s: an experiment, %s",
               dseg_show(sop_class).text, experimental->title);
  }
  if (!dseg_has_sop_class(experimental, sop_class)) {
    dseg_found(check, DSEG_RULE_SOP_CLASS, dseg_at(DSEG_TAG(0x0008, 0x0016)), "is %s, %s belongs to %s",
               dseg_show(sop_class).text, experimental->segmentation_type, experimental->sop_class_uid);
  }
}

/* The type, and what must go with it. */
static void check_type(dseg_check *check) {
  const dseg_segmentation_type type = check->facts.type;
  const dseg_element element = dseg_get(check->top, DSEG_TAG(0x0062, 0x0001));
  const dseg_element sop_class = dseg_get(check->top, DSEG_TAG(0x0008, 0x0016));
  if (check->facts.experimental != NULL) {
    check_experimental_type(check, &element, &sop_class);
    return;
  }
  if (type == DSEG_TYPE_UNKNOWN) {
    dseg_found(check, DSEG_RULE_SEGMENTATION_TYPE, dseg_at(DSEG_TAG(0x0062, 0x0001)),
               "is %s, must be BINARY, FRACTIONAL or LABELMAP", dseg_show(&element).text);
    return;
  }
  const char *wanted = type == DSEG_TYPE_LABELMAP ? "1.2.840.10008.5.1.4.1.1.66.7" : "1.2.840.10008.5.1.4.1.1.66.4";
  if (!dseg_element_is(&sop_class, wanted)) {
    dseg_found(check, DSEG_RULE_SOP_CLASS, dseg_at(DSEG_TAG(0x0008, 0x0016)), "is %s, %s belongs to %s",
               dseg_show(&sop_class).text, type_text(type), wanted);
  }
}

static void check_fractions(dseg_check *check) {
  const dseg_element type = dseg_get(check->top, DSEG_TAG(0x0062, 0x0010));
  const dseg_element maximum = dseg_get(check->top, DSEG_TAG(0x0062, 0x000E));
  uint16_t value = 0;
  if (check->facts.type == DSEG_TYPE_UNKNOWN) {
    return;
  }
  if (check->facts.type != DSEG_TYPE_FRACTIONAL) {
    if (type.tag != 0) {
      dseg_found(check, DSEG_RULE_FRACTIONAL_TYPE, dseg_at(type.tag), "is there with Segmentation Type %s",
                 type_text(check->facts.type));
    }
    if (maximum.tag != 0) {
      dseg_found(check, DSEG_RULE_MAXIMUM_FRACTION, dseg_at(maximum.tag), "is there with Segmentation Type %s",
                 type_text(check->facts.type));
    }
    return;
  }
  if (!dseg_element_is(&type, "PROBABILITY") && !dseg_element_is(&type, "OCCUPANCY")) {
    dseg_found(check, DSEG_RULE_FRACTIONAL_TYPE, dseg_at(DSEG_TAG(0x0062, 0x0010)),
               "is %s, must be PROBABILITY or OCCUPANCY", dseg_show(&type).text);
  }
  (void)dseg_element_u16(check->top, &maximum, 0, &value);
  if (value == 0 || value > 255) {
    dseg_found(check, DSEG_RULE_MAXIMUM_FRACTION, dseg_at(DSEG_TAG(0x0062, 0x000E)), "is %u, must be in 1..255",
               (unsigned)value);
  }
}

static void check_overlap_term(dseg_check *check) {
  const dseg_element overlap = dseg_get(check->top, DSEG_TAG(0x0062, 0x0013));
  const bool no = dseg_element_is(&overlap, "NO");
  if (overlap.tag == 0) {
    return;
  }
  if (!no && !dseg_element_is(&overlap, "YES") && !dseg_element_is(&overlap, "UNDEFINED")) {
    dseg_found(check, DSEG_RULE_SEGMENTS_OVERLAP, dseg_at(overlap.tag), "is %s, must be YES, NO or UNDEFINED",
               dseg_show(&overlap).text);
  } else if (!no && check->facts.type == DSEG_TYPE_LABELMAP) {
    dseg_found(check, DSEG_RULE_SEGMENTS_OVERLAP, dseg_at(overlap.tag), "is %s with LABELMAP, must be NO",
               dseg_show(&overlap).text);
  }
}

static void check_bits(dseg_check *check) {
  const dseg_facts *facts = &check->facts;
  const unsigned bits = facts->bits;
  const bool good = facts->experimental != NULL           ? (facts->experimental->flags & dseg_bits_flag(bits)) != 0
                    : facts->type == DSEG_TYPE_BINARY     ? bits == 1
                    : facts->type == DSEG_TYPE_FRACTIONAL ? bits == 8
                    : facts->type == DSEG_TYPE_LABELMAP   ? bits == 8 || bits == 16
                                                          : bits != 0;
  if (!good) {
    dseg_found(check, DSEG_RULE_BITS_ALLOCATED, dseg_at(DSEG_TAG(0x0028, 0x0100)),
               "is %u, which Segmentation Type %s does not have", bits,
               facts->experimental != NULL ? facts->experimental->segmentation_type : type_text(facts->type));
  }
  if (bits != 0) {
    check_u16(check, DSEG_TAG(0x0028, 0x0101), bits, DSEG_RULE_BITS_STORED);
    check_u16(check, DSEG_TAG(0x0028, 0x0102), bits - 1, DSEG_RULE_BITS_STORED);
  }
}

static void check_pixel_attributes(dseg_check *check) {
  const dseg_facts *facts = &check->facts;
  const dseg_element photometric = dseg_get(check->top, DSEG_TAG(0x0028, 0x0004));
  const bool may_be_palette = facts->type == DSEG_TYPE_LABELMAP || facts->type == DSEG_TYPE_UNKNOWN;
  if (facts->rows == 0) {
    dseg_found(check, DSEG_RULE_MATRIX, dseg_at(DSEG_TAG(0x0028, 0x0010)), "is missing or 0");
  }
  if (facts->columns == 0) {
    dseg_found(check, DSEG_RULE_MATRIX, dseg_at(DSEG_TAG(0x0028, 0x0011)), "is missing or 0");
  }
  check_u16(check, DSEG_TAG(0x0028, 0x0002), 1, DSEG_RULE_SAMPLES_PER_PIXEL);
  if (!dseg_element_is(&photometric, "MONOCHROME2") && !(facts->palette && may_be_palette)) {
    dseg_found(check, DSEG_RULE_PHOTOMETRIC, dseg_at(DSEG_TAG(0x0028, 0x0004)),
               "is %s, which Segmentation Type %s does not have", dseg_show(&photometric).text, type_text(facts->type));
  }
  check_u16(check, DSEG_TAG(0x0028, 0x0103), 0, DSEG_RULE_PIXEL_REPRESENTATION);
  check_bits(check);
}

static void check_lossy(dseg_check *check) {
  const dseg_facts *facts = &check->facts;
  const dseg_element lossy = dseg_get(check->top, DSEG_TAG(0x0028, 0x2110));
  const bool is_00 = dseg_element_is(&lossy, "00");
  if (!is_00 && !dseg_element_is(&lossy, "01")) {
    dseg_found(check, DSEG_RULE_LOSSY_FLAG, dseg_at(DSEG_TAG(0x0028, 0x2110)), "is %s, must be 00 or 01",
               dseg_show(&lossy).text);
  }
  if (facts->syntax == NULL || !facts->syntax->lossy) {
    return;
  }
  if (is_00) {
    dseg_found(check, DSEG_RULE_LOSSY_TRANSFER_SYNTAX, dseg_at(lossy.tag), "is 00 in lossy transfer syntax %s",
               facts->syntax->uid);
  }
  static const uint32_t details[] = {0x00282112, 0x00282114};
  for (size_t i = 0; i < 2; i++) {
    const dseg_element detail = dseg_get(check->top, details[i]);
    if (!dseg_has_value(&detail)) {
      dseg_found(check, DSEG_RULE_LOSSY_METHOD, dseg_at(details[i]), "is missing in lossy transfer syntax %s",
                 facts->syntax->uid);
    }
  }
  if (facts->type == DSEG_TYPE_BINARY || facts->type == DSEG_TYPE_LABELMAP) {
    dseg_found(check, DSEG_RULE_LOSSY_LABELS, dseg_at(DSEG_TAG(0x0002, 0x0010)),
               "%s in lossy transfer syntax %s: a changed pixel is another segment", type_text(facts->type),
               facts->syntax->uid);
  }
}

static void check_padding(dseg_check *check) {
  const dseg_facts *facts = &check->facts;
  const dseg_element padding = dseg_get(check->top, DSEG_TAG(0x0028, 0x0120));
  const dseg_element range = dseg_get(check->top, DSEG_TAG(0x0028, 0x0121));
  uint16_t value;
  if (range.tag != 0) {
    dseg_found(check, DSEG_RULE_PADDING_RANGE, dseg_at(range.tag), "is there");
  }
  if (padding.tag == 0) {
    return;
  }
  if (facts->type == DSEG_TYPE_BINARY || facts->type == DSEG_TYPE_FRACTIONAL) {
    dseg_found(check, DSEG_RULE_PADDING_VALUE, dseg_at(padding.tag), "is there with Segmentation Type %s",
               type_text(facts->type));
  } else if (!dseg_element_u16(check->top, &padding, 0, &value)) {
    dseg_found(check, DSEG_RULE_PADDING_BITS, dseg_at(padding.tag), "has no value");
  } else if (facts->bits == 8 && value > 255) {
    dseg_found(check, DSEG_RULE_PADDING_BITS, dseg_at(padding.tag), "is %u, pixels have 8 bits", (unsigned)value);
  }
}

static void check_transfer_syntax(dseg_check *check) {
  const dseg_facts *facts = &check->facts;
  const dseg_syntax *syntax = facts->syntax;
  const dseg_place place = dseg_at(DSEG_TAG(0x0002, 0x0010));
  if (syntax == NULL) {
    dseg_found(check, DSEG_RULE_TRANSFER_SYNTAX_PRIVATE, place, "%s is private, or not for images without time",
               check->file.transfer_syntax_uid);
    return;
  }
  if (check->file.elements.big_endian) {
    dseg_found(check, DSEG_RULE_TRANSFER_SYNTAX_RETIRED, place, "%s is retired", syntax->uid);
  }
  if ((facts->bits == 1 && !syntax->one_bit) || (facts->bits == 16 && !syntax->sixteen_bits)) {
    dseg_found(check, DSEG_RULE_TRANSFER_SYNTAX_BITS, place, "%s is not for pixels of %u bits (%s)", syntax->uid,
               (unsigned)facts->bits, syntax->section);
  } else if (facts->palette && !syntax->palette) {
    dseg_found(check, DSEG_RULE_TRANSFER_SYNTAX_BITS, place, "%s is not for PALETTE COLOR (%s)", syntax->uid,
               syntax->section);
  }
}

void dseg_check_image(dseg_check *check) {
  const dseg_element frames = dseg_get(check->top, DSEG_TAG(0x0028, 0x0008));
  check_text(check, DSEG_TAG(0x0008, 0x0060), "SEG", DSEG_RULE_MODALITY);
  check_type(check);
  check_text(check, DSEG_TAG(0x0008, 0x0008), "DERIVED\\PRIMARY", DSEG_RULE_IMAGE_TYPE);
  check_fractions(check);
  check_overlap_term(check);
  check_pixel_attributes(check);
  check_lossy(check);
  check_padding(check);
  check_transfer_syntax(check);
  if (check->facts.frames == 0 || frames.tag == 0) {
    dseg_found(check, DSEG_RULE_NUMBER_OF_FRAMES, dseg_at(DSEG_TAG(0x0028, 0x0008)), "is %s, must be in 1..2147483647",
               dseg_show(&frames).text);
  }
}
