/* SPDX-License-Identifier: Apache-2.0 */
/* warnings.c - warnings about deviations that do not prevent reading. */
#include <string.h>

#include "seg_read/dicom_source.h"
#include "seg_read/frame_reader.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* An encoding that the standard does not have is read with a warning: what the codec cannot make sense of it refuses.
 */
static void warn_of_encoding(const dseg_dicom_source *source, const dseg_open_options *options) {
  dseg_error error = {0};
  const dseg_frame_info form = dseg_dicom_frame_form(source);
  if (source->codec != NULL && dseg_check_encoding(source->representation, source->codec, &form, &error) != DSEG_OK) {
    dseg_warn(&options->warnings, "%s", error.message);
  }
}

/* A part alone is read as far as it goes. */
static void warn_of_missing_parts(const dseg_dicom_source *source, const dseg_open_options *options) {
  const dseg_elements *elements = &source->parts[0].elements;
  dseg_element uid;
  dseg_element number_element;
  dseg_element total_element;
  uint16_t number = 0;
  uint16_t total = 0;
  if (source->part_count != 1 || dseg_elements_find(elements, DSEG_TAG(0x0020, 0x9161), &uid, NULL) != DSEG_OK ||
      dseg_elements_find(elements, DSEG_TAG(0x0020, 0x9162), &number_element, NULL) != DSEG_OK ||
      dseg_elements_find(elements, DSEG_TAG(0x0020, 0x9163), &total_element, NULL) != DSEG_OK || uid.value.size == 0) {
    return;
  }
  (void)dseg_element_u16(elements, &number_element, 0, &number);
  (void)dseg_element_u16(elements, &total_element, 0, &total);
  if (number == 1 && total == 1) {
    return;
  }
  dseg_warn(&options->warnings,
            "is part %u of a Concatenation (0020,9161): the frames of the other parts are missing (PS3.3 "
            "C.7.6.16.2.2.4)",
            (unsigned)number);
}

/* An attribute that tells of other pixels than a segmentation has is passed over with a warning: a pixel is the
 * unsigned number in all bits allocated (PS3.3 C.8.20.2). */
static void warn_of_pixels(const dseg_dicom_source *source, const dseg_open_options *options) {
  const uint16_t bits = (uint16_t)source->info.bits_allocated;
  const struct {
    uint32_t tag;
    const char *name;
    uint16_t value;
  } expected[] = {{DSEG_TAG(0x0028, 0x0101), "Bits Stored (0028,0101)", bits},
                  {DSEG_TAG(0x0028, 0x0102), "High Bit (0028,0102)", (uint16_t)(bits - 1)},
                  {DSEG_TAG(0x0028, 0x0103), "Pixel Representation (0028,0103)", 0}};
  const dseg_elements *elements = &source->parts[0].elements;
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    dseg_element element;
    uint16_t value;
    if (dseg_elements_find(elements, expected[i].tag, &element, NULL) == DSEG_OK &&
        dseg_element_u16(elements, &element, 0, &value) && value != expected[i].value) {
      dseg_warn(&options->warnings, "%s is %u, it is read as %u (PS3.3 C.8.20.2)", expected[i].name, (unsigned)value,
                (unsigned)expected[i].value);
    }
  }
}

static bool is_beyond_ascii(const char *text) {
  for (; *text != '\0'; text++) {
    if ((unsigned char)*text >= 0x80) {
      return true;
    }
  }
  return false;
}

static bool has_replacement(const char *text) {
  return strstr(text, REPLACEMENT) != NULL;
}

/* Whether is(text) holds for a name or text that people have given the segmentation. */
static bool any_text(const dseg_description *description, bool (*is)(const char *text)) {
  const dseg_content *content = &description->content;
  const char *const texts[] = {content->series_description, content->content_label, content->content_description,
                               content->content_creator_name};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    if (texts[i] != NULL && is(texts[i])) {
      return true;
    }
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    const dseg_segment *segment = &description->segments[i];
    const char *const of_segment[] = {segment->label, segment->description, segment->algorithm_name,
                                      segment->category.meaning, segment->type.meaning};
    for (size_t j = 0; j < sizeof of_segment / sizeof of_segment[0]; j++) {
      if (of_segment[j] != NULL && is(of_segment[j])) {
        return true;
      }
    }
  }
  return false;
}

/* Text beyond what the object says it has. */
static void warn_of_text(const dseg_dicom_source *source, const dseg_open_options *options) {
  const dseg_description *description = source->base.description;
  if (source->parts[0].character_set.value.size == 0 && any_text(description, is_beyond_ascii)) {
    dseg_warn(
        &options->warnings,
        "has text beyond ASCII but no Specific Character Set (0008,0005): it is read as UTF-8, and as U+FFFD what "
        "is not UTF-8 (PS3.3 C.12.1.1.2)");
  } else if (any_text(description, has_replacement)) {
    dseg_warn(&options->warnings,
              "has text with bytes that its Specific Character Set (0008,0005) does not have: they are read as U+FFFD "
              "(PS3.3 C.12.1.1.2)");
  }
}

/* Text that cannot be read is replaced; a term that nobody knows may be a misspelt one. */
static void warn_of_character_set(const dseg_dicom_source *source, const dseg_open_options *options) {
  dseg_view term;
  if (dseg_charset_is_known(&source->parts[0].character_set, &term)) {
    warn_of_text(source, options);
    return;
  }
  const int length = term.size < 40 ? (int)term.size : 40;
  dseg_warn(&options->warnings,
            "Specific Character Set (0008,0005) has '%.*s', which this build cannot convert: characters beyond ASCII "
            "are read as U+FFFD (PS3.3 C.12.1.1.2)",
            length, (const char *)term.data);
}

void dseg_dicom_warn_of_object(const dseg_dicom_source *source, const dseg_open_options *options) {
  warn_of_encoding(source, options);
  warn_of_missing_parts(source, options);
  warn_of_pixels(source, options);
  warn_of_character_set(source, options);
}
