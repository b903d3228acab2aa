/* SPDX-License-Identifier: Apache-2.0 */
/* engine.c - runs the checks over one file. */
#include <stdlib.h>
#include <string.h>

#include "base/memory_limit.h"
#include "base/options.h"
#include "sources/source.h"
#include "validate/check.h"

/* Everything that can be said without the reader. */
static dseg_status check_elements(dseg_check *check, dseg_error *error) {
  dseg_read_facts(check);
  dseg_check_structure(check);
  DSEG_TRY(dseg_check_values(check, error));
  dseg_check_modules(check);
  dseg_check_image(check);
  dseg_check_palette(check);
  dseg_check_segments(check);
  DSEG_TRY(dseg_check_codes(check, error));
  dseg_check_concatenation(check);
  dseg_check_dimensions(check);
  DSEG_TRY(dseg_check_frames(check, error));
  dseg_check_native_pixels(check);
  return dseg_check_encapsulation(check, error);
}

/* The review of codes alone: nothing of frames is read. */
static dseg_status check_codes_only(dseg_check *check, dseg_error *error) {
  dseg_read_facts(check);
  return dseg_check_codes(check, error);
}

/* The reader's own view: only it knows the pixels. */
static dseg_status check_with_reader(dseg_check *check, dseg_error *error) {
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options),
                                     .memory_limit = check->memory_limit,
                                     .threads = check->options->threads,
                                     .temporary_directory = check->options->temporary_directory};
  dseg_source *source = NULL;
  dseg_error refusal = {0};
  dseg_input *input = NULL;
  DSEG_TRY(dseg_input_borrow(check->file.stored, &input, error));
  dseg_status status = dseg_open_dicom(input, &options, &source, &refusal);
  if (source == NULL) {
    dseg_input_close(input);
  }
  if (status == DSEG_ERROR_MEMORY || status == DSEG_ERROR_INPUT) {
    return dseg_fail(error, status, "%s", refusal.message);
  }
  if (source == NULL) {
    if (status == DSEG_ERROR_FORMAT && check->result.errors == 0 && check->findings[DSEG_RULE_FRAMES_AMBIGUOUS] == 0) {
      dseg_found(check, DSEG_RULE_READABLE, (dseg_place){0}, "%s", refusal.message);
    }
    dseg_note(check, "pixels are not checked, since the file cannot be opened: %s", refusal.message);
    return DSEG_OK;
  }
  status = dseg_check_pixels(check, source, error);
  dseg_source_close(source);
  return status;
}

static bool is_segmentation(const dseg_part10 *file) {
  const dseg_element sop_class = dseg_get(&file->elements, DSEG_TAG(0x0008, 0x0016));
  const dseg_element type = dseg_get(&file->elements, DSEG_TAG(0x0062, 0x0001));
  return type.tag != 0 || dseg_element_is(&sop_class, "1.2.840.10008.5.1.4.1.1.66.4") ||
         dseg_element_is(&sop_class, "1.2.840.10008.5.1.4.1.1.66.7");
}

static dseg_status open_file(dseg_check *check, const dseg_input *caller, dseg_error *error) {
  const dseg_part10_options how = {.memory_limit = check->memory_limit,
                                   .temporary_directory = check->options->temporary_directory};
  bool is_dicom = false;
  dseg_input *input = NULL;
  DSEG_TRY(dseg_input_borrow(caller, &input, error));
  dseg_status status = dseg_part10_open(input, &how, &check->file, &is_dicom, error);
  if (status == DSEG_OK && !is_dicom) {
    status = dseg_fail(error, DSEG_ERROR_FORMAT, "not a DICOM file: no DICM prefix (PS3.10 7.1)");
  }
  if (status != DSEG_OK) {
    dseg_input_close(input);
    return status;
  }
  if (!is_segmentation(&check->file)) {
    dseg_part10_close(&check->file);
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "a DICOM object, but no segmentation: neither SOP Class UID (0008,0016) nor Segmentation Type "
                     "(0062,0001) says so (PS3.3 A.51)");
  }
  return DSEG_OK;
}

static dseg_status validate(const dseg_input *input, const dseg_validate_options *options, dseg_validation *result,
                            dseg_error *error) {
  dseg_check *check = calloc(1, sizeof *check);
  if (check == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a validation");
  }
  check->options = options;
  check->memory_limit = dseg_memory_limit(check->options->memory_limit);
  dseg_status status = open_file(check, input, error);
  if (status == DSEG_OK) {
    check->top = &check->file.elements;
    const bool codes_only = check->options->codes && check->options->codes_only != 0;
    status = codes_only ? check_codes_only(check, error) : check_elements(check, error);
    if (status == DSEG_OK && !codes_only) {
      status = check_with_reader(check, error);
    }
    dseg_part10_close(&check->file);
    dseg_report_left_out(check);
  }
  *result = check->result;
  free(check);
  return status;
}

dseg_status dseg_validate_input(const dseg_input *input, const dseg_validate_options *options, dseg_validation *result,
                                dseg_error *error) {
  dseg_error_clear(error);
  if (input == NULL || result == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_validate_input: input and result must not be NULL");
  }
  *result = (dseg_validation){0};
  dseg_validate_options complete;
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_validate_options, &complete, options, error));
  return validate(input, &complete, result, error);
}

dseg_status dseg_validate(const char *path, const dseg_validate_options *options, dseg_validation *result,
                          dseg_error *error) {
  dseg_error_clear(error);
  if (path == NULL || result == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_validate: path and result must not be NULL");
  }
  *result = (dseg_validation){0};
  dseg_validate_options complete;
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_validate_options, &complete, options, error));
  dseg_input *input = NULL;
  dseg_status status = dseg_input_from_file(path, complete.memory_limit, &input, error);
  if (status == DSEG_OK) {
    status = validate(input, &complete, result, error);
  }
  dseg_input_close(input);
  if (status != DSEG_OK) {
    dseg_error_prefix(error, path);
  }
  return status;
}

dseg_status dseg_validate_memory(dseg_view bytes, const dseg_validate_options *options, dseg_validation *result,
                                 dseg_error *error) {
  dseg_error_clear(error);
  if (result == NULL || (bytes.data == NULL && bytes.size != 0)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_validate_memory: bytes and result must not be NULL");
  }
  *result = (dseg_validation){0};
  dseg_validate_options complete;
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_validate_options, &complete, options, error));
  dseg_input *input = NULL;
  DSEG_TRY(dseg_input_from_memory(bytes, &input, error));
  const dseg_status status = validate(input, &complete, result, error);
  dseg_input_close(input);
  return status;
}
