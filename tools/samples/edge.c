/* SPDX-License-Identifier: Apache-2.0 */
/* edge.c - small objects that are valid but uncommon, each from a phantom by commands that anyone can repeat;
 * for what no command of dseg makes, see objects.c. */
#include <errno.h>
#include <string.h>

#include "os/os.h"
#include "samples/samples.h"

/* What objects are made of. */
typedef struct volume {
  const char *file;
  phantom_spec spec;
} volume;

#define SMALL "edge-cases/source.seg.nrrd"
#define ODD "edge-cases/source-odd.seg.nrrd"
#define OVERLAPPING "edge-cases/source-overlap.seg.nrrd"
#define MANY "edge-cases/source-300.seg.nrrd"

static const volume volumes[] = {
    {SMALL, {.size = {64, 48, 12}, .labels = 20}},
    {ODD, {.size = {23, 38, 6}, .spacing = {17, 11, 42}, .labels = 3}},
    {OVERLAPPING, {.size = {40, 40, 10}, .labels = 112, .overlap = true}},
    {MANY, {.size = {64, 48, 12}, .labels = 300}},
};

typedef struct object {
  const char *purpose;
  samples_conversion made;
  bool is_compressed; /* in a transfer syntax with frames that a library compresses */
} object;

static const object objects[] = {
    {.purpose = "a single frame of a single segment",
     .made = {.input = SMALL,
              .output = "edge-cases/one-frame-binary.dcm",
              .representation = "binary",
              .plane = 6,
              .segments = {"1"}}},
    {.purpose = "a single frame of a label map",
     .made = {.input = SMALL, .output = "edge-cases/one-frame-labelmap.dcm", .representation = "labelmap", .plane = 6}},
    {.purpose = "1-bit frames of 38 x 23 pixels: all but the first begin within a byte (PS3.5 8.1.1)",
     .made = {.input = ODD, .output = "edge-cases/not-byte-aligned.dcm", .representation = "binary"}},
    {.purpose = "segments that overlap: Segments Overlap (0062,0013) is YES",
     .made = {.input = OVERLAPPING, .output = "edge-cases/overlap.dcm", .representation = "binary"}},
    {.purpose = "the same segments in a label map: a pixel value may stand for several (proposal label-sets)",
     .made = {.input = OVERLAPPING,
              .output = "edge-cases/experimental-label-sets.dcm",
              .representation = "label-sets"}},
    {.purpose = "the same as an implicit volume, without Per-Frame Functional Groups (proposals label-sets, volume)",
     .made = {.input = OVERLAPPING,
              .output = "edge-cases/experimental-sets-volume.dcm",
              .representation = "label-sets",
              .option = {"volume", 1}}},
    {.purpose = "a label map whose Segment Numbers are 2, 5, 11, 12, 13, 20",
     .made = {.input = SMALL,
              .output = "edge-cases/number-gaps.dcm",
              .representation = "labelmap",
              .segments = {"2,5,11-13", "20"}}},
    {.purpose = "a label map of 300 segments: 16 bits for each pixel",
     .made = {.input = MANY, .output = "edge-cases/300-segments.dcm", .representation = "labelmap"}},
    {.purpose = "no frame without a voxel: the first and the last plane of the volume are not there",
     .made = {.input = ODD,
              .output = "edge-cases/empty-frames-omitted.dcm",
              .representation = "binary",
              .empty_frames = DSEG_EMPTY_OMIT}},
    {.purpose = "a frame for every segment in every plane, empty ones too",
     .made = {.input = ODD,
              .output = "edge-cases/empty-frames-kept.dcm",
              .representation = "binary",
              .empty_frames = DSEG_EMPTY_KEEP}},
    {.purpose = "a label map with PALETTE COLOR: colours stand in a palette, not with the segments",
     .made = {.input = SMALL,
              .output = "edge-cases/palette-color.dcm",
              .representation = "labelmap",
              .option = {"palette", 1}}},
    {.purpose = "encapsulated frames found by a Basic Offset Table (PS3.5 A.4)",
     .made = {.input = SMALL,
              .output = "edge-cases/basic-offset-table.dcm",
              .representation = "labelmap",
              .has_offset_table = true},
     .is_compressed = true},
    {.purpose = "encapsulated frames found by an Extended Offset Table (7FE0,0001)",
     .made = {.input = SMALL,
              .output = "edge-cases/extended-offset-table.dcm",
              .representation = "labelmap",
              .has_offset_table = true,
              .offset_table = DSEG_OFFSET_TABLE_EXTENDED},
     .is_compressed = true},
    {.purpose = "a proposal: BINARY as an implicit volume, a bit for each place of a frame (proposals/volume)",
     .made = {.input = SMALL,
              .output = "edge-cases/experimental-volume-binary.dcm",
              .representation = "binary-volume",
              .empty_frames = DSEG_EMPTY_OMIT}},
    {.purpose = "a proposal: the same beside full functional groups, in the standard's SOP Class (proposals/volume)",
     .made = {.input = SMALL,
              .output = "edge-cases/experimental-volume-dual.dcm",
              .representation = "binary-volume",
              .option = {"dual", 1},
              .empty_frames = DSEG_EMPTY_OMIT}},
};

/* The first of the standard's in the registry. */
static const char *compressing_codec(void) {
  for (size_t i = 0; dseg_frame_codec_at(i) != NULL; i++) {
    const dseg_frame_codec *codec = dseg_frame_codec_at(i);
    const uint32_t wanted = DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_BITS_8;
    const uint32_t unwanted = DSEG_PLUGIN_NATIVE | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_LOSSY;
    if ((codec->flags & wanted) == wanted && (codec->flags & unwanted) == 0 && codec->library_version != NULL) {
      return codec->name;
    }
  }
  return NULL;
}

static int make_object(samples_job *job, const object *wanted) {
  samples_conversion made = wanted->made;
  samples_command command = {0};
  dseg_error refusal = {DSEG_OK, ""};
  if (wanted->is_compressed) {
    made.frame_codec = compressing_codec();
    if (made.frame_codec == NULL) {
      cli_note(made.output, "left out: this build compresses no frames");
      return CLI_OK;
    }
  }
  const int code = samples_convert(job, &made, &command, &refusal);
  if (code != CLI_OK) {
    return refusal.status != DSEG_OK ? cli_fail(made.output, refusal.status, &refusal) : code;
  }
  return samples_keep(job, SAMPLES_EDGE_CASE, made.output, command.text, wanted->purpose);
}

static int make_volume(samples_job *job, const volume *wanted) {
  samples_command command = {0};
  const int code = samples_make_phantom(job, wanted->file, &wanted->spec, NULL, &command);
  return code == CLI_OK ? samples_keep(job, SAMPLES_SOURCE, wanted->file, command.text, NULL) : code;
}

int samples_make_subdirectory(const samples_job *job, const char *name) {
  char path[SAMPLES_PATH];
  samples_path(job, name, path);
  const int number = os_make_directory(path);
  if (number != 0 && number != EEXIST) {
    cli_error(path, "cannot be made: %s", strerror(number));
    return CLI_OUTPUT;
  }
  return CLI_OK;
}

static int draw(const samples_job *job, const sample *item) {
  char picture[SAMPLES_NAME];
  snprintf(picture, sizeof picture, "%.*s.png", (int)(strlen(item->file) - strlen(".dcm")), item->file);
  return samples_draw(job, item->file, false, picture);
}

int samples_make_edge_cases(samples_job *job) {
  int code = samples_make_subdirectory(job, "edge-cases");
  for (size_t i = 0; code == CLI_OK && i < sizeof volumes / sizeof volumes[0]; i++) {
    code = make_volume(job, &volumes[i]);
  }
  for (size_t i = 0; code == CLI_OK && i < sizeof objects / sizeof objects[0]; i++) {
    code = make_object(job, &objects[i]);
  }
  if (code == CLI_OK) {
    code = samples_make_objects(job);
  }
  for (size_t i = 0; code == CLI_OK && i < job->sample_count; i++) {
    if (job->samples[i].group == SAMPLES_EDGE_CASE) {
      code = draw(job, &job->samples[i]);
    }
  }
  return code;
}
