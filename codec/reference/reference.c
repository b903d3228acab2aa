/* SPDX-License-Identifier: Apache-2.0 */
/* reference.c - takes patient, study, geometry and references for a segmentation from its source images. */
#include "reference/reference.h"

#include <string.h>

#include "base/options.h"
#include "dicom/context.h"
#include "dicom/keep.h"
#include "dseg/writer.h"

dseg_part10_options dseg_reference_part10_options(const dseg_reference_set *set) {
  return (dseg_part10_options){.stop_before_pixels = true,
                               .memory_limit = DSEG_REFERENCE_MEMORY,
                               .temporary_directory = set->temporary_directory};
}

/* Reads all files, and drops those in directories that are no images. One that cannot be read might be an image, which
 * would be missed without a word. */
static dseg_status read_files(dseg_reference_set *set, dseg_description *description, dseg_error *error) {
  size_t kept = 0;
  for (size_t i = 0; i < set->file_count; i++) {
    const bool named = set->files[i].named;
    bool is_image = false;
    dseg_error local = {.status = DSEG_OK};
    const size_t frames = set->frame_count;
    /* The file moves to its final place first: frames refer to it by index. */
    const dseg_reference_file moved = set->files[kept];
    set->files[kept] = set->files[i];
    set->files[i] = i == kept ? set->files[i] : moved;
    dseg_status status = dseg_reference_read(set, kept, description, &is_image, &local);
    if (status == DSEG_ERROR_MEMORY || status == DSEG_ERROR_INPUT || (status != DSEG_OK && named)) {
      dseg_fail(error, status, "%s: %s", set->files[kept].path, local.message);
      return status;
    }
    if (!is_image && named) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "%s: not a DICOM image that a segmentation can refer to",
                       set->files[kept].path);
    }
    if (status == DSEG_OK && is_image) {
      kept++;
    } else {
      set->frame_count = frames;
    }
  }
  if (kept == 0 || set->frame_count == 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "no DICOM image among the reference's %zu files", set->file_count);
  }
  for (size_t i = kept; i < set->file_count; i++) {
    set->files[i].series_uid = NULL; /* no image */
  }
  return DSEG_OK;
}

/* The context of one of the images. */
static dseg_status read_context(const dseg_reference_set *set, size_t index, dseg_description *description,
                                dseg_error *error) {
  const dseg_part10_options how = dseg_reference_part10_options(set);
  const char *path = set->files[index].path;
  dseg_input *input = NULL;
  dseg_part10 part10;
  bool is_dicom = false;
  DSEG_TRY(dseg_input_from_file(path, how.memory_limit, &input, error));
  dseg_status status = dseg_part10_open(input, &how, &part10, &is_dicom, error);
  if (status != DSEG_OK || !is_dicom) {
    dseg_input_close(input);
    return status != DSEG_OK ? status : dseg_fail(error, DSEG_ERROR_INPUT, "%s has changed", path);
  }
  status = dseg_context_from_part10(&part10, description, error);
  dseg_part10_close(&part10);
  return status;
}

static bool is_of_compression(const void *user, uint32_t tag) {
  (void)user;
  return tag >= 0x00282110 && tag <= 0x00282114; /* Lossy Image Compression, Ratio, Method */
}

static dseg_status take_context(const dseg_reference_set *set, size_t patient, dseg_description *description,
                                dseg_error *error) {
  const size_t speaker = dseg_reference_context_file(set, patient);
  const size_t lossy = dseg_reference_lossy_file(set, speaker);
  dseg_view compression = {0};
  if (lossy != SIZE_MAX) {
    DSEG_TRY(read_context(set, lossy, description, error));
    compression = description->context;
  }
  DSEG_TRY(read_context(set, speaker, description, error));
  description->identity = set->files[speaker].identity;
  const dseg_tag_choice choice = {is_of_compression, NULL};
  return lossy != SIZE_MAX ? dseg_replace_elements(description, &description->context, compression, &choice, error)
                           : DSEG_OK;
}

/* Everything that is taken from images that have been read. */
static dseg_status take(dseg_reference_set *set, dseg_description *description, const dseg_reference_options *options,
                        dseg_error *error) {
  const dseg_identity former = description->identity;
  const dseg_references references = description->references;
  size_t patient = 0;
  const char *space = NULL;
  DSEG_TRY(dseg_reference_check_identity(set, description, options, &patient, &space, error));
  DSEG_TRY(dseg_reference_number_series(set, error));
  DSEG_TRY(dseg_reference_drop_copies(set, error));
  if (patient < set->file_count) { /* else no image says whose it is, and the segmentation does */
    DSEG_TRY(take_context(set, patient, description, error));
    DSEG_TRY(dseg_reference_drop_outdated(description, &former, error));
    DSEG_TRY(dseg_join_makers(description, error));
  }
  if (description->geometry.frame_of_reference_uid != NULL && space != NULL) {
    description->geometry.frame_of_reference_uid = space;
  }
  if (options->turn != NULL) {
    DSEG_TRY(dseg_reference_turn(set, options->turn, description, error));
  }
  DSEG_TRY(dseg_reference_apply(set, description, options, error));
  const char *study = description->identity.study_uid;
  const bool other_study = former.study_uid != NULL && study != NULL && strcmp(former.study_uid, study) != 0;
  return other_study ? dseg_reference_keep_former(description, &references, study, error) : DSEG_OK;
}

dseg_status dseg_description_add_reference(dseg_description *description, const char *const *paths, size_t count,
                                           const dseg_reference_options *options, dseg_error *error) {
  dseg_error_clear(error);
  dseg_reference_options complete;
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_reference_options, &complete, options, error));
  dseg_reference_set set = {.temporary_directory = complete.temporary_directory};
  dseg_status status = DSEG_OK;
  if (count == 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "no reference is given");
  }
  for (size_t i = 0; status == DSEG_OK && i < count; i++) {
    status = dseg_reference_find_files(&set, paths[i], i, error);
  }
  if (status == DSEG_OK) {
    status = read_files(&set, description, error);
  }
  if (status == DSEG_OK) {
    status = take(&set, description, &complete, error);
  }
  dseg_reference_set_free(&set);
  return status;
}
