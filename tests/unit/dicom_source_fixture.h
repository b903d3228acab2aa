/* SPDX-License-Identifier: Apache-2.0 */
/* dicom_source_fixture.h - the segmentations that the reader's tests have in common, and opening them from memory. */
#ifndef DSEG_TESTS_DICOM_SOURCE_FIXTURE_H
#define DSEG_TESTS_DICOM_SOURCE_FIXTURE_H

#include "dseg/source.h"
#include "same_source.h"
#include "seg_files.h"

static const uint16_t two_segments[] = {2, 1}; /* in no particular order */

/* Segment-major, planes from feet to head but for the gap; frames of 15 bits begin anywhere in a byte. */
static const seg_frame binary_frames[] = {
    FRAME(1, -2.5, 1, 1, 0, 0, 0, 1),
    FRAME(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
    FRAME(1, 2.5, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1),
    FRAME(2, 2.5, 0, 1, 0, 1),
    FRAME(2, -2.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1),
};
#define BINARY_FRAMES (sizeof binary_frames / sizeof binary_frames[0])

static inline seg_form binary_form(void) {
  return (seg_form){.transfer_syntax = LITTLE,
                    .type = "BINARY",
                    .bits = 1,
                    .padding = -1,
                    .segments = two_segments,
                    .segment_count = 2,
                    .frames = binary_frames,
                    .frame_count = BINARY_FRAMES};
}

static dicom_file file;
static dseg_error error;
static char warning[1000];

static inline void keep_warning(void *user, const char *message) {
  (void)user;
  (void)snprintf(warning, sizeof warning, "%s", message);
}

static inline dseg_source *open_with(const dseg_open_options *options) {
  dseg_source *source = NULL;
  error = (dseg_error){0};
  warning[0] = '\0';
  const dseg_view bytes = {file.bytes.data, file.bytes.size};
  const dseg_status status = dseg_open_memory(bytes, "test", options, &source, &error);
  expect_same_everywhere(bytes, options, status, status != DSEG_OK ? error.message + strlen("test: ") : "", source);
  return source;
}

static inline dseg_source *open_file(void) {
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options), .warnings = {keep_warning, NULL}};
  dseg_source *source = open_with(&options);
  if (source == NULL) {
    fail_msg("%s", error.message);
  }
  return source;
}

static inline void fails_with(dseg_status status, const char *text) {
  assert_null(open_with(NULL));
  assert_int_equal(error.status, status);
  assert_non_null(strstr(error.message, text));
}

static inline int free_file(void **state) {
  (void)state;
  dseg_buffer_free(&file.bytes);
  return 0;
}

/* Reads all planes as labels of 8 bits. */
static inline dseg_status read_labels(dseg_source *source, dseg_overlap_policy policy, uint8_t *out) {
  const size_t planes = dseg_source_description(source)->geometry.plane_count;
  const dseg_label_request request = {
      .struct_size = sizeof(dseg_label_request), .plane_count = planes, .bits = 8, .overlap = policy, .threads = 2};
  return dseg_source_read_labels(source, &request, out, planes * (size_t)SEG_PIXELS, NULL, &error);
}

/* The labels of binary_form's segments, in its three planes. */
static inline void assert_expected_labels(const uint8_t *labels) {
  static const uint8_t expected_labels[3 * SEG_PIXELS] = {
      1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 2, 2, 2, 2, 2, /* z = -2.5 */
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, /* z = 0 */
      1, 2, 1, 2, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, /* z = 2.5 */
  };
  assert_memory_equal(labels, expected_labels, sizeof expected_labels);
}

static inline seg_form label_form(const char *transfer_syntax) {
  static const seg_frame frames[] = {FRAME(0, 1, 7, 7, 300, 0, 7), FRAME(0, 0, 300)};
  static const uint16_t segments[] = {0, 7, 300};
  return (seg_form){.transfer_syntax = transfer_syntax,
                    .type = "LABELMAP",
                    .bits = 16,
                    .padding = 0,
                    .segments = segments,
                    .segment_count = 3,
                    .frames = frames,
                    .frame_count = 2};
}

#endif
