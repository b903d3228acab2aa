/* SPDX-License-Identifier: Apache-2.0 */
/* parts.c - edge cases that are Concatenations: an object in several instances, each with some of its frames
 * (PS3.3 C.7.6.16.2.2.4). */
#include <stdlib.h>

#include "cli/environment.h"
#include "phantom/phantom.h"
#include "samples/samples.h"

enum { COLUMNS = 30, ROWS = 22, PLANES = 8, LABELS = 6, FRAMES_OF_PART = 3, PARTS = 3 };

typedef struct concatenation {
  const char *file; /* "-1" and so on come before its suffix */
  const char *representation, *frame_codec;
  uint64_t part_bytes; /* of uncompressed frames */
  const char *parts[PARTS];
  const char *purposes[PARTS];
} concatenation;

static const concatenation all[] = {
    {"edge-cases/concatenation-native.dcm",
     "labelmap",
     "explicit-le",
     (uint64_t)FRAMES_OF_PART *COLUMNS *ROWS,
     {"edge-cases/concatenation-native-1.dcm", "edge-cases/concatenation-native-2.dcm",
      "edge-cases/concatenation-native-3.dcm"},
     {"the first of three instances that are one object, a Concatenation",
      "the second instance of a Concatenation: its first frame is the fourth of the object",
      "the last instance of a Concatenation, shorter than the others"}},
    {"edge-cases/concatenation-rle.dcm",
     "labelmap",
     "rle",
     (uint64_t)FRAMES_OF_PART *COLUMNS *ROWS,
     {"edge-cases/concatenation-rle-1.dcm", "edge-cases/concatenation-rle-2.dcm", "edge-cases/concatenation-rle-3.dcm"},
     {"the first of three instances of a Concatenation with encapsulated frames",
      "the second instance of a Concatenation: offsets are those in its own Pixel Data (7FE0,0010)",
      "the last instance of a Concatenation with encapsulated frames"}},
};

static dseg_status put_planes(dseg_writer *writer, phantom *made, dseg_error *error) {
  uint16_t plane[COLUMNS * ROWS];
  for (size_t i = 0; i < PLANES; i++) {
    DSEG_TRY(phantom_read_plane(made, i, plane, NULL, error));
    DSEG_TRY(dseg_writer_write_labels(writer, i, plane, 16, error));
  }
  return dseg_writer_finish(writer, error);
}

static int write_parts(samples_job *job, const concatenation *wanted, phantom *made) {
  char path[SAMPLES_PATH];
  char seed[SAMPLES_NAME + 16];
  dseg_error error = {DSEG_OK, ""};
  dseg_writer *writer = NULL;
  samples_path(job, wanted->file, path);
  snprintf(seed, sizeof seed, "samples/%s", wanted->file);
  for (size_t i = 0; i < PARTS; i++) { /* the writer makes these names of the first */
    samples_stage_note(job->stage, wanted->parts[i]);
  }
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation = wanted->representation,
                                      .frame_codec = wanted->frame_codec,
                                      .empty_frames = DSEG_EMPTY_KEEP,
                                      .concatenation = true,
                                      .part_bytes = wanted->part_bytes,
                                      .uid_seed = seed,
                                      .date_time = cli_date_time(),
                                      .threads = job->threads};
  dseg_status status = dseg_writer_create(path, made->description, &options, &writer, &error);
  if (status == DSEG_OK) {
    status = put_planes(writer, made, &error);
  }
  dseg_writer_destroy(writer);
  if (status != DSEG_OK) {
    return cli_fail(path, status, &error);
  }
  int code = CLI_OK;
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
