/* make_corpus.c - writes a small file of every kind that the library writes: the seeds for fuzzing, and what the
 * truncation test cuts. A new entry in the registry is covered without a change here.
 *
 * usage: make_corpus DIRECTORY       makes DIRECTORY/dicom, nifti, nrrd, metaimage and metadata */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "proposals.h"
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

/* Pairs that do not go together are refused, and give no seed. */
static size_t write_dicom(const dseg_representation *representation, const dseg_frame_codec *codec,
                          const truth_case *which) {
  truth_volume truth;
  truth_make(&truth, which, (representation->flags & DSEG_PLUGIN_SEGMENT_FRAMES) != 0);
  char name[200];
  snprintf(name, sizeof name, "%s-%s-%s.dcm", which->name, representation->name, codec->name);
  const dseg_write_options options = {
      .representation = representation->name, .frame_codec = codec->name, .replace = true, .uid_seed = name};
  dseg_writer *writer = NULL;
  dseg_error error = {0};
  dseg_status status = dseg_writer_create(path_in("dicom", name), truth.description, &options, &writer, &error);
  if (status == DSEG_OK) {
    status = write_voxels(writer, &truth, &error);
  }
  dseg_writer_destroy(writer);
  truth_free(&truth);
  return status == DSEG_OK;
}

static size_t write_all_dicom(void) {
  static const truth_case cases[] = {
      {"labels", DSEG_VOXELS_LABELS, 7, 9, 4, 2, NUMBERS_CONSECUTIVE, FILL_NOISE},
      {"gaps", DSEG_VOXELS_LABELS, 5, 6, 3, 6, NUMBERS_WITH_GAPS, FILL_NOISE},
      {"overlap", DSEG_VOXELS_MASKS, 11, 13, 5, 2, NUMBERS_CONSECUTIVE, FILL_OVERLAP},
      {"fractions", DSEG_VOXELS_PROBABILITY, 5, 6, 2, 2, NUMBERS_CONSECUTIVE, FILL_FRACTIONS},
  };
  size_t count = 0;
  const dseg_representation *representation;
  for (size_t i = 0; (representation = dseg_representation_at(i)) != NULL; i++) {
    const dseg_frame_codec *codec;
    for (size_t j = 0; (codec = dseg_frame_codec_at(j)) != NULL; j++) {
      for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        count += write_dicom(representation, codec, &cases[k]);
      }
    }
  }
  return count;
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
  dseg_volume volume = {.description = truth->description, .bits = bits, .layer_count = 1, .voxels = voxels};
  dseg_error error = {0};
  const dseg_volume_write_options options = {.compression = compression, .replace = true, .threads = 1};
  if (dseg_geometry_to_grid(&truth->description->geometry, &volume.grid, NULL, &error) != DSEG_OK ||
      dseg_volume_write(path_in(folder, name), &volume, &options, &error) != DSEG_OK) {
    stop(name, &error);
  }
  free(voxels);
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
  dseg_error error = {0};
  if (dseg_metadata_write(path_in("metadata", "one-file.json"), truth.description, NULL, true, &error) != DSEG_OK) {
    stop("metadata", &error);
  }
  static const dseg_segment_origin origins[6] = {{0, 1}, {0, 2}, {1, 1}, {1, 300}, {1, 301}, {1, 302}};
  const char *const names[] = {"one.nrrd", "two.nrrd"};
  const dseg_metadata_files files = {.count = 2, .origins = origins, .names = names};
  if (dseg_metadata_write(path_in("metadata", "two-files.json"), truth.description, &files, true, &error) != DSEG_OK) {
    stop("metadata", &error);
  }
  truth_free(&truth);
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
  if (dseg_register_proposals(&error) != DSEG_OK || dseg_load_plugins(&error) != DSEG_OK) {
    stop("plug-ins", &error);
  }
  if (write_all_dicom() == 0) {
    fputs("no DICOM object could be written\n", stderr);
    return 1;
  }
  write_all_volumes();
  return 0;
}
