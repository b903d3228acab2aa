/* SPDX-License-Identifier: Apache-2.0 */
/* edge.c - small objects that are valid but uncommon, each from a phantom by commands that anyone can repeat;
 * for what no command of dseg makes, see samples_objects.c. */
#include <errno.h>
#include <string.h>

#include "os/os.h"
#include "samples/samples.h"

/* One command. Words that begin with '@' are files of the set. */
typedef struct step {
  const char *file;    /* what it makes */
  const char *purpose; /* NULL: others are made from it */
  const char *words[16];
} step;

/* A transfer syntax with frames that a library compresses. */
#define COMPRESSED "%compressed"

static const step steps[] = {
    {"edge-cases/source.seg.nrrd",
     NULL,
     {"phantom", "@edge-cases/source.seg.nrrd", "--size", "64x48x12", "--labels", "20"}},
    {"edge-cases/source-odd.seg.nrrd",
     NULL,
     {"phantom", "@edge-cases/source-odd.seg.nrrd", "--size", "23x38x6", "--spacing", "17x11x42", "--labels", "3"}},
    {"edge-cases/source-overlap.seg.nrrd",
     NULL,
     {"phantom", "@edge-cases/source-overlap.seg.nrrd", "--size", "40x40x10", "--labels", "112", "--overlap"}},
    {"edge-cases/source-300.seg.nrrd",
     NULL,
     {"phantom", "@edge-cases/source-300.seg.nrrd", "--size", "64x48x12", "--labels", "300"}},
    {"edge-cases/one-frame-binary.dcm",
     "a single frame of a single segment",
     {"convert", "@edge-cases/source.seg.nrrd", "@edge-cases/one-frame-binary.dcm", "--as", "binary", "--planes", "6",
      "--segments", "1"}},
    {"edge-cases/one-frame-labelmap.dcm",
     "a single frame of a label map",
     {"convert", "@edge-cases/source.seg.nrrd", "@edge-cases/one-frame-labelmap.dcm", "--as", "labelmap", "--planes",
      "6"}},
    {"edge-cases/not-byte-aligned.dcm",
     "1-bit frames of 38 x 23 pixels: all but the first begin within a byte (PS3.5 8.1.1)",
     {"convert", "@edge-cases/source-odd.seg.nrrd", "@edge-cases/not-byte-aligned.dcm", "--as", "binary"}},
    {"edge-cases/overlap.dcm",
     "segments that overlap: Segments Overlap (0062,0013) is YES",
     {"convert", "@edge-cases/source-overlap.seg.nrrd", "@edge-cases/overlap.dcm", "--as", "binary"}},
    {"edge-cases/number-gaps.dcm",
     "a label map whose Segment Numbers are 2, 5, 11, 12, 13, 20",
     {"convert", "@edge-cases/source.seg.nrrd", "@edge-cases/number-gaps.dcm", "--as", "labelmap",
      "--segments=2,5,11-13", "--segments=20"}},
    {"edge-cases/300-segments.dcm",
     "a label map of 300 segments: 16 bits for each pixel",
     {"convert", "@edge-cases/source-300.seg.nrrd", "@edge-cases/300-segments.dcm", "--as", "labelmap"}},
    {"edge-cases/empty-frames-omitted.dcm",
     "no frame without a voxel: the first and the last plane of the volume are not there",
     {"convert", "@edge-cases/source-odd.seg.nrrd", "@edge-cases/empty-frames-omitted.dcm", "--as", "binary",
      "--empty-frames", "omit"}},
    {"edge-cases/empty-frames-kept.dcm",
     "a frame for every segment in every plane, empty ones too",
     {"convert", "@edge-cases/source-odd.seg.nrrd", "@edge-cases/empty-frames-kept.dcm", "--as", "binary",
      "--empty-frames", "keep"}},
    {"edge-cases/palette-color.dcm",
     "a label map with PALETTE COLOR: colours stand in a palette, not with the segments",
     {"convert", "@edge-cases/source.seg.nrrd", "@edge-cases/palette-color.dcm", "--as", "labelmap", "--option",
      "palette=1"}},
    {"edge-cases/basic-offset-table.dcm",
     "encapsulated frames found by a Basic Offset Table (PS3.5 A.4)",
     {"convert", "@edge-cases/source.seg.nrrd", "@edge-cases/basic-offset-table.dcm", "--as", "labelmap",
      "--transfer-syntax", COMPRESSED, "--offset-table", "basic"}},
    {"edge-cases/extended-offset-table.dcm",
     "encapsulated frames found by an Extended Offset Table (7FE0,0001)",
     {"convert", "@edge-cases/source.seg.nrrd", "@edge-cases/extended-offset-table.dcm", "--as", "labelmap",
      "--transfer-syntax", COMPRESSED, "--offset-table", "extended"}},
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

static int run_step(samples_job *job, const step *made) {
  samples_command command = {0};
  for (size_t i = 0; made->words[i] != NULL; i++) {
    const char *word = made->words[i];
    if (strcmp(word, COMPRESSED) == 0) {
      word = compressing_codec();
      if (word == NULL) {
        cli_note(made->file, "left out: this build compresses no frames");
        return CLI_OK;
      }
    }
    if (*word == '@') {
      samples_add_file(&command, job, word + 1);
    } else {
      samples_add(&command, word);
    }
  }
  if (made->purpose != NULL) { /* an object */
    samples_add_seed(&command, made->file);
  }
  dseg_error refusal = {DSEG_OK, ""};
  const int code = samples_run(&command, job, &refusal);
  if (code != CLI_OK) {
    return refusal.status != DSEG_OK ? cli_fail(made->file, refusal.status, &refusal) : code;
  }
  return samples_keep(job, made->purpose != NULL ? SAMPLES_EDGE_CASE : SAMPLES_SOURCE, made->file, command.text,
                      made->purpose);
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
  samples_command command = {0};
  snprintf(picture, sizeof picture, "%.*s.png", (int)(strlen(item->file) - strlen(".dcm")), item->file);
  samples_add(&command, "preview");
  samples_add_file(&command, job, item->file);
  samples_add_file(&command, job, picture);
  return samples_run(&command, job, NULL);
}

int samples_make_edge_cases(samples_job *job) {
  int code = samples_make_subdirectory(job, "edge-cases");
  for (size_t i = 0; code == CLI_OK && i < sizeof steps / sizeof steps[0]; i++) {
    code = run_step(job, &steps[i]);
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
