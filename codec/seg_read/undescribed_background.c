/* SPDX-License-Identifier: Apache-2.0 */
/* undescribed_background.c - the background of label maps whose writer did not say what it is.
 *
 * Every pixel value has to be described in Segment Sequence (PS3.3 C.8.20.2.3.3), and Pixel Padding Value says which
 * of them is no segment's. cornerstone3D's adapters, with which OHIF stores label maps, write neither for 0. Pixels of
 * 0 are then the background, with a warning; a map that has no such pixel has no background. Opening an object takes no
 * longer for it than its header does: a map without background is looked through at its beginning only, and a 0 that
 * comes later is the error that any undescribed value is. */
#include "seg_read/undescribed_background.h"

#include <string.h>

#include "model/label_runs.h"
#include "seg_read/frame_reader.h"

#define PIXEL_BYTES_MAX ((size_t)1 << 24) /* of frames that are looked through */

struct search {
  size_t pixels; /* of a frame */
  unsigned bits;
  bool found;
};

static dseg_status look_for_zero(void *user, const dseg_decoded_frame *frame, size_t number, dseg_error *error) {
  struct search *search = user;
  (void)number;
  (void)error;
  if (search->bits == 8) {
    search->found = memchr(frame->pixels, 0, search->pixels) != NULL;
    return DSEG_OK;
  }
  for (size_t i = 0; i < search->pixels && !search->found; i++) {
    search->found = dseg_label_at(frame->pixels, search->bits, i) == 0;
  }
  return DSEG_OK;
}

dseg_status dseg_dicom_find_background(dseg_dicom_source *source, const dseg_open_options *options, dseg_error *error) {
  dseg_description *description = source->base.description;
  if (description->kind != DSEG_VOXELS_LABELS || description->has_background ||
      (source->representation->flags & DSEG_PLUGIN_OWN_VALUES) != 0 ||
      dseg_description_find_segment(description, 0) >= 0) {
    return DSEG_OK;
  }
  dseg_frame_reader *reader = dseg_frame_reader_create(source);
  if (reader == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for reading frames");
  }
  struct search search = {.pixels = (size_t)description->geometry.rows * description->geometry.columns,
                          .bits = source->info.bits_allocated};
  dseg_error why = {DSEG_OK, ""};
  dseg_status status = DSEG_OK;
  const size_t frames = 1 + PIXEL_BYTES_MAX / (search.pixels * search.bits / 8 + 1);
  for (uint32_t i = 0; i < source->table.count && i < frames && status == DSEG_OK && !search.found; i++) {
    status = dseg_frame_reader_run(reader, &i, 1, look_for_zero, &search, &why);
  }
  dseg_frame_reader_destroy(reader);
  if (status == DSEG_ERROR_MEMORY || status == DSEG_ERROR_INPUT) {
    return dseg_fail(error, status, "%s", why.message);
  }
  /* A frame that cannot be decoded is reported to who reads it. */
  if (search.found) {
    description->has_background = true;
    description->background = 0;
    dseg_warn(&options->warnings,
              "pixels of 0 are read as background: neither Pixel Padding Value (0028,0120) nor an item of Segment "
              "Sequence (0062,0002) says what they are (PS3.3 C.8.20.2.3.3)");
  }
  return DSEG_OK;
}
