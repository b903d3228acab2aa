/* SPDX-License-Identifier: Apache-2.0 */
/* mend_frames.c - values in what is kept of frames and of what they were derived from made valid, as dseg_mend_values
 * does it, before anything is written. One warning stands for all frames. */
#include "dicom/keep.h"
#include "dicom/mend.h"
#include "seg_write/writer.h"

/* Passes the first warning on, and counts. */
struct faults {
  const dseg_warning_sink *warnings;
  size_t count;
};

static void tell_first(void *user, const char *message) {
  struct faults *faults = user;
  if (faults->count++ == 0) {
    dseg_warn(faults->warnings, "functional groups of frames: %s", message);
  }
}

static dseg_status mend_set(dseg_data_set *set, dseg_description *description, struct faults *faults, dseg_view *kept,
                            dseg_error *error) {
  const dseg_warning_sink sink = {tell_first, faults};
  const size_t before = faults->count;
  dseg_buffer bytes = {0};
  DSEG_TRY(dseg_data_set_read(set, *kept, DSEG_EXPLICIT_VR, error));
  dseg_mend_values(set, true, &sink);
  DSEG_TRY(dseg_data_set_status(set, error));
  if (faults->count == before) {
    return DSEG_OK;
  }
  dseg_status status = dseg_data_set_write(set, DSEG_EXPLICIT_VR, &bytes, error);
  if (status == DSEG_OK) {
    status = dseg_keep_bytes(description, &bytes, kept, error);
  }
  dseg_buffer_free(&bytes);
  return status;
}

static dseg_status mend_kept(dseg_description *description, struct faults *faults, dseg_view *kept, dseg_error *error) {
  dseg_data_set *set = NULL;
  if (kept->size == 0) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_data_set_create(&set, error));
  const dseg_status status = mend_set(set, description, faults, kept, error);
  dseg_data_set_destroy(set);
  return status;
}

/* Neighbours often share what is said of them: it is looked at once. */
typedef struct last_kept {
  const uint8_t *data;
  dseg_view mended;
} last_kept;

static dseg_status mend_next(dseg_description *description, struct faults *faults, last_kept *last, dseg_view *kept,
                             dseg_error *error) {
  if (kept->size == 0 || kept->data != last->data) {
    last->data = kept->data;
    DSEG_TRY(mend_kept(description, faults, kept, error));
    last->mended = *kept;
  }
  *kept = last->mended;
  return DSEG_OK;
}

static dseg_status mend_frames(dseg_description *description, struct faults *faults, dseg_error *error) {
  last_kept last = {0};
  dseg_frame_attributes *frames = dseg_description_alloc(description, (description->frame_count + 1) * sizeof *frames);
  if (frames == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for attributes of %zu frames", description->frame_count);
  }
  for (size_t i = 0; i < description->frame_count; i++) {
    frames[i] = description->frames[i];
    DSEG_TRY(mend_next(description, faults, &last, &frames[i].attributes, error));
  }
  description->frames = frames;
  return DSEG_OK;
}

static dseg_status mend_derivations(dseg_description *description, struct faults *faults, dseg_error *error) {
  dseg_references *references = &description->references;
  last_kept last = {0};
  dseg_instance_reference *instances = dseg_description_alloc(description, (references->count + 1) * sizeof *instances);
  if (instances == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu references", references->count);
  }
  for (size_t i = 0; i < references->count; i++) {
    instances[i] = references->instances[i];
    DSEG_TRY(mend_next(description, faults, &last, &instances[i].derivation, error));
  }
  references->instances = instances;
  return DSEG_OK;
}

dseg_status dseg_mend_frames(dseg_description *description, const dseg_warning_sink *warnings, dseg_error *error) {
  struct faults faults = {warnings, 0};
  if (description->frame_count > 0) {
    DSEG_TRY(mend_frames(description, &faults, error));
  }
  if (description->references.count > 0) {
    DSEG_TRY(mend_derivations(description, &faults, error));
  }
  if (faults.count > 1) {
    dseg_warn(warnings, "functional groups of frames: %zu values or items were mended likewise", faults.count);
  }
  return DSEG_OK;
}
