/* SPDX-License-Identifier: Apache-2.0 */
/* make_corpus.c - writes a small file of every kind that the library writes: the seeds for fuzzing, and what the
 * truncation test cuts. A new entry in the registry is covered without a change here.
 *
 * usage: make_corpus DIRECTORY       makes DIRECTORY/dicom, nifti, nrrd, metaimage, metadata, frames and interpret */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dseg/proposals.h"
#include "frame_input.h"
#include "plugin/linked.h"
#include "truth.h"

static char base[700];

static void stop(const char *what, const dseg_error *error) {
  fprintf(stderr, "%s: %s\n", what, error != NULL ? error->message : strerror(errno));
  exit(1);
}

static const char *path_in(const char *folder, const char *name) {
  static char path[1000];
  snprintf(path, sizeof path, "%s/%s", base, folder);
  if (mkdir(path, 0777) != 0 && errno != EEXIST) {
    stop(path, NULL);
  }
  snprintf(path, sizeof path, "%s/%s/%s", base, folder, name);
  return path;
}

static dseg_status write_voxels(dseg_writer *writer, const truth_volume *truth, dseg_error *error) {
  uint16_t labels[400];
  uint8_t mask[400];
  for (size_t plane = 0; plane < truth->which->planes; plane++) {
    if (truth->indices != NULL) {
      truth_plane_labels(truth, plane, 16, labels);
      DSEG_TRY(dseg_writer_write_labels(writer, plane, labels, 16, error));
      continue;
    }
    for (size_t segment = 0; segment < truth->which->segments; segment++) {
      for (size_t i = 0; i < truth->plane_voxels; i++) {
        mask[i] = truth_mask_at(truth, segment, plane * truth->plane_voxels + i);
      }
      DSEG_TRY(dseg_writer_write_mask(writer, plane, segment, mask, error));
    }
  }
  return dseg_writer_finish(writer, error);
}

/* Whether a representation is a proposal for what is said around the frames of another. */
static bool shares_pixels(const dseg_representation *representation) {
  return dseg_find_representation(representation->segmentation_type) != representation;
}

/* Two images, the second of which has frames, for some of the planes. */
static void add_sources(dseg_description *description) {
  static const dseg_instance_reference images[] = {
      {.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2", .sop_instance_uid = "1.2.3.1", .series_uid = "1.2.3.9"},
      {.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2.1",
       .sop_instance_uid = "1.2.3.2",
       .series_uid = "1.2.3.9",
       .frame = 3},
  };
  description->references = (dseg_references){.instances = images, .count = 2};
  for (size_t i = 0; i < description->geometry.plane_count; i++) {
    description->geometry.planes[i].source = (int32_t)(i % 3) - 1;
  }
}

/* Pairs that do not go together are refused, and give no seed. option: NULL, or one of the representation's at its
 * maximum. */
static size_t write_dicom(const char *folder, const dseg_representation *representation, const dseg_frame_codec *codec,
                          const dseg_option *option, const truth_case *which) {
  truth_volume truth;
  truth_make(&truth, which, (representation->flags & DSEG_PLUGIN_SEGMENT_FRAMES) != 0);
  char name[200];
  const dseg_option_value value = {option != NULL ? option->name : "", option != NULL ? option->maximum : 0};
  snprintf(name, sizeof name, "%s-%s%s%s-%s.dcm", which->name, representation->name, option != NULL ? "-" : "",
           value.name, codec->name);
  if (shares_pixels(representation)) {
    add_sources(truth.description);
  }
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation = representation->name,
                                      .representation_options = &value,
                                      .representation_option_count = option != NULL ? 1 : 0,
                                      .frame_codec = codec->name,
                                      .replace = true,
                                      .uid_seed = name};
  dseg_writer *writer = NULL;
  dseg_error error = {0};
  dseg_status status = dseg_writer_create(path_in(folder, name), truth.description, &options, &writer, &error);
  if (status == DSEG_OK) {
    status = write_voxels(writer, &truth, &error);
  }
  dseg_writer_destroy(writer);
  truth_free(&truth);
  return status == DSEG_OK;
}

/* Each option of a representation. */
static size_t write_options(const char *folder, const dseg_representation *representation, const truth_case *cases,
                            size_t case_count) {
  const dseg_frame_codec *codec = dseg_find_frame_codec("explicit-le");
  size_t count = 0;
  for (const dseg_option *option = representation->options; option != NULL && option->name != NULL; option++) {
    for (size_t k = 0; k < case_count; k++) {
      count += write_dicom(folder, representation, codec, option, &cases[k]);
    }
  }
  return count;
}

/* Of the registry's representations from first on, with the codecs that have one of these flags; 0: all. */
static size_t write_all_dicom(const char *folder, size_t first, uint32_t flags) {
  static const truth_case cases[] = {
      {"labels", DSEG_VOXELS_LABELS, 7, 9, 4, 2, NUMBERS_CONSECUTIVE, FILL_NOISE},
      {"gaps", DSEG_VOXELS_LABELS, 5, 6, 3, 6, NUMBERS_WITH_GAPS, FILL_NOISE},
      {"overlap", DSEG_VOXELS_MASKS, 11, 13, 5, 2, NUMBERS_CONSECUTIVE, FILL_OVERLAP},
      {"fractions", DSEG_VOXELS_PROBABILITY, 5, 6, 2, 2, NUMBERS_CONSECUTIVE, FILL_FRACTIONS},
  };
  size_t count = 0;
  const dseg_representation *representation;
  for (size_t i = first; (representation = dseg_representation_at(i)) != NULL; i++) {
    const uint32_t wanted =
        shares_pixels(representation) ? DSEG_PLUGIN_NATIVE : flags; /* pixels have their own seeds */
    const dseg_frame_codec *codec;
    for (size_t j = 0; (codec = dseg_frame_codec_at(j)) != NULL; j++) {
      for (size_t k = 0; (wanted == 0 || (codec->flags & wanted) != 0) && k < sizeof cases / sizeof cases[0]; k++) {
        count += write_dicom(folder, representation, codec, NULL, &cases[k]);
      }
    }
    count += shares_pixels(representation)
                 ? write_options(folder, representation, cases, sizeof cases / sizeof cases[0])
                 : 0;
  }
  return count;
}

/* Whether an error is that this build lacks a library, which the test's output says then. */
static bool lacks_library(const char *what, dseg_status status, const dseg_error *error) {
  const bool lacks = status == DSEG_ERROR_UNSUPPORTED && strstr(error->message, "DSEG_WITH_") != NULL;
  if (lacks) {
    printf("skipped: seed %s: %s\n", what, error->message);
  }
  return lacks;
}

static void write_volume(const char *folder, const char *name, const truth_volume *truth, unsigned bits,
                         int compression) {
  uint8_t *voxels = calloc(truth->voxels, 4);
  if (voxels == NULL) {
    stop(name, NULL);
  }
  for (size_t plane = 0; plane < truth->which->planes; plane++) {
    truth_plane_labels(truth, plane, bits, voxels + plane * truth->plane_voxels * bits / 8);
  }
  dseg_volume volume = {.struct_size = sizeof(dseg_volume),
                        .description = truth->description,
                        .bits = bits,
                        .layer_count = 1,
                        .voxels = voxels};
  dseg_error error = {0};
  const dseg_volume_write_options options = {
      .struct_size = sizeof(dseg_volume_write_options), .compression = compression, .replace = true, .threads = 1};
  dseg_status status = dseg_geometry_to_grid(&truth->description->geometry, &volume.grid, NULL, &error);
  if (status == DSEG_OK) {
    status = dseg_volume_write(path_in(folder, name), &volume, &options, &error);
  }
  if (status != DSEG_OK && !lacks_library(name, status, &error)) {
    stop(name, &error);
  }
  free(voxels);
}

static void write_metadata(const char *name, const truth_volume *truth, const dseg_metadata_files *files) {
  dseg_error error = {0};
  const dseg_status status = dseg_metadata_write(path_in("metadata", name), truth->description, files, true, &error);
  if (status != DSEG_OK && !lacks_library(name, status, &error)) {
    stop(name, &error);
  }
}

static void write_all_volumes(void) {
  static const truth_case which = {"gaps", DSEG_VOXELS_LABELS, 5, 6, 3, 6, NUMBERS_WITH_GAPS, FILL_NOISE};
  truth_volume truth;
  truth_make(&truth, &which, false);
  for (unsigned bits = 16; bits <= 32; bits *= 2) {
    char name[40];
    static const struct {
      const char *folder, *suffix;
      int compression;
    } kinds[] = {{"nifti", "nii", -1},     {"nifti", "nii.gz", 0},    {"nrrd", "nrrd", -1},
                 {"nrrd", "gz.nrrd", 0},   {"nrrd", "seg.nrrd", -1},  {"nrrd", "gz.seg.nrrd", 0},
                 {"metaimage", "mha", -1}, {"metaimage", "gz.mha", 0}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
      snprintf(name, sizeof name, "labels%u.%s", bits, kinds[i].suffix);
      write_volume(kinds[i].folder, name, &truth, bits, kinds[i].compression);
    }
  }
  write_metadata("one-file.json", &truth, NULL);
  static const dseg_segment_origin origins[6] = {{0, 1}, {0, 2}, {1, 1}, {1, 300}, {1, 301}, {1, 302}};
  const char *const names[] = {"one.nrrd", "two.nrrd"};
  const dseg_metadata_files files = {
      .struct_size = sizeof(dseg_metadata_files), .count = 2, .origins = origins, .names = names};
  write_metadata("two-files.json", &truth, &files);
  truth_free(&truth);
}

/* Three discs, the second within the first. */
static uint16_t pixel(uint32_t row, uint32_t column) {
  const uint32_t y = row % 40, x = column % 40;
  const uint32_t square = (y - 20) * (y - 20) + (x - 20) * (x - 20);
  return square < 30 ? 2 : square < 200 ? 1 : square > 600 ? 300 : 0;
}

static void fill_frame(const dseg_frame_info *info, bool noise, uint8_t *frame) {
  uint32_t random = 1;
  size_t i = 0;
  for (uint32_t row = 0; row < info->rows; row++) {
    for (uint32_t column = 0; column < info->columns; column++, i++) {
      random = random * 1664525u + 1013904223u;
      const uint16_t value = noise ? (uint16_t)(random >> 16) : pixel(row, column);
      switch (info->bits_allocated) {
        case 1: frame[i / 8] |= (uint8_t)((value & 1u) << i % 8); break;
        case 8: frame[i] = (uint8_t)value; break;
        default: memcpy(frame + 2 * i, &value, 2); break;
      }
    }
  }
}

static dseg_status read_only_frame(void *user, size_t frame, dseg_buffer *out, dseg_error *error) {
  const dseg_view *bytes = user;
  (void)frame;
  return dseg_buffer_append(out, bytes->data, bytes->size, error);
}

static dseg_status encode_frame(const dseg_frame_codec *codec, const dseg_frame_info *info, dseg_view frame,
                                dseg_buffer *out, dseg_error *error) {
  dseg_codec_setup setup = {.encoding = true, .format = *info, .frame_count = 1, .frames = {read_only_frame, &frame}};
  dseg_buffer learned = {0};
  dseg_codec_context *context = NULL;
  dseg_status status = codec->learn != NULL ? codec->learn(&setup, &learned, error) : DSEG_OK;
  setup.learned = (dseg_view){learned.data, learned.size};
  if (status == DSEG_OK) {
    status = codec->create(&setup, &context, error);
  }
  if (status == DSEG_OK) {
    status = codec->encode(context, info, frame, out, error);
  }
  codec->destroy(context);
  dseg_buffer_free(&learned);
  return status;
}

static void write_frame(const dseg_frame_codec *codec, size_t number, const dseg_frame_info *info, bool noise) {
  const size_t size = dseg_frame_bytes(info);
  uint8_t *frame = calloc(size, 1);
  const uint8_t header[FRAME_INPUT_HEADER] = {(uint8_t)number,
                                              (uint8_t)(info->bits_allocated / 8),
                                              (uint8_t)(info->rows - 1),
                                              (uint8_t)((info->rows - 1) >> 8),
                                              (uint8_t)(info->columns - 1),
                                              (uint8_t)((info->columns - 1) >> 8)};
  dseg_buffer out = {0};
  dseg_error error = {0};
  if (frame == NULL || dseg_buffer_append(&out, header, sizeof header, &error) != DSEG_OK) {
    stop("a frame", &error);
  }
  fill_frame(info, noise, frame);
  const dseg_status status = encode_frame(codec, info, (dseg_view){frame, size}, &out, &error);
  if (status == DSEG_OK) {
    char name[100];
    snprintf(name, sizeof name, "%s-%u-%ux%u-%s", codec->name, info->bits_allocated, (unsigned)info->rows,
             (unsigned)info->columns, noise ? "noise" : "discs");
    FILE *file = fopen(path_in("frames", name), "wb");
    if (file == NULL || fwrite(out.data, 1, out.size, file) != out.size || fclose(file) != 0) {
      stop(name, NULL);
    }
  } else if (status != DSEG_ERROR_UNSUPPORTED) { /* a pair that does not go together */
    stop(codec->name, &error);
  }
  dseg_buffer_free(&out);
  free(frame);
}

static void write_all_frames(void) {
  static const dseg_frame_info frames[] = {
      {.rows = 1, .columns = 1}, {.rows = 7, .columns = 24}, {.rows = 70, .columns = 90}};
  const dseg_frame_codec *codec;
  for (size_t number = 0; (codec = frame_input_codec(number)) != NULL; number++) {
    for (size_t i = 0; codec->encode != NULL && i < 3 * sizeof frames / sizeof frames[0]; i++) {
      static const unsigned bits[] = {1, 8, 16};
      dseg_frame_info info = frames[i / 3];
      info.bits_allocated = bits[i % 3];
      write_frame(codec, number, &info, false);
      write_frame(codec, number, &info, true);
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fputs("usage: make_corpus DIRECTORY\n", stderr);
    return 2;
  }
  snprintf(base, sizeof base, "%s", argv[1]);
  if (mkdir(base, 0777) != 0 && errno != EEXIST) {
    stop(base, NULL);
  }
  dseg_error error = {0};
  if (dseg_register_proposals(&error) != DSEG_OK || dseg_load_plugins(getenv("DSEG_PLUGIN_PATH"), &error) != DSEG_OK) {
    stop("plug-ins", &error);
  }
  if (write_all_dicom("dicom", 0, 0) == 0) {
    fputs("no DICOM object could be written\n", stderr);
    return 1;
  }
  write_all_volumes();
  write_all_frames();
  size_t known = 0;
  while (dseg_representation_at(known) != NULL) {
    known++;
  }
  if (register_linked(&error) != DSEG_OK || write_all_dicom("interpret", known, DSEG_PLUGIN_NATIVE) == 0) {
    stop("no object of a representation of tests/plugin", &error);
  }
  return 0;
}
