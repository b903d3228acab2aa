/* SPDX-License-Identifier: Apache-2.0 */
/* parts.c - edge cases that are Concatenations: an object in several instances, each with some of its frames
 * (PS3.3 C.7.6.16.2.2.4). */
#include "phantom/phantom.h"
#include "samples/samples.h"

enum { COLUMNS = 30, ROWS = 22, PLANES = 8, LABELS = 6, FRAMES_OF_PART = 3, PARTS = 3 };

typedef struct concatenation {
  const char *file; /* "-1" and so on come before its suffix */
  const char *frame_codec;
  const char *parts[PARTS];
  const char *purposes[PARTS];
} concatenation;

static const concatenation all[] = {
    {"edge-cases/concatenation-native.dcm",
     "explicit-le",
     {"edge-cases/concatenation-native-1.dcm", "edge-cases/concatenation-native-2.dcm",
      "edge-cases/concatenation-native-3.dcm"},
     {"the first of three instances that are one object, a Concatenation",
      "the second instance of a Concatenation: its first frame is the fourth of the object",
      "the last instance of a Concatenation, shorter than the others"}},
    {"edge-cases/concatenation-rle.dcm",
     "rle",
     {"edge-cases/concatenation-rle-1.dcm", "edge-cases/concatenation-rle-2.dcm", "edge-cases/concatenation-rle-3.dcm"},
     {"the first of three instances of a Concatenation with encapsulated frames",
      "the second instance of a Concatenation: offsets are those in its own Pixel Data (7FE0,0010)",
      "the last instance of a Concatenation with encapsulated frames"}},
};

static dseg_status put_planes(dseg_writer *writer, void *context, dseg_error *error) {
  phantom *made = context;
  uint16_t plane[COLUMNS * ROWS];
  for (size_t i = 0; i < PLANES; i++) {
    DSEG_TRY(phantom_read_plane(made, i, plane, NULL, error));
    DSEG_TRY(dseg_writer_write_labels(writer, i, plane, 16, error));
  }
  return DSEG_OK;
}

static int write_parts(samples_job *job, const concatenation *wanted, phantom *made) {
  const samples_object object = {.file = wanted->file,
                                 .representation = "labelmap",
                                 .frame_codec = wanted->frame_codec,
                                 .empty_frames = DSEG_EMPTY_KEEP,
                                 .part_bytes = (uint64_t)FRAMES_OF_PART * COLUMNS * ROWS};
  for (size_t i = 0; i < PARTS; i++) { /* the writer makes these names of the first */
    samples_stage_note(job->stage, wanted->parts[i]);
  }
  int code = samples_write_object(job, &object, made->description, put_planes, made);
  for (size_t i = 0; code == CLI_OK && i < PARTS; i++) {
    code = samples_keep_own(job, SAMPLES_EDGE_CASE, wanted->parts[i], wanted->purposes[i]);
  }
  return code;
}

int samples_make_parts(samples_job *job) {
  const phantom_spec spec = {.labels = LABELS, .size = {COLUMNS, ROWS, PLANES}};
  phantom made;
  dseg_error error = {DSEG_OK, ""};
  const dseg_status status = phantom_create(&made, &spec, &error);
  int code = status == DSEG_OK ? CLI_OK : cli_fail(all[0].file, status, &error);
  for (size_t i = 0; code == CLI_OK && i < sizeof all / sizeof all[0]; i++) {
    code = write_parts(job, &all[i], &made);
  }
  phantom_destroy(&made);
  return code;
}
