/* SPDX-License-Identifier: Apache-2.0 */
/* describe.c - attributes that a representation puts itself, see describe.h.
 *
 * The representation works on the library's data set, since it may have to refer to what is in it. Whether it has
 * changed something shows when the encoded elements of before and after are compared; an item may have got more. */
#include "seg_write/describe.h"

#include <string.h>

#include "dicom/elements.h"
#include "model/plugin_call.h"

#define FRAME_GROUPS 0x52009230u
#define PIXEL_GROUP 0x7FE0u

static void place_frame(const void *user, size_t frame, uint32_t *plane, int32_t *segment) {
  const dseg_frame_record *frames = user;
  *plane = frames[frame].plane;
  *segment = frames[frame].segment;
}

static dseg_status blame(const dseg_writer *writer, const char *what, uint32_t tag, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_ARGUMENT, "representation %s: describe has %s (%04X,%04X)",
                   writer->representation->name, what, (unsigned)(tag >> 16), (unsigned)(tag & 0xFFFFu));
}

static dseg_status compare(const dseg_writer *writer, const dseg_elements *before, const dseg_elements *after,
                           dseg_error *error);

/* Items of before are those of after, which may have more of them. */
// NOLINTNEXTLINE(misc-no-recursion): a data set limits its depth
static dseg_status compare_items(const dseg_writer *writer, const dseg_elements *before, const dseg_element *old,
                                 const dseg_elements *after, const dseg_element *now, dseg_error *error) {
  size_t old_at = 0;
  size_t now_at = 0;
  dseg_elements old_item;
  dseg_elements now_item;
  bool old_more;
  bool now_more;
  DSEG_TRY(dseg_sequence_next(before, old, &old_at, &old_item, &old_more, error));
  while (old_more) {
    DSEG_TRY(dseg_sequence_next(after, now, &now_at, &now_item, &now_more, error));
    if (!now_more) {
      return blame(writer, "removed an item of", old->tag, error);
    }
    DSEG_TRY(compare(writer, &old_item, &now_item, error));
    DSEG_TRY(dseg_sequence_next(before, old, &old_at, &old_item, &old_more, error));
  }
  return DSEG_OK;
}

/* Every element of before is in after, with the same value. */
// NOLINTNEXTLINE(misc-no-recursion): a data set limits its depth
static dseg_status compare(const dseg_writer *writer, const dseg_elements *before, const dseg_elements *after,
                           dseg_error *error) {
  size_t old_at = 0;
  size_t now_at = 0;
  dseg_element old;
  dseg_element now = {0};
  DSEG_TRY(dseg_elements_next(before, &old_at, &old, error));
  while (old.tag != 0) {
    do {
      DSEG_TRY(dseg_elements_next(after, &now_at, &now, error));
    } while (now.tag != 0 && now.tag < old.tag);
    if (now.tag != old.tag) {
      return blame(writer, "removed", old.tag, error);
    }
    if (memcmp(old.vr, now.vr, 2) != 0) {
      return blame(writer, "changed", old.tag, error);
    }
    if (memcmp(old.vr, "SQ", 2) == 0) {
      DSEG_TRY(compare_items(writer, before, &old, after, &now, error));
    } else if (old.value.size != now.value.size ||
               (old.value.size > 0 && memcmp(old.value.data, now.value.data, old.value.size) != 0)) {
      return blame(writer, "changed", old.tag, error);
    }
    DSEG_TRY(dseg_elements_next(before, &old_at, &old, error));
  }
  return DSEG_OK;
}

/* What is written apart is not in the data set. */
static dseg_status check_tags(const dseg_writer *writer, const dseg_elements *elements, dseg_error *error) {
  const bool own_groups = (writer->format.replaces & DSEG_REPLACES_FRAME_GROUPS) != 0;
  size_t at = 0;
  dseg_element element;
  DSEG_TRY(dseg_elements_next(elements, &at, &element, error));
  while (element.tag != 0) {
    const uint32_t group = element.tag >> 16;
    if (group == 0x0002 || group >= PIXEL_GROUP || (element.tag == FRAME_GROUPS && !own_groups)) {
      return blame(writer, "put what is not for it,", element.tag, error);
    }
    DSEG_TRY(dseg_elements_next(elements, &at, &element, error));
  }
  return DSEG_OK;
}

static dseg_status call(const dseg_writer *writer, const dseg_seg_object *object, dseg_data_set *set,
                        dseg_error *error) {
  const dseg_representation *representation = writer->representation;
  dseg_write_context context = dseg_writer_context(writer, object->warnings);
  context.dimension_organization_uid = object->dimension_organization_uid;
  const dseg_written_frames frames = {.first = object->first_frame,
                                      .count = object->frame_count,
                                      .total = writer->frame_count,
                                      .place = place_frame,
                                      .user = writer->frames};
  DSEG_TRY(
      dseg_of_plugin(representation->describe(&context, &frames, set, error), representation->name, "describe", error));
  const dseg_status status = dseg_data_set_status(set, error);
  if (status != DSEG_OK) {
    dseg_error_prefix(error, "describe");
    dseg_error_prefix(error, representation->name);
    return status;
  }
  if (!dseg_data_set_text_is(set, 0x00080016, object->format.sop_class_uid)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "representation %s: describe has left an item open, or changed SOP Class UID (0008,0016)",
                     representation->name);
  }
  return DSEG_OK;
}

static dseg_status check(const dseg_writer *writer, const dseg_buffer *before, const dseg_buffer *after,
                         dseg_error *error) {
  const dseg_elements old = {.bytes = {before->data, before->size}};
  const dseg_elements now = {.bytes = {after->data, after->size}};
  DSEG_TRY(check_tags(writer, &now, error));
  return compare(writer, &old, &now, error);
}

dseg_status dseg_writer_describe(const dseg_writer *writer, const dseg_seg_object *object, dseg_data_set *set,
                                 dseg_error *error) {
  if (writer->representation->describe == NULL) {
    return DSEG_OK;
  }
  dseg_buffer before = {0};
  dseg_buffer after = {0};
  dseg_status status = dseg_data_set_write(set, DSEG_EXPLICIT_VR, &before, error);
  if (status == DSEG_OK) {
    status = call(writer, object, set, error);
  }
  if (status == DSEG_OK) {
    status = dseg_data_set_write(set, DSEG_EXPLICIT_VR, &after, error);
  }
  if (status == DSEG_OK) {
    status = check(writer, &before, &after, error);
  }
  dseg_buffer_free(&before);
  dseg_buffer_free(&after);
  return status;
}

dseg_status dseg_bytes_before_frames(dseg_view data_set, bool implicit_vr, size_t *bytes, dseg_error *error) {
  const dseg_elements elements = {.bytes = data_set, .implicit_vr = implicit_vr};
  dseg_element element;
  size_t offset = 0;
  do {
    *bytes = offset;
    DSEG_TRY(dseg_elements_next(&elements, &offset, &element, error));
  } while (element.tag != 0 && element.tag < FRAME_GROUPS);
  return DSEG_OK;
}
