/* SPDX-License-Identifier: Apache-2.0 */
/* derivation.c - copies what frames were derived from, and how, to a form that differs from plane to plane only where
 * more than the image differs. */
#include "seg_read/derivation.h"

#include <string.h>

#include "dicom/context.h"
#include "dicom/element_writer.h"

#define SOURCE_IMAGES DSEG_TAG(0x0008, 0x2112)
#define PURPOSE DSEG_TAG(0x0040, 0xA170)
#define SPATIAL_LOCATIONS DSEG_TAG(0x0028, 0x135A)
#define DERIVATION_CODE DSEG_TAG(0x0008, 0x9215)
#define UID_MAX ((size_t)64)

struct copy {
  const dseg_derivation *from;
  dseg_element_writer *writer;
  dseg_error *error;
  bool whole;
  bool same_pixels; /* all images have YES, which is left out */
  size_t images;    /* source images so far */
};

static bool is_of_image(uint32_t tag) {
  return tag == DSEG_TAG(0x0008, 0x1150) || tag == DSEG_TAG(0x0008, 0x1155) || tag == DSEG_TAG(0x0008, 0x1160);
}

static void write_code(dseg_element_writer *writer, uint32_t tag, const char *value, const char *meaning) {
  const size_t sequence = dseg_write_begin_sequence(writer, tag);
  const size_t item = dseg_write_begin_item(writer);
  dseg_write_text(writer, DSEG_TAG(0x0008, 0x0100), "SH", value);
  dseg_write_text(writer, DSEG_TAG(0x0008, 0x0102), "SH", "DCM");
  dseg_write_text(writer, DSEG_TAG(0x0008, 0x0104), "LO", meaning);
  dseg_write_end(writer, item);
  dseg_write_end(writer, sequence);
}

static void write_purpose(dseg_element_writer *writer) {
  write_code(writer, PURPOSE, "121322", "Source image for image processing operation");
}

static void write_derivation_code(dseg_element_writer *writer) {
  write_code(writer, DERIVATION_CODE, "113076", "Segmentation");
}

/* An item of no image that can be told from others would be taken for the next one's. */
static dseg_status check_image(const struct copy *copy, const dseg_elements *item) {
  dseg_element uid;
  dseg_view text;
  DSEG_TRY(dseg_elements_find(item, DSEG_TAG(0x0008, 0x1155), &uid, copy->error));
  if (!dseg_element_text(&uid, 0, &text) || text.size > UID_MAX) {
    return dseg_fail(copy->error, DSEG_ERROR_FORMAT,
                     "a source image has no Referenced SOP Instance UID (0008,1155) (PS3.3 C.7.6.16.2.6)");
  }
  return DSEG_OK;
}

/* The elements of an item, with a code where it belongs if there is none. */
static dseg_status copy_image(struct copy *copy, const dseg_elements *item) {
  copy->images++;
  size_t offset = 0;
  bool has_purpose = false;
  dseg_element element;
  DSEG_TRY(dseg_elements_next(item, &offset, &element, copy->error));
  while (element.tag != 0) {
    if (element.tag >= PURPOSE && !has_purpose) {
      has_purpose = true;
      if (element.tag != PURPOSE || element.value.size == 0) {
        write_purpose(copy->writer);
        DSEG_TRY(copy->writer->status);
      }
    }
    const bool left_out = (!copy->whole && is_of_image(element.tag)) || (element.tag & 0xFFFFu) == 0 ||
                          (copy->same_pixels && element.tag == SPATIAL_LOCATIONS) ||
                          (element.tag == PURPOSE && element.value.size == 0);
    if (!left_out) {
      DSEG_TRY(dseg_copy_element(item, &element, copy->from->character_set, copy->writer->out, copy->error));
    }
    DSEG_TRY(dseg_elements_next(item, &offset, &element, copy->error));
  }
  if (!has_purpose) {
    write_purpose(copy->writer);
  }
  return copy->writer->status;
}

static dseg_status copy_images(struct copy *copy, const dseg_elements *in, const dseg_element *sequence) {
  dseg_elements item;
  size_t offset = 0;
  bool more;
  const size_t mark = dseg_write_begin_sequence(copy->writer, SOURCE_IMAGES);
  DSEG_TRY(dseg_sequence_next(in, sequence, &offset, &item, &more, copy->error));
  while (more) {
    const size_t begin = dseg_write_begin_item(copy->writer);
    DSEG_TRY(copy->writer->status);
    if (!copy->whole) {
      DSEG_TRY(check_image(copy, &item));
    }
    DSEG_TRY(copy_image(copy, &item));
    dseg_write_end(copy->writer, begin);
    DSEG_TRY(dseg_sequence_next(in, sequence, &offset, &item, &more, copy->error));
  }
  dseg_write_end(copy->writer, mark);
  return copy->writer->status;
}

static dseg_status copy_derivation(struct copy *copy, const dseg_elements *item) {
  size_t offset = 0;
  bool has_code = false;
  dseg_element element;
  DSEG_TRY(dseg_elements_next(item, &offset, &element, copy->error));
  while (element.tag != 0) {
    if (element.tag >= DERIVATION_CODE && !has_code) {
      has_code = true;
      if (element.tag != DERIVATION_CODE || element.value.size == 0) {
        write_derivation_code(copy->writer);
        DSEG_TRY(copy->writer->status);
      }
    }
    if (element.tag == SOURCE_IMAGES) {
      DSEG_TRY(copy_images(copy, item, &element));
    } else if ((element.tag & 0xFFFFu) != 0 && (element.tag != DERIVATION_CODE || element.value.size > 0)) {
      DSEG_TRY(dseg_copy_element(item, &element, copy->from->character_set, copy->writer->out, copy->error));
    }
    DSEG_TRY(dseg_elements_next(item, &offset, &element, copy->error));
  }
  if (!has_code) {
    write_derivation_code(copy->writer);
  }
  return copy->writer->status;
}

static dseg_status copy_sequence(struct copy *copy) {
  const dseg_derivation *from = copy->from;
  dseg_elements item;
  size_t offset = 0;
  bool more;
  const size_t mark = dseg_write_begin_sequence(copy->writer, DSEG_TAG(0x0008, 0x9124));
  DSEG_TRY(dseg_sequence_next(&from->parent, &from->sequence, &offset, &item, &more, copy->error));
  while (more) {
    const size_t begin = dseg_write_begin_item(copy->writer);
    DSEG_TRY(copy->writer->status);
    DSEG_TRY(copy_derivation(copy, &item));
    dseg_write_end(copy->writer, begin);
    DSEG_TRY(dseg_sequence_next(&from->parent, &from->sequence, &offset, &item, &more, copy->error));
  }
  dseg_write_end(copy->writer, mark);
  return copy->writer->status;
}

/* Whether all source images of an item of the sequence have YES; *any: it has one. */
static dseg_status say_yes(const dseg_elements *item, bool *all, bool *any, dseg_error *error) {
  dseg_element images;
  dseg_elements image;
  size_t offset = 0;
  bool more;
  DSEG_TRY(dseg_elements_find(item, SOURCE_IMAGES, &images, error));
  DSEG_TRY(dseg_sequence_next(item, &images, &offset, &image, &more, error));
  while (more && *all) {
    dseg_element element;
    DSEG_TRY(dseg_elements_find(&image, SPATIAL_LOCATIONS, &element, error));
    *any = true;
    *all = dseg_element_is(&element, "YES");
    DSEG_TRY(dseg_sequence_next(item, &images, &offset, &image, &more, error));
  }
  return DSEG_OK;
}

static dseg_status are_pixels_same(const dseg_derivation *derivation, bool *same, dseg_error *error) {
  dseg_elements item;
  size_t offset = 0;
  bool all = true;
  bool any = false;
  bool more;
  DSEG_TRY(dseg_sequence_next(&derivation->parent, &derivation->sequence, &offset, &item, &more, error));
  while (more && all) {
    DSEG_TRY(say_yes(&item, &all, &any, error));
    DSEG_TRY(dseg_sequence_next(&derivation->parent, &derivation->sequence, &offset, &item, &more, error));
  }
  *same = all && any;
  return DSEG_OK;
}

/* What a writer says without being told: so many images, the two codes. */
static dseg_status write_usual(size_t count, dseg_buffer *out, dseg_error *error) {
  dseg_element_writer writer = {out, false, DSEG_OK, error};
  const size_t sequence = dseg_write_begin_sequence(&writer, DSEG_TAG(0x0008, 0x9124));
  const size_t item = dseg_write_begin_item(&writer);
  const size_t images = dseg_write_begin_sequence(&writer, SOURCE_IMAGES);
  for (size_t i = 0; i < count; i++) {
    const size_t image = dseg_write_begin_item(&writer);
    write_purpose(&writer);
    dseg_write_end(&writer, image);
  }
  dseg_write_end(&writer, images);
  write_derivation_code(&writer);
  dseg_write_end(&writer, item);
  dseg_write_end(&writer, sequence);
  return writer.status;
}

dseg_status dseg_keep_derivation(const dseg_derivation *derivation, bool whole, dseg_buffer *out,
                                 dseg_derivation_facts *facts, dseg_error *error) {
  dseg_element_writer writer = {out, false, DSEG_OK, error};
  struct copy copy = {.from = derivation, .writer = &writer, .error = error, .whole = whole};
  if (!whole) {
    DSEG_TRY(are_pixels_same(derivation, &copy.same_pixels, error));
  }
  dseg_buffer expected = {0};
  const size_t begin = out->size;
  DSEG_TRY(copy_sequence(&copy));
  const dseg_status status = write_usual(copy.images, &expected, error);
  facts->same_pixels = copy.same_pixels;
  facts->usual = status == DSEG_OK && out->size - begin == expected.size &&
                 memcmp(out->data + begin, expected.data, expected.size) == 0;
  dseg_buffer_free(&expected);
  return status;
}
