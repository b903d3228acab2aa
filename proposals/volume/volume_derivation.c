/* SPDX-License-Identifier: Apache-2.0 */
/* volume_derivation.c - what is said of the source images of all planes alike (bitstream.md, 6): Derivation Image of
 * Shared Functional Groups, and Plane Source Description Sequence, which has what an item of Source Image Sequence has
 * beside the image. */
#include <string.h>

#include "private_sequence.h"
#include "volume_sources.h"

#define DERIVATION_CODE 0x00089215u
#define PURPOSE 0x0040A170u
#define SPATIAL_LOCATIONS 0x0028135Au

static void put_code(dseg_data_set *set, uint32_t sequence, const char *value, const char *meaning) {
  dseg_data_set_begin_item(set, sequence);
  dseg_data_set_put_text(set, 0x00080100, "SH", value);
  dseg_data_set_put_text(set, 0x00080102, "SH", "DCM");
  dseg_data_set_put_text(set, 0x00080104, "LO", meaning);
  dseg_data_set_end_item(set);
}

static void put_usual_code(dseg_data_set *set) {
  put_code(set, DERIVATION_CODE, "113076", "Segmentation");
}

/* Derivation Image Sequence of one image, as PS3.3 A.51.5.1 wants it and no more. */
static void put_usual(dseg_data_set *set) {
  dseg_data_set_begin_item(set, DSEG_VOLUME_DERIVATION);
  dseg_data_set_begin_item(set, DSEG_VOLUME_SOURCE_IMAGES);
  put_code(set, PURPOSE, "121322", "Source image for image processing operation");
  dseg_data_set_end_item(set);
  put_usual_code(set);
  dseg_data_set_end_item(set);
}

/* Copies the elements of one data set's current item into another's, but for one. A data set is at most
 * DSEG_DATA_SET_DEPTH deep. */
static void copy_elements(dseg_data_set *from, dseg_data_set *to, uint32_t without) {  // NOLINT(misc-no-recursion)
  uint32_t tag = 0;
  char vr[3];
  while (dseg_data_set_next(from, &tag, vr)) {
    dseg_view bytes;
    if (tag == without) {
      continue;
    }
    if (dseg_data_set_get_bytes(from, tag, &bytes)) {
      dseg_data_set_put_bytes(to, tag, vr, bytes);
      continue;
    }
    dseg_data_set_put_sequence(to, tag);
    for (size_t i = 0; dseg_data_set_status(to, NULL) == DSEG_OK && dseg_data_set_enter_item(from, tag, i); i++) {
      dseg_data_set_begin_item(to, tag);
      copy_elements(from, to, 0);
      dseg_data_set_end_item(to);
      dseg_data_set_end_item(from);
    }
  }
}

/* ---- Writing ---- */

/* What is put, in pieces that are known to fit. */
struct said {
  bool same_pixels;
  dseg_data_set *derivation; /* of the item of Derivation Image Sequence, without Source Image Sequence */
  dseg_data_set *image;      /* of the item of Source Image Sequence; NULL: the usual purpose alone */
};

/* How many planes have images of which more is said than the usual; *alike: the same is said of all. */
static size_t look(const dseg_description *description, const dseg_instance_reference **first, bool *alike) {
  size_t count = 0;
  *first = NULL;
  *alike = true;
  for (size_t i = 0; i < description->geometry.plane_count; i++) {
    const dseg_instance_reference *image = dseg_volume_image_of(description, i);
    if (image == NULL) {
      continue;
    }
    *first = *first != NULL ? *first : image;
    const dseg_view a = (*first)->derivation, b = image->derivation;
    *alike = *alike && image->same_pixels == (*first)->same_pixels && a.size == b.size &&
             (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
    count += b.size > 0 || image->same_pixels ? 1 : 0;
  }
  return count;
}

/* *fits stays as long as everything could be copied. */
static dseg_status check_copy(const dseg_data_set *copy, bool *fits, dseg_error *error) {
  dseg_error why = {0};
  const dseg_status status = dseg_data_set_status(copy, &why);
  *fits = *fits && status == DSEG_OK;
  return status == DSEG_ERROR_MEMORY ? dseg_fail(error, status, "%s", why.message) : DSEG_OK;
}

/* Takes a kept Derivation Image Sequence apart; *fits: it has one item, of one image. */
static dseg_status take_apart(dseg_data_set *kept, struct said *said, bool *fits, dseg_error *error) {
  *fits = false;
  DSEG_TRY(dseg_data_set_create(&said->derivation, error));
  DSEG_TRY(dseg_data_set_create(&said->image, error));
  if (dseg_data_set_count_items(kept, DSEG_VOLUME_DERIVATION) != 1 ||
      !dseg_data_set_enter_item(kept, DSEG_VOLUME_DERIVATION, 0)) {
    return DSEG_OK;
  }
  if (dseg_data_set_count_items(kept, DSEG_VOLUME_SOURCE_IMAGES) == 1 &&
      dseg_data_set_enter_item(kept, DSEG_VOLUME_SOURCE_IMAGES, 0)) {
    copy_elements(kept, said->image, 0);
    dseg_data_set_end_item(kept);
    copy_elements(kept, said->derivation, DSEG_VOLUME_SOURCE_IMAGES);
    *fits = true;
  }
  dseg_data_set_end_item(kept);
  DSEG_TRY(check_copy(said->image, fits, error));
  return check_copy(said->derivation, fits, error);
}

static dseg_status split(dseg_view derivation, struct said *said, bool *fits, dseg_error *error) {
  dseg_data_set *kept = NULL;
  *fits = true;
  if (derivation.size == 0) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_data_set_create(&kept, error));
  dseg_status status = dseg_data_set_read(kept, derivation, DSEG_EXPLICIT_VR, error);
  if (status == DSEG_OK) {
    status = take_apart(kept, said, fits, error);
  }
  dseg_data_set_destroy(kept);
  return status;
}

/* Stands for Derivation Image of each frame. */
static void put_shared(dseg_data_set *set, const struct said *said) {
  if (!dseg_data_set_enter_item(set, DSEG_VOLUME_SHARED, 0)) {
    return;
  }
  dseg_data_set_begin_item(set, DSEG_VOLUME_DERIVATION);
  dseg_data_set_put_sequence(set, DSEG_VOLUME_SOURCE_IMAGES);
  if (said->derivation != NULL) {
    copy_elements(said->derivation, set, 0);
  } else {
    put_usual_code(set);
  }
  dseg_data_set_end_item(set);
  dseg_data_set_end_item(set);
}

static void put_image(dseg_data_set *set, uint32_t tag, const struct said *said) {
  if (said->image == NULL && !said->same_pixels) {
    return;
  }
  dseg_data_set_begin_item(set, tag);
  if (said->image != NULL) {
    copy_elements(said->image, set, 0);
  }
  if (said->same_pixels) {
    dseg_data_set_put_text(set, SPATIAL_LOCATIONS, "CS", "YES");
  }
  dseg_data_set_end_item(set);
}

static void forget(struct said *said) {
  dseg_data_set_destroy(said->derivation);
  dseg_data_set_destroy(said->image);
  *said = (struct said){.same_pixels = false};
}

dseg_status dseg_volume_put_derivation(const dseg_write_context *context, uint32_t block, dseg_data_set *set,
                                       dseg_error *error) {
  const bool strict = (context->format.replaces & DSEG_REPLACES_FRAME_GROUPS) != 0;
  const dseg_instance_reference *first;
  struct said said = {.same_pixels = false};
  bool good;
  const size_t count = look(context->description, &first, &good);
  if (first == NULL) {
    return DSEG_OK;
  }
  if (good) {
    said.same_pixels = first->same_pixels;
    const dseg_status status = split(first->derivation, &said, &good, error);
    if (status != DSEG_OK) {
      forget(&said);
      return status;
    }
  }
  if (!good) {
    forget(&said);
    if (strict) {
      dseg_warn(
          context->warnings,
          "%zu planes: what Derivation Image Sequence (0008,9124) says beside the image and the usual codes is not "
          "the same of all planes, and not written (volume, 6)",
          count);
    }
  }
  if (strict) {
    put_shared(set, &said);
  }
  put_image(set, block | DSEG_VOLUME_SOURCE_DESCRIPTION, &said);
  forget(&said);
  return dseg_data_set_status(set, error);
}

/* ---- Reading ---- */

/* The item of Source Image Sequence of each frame, without what names the image. */
static dseg_status read_image(dseg_data_set *set, uint32_t tag, dseg_data_set *made, bool *same_pixels) {
  static const uint32_t names[] = {0x00081150, 0x00081155, 0x00081160};
  dseg_private_sequence sequence;
  const dseg_status status = dseg_open_private_sequence(set, tag, &sequence);
  if (status == DSEG_OK && dseg_data_set_enter_item(sequence.set, sequence.tag, 0)) {
    copy_elements(sequence.set, made, 0);
    dseg_data_set_end_item(sequence.set);
  }
  dseg_close_private_sequence(&sequence);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    dseg_data_set_remove(made, names[i]);
  }
  *same_pixels = dseg_data_set_text_is(made, SPATIAL_LOCATIONS, "YES");
  if (*same_pixels) {
    dseg_data_set_remove(made, SPATIAL_LOCATIONS);
  }
  if (dseg_data_set_count_items(made, PURPOSE) == 0) {
    dseg_data_set_remove(made, PURPOSE);
    put_code(made, PURPOSE, "121322", "Source image for image processing operation");
  }
  return status == DSEG_ERROR_FORMAT ? DSEG_OK : status; /* there is none */
}

static void read_shared(dseg_data_set *set, dseg_data_set *made) {
  if (dseg_data_set_enter_item(set, DSEG_VOLUME_SHARED, 0)) {
    if (dseg_data_set_enter_item(set, DSEG_VOLUME_DERIVATION, 0)) {
      copy_elements(set, made, DSEG_VOLUME_SOURCE_IMAGES);
      dseg_data_set_end_item(set);
    }
    dseg_data_set_end_item(set);
  }
  if (dseg_data_set_count_items(made, DERIVATION_CODE) == 0) {
    dseg_data_set_remove(made, DERIVATION_CODE);
    put_usual_code(made);
  }
}

/* Derivation Image Sequence as each frame would have it, without what names the image. */
static dseg_status rebuild(const dseg_read_context *context, uint32_t block, dseg_data_set *made, dseg_data_set *usual,
                           bool *same_pixels) {
  put_usual(usual);
  dseg_data_set_begin_item(made, DSEG_VOLUME_DERIVATION);
  dseg_data_set_begin_item(made, DSEG_VOLUME_SOURCE_IMAGES);
  DSEG_TRY(read_image(context->set, block | DSEG_VOLUME_SOURCE_DESCRIPTION, made, same_pixels));
  dseg_data_set_end_item(made);
  read_shared(context->set, made);
  dseg_data_set_end_item(made);
  return DSEG_OK;
}

/* Keeps what was rebuilt, unless it is the usual. */
static dseg_status keep(const dseg_read_context *context, const dseg_data_set *made, const dseg_data_set *usual,
                        dseg_view *derivation, dseg_error *error) {
  dseg_buffer bytes = {0}, plain = {0};
  dseg_status status = dseg_data_set_write(usual, DSEG_EXPLICIT_VR, &plain, error);
  if (status == DSEG_OK) {
    status = dseg_data_set_write(made, DSEG_EXPLICIT_VR, &bytes, error);
  }
  if (status == DSEG_OK && (bytes.size != plain.size || memcmp(bytes.data, plain.data, plain.size) != 0)) {
    uint8_t *kept = dseg_description_alloc(context->description, bytes.size);
    if (kept != NULL) {
      memcpy(kept, bytes.data, bytes.size);
      *derivation = (dseg_view){kept, bytes.size};
    } else {
      status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for Derivation Image Sequence");
    }
  }
  dseg_buffer_free(&bytes);
  dseg_buffer_free(&plain);
  return status;
}

dseg_status dseg_volume_take_derivation(const dseg_read_context *context, const dseg_volume_elements *elements,
                                        bool *same_pixels, dseg_view *derivation, dseg_error *error) {
  dseg_data_set *made = NULL, *usual = NULL;
  *same_pixels = false;
  *derivation = (dseg_view){0};
  dseg_status status = dseg_data_set_create(&made, error);
  if (status == DSEG_OK) {
    status = dseg_data_set_create(&usual, error);
  }
  if (status == DSEG_OK) {
    status = rebuild(context, elements->block, made, usual, same_pixels);
    if (status != DSEG_OK) {
      (void)dseg_fail(error, status, "out of memory for Plane Source Description Sequence");
    }
  }
  bool fits = true;
  if (status == DSEG_OK) {
    status = check_copy(made, &fits, error);
  }
  if (status == DSEG_OK && fits) {
    status = keep(context, made, usual, derivation, error);
  } else if (status == DSEG_OK) { /* an element of another VR than PS3.6 gives it, for instance */
    dseg_warn(context->warnings,
              "what planes were made from their images for cannot be copied, and is not kept (volume, 6)");
  }
  dseg_data_set_destroy(made);
  dseg_data_set_destroy(usual);
  return status;
}
