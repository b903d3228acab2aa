/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - which options of a conversion go together, and what its output is. */
#include <math.h>
#include <string.h>

#include "convert/job.h"
#include "convert/options.h"

dseg_status dseg_convert_find_format(const dseg_convert_options *options, const dseg_output *output,
                                     const dseg_volume_format **format, dseg_error *error) {
  *format = NULL;
  if (options->format != NULL) {
    *format = dseg_volume_format_of(options->format);
    if (*format == NULL && strcmp(options->format, "dicom") != 0) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "format \"%.60s\" is neither dicom nor a suffix such as .nii.gz",
                       options->format);
    }
    return DSEG_OK;
  }
  if (output->path == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "an output without a path needs a format, dicom or .nii.gz for instance");
  }
  *format = dseg_volume_format_of(output->path);
  if (*format == NULL && !dseg_is_dicom_name(output->path)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "the suffix is none of .dcm, .seg and those of volumes, and no format is given");
  }
  return DSEG_OK;
}

/* The value of a choice is one that there is, up to last. */
static dseg_status check_choice(const char *name, int value, int last, dseg_error *error) {
  return value >= 0 && value <= last ? DSEG_OK
                                     : dseg_fail(error, DSEG_ERROR_ARGUMENT, "there is no %s %d", name, value);
}

static dseg_status check_choices(const dseg_convert_options *options, dseg_error *error) {
  DSEG_TRY(check_choice("grid", (int)options->grid, DSEG_GRID_FILE, error));
  DSEG_TRY(check_choice("overlap", (int)options->overlap, DSEG_OVERLAP_TO_LAST, error));
  DSEG_TRY(check_choice("numbering", (int)options->numbering, DSEG_NUMBERS_AS_STORED, error));
  DSEG_TRY(check_choice("slice_axis", (int)options->slice_axis, DSEG_SLICES_AXIAL, error));
  DSEG_TRY(check_choice("algorithm_type", (int)options->algorithm_type, DSEG_ALGORITHM_IS_MANUAL, error));
  DSEG_TRY(check_choice("labels", (int)options->labels, DSEG_LABELS_SEGMENTS, error));
  return check_choice("files", (int)options->files, DSEG_FILES_BY_LAYER_COUNTED, error);
}

static dseg_status check_texts(const char *name, const char *const *texts, size_t count, dseg_error *error) {
  for (size_t i = 0; i < count; i++) {
    if (texts == NULL || texts[i] == NULL) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "%s[%zu] is NULL", name, i);
    }
  }
  return DSEG_OK;
}

static dseg_status check_lists(const dseg_convert_options *options, dseg_error *error) {
  DSEG_TRY(check_texts("segments", options->segments, options->segment_count, error));
  DSEG_TRY(check_texts("references", options->references, options->reference_count, error));
  if (options->option_names == NULL && options->option_name_count > 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "option_names is NULL and its count is not 0");
  }
  return options->encoding_options != NULL || options->encoding_option_count == 0
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_ARGUMENT, "encoding_options is NULL and its count is not 0");
}

static dseg_status check_values(const dseg_convert_options *options, dseg_error *error) {
  if (!(options->threshold >= 0 && options->threshold <= 1)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "threshold %g is not in 0..1", options->threshold);
  }
  if (options->last_plane < options->first_plane || (options->first_plane == 0 && options->last_plane > 0)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "planes %zu to %zu: they count from 1, the first before the last",
                     options->first_plane, options->last_plane);
  }
  if (options->grid == DSEG_GRID_REFERENCE && options->reference_count == 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "the grid of references needs references");
  }
  if ((options->grid == DSEG_GRID_FILE) != (options->grid_file != NULL)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "grid_file goes together with DSEG_GRID_FILE");
  }
  if (options->slice_axis != DSEG_SLICES_AUTO &&
      (options->grid == DSEG_GRID_REFERENCE || options->grid == DSEG_GRID_FILE)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "the grid of references or of a file decides how slices lie");
  }
  return DSEG_OK;
}

/* The first option that is given and that the output has no use for; NULL: none. */
static const char *useless_option(const dseg_convert_options *options, bool dicom) {
  const struct {
    const char *name;
    bool is_given, is_dicom;
  } table[] = {
      {"representation", options->representation != NULL, true},
      {"frame_codec", options->frame_codec != NULL, true},
      {"encoding_options", options->encoding_option_count > 0, true},
      {"empty_frames", options->empty_frames != DSEG_EMPTY_BOUNDS, true},
      {"concatenation", options->concatenation, true},
      {"offset_table", options->offset_table != DSEG_OFFSET_TABLE_BASIC, true},
      {"frame_order", options->frame_order != DSEG_FRAME_ORDER_PLANE, true},
      {"uid_seed", options->uid_seed != NULL, true},
      {"algorithm_name", options->algorithm_name != NULL && options->metadata_output == NULL, true},
      {"algorithm_type", options->algorithm_type != DSEG_ALGORITHM_AS_SAID && options->metadata_output == NULL, true},
      {"require_codes", options->require_codes != 0 && options->metadata_output == NULL, true},
      {"references", options->reference_count > 0 && options->grid != DSEG_GRID_REFERENCE, true},
      {"files", options->files != DSEG_FILES_ONE, false},
      {"compression", options->compression != 0, false},
      {"nifti2", options->nifti2, false},
      {"stored_fractions", options->stored_fractions, false},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    if (table[i].is_given && table[i].is_dicom != dicom) {
      return table[i].name;
    }
  }
  return NULL;
}

dseg_status dseg_convert_check_options(const dseg_convert_options *options, const dseg_output *output, bool dicom,
                                       dseg_error *error) {
  DSEG_TRY(check_choices(options, error));
  DSEG_TRY(check_lists(options, error));
  DSEG_TRY(check_values(options, error));
  const char *useless = useless_option(options, dicom);
  if (useless != NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "%s is of no use for %s", useless,
                     dicom ? "a DICOM object" : "a volume");
  }
  DSEG_TRY(dseg_convert_check_instances(options, dicom, error));
  if (output->path == NULL && options->files != DSEG_FILES_ONE) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "several files need a path, and the output has none");
  }
  if (options->stored_fractions && options->files == DSEG_FILES_ONE) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "stored_fractions is for a file for each segment");
  }
  return DSEG_OK;
}
