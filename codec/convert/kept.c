/* SPDX-License-Identifier: Apache-2.0 */
/* kept.c - which attributes of an object do not hold in what is made of it, and a note that names those that a DICOM
 * output does not have (docs/kept.md). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/job.h"
#include "model/frame_order.h"
#include "seg_write/object.h"

enum { SOURCE_IMAGES = 0x00082112, DERIVATION_IMAGE = 0x00089124, ICON_IMAGE = 0x00880200 };

/* Names for what is met; other attributes are named by their tag. */
static const struct {
  uint32_t tag;
  const char *name;
} names[] = {
    {0x00080054, "Retrieve AE Title"},
    {0x00080056, "Instance Availability"},
    {0x00080201, "Timezone Offset From UTC"},
    {0x00081115, "Referenced Series Sequence of other inputs"},
    {0x00081190, "Retrieve URL"},
    {SOURCE_IMAGES, "Source Image Sequence"},
    {DERIVATION_IMAGE, "attributes of Derivation Image Sequence"},
    {0x0018A001, "Contributing Equipment Sequence"},
    {0x00209111, "attributes of Frame Content Sequence"},
    {0x00281050, "Window Center"},
    {0x00281051, "Window Width"},
    {0x00281052, "Rescale Intercept"},
    {0x00281053, "Rescale Slope"},
    {ICON_IMAGE, "Icon Image Sequence"},
    {0x4FFE0001, "MAC Parameters Sequence"},
    {(uint32_t)0xFFFAFFFA, "Digital Signatures Sequence"},
    {(uint32_t)0xFFFCFFFC, "Data Set Trailing Padding"},
};

static const char *name_of(uint32_t tag) {
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (names[i].tag == tag) {
      return names[i].name;
    }
  }
  return (tag >> 16 & 1u) != 0 ? "private" : NULL;
}

/* Whether planes of the source were drawn on images of which it says more than which they are. */
static bool has_derivations(const dseg_description *source) {
  bool has = source->references.derivation.size > 0;
  for (size_t i = 0; !has && i < source->references.count; i++) {
    has = source->references.instances[i].derivation.size > 0;
  }
  return has;
}

/* "Name (gggg,eeee), (gggg,eeee)"; NULL when out of memory. */
static char *list_dropped(const dseg_description *target, bool derivations) {
  enum { ROOM = 80 };
  const size_t size = (target->dropped_count + 1) * ROOM;
  char *list = calloc(size, 1);
  size_t length = 0;
  for (size_t i = 0; list != NULL && i <= target->dropped_count; i++) {
    const uint32_t tag = i < target->dropped_count ? target->dropped[i] : DERIVATION_IMAGE;
    if (i == target->dropped_count && !derivations) {
      break;
    }
    const char *name = name_of(tag);
    const int added =
        snprintf(list + length, size - length, "%s%s%s(%04X,%04X)", length > 0 ? ", " : "", name != NULL ? name : "",
                 name != NULL ? " " : "", (unsigned)(tag >> 16), (unsigned)(tag & 0xFFFFu));
    length += added > 0 ? (size_t)added : 0;
  }
  return list;
}

static bool is_dropped(const dseg_description *target, uint32_t tag) {
  for (size_t i = 0; i < target->dropped_count; i++) {
    if (target->dropped[i] == tag) {
      return true;
    }
  }
  return false;
}

/* Other images than the object's are the sources now, and an icon shows all that the object had. */
static dseg_status drop_outdated(dseg_convert_job *job, dseg_error *error) {
  const dseg_description *source = dseg_source_description(job->source);
  dseg_description *target = job->target;
  bool found;
  if (job->options->reference_count > 0) {
    DSEG_TRY(dseg_description_drop(target, SOURCE_IMAGES, &found, error));
  }
  if (target->segment_count != source->segment_count || !job->same_raster ||
      target->geometry.plane_count != source->geometry.plane_count) {
    DSEG_TRY(dseg_description_drop(target, ICON_IMAGE, &found, error));
  }
  return DSEG_OK;
}

/* By segment of the view: index in the target; UINT32_MAX: left out. NULL when out of memory. */
static uint32_t *place_segments(const dseg_convert_job *job) {
  const size_t count = dseg_source_description(job->view)->segment_count;
  uint32_t *places = malloc((count + 1) * sizeof *places);
  if (places != NULL) {
    memset(places, 0xFF, (count + 1) * sizeof *places);
    for (size_t i = 0; i < job->target->segment_count; i++) {
      if (!dseg_convert_is_absent(job, i)) {
        places[job->source_segment[i]] = (uint32_t)i;
      }
    }
  }
  return places;
}

/* Frames of the same representation are those of the view, but for what was left out: what is said of them holds. */
static dseg_status move_frames(const dseg_convert_job *job, const uint32_t *places, dseg_error *error) {
  const dseg_description *view = dseg_source_description(job->view);
  dseg_description *target = job->target;
  dseg_frame_attributes *frames = dseg_description_alloc(target, (view->frame_count + 1) * sizeof *frames);
  if (frames == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for attributes of %zu frames", view->frame_count);
  }
  size_t count = 0;
  for (size_t i = 0; i < view->frame_count; i++) {
    dseg_frame_attributes frame = view->frames[i];
    const uint32_t segment = frame.segment >= 0 ? places[frame.segment] : 0;
    frame.segment = frame.segment >= 0 ? (int32_t)segment : -1;
    if (segment != UINT32_MAX) {
      frames[count++] = frame;
    }
  }
  qsort(frames, count, sizeof *frames, dseg_compare_frame_attributes);
  target->frames = frames;
  target->frame_count = count;
  return DSEG_OK;
}

static dseg_status settle_frames(const dseg_convert_job *job, dseg_error *error) {
  const char *before = dseg_source_encoding(job->source)->representation;
  if (job->target->frame_count == 0 && job->target->shared_attributes.size == 0) {
    return DSEG_OK;
  }
  if (!job->same_raster || before == NULL || strcmp(before, job->representation->name) != 0) {
    return dseg_description_drop_frames(job->target, error);
  }
  uint32_t *places = place_segments(job);
  const dseg_status status = places != NULL ? move_frames(job, places, error)
                                            : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for segments");
  free(places);
  return status;
}

/* Says how many images the input lists that nothing of it refers to: a copy does not list them (PS3.3 C.12.2). */
static dseg_status note_unused_images(dseg_convert_job *job, dseg_error *error) {
  size_t unused = 0;
  if (job->options->reference_count == 0) {
    const dseg_status status = dseg_count_unused_images(dseg_source_description(job->source), &unused, error);
    if (status != DSEG_OK) {
      return dseg_convert_fail_input(job, status, error);
    }
  }
  if (unused > 0) {
    dseg_convert_note(
        job, job->output_name,
        "%zu of the input's images are not in Referenced Instance Sequence (0008,114A) any more: no frame "
        "refers to them (PS3.3 C.12.2)",
        unused);
  }
  return DSEG_OK;
}

dseg_status dseg_convert_settle_attributes(dseg_convert_job *job, dseg_error *error) {
  dseg_status status = drop_outdated(job, error);
  if (status == DSEG_OK) {
    status = settle_frames(job, error);
  }
  if (status != DSEG_OK) {
    return dseg_convert_fail_input(job, status, error);
  }
  DSEG_TRY(note_unused_images(job, error));
  const bool derivations = job->options->reference_count > 0 && !is_dropped(job->target, DERIVATION_IMAGE) &&
                           has_derivations(dseg_source_description(job->source));
  if (job->target->dropped_count == 0 && !derivations) {
    return DSEG_OK;
  }
  char *list = list_dropped(job->target, derivations);
  if (list == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  dseg_convert_note(job, job->output_name, "not kept: %s", list);
  free(list);
  return DSEG_OK;
}
