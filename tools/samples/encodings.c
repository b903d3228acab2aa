/* SPDX-License-Identifier: Apache-2.0 */
/* encodings.c - the source in research formats, and in every encoding that the registry offers for it.
 *
 * The first object is made from the source, and every other one from that, so that all share patient, study and frame
 * of reference. What an encoding cannot hold is known from its refusal, and becomes a gap with the reason. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/environment.h"
#include "samples/samples.h"

static int add_gap(samples_job *job, const dseg_representation *representation, const dseg_frame_codec *codec,
                   const char *reason) {
  samples_gap *gaps = cli_grow(job->gaps, job->gap_count, &job->gap_room, sizeof *gaps);
  if (gaps == NULL) {
    cli_error(NULL, "out of memory");
    return CLI_INPUT;
  }
  job->gaps = gaps;
  samples_gap *gap = &job->gaps[job->gap_count++];
  *gap = (samples_gap){.representation = representation, .codec = codec};
  snprintf(gap->reason, sizeof gap->reason, "%s", reason);
  return CLI_OK;
}

/* Why the source cannot have this representation at all; NULL when it may. */
static const char *unsuitable(const samples_job *job, const dseg_representation *representation) {
  if ((representation->flags & DSEG_PLUGIN_CAN_WRITE) == 0) {
    return "this program only reads it";
  }
  if (job->fractions && (representation->flags & DSEG_PLUGIN_FRACTIONS) == 0) {
    return "the source holds fractions, which would be lost (PS3.3 C.8.20.2)";
  }
  if (job->overlap && representation->put_mask == NULL) {
    return "segments of the source overlap, and each pixel of a label map is one segment's (PS3.3 C.8.20.2)";
  }
  return NULL;
}

static const char *unsuitable_codec(const samples_job *job, const dseg_representation *representation,
                                    const dseg_frame_codec *codec) {
  if ((codec->flags & DSEG_PLUGIN_CAN_WRITE) == 0) {
    return "this program only reads it";
  }
  if ((codec->flags & DSEG_PLUGIN_LOSSY) == 0) {
    return NULL;
  }
  if ((representation->flags & DSEG_PLUGIN_FRACTIONS) == 0) {
    return "lossy: other values would mean other segments (PS3.3 C.8.20.2.2)";
  }
  return job->lossy ? NULL : "lossy: --lossy adds it";
}

/* A representation that shares its Segmentation Type has that one's pixels, of which there are samples in all codecs:
 * one in a transfer syntax of the standard and one in a proposal's show what it says around them. */
static bool is_shown(const samples_job *job, const dseg_representation *representation, const dseg_frame_codec *codec) {
  const bool shares = dseg_find_representation(representation->segmentation_type) != representation;
  return !shares || job->only_count > 0 || strcmp(codec->name, "explicit-le") == 0 ||
         strcmp(codec->name, "label-edge") == 0;
}

/* Lossless samples all hold the same voxels. */
static int check_voxels(const samples_job *job, const sample *item) {
  for (size_t i = 0; i < job->sample_count; i++) {
    const sample *first = &job->samples[i];
    if (first->group == SAMPLES_ENCODING && (first->codec->flags & DSEG_PLUGIN_LOSSY) == 0) {
      if ((item->codec->flags & DSEG_PLUGIN_LOSSY) == 0 && strcmp(first->voxel_hash, item->voxel_hash) != 0) {
        cli_error(item->file, "decodes to other voxels than %s", first->file);
        return CLI_OUTPUT;
      }
      break;
    }
  }
  return CLI_OK;
}

/* Whether it was asked for; codec NULL: any codec of the representation. */
static bool is_wanted(const samples_job *job, const dseg_representation *representation,
                      const dseg_frame_codec *codec) {
  for (size_t i = 0; i < job->only_count; i++) {
    const char *only = job->only[i];
    const size_t length = strlen(representation->name);
    const bool same = strncmp(only, representation->name, length) == 0;
    if (same && (only[length] == '\0' ||
                 (only[length] == '/' && (codec == NULL || strcmp(only + length + 1, codec->name) == 0)))) {
      return true;
    }
  }
  return job->only_count == 0;
}

/* base: the object that others are made from; its name is empty as long as there is none. */
static int make_encoding(samples_job *job, const dseg_representation *representation, const dseg_frame_codec *codec,
                         char base[SAMPLES_NAME]) {
  const bool experimental = ((representation->flags | codec->flags) & DSEG_PLUGIN_EXPERIMENTAL) != 0;
  char name[SAMPLES_NAME];
  const int length = snprintf(name, sizeof name, "%s%s-%s.dcm", experimental ? "experimental-" : "",
                              representation->name, codec->name);
  if (length < 0 || (size_t)length >= sizeof name) {
    return add_gap(job, representation, codec, "its name is too long for that of a file");
  }
  const samples_conversion made = {.input = base[0] != '\0' ? base : NULL,
                                   .output = name,
                                   .representation = representation->name,
                                   .frame_codec = codec->name};
  samples_command command = {0};
  dseg_error refusal = {DSEG_OK, ""};
  int code = samples_convert(job, &made, &command, &refusal);
  if (code == CLI_OUTPUT && refusal.status != DSEG_OK) {
    return add_gap(job, representation, codec, refusal.message);
  }
  if (code != CLI_OK) {
    return code;
  }
  code = samples_keep(job, SAMPLES_ENCODING, name, command.text, NULL);
  if (code == CLI_OK) {
    code = check_voxels(job, &job->samples[job->sample_count - 1]);
  }
  if (base[0] == '\0' && (codec->flags & DSEG_PLUGIN_LOSSY) == 0) {
    memcpy(base, name, sizeof name);
  }
  return code;
}

int samples_make_encodings(samples_job *job) {
  char base[SAMPLES_NAME] = "";
  int code = CLI_OK;
  for (size_t i = 0; code == CLI_OK && dseg_representation_at(i) != NULL; i++) {
    const dseg_representation *representation = dseg_representation_at(i);
    const char *reason = unsuitable(job, representation);
    if (!is_wanted(job, representation, NULL)) {
      continue;
    }
    if (reason != NULL) {
      code = add_gap(job, representation, NULL, reason);
      continue;
    }
    for (size_t j = 0; code == CLI_OK && dseg_frame_codec_at(j) != NULL; j++) {
      const dseg_frame_codec *codec = dseg_frame_codec_at(j);
      if (!is_wanted(job, representation, codec) || !is_shown(job, representation, codec)) {
        continue;
      }
      reason = unsuitable_codec(job, representation, codec);
      code = reason != NULL ? add_gap(job, representation, codec, reason)
                            : make_encoding(job, representation, codec, base);
    }
  }
  if (code == CLI_OK && base[0] == '\0') {
    cli_error(job->source, "no encoding of this build%s can hold it", job->only_count > 0 ? " that was asked for" : "");
    code = CLI_INPUT;
  }
  return code;
}

/* What the source holds decides which encodings there are. */
static int look_at_source(samples_job *job) {
  char room[SAMPLES_PATH];
  const char *shown = NULL;
  const char *path = samples_find_source(job, room, &shown);
  cli_warnings warnings = {.file = path};
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options),
                                     .warnings = cli_warning_sink(&warnings),
                                     .threads = job->threads,
                                     .temporary_directory = cli_temporary_directory(),
                                     .memory_limit = cli_memory_limit()};
  dseg_source *source = NULL;
  dseg_error error = {DSEG_OK, ""};
  char hex[SAMPLES_HEX];
  dseg_status status = dseg_open(path, &options, &source, &error);
  if (status == DSEG_OK) {
    const dseg_description *description = dseg_source_description(source);
    const dseg_voxel_kind kind = description->kind;
    job->geometry = description->geometry;
    job->geometry.planes = NULL; /* they end with the source */
    job->segment_count = description->segment_count;
    job->fractions = kind == DSEG_VOXELS_PROBABILITY || kind == DSEG_VOXELS_OCCUPANCY;
    status = samples_hash_voxels(source, path, job->fractions, job->threads, hex, &job->overlap, &error);
  }
  dseg_source_close(source);
  cli_warnings_end(&warnings);
  return status == DSEG_OK ? CLI_OK : cli_fail(path, status, &error);
}

/* A volume that cannot hold the source is left out. */
static int make_volume(samples_job *job, const char *name) {
  const samples_conversion made = {.output = name};
  samples_command command = {0};
  dseg_error refusal = {DSEG_OK, ""};
  const bool layered = strcmp(name, "source.seg.nrrd") == 0;
  if (layered ? job->fractions : job->overlap) {
    return CLI_OK;
  }
  const int code = samples_convert(job, &made, &command, &refusal);
  if (code == CLI_OUTPUT && refusal.status != DSEG_OK) {
    cli_note(name, "left out: %s", refusal.message);
    return CLI_OK;
  }
  return code == CLI_OK ? samples_keep(job, SAMPLES_SOURCE, name, command.text, NULL) : code;
}

static int make_phantom(samples_job *job) {
  const phantom_spec spec = {.labels = PHANTOM_DEFAULT_LABELS, .size = {192, 192, 120}};
  samples_command command = {0};
  job->image_count = spec.size[2];
  for (size_t i = 0; i < job->image_count; i++) {
    char name[SAMPLES_NAME];
    (void)snprintf(name, sizeof name, SAMPLES_IMAGE_NAME, i + 1);
    samples_stage_note(job->stage, name);
  }
  const int code = samples_make_phantom(job, "source.seg.nrrd", &spec, SAMPLES_IMAGES, &command);
  return code == CLI_OK ? samples_keep(job, SAMPLES_SOURCE, "source.seg.nrrd", command.text, NULL) : code;
}

int samples_make_source(samples_job *job) {
  int code = job->is_phantom ? make_phantom(job) : samples_replace_identity(job);
  if (code == CLI_OK) {
    code = look_at_source(job);
  }
  if (code == CLI_OK) {
    code = make_volume(job, "source.nii.gz");
  }
  if (code == CLI_OK && !job->is_phantom) {
    code = make_volume(job, "source.seg.nrrd");
  }
  return code;
}
