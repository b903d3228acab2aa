/* SPDX-License-Identifier: Apache-2.0 */
/* face_write.c - an open segmentation in another encoding or format, and an object in another transfer syntax. */
#include <stdio.h>
#include <string.h>

#include "face.h"

/* Texts of a call, by number; NULL: left out. */
enum {
  TEXT_REPRESENTATION,
  TEXT_FRAME_CODEC,
  TEXT_SERIES_DESCRIPTION,
  TEXT_SERIES_NUMBER,
  TEXT_UID_SEED,
  TEXT_DATE_TIME,
  TEXT_FORMAT
};

static void tell(void *user, dseg_message_kind kind, const char *file, const char *message) {
  (void)user, (void)kind;
  char text[1400];
  const int length = file != NULL ? snprintf(text, sizeof text, "%.300s: %s", file, message)
                                  : snprintf(text, sizeof text, "%s", message);
  if (length > 0) {
    face_host_tell(text, strlen(text));
  }
}

static int put_result(const dseg_convert_result *result) {
  json_out *json = face_begin_text();
  if (json == NULL) {
    return (int)DSEG_ERROR_MEMORY;
  }
  json_begin_object(json, NULL);
  uint64_t frames = 0;
  uint64_t pixel_data_bytes = 0;
  for (size_t i = 0; i < result->file_count; i++) {
    frames += result->files[i]->frames;
    pixel_data_bytes += result->files[i]->pixel_data_bytes;
  }
  if (result->file_count == 1 && result->files[0]->sop_instance_uid != NULL) {
    json_put_string(json, "sopInstanceUid", result->files[0]->sop_instance_uid);
  }
  json_put_unsigned(json, "frames", frames);
  json_put_unsigned(json, "pixelDataBytes", pixel_data_bytes);
  json_end(json);
  return face_end_text();
}

static int convert(dseg_source *source, const char *const *texts, int empty_frames, dseg_error *error) {
  const char *format = texts[TEXT_FORMAT];
  const bool is_dicom = format == NULL || strcmp(format, "dicom") == 0;
  const dseg_convert_options options = {.struct_size = sizeof options,
                                        .format = is_dicom ? "dicom" : format,
                                        .series_description = texts[TEXT_SERIES_DESCRIPTION],
                                        .series_number = texts[TEXT_SERIES_NUMBER],
                                        .representation = texts[TEXT_REPRESENTATION],
                                        .frame_codec = texts[TEXT_FRAME_CODEC],
                                        .empty_frames = empty_frames != 0 ? DSEG_EMPTY_KEEP : DSEG_EMPTY_BOUNDS,
                                        .uid_seed = texts[TEXT_UID_SEED],
                                        .date_time = texts[TEXT_DATE_TIME],
                                        .threads = 1,
                                        .messages = {.tell = tell}};
  const dseg_output output = face_output();
  dseg_convert_result *result = NULL;
  int status = (int)dseg_write(source, &output, &options, &result, error);
  if (status == (int)DSEG_OK) {
    status = put_result(result);
  }
  dseg_convert_result_destroy(result);
  return status;
}

/* The bytes go to "emit". segments: indices, each once; NULL: all. Not texts as dseg_convert_options has them: a number
 * would be the label of another segment, at times. */
FACE_EXPORT(convert)
int face_convert(dseg_source *source, const char *const *texts, int empty_frames, const uint32_t *segments,
                 size_t segment_count) {
  dseg_error *error = face_begin();
  if (segments == NULL) {
    return convert(source, texts, empty_frames, error);
  }
  const dseg_derive_options options = {
      .struct_size = sizeof options, .segments = segments, .segment_count = segment_count, .threads = 1};
  dseg_source *chosen = NULL;
  int status = (int)dseg_source_derive(source, &options, &chosen, error);
  if (status == (int)DSEG_OK) {
    status = convert(chosen, texts, empty_frames, error);
  }
  dseg_source_close(chosen);
  return status;
}

/* The object behind a descriptor in another transfer syntax; the bytes go to "emit". Returns its frames; -1: it
 * failed. */
FACE_EXPORT(transcode) double face_transcode(int descriptor, const char *name, const char *transfer_syntax) {
  dseg_error *error = face_begin();
  dseg_input *input = NULL;
  if (face_input(descriptor, false, &input, error) != DSEG_OK) {
    return -1;
  }
  dseg_transcoding done = {.frames = 0};
  const dseg_transcode_options options = {.struct_size = sizeof options,
                                          .transfer_syntax = transfer_syntax,
                                          .threads = 1,
                                          .warnings = face_warnings(),
                                          .result = &done};
  const dseg_output output = face_output();
  const dseg_status status = dseg_transcode(input, name, &output, &options, error);
  dseg_input_close(input);
  return status == DSEG_OK ? (double)done.frames : -1;
}
